use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Permission;
use countersign_script::Runnable;
use countersign_script::edit::{ComponentKind, components};
use countersign_store::Expected;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::drafts::DraftDocument;
use super::files::published;
use super::keep::{self, KeptBot, KeptText, KeptVersion, version_id};
use super::routes::{BotDocument, document};
use super::sendings::{Sending, demand, not_granted};
use super::service::{Surroundings, examined, keep_for_sessions, surroundings};
use crate::access::Here;
use crate::http::{Answer, Body, IfMatch, Params, Problem, of_change};
use crate::records::Kept;
use crate::state::Api;
use crate::tokens;

/// Words about a new version.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Note {
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Which version shall be in service again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RollBack {
    #[schema(minimum = 1)]
    number: u64,
    #[schema(max_length = 500)]
    note: Option<String>,
}

/// Puts the draft into service. New conversations begin on it at once; those under way end on the version they began on.
#[utoipa::path(post, path = "/workspaces/{workspace}/bots/{bot}/publish", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path), ("If-Match" = crate::http::words::Revision, Header, description = "The revision of the draft that was read.")), request_body = Note, responses((status = 200, body = BotDocument)))]
pub(super) async fn publish(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    revision: IfMatch,
    Body(body): Body<Note>,
) -> Answer<Json<BotDocument>> {
    let _one = api.publishing.lock().await;
    let (store, workspace, now) = (api.store.as_ref(), here.workspace(), api.now());
    let (bot, draft) = keep::bot(store, workspace, &id, now).await?;
    if draft.revision != revision.0 {
        return Err(Problem::stale().with("current", &DraftDocument::from(draft)));
    }
    let text = draft.value.text.clone();
    let ready = ready(&api, &here, &bot, &text).await?;
    let number = bot.value.last + 1;
    let sendings = texts(&ready.sendings);
    let version = KeptVersion {
        number,
        fingerprint: fingerprint(&ready.runnable),
        published_at: now,
        published_by: here.name().to_owned(),
        note: noted(body.note)?,
    };
    let kept = KeptBot { last: number, live: Some(number), ..bot.value.clone() };
    api.store.put_bot(published(workspace, &ready.runnable, &text, &ready.around, now)).await?;
    let place = version_id(&id, number);
    let detail = json!({ "number": number, "credentials": &ready.credentials, "sendings": sendings });
    api.change()
        .put(workspace, &id, bot.expected(), &kept)
        .put(workspace, &place, Expected::Absent, &version)
        .put(workspace, &place, Expected::Absent, &KeptText { text })
        .line(here.line_with("bot.publish", &format!("bot/{id}"), &detail))
        .commit()
        .await
        .map_err(of_change)?;
    in_service(&api, &here, &id, number, ready).await?;
    let (bot, draft) = keep::bot(store, workspace, &id, now).await?;
    Ok(Json(document(&api, workspace, &bot, &draft).await?))
}

/// Puts an earlier version into service again. The draft stays as it is.
#[utoipa::path(post, path = "/workspaces/{workspace}/bots/{bot}/roll-back", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path)), request_body = RollBack, responses((status = 200, body = BotDocument), (status = 409)))]
pub(super) async fn roll_back(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    Body(body): Body<RollBack>,
) -> Answer<Json<BotDocument>> {
    let _one = api.publishing.lock().await;
    let (store, workspace, now) = (api.store.as_ref(), here.workspace(), api.now());
    let (bot, draft) = keep::bot(store, workspace, &id, now).await?;
    let number = body.number;
    let found = keep::version(store, workspace, &id, number, now).await?;
    let (_, text) = found.ok_or_else(|| Problem::not_found("version"))?;
    let ready = ready(&api, &here, &bot, &text).await?;
    let kept = KeptBot { live: Some(number), ..bot.value.clone() };
    api.store.put_bot(published(workspace, &ready.runnable, &text, &ready.around, now)).await?;
    let detail = json!({
        "number": number, "from": bot.value.live, "note": noted(body.note)?, "credentials": &ready.credentials,
        "sendings": texts(&ready.sendings),
    });
    let revisions = api
        .change()
        .put(workspace, &id, bot.expected(), &kept)
        .line(here.line_with("bot.roll_back", &format!("bot/{id}"), &detail))
        .commit()
        .await
        .map_err(of_change)?;
    in_service(&api, &here, &id, number, ready).await?;
    let revision = revisions.first().copied().unwrap_or_default();
    let bot = Kept { revision, value: kept, ..bot };
    Ok(Json(document(&api, workspace, &bot, &draft).await?))
}

