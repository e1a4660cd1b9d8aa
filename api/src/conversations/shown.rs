//! How a conversation is shown.

use std::collections::{BTreeMap, HashMap};

use countersign_engine::{Session, Status};
use countersign_model::Name;
use countersign_runner::Runner;
use countersign_script::Runnable;
use countersign_script::program::Fingerprint;
use countersign_store::{ConversationNumber, ConversationRow, StoredSession};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lines::words;
use super::reply::KeptTakeOver;
use crate::channels::{NamedChannel, named};
use crate::http::{Answer, Problem, rfc3339};
use crate::records;
use crate::state::Api;

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Conversation)]
pub(crate) struct ConversationDocument {
    id: String,
    channel: NamedChannel,
    contact: ContactDocument,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<String>,
    /// The fingerprint of the version that it runs on.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// The script that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    script: Option<String>,
    /// The step, by its place in the bot file: `scripts.balance.steps[1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    state: ConversationState,
    /// Who took it over in the console.
    #[serde(skip_serializing_if = "Option::is_none")]
    handed_to: Option<HandedTo>,
    /// When something was said last; absent when nothing of it is kept any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_line: Option<String>,
    logged_in: Vec<LoginDocument>,
    /// Deliveries that were given up.
    undelivered: usize,
}

/// Somebody who writes with a bot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ConversationContact)]
struct ContactDocument {
    id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    address: String,
}

/// Who has a conversation in place of the bot.
#[derive(Debug, Serialize, ToSchema)]
struct HandedTo {
    account: String,
    name: String,
}

/// That somebody is logged in.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HeldLogin)]
struct LoginDocument {
    component: String,
    expires_at: String,
}

/// How a conversation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConversationState {
    /// It waits for the user, or pauses.
    Waiting,
    /// It waits for a call of an API.
    Calling,
    /// The next message begins a script.
    Ended,
    /// A person has it.
    HandedOver,
}

/// What several conversations of a workspace are shown with.
pub(crate) struct Around {
    channels: BTreeMap<String, NamedChannel>,
    /// How many deliveries were given up.
    undelivered: HashMap<ConversationNumber, usize>,
}

impl Around {
    pub(crate) async fn of(api: &Api, workspace: &Name) -> Answer<Self> {
        /// What was given up before these is not counted.
        const LETTERS: usize = 1000;
        let channels = named(api, workspace).await?;
        let mut undelivered = HashMap::new();
        for letter in api.store.list_dead_letters(workspace, None, LETTERS).await? {
            *undelivered.entry(letter.conversation).or_default() += 1;
        }
        Ok(Self { channels, undelivered })
    }

    /// A channel, also one that is gone.
    pub(crate) fn channel(&self, id: &Name, session: Option<&Session>) -> NamedChannel {
        self.channels.get(id.as_str()).cloned().unwrap_or_else(|| NamedChannel {
            id: id.to_string(),
            kind: session.map_or_else(String::new, |session| session.channel().name().to_owned()),
            name: id.to_string(),
        })
    }
}

/// A conversation of the workspace by the id in a path.
pub(crate) async fn one(api: &Api, workspace: &Name, id: &str) -> Answer<ConversationRow> {
    let none = || Problem::not_found("conversation");
    let number = id.parse().map(ConversationNumber).map_err(|_| none())?;
    api.store.conversation_row(workspace, number).await?.ok_or_else(none)
}

/// A session, and the version of the bot that it runs on when that is still there.
pub(crate) fn session(
    runner: &Runner,
    workspace: &Name,
    stored: &StoredSession,
) -> Option<(Session, Option<Runnable>)> {
    let session = Session::from_bytes(&stored.bytes).ok()?;
    Some((session, runner.registry().version(workspace, Fingerprint(stored.version.0))))
}

/// How a conversation stands.
pub(super) fn state(runner: &Runner, row: &ConversationRow) -> ConversationState {
    if row.handed_over_at.is_some() {
        return ConversationState::HandedOver;
    }
    if row.calling.is_some() {
        return ConversationState::Calling;
    }
    let found = row.session.as_ref().and_then(|stored| session(runner, &row.key.workspace, stored));
    match found {
        Some((session, Some(bot))) if !matches!(session.status(&bot), Status::Ended(_)) => {
            ConversationState::Waiting
        }
        _ => ConversationState::Ended,
    }
}

/// Shows a conversation.
pub(super) async fn document(
    api: &Api,
    row: ConversationRow,
    around: &Around,
) -> Answer<ConversationDocument> {
    let workspace = &row.key.workspace;
    let found = row.session.as_ref().and_then(|stored| session(&api.runner, workspace, stored));
    let state = state(&api.runner, &row);
    let place = found.as_ref().and_then(|(session, bot)| session.position(bot.as_ref()?).map(str::to_owned));
    let id = row.number.0.to_string();
    let handed_to = match state {
        ConversationState::HandedOver => {
            records::load::<KeptTakeOver>(api.store.as_ref(), workspace, &id, api.now()).await?
        }
        _ => None,
    };
    let now = api.now();
    let held = match &row.bot {
        Some(bot) => api.store.held(&row.key, bot).await?,
        None => Vec::new(),
    };
    let alive = held
        .into_iter()
        .filter(|token| token.expires_at > now || token.refresh_until.is_some_and(|until| until > now));
    let last_at = row.last.as_ref().map(|last| last.at).or(row.handed_over_at);
    Ok(ConversationDocument {
        channel: around.channel(&row.key.channel, found.as_ref().map(|(session, _)| session)),
        contact: ContactDocument {
            id: id.clone(),
            name: found.as_ref().and_then(|(session, _)| session.contact().name.clone()),
            address: row.key.address.clone(),
        },
        bot: row.bot.as_ref().map(ToString::to_string),
        version: row.session.as_ref().map(|stored| format!("{:016x}", stored.version.0)),
        script: place.as_deref().and_then(script).map(str::to_owned),
        step: place,
        state,
        handed_to: handed_to.map(|kept| HandedTo { account: kept.value.account, name: kept.value.name }),
        last_at: last_at.map(rfc3339),
        last_line: row.last.as_ref().map(|last| words(&last.line)),
        logged_in: alive
            .map(|token| LoginDocument {
                component: token.component.to_string(),
                expires_at: rfc3339(token.expires_at),
            })
            .collect(),
        undelivered: around.undelivered.get(&row.number).copied().unwrap_or(0),
        id,
    })
}

/// The script of a step's place: `balance` of `scripts.balance.steps[1]`.
fn script(place: &str) -> Option<&str> {
    place.strip_prefix("scripts.")?.split('.').next()
}

/// An address of which only the end shows.
pub(crate) fn masked(address: &str) -> String {
    let shown: String = address.chars().skip(address.chars().count().saturating_sub(2).max(2)).collect();
    format!("•••{shown}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_show_their_end_alone() {
        assert_eq!(masked("34600111222"), "•••22");
        assert_eq!(["", "1", "12", "123"].map(masked), ["•••", "•••", "•••", "•••3"]);
    }

    #[test]
    fn a_place_names_its_script() {
        assert_eq!(script("scripts.balance.steps[1].then[0]"), Some("balance"));
        assert_eq!(script("forms.address"), None);
    }
}
