//! Who is logged in, and to end logins. A token itself is never shown.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Permission;
use countersign_model::Name;
use countersign_store::{ListedToken, Revocation, TokenId};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::channels::{NamedChannel, named};
use crate::conversations::{masked, session};
use crate::http::{Answer, Body, List, Page, PageParams, Params, Problem, Query, of_change, rfc3339};
use crate::state::Api;

pub(crate) fn area() -> Area {
    let revoke = Need::May(Permission::TokenRevoke);
    Area::new()
        .needs(Need::May(Permission::TokenRead), routes!(list))
        .needs(revoke, routes!(remove))
        .needs(revoke, routes!(remove_many))
}

/// That somebody is logged in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Token)]
struct TokenDocument {
    id: String,
    conversation: String,
    /// The contact's name, or their address; of that only the end shows without `conversation.read`.
    contact: String,
    /// The channel, as people call it.
    channel: String,
    bot: String,
    component: String,
    logged_in_at: String,
    expires_at: String,
    /// Whether it is renewed without asking the user.
    renewable: bool,
}

/// Which logins are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Those of this Authorization Token.
    component: Option<String>,
    /// Those with this in what is shown of them.
    query: Option<String>,
}

/// Which logins to end. All that is given must hold.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    #[schema(value_type = Option<crate::http::words::Id>)]
    component: Option<String>,
    #[schema(value_type = Option<crate::http::words::Id>)]
    bot: Option<String>,
    /// All of the workspace.
    #[serde(default)]
    all: bool,
}

/// How many logins were ended.
#[derive(Debug, Serialize, ToSchema)]
struct Revoked {
    revoked: usize,
}

/// Who is logged in.
#[utoipa::path(get, path = "/workspaces/{workspace}/tokens", tag = "tokens", params(("workspace" = String, Path), PageParams, Filter), responses((status = 200, body = List<TokenDocument>)))]
async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    page: Page,
    Query(filter): Query<Filter>,
) -> Answer<Json<List<TokenDocument>>> {
    /// So many logins are looked at for one page; where the search goes on is told.
    const LOOKED_AT: usize = 2000;
    let component = match filter.component.as_deref().filter(|id| !id.is_empty()).map(str::parse::<Name>) {
        None => None,
        Some(Ok(name)) => Some(name),
        // What cannot be a name names nothing.
        Some(Err(_)) => return Ok(Json(List::whole(Vec::new()))),
    };
    let query = filter.query.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
    let channels = named(&api, here.workspace()).await?;
    let mut after = page.after.as_deref().map(str::parse::<TokenId>).transpose().map_err(|_| {
        Problem::invalid_field("/cursor", "wrong_type", "Take the cursor from `next` of the part before.")
    })?;
    let mut found: Vec<(String, TokenDocument)> = Vec::new();
    let mut looked_at = 0;
    let mut more = true;
    while more && found.len() < page.reach() && looked_at < LOOKED_AT {
        let wanted = page.reach();
        let (workspace, now) = (here.workspace(), api.now());
        let part = api.store.all_tokens(workspace, component.as_ref(), after.as_ref(), wanted, now).await?;
        more = part.len() == wanted;
        looked_at += part.len();
        for token in part {
            after = Some(token.id.clone());
            let id = token.id.to_string();
            let shown = document(&api, &here, token, &channels).await?;
            if query.as_ref().is_none_or(|text| shown.has(text)) {
                found.push((id, shown));
                if found.len() == page.reach() {
                    break;
                }
            }
        }
    }
    let stopped = more && found.len() < page.reach();
    let mut list = page.list(found, |(id, _)| id.clone(), |(_, token)| token);
    if stopped && let Some(after) = after {
        list.next = Some(crate::http::cursor(&after.to_string()));
    }
    Ok(Json(list))
}

