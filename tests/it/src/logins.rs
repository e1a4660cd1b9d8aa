//! People log in at the demo bank: a real runner, store, vault and client, real HTTP, and one clock for all.

mod asking;
mod bots;
mod broken;
mod expiry;
mod many;
mod once;
mod passwords;
pub(crate) mod person;
mod refresh;
pub(crate) mod wire;
pub(crate) mod world;
