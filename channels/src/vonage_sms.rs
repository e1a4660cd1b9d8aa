//! SMS by Vonage. Source: developer.vonage.com/messaging/sms (inbound SMS, delivery receipts, the SMS API) and
//! developer.vonage.com/getting-started/concepts/signing-messages.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use countersign_model::{ChannelKind, Content, MessageRef, OutMessage, Reply, SecretText, Timestamp};
use serde_json::Value;

use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, SendError, Sending, Verified};
use crate::event::{ChannelEvent, Event, Part, Receipt, ReceiptState};
use crate::registry::{OpenError, Provider};
use crate::request::{HttpRequest, HttpResponse, WebhookRequest};
use crate::rest::{self, Series};
use crate::segments::{self, Encoding};
use crate::settings::{Setting, SettingKind, Settings};
use crate::vonage_sms_signature::{Method, is_signed};
use crate::{json, signature, sms};

pub(crate) const PROVIDER: Provider = Provider {
    kind: ChannelKind::Sms,
    name: "vonage",
    title: "SMS by Vonage",
    settings: SETTINGS,
    open: |settings| Ok(Box::new(VonageSms::open(settings)?)),
};

const SETTINGS: &[Setting] = &[
    Setting {
        name: "api_key",
        kind: SettingKind::Text,
        default: None,
        required: true,
        help: "The API key from the start page of Vonage's dashboard.",
    },
    Setting {
        name: "api_secret",
        kind: SettingKind::Secret,
        default: None,
        required: true,
        help: "The API secret from the start page of Vonage's dashboard. Messages are sent with it.",
    },
    Setting {
        name: "from",
        kind: SettingKind::Text,
        default: None,
        required: true,
        help: "The number that the bot writes from, with country code.",
    },
    Setting {
        name: "signature_secret",
        kind: SettingKind::Secret,
        default: None,
        required: false,
        help: "The signature secret from API settings in the dashboard. It proves that a webhook comes from Vonage.",
    },
    Setting {
        name: "signature_method",
        kind: SettingKind::Text,
        default: Some("sha256"),
        required: false,
        help: "The signature method that is chosen in API settings: sha256, sha512, sha1, md5 or md5hash.",
    },
    Setting {
        name: "unsigned",
        kind: SettingKind::Flag,
        default: Some("false"),
        required: false,
        help: "Whether messages without a signature are taken. Then hook_key is all that protects the hook.",
    },
    Setting {
        name: "hook_key",
        kind: SettingKind::Secret,
        default: None,
        required: false,
        help: "A long random text of letters and digits that stands in the address of the hook as ?key=. Vonage signs no delivery receipts, so they are taken with it.",
    },
    sms::SEGMENTS,
    sms::SMART_PUNCTUATION,
    Setting {
        name: "api_url",
        kind: SettingKind::Text,
        default: Some(API_URL),
        required: false,
        help: "The address of Vonage's interface, for tests.",
    },
];

const API_URL: &str = "https://rest.nexmo.com";

/// Vonage takes 3200 characters in a request: twenty segments are 3060.
const MOST_SEGMENTS: usize = 20;

/// How old a signed webhook may be, and how much the clocks may differ.
const FRESH: Duration = Duration::from_secs(5 * 60);

/// One account with one number.
struct VonageSms {
    url: String,
    api_key: String,
    api_secret: SecretText,
    from: String,
    signing: Option<(Method, SecretText)>,
    unsigned: bool,
    hook_key: Option<SecretText>,
    hook_url: Option<String>,
    style: sms::Style,
}

impl VonageSms {
    fn open(settings: &Settings) -> Result<Self, OpenError> {
        let given = |name: &str| settings.secret(name);
        let method = Method::named(settings.text("signature_method").unwrap_or("sha256")).ok_or(
            OpenError::Invalid {
                name: "signature_method",
                problem: "has to be sha256, sha512, sha1, md5 or md5hash",
            },
        )?;
        let signing = given("signature_secret").map(|secret| (method, secret));
        let unsigned = settings.flag("unsigned").unwrap_or(false);
        let hook_key = given("hook_key");
        if signing.is_none() && !unsigned {
            return Err(OpenError::Missing("signature_secret"));
        }
        if unsigned && hook_key.is_none() {
            return Err(OpenError::Missing("hook_key"));
        }
        let from = rest::required_text(settings, "from")?;
        Ok(Self {
            url: format!("{}/sms/json", rest::api_url(settings, API_URL)?),
            api_key: rest::required_text(settings, "api_key")?,
            api_secret: rest::required(settings, "api_secret")?,
            from: from.trim_start_matches('+').to_owned(),
            signing,
            unsigned,
            hook_key,
            hook_url: settings.text("hook_url").map(str::to_owned),
            style: sms::Style::open(settings, MOST_SEGMENTS)?,
        })
    }