/// A bot that may go into service.
struct Ready {
    runnable: Runnable,
    around: Surroundings,
    /// Authorization Tokens whose passwords or tokens go elsewhere than before.
    credentials: Vec<String>,
    /// Secrets that are sent where no version in service sends them.
    sendings: Vec<Sending>,
}

/// Checks a text for the channels of its bot, and whether this one may put it into service.
async fn ready(api: &Api, here: &Here, bot: &Kept<KeptBot>, text: &str) -> Answer<Ready> {
    let workspace = here.workspace();
    let found = examined(api, workspace, &bot.id, text);
    let Some(checked) = found.checked else {
        let detail = "The bot has errors. It stays as it was.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, "check_failed", "The check found errors", detail)
            .with("checkup", &found.checkup));
    };
    if checked.program().bot.as_str() != bot.id {
        let message = format!(
            "The text says `bot: {}`, and this is the bot `{}`. Write its id there.",
            checked.program().bot,
            bot.id
        );
        return Err(Problem::invalid_field("/text", "other_bot", message));
    }
    let before = match bot.value.live {
        Some(number) => keep::version(api.store.as_ref(), workspace, &bot.id, number, api.now()).await?,
        None => None,
    };
    let credentials = moved(before.as_ref().map_or("", |(_, text)| text), text);
    if !credentials.is_empty() {
        // Who decides where passwords go can collect those of everybody.
        here.demand_fresh(api, Permission::CredentialEdit, &format!("bot/{}", bot.id)).await?;
    }
    let around = surroundings(api, workspace).await?;
    let runnable = around.bind(&checked)?;
    let sendings = not_granted(api, workspace, &bot.id, &runnable).await?;
    demand(api, here, &format!("bot/{}", bot.id), "/text", &sendings).await?;
    Ok(Ready { runnable, around, credentials, sendings })
}

/// Lets new conversations begin on it, and ends the logins whose tokens belong to another place now.
async fn in_service(api: &Api, here: &Here, id: &str, number: u64, ready: Ready) -> Answer<()> {
    let workspace = here.workspace();
    keep_for_sessions(api, workspace, &ready.runnable);
    api.host.publish(workspace, &ready.runnable);
    for component in &ready.credentials {
        let Ok(component) = component.parse() else { continue };
        // Another bot may have an Authorization Token of this name, and its users stay logged in.
        let Ok(bot) = id.parse() else { continue };
        tokens::of_bot(api, workspace, &bot, Some(&component)).await?;
    }
    let told = json!({ "bot": id, "number": number, "by": here.name(), "credentials": ready.credentials });
    api.events.tell(workspace, "published", told);
    Ok(())
}

/// Authorization Tokens that are new, or whose passwords or tokens go elsewhere than before.
fn moved(before: &str, after: &str) -> Vec<String> {
    let of = |text| components(text, ComponentKind::AuthorizationToken).unwrap_or_default();
    let aims =
        |value: &Value| [value["url"].clone(), value["send_to"].clone(), value["refresh"]["url"].clone()];
    let before = of(before);
    let is_same =
        |id: &str, value: &Value| before.iter().any(|(known, old)| known == id && aims(old) == aims(value));
    of(after).into_iter().filter(|(id, value)| !is_same(id, value)).map(|(id, _)| id).collect()
}

fn texts(sendings: &[Sending]) -> Vec<String> {
    sendings.iter().map(ToString::to_string).collect()
}

fn fingerprint(bot: &Runnable) -> String {
    format!("{:016x}", bot.fingerprint.0)
}

fn noted(note: Option<String>) -> Answer<String> {
    let note = note.unwrap_or_default().trim().to_owned();
    if note.chars().count() > 500 {
        return Err(Problem::invalid_field("/note", "length", "A note has at most 500 characters."));
    }
    Ok(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_shows_when_passwords_go_elsewhere() {
        let text = |more: &str| {
            format!("authorization_tokens:\n  - {{ id: a, url: https://a.example/login{more} }}\n")
        };
        let old = text(", send_to: https://api.example");
        assert_eq!(moved("", &old), ["a"]);
        assert!(moved(&old, &text(", send_to: https://api.example, ttl: 60")).is_empty());
        assert_eq!(moved(&old, &text("")), ["a"]);
        assert_eq!(moved(&old, &text(", send_to: https://evil.example")), ["a"]);
        assert_eq!(moved(&old, &old.replace("a.example", "evil.example")), ["a"]);
        assert_eq!(
            moved(&old, &text(", send_to: https://api.example, refresh: { url: https://evil.example }")),
            ["a"]
        );
        assert!(moved(&old, "scripts: []").is_empty());
    }
}
