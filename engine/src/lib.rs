//! The interpreter: one pure function from a session and an input to a session and effects.
//!
//! No async, clock, randomness, store or HTTP. The same inputs give the same effects, so a turn that was computed
//! but not committed can be computed again. The engine never fails on what a user says or a service answers.

use countersign_model::Timestamp;
use countersign_script::Runnable;

mod answer;
mod choice;
mod effect;
mod eval;
mod exec;
mod input;
mod limits;
mod machine;
mod number;
mod render;
mod response;
mod session;
mod value;

pub use effect::{
    AnswerRef, Effect, Forgotten, Lead, OutgoingRequest, ServiceCall, TokenPurpose, TokenRequest,
};
pub use input::{Cause, Input, Outcome, Refusal, Response};
pub use limits::Limits;
pub use session::{Expect, ExpectKind, Held, Reason, Session, SessionError, Status};

/// What came out of one input.
#[derive(Debug)]
pub struct Turn {
    /// The session afterwards.
    pub session: Session,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
    /// What the input was, for the transcript.
    pub heard: Heard,
    /// What the author or operator should know. Never holds what a user wrote or a service answered.
    pub warnings: Vec<Warning>,
}

/// What an input was, for the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// May be written down.
    Public,
    /// Was a secret: `•••` is written down.
    Secret,
}

/// Something that the author or operator should know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Warning {
    /// A placeholder had no value and became an empty text.
    #[error("`{{{variable}}}` has no value at {step}")]
    Empty {
        /// The placeholder.
        variable: String,
        /// The step's place in the bot file.
        step: String,
    },
    /// A part of an answer that is to be saved was not there.
    #[error("the answer to `{service}` has nothing at `{path}`; {found}")]
    Missing {
        /// The Web Service.
        service: String,
        /// The path.
        path: String,
        /// The names of the keys that were there, never their values.
        found: String,
    },
    /// An answer that is read as JSON is not JSON.
    #[error("the answer to `{service}` is not JSON")]
    NotJson {
        /// The Web Service.
        service: String,
    },
    /// A value cannot stand in its place.
    #[error("a value at {step} cannot be sent: {why}")]
    Unencodable {
        /// The step's place in the bot file.
        step: String,
        /// Why.
        why: countersign_script::template::EncodeError,
    },
    /// An expression could not be computed.
    #[error("the expression at {step} could not be computed: {why}")]
    Expression {
        /// The step's place in the bot file.
        step: String,
        /// Why; names of variables and types only.
        why: &'static str,
    },
    /// The bounds of a turn were reached.
    #[error("the bot was stopped at {step}: {bound}")]
    Bounds {
        /// The step's place in the bot file.
        step: String,
        /// Which bound.
        bound: &'static str,
    },
}

/// The engine was used wrongly. What users say and services answer never makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// The session runs on another version of the bot: load that one, or [`Session::rebase`] when it has ended.
    #[error("the session belongs to another version of the bot")]
    OtherVersion,
    /// A reply came while a call is under way; give it after the call has ended.
    #[error("a reply has to wait until the call under way has ended")]
    Busy,
}

/// Runs a session until it waits, calls or ends.
pub fn step(bot: &Runnable, session: Session, input: Input, now: Timestamp) -> Result<Turn, StepError> {
    if session.bot != bot.fingerprint {
        return Err(StepError::OtherVersion);
    }
    let mut machine = machine::Machine::new(bot, session, now);
    match input {
        Input::Reply(reply) => machine.reply(reply)?,
        Input::Completed { call, outcome } => machine.completed(call, outcome),
        Input::Elapsed(timer) => machine.elapsed(timer),
        Input::Begin => machine.begin(),
        Input::Start(script) => machine.start_named(&script),
        Input::Tokens(held) => machine.know_tokens(&held),
        Input::HandedBack => machine.handed_back(),
        Input::HungUp => machine.hung_up(),
    }
    Ok(machine.into_turn())
}
