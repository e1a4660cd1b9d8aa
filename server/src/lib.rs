//! The server: webhooks of providers, calls on the phone, the chat of web pages, health and metrics, around one
//! [`countersign_runner::Runner`].

mod app;
mod chat;
mod voice;

pub use app::{App, Line, Side};
pub use chat::ChatSettings;
pub use voice::{Patience, PhoneChannel};
