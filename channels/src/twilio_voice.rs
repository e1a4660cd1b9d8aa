//! Phone calls by Twilio Voice: a webhook is answered with TwiML.
//!
//! Sources: twilio.com/docs/voice/twiml (request parameters and verbs), /voice/twiml/gather, /voice/twiml/say,
//! /voice/api/call-resource.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_model::{ChannelKind, Contact, Content, Method, OutMessage, Reply, SecretText, Timestamp};

use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, SendError, Sending, Verified};
use crate::event::{ChannelEvent, Event};
use crate::json;
use crate::registry::{OpenError, Provider};
use crate::request::{Answer, Body, HttpRequest, WebhookRequest};
use crate::rest;
use crate::settings::{Setting, SettingKind, Settings};
use crate::twilio::{form, is_signed};
use crate::twilio_voice_twiml::{Twiml, Voiced};
use crate::voice::{Leg, Next, Voice, base_url, path_segment};

/// Twilio waits 15 seconds in all, and then tells the caller that an application error has occurred.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The channel.
pub(crate) const PROVIDER: Provider =
    Provider { kind: ChannelKind::Phone, name: "twilio", title: "Twilio Voice", settings: SETTINGS, open };

const SETTINGS: &[Setting] = &[
    Setting {
        name: "account_sid",
        kind: SettingKind::Text,
        default: None,
        required: true,
        help: "The Account SID, which begins with AC: on the first page of the Twilio Console.",
    },
    Setting {
        name: "auth_token",
        kind: SettingKind::Secret,
        default: None,
        required: true,
        help: "The Auth Token: on the first page of the Twilio Console. Webhooks are signed with it.",
    },
    Setting {
        name: "auth_token_old",
        kind: SettingKind::Secret,
        default: None,
        required: false,
        help: "The Auth Token before, while a new one is being introduced: both are accepted.",
    },
    Setting {
        name: "voice",
        kind: SettingKind::Text,
        default: None,
        required: false,
        help: "The voice that speaks, by Twilio's name: `Polly.Joanna-Neural`, say. Without it Twilio chooses.",
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
        help: "Whether callers may also speak where no secret is asked. Twilio charges for each answer.",
    },
    Setting {
        name: "api_url",
        kind: SettingKind::Text,
        default: Some("https://api.twilio.com"),
        required: false,
        help: "Where Twilio's API is; to be changed for tests alone.",
    },
];

struct TwilioVoice {
    account: String,
    /// The Auth Token and, while it is being changed, the one before.
    tokens: Vec<SecretText>,
    voice: Option<String>,
    language: Option<String>,
    speech: bool,
    api: String,
}

fn open(settings: &Settings) -> Result<Box<dyn Adapter>, OpenError> {
    let account = settings.text("account_sid").ok_or(OpenError::Missing("account_sid"))?;
    let token = rest::required(settings, "auth_token")?;
    Ok(Box::new(TwilioVoice {
        account: account.to_owned(),
        tokens: [Some(token), settings.secret("auth_token_old")].into_iter().flatten().collect(),
        voice: settings.text("voice").map(str::to_owned),
        language: settings.text("language").map(str::to_owned),
        speech: settings.flag("speech").unwrap_or(true),
        api: base_url(settings, "https://api.twilio.com")?,
    }))
}

impl fmt::Debug for TwilioVoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TwilioVoice")
    }
}

impl Adapter for TwilioVoice {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Phone
    }

    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        _: Timestamp,
    ) -> Result<Verified<'r>, BadSignature> {
        let given = request.header("x-twilio-signature").ok_or(BadSignature)?;
        let (parameters, kind) = (form(request.body), request.header("content-type"));
        is_signed(&self.tokens, request.url, &parameters, request.body, kind, given)
            .then(|| Verified::seal(request))
            .ok_or(BadSignature)
    }

    fn decode(&self, webhook: Verified<'_>, _: Timestamp) -> Result<Decoded, Malformed> {
        let request = webhook.request();
        let from_body = form(request.body);
        // Twilio can be told to call with GET; then the parameters stand in the address.
        let parameters = if from_body.is_empty() { form(request.query.as_bytes()) } else { from_body };
        decode(request, &parameters)
    }

    fn say(&self, _: &str, _: &OutMessage, _: u32) -> Result<Box<dyn Sending>, SendError> {
        Err(SendError::Unsupported)
    }

    fn voice(&self) -> Option<&dyn Voice> {
        Some(self)
    }
}

/// Call states after which nothing comes.
const OVER: [&str; 5] = ["completed", "busy", "failed", "no-answer", "canceled"];

/// Parameters of webhooks that only tell something: of the progress of a call, of a recording, of words that are still
/// being said.
const TELLING: [&str; 4] = ["CallbackSource", "RecordingSid", "UnstableSpeechResult", "StableSpeechResult"];

