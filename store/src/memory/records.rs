//! Records and the audit log.

use std::collections::BTreeMap;

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};

use super::MemoryStore;
use crate::audit::audit_hash;
use crate::console::{
    AuditEntry, AuditLine, ChangeError, Expected, Record, RecordKey, RecordValue, RecordWrite, Records,
    Revision,
};
use crate::error::StoreError;

#[derive(Default)]
pub(super) struct Kept {
    pub(super) records: BTreeMap<RecordKey, Record>,
    pub(super) audit: BTreeMap<Option<Name>, Vec<AuditLine>>,
}

impl Kept {
    fn change(
        &mut self,
        writes: Vec<RecordWrite>,
        audit: Vec<AuditEntry>,
        now: Timestamp,
    ) -> Result<Vec<Revision>, ChangeError> {
        let mut before = Vec::new();
        let mut revisions = Vec::new();
        for write in writes {
            match self.write(write, now, &mut before) {
                Ok(revision) => revisions.push(revision),
                Err(refused) => {
                    for (key, record) in before.into_iter().rev() {
                        match record {
                            Some(record) => drop(self.records.insert(key, record)),
                            None => drop(self.records.remove(&key)),
                        }
                    }
                    return Err(refused);
                }
            }
        }
        audit.into_iter().for_each(|entry| self.log(entry));
        Ok(revisions)
    }

    /// Makes one change, and writes into `before` what there was.
    fn write(
        &mut self,
        write: RecordWrite,
        now: Timestamp,
        before: &mut Vec<(RecordKey, Option<Record>)>,
    ) -> Result<Revision, ChangeError> {
        let RecordWrite { key, expected, value } = write;
        let there = self.records.get(&key).filter(|record| lives(record, now)).map(|record| record.revision);
        let as_expected = match expected {
            Expected::Anything => true,
            Expected::Absent => there.is_none(),
            Expected::Revision(revision) => there == Some(revision),
        };
        if !as_expected {
            return Err(ChangeError::Stale(key));
        }
        let Some(RecordValue { body, alias, expires_at }) = value else {
            before.push((key.clone(), self.records.remove(&key)));
            return Ok(there.unwrap_or(Revision(0)));
        };
        if let Some(alias) = &alias
            && self.records.values().any(|other| {
                other.key.kind == key.kind
                    && other.key != key
                    && other.alias.as_ref() == Some(alias)
                    && lives(other, now)
            })
        {
            return Err(ChangeError::Taken(key));
        }
        let revision = Revision(there.map_or(0, |Revision(number)| number) + 1);
        let record = Record { key: key.clone(), revision, changed_at: now, expires_at, alias, body };
        before.push((key.clone(), self.records.insert(key, record)));
        Ok(revision)
    }

    fn log(&mut self, entry: AuditEntry) {
        let chain = self.audit.entry(entry.workspace.clone()).or_default();
        let before = chain.last().map_or([0; 32], |line| line.hash);
        let number = chain.len() as u64 + 1;
        let hash = audit_hash(&before, number, &entry);
        chain.push(AuditLine { number, entry, hash });
    }

    /// Removes records whose time is over. Gives how many.
    pub(super) fn sweep(&mut self, now: Timestamp) -> usize {
        let before = self.records.len();
        self.records.retain(|_, record| lives(record, now));
        before - self.records.len()
    }
}

#[async_trait]
impl Records for MemoryStore {
    async fn record(&self, key: &RecordKey, now: Timestamp) -> Result<Option<Record>, StoreError> {
        Ok(self.state().kept.records.get(key).filter(|record| lives(record, now)).cloned())
    }

    async fn record_by_alias(
        &self,
        kind: &'static str,
        alias: &str,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let state = self.state();
        let mut records = state.kept.records.values();
        let same = |record: &&Record| {
            record.key.kind == kind && record.alias.as_deref() == Some(alias) && lives(record, now)
        };
        Ok(records.find(same).cloned())
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
        let state = self.state();
        let from = after.filter(|after| *after > prefix).unwrap_or(prefix);
        let first = RecordKey { workspace: workspace.cloned(), kind, id: from.to_owned() };
        let wanted = |key: &RecordKey| {
            key.workspace.as_ref() == workspace && key.kind == kind && key.id.starts_with(prefix)
        };
        let records = state.kept.records.range(first..).take_while(|(key, _)| wanted(key));
        let records = records
            .filter(|(key, record)| after.is_none_or(|after| key.id.as_str() > after) && lives(record, now));
        Ok(records.take(limit).map(|(_, record)| record.clone()).collect())
    }

    async fn change(
        &self,
        writes: Vec<RecordWrite>,
        audit: Vec<AuditEntry>,
        now: Timestamp,
    ) -> Result<Vec<Revision>, ChangeError> {
        self.state().kept.change(writes, audit, now)
    }

    async fn audit(
        &self,
        workspace: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditLine>, StoreError> {
        let state = self.state();
        let Some(chain) = state.kept.audit.get(&workspace.cloned()) else { return Ok(Vec::new()) };
        let lines = chain.iter().rev().skip_while(|line| before.is_some_and(|before| line.number >= before));
        Ok(lines.take(limit).cloned().collect())
    }
}

fn lives(record: &Record, now: Timestamp) -> bool {
    record.expires_at.is_none_or(|end| end > now)
}
