//! What is sealed into an inbox row: events of users and outcomes of calls, as one text that never grew in memory, so
//! that no copies of it are left behind.
//!
//! A text is a row of fields; each is `-;` for nothing, or its length in bytes, `:` and the field.

use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_engine::{Cause, Outcome, Refusal, Response};
use countersign_model::{Contact, Content, Media, MediaKind, MessageRef, Reply, SecretText, Timestamp};
use countersign_store::SessionId;

use crate::ingest::Event;

/// A text that is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

const EVENT: &str = "e1";
const OUTCOME: &str = "o1";

/// An event and its user as a text.
pub(crate) fn event_to_text(contact: &Contact, event: &Event) -> SecretText {
    let page: [Option<String>; 3];
    let mut fields = vec![
        Some(EVENT),
        Some(contact.address.as_str()),
        contact.name.as_deref(),
        contact.language.as_deref(),
    ];
    match event {
        Event::Begin => fields.push(Some("begin")),
        Event::Start(script) => fields.extend([Some("start"), Some(script.as_str())]),
        Event::TakenOver { by } => fields.extend([Some("taken"), Some(by)]),
        Event::AgentSaid { by, text } => fields.extend([Some("agent"), Some(by), Some(text)]),
        Event::HandedBack => fields.push(Some("back")),
        Event::HungUp => fields.push(Some("hung-up")),
        Event::OwnerChanged => fields.push(Some("owner")),
        Event::Page { session, attempt, browser, answers } => {
            let numbers = [session.0.to_string(), attempt.to_string(), browser.to_string()];
            page = numbers.map(Some);
            fields.push(Some("page"));
            fields.extend(page.iter().map(Option::as_deref));
            fields.extend(answers.iter().map(|answer| Some(answer.expose())));
        }
        Event::Reply(Reply { content, reference }) => {
            fields.extend([Some("reply"), reference.as_ref().map(|reference| reference.0.as_str())]);
            match content {
                Content::Text(text) => fields.extend([Some("text"), Some(text.expose())]),
                Content::Digits(digits) => fields.extend([Some("digits"), Some(digits.expose())]),
                Content::Choice { payload, label } => {
                    fields.extend([Some("choice"), Some(payload), Some(label)]);
                }
                Content::Media(media) => {
                    let caption = media.caption.as_deref();
                    fields.extend([Some("media"), Some(media.kind.name()), Some(&media.url), caption]);
                }
                Content::Location { latitude, longitude } => {
                    fields.extend([Some("location"), Some(latitude), Some(longitude)]);
                }
                Content::Silence => fields.push(Some("silence")),
                Content::Unsupported => fields.push(Some("unsupported")),
            }
        }
    }
    pack(&fields)
}

/// The event and its user.
pub(crate) fn event_from_text(text: &SecretText) -> Result<(Contact, Event), Unreadable> {
    let mut fields = Fields(text.expose());
    if fields.some()? != EVENT {
        return Err(Unreadable);
    }
    let owned = |field: Option<&str>| field.map(str::to_owned);
    let contact = Contact {
        address: fields.some()?.to_owned(),
        name: owned(fields.take()?),
        language: owned(fields.take()?),
    };
    let event = match fields.some()? {
        "begin" => Event::Begin,
        "start" => Event::Start(fields.some()?.parse().map_err(|_| Unreadable)?),
        "taken" => Event::TakenOver { by: fields.some()?.to_owned() },
        "agent" => Event::AgentSaid { by: fields.some()?.to_owned(), text: fields.some()?.to_owned() },
        "back" => Event::HandedBack,
        "hung-up" => Event::HungUp,
        "owner" => Event::OwnerChanged,
        "page" => {
            let session = SessionId(fields.parsed()?);
            let (attempt, browser) = (fields.parsed()?, fields.parsed()?);
            let mut answers = Vec::new();
            while !fields.0.is_empty() {
                answers.push(fields.some()?.into());
            }
            Event::Page { session, attempt, browser, answers }
        }
        "reply" => {
            let reference = fields.take()?.map(|reference| MessageRef(reference.to_owned()));
            let content = match fields.some()? {
                "text" => Content::Text(fields.some()?.into()),
                "digits" => Content::Digits(fields.some()?.into()),
                "choice" => {
                    Content::Choice { payload: fields.some()?.to_owned(), label: fields.some()?.to_owned() }
                }
                "media" => Content::Media(Media {
                    kind: media_kind(fields.some()?)?,
                    url: fields.some()?.to_owned(),
                    caption: owned(fields.take()?),
                }),
                "location" => Content::Location {
                    latitude: fields.some()?.to_owned(),
                    longitude: fields.some()?.to_owned(),
                },
                "silence" => Content::Silence,
                "unsupported" => Content::Unsupported,
                _ => return Err(Unreadable),
            };
            Event::Reply(Reply { content, reference })
        }
        _ => return Err(Unreadable),
    };
    Ok((contact, event))
}

