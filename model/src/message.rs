use std::fmt;

use serde::{Deserialize, Serialize};

use crate::SecretText;

/// What a bot says, before a channel gives it its form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum OutMessage {
    /// Plain text.
    Text(String),
    /// A question with choices; a channel without buttons shows them numbered.
    Options {
        /// What is asked.
        text: String,
        /// What can be chosen, in order.
        choices: Vec<Choice>,
    },
    /// A picture, a recording, a video or a file.
    Media(Media),
    /// A place.
    Location {
        /// Degrees north, as the author wrote it.
        latitude: String,
        /// Degrees east, as the author wrote it.
        longitude: String,
        /// What is there.
        name: Option<String>,
    },
    /// A link with words of its own.
    Link {
        /// What stands above it.
        text: String,
        /// The words on the button.
        label: String,
        /// Where it leads.
        url: String,
    },
    /// A card: a title with a text, a picture and buttons, each optional.
    Card {
        /// The title.
        title: String,
        /// The text under it.
        text: Option<String>,
        /// Address of the picture.
        image: Option<String>,
        /// What can be chosen, in order.
        choices: Vec<Choice>,
    },
}

impl OutMessage {
    /// The choices that the message offers, none for most.
    pub fn choices(&self) -> &[Choice] {
        match self {
            Self::Options { choices, .. } | Self::Card { choices, .. } => choices,
            Self::Text(_) | Self::Media(_) | Self::Location { .. } | Self::Link { .. } => &[],
        }
    }
}

/// A button or a row of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What the user sees.
    pub label: String,
    /// What comes back when the user chooses it.
    pub payload: String,
}

/// A file that lies at an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// What kind of file it is.
    pub kind: MediaKind,
    /// Where it lies.
    pub url: String,
    /// The words that go with it.
    pub caption: Option<String>,
}

/// Kinds of media that channels tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A recording.
    Audio,
    /// A film.
    Video,
    /// Any other file.
    Document,
}

impl MediaKind {
    /// The word for it in a bot file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Audio => "audio",
            Self::Video => "video",
            Self::Document => "document",
        }
    }
}

/// The provider's id of one message, with which it can be deleted or quoted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageRef(pub String);

/// How far a message of the bot has come, in order. A state never goes back, in whatever order the provider tells of them;
/// `Failed` is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ReceiptState {
    /// The provider has it.
    Queued,
    /// It is on its way to the user.
    Sent,
    /// It has reached the user's device.
    Delivered,
    /// The user has seen it.
    Read,
    /// It will not arrive.
    Failed,
}

/// What a user sent.
#[derive(Debug)]
pub struct Reply {
    /// What it is.
    pub content: Content,
    /// The provider's id of it.
    pub reference: Option<MessageRef>,
}

impl Reply {
    /// A plain text without a provider's id.
    pub fn text(text: impl Into<SecretText>) -> Self {
        Self { content: Content::Text(text.into()), reference: None }
    }

    /// Digits from a keypad.
    pub fn digits(digits: impl Into<SecretText>) -> Self {
        Self { content: Content::Digits(digits.into()), reference: None }
    }
}

/// The content of a reply. Text and digits are [`SecretText`], because any of them may be a password until the
/// engine has looked at the question that was asked.
pub enum Content {
    /// Typed or spoken words.
    Text(SecretText),
    /// Keys pressed on a phone; the finish key is not part of it.
    Digits(SecretText),
    /// A button or a row that the bot had offered.
    Choice {
        /// What the bot had put behind it.
        payload: String,
        /// What stood on it.
        label: String,
    },
    /// A file.
    Media(Media),
    /// A place.
    Location {
        /// Degrees north.
        latitude: String,
        /// Degrees east.
        longitude: String,
    },
    /// Nothing, in time: a caller pressed no key.
    Silence,
    /// Something that the channel cannot carry (a sticker, a poll).
    Unsupported,
}

/// Shows the kind alone, never what the user wrote.
impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(•••)",
            Self::Digits(_) => "Digits(•••)",
            Self::Choice { .. } => "Choice(…)",
            Self::Media(_) => "Media(…)",
            Self::Location { .. } => "Location(…)",
            Self::Silence => "Silence",
            Self::Unsupported => "Unsupported",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_does_not_show_what_was_written() {
        let shown = format!("{:?}", Reply::text("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
        let digits = format!("{:?}", Reply::digits("4711"));
        assert!(!digits.contains("4711"), "{digits}");
    }
}
