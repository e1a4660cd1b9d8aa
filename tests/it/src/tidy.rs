//! The rules of the project that the compiler does not know. Each says what to do when it is broken, and each is
//! tried on a bad sample, because a rule that cannot fail is none.

mod companions;
mod crates;
mod lines;
mod locks;
pub(crate) mod tree;
