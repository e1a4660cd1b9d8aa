//! Calls and counters.

use async_trait::async_trait;
use countersign_model::Timestamp;
use countersign_store::{
    CallCompletion, CallLease, Calls, ClaimedCall, CommitError, Counter, CounterChange, CounterKey, Counters,
    StoreError, WorkerId,
};
use rusqlite::OptionalExtension as _;

use super::SqliteStore;
use crate::error::Failure;
use crate::schedule::{PickedCall, lives};
use crate::writer::{CompleteCall, MarkSent, counter};

#[async_trait]
impl Calls for SqliteStore {
    async fn claim_call(
        &self,
        _: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedCall>, StoreError> {
        self.as_server()?;
        let picked = self.schedule().pick_call(now, until);
        let Some(PickedCall { seq, lease, request, sent }) = picked else { return Ok(None) };
        let request = match request {
            Some(request) => request,
            None => {
                let read = self.readers.read(move |conn| {
                    let mut find = conn.prepare_cached("SELECT request FROM calls WHERE seq = ?1")?;
                    let request = find.query_row([seq as i64], |row| row.get(0));
                    request.optional()?.ok_or(Failure::Damaged("calls"))
                });
                read.await?
            }
        };
        Ok(Some(ClaimedCall { lease, request, sent }))
    }

    async fn mark_sent(
        &self,
        lease: &CallLease,
        attempt: u32,
        now: Timestamp,
        until: Timestamp,
        counters: &[CounterChange],
    ) -> Result<(), CommitError> {
        self.schedule().prolong(lease, until)?;
        let (lease, counters) = (lease.clone(), counters.to_vec());
        Ok(self.write(MarkSent { lease, attempt, now, counters }).await?)
    }

    fn sends(&self, lease: &CallLease, until: Timestamp) -> Result<(), CommitError> {
        Ok(self.schedule().sends(lease, until)?)
    }

    async fn complete_call(&self, completion: CallCompletion) -> Result<(), CommitError> {
        self.schedule().finish_call(&completion.lease)?;
        Ok(self.write(CompleteCall(completion)).await?)
    }
}

#[async_trait]
impl Counters for SqliteStore {
    async fn counters(
        &self,
        keys: &[CounterKey],
        now: Timestamp,
    ) -> Result<Vec<Option<Counter>>, StoreError> {
        self.look_outside();
        let (known, changes) = {
            let schedule = self.schedule();
            let known: Vec<_> = keys.iter().map(|key| schedule.counters.at(key, now)).collect();
            (known, schedule.counters.changes())
        };
        if let Some(known) = known.into_iter().collect() {
            return Ok(known);
        }
        let wanted = keys.to_vec();
        let read = self.readers.read(move |conn| {
            let mut find = conn
                .prepare_cached("SELECT count, first_at, last_at, expires_at FROM counters WHERE key = ?1")?;
            let counters = wanted.iter().map(|key| find.query_row([key.0], |row| counter(row, 0)).optional());
            Ok(counters.collect::<Result<Vec<_>, _>>()?)
        });
        let counters = read.await?;
        let mut schedule = self.schedule();
        for (key, counter) in keys.iter().zip(&counters) {
            schedule.counters.remember(*key, *counter, changes);
        }
        Ok(counters.into_iter().map(|counter| counter.filter(|counter| lives(counter, now))).collect())
    }
}
