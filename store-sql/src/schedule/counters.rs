//! Counters that are known without asking the disk.

use std::collections::HashMap;

use countersign_model::Timestamp;
use countersign_store::{Counter, CounterKey};

/// With more than so many, only those that were used lately are kept. They fill 7 of 8 places of a table of 65,536, which
/// takes 3.6 MiB; with one more it would have twice the size.
pub(crate) const MOST: usize = 57_344;

/// Failed logins are few, and most accounts have none: while all counters fit in here, one that is not here is 0.
#[derive(Default)]
pub(crate) struct KnownCounters {
    known: HashMap<CounterKey, Option<Counter>>,
    complete: bool,
    /// Goes up when counters are forgotten, so that what was read before is not kept.
    changes: u64,
}

impl KnownCounters {
    /// These are all that there are.
    pub(crate) fn all(counters: impl IntoIterator<Item = (CounterKey, Counter)>) -> Self {
        let known = counters.into_iter().map(|(key, counter)| (key, Some(counter))).collect();
        Self { known, complete: true, changes: 0 }
    }

    /// The counter at `now`; the outer `None` means that the disk has to be asked.
    pub(crate) fn at(&self, key: &CounterKey, now: Timestamp) -> Option<Option<Counter>> {
        match self.known.get(key) {
            Some(counter) => Some(counter.filter(|counter| lives(counter, now))),
            None => self.complete.then_some(None),
        }
    }

    pub(crate) const fn changes(&self) -> u64 {
        self.changes
    }

    /// It stands so on the disk now.
    pub(crate) fn put(&mut self, key: CounterKey, counter: Option<Counter>) {
        if self.complete && counter.is_none() {
            self.known.remove(&key);
            return;
        }
        if self.known.len() >= MOST && !self.known.contains_key(&key) {
            self.known.clear();
            self.complete = false;
        }
        self.known.insert(key, counter);
        self.changes += 1;
    }

    /// They stand so on the disk now.
    pub(crate) fn put_all(&mut self, counters: impl IntoIterator<Item = (CounterKey, Option<Counter>)>) {
        counters.into_iter().for_each(|(key, counter)| self.put(key, counter));
    }

    /// It was read when the changes were so many.
    pub(crate) fn remember(&mut self, key: CounterKey, counter: Option<Counter>, changes: u64) {
        if changes == self.changes && !self.complete && self.known.len() < MOST {
            self.known.insert(key, counter);
        }
    }

    pub(crate) fn sweep(&mut self, now: Timestamp) {
        self.known.retain(|_, counter| counter.is_some_and(|counter| counter.expires_at > now));
    }

    pub(crate) fn forget(&mut self) {
        *self = Self { changes: self.changes + 1, ..Self::default() };
    }
}

/// Whether a counter is more than 0.
pub(crate) fn lives(counter: &Counter, now: Timestamp) -> bool {
    counter.count > 0 && counter.expires_at > now
}
