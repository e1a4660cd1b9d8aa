//! SMS and MMS by Twilio. Source: twilio.com/docs/messaging (webhook request, status callbacks, message resource) and
//! twilio.com/docs/api/errors.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_model::{
    ChannelKind, Content, Media, MediaKind, MessageRef, OutMessage, Reply, SecretText, Timestamp,
};
use serde_json::Value;

use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, SendError, Sending, Verified};
use crate::event::{ChannelEvent, Event, Receipt, ReceiptState};
use crate::registry::{OpenError, Provider};
use crate::request::{Answer, HttpRequest, HttpResponse, WebhookRequest};
use crate::rest::{self, Series};
use crate::settings::{Setting, SettingKind, Settings};
use crate::{json, sms, twilio};

pub(crate) const PROVIDER: Provider = Provider {
    kind: ChannelKind::Sms,
    name: "twilio",
    title: "SMS by Twilio",
    settings: SETTINGS,
    open: |settings| Ok(Box::new(TwilioSms::open(settings)?)),
};

const SETTINGS: &[Setting] = &[
    Setting {
        name: "account_sid",
        kind: SettingKind::Text,
        default: None,
        required: true,
        help: "The Account SID from the start page of Twilio's console; it begins with AC.",
    },
    Setting {
        name: "auth_token",
        kind: SettingKind::Secret,
        default: None,
        required: true,
        help: "The Auth Token from the start page of Twilio's console. Twilio signs with it, and messages are sent with it.",
    },
    Setting {
        name: "previous_auth_token",
        kind: SettingKind::Secret,
        default: None,
        required: false,
        help: "While the Auth Token is being changed: the one before. Webhooks that are signed with it are still taken.",
    },
    Setting {
        name: "from",
        kind: SettingKind::Text,
        default: None,
        required: false,
        help: "The number that the bot writes from, with + and country code, or a short code. Either this or messaging_service_sid.",
    },
    Setting {
        name: "messaging_service_sid",
        kind: SettingKind::Text,
        default: None,
        required: false,
        help: "The Messaging Service that picks the number; it begins with MG. Either this or from.",
    },
    Setting {
        name: "mms",
        kind: SettingKind::Flag,
        default: Some("false"),
        required: false,
        help: "Whether pictures are sent as MMS, which works in the United States and Canada. Otherwise their address stands in the text.",
    },
    sms::SEGMENTS,
    sms::SMART_PUNCTUATION,
    Setting {
        name: "api_url",
        kind: SettingKind::Text,
        default: Some(API_URL),
        required: false,
        help: "The address of Twilio's interface, for tests.",
    },
];

const API_URL: &str = "https://api.twilio.com";

/// Twilio takes 1600 characters in a request: ten segments are 1530 or 670.
const MOST_SEGMENTS: usize = 10;

/// One account with one number or one Messaging Service.
struct TwilioSms {
    url: String,
    authorization: SecretText,
    tokens: Vec<SecretText>,
    /// `From` or `MessagingServiceSid`, and its value.
    sender: (&'static str, String),
    status_url: Option<String>,
    mms: bool,
    style: sms::Style,
}

impl TwilioSms {
    fn open(settings: &Settings) -> Result<Self, OpenError> {
        let api_url = rest::api_url(settings, API_URL)?;
        let account = rest::required_text(settings, "account_sid")?;
        if !account.bytes().all(|b| b.is_ascii_alphanumeric()) {
            let problem = "is no Account SID; it is AC and 32 letters and digits";
            return Err(OpenError::Invalid { name: "account_sid", problem });
        }
        let token = rest::required(settings, "auth_token")?;
        let basic = SecretText::new(format!("{account}:{}", token.expose()));
        let sender = match (settings.text("messaging_service_sid"), settings.text("from")) {
            (Some(service), None) => ("MessagingServiceSid", service.to_owned()),
            (None, Some(from)) => ("From", from.to_owned()),
            (None, None) => return Err(OpenError::Missing("from")),
            (Some(_), Some(_)) => {
                let problem = "is given together with `messaging_service_sid`; keep one of the two";
                return Err(OpenError::Invalid { name: "from", problem });
            }
        };
        Ok(Self {
            url: format!("{api_url}/2010-04-01/Accounts/{account}/Messages.json"),
            authorization: SecretText::new(format!("Basic {}", STANDARD.encode(basic.expose()))),
            tokens: [Some(token), settings.secret("previous_auth_token")].into_iter().flatten().collect(),
            sender,
            status_url: settings.text("hook_url").map(str::to_owned),
            mms: settings.flag("mms").unwrap_or(false),
            style: sms::Style::open(settings, MOST_SEGMENTS)?,
        })
    }

