//! Bot files, texts with placeholders, and paths.

use std::collections::{BTreeMap, BTreeSet};

use countersign_engine::{Effect, Input, Session, step};
use countersign_model::{ChannelKind, Contact, Name, OutMessage, Reply, SecretText, Timestamp};
use countersign_script::diagnostics::Severity;
use countersign_script::path::Path;
use countersign_script::render::{self, Style};
use countersign_script::template::{EncodeError, Place, Rendered, SecretRef, encode};
use countersign_script::{CheckOptions, Runnable, check};
use serde_json::{Value, json};

const CANARY: &str = "canary-7f3a\"\\<&>\n%é";

/// Any file is read or refused, and what is refused can be shown to a person and to a program.
pub(crate) fn bot_file(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let checkup = check("any.yaml", &text, &CheckOptions::default());
    let wrong = checkup.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
    assert_eq!(checkup.checked.is_none(), wrong, "a bot is there when there are no errors");
    for finding in &checkup.diagnostics {
        assert!(!finding.message.is_empty());
        for label in &finding.labels {
            let (start, end) = (label.span.start, label.span.end);
            assert!(text.get(start..end).is_some(), "{} points at {start}..{end}", finding.code);
        }
    }
    render::human("any.yaml", &text, &checkup.diagnostics, Style::Plain, render::WIDTH);
    let shown = render::json("any.yaml", &text, &checkup.diagnostics);
    serde_json::from_str::<Value>(&shown).unwrap();
    if let Some(bot) =
        checkup.checked.and_then(|checked| checked.bind(&BTreeMap::new(), &BTreeSet::new()).ok())
    {
        converse(&bot);
    }
}

/// A text with placeholders is read or refused wherever it stands; what is read says what was written, and a value
/// never leaves its place.
pub(crate) fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    in_every_place(&text);
    literally(&text);
    encoded(&text);
    revealed(&text);
}

/// A path is read or refused, and finds the same thing twice.
pub(crate) fn path(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (path, answer) =
        text.split_once('\n').unwrap_or((&text, r#"{"data":{"token":["T1",{"a":2}]},"":null}"#));
    let Ok(parsed) = Path::parse(path) else { return };
    assert_eq!(parsed.as_str(), path);
    let Ok(answer) = serde_json::from_str::<Value>(answer) else { return };
    let all = parsed.find(&answer);
    assert_eq!(parsed.first(&answer), all.first().copied());
}

/// A few messages, so that what the check lets through is also run.
fn converse(bot: &Runnable) {
    let mut session = Session::new(bot, ChannelKind::Whatsapp, Contact::default());
    for says in ["hi", "1", "cancel", "a b c"] {
        let Ok(turn) = step(bot, session, Input::Reply(Reply::text(says)), Timestamp::from_secs(0)) else {
            return;
        };
        session = Session::from_bytes(&turn.session.to_bytes()).unwrap();
    }
}

/// The bot of one script that says the text, and has it in the places of a request.
fn bot_with(text: &str) -> String {
    json!({
        "countersign": 1,
        "bot": "any",
        "authorization_tokens": [{ "id": "t", "url": "https://a.example/", "questions": [{ "question": "q", "field": "f" }] }],
        "web_services": [{
            "id": "s",
            "method": "POST",
            "url": format!("https://a.example/{text}"),
            "headers": { "X-Any": text },
            "json": { "any": [text] },
        }],
        "scripts": [{ "id": "a", "triggers": ["hi"], "steps": [
            { "auth_token": "t" },
            { "web_service": "s", "failed": "b" },
            { "id": "b", "message": text },
        ] }],
    })
    .to_string()
}

fn in_every_place(text: &str) {
    let file = bot_with(text);
    let checkup = check("any.json", &file, &CheckOptions::default());
    for finding in &checkup.diagnostics {
        for label in &finding.labels {
            assert!(file.get(label.span.start..label.span.end).is_some(), "{}", finding.code);
        }
    }
}

/// With its braces doubled, any text is said as it is.
fn literally(text: &str) {
    let doubled = text.replace('{', "{{").replace('}', "}}");
    let steps = json!([{ "message": doubled }]);
    let file = json!({ "countersign": 1, "bot": "any", "scripts": [{ "id": "a", "triggers": ["hi"], "steps": steps }] });
    let checkup = check("any.json", &file.to_string(), &CheckOptions::default());
    let Some(checked) = checkup.checked else { return };
    let bot = checked.bind(&BTreeMap::new(), &BTreeSet::new()).unwrap();
    let session = Session::new(&bot, ChannelKind::Whatsapp, Contact::default());
    let turn = step(&bot, session, Input::Reply(Reply::text("hi")), Timestamp::from_secs(0)).unwrap();
    let said = turn.effects.iter().find_map(|effect| match effect {
        Effect::Say(OutMessage::Text(said)) => Some(said.as_str()),
        _ => None,
    });
    if !text.trim().is_empty() {
        assert_eq!(said, Some(text));
    }
}

/// What a value becomes cannot end the place that it stands in.
fn encoded(value: &str) {
    let of = |place| {
        let mut out = String::new();
        encode(value, place, &mut out).map(|()| out)
    };
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
    for place in [Place::Query, Place::Form] {
        assert!(of(place).unwrap().chars().all(plain));
    }
    match of(Place::Path) {
        Ok(segment) => assert!(segment.chars().all(plain) && !is_dots(&segment)),
        Err(_) => assert!(is_dots(value)),
    }
    if let Ok(header) = of(Place::Header) {
        assert!(!header.contains(['\r', '\n', '\0']));
    }
    let quoted = format!("\"{}\"", of(Place::JsonString).unwrap());
    assert_eq!(serde_json::from_str::<String>(&quoted).unwrap(), value);
    assert!(!of(Place::Xml).unwrap().contains(['<', '>', '"', '\'']));
}

/// A segment of a path that leads to another path.
fn is_dots(segment: &str) -> bool {
    matches!(segment, "." | "..")
}

/// A secret is in what `reveal` gives, and nowhere else.
fn revealed(text: &str) {
    let name: Name = "bank".parse().unwrap();
    for place in
        [Place::Path, Place::Query, Place::Form, Place::JsonString, Place::JsonValue, Place::Xml, Place::Raw]
    {
        let mut rendered = Rendered::default();
        if rendered.push(text, place).is_err() {
            assert!(place == Place::Path && is_dots(text));
            continue;
        }
        rendered.push_secret(SecretRef::Token(name.clone()), place);
        rendered.push_str("end");
        let shown = format!("{} {rendered:?}", rendered.redacted());
        assert!(text.contains("canary") || !shown.contains("canary"));
        assert!(rendered.clone().into_public().is_err());
        let full = rendered.reveal(|_| Ok::<_, EncodeError>(SecretText::from(CANARY))).unwrap();
        assert!(full.expose().contains("canary") && full.expose().ends_with("end"));
    }
}
