use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Permission;
use countersign_model::Name;
use countersign_script::edit::{self, ComponentKind, EditError};
use countersign_script::outline::outline;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::drafts::{self, DraftDocument};
use super::keep;
use crate::access::Here;
use crate::check::Checkup;
use crate::http::{Answer, Body, IfMatch, List, Params, Problem};
use crate::state::Api;

/// A component of a draft.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Component)]
pub(super) struct ComponentDocument {
    id: String,
    /// Paths of the steps and components that name it.
    used_in: Vec<String>,
    /// As in the bot file.
    #[schema(value_type = Object)]
    definition: Value,
}

/// A component to write.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ComponentBody {
    /// As in the bot file.
    #[schema(value_type = Object)]
    definition: Map<String, Value>,
    /// A new id: steps that name the old one name the new one.
    #[schema(value_type = Option<crate::http::words::Id>)]
    id: Option<String>,
}

/// The draft after a change of a component, and what the check found in it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct WrittenComponent {
    draft: DraftDocument,
    checkup: Checkup,
}

fn kind(word: &str) -> Answer<ComponentKind> {
    let found = ComponentKind::ALL.into_iter().find(|kind| kind.list().replace('_', "-") == word);
    found.ok_or_else(|| Problem::not_found("kind of component"))
}

fn of_edit(error: EditError) -> Problem {
    let refused = |code, title| {
        Problem::new(StatusCode::CONFLICT, code, title, format!("{error}.")).hint("Change the bot as text.")
    };
    match &error {
        EditError::NoSuch => Problem::not_found("component"),
        EditError::Taken => Problem::taken("/id", "Another component has this id."),
        EditError::Unreadable(_) => refused("unreadable", "The draft cannot be read"),
        EditError::Tangled => refused("tangled", "Only a person can change this"),
    }
}

/// Components of a kind, in the draft.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots/{bot}/components/{kind}", tag = "components", params(("workspace" = String, Path), ("bot" = String, Path), ("kind" = String, Path, example = "authorization-tokens", description = "`authorization-tokens`, `web-services` or `forms`")), responses((status = 200, body = List<ComponentDocument>), (status = 409)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, bot, word)): Params<(String, String, String)>,
) -> Answer<Json<List<ComponentDocument>>> {
    Ok(Json(List::whole(all(&api, &here, &bot, kind(&word)?).await?)))
}

async fn all(api: &Api, here: &Here, bot: &str, kind: ComponentKind) -> Answer<Vec<ComponentDocument>> {
    let (_, draft) = keep::bot(api.store.as_ref(), here.workspace(), bot, api.now()).await?;
    let text = &draft.value.text;
    let found = edit::components(text, kind).map_err(of_edit)?;
    let outline = outline("draft.yaml", text).unwrap_or_default();
    let used = outline.components(kind);
    let document = |(id, definition): (String, Value)| ComponentDocument {
        used_in: used.iter().find(|one| one.id == id).map(|one| one.used_in.clone()).unwrap_or_default(),
        id,
        definition,
    };
    Ok(found.into_iter().map(document).collect())
}

/// A component of the draft.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots/{bot}/components/{kind}/{id}", tag = "components", params(("workspace" = String, Path), ("bot" = String, Path), ("kind" = String, Path), ("id" = String, Path)), responses((status = 200, body = ComponentDocument), (status = 409)))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, bot, word, id)): Params<(String, String, String, String)>,
) -> Answer<Json<ComponentDocument>> {
    let all = all(&api, &here, &bot, kind(&word)?).await?;
    all.into_iter().find(|one| one.id == id).map(Json).ok_or_else(|| Problem::not_found("component"))
}

/// Writes a component into the draft: a new one, or in the place of the one with that id. The rest of the text stays.
#[utoipa::path(put, path = "/workspaces/{workspace}/bots/{bot}/components/{kind}/{id}", tag = "components", params(("workspace" = String, Path), ("bot" = String, Path), ("kind" = String, Path), ("id" = String, Path), ("If-Match" = crate::http::words::Revision, Header, description = "The revision of the draft that was read.")), request_body = ComponentBody, responses((status = 200, body = WrittenComponent)))]
pub(super) async fn write(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, bot, word, id)): Params<(String, String, String, String)>,
    revision: IfMatch,
    Body(body): Body<ComponentBody>,
) -> Answer<Json<WrittenComponent>> {
    let kind = kind(&word)?;
    may_change(&api, &here, kind, &bot).await?;
    let (_, draft) = keep::bot(api.store.as_ref(), here.workspace(), &bot, api.now()).await?;
    seen(&draft, revision)?;
    let mut definition = body.definition;
    let new = body.id.as_deref().unwrap_or(&id);
    if let Err(error) = new.parse::<Name>() {
        return Err(Problem::invalid_field("/id", "wrong_form", error.to_string()));
    }
    definition.insert("id".to_owned(), Value::String(new.to_owned()));
    let text = &draft.value.text;
    let known = edit::components(text, kind).map_err(of_edit)?;
    let old = known.iter().any(|(known, _)| *known == id).then_some(id.as_str());
    let text = edit::put(text, kind, old, &definition).map_err(of_edit)?;
    written(&api, &here, &bot, revision, text).await
}

/// Takes a component out of the draft. The rest of the text stays.
#[utoipa::path(delete, path = "/workspaces/{workspace}/bots/{bot}/components/{kind}/{id}", tag = "components", params(("workspace" = String, Path), ("bot" = String, Path), ("kind" = String, Path), ("id" = String, Path), ("If-Match" = crate::http::words::Revision, Header, description = "The revision of the draft that was read.")), responses((status = 200, body = WrittenComponent)))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, bot, word, id)): Params<(String, String, String, String)>,
    revision: IfMatch,
) -> Answer<Json<WrittenComponent>> {
    let kind = kind(&word)?;
    may_change(&api, &here, kind, &bot).await?;
    let (_, draft) = keep::bot(api.store.as_ref(), here.workspace(), &bot, api.now()).await?;
    seen(&draft, revision)?;
    let text = edit::remove(&draft.value.text, kind, &id).map_err(of_edit)?;
    written(&api, &here, &bot, revision, text).await
}

/// Authorization Tokens decide where passwords go.
async fn may_change(api: &Api, here: &Here, kind: ComponentKind, bot: &str) -> Answer<()> {
    match kind {
        ComponentKind::AuthorizationToken => {
            here.demand(api, Permission::CredentialEdit, &format!("bot/{bot}")).await
        }
        ComponentKind::WebService | ComponentKind::Form => Ok(()),
    }
}

/// The change is made in the text that the writer has seen, or not at all.
fn seen(draft: &crate::records::Kept<keep::KeptDraft>, revision: IfMatch) -> Answer<()> {
    if draft.revision == revision.0 {
        return Ok(());
    }
    Err(Problem::stale().with("current", &DraftDocument::from(draft.clone())))
}

async fn written(
    api: &Api,
    here: &Here,
    bot: &str,
    revision: IfMatch,
    text: String,
) -> Answer<Json<WrittenComponent>> {
    let (draft, checkup) = drafts::put(api, here, bot, revision, text).await?;
    Ok(Json(WrittenComponent { draft, checkup }))
}
