//! What the tests of the three channels share: samples of the provider, signed and read, and anything a bot may say.

use std::fs;
use std::path::PathBuf;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_model::{Choice, Content, Media, MediaKind, OutMessage, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

use crate::adapter::{Adapter, Decoded, Malformed, Progress, SendError};
use crate::event::{ChannelEvent, Event};
use crate::registry::Provider;
use crate::request::{HttpRequest, HttpResponse, WebhookRequest};
use crate::settings::{SettingKind, Settings};

/// The secret with which the tests sign.
pub(crate) const SECRET: &str = "c0ffee11d5a94e7b8f2233445566778a";
/// When the webhooks of the tests come in.
pub(crate) const NOW: Timestamp = Timestamp::from_secs(1_790_000_900);

/// A folder of samples.
pub(crate) struct Samples(pub(crate) &'static str);

impl Samples {
    fn folder(&self) -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "testdata", self.0].iter().collect()
    }

    pub(crate) fn bytes(&self, file: &str) -> Vec<u8> {
        fs::read(self.folder().join(file)).unwrap_or_else(|_| panic!("{}/{file} is missing", self.0))
    }

    pub(crate) fn json(&self, file: &str) -> Value {
        serde_json::from_slice(&self.bytes(file)).unwrap()
    }

    /// The names that begin so, in order, without `.json`.
    pub(crate) fn names(&self, beginning: &str) -> Vec<String> {
        let files = fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().file_name());
        let names = files.map(|name| name.into_string().unwrap());
        let mut names: Vec<_> = names
            .filter(|name| name.starts_with(beginning))
            .map(|name| name.trim_end_matches(".json").to_owned())
            .collect();
        names.sort();
        names
    }

    /// What a reader must find in a file.
    pub(crate) fn facts(&self, name: &str) -> Value {
        let index = self.json("index.json");
        let file = format!("{name}.json");
        let of_file = index.as_array().unwrap().iter().find(|entry| entry["file"] == *file);
        of_file.unwrap_or_else(|| panic!("{file} is not in the index"))["facts"].clone()
    }
}

/// Settings that the three share.
pub(crate) fn settings() -> Settings {
    Settings::new()
        .with_secret("app_secret", SECRET.into())
        .with_secret("verify_token", "tok+en & more".into())
}

/// Signs, verifies and reads a body.
pub(crate) fn decode(adapter: &dyn Adapter, body: &[u8]) -> Result<Decoded, Malformed> {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), body);
    let hex: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = [("x-hub-signature-256".to_owned(), format!("sha256={hex}").into_bytes())];
    let request = webhook("POST", "", &headers, body);
    adapter.decode(adapter.verify(&request, NOW).unwrap(), NOW)
}

pub(crate) fn webhook<'a>(
    method: &'a str,
    query: &'a str,
    headers: &'a [(String, Vec<u8>)],
    body: &'a [u8],
) -> WebhookRequest<'a> {
    WebhookRequest { method, url: "https://bot.example.com/hooks/a", query, headers, body }
}

/// The events of a body, each on a line, and how much was skipped.
pub(crate) fn told(adapter: &dyn Adapter, body: &[u8]) -> (Vec<String>, usize) {
    let decoded = decode(adapter, body).unwrap();
    assert_eq!((decoded.answer.status, &*decoded.answer.body), (200, ""));
    (decoded.events.iter().map(in_words).collect(), decoded.skipped)
}

/// An event without its id, its moment and its address.
pub(crate) fn in_words(event: &ChannelEvent) -> String {
    match &event.event {
        Event::Reply(reply) => match &reply.content {
            Content::Text(text) => format!("text {}", text.expose()),
            Content::Choice { payload, label } => format!("choice {payload} = {label}"),
            Content::Media(media) => {
                let caption = media.caption.as_ref().map_or_else(String::new, |words| format!(" = {words}"));
                format!("{} {}{caption}", media.kind.name(), media.url)
            }
            Content::Location { latitude, longitude } => format!("location {latitude} {longitude}"),
            other => format!("{other:?}"),
        },
        Event::Receipt(receipt) => {
            let code = receipt.code.as_ref().map_or_else(String::new, |code| format!(" {code}"));
            let whole = receipt.message.is_none();
            format!("{:?}{}{code}", receipt.state, if whole { " all" } else { "" })
        }
        other => format!("{other:?}"),
    }
}

