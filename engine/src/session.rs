use countersign_model::{CallId, ChannelKind, Contact, Name, TimerId, Timestamp};
use countersign_script::Runnable;
use countersign_script::program::{
    AnswerKind, Fingerprint, Keypad, Question, StepIx, StepKind, TokenIx, VarIx,
};
use serde::{Deserialize, Serialize};

use crate::value::Value;

/// Where a conversation stands. It never holds a secret: answers to an Authorization Token and secret answers are
/// sealed elsewhere, and of a token it knows that it is there and until when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub(crate) bot: Fingerprint,
    pub(crate) channel: ChannelKind,
    pub(crate) contact: Contact,
    pub(crate) language: u8,
    pub(crate) state: State,
    /// Where to come back to after a `run`.
    pub(crate) stack: Vec<Option<StepIx>>,
    pub(crate) vars: Vec<(VarIx, Value)>,
    /// What the Web Service at hand has got so far.
    pub(crate) service: ServiceRun,
    pub(crate) tokens: Vec<Token>,
    /// The token of the latest login: `{authtoken}`.
    pub(crate) latest: Option<TokenIx>,
    pub(crate) calls: u32,
    pub(crate) timers: u32,
    pub(crate) turns: u32,
    /// Calls since the user's last message.
    pub(crate) calls_in_turn: u32,
    /// Whether the contact has been answered before.
    pub(crate) greeted: bool,
}

/// What a session is doing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum State {
    Ended(Reason),
    Asking { step: StepIx, doing: Asking, tries: u8, lapse: Option<(TimerId, Timestamp)> },
    Calling { step: StepIx, call: CallId, purpose: Calling },
    Paused { timer: TimerId, until: Timestamp, next: Option<StepIx> },
}

/// What is being asked.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Asking {
    Options,
    Question,
    Form { question: u8 },
    Service { question: u8 },
    Login(Login),
}

/// What is being called.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Calling {
    Service,
    /// The service before a later question of a login.
    Before(Login),
    Login(Login),
    Refresh(Login),
}

impl Calling {
    pub(crate) fn login(self) -> Option<Login> {
        match self {
            Self::Service => None,
            Self::Before(login) | Self::Login(login) | Self::Refresh(login) => Some(login),
        }
    }
}

/// A login under way, in an `auth_token` step or in the middle of a Web Service.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Login {
    pub(crate) token: TokenIx,
    pub(crate) question: u8,
    pub(crate) failures: u8,
}

/// What a Web Service has got so far; kept while its user logs in again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServiceRun {
    /// Answers to its questions; `None` where the answer is secret, and so sealed.
    pub(crate) answers: Vec<Option<Box<str>>>,
    /// The first call, which names the idempotency key of all that follow.
    pub(crate) first: Option<CallId>,
    /// Whether it has been repeated after a dead token.
    pub(crate) repeated: bool,
    /// Whether the user has logged in for it, so that a login that is never fresh enough does not go round.
    pub(crate) logged_in: bool,
}

/// That a token is held.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Token {
    pub(crate) token: TokenIx,
    pub(crate) logged_in_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) refreshable: bool,
}

/// A token that the vault holds for a contact: that it is there, never what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The Authorization Token component.
    pub token: Name,
    /// When the user logged in.
    pub logged_in_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Whether a refresh token is kept beside it.
    pub refreshable: bool,
}

/// Why nothing is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// Nothing has begun.
    NotBegun,
    /// The script came to its end.
    Finished,
    /// The script ended the conversation with `end`.
    Closed,
    /// The user left with a cancel word.
    Cancelled,
    /// A login was not finished in time; the user will be told on the next message.
    Lapsed {
        /// Which login.
        token: TokenIx,
        /// Whether the question that stood open asked for a secret, so that a late answer is one.
        secret: bool,
    },
    /// Something failed and the script had no branch for it.
    Failed,
    /// The bounds of a turn were reached.
    Bounds,
    /// A person or a number has taken over.
    HandedOver,
    /// The user hung up or left.
    HungUp,
}

/// What a session is doing, for those outside.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    /// The user is asked something.
    Waiting(Expect),
    /// A call is under way; replies must wait for its end.
    Calling(CallId),
    /// It goes on by itself when the timer goes off.
    Paused {
        /// The timer.
        timer: TimerId,
        /// When it goes off.
        until: Timestamp,
    },
    /// Nothing is under way; the next message starts a script.
    Ended(Reason),
}

/// What the channel must collect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expect {
    /// In which form.
    pub kind: ExpectKind,
    /// Whether it is a secret: it shows as `•••`, is not recorded, and is deleted from the chat where possible.
    pub secret: bool,
}

/// Forms of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ExpectKind {
    /// Typed or spoken words.
    Text,
    /// One of the choices of the last message.
    Choice,
    /// Digits, on a phone from the keypad.
    Digits(Keypad),
    /// A place.
    Location,
    /// A file.
    File,
}

/// Bytes that are no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionError {
    /// They come from a version of the program that is not known here.
    #[error("the session was written by another version of the program (format {0})")]
    Version(u8),
    /// They are damaged.
    #[error("the stored session is damaged")]
    Damaged,
}

impl Session {
    /// The version of the bytes that [`Session::to_bytes`] writes.
    pub const FORMAT: u8 = 1;

    /// A session in which nothing has begun.
    pub fn new(bot: &Runnable, channel: ChannelKind, contact: Contact) -> Self {
        let language = contact.language.as_deref().map_or(0, |tag| language_of(bot, tag));
        Self {
            bot: bot.fingerprint,
            channel,
            contact,
            language,
            state: State::Ended(Reason::NotBegun),
            stack: Vec::new(),
            vars: Vec::new(),
            service: ServiceRun::default(),
            tokens: Vec::new(),
            latest: None,
            calls: 0,
            timers: 0,
            turns: 0,
            calls_in_turn: 0,
            greeted: false,
        }
    }

