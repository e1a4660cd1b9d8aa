//! What the writer knows while it writes a group.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_model::{CallId, Name, Timestamp};
use countersign_store::{ConversationKey, SessionId, StoredSession};
use rusqlite::{CachedStatement, Connection, OptionalExtension as _};

use crate::code::{self, ConvId, Seen};
use crate::error::{Failure, Fault};
use crate::lines::Turns;
use crate::schedule::{Loaded, Record, Schedule};

/// What the writer knows of a conversation, so that a row has to be read only once.
pub(crate) struct Entry {
    pub(crate) id: ConvId,
    pub(crate) key: Arc<ConversationKey>,
    touched: u64,
    /// Ids that were processed.
    pub(crate) seen: Vec<Seen>,
    /// More of them stand in the table `seen`.
    pub(crate) spilled: bool,
    /// Ids that wait in the inbox.
    pub(crate) waiting: Vec<u64>,
    pub(crate) calls: Vec<(u64, SessionId, CallId)>,
    pub(crate) last_turns: i64,
    /// The last turns of the transcript.
    pub(crate) recent: Turns,
    pub(crate) lines: u64,
    /// The session in its row.
    pub(crate) session: Option<SessionId>,
    pub(crate) has_timer: bool,
    /// A person has it.
    pub(crate) handed_over: bool,
    /// Rows of tokens, by bot and component, once they were looked up.
    pub(crate) tokens: Option<Vec<(i64, Name, Name)>>,
    /// Rows of answers, by component and number, once they were looked up.
    pub(crate) answers: Option<Vec<(i64, Name, u8)>>,
}

/// What the writer has read before. It follows the open transaction, so it is emptied when one is rolled back.
#[derive(Default)]
pub(crate) struct Mirror {
    entries: HashMap<Arc<ConversationKey>, Box<Entry>>,
    channels: HashMap<(Name, Name), i64>,
    clock: u64,
}

impl Mirror {
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.channels.clear();
    }

    /// Lets go of the oldest entries when there are more than that.
    pub(crate) fn trim(&mut self, capacity: usize) {
        if self.entries.len() > capacity {
            let oldest = self.clock.saturating_sub(capacity as u64 / 2);
            self.entries.retain(|_, entry| entry.touched > oldest);
        }
    }

    /// Tokens were removed behind the back of the entries.
    pub(crate) fn forget_secrets(&mut self) {
        for entry in self.entries.values_mut() {
            entry.tokens = None;
            entry.answers = None;
        }
    }

    /// Ids and turns of these conversations that came in until then are over.
    pub(crate) fn forget_old(
        &mut self,
        conversations: &[ConvId],
        until: u32,
        turns: Timestamp,
    ) -> Result<(), Failure> {
        if conversations.is_empty() {
            return Ok(());
        }
        for entry in self.entries.values_mut().filter(|entry| conversations.contains(&entry.id)) {
            entry.seen.retain(|(_, second)| *second > until);
            entry.recent.remove_until(turns)?;
        }
        Ok(())
    }

    fn put(&mut self, mut entry: Box<Entry>) {
        self.clock += 1;
        entry.touched = self.clock;
        self.entries.insert(entry.key.clone(), entry);
    }
}

/// An open transaction.
pub(crate) struct Tx<'a> {
    pub(crate) conn: &'a Connection,
    pub(crate) mirror: &'a mut Mirror,
    schedule: &'a Mutex<Schedule>,
    /// The highest number of a row.
    pub(crate) seq: &'a mut u64,
    /// Conversations that were read or made.
    pub(crate) loaded: Vec<Loaded>,
    pub(crate) timers_changed: bool,
}

impl<'a> Tx<'a> {
    pub(crate) const fn new(
        conn: &'a Connection,
        mirror: &'a mut Mirror,
        schedule: &'a Mutex<Schedule>,
        seq: &'a mut u64,
    ) -> Self {
        Self { conn, mirror, schedule, seq, loaded: Vec::new(), timers_changed: false }
    }

