//! The table of targets: the program and the floor in turns, in one run, because a machine is not the same an hour
//! later. A ratio of the two holds where a number alone does not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};

use crate::measure::{Report, run};
use crate::server::Setup;
use crate::{Arguments, RunArguments};

/// What is measured.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct TargetArguments {
    /// The floor to compare with.
    #[arg(long, default_value = "target/release/countersign-floor")]
    floor: PathBuf,
    /// How often each of the two is measured; the table has medians.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// How long each time, in seconds, after a warm-up of a fifth of it.
    #[arg(long, default_value_t = 4)]
    secs: u64,
    /// Which lines, such as `P2,P4`; all when it is not given.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// Which way is better.
#[derive(Clone, Copy, PartialEq)]
enum Better {
    More,
    Less,
}

/// One line of the table.
struct Line {
    number: &'static str,
    what: String,
    better: Better,
    target: Option<f64>,
    /// Ours divided by the floor's.
    target_ratio: Option<f64>,
    ours: f64,
    floor: Option<f64>,
}

/// What both showed, sample by sample.
struct Pair {
    ours: Vec<Report>,
    floor: Vec<Report>,
}

impl Pair {
    fn line(
        &self,
        (number, what): (&'static str, &str),
        better: Better,
        (target, target_ratio): (Option<f64>, Option<f64>),
        of: impl Fn(&Report) -> f64,
    ) -> Line {
        let (ours, floor) = (median(self.ours.iter().map(&of)), Some(median(self.floor.iter().map(&of))));
        Line { number, what: what.to_owned(), better, target, target_ratio, ours, floor }
    }
}

/// The one in the middle.
pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Measures and prints the table.
pub(crate) async fn targets(arguments: &Arguments, wanted: &TargetArguments) -> Result<()> {
    let is_wanted = |number: &str| {
        wanted.only.is_empty() || wanted.only.iter().any(|only| only.eq_ignore_ascii_case(number))
    };
    let base = RunArguments { secs: wanted.secs, ..RunArguments::default() };
    let mut faults = Vec::new();
    println!("{}", heading());
    let of = |args: RunArguments| (args, wanted.clone());
    let (more, less) = (Better::More, Better::Less);
    let mut most = f64::INFINITY;
    if is_wanted("P2") || is_wanted("P8") {
        let pair = pair(arguments, of(base.clone()), &mut faults).await?;
        let p2 = |what| ("P2", what);
        most = median(pair.ours.iter().map(Report::rate));
        print(&[
            pair.line(p2("turns/s, 64 users"), more, (Some(8000.0), Some(0.42)), Report::rate),
            pair.line(p2("us of CPU a turn"), less, (Some(125.0), Some(2.4)), Report::cpu_per_turn),
            pair.line(p2("p50 ms, all replies"), less, (None, None), |report| report.all[0]),
            pair.line(p2("p99 ms, all replies"), less, (None, None), |report| report.all[1]),
            pair.line(("P8", "MiB resident, 64 users"), less, (Some(64.0), None), Report::rss),
        ]);
    }
    if is_wanted("P3") {
        let pair = pair(arguments, of(RunArguments { users: 1, ..base.clone() }), &mut faults).await?;
        let (p3, target) = (|what| ("P3", what), (None, Some(1.5)));
        print(&[
            pair.line(p3("1 user, no call, p50 ms"), less, target, |report| report.plain[0]),
            pair.line(p3("1 user, no call, p99 ms"), less, target, |report| report.plain[1]),
            pair.line(p3("1 user, a call, p50 ms"), less, target, |report| report.calling[0]),
            pair.line(p3("1 user, a call, p99 ms"), less, target, |report| report.calling[1]),
        ]);
    }
    if is_wanted("P4") {
        let pair = pair(arguments, of(RunArguments { rate: Some(500.0), ..base.clone() }), &mut faults);
        let (pair, p4) = (pair.await?, |what| ("P4", what));
        print(&[
            pair.line(p4("500 turns/s, p50 ms"), less, (None, None), |report| report.all[0]),
            pair.line(p4("500 turns/s, p99 ms"), less, (Some(3.0), Some(1.8)), |report| report.all[1]),
        ]);
    }
    if is_wanted("P6") {
        // On a slower machine it is as far from what the server can do as 5,000 is from 8,000.
        let rate = (most * 5.0 / 8.0).min(5000.0);
        let slow = RunArguments { rate: Some(rate), delay_ms: 200, ..base.clone() };
        let (pair, p6) = (pair(arguments, of(slow), &mut faults).await?, |what| ("P6", what));
        let what = format!("{rate:.0}/s, calls of 200 ms, turns/s");
        print(&[
            pair.line(("P6", what.as_str()), more, (Some(rate * 0.97), None), Report::rate),
            pair.line(p6("  over the 200 ms, p50 ms"), less, (Some(5.0), None), |report| {
                report.calling[0] - 200.0
            }),
            pair.line(p6("  over the 200 ms, p99 ms"), less, (Some(40.0), None), |report| {
                report.calling[1] - 200.0
            }),
            pair.line(p6("  no call, p99 ms"), less, (Some(30.0), None), |report| report.plain[1]),
        ]);
    }
    if is_wanted("P7") {
        let told = RunArguments { statuses: 3, ..base.clone() };
        let (pair, p7) = (pair(arguments, of(told), &mut faults).await?, |what| ("P7", what));
        print(&[
            pair.line(p7("turns/s, 3 statuses a reply"), more, (Some(4000.0), Some(0.42)), Report::rate),
            pair.line(p7("  statuses/s"), more, (Some(12_000.0), Some(0.42)), Report::statuses_per_s),
        ]);
    }
    if is_wanted("P8") || is_wanted("P9") {
        started(arguments, wanted, is_wanted("P8"), is_wanted("P9")).await?;
    }
    if is_wanted("repeats") {
        let twice = RunArguments { repeat: 0.1, ..base };
        let mut reports = Vec::new();
        sample(arguments, &arguments.server, &twice, &mut reports, &mut faults).await?;
        let what = "turns/s, every 10th webhook twice".to_owned();
        let ours = median(reports.iter().map(Report::rate));
        print(&[Line {
            number: "-",
            what,
            better: more,
            target: None,
            target_ratio: None,
            ours,
            floor: None,
        }]);
    }
    if !faults.is_empty() {
        bail!("a server that is fast and wrong has no result: {}", faults.join("; "));
    }
    Ok(())
}

/// The start on an empty store, and what is resident a little later.
async fn started(arguments: &Arguments, wanted: &TargetArguments, rss: bool, time: bool) -> Result<()> {
    let (mut ours, mut floor) = ((Vec::new(), Vec::new()), (Vec::new(), Vec::new()));
    for _ in 0..wanted.rounds.max(5) {
        for (program, (times, resident)) in [(&wanted.floor, &mut floor), (&arguments.server, &mut ours)] {
            let mut setup = Setup::of(arguments, program).await?;
            setup.server.halt().await?;
            times.push(setup.server.start().await?.as_secs_f64() * 1000.0);
            tokio::time::sleep(Duration::from_millis(700)).await;
            resident.push(setup.server.usage()?.rss as f64 / 1_048_576.0);
            setup.server.stop().await?;
        }
    }
    let line = |number, what: &str, target, ours: &[f64], floor: &[f64]| Line {
        number,
        what: what.to_owned(),
        better: Better::Less,
        target: Some(target),
        target_ratio: None,
        ours: median(ours.iter().copied()),
        floor: Some(median(floor.iter().copied())),
    };
    if rss {
        print(&[line("P8", "MiB resident, idle", 25.0, &ours.1, &floor.1)]);
    }
    if time {
        print(&[line("P9", "ms to the first answer, empty", 20.0, &ours.0, &floor.0)]);
    }
    Ok(())
}

async fn pair(
    arguments: &Arguments,
    (run, wanted): (RunArguments, TargetArguments),
    faults: &mut Vec<String>,
) -> Result<Pair> {
    let mut pair = Pair { ours: Vec::new(), floor: Vec::new() };
    for _ in 0..wanted.rounds {
        sample(arguments, &wanted.floor, &run, &mut pair.floor, faults).await?;
        sample(arguments, &arguments.server, &run, &mut pair.ours, faults).await?;
    }
    Ok(pair)
}

async fn sample(
    arguments: &Arguments,
    program: &Path,
    wanted: &RunArguments,
    reports: &mut Vec<Report>,
    faults: &mut Vec<String>,
) -> Result<()> {
    let setup = Setup::of(arguments, program).await?;
    let report = run(&setup, wanted).await?;
    if !report.faults().is_empty() {
        faults.push(format!("{}: {}", program.display(), report.faults()));
    }
    reports.push(report);
    setup.server.stop().await
}

fn heading() -> String {
    format!(
        "{:<5}{:<38}{:>10}{:>10}{:>10}{:>8}{:>9}",
        "", "", "target", "measured", "floor", "ratio", "target"
    )
}

fn print(lines: &[Line]) {
    lines.iter().for_each(|line| println!("{}", line.text()));
}

impl Line {
    fn text(&self) -> String {
        let sign = if self.better == Better::More { ">=" } else { "<=" };
        let bound = |value: Option<f64>, unit: &str| match value {
            Some(value) => format!("{sign} {}{unit}", short(value)),
            None => "-".to_owned(),
        };
        format!(
            "{:<5}{:<38}{:>10}{:>10}{:>10}{:>8}{:>9}  {}",
            self.number,
            self.what,
            bound(self.target, ""),
            short(self.ours),
            self.floor.map_or("-".to_owned(), short),
            self.ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.2}x")),
            bound(self.target_ratio, "x"),
            match self.is_met() {
                Some(true) => "met",
                Some(false) => "NOT MET",
                None => "",
            }
        )
    }

