//! Keeps the trouble of one server from everybody else: a breaker and a bulkhead for each origin.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_egress::Origin;
use countersign_model::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::breaker::{Answer, Breaker, Breaking, Change};
use crate::parts::{Clock, Sleeper};

/// How many calls one server may have at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bulkhead {
    /// So many are made at once.
    pub at_once: usize,
    /// So many wait, each at most as long as it may take. More than that are not made.
    pub waiting: usize,
}

impl Default for Bulkhead {
    fn default() -> Self {
        Self { at_once: 1024, waiting: 2048 }
    }
}

/// Why a call was not made. Nothing was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Shut {
    /// The last calls failed, so the server is left alone for a while.
    #[error("the server did not answer the last calls, so it is left alone for a while")]
    Resting,
    /// Too many calls of it are under way.
    #[error("too many calls of this server are under way, because it is slow")]
    Crowded,
}

/// All servers.
pub(crate) struct Guard {
    places: Mutex<HashMap<Origin, Arc<Place>>>,
    breaking: Breaking,
    bulkhead: Bulkhead,
}

struct Place {
    breaker: Mutex<Breaker>,
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
}

/// That a call may be made. It must be told how the call ended.
pub(crate) struct Pass {
    place: Arc<Place>,
    _slot: OwnedSemaphorePermit,
    tries: bool,
    began: Timestamp,
}

impl Guard {
    pub(crate) fn new(breaking: Breaking, bulkhead: Bulkhead) -> Self {
        Self { places: Mutex::default(), breaking, bulkhead }
    }

    /// Waits until a call may be made, at most for so long.
    pub(crate) async fn enter(
        &self,
        origin: &Origin,
        clock: &dyn Clock,
        sleeper: &dyn Sleeper,
        longest: Duration,
    ) -> Result<Pass, Shut> {
        let place = self.place(origin);
        // Whoever would wait for a server that rests anyway does not wait.
        if place.breaker().leaves(clock.now(), &self.breaking) {
            return Err(Shut::Resting);
        }
        let slot = match place.slots.clone().try_acquire_owned() {
            Ok(slot) => slot,
            Err(_) => place.wait(self.bulkhead.waiting, sleeper, longest).await?,
        };
        let now = clock.now();
        let tries = match place.breaker().ask(now, &self.breaking) {
            Answer::Go => false,
            Answer::Try => true,
            Answer::Leave => return Err(Shut::Resting),
        };
        Ok(Pass { place, _slot: slot, tries, began: now })
    }

    /// How the call ended. `good` is any answer but one of the server's own failures.
    pub(crate) fn told(&self, mut pass: Pass, good: bool, now: Timestamp) -> Change {
        let tried = std::mem::take(&mut pass.tries);
        pass.place.breaker().told(tried, good, now, &self.breaking)
    }

    fn place(&self, origin: &Origin) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = places.get(origin) {
            return place.clone();
        }
        let place = Arc::new(Place {
            breaker: Mutex::default(),
            slots: Arc::new(Semaphore::new(self.bulkhead.at_once)),
            waiting: AtomicUsize::new(0),
        });
        places.insert(origin.clone(), place.clone());
        place
    }
}

impl Place {
    fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.breaker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn wait(
        &self,
        most: usize,
        sleeper: &dyn Sleeper,
        longest: Duration,
    ) -> Result<OwnedSemaphorePermit, Shut> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= most {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(Shut::Crowded);
        }
        let _waiting = Waiting(&self.waiting);
        tokio::select! {
            biased;
            slot = self.slots.clone().acquire_owned() => slot.map_err(|_| Shut::Crowded),
            () = sleeper.sleep(longest) => Err(Shut::Crowded),
        }
    }
}

struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.tries {
            self.place.breaker().not_tried(self.began);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parts::TokioSleeper;

    const LONGEST: Duration = Duration::from_secs(8);

    fn origin(host: &str) -> Origin {
        format!("https://{host}.example/").parse().unwrap()
    }

    fn noon() -> Timestamp {
        Timestamp::from_secs(1_800_000_000)
    }

    async fn enter(guard: &Guard, host: &str) -> Result<Pass, Shut> {
        guard.enter(&origin(host), &noon, &TokioSleeper, LONGEST).await
    }

    #[tokio::test(start_paused = true)]
    async fn a_crowd_at_one_server_harms_no_other() {
        let guard = Guard::new(Breaking::default(), Bulkhead { at_once: 2, waiting: 1 });
        let (first, _second) = (enter(&guard, "slow").await.unwrap(), enter(&guard, "slow").await.unwrap());
        assert!(enter(&guard, "other").await.is_ok());
        let began = tokio::time::Instant::now();
        let (waited, refused) = tokio::join!(enter(&guard, "slow"), enter(&guard, "slow"));
        assert_eq!(waited.err(), Some(Shut::Crowded));
        assert_eq!(refused.err(), Some(Shut::Crowded));
        assert_eq!(began.elapsed(), LONGEST, "one of them waited, the other did not");
        let leave = async {
            tokio::task::yield_now().await;
            guard.told(first, true, noon());
        };
        let (entered, ()) = tokio::join!(enter(&guard, "slow"), leave);
        assert!(entered.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_at_a_server_that_begins_to_rest_is_sent_away_at_once() {
        let guard =
            Guard::new(Breaking { calls: 1, ..Breaking::default() }, Bulkhead { at_once: 1, waiting: 9 });
        let pass = enter(&guard, "slow").await.unwrap();
        let fail = async {
            tokio::task::yield_now().await;
            assert_eq!(guard.told(pass, false, noon()), Change::Opened);
        };
        let began = tokio::time::Instant::now();
        let (one, other, ()) = tokio::join!(enter(&guard, "slow"), enter(&guard, "slow"), fail);
        assert_eq!((one.err(), other.err()), (Some(Shut::Resting), Some(Shut::Resting)));
        assert!(began.elapsed().is_zero());
        assert_eq!(enter(&guard, "slow").await.err(), Some(Shut::Resting));
        let later = || noon().plus(Duration::from_secs(30));
        let dropped = guard.enter(&origin("slow"), &later, &TokioSleeper, LONGEST).await;
        drop(dropped);
        assert!(
            guard.enter(&origin("slow"), &later, &TokioSleeper, LONGEST).await.is_ok(),
            "it was not tried"
        );
    }
}
