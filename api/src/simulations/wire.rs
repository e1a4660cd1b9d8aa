use std::collections::BTreeMap;

use countersign_engine::{Expect, ExpectKind, Reason, Status};
use countersign_model::{ChannelKind, MediaKind, OutMessage};
use countersign_runner::{CallKind, LoginPage, PageField, PageShows};
use countersign_simulator::{Call, CallOutcome, Passed, Simulation};
use countersign_store::{Line, TranscriptRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::{SecretField, rfc3339};

/// A simulation to begin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Begin {
    /// The kind of channel: `whatsapp`.
    #[schema(value_type = crate::http::words::Kind)]
    pub(super) channel: ChannelKind,
    /// The bot file; its draft when absent.
    pub(super) text: Option<String>,
    /// Starts this script at once.
    pub(super) script: Option<String>,
    /// What the user is called.
    pub(super) contact_name: Option<String>,
    /// Whether auth services and APIs are really called. Otherwise `stubs` answer.
    pub(super) real_calls: bool,
    /// What services answer, by component.
    #[serde(default)]
    pub(super) stubs: BTreeMap<String, StubBody>,
}

/// What a service answers.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Stub)]
pub(super) struct StubBody {
    /// The status.
    #[schema(minimum = 200, maximum = 599)]
    pub(super) status: u16,
    /// The body.
    #[serde(default)]
    pub(super) body: String,
}

/// What the user does: one of these.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SimulationInput)]
pub(super) struct ActBody {
    /// Writes or says something.
    pub(super) text: Option<SecretField>,
    /// Takes a choice, counted from 0.
    pub(super) choice: Option<usize>,
    /// Presses keys.
    pub(super) digits: Option<SecretField>,
    /// Says nothing until the bot's patience ends.
    pub(super) silence: Option<bool>,
    /// Posts the login page that stands open, question by question.
    pub(super) page: Option<Vec<SecretField>>,
    /// Hangs up.
    pub(super) hang_up: Option<bool>,
    /// Sends a file.
    pub(super) file: Option<FileBody>,
    /// Sends a place.
    pub(super) location: Option<LocationBody>,
    /// Lets time pass, in seconds.
    pub(super) wait_seconds: Option<u64>,
}

/// A file that the user sends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SimulationFile)]
pub(super) struct FileBody {
    /// `image`, `audio`, `video` or `document`.
    #[schema(value_type = String)]
    pub(super) kind: MediaKind,
    /// Where it lies.
    pub(super) url: String,
    /// The words that go with it.
    pub(super) caption: Option<String>,
}

/// A place, in degrees north and east.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SimulationLocation)]
pub(super) struct LocationBody {
    pub(super) latitude: String,
    pub(super) longitude: String,
}

/// A simulation as it stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Simulation)]
pub(super) struct SimulationDocument {
    id: String,
    #[schema(value_type = String)]
    channel: ChannelKind,
    lines: Vec<LineDocument>,
    variables: Vec<VariableDocument>,
    path: Vec<PassedDocument>,
    calls: Vec<CallDocument>,
    tokens: Vec<TokenDocument>,
    expect: ExpectDocument,
    /// The login page that stands open, or shows its digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<PageDocument>,
    /// Why it has ended, if it has: `finished`, `failed`, ….
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<&'static str>,
    /// What is amiss, for the author.
    notes: Vec<String>,
    now: String,
}

/// A line of it. What the user typed as a secret is `•••`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationLine)]
pub(super) struct LineDocument {
    n: usize,
    /// `user`, `bot` or `note`.
    from: &'static str,
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    buttons: Vec<ButtonDocument>,
    /// Whether it is spoken and not shown.
    spoken: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    media: Option<MediaDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<LinkDocument>,
    at: String,
}

/// A button or a row of a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationButton)]
pub(super) struct ButtonDocument {
    label: String,
    index: usize,
}

/// A picture, a recording, a video or a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationMedia)]
pub(super) struct MediaDocument {
    kind: &'static str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    caption: Option<String>,
}

/// A link with words of its own.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationLink)]
pub(super) struct LinkDocument {
    label: String,
    url: String,
}

/// A variable.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationVariable)]
pub(super) struct VariableDocument {
    name: String,
    value: String,
}

