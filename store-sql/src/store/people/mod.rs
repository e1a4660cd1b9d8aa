//! What people look at and mend.

mod dead;
mod erase;
mod list;
mod waiting;

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};
use countersign_store::{
    ConversationKey, ConversationNumber, ConversationPage, ConversationQuery, ConversationRow, CounterKey,
    Erased, Lead, ListedDeadLetter, ListedLead, ListedToken, People, StoreError, TokenId, TokenInfo,
};
use rusqlite::Connection;

use super::SqliteStore;
use crate::code::{self, ConvId};
use crate::error::Failure;
use crate::open::Role;
use crate::reader;
use crate::schedule::Schedule;
use crate::writer::{Do, Tx, range};

#[async_trait]
impl People for SqliteStore {
    async fn conversations(&self, query: ConversationQuery) -> Result<ConversationPage, StoreError> {
        self.readers.read(move |conn| list::page(conn, &query)).await
    }

    async fn conversation_row(
        &self,
        workspace: &Name,
        number: ConversationNumber,
    ) -> Result<Option<ConversationRow>, StoreError> {
        let workspace = workspace.clone();
        self.readers.read(move |conn| list::one(conn, &workspace, number)).await
    }

    async fn conversation_number(
        &self,
        key: &ConversationKey,
    ) -> Result<Option<ConversationNumber>, StoreError> {
        let key = key.clone();
        let id = self.readers.read(move |conn| reader::id_of(conn, &key)).await?;
        Ok(id.map(|id| ConversationNumber(id as u64)))
    }

    async fn erase(
        &self,
        key: &ConversationKey,
        counters: &[CounterKey],
    ) -> Result<Option<Erased>, StoreError> {
        self.as_server()?;
        let work = erase::Erase { key: key.clone(), counters: counters.to_vec() };
        Ok(self.write(work).await?)
    }

    async fn all_leads(
        &self,
        workspace: &Name,
        form: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedLead>, StoreError> {
        let (workspace, form) = (workspace.clone(), form.cloned());
        self.readers.read(move |conn| leads(conn, &workspace, form.as_ref(), before, limit)).await
    }

    async fn all_tokens(
        &self,
        workspace: &Name,
        component: Option<&Name>,
        after: Option<&TokenId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<ListedToken>, StoreError> {
        let (workspace, component, after) = (workspace.clone(), component.cloned(), after.cloned());
        let read = move |conn: &Connection| {
            tokens(conn, &workspace, (component.as_ref(), after.as_ref()), limit, now)
        };
        self.readers.read(read).await
    }

    async fn revoke_token(&self, workspace: &Name, id: &TokenId) -> Result<bool, StoreError> {
        let (workspace, id) = (workspace.clone(), id.clone());
        // A number that no row of a token can have is none of ours.
        let Some(conversation) =
            ConvId::try_from(id.conversation.0).ok().filter(|id| *id < ConvId::MAX >> 12)
        else {
            return Ok(false);
        };
        let write = move |tx: &mut Tx<'_>| {
            let (first, end) = range(conversation);
            let removed = tx
                .sql(
                    "DELETE FROM tokens WHERE id >= ?1 AND id < ?2 AND bot = ?3 AND component = ?4 \
                     AND logged_in_at = ?5 AND EXISTS (SELECT 1 FROM conversations c \
                     JOIN channels h ON h.id = c.channel WHERE c.id = ?6 AND h.workspace = ?7)",
                )?
                .execute((
                    first,
                    end,
                    id.bot.as_str(),
                    id.component.as_str(),
                    id.logged_in_at.as_micros(),
                    conversation,
                    workspace.as_str(),
                ))?;
            if removed > 0 {
                tx.sql("UPDATE conversations SET tokens_epoch = tokens_epoch + 1 WHERE id = ?1")?
                    .execute([conversation])?;
                tx.mirror.forget_secrets();
            }
            Ok(removed > 0)
        };
        let keep = move |schedule: &mut Schedule, removed: &bool| {
            if *removed {
                schedule.revoked(conversation);
            }
        };
        Ok(self.write(Do { write, keep }).await?)
    }

    async fn list_dead_letters(
        &self,
        workspace: &Name,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedDeadLetter>, StoreError> {
        let workspace = workspace.clone();
        self.readers.read(move |conn| dead::list(conn, &workspace, before, limit)).await
    }

    async fn deliver_again(&self, workspace: &Name, number: u64, now: Timestamp) -> Result<bool, StoreError> {
        self.as_server()?;
        Ok(self.write(dead::Again { workspace: workspace.clone(), number, now }).await?)
    }

    async fn drop_dead_letter(&self, workspace: &Name, number: u64) -> Result<bool, StoreError> {
        let workspace = workspace.clone();
        let server = self.role == Role::Server;
        let write = move |tx: &mut Tx<'_>| {
            if dead::conversation_of(tx, &workspace, number)?.is_none() {
                return Ok(false);
            }
            tx.sql("DELETE FROM dead_letters WHERE seq = ?1")?.execute([number as i64])?;
            Ok(true)
        };
        let keep = move |schedule: &mut Schedule, dropped: &bool| {
            schedule.dead -= usize::from(*dropped && server).min(schedule.dead);
        };
        Ok(self.write(Do { write, keep }).await?)
    }

    async fn waiting_deliveries(&self, workspace: &Name) -> Result<usize, StoreError> {
        match self.role {
            Role::Server => Ok(self.schedule().waiting_of(workspace)),
            Role::Beside => {
                let workspace = workspace.clone();
                self.readers.read(move |conn| waiting::count(conn, &workspace)).await
            }
        }
    }

    async fn discard_deliveries(&self, workspace: &Name) -> Result<usize, StoreError> {
        let workspace = workspace.clone();
        let write = move |tx: &mut Tx<'_>| waiting::discard(tx, &workspace);
        let keep = |schedule: &mut Schedule, (_, left): &(usize, _)| schedule.keep_deliveries(left);
        let (discarded, _) = self.write(Do { write, keep }).await?;
        Ok(discarded)
    }
}

fn leads(
    conn: &Connection,
    workspace: &Name,
    form: Option<&Name>,
    before: Option<u64>,
    limit: usize,
) -> Result<Vec<ListedLead>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT l.seq, c.id, h.name, c.address, l.form, l.at, l.answers FROM leads l \
         JOIN conversations c ON c.id = l.conversation JOIN channels h ON h.id = c.channel \
         WHERE l.seq < ?1 AND h.workspace = ?2 AND (?3 IS NULL OR l.form = ?3) ORDER BY l.seq DESC LIMIT ?4",
    )?;
    let values = (number(before), workspace.as_str(), form.map(Name::as_str), most(limit));
    let mut rows = find.query(values)?;
    let mut leads = Vec::new();
    while let Some(row) = rows.next()? {
        leads.push(ListedLead {
            number: row.get::<_, i64>(0)? as u64,
            conversation: ConversationNumber(row.get::<_, i64>(1)? as u64),
            key: ConversationKey {
                workspace: workspace.clone(),
                channel: reader::name(row, 2, "channels")?,
                address: row.get(3)?,
            },
            lead: Lead {
                form: reader::name(row, 4, "leads")?,
                at: code::at(row, 5)?,
                answers: code::from_bytes(&row.get::<_, Vec<u8>>(6)?, "leads")?,
            },
        });
    }
    Ok(leads)
}

