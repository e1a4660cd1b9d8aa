//! The file of a conversation test.
//!
//! It stands beside the bot: `demo.test.yaml` beside `demo.yaml`.
//!
//! ```yaml
//! bot: demo.yaml                      # default: the file of the same name without `.test`
//! channel: whatsapp                   # default: whatsapp
//! contact: { address: "+15550100", name: Alice, language: en }
//! config: { bank_url: "https://bank.example" }
//! secrets: { api_key: anything }      # secrets of the workspace
//! answers: { password: correct }      # what the user types unseen; named in `answer` steps
//!
//! services:                           # stubs, tried in order; or `services: real`
//!   - on: POST https://bank.example/login
//!     with: { json: { username: alice, password: correct } }
//!     answer: { json: { data: { token: T1 } } }
//!   - on: POST https://bank.example/login
//!     optional: true                  # else a stub that is never used fails the test
//!     answer: { status: 401 }
//!   - on: GET https://bank.example/accounts/*/balance
//!     with: { query: { token: T1 } }
//!     answer: { json: { balance: { amount: 1, currency: EUR } } }
//!
//! tests:
//!   - name: balance after a login
//!     steps:
//!       - user: balance
//!       - bot: What is your username?
//!       - user: alice
//!       - bot: { contains: password }
//!       - answer: password
//!       - bot: Which account, checking or savings?
//!       - user: checking
//!       - bot: { matches: "^You have [0-9.]+ EUR" }
//!       - wait: 20m
//!       - calls: { POST https://bank.example/login: 1 }
//!       - variables: { currency: EUR }
//! ```
//!
//! Everything that the bot says must stand in the steps, in order: a message that is missing, and one that nobody
//! expected, both fail the test. `bot` compares the whole text; the choices of a message are compared when `options`
//! is given, or when they are part of the text as [`crate::view::line`] writes them: `Which? [1] One [2] Two`. A step
//! can be written as one text too: `- "user: hi"`.
//!
//! | step | meaning |
//! |---|---|
//! | `user: TEXT` | the user writes it, or says it on a phone call |
//! | `answer: NAME` | the user types the answer of that name, which no output shows |
//! | `choose: LABEL` | the user taps the choice, or presses its number on a phone |
//! | `digits: "4711"` | keys of a phone |
//! | `silence: true` | nothing is said or pressed in time |
//! | `location: { latitude: 52.5, longitude: 13.4 }` | the user sends a place |
//! | `file: { kind: image, url: URL }` | the user sends a file |
//! | `bot: TEXT` or `{ text, contains, matches, options }` | the bot says it |
//! | `wait: 20m` | the clock moves on |
//! | `hangup: true` | the caller hangs up |
//! | `page: [NAME, NAME]` | the user posts the login page with the answers of these names, question by question |
//! | `page_digits: true` | the user types the digits that the login page shows; `false`: wrong ones |
//! | `calls: { "POST /login": 1 }` | how often a service has been called since the test began |
//! | `variables: { NAME: VALUE }` | what a variable holds; `null` for nothing |
//! | `ended: true` | nothing is under way any more; `false` for the opposite |
//!
//! A stub's URL may be a path alone, which fits every host, and `*` stands for any text without a `/`. The query is
//! compared when the URL has one, or by `with: { query: {…} }`. A stub answers any number of times, at least once;
//! `times: 2` makes it exactly two. `unreachable: timeout` or `no_connection` in the place of `answer` is a service that
//! does not answer.

use std::collections::BTreeMap;
use std::path::PathBuf;

use countersign_model::{ChannelKind, Contact, MediaKind};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_saphyr::Spanned;

pub(crate) use super::step_format::{Expected, Step};
pub(crate) use super::stub_format::{Pattern, Services};

