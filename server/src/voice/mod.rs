//! Calls on the phone: a webhook waits for its turn and is answered with what the caller hears.

use std::time::Duration;

use async_trait::async_trait;
use countersign_runner::{Channel, ConversationKey, Delivery, SendError};

/// How long a caller is let wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// After how long silence is broken: "One moment, please."
    pub filler_after: Duration,
    /// How long a webhook is held at most while something is under way; less where the provider waits less.
    pub longest: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { filler_after: Duration::from_secs(2), longest: Duration::from_secs(8) }
    }
}

/// The sender of a phone channel. What the bot says is read from the transcript by whoever answers the webhook, so
/// there is nothing left to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct PhoneChannel;

#[async_trait]
impl Channel for PhoneChannel {
    async fn deliver(&self, _: &ConversationKey, _: &Delivery) -> Result<(), SendError> {
        Ok(())
    }
}
