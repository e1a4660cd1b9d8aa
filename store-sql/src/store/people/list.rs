//! Lists of conversations, without an index that every turn would have to write.
//!
//! A row of `turns` is made when the last turns of a conversation are put aside: because they have become many, or because
//! more than an hour has gone by since the first of them. So a conversation that becomes active after a rest makes one,
//! and the last line of a conversation comes at most an hour after the newest of its rows of `turns`, or after its
//! beginning while it has none. Both stand in the order of time. A page goes through both from the newest on, takes the
//! one with the newer line each time, and sorts what it has taken.
//!
//! A conversation whose older turns are kept no longer stands where it began.

use std::cmp::Reverse;
use std::collections::HashMap;

use countersign_model::{CallId, Name, Timestamp};
use countersign_store::{
    ConversationKey, ConversationNumber, ConversationPage, ConversationQuery, ConversationRow, TranscriptRow,
};
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::code::ConvId;
use crate::error::Failure;
use crate::lines::Turns;
use crate::reader;
use crate::writer::stored_session;

/// So many rows are looked at for one page.
const MOST_LOOKED_AT: usize = 4_000;

/// So many rows of older turns of a conversation are searched for a text.
const MOST_SEARCHED: usize = 20;

macro_rules! columns {
    () => {
        "c.id, h.name, c.address, c.version, c.session_id, c.calling, c.session, c.lines, c.recent, \
         c.handed_over, c.last_turns, h.workspace"
    };
}

/// Conversations by their beginning.
const BY_BEGINNING: &str = concat!(
    "SELECT ",
    columns!(),
    ", c.id, EXISTS (SELECT 1 FROM turns t WHERE t.seq = c.last_turns AND t.conversation = c.id) \
     FROM conversations c CROSS JOIN channels h ON h.id = c.channel WHERE c.id < ?1 ORDER BY c.id DESC"
);

/// Conversations by the newest of their rows of turns.
const BY_TURNS: &str = concat!(
    "SELECT ",
    columns!(),
    ", t.seq, t.seq <> c.last_turns FROM turns t CROSS JOIN conversations c ON c.id = t.conversation \
     CROSS JOIN channels h ON h.id = c.channel WHERE t.seq < ?1 ORDER BY t.seq DESC"
);

const HANDED_OVER: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM conversations c CROSS JOIN channels h ON h.id = c.channel \
     WHERE c.handed_over IS NOT NULL AND h.workspace = ?1 ORDER BY c.handed_over DESC"
);

const ONE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM conversations c CROSS JOIN channels h ON h.id = c.channel WHERE c.id = ?1 AND h.workspace = ?2"
);

pub(super) fn page(conn: &Connection, query: &ConversationQuery) -> Result<ConversationPage, Failure> {
    // All of it is read at the same moment.
    let tx = conn.unchecked_transaction()?;
    let list = List { conn, query, bots: bots(conn, &query.workspace)? };
    let page = if query.handed_over { list.handed_over()? } else { list.page()? };
    tx.finish()?;
    Ok(page)
}

pub(super) fn one(
    conn: &Connection,
    workspace: &Name,
    number: ConversationNumber,
) -> Result<Option<ConversationRow>, Failure> {
    let Ok(number) = ConvId::try_from(number.0) else { return Ok(None) };
    let query = ConversationQuery::of(workspace.clone(), 1);
    let list = List { conn, query: &query, bots: bots(conn, workspace)? };
    let mut find = conn.prepare_cached(ONE)?;
    let mut rows = find.query((number, workspace.as_str()))?;
    let Some(row) = rows.next()? else { return Ok(None) };
    Ok(Some(list.conversation(row)?.0))
}

struct List<'q> {
    conn: &'q Connection,
    query: &'q ConversationQuery,
    /// By version.
    bots: HashMap<i64, Name>,
}

/// Where a page begins: before these rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Places {
    beginning: i64,
    turns: i64,
}

/// A way through conversations.
struct Way<'r> {
    rows: rusqlite::Rows<'r>,
    /// The page after goes on before this row.
    place: i64,
    /// What comes next, and its row.
    next: Option<(ConversationRow, i64)>,
    ended: bool,
}

