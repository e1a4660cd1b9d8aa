//! The real program as a server, with a provider, a company and users around it that write down what they see.

mod server;
mod world;

pub(crate) use server::Server;
pub(crate) use world::{History, Sent, World};

/// Runs a test in one thread, beside the world that it has around it.
pub(crate) fn run<F: Future<Output = ()>>(test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test);
}
