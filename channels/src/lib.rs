//! Codecs of the channels: what a provider sends is verified and read, what the bot says becomes the provider's
//! requests. Nothing here touches a socket, a clock or a disk, so every channel is tested with files alone.
//!
//! To add a channel: one file that implements [`Adapter`] (and [`Voice`] for the phone), one line in
//! [`PROVIDERS`], a folder of samples in `testdata/`, and a page in `docs/channels/`. Nothing else.
//!
//! ```text
//! webhook bytes ── Adapter::greet ──▶ an answer at once (handshakes)
//!               └─ Adapter::verify ─▶ Verified ── Adapter::decode ──▶ Decoded { events, answer }
//! what the bot says ── Adapter::deliver ──▶ Sending ── advance ──▶ HttpRequest … Done
//! ```
//!
//! A [`Verified`] webhook can only be made by [`Adapter::verify`], so nothing is read that was not signed.

mod adapter;
mod digits;
mod event;
mod http_gateway;
mod instagram;
mod json;
mod messenger;
mod meta;
mod numbered;
mod parts;
mod registry;
mod request;
mod rest;
mod segments;
mod settings;
mod signature;
mod sms;
mod split;
mod spoken;
mod telegram;
mod telegram_send;
mod telegram_update;
mod twilio;
mod twilio_sms;
mod twilio_voice;
mod twilio_voice_twiml;
mod voice;
mod vonage_sms;
mod vonage_sms_signature;
mod vonage_voice;
mod vonage_voice_jwt;
mod vonage_voice_ncco;
mod whatsapp;

pub use adapter::{Adapter, BadSignature, Decoded, Malformed, Progress, SendError, Sending, Verified};
pub use digits::spoken_digits;
pub use event::{ChannelEvent, Event, Part, Receipt, ReceiptState};
pub use parts::{Joined, Parts};
pub use registry::{OpenError, PROVIDERS, Provider, provider};
pub use request::{Answer, Body, HttpRequest, HttpResponse, WebhookRequest};
pub use settings::{Setting, SettingKind, Settings};
pub use voice::{Gather, Leg, Next, Voice};
