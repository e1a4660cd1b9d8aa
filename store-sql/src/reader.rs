//! Reads what is not in memory, on threads that may block.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_model::{CallId, Name, Timestamp};
use countersign_store::{
    AnswerRow, ConversationKey, RefreshToken, SealedPayload, StoreError, TokenInfo, TokenRow, TranscriptRow,
};
use countersign_vault::Sealed;
use rusqlite::{Connection, OptionalExtension as _, Row};
use tokio::sync::Semaphore;

use crate::code::{self, ConvId};
use crate::error::Failure;
use crate::lines::Turns;
use crate::open::Place;
use crate::schedule::{Record, SecretRows};
use crate::writer::{range, stored_session};

/// So many read at once.
const MOST: usize = 4;

/// Connections that read, made when they are needed.
pub(crate) struct Readers {
    place: Place,
    idle: Arc<Mutex<Vec<Connection>>>,
    free: Semaphore,
}

impl Readers {
    pub(crate) fn new(place: Place) -> Self {
        Self { place, idle: Arc::default(), free: Semaphore::new(MOST) }
    }

    /// Reads with a connection of its own.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, StoreError> {
        let _permit = self.free.acquire().await.map_err(|_| Failure::Closed)?;
        let (place, idle) = (self.place.clone(), self.idle.clone());
        let reading = tokio::task::spawn_blocking(move || {
            let waiting = lock(&idle).pop();
            let conn = match waiting {
                Some(conn) => conn,
                None => place.reader()?,
            };
            let result = read(&conn);
            if result.is_ok() {
                lock(&idle).push(conn);
            }
            result
        });
        Ok(reading.await.map_err(|_| Failure::Closed)??)
    }
}

fn lock(idle: &Mutex<Vec<Connection>>) -> MutexGuard<'_, Vec<Connection>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The number of a conversation.
pub(crate) fn id_of(conn: &Connection, key: &ConversationKey) -> Result<Option<ConvId>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT c.id FROM channels h JOIN conversations c ON c.channel = h.id AND c.address = ?3 \
         WHERE h.workspace = ?1 AND h.name = ?2",
    )?;
    let names = (key.workspace.as_str(), key.channel.as_str(), &key.address);
    Ok(find.query_row(names, |row| row.get(0)).optional()?)
}

/// A conversation as it stands; `None` when it is not known.
pub(crate) fn record(
    conn: &Connection,
    key: &ConversationKey,
) -> Result<Option<(Record, Option<CallId>)>, Failure> {
    let Some(id) = id_of(conn, key)? else { return Ok(None) };
    let mut find = conn.prepare_cached(
        "SELECT tokens_epoch, tokens_seen, lines, calling, version, session_id, seen, session \
         FROM conversations WHERE id = ?1",
    )?;
    let mut rows = find.query([id])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let number = |column| row.get::<_, i64>(column).map(|number| number as u64);
    let record = Record {
        session: stored_session(row, 4)?,
        tokens_epoch: number(0)?,
        tokens_seen: number(1)?,
        lines: number(2)?,
    };
    Ok(Some((record, row.get::<_, Option<u32>>(3)?.map(CallId))))
}

/// The sealed values of a conversation.
pub(crate) fn secrets(conn: &Connection, key: &ConversationKey) -> Result<SecretRows, Failure> {
    let mut secrets = SecretRows::default();
    // Both are read at the same moment.
    let tx = conn.unchecked_transaction()?;
    let Some(id) = id_of(conn, key)? else { return Ok(secrets) };
    let mut find = conn.prepare_cached(
        "SELECT bot, component, sealed, expires_at, logged_in_at, refresh, refresh_until FROM tokens \
         WHERE id >= ?1 AND id < ?2 ORDER BY id",
    )?;
    let mut rows = find.query(range(id))?;
    while let Some(row) = rows.next()? {
        secrets.tokens.push(token(row)?);
    }
    let mut find = conn.prepare_cached(
        "SELECT component, number, expires_at, value FROM answers WHERE id >= ?1 AND id < ?2 ORDER BY id",
    )?;
    let mut rows = find.query(range(id))?;
    while let Some(row) = rows.next()? {
        secrets.answers.push(AnswerRow {
            component: name(row, 0, "answers")?,
            index: row.get(1)?,
            value: SealedPayload { sealed: Sealed::from_bytes(row.get(3)?), expires_at: code::at(row, 2)? },
        });
    }
    drop(rows);
    drop(find);
    tx.finish()?;
    Ok(secrets)
}

