//! The compiled bot: what the engine runs. Ids are resolved to numbers, texts to templates, paths are parsed.
//!
//! The types are open so that the engine and the server can read them; only [`crate::check`] makes a
//! [`crate::Checked`], so an unchecked program cannot run.

use std::sync::Arc;
use std::time::Duration;

pub use countersign_model::Method;
use countersign_model::{ChannelKind, MediaKind, Name};
use regex::Regex;

use crate::condition::Test;
use crate::path::Path;
use crate::template::Template;
use crate::trigger::Triggers;

macro_rules! index {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u16);

        impl $name {
            /// The number as an index.
            pub const fn at(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

index! {
    /// Number of an Authorization Token component in [`Program::tokens`].
    TokenIx
    /// Number of a Web Service component in [`Program::services`].
    ServiceIx
    /// Number of a Form component in [`Program::forms`].
    FormIx
    /// Number of a script in [`Program::scripts`].
    ScriptIx
    /// Number of a step in [`Program::steps`]; the steps of all scripts stand in one list.
    StepIx
    /// Number of a variable in [`Program::variables`].
    VarIx
}

/// Names one version of a bot: a hash of its whole content. A session stays with the version it started on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Fingerprint(pub u64);

/// A compiled bot.
#[derive(Clone, Debug)]
pub struct Program {
    /// The bot's id.
    pub bot: Name,
    /// The bot's name for people; the id when the file gives none.
    pub title: String,
    /// Which version this is.
    pub fingerprint: Fingerprint,
    /// BCP 47 tags; texts are chosen by position in this list. The first is the bot's own.
    pub languages: Vec<String>,
    /// The channels that the file says it is for; empty when it says nothing.
    pub channels: Vec<ChannelKind>,
    /// Authorization Token components.
    pub tokens: Vec<TokenComponent>,
    /// Web Service components.
    pub services: Vec<ServiceComponent>,
    /// Form components.
    pub forms: Vec<FormComponent>,
    /// Scripts in the order of the file.
    pub scripts: Vec<Script>,
    /// The steps of all scripts.
    pub steps: Vec<Step>,
    /// Names of all variables.
    pub variables: Vec<Box<str>>,
    /// What starts which script.
    pub triggers: Triggers,
    /// Words that leave a question, normalised as [`crate::trigger::normalise`] does, in all languages.
    pub cancel_words: Vec<Box<str>>,
    /// Sentences of the platform's own, as the bot overrides them.
    pub sentences: Sentences,
}

/// Sentences that the platform says when the author wrote none. Each can be replaced in the bot file under `texts`.
#[derive(Clone, Debug)]
pub struct Sentences {
    /// No trigger matched and there is no fallback script.
    pub not_understood: Text,
    /// A choice was not recognised.
    pub choose: Text,
    /// An answer is not of the kind that was asked for, by kind.
    pub retry: RetrySentences,
    /// The user left with a cancel word and there is no `cancelled` branch.
    pub cancelled: Text,
    /// No valid answer after all tries and there is no `no_answer` branch.
    pub no_answer: Text,
    /// A login failed and will be asked for again.
    pub login_failed_retry: Text,
    /// A login failed for the last time.
    pub login_failed: Text,
    /// The auth service asked to wait before the next try.
    pub login_paused: Text,
    /// The auth service did not answer, or not sensibly.
    pub login_unavailable: Text,
    /// A login was not finished in time; said on the next message.
    pub prompt_expired: Text,
    /// The login ended in mid-script and is asked for again.
    pub login_again: Text,
    /// A step needs a younger login than the one that is there.
    pub fresh_login: Text,
    /// This channel cannot log in.
    pub login_impossible: Text,
    /// An API refused.
    pub service_failed: Text,
    /// An API did not answer.
    pub service_unavailable: Text,
    /// The bot had to stop: its bounds were reached or it met a mistake of its author.
    pub trouble: Text,
    /// Asked on a text channel for something that only a phone's keypad or digits can give.
    pub digits_only: Text,
    /// Sent with the link to a login page.
    pub login_page: Text,
    /// What that link says.
    pub login_page_open: Text,
    /// The login on the page was good, and its digits are to be typed in the chat.
    pub page_digits: Text,
    /// What was typed is not the digits of the page.
    pub page_digits_wrong: Text,
}

/// What is said when an answer is not of the kind asked for.
#[derive(Clone, Debug)]
pub struct RetrySentences {
    /// An empty or too long text.
    pub text: Text,
    /// Not a number, or outside the range.
    pub number: Text,
    /// Not an e-mail address.
    pub email: Text,
    /// Not a phone number.
    pub phone: Text,
    /// Not digits, or the wrong count of them.
    pub digits: Text,
    /// Not a code.
    pub code: Text,
    /// Not a date.
    pub date: Text,
    /// Not a web address.
    pub url: Text,
    /// Not a location.
    pub location: Text,
    /// Not a file.
    pub file: Text,
    /// Does not match the pattern.
    pub pattern: Text,
}

/// A text in every language of the bot, with its alternatives.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Text {
    /// By language (see [`Program::languages`]; every language is there, filled from the bot's own where the author
    /// wrote none), then by alternative; at least one.
    pub variants: Box<[Box<[Template]>]>,
}

impl Text {
    /// The text in a language; `turn` walks through the alternatives.
    pub fn pick(&self, language: u8, turn: u32) -> &Template {
        let alternatives = self.variants.get(usize::from(language)).unwrap_or(&self.variants[0]);
        &alternatives[turn as usize % alternatives.len()]
    }
}

/// A request with placeholders.
#[derive(Clone, Debug)]
pub struct RequestTemplate {
    /// The method.
    pub method: Method,
    /// The whole URL, query parameters included.
    pub url: Template,
    /// Headers in order; names as the author wrote them.
    pub headers: Vec<(Arc<str>, Template)>,
    /// The body and its content type.
    pub body: Option<(Arc<str>, Template)>,
}

/// An Authorization Token component.
#[derive(Clone, Debug)]
pub struct TokenComponent {
    /// Its id.
    pub id: Name,
    /// The login request; answers stand in it as [`crate::template::Slot::Answer`] of this component.
    pub request: RequestTemplate,
    /// The questions in order; every answer is sealed at once.
    pub questions: Vec<Question>,
    /// The temporary-code login: after so many questions this service is called, then the rest is asked.
    pub before: Option<(u8, ServiceIx)>,
    /// Origins that the token may be sent to, as templates with constants only; the first is that of the URL.
    pub send_to: Vec<Template>,
    /// How long a token lives at most.
    pub ttl: Duration,
    /// Where the token is in the answer.
    pub place: TokenPlace,
    /// Where the answer says for how many seconds the token lives.
    pub expires_in: Option<Path>,
    /// How a token is renewed without asking the user.
    pub refresh: Option<Refresh>,
    /// Whether only digits are accepted, from the keypad on a phone.
    pub validation_by_number: bool,
    /// Failed logins before the `failed` branch; at least 1.
    pub attempts: u8,
    /// Where the user types.
    pub ask: Ask,
    /// Whom a token belongs to.
    pub scope: TokenScope,
    /// Answers of an API that mean that the token is dead.
    pub expired_when: Vec<Sign>,
    /// What is said when the login failed for the last time.
    pub failed: Option<Text>,
    /// What is said when the auth service is out of reach.
    pub unavailable: Option<Text>,
    /// What is said when the login was not finished in time.
    pub prompt_expired: Option<Text>,
}

/// Where a token is in the answer of the auth service.
#[derive(Clone, Debug)]
pub enum TokenPlace {
    /// The whole body without the white space around it.
    Body,
    /// A field of a JSON body.
    Json(Path),
}

/// How a token is renewed.
#[derive(Clone, Debug)]
pub struct Refresh {
    /// Where the refresh token is in the answer of the login, and of the refresh when it changes each time.
    pub place: Path,
    /// The request; the refresh token stands in it as [`crate::template::Slot::RefreshToken`].
    pub request: RequestTemplate,
}

/// Where the user types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// In the conversation.
    InChat,
    /// On a page that Countersign serves.
    SecurePage,
}

