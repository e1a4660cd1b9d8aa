//! Who did what.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use countersign_accounts::Permission;
use countersign_model::Name;
use countersign_store::{AuditLine, Store, StoreError, audit_hash};
use futures_util::stream;
use http::{HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::http::{Answer, List, Problem, Query, countable, rfc3339};
use crate::state::Api;

pub(crate) fn area() -> Area {
    let read = Need::May(Permission::AuditRead);
    Area::new().needs(read, routes!(list)).needs(read, routes!(verify)).needs(read, routes!(export))
}

/// How many lines are read at once.
const AT_ONCE: usize = 500;

/// A line of the audit log.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AuditLine)]
struct LineDocument {
    number: u64,
    at: String,
    /// `account/…`, `key/…`, or what of the server itself.
    actor: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    /// What was done: `bot.publish`.
    action: String,
    /// To what: `bot/demo-bank`.
    object: String,
    /// Whether it was done, or refused.
    allowed: bool,
    detail: Value,
    /// SHA-256 over the line before and this one, as hexadecimal digits.
    hash: String,
}

/// Whether the log is whole.
#[derive(Debug, Serialize, ToSchema)]
struct Verified {
    ok: bool,
    /// How many lines were looked at.
    lines: u64,
    /// The first line that is not what it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    broken_at: Option<u64>,
}

/// Which lines are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Lines before this number; `next` of the part before.
    before: Option<u64>,
    cursor: Option<String>,
    /// How many at most; 50 when not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// Lines of one actor.
    actor: Option<String>,
    /// Lines of one action, or of all that begin so: `bot.`.
    action: Option<String>,
}

impl From<AuditLine> for LineDocument {
    fn from(line: AuditLine) -> Self {
        let hash = line.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let entry = line.entry;
        Self {
            number: line.number,
            at: rfc3339(entry.at),
            actor: entry.actor,
            ip: entry.ip,
            action: entry.action,
            object: entry.object,
            allowed: entry.allowed,
            detail: serde_json::from_str(&entry.detail).unwrap_or(Value::Null),
            hash,
        }
    }
}

/// Lines of the audit log, newest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/audit", tag = "audit", params(("workspace" = String, Path), Which), responses((status = 200, body = List<LineDocument>)))]
async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    Query(which): Query<Which>,
) -> Answer<Json<List<LineDocument>>> {
    let limit = which.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(Problem::invalid_field("/limit", "out_of_range", "A page has 1 to 200 lines."));
    }
    let cursor = which.cursor.as_deref().map(str::parse).transpose().map_err(|_| {
        Problem::invalid_field("/cursor", "wrong_type", "Take the cursor from `next` of the part before.")
    })?;
    let mut before = countable("/before", which.before.or(cursor))?;
    let mut items = Vec::new();
    loop {
        let part = api.store.audit(Some(here.workspace()), before, AT_ONCE).await?;
        let is_last = part.len() < AT_ONCE;
        for line in part {
            before = Some(line.number);
            let fits = which.actor.as_ref().is_none_or(|actor| *actor == line.entry.actor)
                && which.action.as_ref().is_none_or(|action| line.entry.action.starts_with(action));
            if fits {
                items.push(LineDocument::from(line));
            }
            if items.len() == limit {
                let next = before.filter(|before| *before > 1).map(|before| before.to_string());
                return Ok(Json(List { items, next }));
            }
        }
        if is_last {
            return Ok(Json(List::whole(items)));
        }
    }
}

/// Looks whether a line was changed, removed or moved.
#[utoipa::path(get, path = "/workspaces/{workspace}/audit/verify", tag = "audit", params(("workspace" = String, Path)), responses((status = 200, body = Verified)))]
async fn verify(State(api): State<Arc<Api>>, here: Here) -> Answer<Json<Verified>> {
    let (mut log, mut chain) = (Log::new(&api, here.workspace()).await?, Chain::default());
    while let Some(lines) = log.next().await? {
        for line in &lines {
            if let Err(broken_at) = chain.line(line) {
                return Ok(Json(Verified { ok: false, lines: log.last, broken_at: Some(broken_at) }));
            }
        }
    }
    // Lines between the last that is there and the end were removed.
    let ok = chain.checked == log.last;
    Ok(Json(Verified { ok, lines: log.last, broken_at: (!ok).then_some(chain.checked + 1) }))
}

