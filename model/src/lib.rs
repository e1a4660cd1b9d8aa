//! Words that three or more crates of Countersign share: time, names, channels, messages and secrets.
//!
//! Nothing here decides anything; types parse, format and carry.

mod channel;
mod contact;
mod message;
mod method;
mod name;
mod secret;
mod time;

pub use channel::{Capabilities, ChannelKind, UnknownChannel};
pub use contact::Contact;
pub use message::{Choice, Content, Media, MediaKind, MessageRef, OutMessage, ReceiptState, Reply};
pub use method::Method;
pub use name::{CallId, Name, NameError, TimerId};
pub use secret::SecretText;
pub use time::Timestamp;
