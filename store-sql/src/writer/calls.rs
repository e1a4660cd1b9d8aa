//! Attempts and ends of calls, and the counters that change with them.

use std::sync::Arc;

use countersign_model::Timestamp;
use countersign_store::{
    CallCompletion, CallLease, ConversationKey, Counter, CounterChange, CounterKey, InboundKind, TokenRow,
};
use rusqlite::{OptionalExtension as _, Row};

use super::arrivals::insert;
use super::item::Work;
use super::turn::put_token;
use super::tx::{Entry, Tx};
use crate::code::{self, ConvId};
use crate::error::Fault;
use crate::schedule::{Body, Schedule};

/// Counters as they stand after their change.
pub(super) type Counted = Vec<(CounterKey, Option<Counter>)>;

pub(crate) struct MarkSent {
    pub(crate) lease: CallLease,
    pub(crate) attempt: u32,
    pub(crate) now: Timestamp,
    pub(crate) counters: Vec<CounterChange>,
}

impl Work for MarkSent {
    type Made = Counted;
    type Out = ();

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Counted, Fault> {
        let entry = tx.take(&self.lease.conversation)?.ok_or(Fault::Lost)?;
        let seq = find(&entry, &self.lease);
        tx.put(entry);
        let seq = seq.ok_or(Fault::Lost)?;
        tx.sql("UPDATE calls SET sent = ?2 WHERE seq = ?1")?.execute((seq as i64, self.attempt))?;
        count(tx, &self.counters, self.now)
    }

    fn keep(self, made: Counted, schedule: &mut Schedule) {
        schedule.marked(&self.lease, self.attempt);
        schedule.counters.put_all(made);
    }

    fn fail(self, _: &mut Schedule) {}
}

pub(crate) struct CompleteCall(pub(crate) CallCompletion);

pub(crate) struct Completed {
    conversation: ConvId,
    key: Arc<ConversationKey>,
    call: u64,
    seq: u64,
    counted: Counted,
}

impl Work for CompleteCall {
    type Made = Completed;
    type Out = ();

    fn size(&self) -> usize {
        512 + self.0.payload.sealed.as_bytes().len()
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Completed, Fault> {
        let CallCompletion { lease, now, id, payload, token, counters } = &self.0;
        let mut entry = tx.take(&lease.conversation)?.ok_or(Fault::Lost)?;
        let Some(call) = find(&entry, lease) else {
            tx.put(entry);
            return Err(Fault::Lost);
        };
        let counted = end(tx, &mut entry, call, token.as_ref(), counters, *now)?;
        let kind = InboundKind::Outcome { session: lease.session, call: lease.call };
        let seq = insert(tx, &entry, (kind, false), id, *now, Some(payload))?;
        let made = Completed { conversation: entry.id, key: entry.key.clone(), call, seq, counted };
        tx.put(entry);
        Ok(made)
    }

    fn keep(self, made: Completed, schedule: &mut Schedule) {
        let CallCompletion { lease, now, id, payload, token, .. } = self.0;
        let Completed { conversation, key, call, seq, counted } = made;
        schedule.call_ended(conversation, call);
        let kind = InboundKind::Outcome { session: lease.session, call: lease.call };
        let body = Some(Body { id, payload: Some(payload) });
        schedule.arrived(conversation, &key, (seq, kind, now, None), body);
        if let Some(token) = token {
            schedule.token_kept(conversation, token);
        }
        schedule.counters.put_all(counted);
    }

    fn fail(self, schedule: &mut Schedule) {
        schedule.finish_call_failed(&self.0.lease);
    }
}

/// Takes a call away, and keeps what it has brought beside its outcome.
pub(super) fn end(
    tx: &mut Tx<'_>,
    entry: &mut Entry,
    call: u64,
    token: Option<&TokenRow>,
    counters: &[CounterChange],
    now: Timestamp,
) -> Result<Counted, Fault> {
    entry.calls.retain(|(seq, ..)| *seq != call);
    tx.sql("DELETE FROM calls WHERE seq = ?1")?.execute([call as i64])?;
    if let Some(token) = token {
        put_token(tx, entry, token)?;
    }
    count(tx, counters, now)
}

pub(super) fn find(entry: &Entry, lease: &CallLease) -> Option<u64> {
    let same = entry.calls.iter().find(|(_, session, call)| (*session, *call) == (lease.session, lease.call));
    same.map(|(seq, ..)| *seq)
}

/// Changes counters, and gives how they stand then.
pub(super) fn count(tx: &Tx<'_>, changes: &[CounterChange], now: Timestamp) -> Result<Counted, Fault> {
    let mut counted = Vec::with_capacity(changes.len());
    for change in changes {
        counted.push(match change {
            CounterChange::Add { key, expires_at } => {
                let before = read(tx, key)?;
                let going = before.filter(|counter| counter.expires_at > now);
                let after = Counter {
                    count: going.map_or(1, |counter| counter.count.saturating_add(1)),
                    first_at: going.map_or(now, |counter| counter.first_at),
                    last_at: now,
                    expires_at: *expires_at,
                };
                let mut write = match before {
                    None => tx.sql(
                        "INSERT INTO counters (key, count, first_at, last_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                    )?,
                    Some(_) => tx.sql(
                        "UPDATE counters SET count = ?2, first_at = ?3, last_at = ?4, expires_at = ?5 WHERE key = ?1",
                    )?,
                };
                let [first_at, last_at, expires_at] =
                    [after.first_at, after.last_at, after.expires_at].map(Timestamp::as_micros);
                write.execute((key.0, after.count, first_at, last_at, expires_at))?;
                (*key, Some(after))
            }
            CounterChange::Subtract { key } => {
                let after = read(tx, key)?
                    .map(|counter| Counter { count: counter.count.saturating_sub(1), ..counter });
                if let Some(after) = &after {
                    tx.sql("UPDATE counters SET count = ?2 WHERE key = ?1")?.execute((key.0, after.count))?;
                }
                (*key, after)
            }
            CounterChange::Clear { key } => {
                tx.sql("DELETE FROM counters WHERE key = ?1")?.execute([key.0])?;
                (*key, None)
            }
        });
    }
    Ok(counted)
}

/// Reads before it writes: `RETURNING` would make SQLite open a table of its own and a journal of the statement, 150 KiB
/// of memory for one number.
fn read(tx: &Tx<'_>, key: &CounterKey) -> Result<Option<Counter>, Fault> {
    let mut find = tx.sql("SELECT count, first_at, last_at, expires_at FROM counters WHERE key = ?1")?;
    Ok(find.query_row([key.0], |row| counter(row, 0)).optional()?)
}

/// The columns `count`, `first_at`, `last_at` and `expires_at`.
pub(crate) fn counter(row: &Row<'_>, first: usize) -> rusqlite::Result<Counter> {
    Ok(Counter {
        count: row.get(first)?,
        first_at: code::at(row, first + 1)?,
        last_at: code::at(row, first + 2)?,
        expires_at: code::at(row, first + 3)?,
    })
}
