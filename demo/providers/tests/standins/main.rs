//! The stand-ins, from outside.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod behaviour;
mod rig;
mod samples;
