//! Messenger and Instagram: one protocol in two dialects.

mod inbound;
mod kinds;
mod outbound;

use std::fmt;
use std::sync::Arc;

use countersign_model::{ChannelKind, OutMessage, Timestamp};

use super::account::Account;
use super::sending::Requests;
use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, SendError, Sending, Verified};
use crate::event::{ChannelEvent, Event};
use crate::json;
use crate::request::{Answer, HttpRequest, WebhookRequest};

/// In what the two differ.
pub(crate) struct Dialect {
    /// The kind of channel.
    pub(crate) kind: ChannelKind,
    /// The `object` of its webhooks.
    pub(crate) object: &'static str,
    /// The longest text.
    pub(crate) text_limit: usize,
    /// How the length of a text counts.
    pub(crate) measure: fn(&str) -> usize,
    /// The `messaging_type` of what answers a user, where there is one.
    pub(crate) messaging_type: Option<&'static str>,
    /// What is said of the repeated use of a file, where it is asked.
    pub(crate) is_reusable: Option<bool>,
    /// Whether files can be sent that are no picture, recording or film.
    pub(crate) files: bool,
    /// Whether a link can be a button.
    pub(crate) link_buttons: bool,
}

/// A page or an Instagram account.
pub(crate) struct Page {
    account: Arc<Account>,
    id: String,
    dialect: &'static Dialect,
}

impl Page {
    pub(crate) fn new(account: Account, id: String, dialect: &'static Dialect) -> Self {
        Self { account: Arc::new(account), id, dialect }
    }

    /// What shows the user that the bot has read or is writing.
    fn action(&self, event: &ChannelEvent, action: &str, wanted: bool) -> Vec<HttpRequest> {
        if !wanted || !matches!(event.event, Event::Reply(_) | Event::Begin | Event::Start(_)) {
            return Vec::new();
        }
        vec![self.account.post(outbound::action(&event.address, action))]
    }
}

impl Adapter for Page {
    fn kind(&self) -> ChannelKind {
        self.dialect.kind
    }

    fn greet(&self, request: &WebhookRequest<'_>) -> Option<Answer> {
        self.account.greet(request)
    }

    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        _now: Timestamp,
    ) -> Result<Verified<'r>, BadSignature> {
        self.account.verify(request)
    }

    fn decode(&self, webhook: Verified<'_>, _now: Timestamp) -> Result<Decoded, Malformed> {
        let text = std::str::from_utf8(webhook.request().body).map_err(|_| Malformed)?;
        let read = |text: &str| inbound::read(text, self.dialect.object, &self.id);
        let (events, skipped) = read(text).or_else(|| read(&json::mend(text)?)).ok_or(Malformed)?;
        Ok(Decoded::new(events, skipped))
    }

    fn courtesies(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        self.action(event, "mark_seen", self.account.mark_read)
    }

    fn at_work(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        self.action(event, "typing_on", self.account.typing)
    }

    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, SendError> {
        let bodies = outbound::bodies(self.dialect, to, message);
        Ok(Requests::begin(Arc::clone(&self.account), bodies, done, outbound::id_of, kinds::kind))
    }
}

/// Shows which account it is, and no secret.
impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({})", self.dialect.kind, self.id)
    }
}
