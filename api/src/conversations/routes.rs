use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_store::{ConversationQuery, ConversationRow};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::shown::{Around, ConversationDocument, ConversationState, document, one, session, state};
use crate::access::Here;
use crate::http::{Answer, List, Page, PageParams, Params, Query, cursor};
use crate::state::Api;

/// Which conversations are wanted. All that is given must hold.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Filter {
    /// Those with this in their address, their contact's name or their transcript.
    query: Option<String>,
    /// Those of this channel.
    channel: Option<String>,
    /// Those on a published version of this bot.
    bot: Option<String>,
    #[param(inline)]
    state: Option<Wanted>,
}

/// How a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConversationFilter)]
enum Wanted {
    /// The bot has it, and it has not ended.
    Open,
    /// A person has it.
    HandedOver,
    /// The next message begins a script.
    Ended,
}

impl Wanted {
    fn is(self, state: ConversationState) -> bool {
        match self {
            Self::Open => matches!(state, ConversationState::Waiting | ConversationState::Calling),
            Self::HandedOver => state == ConversationState::HandedOver,
            Self::Ended => state == ConversationState::Ended,
        }
    }
}

/// Conversations, those that were active lately first.
#[utoipa::path(get, path = "/workspaces/{workspace}/conversations", tag = "conversations", params(("workspace" = String, Path), PageParams, Filter), responses((status = 200, body = List<ConversationDocument>)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    page: Page,
    Query(filter): Query<Filter>,
) -> Answer<Json<List<ConversationDocument>>> {
    /// A search looks at a bounded number of conversations at a time; so often for one page.
    const ROUNDS: usize = 20;
    // What cannot be a name names nothing.
    let (channel, bot) = (filter.channel.filter(|id| !id.is_empty()), filter.bot.filter(|id| !id.is_empty()));
    let name = |text: &Option<String>| text.as_ref().map(|text| text.parse()).transpose();
    let (Ok(channel), Ok(bot)) = (name(&channel), name(&bot)) else {
        return Ok(Json(List::whole(Vec::new())));
    };
    let runner = api.runner.clone();
    let (workspace, for_names) = (here.workspace().clone(), api.runner.clone());
    let mut query = ConversationQuery::of(workspace.clone(), page.limit);
    query.channel = channel;
    query.bot = bot;
    query.handed_over = filter.state == Some(Wanted::HandedOver);
    query.text = filter.query.filter(|text| !text.trim().is_empty());
    query.name_of =
        Some(Arc::new(move |stored| session(&for_names, &workspace, stored)?.0.contact().name.clone()));
    query.wanted = filter.state.map(|wanted| {
        Arc::new(move |row: &ConversationRow| wanted.is(state(&runner, row))) as countersign_store::Wanted
    });
    query.after = page.after.clone();
    let mut rows = Vec::new();
    let mut next = None;
    for _ in 0..ROUNDS {
        query.limit = page.limit - rows.len();
        let found = api.store.conversations(query.clone()).await?;
        rows.extend(found.rows);
        next = found.next;
        if next.is_none() || rows.len() >= page.limit {
            break;
        }
        query.after = next.clone();
    }
    let around = Around::of(&api, here.workspace()).await?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(document(&api, row, &around).await?);
    }
    Ok(Json(List { items, next: next.as_deref().map(cursor) }))
}

/// A conversation.
#[utoipa::path(get, path = "/workspaces/{workspace}/conversations/{id}", tag = "conversations", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 200, body = ConversationDocument)))]
pub(super) async fn show(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<ConversationDocument>> {
    let row = one(&api, here.workspace(), &id).await?;
    let around = Around::of(&api, here.workspace()).await?;
    Ok(Json(document(&api, row, &around).await?))
}
