//! Tests of the whole: one binary, so that it is linked once.
//!
//! Tests that run the program `countersign` need it to be built: `make test` does that before. By hand:
//! `cargo build --workspace --bins`, then `cargo test -p countersign-it`.
#![expect(clippy::unwrap_used, reason = "a helper of a test that cannot go on fails the test")]

mod bounds;
mod cli;
mod clock;
mod crash;
mod disk;
mod docs;
mod fuzz_bodies;
mod leak;
mod live;
mod logins;
mod properties;
mod tidy;