/// Runs every signature vector of a folder; `open` makes the adapter of these secrets.
pub(crate) fn check_signatures(samples: &Samples, open: impl Fn(Settings) -> Box<dyn Adapter>) {
    let file = samples.json("sig_vectors.json");
    let published = file["published"].as_array().cloned().unwrap_or_default();
    let vectors: Vec<_> = published.iter().chain(file["vectors"].as_array().unwrap()).collect();
    assert!(!vectors.is_empty());
    for vector in vectors {
        let secrets = match vector["secrets"].as_array() {
            Some(secrets) => secrets.iter().map(|secret| secret.as_str().unwrap().to_owned()).collect(),
            None => vec![vector["secret"].as_str().unwrap().to_owned()],
        };
        let mut settings = settings().with_secret("app_secret", secrets[0].as_str().into());
        if let Some(old) = secrets.get(1) {
            settings = settings.with_secret("app_secret_old", old.as_str().into());
        }
        let body = match vector["body_b64"].as_str() {
            Some(text) => BASE64_STANDARD.decode(text).unwrap(),
            None => vector["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        let headers = vector["headers"].as_object().unwrap().iter();
        let headers: Vec<_> = headers
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().as_bytes().to_vec()))
            .collect();
        let adapter = open(settings);
        let request = webhook("POST", "", &headers, &body);
        let accepted = adapter.verify(&request, NOW).is_ok();
        assert_eq!(accepted, vector["expect"] == "accept", "{}", vector["name"]);
    }
}

/// The JSON bodies of everything that is sent for a message, all of it accepted.
pub(crate) fn said(adapter: &dyn Adapter, to: &str, message: &OutMessage) -> Vec<Value> {
    let mut sending = adapter.say(to, message, 0).unwrap();
    let mut bodies = Vec::new();
    let accepted = HttpResponse { status: 200, retry_after: None, body: b"{}".to_vec() };
    let mut last = None;
    while let Progress::Send(request) = sending.advance(last).unwrap() {
        bodies.push(json_of(&request));
        last = Some(&accepted);
    }
    bodies
}

pub(crate) fn json_of(request: &HttpRequest) -> Value {
    serde_json::from_str(request.body.as_ref().unwrap().text.expose()).unwrap()
}

/// Compares a request with that of a sample, whose JSON may have been changed to what we say of it.
pub(crate) fn assert_request(request: &HttpRequest, sample: &Value, json: &Value, name: &str) {
    let wanted = &sample["request"];
    assert_eq!(request.method.name(), wanted["method"], "{name}");
    assert_eq!(request.url.expose(), wanted["url"], "{name}");
    let header = |of: &str| {
        request.headers.iter().find(|(known, _)| *known == of).map(|(_, value)| value.expose().to_owned())
    };
    assert_eq!(header("authorization").unwrap(), wanted["headers"]["Authorization"], "{name}");
    assert_eq!(request.body.as_ref().unwrap().content_type, wanted["headers"]["Content-Type"], "{name}");
    assert_eq!(json_of(request), *json, "{name}");
}

/// The provider's answer in a sample.
pub(crate) fn response(sample: &Value) -> HttpResponse {
    let response = &sample["response"];
    let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
    HttpResponse { status, retry_after: None, body: serde_json::to_vec(&response["json"]).unwrap() }
}

/// What a message that is answered like this ends with.
pub(crate) fn answered(
    adapter: &dyn Adapter,
    to: &str,
    answer: &HttpResponse,
) -> Result<Progress, SendError> {
    let mut sending = adapter.say(to, &OutMessage::Text("hi".into()), 0).unwrap();
    assert!(matches!(sending.advance(None).unwrap(), Progress::Send(_)));
    sending.advance(Some(answer))
}

