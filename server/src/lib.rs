//! The server: webhooks of providers, calls on the phone, the chat of web pages, health and metrics, around one
//! [`countersign_runner::Runner`].

mod app;
pub mod chat;
mod config;
mod voice;

pub use app::{App, Line, Side};
pub use chat::ChatSettings;
pub use config::{ChannelConfig, ChannelSide, Config, ConfigError, Fault, KeySource, Limits, Log, LogFormat, LogLevel, Metrics, Otlp, Place, Problem};
pub use voice::{Patience, PhoneChannel};
