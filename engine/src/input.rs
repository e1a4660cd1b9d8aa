use std::fmt;

use countersign_model::{CallId, Name, Reply, SecretText, TimerId, Timestamp};

use crate::session::Held;

/// What can happen to a conversation.
#[derive(Debug)]
pub enum Input {
    /// A call came in, or the user opened the chat without a message. A first message is a [`Input::Reply`]. Every
    /// phone call begins with it: what an earlier call left behind, its tokens too, is forgotten. In a chat it does
    /// nothing while something is under way.
    Begin,
    /// The user sent something.
    Reply(Reply),
    /// A call that the engine had asked for has ended.
    Completed {
        /// Which.
        call: CallId,
        /// How.
        outcome: Outcome,
    },
    /// A timer that the engine had set went off. Timers that it has forgotten do nothing.
    Elapsed(TimerId),
    /// The tokens that the vault holds for this contact, after a change that the engine did not make itself: a
    /// new conversation, or an operator's revocation.
    Tokens(Vec<Held>),
    /// Start this script, whatever is under way: a test, or a link that leads to it.
    Start(Name),
    /// A person takes over: what the bot has asked is dropped, and it keeps silent until [`Input::HandedBack`]. Logins stay.
    TakenOver,
    /// The person who had taken over hands the conversation back to the bot.
    HandedBack,
    /// The user hung up or left. Tokens that belong to the call are forgotten, even one that comes later.
    HungUp,
    /// The user has posted a login page. It does nothing when another page, or none, stands open.
    Page {
        /// Which page.
        attempt: u32,
        /// What was typed, question by question.
        answers: Vec<SecretText>,
        /// Names the browser; what the page shows of this post is for it alone.
        browser: u128,
    },
    /// The user sent something while the digits of a page are asked for. Whoever knows them has compared.
    Digits {
        /// What was sent.
        reply: Reply,
        /// Whether it is the digits of [`crate::OpenPage::browser`]'s page.
        right: bool,
    },
}

/// How a call ended.
#[derive(Debug)]
pub enum Outcome {
    /// The token was found, sealed and stored.
    Acquired {
        /// When it ends.
        expires_at: Timestamp,
        /// Whether a refresh token is kept beside it.
        refreshable: bool,
    },
    /// The auth service said no.
    Rejected(Refusal),
    /// The service answered, whatever it said.
    Responded(Response),
    /// The token that the request needs is gone or over: nothing was sent.
    Expired,
    /// The service did not answer sensibly.
    Unreachable(Cause),
}

/// Why a login was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The user name, password or code is wrong; nobody is told which.
    WrongCredentials,
    /// Too many tries; nothing is counted.
    Paused,
    /// A refresh token that is no longer good; the user is asked instead.
    RefreshOver,
}

/// Why there is no sensible answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// No answer in time.
    TimedOut,
    /// No connection, or it broke.
    NoConnection,
    /// Status 5xx.
    ServerError,
    /// The guard of outgoing requests refused it; the operator or author must act.
    Refused,
    /// An answer that cannot be used: too large, not of the type it says, a redirect, no token in it.
    Unusable,
    /// The program was stopped between sending and the answer; nobody knows whether it was done.
    Unknown,
}

/// The answer of a service.
pub struct Response {
    /// The status.
    pub status: u16,
    /// Header names in lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body, at most as large as egress lets through.
    pub body: Vec<u8>,
}

/// Shows the status and the size; a body may hold what must not be seen.
impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Response({}, {} bytes)", self.status, self.body.len())
    }
}