async fn document(
    api: &Api,
    here: &Here,
    token: ListedToken,
    channels: &BTreeMap<String, NamedChannel>,
) -> Answer<TokenDocument> {
    let ListedToken { id, info } = token;
    let key = &info.conversation;
    let stored = api.store.conversation(key).await?.and_then(|conversation| conversation.session);
    let name = stored
        .and_then(|stored| session(&api.runner, &key.workspace, &stored))
        .and_then(|(session, _)| session.contact().name.clone());
    let contact = match here.actor.may(Permission::ConversationRead) {
        true => name.unwrap_or_else(|| key.address.clone()),
        false => masked(&key.address),
    };
    let channel = channels.get(key.channel.as_str());
    Ok(TokenDocument {
        conversation: id.conversation.0.to_string(),
        contact,
        channel: channel.map_or_else(|| key.channel.to_string(), |channel| channel.name.clone()),
        bot: info.bot.to_string(),
        component: info.component.to_string(),
        logged_in_at: rfc3339(info.logged_in_at),
        expires_at: rfc3339(info.expires_at),
        renewable: info.refresh_until.is_some_and(|until| until > api.now()),
        id: id.to_string(),
    })
}

impl TokenDocument {
    fn has(&self, text: &str) -> bool {
        [&self.contact, &self.channel, &self.bot, &self.component]
            .iter()
            .any(|shown| shown.to_lowercase().contains(text))
    }
}

/// Ends a login. The user logs in again when the bot needs it.
#[utoipa::path(delete, path = "/workspaces/{workspace}/tokens/{id}", tag = "tokens", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 204)))]
async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let none = || Problem::not_found("login");
    let token: TokenId = id.parse().map_err(|_| none())?;
    if !api.store.revoke_token(here.workspace(), &token).await? {
        return Err(none());
    }
    let detail = json!({ "conversation": token.conversation.0.to_string() });
    let line = here.line_with("token.revoke", &format!("token/{}", token.component), &detail);
    api.change().line(line).commit().await.map_err(of_change)?;
    api.events.tell(here.workspace(), "token", json!({ "conversation": token.conversation.0.to_string() }));
    Ok(StatusCode::NO_CONTENT)
}

/// Ends the logins of an Authorization Token, of a bot, or all of the workspace.
#[utoipa::path(post, path = "/workspaces/{workspace}/tokens/revoke", tag = "tokens", params(("workspace" = String, Path)), request_body = Which, responses((status = 200, body = Revoked)))]
async fn remove_many(
    State(api): State<Arc<Api>>,
    here: Here,
    Body(which): Body<Which>,
) -> Answer<Json<Revoked>> {
    let named = |pointer: &str, text: &Option<String>| match text.as_deref().map(str::parse::<Name>) {
        None => Ok(None),
        Some(Ok(name)) => Ok(Some(name)),
        Some(Err(_)) => Err(Problem::invalid_field(pointer, "wrong_form", "This is no id.")),
    };
    let (component, bot) = (named("/component", &which.component)?, named("/bot", &which.bot)?);
    if which.all == (component.is_some() || bot.is_some()) {
        let message = "Say which logins end: `component`, `bot`, both, or `all` alone.";
        return Err(Problem::invalid_field("/all", "missing", message));
    }
    let workspace = here.workspace();
    let detail = json!({ "component": which.component, "bot": which.bot, "all": which.all });
    api.change().line(here.line_with("token.revoke", "tokens", &detail)).commit().await.map_err(of_change)?;
    let revoked = match &bot {
        None => {
            let workspace = workspace.clone();
            api.store.revoke(&Revocation { workspace, channel: None, address: None, component }).await?
        }
        Some(bot) => of_bot(&api, workspace, bot, component.as_ref()).await?,
    };
    if revoked > 0 {
        api.events.tell(workspace, "token", json!({}));
    }
    Ok(Json(Revoked { revoked }))
}

/// Ends the logins of a bot, of one Authorization Token or of all. Gives how many.
pub(crate) async fn of_bot(
    api: &Api,
    workspace: &Name,
    bot: &Name,
    component: Option<&Name>,
) -> Answer<usize> {
    const AT_ONCE: usize = 200;
    let (mut revoked, mut after) = (0, None);
    loop {
        let part = api.store.all_tokens(workspace, component, after.as_ref(), AT_ONCE, api.now()).await?;
        let is_last = part.len() < AT_ONCE;
        after = part.last().map(|token| token.id.clone());
        for token in part.into_iter().filter(|token| token.id.bot == *bot) {
            revoked += usize::from(api.store.revoke_token(workspace, &token.id).await?);
        }
        if is_last {
            return Ok(revoked);
        }
    }
}