    fn request(&self, to: &str, text: Option<&str>, media: Option<&str>) -> HttpRequest {
        let mut pairs = vec![("To", to), (self.sender.0, self.sender.1.as_str())];
        pairs.extend(text.map(|text| ("Body", text)));
        pairs.extend(media.map(|url| ("MediaUrl", url)));
        pairs.extend(self.status_url.as_deref().map(|url| ("StatusCallback", url)));
        let mut request = rest::post_form(SecretText::from(self.url.as_str()), &pairs);
        request.headers.push(("authorization", self.authorization.duplicate()));
        request
    }
}

impl Adapter for TwilioSms {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Sms
    }

    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        _now: Timestamp,
    ) -> Result<Verified<'r>, BadSignature> {
        let given = request.header("x-twilio-signature").ok_or(BadSignature)?;
        let parameters = twilio::form(request.body);
        let content_type = request.header("content-type");
        let fits =
            twilio::is_signed(&self.tokens, request.url, &parameters, request.body, content_type, given);
        if fits { Ok(Verified::seal(request)) } else { Err(BadSignature) }
    }

    fn decode(&self, webhook: Verified<'_>, _now: Timestamp) -> Result<Decoded, Malformed> {
        let request = webhook.request();
        // With the method GET, which can be chosen in the console, everything stands in the query.
        let body = if request.method == "GET" { request.query.as_bytes() } else { request.body };
        let form = Form(twilio::form(body));
        let id = form.text("MessageSid").ok_or(Malformed)?;
        let events =
            if form.text("MessageStatus").is_some() { receipts(&form, &id) } else { replies(&form, &id) };
        let answer = Answer {
            status: 200,
            content_type: "text/xml; charset=utf-8",
            body: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response/>\n".to_owned(),
        };
        let skipped = usize::from(events.is_none());
        Ok(Decoded { answer, ..Decoded::new(events.unwrap_or_default(), skipped) })
    }

    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, SendError> {
        let (words, media) = sms::words(message, self.mms);
        let texts = self.style.messages(&words);
        // The picture goes with the first text.
        let mut texts = texts.iter().map(String::as_str);
        let mut requests = Vec::new();
        if media.is_some() {
            requests.push(self.request(to, texts.next(), media));
        }
        requests.extend(texts.map(|text| self.request(to, Some(text), None)));
        Ok(Series::begin(requests, done, accepted))
    }
}

/// Shows nothing of the account.
impl fmt::Debug for TwilioSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TwilioSms(…)")
    }
}

struct Form(Vec<(String, String)>);

impl Form {
    /// A parameter that is there and not empty.
    fn text(&self, name: &str) -> Option<String> {
        self.raw(name).filter(|value| !value.is_empty()).map(|value| json::text(value).into_owned())
    }

