//! At which steps users go silent.

use std::collections::HashMap;
use std::time::Duration;

use countersign_model::{Name, Timestamp};
use countersign_store::ConversationKey;

/// A user who says nothing for so long at a question has left there.
const SILENCE: Duration = Duration::from_secs(30 * 60);
/// More conversations than that are not watched: those of a server that was started anew are not known either.
const MOST: usize = 50_000;

/// The questions that conversations stand at.
#[derive(Default)]
pub(super) struct Silences(HashMap<ConversationKey, Standing>);

struct Standing {
    bot: Name,
    step: String,
    since: Timestamp,
}

/// A user who went silent.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Left {
    pub(super) conversation: ConversationKey,
    pub(super) bot: Name,
    pub(super) step: String,
    /// When the question was asked.
    pub(super) at: Timestamp,
}

impl Silences {
    /// A turn has come to a step; `step` is none when nothing is asked there.
    pub(super) fn came(&mut self, key: &ConversationKey, bot: &Name, step: Option<&str>, now: Timestamp) {
        match step {
            Some(step) if self.0.len() < MOST || self.0.contains_key(key) => {
                let standing = Standing { bot: bot.clone(), step: step.to_owned(), since: now };
                self.0.insert(key.clone(), standing);
            }
            _ => {
                self.0.remove(key);
            }
        }
    }

    /// The user has said something, so they are there.
    pub(super) fn heard(&mut self, key: &ConversationKey, now: Timestamp) {
        if let Some(standing) = self.0.get_mut(key) {
            standing.since = now;
        }
    }

    /// Nothing is under way any more. Gives the question that the conversation stood at.
    pub(super) fn ended(&mut self, key: &ConversationKey) -> Option<Left> {
        let Standing { bot, step, since } = self.0.remove(key)?;
        Some(Left { conversation: key.clone(), bot, step, at: since })
    }

    /// Takes those out who have left.
    pub(super) fn left(&mut self, now: Timestamp) -> Vec<Left> {
        let gone = self.0.extract_if(|_, standing| now.since(standing.since) >= SILENCE);
        gone.map(|(conversation, Standing { bot, step, since })| Left { conversation, bot, step, at: since })
            .collect()
    }
}
