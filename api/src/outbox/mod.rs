//! What waits to be delivered, and what could not be.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Permission;
use countersign_store::{Delivery, ListedDeadLetter};
use http::StatusCode;
use serde::Serialize;
use serde_json::json;
use utoipa::ToSchema;

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::http::{Answer, List, Page, PageParams, Params, Problem, of_change, rfc3339};
use crate::state::Api;

pub(crate) fn area() -> Area {
    let (read, edit) = (Need::May(Permission::ChannelRead), Need::May(Permission::ChannelEdit));
    Area::new()
        .needs(read, routes!(letters))
        .needs(edit, routes!(again))
        .needs(edit, routes!(drop_letter))
        .needs(read, routes!(show))
        .needs(edit, routes!(release))
        .needs(Need::MayNow(Permission::ChannelEdit), routes!(discard))
}

/// A delivery that was given up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DeadLetter)]
struct LetterDocument {
    id: String,
    conversation: String,
    channel: String,
    /// When it was given up.
    at: String,
    /// What was to be done: `say`, `erase`, `handover`.
    what: &'static str,
    /// Why, in words.
    why: String,
    /// The provider's code, to look up in its documentation.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
}

/// What waits to be delivered.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Outbox)]
struct OutboxDocument {
    /// Deliveries that are held until somebody releases them.
    held: usize,
    /// Deliveries that have not been made, those that are held among them.
    waiting: usize,
}

impl From<ListedDeadLetter> for LetterDocument {
    fn from(listed: ListedDeadLetter) -> Self {
        let letter = listed.letter;
        let why = match &letter.code {
            Some(code) => format!("The provider refused it with the code {code}."),
            None => "The provider refused it, or the channel cannot carry it.".to_owned(),
        };
        Self {
            id: listed.number.to_string(),
            conversation: listed.conversation.0.to_string(),
            channel: letter.conversation.channel.to_string(),
            at: rfc3339(letter.at),
            what: what(&letter.delivery),
            why,
            code: letter.code,
        }
    }
}

fn what(delivery: &Delivery) -> &'static str {
    match delivery {
        Delivery::Erase(_) => "erase",
        Delivery::Handover { .. } => "handover",
        _ => "say",
    }
}

/// Deliveries that were given up, newest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/dead-letters", tag = "channels", params(("workspace" = String, Path), PageParams), responses((status = 200, body = List<LetterDocument>)))]
async fn letters(State(api): State<Arc<Api>>, here: Here, page: Page) -> Answer<Json<List<LetterDocument>>> {
    let before = page.after.as_deref().map(str::parse).transpose().map_err(|_| {
        Problem::invalid_field("/cursor", "wrong_type", "Take the cursor from `next` of the part before.")
    })?;
    let letters = api.store.list_dead_letters(here.workspace(), before, page.reach()).await?;
    Ok(Json(page.list(letters, |letter| letter.number.to_string(), LetterDocument::from)))
}

/// Tries a delivery once more that was given up: it waits behind what its conversation has to deliver.
#[utoipa::path(post, path = "/workspaces/{workspace}/dead-letters/{id}/again", tag = "channels", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 204)))]
async fn again(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let number = number(&id)?;
    if !api.store.deliver_again(here.workspace(), number, api.now()).await? {
        return Err(none());
    }
    written(&api, &here, "dead_letter.again", &id).await?;
    api.runner.look_again();
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a delivery that was given up.
#[utoipa::path(delete, path = "/workspaces/{workspace}/dead-letters/{id}", tag = "channels", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 204)))]
async fn drop_letter(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    if !api.store.drop_dead_letter(here.workspace(), number(&id)?).await? {
        return Err(none());
    }
    written(&api, &here, "dead_letter.drop", &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn none() -> Problem {
    Problem::not_found("delivery that was given up")
}

fn number(id: &str) -> Answer<u64> {
    id.parse().map_err(|_| none())
}

async fn written(api: &Api, here: &Here, action: &str, id: &str) -> Answer<()> {
    let line = here.line(action, &format!("dead_letter/{id}"));
    api.change().line(line).commit().await.map(drop).map_err(of_change)
}

/// How much of the workspace waits. Whether it is held is said for the whole server.
#[utoipa::path(get, path = "/workspaces/{workspace}/outbox", tag = "channels", params(("workspace" = String, Path)), responses((status = 200, body = OutboxDocument)))]
async fn show(State(api): State<Arc<Api>>, here: Here) -> Answer<Json<OutboxDocument>> {
    let waiting = api.store.waiting_deliveries(here.workspace()).await?;
    let held = if api.store.outbox_held().await? { waiting } else { 0 };
    Ok(Json(OutboxDocument { held, waiting }))
}

/// Lets what is held go out, of all workspaces: it was held because the server was restored from a backup.
#[utoipa::path(post, path = "/workspaces/{workspace}/outbox/release", tag = "channels", params(("workspace" = String, Path)), responses((status = 204), (status = 409)))]
async fn release(State(api): State<Arc<Api>>, here: Here) -> Answer<StatusCode> {
    if !api.is_configured(here.workspace()) {
        let detail =
            "The outbox is held for the whole server. It is released in the workspace of its configuration.";
        return Err(Problem::forbidden(detail));
    }
    held(&api).await?;
    api.change().line(here.line("outbox.release", "outbox")).commit().await.map_err(of_change)?;
    api.store.hold_outbox(false).await?;
    api.runner.look_again();
    Ok(StatusCode::NO_CONTENT)
}

/// Drops all that is held of the workspace. What comes later stays held until it is released.
#[utoipa::path(post, path = "/workspaces/{workspace}/outbox/discard", tag = "channels", params(("workspace" = String, Path)), responses((status = 204), (status = 409)))]
async fn discard(State(api): State<Arc<Api>>, here: Here) -> Answer<StatusCode> {
    held(&api).await?;
    let waiting = api.store.waiting_deliveries(here.workspace()).await?;
    let line = here.line_with("outbox.discard", "outbox", &json!({ "deliveries": waiting }));
    api.change().line(line).commit().await.map_err(of_change)?;
    api.store.discard_deliveries(here.workspace()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses when nothing is held.
async fn held(api: &Api) -> Answer<()> {
    if !api.store.outbox_held().await? {
        let detail = "The outbox is not held: everything goes out by itself.";
        return Err(Problem::new(StatusCode::CONFLICT, "not_held", "Nothing is held", detail));
    }
    Ok(())
}
