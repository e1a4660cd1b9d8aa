//! The server as a whole, in this process, over real connections; providers and companies are a transport that writes
//! down what it is asked.

mod bots;
mod hooks;
mod newcomer;
mod numbers;
mod rig;
mod status;
mod workspaces;