    fn request(&self, to: &str, text: &str, callback: Option<&SecretText>) -> HttpRequest {
        let mut pairs = vec![
            ("api_key", self.api_key.as_str()),
            ("api_secret", self.api_secret.expose()),
            ("from", self.from.as_str()),
            ("to", to.trim_start_matches('+')),
            ("text", text),
        ];
        if segments::encoding(text) == Encoding::Ucs2 {
            pairs.push(("type", "unicode"));
        }
        pairs.extend(callback.map(|url| ("callback", url.expose())));
        rest::post_form(SecretText::from(self.url.as_str()), &pairs)
    }

    /// The address for delivery receipts. Without a key they could not be told from forged ones.
    fn callback(&self) -> Option<SecretText> {
        let (url, key) = (self.hook_url.as_deref()?, self.hook_key.as_ref()?);
        let mut url = url::Url::parse(url).ok()?;
        url.query_pairs_mut().append_pair("key", key.expose());
        Some(SecretText::new(url.into()))
    }

    fn has_key(&self, request: &WebhookRequest<'_>) -> bool {
        let given = request.parameter("key").unwrap_or_default();
        self.hook_key.as_ref().is_some_and(|key| signature::same(&given, key.expose()))
    }
}

impl Adapter for VonageSms {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Sms
    }

    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        now: Timestamp,
    ) -> Result<Verified<'r>, BadSignature> {
        let parameters = parameters(request).ok_or(BadSignature)?;
        let fits = match (&self.signing, parameters.contains_key("sig")) {
            (Some((method, secret)), true) => {
                is_signed(*method, secret, &parameters) && is_fresh(&parameters, now)
            }
            _ => (self.unsigned || is_receipt(&parameters)) && self.has_key(request),
        };
        if fits { Ok(Verified::seal(request)) } else { Err(BadSignature) }
    }

    fn decode(&self, webhook: Verified<'_>, _now: Timestamp) -> Result<Decoded, Malformed> {
        let parameters = parameters(webhook.request()).ok_or(Malformed)?;
        let event = if is_receipt(&parameters) { receipt(&parameters) } else { message(&parameters) };
        let skipped = usize::from(event.is_none());
        Ok(Decoded::new(event.into_iter().collect(), skipped))
    }

    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, SendError> {
        let (words, _) = sms::words(message, false);
        let callback = self.callback();
        let texts = self.style.messages(&words);
        let requests = texts.iter().map(|text| self.request(to, text, callback.as_ref())).collect();
        Ok(Series::begin(requests, done, accepted))
    }
}

/// Shows nothing of the account.
impl fmt::Debug for VonageSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VonageSms(…)")
    }
}

/// What Vonage tells, whichever way the account is set to: in the query, as a form or as JSON. Signature and contents
/// are read from the same ones. `None` when nothing can be read.
fn parameters(request: &WebhookRequest<'_>) -> Option<BTreeMap<String, String>> {
    if request.method == "GET" {
        let mut parameters = form(request.query.as_bytes());
        // Ours, from the address of the hook, and no part of what Vonage signs.
        parameters.remove("key");
        return Some(parameters);
    }
    let is_json = request.body.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !is_json {
        return Some(form(request.body));
    }
    let object: serde_json::Map<String, Value> = json::read(request.body)?;
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Null => Some(String::new()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    };
    Some(object.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect())
}

fn form(bytes: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(bytes).into_owned().collect()
}

type Parameters = BTreeMap<String, String>;

fn of<'p>(parameters: &'p Parameters, name: &str) -> Option<&'p str> {
    parameters.get(name).map(String::as_str).filter(|text| !text.is_empty())
}