/// A file of conversation tests.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Conversation tests of a Countersign bot")]
pub(crate) struct TestFile {
    /// The bot file, seen from this one. Default: the file of the same name without `.test`.
    pub(crate) bot: Option<PathBuf>,
    /// The channel of all tests. Default: whatsapp.
    #[schemars(with = "Option<String>")]
    pub(crate) channel: Option<ChannelKind>,
    /// Who the user is.
    pub(crate) contact: Option<ContactFields>,
    /// Constants of the workspace.
    #[serde(default)]
    pub(crate) config: BTreeMap<String, String>,
    /// Secrets of the workspace.
    #[serde(default)]
    pub(crate) secrets: BTreeMap<String, Hidden>,
    /// What the user types unseen, by the names that `answer` steps use.
    #[serde(default)]
    pub(crate) answers: BTreeMap<String, Hidden>,
    /// Hosts that real services may be reached at though they are not public, as `host:port`.
    #[serde(default)]
    pub(crate) allow: Vec<String>,
    /// What services answer: a list of stubs, or `real`.
    #[serde(default)]
    pub(crate) services: Services,
    /// The tests.
    #[schemars(with = "Vec<Case>")]
    pub(crate) tests: Vec<Spanned<Case>>,
}

/// One test.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    /// What it shows, in a few words.
    pub(crate) name: String,
    /// The channel of this test.
    #[schemars(with = "Option<String>")]
    pub(crate) channel: Option<ChannelKind>,
    /// Who the user of this test is.
    pub(crate) contact: Option<ContactFields>,
    /// Starts this script at once, without a trigger.
    pub(crate) script: Option<String>,
    /// Services of this test; its stubs are tried before those of the file.
    pub(crate) services: Option<Services>,
    /// What happens, in order.
    #[schemars(with = "Vec<Step>")]
    pub(crate) steps: Vec<Spanned<Step>>,
}

/// Who the user is.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ContactFields {
    /// The channel's address of the user.
    pub(crate) address: Option<String>,
    /// The name in the profile.
    pub(crate) name: Option<String>,
    /// A BCP 47 tag.
    pub(crate) language: Option<String>,
}

impl ContactFields {
    /// These fields, with those of the file where this test says nothing.
    pub(crate) fn or(self, file: Self) -> Contact {
        Contact {
            address: self.address.or(file.address).unwrap_or_else(|| "+15550100".to_owned()),
            name: self.name.or(file.name),
            language: self.language.or(file.language),
        }
    }
}

/// A text of the file that no output shows.
#[derive(Deserialize, JsonSchema)]
#[serde(transparent)]
pub(crate) struct Hidden(String);

impl Hidden {
    pub(crate) fn secret(&self) -> countersign_model::SecretText {
        self.0.as_str().into()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("•••")
    }
}

/// A place that the user sends.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Place {
    /// Degrees north.
    pub(crate) latitude: String,
    /// Degrees east.
    pub(crate) longitude: String,
}

/// A file that the user sends.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SentFile {
    /// What kind of file.
    #[schemars(with = "String")]
    pub(crate) kind: MediaKind,
    /// Where it lies.
    pub(crate) url: String,
    /// The words that go with it.
    pub(crate) caption: Option<String>,
}

/// Why a text is no file of conversation tests.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub(crate) struct FormatError {
    /// Counted from 1.
    pub(crate) line: u64,
    /// In characters, counted from 1.
    pub(crate) column: u64,
    /// What is wrong.
    pub(crate) message: String,
}

impl TestFile {
    /// Reads a file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, FormatError> {
        let file: Self =
            serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true })
                .map_err(|error| FormatError::of(&error))?;
        if file.tests.is_empty() {
            return Err(FormatError {
                line: 1,
                column: 1,
                message: "there are no tests under `tests`".to_owned(),
            });
        }
        for case in &file.tests {
            for step in &case.value.steps {
                if let Step::Answer(name) = &step.value
                    && !file.answers.contains_key(name)
                {
                    return Err(FormatError {
                        line: step.referenced.line(),
                        column: step.referenced.column(),
                        message: format!(
                            "there is no answer `{name}`; put it under `answers` at the top of the file"
                        ),
                    });
                }
            }
        }
        Ok(file)
    }
}

