use std::sync::Arc;

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};
use countersign_store::{
    AuditEntry, AuditLine, ChangeError, MemoryStore, Record, RecordKey, RecordWrite, Records, Revision,
    StoreError,
};
use tokio::task::yield_now;

/// A store that lets others go first before each thing it does, so that what runs at once really meets.
pub(super) struct Yielding(pub(super) Arc<MemoryStore>);

#[async_trait]
impl Records for Yielding {
    async fn record(&self, key: &RecordKey, now: Timestamp) -> Result<Option<Record>, StoreError> {
        yield_now().await;
        self.0.record(key, now).await
    }

    async fn record_by_alias(
        &self,
        kind: &'static str,
        alias: &str,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        yield_now().await;
        self.0.record_by_alias(kind, alias, now).await
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
        yield_now().await;
        self.0.records(workspace, kind, prefix, after, limit, now).await
    }

    async fn change(
        &self,
        writes: Vec<RecordWrite>,
        audit: Vec<AuditEntry>,
        now: Timestamp,
    ) -> Result<Vec<Revision>, ChangeError> {
        yield_now().await;
        self.0.change(writes, audit, now).await
    }

    async fn audit(
        &self,
        workspace: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        yield_now().await;
        self.0.audit(workspace, before, limit).await
    }
}
