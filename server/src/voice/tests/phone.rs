//! Stand-ins of the two providers: they sign webhooks and do what they are answered.

use std::cell::RefCell;

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_channels::{Answer, Settings, WebhookRequest, provider};
use countersign_model::ChannelKind;
use serde_json::{Value, json};

use super::rig::{Rig, name};

pub(super) const SECRET: &str = "the secret of the webhooks";
const HOOK: &str = "https://bots.example.com/hooks/phone";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Maker {
    Twilio,
    Vonage,
}

pub(super) const BOTH: [Maker; 2] = [Maker::Twilio, Maker::Vonage];

impl Maker {
    pub(super) fn adapter(self) -> Box<dyn countersign_channels::Adapter> {
        let (name, settings) = match self {
            Self::Twilio => {
                let settings = Settings::new().with("account_sid", "AC1");
                ("twilio", settings.with_secret("auth_token", SECRET.into()))
            }
            Self::Vonage => ("vonage", Settings::new().with_secret("signature_secret", SECRET.into())),
        };
        (provider(ChannelKind::Phone, Some(name)).unwrap().open)(&settings).unwrap()
    }
}

/// What a caller hears, and what the provider does then.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Heard {
    pub(super) words: Vec<String>,
    /// Where the provider goes on; `None` when the call has ended.
    pub(super) next: Option<String>,
    pub(super) speech: bool,
    pub(super) digits: Option<u64>,
    pub(super) finish_key: bool,
    /// Whether nothing is collected, only asked again.
    pub(super) asks_again: bool,
    pub(super) transfer: Option<String>,
}

/// One call.
pub(super) struct Call<'r> {
    rig: &'r Rig,
    maker: Maker,
    pub(super) id: String,
    next: RefCell<String>,
    /// The latest webhook, as it was sent.
    latest: RefCell<(String, Vec<u8>)>,
    /// Everything that the provider was told.
    pub(super) told: RefCell<String>,
    /// What it was told last, byte for byte.
    pub(super) answer: RefCell<String>,
}

impl<'r> Call<'r> {
    pub(super) fn new(rig: &'r Rig, maker: Maker, id: &str) -> Self {
        let next = RefCell::new(HOOK.to_owned());
        Self {
            rig,
            maker,
            id: id.to_owned(),
            next,
            latest: RefCell::default(),
            told: RefCell::default(),
            answer: RefCell::default(),
        }
    }

    pub(super) async fn begin(&self) -> Heard {
        let body = match self.maker {
            Maker::Twilio => self.form(&[("CallStatus", "ringing")]),
            Maker::Vonage => self.json(json!({})),
        };
        self.go_on(body).await
    }

    pub(super) async fn press(&self, keys: &str) -> Heard {
        let body = match self.maker {
            Maker::Twilio => self.form(&[("CallStatus", "in-progress"), ("Digits", keys)]),
            Maker::Vonage => self.json(json!({ "dtmf": { "digits": keys, "timed_out": false } })),
        };
        self.go_on(body).await
    }

    pub(super) async fn say(&self, words: &str) -> Heard {
        let body = match self.maker {
            Maker::Twilio => {
                self.form(&[("CallStatus", "in-progress"), ("SpeechResult", words), ("Confidence", "0.0")])
            }
            Maker::Vonage => {
                let results = json!([{ "text": words, "confidence": "0.1" }]);
                self.json(json!({ "dtmf": { "digits": null }, "speech": { "results": results } }))
            }
        };
        self.go_on(body).await
    }

    /// Nothing is pressed, or the provider asks again.
    pub(super) async fn wait(&self) -> Heard {
        let body = match self.maker {
            Maker::Twilio => self.form(&[("CallStatus", "in-progress")]),
            Maker::Vonage => self.json(json!({ "dtmf": { "digits": "", "timed_out": true } })),
        };
        self.go_on(body).await
    }

    /// The latest webhook once more: the provider has not got the answer.
    pub(super) async fn repeat(&self) -> Heard {
        let (url, body) = self.latest.borrow().clone();
        self.read(&self.send(&url, &body).await)
    }

    pub(super) async fn hang_up(&self) {
        let body = match self.maker {
            Maker::Twilio => self.form(&[("CallStatus", "completed"), ("CallDuration", "12")]),
            Maker::Vonage => self.json(json!({ "status": "completed", "direction": "inbound" })),
        };
        let answer = self.send(HOOK, &body).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    }

    /// A webhook that is not answered with 200.
    pub(super) async fn hang_up_in_vain(&self) -> u16 {
        let body = match self.maker {
            Maker::Twilio => self.form(&[("CallStatus", "completed")]),
            Maker::Vonage => self.json(json!({ "status": "completed" })),
        };
        self.send(HOOK, &body).await.status
    }

    async fn go_on(&self, body: Vec<u8>) -> Heard {
        let url = self.next.borrow().clone();
        *self.latest.borrow_mut() = (url.clone(), body.clone());
        let answer = self.send(&url, &body).await;
        let heard = self.read(&answer);
        if let Some(next) = &heard.next {
            assert!(next.starts_with(HOOK), "{next}");
            self.next.replace(next.clone());
        }
        heard
    }

