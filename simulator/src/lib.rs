//! A conversation with a bot without a channel: for the terminal, for tests of bots, and for the console.
//!
//! A [`Talk`] is the same runner that a server has, over a store in memory, with one user. A [`Simulation`] is a talk
//! that keeps what an author wants to see beside it: the path, the calls, the variables, the tokens. A [`Trial`]
//! sends what one component would send, and shows the answer with every secret masked.

mod capture;
mod clock;
mod error;
mod recorder;
mod simulation;
mod stubs;
mod talk;
#[cfg(test)]
mod tests;
mod tree;
mod trial;
#[cfg(test)]
mod trial_tests;

pub use capture::{Capture, Exchange};
pub use clock::MovingClock;
pub use error::TalkError;
pub use recorder::{Call, CallOutcome, Passed, Recorder};
pub use simulation::{Act, Simulation, chosen};
pub use stubs::{Stub, StubTransport};
pub use talk::{Hear, Heard, Setup, Talk};
pub use tree::{Kind, Likeness, Texts, Tree};
pub use trial::{Answered, Finding, Life, LifeSource, Outcome, Sent, Trial, TrialError, Tried, Trouble};
