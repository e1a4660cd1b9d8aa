use countersign_model::{CallId, ChannelKind, Contact, Name, TimerId, Timestamp};
use countersign_script::Runnable;
use countersign_script::program::{Fingerprint, Keypad, StepIx, TokenIx, VarIx};
use serde::{Deserialize, Serialize};

use crate::expect;
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
    /// Until when a message that the bot has no use for is taken for a secret.
    pub(crate) guarded_until: Option<Timestamp>,
    /// Login pages so far.
    pub(crate) pages: u32,
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
    Form {
        question: u8,
    },
    Service {
        question: u8,
    },
    Login(Login),
    /// The user is to log in on a page.
    Page(Page),
    /// The user has logged in on a page, and is to type the digits that it shows.
    Digits(Unconfirmed),
}

impl Asking {
    pub(crate) fn login(self) -> Option<Login> {
        match self {
            Self::Login(login) => Some(login),
            Self::Page(page) => Some(page.login),
            Self::Digits(unconfirmed) => Some(unconfirmed.page.login),
            Self::Options | Self::Question | Self::Form { .. } | Self::Service { .. } => None,
        }
    }
}

/// What is being called.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Calling {
    Service,
    /// The service before a later question of a login.
    Before(Login),
    Login(Login),
    Refresh(Login),
    /// A login with what was typed on a page.
    Page(Page),
}

impl Calling {
    pub(crate) fn login(self) -> Option<Login> {
        match self {
            Self::Service => None,
            Self::Page(page) => Some(page.login),
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

/// A login page. All its questions stand open at once, so its login stands behind the last of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Page {
    pub(crate) login: Login,
    /// Its number in the session.
    pub(crate) attempt: u32,
    /// When its time is over.
    pub(crate) until: Timestamp,
    /// Who posted last.
    pub(crate) browser: u128,
    /// Which answers of the last post were not of the kind that was asked for, a bit for each.
    pub(crate) invalid: u128,
    /// Whether the auth service refused the last post.
    pub(crate) refused: bool,
}

/// A token that is not used before the user has typed the digits of the page.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Unconfirmed {
    pub(crate) page: Page,
    pub(crate) logged_in_at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) refreshable: bool,
    /// When the time for the digits is over.
    pub(crate) until: Timestamp,
}

/// What a Web Service has got so far; kept while its user logs in again.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct ServiceRun {
    /// Answers to its questions; `None` where the answer is secret, and so sealed.
    pub(crate) answers: Vec<Option<Value>>,
    /// The first call, which names the idempotency key of all that follow.
    pub(crate) first: Option<CallId>,
    /// Whether it has been repeated after a dead token.
    pub(crate) repeated: bool,
    /// For which tokens the user has logged in, so that a login that is never fresh enough does not go round.
    pub(crate) logged_in: Vec<TokenIx>,
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
        /// Which login; a number that no token has when the bot has been published anew since.
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

/// Stands for a token of another version of the bot.
const NO_TOKEN: TokenIx = TokenIx(u16::MAX);

impl Session {
    /// The version of the bytes that [`Session::to_bytes`] writes.
    pub const FORMAT: u8 = 3;

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
            guarded_until: None,
            pages: 0,
        }
    }

    /// Moves a session in which nothing is under way to another version of its bot. Variables and what is known of
    /// tokens are dropped; give it [`crate::Input::Tokens`] next. Does nothing when something is under way.
    pub fn rebase(&mut self, bot: &Runnable) {
        if let State::Ended(_) = self.state {
            let new = Self::new(bot, self.channel, std::mem::take(&mut self.contact));
            // The numbers of calls, timers and pages go on: they name rows and idempotency keys of this conversation.
            let (calls, timers, turns, greeted) = (self.calls, self.timers, self.turns, self.greeted);
            let (state, guarded_until, pages) = (self.state, self.guarded_until, self.pages);
            *self = Self { calls, timers, turns, greeted, state, guarded_until, pages, ..new };
            // The token may have another number now, or none. A late answer is a secret all the same.
            if let State::Ended(Reason::Lapsed { token, .. }) = &mut self.state {
                *token = NO_TOKEN;
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
        let named = |ix: &VarIx| bot.variables.get(ix.at()).is_some_and(|known| **known == *name);
        let (_, value) = self.vars.iter().find(|(ix, _)| named(ix))?;
        Some(value.as_str())
    }

    /// All variables that have a value.
    pub fn variables<'s>(&'s self, bot: &'s Runnable) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.vars.iter().filter_map(|(ix, value)| Some((&**bot.variables.get(ix.at())?, value.as_str())))
    }

    /// The step that the session stands at, by its place in the bot file.
    pub fn position<'b>(&self, bot: &'b Runnable) -> Option<&'b str> {
        let step = match self.state {
            State::Asking { step, .. } | State::Calling { step, .. } => Some(step),
            State::Paused { next, .. } => next,
            State::Ended(_) => None,
        };
        Some(&bot.steps.get(step?.at())?.path)
    }

    /// What the session is doing.
    pub fn status(&self, bot: &Runnable) -> Status {
        match &self.state {
            State::Ended(reason) => Status::Ended(*reason),
            State::Calling { call, .. } => Status::Calling(*call),
            State::Paused { timer, until, .. } => Status::Paused { timer: *timer, until: *until },
            State::Asking { step, doing, .. } => {
                Status::Waiting(expect::expect(bot, self.channel, *step, *doing))
            }
        }
    }

    /// Whether the user is in the middle of a login, or has left one unfinished a moment ago.
    pub fn is_logging_in(&self) -> bool {
        match self.state {
            State::Asking { doing, .. } => doing.login().is_some(),
            State::Calling { purpose, .. } => purpose.login().is_some(),
            State::Ended(reason) => matches!(reason, Reason::Lapsed { .. }),
            State::Paused { .. } => false,
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
        let read = |rest: &[u8]| match postcard::take_from_bytes(rest) {
            Ok((session, [])) => Ok(session),
            _ => Err(SessionError::Damaged),
        };
        match bytes.split_first() {
            Some((&Self::FORMAT, rest)) => read(rest),
            // The formats before ended one and two fields earlier.
            Some((2, rest)) => read(&[rest, &[0]].concat()),
            Some((1, rest)) => read(&[rest, &[0, 0]].concat()),
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
