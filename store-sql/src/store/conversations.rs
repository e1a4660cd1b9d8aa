//! Conversations, their turns and their timers.

use async_trait::async_trait;
use countersign_model::Timestamp;
use countersign_store::{
    Claimed, CommitError, Conversation, ConversationKey, Conversations, InboxRow, Lead, Lease, Pending,
    StoreError, Timers, TranscriptRow, TurnCommit, WorkerId,
};
use rusqlite::{Connection, OptionalExtension as _};

use super::SqliteStore;
use crate::code;
use crate::error::Failure;
use crate::open::Role;
use crate::reader;
use crate::schedule::{Body, Picked, Record};
use crate::writer::{CommitTurn, FireTimers};

#[async_trait]
impl Conversations for SqliteStore {
    async fn claim(
        &self,
        _: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Claimed>, StoreError> {
        self.as_server()?;
        let picked = self.schedule().pick(now, until);
        let Some(picked) = picked else { return Ok(None) };
        let lease = picked.lease.clone();
        match self.complete(picked).await {
            // It would be handed out again at once, for ever. So the others come first until the lease ends.
            Err(error @ StoreError::Damaged { .. }) => Err(error),
            Err(error) => {
                // Whoever has it by now keeps it.
                let _ = self.schedule().release(&lease);
                Err(error)
            }
            done => done.map(Some),
        }
    }

    async fn commit_turn(&self, turn: TurnCommit) -> Result<(), CommitError> {
        let consumed = self.schedule().begin_turn(&turn.lease, turn.consumed)?;
        Ok(self.write(CommitTurn { turn, consumed }).await?)
    }

    async fn release(&self, lease: &Lease) -> Result<(), CommitError> {
        Ok(self.schedule().release(lease)?)
    }

    async fn conversation(&self, key: &ConversationKey) -> Result<Option<Conversation>, StoreError> {
        self.look_outside();
        let known = self.schedule().conversation(key);
        let conversation = match known {
            Some(conversation) => Some(conversation),
            None => self.record(key).await?.map(|(record, calling)| record.as_conversation(calling)),
        };
        Ok(conversation.filter(|conversation| conversation.session.is_some()))
    }

    async fn transcript(
        &self,
        key: &ConversationKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<TranscriptRow>, StoreError> {
        let key = key.clone();
        self.readers.read(move |conn| reader::transcript(conn, &key, from, limit)).await
    }

    async fn pending(&self, key: &ConversationKey) -> Result<Pending, StoreError> {
        if self.role == Role::Beside {
            let key = key.clone();
            return self.readers.read(move |conn| pending(conn, &key)).await;
        }
        let (pending, lines) = self.schedule().pending(key);
        if lines.is_some() {
            return Ok(pending);
        }
        let lines = self.record(key).await?.map_or(0, |(record, _)| record.lines);
        Ok(Pending { lines, ..pending })
    }

    async fn leads(&self, key: &ConversationKey) -> Result<Vec<Lead>, StoreError> {
        let key = key.clone();
        self.readers.read(move |conn| leads(conn, &key)).await
    }
}

#[async_trait]
impl Timers for SqliteStore {
    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.as_server()?;
        if self.schedule().next_timer.is_none_or(|next| next > now) {
            return Ok(0);
        }
        Ok(self.write(FireTimers { now, limit }).await?)
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.schedule().next_due())
    }
}

impl SqliteStore {
    /// Reads what a claim did not find in memory.
    async fn complete(&self, picked: Picked) -> Result<Claimed, StoreError> {
        let Picked { lease, seq, kind, received_at, body, conversation, calling, changes } = picked;
        let (body, conversation) = match (body, conversation) {
            (Some(body), Some(conversation)) => (body, conversation),
            (body, conversation) => {
                let key = lease.conversation.clone();
                let wants_record = conversation.is_none();
                let read = self.readers.read(move |conn| {
                    let body = match body {
                        Some(body) => body,
                        None => inbox_row(conn, seq)?,
                    };
                    let record = if wants_record { reader::record(conn, &key)? } else { None };
                    Ok((body, record))
                });
                let (body, record) = read.await?;
                let conversation = match (conversation, record) {
                    (Some(conversation), _) => conversation,
                    (None, Some((record, _))) => {
                        self.schedule().remember(&lease.conversation, changes, &record);
                        record.as_conversation(calling)
                    }
                    (None, None) => return Err(Failure::Damaged("conversations").into()),
                };
                (body, conversation)
            }
        };
        let Body { id, payload } = body;
        Ok(Claimed { lease, conversation, inbound: InboxRow { seq, id, kind, payload, received_at } })
    }

    async fn record(
        &self,
        key: &ConversationKey,
    ) -> Result<Option<(Record, Option<countersign_model::CallId>)>, StoreError> {
        let changes = self.schedule().changes(key);
        let name = key.clone();
        let record = self.readers.read(move |conn| reader::record(conn, &name)).await?;
        if let (Some(changes), Some((record, _))) = (changes, &record) {
            self.schedule().remember(key, changes, record);
        }
        Ok(record)
    }
}

fn inbox_row(conn: &Connection, seq: u64) -> Result<Body, Failure> {
    let mut find = conn.prepare_cached("SELECT id, expires_at, payload FROM inbox WHERE seq = ?1")?;
    let row =
        find.query_row([seq as i64], |row| Ok(Body { id: row.get(0)?, payload: code::payload(row, 1, 2)? }));
    row.optional()?.ok_or(Failure::Damaged("inbox"))
}

fn pending(conn: &Connection, key: &ConversationKey) -> Result<Pending, Failure> {
    let Some(id) = reader::id_of(conn, key)? else { return Ok(Pending::default()) };
    let mut count = conn.prepare_cached(
        "SELECT (SELECT count(*) FROM inbox WHERE conversation = ?1), \
         (SELECT count(*) FROM calls WHERE conversation = ?1), \
         (SELECT count(*) FROM outbox WHERE conversation = ?1), lines FROM conversations WHERE id = ?1",
    )?;
    let pending = count.query_row([id], |row| {
        let number = |column| row.get::<_, i64>(column).map(|n| usize::try_from(n).unwrap_or(0));
        let lines = row.get::<_, i64>(3)? as u64;
        Ok(Pending { inbox: number(0)?, calls: number(1)?, outbox: number(2)?, lines })
    })?;
    Ok(pending)
}

fn leads(conn: &Connection, key: &ConversationKey) -> Result<Vec<Lead>, Failure> {
    let Some(id) = reader::id_of(conn, key)? else { return Ok(Vec::new()) };
    let mut find =
        conn.prepare_cached("SELECT form, at, answers FROM leads WHERE conversation = ?1 ORDER BY seq")?;
    let mut rows = find.query([id])?;
    let mut leads = Vec::new();
    while let Some(row) = rows.next()? {
        leads.push(Lead {
            form: reader::name(row, 0, "leads")?,
            at: code::at(row, 1)?,
            answers: code::from_bytes(&row.get::<_, Vec<u8>>(2)?, "leads")?,
        });
    }
    Ok(leads)
}
