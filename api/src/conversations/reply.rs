//! People who answer in place of the bot.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Who;
use countersign_model::Name;
use countersign_runner::{IngestError, Watch};
use countersign_store::{ConversationNumber, ConversationRow, Expected, Line};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::shown::{Around, ConversationDocument, document, one};
use crate::access::Here;
use crate::http::{Answer, Body, Params, Problem, of_change};
use crate::records::Document;
use crate::state::Api;

/// Who has taken a conversation over, under its id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptTakeOver {
    pub(crate) account: String,
    pub(crate) name: String,
}

impl Document for KeptTakeOver {
    const KIND: &'static str = "take_over";
}

/// Something to say to the user.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Message {
    #[schema(min_length = 1, max_length = 4000, pattern = r"\S")]
    text: String,
}

/// That something was said.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Said {
    /// The number of its line.
    n: u64,
}

/// How long an answer waits for what was asked for to be done. It is done all the same afterwards.
const PATIENCE: Duration = Duration::from_secs(5);

/// Takes a conversation over: the bot keeps silent.
#[utoipa::path(post, path = "/workspaces/{workspace}/conversations/{id}/take-over", tag = "conversations", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 200, body = ConversationDocument), (status = 409)))]
pub(super) async fn take_over(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    headers: HeaderMap,
) -> Answer<Json<ConversationDocument>> {
    let row = one(&api, here.workspace(), &id).await?;
    is_chat(&api, &row)?;
    let account = match here.actor.who() {
        Who::Account { id, .. } => id.to_string(),
        Who::Key { id, .. } => id.to_string(),
    };
    let kept = KeptTakeOver { account, name: here.name().to_owned() };
    api.change()
        .put(here.workspace(), &id, Expected::Anything, &kept)
        .line(here.line("conversation.take_over", &format!("conversation/{id}")))
        .commit()
        .await
        .map_err(of_change)?;
    let watch = api.runner.watch(&row.key);
    let request = request_id(&here, &headers)?;
    api.runner.take_over(&row.key, &request, here.name()).await.map_err(not_kept)?;
    let row = settled(&api, watch, here.workspace(), row.number, |row| row.handed_over_at.is_some()).await?;
    shown(&api, row).await
}

/// Gives a conversation back: the bot goes on with the user's next message.
#[utoipa::path(post, path = "/workspaces/{workspace}/conversations/{id}/hand-back", tag = "conversations", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 200, body = ConversationDocument), (status = 409)))]
pub(super) async fn hand_back(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    headers: HeaderMap,
) -> Answer<Json<ConversationDocument>> {
    let row = one(&api, here.workspace(), &id).await?;
    is_chat(&api, &row)?;
    api.change()
        .remove::<KeptTakeOver>(here.workspace(), &id, Expected::Anything)
        .line(here.line("conversation.hand_back", &format!("conversation/{id}")))
        .commit()
        .await
        .map_err(of_change)?;
    let watch = api.runner.watch(&row.key);
    let request = request_id(&here, &headers)?;
    api.runner.hand_back(&row.key, &request).await.map_err(not_kept)?;
    let row = settled(&api, watch, here.workspace(), row.number, |row| row.handed_over_at.is_none()).await?;
    shown(&api, row).await
}