    pub(crate) fn next_seq(&mut self) -> i64 {
        *self.seq += 1;
        *self.seq as i64
    }

    pub(crate) fn sql(&self, sql: &str) -> Result<CachedStatement<'a>, Fault> {
        Ok(self.conn.prepare_cached(sql)?)
    }

    /// A conversation that is there. It is to be [`put`](Self::put) back.
    pub(crate) fn take(&mut self, key: &ConversationKey) -> Result<Option<Box<Entry>>, Fault> {
        if let Some(entry) = self.mirror.entries.remove(key) {
            return Ok(Some(entry));
        }
        let Some(channel) = self.channel(key, false)? else { return Ok(None) };
        self.read(channel, key)
    }

    /// A conversation, which is made when it is not there. It is to be [`put`](Self::put) back.
    pub(crate) fn take_or_make(&mut self, key: &ConversationKey) -> Result<Box<Entry>, Fault> {
        match self.take(key)? {
            Some(entry) => Ok(entry),
            None => self.insert(key),
        }
    }

    /// The conversation of something that has come in. `None` when there is none and it came in before its contact was
    /// erased: then nothing is made, because a provider that repeats itself brings nobody back.
    pub(crate) fn take_or_make_for(
        &mut self,
        key: &ConversationKey,
        id: u64,
    ) -> Result<Option<Box<Entry>>, Fault> {
        match self.take(key)? {
            Some(entry) => Ok(Some(entry)),
            None if self.is_erased(key, id)? => Ok(None),
            None => self.insert(key).map(Some),
        }
    }

    /// Whether it was accepted before its contact was erased.
    pub(crate) fn is_erased(&self, key: &ConversationKey, id: u64) -> Result<bool, Fault> {
        let mut find = self.sql("SELECT 1 FROM seen WHERE conversation = 0 AND id = ?1")?;
        Ok(find.exists([code::erased(key, id)])?)
    }

    fn insert(&mut self, key: &ConversationKey) -> Result<Box<Entry>, Fault> {
        let channel = self.channel(key, true)?.ok_or(Failure::Damaged("channels"))?;
        // After somebody was erased, an id that comes again may be theirs.
        let spilled = self.sql("SELECT 1 FROM seen WHERE conversation = 0 LIMIT 1")?.exists(())?;
        let id = self
            .sql("INSERT INTO conversations (channel, address, spilled) VALUES (?1, ?2, ?3)")?
            .insert((channel, &key.address, spilled))?;
        let key = Arc::new(key.clone());
        let record = Record::default();
        self.loaded.push(Loaded { id, key: key.clone(), record, calling: None, new: true });
        let (tokens, answers) = (Some(Vec::new()), Some(Vec::new()));
        Ok(Box::new(Entry { tokens, answers, spilled, ..Entry::new(id, key) }))
    }

    /// A conversation, made just now for something that has come in; `None` when it was there, or its contact was erased
    /// after that.
    pub(crate) fn make(&mut self, key: &ConversationKey, id: u64) -> Result<Option<Box<Entry>>, Fault> {
        match self.take(key)? {
            Some(entry) => {
                self.put(entry);
                Ok(None)
            }
            None if self.is_erased(key, id)? => Ok(None),
            None => self.insert(key).map(Some),
        }
    }

    pub(crate) fn put(&mut self, entry: Box<Entry>) {
        self.mirror.put(entry);
    }

    /// The name of a conversation.
    pub(crate) fn key_of(&self, id: ConvId) -> Result<ConversationKey, Fault> {
        key_of(self.conn, id).map_err(Fault::Failed)
    }

    fn channel(&mut self, key: &ConversationKey, make: bool) -> Result<Option<i64>, Fault> {
        let name = (key.workspace.clone(), key.channel.clone());
        if let Some(id) = self.mirror.channels.get(&name) {
            return Ok(Some(*id));
        }
        let names = (key.workspace.as_str(), key.channel.as_str());
        let mut find = self.sql("SELECT id FROM channels WHERE workspace = ?1 AND name = ?2")?;
        let id = match find.query_row(names, |row| row.get(0)).optional()? {
            Some(id) => id,
            None if make => {
                self.sql("INSERT INTO channels (workspace, name) VALUES (?1, ?2)")?.insert(names)?
            }
            None => return Ok(None),
        };
        self.mirror.channels.insert(name, id);
        Ok(Some(id))
    }

    fn read(&mut self, channel: i64, key: &ConversationKey) -> Result<Option<Box<Entry>>, Fault> {
        let mut find = self.sql(
            "SELECT id, tokens_epoch, tokens_seen, calling, last_turns, lines, spilled, timer_at IS NOT NULL, \
             version, session_id, seen, session, recent, handed_over IS NOT NULL FROM conversations WHERE channel = ?1 AND address = ?2",
        )?;
        let mut rows = find.query((channel, &key.address))?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let lines: i64 = row.get(5)?;
        let key = Arc::new(key.clone());
        let (waiting, calls) = self.schedule.lock().unwrap_or_else(PoisonError::into_inner).under_way(&key);
        let id = row.get(0)?;
        let session = stored_session(row, 8)?;
        let entry = Entry {
            session: session.as_ref().map(|stored| stored.id),
            seen: code::seen_from_bytes(row.get_ref(10)?.as_blob().map_err(rusqlite::Error::from)?)?,
            spilled: row.get(6)?,
            waiting,
            calls,
            last_turns: row.get(4)?,
            recent: Turns::from_bytes(row.get(12)?)?,
            lines: lines as u64,
            has_timer: row.get(7)?,
            handed_over: row.get(13)?,
            ..Entry::new(id, key.clone())
        };
        let record = Record {
            session,
            tokens_epoch: row.get::<_, i64>(1)? as u64,
            tokens_seen: row.get::<_, i64>(2)? as u64,
            lines: lines as u64,
        };
        let calling = row.get::<_, Option<u32>>(3)?.map(CallId);
        self.loaded.push(Loaded { id, key, record, calling, new: false });
        Ok(Some(Box::new(entry)))
    }
}

