//! The bank by real HTTP, as a client on another machine sees it.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod api;
mod faults;
mod http;
mod logins;
mod time;