/// The error of a code, by an answer that says nothing but it.
pub(crate) fn sorted(adapter: &dyn Adapter, to: &str, code: i64, subcode: Option<i64>) -> SendError {
    let subcode = subcode.map_or_else(String::new, |subcode| format!(r#","error_subcode":{subcode}"#));
    let body = format!(r#"{{"error":{{"message":"m","code":{code}{subcode}}}}}"#);
    answered(adapter, to, &HttpResponse { status: 400, retry_after: None, body: body.into() }).unwrap_err()
}

pub(crate) fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    pairs
        .iter()
        .map(|(label, payload)| Choice { label: (*label).into(), payload: (*payload).into() })
        .collect()
}

pub(crate) fn media(kind: MediaKind, url: &str, caption: Option<&str>) -> OutMessage {
    OutMessage::Media(Media { kind, url: url.into(), caption: caption.map(str::to_owned) })
}

/// Whether no secret of the settings stands in what is shown.
pub(crate) fn shows_no_secret(adapter: &dyn Adapter, secrets: &[&str]) -> bool {
    let shown = format!("{adapter:?} {adapter:#?}");
    !secrets.iter().any(|secret| shown.contains(secret))
}

/// The page of the documentation explains every setting, and the channel that it shows can be opened.
pub(crate) fn check_page(provider: &Provider) {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "docs", "channels", &format!("{}.md", provider.name)]
            .iter()
            .collect();
    let page = fs::read_to_string(path).unwrap();
    for setting in provider.settings {
        assert!(page.contains(&format!("| `{}` |", setting.name)), "{} is not explained", setting.name);
        if let Some(default) = setting.default {
            assert!(page.contains(&format!("| `{}` | `{default}` |", setting.name)), "{}", setting.name);
        }
    }
    let (_, block) = page.split_once("```toml\n[[channels]]\n").unwrap();
    let (block, _) = block.split_once("```").unwrap();
    let mut settings = Settings::new();
    for line in block.lines() {
        let (name, value) = line.split_once(" = ").unwrap();
        let value = value.trim_matches('"');
        match provider.settings.iter().find(|setting| setting.name == name) {
            Some(setting) if setting.kind == SettingKind::Secret => {
                settings = settings.with_secret(name, value.into());
            }
            Some(_) => settings = settings.with(name, value),
            None => assert!(["id", "kind", "bot"].contains(&name), "{name}"),
        }
    }
    assert_eq!((provider.open)(&settings).unwrap().kind(), provider.kind);
    assert!(page.contains(&format!("kind = \"{}\"", provider.kind)));
}

/// Texts from nothing to too long, with characters of several bytes and several code points.
fn words() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("word ".to_owned()),
        Just("a sentence. ".to_owned()),
        Just("👨‍👩‍👧‍👦".to_owned()),
        Just("é".to_owned()),
        Just("\n".to_owned()),
        any::<String>(),
    ];
    (prop::collection::vec(piece, 0..6), prop_oneof![4 => Just(1usize), 1 => 1usize..400])
        .prop_map(|(pieces, times)| pieces.concat().repeat(times))
}

fn arbitrary_choices() -> impl Strategy<Value = Vec<Choice>> {
    let label = prop_oneof![3 => "[a-z]{1,12}", 1 => "[a-z ]{15,40}", 1 => words()];
    let payload = prop_oneof![3 => "[a-z]{1,8}", 1 => "[a-z]{150,300}", 1 => words()];
    let choice = (label, payload).prop_map(|(label, payload)| Choice { label, payload });
    prop::collection::vec(choice, 0..16)
}

/// Anything that a bot may say.
pub(crate) fn anything() -> impl Strategy<Value = OutMessage> {
    let kind =
        prop::sample::select(vec![MediaKind::Image, MediaKind::Audio, MediaKind::Video, MediaKind::Document]);
    let url = prop_oneof![Just("https://example.com/a/menu.pdf".to_owned()), words()];
    let degrees =
        || prop_oneof![Just("52.0907".to_owned()), any::<f64>().prop_map(|it| it.to_string()), words()];
    let picture = prop::option::of(Just("https://example.com/p.jpg".to_owned()));
    prop_oneof![
        words().prop_map(OutMessage::Text),
        (words(), arbitrary_choices()).prop_map(|(text, choices)| OutMessage::Options { text, choices }),
        (kind, url.clone(), prop::option::of(words()))
            .prop_map(|(kind, url, caption)| OutMessage::Media(Media { kind, url, caption })),
        (degrees(), degrees(), prop::option::of(words()))
            .prop_map(|(latitude, longitude, name)| { OutMessage::Location { latitude, longitude, name } }),
        (words(), words(), url).prop_map(|(text, label, url)| OutMessage::Link { text, label, url }),
        (words(), prop::option::of(words()), picture, arbitrary_choices())
            .prop_map(|(title, text, image, choices)| OutMessage::Card { title, text, image, choices }),
    ]
}

