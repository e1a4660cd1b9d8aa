use std::time::Duration;

use async_trait::async_trait;
use countersign_store::{ConversationKey, Delivery};

/// What delivers to the users of a channel: a provider's API, a terminal, a socket.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Delivers one thing. It is called for one conversation in order, and again after [`SendError::Later`], so the
    /// same thing may come twice when the answer to the first was lost.
    ///
    /// Deleting a message that is too old, or on a channel that cannot delete, is no error.
    async fn deliver(&self, to: &ConversationKey, delivery: &Delivery) -> Result<(), SendError>;
}

/// Why something was not delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may work later: the provider is out of reach, slow, or asks to wait.
    #[error("the channel did not take the message, and it is tried again")]
    Later {
        /// How long the provider asks to wait.
        after: Option<Duration>,
    },
    /// It will never work.
    #[error("the channel refused the message{}", .code.as_ref().map_or(String::new(), |code| format!(" with the code {code}")))]
    Never {
        /// The provider's code, to look up in its documentation.
        code: Option<String>,
    },
}
