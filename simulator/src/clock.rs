use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign_model::Timestamp;
use countersign_runner::Clock;

/// A clock that can be moved on, so that timers run out and tokens expire without waiting.
pub struct MovingClock {
    base: Arc<dyn Clock>,
    /// Microseconds.
    moved: AtomicI64,
}

impl MovingClock {
    /// Shows the time of another clock until it is moved.
    pub fn over(base: Arc<dyn Clock>) -> Self {
        Self { base, moved: AtomicI64::new(0) }
    }

    /// A time that stands still unless it is moved: Sunday, 2026-11-22, noon.
    pub fn fixed() -> Self {
        Self::over(Arc::new(|| Timestamp::from_secs(1_795_348_800)))
    }

    /// Moves on to this moment; never back.
    pub fn move_to(&self, then: Timestamp) {
        let ahead = then.since(self.now());
        let micros = i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX);
        self.moved.fetch_add(micros, Ordering::Relaxed);
    }
}

impl Clock for MovingClock {
    fn now(&self) -> Timestamp {
        let base = self.base.now().as_micros();
        Timestamp::from_micros(base.saturating_add(self.moved.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_clock_only_moves_on() {
        let clock = MovingClock::fixed();
        assert_eq!(clock.now().to_string(), "2026-11-22T12:00:00Z");
        clock.move_to(clock.now().plus(Duration::from_secs(60)));
        clock.move_to(Timestamp::from_secs(0));
        assert_eq!(clock.now().to_string(), "2026-11-22T12:01:00Z");
    }
}
