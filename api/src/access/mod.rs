//! Who asks, and whether they may.

mod cookie;
mod guard;
mod origin;
mod who;

pub(crate) use cookie::{ended, started};
pub(crate) use guard::guard;
pub use who::{Here, Signed, Visitor};
