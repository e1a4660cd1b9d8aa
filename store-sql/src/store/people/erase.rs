//! Removes everything about a contact.

use countersign_store::{ConversationKey, CounterKey, Erased};
use rusqlite::OptionalExtension as _;

use crate::code::{self, ConvId};
use crate::error::Fault;
use crate::lines::Turns;
use crate::schedule::Schedule;
use crate::writer::{Tx, Work, range};

pub(super) struct Erase {
    pub(super) key: ConversationKey,
    pub(super) counters: Vec<CounterKey>,
}

pub(super) struct Gone {
    conversation: ConvId,
    erased: Erased,
    dead: usize,
}

impl Work for Erase {
    type Made = Option<Gone>;
    type Out = Option<Erased>;

    /// A turn that is under way finds neither its row of the inbox nor its lease afterwards, a call not its row.
    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Option<Gone>, Fault> {
        // It is not put back: nothing of it may stay in memory.
        let Some(entry) = tx.take(&self.key)? else { return Ok(None) };
        let id = entry.id;
        // What is deleted is overwritten in the file, not only marked as free.
        tx.conn.pragma_update(None, "secure_delete", true)?;
        let done = self.remove(tx, id, entry.recent.lines, entry.last_turns);
        tx.conn.pragma_update(None, "secure_delete", false)?;
        let (erased, dead) = done?;
        tx.timers_changed = true;
        Ok(Some(Gone { conversation: id, erased, dead }))
    }

    fn keep(self, made: Option<Gone>, schedule: &mut Schedule) -> Option<Erased> {
        let Gone { conversation, erased, dead } = made?;
        schedule.erased(conversation);
        schedule.dead = schedule.dead.saturating_sub(dead);
        self.counters.into_iter().for_each(|key| schedule.counters.put(key, None));
        Some(erased)
    }

    fn fail(self, _: &mut Schedule) {}
}

impl Erase {
    fn remove(
        &self,
        tx: &Tx<'_>,
        id: ConvId,
        recent: u64,
        last_turns: i64,
    ) -> Result<(Erased, usize), Fault> {
        remember_ids(tx, id, &self.key)?;
        let lines = recent + older_lines(tx, id, last_turns)?;
        let (first, end) = range(id);
        let tokens = tx.sql("DELETE FROM tokens WHERE id >= ?1 AND id < ?2")?.execute((first, end))?;
        tx.sql("DELETE FROM answers WHERE id >= ?1 AND id < ?2")?.execute((first, end))?;
        let of_conversation = |table: &str| -> Result<usize, Fault> {
            let sql = format!("DELETE FROM {table} WHERE conversation = ?1");
            Ok(tx.sql(&sql)?.execute([id])?)
        };
        let leads = of_conversation("leads")?;
        let dead = of_conversation("dead_letters")?;
        for table in ["inbox", "outbox", "calls", "receipts", "seen"] {
            of_conversation(table)?;
        }
        tx.sql("DELETE FROM conversations WHERE id = ?1")?.execute([id])?;
        for CounterKey(key) in &self.counters {
            tx.sql("DELETE FROM counters WHERE key = ?1")?.execute([key])?;
        }
        Ok((Erased { lines, tokens, leads }, dead))
    }
}

/// Removes the turns that do not stand in the row of the conversation. Gives how many lines they had.
fn older_lines(tx: &Tx<'_>, id: ConvId, last_turns: i64) -> Result<u64, Fault> {
    let mut lines = 0;
    let mut next = last_turns;
    while next != 0 {
        let removed = tx
            .sql("DELETE FROM turns WHERE seq = ?1 AND conversation = ?2 RETURNING before, lines")?
            .query_row((next, id), |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
            .optional()?;
        let Some((before, bytes)) = removed else { break };
        lines += Turns::from_bytes(bytes).map_or(0, |turns| turns.lines);
        next = before;
    }
    Ok(lines)
}

/// Keeps hashes of all ids that came in, with the second in which they did.
fn remember_ids(tx: &Tx<'_>, id: ConvId, key: &ConversationKey) -> Result<(), Fault> {
    let mut keep = tx.sql("INSERT OR REPLACE INTO seen (conversation, id, second) VALUES (0, ?1, ?2)")?;
    let recent: Vec<u8> =
        tx.sql("SELECT seen FROM conversations WHERE id = ?1")?.query_row([id], |row| row.get(0))?;
    for (seen, second) in code::seen_from_bytes(&recent)? {
        keep.execute((code::erased(key, seen), second))?;
    }
    let mut find = tx.sql("SELECT id, second FROM seen WHERE conversation = ?1")?;
    let mut rows = find.query([id])?;
    while let Some(row) = rows.next()? {
        keep.execute((code::erased(key, row.get::<_, i64>(0)? as u64), row.get::<_, i64>(1)?))?;
    }
    let mut find = tx.sql("SELECT id, received_at FROM inbox WHERE conversation = ?1 AND counted")?;
    let mut rows = find.query([id])?;
    while let Some(row) = rows.next()? {
        let seen = code::short(&row.get::<_, String>(0)?);
        keep.execute((code::erased(key, seen), code::second(code::at(row, 1)?)))?;
    }
    Ok(())
}