fn tokens(
    conn: &Connection,
    workspace: &Name,
    (component, after): (Option<&Name>, Option<&TokenId>),
    limit: usize,
    now: Timestamp,
) -> Result<Vec<ListedToken>, Failure> {
    // Tokens of a conversation stand one after another in the order of their ids; by name they are few.
    let mut find = conn.prepare_cached(
        "SELECT t.id / 4096, h.name, c.address, t.bot, t.component, t.expires_at, t.logged_in_at, \
         t.refresh_until FROM tokens t JOIN conversations c ON c.id = t.id / 4096 \
         JOIN channels h ON h.id = c.channel \
         WHERE t.id >= ?1 * 4096 AND h.workspace = ?2 AND t.expires_at > ?3 \
         AND (?4 IS NULL OR t.component = ?4) ORDER BY t.id",
    )?;
    let from =
        after.map_or(0, |after| i64::try_from(after.conversation.0).unwrap_or(i64::MAX).min(i64::MAX >> 12));
    let mut rows = find.query((from, workspace.as_str(), now.as_micros(), component.map(Name::as_str)))?;
    let mut tokens: Vec<ListedToken> = Vec::new();
    while let Some(row) = rows.next()? {
        let conversation = ConversationNumber(row.get::<_, i64>(0)? as u64);
        // The page ends between conversations, so that their tokens can be sorted.
        if tokens.len() >= limit && tokens.last().is_some_and(|last| last.id.conversation != conversation) {
            break;
        }
        let info = TokenInfo {
            conversation: ConversationKey {
                workspace: workspace.clone(),
                channel: reader::name(row, 1, "channels")?,
                address: row.get(2)?,
            },
            bot: reader::name(row, 3, "tokens")?,
            component: reader::name(row, 4, "tokens")?,
            expires_at: code::at(row, 5)?,
            logged_in_at: code::at(row, 6)?,
            refresh_until: row.get::<_, Option<i64>>(7)?.map(Timestamp::from_micros),
        };
        let id = TokenId {
            conversation,
            bot: info.bot.clone(),
            component: info.component.clone(),
            logged_in_at: info.logged_in_at,
        };
        if after.is_none_or(|after| place(&id) > place(after)) {
            tokens.push(ListedToken { id, info });
        }
    }
    tokens.sort_by(|a, b| place(&a.id).cmp(&place(&b.id)));
    tokens.truncate(limit);
    Ok(tokens)
}

fn place(id: &TokenId) -> (ConversationNumber, &Name, &Name) {
    (id.conversation, &id.bot, &id.component)
}

/// A bound for rows before a number.
fn number(before: Option<u64>) -> i64 {
    before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX)
}

fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
