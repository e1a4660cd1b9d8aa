use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::keep::{self, KeptVersion};
use crate::access::Here;
use crate::http::{Answer, List, Params, Problem, rfc3339};
use crate::records;
use crate::state::Api;

/// A version that was published.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Version)]
pub(super) struct VersionDocument {
    number: u64,
    /// The fingerprint of what runs.
    version: String,
    published_at: String,
    published_by: String,
    note: String,
    /// Whether it is in service.
    live: bool,
}

/// A version with its text.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VersionText {
    #[serde(flatten)]
    version: VersionDocument,
    text: String,
}

fn document(version: KeptVersion, live: Option<u64>) -> VersionDocument {
    VersionDocument {
        live: live == Some(version.number),
        number: version.number,
        version: version.fingerprint,
        published_at: rfc3339(version.published_at),
        published_by: version.published_by,
        note: version.note,
    }
}

/// Versions that were published, newest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots/{bot}/versions", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path)), responses((status = 200, body = List<VersionDocument>)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<List<VersionDocument>>> {
    let (store, workspace, now) = (api.store.as_ref(), here.workspace(), api.now());
    let (bot, _) = keep::bot(store, workspace, &id, now).await?;
    let mut all = records::all::<KeptVersion>(store, workspace, &format!("{id}/"), now).await?;
    all.reverse();
    Ok(Json(List::whole(all.into_iter().map(|kept| document(kept.value, bot.value.live)).collect())))
}

/// A version with its text.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots/{bot}/versions/{number}", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path), ("number" = u64, Path)), responses((status = 200, body = VersionText)))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id, number)): Params<(String, String, u64)>,
) -> Answer<Json<VersionText>> {
    let (store, workspace, now) = (api.store.as_ref(), here.workspace(), api.now());
    let (bot, _) = keep::bot(store, workspace, &id, now).await?;
    let found = keep::version(store, workspace, &id, number, now).await?;
    let (version, text) = found.ok_or_else(|| Problem::not_found("version"))?;
    Ok(Json(VersionText { version: document(version, bot.value.live), text }))
}
