//! Phone calls by Vonage Voice: a webhook is answered with an NCCO.
//!
//! Sources: developer.vonage.com/voice/voice-api/webhook-reference, /voice-api/ncco-reference,
//! /voice-api/guides/troubleshooting, /getting-started/concepts/webhooks.

use std::fmt;
use std::time::Duration;

use countersign_model::{ChannelKind, Contact, Content, Method, OutMessage, Reply, SecretText, Timestamp};
use serde::Deserialize;

use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, SendError, Sending, Verified};
use crate::event::{ChannelEvent, Event};
use crate::json;
use crate::registry::{OpenError, Provider};
use crate::request::{Answer, Body, HttpRequest, WebhookRequest};
use crate::rest;
use crate::settings::{Setting, SettingKind, Settings};
use crate::voice::{Leg, Next, Voice, base_url, path_segment};
use crate::vonage_voice_jwt::{PrivateKey, is_signed};
use crate::vonage_voice_ncco::{Style, ncco};

/// Vonage waits 5 seconds, tries twice more, and then ends the call.
const LONGEST_WAIT: Duration = Duration::from_millis(3_500);

/// The channel.
pub(crate) const PROVIDER: Provider =
    Provider { kind: ChannelKind::Phone, name: "vonage", title: "Vonage Voice", settings: SETTINGS, open };

const SETTINGS: &[Setting] = &[
    Setting {
        name: "signature_secret",
        kind: SettingKind::Secret,
        default: None,
        required: true,
        help: "The signature secret of the account: in the Vonage dashboard under API settings. Webhooks are signed \
               with it.",
    },
    Setting {
        name: "signature_secret_old",
        kind: SettingKind::Secret,
        default: None,
        required: false,
        help: "The signature secret before, while a new one is being introduced: both are accepted.",
    },
    Setting {
        name: "application_id",
        kind: SettingKind::Text,
        default: None,
        required: false,
        help: "The id of the Vonage application. Needed with `private_key` alone.",
    },
    Setting {
        name: "private_key",
        kind: SettingKind::Secret,
        default: None,
        required: false,
        help: "The private key of the application, as the dashboard lets you download it (PEM). Only with it a running \
               call can be ended from outside.",
    },
    Setting {
        name: "number",
        kind: SettingKind::Text,
        default: None,
        required: false,
        help: "Your Vonage number, such as `+31970100900`: whom a call is transferred to sees it.",
    },
    Setting {
        name: "style",
        kind: SettingKind::Text,
        default: None,
        required: false,
        help: "The number of the voice among those that Vonage has for the language. Without it: 0.",
    },
    Setting {
        name: "language",
        kind: SettingKind::Text,
        default: None,
        required: false,
        help: "The language and region of the voice, such as `en-GB`. Without it: the bot's language.",
    },
    Setting {
        name: "speech",
        kind: SettingKind::Flag,
        default: Some("true"),
        required: false,
        help: "Whether callers may also speak where no secret is asked. Vonage charges for it.",
    },
    Setting {
        name: "api_url",
        kind: SettingKind::Text,
        default: Some("https://api.nexmo.com"),
        required: false,
        help: "Where Vonage's API is; to be changed for another region, or for tests.",
    },
];

struct VonageVoice {
    /// The signature secret and, while it is being changed, the one before.
    secrets: Vec<SecretText>,
    application: Option<(String, PrivateKey)>,
    style: Style,
    api: String,
}

