//! What people keep through the console: accounts, drafts of bots, channels, constants, and the log of who did what.
//!
//! A record is a JSON document of the layer above, under a workspace, a kind and an id, with a revision that goes up
//! with every change: who writes says which revision they have seen, so that two people who edit at once never lose
//! each other's work. Several records and the lines of the audit log that tell of them change together or not at all.

use std::fmt;

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};

use crate::error::StoreError;

/// Where a record stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordKey {
    /// The workspace it belongs to; `None` for what belongs to the whole server, as accounts do.
    pub workspace: Option<Name>,
    /// What it is: `account`, `draft`.
    pub kind: &'static str,
    /// Its id among those of its kind. What belongs to something else begins with that one's id and a `/`.
    pub id: String,
}

/// How often a record was changed. The first writing is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

/// A record as it stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// Where it stands.
    pub key: RecordKey,
    /// How often it was changed.
    pub revision: Revision,
    /// When it was changed last.
    pub changed_at: Timestamp,
    /// When it is over and may be swept, if ever. One that is over is not handed out any more.
    pub expires_at: Option<Timestamp>,
    /// A second name that no other record of its kind has on the whole server: an e-mail address, the hash of a key.
    pub alias: Option<String>,
    /// What it holds, as JSON. Secrets in it are sealed or hashed.
    pub body: Vec<u8>,
}

impl fmt::Debug for Record {
    /// Without what it holds: that may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Record({:?}, {:?}, {} bytes)", self.key, self.revision, self.body.len())
    }
}

/// What the writer of a record believes to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Absent,
    /// This revision.
    Revision(Revision),
    /// It does not matter.
    Anything,
}

/// One record to write or to remove.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordWrite {
    /// Which.
    pub key: RecordKey,
    /// What must be there.
    pub expected: Expected,
    /// What will be there; `None` removes it.
    pub value: Option<RecordValue>,
}

/// What a record is to hold.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordValue {
    /// As JSON.
    pub body: Vec<u8>,
    /// Its second name.
    pub alias: Option<String>,
    /// When it is over.
    pub expires_at: Option<Timestamp>,
}

/// A line of the audit log that is to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// The workspace it tells of; `None` for the whole server. Each has a chain of its own.
    pub workspace: Option<Name>,
    /// When.
    pub at: Timestamp,
    /// Who: the id of an account or an API key, or what of the server itself.
    pub actor: String,
    /// From which address.
    pub ip: Option<String>,
    /// What was done: `bot.publish`.
    pub action: String,
    /// To what: `bot/demo-bank`.
    pub object: String,
    /// Whether it was done, or refused.
    pub allowed: bool,
    /// More, as JSON. Never a secret.
    pub detail: String,
}

/// A line of the audit log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// Its number in its chain, from 1.
    pub number: u64,
    /// What it tells.
    pub entry: AuditEntry,
    /// What [`crate::audit_hash`] gives for the hash of the line before and this one.
    pub hash: [u8; 32],
}

/// Why a change was not made. Then nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Somebody else has changed it since.
    #[error("it was changed by somebody else; read it again")]
    Stale(RecordKey),
    /// Another record has the second name that this one was to have.
    #[error("that name is taken")]
    Taken(RecordKey),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Records and the audit log.
#[async_trait]
pub trait Records: Send + Sync {
    /// A record; `None` when there is none, or its time is over at `now`.
    async fn record(&self, key: &RecordKey, now: Timestamp) -> Result<Option<Record>, StoreError>;

    /// The record of a kind with that second name, of whatever workspace.
    async fn record_by_alias(
        &self,
        kind: &'static str,
        alias: &str,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError>;

    /// Records of a kind whose id begins with `prefix`, by id, those after the id `after`, at most `limit`.
    async fn records(
        &self,
        workspace: Option<&Name>,
        kind: &'static str,
        prefix: &str,
        after: Option<&str>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Record>, StoreError>;

    /// Writes all of it or nothing, one after another, with its lines of the audit log. Gives the new revisions, in this
    /// order; for what was removed the last one it had, which is 0 when there was nothing. A record whose time is over
    /// counts as absent, and its second name is free. One that was removed and is written again begins at 1 again.
    async fn change(
        &self,
        writes: Vec<RecordWrite>,
        audit: Vec<AuditEntry>,
        now: Timestamp,
    ) -> Result<Vec<Revision>, ChangeError>;

    /// Lines of the audit log of a workspace or of the server, newest first, those before the number `before`, at most
    /// `limit`. They are kept for ever.
    async fn audit(
        &self,
        workspace: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError>;
}
