//! The commands, one file each.

pub(crate) mod chat;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod schema;
pub(crate) mod test;
pub(crate) mod welcome;
