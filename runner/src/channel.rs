use std::time::Duration;

use async_trait::async_trait;
use countersign_store::{ConversationKey, Delivery};

/// What delivers to the users of a channel: a provider's API, a terminal, a socket.
#[async_trait]
pub trait Channel: Send + Sync {
    /// Delivers one thing. It is called for one conversation in order, and again after [`SendError::Later`], so the
    /// same thing may come twice when the answer to the first was lost.
    ///
    /// A provider may need several requests for one thing. The first `done` of them have been accepted before and are
    /// not made again; a channel without requests has no use for it.
    ///
    /// Deleting a message that is too old, or on a channel that cannot delete, is no error.
    async fn deliver(&self, to: &ConversationKey, delivery: &Delivery, done: u32) -> Result<(), SendError>;
}

/// Why something was not delivered, or not all of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// It may work later: the provider is out of reach, slow, or asks to wait.
    #[error("the channel did not take the message, and it is tried again{}", code_in_words(.code))]
    Later {
        /// How long the provider asks to wait. Nothing at all, after progress, means that the rest follows at once.
        after: Option<Duration>,
        /// How many of the requests have been accepted, those of earlier times included.
        done: u32,
        /// The provider's code, to look up in its documentation.
        code: Option<String>,
    },
    /// The provider does not accept the account: a matter for the operator. It works when that is mended, so it is
    /// tried again, less often.
    #[error(
        "the provider does not accept the account of the channel; look at its settings and at the provider's \
         console{}", code_in_words(.code)
    )]
    Account {
        /// How many of the requests have been accepted, those of earlier times included.
        done: u32,
        /// The provider's code.
        code: Option<String>,
    },
    /// It will never work.
    #[error("the channel refused the message{}", code_in_words(.code))]
    Never {
        /// The provider's code.
        code: Option<String>,
    },
}

impl SendError {
    /// The provider's code.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Later { code, .. } | Self::Account { code, .. } | Self::Never { code } => code.as_deref(),
        }
    }
}

fn code_in_words(code: &Option<String>) -> String {
    code.as_ref().map_or_else(String::new, |code| format!(" (code {code})"))
}
