//! Thousands of logins that wait for a slow auth service at once, while others talk.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::time::timeout;

use crate::Arguments;
use crate::company::password;
use crate::provider::Reply;
use crate::server::Setup;
use crate::users::{PATIENCE, number_of};

/// Users who take the first turns at once.
const AT_ONCE: usize = 64;

/// What is measured.
#[derive(clap::Args, Clone, Debug)]
pub(crate) struct InflightArguments {
    /// Logins at once.
    #[arg(long, default_value_t = 10_000)]
    calls: u64,
    /// How long the auth service takes, in seconds.
    #[arg(long, default_value_t = 6)]
    secs: u64,
}

type Replies = tokio::sync::mpsc::UnboundedReceiver<Reply>;

/// Measures it.
pub(crate) async fn inflight(arguments: &Arguments, wanted: &InflightArguments) -> Result<()> {
    let setup = Rc::new(Setup::new(arguments).await?);
    let before = setup.server.usage()?;
    let waiting = ready(&setup, wanted.calls).await?;
    let ready = setup.server.usage()?;
    setup.company.delay.set(Duration::from_secs(wanted.secs));
    let begun = Instant::now();
    let users = tokio::task::spawn_local({
        let setup = setup.clone();
        async move {
            let waiting = Rc::new(RefCell::new(waiting));
            let asking = Rc::new(RefCell::new(Vec::new()));
            let lanes = (0..AT_ONCE).map(|_| {
                let (setup, waiting, asking) = (setup.clone(), waiting.clone(), asking.clone());
                tokio::task::spawn_local(async move {
                    loop {
                        let next = waiting.borrow_mut().pop();
                        let Some((name, replies)) = next else { return };
                        let (number, says) = (number_of(name), password(&user(name)));
                        let webhook = setup.provider.message(&number, &format!("in{name}t2"), &says);
                        let accepted = matches!(setup.provider.post(&webhook).await, Ok(200));
                        asking.borrow_mut().push((accepted, replies));
                    }
                })
            });
            for lane in lanes.collect::<Vec<_>>() {
                let _ = lane.await;
            }
            let asking = asking.take();
            let sent = begun.elapsed();
            let mut lost = 0_u64;
            for (accepted, mut replies) in asking {
                let reply = timeout(PATIENCE, replies.recv()).await.ok().flatten();
                let is_in = reply.is_some_and(|reply| reply.text.contains("logged in"));
                lost += u64::from(!accepted || !is_in);
            }
            (sent, lost)
        }
    });
    let (mut others, mut unanswered, mut most) = (Vec::new(), 0_u64, 0);
    let mut name = wanted.calls * 2;
    while !users.is_finished() {
        name += 1;
        match greet(&setup, name).await {
            Some(time) => others.push((begun.elapsed(), time)),
            None => unanswered += 1,
        }
        most = most.max(setup.server.usage()?.rss);
        tokio::time::sleep(Duration::from_millis(4)).await;
    }
    let (sent, lost) = users.await?;
    // While the logins are sent and while they end, the server is as busy as it can be. In between it only waits.
    let answers = Duration::from_secs(wanted.secs);
    let (waiting, busy): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|(at, _)| (sent..answers).contains(at));
    let mib = |bytes: u64| bytes as f64 / 1_048_576.0;
    let [_, at_once] = setup.company.under_way.get();
    println!(
        "P11  {} logins of {} s, {at_once} in flight at once, sent in {:.1} s, all over after {:.1} s: {lost} lost",
        wanted.calls,
        wanted.secs,
        sent.as_secs_f64(),
        begun.elapsed().as_secs_f64()
    );
    for (when, times) in [("they are sent and end", busy), ("all of them wait", waiting)] {
        let mut times: Vec<_> = times.into_iter().map(|(_, time)| time).collect();
        times.sort_unstable();
        let at = |part: usize| {
            let time = times.get((times.len() * part / 100).min(times.len().saturating_sub(1)));
            time.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        println!(
            "P11  others while {when}: {} greetings, p50 {:.2} ms, p99 {:.2} ms, {unanswered} not answered in all",
            times.len(),
            at(50),
            at(99)
        );
    }
    println!(
        "P11  resident: {:.1} MiB at the start, {:.1} with {} users waiting, {:.1} at most: {:.1} KiB a call",
        mib(before.rss),
        mib(ready.rss),
        wanted.calls,
        mib(most),
        most.saturating_sub(ready.rss) as f64 / 1024.0 / wanted.calls.max(1) as f64
    );
    let unexpected = setup.provider.unexpected.get();
    if let Some(setup) = Rc::into_inner(setup) {
        setup.server.stop().await?;
    }
    if lost + unanswered + unexpected > 0 {
        bail!(
            "{lost} logins were lost, {unanswered} others were not answered, {unexpected} replies too many"
        );
    }
    Ok(())
}

/// Users who were asked for their password.
async fn ready(setup: &Rc<Setup>, calls: u64) -> Result<Vec<(u64, Replies)>> {
    let mut tasks = Vec::new();
    for lane in 0..AT_ONCE as u64 {
        let setup = setup.clone();
        tasks.push(tokio::task::spawn_local(async move {
            let mut ready = Vec::new();
            for name in (lane + 1..=calls).step_by(AT_ONCE) {
                let number = number_of(name);
                let mut replies = setup.provider.join(&number);
                for (turn, says) in ["hi".to_owned(), user(name)].iter().enumerate() {
                    let webhook = setup.provider.message(&number, &format!("in{name}t{turn}"), says);
                    setup.provider.post(&webhook).await?;
                    if timeout(PATIENCE, replies.recv()).await.is_err() {
                        bail!("a user was not asked for a password");
                    }
                }
                ready.push((name, replies));
            }
            Ok(ready)
        }));
    }
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await??);
    }
    Ok(all)
}

/// How long the reply to a greeting takes.
async fn greet(setup: &Setup, name: u64) -> Option<Duration> {
    let number = number_of(name);
    let mut replies = setup.provider.join(&number);
    let webhook = setup.provider.message(&number, &format!("in{name}t0"), "hi");
    let begun = Instant::now();
    setup.provider.post(&webhook).await.ok().filter(|status| *status == 200)?;
    let reply = timeout(PATIENCE, replies.recv()).await.ok().flatten()?;
    setup.provider.leave(&number);
    Some(reply.at - begun)
}

fn user(name: u64) -> String {
    format!("u{name}")
}
