use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Permission;
use countersign_channels::{Setting, SettingKind};
use countersign_model::{ChannelKind, Name, SecretText};
use countersign_store::Expected;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::keep::{KeptChannel, place, sealed};
use super::kinds::settings_of;
use super::random_word;
use super::settings::{SecretTree, Texts, VERIFY_TOKEN, is_address, shown, taken, taken_secrets};
use super::wire::{ChannelDocument, dead_letters, of_console, of_file, of_host};
use crate::access::Here;
use crate::http::{Answer, Body, IfMatch, List, Params, Problem, of_change};
use crate::records::{self, Kept};
use crate::state::Api;

/// A new channel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewChannel {
    #[schema(value_type = crate::http::words::Kind)]
    kind: String,
    provider: String,
    #[schema(value_type = crate::http::words::Title)]
    name: String,
    /// The bot that answers. It has to be published.
    bot: Option<String>,
    /// By the names of the provider's fields.
    #[serde(default)]
    settings: BTreeMap<String, Value>,
    /// By the names of the provider's secret fields.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    secrets: BTreeMap<String, SecretTree>,
}

/// Changes of a channel. What is left away stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChannelPatch {
    #[schema(value_type = Option<crate::http::words::Title>)]
    name: Option<String>,
    /// The bot that answers; nobody does when it is empty.
    bot: Option<String>,
    /// All settings.
    settings: Option<BTreeMap<String, Value>>,
    /// New secrets; an empty one is removed.
    #[serde(default)]
    #[schema(value_type = BTreeMap<String, String>)]
    secrets: BTreeMap<String, SecretTree>,
}

/// Channels of the configuration file and of the console.
#[utoipa::path(get, path = "/workspaces/{workspace}/channels", tag = "channels", params(("workspace" = String, Path)), responses((status = 200, body = List<ChannelDocument>)))]
pub(super) async fn list(State(api): State<Arc<Api>>, here: Here) -> Answer<Json<List<ChannelDocument>>> {
    let workspace = here.workspace();
    let dead = dead_letters(&api, workspace).await?;
    let mut all = Vec::new();
    for channel in of_host(&api, workspace).into_iter().filter(|channel| channel.in_file) {
        all.push(of_file(&api, &here, channel, &dead));
    }
    for kept in records::all::<KeptChannel>(api.store.as_ref(), workspace, "", api.now()).await? {
        all.push(of_console(&api, &here, kept, &dead)?);
    }
    Ok(Json(List::whole(all)))
}

/// A channel.
#[utoipa::path(get, path = "/workspaces/{workspace}/channels/{id}", tag = "channels", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 200, body = ChannelDocument)))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<ChannelDocument>> {
    let workspace = here.workspace();
    let dead = dead_letters(&api, workspace).await?;
    if let Some(kept) = records::load::<KeptChannel>(api.store.as_ref(), workspace, &id, api.now()).await? {
        return Ok(Json(of_console(&api, &here, kept, &dead)?));
    }
    let channel =
        of_host(&api, workspace).into_iter().find(|channel| channel.in_file && channel.id.as_str() == id);
    channel.map(|channel| Json(of_file(&api, &here, channel, &dead))).ok_or_else(none)
}