fn open(settings: &Settings) -> Result<Box<dyn Adapter>, OpenError> {
    let secret = rest::required(settings, "signature_secret")?;
    let application = match settings.secret("private_key") {
        Some(pem) => {
            let id = settings.text("application_id").ok_or(OpenError::Missing("application_id"))?;
            let problem = "is no private key; it is the file that the Vonage dashboard lets you download, and begins \
                           with -----BEGIN PRIVATE KEY-----";
            let key =
                PrivateKey::from_pem(&pem).ok_or(OpenError::Invalid { name: "private_key", problem })?;
            Some((id.to_owned(), key))
        }
        None => None,
    };
    let style = match settings.text("style").map(str::parse) {
        Some(Ok(style)) => Some(style),
        Some(Err(_)) => {
            return Err(OpenError::Invalid { name: "style", problem: "is not a number such as 0 or 2" });
        }
        None => None,
    };
    Ok(Box::new(VonageVoice {
        secrets: [Some(secret), settings.secret("signature_secret_old")].into_iter().flatten().collect(),
        application,
        style: Style {
            style,
            language: settings.text("language").map(str::to_owned),
            speech: settings.flag("speech").unwrap_or(true),
            number: settings.text("number").map(|number| number.trim_start_matches('+').to_owned()),
        },
        api: base_url(settings, "https://api.nexmo.com")?,
    }))
}

impl fmt::Debug for VonageVoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VonageVoice")
    }
}

impl Adapter for VonageVoice {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Phone
    }

    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        now: Timestamp,
    ) -> Result<Verified<'r>, BadSignature> {
        let given = request.header("authorization").ok_or(BadSignature)?;
        is_signed(&self.secrets, given, request.body, now)
            .then(|| Verified::seal(request))
            .ok_or(BadSignature)
    }

    fn decode(&self, webhook: Verified<'_>, _: Timestamp) -> Result<Decoded, Malformed> {
        let request = webhook.request();
        let body = if request.body.is_empty() { from_query(request) } else { json::read(request.body) };
        Ok(decode(request, body.ok_or(Malformed)?))
    }

    fn say(&self, _: &str, _: &OutMessage, _: u32) -> Result<Box<dyn Sending>, SendError> {
        Err(SendError::Unsupported)
    }

    fn voice(&self) -> Option<&dyn Voice> {
        Some(self)
    }
}

