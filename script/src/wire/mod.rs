//! The types of the bot file, as a person writes it.
//!
//! They hold what stands in the file and nothing that is worked out from it, so a file that is read and written is
//! the same bot. Their comments are the descriptions of the published JSON Schema.

pub(crate) mod decode;

mod condition;
mod form;
mod question;
mod script;
mod service;
mod step;
mod text;
mod token;
mod value;

pub use condition::{Condition, Operators, Row, Rows};
pub use decode::{Entries, OneOrMany, Spanned};
pub use form::FormComponent;
pub use question::{
    AnswerKind, BranchChoice, FormQuestion, Keypad, LabelledChoice, Length, PlainChoice, Range,
    ServiceQuestion, TokenQuestion,
};
pub use script::{Occasion, Script, Trigger};
pub use service::{Each, Idempotency, ServiceComponent};
pub use step::*;
pub use text::{Text, Words};
pub use token::{Encoding, Refresh, Sign, TokenComponent};
pub use value::{Json, Pause, Seconds, Simple};

use countersign_model::ChannelKind;
use decode::{At, Cx, Decode, wire, words};

use crate::node::Node;

/// The version of the format.
pub(crate) const VERSION: u64 = 1;

wire! {
    /// A bot: scripts and the components that they use.
    struct BotFile, "a map that describes a bot" {
        /// The version of this format: 1.
        countersign: Spanned<u64>,
        /// The bot's id: letters, digits, `-` and `_`.
        bot: Spanned<String>,
        /// The bot's name for people.
        name: Option<Spanned<String>>,
        /// The language of the texts, as a BCP 47 tag; `en` when not given.
        language: Option<Spanned<String>>,
        /// All languages in which the bot has texts.
        languages: Option<Spanned<Vec<Spanned<String>>>>,
        /// The kinds of channel that the bot is for. The check looks at what they can do.
        channels: Option<Spanned<Vec<Spanned<Channel>>>>,
        /// Words with which a user leaves a question.
        cancel_words: Option<Spanned<Words>>,
        /// Sentences of the platform in the bot's own words.
        texts: Option<Spanned<Texts>>,
        /// Authorization Token components: how users log in.
        authorization_tokens: Option<Spanned<Vec<Spanned<TokenComponent>>>>,
        /// Web Service components: calls of APIs.
        web_services: Option<Spanned<Vec<Spanned<ServiceComponent>>>>,
        /// Form components: questions whose answers are kept as a lead.
        forms: Option<Spanned<Vec<Spanned<FormComponent>>>>,
        /// Scripts: the conversation flows.
        scripts: Spanned<Vec<Spanned<Script>>>,
    }
}

wire! {
    /// Sentences that the platform says when the author wrote none.
    struct Texts, "a map of sentences" {
        /// No trigger matched and there is no fallback script.
        not_understood: Option<Spanned<Text>>,
        /// A choice was not recognised.
        choose: Option<Spanned<Text>>,
        /// An answer is not of the kind that was asked for, by kind.
        retry: Option<Spanned<RetryTexts>>,
        /// The user left with a cancel word.
        cancelled: Option<Spanned<Text>>,
        /// No valid answer after all tries.
        no_answer: Option<Spanned<Text>>,
        /// A login failed and will be asked for again.
        login_failed_retry: Option<Spanned<Text>>,
        /// A login failed for the last time.
        login_failed: Option<Spanned<Text>>,
        /// The auth service asked to wait before the next try.
        login_paused: Option<Spanned<Text>>,
        /// The auth service did not answer, or not sensibly.
        login_unavailable: Option<Spanned<Text>>,
        /// A login was not finished in time.
        prompt_expired: Option<Spanned<Text>>,
        /// The login ended in mid-script and is asked for again.
        login_again: Option<Spanned<Text>>,
        /// A step needs a younger login than the one that is there.
        fresh_login: Option<Spanned<Text>>,
        /// This channel cannot log in.
        login_impossible: Option<Spanned<Text>>,
        /// An API refused.
        service_failed: Option<Spanned<Text>>,
        /// An API did not answer.
        service_unavailable: Option<Spanned<Text>>,
        /// The bot had to stop.
        trouble: Option<Spanned<Text>>,
        /// Only digits can be the answer.
        digits_only: Option<Spanned<Text>>,
        /// Sent with the link to a login page.
        login_page: Option<Spanned<Text>>,
        /// What that link says.
        login_page_open: Option<Spanned<Text>>,
        /// The login on the page was good, and its digits are to be typed in the chat.
        page_digits: Option<Spanned<Text>>,
        /// What was typed is not the digits of the page.
        page_digits_wrong: Option<Spanned<Text>>,
    }
}

wire! {
    /// What is said when an answer is not of the kind asked for.
    struct RetryTexts, "a map of sentences by kind of answer" {
        /// An empty or too long text.
        text: Option<Spanned<Text>>,
        /// Not a number, or outside the range.
        number: Option<Spanned<Text>>,
        /// Not an e-mail address.
        email: Option<Spanned<Text>>,
        /// Not a phone number.
        phone: Option<Spanned<Text>>,
        /// Not digits, or the wrong count of them.
        digits: Option<Spanned<Text>>,
        /// Not a code.
        code: Option<Spanned<Text>>,
        /// Not a date.
        date: Option<Spanned<Text>>,
        /// Not a web address.
        url: Option<Spanned<Text>>,
        /// Not a location.
        location: Option<Spanned<Text>>,
        /// Not a file.
        file: Option<Spanned<Text>>,
        /// Does not match the pattern.
        pattern: Option<Spanned<Text>>,
    }
}

words! {
    /// Kinds of channel.
    enum Channel, "a kind of channel" {
        /// WhatsApp.
        Whatsapp = "whatsapp",
        /// Facebook Messenger.
        Messenger = "messenger",
        /// Instagram.
        Instagram = "instagram",
        /// Telegram.
        Telegram = "telegram",
        /// SMS.
        Sms = "sms",
        /// A phone call.
        Phone = "phone",
        /// Slack.
        Slack = "slack",
        /// LINE.
        Line = "line",
        /// Viber.
        Viber = "viber",
        /// The chat on a web page.
        Web = "web",
        /// The chat in a mobile app.
        Mobile = "mobile",
        /// The chat in a desktop program.
        Desktop = "desktop",
    }
}

impl From<Channel> for ChannelKind {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Whatsapp => Self::Whatsapp,
            Channel::Messenger => Self::Messenger,
            Channel::Instagram => Self::Instagram,
            Channel::Telegram => Self::Telegram,
            Channel::Sms => Self::Sms,
            Channel::Phone => Self::Phone,
            Channel::Slack => Self::Slack,
            Channel::Line => Self::Line,
            Channel::Viber => Self::Viber,
            Channel::Web => Self::Web,
            Channel::Mobile => Self::Mobile,
            Channel::Desktop => Self::Desktop,
        }
    }
}

impl BotFile {
    /// Reads a tree.
    pub(crate) fn read(node: &Node<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        Self::decode(node, &At::TOP, cx)
    }
}
