//! The commands, one file each.

pub(crate) mod backup;
pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod demo;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod keys;
pub(crate) mod operator;
pub(crate) mod outbox;
pub(crate) mod publish;
pub(crate) mod restore;
pub(crate) mod schema;
pub(crate) mod serve;
pub(crate) mod test;
pub(crate) mod tokens;
pub(crate) mod user;
pub(crate) mod welcome;
