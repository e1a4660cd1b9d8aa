//! Who did what.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::IntoResponse;
use countersign_accounts::Permission;
use countersign_store::{AuditLine, audit_hash};
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
    let mut lines = all(&api, &here).await?;
    lines.reverse();
    let mut before = [0; 32];
    for (at, line) in (1_u64..).zip(&lines) {
        if line.number != at || audit_hash(&before, line.number, &line.entry) != line.hash {
            return Ok(Json(Verified { ok: false, lines: lines.len() as u64, broken_at: Some(at) }));
        }
        before = line.hash;
    }
    Ok(Json(Verified { ok: true, lines: lines.len() as u64, broken_at: None }))
}

/// The whole log, a line of JSON each, oldest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/audit.jsonl", tag = "audit", params(("workspace" = String, Path)), responses((status = 200, content_type = "application/jsonl", body = String)))]
async fn export(State(api): State<Arc<Api>>, here: Here) -> Answer<impl IntoResponse> {
    let mut lines = all(&api, &here).await?;
    lines.reverse();
    let mut out = String::new();
    for line in lines {
        out.push_str(&serde_json::to_string(&LineDocument::from(line)).unwrap_or_default());
        out.push('\n');
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/jsonl")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"audit.jsonl\"")),
    ];
    Ok((headers, out))
}

async fn all(api: &Api, here: &Here) -> Answer<Vec<AuditLine>> {
    let mut lines: Vec<AuditLine> = Vec::new();
    loop {
        let before = lines.last().map(|line| line.number);
        let part = api.store.audit(Some(here.workspace()), before, AT_ONCE).await?;
        let is_last = part.len() < AT_ONCE;
        lines.extend(part);
        if is_last {
            return Ok(lines);
        }
    }
}