fn decode(request: &WebhookRequest<'_>, parameters: &[(String, String)]) -> Result<Decoded, Malformed> {
    let find = |name: &str| {
        let mut named = parameters.iter().filter(|(known, _)| known == name);
        named.next().map(|(_, value)| value.as_str())
    };
    let call = find("CallSid").filter(|call| !call.is_empty()).ok_or(Malformed)?;
    let event = |id: String, event: Event| ChannelEvent {
        id,
        address: call.to_owned(),
        contact: Contact { address: number(find("From").unwrap_or_default()), ..Contact::default() },
        at: None,
        event,
    };
    if OVER.contains(&find("CallStatus").unwrap_or_default()) {
        return Ok(Decoded::new(vec![event("hung-up".to_owned(), Event::HungUp)], 0));
    }
    if TELLING.iter().any(|name| find(name).is_some()) {
        return Ok(Decoded::new(Vec::new(), 0));
    }
    if is_machine(find("AnsweredBy").unwrap_or_default()) {
        // Nobody is there who could log in.
        let over = vec![event("hung-up".to_owned(), Event::HungUp)];
        return Ok(Decoded { answer: Twiml::new().hang_up().answer(), ..Decoded::new(over, 0) });
    }
    let events = match (request.parameter("step"), request.parameter("wait")) {
        (None, _) => vec![event("begin".to_owned(), Event::Begin)],
        (Some(_), Some(_)) => Vec::new(),
        (Some(step), None) => {
            let content = match (find("Digits"), find("SpeechResult")) {
                (Some(digits), _) if !digits.is_empty() => Content::Digits(digits.into()),
                (_, Some(words)) if !words.trim().is_empty() => Content::Text((&*json::text(words)).into()),
                _ => Content::Silence,
            };
            let reply = Reply { content, reference: None };
            vec![event(format!("step-{step}"), Event::Reply(reply))]
        }
    };
    Ok(Decoded { asks: Some(call.to_owned()), ..Decoded::new(events, 0) })
}

