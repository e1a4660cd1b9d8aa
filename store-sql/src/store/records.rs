//! Records and the audit log.

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};
use countersign_store::{
    AuditEntry, AuditLine, ChangeError, Expected, Record, RecordKey, RecordValue, RecordWrite, Records,
    Revision, StoreError, audit_hash,
};
use rusqlite::{Connection, OptionalExtension as _, Row};

use super::SqliteStore;
use crate::code;
use crate::error::{Failure, Fault};
use crate::writer::Tx;

const COLUMNS: &str = "workspace, id, revision, changed_at, expires_at, alias, body";

#[async_trait]
impl Records for SqliteStore {
    async fn record(&self, key: &RecordKey, now: Timestamp) -> Result<Option<Record>, StoreError> {
        let key = key.clone();
        self.readers
            .read(move |conn| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM records WHERE workspace = ?1 AND kind = ?2 AND id = ?3 \
                     AND (expires_at IS NULL OR expires_at > ?4)"
                );
                let values = (column(key.workspace.as_ref()), key.kind, &key.id, now.as_micros());
                one(conn.prepare_cached(&sql)?.query(values)?, key.kind)
            })
            .await
    }

    async fn record_by_alias(
        &self,
        kind: &'static str,
        alias: &str,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let alias = alias.to_owned();
        self.readers
            .read(move |conn| {
                let sql = format!(
                    "SELECT {COLUMNS} FROM records WHERE kind = ?1 AND alias = ?2 \
                     AND (expires_at IS NULL OR expires_at > ?3)"
                );
                one(conn.prepare_cached(&sql)?.query((kind, alias, now.as_micros()))?, kind)
            })
            .await
    }

    async fn records(
        &self,
        workspace: Option<&Name>,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Record>, StoreError> {
        let (workspace, prefix) = (workspace.cloned(), prefix.to_owned());
        let (after, limit) = (after.map(str::to_owned), i64::try_from(limit).unwrap_or(i64::MAX));
        self.readers
            .read(move |conn| {
                // Bytes are compared, and all ids that begin with the prefix stand one after another from it on.
                let sql = format!(
                    "SELECT {COLUMNS} FROM records WHERE workspace = ?1 AND kind = ?2 AND id >= ?3 \
                     AND (?4 IS NULL OR id > ?4) AND (?5 IS NULL OR id < ?5) \
                     AND (expires_at IS NULL OR expires_at > ?6) ORDER BY id LIMIT ?7"
                );
                let end = after_all(&prefix);
                let mut find = conn.prepare_cached(&sql)?;
                let workspace = column(workspace.as_ref());
                let mut rows = find.query((workspace, kind, &prefix, after, end, now.as_micros(), limit))?;
                let mut records = Vec::new();
                while let Some(row) = rows.next()? {
                    records.push(record(row, kind)?);
                }
                Ok(records)
            })
            .await
    }

    async fn change(
        &self,
        writes: Vec<RecordWrite>,
        audit: Vec<AuditEntry>,
        now: Timestamp,
    ) -> Result<Vec<Revision>, ChangeError> {
        if writes.is_empty() && audit.is_empty() {
            return Ok(Vec::new());
        }
        let changed = self.change(move |tx| {
            // Others are in the same transaction, so what was written before a refusal is taken back alone.
            tx.sql("SAVEPOINT change")?.execute(())?;
            let changed = change(tx, &writes, &audit, now)?;
            if changed.is_err() {
                tx.sql("ROLLBACK TO change")?.execute(())?;
            }
            tx.sql("RELEASE change")?.execute(())?;
            Ok(changed)
        });
        changed.await?.map_err(|refused| match refused {
            Refused::Stale(key) => ChangeError::Stale(key),
            Refused::Taken(key) => ChangeError::Taken(key),
        })
    }

    async fn audit(
        &self,
        workspace: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let (workspace, limit) = (workspace.cloned(), i64::try_from(limit).unwrap_or(i64::MAX));
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        self.readers.read(move |conn| audit_lines(conn, workspace.as_ref(), before, limit)).await
    }
}

/// Why a change was not made.
enum Refused {
    Stale(RecordKey),
    Taken(RecordKey),
}

type Changed = Result<Vec<Revision>, Refused>;

fn change(
    tx: &Tx<'_>,
    writes: &[RecordWrite],
    audit: &[AuditEntry],
    now: Timestamp,
) -> Result<Changed, Fault> {
    let mut revisions = Vec::with_capacity(writes.len());
    for write in writes {
        match put(tx, write, now)? {
            Ok(revision) => revisions.push(revision),
            Err(refused) => return Ok(Err(refused)),
        }
    }
    audit.iter().try_for_each(|entry| log(tx, entry))?;
    Ok(Ok(revisions))
}

