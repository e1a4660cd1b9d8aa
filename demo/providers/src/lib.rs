//! Stand-ins of the providers of channels: they sign webhooks, take what a bot sends, and fail as the real ones do.
//! The demo talks through them, and tests and benchmarks use them as the other side of the wire.
//!
//! They are written from what the providers document and not from our own codecs, so that they are a second opinion.
//!
//! ```text
//! Standins::start ── connect(Line) ──▶ LineHandle ── user("+15550100").says("hi") ──▶ signed webhook to the bot
//!                                        │                                             (repeated as the provider does)
//!                                        ├── next_from_bot(…), sent_to(…) ◀── what the bot sent, checked and kept
//!                                        ├── fault(…), trouble(…)             what goes wrong from now on
//!                                        └── history()                        every webhook and send with its answer
//! ```
//!
//! A call on the phone is placed with [`User::calls`]; what the bot's TwiML or NCCO says is kept like messages, and
//! keys, speech, silence and the hang-up go back as the provider posts them.
//!
//! # Time
//!
//! The stand-ins read no clock; [`StandinOptions::new`] takes one. A pause in a call and the time between two repeats
//! are waited for, as long as [`StandinOptions`] says.
//!
//! # Over HTTP
//!
//! The same server has a control page for the terminal, for callers on this machine only: `GET /stand-in/lines`,
//! `POST /stand-in/LINE/say`, `POST /stand-in/LINE/trouble`, `GET /stand-in/LINE/messages?of=NAME&after=N&wait=SECONDS`, `GET /stand-in/history`.

mod act;
mod call;
mod channel;
mod client;
mod control;
mod dialect;
mod fault;
mod gateway;
mod graph;
mod history;
mod ids;
mod line;
mod pages;
mod person;
mod phone;
mod segments;
mod sent;
mod server;
mod sign;
mod standins;
mod state;
mod telegram;
mod twilio_sms;
mod twilio_voice;
mod twiml;
mod user;
mod vonage_sms;
mod vonage_voice;
mod whatsapp;
mod wire;

pub use act::Act;
pub use fault::{Fault, Trouble};
pub use history::{Record, SendRecord, WebhookRecord};
pub use line::{
    Account, Flavour, GatewayAccount, Line, MetaPage, TelegramBot, TwilioNumber, VonageMethod,
    VonageSmsNumber, VonageVoiceNumber, WhatsappNumber,
};
pub use sent::{Offer, ReceiptState, Sent, SentKind};
pub use standins::{Clock, StandinError, StandinOptions, Standins};
pub use state::LineHandle;
pub use user::{Prepared, User, WebhookResult};
