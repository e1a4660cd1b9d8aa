//! The bot file and its check: from text to a [`Checked`] bot, or to findings that say where and how to mend it.

pub mod condition;
pub mod diagnostics;
pub mod edit;
pub mod outline;
pub mod path;
pub mod placeholder;
pub mod program;
pub mod render;
pub mod template;
pub mod trigger;
pub mod wire;

mod bind;
mod check;
mod checked;
mod compile;
mod fix;
mod graph;
mod node;
mod suggest;

pub use check::{CheckOptions, Checkup, bot_file, check, check_bytes, schema};
pub use checked::{BindError, Checked, Runnable};
pub use fix::{Mended, mend};