/// A step that it came to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationStep)]
pub(super) struct PassedDocument {
    script: String,
    /// Where it stands in the bot file: `scripts.balance.steps[1]`.
    step: String,
    at: String,
}

/// A call, without what was in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationCall)]
pub(super) struct CallDocument {
    component: String,
    /// `login`, `refresh` or `service`.
    kind: &'static str,
    method: &'static str,
    /// As it is written in the bot.
    url: String,
    attempt: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    took_ms: Option<u64>,
    /// In words.
    outcome: String,
}

/// A token that the user holds: that it is there, never what it is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationToken)]
pub(super) struct TokenDocument {
    component: String,
    expires_at: String,
}

/// What the bot waits for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationExpect)]
pub(super) struct ExpectDocument {
    /// `text`, `choice`, `digits`, `location`, `file`, `time` or `nothing`.
    kind: &'static str,
    secret: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<DigitsDocument>,
    /// With `time`: when it goes on by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

/// A login page, as the user's browser would show it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationPage)]
pub(super) struct PageDocument {
    /// What it asks; nothing when it shows its digits.
    questions: Vec<PageQuestionDocument>,
    /// Whether the login was refused with what was posted before.
    refused: bool,
    /// The digits to type in the chat.
    #[serde(skip_serializing_if = "Option::is_none")]
    digits: Option<String>,
}

/// A question of a login page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationPageQuestion)]
pub(super) struct PageQuestionDocument {
    question: String,
    secret: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// How a keypad takes the answer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SimulationDigits)]
pub(super) struct DigitsDocument {
    min: u8,
    max: u8,
    finish_key: Option<char>,
    /// In seconds.
    first_timeout: u32,
    /// In seconds.
    between_timeout: u32,
}

impl SimulationDocument {
    pub(super) fn of(id: &str, simulation: &Simulation, page: Option<LoginPage>) -> Self {
        let channel = simulation.channel();
        let spoken = channel.capabilities().spoken;
        let recorder = simulation.recorder();
        let line = |(n, row): (usize, &TranscriptRow)| LineDocument::of(n, row, spoken);
        let variable = |(name, value): (String, String)| VariableDocument { name, value };
        let tokens = simulation.tokens().iter().map(|token| TokenDocument {
            component: token.component.to_string(),
            expires_at: rfc3339(token.expires_at),
        });
        Self {
            id: id.to_owned(),
            channel,
            lines: simulation.lines().iter().enumerate().map(line).collect(),
            variables: simulation.variables().into_iter().map(variable).collect(),
            path: recorder.passed().into_iter().map(Into::into).collect(),
            calls: recorder.calls().into_iter().map(Into::into).collect(),
            tokens: tokens.collect(),
            expect: ExpectDocument::of(simulation.status()),
            page: page.map(Into::into),
            ended: match simulation.status() {
                Status::Ended(reason) => ended(reason),
                Status::Waiting(_) | Status::Calling(_) | Status::Paused { .. } => None,
            },
            notes: recorder.notes(),
            now: rfc3339(simulation.now()),
        }
    }
}

impl From<LoginPage> for PageDocument {
    fn from(page: LoginPage) -> Self {
        let (questions, refused, digits) = match page.shows {
            PageShows::Questions { questions, refused } => (questions, refused, None),
            PageShows::Working => (Vec::new(), false, None),
            PageShows::Digits(digits) => (Vec::new(), false, Some(digits)),
        };
        let question = |field: PageField| PageQuestionDocument {
            question: field.text,
            secret: field.secret,
            problem: field.problem,
        };
        Self { questions: questions.into_iter().map(question).collect(), refused, digits }
    }
}

fn ended(reason: Reason) -> Option<&'static str> {
    Some(match reason {
        Reason::NotBegun => return None,
        Reason::Finished => "finished",
        Reason::Closed => "closed",
        Reason::Cancelled => "cancelled",
        Reason::Lapsed { .. } => "lapsed",
        Reason::Failed => "failed",
        Reason::Bounds => "bounds",
        Reason::HandedOver => "handed_over",
        Reason::HungUp => "hung_up",
    })
}

impl LineDocument {
    fn of(n: usize, row: &TranscriptRow, spoken: bool) -> Self {
        let at = rfc3339(row.at);
        let plain = |from, text: String| Self {
            n,
            from,
            text,
            buttons: Vec::new(),
            spoken: false,
            media: None,
            link: None,
            at: at.clone(),
        };
        match &row.line {
            Line::User(text) => plain("user", text.clone()),
            Line::Secret => plain("user", "•••".to_owned()),
            Line::Page { text, label, .. } => {
                let link = LinkDocument { label: label.clone(), url: String::new() };
                Self { link: Some(link), ..plain("bot", text.clone()) }
            }
            Line::HungUp => plain("note", "hung_up".to_owned()),
            Line::Handover { number: None } => plain("note", "handed_over".to_owned()),
            Line::Handover { number: Some(number) } => plain("note", format!("handed_over {number}")),
            Line::Bot(message) => {
                let button = |(index, choice): (usize, &countersign_model::Choice)| ButtonDocument {
                    label: choice.label.clone(),
                    index,
                };
                let buttons = message.choices().iter().enumerate().map(button).collect();
                let (text, media, link) = shown(message);
                Self { buttons, spoken, media, link, ..plain("bot", text) }
            }
            // A simulation has nobody who could take over.
            _ => plain("note", String::new()),
        }
    }
}

fn shown(message: &OutMessage) -> (String, Option<MediaDocument>, Option<LinkDocument>) {
    match message {
        OutMessage::Text(text) | OutMessage::Options { text, .. } => (text.clone(), None, None),
        OutMessage::Media(media) => {
            let document = MediaDocument {
                kind: media.kind.name(),
                url: media.url.clone(),
                caption: media.caption.clone(),
            };
            (String::new(), Some(document), None)
        }
        OutMessage::Location { latitude, longitude, name } => (
            format!("{} {latitude}, {longitude}", name.as_deref().unwrap_or("")).trim().to_owned(),
            None,
            None,
        ),
        OutMessage::Link { text, label, url } => {
            (text.clone(), None, Some(LinkDocument { label: label.clone(), url: url.clone() }))
        }
        OutMessage::Card { title, text, image, .. } => {
            let text = text.as_deref().map_or(title.clone(), |text| format!("{title}\n{text}"));
            let picture =
                image.as_ref().map(|url| MediaDocument { kind: "image", url: url.clone(), caption: None });
            (text, picture, None)
        }
    }
}

impl From<Passed> for PassedDocument {
    fn from(passed: Passed) -> Self {
        Self { script: passed.script.to_string(), step: passed.path, at: rfc3339(passed.at) }
    }
}

impl From<Call> for CallDocument {
    fn from(call: Call) -> Self {
        let (status, outcome) = match call.outcome {
            None => (None, "under way".to_owned()),
            Some(CallOutcome::Status(status)) => (Some(status), format!("answered {status}")),
            Some(CallOutcome::Failed(why)) => (None, why),
        };
        Self {
            component: call.component.to_string(),
            kind: match call.kind {
                CallKind::Login => "login",
                CallKind::Refresh => "refresh",
                CallKind::Service => "service",
            },
            method: call.method,
            url: call.url,
            attempt: call.attempt,
            status,
            took_ms: call.took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX)),
            outcome,
        }
    }
}

impl ExpectDocument {
    fn of(status: Status) -> Self {
        let plain = |kind| Self { kind, secret: false, digits: None, until: None };
        match status {
            Status::Waiting(Expect { kind, secret }) => {
                let (kind, digits) = match kind {
                    ExpectKind::Text => ("text", None),
                    ExpectKind::Choice => ("choice", None),
                    ExpectKind::Location => ("location", None),
                    ExpectKind::File => ("file", None),
                    ExpectKind::Digits(keypad) => (
                        "digits",
                        Some(DigitsDocument {
                            min: keypad.min,
                            max: keypad.max,
                            finish_key: keypad.finish_key,
                            first_timeout: keypad.first_digit_ms.div_ceil(1_000),
                            between_timeout: keypad.between_digits_ms.div_ceil(1_000),
                        }),
                    ),
                };
                Self { secret, digits, ..plain(kind) }
            }
            Status::Paused { until, .. } => Self { until: Some(rfc3339(until)), ..plain("time") },
            // The next message starts a script.
            Status::Ended(Reason::Closed | Reason::HungUp | Reason::HandedOver) => plain("nothing"),
            Status::Ended(_) => plain("text"),
            Status::Calling(_) => plain("nothing"),
        }
    }
}
