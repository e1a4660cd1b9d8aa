//! What came out of a turn, in words.

use countersign_model::{Choice, OutMessage, Timestamp};
use countersign_script::Runnable;
use countersign_script::template::SecretRef;
use serde_json::{Map, Value};

use crate::effect::{Forgotten, OutgoingRequest, TokenPurpose};
use crate::{Effect, ExpectKind, Heard, Reason, Status, Turn};

/// All that came out.
pub(super) fn turn(turn: &Turn, bot: &Runnable, now: Timestamp) -> Map<String, Value> {
    let mut out = Map::new();
    let effects = turn.effects.iter().map(|shown| effect(shown, now).into());
    out.insert("out".into(), Value::Array(effects.collect()));
    out.insert("status".into(), status(turn.session.status(bot), now).into());
    if turn.heard == Heard::Secret {
        out.insert("heard".into(), "secret".into());
    }
    if !turn.warnings.is_empty() {
        let warnings = turn.warnings.iter().map(|warning| warning.to_string().into());
        out.insert("warnings".into(), Value::Array(warnings.collect()));
    }
    out
}

fn effect(effect: &Effect, now: Timestamp) -> String {
    match effect {
        Effect::Say(shown) => message(shown),
        Effect::Stash { answer, value, until } => format!(
            "stash {}.{} {:?} until {}",
            answer.component,
            answer.index,
            value.expose(),
            seconds(*until, now)
        ),
        Effect::Acquire(acquire) => {
            let what = match acquire.purpose {
                TokenPurpose::Login => "acquire",
                TokenPurpose::Refresh => "refresh",
            };
            format!("{what} {} {}", acquire.token, request(&acquire.request))
        }
        Effect::Call(call) => {
            let mut text = format!("call {} {}", call.service, request(&call.request));
            if let Some((header, first)) = &call.idempotency {
                text.push_str(&format!(" {header} of call {}", first.0));
            }
            if call.retries > 0 {
                text.push_str(&format!(" up to {} retries", call.retries));
            }
            text
        }
        Effect::WakeAt(_, when) => format!("wake {}", seconds(*when, now)),
        Effect::Forget(Forgotten::Answers(id)) => format!("forget answers {id}"),
        Effect::Forget(Forgotten::Token(id)) => format!("forget token {id}"),
        Effect::Forget(Forgotten::AllTokens) => "forget all tokens".into(),
        Effect::Erase(reference) => format!("erase {}", reference.0),
        Effect::Handover { number: None } => "hand over to a person".into(),
        Effect::Handover { number: Some(number) } => format!("hand over to {number}"),
        Effect::OfferPage(offer) => {
            format!("page {} of {}: {} [{}]", offer.attempt, offer.component, offer.text, offer.label)
        }
        Effect::Keep(lead) => {
            let answers = lead.answers.iter().map(|(name, value)| format!("{name}={value}"));
            format!("keep {}: {}", lead.form, answers.collect::<Vec<_>>().join(", "))
        }
    }
}

fn message(message: &OutMessage) -> String {
    match message {
        OutMessage::Text(text) => format!("say: {text}"),
        OutMessage::Options { text, choices } => format!("options: {text} {}", shown(choices)),
        OutMessage::Media(media) => match &media.caption {
            Some(caption) => format!("{}: {} ({caption})", media.kind.name(), media.url),
            None => format!("{}: {}", media.kind.name(), media.url),
        },
        OutMessage::Location { latitude, longitude, name } => match name {
            Some(name) => format!("location: {latitude} {longitude} ({name})"),
            None => format!("location: {latitude} {longitude}"),
        },
        OutMessage::Link { text, label, url } => format!("link: {text} [{label}] {url}"),
        OutMessage::Card { title, text, image, choices } => {
            let parts = [text, image].into_iter().flatten().map(|part| format!(" / {part}"));
            format!("card: {title}{} {}", parts.collect::<String>(), shown(choices)).trim_end().into()
        }
    }
}

fn shown(choices: &[Choice]) -> String {
    let choice = |choice: &Choice| match choice.label == choice.payload {
        true => format!("[{}]", choice.label),
        false => format!("[{} = {}]", choice.label, choice.payload),
    };
    choices.iter().map(choice).collect::<Vec<_>>().join(" ")
}

/// The request, redacted; then which secrets stand in it.
fn request(request: &OutgoingRequest) -> String {
    let mut text = format!("{} {}", request.method.name(), request.url.redacted());
    for (name, value) in &request.headers {
        text.push_str(&format!(" [{name}: {}]", value.redacted()));
    }
    if let Some((content_type, body)) = &request.body {
        text.push_str(&format!(" {content_type} {}", body.redacted()));
    }
    let rendered = [&request.url].into_iter().chain(request.headers.iter().map(|(_, value)| value));
    let secrets = rendered.chain(request.body.iter().map(|(_, body)| body)).flat_map(|part| part.secrets());
    let secrets: Vec<String> = secrets.map(secret).collect();
    if !secrets.is_empty() {
        text.push_str(&format!(" with {}", secrets.join(", ")));
    }
    if request.timeout_ms != 10_000 {
        text.push_str(&format!(" within {} ms", request.timeout_ms));
    }
    text
}

fn secret(secret: &SecretRef) -> String {
    match secret {
        SecretRef::Token(id) => format!("token {id}"),
        SecretRef::Refresh(id) => format!("refresh token {id}"),
        SecretRef::Answer(id, index) => format!("answer {id}.{index}"),
        SecretRef::Workspace(name) => format!("secret {name}"),
    }
}

fn status(status: Status, now: Timestamp) -> String {
    match status {
        Status::Waiting(expect) => {
            let kind = match expect.kind {
                ExpectKind::Text => "text".into(),
                ExpectKind::Choice => "choice".into(),
                ExpectKind::Digits(keypad) => format!("{} to {} digits", keypad.min, keypad.max),
                ExpectKind::Location => "location".into(),
                ExpectKind::File => "file".into(),
            };
            if expect.secret { format!("waiting {kind} (secret)") } else { format!("waiting {kind}") }
        }
        Status::Calling(call) => format!("calling {}", call.0),
        Status::Paused { until, .. } => format!("paused {}", seconds(until, now)),
        Status::Ended(reason) => {
            let reason = match reason {
                Reason::NotBegun => "not begun",
                Reason::Finished => "finished",
                Reason::Closed => "closed",
                Reason::Cancelled => "cancelled",
                Reason::Lapsed { secret: true, .. } => "lapsed at a secret",
                Reason::Lapsed { .. } => "lapsed",
                Reason::Failed => "failed",
                Reason::Bounds => "bounds",
                Reason::HandedOver => "handed over",
                Reason::HungUp => "hung up",
            };
            format!("ended {reason}")
        }
    }
}

fn seconds(when: Timestamp, now: Timestamp) -> String {
    format!("+{} s", when.since(now).as_secs_f64())
}