/// The number of a caller; empty when it is withheld: then Twilio sends a word.
fn number(from: &str) -> String {
    let is_number = from.strip_prefix('+').is_some_and(|digits| {
        (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    let is_address = from.starts_with("sip:") || from.starts_with("client:");
    if is_number || is_address { from.to_owned() } else { String::new() }
}

fn is_machine(answered_by: &str) -> bool {
    answered_by.starts_with("machine") || answered_by == "fax"
}

impl Voice for TwilioVoice {
    fn answer(&self, leg: &Leg<'_>, say: &[OutMessage], next: &Next) -> Answer {
        let voiced = Voiced::new(self.voice.as_deref(), self.language.as_deref(), leg);
        Twiml::new().say_and(&voiced, say, next, self.speech).answer()
    }

    fn reject(&self) -> Answer {
        Twiml::new().reject().answer()
    }

    fn hang_up(&self, call: &str, _: Timestamp) -> Option<HttpRequest> {
        let key = self.tokens.first()?;
        let user = STANDARD.encode(format!("{}:{}", self.account, key.expose()));
        let (account, call) = (path_segment(&self.account), path_segment(call));
        let url = format!("{}/2010-04-01/Accounts/{account}/Calls/{call}.json", self.api);
        Some(HttpRequest {
            method: Method::Post,
            url: url.into(),
            headers: vec![("authorization", format!("Basic {user}").into())],
            body: Some(Body {
                content_type: "application/x-www-form-urlencoded",
                text: "Status=completed".into(),
            }),
        })
    }

    fn longest_wait(&self) -> Duration {
        LONGEST_WAIT
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    const ACCOUNT: &str = "AC4c122831efef10ac68b5223dccd6f614";
    const TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    const NOW: Timestamp = Timestamp::from_secs(1_795_342_550);

    fn adapter() -> Box<dyn Adapter> {
        let settings = Settings::new()
            .with("account_sid", ACCOUNT)
            .with_secret("auth_token", "a newer one".into())
            .with_secret("auth_token_old", TOKEN.into());
        open(&settings).unwrap()
    }

    fn sample(name: &str) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/twilio-voice");
        std::fs::read_to_string(folder.join(name)).unwrap()
    }

    fn index() -> Vec<Value> {
        serde_json::from_str(&sample("index.json")).unwrap()
    }

    fn headers(signature: &str) -> Vec<(String, Vec<u8>)> {
        let form = "application/x-www-form-urlencoded";
        vec![
            ("x-twilio-signature".to_owned(), signature.as_bytes().to_vec()),
            ("content-type".to_owned(), form.as_bytes().to_vec()),
        ]
    }

    fn webhook<'r>(url: &'r str, headers: &'r [(String, Vec<u8>)], body: &'r [u8]) -> WebhookRequest<'r> {
        let query = url.split_once('?').map_or("", |(_, query)| query);
        WebhookRequest { method: "POST", url, query, headers, body }
    }

    /// Reads a body as if it had come to this address.
    fn read(url: &str, body: &str) -> Decoded {
        let request = webhook(url, &[], body.as_bytes());
        adapter().decode(Verified::seal(&request), NOW).unwrap()
    }

    fn read_sample(name: &str) -> Decoded {
        let index = index();
        let entry = index.iter().find(|entry| entry["file"] == name).unwrap();
        read(entry["facts"]["url"].as_str().unwrap(), &sample(name))
    }

    #[test]
    fn every_sample_is_signed_and_none_when_something_changed() {
        let adapter = adapter();
        let mut seen = 0;
        for entry in index() {
            let facts = &entry["facts"];
            let Some(signature) = facts["signature"].as_str() else { continue };
            let body = sample(entry["file"].as_str().unwrap());
            let (url, headers) = (facts["url"].as_str().unwrap(), headers(signature));
            let fits =
                |url: &str, body: &str| adapter.verify(&webhook(url, &headers, body.as_bytes()), NOW).is_ok();
            assert!(fits(url, &body), "{entry}");
            assert!(!fits(&format!("{url}x"), &body));
            assert!(!fits(url, &body.replace("CallSid=CA", "CallSid=CB")));
            assert!(!fits(url, &format!("{body}&Digits=1")));
            let unsigned = webhook(url, &[], body.as_bytes());
            assert_eq!(adapter.verify(&unsigned, NOW).unwrap_err(), BadSignature);
            seen += 1;
        }
        assert_eq!(seen, 22);
    }

    #[test]
    fn every_sample_says_what_its_index_says() {
        for entry in index() {
            let name = entry["file"].as_str().unwrap();
            if !name.ends_with(".txt") {
                continue;
            }
            let decoded = read_sample(name);
            assert!(decoded.events.len() <= 1 && decoded.skipped == 0, "{name}");
            let event = decoded.events.first();
            if let (Some(call), Some(event)) = (entry["facts"]["call_id"].as_str(), event) {
                assert_eq!(event.address, call, "{name}");
            }
            let content = event.and_then(|event| match &event.event {
                Event::Reply(reply) => Some(&reply.content),
                _ => None,
            });
            match (&entry["facts"]["digits"], &entry["facts"]["speech"]) {
                (Value::String(digits), _) if !digits.is_empty() => {
                    assert!(matches!(content, Some(Content::Digits(found)) if found.expose() == digits));
                }
                (_, Value::String(words)) => {
                    assert!(matches!(content, Some(Content::Text(found)) if found.expose() == words));
                }
                _ => {}
            }
            let (event, asks) = match name {
                "in_call.txt" | "in_call_anonymous.txt" | "in_call_forwarded.txt" | "in_call_sip.txt" => {
                    ("Begin", true)
                }
                "gather_partial.txt" | "recording_done.txt" => ("", false),
                "status_initiated.txt" | "status_ringing.txt" | "status_answered.txt" => ("", false),
                _ if name.starts_with("gather_") => ("Reply", true),
                _ => ("HungUp", false),
            };
            let shown = decoded.events.first().map_or(String::new(), |event| format!("{:?}", event.event));
            assert!(shown.starts_with(event) && shown.is_empty() == event.is_empty(), "{name}: {shown}");
            assert_eq!(decoded.asks.is_some(), asks, "{name}");
        }
    }

    #[test]
    fn who_calls_is_a_number_or_nobody() {
        let from = |name| read_sample(name).events.remove(0).contact.address;
        assert_eq!(from("in_call.txt"), "+15550100123");
        assert_eq!(from("in_call_anonymous.txt"), "");
        assert_eq!(from("in_call_sip.txt"), "sip:desk42@example.sip.twilio.com");
        for withheld in ["anonymous", "unknown", "restricted", "+", "+12x45678", "unavailable", ""] {
            assert_eq!(number(withheld), "");
        }
    }

    #[test]
    fn a_repeat_has_the_same_id_and_the_next_step_another() {
        let id = |url: &str| read(url, &sample("gather_digits.txt")).events.remove(0).id;
        assert_eq!(id("https://a.example/hooks/p?step=3&from=2"), "step-3");
        assert_eq!(id("https://a.example/hooks/p?step=4&from=5"), "step-4");
        let polled = read("https://a.example/hooks/p?step=4&from=5&wait=1", &sample("gather_digits.txt"));
        assert!(polled.events.is_empty());
        assert_eq!(polled.asks.as_deref(), Some("CAa9f7e97965d6cf799a529102a973b8b9"));
    }

    #[test]
    fn silence_is_an_answer_and_keys_go_before_words() {
        let content = |body: &str| {
            let decoded = read("https://a.example/hooks/p?step=1", &format!("CallSid=CA1&{body}"));
            match decoded.events.into_iter().next().unwrap().event {
                Event::Reply(reply) => reply.content,
                other => panic!("{other:?}"),
            }
        };
        assert!(matches!(content(""), Content::Silence));
        assert!(matches!(content("Digits="), Content::Silence));
        assert!(matches!(content("SpeechResult=+"), Content::Silence));
        assert!(
            matches!(content("Digits=%2A&SpeechResult=x"), Content::Digits(keys) if keys.expose() == "*")
        );
        assert!(
            matches!(content("Digits=&SpeechResult=yes"), Content::Text(words) if words.expose() == "yes")
        );
        assert!(matches!(content("SpeechResult=a%00b"), Content::Text(words) if words.expose() == "ab"));
    }

    #[test]
    fn a_machine_is_hung_up_on() {
        let decoded = read_sample("outbound_answered_machine.txt");
        assert!(decoded.answer.body.contains("<Hangup/>"));
        assert!(matches!(decoded.events[0].event, Event::HungUp));
    }

    #[test]
    fn a_webhook_without_a_call_is_no_webhook() {
        let adapter = adapter();
        for body in ["", "CallSid=", "nonsense", "\u{0}%ff=%"] {
            let request = webhook("https://a.example/hooks/p", &[], body.as_bytes());
            assert_eq!(adapter.decode(Verified::seal(&request), NOW).unwrap_err(), Malformed, "{body:?}");
        }
        let by_get = WebhookRequest {
            method: "GET",
            url: "https://a.example/hooks/p?CallSid=CA1&From=anonymous",
            query: "CallSid=CA1&From=anonymous",
            headers: &[],
            body: b"",
        };
        assert_eq!(adapter.decode(Verified::seal(&by_get), NOW).unwrap().asks.as_deref(), Some("CA1"));
    }

    #[test]
    fn a_call_is_ended_as_in_the_sample() {
        let wanted: Value = serde_json::from_str(&sample("out_hangup.json")).unwrap();
        let call = "CAa9f7e97965d6cf799a529102a973b8b9";
        let settings = Settings::new().with("account_sid", ACCOUNT).with_secret("auth_token", TOKEN.into());
        let adapter = open(&settings).unwrap();
        let request = adapter.voice().unwrap().hang_up(call, NOW).unwrap();
        assert_eq!(request.url.expose(), wanted["request"]["url"]);
        assert_eq!(request.method, Method::Post);
        let pairs = form(request.body.unwrap().text.expose().as_bytes());
        assert_eq!(serde_json::to_value(pairs).unwrap(), wanted["request"]["form"]);
        let started: Value = serde_json::from_str(&sample("out_call.json")).unwrap();
        assert_eq!(request.headers[0].0, "authorization");
        assert_eq!(request.headers[0].1.expose(), started["request"]["headers"]["Authorization"]);
        let strange = adapter.voice().unwrap().hang_up("../x?y", NOW).unwrap();
        assert!(strange.url.expose().ends_with("/Calls/%2E%2E%2Fx%3Fy.json"), "no way out of the path");
    }

    #[test]
    fn every_setting_stands_in_the_guide() {
        let guide = include_str!("../../docs/channels/twilio-voice.md");
        for setting in SETTINGS {
            assert!(guide.contains(&format!("| `{}`", setting.name)), "{}", setting.name);
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_told_by_name() {
        let missing = |settings: &Settings| open(settings).unwrap_err();
        assert_eq!(missing(&Settings::new()), OpenError::Missing("account_sid"));
        let account = || Settings::new().with("account_sid", ACCOUNT);
        assert_eq!(missing(&account()), OpenError::Missing("auth_token"));
        let wrong = account().with_secret("auth_token", TOKEN.into()).with("api_url", "api.twilio.com");
        assert_eq!(
            missing(&wrong).to_string(),
            "the setting `api_url` is not the address of an API; it begins with https:// or http://"
        );
        assert!(adapter().say("CA1", &OutMessage::Text("hi".into()), 0).is_err());
        assert_eq!(format!("{:?}", adapter()), "TwilioVoice");
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(body in prop::collection::vec(any::<u8>(), 0..80), query in any::<String>()) {
            let adapter = adapter();
            for body in [body.clone(), ["CallSid=CA1&Digits=".as_bytes(), &body].concat()] {
                let webhook = WebhookRequest { method: "POST", url: "", query: &query, headers: &[], body: &body };
                let _ = adapter.decode(Verified::seal(&webhook), NOW);
                let _ = adapter.verify(&webhook, NOW);
            }
        }
    }
}
