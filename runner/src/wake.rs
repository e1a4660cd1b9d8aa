//! Who is called when there is something to do, so that nobody has to keep looking.

use std::sync::atomic::{AtomicI64, Ordering};

use countersign_model::Timestamp;
use tokio::sync::Notify;

use crate::parts::Runner;

impl Runner {
    /// Looks at once whether there is something to do, after the store was changed from outside a turn.
    pub fn look_again(&self) {
        self.inner().wake.all();
    }
}

/// One bell for each kind of work. A bell that rings while nobody listens is heard by the next who does; ringing it many
/// times before that is ringing it once.
#[derive(Debug)]
pub(crate) struct Wake {
    pub(crate) turns: Notify,
    pub(crate) calls: Notify,
    pub(crate) deliveries: Notify,
    pub(crate) due: Notify,
    /// When whoever listens to `due` looks again by itself, in microseconds.
    looks_at: AtomicI64,
}

impl Default for Wake {
    fn default() -> Self {
        Self {
            turns: Notify::new(),
            calls: Notify::new(),
            deliveries: Notify::new(),
            due: Notify::new(),
            looks_at: AtomicI64::new(i64::MAX),
        }
    }
}

impl Wake {
    /// Something is to be done then.
    pub(crate) fn arm(&self, at: Timestamp) {
        if at.as_micros() < self.looks_at.load(Ordering::SeqCst) {
            self.due.notify_one();
        }
    }

    /// Whoever listens to `due` looks now: whatever is set from here on is told.
    pub(crate) fn looking(&self) {
        self.looks_at.store(i64::MAX, Ordering::SeqCst);
    }

    /// And looks again at this time.
    pub(crate) fn looks_again(&self, at: Timestamp) {
        self.looks_at.store(at.as_micros(), Ordering::SeqCst);
    }

    /// There may be something of any kind.
    pub(crate) fn all(&self) {
        self.turns.notify_one();
        self.calls.notify_one();
        self.deliveries.notify_one();
    }
}