    fn raw(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What the user sent; `None` when it is none of ours. WhatsApp by Twilio arrives at the same hook, and its addresses
/// are those of another kind of channel.
fn replies(form: &Form, id: &str) -> Option<Vec<ChannelEvent>> {
    let address = sms::number(form.raw("From")?)?;
    let event = |id: String, event: Event| ChannelEvent {
        id,
        contact: sms::contact(&address),
        address: address.clone(),
        at: None,
        event,
    };
    // Twilio has answered these words itself.
    match form.raw("OptOutType") {
        Some("STOP") => return Some(vec![event(id.to_owned(), Event::Blocked)]),
        Some("START") => return Some(vec![event(id.to_owned(), Event::Unblocked)]),
        Some("HELP") => return Some(Vec::new()),
        _ => {}
    }
    let reply = |id: String, content: Content| {
        let reference = Some(MessageRef(id.clone()));
        event(id, Event::Reply(Reply { content, reference }))
    };
    let body = form.raw("Body").unwrap_or_default();
    let files = files(form);
    if files.is_empty() {
        let text = SecretText::new(json::text(body).into_owned());
        return Some(vec![reply(id.to_owned(), Content::Text(text))]);
    }
    let mut caption = form.text("Body");
    let replies = files.into_iter().enumerate().map(|(index, (kind, url))| {
        let id = if index == 0 { id.to_owned() } else { format!("{id}:{index}") };
        reply(id, Content::Media(Media { kind, url, caption: caption.take() }))
    });
    Some(replies.collect())
}

/// More than Twilio ever sends; the number in the form is not trusted.
const MOST_FILES: usize = 20;

fn files(form: &Form) -> Vec<(MediaKind, String)> {
    let number: usize = form.raw("NumMedia").and_then(|number| number.parse().ok()).unwrap_or(0);
    let file = |index: usize| {
        let url = form.text(&format!("MediaUrl{index}"))?;
        let kind = form.raw(&format!("MediaContentType{index}")).unwrap_or_default();
        let kind = match kind.split('/').next() {
            Some("image") => MediaKind::Image,
            Some("audio") => MediaKind::Audio,
            Some("video") => MediaKind::Video,
            _ => MediaKind::Document,
        };
        Some((kind, url))
    };
    (0..number.min(MOST_FILES)).map_while(file).collect()
}

/// How far a message of the bot has come; `None` for WhatsApp by Twilio and for what is unknown.
fn receipts(form: &Form, id: &str) -> Option<Vec<ChannelEvent>> {
    let address = sms::number(form.raw("To")?)?;
    if form.raw("ChannelPrefix").is_some_and(|prefix| prefix != "sms") {
        return None;
    }
    let status = form.raw("MessageStatus")?;
    let state = match status {
        "accepted" | "scheduled" | "queued" | "sending" => ReceiptState::Queued,
        "sent" => ReceiptState::Sent,
        "delivered" => ReceiptState::Delivered,
        "read" => ReceiptState::Read,
        "undelivered" | "failed" | "canceled" => ReceiptState::Failed,
        _ => return None,
    };
    let code = form.text("ErrorCode").filter(|code| code != "0");
    let opted_out = code.as_deref() == Some(OPTED_OUT);
    let event = |id: String, event: Event| ChannelEvent {
        id,
        contact: sms::contact(&address),
        address: address.clone(),
        at: None,
        event,
    };
    let receipt = Receipt { message: Some(MessageRef(id.to_owned())), state, code };
    let mut events = vec![event(format!("{id}:{status}"), Event::Receipt(receipt))];
    if opted_out {
        events.push(event(format!("{id}:blocked"), Event::Blocked));
    }
    Some(events)
}

const OPTED_OUT: &str = "21610";

fn accepted(response: &HttpResponse) -> Result<Vec<MessageRef>, SendError> {
    let answer: Value = json::read(&response.body).unwrap_or_default();
    if (200..300).contains(&response.status) {
        return Ok(answer["sid"].as_str().map(|sid| MessageRef(sid.to_owned())).into_iter().collect());
    }
    Err(problem(response, answer["code"].as_u64()))
}

fn problem(response: &HttpResponse, number: Option<u64>) -> SendError {
    let code = number.map(|number| number.to_string());
    match number {
        Some(20429 | 14107 | 21611 | 30001 | 30022 | 63018) => {
            SendError::Throttled { after: rest::retry_after(response), code }
        }
        Some(20500 | 30003 | 30008) => SendError::Unavailable { code },
        // Opted out, no such number, no mobile phone, blocked by its owner.
        Some(21610 | 21211 | 21614 | 30004..=30006) => SendError::Gone { code },
        // The number that is written from, a trial account, a suspended one, no registration.
        Some(20003 | 20404 | 21606 | 21608 | 30002 | 30034) => SendError::Account { code },
        Some(21000..=21999 | 30000..=30999 | 63000..=63999) => SendError::Refused { code },
        _ => rest::by_status(response, code),
    }
}

#[cfg(test)]
#[path = "twilio_sms_tests.rs"]
mod tests;
