//! Removes what is over, a bounded piece at a time.
//!
//! Rows that stand in the order of time are removed from the front. The others are walked through in the order of their
//! keys, so many at a time, and the next sweep goes on where this one has stopped.

use countersign_model::Timestamp;
use countersign_store::{Hour, Retention, Swept};
use rusqlite::OptionalExtension as _;

use super::item::Work;
use super::tx::Tx;
use crate::code;
use crate::error::Fault;
use crate::lines::Turns;
use crate::schedule::Schedule;
use crate::store::statistics;

/// So many rows of a table are looked at in one sweep.
const AT_ONCE: i64 = 2_000;

/// Where the next sweep goes on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursors {
    pub(crate) conversation: i64,
    answer: i64,
    counter: [u8; 16],
    receipt: (i64, i64),
    seen: (i64, i64),
}

pub(crate) struct Sweep {
    pub(crate) now: Timestamp,
    pub(crate) retention: Retention,
    pub(crate) cursors: Cursors,
    /// Conversations whose row has ids or turns that are over, as a reader has found them.
    pub(crate) conversations: Vec<i64>,
}

impl Work for Sweep {
    type Made = (Swept, Cursors, usize);
    type Out = (Swept, Cursors);

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Self::Made, Fault> {
        let (now, retention) = (self.now.as_micros(), self.retention);
        let before = |kept| self.now.minus(kept);
        let mut cursors = self.cursors;
        let tokens = tx
            .sql(
                "DELETE FROM tokens WHERE id IN (SELECT id FROM tokens \
             WHERE max(expires_at, coalesce(refresh_until, 0)) / 1000000 <= ?1 / 1000000 \
             AND max(expires_at, coalesce(refresh_until, 0)) <= ?1 LIMIT ?2)",
            )?
            .execute((now, AT_ONCE))?;
        let answers = answers(tx, &mut cursors, now)?;
        counters(tx, &mut cursors, now)?;
        let ids = before(retention.ids);
        let records = tx
            .sql("DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires_at <= ?1 LIMIT ?2)")?
            .execute((now, AT_ONCE))?;
        let mut swept = Swept { tokens, answers, records, ..Swept::default() };
        let limits = (ids, before(retention.transcripts));
        (swept.ids, swept.lines) = in_conversations(tx, &self.conversations, limits)?;
        swept.ids += old_ids(tx, &mut cursors, ids)?;
        swept.lines += lines(tx, before(retention.transcripts))?;
        in_order(tx, "leads", before(retention.transcripts))?;
        let dead = in_order(tx, "dead_letters", before(retention.receipts))?;
        receipts(tx, &mut cursors, before(retention.receipts))?;
        statistics::sweep(tx, Hour::of(before(retention.statistics)), AT_ONCE)?;
        if swept.tokens + swept.answers > 0 {
            tx.mirror.forget_secrets();
        }
        Ok((swept, cursors, dead))
    }

    fn keep(self, made: Self::Made, schedule: &mut Schedule) -> Self::Out {
        let (swept, cursors, dead) = made;
        schedule.counters.sweep(self.now);
        schedule.dead = schedule.dead.saturating_sub(dead);
        if swept.tokens + swept.answers > 0 {
            schedule.forget_secrets();
        }
        (swept, cursors)
    }

    fn fail(self, _: &mut Schedule) {}
}

