//! Deliveries of one workspace that have not been made.

use std::collections::HashSet;

use countersign_model::Name;
use rusqlite::Connection;

use crate::error::{Failure, Fault};
use crate::writer::Tx;

pub(super) fn count(conn: &Connection, workspace: &Name) -> Result<usize, Failure> {
    let mut count = conn.prepare_cached(
        "SELECT count(*) FROM outbox o JOIN conversations c ON c.id = o.conversation \
         JOIN channels h ON h.id = c.channel WHERE h.workspace = ?1",
    )?;
    Ok(count.query_row([workspace.as_str()], |row| row.get::<_, i64>(0))? as usize)
}

/// Removes them. Gives how many there were, and the rows of others, which stay.
pub(super) fn discard(tx: &mut Tx<'_>, workspace: &Name) -> Result<(usize, HashSet<u64>), Fault> {
    let removed = tx
        .sql(
            "DELETE FROM outbox WHERE conversation IN \
             (SELECT c.id FROM conversations c JOIN channels h ON h.id = c.channel WHERE h.workspace = ?1)",
        )?
        .execute([workspace.as_str()])?;
    let mut left = HashSet::new();
    let mut rows = tx.sql("SELECT seq FROM outbox")?;
    let mut rows = rows.query(())?;
    while let Some(row) = rows.next()? {
        left.insert(row.get::<_, i64>(0)? as u64);
    }
    Ok((removed, left))
}