/// A token of a row that begins with the columns of [`secrets`].
pub(crate) fn token(row: &Row<'_>) -> Result<TokenRow, Failure> {
    let refresh = match row.get::<_, Option<Vec<u8>>>(5)? {
        Some(bytes) => {
            Some(RefreshToken { sealed: Sealed::from_bytes(bytes), expires_at: code::at(row, 6)? })
        }
        None => None,
    };
    Ok(TokenRow {
        bot: name(row, 0, "tokens")?,
        component: name(row, 1, "tokens")?,
        sealed: Sealed::from_bytes(row.get(2)?),
        expires_at: code::at(row, 3)?,
        logged_in_at: code::at(row, 4)?,
        refresh,
    })
}

/// All tokens of a workspace whose time is not over.
pub(crate) fn tokens(conn: &Connection, workspace: &Name, now: Timestamp) -> Result<Vec<TokenInfo>, Failure> {
    let mut find = conn.prepare(
        "SELECT h.name, c.address, t.bot, t.component, t.expires_at, t.logged_in_at, t.refresh_until \
         FROM tokens t JOIN conversations c ON c.id = t.id / 4096 JOIN channels h ON h.id = c.channel \
         WHERE h.workspace = ?1 AND t.expires_at > ?2 ORDER BY h.name, c.address, t.bot, t.component",
    )?;
    let mut rows = find.query((workspace.as_str(), now.as_micros()))?;
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(TokenInfo {
            conversation: ConversationKey {
                workspace: workspace.clone(),
                channel: name(row, 0, "channels")?,
                address: row.get(1)?,
            },
            bot: name(row, 2, "tokens")?,
            component: name(row, 3, "tokens")?,
            expires_at: code::at(row, 4)?,
            logged_in_at: code::at(row, 5)?,
            refresh_until: row.get::<_, Option<i64>>(6)?.map(Timestamp::from_micros),
        });
    }
    Ok(tokens)
}

/// Lines of a transcript. The newest turns lead to those before them, so the way goes backwards.
pub(crate) fn transcript(
    conn: &Connection,
    key: &ConversationKey,
    from: u64,
    limit: usize,
) -> Result<Vec<TranscriptRow>, Failure> {
    let Some(id) = id_of(conn, key)? else { return Ok(Vec::new()) };
    let newest = "SELECT last_turns, lines, recent FROM conversations WHERE id = ?1";
    let (mut seq, mut end, recent): (i64, u64, Vec<u8>) = conn
        .prepare_cached(newest)?
        .query_row([id], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? as u64, row.get(2)?)))?;
    let mut find =
        conn.prepare_cached("SELECT before, first, lines FROM turns WHERE seq = ?1 AND conversation = ?2")?;
    // From the line of that number on.
    let mut parts: VecDeque<(u64, Turns)> = VecDeque::new();
    let recent = Turns::from_bytes(recent)?;
    if recent.lines > 0 {
        end = end.saturating_sub(recent.lines);
        parts.push_front((end, recent));
    }
    while end > from {
        let part = find.query_row((seq, id), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)? as u64, row.get::<_, Vec<u8>>(2)?))
        });
        // Older ones were removed, and their numbers may have been given to others since.
        let Some((before, first, lines)) = part.optional()? else { break };
        let turns = Turns::from_bytes(lines)?;
        if first + turns.lines != end || before >= seq {
            break;
        }
        parts.push_front((first, turns));
        let wanted = first.max(from).saturating_add(limit as u64);
        while parts.back().is_some_and(|(first, _)| *first >= wanted) {
            parts.pop_back();
        }
        (seq, end) = (before, first);
    }
    let mut rows = Vec::new();
    for (first, turns) in parts {
        let skip = usize::try_from(from.saturating_sub(first)).unwrap_or(usize::MAX);
        rows.extend(turns.rows()?.into_iter().skip(skip));
        if rows.len() >= limit {
            break;
        }
    }
    rows.truncate(limit);
    Ok(rows)
}

/// A name in a column.
pub(crate) fn name(row: &Row<'_>, column: usize, table: &'static str) -> Result<Name, Failure> {
    code::name(&row.get::<_, String>(column)?, table)
}