impl List<'_> {
    fn page(&self) -> Result<ConversationPage, Failure> {
        let from = self
            .query
            .after
            .as_deref()
            .and_then(places)
            .unwrap_or(Places { beginning: i64::MAX, turns: i64::MAX });
        let mut by_beginning = self.conn.prepare_cached(BY_BEGINNING)?;
        let mut by_turns = self.conn.prepare_cached(BY_TURNS)?;
        let mut ways = [
            Way {
                rows: by_beginning.query([from.beginning])?,
                place: from.beginning,
                next: None,
                ended: false,
            },
            Way { rows: by_turns.query([from.turns])?, place: from.turns, next: None, ended: false },
        ];
        let mut rows = Vec::new();
        let mut left = MOST_LOOKED_AT;
        while rows.len() < self.query.limit {
            for way in &mut ways {
                self.advance(way, &mut left)?;
            }
            // Without knowing what comes on one way nothing can be taken from the other.
            if ways.iter().any(|way| way.next.is_none() && !way.ended) {
                break;
            }
            let Some(newest) =
                ways.iter_mut().max_by_key(|way| way.next.as_ref().map(|(row, _)| last_at(row)))
            else {
                break;
            };
            let Some((row, place)) = newest.next.take() else { break };
            newest.place = place;
            rows.push(row);
        }
        let [beginning, turns] = &ways;
        let over = ways.iter().all(|way| way.ended && way.next.is_none());
        let next = (!over).then(|| format!("{}-{}", beginning.place, turns.place));
        rows.sort_by_key(|row| Reverse((last_at(row), row.number)));
        Ok(ConversationPage { rows, next })
    }

    /// Goes on to the next conversation that is wanted, as long as anything may be looked at.
    fn advance(&self, way: &mut Way<'_>, left: &mut usize) -> Result<(), Failure> {
        while way.next.is_none() && !way.ended && *left > 0 {
            *left -= 1;
            let Some(row) = way.rows.next()? else {
                way.ended = true;
                break;
            };
            let place: i64 = row.get(12)?;
            let elsewhere: bool = row.get(13)?;
            if !elsewhere && row.get_ref(11)?.as_str() == Ok(self.query.workspace.as_str()) {
                let (conversation, lines) = self.conversation(row)?;
                if self.is_wanted(&conversation, lines, row.get(10)?)? {
                    way.next = Some((conversation, place));
                    break;
                }
            }
            way.place = place;
        }
        Ok(())
    }

    fn handed_over(&self) -> Result<ConversationPage, Failure> {
        let mut find = self.conn.prepare_cached(HANDED_OVER)?;
        let mut found = find.query([self.query.workspace.as_str()])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let (conversation, lines) = self.conversation(row)?;
            if self.is_wanted(&conversation, lines, row.get(10)?)? {
                rows.push(conversation);
            }
        }
        rows.sort_by_key(|row| Reverse((last_at(row), row.number)));
        let skip = self.query.after.as_deref().and_then(|after| after.parse().ok()).unwrap_or(0);
        let end = usize::saturating_add(skip, self.query.limit);
        let next = (rows.len() > end).then(|| end.to_string());
        Ok(ConversationPage { rows: rows.into_iter().skip(skip).take(self.query.limit).collect(), next })
    }

    fn is_wanted(
        &self,
        conversation: &ConversationRow,
        mut lines: Vec<TranscriptRow>,
        mut turns: i64,
    ) -> Result<bool, Failure> {
        if (conversation.session.is_none() && conversation.lines == 0) || !self.query.wants(conversation) {
            return Ok(false);
        }
        if self.query.matches(conversation, &lines) {
            return Ok(true);
        }
        let mut find = self
            .conn
            .prepare_cached("SELECT before, lines FROM turns WHERE seq = ?1 AND conversation = ?2")?;
        for _ in 0..MOST_SEARCHED {
            let older = find.query_row((turns, conversation.number.0 as i64), |row| {
                Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
            });
            let Some((before, bytes)) = older.optional()? else { break };
            lines = Turns::from_bytes(bytes)?.rows()?;
            if self.query.matches(conversation, &lines) {
                return Ok(true);
            }
            turns = before;
        }
        Ok(false)
    }

    /// A conversation, and its newest lines.
    fn conversation(&self, row: &Row<'_>) -> Result<(ConversationRow, Vec<TranscriptRow>), Failure> {
        let lines = Turns::from_bytes(row.get(8)?)?.rows()?;
        let version: Option<i64> = row.get(3)?;
        let conversation = ConversationRow {
            number: ConversationNumber(row.get::<_, i64>(0)? as u64),
            key: ConversationKey {
                workspace: self.query.workspace.clone(),
                channel: reader::name(row, 1, "channels")?,
                address: row.get(2)?,
            },
            session: stored_session(row, 3)?,
            calling: row.get::<_, Option<u32>>(5)?.map(CallId),
            bot: version.and_then(|version| self.bots.get(&version).cloned()),
            handed_over_at: row.get::<_, Option<i64>>(9)?.map(Timestamp::from_micros),
            lines: row.get::<_, i64>(7)? as u64,
            last: lines.last().cloned(),
        };
        Ok((conversation, lines))
    }
}

fn bots(conn: &Connection, workspace: &Name) -> Result<HashMap<i64, Name>, Failure> {
    let mut find = conn.prepare_cached("SELECT version, bot FROM bots WHERE workspace = ?1")?;
    let mut rows = find.query([workspace.as_str()])?;
    let mut bots = HashMap::new();
    while let Some(row) = rows.next()? {
        bots.insert(row.get(0)?, reader::name(row, 1, "bots")?);
    }
    Ok(bots)
}

fn last_at(row: &ConversationRow) -> Option<Timestamp> {
    row.last.as_ref().map(|last| last.at)
}

fn places(text: &str) -> Option<Places> {
    let (beginning, turns) = text.split_once('-')?;
    Some(Places { beginning: beginning.parse().ok()?, turns: turns.parse().ok()? })
}
