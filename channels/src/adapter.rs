use std::fmt;
use std::time::Duration;

use countersign_model::{ChannelKind, MessageRef, OutMessage, Timestamp};

use crate::event::ChannelEvent;
use crate::request::{Answer, HttpRequest, HttpResponse, WebhookRequest};
use crate::voice::Voice;

/// One account at a provider with its settings. It performs no IO.
pub trait Adapter: Send + Sync + fmt::Debug {
    /// The kind of channel.
    fn kind(&self) -> ChannelKind;

    /// An answer that is given before anything is verified: the handshake by which a provider makes sure that the
    /// address is ours. `None` for everything else.
    fn greet(&self, request: &WebhookRequest<'_>) -> Option<Answer> {
        let _ = request;
        None
    }

    /// Compares the signature over the raw bytes, in constant time. `now` is for signatures that hold a time.
    ///
    /// # Errors
    /// [`BadSignature`]; the webhook is answered with 401 and an empty body.
    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        now: Timestamp,
    ) -> Result<Verified<'r>, BadSignature>;

    /// Reads what came in. One bad part of a batch does not lose the rest, and what is not understood is left out,
    /// because a provider repeats what is not answered positively.
    ///
    /// # Errors
    /// [`Malformed`] when nothing of it can be read; the webhook is answered with 400.
    fn decode(&self, webhook: Verified<'_>, now: Timestamp) -> Result<Decoded, Malformed>;

    /// What is sent at once when an event has been kept, without being kept itself: "read", the end of a spinner. A
    /// failure of it is of no consequence.
    fn courtesies(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        let _ = event;
        Vec::new()
    }

    /// What is sent when the answer to an event takes a while: "typing". An answer that comes at once would meet it on
    /// its way, and some channels would go on showing it after the answer.
    fn at_work(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        let _ = event;
        Vec::new()
    }

    /// Begins to say something. The first `done` requests of the same message have been accepted before and are not
    /// made again.
    ///
    /// # Errors
    /// [`SendError`] when the channel cannot say it at all.
    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, SendError>;

    /// Deletes a message of the user that holds a secret; `None` where the channel cannot do it.
    fn erase(&self, to: &str, message: &MessageRef) -> Option<Box<dyn Sending>> {
        let _ = (to, message);
        None
    }

    /// The side of a provider of phone calls; `None` for the other kinds.
    fn voice(&self) -> Option<&dyn Voice> {
        None
    }
}

/// A webhook whose signature was compared. Only an [`Adapter::verify`] makes one.
#[derive(Debug)]
pub struct Verified<'r> {
    request: &'r WebhookRequest<'r>,
}

impl<'r> Verified<'r> {
    /// To be called where the signature has just been compared, and nowhere else.
    pub(crate) fn seal(request: &'r WebhookRequest<'r>) -> Self {
        Self { request }
    }

    pub(crate) fn request(&self) -> &'r WebhookRequest<'r> {
        self.request
    }
}

/// The signature does not fit, is missing, or is too old. It says nothing more, because what it would say helps only
/// whoever guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature of the webhook does not fit")]
pub struct BadSignature;

/// Nothing of the webhook can be read. It never holds a part of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body of the webhook is not what the provider sends")]
pub struct Malformed;

/// What a webhook holds.
#[derive(Debug)]
pub struct Decoded {
    /// In the order in which they stand in it.
    pub events: Vec<ChannelEvent>,
    /// How many parts were not understood and left out.
    pub skipped: usize,
    /// What the provider wants to read when the events are kept.
    pub answer: Answer,
    /// On the phone: the provider's id of the call that waits to be told what comes next. Then the answer is made by
    /// [`Voice`] and not the one above.
    pub asks: Option<String>,
}

impl Decoded {
    /// With the answer that most providers want: 200 and nothing.
    pub fn new(events: Vec<ChannelEvent>, skipped: usize) -> Self {
        Self { events, skipped, answer: Answer::empty(), asks: None }
    }
}

/// A message on its way: one request after another.
pub trait Sending: Send {
    /// Takes the answer to the request before (`None` at first) and gives what follows.
    ///
    /// # Errors
    /// [`SendError`]: what the provider's code asks for.
    fn advance(&mut self, last: Option<&HttpResponse>) -> Result<Progress, SendError>;
}

/// What follows in a [`Sending`].
#[derive(Debug)]
pub enum Progress {
    /// This is sent, and its answer goes to [`Sending::advance`].
    Send(HttpRequest),
    /// All of it was accepted, under these ids.
    Done(Vec<MessageRef>),
}

/// Why something was not sent: whose matter it is, and what is to be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The provider asks to slow down. The same request is made again.
    #[error("the provider asks to slow down{}", code_in_words(.code))]
    Throttled {
        /// How long it asks to wait.
        after: Option<Duration>,
        /// Its code.
        code: Option<String>,
    },
    /// The provider has a problem of its own. The same request is made again; it may arrive twice.
    #[error("the provider has a problem at the moment{}", code_in_words(.code))]
    Unavailable {
        /// Its code.
        code: Option<String>,
    },
    /// The user has blocked us, opted out, or cannot be reached on this channel. What is said to them before they write
    /// again will be refused as well.
    #[error("the user cannot be reached or does not want to be{}", code_in_words(.code))]
    Gone {
        /// The provider's code.
        code: Option<String>,
    },
    /// The provider understood this message and refused it.
    #[error("the provider refused the message{}", code_in_words(.code))]
    Refused {
        /// Its code, to look up in its documentation.
        code: Option<String>,
    },
    /// The settings of the channel are wrong, or the account is not in order: a matter for the operator. Everything to
    /// the channel waits until it is mended.
    #[error("the provider does not accept this account; look at the settings of the channel{}", code_in_words(.code))]
    Account {
        /// The provider's code.
        code: Option<String>,
    },
    /// The channel has no way to say this.
    #[error("this channel cannot say a message of this kind")]
    Unsupported,
}

impl SendError {
    /// The provider's code.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Throttled { code, .. }
            | Self::Unavailable { code }
            | Self::Gone { code }
            | Self::Refused { code }
            | Self::Account { code } => code.as_deref(),
            Self::Unsupported => None,
        }
    }

    /// Whether trying again later may help.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Throttled { .. } | Self::Unavailable { .. } | Self::Account { .. })
    }
}

fn code_in_words(code: &Option<String>) -> String {
    code.as_ref().map_or_else(String::new, |code| format!(" (code {code})"))
}
