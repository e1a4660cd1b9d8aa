use countersign_model::Timestamp;
use serde::Serialize;

/// Something that the bot sent to a user and the provider accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Counts from 1 for each user.
    pub index: u64,
    /// When it was accepted.
    pub at: Timestamp,
    /// What it is.
    pub kind: SentKind,
    /// The provider's id of it; empty where there is none.
    pub id: String,
    /// Its text, or the words that were spoken.
    pub text: String,
    /// What can be tapped, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Offer>,
    /// Where the picture or file is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// What the bot wants to know it by: `biz_opaque_callback_data`, `metadata`, `client-ref`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Where receipts of it go, when the bot asked for them with the message.
    #[serde(skip)]
    pub callback: Option<String>,
}

/// A button, a row, or a quick reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Offer {
    /// What stands on it.
    pub label: String,
    /// What comes back when it is tapped.
    pub payload: String,
    /// Messenger: whether it comes back as a postback (a button of a template) and not as a message (a quick reply).
    #[serde(skip)]
    pub postback: bool,
}

/// Kinds of what a bot sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SentKind {
    /// A message.
    Message,
    /// Words on the phone.
    Spoken,
    /// The message of the user with the id `id` was deleted.
    Deleted,
    /// The message of the user with the id `id` was marked as read.
    Read,
    /// “Typing…”.
    Typing,
    /// The tap with the id `id` was answered.
    TapAnswered,
    /// The call was put through to the number in `text`.
    HandedOver,
    /// The call is over; `text` says why.
    CallEnded,
}

impl SentKind {
    /// Whether a person would notice it as something that was said.
    pub fn is_said(self) -> bool {
        matches!(self, Self::Message | Self::Spoken)
    }
}

/// How far a message came, for receipts that are sent on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptState {
    /// On its way.
    Sent,
    /// On the user's device.
    Delivered,
    /// Seen.
    Read,
    /// It will not arrive.
    Failed,
}

/// What a message holds, before it is accepted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Content {
    pub(crate) text: String,
    pub(crate) options: Vec<Offer>,
    pub(crate) media: Option<String>,
    pub(crate) reference: Option<String>,
    pub(crate) callback: Option<String>,
}

impl Content {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn into_sent(self, kind: SentKind, id: String, at: Timestamp) -> Sent {
        let Self { text, options, media, reference, callback } = self;
        Sent { index: 0, at, kind, id, text, options, media, reference, callback }
    }
}