/// Words of exactly so many characters, without a blank at an end.
pub(crate) fn of_length(length: usize) -> String {
    "word ".repeat(length / 5 + 1).chars().take(length.saturating_sub(1)).chain(['x']).collect()
}

/// Everything that has a text, a label or a payload of this length.
fn all_of_length(length: usize) -> Vec<OutMessage> {
    let words = || of_length(length);
    let short = || choices(&[("Yes", "yes"), ("No", "no")]);
    let label = || choices(&[("Yes", "yes"), (&words(), "no")]);
    let payload = || choices(&[("Yes", "yes"), ("No", &"p".repeat(length))]);
    let rows = |choice: Choice| {
        let rows = ["1", "2", "3"].map(|id| Choice { label: id.into(), payload: id.into() });
        rows.into_iter().chain([choice]).collect::<Vec<_>>()
    };
    let options = |text: String, choices| OutMessage::Options { text, choices };
    let picture = || Some("https://example.com/p.jpg".to_owned());
    let card = |title: String, text: Option<String>, image, choices| OutMessage::Card {
        title,
        text,
        image,
        choices,
    };
    let link =
        |text: String, label: String| OutMessage::Link { text, label, url: "https://example.com".into() };
    let mut all = vec![
        OutMessage::Text(words()),
        options(words(), short()),
        options(words(), rows(short().remove(0))),
        options("Which?".into(), label()),
        options("Which?".into(), payload()),
        options("Which?".into(), rows(label().remove(1))),
        options("Which?".into(), rows(payload().remove(1))),
        link(words(), "Go".into()),
        link("See".into(), words()),
    ];
    for image in [None, picture()] {
        all.extend([
            card(words(), Some("text".into()), image.clone(), short()),
            card("title".into(), Some(words()), image.clone(), short()),
            card("title".into(), Some("text".into()), image.clone(), label()),
            card("title".into(), Some("text".into()), image.clone(), payload()),
            card(words(), None, image, vec![]),
        ]);
    }
    let kinds = [MediaKind::Image, MediaKind::Audio, MediaKind::Video, MediaKind::Document];
    all.extend(kinds.map(|kind| media(kind, "https://example.com/a.pdf", Some(&words()))));
    all
}

/// Every number in a file of limits, the one before and the one after.
fn lengths(limits: &Value) -> Vec<usize> {
    let mut lengths = Vec::new();
    let mut rest = vec![limits];
    while let Some(value) = rest.pop() {
        match value {
            Value::Object(object) => rest.extend(object.values()),
            Value::Number(number) => lengths.extend(number.as_u64().and_then(|it| usize::try_from(it).ok())),
            _ => {}
        }
    }
    lengths.retain(|length| (2..5000).contains(length));
    lengths.iter().flat_map(|length| [length - 1, *length, length + 1]).collect()
}

/// Bodies that are nearly what the provider sends: a sample with a piece of it replaced.
pub(crate) fn nearly(samples: &'static Samples) -> impl Strategy<Value = Vec<u8>> {
    let bodies: Vec<_> =
        samples.names("in_").iter().map(|name| samples.bytes(&format!("{name}.json"))).collect();
    let with = prop::collection::vec(any::<u8>(), 0..12);
    let part = prop_oneof![Just(b"null".to_vec()), Just(b"{}".to_vec()), Just(b"[1]".to_vec()), with];
    let token = prop_oneof![Just(true), Just(false)];
    (prop::sample::select(bodies), any::<prop::sample::Index>(), 0usize..40, part, token).prop_map(
        |(mut body, at, len, part, whole_value)| {
            let at = at.index(body.len());
            let at = if whole_value { after_colon(&body, at) } else { at };
            let end = (at + len).min(body.len());
            body.splice(at..end, part);
            body
        },
    )
}

fn after_colon(body: &[u8], from: usize) -> usize {
    body[from..].iter().position(|byte| *byte == b':').map_or(from, |found| from + found + 1)
}

/// Says something of every length at which a limit lies, and just beside it; `check` looks at each body.
pub(crate) fn at_every_edge(
    samples: &Samples,
    adapter: &dyn Adapter,
    to: &str,
    check: impl Fn(&Value, &Value),
) {
    let limits = samples.json("limits.json");
    for length in lengths(&limits) {
        for message in all_of_length(length) {
            let bodies = said(adapter, to, &message);
            assert!(!bodies.is_empty(), "{length}: {message:?}");
            bodies.iter().for_each(|body| check(body, &limits));
        }
    }
}
