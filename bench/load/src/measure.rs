//! Measurements, and the table that they make.

use std::cell::Cell;
use std::fmt::Write as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};

use crate::server::{Server, Setup, Usage};
use crate::users::{Manner, Seen, TURNS, converse};
use crate::{Arguments, RunArguments};

/// What one run showed.
#[derive(Clone, Debug)]
pub(crate) struct Report {
    turns: u64,
    took: Duration,
    cpu: Duration,
    /// Before and after, in bytes.
    pub(crate) rss: [u64; 2],
    disk: u64,
    /// Milliseconds to the reply of turns without a call: the median and the 99th of a hundred.
    pub(crate) plain: [f64; 2],
    /// The same of turns with a call.
    pub(crate) calling: [f64; 2],
    /// The same of all turns.
    pub(crate) all: [f64; 2],
    ack: [f64; 2],
    statuses: u64,
    conversations: u64,
    faults: Vec<(&'static str, u64)>,
}

/// Lets the users talk, and looks at the server while they do.
pub(crate) async fn run(setup: &Setup, arguments: &RunArguments) -> Result<Report> {
    setup.company.delay.set(Duration::from_millis(arguments.delay_ms));
    let seen = Rc::new(Seen::default());
    seen.numbers.set(arguments.first_user);
    let manner = Manner {
        // An idle conversation is one that is logged in.
        turns: if arguments.idle.is_some() { TURNS - 2 } else { TURNS },
        statuses: arguments.statuses,
        repeats: (arguments.repeat * 1000.0) as u64,
    };
    let stop = Rc::new(Cell::new(false));
    let users: Vec<_> = match arguments.rate {
        Some(rate) => vec![open_loop(setup, &seen, manner, rate, &stop)],
        None => {
            (0..arguments.users).map(|_| closed_loop(setup, &seen, manner, arguments.idle, &stop)).collect()
        }
    };
    if arguments.idle.is_none() {
        let warm_up = Duration::from_secs_f64(arguments.secs as f64 / 5.0).max(Duration::from_millis(500));
        tokio::time::sleep(warm_up).await;
    }
    let first = setup.server.usage()?;
    let statuses = seen.statuses.get();
    seen.counts.set(true);
    let begun = Instant::now();
    if arguments.idle.is_none() {
        tokio::time::sleep(Duration::from_secs(arguments.secs)).await;
        seen.counts.set(false);
        stop.set(true);
    }
    let mut took = begun.elapsed();
    let mut last = setup.server.usage()?;
    for user in users {
        user.await?;
    }
    if arguments.idle.is_some() {
        (took, last) = (begun.elapsed(), setup.server.usage()?);
    }
    report(setup, &seen, [first, last], took, seen.statuses.get() - statuses)
}

fn closed_loop(
    setup: &Setup,
    seen: &Rc<Seen>,
    manner: Manner,
    most: Option<u64>,
    stop: &Rc<Cell<bool>>,
) -> tokio::task::JoinHandle<()> {
    let (provider, seen, stop) = (setup.provider.clone(), seen.clone(), stop.clone());
    tokio::task::spawn_local(async move {
        while !stop.get() && most.is_none_or(|most| seen.conversations.get() < most) {
            converse(&provider, &seen, manner).await;
        }
    })
}

/// Conversations that begin at random moments, so many that there are `rate` turns a second.
fn open_loop(
    setup: &Setup,
    seen: &Rc<Seen>,
    manner: Manner,
    rate: f64,
    stop: &Rc<Cell<bool>>,
) -> tokio::task::JoinHandle<()> {
    let (provider, seen, stop) = (setup.provider.clone(), seen.clone(), stop.clone());
    let mut random = 0x9E37_79B9_7F4A_7C15_u64;
    tokio::task::spawn_local(async move {
        let mut next = tokio::time::Instant::now();
        let mut talks = tokio::task::JoinSet::new();
        while !stop.get() {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            let even = (random >> 11) as f64 / (1u64 << 53) as f64;
            next += Duration::from_secs_f64(-(1.0 - even).ln() * TURNS as f64 / rate);
            tokio::time::sleep_until(next).await;
            let (provider, seen) = (provider.clone(), seen.clone());
            talks.spawn_local(async move { converse(&provider, &seen, manner).await });
        }
        while talks.join_next().await.is_some() {}
    })
}

fn report(
    setup: &Setup,
    seen: &Seen,
    [first, last]: [Usage; 2],
    took: Duration,
    statuses: u64,
) -> Result<Report> {
    let (mut plain, mut calling, mut ack) =
        (seen.plain.borrow_mut(), seen.calling.borrow_mut(), seen.ack.borrow_mut());
    Ok(Report {
        turns: (plain.len() + calling.len()) as u64,
        took,
        cpu: last.cpu.saturating_sub(first.cpu),
        rss: [first.rss, last.rss],
        disk: setup.server.disk()?,
        all: percentiles(&mut plain.iter().chain(calling.iter()).copied().collect::<Vec<_>>()),
        plain: percentiles(&mut plain),
        calling: percentiles(&mut calling),
        ack: percentiles(&mut ack),
        statuses,
        conversations: seen.conversations.get(),
        faults: vec![
            ("lost replies", seen.lost.get()),
            ("wrong replies", seen.wrong.get()),
            ("replies too many", setup.provider.unexpected.replace(0)),
            ("refused webhooks", seen.refused.get()),
            ("refused by the company", setup.company.refused.replace(0)),
        ],
    })
}

/// The median and the 99th of a hundred, in milliseconds.
fn percentiles(values: &mut [u32]) -> [f64; 2] {
    values.sort_unstable();
    let at = |part: f64| {
        let index = (values.len() as f64 * part) as usize;
        values
            .get(index.min(values.len().saturating_sub(1)))
            .map_or(0.0, |micros| f64::from(*micros) / 1000.0)
    };
    [at(0.5), at(0.99)]
}

impl Report {
    /// Turns in a second.
    pub(crate) fn rate(&self) -> f64 {
        self.turns as f64 / self.took.as_secs_f64()
    }

