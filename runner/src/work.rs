//! The workers of a server: everything that a [`Runner`] can do, as soon as there is something to do.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use countersign_model::Timestamp;
use countersign_store::{Claimed, ClaimedCall, ClaimedDelivery, StoreError};
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::RunError;
use crate::hands::{Hands, Next};
use crate::parts::{Inner, Runner};
use crate::retry::backoff;
use crate::timers::AT_ONCE;
use crate::wake::Wake;

/// How much is done at once. None of it costs anything while there is nothing to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workers {
    /// Turns of different conversations. A turn waits for its commit, and those that wait together are committed
    /// together.
    pub turns: usize,
    /// Calls of auth services and APIs.
    pub calls: usize,
    /// Deliveries of different conversations.
    pub deliveries: usize,
    /// How long what has begun may take after the stop.
    pub grace: Duration,
}

impl Default for Workers {
    fn default() -> Self {
        Self { turns: 1024, calls: 10_000, deliveries: 1024, grace: Duration::from_secs(20) }
    }
}

/// At least so often it is looked for timers, and for what other programs have changed.
const LOOK: Duration = Duration::from_secs(1);

/// What is due and was not taken is looked at again so often: the outbox is held, say, or all workers are busy.
const LOOK_SOON: Duration = Duration::from_millis(250);

/// So many damaged rows in a row are gone past without a rest.
const MOST_DAMAGED: u32 = 100;

impl Runner {
    /// Works until the stop: timers, turns, calls, deliveries, each as soon as there is something to do. Then nothing new
    /// is begun, and it returns when what was begun has ended; what takes longer than the grace is left to the next
    /// start, as after a crash.
    ///
    /// Dropping the future stops it too.
    pub async fn work(&self, workers: Workers, stop: CancellationToken) {
        let halt = stop.child_token();
        let _halt = halt.clone().drop_guard();
        let abandon = CancellationToken::new();
        let _abandon = abandon.clone().drop_guard();
        let tasks = TaskTracker::new();
        let slots = |most: usize| Arc::new(Semaphore::new(most.max(1)));
        let hands = Arc::new(Hands {
            tasks: tasks.clone(),
            halt: halt.clone(),
            abandon,
            turns: slots(workers.turns),
            calls: slots(workers.calls),
            deliveries: slots(workers.deliveries),
        });
        tasks.spawn(lane::<Turns>(self.clone(), hands.clone()));
        tasks.spawn(lane::<Calls>(self.clone(), hands.clone()));
        tasks.spawn(lane::<Deliveries>(self.clone(), hands.clone()));
        tasks.spawn(look_after(self.clone(), halt.clone()));
        self.inner().at_work.begin(hands);
        halt.cancelled().await;
        tasks.close();
        tokio::select! {
            biased;
            () = tasks.wait() => {}
            () = self.inner().sleeper.sleep(workers.grace) => {
                tracing::warn!(tasks = tasks.len(), "what had begun did not end in time; the next start goes on with it");
            }
        }
    }

    /// Looks whether another program has changed the store, and then takes over new data keys. [`Runner::work`] calls it
    /// every second.
    ///
    /// # Errors
    /// [`RunError::Store`].
    pub async fn refresh(&self) -> Result<(), RunError> {
        let runner = self.inner();
        let outside = runner.store.changed_outside();
        if runner.outside.swap(outside, Ordering::SeqCst) == outside {
            return Ok(());
        }
        if let Err(error) = runner.refresh_keys().await {
            // So that it is tried again.
            runner.outside.store(outside.wrapping_sub(1), Ordering::SeqCst);
            return Err(error.into());
        }
        runner.wake.all();
        Ok(())
    }
}

/// A kind of work.
pub(crate) trait Kind: Send + 'static {
    type Claimed: Send + 'static;
    /// Its name in the log.
    const NAME: &'static str;

    fn bell(wake: &Wake) -> &Notify;

    /// How many of it are done at once.
    fn slots(hands: &Hands) -> &Arc<Semaphore>;

    fn claim(runner: &Inner) -> impl Future<Output = Result<Option<Self::Claimed>, StoreError>> + Send;

    fn make(runner: &Inner, claimed: Self::Claimed) -> impl Future<Output = Result<Next, RunError>> + Send;
}

