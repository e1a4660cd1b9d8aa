//! Sealed tokens and answers.

use std::sync::PoisonError;

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};
use countersign_store::{
    AnswerRow, ConversationKey, Retention, Revocation, Secrets, StoreError, Swept, TokenInfo, TokenRow,
};
use rusqlite::Connection;

use super::SqliteStore;
use crate::code;
use crate::error::{Failure, Fault};
use crate::lines::Turns;
use crate::reader;
use crate::schedule::{Schedule, SecretRows};
use crate::writer::{Cursors, Do, Sweep, Tx};

/// So many conversations are looked at in one sweep.
const CONVERSATIONS: i64 = 5_000;

#[async_trait]
impl Secrets for SqliteStore {
    async fn token(
        &self,
        key: &ConversationKey,
        bot: &Name,
        component: &Name,
    ) -> Result<Option<TokenRow>, StoreError> {
        let which = |token: &&TokenRow| (&token.bot, &token.component) == (bot, component);
        self.of_secrets(key, |secrets| secrets.tokens.iter().find(which).cloned()).await
    }

    async fn held(&self, key: &ConversationKey, bot: &Name) -> Result<Vec<TokenInfo>, StoreError> {
        let info = |token: &TokenRow| TokenInfo {
            conversation: key.clone(),
            bot: token.bot.clone(),
            component: token.component.clone(),
            expires_at: token.expires_at,
            logged_in_at: token.logged_in_at,
            refresh_until: token.refresh.as_ref().map(|refresh| refresh.expires_at),
        };
        let of_bot = |secrets: &SecretRows| {
            let mut held: Vec<_> =
                secrets.tokens.iter().filter(|token| token.bot == *bot).map(info).collect();
            held.sort_by(|a, b| a.component.cmp(&b.component));
            held
        };
        self.of_secrets(key, of_bot).await
    }

    async fn tokens(&self, workspace: &Name, now: Timestamp) -> Result<Vec<TokenInfo>, StoreError> {
        let workspace = workspace.clone();
        self.readers.read(move |conn| reader::tokens(conn, &workspace, now)).await
    }

    async fn revoke(&self, which: &Revocation) -> Result<usize, StoreError> {
        let which = which.clone();
        let write = move |tx: &mut Tx<'_>| revoke(tx, &which);
        let keep = |schedule: &mut Schedule, (conversations, _): &(Vec<i64>, usize)| {
            conversations.iter().for_each(|id| schedule.revoked(*id));
        };
        Ok(self.write(Do { write, keep }).await?.1)
    }

    async fn answers(&self, key: &ConversationKey, component: &Name) -> Result<Vec<AnswerRow>, StoreError> {
        let which = |answer: &&AnswerRow| answer.component == *component;
        self.of_secrets(key, |secrets| secrets.answers.iter().filter(which).cloned().collect()).await
    }

    async fn sweep(&self, now: Timestamp, retention: &Retention) -> Result<Swept, StoreError> {
        let retention = *retention;
        let mut cursors = *self.cursors.lock().unwrap_or_else(PoisonError::into_inner);
        let (ids, turns) = (now.minus(retention.ids), now.minus(retention.transcripts));
        let from = cursors.conversation;
        let (conversations, next) = self.readers.read(move |conn| old(conn, from, ids, turns)).await?;
        cursors.conversation = next;
        let (swept, cursors): (Swept, Cursors) =
            self.write(Sweep { now, retention, cursors, conversations }).await?;
        *self.cursors.lock().unwrap_or_else(PoisonError::into_inner) = cursors;
        Ok(swept)
    }
}

impl SqliteStore {
    /// Asks the sealed values of a conversation, in memory when they are there and nobody else has written.
    async fn of_secrets<T>(
        &self,
        key: &ConversationKey,
        ask: impl Fn(&SecretRows) -> T,
    ) -> Result<T, StoreError> {
        self.look_outside();
        let changes = {
            let schedule = self.schedule();
            if let Some(secrets) = schedule.secrets(key) {
                return Ok(ask(secrets));
            }
            schedule.changes(key)
        };
        let name = key.clone();
        let secrets = self.readers.read(move |conn| reader::secrets(conn, &name)).await?;
        if let Some(changes) = changes {
            self.schedule().remember_secrets(key, changes, &secrets);
        }
        Ok(ask(&secrets))
    }
}

/// Conversations whose tokens were revoked, and how many tokens.
fn revoke(tx: &mut Tx<'_>, which: &Revocation) -> Result<(Vec<i64>, usize), Fault> {
    let sql = if which.address.is_some() {
        "SELECT t.id FROM channels h JOIN conversations c ON c.channel = h.id AND c.address = ?3 \
         JOIN tokens t ON t.id >= c.id * 4096 AND t.id < (c.id + 1) * 4096 \
         WHERE h.workspace = ?1 AND (?2 IS NULL OR h.name = ?2) AND (?4 IS NULL OR t.component = ?4)"
    } else {
        "SELECT t.id FROM tokens t JOIN conversations c ON c.id = t.id / 4096 JOIN channels h ON h.id = c.channel \
         WHERE h.workspace = ?1 AND (?2 IS NULL OR h.name = ?2) AND ?3 IS NULL \
         AND (?4 IS NULL OR t.component = ?4)"
    };
    let mut find = tx.sql(sql)?;
    let values = (
        which.workspace.as_str(),
        which.channel.as_ref().map(Name::as_str),
        which.address.as_deref(),
        which.component.as_ref().map(Name::as_str),
    );
    let tokens = find.query_map(values, |row| row.get::<_, i64>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut conversations: Vec<_> = tokens.iter().map(|id| id / 4096).collect();
    conversations.sort_unstable();
    conversations.dedup();
    for id in &tokens {
        tx.sql("DELETE FROM tokens WHERE id = ?1")?.execute([id])?;
    }
    for id in &conversations {
        tx.sql("UPDATE conversations SET tokens_epoch = tokens_epoch + 1 WHERE id = ?1")?.execute([id])?;
    }
    if !tokens.is_empty() {
        tx.mirror.forget_secrets();
    }
    Ok((conversations, tokens.len()))
}

/// The next conversations in whose row ids or turns stand that came in until then, and where to go on.
fn old(conn: &Connection, from: i64, ids: Timestamp, turns: Timestamp) -> Result<(Vec<i64>, i64), Failure> {
    let mut find =
        conn.prepare_cached("SELECT id, seen, recent FROM conversations WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = find.query((from, CONVERSATIONS))?;
    let (mut found, mut looked_at, mut last) = (Vec::new(), 0, 0);
    let until = code::second(ids);
    while let Some(row) = rows.next()? {
        looked_at += 1;
        last = row.get(0)?;
        let seen = code::seen_from_bytes(row.get_ref(1)?.as_blob().map_err(rusqlite::Error::from)?)?;
        if seen.iter().any(|(_, second)| *second <= until) || Turns::from_bytes(row.get(2)?)?.has_until(turns)
        {
            found.push(last);
        }
    }
    Ok((found, if looked_at < CONVERSATIONS { 0 } else { last }))
}
