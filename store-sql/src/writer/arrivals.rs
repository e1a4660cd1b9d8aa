//! What comes in: messages, outcomes of calls, timers that go off, and what providers tell of messages that were sent.

use std::sync::Arc;

use countersign_model::{TimerId, Timestamp};
use countersign_store::failpoint::Failpoint;
use countersign_store::{ConversationKey, InboundKind, NewInbound, Receipt, SessionId};

use super::item::Work;
use super::tx::{Entry, Tx};
use crate::code::{self, ConvId, Seen};
use crate::error::Fault;
use crate::schedule::{Body, Schedule};

const INSERT: &str = "INSERT INTO inbox (seq, conversation, kind, counted, id, session, number, received_at, \
     expires_at, payload) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// Keeps messages.
pub(crate) struct Accept(pub(crate) Vec<NewInbound>);

/// A row that is in the inbox now.
pub(crate) struct Arrived {
    pub(crate) conversation: ConvId,
    pub(crate) key: Arc<ConversationKey>,
    pub(crate) seq: u64,
    pub(crate) seen: Option<Seen>,
}

impl Work for Accept {
    type Made = Vec<Option<Arrived>>;
    type Out = Vec<bool>;

    fn size(&self) -> usize {
        let bytes = |row: &NewInbound| row.payload.as_ref().map_or(0, |p| p.sealed.as_bytes().len()) + 128;
        self.0.iter().map(bytes).sum()
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Self::Made, Fault> {
        self.0.iter().map(|row| accept(tx, row)).collect()
    }

    fn keep(self, made: Self::Made, schedule: &mut Schedule) -> Vec<bool> {
        let rows = self.0.into_iter().zip(made);
        let kept = rows.map(|(row, arrived)| {
            let Some(Arrived { conversation, key, seq, seen }) = arrived else { return false };
            let body = Body { id: row.id, payload: row.payload };
            schedule.arrived(conversation, &key, (seq, row.kind, row.received_at, seen), Some(body));
            true
        });
        kept.collect()
    }

    fn fail(self, _: &mut Schedule) {}
}

fn accept(tx: &mut Tx<'_>, row: &NewInbound) -> Result<Option<Arrived>, Fault> {
    let id = code::short(&row.id);
    let Some(mut entry) = tx.take_or_make_for(&row.conversation, id)? else { return Ok(None) };
    if is_known(tx, &entry, id)? {
        tx.put(entry);
        return Ok(None);
    }
    let seq = insert(tx, &entry, (row.kind, true), &row.id, row.received_at, row.payload.as_ref())?;
    entry.waiting.push(id);
    let seen = Some((id, code::second(row.received_at)));
    let arrived = Arrived { conversation: entry.id, key: entry.key.clone(), seq, seen };
    tx.put(entry);
    Ok(Some(arrived))
}

/// Whether it was accepted before.
pub(super) fn is_known(tx: &Tx<'_>, entry: &Entry, id: u64) -> Result<bool, Fault> {
    if entry.waiting.contains(&id) || entry.seen.iter().any(|(seen, _)| *seen == id) {
        return Ok(true);
    }
    if !entry.spilled {
        return Ok(false);
    }
    let mut find = tx.sql("SELECT 1 FROM seen WHERE conversation = ?1 AND id = ?2")?;
    Ok(find.exists((entry.id, id as i64))? || tx.is_erased(&entry.key, id)?)
}

/// Puts a row into the inbox.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    entry: &Entry,
    (kind, counted): (InboundKind, bool),
    id: &str,
    received_at: Timestamp,
    payload: Option<&countersign_store::SealedPayload>,
) -> Result<u64, Fault> {
    let (code, session, number) = code::kind_to_columns(kind);
    let seq = tx.next_seq();
    tx.sql(INSERT)?.execute((
        seq,
        entry.id,
        code,
        counted,
        id,
        session,
        number,
        received_at.as_micros(),
        payload.map(|payload| payload.expires_at.as_micros()),
        payload.map(|payload| payload.sealed.as_bytes()),
    ))?;
    Ok(seq as u64)
}

