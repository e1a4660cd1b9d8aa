use std::time::Duration;

use countersign_model::{OutMessage, Timestamp};

use crate::registry::OpenError;
use crate::request::{Answer, HttpRequest};
use crate::settings::Settings;

/// The side of a provider of phone calls that answers within the webhook.
pub trait Voice: Send + Sync {
    /// Writes what the caller hears, and what is to be collected afterwards, in the provider's language.
    fn answer(&self, leg: &Leg<'_>, say: &[OutMessage], next: &Next) -> Answer;

    /// What refuses a call before it is answered, so that it costs nothing.
    fn reject(&self) -> Answer;

    /// Ends a running call from outside; `None` where the settings do not allow it.
    fn hang_up(&self, call: &str, now: Timestamp) -> Option<HttpRequest>;

    /// How long an answer may take before the provider loses its patience, less what the way there takes.
    fn longest_wait(&self) -> Duration;
}

/// Where in which call we are.
#[derive(Clone, Copy, Debug)]
pub struct Leg<'a> {
    /// The provider's id of the call.
    pub call: &'a str,
    /// The address that the provider is to call next, with the step in its query: the same step is answered with the
    /// same words.
    pub next_url: &'a str,
    /// The language of what is said, as a BCP 47 tag.
    pub language: &'a str,
    /// Digits that are said one by one wherever they stand: what the caller has just given, when it is read back.
    pub spell: &'a [String],
}

/// What comes after the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The caller answers.
    Gather(Gather),
    /// The caller waits: the provider asks again after so long.
    Ask {
        /// How long.
        after: Duration,
    },
    /// The call goes to this number.
    Transfer {
        /// In E.164.
        number: String,
    },
    /// The call ends.
    HangUp,
}

/// What is collected from a caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gather {
    /// Whether keys are taken.
    pub keys: bool,
    /// Whether speech is taken. Never for a secret.
    pub speech: bool,
    /// The number of keys after which nothing is waited for; 0 when it is open.
    pub max_digits: u8,
    /// The key that ends the input, when there is one.
    pub finish_key: Option<char>,
    /// How long to wait for the first key or word.
    pub first_timeout: Duration,
    /// How long to wait between keys.
    pub between_timeout: Duration,
    /// Whether a key stops what is said, and counts.
    pub type_ahead: bool,
    /// Words that are likely to be said.
    pub hints: Vec<String>,
}

/// The address of a provider's API, without a slash at its end.
pub(crate) fn base_url(settings: &Settings, default: &str) -> Result<String, OpenError> {
    let given = settings.text("api_url").unwrap_or(default);
    let problem = "is not the address of an API; it begins with https:// or http://";
    match url::Url::parse(given) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.query().is_none() => {
            Ok(given.trim_end_matches('/').to_owned())
        }
        _ => Err(OpenError::Invalid { name: "api_url", problem }),
    }
}

/// An id as a part of a path; whatever it holds, it leads nowhere else.
pub(crate) fn path_segment(id: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let written = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    id.bytes().map(written).collect()
}

/// Whole seconds, none of them lost, within these bounds.
pub(crate) fn seconds(time: Duration, least: u64, most: u64) -> u64 {
    (time.as_millis().div_ceil(1000) as u64).clamp(least, most)
}
