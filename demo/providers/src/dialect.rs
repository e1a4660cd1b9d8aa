use bytes::Bytes;
use countersign_model::Timestamp;
use http::Method;

use crate::act::Act;
use crate::ids::Mint;
use crate::line::Account;
use crate::person::{Person, Standing};
use crate::sent::{Content, ReceiptState, Sent, SentKind};
use crate::wire::{Reply, Request};

/// How a provider speaks: its webhooks, and its API.
pub(crate) trait Dialect: Send + Sync {
    /// Whether a request without the line's name in front is meant for this account.
    fn claims(&self, request: &Request<'_>) -> bool;

    /// Under which a user is known; the first is that of webhooks.
    fn addresses(&self, person: &Person) -> Vec<String>;

    /// What tells the bot of what users did. `None` when the provider has no way to; several acts only where it sends
    /// batches.
    fn webhook(&self, scene: &Scene<'_>, acts: &[(&Person, &Act)]) -> Option<Hook> {
        let _ = (scene, acts);
        None
    }

    /// What tells how far a message came.
    fn receipt(&self, scene: &Scene<'_>, receipt: &Receipt<'_>) -> Option<Hook> {
        let _ = (scene, receipt);
        None
    }

    /// The handshake that makes sure of the address, where there is one.
    fn handshake(&self) -> Option<Hook> {
        None
    }

    /// The header lines with the signature, for one delivery.
    fn headers(&self, scene: &Scene<'_>, hook: &Hook) -> Vec<(&'static str, String)>;

    /// Reads and checks what the bot wants.
    fn read(&self, request: &Request<'_>) -> Result<Order, Reply>;

    /// Whether that person can be written to now; `None` is somebody whom the provider has never seen.
    fn refuses(&self, standing: Option<Standing>, now: Timestamp) -> Option<Reply>;

    /// The answer to a message that was accepted.
    fn accepted(&self, scene: &Scene<'_>, accepted: &Accepted<'_>) -> Reply;

    /// A refusal with a code, in the provider's form.
    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply;

    /// An id for a message that is accepted.
    fn message_id(&self, mint: &Mint) -> String;

    /// When a webhook is sent again.
    fn repeats(&self) -> Repeats {
        Repeats::UntilAcknowledged
    }

    /// Whether an answer counts as an acknowledgement.
    fn acknowledges(&self, status: u16, body: &[u8]) -> bool {
        let _ = body;
        (200..300).contains(&status)
    }

    /// What a text of a user does at the provider itself: opting out and in again.
    fn stops(&self, text: &str) -> Option<bool> {
        let _ = text;
        None
    }
}

/// What a dialect needs to know of the world.
pub(crate) struct Scene<'a> {
    pub(crate) now: Timestamp,
    pub(crate) mint: &'a Mint,
    /// The address that signatures are over.
    pub(crate) public_url: &'a str,
}

/// A message that was accepted.
pub(crate) struct Accepted<'a> {
    pub(crate) person: &'a Person,
    /// As the bot wrote it.
    pub(crate) to: &'a str,
    pub(crate) id: &'a str,
    pub(crate) content: &'a Content,
    /// How many messages of the network it is.
    pub(crate) parts: usize,
}

/// How far a message came.
pub(crate) struct Receipt<'a> {
    pub(crate) person: &'a Person,
    pub(crate) sent: &'a Sent,
    pub(crate) state: ReceiptState,
    /// The provider's error code, when it failed.
    pub(crate) code: Option<&'a str>,
}

/// A webhook. Its address is that of the line, or an own one.
#[derive(Clone, Debug)]
pub(crate) struct Hook {
    pub(crate) method: Method,
    /// Another address than that of the line.
    pub(crate) url: Option<String>,
    /// Added to the address.
    pub(crate) query: String,
    pub(crate) content_type: &'static str,
    pub(crate) body: Bytes,
    /// The provider's id of it.
    pub(crate) id: String,
    pub(crate) event: &'static str,
    /// What the user wrote or pressed, for the history.
    pub(crate) text: String,
}

impl Hook {
    pub(crate) fn post(
        content_type: &'static str,
        body: impl Into<Bytes>,
        id: impl Into<String>,
        event: &'static str,
    ) -> Self {
        Self {
            method: Method::POST,
            url: None,
            query: String::new(),
            content_type,
            body: body.into(),
            id: id.into(),
            event,
            text: String::new(),
        }
    }

    /// A form.
    pub(crate) fn form(pairs: &[(String, String)], id: impl Into<String>, event: &'static str) -> Self {
        Self::post("application/x-www-form-urlencoded", crate::wire::encoded(pairs), id, event)
    }

    pub(crate) fn get(query: String, id: impl Into<String>, event: &'static str) -> Self {
        Self { method: Method::GET, query, ..Self::post("", Bytes::new(), id, event) }
    }

    pub(crate) fn saying(self, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..self }
    }
}

/// When a provider sends a webhook again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Repeats {
    /// As long as no positive answer comes.
    UntilAcknowledged,
    /// Once, when no connection could be made.
    OnceWhenUnreachable,
}

/// What the bot wants.
pub(crate) enum Order {
    /// A message.
    Say {
        /// The user's address.
        to: String,
        content: Content,
        /// How many messages of the network it is.
        parts: usize,
    },
    /// Something beside messages.
    Signal {
        kind: SentKind,
        /// The user's address; empty when the request does not name it.
        to: String,
        /// What it is about.
        id: String,
        reply: Reply,
    },
    /// A running call is to end.
    HangUp {
        call: String,
        /// When there is such a call.
        reply: Reply,
        /// When there is none.
        unknown: Reply,
    },
    /// Something that concerns nobody.
    Nothing(Reply),
}

/// How a provider of calls speaks is added to this by `phone::Phone`.
pub(crate) fn dialect(account: &Account) -> Box<dyn Dialect> {
    match account.clone() {
        Account::Whatsapp(account) => Box::new(crate::whatsapp::Whatsapp(account)),
        Account::Messenger(page) => Box::new(crate::pages::Pages { page, instagram: false }),
        Account::Instagram(page) => Box::new(crate::pages::Pages { page, instagram: true }),
        Account::Telegram(bot) => Box::new(crate::telegram::Telegram(bot)),
        Account::TwilioSms(number) => Box::new(crate::twilio_sms::TwilioSms(number)),
        Account::VonageSms(number) => Box::new(crate::vonage_sms::VonageSms(number)),
        Account::Gateway(account) => Box::new(crate::gateway::Gateway(account)),
        Account::TwilioVoice(number) => Box::new(crate::twilio_voice::TwilioVoice(number)),
        Account::VonageVoice(number) => Box::new(crate::vonage_voice::VonageVoice(number)),
    }
}
