//! A clock that does not go back.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_model::Timestamp;
use countersign_runner::Clock;

/// A difference that no correction of a clock makes by and by.
const JUMP: Duration = Duration::from_secs(60);

/// The time of the wall, as long as that goes forward. When it is set back, this one goes on from where it was at the
/// pace of a monotonic clock, until the wall is ahead again: no token lives longer because somebody set a clock back, and
/// nothing that is due in a second waits for an hour. When the wall jumps ahead this one does too, so tokens end early and
/// never late.
pub struct SteadyClock<W, M> {
    wall: W,
    monotonic: M,
    state: Mutex<State>,
}

struct State {
    last: Timestamp,
    at: Duration,
    /// Whether it was said that the wall is behind.
    behind: bool,
}

impl<W: Fn() -> Timestamp, M: Fn() -> Duration> SteadyClock<W, M> {
    /// A clock of the time of the wall, and of the time since some moment that never jumps.
    pub fn new(wall: W, monotonic: M) -> Self {
        let state = State { last: wall(), at: monotonic(), behind: false };
        Self { wall, monotonic, state: Mutex::new(state) }
    }
}

impl<W: Fn() -> Timestamp + Send + Sync, M: Fn() -> Duration + Send + Sync> Clock for SteadyClock<W, M> {
    fn now(&self) -> Timestamp {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (wall, at) = ((self.wall)(), (self.monotonic)());
        let steady = state.last.plus(at.saturating_sub(state.at));
        if wall >= steady.plus(JUMP) {
            tracing::warn!(
                seconds = wall.since(steady).as_secs(),
                "the clock of this machine has jumped ahead"
            );
        }
        let behind = wall.plus(JUMP) <= steady;
        if behind && !state.behind {
            tracing::warn!(
                seconds = steady.since(wall).as_secs(),
                "the clock of this machine was set back; the server's own goes on until they agree"
            );
        }
        *state = State { last: wall.max(steady), at, behind };
        state.last
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

    use super::*;

    #[test]
    fn it_follows_the_wall_ahead_and_never_back() {
        let (wall, monotonic) = (AtomicI64::new(1_000), AtomicU64::new(0));
        let clock = SteadyClock::new(
            || Timestamp::from_secs(wall.load(Ordering::SeqCst)),
            || Duration::from_secs(monotonic.load(Ordering::SeqCst)),
        );
        let at = |to: i64, passed: u64| {
            wall.store(to, Ordering::SeqCst);
            monotonic.fetch_add(passed, Ordering::SeqCst);
            clock.now()
        };
        assert_eq!(at(1_000, 0), Timestamp::from_secs(1_000));
        assert_eq!(at(1_010, 10), Timestamp::from_secs(1_010));
        // An hour ahead, as after a sleep of the machine.
        assert_eq!(at(4_611, 1), Timestamp::from_secs(4_611));
        // Two days back: it goes on.
        assert_eq!(at(-168_189, 5), Timestamp::from_secs(4_616));
        assert_eq!(at(-168_129, 60), Timestamp::from_secs(4_676));
        // The wall is right again.
        assert_eq!(at(4_680, 1), Timestamp::from_secs(4_680));
    }
}