/// Whom a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// To the contact, over conversations.
    Contact,
    /// To one phone call, because a caller id proves nothing.
    Call,
}

/// An answer of an API, recognised by its status and fields. All that is given must hold.
#[derive(Clone, Debug)]
pub struct Sign {
    /// Any of these statuses; any status when empty.
    pub statuses: Vec<u16>,
    /// A field with a value; with `None`, the field is there and not null.
    pub field: Option<(Path, Option<String>)>,
}

/// A question of a component or a `question` step.
#[derive(Clone, Debug)]
pub struct Question {
    /// What is asked.
    pub text: Text,
    /// What kind of answer is wanted.
    pub kind: AnswerKind,
    /// Whether the answer is a secret.
    pub secret: bool,
    /// What is said when the answer is not of the kind; the platform's sentence when `None`.
    pub retry: Option<Text>,
    /// How the keypad takes it on a phone.
    pub keypad: Keypad,
}

/// What a phone's keypad collects. Durations are those of a caller who looks for the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Keypad {
    /// The fewest digits.
    pub min: u8,
    /// The most digits.
    pub max: u8,
    /// The key that ends the entry; `None` when only the count or the pause does.
    pub finish_key: Option<char>,
    /// How long to wait for the first digit, in milliseconds.
    pub first_digit_ms: u32,
    /// How long to wait between digits, in milliseconds.
    pub between_digits_ms: u32,
    /// How many times to ask.
    pub tries: u8,
}