    async fn send(&self, url: &str, body: &[u8]) -> Answer {
        let headers = match self.maker {
            Maker::Twilio => vec![
                ("content-type".to_owned(), b"application/x-www-form-urlencoded".to_vec()),
                ("x-twilio-signature".to_owned(), twilio_signature(url, body).into_bytes()),
            ],
            Maker::Vonage => {
                let token = vonage_token(body, self.rig.now().as_secs());
                vec![("authorization".to_owned(), format!("Bearer {token}").into_bytes())]
            }
        };
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let request = WebhookRequest { method: "POST", url, query, headers: &headers, body };
        let adapter = self.rig.adapter();
        let verified = adapter.verify(&request, self.rig.now()).unwrap();
        let decoded = adapter.decode(verified, self.rig.now()).unwrap();
        let line = &self.rig.app.channels.get(&name("phone")).unwrap();
        let answer = super::super::answer(&self.rig.app, line, adapter.as_ref(), query, decoded).await;
        self.told.borrow_mut().push_str(&answer.body);
        self.answer.replace(answer.body.clone());
        answer
    }

    fn form(&self, pairs: &[(&str, &str)]) -> Vec<u8> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("CallSid", self.id.as_str()), ("From", "+15550100123"), ("To", "+15550100900")]);
        form.extend_pairs(pairs);
        form.finish().into_bytes()
    }

    fn json(&self, fields: Value) -> Vec<u8> {
        let mut body = json!({ "uuid": self.id, "from": "15550100123", "to": "15550100900" });
        body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        body.to_string().into_bytes()
    }

    fn read(&self, answer: &Answer) -> Heard {
        assert_eq!(answer.status, 200);
        match self.maker {
            Maker::Twilio => {
                assert_eq!(answer.content_type, "text/xml; charset=utf-8");
                from_twiml(&answer.body)
            }
            Maker::Vonage => {
                assert_eq!(answer.content_type, "application/json");
                from_ncco(&serde_json::from_str(&answer.body).unwrap())
            }
        }
    }
}

fn twilio_signature(url: &str, body: &[u8]) -> String {
    let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().collect();
    pairs.sort();
    let text = pairs.into_iter().fold(url.to_owned(), |text, (name, value)| text + &name + &value);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, SECRET.as_bytes());
    STANDARD.encode(hmac::sign(&key, text.as_bytes()))
}

fn vonage_token(body: &[u8], now: i64) -> String {
    let hash = digest::digest(&digest::SHA256, body);
    let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let claims = json!({ "iat": now, "payload_hash": hex }).to_string();
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())))
}

fn from_twiml(xml: &str) -> Heard {
    let between = |text: &str, begin: &str, end: &str| -> Vec<String> {
        let parts = text.split(begin).skip(1);
        parts.map(|part| plain(part.split(end).next().unwrap())).collect()
    };
    let words = xml
        .split("<Say")
        .skip(1)
        .map(|part| plain(part.split_once('>').unwrap().1.split("</Say>").next().unwrap()))
        .collect();
    let gather = between(xml, "<Gather ", ">").pop();
    let attribute = |name: &str| {
        let begin = format!(" {name}=\"");
        xml.split_once("<Gather").and_then(|(_, gather)| {
            between(gather.split('>').next().unwrap(), &begin, "\"").into_iter().next()
        })
    };
    let redirect = between(xml, "<Redirect method=\"POST\">", "</Redirect>").pop();
    assert!(gather.is_none() || attribute("actionOnEmptyResult").as_deref() == Some("true"));
    Heard {
        words,
        next: attribute("action").or(redirect.clone()),
        speech: attribute("input").is_some_and(|input| input.contains("speech")),
        digits: attribute("numDigits").map(|digits| digits.parse().unwrap()),
        finish_key: attribute("finishOnKey").as_deref() == Some("#"),
        asks_again: redirect.is_some(),
        transfer: between(xml, "<Number>", "</Number>").pop(),
    }
}

fn plain(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")];
    pairs.iter().fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}

fn from_ncco(ncco: &Value) -> Heard {
    let mut heard = Heard::default();
    for action in ncco.as_array().unwrap() {
        match action["action"].as_str().unwrap() {
            "talk" => heard.words.push(action["text"].as_str().unwrap().to_owned()),
            "input" => {
                let url = action["eventUrl"][0].as_str().unwrap();
                heard.next = Some(url.to_owned());
                heard.asks_again = url.contains("&wait=");
                heard.speech = action.get("speech").is_some();
                heard.finish_key = action["dtmf"]["submitOnHash"] == true;
                heard.digits = action["dtmf"]["maxDigits"].as_u64().filter(|_| !heard.asks_again);
            }
            "connect" => {
                heard.transfer = Some(format!("+{}", action["endpoint"][0]["number"].as_str().unwrap()))
            }
            other => panic!("{other}"),
        }
    }
    heard
}
