//! The real program as a server, with a provider, a company and users around it that write down what they see.

mod server;
mod world;

pub(crate) use server::Server;
pub(crate) use world::{History, Sent, World};
