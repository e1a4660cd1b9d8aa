//! The clock of the machine is set ahead and back while users write: nothing is lost, and everything goes on without
//! hands. The server runs in this process, on its real store.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_model::Timestamp;
use countersign_runner::TokioSleeper;
use countersign_server::{Config, Seams, Server, SteadyClock};
use tokio::task::spawn_local;
use tokio_util::sync::CancellationToken;

use crate::crash::{Crowd, faults, happened, server};
use crate::live::{World, run};

/// How the clock is set, in seconds from what it should be, one after the other.
const SETTINGS: [i64; 7] = [3_600, 0, -3_600, 86_400, -86_400, 60, 0];

#[test]
fn a_clock_that_jumps_loses_nothing_and_stops_nothing() {
    run(async {
        let (world, provider, company) = World::new().await;
        let live = server(&provider, &company);
        let way = ("COUNTERSIGN_CHANNELS__WA__API_URL".to_owned(), format!("{provider}/life/1"));
        let config = Config::read(&live.dir.path().join("countersign.toml"), &[way]).unwrap();

        let offset = Arc::new(AtomicI64::new(0));
        let (set, start) = (offset.clone(), Instant::now());
        // 2026-11-22, so that nothing depends on the machine's own clock.
        let base = Timestamp::from_secs(1_795_305_600);
        let wall = move || {
            let offset = set.load(Ordering::SeqCst);
            let now = base.plus(start.elapsed());
            Timestamp::from_micros(now.as_micros() + offset * 1_000_000)
        };
        let numbers = AtomicU64::new(1);
        let seams = Seams {
            clock: Arc::new(SteadyClock::new(wall, move || start.elapsed())),
            random: Arc::new(move || numbers.fetch_add(0x9E37_79B9, Ordering::SeqCst)),
            sleeper: Arc::new(TokioSleeper),
            transport: None,
        };
        let running = Server::open(config, seams).await.unwrap();
        world.hook.send_replace(Some(running.addr()));
        let stop = CancellationToken::new();
        let ended = spawn_local(running.run(stop.clone()));

        let crowd = Crowd::new(&world, 8, 0, 3);
        for seconds in SETTINGS {
            happened(&world, 60).await;
            offset.store(seconds, Ordering::SeqCst);
        }
        happened(&world, 60).await;
        crowd.finish(&world, &live).await;
        // A delivery that was on its way when the clock jumped ahead is taken for one that nobody makes any more.
        let found: Vec<_> = faults(&world.history.borrow())
            .into_iter()
            .filter(|fault| !fault.contains("came twice"))
            .collect();
        assert_eq!(found, Vec::<String>::new());
        stop.cancel();
        assert!(tokio::time::timeout(Duration::from_secs(60), ended).await.is_ok(), "it stops");
    });
}
