//! Whether the server is well, looked at every few seconds and not when somebody asks, so that asking costs nothing.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use countersign_runner::{Clock, Store};
use tokio_util::sync::CancellationToken;

use super::Metrics;
use crate::config::Limits;

/// What was found the last time.
#[derive(Default)]
pub(crate) struct Pulse {
    /// The store cannot keep anything.
    unwritable: AtomicBool,
    /// The outbox is held, after a restore.
    held: AtomicBool,
    /// So much waits that nothing more is accepted.
    crowded: AtomicBool,
    /// Turns, calls and deliveries are not being made.
    idle: AtomicBool,
}

/// How often it is looked at.
const EVERY: Duration = Duration::from_secs(2);

/// Every so many times something is written, to see that it can be: a write to the disk costs more than a look.
const WRITE_EVERY: u32 = 5;

impl Pulse {
    /// Whether webhooks are answered with 503, because too much waits.
    pub(crate) fn is_crowded(&self) -> bool {
        self.crowded.load(Ordering::Relaxed)
    }

    /// As if too much waited.
    #[cfg(test)]
    pub(crate) fn crowd(&self) {
        self.crowded.store(true, Ordering::Relaxed);
    }

    /// The workers have ended.
    pub(crate) fn workers_ended(&self) {
        self.idle.store(true, Ordering::Relaxed);
    }

    /// The store did not keep something: it is looked at from now on until it can.
    pub(crate) fn not_kept(&self) {
        self.unwritable.store(true, Ordering::Relaxed);
    }

    /// Whether the server can do its work, and a line for each thing that is not as it should be.
    pub(crate) fn readiness(&self) -> (bool, String) {
        let is = |flag: &AtomicBool| flag.load(Ordering::Relaxed);
        let (unwritable, idle) = (is(&self.unwritable), is(&self.idle));
        let lines = [
            (unwritable, "not ready: the store cannot be written; look at the disk and its rights"),
            (idle, "not ready: the workers have ended; the server is being stopped"),
            (is(&self.crowded), "degraded: too much waits, so webhooks are answered with 503 for now"),
            (is(&self.held), "degraded: the outbox is held; `countersign outbox show` and `release`"),
        ];
        let ready = !unwritable && !idle;
        let mut text = if ready { "ready\n".to_owned() } else { String::new() };
        for (_, line) in lines.iter().filter(|(holds, _)| *holds) {
            text.push_str(line);
            text.push('\n');
        }
        (ready, text)
    }

    /// Sees whether the store can be written.
    async fn write(&self, store: &dyn Store) {
        let writable = store.writable().await;
        if let Err(error) = &writable
            && !self.unwritable.load(Ordering::Relaxed)
        {
            tracing::error!(%error, "the store cannot be written");
        }
        self.unwritable.store(writable.is_err(), Ordering::Relaxed);
    }

    /// Sees how much waits.
    async fn look(&self, store: &dyn Store, clock: &dyn Clock, limits: &Limits, metrics: &Metrics) {
        // When the store does not answer, what was known stays.
        if let Ok(backlog) = store.backlog().await {
            let oldest = backlog.oldest.map_or(Duration::ZERO, |oldest| clock.now().since(oldest));
            let crowded = backlog.inbox > limits.inbox_depth || oldest > limits.inbox_age;
            if crowded && !self.crowded.swap(crowded, Ordering::Relaxed) {
                tracing::error!(
                    waiting = backlog.inbox,
                    oldest_seconds = oldest.as_secs(),
                    "too much waits; webhooks are answered with 503 until it is less"
                );
            }
            self.crowded.store(crowded, Ordering::Relaxed);
            self.held.store(backlog.held, Ordering::Relaxed);
            metrics.backlog(&backlog, oldest);
        }
        metrics.settle();
    }
}

/// Looks until it is time to stop.
pub(crate) async fn pulse(
    pulse: &Pulse,
    store: &dyn Store,
    clock: &dyn Clock,
    limits: &Limits,
    metrics: &Metrics,
    stop: CancellationToken,
) {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looks = 0_u32;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        if looks.is_multiple_of(WRITE_EVERY) || pulse.unwritable.load(Ordering::Relaxed) {
            pulse.write(store).await;
        }
        looks = looks.wrapping_add(1);
        pulse.look(store, clock, limits, metrics).await;
    }
}

#[cfg(test)]
mod tests {
    use countersign_model::Timestamp;
    use countersign_runner::{ConversationKey, MemoryStore};
    use countersign_store::{InboundKind, Inbox as _, NewInbound, Outbox as _};

    use super::*;

    fn noon() -> Timestamp {
        Timestamp::from_secs(1_795_348_800)
    }

    async fn with_one_message(limits: &Limits, later: Duration) -> Pulse {
        let store = MemoryStore::new();
        let name = |text: &str| text.parse().unwrap();
        let conversation =
            ConversationKey { workspace: name("main"), channel: name("wa"), address: "a".to_owned() };
        let id = "1".to_owned();
        let row =
            NewInbound { conversation, id, kind: InboundKind::Begin, payload: None, received_at: noon() };
        store.accept(vec![row]).await.unwrap();
        let pulse = Pulse::default();
        pulse.look(&store, &move || noon().plus(later), limits, &Metrics::new([])).await;
        pulse
    }

    #[tokio::test]
    async fn a_server_with_too_much_to_do_accepts_no_more() {
        let limits = Limits { inbox_depth: 1, inbox_age: Duration::from_secs(60), ..Limits::default() };
        assert!(!with_one_message(&limits, Duration::from_secs(60)).await.is_crowded());
        assert!(with_one_message(&limits, Duration::from_secs(61)).await.is_crowded());
        let none = Limits { inbox_depth: 0, ..limits };
        let pulse = with_one_message(&none, Duration::ZERO).await;
        assert!(pulse.is_crowded());
        let (ready, text) = pulse.readiness();
        assert!(ready);
        assert_eq!(text, "ready\ndegraded: too much waits, so webhooks are answered with 503 for now\n");
    }

    #[tokio::test]
    async fn a_held_outbox_is_told() {
        let store = MemoryStore::new();
        store.hold_outbox(true).await.unwrap();
        let pulse = Pulse::default();
        pulse.write(&store).await;
        pulse.look(&store, &noon, &Limits::default(), &Metrics::new([])).await;
        let (ready, text) = pulse.readiness();
        assert!(ready && text.contains("the outbox is held"), "{text}");
        pulse.workers_ended();
        assert!(!pulse.readiness().0);
    }
}
