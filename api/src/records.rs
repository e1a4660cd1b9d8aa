//! Documents in the records of the store.

use countersign_model::{Name, Timestamp};
use countersign_store::{
    AuditEntry, ChangeError, Expected, Record, RecordKey, RecordValue, RecordWrite, Revision, Store,
    StoreError,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that is kept as JSON in a record.
pub trait Document: Serialize + DeserializeOwned {
    /// The kind of its records.
    const KIND: &'static str;
}

/// A document as it stands.
#[derive(Clone, Debug)]
pub struct Kept<T> {
    /// Its id among those of its kind.
    pub id: String,
    /// How often it was changed.
    pub revision: u64,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// What it holds.
    pub value: T,
}

impl<T> Kept<T> {
    /// What a writer believes to be there who has seen this.
    pub fn expected(&self) -> Expected {
        Expected::Revision(Revision(self.revision))
    }
}

/// A document of a workspace.
///
/// # Errors
/// [`StoreError`], also for one that cannot be read.
pub async fn load<T: Document>(
    store: &dyn Store,
    workspace: &Name,
    id: &str,
    now: Timestamp,
) -> Result<Option<Kept<T>>, StoreError> {
    store.record(&key::<T>(workspace, id), now).await?.map(kept).transpose()
}

/// Documents of a workspace whose id begins with `prefix`, by id, those after the id `after`, at most `limit`.
///
/// # Errors
/// [`StoreError`], also for one that cannot be read.
pub async fn some<T: Document>(
    store: &dyn Store,
    workspace: &Name,
    prefix: &str,
    after: Option<&str>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Kept<T>>, StoreError> {
    let records = store.records(Some(workspace), T::KIND, prefix, after, limit, now).await?;
    records.into_iter().map(kept).collect()
}

/// All documents of a workspace whose id begins with `prefix`, by id.
///
/// # Errors
/// [`StoreError`], also for one that cannot be read.
pub async fn all<T: Document>(
    store: &dyn Store,
    workspace: &Name,
    prefix: &str,
    now: Timestamp,
) -> Result<Vec<Kept<T>>, StoreError> {
    const AT_ONCE: usize = 200;
    let mut all: Vec<Kept<T>> = Vec::new();
    loop {
        let after = all.last().map(|last| last.id.clone());
        let part = some(store, workspace, prefix, after.as_deref(), AT_ONCE, now).await?;
        let is_last = part.len() < AT_ONCE;
        all.extend(part);
        if is_last {
            return Ok(all);
        }
    }
}

/// Where a document stands.
pub fn key<T: Document>(workspace: &Name, id: &str) -> RecordKey {
    RecordKey { workspace: Some(workspace.clone()), kind: T::KIND, id: id.to_owned() }
}

fn kept<T: Document>(record: Record) -> Result<Kept<T>, StoreError> {
    let value = serde_json::from_slice(&record.body).map_err(|_| StoreError::Damaged { table: "records" })?;
    let Record { key, revision, changed_at, .. } = record;
    Ok(Kept { id: key.id, revision: revision.0, changed_at, value })
}

/// Changes that are made together or not at all, with the lines of the audit log that tell of them.
#[must_use]
pub struct Change<'s> {
    store: &'s dyn Store,
    now: Timestamp,
    writes: Vec<RecordWrite>,
    lines: Vec<AuditEntry>,
    damaged: bool,
}

impl<'s> Change<'s> {
    /// No change yet.
    pub fn new(store: &'s dyn Store, now: Timestamp) -> Self {
        Self { store, now, writes: Vec::new(), lines: Vec::new(), damaged: false }
    }

    /// Writes a document.
    pub fn put<T: Document>(self, workspace: &Name, id: &str, expected: Expected, value: &T) -> Self {
        self.put_until(workspace, id, expected, value, None)
    }

    /// Writes a document that is over at a time.
    pub fn put_until<T: Document>(
        mut self,
        workspace: &Name,
        id: &str,
        expected: Expected,
        value: &T,
        expires_at: Option<Timestamp>,
    ) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => {
                let value = Some(RecordValue { body, alias: None, expires_at });
                self.writes.push(RecordWrite { key: key::<T>(workspace, id), expected, value });
            }
            Err(_) => self.damaged = true,
        }
        self
    }

    /// Removes a document.
    pub fn remove<T: Document>(mut self, workspace: &Name, id: &str, expected: Expected) -> Self {
        self.writes.push(RecordWrite { key: key::<T>(workspace, id), expected, value: None });
        self
    }

    /// Adds a line to the audit log.
    pub fn line(mut self, line: AuditEntry) -> Self {
        self.lines.push(line);
        self
    }

    /// Makes the changes. Gives the new revisions, in this order.
    ///
    /// # Errors
    /// [`ChangeError`]; then nothing was changed.
    pub async fn commit(self) -> Result<Vec<u64>, ChangeError> {
        if self.damaged {
            return Err(StoreError::Damaged { table: "records" }.into());
        }
        let revisions = self.store.change(self.writes, self.lines, self.now).await?;
        Ok(revisions.into_iter().map(|revision| revision.0).collect())
    }
}
