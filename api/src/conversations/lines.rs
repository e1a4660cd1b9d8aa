//! What was said.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_model::OutMessage;
use countersign_store::{ConversationRow, Delivery, Line, TranscriptRow};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::shown::one;
use crate::access::Here;
use crate::http::{Answer, Params, Problem, Query, countable, rfc3339};
use crate::state::Api;

/// In the place of what nobody may read.
const SECRET: &str = "•••";

/// Lines of a conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Lines {
    lines: Vec<LineDocument>,
    /// Where it goes on; absent at the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<u64>,
}

/// A line of a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Line)]
pub(crate) struct LineDocument {
    /// Its number from the beginning of the conversation, from 0.
    n: u64,
    at: String,
    from: LineFrom,
    /// What was said; a secret is `•••`.
    text: String,
    /// `text`, `secret`, `options`, `media`, `location`, `link`, `card`, `page`, `handover`, `hung_up`, `taken_over`, `handed_back`.
    kind: &'static str,
    /// The labels of buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    choices: Vec<String>,
    /// The name of the person who said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    /// How far it came, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<LineDelivery>,
}

/// Who said a line.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum LineFrom {
    User,
    Bot,
    Agent,
    /// Nobody: it tells what happened.
    Note,
}

/// How far a line came.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum LineDelivery {
    /// It was given up.
    Failed,
}

/// Which lines are wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Which {
    /// From this line on; 0 when not given.
    from: Option<u64>,
    /// How many at most; 100 when not given.
    #[param(minimum = 1, maximum = 500)]
    limit: Option<usize>,
}

/// What was said in a conversation, oldest first.
#[utoipa::path(get, path = "/workspaces/{workspace}/conversations/{id}/lines", tag = "conversations", params(("workspace" = String, Path), ("id" = String, Path), Which), responses((status = 200, body = Lines)))]
pub(super) async fn list(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    Query(which): Query<Which>,
) -> Answer<Json<Lines>> {
    let limit = which.limit.unwrap_or(100);
    if !(1..=500).contains(&limit) {
        return Err(Problem::invalid_field("/limit", "out_of_range", "There are 1 to 500 lines at once."));
    }
    let row = one(&api, here.workspace(), &id).await?;
    let from = countable("/from", which.from)?.unwrap_or(0).min(row.lines);
    let lines = read(&api, &row, from, limit).await?;
    let end = from.saturating_add(u64::try_from(limit).unwrap_or(u64::MAX));
    Ok(Json(Lines { lines, next: (end < row.lines).then_some(end) }))
}

/// Some lines of a conversation.
pub(crate) async fn read(
    api: &Api,
    row: &ConversationRow,
    from: u64,
    limit: usize,
) -> Answer<Vec<LineDocument>> {
    let rows = api.store.transcript(&row.key, from, limit).await?;
    // Rows that are kept no longer are missing at the beginning.
    let first = match rows.len() < limit {
        true => from.max(row.lines.saturating_sub(rows.len() as u64)),
        false => from,
    };
    let mut failed = vec![false; rows.len()];
    let letters = api.store.list_dead_letters(&row.key.workspace, None, 1000).await?;
    for letter in letters.iter().filter(|letter| letter.conversation == row.number) {
        let Delivery::Say(message) = &letter.letter.delivery else { continue };
        // The last one that says the same before it was given up.
        let said = |row: &TranscriptRow| row.at <= letter.letter.at && says(&row.line, message);
        if let Some(at) = (0..rows.len()).rev().find(|at| !failed[*at] && said(&rows[*at])) {
            failed[at] = true;
        }
    }
    let shown = rows.into_iter().zip(failed).zip(first..);
    Ok(shown.map(|((row, failed), n)| line(n, row, failed)).collect())
}

fn says(line: &Line, message: &OutMessage) -> bool {
    match line {
        Line::Bot(said) => said == message,
        Line::Agent { text, .. } => matches!(message, OutMessage::Text(said) if said == text),
        _ => false,
    }
}

fn line(n: u64, row: TranscriptRow, failed: bool) -> LineDocument {
    let (from, kind) = match &row.line {
        Line::User(_) => (LineFrom::User, "text"),
        Line::Secret => (LineFrom::User, "secret"),
        Line::Bot(message) => (LineFrom::Bot, kind(message)),
        Line::Page { .. } => (LineFrom::Bot, "page"),
        Line::Agent { .. } => (LineFrom::Agent, "text"),
        Line::Handover { .. } => (LineFrom::Note, "handover"),
        Line::HungUp => (LineFrom::Note, "hung_up"),
        Line::TakenOver { .. } => (LineFrom::Note, "taken_over"),
        Line::HandedBack => (LineFrom::Note, "handed_back"),
    };
    let choices = match &row.line {
        Line::Bot(message) => message.choices().iter().map(|choice| choice.label.clone()).collect(),
        _ => Vec::new(),
    };
    let agent = match &row.line {
        Line::Agent { by, .. } | Line::TakenOver { by } => Some(by.clone()),
        _ => None,
    };
    LineDocument {
        n,
        at: rfc3339(row.at),
        from,
        text: words(&row.line),
        kind,
        choices,
        agent,
        delivery: failed.then_some(LineDelivery::Failed),
    }
}

fn kind(message: &OutMessage) -> &'static str {
    match message {
        OutMessage::Text(_) => "text",
        OutMessage::Options { .. } => "options",
        OutMessage::Media(_) => "media",
        OutMessage::Location { .. } => "location",
        OutMessage::Link { .. } => "link",
        OutMessage::Card { .. } => "card",
    }
}

/// A line in words.
pub(super) fn words(line: &Line) -> String {
    match line {
        Line::Secret => SECRET.to_owned(),
        Line::Handover { number: None } => "handed over to a person".to_owned(),
        Line::Handover { number: Some(_) } => "put through to a number".to_owned(),
        Line::HungUp => "hung up or left".to_owned(),
        Line::TakenOver { by } => format!("{by} took over"),
        Line::HandedBack => "handed back to the bot".to_owned(),
        Line::Bot(OutMessage::Media(media)) => {
            let caption = media.caption.as_ref().map_or(String::new(), |caption| format!(" {caption}"));
            format!("[{}]{caption}", media.kind.name())
        }
        Line::Bot(OutMessage::Location { latitude, longitude, name }) => {
            name.clone().unwrap_or_else(|| format!("{latitude}, {longitude}"))
        }
        Line::Bot(OutMessage::Link { text, label, .. }) => format!("{text}\n[{label}]"),
        Line::Bot(OutMessage::Card { title, text, .. }) => {
            text.as_ref().map_or_else(|| title.clone(), |text| format!("{title}\n{text}"))
        }
        other => other.text().unwrap_or_default().to_owned(),
    }
}
