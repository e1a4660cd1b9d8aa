use std::sync::Arc;

use countersign_model::{CallId, MessageRef, Name, OutMessage, SecretText, TimerId, Timestamp};
use countersign_script::program::Method;
use countersign_script::template::Rendered;
use serde::{Deserialize, Serialize};

/// What the engine wants done, in order. The runner writes them down with the session in one commit and carries
/// them out afterwards.
#[derive(Debug)]
pub enum Effect {
    /// Say this to the user.
    Say(OutMessage),
    /// Seal this answer at once; it is opened only for the request that needs it.
    Stash {
        /// Which answer it is.
        answer: AnswerRef,
        /// The answer.
        value: SecretText,
        /// When it is worthless at the latest.
        until: Timestamp,
    },
    /// Log in or renew a token, and complete the call with [`crate::Outcome::Acquired`], `Rejected` or
    /// `Unreachable`. A login is sent at most once.
    Acquire(Box<TokenRequest>),
    /// Call an API, and complete the call with [`crate::Outcome::Responded`], `Expired` or `Unreachable`.
    Call(Box<ServiceCall>),
    /// Wake the session then with [`crate::Input::Elapsed`].
    WakeAt(TimerId, Timestamp),
    /// Forget secrets.
    Forget(Forgotten),
    /// Delete this message of the user from the channel where that is possible: it holds a secret.
    Erase(MessageRef),
    /// Hand the conversation to a person, or the call to a number.
    Handover {
        /// A phone number; `None` means a person in the console.
        number: Option<String>,
    },
    /// Keep the answers to a form.
    Keep(Lead),
    /// Send the user a link to a login page of this session. The link is made by whoever delivers it, and the page is
    /// answered with [`crate::Input::Page`].
    OfferPage(PageOffer),
}

/// A link to a login page, without the address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageOffer {
    /// The Authorization Token component.
    pub component: Name,
    /// Which login page of the session it is.
    pub attempt: u32,
    /// What is said.
    pub text: String,
    /// What the link says.
    pub label: String,
}

/// Names an answer to a question of a component.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct AnswerRef {
    /// The Authorization Token or Web Service that asked.
    pub component: Name,
    /// Which of its questions, counted from 0.
    pub index: u8,
}

/// Secrets to forget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Forgotten {
    /// All sealed answers to a component's questions.
    Answers(Name),
    /// The token of a component, and the refresh token beside it.
    Token(Name),
    /// All tokens of the contact, with their refresh tokens.
    AllTokens,
}

/// A request with secrets by reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutgoingRequest {
    /// The method.
    pub method: Method,
    /// The URL.
    pub url: Rendered,
    /// Headers.
    pub headers: Vec<(Arc<str>, Rendered)>,
    /// The content type and the body.
    pub body: Option<(Arc<str>, Rendered)>,
    /// How long the answer may take, in milliseconds.
    pub timeout_ms: u32,
}

/// A login, or the renewal of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRequest {
    /// Which call this is.
    pub call: CallId,
    /// The Authorization Token component; it says how the token is found in the answer.
    pub token: Name,
    /// What for.
    pub purpose: TokenPurpose,
    /// The request.
    pub request: OutgoingRequest,
}

/// Why a token is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TokenPurpose {
    /// With the user's answers.
    Login,
    /// With the refresh token.
    Refresh,
}

/// A call of an API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceCall {
    /// Which call this is.
    pub call: CallId,
    /// The Web Service component.
    pub service: Name,
    /// The request.
    pub request: OutgoingRequest,
    /// The header that carries an idempotency key, and the first call that this one repeats (or this one): the key
    /// is made of the conversation and that number, so that it is the same however often the call is repeated.
    pub idempotency: Option<(Arc<str>, CallId)>,
    /// How many times it may be sent again when nothing was answered; 0 unless that is harmless.
    pub retries: u8,
}

/// The answers to a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lead {
    /// The Form component.
    pub form: Name,
    /// Variables and answers in the order of the questions.
    pub answers: Vec<(String, String)>,
}