/// An outcome as a text. The answer of an API may be personal, so it is sealed as well.
pub(crate) fn outcome_to_text(outcome: &Outcome) -> SecretText {
    let number = |number: i64| number.to_string();
    match outcome {
        Outcome::Acquired { expires_at, refreshable } => pack(&[
            Some(OUTCOME),
            Some("acquired"),
            Some(&number(expires_at.as_micros())),
            refreshable.then_some("refreshable"),
        ]),
        Outcome::Rejected(refusal) => pack(&[Some(OUTCOME), Some("rejected"), Some(refusal_name(*refusal))]),
        Outcome::Expired => pack(&[Some(OUTCOME), Some("expired")]),
        Outcome::Unreachable(cause) => pack(&[Some(OUTCOME), Some("unreachable"), Some(cause_name(*cause))]),
        Outcome::Responded(Response { status, headers, body }) => {
            let (status, lines) = (number(i64::from(*status)), headers.len().to_string());
            let mut fields = vec![Some(OUTCOME), Some("responded"), Some(&*status), Some(&*lines)];
            fields
                .extend(headers.iter().flat_map(|(name, value)| [Some(name.as_str()), Some(value.as_str())]));
            let encoded;
            match std::str::from_utf8(body) {
                Ok(body) => fields.extend([Some("text"), Some(body)]),
                Err(_) => {
                    encoded = STANDARD.encode(body);
                    fields.extend([Some("bytes"), Some(&*encoded)]);
                }
            }
            pack(&fields)
        }
    }
}

/// The outcome.
pub(crate) fn outcome_from_text(text: &SecretText) -> Result<Outcome, Unreadable> {
    let mut fields = Fields(text.expose());
    if fields.some()? != OUTCOME {
        return Err(Unreadable);
    }
    Ok(match fields.some()? {
        "acquired" => Outcome::Acquired {
            expires_at: Timestamp::from_micros(fields.number()?),
            refreshable: fields.take()?.is_some(),
        },
        "rejected" => {
            let name = fields.some()?;
            Outcome::Rejected(REFUSALS.into_iter().find(|r| refusal_name(*r) == name).ok_or(Unreadable)?)
        }
        "expired" => Outcome::Expired,
        "unreachable" => {
            let name = fields.some()?;
            Outcome::Unreachable(CAUSES.into_iter().find(|c| cause_name(*c) == name).ok_or(Unreadable)?)
        }
        "responded" => {
            let status = u16::try_from(fields.number()?).map_err(|_| Unreadable)?;
            let lines = fields.number()?;
            let headers = (0..lines)
                .map(|_| Ok((fields.some()?.to_owned(), fields.some()?.to_owned())))
                .collect::<Result<_, Unreadable>>()?;
            let body = match fields.some()? {
                "text" => fields.some()?.as_bytes().to_vec(),
                "bytes" => STANDARD.decode(fields.some()?).map_err(|_| Unreadable)?,
                _ => return Err(Unreadable),
            };
            Outcome::Responded(Response { status, headers, body })
        }
        _ => return Err(Unreadable),
    })
}

const REFUSALS: [Refusal; 3] = [Refusal::WrongCredentials, Refusal::Paused, Refusal::RefreshOver];
const CAUSES: [Cause; 6] = [
    Cause::TimedOut,
    Cause::NoConnection,
    Cause::ServerError,
    Cause::Refused,
    Cause::Unusable,
    Cause::Unknown,
];

fn refusal_name(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::WrongCredentials => "wrong",
        Refusal::Paused => "paused",
        Refusal::RefreshOver => "over",
    }
}

fn cause_name(cause: Cause) -> &'static str {
    match cause {
        Cause::TimedOut => "timed-out",
        Cause::NoConnection => "no-connection",
        Cause::ServerError => "server-error",
        Cause::Refused => "refused",
        Cause::Unusable => "unusable",
        Cause::Unknown => "unknown",
    }
}

fn media_kind(name: &str) -> Result<MediaKind, Unreadable> {
    let kinds = [MediaKind::Image, MediaKind::Audio, MediaKind::Video, MediaKind::Document];
    kinds.into_iter().find(|kind| kind.name() == name).ok_or(Unreadable)
}

fn pack(fields: &[Option<&str>]) -> SecretText {
    let len = fields.iter().map(|field| field.map_or(2, |field| field.len() + 21)).sum();
    let mut text = String::with_capacity(len);
    for field in fields {
        match field {
            None => text.push_str("-;"),
            Some(field) => {
                text.push_str(&field.len().to_string());
                text.push(':');
                text.push_str(field);
            }
        }
    }
    SecretText::new(text)
}

