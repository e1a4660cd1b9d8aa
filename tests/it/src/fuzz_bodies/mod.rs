//! What is tried with bytes of any kind: the bodies of the fuzz targets in `fuzz/`, and of the property tests here.
//!
//! Each takes the bytes, and panics when something holds no longer that always must.

mod bytes;
pub(crate) mod conversation;
pub(crate) mod texts;
mod watch;
pub(crate) mod webhooks;
