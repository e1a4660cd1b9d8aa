//! A conversation with a bot without a channel: for the terminal, for tests of bots, and for the console.
//!
//! A [`Talk`] is the same runner that a server has, over a store in memory, with one user. A [`Simulation`] is a talk
//! that keeps what an author wants to see beside it: the path, the calls, the variables, the tokens. A [`Capture`]
//! keeps what went out and came back, for an author who tries one component.

mod capture;
mod clock;
mod error;
mod recorder;
mod simulation;
mod stubs;
mod talk;
#[cfg(test)]
mod tests;

pub use capture::{Capture, Exchange};
pub use clock::MovingClock;
pub use error::TalkError;
pub use recorder::{Call, CallOutcome, Passed, Recorder};
pub use simulation::{Act, Simulation, chosen};
pub use stubs::{Stub, StubTransport};
pub use talk::{Hear, Heard, Setup, Talk};
