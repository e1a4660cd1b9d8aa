//! Values under older data keys. The version of its key stands in the bytes 6 to 9 of a sealed value.

use countersign_model::Name;
use countersign_store::{ConversationKey, ResealedToken, SealedToken};
use countersign_vault::Sealed;
use rusqlite::Connection;

use crate::error::{Failure, Fault};
use crate::reader;
use crate::writer::Tx;

/// Tokens of a workspace that data keys before `version` have sealed, or their refresh tokens.
pub(super) fn sealed_before(
    conn: &Connection,
    workspace: &Name,
    version: u32,
    after: u64,
    limit: usize,
) -> Result<Vec<SealedToken>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT t.bot, t.component, t.sealed, t.expires_at, t.logged_in_at, t.refresh, t.refresh_until, \
         t.id, h.name, c.address \
         FROM tokens t JOIN conversations c ON c.id = t.id / 4096 JOIN channels h ON h.id = c.channel \
         WHERE t.id >= ?2 AND h.workspace = ?1 \
         AND (substr(t.sealed, 6, 4) < ?3 OR substr(t.refresh, 6, 4) < ?3) ORDER BY t.id LIMIT ?4",
    )?;
    // Positions begin at 1, ids at 0.
    let (after, limit) = (after as i64, i64::try_from(limit).unwrap_or(i64::MAX));
    let mut rows = find.query((workspace.as_str(), after, version.to_be_bytes(), limit))?;
    let mut tokens = Vec::new();
    while let Some(row) = rows.next()? {
        tokens.push(SealedToken {
            position: row.get::<_, i64>(7)? as u64 + 1,
            conversation: ConversationKey {
                workspace: workspace.clone(),
                channel: reader::name(row, 8, "channels")?,
                address: row.get(9)?,
            },
            row: reader::token(row)?,
        });
    }
    Ok(tokens)
}

/// Replaces what has not changed since it was read. Gives how many.
pub(super) fn reseal(tx: &mut Tx<'_>, tokens: &[ResealedToken]) -> Result<usize, Fault> {
    let mut replaced = 0;
    for ResealedToken { before, sealed, refresh } in tokens {
        let row = &before.row;
        let refresh_before = row.refresh.as_ref().map(|refresh| refresh.sealed.as_bytes());
        replaced += tx
            .sql(
                "UPDATE tokens SET sealed = ?4, refresh = ?6 \
                 WHERE id = ?1 AND bot = ?2 AND component = ?3 AND sealed = ?5 AND refresh IS ?7",
            )?
            .execute((
                before.position as i64 - 1,
                row.bot.as_str(),
                row.component.as_str(),
                sealed.as_bytes(),
                row.sealed.as_bytes(),
                refresh.as_ref().map(|refresh| refresh.as_bytes()).or(refresh_before),
                refresh_before,
            ))?;
    }
    if replaced > 0 {
        tx.mirror.forget_secrets();
    }
    Ok(replaced)
}

/// All columns that hold sealed values beside the records of the console, with the way from their rows to conversations. A table that comes to hold some
/// has to stand here, or its values are lost with their key.
const SEALED: [(&str, &str, &str); 4] = [
    ("tokens", "sealed", "t.id / 4096"),
    ("tokens", "refresh", "t.id / 4096"),
    ("answers", "value", "t.id / 4096"),
    ("inbox", "payload", "t.conversation"),
];

/// Removes a data key that has sealed nothing that is there. Gives how much it has sealed.
pub(super) fn retire(tx: &mut Tx<'_>, workspace: &Name, version: u32) -> Result<usize, Fault> {
    let mut sealed = 0;
    for (table, column, conversation) in SEALED {
        let count = format!(
            "SELECT count(*) FROM {table} t JOIN conversations c ON c.id = {conversation} \
             JOIN channels h ON h.id = c.channel WHERE h.workspace = ?1 AND substr(t.{column}, 6, 4) = ?2"
        );
        let count: i64 =
            tx.sql(&count)?.query_row((workspace.as_str(), version.to_be_bytes()), |row| row.get(0))?;
        sealed += usize::try_from(count).unwrap_or(usize::MAX);
    }
    let mut records = tx.sql("SELECT body FROM records WHERE workspace = ?1")?;
    let mut rows = records.query([workspace.as_str()])?;
    while let Some(row) = rows.next()? {
        let values = Sealed::all_in(row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?);
        sealed += values.iter().filter(|value| value.key_version() == Some(version)).count();
    }
    drop(rows);
    if sealed == 0 {
        tx.sql("DELETE FROM data_keys WHERE workspace = ?1 AND version = ?2")?
            .execute((workspace.as_str(), version))?;
    }
    Ok(sealed)
}