impl FormatError {
    fn of(error: &serde_saphyr::Error) -> Self {
        let plain = error.without_snippet();
        let location = plain.location();
        let (line, column) = location.map_or((1, 1), |at| (at.line(), at.column()));
        let message = plain.to_string();
        // The place is said once, in front.
        let message = message.strip_prefix("error: ").unwrap_or(&message);
        let message = match message.find("line ").filter(|_| message.starts_with("line ")) {
            Some(_) => message.split_once(": ").map_or(message, |(_, rest)| rest),
            None => message.rsplit_once(" at line ").map_or(message, |(front, _)| front),
        };
        Self { line, column, message: message.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &str = r#"
bot: demo.yaml
channel: telegram
contact: { address: "42", name: Alice }
config: { bank_url: "https://bank.example" }
secrets: { api_key: k }
answers: { password: correct }
services:
  - on: POST https://bank.example/login
    with: { json: { username: alice } }
    answer: { json: { data: { token: T1 } } }
  - on: GET /accounts/*/balance
    unreachable: timeout
    times: 2
tests:
  - name: first
    steps:
      - user: hi
      - "bot: What: now?"
      - bot: { contains: [a, b], options: [One, Two] }
      - answer: password
      - digits: 0042
      - choose: One
      - wait: 20m
      - hangup: true
      - calls: { POST /login: 1 }
      - variables: { a: 1, b: null }
      - location: { latitude: 52.50, longitude: 13.4 }
      - ended: true
"#;

    fn error(text: &str) -> String {
        TestFile::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn reads_every_field() {
        let file = TestFile::parse(WHOLE).unwrap();
        assert_eq!(file.channel, Some(ChannelKind::Telegram));
        let steps: Vec<_> = file.tests[0].value.steps.iter().map(|step| &step.value).collect();
        assert!(matches!(steps[0], Step::User(text) if text == "hi"));
        assert!(matches!(steps[1], Step::Bot(expected) if expected.shown() == "What: now?"));
        assert!(matches!(steps[4], Step::Digits(digits) if digits == "0042"), "{:?}", steps[4]);
        assert!(matches!(steps[10], Step::Location(place) if place.latitude == "52.50"), "{:?}", steps[10]);
        assert_eq!(file.tests[0].value.steps[1].referenced.line(), 19);
    }

    #[test]
    fn points_at_the_mistake() {
        assert_eq!(error("tests: []"), "1:1: there are no tests under `tests`");
        let unknown = error("tests:\n  - name: a\n    stepz: []\n");
        assert!(unknown.starts_with("3:5: unknown field `stepz`"), "{unknown}");
        let step = error("tests:\n  - name: a\n    steps:\n      - user: a\n      - says: b\n");
        assert!(step.starts_with("5:"), "{step}");
        assert!(step.contains("there is no step `says`; did you mean"), "{step}");
        let wait = error("tests:\n  - name: a\n    steps:\n      - wait: soon\n");
        assert!(wait.starts_with("4:"), "{wait}");
        assert!(wait.contains("`soon` is not a span of time"), "{wait}");
        let regex = error("tests:\n  - name: a\n    steps:\n      - bot: { matches: \"(\" }\n");
        assert!(regex.starts_with("4:"), "{regex}");
        let two = error("tests:\n  - name: a\n    steps:\n      - user: a\n        bot: b\n");
        assert!(two.contains("a step has one key"), "{two}");
    }

    #[test]
    fn an_answer_must_be_known() {
        let text = "tests:\n  - name: a\n    steps:\n      - answer: password\n";
        assert!(error(text).contains("there is no answer `password`"), "{}", error(text));
        assert!(error(text).starts_with("4:9"), "{}", error(text));
    }

    #[test]
    fn hidden_texts_are_not_shown() {
        let shown = format!("{:?}", TestFile::parse(WHOLE).unwrap());
        assert!(!shown.contains("correct"), "{shown}");
    }
}
