//! Numbers by hours.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_model::Timestamp;

use super::MemoryStore;
use crate::error::StoreError;
use crate::statistics::{Hour, Stat, StatQuery, Statistics};

/// Numbers, each under the row without its number.
#[derive(Default)]
pub(super) struct Counted(BTreeMap<Stat, u64>);

impl Counted {
    /// Removes the hours that had ended by then.
    pub(super) fn sweep(&mut self, until: Timestamp) {
        let first = Hour::of(until);
        self.0.retain(|stat, _| stat.hour >= first);
    }
}

#[async_trait]
impl Statistics for MemoryStore {
    async fn add_stats(&self, stats: Vec<Stat>) -> Result<(), StoreError> {
        let mut state = self.state();
        for stat in stats {
            let count = stat.count;
            let sum = state.stats.0.entry(Stat { count: 0, ..stat }).or_default();
            *sum = sum.saturating_add(count);
        }
        Ok(())
    }

    async fn stats(&self, query: &StatQuery) -> Result<Vec<Stat>, StoreError> {
        let state = self.state();
        let wanted = state.stats.0.iter().filter(|(stat, _)| query.matches(stat));
        Ok(wanted.map(|(stat, count)| Stat { count: *count, ..stat.clone() }).collect())
    }
}