    /// Moves a session in which nothing is under way to another version of its bot. Variables and what is known of
    /// tokens are dropped; give it [`crate::Input::Tokens`] next. Does nothing when something is under way.
    pub fn rebase(&mut self, bot: &Runnable) {
        if let State::Ended(_) = self.state {
            let new = Self::new(bot, self.channel, std::mem::take(&mut self.contact));
            // The numbers of calls and timers go on: they name rows and idempotency keys of this conversation.
            let (calls, timers, turns, greeted) = (self.calls, self.timers, self.turns, self.greeted);
            *self = Self { calls, timers, turns, greeted, state: self.state.clone(), ..new };
            if let State::Ended(Reason::Lapsed { .. }) = self.state {
                self.state = State::Ended(Reason::Finished);
            }
        }
    }

    /// The version of the bot that this session runs on.
    pub fn bot(&self) -> Fingerprint {
        self.bot
    }

    /// The channel that the conversation is on.
    pub fn channel(&self) -> ChannelKind {
        self.channel
    }

    /// The user.
    pub fn contact(&self) -> &Contact {
        &self.contact
    }

    /// The value of a variable as text.
    pub fn variable(&self, bot: &Runnable, name: &str) -> Option<&str> {
        let (_, value) = self.vars.iter().find(|(ix, _)| *bot.variables[ix.at()] == *name)?;
        Some(value.as_str())
    }

    /// All variables that have a value.
    pub fn variables<'s>(&'s self, bot: &'s Runnable) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.vars.iter().map(|(ix, value)| (&*bot.variables[ix.at()], value.as_str()))
    }

    /// The step that the session stands at, by its place in the bot file.
    pub fn position<'b>(&self, bot: &'b Runnable) -> Option<&'b str> {
        match self.state {
            State::Asking { step, .. } | State::Calling { step, .. } => Some(&bot.steps[step.at()].path),
            State::Paused { next, .. } => next.map(|step| &*bot.steps[step.at()].path),
            State::Ended(_) => None,
        }
    }

    /// What the session is doing.
    pub fn status(&self, bot: &Runnable) -> Status {
        match &self.state {
            State::Ended(reason) => Status::Ended(*reason),
            State::Calling { call, .. } => Status::Calling(*call),
            State::Paused { timer, until, .. } => Status::Paused { timer: *timer, until: *until },
            State::Asking { step, doing, .. } => Status::Waiting(self.expect(bot, *step, *doing)),
        }
    }

    fn expect(&self, bot: &Runnable, step: StepIx, doing: Asking) -> Expect {
        let keypad = self.channel.capabilities().keypad;
        let of = |question: &Question, by_number: bool| Expect {
            secret: question.secret,
            kind: match &question.kind {
                AnswerKind::Choice(choices) if keypad => ExpectKind::Digits(choice_keypad(choices.len())),
                AnswerKind::Choice(_) => ExpectKind::Choice,
                AnswerKind::Location => ExpectKind::Location,
                AnswerKind::File => ExpectKind::File,
                AnswerKind::Digits { .. } => ExpectKind::Digits(question.keypad),
                AnswerKind::Number { .. } | AnswerKind::Code { .. } | AnswerKind::Phone if keypad => {
                    ExpectKind::Digits(question.keypad)
                }
                _ if by_number => ExpectKind::Digits(question.keypad),
                _ => ExpectKind::Text,
            },
        };
        match (doing, &bot.steps[step.at()].kind) {
            (Asking::Login(login), _) => {
                let token = &bot.tokens[login.token.at()];
                let question = &token.questions[usize::from(login.question)];
                // Every answer of a login is sealed, but only the secret ones are hidden from the user's own sight.
                of(question, token.validation_by_number)
            }
            (Asking::Question, StepKind::Question(step)) => of(&step.question, false),
            (Asking::Form { question }, StepKind::Form { form, .. }) => {
                of(&bot.forms[form.at()].questions[usize::from(question)].0, false)
            }
            (Asking::Service { question }, StepKind::WebService { service, .. }) => {
                of(&bot.services[service.at()].questions[usize::from(question)], false)
            }
            (_, StepKind::Options { options, .. } | StepKind::Card { options: Some(options), .. })
                if keypad =>
            {
                Expect { kind: ExpectKind::Digits(choice_keypad(options.choices.len())), secret: false }
            }
            _ => Expect { kind: ExpectKind::Choice, secret: false },
        }
    }

    /// The session as bytes, for a store.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.push(Self::FORMAT);
        postcard::to_extend(self, bytes).unwrap_or_else(|_| Vec::new())
    }

    /// A session from bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SessionError> {
        match bytes.split_first() {
            Some((&Self::FORMAT, rest)) => postcard::from_bytes(rest).map_err(|_| SessionError::Damaged),
            Some((other, _)) => Err(SessionError::Version(*other)),
            None => Err(SessionError::Damaged),
        }
    }
}

/// The position of the language among those of the bot: by the whole tag, else by its first part, else the bot's own.
pub(crate) fn language_of(bot: &Runnable, tag: &str) -> u8 {
    let primary = |tag: &str| tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
    let languages = &bot.languages;
    languages
        .iter()
        .position(|known| known.eq_ignore_ascii_case(tag))
        .or_else(|| languages.iter().position(|known| primary(known) == primary(tag)))
        .and_then(|at| u8::try_from(at).ok())
        .unwrap_or(0)
}

/// A keypad for choosing one of so many: as many digits as the last number has.
fn choice_keypad(choices: usize) -> Keypad {
    Keypad { min: 1, max: if choices > 9 { 2 } else { 1 }, ..Keypad::default() }
}
