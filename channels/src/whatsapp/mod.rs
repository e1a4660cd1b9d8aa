//! WhatsApp, by the Cloud API (developers.facebook.com, "WhatsApp Business Platform").

mod body;
mod inbound;
mod kinds;
mod outbound;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use countersign_model::{ChannelKind, OutMessage, Timestamp};

use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, SendError, Sending, Verified};
use crate::event::{ChannelEvent, Event};
use crate::json;
use crate::meta::{
    ACCESS_TOKEN, API_VERSION, APP_SECRET, APP_SECRET_OLD, Account, MARK_READ, Requests, TYPING,
    VERIFY_TOKEN, account_id,
};
use crate::registry::{OpenError, Provider};
use crate::request::{Answer, HttpRequest, WebhookRequest};
use crate::settings::{Setting, SettingKind, Settings};

/// The line of the registry.
pub(crate) const PROVIDER: Provider = Provider {
    kind: ChannelKind::Whatsapp,
    name: "whatsapp",
    title: "WhatsApp",
    settings: &[
        Setting {
            name: "phone_number_id",
            kind: SettingKind::Text,
            default: None,
            required: true,
            help: "The id of the phone number, which is not the number itself: in the app, WhatsApp > API setup.",
        },
        Setting {
            help: "The token of a system user with the permission whatsapp_business_messaging: Business settings > System users.",
            ..ACCESS_TOKEN
        },
        APP_SECRET,
        APP_SECRET_OLD,
        VERIFY_TOKEN,
        Setting {
            name: "api_url",
            kind: SettingKind::Text,
            default: Some(API_URL),
            required: false,
            help: "Where the Graph API is.",
        },
        API_VERSION,
        MARK_READ,
        Setting {
            help: "Whether the user sees that an answer is being written. WhatsApp shows it only with `mark_read`.",
            ..TYPING
        },
        Setting {
            name: "list_button",
            kind: SettingKind::Text,
            default: Some(LIST_BUTTON),
            required: false,
            help: "The words on the button that opens a list, at most 20 characters.",
        },
    ],
    open,
};

const API_URL: &str = "https://graph.facebook.com";
const LIST_BUTTON: &str = "Choose";

/// One phone number.
struct Whatsapp {
    account: Arc<Account>,
    number_id: String,
    list_button: String,
}

fn open(settings: &Settings) -> Result<Box<dyn Adapter>, OpenError> {
    let number_id = account_id(settings, "phone_number_id")?;
    let account = Arc::new(Account::open(settings, &number_id, ACCESS_TOKEN.name, API_URL)?);
    let list_button = settings.text("list_button").unwrap_or(LIST_BUTTON).trim().to_owned();
    if !(1..=20).contains(&list_button.chars().count()) {
        let problem = "must have 1 to 20 characters";
        return Err(OpenError::Invalid { name: "list_button", problem });
    }
    Ok(Box::new(Whatsapp { account, number_id, list_button }))
}

impl Whatsapp {
    fn read(&self, event: &ChannelEvent, typing: bool) -> Vec<HttpRequest> {
        let Event::Reply(reply) = &event.event else { return Vec::new() };
        let read = reply.reference.as_ref().filter(|_| self.account.mark_read);
        read.map(|id| self.account.post(body::read(&id.0, typing))).into_iter().collect()
    }
}

impl Adapter for Whatsapp {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Whatsapp
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
        let read = |text: &str| inbound::read(text, &self.number_id);
        let (events, skipped) = read(text).or_else(|| read(&json::mend(text)?)).ok_or(Malformed)?;
        Ok(Decoded::new(events, skipped))
    }

    fn courtesies(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        self.read(event, false)
    }

    fn at_work(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        // "Typing" goes with "read" alone, in the same request.
        if self.account.typing { self.read(event, true) } else { Vec::new() }
    }

    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, SendError> {
        let bodies = outbound::bodies(to, message, &self.list_button);
        Ok(Requests::begin(Arc::clone(&self.account), bodies, done, body::id_of, kinds::kind))
    }
}

/// Shows which number it is, and no secret.
impl fmt::Debug for Whatsapp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whatsapp({})", self.number_id)
    }
}