impl Entry {
    fn new(id: ConvId, key: Arc<ConversationKey>) -> Self {
        Self {
            id,
            key,
            touched: 0,
            seen: Vec::new(),
            spilled: false,
            waiting: Vec::new(),
            calls: Vec::new(),
            last_turns: 0,
            recent: Turns::default(),
            lines: 0,
            session: None,
            has_timer: false,
            handed_over: false,
            tokens: None,
            answers: None,
        }
    }
}

/// The columns `version`, `session_id` and, two further, `session`.
pub(crate) fn stored_session(
    row: &rusqlite::Row<'_>,
    first: usize,
) -> Result<Option<StoredSession>, Failure> {
    let Some(version) = row.get::<_, Option<i64>>(first)? else { return Ok(None) };
    let id: Vec<u8> = row.get(first + 1)?;
    Ok(Some(StoredSession {
        id: code::session(&id, "conversations")?,
        version: countersign_store::BotVersion(version as u64),
        bytes: row.get(first + 3)?,
    }))
}

/// The name of a conversation.
pub(crate) fn key_of(conn: &Connection, id: ConvId) -> Result<ConversationKey, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT h.workspace, h.name, c.address FROM conversations c JOIN channels h ON h.id = c.channel \
         WHERE c.id = ?1",
    )?;
    let names = find.query_row([id], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    });
    let (workspace, channel, address) = names.optional()?.ok_or(Failure::Damaged("conversations"))?;
    Ok(ConversationKey {
        workspace: code::name(&workspace, "channels")?,
        channel: code::name(&channel, "channels")?,
        address,
    })
}
