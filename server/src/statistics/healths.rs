//! How the channels do, since the start.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use countersign_api::{ChannelFailure, ChannelHealth};
use countersign_model::{Name, Timestamp};
use countersign_runner::SendError;
use countersign_store::ConversationKey;

use crate::telemetry::WebhookResult;

/// How each channel does.
#[derive(Default)]
pub(crate) struct Healths(Mutex<HashMap<(Name, Name), Doing>>);

#[derive(Default)]
struct Doing {
    health: ChannelHealth,
    /// Addresses with a delivery that waits to be tried again.
    waiting: HashSet<String>,
}

/// More are not counted.
const MOST: usize = 10_000;

impl Healths {
    /// How a channel does.
    pub(crate) fn of(&self, workspace: &Name, channel: &Name) -> ChannelHealth {
        let doing = self.doing();
        let Some(doing) = doing.get(&(workspace.clone(), channel.clone())) else {
            return ChannelHealth::default();
        };
        ChannelHealth { waiting: doing.waiting.len(), ..doing.health.clone() }
    }

    /// A webhook was answered. Gives whether that differs from the one before.
    pub(crate) fn webhook(
        &self,
        workspace: &Name,
        channel: &Name,
        result: WebhookResult,
        now: Timestamp,
    ) -> bool {
        let why = match result {
            WebhookResult::Accepted | WebhookResult::Greeted => None,
            WebhookResult::Unsigned => {
                Some("The signature does not fit: compare the secret with the provider's.")
            }
            WebhookResult::Malformed => Some("It could not be read: is it of another version of the API?"),
            WebhookResult::Unavailable => {
                Some("The server was too busy, or its database could not be written.")
            }
            WebhookResult::Waiting => {
                Some("The bot that the configuration names was never published: publish it.")
            }
        };
        self.with(workspace, channel, |doing| {
            let was_refused = doing.health.last_refused.map(|(at, _)| at) > doing.health.last_webhook_at;
            match why {
                None => doing.health.last_webhook_at = Some(now),
                Some(why) => doing.health.last_refused = Some((now, why)),
            }
            was_refused != why.is_some()
        })
    }

    /// The channel took a delivery. Gives whether the one before was not taken.
    pub(super) fn delivered(&self, key: &ConversationKey, now: Timestamp) -> bool {
        self.with(&key.workspace, &key.channel, |doing| {
            let had_failed = doing.had_failed();
            doing.health.last_delivery_at = Some(now);
            doing.waiting.remove(&key.address);
            had_failed
        })
    }

    /// A delivery failed; with `later` it is tried again. Gives whether the one before was taken.
    pub(super) fn failed(&self, key: &ConversationKey, why: &SendError, later: bool, now: Timestamp) -> bool {
        self.not_taken(key, why.code().map(str::to_owned), why.to_string(), later, now)
    }

    /// The provider told that a message did not arrive which it had taken.
    pub(super) fn not_arrived(&self, key: &ConversationKey, code: Option<&str>, now: Timestamp) -> bool {
        let message = "the provider tells that a message did not arrive".to_owned();
        self.not_taken(key, code.map(str::to_owned), message, false, now)
    }

    fn not_taken(
        &self,
        key: &ConversationKey,
        code: Option<String>,
        message: String,
        later: bool,
        now: Timestamp,
    ) -> bool {
        self.with(&key.workspace, &key.channel, |doing| {
            let had_failed = doing.had_failed();
            doing.health.last_failure = Some(ChannelFailure { at: now, code, message });
            if !later {
                doing.waiting.remove(&key.address);
            } else if doing.waiting.len() < MOST {
                doing.waiting.insert(key.address.clone());
            }
            !had_failed
        })
    }

    fn with<T>(&self, workspace: &Name, channel: &Name, change: impl FnOnce(&mut Doing) -> T) -> T {
        change(self.doing().entry((workspace.clone(), channel.clone())).or_default())
    }

    fn doing(&self) -> MutexGuard<'_, HashMap<(Name, Name), Doing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Doing {
    fn had_failed(&self) -> bool {
        self.health.last_failure.as_ref().map(|failure| failure.at) > self.health.last_delivery_at
    }
}