/// Says something to the user. `Idempotency-Key` lets a repeated request say it once.
#[utoipa::path(post, path = "/workspaces/{workspace}/conversations/{id}/messages", tag = "conversations", params(("workspace" = String, Path), ("id" = String, Path), ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 100, pattern = "^[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?$")), request_body = Message, responses((status = 201, body = Said), (status = 202, description = "It is kept, and on its way.", body = Said), (status = 409)))]
pub(super) async fn message(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    headers: HeaderMap,
    Body(body): Body<Message>,
) -> Answer<(StatusCode, Json<Said>)> {
    let row = one(&api, here.workspace(), &id).await?;
    is_chat(&api, &row)?;
    let text = body.text.trim();
    if text.is_empty() || text.chars().count() > 4000 {
        return Err(Problem::invalid_field("/text", "length", "A message has 1 to 4,000 characters."));
    }
    if row.handed_over_at.is_none() {
        let detail = "The bot has this conversation. What two say at once confuses the user.";
        return Err(Problem::new(StatusCode::CONFLICT, "not_taken_over", "Not taken over", detail)
            .hint("Take the conversation over first."));
    }
    let request = request_id(&here, &headers)?;
    let detail = json!({ "characters": text.chars().count() });
    let line = here.line_with("conversation.message", &format!("conversation/{id}"), &detail);
    api.change().line(line).commit().await.map_err(of_change)?;
    let watch = api.runner.watch(&row.key);
    let is_new = api.runner.say_as(&row.key, &request, here.name(), text).await.map_err(not_kept)?;
    // One that was said before stands somewhere above.
    let from = if is_new { row.lines } else { row.lines.saturating_sub(200) };
    let end = Instant::now() + PATIENCE;
    loop {
        let lines = api.store.transcript(&row.key, from, 400).await?;
        let is_it =
            |line: &Line| matches!(line, Line::Agent { by, text: said } if by == here.name() && said == text);
        if let Some(at) = lines.iter().position(|row| is_it(&row.line)) {
            return Ok((StatusCode::CREATED, Json(Said { n: from + at as u64 })));
        }
        if tokio::time::timeout_at(end, watch.changed()).await.is_err() {
            return Ok((StatusCode::ACCEPTED, Json(Said { n: row.lines })));
        }
    }
}

/// The conversation when what was asked for is done, or as it stands after a while.
async fn settled(
    api: &Api,
    watch: Watch,
    workspace: &Name,
    number: ConversationNumber,
    done: impl Fn(&ConversationRow) -> bool,
) -> Answer<ConversationRow> {
    let end = Instant::now() + PATIENCE;
    loop {
        let row = api.store.conversation_row(workspace, number).await?;
        let row = row.ok_or_else(|| Problem::not_found("conversation"))?;
        if done(&row) || tokio::time::timeout_at(end, watch.changed()).await.is_err() {
            return Ok(row);
        }
    }
}

async fn shown(api: &Api, row: ConversationRow) -> Answer<Json<ConversationDocument>> {
    let around = Around::of(api, &row.key.workspace).await?;
    Ok(Json(document(api, row, &around).await?))
}

/// Nobody can speak in place of the bot on the phone.
fn is_chat(api: &Api, row: &ConversationRow) -> Answer<()> {
    let account = api.registry().channel(&row.key.workspace, &row.key.channel);
    let account = account.ok_or_else(|| {
        let detail = "The channel of this conversation is not connected any more.";
        Problem::new(StatusCode::CONFLICT, "not_possible", "Not possible", detail)
    })?;
    if account.kind.capabilities().spoken {
        let detail = "This is a phone call. A bot puts a caller through with the step `transfer`.";
        return Err(Problem::new(StatusCode::CONFLICT, "not_possible", "Not possible", detail));
    }
    Ok(())
}

/// What comes again with the same id does nothing.
fn request_id(here: &Here, headers: &HeaderMap) -> Answer<String> {
    match headers.get("idempotency-key").map(|value| value.to_str()) {
        Some(Ok(key)) if (1..=100).contains(&key.len()) => {
            let who = match here.actor.who() {
                Who::Account { id, .. } => id.to_string(),
                Who::Key { id, .. } => id.to_string(),
            };
            Ok(format!("{who}/{key}"))
        }
        Some(_) => {
            let message = "The key has 1 to 100 characters of ASCII.";
            Err(Problem::invalid_field("/Idempotency-Key", "length", message))
        }
        None => crate::channels::random_word(16),
    }
}

fn not_kept(error: IngestError) -> Problem {
    tracing::error!(%error, "what a person did in a conversation was not kept");
    Problem::unavailable("The server could not keep it. Nothing was changed.")
}
