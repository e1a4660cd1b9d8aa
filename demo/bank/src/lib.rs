//! A company's auth service and API, made the way real ones are: the demo runs against it, and so do the tests.
//!
//! The bank has a few [`people()`] with documented passwords, PINs and phone numbers. It checks passwords
//! against argon2id hashes, signs short-lived JWTs (RFC 7519), verifies them with a library at every call, rotates
//! refresh tokens and revokes a session in which an old one is used again (RFC 9700 §4.14).
//!
//! # Ways to get a token
//!
//! | request | body | the token is at |
//! |---|---|---|
//! | `POST /login` | JSON `username`, `password` | `data.token` |
//! | `GET /login?username=…&password=…` | none | `token` |
//! | `POST /login/plain` | JSON or form `username`, `password` | the whole text, and a line end |
//! | `POST /login/pin` | JSON `customer`, `pin` | `token` |
//! | `POST /oauth/token` | form, `grant_type=password` or `refresh_token` (RFC 6749 §4.3, §6) | `access_token` |
//! | `POST /code/send`, then `POST /code/login` | JSON `phone`; JSON `challenge` or `phone`, and `code` | `access_token` |
//! | `POST /refresh` | JSON `refresh_token` | `data.token` |
//!
//! `POST /logout` revokes the session of the token that comes with it.
//!
//! # What a token opens
//!
//! It is taken from `Authorization: Bearer`, from `?token=`, or from the field `token` of a JSON body; from exactly one
//! of them (RFC 6750 §2). `/me`, `/accounts`, `/accounts/{account}/balance`, `/accounts/{account}/transactions`,
//! `/profile` and `/standing-orders` can be read by GET and, with the token in the body, by POST. `POST /transfer`
//! honours `Idempotency-Key`. `PUT /accounts/{account}/nickname`, `PATCH /profile` and `DELETE /standing-orders/{id}`
//! are the other methods.
//!
//! # Faults
//!
//! A test makes the bank misbehave with [`Bank::faults`]; over HTTP `POST /faults` does the same when
//! [`BankOptions::allow_fault_switch`] is set. [`FaultKind`] lists what it can do.
//!
//! # Time
//!
//! The bank never reads a clock of its own; [`BankOptions::new`] takes one. Only a fault that delays waits in real time.

mod api;
mod auth;
mod bank;
mod call;
mod codes;
mod connection;
mod disturb;
mod faults;
mod ledger;
mod money;
mod passwords;
mod people;
mod random;
mod refusal;
mod router;
mod server;
mod spoil;
mod stats;
mod tokens;

pub use bank::{Bank, BankOptions, Clock, CodeSource, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET};
pub use faults::{Fault, FaultKind, Faults, UnknownFault};
pub use people::{Person, Pin, people};
pub use router::router;
pub use server::{Running, serve};
pub use stats::{Seen, Stats, TokenPlace};
