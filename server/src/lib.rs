//! The server: webhooks of providers, calls on the phone, the chat of web pages, health and metrics, around one
//! [`countersign_runner::Runner`].

mod accounts;
mod app;
mod bots;
pub mod chat;
mod config;
mod console;
mod front;
mod harden;
mod hooks;
mod key_command;
mod keys;
mod lines;
mod listener;
mod login_page;
mod reload;
mod server;
mod start_error;
mod statistics;
mod steady;
mod store;
mod telemetry;
mod voice;
mod workshop;

#[cfg(test)]
mod tests;

pub use accounts::accounts;
pub use app::{App, Channels, Line, Side};
pub use bots::{CheckedBots, Findings, NoBot, NotAllowed, Refusal, Refused, Waiting, check_bots};
pub use chat::ChatSettings;
pub use config::{
    ChannelConfig, ChannelSide, Config, ConfigError, Console, Fault, KeySource, Limits, Log, LogFormat,
    LogLevel, Metrics, Otlp, Place, Problem,
};
pub use harden::{Unhardened, harden};
pub use key_command::CommandFault;
pub use keys::check_keys;
pub use reload::{Reload, Reloaded};
pub use server::{Seams, Server};
pub use start_error::StartError;
pub use steady::SteadyClock;
pub use voice::{Patience, PhoneChannel};
pub use workshop::{KeyError, Outbox, Retired, Rotated, Rotation, Which, Workshop};
