//! A conversation in the terminal.

pub(crate) mod connect;
pub(crate) mod conversation;
pub(crate) mod input;
pub(crate) mod lines;
pub(crate) mod observer;
pub(crate) mod secret_line;
pub(crate) mod terminal;