struct Fields<'a>(&'a str);

impl<'a> Fields<'a> {
    fn take(&mut self) -> Result<Option<&'a str>, Unreadable> {
        if let Some(rest) = self.0.strip_prefix("-;") {
            self.0 = rest;
            return Ok(None);
        }
        let (len, rest) = self.0.split_once(':').ok_or(Unreadable)?;
        let len: usize = len.parse().map_err(|_| Unreadable)?;
        let (field, rest) = rest.split_at_checked(len).ok_or(Unreadable)?;
        self.0 = rest;
        Ok(Some(field))
    }

    fn some(&mut self) -> Result<&'a str, Unreadable> {
        self.take()?.ok_or(Unreadable)
    }

    fn number(&mut self) -> Result<i64, Unreadable> {
        self.parsed()
    }

    fn parsed<T: FromStr>(&mut self) -> Result<T, Unreadable> {
        self.some()?.parse().map_err(|_| Unreadable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> Contact {
        Contact { address: "+49:1".into(), name: Some("Ada; 3:x".into()), language: None }
    }

    #[test]
    fn every_event_reads_back() {
        let reply = |content| Event::Reply(Reply { content, reference: Some(MessageRef("m:1".into())) });
        let media = Media { kind: MediaKind::Video, url: "https://x".into(), caption: None };
        let events = [
            Event::Begin,
            Event::Start("menu".parse().unwrap()),
            Event::TakenOver { by: "Zoe".into() },
            Event::AgentSaid { by: "Zoe".into(), text: "1:x".into() },
            Event::HandedBack,
            Event::HungUp,
            Event::OwnerChanged,
            Event::Page {
                session: SessionId(u128::MAX),
                attempt: 7,
                browser: 1 << 100,
                answers: vec!["ada".into(), "".into(), "-;3:x".into()],
            },
            Event::Page { session: SessionId(0), attempt: 0, browser: 0, answers: vec![] },
            Event::Reply(Reply::text("")),
            reply(Content::Text("pässwörd\n5:x".into())),
            reply(Content::Digits("12".into())),
            reply(Content::Choice { payload: "p".into(), label: "-;".into() }),
            reply(Content::Media(media)),
            reply(Content::Location { latitude: "1".into(), longitude: "-2".into() }),
            reply(Content::Silence),
            reply(Content::Unsupported),
        ];
        for event in events {
            let text = event_to_text(&contact(), &event);
            let (read, again) = event_from_text(&text).unwrap();
            assert_eq!(read, contact());
            assert_eq!(event_to_text(&read, &again), text, "{event:?}");
            assert_eq!(format!("{event:?}"), format!("{again:?}"));
        }
    }

    #[test]
    fn every_outcome_reads_back() {
        let response = |body: &[u8]| {
            let headers = vec![("content-type".into(), "text/plain".into()), ("x".into(), String::new())];
            Outcome::Responded(Response { status: 200, headers, body: body.to_vec() })
        };
        let mut outcomes = vec![
            Outcome::Acquired { expires_at: Timestamp::from_micros(-5), refreshable: true },
            Outcome::Acquired { expires_at: Timestamp::from_secs(5), refreshable: false },
            Outcome::Expired,
            response(b"{\"a\":1}"),
            response(b""),
            response(&[0xff, 0, 1]),
        ];
        outcomes.extend(REFUSALS.map(Outcome::Rejected));
        outcomes.extend(CAUSES.map(Outcome::Unreachable));
        for outcome in outcomes {
            let text = outcome_to_text(&outcome);
            let again = outcome_from_text(&text).unwrap();
            assert_eq!(outcome_to_text(&again), text);
            assert_eq!(format!("{outcome:?}"), format!("{again:?}"));
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for bad in
            ["", "x", "9:e1", "2:e1", "2:o1", "2:e11:a-;-;4:what", "18446744073709551616:x", "2:eü", "1:é"]
        {
            let bad = SecretText::from(bad);
            assert!(event_from_text(&bad).is_err() && outcome_from_text(&bad).is_err());
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_reads_back(text in "\\PC*", name in proptest::option::of("\\PC*")) {
            let contact = Contact { address: text.clone(), name, language: None };
            let packed = event_to_text(&contact, &Event::Reply(Reply::text(text.as_str())));
            let (read, event) = event_from_text(&packed).unwrap();
            proptest::prop_assert_eq!(read, contact);
            let Event::Reply(Reply { content: Content::Text(again), .. }) = event else { panic!() };
            proptest::prop_assert_eq!(again.expose(), text);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".*") {
            let text = SecretText::new(text);
            let _ = (event_from_text(&text), outcome_from_text(&text));
        }
    }
}
