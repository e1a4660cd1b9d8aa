//! Numbers by hours.

use async_trait::async_trait;
use countersign_model::Name;
use countersign_store::{Hour, Stat, StatQuery, Statistics, StoreError};
use rusqlite::{Connection, Row};

use super::SqliteStore;
use crate::code;
use crate::error::Failure;

#[async_trait]
impl Statistics for SqliteStore {
    async fn add_stats(&self, stats: Vec<Stat>) -> Result<(), StoreError> {
        if stats.is_empty() {
            return Ok(());
        }
        self.change(move |tx| {
            let mut add = tx.sql(
                "INSERT INTO stats (hour, workspace, bot, channel, what, label, count) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO UPDATE SET \
                 count = min(count, 9223372036854775807 - excluded.count) + excluded.count",
            )?;
            for Stat { workspace, hour, bot, channel, what, label, count } in &stats {
                let count = i64::try_from(*count).unwrap_or(i64::MAX);
                let (bot, channel) = (column(bot.as_ref()), column(channel.as_ref()));
                add.execute((hour.0, workspace.as_str(), bot, channel, what, label, count))?;
            }
            Ok(())
        })
        .await
    }

    async fn stats(&self, query: &StatQuery) -> Result<Vec<Stat>, StoreError> {
        let query = query.clone();
        self.readers.read(move |conn| stats(conn, &query)).await
    }
}

fn stats(conn: &Connection, query: &StatQuery) -> Result<Vec<Stat>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT hour, bot, channel, what, label, count FROM stats \
         WHERE hour >= ?1 AND hour < ?2 AND workspace = ?3 \
         AND (?4 = '' OR bot = ?4) AND (?5 = '' OR channel = ?5) ORDER BY hour, bot, channel, what, label",
    )?;
    let (bot, channel) = (column(query.bot.as_ref()), column(query.channel.as_ref()));
    let mut rows = find.query((query.from.0, query.until.0, query.workspace.as_str(), bot, channel))?;
    let mut stats = Vec::new();
    while let Some(row) = rows.next()? {
        let stat = Stat {
            workspace: query.workspace.clone(),
            hour: Hour(row.get(0)?),
            bot: maybe(row, 1)?,
            channel: maybe(row, 2)?,
            what: row.get(3)?,
            label: row.get(4)?,
            count: row.get::<_, i64>(5)? as u64,
        };
        if query.matches(&stat) {
            stats.push(stat);
        }
    }
    Ok(stats)
}

fn column(name: Option<&Name>) -> &str {
    name.map_or("", Name::as_str)
}

fn maybe(row: &Row<'_>, column: usize) -> Result<Option<Name>, Failure> {
    let text: String = row.get(column)?;
    if text.is_empty() { Ok(None) } else { code::name(&text, "stats").map(Some) }
}

/// Removes the hours before that one.
pub(crate) fn sweep(tx: &crate::writer::Tx<'_>, until: Hour, most: i64) -> Result<(), crate::error::Fault> {
    tx.sql(
        "DELETE FROM stats WHERE (hour, workspace, bot, channel, what, label) IN \
         (SELECT hour, workspace, bot, channel, what, label FROM stats WHERE hour < ?1 ORDER BY hour LIMIT ?2)",
    )?
    .execute((until.0, most))?;
    Ok(())
}