/// Connects a channel, at once.
#[utoipa::path(post, path = "/workspaces/{workspace}/channels", tag = "channels", params(("workspace" = String, Path)), request_body = NewChannel, responses((status = 201, body = ChannelDocument), (status = 409)))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    here: Here,
    Body(body): Body<NewChannel>,
) -> Answer<(StatusCode, Json<ChannelDocument>)> {
    let workspace = here.workspace();
    let kind: ChannelKind = body
        .kind
        .parse()
        .map_err(|_| Problem::invalid_field("/kind", "unknown", "There is no such kind of channel."))?;
    let known = settings_of(&api, kind, &body.provider).ok_or_else(|| {
        let message = format!("{} has no such provider.", kind.title());
        Problem::invalid_field("/provider", "unknown", message)
    })?;
    if !body.secrets.is_empty() {
        here.demand_fresh(&api, Permission::ChannelEdit, "channels").await?;
    }
    let mut secrets = taken_secrets(known, body.secrets)?;
    secrets.retain(|_, secret| !secret.is_empty());
    if known.iter().any(|setting| setting.name == VERIFY_TOKEN) && !secrets.contains_key(VERIFY_TOKEN) {
        secrets.insert(VERIFY_TOKEN.to_owned(), SecretText::new(random_word(16)?));
    }
    let id = format!("{}-{}", kind.name(), random_word(6)?);
    let mut kept = KeptChannel {
        kind,
        provider: body.provider,
        name: named(&body.name)?,
        bot: bot(body.bot)?,
        settings: taken(known, body.settings)?,
        secrets: BTreeMap::new(),
    };
    for (name, secret) in &secrets {
        kept.secrets.insert(name.clone(), sealed(&api, workspace, &id, name, secret)?);
    }
    complete(known, &kept)?;
    let _one = api.publishing.lock().await;
    let place_of = id.parse().map_err(|_| none())?;
    place(&api, workspace, &place_of, &kept).await?;
    let detail = json!({ "kind": kind.name(), "provider": &kept.provider, "bot": &kept.bot });
    let change = api.change().put(workspace, &id, Expected::Absent, &kept);
    let line = here.line_with("channel.create", &format!("channel/{id}"), &detail);
    if let Err(error) = change.line(line).commit().await {
        // Nobody knows of it, so nobody could take it away.
        api.host.detach(workspace, &place_of).await;
        return Err(of_change(error));
    }
    api.events.tell(workspace, "channel", json!({ "id": id }));
    Ok((StatusCode::CREATED, Json(loaded(&api, &here, &id).await?)))
}

/// Changes a channel, at once.
#[utoipa::path(patch, path = "/workspaces/{workspace}/channels/{id}", tag = "channels", params(("workspace" = String, Path), ("id" = String, Path), ("If-Match" = crate::http::words::Revision, Header, description = "The revision that was read.")), request_body = ChannelPatch, responses((status = 200, body = ChannelDocument)))]
pub(super) async fn change(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    revision: IfMatch,
    Body(body): Body<ChannelPatch>,
) -> Answer<Json<ChannelDocument>> {
    let workspace = here.workspace();
    let _one = api.publishing.lock().await;
    let before = own(&api, &here, &id, revision).await?;
    let known = settings_of(&api, before.value.kind, &before.value.provider).unwrap_or(&[]);
    let mut kept = before.value.clone();
    if let Some(name) = &body.name {
        kept.name = named(name)?;
    }
    if body.bot.is_some() {
        kept.bot = bot(body.bot)?;
    }
    if let Some(settings) = body.settings {
        kept.settings = taken(known, settings)?;
    }
    let secrets = taken_secrets(known, body.secrets)?;
    if !secrets.is_empty() || kept.settings != before.value.settings {
        // Who decides where a channel's secrets go could collect them.
        here.demand_fresh(&api, Permission::ChannelEdit, &format!("channel/{id}")).await?;
    }
    stays_secret(known, &before.value, &kept.settings, &secrets)?;
    for (name, secret) in &secrets {
        match secret.is_empty() {
            true => kept.secrets.remove(name),
            false => kept.secrets.insert(name.clone(), sealed(&api, workspace, &id, name, secret)?),
        };
    }
    complete(known, &kept)?;
    let place_of = id.parse().map_err(|_| none())?;
    place(&api, workspace, &place_of, &kept).await?;
    let names: Vec<_> = secrets.keys().collect();
    let detail = json!({ "bot": &kept.bot, "settings": &kept.settings, "secrets": names });
    let change = api.change().put(workspace, &id, before.expected(), &kept);
    let line = here.line_with("channel.change", &format!("channel/{id}"), &detail);
    if let Err(error) = change.line(line).commit().await {
        if let Err(why) = place(&api, workspace, &place_of, &before.value).await {
            tracing::error!(channel = id, %why, "a channel could not be put back to what it was");
        }
        return Err(of_change(error));
    }
    api.events.tell(workspace, "channel", json!({ "id": id }));
    Ok(Json(loaded(&api, &here, &id).await?))
}