fn is_fresh(parameters: &Parameters, now: Timestamp) -> bool {
    let Some(then) = of(parameters, "timestamp").and_then(|text| text.parse().ok()) else { return false };
    let then = Timestamp::from_secs(then);
    now.since(then).max(then.since(now)) <= FRESH
}

/// What has a status is a delivery receipt; a message has none.
fn is_receipt(parameters: &Parameters) -> bool {
    of(parameters, "status").is_some() && of(parameters, "text").is_none()
}

fn event(parameters: &Parameters, id: String, event: Event) -> Option<ChannelEvent> {
    let address = sms::number(of(parameters, "msisdn")?)?;
    let at = of(parameters, "message-timestamp").and_then(sms::utc);
    Some(ChannelEvent { id, contact: sms::contact(&address), address, at, event })
}

/// `None` for what no user has typed: binary messages are for SIM cards and old phones.
fn message(parameters: &Parameters) -> Option<ChannelEvent> {
    let id = json::text(of(parameters, "messageId")?).into_owned();
    if of(parameters, "type") == Some("binary") {
        return None;
    }
    let text = json::text(parameters.get("text")?).into_owned();
    let what = match part(parameters) {
        Some((reference, total, number)) => {
            Event::Part(Part { reference, total, number, text: SecretText::new(text) })
        }
        None => {
            let content = Content::Text(SecretText::new(text));
            Event::Reply(Reply { content, reference: Some(MessageRef(id.clone())) })
        }
    };
    event(parameters, id, what)
}

/// Reference, total and number of a part of a longer text. Parts are of one text when the receiver is the same, too.
fn part(parameters: &Parameters) -> Option<(String, u8, u8)> {
    if of(parameters, "concat") != Some("true") {
        return None;
    }
    let number = |name: &str| of(parameters, name)?.parse::<u8>().ok();
    let (total, part) = (number("concat-total")?, number("concat-part")?);
    let receiver = of(parameters, "to").unwrap_or_default();
    let reference = format!("{receiver}:{}", of(parameters, "concat-ref")?);
    (1..=total).contains(&part).then_some((reference, total, part))
}

fn receipt(parameters: &Parameters) -> Option<ChannelEvent> {
    let id = json::text(of(parameters, "messageId")?).into_owned();
    let status = of(parameters, "status")?;
    let state = match status {
        "buffered" => ReceiptState::Queued,
        "accepted" => ReceiptState::Sent,
        "delivered" => ReceiptState::Delivered,
        "expired" | "failed" | "rejected" => ReceiptState::Failed,
        _ => return None,
    };
    let code =
        of(parameters, "err-code").filter(|code| *code != "0").map(|code| json::text(code).into_owned());
    let what = Receipt { message: Some(MessageRef(id.clone())), state, code };
    event(parameters, format!("{id}:{status}"), Event::Receipt(what))
}

/// The HTTP status is 200 whatever happened; what counts is the status of each part. When some were accepted, the
/// message is not sent again, because the user would get those twice.
fn accepted(response: &HttpResponse) -> Result<Vec<MessageRef>, SendError> {
    if !(200..300).contains(&response.status) {
        return Err(rest::by_status(response, None));
    }
    let answer: Value = json::read(&response.body).unwrap_or_default();
    let parts = answer["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_accepted = |part: &&Value| part["status"] == "0";
    let ids: Vec<_> = parts
        .iter()
        .filter(is_accepted)
        .filter_map(|part| part["message-id"].as_str())
        .map(|id| MessageRef(id.to_owned()))
        .collect();
    if parts.iter().any(|part| is_accepted(&part)) {
        return Ok(ids);
    }
    Err(problem(parts.first().and_then(|part| part["status"].as_str()).unwrap_or_default()))
}

fn problem(status: &str) -> SendError {
    let code = Some(status.to_owned()).filter(|status| status.len() <= 3 && !status.is_empty());
    match status {
        "1" => SendError::Throttled { after: None, code },
        "5" => SendError::Unavailable { code },
        // A barred number, and one that is no longer in use.
        "7" | "33" => SendError::Gone { code },
        // Credentials, a barred account, no credit, no access, the signature, the sender.
        "4" | "8" | "9" | "11" | "14" | "15" | "32" => SendError::Account { code },
        _ => SendError::Refused { code },
    }
}

#[cfg(test)]
#[path = "vonage_sms_tests.rs"]
mod tests;
