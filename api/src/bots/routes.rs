use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_model::Name;
use countersign_store::{ChangeError, Expected};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::keep::{self, KeptBot, KeptDraft, KeptText, KeptVersion};
use super::service::{examined, summary};
use super::template;
use crate::access::Here;
use crate::channels::NamedChannel;
use crate::check::Problems;
use crate::http::{Answer, Body, List, Page, PageParams, Params, Problem, of_change, rfc3339};
use crate::records::{self, Kept};
use crate::state::Api;

/// A bot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Bot)]
pub(super) struct BotDocument {
    id: String,
    name: String,
    language: String,
    origin: Origin,
    draft: DraftState,
    #[serde(skip_serializing_if = "Option::is_none")]
    live: Option<LiveVersion>,
    /// Whether the draft differs from what is in service.
    changed: bool,
    channels: Vec<NamedChannel>,
    problems: Problems,
    /// Whether it logs users in.
    uses_token: bool,
}

/// Where a bot began.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Origin {
    /// In the console.
    Console,
    /// In a file of the configuration.
    File,
}

/// How the draft stands.
#[derive(Debug, Serialize, ToSchema)]
struct DraftState {
    revision: u64,
    changed_at: String,
    changed_by: String,
}

/// The version in service.
#[derive(Debug, Serialize, ToSchema)]
struct LiveVersion {
    number: u64,
    /// The fingerprint of what runs.
    version: String,
    published_at: String,
    published_by: String,
    note: String,
}

/// A new bot: from a text, or from a template.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBot {
    /// Letters, digits, `-` and `_`. It cannot be changed later.
    #[schema(value_type = crate::http::words::Id)]
    id: String,
    #[schema(value_type = crate::http::words::Title)]
    name: String,
    /// A bot file.
    text: Option<String>,
    template: Option<Template>,
}

/// What a new bot begins with.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum Template {
    /// One script that says hello.
    #[default]
    Blank,
    /// A login and a service that needs it.
    Login,
}

/// The bots of the workspace.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots", tag = "bots", params(("workspace" = String, Path), PageParams), responses((status = 200, body = List<BotDocument>)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    page: Page,
) -> Answer<Json<List<BotDocument>>> {
    let (store, workspace, now) = (api.store.as_ref(), here.workspace(), api.now());
    let after = page.after.as_deref();
    let bots = records::some::<KeptBot>(store, workspace, "", after, page.reach(), now).await?;
    let mut all = Vec::new();
    for bot in bots {
        // Removed since: then it is not shown.
        if let Some(draft) = records::load::<KeptDraft>(store, workspace, &bot.id, now).await? {
            let shown = document(&api, workspace, &bot, &draft).await?;
            all.push((bot.id, shown));
        }
    }
    Ok(Json(page.list(all, |(id, _)| id.clone(), |(_, bot)| bot)))
}

/// Makes a bot.
#[utoipa::path(post, path = "/workspaces/{workspace}/bots", tag = "bots", params(("workspace" = String, Path)), request_body = NewBot, responses((status = 201, body = BotDocument), (status = 409)))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    here: Here,
    Body(body): Body<NewBot>,
) -> Answer<(StatusCode, Json<BotDocument>)> {
    let id: Name = body.id.parse().map_err(|error: countersign_model::NameError| {
        Problem::invalid_field("/id", "wrong_form", error.to_string())
    })?;
    if body.name.trim().is_empty()
        || body.name.chars().count() > 100
        || body.name.chars().any(char::is_control)
    {
        return Err(Problem::invalid_field("/name", "length", "A name is one line of 1 to 100 characters."));
    }
    let text = match (body.text, body.template.unwrap_or_default()) {
        (Some(text), _) => text,
        (None, Template::Blank) => template::blank(&id, body.name.trim()),
        (None, Template::Login) => template::login(&id, body.name.trim()),
    };
    let workspace = here.workspace();
    let examined = examined(&api, workspace, id.as_str(), &text);
    let summary = summary(&text, &examined.checkup);
    let draft = KeptDraft { text, changed_by: here.name().to_owned(), summary };
    let line = here.line("bot.create", &format!("bot/{id}"));
    let made = api
        .change()
        .put(workspace, id.as_str(), Expected::Absent, &KeptBot::default())
        .put(workspace, id.as_str(), Expected::Absent, &draft)
        .line(line)
        .commit()
        .await;
    match made {
        Ok(_) => {}
        Err(ChangeError::Stale(_)) => return Err(Problem::taken("/id", "There is a bot with this id.")),
        Err(error) => return Err(of_change(error)),
    }
    api.events.tell(workspace, "draft", json!({ "bot": id, "revision": 1, "by": here.name() }));
    let (bot, draft) = keep::bot(api.store.as_ref(), workspace, id.as_str(), api.now()).await?;
    Ok((StatusCode::CREATED, Json(document(&api, workspace, &bot, &draft).await?)))
}