fn put(tx: &Tx<'_>, write: &RecordWrite, now: Timestamp) -> Result<Result<Revision, Refused>, Fault> {
    let RecordWrite { key, expected, value } = write;
    let (workspace, now) = (column(key.workspace.as_ref()), now.as_micros());
    let names = (workspace, key.kind, &key.id);
    let there = tx
        .sql(
            "SELECT revision FROM records WHERE workspace = ?1 AND kind = ?2 AND id = ?3 \
             AND (expires_at IS NULL OR expires_at > ?4)",
        )?
        .query_row((workspace, key.kind, &key.id, now), |row| row.get::<_, i64>(0))
        .optional()?;
    let as_expected = match expected {
        Expected::Anything => true,
        Expected::Absent => there.is_none(),
        Expected::Revision(Revision(number)) => there.map(|there| there as u64) == Some(*number),
    };
    if !as_expected {
        return Ok(Err(Refused::Stale(key.clone())));
    }
    let Some(RecordValue { body, alias, expires_at }) = value else {
        tx.sql("DELETE FROM records WHERE workspace = ?1 AND kind = ?2 AND id = ?3")?.execute(names)?;
        return Ok(Ok(Revision(there.unwrap_or(0) as u64)));
    };
    if let Some(alias) = alias {
        tx.sql("DELETE FROM records WHERE kind = ?1 AND alias = ?2 AND expires_at <= ?3")?
            .execute((key.kind, alias, now))?;
        let mut find = tx.sql(
            "SELECT 1 FROM records WHERE kind = ?2 AND alias = ?4 AND NOT (workspace = ?1 AND id = ?3)",
        )?;
        if find.exists((workspace, key.kind, &key.id, alias))? {
            return Ok(Err(Refused::Taken(key.clone())));
        }
    }
    let revision = there.unwrap_or(0) + 1;
    let end = expires_at.map(Timestamp::as_micros);
    tx.sql(
        "INSERT INTO records (workspace, kind, id, revision, changed_at, expires_at, alias, body) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (workspace, kind, id) DO UPDATE SET \
         revision = ?4, changed_at = ?5, expires_at = ?6, alias = ?7, body = ?8",
    )?
    .execute((workspace, key.kind, &key.id, revision, now, end, alias, body))?;
    Ok(Ok(Revision(revision as u64)))
}

/// Adds a line to its chain. The newest line is read in the transaction that writes, so two programs that write the same
/// store make one chain.
fn log(tx: &Tx<'_>, entry: &AuditEntry) -> Result<(), Fault> {
    let workspace = column(entry.workspace.as_ref());
    let newest = tx
        .sql("SELECT number, hash FROM audit WHERE workspace = ?1 ORDER BY number DESC LIMIT 1")?
        .query_row([workspace], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, [u8; 32]>(1)?)))
        .optional()?;
    let (number, before) = newest.unwrap_or((0, [0; 32]));
    let number = number + 1;
    let AuditEntry { at, actor, ip, action, object, allowed, detail, .. } = entry;
    let hash = audit_hash(&before, number as u64, entry);
    tx.sql(
        "INSERT INTO audit (workspace, number, at, actor, ip, action, object, allowed, detail, hash) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?
    .execute((workspace, number, at.as_micros(), actor, ip, action, object, allowed, detail, hash))?;
    Ok(())
}

fn audit_lines(
    conn: &Connection,
    workspace: Option<&Name>,
    before: i64,
    limit: i64,
) -> Result<Vec<AuditLine>, Failure> {
    let mut find = conn.prepare_cached(
        "SELECT number, at, actor, ip, action, object, allowed, detail, hash FROM audit \
         WHERE workspace = ?1 AND number < ?2 ORDER BY number DESC LIMIT ?3",
    )?;
    let mut rows = find.query((column(workspace), before, limit))?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(AuditLine {
            number: row.get::<_, i64>(0)? as u64,
            entry: AuditEntry {
                workspace: workspace.cloned(),
                at: code::at(row, 1)?,
                actor: row.get(2)?,
                ip: row.get(3)?,
                action: row.get(4)?,
                object: row.get(5)?,
                allowed: row.get(6)?,
                detail: row.get(7)?,
            },
            hash: row.get(8)?,
        });
    }
    Ok(lines)
}

fn one(mut rows: rusqlite::Rows<'_>, kind: &'static str) -> Result<Option<Record>, Failure> {
    let Some(row) = rows.next()? else { return Ok(None) };
    record(row, kind).map(Some)
}

fn record(row: &Row<'_>, kind: &'static str) -> Result<Record, Failure> {
    let workspace: String = row.get(0)?;
    let workspace = if workspace.is_empty() { None } else { Some(code::name(&workspace, "records")?) };
    Ok(Record {
        key: RecordKey { workspace, kind, id: row.get(1)? },
        revision: Revision(row.get::<_, i64>(2)? as u64),
        changed_at: code::at(row, 3)?,
        expires_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_micros),
        alias: row.get(5)?,
        body: row.get(6)?,
    })
}

fn column(workspace: Option<&Name>) -> &str {
    workspace.map_or("", Name::as_str)
}

/// The first text after all that begin with the prefix; `None` when no text is.
fn after_all(prefix: &str) -> Option<String> {
    let mut end = prefix.to_owned();
    while let Some(last) = end.pop() {
        let next = if last == '\u{d7ff}' { Some('\u{e000}') } else { char::from_u32(u32::from(last) + 1) };
        if let Some(next) = next {
            end.push(next);
            return Some(end);
        }
    }
    None
}
