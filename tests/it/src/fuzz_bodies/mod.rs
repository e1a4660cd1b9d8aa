//! What is tried with bytes of any kind: the bodies of the fuzz targets in `fuzz/`, and of the property tests here.
//!
//! Each takes the bytes, and panics when something holds no longer that always must.

mod bytes;
mod conversation;
mod texts;
mod watch;

pub(crate) use conversation::step;
pub(crate) use texts::{bot_file, path, template};