/// The whole log, a line of JSON each, oldest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/audit.jsonl", tag = "audit", params(("workspace" = String, Path)), responses((status = 200, content_type = "application/jsonl", body = String)))]
async fn export(State(api): State<Arc<Api>>, here: Here) -> Answer<impl IntoResponse> {
    let log = Log::new(&api, here.workspace()).await?;
    // What cannot be read breaks the answer off: a file that looks whole and is not would be worse.
    let parts = stream::try_unfold(log, |mut log| async {
        let lines = log.next().await?;
        Ok::<_, StoreError>(lines.map(|lines| (text(lines), log)))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.jsonl\"")),
    ];
    Ok((headers, Body::from_stream(parts)))
}

fn text(lines: Vec<AuditLine>) -> String {
    let mut out = String::new();
    for line in lines {
        out.push_str(&serde_json::to_string(&LineDocument::from(line)).unwrap_or_default());
        out.push('\n');
    }
    out
}

/// The log of a workspace as it stood at one moment, read in parts, oldest lines first.
struct Log {
    store: Arc<dyn Store>,
    workspace: Name,
    /// The number up to which it was read.
    read: u64,
    /// The number of its newest line.
    last: u64,
}

impl Log {
    async fn new(api: &Api, workspace: &Name) -> Result<Self, StoreError> {
        let newest = api.store.audit(Some(workspace), None, 1).await?;
        let last = newest.first().map_or(0, |line| line.number);
        Ok(Self { store: api.store.clone(), workspace: workspace.clone(), read: 0, last })
    }

    /// The next lines; none at the end.
    async fn next(&mut self) -> Result<Option<Vec<AuditLine>>, StoreError> {
        while self.read < self.last {
            let (from, to) = (self.read, self.last.min(self.read.saturating_add(AT_ONCE as u64)));
            let mut lines = self.store.audit(Some(&self.workspace), Some(to + 1), AT_ONCE).await?;
            self.read = to;
            // Where lines are missing, the store gives older ones in their place.
            lines.retain(|line| line.number > from);
            lines.reverse();
            if !lines.is_empty() {
                return Ok(Some(lines));
            }
        }
        Ok(None)
    }
}

/// Looks at lines one after the other, oldest first.
#[derive(Default)]
struct Chain {
    /// The number of the last line that is what it was.
    checked: u64,
    hash: [u8; 32],
}

impl Chain {
    /// Takes the next line. The error is the number of the first line that is not what it was, or not there.
    fn line(&mut self, line: &AuditLine) -> Result<(), u64> {
        let number = self.checked + 1;
        if line.number != number || audit_hash(&self.hash, number, &line.entry) != line.hash {
            return Err(number);
        }
        (self.checked, self.hash) = (number, line.hash);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use countersign_model::Timestamp;
    use countersign_store::AuditEntry;

    use super::*;

    fn log() -> Vec<AuditLine> {
        let mut hash = [0; 32];
        let line = |number: u64| {
            let entry = AuditEntry {
                workspace: Some("main".parse().unwrap()),
                at: Timestamp::from_secs(1),
                actor: "account/a".to_owned(),
                ip: None,
                action: format!("bot.{number}"),
                object: "bot/a".to_owned(),
                allowed: true,
                detail: "{}".to_owned(),
            };
            hash = audit_hash(&hash, number, &entry);
            AuditLine { number, entry, hash }
        };
        (1..=9).map(line).collect()
    }

    fn broken(lines: &[AuditLine]) -> Option<u64> {
        let mut chain = Chain::default();
        lines.iter().find_map(|line| chain.line(line).err())
    }

    #[test]
    fn the_first_line_that_is_not_what_it_was_is_named() {
        assert_eq!(broken(&log()), None);
        let mut changed = log();
        changed[4].entry.actor = "account/b".to_owned();
        assert_eq!(broken(&changed), Some(5));
        let mut anew = log();
        anew[4].entry.actor = "account/b".to_owned();
        anew[4].hash = audit_hash(&anew[3].hash, 5, &anew[4].entry);
        assert_eq!(broken(&anew), Some(6));
        let mut removed = log();
        removed.remove(2);
        assert_eq!(broken(&removed), Some(3));
        let mut moved = log();
        moved.swap(6, 7);
        assert_eq!(broken(&moved), Some(7));
        assert_eq!(broken(&log()[1..]), Some(1));
    }
}