/// Every webhook of a call; what it holds says which it is.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Webhook {
    uuid: Option<String>,
    call_uuid: Option<String>,
    from: Option<String>,
    to: Option<String>,
    status: Option<String>,
    dtmf: Option<Dtmf>,
    speech: Option<Speech>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Dtmf {
    digits: Option<String>,
}

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Speech {
    results: Option<Vec<Heard>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Heard {
    text: Option<String>,
}

/// The answer webhook comes as GET unless the application says otherwise.
fn from_query(request: &WebhookRequest<'_>) -> Option<Webhook> {
    let uuid = request.parameter("uuid")?;
    let (from, to) = (request.parameter("from"), request.parameter("to"));
    Some(Webhook { uuid: Some(uuid), from, to, ..Webhook::default() })
}

/// States of a call after which nothing comes.
const OVER: [&str; 8] =
    ["completed", "busy", "timeout", "unanswered", "rejected", "failed", "cancelled", "disconnected"];

fn decode(request: &WebhookRequest<'_>, webhook: Webhook) -> Decoded {
    let nothing = Decoded::new(Vec::new(), 0);
    let Webhook { uuid, call_uuid, from, to, status, dtmf, speech } = webhook;
    let Some(call) = uuid.or(call_uuid).filter(|call| !call.is_empty()) else { return nothing };
    let event = |id: String, event: Event| ChannelEvent {
        id,
        address: call.clone(),
        contact: Contact { address: number(from.as_deref().unwrap_or_default()), ..Contact::default() },
        at: None,
        event,
    };
    if let Some(status) = status {
        let is_over = OVER.contains(&status.as_str());
        let over = is_over.then(|| event("hung-up".to_owned(), Event::HungUp));
        return Decoded::new(over.into_iter().collect(), 0);
    }
    let events = match (request.parameter("step"), request.parameter("wait")) {
        (Some(_), Some(_)) => Vec::new(),
        (Some(step), None) => {
            let reply = Reply { content: content(dtmf, speech), reference: None };
            vec![event(format!("step-{step}"), Event::Reply(reply))]
        }
        (None, _) if to.is_some() && dtmf.is_none() && speech.is_none() => {
            vec![event("begin".to_owned(), Event::Begin)]
        }
        // Recordings, transfers, and what will be invented.
        (None, _) => return nothing,
    };
    Decoded { asks: Some(call), ..Decoded::new(events, 0) }
}

/// What the caller pressed or said. How sure Vonage is of what it heard does not matter: the bot asks again when it
/// makes no sense.
fn content(dtmf: Option<Dtmf>, speech: Option<Speech>) -> Content {
    if let Some(digits) = dtmf.and_then(|dtmf| dtmf.digits).filter(|digits| !digits.is_empty()) {
        return Content::Digits(digits.into());
    }
    let results = speech.and_then(|speech| speech.results).unwrap_or_default();
    let best = results.into_iter().find_map(|heard| heard.text.filter(|text| !text.trim().is_empty()));
    best.map_or(Content::Silence, |text| Content::Text((&*json::text(&text)).into()))
}

/// The number of a caller, which comes without `+`; empty when it is withheld: then Vonage sends a word.
fn number(from: &str) -> String {
    let digits = from.strip_prefix('+').unwrap_or(from);
    let is_number = (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    match (is_number, from.starts_with("sip:")) {
        (true, _) => format!("+{digits}"),
        (_, true) => from.to_owned(),
        _ => String::new(),
    }
}

impl Voice for VonageVoice {
    fn answer(&self, leg: &Leg<'_>, say: &[OutMessage], next: &Next) -> Answer {
        json_answer(ncco(&self.style, leg, say, next).to_string())
    }

    /// Vonage cannot refuse a call; an answer without actions ends it.
    fn reject(&self) -> Answer {
        json_answer("[]".to_owned())
    }

    fn hang_up(&self, call: &str, now: Timestamp) -> Option<HttpRequest> {
        let (id, key) = self.application.as_ref()?;
        let token = key.token(id, call, now)?;
        Some(HttpRequest {
            method: Method::Put,
            url: format!("{}/v1/calls/{}", self.api, path_segment(call)).into(),
            headers: vec![("authorization", format!("Bearer {}", token.expose()).into())],
            body: Some(Body { content_type: "application/json", text: r#"{"action":"hangup"}"#.into() }),
        })
    }

    fn longest_wait(&self) -> Duration {
        LONGEST_WAIT
    }
}

fn json_answer(body: String) -> Answer {
    Answer { status: 200, content_type: "application/json", body }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::vonage_voice_jwt::tests::{new_key, opened};

    const CALL: &str = "4017af47-43d8-5f07-96eb-a1a3290c39b1";
    const NOW: Timestamp = Timestamp::from_secs(1_795_342_550);
    const STEP: &str = "https://bots.example.com/hook/vv/4/input?step=3";

    fn settings() -> Settings {
        Settings::new().with_secret("signature_secret", "Vs1gnatureSecret42exampleKeyABCDEF".into())
    }

    fn sample(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/vonage-voice");
        std::fs::read_to_string(folder.join(name)).unwrap()
    }

    fn request<'r>(url: &'r str, headers: &'r [(String, Vec<u8>)], body: &'r [u8]) -> WebhookRequest<'r> {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let method = if body.is_empty() { "GET" } else { "POST" };
        WebhookRequest { method, url, query, headers, body }
    }

    fn read(url: &str, body: &str) -> Decoded {
        let request = request(url, &[], body.as_bytes());
        open(&settings()).unwrap().decode(Verified::seal(&request), NOW).unwrap()
    }

    fn reply(decoded: Decoded) -> Content {
        match decoded.events.into_iter().next().unwrap().event {
            Event::Reply(reply) => reply.content,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_sample_is_read() {
        let index: Vec<Value> = serde_json::from_str(&sample("index.json")).unwrap();
        let mut seen = 0;
        for entry in index {
            let name = entry["file"].as_str().unwrap();
            if !["answer_", "event_", "input_"].iter().any(|kind| name.starts_with(kind)) {
                continue;
            }
            seen += 1;
            let decoded = match name {
                "answer_query.txt" => {
                    read(&format!("https://bots.example.com/hook/vv/4?{}", sample(name)), "")
                }
                _ if name.starts_with("input_") => read(STEP, &sample(name)),
                _ => read("https://bots.example.com/hook/vv/4", &sample(name)),
            };
            let expected = match name {
                _ if name.starts_with("answer_") => "Begin",
                _ if name.starts_with("input_") => "Reply",
                "event_started.json"
                | "event_ringing.json"
                | "event_answered.json"
                | "event_machine.json"
                | "event_transfer.json"
                | "event_record.json"
                | "event_error.json" => "",
                _ => "HungUp",
            };
            let shown = decoded.events.first().map_or(String::new(), |event| format!("{:?}", event.event));
            assert!(
                shown.starts_with(expected) && shown.is_empty() == expected.is_empty(),
                "{name}: {shown}"
            );
            assert_eq!(decoded.asks.is_some(), matches!(expected, "Begin" | "Reply"), "{name}");
            if let (Some(event), true) = (decoded.events.first(), name != "answer_anonymous.json") {
                assert_eq!((&*event.address, &*event.contact.address), (CALL, "+31655501001"), "{name}");
            }
        }
        assert_eq!(seen, 22);
    }

    #[test]
    fn what_was_pressed_or_said_is_read() {
        let content = |name: &str| reply(read(STEP, &sample(name)));
        assert!(matches!(content("input_dtmf.json"), Content::Digits(keys) if keys.expose() == "1042"));
        assert!(matches!(content("input_dtmf_timeout.json"), Content::Silence));
        let said = content("input_dtmf_null.json");
        assert!(matches!(said, Content::Text(words) if words.expose() == "two loaves please"));
        assert!(matches!(content("input_speech_error.json"), Content::Silence));
        assert!(matches!(content("input_speech_start_timeout.json"), Content::Silence));
        let star = reply(read(STEP, &format!(r#"{{"uuid":"{CALL}","dtmf":{{"digits":"*7"}}}}"#)));
        assert!(matches!(star, Content::Digits(keys) if keys.expose() == "*7"));
        let odd = format!(r#"{{"uuid":"{CALL}","speech":{{"results":[{{}},{{"text":"a\u0000b\ud83d"}}]}}}}"#);
        assert!(matches!(reply(read(STEP, &odd)), Content::Text(words) if words.expose() == "ab\u{fffd}"));
        assert_eq!(read(STEP, &sample("input_dtmf.json")).events[0].id, "step-3");
        let polled = read(&format!("{STEP}&wait=2"), &sample("input_dtmf_timeout.json"));
        assert!(polled.events.is_empty() && polled.asks.as_deref() == Some(CALL));
    }

    #[test]
    fn who_calls_is_a_number_or_nobody() {
        let anonymous = read("https://bots.example.com/hook/vv/4", &sample("answer_anonymous.json"));
        assert_eq!(anonymous.events[0].contact.address, "");
        for (from, address) in [
            ("31655501001", "+31655501001"),
            ("+31655501001", "+31655501001"),
            ("unknown", ""),
            ("", ""),
            ("123", ""),
            ("sip:desk@example.com", "sip:desk@example.com"),
        ] {
            assert_eq!(number(from), address);
        }
    }

    #[test]
    fn what_is_no_webhook_is_refused_and_what_is_new_is_left_out() {
        let adapter = open(&settings()).unwrap();
        for body in ["", "x", "[1]", "{\"uuid\":7}"] {
            let request = request("https://bots.example.com/hook/vv/4", &[], body.as_bytes());
            assert_eq!(adapter.decode(Verified::seal(&request), NOW).unwrap_err(), Malformed, "{body}");
        }
        for body in ["{}", r#"{"uuid":"u","later":[1]}"#, r#"{"uuid":"u","status":"later"}"#] {
            let decoded = read("https://bots.example.com/hook/vv/4", body);
            assert!(decoded.events.is_empty() && decoded.asks.is_none(), "{body}");
        }
    }

    #[test]
    fn a_webhook_is_taken_with_its_signature_alone() {
        let vectors: Value = serde_json::from_str(&sample("sig_vectors.json")).unwrap();
        let good = &vectors["vectors"][0];
        let token = good["headers"]["Authorization"].as_str().unwrap().as_bytes().to_vec();
        let headers = [("authorization".to_owned(), token)];
        let body = good["body"].as_str().unwrap().as_bytes();
        let rotated = Settings::new()
            .with_secret("signature_secret", "a newer one".into())
            .with_secret("signature_secret_old", good["secret"].as_str().unwrap().into());
        for settings in [settings(), rotated] {
            let adapter = open(&settings).unwrap();
            let url = "https://bots.example.com/hook/vv/4";
            assert!(adapter.verify(&request(url, &headers, body), NOW).is_ok());
            assert!(adapter.verify(&request(url, &headers, &body[1..]), NOW).is_err());
            assert!(adapter.verify(&request(url, &[], body), NOW).is_err());
            let later = NOW.plus(Duration::from_secs(400));
            assert!(adapter.verify(&request(url, &headers, body), later).is_err());
        }
    }

    #[test]
    fn a_call_is_ended_as_in_the_sample() {
        let wanted: Value = serde_json::from_str(&sample("out_hangup.json")).unwrap();
        let (pem, public) = new_key();
        let settings = settings().with("application_id", "app-1").with_secret("private_key", pem);
        let adapter = open(&settings).unwrap();
        let request = adapter.voice().unwrap().hang_up(CALL, NOW).unwrap();
        assert_eq!(request.method, Method::Put);
        assert_eq!(request.url.expose(), wanted["request"]["url"]);
        let body: Value = serde_json::from_str(request.body.unwrap().text.expose()).unwrap();
        assert_eq!(body, wanted["request"]["json"]);
        let token = request.headers[0].1.expose().strip_prefix("Bearer ").unwrap().to_owned();
        assert_eq!(opened(&token, &public)["application_id"], json!("app-1"));
        let without = open(&super::tests::settings()).unwrap();
        assert!(without.voice().unwrap().hang_up(CALL, NOW).is_none());
        assert_eq!(without.voice().unwrap().reject().body, sample("ncco_empty.json").trim());
    }

    #[test]
    fn every_setting_stands_in_the_guide() {
        let guide = include_str!("../../docs/channels/vonage-voice.md");
        for setting in SETTINGS {
            assert!(guide.contains(&format!("| `{}`", setting.name)), "{}", setting.name);
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_told_by_name() {
        let problem = |settings: Settings| open(&settings).unwrap_err().to_string();
        assert_eq!(problem(Settings::new()), "the setting `signature_secret` is missing");
        let keyed = || settings().with_secret("private_key", "nonsense".into());
        assert_eq!(problem(keyed()), "the setting `application_id` is missing");
        let wrong = problem(keyed().with("application_id", "app-1"));
        assert!(
            wrong.starts_with("the setting `private_key` is no private key;") && !wrong.contains("nonsense")
        );
        assert!(problem(settings().with("style", "male")).contains("`style` is not a number"));
        assert!(problem(settings().with("api_url", "ftp://x")).contains("`api_url`"));
        assert_eq!(format!("{:?}", open(&settings()).unwrap()), "VonageVoice");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..80), query in any::<String>()) {
            let adapter = open(&settings()).unwrap();
            for body in [body.clone(), [r#"{"uuid":"u","to":"1","dtmf":{"digits":"1"},"x":"#.as_bytes(), &body].concat()] {
                let webhook = WebhookRequest { method: "POST", url: "", query: &query, headers: &[], body: &body };
                let _ = adapter.decode(Verified::seal(&webhook), NOW);
                let _ = adapter.verify(&webhook, NOW);
            }
        }
    }
}
