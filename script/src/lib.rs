//! The bot file and its check: from text to a [`Checked`] bot, or to findings that say where and how to mend it.

pub mod condition;
pub mod diagnostics;
pub mod path;
pub mod program;
pub mod template;
pub mod trigger;

mod checked;

pub use checked::{BindError, Checked, Runnable};
