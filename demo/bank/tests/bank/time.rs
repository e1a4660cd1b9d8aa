use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use countersign_bank::{BankOptions, Clock};
use countersign_model::Timestamp;

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct Time(Arc<AtomicI64>);

impl Time {
    pub(crate) fn new() -> Self {
        Self(Arc::new(AtomicI64::new(1_795_348_800)))
    }

    pub(crate) fn pass(&self, secs: i64) {
        self.0.fetch_add(secs, Ordering::SeqCst);
    }

    pub(crate) fn options(&self) -> BankOptions {
        let secs = Arc::clone(&self.0);
        let clock: Clock = Arc::new(move || Timestamp::from_secs(secs.load(Ordering::SeqCst)));
        BankOptions::new(clock)
    }
}