/// A bot.
#[utoipa::path(get, path = "/workspaces/{workspace}/bots/{bot}", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path)), responses((status = 200, body = BotDocument)))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<BotDocument>> {
    let (bot, draft) = keep::bot(api.store.as_ref(), here.workspace(), &id, api.now()).await?;
    Ok(Json(document(&api, here.workspace(), &bot, &draft).await?))
}

/// Deletes a bot with its draft and its versions. Conversations that run on it go to their end.
#[utoipa::path(delete, path = "/workspaces/{workspace}/bots/{bot}", tag = "bots", params(("workspace" = String, Path), ("bot" = String, Path)), responses((status = 204), (status = 409)))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let (store, workspace, now) = (api.store.as_ref(), here.workspace(), api.now());
    let (bot, _) = keep::bot(store, workspace, &id, now).await?;
    let in_use = |detail: String, hint: &str| {
        Problem::new(StatusCode::CONFLICT, "in_use", "Still in use", detail).hint(hint)
    };
    if bot.value.file.is_some() {
        return Err(in_use(
            "The bot stands in a file of the configuration.".to_owned(),
            "Take the file out of `bots` in the configuration, and start the server again.",
        ));
    }
    let channels = channels(&api, workspace, &id);
    if !channels.is_empty() {
        let names: Vec<_> = channels.iter().map(|channel| format!("`{}`", channel.id)).collect();
        let detail = format!("The bot answers on {}.", names.join(", "));
        return Err(in_use(detail, "Let another bot answer there first, or remove the channels."));
    }
    let versions = records::all::<KeptVersion>(store, workspace, &format!("{id}/"), now).await?;
    let mut change = api.change().remove::<KeptBot>(workspace, &id, bot.expected()).remove::<KeptDraft>(
        workspace,
        &id,
        Expected::Anything,
    );
    for version in versions {
        change = change.remove::<KeptVersion>(workspace, &version.id, Expected::Anything).remove::<KeptText>(
            workspace,
            &version.id,
            Expected::Anything,
        );
    }
    change.line(here.line("bot.delete", &format!("bot/{id}"))).commit().await.map_err(of_change)?;
    Ok(StatusCode::NO_CONTENT)
}

/// A bot as the API shows it.
pub(super) async fn document(
    api: &Api,
    workspace: &Name,
    bot: &Kept<KeptBot>,
    draft: &Kept<KeptDraft>,
) -> Answer<BotDocument> {
    let live = match bot.value.live {
        Some(number) => keep::version(api.store.as_ref(), workspace, &bot.id, number, api.now()).await?,
        None => None,
    };
    let summary = &draft.value.summary;
    Ok(BotDocument {
        name: summary.name.clone().unwrap_or_else(|| bot.id.clone()),
        language: summary.language.clone().unwrap_or_else(|| "en".to_owned()),
        origin: if bot.value.file.is_some() { Origin::File } else { Origin::Console },
        draft: DraftState {
            revision: draft.revision,
            changed_at: rfc3339(draft.changed_at),
            changed_by: draft.value.changed_by.clone(),
        },
        changed: live.as_ref().is_none_or(|(_, text)| *text != draft.value.text),
        live: live.map(|(version, _)| LiveVersion {
            number: version.number,
            version: version.fingerprint,
            published_at: rfc3339(version.published_at),
            published_by: version.published_by,
            note: version.note,
        }),
        channels: channels(api, workspace, &bot.id),
        problems: summary.problems,
        uses_token: summary.uses_token,
        id: bot.id.clone(),
    })
}

fn channels(api: &Api, workspace: &Name, bot: &str) -> Vec<NamedChannel> {
    let all = api.host.channels().into_iter().filter(|channel| {
        channel.workspace == *workspace && channel.bot.as_ref().is_some_and(|name| name.as_str() == bot)
    });
    all.map(|channel| NamedChannel {
        name: channel.name,
        id: channel.id.to_string(),
        kind: channel.kind.name().to_owned(),
    })
    .collect()
}
