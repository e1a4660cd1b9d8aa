//! The interpreter: one pure function from a session and an input to a session and effects.
//!
//! No async, clock, randomness, store or HTTP. The same inputs give the same effects, so a turn that was computed
//! but not committed can be computed again. The engine never fails on what a user says or a service answers.

use countersign_model::Timestamp;
use countersign_script::Runnable;
use countersign_script::program::StepIx;

mod answer;
#[cfg(test)]
mod cases;
mod choice;
mod effect;
mod error;
mod eval;
mod exec;
mod expect;
mod guard;
mod input;
mod limits;
mod login_page;
mod machine;
mod number;
mod page;
mod render;
mod response;
mod session;
#[cfg(test)]
mod tests;
mod value;
mod warning;

pub use effect::{
    AnswerRef, Effect, Forgotten, Lead, OutgoingRequest, PageOffer, ServiceCall, TokenPurpose, TokenRequest,
};
pub use error::StepError;
pub use input::{Cause, Input, Outcome, Refusal, Response};
pub use limits::Limits;
pub use page::{OpenPage, PageQuestion, PageStage};
pub use session::{Expect, ExpectKind, Held, Reason, Session, SessionError, Status};
pub use warning::Warning;

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
    /// The steps that the session came to, in order.
    pub passed: Vec<StepIx>,
}

/// What an input was, for the transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// May be written down.
    Public,
    /// Was a secret: `•••` is written down.
    Secret,
}

/// Runs a session until it waits, calls or ends.
pub fn step(bot: &Runnable, session: Session, input: Input, now: Timestamp) -> Result<Turn, StepError> {
    if session.bot != bot.fingerprint || !session.fits(bot) {
        return Err(StepError::OtherVersion);
    }
    let mut machine = machine::Machine::new(bot, session, now);
    let at_stake = machine.is_secret_at_stake(&input);
    let (is_reply, before) = (matches!(input, Input::Reply(_) | Input::Digits { .. }), machine.session.state);
    match input {
        Input::Reply(reply) => machine.reply(reply)?,
        Input::Completed { call, outcome } => machine.completed(call, outcome),
        Input::Elapsed(timer) => machine.elapsed(timer),
        Input::Begin => machine.begin(),
        Input::Start(script) => machine.start_named(&script),
        Input::Tokens(held) => machine.know_tokens(&held),
        Input::TakenOver => machine.taken_over(),
        Input::HandedBack => machine.handed_back(),
        Input::HungUp => machine.hung_up(),
        Input::Page { attempt, answers, browser } => machine.posted(attempt, answers, browser),
        Input::Digits { reply, right } => {
            machine.digits_right = right;
            machine.reply(reply)?;
        }
    }
    // What changed nothing was of no consequence for the secret either.
    if at_stake && (is_reply || machine.session.state != before) {
        machine.guard();
    }
    Ok(machine.into_turn())
}