/// Lets timers go off.
pub(crate) struct FireTimers {
    pub(crate) now: Timestamp,
    pub(crate) limit: usize,
}

pub(crate) struct Fired {
    arrived: Arrived,
    kind: InboundKind,
    at: Timestamp,
    id: String,
}

impl Work for FireTimers {
    type Made = Vec<Fired>;
    type Out = usize;

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Vec<Fired>, Fault> {
        let mut find = tx.sql(
            "SELECT id, timer_at, timer, session_id FROM conversations WHERE timer_at <= ?1 \
             ORDER BY timer_at LIMIT ?2",
        )?;
        let limit = i64::try_from(self.limit).unwrap_or(i64::MAX);
        let mut rows = find.query((self.now.as_micros(), limit))?;
        let mut due: Vec<(ConvId, Timestamp, SessionId, TimerId)> = Vec::new();
        while let Some(row) = rows.next()? {
            let (session, timer) = code::timer(&row.get::<_, Vec<u8>>(2)?, &row.get::<_, Vec<u8>>(3)?)?;
            due.push((row.get(0)?, code::at(row, 1)?, session, timer));
        }
        drop(rows);
        let mut fired = Vec::with_capacity(due.len());
        for (conversation, at, session, timer) in due {
            let key = tx.key_of(conversation)?;
            let mut entry = tx.take_or_make(&key)?;
            let (kind, id) =
                (InboundKind::Elapsed { session, timer }, format!("timer-{}-{}", session.0, timer.0));
            let seq = insert(tx, &entry, (kind, false), &id, at, None)?;
            tx.sql("UPDATE conversations SET timer_at = NULL, timer = NULL WHERE id = ?1")?
                .execute([conversation])?;
            entry.has_timer = false;
            let arrived = Arrived { conversation, key: entry.key.clone(), seq, seen: None };
            fired.push(Fired { arrived, kind, at, id });
            tx.put(entry);
            Failpoint::TimerFired.pass();
        }
        tx.timers_changed = true;
        Ok(fired)
    }

    fn keep(self, made: Vec<Fired>, schedule: &mut Schedule) -> usize {
        let fired = made.len();
        for Fired { arrived, kind, at, id } in made {
            let body = Some(Body { id, payload: None });
            schedule.arrived(arrived.conversation, &arrived.key, (arrived.seq, kind, at, None), body);
        }
        fired
    }

    fn fail(self, _: &mut Schedule) {}
}

/// Keeps what providers tell of messages.
pub(crate) struct Receive(pub(crate) Vec<Receipt>);

impl Work for Receive {
    type Made = Vec<bool>;
    type Out = Vec<bool>;

    fn size(&self) -> usize {
        self.0.len() * 160
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Vec<bool>, Fault> {
        self.0.iter().map(|receipt| receive(tx, receipt)).collect()
    }

    fn keep(self, made: Vec<bool>, _: &mut Schedule) -> Vec<bool> {
        made
    }

    fn fail(self, _: &mut Schedule) {}
}

fn receive(tx: &mut Tx<'_>, receipt: &Receipt) -> Result<bool, Fault> {
    // A provider tells of messages days later; that brings a contact who was erased not back.
    let Some(entry) = tx.take(&receipt.conversation)? else { return Ok(false) };
    let mut put = tx.sql(
        "INSERT INTO receipts (conversation, message, state, at, code) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT DO UPDATE SET state = excluded.state, at = excluded.at, code = excluded.code \
         WHERE excluded.state > state",
    )?;
    let message = code::short(&receipt.message.0) as i64;
    let state = code::state_to_column(receipt.state);
    let values = (entry.id, message, state, receipt.at.as_micros(), receipt.code.as_deref());
    let changed = put.execute(values)? > 0;
    tx.put(entry);
    Ok(changed)
}
