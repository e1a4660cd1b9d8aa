use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_model::ChannelKind;
use countersign_store::ChangeError;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::keep::{self, KeptDraft};
use super::service::{examined, summary};
use crate::access::Here;
use crate::check::{Checkup, examine};
use crate::http::{Answer, Body, IfMatch, Params, Problem, of_change, rfc3339};
use crate::records::Kept;
use crate::state::Api;

/// A draft: the bot file as its author writes it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Draft)]
pub(super) struct DraftDocument {
    pub(super) text: String,
    pub(super) revision: u64,
    changed_at: String,
    changed_by: String,
}

impl From<Kept<KeptDraft>> for DraftDocument {
    fn from(draft: Kept<KeptDraft>) -> Self {
        Self {
            text: draft.value.text,
            revision: draft.revision,
            changed_at: rfc3339(draft.changed_at),
            changed_by: draft.value.changed_by,
        }
    }
}

/// A new text of a draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftText {
    text: String,
}

/// A draft that was written, and what the check found in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WrittenDraft {
    revision: u64,
    changed_at: String,
    changed_by: String,
    checkup: Checkup,
}

/// A text to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckBody {
    text: String,
    /// Kinds of channel that the bot shall run on.
    #[serde(default)]
    #[schema(value_type = Vec<crate::http::words::Kind>)]
    channels: Vec<String>,
}

/// The draft.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots/{bot}/draft", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path)), responses((status = 200, body = DraftDocument)))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<DraftDocument>> {
    let (_, draft) = keep::bot(api.store.as_ref(), here.workspace(), &id, api.now()).await?;
    Ok(Json(draft.into()))
}

/// Writes the draft. It may have mistakes: what the check finds is told.
#[utoipa::path(put, path = "/workspaces/{workspace}/bots/{bot}/draft", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path), ("If-Match" = crate::http::words::Revision, Header, description = "The revision that was read.")), request_body = DraftText, responses((status = 200, body = WrittenDraft)))]
pub(super) async fn write(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    revision: IfMatch,
    Body(body): Body<DraftText>,
) -> Answer<Json<WrittenDraft>> {
    keep::bot(api.store.as_ref(), here.workspace(), &id, api.now()).await?;
    let (draft, checkup) = put(&api, &here, &id, revision, body.text).await?;
    let DraftDocument { revision, changed_at, changed_by, .. } = draft;
    Ok(Json(WrittenDraft { revision, changed_at, changed_by, checkup }))
}

/// Writes a draft that is there. One that was changed since is given back with the problem.
pub(super) async fn put(
    api: &Api,
    here: &Here,
    id: &str,
    revision: IfMatch,
    text: String,
) -> Answer<(DraftDocument, Checkup)> {
    let workspace = here.workspace();
    let checkup = examined(api, workspace, id, &text).checkup;
    let summary = summary(&text, &checkup);
    let draft = KeptDraft { text, changed_by: here.name().to_owned(), summary };
    let change = api.change().put(workspace, id, revision.expected(), &draft);
    let written = change.line(here.line("bot.edit", &format!("bot/{id}"))).commit().await;
    let revision = match written {
        Ok(revisions) => revisions.first().copied().unwrap_or_default(),
        Err(ChangeError::Stale(_)) => {
            let (_, draft) = keep::bot(api.store.as_ref(), workspace, id, api.now()).await?;
            return Err(Problem::stale().with("current", &DraftDocument::from(draft)));
        }
        Err(error) => return Err(of_change(error)),
    };
    api.events.tell(workspace, "draft", json!({ "bot": id, "revision": revision, "by": here.name() }));
    let written = Kept { id: id.to_owned(), revision, changed_at: api.now(), value: draft };
    Ok((written.into(), checkup))
}

/// Checks a text, and keeps nothing of it.
#[utoipa::path(post, path = "/workspaces/{workspace}/check", tag = "bots", params(("workspace" = String, Path)), request_body = CheckBody, responses((status = 200, body = Checkup)))]
pub(super) async fn check(_here: Here, Body(body): Body<CheckBody>) -> Answer<Json<Checkup>> {
    let kind = |(at, text): (usize, &String)| {
        text.parse::<ChannelKind>().map_err(|_| {
            let known: Vec<_> = ChannelKind::ALL.iter().map(|kind| kind.name()).collect();
            let message = format!("Write one of {}.", known.join(", "));
            Problem::invalid_field(&format!("/channels/{at}"), "unknown", message)
        })
    };
    let kinds = body.channels.iter().enumerate().map(kind).collect::<Result<Vec<_>, _>>()?;
    Ok(Json(examine(&body.text, kinds).checkup))
}
