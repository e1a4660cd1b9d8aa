//! What earlier versions of a bot in the store cost at the start.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};
use countersign_bench::large_bot;

use crate::Arguments;
use crate::measure::started;
use crate::server::{BOT, Setup};

/// What is measured.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct VersionArguments {
    /// Versions in the store.
    #[arg(long, default_value_t = 50)]
    versions: usize,
    /// About so many steps has the bot beside those of the workload; 0 leaves the bot of the workload.
    #[arg(long, default_value_t = 0)]
    steps: usize,
}

/// Publishes versions one after the other, and starts the server with one and with all of them.
pub(crate) async fn versions(arguments: &Arguments, wanted: &VersionArguments) -> Result<()> {
    let mut setup = Setup::new(arguments).await?;
    let file = setup.server.dir().join("w.yaml");
    let bot = |version: usize| {
        let text = match wanted.steps {
            0 => BOT.to_owned(),
            // It has another id and calls other hosts, which nobody does here.
            steps => large_bot(steps),
        };
        let id = text.lines().find_map(|line| line.strip_prefix("bot: ")).map(str::to_owned);
        let text = match id {
            Some(id) => text.replace(&format!("bot: {id}"), "bot: w"),
            None => text,
        };
        text.replacen("name: ", &format!("name: Version {version} of "), 1)
    };
    for (at, version) in (0..wanted.versions.max(1)).enumerate() {
        setup.server.halt().await?;
        fs::write(&file, bot(version))?;
        setup.server.start().await.context("a version of the bot")?;
        if at == 0 || at + 1 == wanted.versions {
            let mut times = Vec::new();
            for _ in 0..5 {
                setup.server.halt().await?;
                times.push(setup.server.start().await?);
            }
            tokio::time::sleep(Duration::from_millis(700)).await;
            let rss = setup.server.usage()?.rss;
            let size = fs::metadata(&file)?.len();
            println!(
                "P9   {}",
                started(&format!("start with {} versions of {size} B", version + 2), times, rss)
            );
        }
    }
    setup.server.stop().await
}