    /// Status webhooks in a second.
    pub(crate) fn statuses_per_s(&self) -> f64 {
        self.statuses as f64 / self.took.as_secs_f64()
    }

    /// Resident at the end, in MiB.
    pub(crate) fn rss(&self) -> f64 {
        self.rss[1] as f64 / 1_048_576.0
    }

    /// Microseconds of the server's processor time for a turn.
    pub(crate) fn cpu_per_turn(&self) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / self.turns.max(1) as f64
    }

    /// What went wrong, empty when nothing did.
    pub(crate) fn faults(&self) -> String {
        let faults = self.faults.iter().filter(|(_, count)| *count > 0);
        faults.map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ")
    }

    /// One line of a table.
    pub(crate) fn row(&self, name: &str) -> String {
        let faults = self.faults();
        format!(
            "{name:<44} {:>8.0} {:>7.1} {:>7.2} {:>7.2} {:>7.2} {:>7.2} {:>7.1}  {}",
            self.rate(),
            self.cpu_per_turn(),
            self.plain[0],
            self.plain[1],
            self.calling[0],
            self.calling[1],
            self.rss[1] as f64 / 1_048_576.0,
            if faults.is_empty() { "-" } else { &faults },
        )
    }

    /// A table of one line.
    pub(crate) fn table(&self) -> String {
        format!("{}\n{}", heading(), self.row("conversations"))
    }

    /// Everything.
    pub(crate) fn json(&self) -> Value {
        let faults: serde_json::Map<_, _> =
            self.faults.iter().map(|(name, count)| ((*name).to_owned(), json!(count))).collect();
        json!({
            "turns": self.turns, "turns_per_s": self.rate(), "server_cpu_us_per_turn": self.cpu_per_turn(),
            "plain_ms": self.plain, "calling_ms": self.calling, "ack_ms": self.ack,
            "rss_bytes": self.rss, "disk_bytes": self.disk, "statuses": self.statuses,
            "statuses_per_s": self.statuses_per_s(), "all_ms": self.all,
            "conversations": self.conversations, "faults": faults,
        })
    }
}

fn heading() -> String {
    format!(
        "{:<44} {:>8} {:>7} {:>15} {:>15} {:>7}  faults\n{:<44} {:>8} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7}",
        "",
        "turns/s",
        "CPU",
        "without a call",
        "with a call",
        "RSS",
        "",
        "",
        "us/turn",
        "p50 ms",
        "p99 ms",
        "p50 ms",
        "p99 ms",
        "MiB"
    )
}

/// How long the program takes from its start to its first answer, on an empty store.
pub(crate) async fn cold(arguments: &Arguments, runs: usize) -> Result<String> {
    let mut times = Vec::new();
    let mut rss = 0;
    for _ in 0..runs {
        let mut setup = Setup::new(arguments).await?;
        setup.server.halt().await?;
        times.push(setup.server.start().await?);
        tokio::time::sleep(Duration::from_millis(700)).await;
        rss = setup.server.usage()?.rss;
        setup.server.stop().await?;
    }
    Ok(started("cold start", times, rss))
}

pub(crate) fn started(name: &str, mut times: Vec<Duration>, rss: u64) -> String {
    times.sort_unstable();
    let ms = |time: Duration| time.as_secs_f64() * 1000.0;
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    format!(
        "{name}: {:.1} ms (median of {}, {:.1} to {:.1}), {:.1} MiB resident 0.7 s later",
        ms(median),
        times.len(),
        times.first().copied().map_or(0.0, ms),
        times.last().copied().map_or(0.0, ms),
        rss as f64 / 1_048_576.0
    )
}

/// Fills a store with conversations that are logged in, and looks at what they cost.
pub(crate) async fn idle(arguments: &Arguments, stored: u64) -> Result<String> {
    let base = &RunArguments::default();
    let mut setup = Setup::new(arguments).await?;
    let empty = setup.server.disk()?;
    let filled = run(&setup, &RunArguments { idle: Some(stored), ..base.clone() }).await?;
    let mut said = String::new();
    setup.server.halt().await?;
    let disk = setup.server.disk()?;
    let mut times = Vec::new();
    for _ in 0..5 {
        times.push(restart(&mut setup.server).await?);
        setup.provider.hang_up();
    }
    let rss = setup.server.usage()?.rss;
    let each = |bytes: u64| bytes as f64 / filled.conversations.max(1) as f64;
    let _ = writeln!(
        said,
        "{} conversations logged in and idle: {:.0} B of disk each ({}), {:.1} B of memory each while they came in",
        filled.conversations,
        each(disk.saturating_sub(empty)),
        if filled.faults().is_empty() { "no faults".to_owned() } else { filled.faults() },
        each(filled.rss[1].saturating_sub(filled.rss[0])),
    );
    let _ = writeln!(said, "{}", started("start with them stored", times, rss));
    setup.server.stop().await?;
    Ok(said)
}

async fn restart(server: &mut Server) -> Result<Duration> {
    server.halt().await?;
    let time = server.start().await?;
    tokio::time::sleep(Duration::from_millis(700)).await;
    Ok(time)
}
