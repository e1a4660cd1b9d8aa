//! The vault as others use it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

#[cfg(unix)]
mod key_file;
mod rotation;
mod sealing;