/// One task that claims what the bell tells of, and one task for each thing that it has claimed.
async fn lane<K: Kind>(runner: Runner, hands: Arc<Hands>) {
    let inner = runner.inner();
    let mut failures = 0;
    while !hands.halt.is_cancelled() {
        let slots = K::slots(&hands).clone();
        let slot = tokio::select! {
            biased;
            () = hands.halt.cancelled() => break,
            slot = slots.acquire_owned() => match slot {
                Ok(slot) => slot,
                Err(_) => break,
            },
        };
        match K::claim(inner).await {
            Ok(Some(claimed)) => {
                failures = 0;
                let (runner, hands) = (runner.clone(), hands.clone());
                hands.tasks.clone().spawn(async move {
                    let next = hands.make::<K>(runner.inner(), claimed).await;
                    drop(slot);
                    hands.carry_out(runner.inner(), next, || {}).await;
                });
            }
            Ok(None) => {
                failures = 0;
                drop(slot);
                tokio::select! {
                    biased;
                    () = K::bell(&inner.wake).notified() => {}
                    () = hands.halt.cancelled() => break,
                }
            }
            Err(error) => {
                drop(slot);
                failures += 1;
                // One row that cannot be read is held back by the store, and the others go on.
                if matches!(error, StoreError::Damaged { .. }) && failures <= MOST_DAMAGED {
                    tracing::error!(work = K::NAME, %error, "left out");
                    continue;
                }
                tracing::error!(work = K::NAME, %error, "nothing can be taken up at the moment");
                tokio::select! {
                    biased;
                    () = hands.halt.cancelled() => break,
                    () = inner.rest_after(failures) => {}
                }
            }
        }
    }
}

struct Turns;

impl Kind for Turns {
    type Claimed = Claimed;
    const NAME: &'static str = "turns";

    fn bell(wake: &Wake) -> &Notify {
        &wake.turns
    }

    fn slots(hands: &Hands) -> &Arc<Semaphore> {
        &hands.turns
    }

    async fn claim(runner: &Inner) -> Result<Option<Claimed>, StoreError> {
        runner.claim_turn().await
    }

    async fn make(runner: &Inner, claimed: Claimed) -> Result<Next, RunError> {
        let (lease, error) = match runner.take_turn(claimed).await {
            Ok(next) => {
                runner.trouble.store(0, Ordering::Relaxed);
                return Ok(next);
            }
            Err(failed) => failed,
        };
        // Its conversation waits, and no other.
        runner.rest_after(runner.trouble.fetch_add(1, Ordering::Relaxed)).await;
        let _ = runner.store.release(&lease).await;
        runner.wake.turns.notify_one();
        Err(error)
    }
}

pub(crate) struct Calls;

impl Kind for Calls {
    type Claimed = ClaimedCall;
    const NAME: &'static str = "calls";

    fn bell(wake: &Wake) -> &Notify {
        &wake.calls
    }

    fn slots(hands: &Hands) -> &Arc<Semaphore> {
        &hands.calls
    }

    async fn claim(runner: &Inner) -> Result<Option<ClaimedCall>, StoreError> {
        runner.claim_call().await
    }

    async fn make(runner: &Inner, claimed: ClaimedCall) -> Result<Next, RunError> {
        // One that failed is held until its lease ends, and then taken up again.
        runner.make_and_complete(claimed).await
    }
}

pub(crate) struct Deliveries;

impl Kind for Deliveries {
    type Claimed = ClaimedDelivery;
    const NAME: &'static str = "deliveries";

    fn bell(wake: &Wake) -> &Notify {
        &wake.deliveries
    }

    fn slots(hands: &Hands) -> &Arc<Semaphore> {
        &hands.deliveries
    }

    async fn claim(runner: &Inner) -> Result<Option<ClaimedDelivery>, StoreError> {
        runner.claim_delivery().await
    }

    async fn make(runner: &Inner, claimed: ClaimedDelivery) -> Result<Next, RunError> {
        runner.carry_out(claimed).await
    }
}

/// Lets timers go off, wakes those who can take up what is due, and looks what other programs have changed.
async fn look_after(runner: Runner, halt: CancellationToken) {
    let inner = runner.inner();
    let mut failures = 0;
    while !halt.is_cancelled() {
        inner.wake.looking();
        let wait = match runner.look_once().await {
            Ok(wait) => {
                failures = 0;
                wait
            }
            Err(error) => {
                tracing::error!(%error, "timers cannot be looked after at the moment");
                failures += 1;
                inner.pause_after(failures)
            }
        };
        inner.wake.looks_again(inner.now().plus(wait));
        tokio::select! {
            biased;
            () = halt.cancelled() => break,
            () = inner.wake.due.notified() => {}
            () = inner.sleeper.sleep(wait) => {}
        }
    }
}

impl Runner {
    /// Gives when to look again.
    async fn look_once(&self) -> Result<Duration, RunError> {
        while self.fire().await? == AT_ONCE {}
        self.refresh().await?;
        let due: Option<Timestamp> = self.next_due().await?;
        let now = self.inner().now();
        Ok(match due {
            Some(due) if due <= now => {
                self.inner().wake.all();
                LOOK_SOON
            }
            Some(due) => due.since(now).min(LOOK),
            None => LOOK,
        })
    }
}

impl Inner {
    async fn rest_after(&self, failures: u32) {
        self.sleeper.sleep(self.pause_after(failures)).await;
    }

    /// Twice as long after each failure, up to some seconds, so that a store that is back is soon used again.
    fn pause_after(&self, failures: u32) -> Duration {
        backoff(failures.min(3), self.random.as_ref())
    }
}