/// Takes a channel away. Conversations stay; what its provider sends is refused from now on.
#[utoipa::path(delete, path = "/workspaces/{workspace}/channels/{id}", tag = "channels", params(("workspace" = String, Path), ("id" = String, Path), ("If-Match" = crate::http::words::Revision, Header, description = "The revision that was read.")), responses((status = 204)))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    revision: IfMatch,
) -> Answer<StatusCode> {
    let workspace = here.workspace();
    let _one = api.publishing.lock().await;
    let before = own(&api, &here, &id, revision).await?;
    let line = here.line("channel.remove", &format!("channel/{id}"));
    let change = api.change().remove::<KeptChannel>(workspace, &id, before.expected());
    change.line(line).commit().await.map_err(of_change)?;
    if let Ok(id) = id.parse() {
        api.host.detach(workspace, &id).await;
    }
    api.events.tell(workspace, "channel", json!({ "id": id }));
    Ok(StatusCode::NO_CONTENT)
}

/// A channel of the console at the revision that the writer has seen.
async fn own(api: &Api, here: &Here, id: &str, revision: IfMatch) -> Answer<Kept<KeptChannel>> {
    let workspace = here.workspace();
    let kept = records::load::<KeptChannel>(api.store.as_ref(), workspace, id, api.now()).await?;
    let Some(kept) = kept else {
        if of_host(api, workspace).iter().any(|channel| channel.in_file && channel.id.as_str() == id) {
            let detail = "This channel stands in the configuration file of the server. It is changed there.";
            return Err(Problem::new(StatusCode::CONFLICT, "in_file", "Not possible here", detail));
        }
        return Err(none());
    };
    if kept.revision != revision.0 {
        let dead = dead_letters(api, workspace).await?;
        return Err(Problem::stale().with("current", &of_console(api, here, kept, &dead)?));
    }
    Ok(kept)
}

async fn loaded(api: &Api, here: &Here, id: &str) -> Answer<ChannelDocument> {
    let kept = records::load::<KeptChannel>(api.store.as_ref(), here.workspace(), id, api.now()).await?;
    let dead = dead_letters(api, here.workspace()).await?;
    of_console(api, here, kept.ok_or_else(none)?, &dead)
}

pub(super) fn none() -> Problem {
    Problem::not_found("channel")
}

fn named(name: &str) -> Answer<String> {
    let name = name.trim();
    if (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    Err(Problem::invalid_field("/name", "length", "A name has 1 to 100 characters."))
}

fn bot(id: Option<String>) -> Answer<Option<Name>> {
    let id = id.filter(|id| !id.is_empty()).map(|id| id.parse()).transpose();
    id.map_err(|_| Problem::invalid_field("/bot", "unknown", "There is no such bot."))
}

/// Whether all that is needed is there; all that is missing is told at once.
fn complete(known: &'static [Setting], kept: &KeptChannel) -> Answer<()> {
    let mut problem: Option<Problem> = None;
    for setting in shown(known).filter(|setting| setting.required && setting.default.is_none()) {
        let (place, is_there) = match setting.kind {
            SettingKind::Secret => ("secrets", kept.secrets.contains_key(setting.name)),
            _ => ("settings", kept.settings.contains_key(setting.name)),
        };
        if !is_there {
            let so_far = problem.unwrap_or_else(|| Problem::invalid("Something that is needed is missing."));
            problem = Some(so_far.field(&format!("/{place}/{}", setting.name), "missing", "This is needed."));
        }
    }
    problem.map_or(Ok(()), Err)
}

/// Secrets that were given for one server are not sent to another: who changes the address gives them anew.
fn stays_secret(
    known: &'static [Setting],
    before: &KeptChannel,
    after: &Texts,
    given: &BTreeMap<String, SecretText>,
) -> Answer<()> {
    let moved = shown(known)
        .filter(|setting| is_address(setting.name))
        .find(|setting| before.settings.get(setting.name) != after.get(setting.name));
    let Some(moved) = moved else { return Ok(()) };
    let missing: Vec<_> = before.secrets.keys().filter(|name| !given.contains_key(*name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let detail =
        format!("`{}` leads to another server now. Give the secrets of the channel once more.", moved.name);
    let problem = Problem::invalid(detail);
    Err(missing.into_iter().fold(problem, |problem, name| {
        problem.field(&format!("/secrets/{name}"), "missing", "Give this once more.")
    }))
}
