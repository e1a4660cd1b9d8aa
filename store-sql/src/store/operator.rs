//! Keys, bots, and what an operator looks at.

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};
use countersign_store::{
    Backlog, BotVersion, Bots, Keys, PublishedBot, ResealedToken, SealedToken, StoreError, Upkeep,
};
use countersign_vault::WrappedKey;
use rusqlite::{Connection, OptionalExtension as _};

use super::{SqliteStore, reseal};
use crate::code;
use crate::error::Failure;
use crate::open::Role;
use crate::reader;
use crate::schedule::Schedule;
use crate::writer::{Do, Tx, count, outbox_held};

#[async_trait]
impl Keys for SqliteStore {
    async fn data_keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        self.readers.read(data_keys).await
    }

    async fn add_data_key(&self, key: WrappedKey) -> Result<bool, StoreError> {
        self.change(move |tx| {
            let mut put = tx.sql(
                "INSERT INTO data_keys (workspace, version, master, wrapped) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO NOTHING",
            )?;
            let values = (key.workspace.as_str(), key.version, key.master.to_string(), &key.bytes);
            Ok(put.execute(values)? > 0)
        })
        .await
    }

    async fn replace_data_key(&self, key: WrappedKey) -> Result<bool, StoreError> {
        self.change(move |tx| {
            let mut put = tx.sql(
                "UPDATE data_keys SET master = ?3, wrapped = ?4 WHERE workspace = ?1 AND version = ?2",
            )?;
            let values = (key.workspace.as_str(), key.version, key.master.to_string(), &key.bytes);
            Ok(put.execute(values)? > 0)
        })
        .await
    }

    async fn tokens_sealed_before(
        &self,
        workspace: &Name,
        version: u32,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedToken>, StoreError> {
        let workspace = workspace.clone();
        self.readers.read(move |conn| reseal::sealed_before(conn, &workspace, version, after, limit)).await
    }

    async fn reseal_tokens(&self, tokens: Vec<ResealedToken>) -> Result<usize, StoreError> {
        let write = move |tx: &mut Tx<'_>| reseal::reseal(tx, &tokens);
        let keep = |schedule: &mut Schedule, replaced: &usize| {
            if *replaced > 0 {
                schedule.forget_secrets();
            }
        };
        Ok(self.write(Do { write, keep }).await?)
    }

    async fn retire_data_key(&self, workspace: &Name, version: u32) -> Result<usize, StoreError> {
        let workspace = workspace.clone();
        self.change(move |tx| reseal::retire(tx, &workspace, version)).await
    }

    async fn remove_data_key(&self, workspace: &Name, version: u32) -> Result<(), StoreError> {
        let workspace = workspace.clone();
        self.change(move |tx| {
            tx.sql("DELETE FROM data_keys WHERE workspace = ?1 AND version = ?2")?
                .execute((workspace.as_str(), version))?;
            Ok(())
        })
        .await
    }
}

#[async_trait]
impl Bots for SqliteStore {
    async fn put_bot(&self, bot: PublishedBot) -> Result<bool, StoreError> {
        self.change(move |tx| {
            let newest = tx
                .sql("SELECT version FROM bots WHERE workspace = ?1 AND bot = ?2 ORDER BY id DESC LIMIT 1")?
                .query_row((bot.workspace.as_str(), bot.bot.as_str()), |row| row.get::<_, i64>(0))
                .optional()?;
            if newest == Some(bot.version.0 as i64) {
                return Ok(false);
            }
            // The numbers tell the order.
            let mut put = tx.sql(
                "INSERT INTO bots (workspace, bot, version, published_at, constants, file) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (workspace, bot, version) \
                 DO UPDATE SET id = (SELECT max(id) + 1 FROM bots), published_at = excluded.published_at",
            )?;
            let constants = code::to_bytes(&bot.constants)?;
            let PublishedBot { workspace, bot, version, published_at, file, .. } = &bot;
            let at = published_at.as_micros();
            put.execute((workspace.as_str(), bot.as_str(), version.0 as i64, at, constants, file))?;
            Ok(true)
        })
        .await
    }

    async fn bots(&self, workspace: &Name) -> Result<Vec<PublishedBot>, StoreError> {
        let workspace = workspace.clone();
        self.readers.read(move |conn| bots(conn, &workspace)).await
    }
}

#[async_trait]
impl Upkeep for SqliteStore {
    async fn backlog(&self) -> Result<Backlog, StoreError> {
        match self.role {
            Role::Server => Ok(self.schedule().backlog()),
            Role::Beside => self.readers.read(backlog).await,
        }
    }

    async fn writable(&self) -> Result<(), StoreError> {
        self.change(|tx| {
            tx.sql(
                "INSERT INTO meta (name, value) VALUES ('written', 1) \
                 ON CONFLICT DO UPDATE SET value = value + 1",
            )?
            .execute(())?;
            Ok(())
        })
        .await
    }

    /// Reads one number, and lets the writer look too: it sees what programs have written that do not tell.
    fn changed_outside(&self) -> u64 {
        self.look_outside();
        self.queue.look();
        self.outside.changes()
    }
}

fn data_keys(conn: &Connection) -> Result<Vec<WrappedKey>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT workspace, version, master, wrapped FROM data_keys ORDER BY workspace, version",
    )?;
    let mut rows = find.query(())?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(WrappedKey {
            workspace: reader::name(row, 0, "data_keys")?,
            version: row.get(1)?,
            master: row.get::<_, String>(2)?.parse().map_err(|_| Failure::Damaged("data_keys"))?,
            bytes: row.get(3)?,
        });
    }
    Ok(keys)
}

fn bots(conn: &Connection, workspace: &Name) -> Result<Vec<PublishedBot>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT bot, version, published_at, constants, file FROM bots WHERE workspace = ?1 ORDER BY id",
    )?;
    let mut rows = find.query([workspace.as_str()])?;
    let mut bots = Vec::new();
    while let Some(row) = rows.next()? {
        bots.push(PublishedBot {
            workspace: workspace.clone(),
            bot: reader::name(row, 0, "bots")?,
            version: BotVersion(row.get::<_, i64>(1)? as u64),
            published_at: code::at(row, 2)?,
            constants: code::from_bytes(&row.get::<_, Vec<u8>>(3)?, "bots")?,
            file: row.get(4)?,
        });
    }
    Ok(bots)
}

fn backlog(conn: &Connection) -> Result<Backlog, Failure> {
    let oldest: Option<i64> = conn.query_row("SELECT min(received_at) FROM inbox", (), |row| row.get(0))?;
    Ok(Backlog {
        inbox: count(conn, "inbox")?,
        oldest: oldest.map(Timestamp::from_micros),
        calls: count(conn, "calls")?,
        outbox: count(conn, "outbox")?,
        dead: count(conn, "dead_letters")?,
        held: outbox_held(conn)?,
    })
}
