//! What a gateway tells: messages and delivery reports.

use aws_lc_rs::digest;
use countersign_model::{Contact, Content, MessageRef, Reply, SecretText, Timestamp};

use super::fields::{self, Fields, Format};
use crate::adapter::{Decoded, Malformed};
use crate::event::{ChannelEvent, Event, Receipt, ReceiptState};
use crate::registry::OpenError;
use crate::request::{Answer, WebhookRequest};
use crate::settings::Settings;
use crate::{json, rest, signature, sms};

/// Where everything stands in a webhook.
pub(crate) struct Receiver {
    format: Format,
    from: String,
    text: String,
    id: Option<String>,
    time: Option<String>,
    charset: Option<String>,
    coding: Option<String>,
    key: SecretText,
    key_parameter: String,
    key_header: Option<String>,
    answer: String,
    reports: Option<Reports>,
}

struct Reports {
    id: String,
    status: String,
    to: String,
    code: Option<String>,
    states: Vec<(String, ReceiptState)>,
}

impl Receiver {
    pub(crate) fn open(settings: &Settings) -> Result<Self, OpenError> {
        let text = |name: &str| settings.text(name).map(str::to_owned);
        let or = |name: &str, default: &str| text(name).unwrap_or_else(|| default.to_owned());
        let format = match settings.text("receive.format").unwrap_or("form") {
            "form" | "query" => Format::Form,
            "json" => Format::Json,
            "xml" => Format::Xml,
            _ => {
                let problem = "has to be form, json or xml";
                return Err(OpenError::Invalid { name: "receive.format", problem });
            }
        };
        Ok(Self {
            format,
            from: or("receive.from", "from"),
            text: or("receive.text", "text"),
            id: text("receive.id"),
            time: text("receive.time"),
            charset: text("receive.charset"),
            coding: text("receive.coding"),
            key: rest::required(settings, "receive.key")?,
            key_parameter: or("receive.key_parameter", "key"),
            key_header: text("receive.key_header").map(|name| name.to_ascii_lowercase()),
            answer: or("receive.answer", ""),
            reports: Reports::open(settings)?,
        })
    }

    /// The key that proves where a webhook comes from.
    pub(crate) fn key(&self) -> &str {
        self.key.expose()
    }

    /// Whether the webhook has the key. A header may have `Bearer` before it.
    pub(crate) fn has_key(&self, request: &WebhookRequest<'_>) -> bool {
        let Some(header) = &self.key_header else {
            let given = request.parameter(&self.key_parameter).unwrap_or_default();
            return signature::same(&given, self.key.expose());
        };
        let given = request.header(header).unwrap_or_default();
        let given = given.strip_prefix("Bearer ").unwrap_or(given);
        signature::same(given, self.key.expose())
    }

    pub(crate) fn decode(&self, request: &WebhookRequest<'_>, now: Timestamp) -> Result<Decoded, Malformed> {
        let report = |fields: &Fields| self.reports.as_ref().and_then(|reports| reports.read(fields));
        let event = match Fields::read(self.format, request) {
            Some(fields) => report(&fields).or_else(|| self.message(&fields, now)),
            // Many gateways report as a form or in a query, whatever their messages are.
            None => {
                let fields = Fields::read(Format::Form, request);
                Some(fields.as_ref().and_then(report).ok_or(Malformed)?)
            }
        };
        let skipped = usize::from(event.is_none());
        let answer = Answer::text(self.answer.clone());
        Ok(Decoded { answer, ..Decoded::new(event.into_iter().collect(), skipped) })
    }

    fn message(&self, fields: &Fields, now: Timestamp) -> Option<ChannelEvent> {
        let address = sms::number(&fields.text(&self.from)?)?;
        let raw = fields.bytes(&self.text)?;
        let content = match self.decoded(fields, raw) {
            Some(text) => Content::Text(SecretText::new(json::text(&text).into_owned())),
            None => Content::Unsupported,
        };
        let field = |name: &Option<String>| fields.text(name.as_deref()?);
        let time = field(&self.time);
        let given = field(&self.id);
        let id = given.clone().unwrap_or_else(|| {
            let moment = time.clone().unwrap_or_else(|| (now.as_secs() / ALIKE).to_string());
            fingerprint(&[address.as_bytes(), raw, moment.as_bytes()])
        });
        let reply = Reply { content, reference: given.map(MessageRef) };
        Some(ChannelEvent {
            id,
            contact: sms::contact(&address),
            address,
            at: time.as_deref().and_then(sms::time),
            event: Event::Reply(reply),
        })
    }

    fn decoded(&self, fields: &Fields, raw: &[u8]) -> Option<String> {
        if let Some(coding) = &self.coding {
            return fields::decode_coded(raw, &fields.text(coding).unwrap_or_default());
        }
        let charset = self.charset.as_ref().and_then(|name| fields.text(name));
        Some(fields::decode(raw, charset.as_deref()))
    }
}

impl Reports {
    fn open(settings: &Settings) -> Result<Option<Self>, OpenError> {
        let Some(status) = settings.text("report.status") else { return Ok(None) };
        let mut states = Vec::new();
        for (name, state) in [
            ("report.queued", ReceiptState::Queued),
            ("report.sent", ReceiptState::Sent),
            ("report.delivered", ReceiptState::Delivered),
            ("report.failed", ReceiptState::Failed),
        ] {
            let values = settings.text(name).unwrap_or_default().split(',').map(str::trim);
            states.extend(values.filter(|value| !value.is_empty()).map(|value| (value.to_owned(), state)));
        }
        if states.is_empty() {
            return Err(OpenError::Missing("report.delivered"));
        }
        Ok(Some(Self {
            id: settings.text("report.id").unwrap_or("id").to_owned(),
            status: status.to_owned(),
            to: settings.text("report.to").unwrap_or("to").to_owned(),
            code: settings.text("report.code").map(str::to_owned),
            states,
        }))
    }

    fn read(&self, fields: &Fields) -> Option<ChannelEvent> {
        let status = fields.text(&self.status)?;
        let (value, state) = self.states.iter().find(|(value, _)| value.eq_ignore_ascii_case(&status))?;
        let id = fields.text(&self.id)?;
        let field = |name: &Option<String>| fields.text(name.as_deref()?);
        let code = field(&self.code).filter(|_| *state == ReceiptState::Failed);
        // Some gateways name the message alone.
        let address = fields.text(&self.to).and_then(|to| sms::number(&to)).unwrap_or_default();
        let receipt = Receipt { message: Some(MessageRef(id.clone())), state: *state, code };
        Some(ChannelEvent {
            id: format!("{id}:{value}"),
            contact: Contact { address: address.clone(), name: None, language: None },
            address,
            at: None,
            event: Event::Receipt(receipt),
        })
    }
}

/// For how many seconds the same text of the same sender counts once, when a gateway gives neither id nor time: long
/// enough for a repeat at once, too short for an answer to the next question.
const ALIKE: i64 = 10;

/// A short fingerprint of some bytes, as hexadecimal digits.
pub(crate) fn fingerprint(parts: &[&[u8]]) -> String {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        // Its length first, so that no two lists of parts are written alike.
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    context.finish().as_ref()[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}