impl Default for Keypad {
    fn default() -> Self {
        Self {
            min: 1,
            max: 32,
            finish_key: Some('#'),
            first_digit_ms: 8_000,
            between_digits_ms: 4_000,
            tries: 3,
        }
    }
}

/// Kinds of answers.
#[derive(Clone, Debug)]
pub enum AnswerKind {
    /// Any text, within these lengths in characters.
    Text {
        /// Fewest characters.
        min: u32,
        /// Most characters.
        max: u32,
    },
    /// A decimal number.
    Number {
        /// The smallest that is accepted.
        min: Option<f64>,
        /// The largest that is accepted.
        max: Option<f64>,
    },
    /// An e-mail address.
    Email,
    /// A phone number; kept as `+` and digits.
    Phone,
    /// Digits only, so many of them.
    Digits {
        /// Fewest digits.
        min: u8,
        /// Most digits.
        max: u8,
    },
    /// A temporary code: letters and digits; spaces and dashes are dropped.
    Code {
        /// Fewest characters.
        min: u8,
        /// Most characters.
        max: u8,
    },
    /// A calendar date; kept as `2026-11-22`.
    Date,
    /// A web address.
    Url,
    /// A place, from the channel's location message.
    Location,
    /// A file, from the channel's media message.
    File,
    /// One of these.
    Choice(Vec<OptionChoice>),
    /// A text that matches the whole pattern.
    Pattern(Regex),
}

/// A Web Service component.
#[derive(Clone, Debug)]
pub struct ServiceComponent {
    /// Its id.
    pub id: Name,
    /// The request.
    pub request: RequestTemplate,
    /// The questions asked before it is sent.
    pub questions: Vec<Question>,
    /// Tokens that the request names, each once. `None` stands for `{authtoken}`, the latest.
    pub tokens: Vec<Option<TokenIx>>,
    /// How long an answer may take.
    pub timeout: Duration,
    /// How many times an idempotent request is sent again when it was not answered.
    pub retries: u8,
    /// Whether the request carries an idempotency key, in the header of this name.
    pub idempotency_header: Option<Arc<str>>,
    /// What is kept of the answer.
    pub save: Vec<Save>,
    /// A list of the answer as lines.
    pub each: Option<Each>,
    /// Which answers are good; a 2xx status when empty. One sign must hold.
    pub ok_when: Vec<Sign>,
    /// The login must be younger than this.
    pub fresh_login: Option<Duration>,
}

/// Keeps something of an answer in a variable.
#[derive(Clone, Debug)]
pub struct Save {
    /// The variable.
    pub variable: VarIx,
    /// Where it is.
    pub from: Source,
}

/// A part of an answer.
#[derive(Clone, Debug)]
pub enum Source {
    /// In the JSON body.
    Json(Path),
    /// The whole body as text.
    Body,
    /// A header, by its name in lower case.
    Header(Box<str>),
    /// The status.
    Status,
}

/// Reads a list into lines.
#[derive(Clone, Debug)]
pub struct Each {
    /// Where the list is in the JSON body.
    pub list: Path,
    /// A line for each item; the item's fields stand in it as [`crate::template::Slot::Item`].
    pub line: Text,
    /// The variable that gets the lines.
    pub variable: VarIx,
    /// The most items that become lines.
    pub limit: u16,
    /// What stands between two lines.
    pub separator: Box<str>,
}

/// A Form component: questions whose answers are kept as a lead.
#[derive(Clone, Debug)]
pub struct FormComponent {
    /// Its id.
    pub id: Name,
    /// The questions; each answer goes into the variable beside it.
    pub questions: Vec<(Question, VarIx)>,
}

/// A script.
#[derive(Clone, Debug)]
pub struct Script {
    /// Its id.
    pub id: Name,
    /// The first step; `None` when the script is empty.
    pub entry: Option<StepIx>,
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// The author's id for it.
    pub id: Option<Name>,
    /// Where it stands in the file: `scripts.balance.steps[1]`.
    pub path: Box<str>,
    /// The script that it belongs to.
    pub script: ScriptIx,
    /// What it does.
    pub kind: StepKind,
    /// The step after it; `None` at the end of a script.
    pub next: Option<StepIx>,
}