fn answers(tx: &Tx<'_>, cursors: &mut Cursors, now: i64) -> Result<usize, Fault> {
    let from = cursors.answer;
    cursors.answer = tx
        .sql("SELECT id FROM answers WHERE id > ?1 ORDER BY id LIMIT 1 OFFSET ?2")?
        .query_row((from, AT_ONCE - 1), |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    let mut remove = tx.sql(
        "DELETE FROM answers WHERE id IN (SELECT id FROM \
         (SELECT id, expires_at FROM answers WHERE id > ?1 ORDER BY id LIMIT ?2) WHERE expires_at <= ?3)",
    )?;
    Ok(remove.execute((from, AT_ONCE, now))?)
}

fn counters(tx: &Tx<'_>, cursors: &mut Cursors, now: i64) -> Result<(), Fault> {
    let from = cursors.counter;
    cursors.counter = tx
        .sql("SELECT key FROM counters WHERE key > ?1 ORDER BY key LIMIT 1 OFFSET ?2")?
        .query_row((from, AT_ONCE - 1), |row| row.get(0))
        .optional()?
        .unwrap_or_default();
    tx.sql(
        "DELETE FROM counters WHERE key IN (SELECT key FROM \
         (SELECT key, expires_at FROM counters WHERE key >= ?1 ORDER BY key LIMIT ?2) WHERE expires_at <= ?3)",
    )?
    .execute((from, AT_ONCE + 1, now))?;
    Ok(())
}

/// Ids and turns that stand in the rows of conversations: how many ids, and how many lines.
fn in_conversations(
    tx: &mut Tx<'_>,
    conversations: &[i64],
    (ids, turns): (Timestamp, Timestamp),
) -> Result<(usize, usize), Fault> {
    let until = code::second(ids);
    let (mut removed, mut lines) = (0, 0);
    for id in conversations {
        let mut find = tx.sql("SELECT seen, recent FROM conversations WHERE id = ?1")?;
        let row = find.query_row([id], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, Vec<u8>>(1)?)));
        let Some((seen, recent)) = row.optional()? else { continue };
        let (mut seen, mut recent) = (code::seen_from_bytes(&seen)?, Turns::from_bytes(recent)?);
        let before = seen.len();
        seen.retain(|(_, second)| *second > until);
        removed += before - seen.len();
        lines += usize::try_from(recent.remove_until(turns)?).unwrap_or(0);
        tx.sql("UPDATE conversations SET seen = ?2, recent = ?3 WHERE id = ?1")?.execute((
            id,
            code::seen_to_bytes(&seen),
            recent.as_bytes(),
        ))?;
    }
    tx.mirror.forget_old(conversations, until, turns)?;
    Ok((removed, lines))
}

fn old_ids(tx: &Tx<'_>, cursors: &mut Cursors, until: Timestamp) -> Result<usize, Fault> {
    let from = cursors.seen;
    cursors.seen = tx
        .sql(
            "SELECT conversation, id FROM seen WHERE (conversation, id) > (?1, ?2) \
             ORDER BY conversation, id LIMIT 1 OFFSET ?3",
        )?
        .query_row((from.0, from.1, AT_ONCE - 1), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or_default();
    let mut remove = tx.sql(
        "DELETE FROM seen WHERE (conversation, id) IN (SELECT conversation, id FROM \
         (SELECT conversation, id, second FROM seen WHERE (conversation, id) > (?1, ?2) \
         ORDER BY conversation, id LIMIT ?3) WHERE second <= ?4)",
    )?;
    Ok(remove.execute((from.0, from.1, AT_ONCE, until.as_secs()))?)
}

fn lines(tx: &Tx<'_>, until: Timestamp) -> Result<usize, Fault> {
    let mut remove = tx.sql(
        "DELETE FROM turns WHERE seq IN (SELECT seq FROM turns \
         WHERE at / 86400000 <= ?1 / 86400000 AND at <= ?1 LIMIT ?2) RETURNING lines",
    )?;
    let mut rows = remove.query((code::millis(until), AT_ONCE))?;
    let mut lines = 0;
    while let Some(row) = rows.next()? {
        lines += Turns::from_bytes(row.get(0)?)?.lines;
    }
    Ok(usize::try_from(lines).unwrap_or(0))
}

fn in_order(tx: &Tx<'_>, table: &'static str, until: Timestamp) -> Result<usize, Fault> {
    let sql = format!(
        "DELETE FROM {table} WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM {table} ORDER BY seq LIMIT ?1) \
         WHERE at <= ?2)"
    );
    Ok(tx.sql(&sql)?.execute((AT_ONCE, until.as_micros()))?)
}

fn receipts(tx: &Tx<'_>, cursors: &mut Cursors, until: Timestamp) -> Result<(), Fault> {
    let from = cursors.receipt;
    cursors.receipt = tx
        .sql(
            "SELECT conversation, message FROM receipts WHERE (conversation, message) > (?1, ?2) \
             ORDER BY conversation, message LIMIT 1 OFFSET ?3",
        )?
        .query_row((from.0, from.1, AT_ONCE - 1), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or_default();
    tx.sql(
        "DELETE FROM receipts WHERE (conversation, message) IN (SELECT conversation, message FROM \
         (SELECT conversation, message, at FROM receipts WHERE (conversation, message) > (?1, ?2) \
         ORDER BY conversation, message LIMIT ?3) WHERE at <= ?4)",
    )?
    .execute((from.0, from.1, AT_ONCE, until.as_micros()))?;
    Ok(())
}
