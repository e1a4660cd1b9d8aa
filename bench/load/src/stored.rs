//! A server on a store that was filled: how it starts, how fast it is, and whether the stored conversations are of use.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::time::timeout;

use crate::company::balance;
use crate::measure::{Report, run, started};
use crate::server::Setup;
use crate::targets::median;
use crate::users::{PATIENCE, number_of};
use crate::{Arguments, RunArguments};

/// So many of the stored users are asked.
const ASKED: u64 = 1000;

/// Measures it beside the same program on an empty store.
pub(crate) async fn stored(arguments: &Arguments, dir: &Path, secs: u64, rounds: usize) -> Result<()> {
    let known = fs::read_to_string(dir.join("stored")).context("fill the directory first")?;
    let conversations: u64 = known.trim().parse()?;
    let mut setup = Setup::at(arguments, dir).await?;
    let mut times = Vec::new();
    for _ in 0..7 {
        setup.server.halt().await?;
        times.push(setup.server.start().await?);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let rss = setup.server.usage()?.rss;
    println!("P9   {}", started(&format!("start with {conversations} stored"), times, rss));
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let base = RunArguments { secs, ..RunArguments::default() };
        let first_user = conversations + 1_000_000 * (round as u64 + 1) + salt_of_run();
        with.push(run(&setup, &RunArguments { first_user, ..base.clone() }).await?);
        let empty = Setup::new(arguments).await?;
        without.push(run(&empty, &base).await?);
        empty.server.stop().await?;
    }
    let of = |reports: &[Report], value: fn(&Report) -> f64| median(reports.iter().map(value));
    let (full, empty) = (of(&with, Report::rate), of(&without, Report::rate));
    let (busy, light) = (of(&with, Report::cpu_per_turn), of(&without, Report::cpu_per_turn));
    println!(
        "P11  {full:.0} turns/s with {conversations} stored, {empty:.0} without: {:.2}x (>= 0.7x); {busy:.0} and \
         {light:.0} us of CPU a turn: {:.2}x",
        full / empty,
        light / busy
    );
    let worst = with.iter().map(|report| report.rss[1]).max().unwrap_or_default();
    println!("P11  {:.1} MiB resident after that (<= 64)", worst as f64 / 1_048_576.0);
    let (micros, wrong) = ask(&setup, conversations).await?;
    println!("P11  {ASKED} stored users ask for their balance: {micros:.0} us each, {wrong} wrong or none");
    println!("P11  {:.1} MiB resident after that", setup.server.usage()?.rss as f64 / 1_048_576.0);
    let faults: Vec<_> = with.iter().map(Report::faults).filter(|faults| !faults.is_empty()).collect();
    setup.server.stop().await?;
    if wrong > 0 || !faults.is_empty() {
        bail!("a server that is fast and wrong has no result: {}", faults.join("; "));
    }
    Ok(())
}

/// Stored users, from all over the store, ask for their balance: their own token must be there.
async fn ask(setup: &Setup, conversations: u64) -> Result<(f64, u64)> {
    let begun = std::time::Instant::now();
    let mut wrong = 0;
    let salt = salt_of_run();
    for number in 0..ASKED.min(conversations) {
        let name = number * 7919 * 131 % conversations + 1;
        let address = number_of(name);
        let mut replies = setup.provider.join(&address);
        let webhook = setup.provider.message(&address, &format!("idle{name}s{salt}"), "balance");
        let is_right = match setup.provider.post(&webhook).await {
            Ok(200) => {
                let reply = timeout(PATIENCE, replies.recv()).await.ok().flatten();
                reply.is_some_and(|reply| reply.text.contains(&balance(&format!("u{name}"))))
            }
            _ => false,
        };
        wrong += u64::from(!is_right);
        setup.provider.leave(&address);
    }
    Ok((begun.elapsed().as_secs_f64() * 1e6 / ASKED as f64, wrong))
}

/// Another number in every run, so that a directory can be measured twice.
fn salt_of_run() -> u64 {
    u64::from(std::process::id()) * 1000
}
