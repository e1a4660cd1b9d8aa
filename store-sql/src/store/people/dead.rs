//! Deliveries that were given up.

use std::sync::Arc;

use countersign_model::{Name, Timestamp};
use countersign_store::{ConversationKey, ConversationNumber, DeadLetter, ListedDeadLetter};
use rusqlite::{Connection, OptionalExtension as _};

use super::{most, number};
use crate::code::{self, ConvId};
use crate::error::{Failure, Fault};
use crate::reader;
use crate::schedule::{Kept, Out, Schedule};
use crate::writer::{Tx, Work};

pub(super) fn list(
    conn: &Connection,
    workspace: &Name,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<ListedDeadLetter>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT d.seq, c.id, h.name, c.address, d.delivery, d.at, d.code FROM dead_letters d \
         JOIN conversations c ON c.id = d.conversation JOIN channels h ON h.id = c.channel \
         WHERE d.seq < ?1 AND h.workspace = ?2 ORDER BY d.seq DESC LIMIT ?3",
    )?;
    let mut rows = find.query((number(before), workspace.as_str(), most(limit)))?;
    let mut dead = Vec::new();
    while let Some(row) = rows.next()? {
        let conversation = ConversationKey {
            workspace: workspace.clone(),
            channel: reader::name(row, 2, "channels")?,
            address: row.get(3)?,
        };
        let delivery = code::from_bytes(&row.get::<_, Vec<u8>>(4)?, "dead_letters")?;
        dead.push(ListedDeadLetter {
            number: row.get::<_, i64>(0)? as u64,
            conversation: ConversationNumber(row.get::<_, i64>(1)? as u64),
            letter: DeadLetter { conversation, delivery, at: code::at(row, 5)?, code: row.get(6)? },
        });
    }
    Ok(dead)
}

/// The conversation of a dead letter, when it is of that workspace.
pub(super) fn conversation_of(tx: &Tx<'_>, workspace: &Name, number: u64) -> Result<Option<ConvId>, Fault> {
    let Ok(number) = i64::try_from(number) else { return Ok(None) };
    let mut find = tx.sql(
        "SELECT c.id FROM dead_letters d JOIN conversations c ON c.id = d.conversation \
         JOIN channels h ON h.id = c.channel WHERE d.seq = ?1 AND h.workspace = ?2",
    )?;
    Ok(find.query_row((number, workspace.as_str()), |row| row.get(0)).optional()?)
}

/// Puts a dead letter back into the outbox.
pub(super) struct Again {
    pub(super) workspace: Name,
    pub(super) number: u64,
    pub(super) now: Timestamp,
}

impl Work for Again {
    type Made = Option<(ConvId, Arc<ConversationKey>, u64)>;
    type Out = bool;

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Self::Made, Fault> {
        let Some(conversation) = conversation_of(tx, &self.workspace, self.number)? else { return Ok(None) };
        let key = Arc::new(tx.key_of(conversation)?);
        let seq = tx.next_seq();
        tx.sql(
            "INSERT INTO outbox (seq, conversation, created_at, due, delivery) \
             SELECT ?1, conversation, ?2, ?2, delivery FROM dead_letters WHERE seq = ?3",
        )?
        .execute((seq, self.now.as_micros(), self.number as i64))?;
        tx.sql("DELETE FROM dead_letters WHERE seq = ?1")?.execute([self.number as i64])?;
        Ok(Some((conversation, key, seq as u64)))
    }

    fn keep(self, made: Self::Made, schedule: &mut Schedule) -> bool {
        let Some((conversation, key, seq)) = made else { return false };
        schedule.found_delivery(conversation, &key, Out::new(seq, self.now, Kept::on_disk()));
        schedule.dead = schedule.dead.saturating_sub(1);
        true
    }

    fn fail(self, _: &mut Schedule) {}
}