    fn ratio(&self) -> Option<f64> {
        self.floor.filter(|floor| *floor > 0.0).map(|floor| self.ours / floor)
    }

    /// By its ratio when there is one to reach, or by the number itself on a machine that is as fast as it has to be.
    fn is_met(&self) -> Option<bool> {
        let reaches = |value: f64, target: f64| match self.better {
            Better::More => value >= target,
            Better::Less => value <= target,
        };
        let itself = self.target.map(|target| reaches(self.ours, target));
        let ratio = self.target_ratio.zip(self.ratio()).map(|(target, ratio)| reaches(ratio, target));
        match (itself, ratio) {
            (None, None) => None,
            (itself, ratio) => Some(itself == Some(true) || ratio == Some(true)),
        }
    }
}

fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 1000.0 => format!("{value:.0}"),
        some if some >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(better: Better, target: Option<f64>, target_ratio: Option<f64>, ours: f64) -> Line {
        Line {
            number: "P2",
            what: "turns/s".into(),
            better,
            target,
            target_ratio,
            ours,
            floor: Some(10_000.0),
        }
    }

    #[test]
    fn a_slow_machine_is_judged_by_the_ratio() {
        let of = |ours| line(Better::More, Some(8000.0), Some(0.42), ours).is_met();
        assert_eq!((of(4000.0), of(4300.0), of(8100.0)), (Some(false), Some(true), Some(true)));
        assert_eq!(line(Better::Less, Some(3.0), None, 2.0).is_met(), Some(true));
        assert_eq!(line(Better::Less, None, Some(1.5), 16_000.0).is_met(), Some(false));
        assert_eq!(line(Better::Less, None, None, 1.0).is_met(), None);
    }

    #[test]
    fn the_middle_is_taken() {
        assert!((median([9.0, 1.0, 2.0].into_iter()) - 2.0).abs() < f64::EPSILON);
        assert!(median(std::iter::empty()).abs() < f64::EPSILON);
    }
}
