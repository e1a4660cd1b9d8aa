//! Records as types: reading, writing and removing documents with their revisions.

use countersign_model::{Name, Timestamp};
use countersign_store::{AuditEntry, Expected, Record, RecordKey, RecordValue, RecordWrite, Revision};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Accounts;
use crate::error::AccountsError;

/// What stands in a record of one kind.
pub(crate) trait Document: Serialize + DeserializeOwned {
    /// The kind of the record.
    const KIND: &'static str;
}

/// A document as it was read.
#[derive(Clone)]
pub(crate) struct Stored<T> {
    pub(crate) key: RecordKey,
    pub(crate) revision: Revision,
    pub(crate) alias: Option<String>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) value: T,
}

impl<T: Document> Stored<T> {
    /// Writes the document as it stands now, if nobody else has changed it since.
    pub(crate) fn write(&self) -> Result<RecordWrite, AccountsError> {
        Ok(RecordWrite {
            key: self.key.clone(),
            expected: Expected::Revision(self.revision),
            value: Some(value(&self.value, self.alias.clone(), self.expires_at)?),
        })
    }

    /// Removes it, if nobody else has changed or removed it since: so what may be used once is used once.
    pub(crate) fn remove(&self) -> RecordWrite {
        RecordWrite { key: self.key.clone(), expected: Expected::Revision(self.revision), value: None }
    }

    /// Removes it, whatever has become of it.
    pub(crate) fn remove_surely(&self) -> RecordWrite {
        RecordWrite { key: self.key.clone(), expected: Expected::Anything, value: None }
    }
}

/// A new document.
pub(crate) struct Fresh<'a, T> {
    pub(crate) workspace: Option<&'a Name>,
    pub(crate) id: String,
    pub(crate) alias: Option<String>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) value: &'a T,
}

impl<T: Document> Fresh<'_, T> {
    pub(crate) fn write(self) -> Result<RecordWrite, AccountsError> {
        Ok(RecordWrite {
            key: key::<T>(self.workspace, &self.id),
            expected: Expected::Absent,
            value: Some(value(self.value, self.alias, self.expires_at)?),
        })
    }
}

impl Accounts {
    pub(crate) async fn load<T: Document>(
        &self,
        workspace: Option<&Name>,
        id: &str,
        at: Timestamp,
    ) -> Result<Option<Stored<T>>, AccountsError> {
        self.store.record(&key::<T>(workspace, id), at).await?.map(stored).transpose()
    }

    pub(crate) async fn load_by_alias<T: Document>(
        &self,
        alias: &str,
        at: Timestamp,
    ) -> Result<Option<Stored<T>>, AccountsError> {
        self.store.record_by_alias(T::KIND, alias, at).await?.map(stored).transpose()
    }

    /// All documents whose id begins so.
    pub(crate) async fn list<T: Document>(
        &self,
        workspace: Option<&Name>,
        prefix: &str,
        at: Timestamp,
    ) -> Result<Vec<Stored<T>>, AccountsError> {
        const PAGE: usize = 200;
        let mut all: Vec<Stored<T>> = Vec::new();
        loop {
            let after = all.last().map(|last| last.key.id.clone());
            let page = self.store.records(workspace, T::KIND, prefix, after.as_deref(), PAGE, at).await?;
            let last = page.len() < PAGE;
            for record in page {
                all.push(stored(record)?);
            }
            if last {
                return Ok(all);
            }
        }
    }

    /// Makes the changes and writes the lines of the audit log, all or nothing.
    pub(crate) async fn commit(
        &self,
        writes: Vec<RecordWrite>,
        audit: Vec<AuditEntry>,
        at: Timestamp,
    ) -> Result<(), AccountsError> {
        self.store.change(writes, audit, at).await?;
        Ok(())
    }
}

/// Does it again while somebody else was faster, a few times.
pub(crate) async fn again<T, F>(mut attempt: impl FnMut() -> F) -> Result<T, AccountsError>
where
    F: Future<Output = Result<T, AccountsError>>,
{
    for _ in 0..7 {
        match attempt().await {
            Err(AccountsError::Stale) => {}
            other => return other,
        }
    }
    attempt().await
}

pub(crate) fn key<T: Document>(workspace: Option<&Name>, id: &str) -> RecordKey {
    RecordKey { workspace: workspace.cloned(), kind: T::KIND, id: id.to_owned() }
}

fn stored<T: Document>(record: Record) -> Result<Stored<T>, AccountsError> {
    let value = serde_json::from_slice(&record.body).map_err(|_| AccountsError::Damaged(T::KIND))?;
    let Record { key, revision, alias, expires_at, .. } = record;
    Ok(Stored { key, revision, alias, expires_at, value })
}

fn value<T: Document>(
    value: &T,
    alias: Option<String>,
    expires_at: Option<Timestamp>,
) -> Result<RecordValue, AccountsError> {
    let body = serde_json::to_vec(value).map_err(|_| AccountsError::Damaged(T::KIND))?;
    Ok(RecordValue { body, alias, expires_at })
}