/// What a step does. Branches that are `None` go on to [`Step::next`] or, for failures, end the script with the
/// matching text.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Says something.
    Message(Text),
    /// Sends a file.
    Media {
        /// What kind of file.
        kind: MediaKind,
        /// Where it lies.
        url: Template,
        /// The words that go with it.
        caption: Option<Text>,
    },
    /// Sends a place.
    Location {
        /// Degrees north.
        latitude: Template,
        /// Degrees east.
        longitude: Template,
        /// What is there.
        name: Option<Text>,
    },
    /// Sends a link.
    Link {
        /// What stands above it.
        text: Text,
        /// The words on it.
        label: Text,
        /// Where it leads.
        url: Template,
    },
    /// Sends a card; with choices it waits like `options`.
    Card {
        /// The title.
        title: Text,
        /// The text under it.
        text: Option<Text>,
        /// The picture.
        image: Option<Template>,
        /// The choices, when there are any.
        options: Option<Options>,
    },
    /// Asks with choices.
    Options {
        /// What is asked.
        text: Text,
        /// The choices.
        options: Options,
    },
    /// Asks and keeps the answer.
    Question(QuestionStep),
    /// Asks all questions of a form.
    Form {
        /// Which form.
        form: FormIx,
        /// Where a cancel word leads.
        cancelled: Option<StepIx>,
    },
    /// Branches.
    Condition {
        /// What is tested.
        test: Test,
        /// Where it goes when the test holds.
        then: Option<StepIx>,
        /// Where it goes when it does not.
        otherwise: Option<StepIx>,
    },
    /// Gives variables values.
    Set(Vec<(VarIx, SetValue)>),
    /// Makes sure that a token is held.
    AuthToken {
        /// Which.
        token: TokenIx,
        /// After the last failed login.
        failed: Option<StepIx>,
        /// After a cancel word.
        cancelled: Option<StepIx>,
        /// When the auth service is out of reach.
        unavailable: Option<StepIx>,
    },
    /// Calls an API.
    WebService {
        /// Which.
        service: ServiceIx,
        /// Where answers lead.
        branches: ServiceBranches,
    },
    /// Forgets a token, or all.
    Logout(Option<TokenIx>),
    /// Runs another script and comes back.
    Run(ScriptIx),
    /// Goes to another step, maybe of another script, and does not come back.
    Jump(Option<StepIx>),
    /// Pauses.
    Wait(Duration),
    /// Hands over to a person or a number.
    Transfer {
        /// A phone number; `None` means a person in the console.
        number: Option<Template>,
        /// What is said before.
        text: Option<Text>,
    },
    /// Ends the conversation.
    End,
}

/// Choices of an `options` step.
#[derive(Clone, Debug)]
pub struct Options {
    /// What can be chosen.
    pub choices: Vec<OptionChoice>,
    /// The variable that gets what was chosen.
    pub save: Option<VarIx>,
    /// What is said when the answer is none of them.
    pub retry: Option<Text>,
    /// How many times it is asked.
    pub tries: u8,
    /// Where it goes after the last try.
    pub no_answer: Option<StepIx>,
}

/// One choice.
#[derive(Clone, Debug)]
pub struct OptionChoice {
    /// What the user sees.
    pub label: Text,
    /// What comes back, and what is saved: the author's `value`, else the label in the bot's own language.
    pub value: Box<str>,
    /// Where it leads; to the next step when `None`.
    pub go: Option<StepIx>,
}

/// A `question` step.
#[derive(Clone, Debug)]
pub struct QuestionStep {
    /// The question.
    pub question: Question,
    /// The variable that gets the answer.
    pub save: Option<VarIx>,
    /// How many times it is asked.
    pub tries: u8,
    /// Where it goes after the last try.
    pub no_answer: Option<StepIx>,
    /// Where a cancel word leads.
    pub cancelled: Option<StepIx>,
}

/// A value that `set` gives.
#[derive(Clone, Debug)]
pub enum SetValue {
    /// A text with placeholders.
    Template(Template),
    /// A number, digits as written.
    Number(Box<str>),
    /// A truth value.
    Bool(bool),
    /// An expression whose value it is.
    Expression(crate::condition::Expression),
}

/// Where the answer of a service leads.
#[derive(Clone, Debug, Default)]
pub struct ServiceBranches {
    /// By status, before all others.
    pub by_status: Vec<(u16, StepIx)>,
    /// Not good, or something that is saved was not there.
    pub failed: Option<StepIx>,
    /// Good, but without content: 204, an empty body, or an empty list of `each`.
    pub empty: Option<StepIx>,
    /// No answer.
    pub unavailable: Option<StepIx>,
    /// A cancel word.
    pub cancelled: Option<StepIx>,
}
