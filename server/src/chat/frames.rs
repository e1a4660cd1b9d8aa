//! What goes over the wire: JSON objects whose `t` says what they are, the same over WebSocket and long poll.

use countersign_model::{Choice, OutMessage, SecretText};
use countersign_store::{Line, TranscriptRow};
use serde::{Deserialize, Serialize};

use super::limits::TEXT;
use super::problem::Problem;
use super::settings::is_language;

/// The version of the protocol.
pub(super) const VERSION: u8 = 1;

/// What a client sends.
#[derive(Debug)]
pub(super) enum ClientFrame {
    /// Who it is, and from which row on it wants the conversation.
    Hello { token: Option<SecretText>, since: u64, language: Option<String> },
    /// Something for the bot.
    Message(Message),
    /// The user is typing.
    Typing,
    /// Whether the server is there.
    Ping,
}

/// Something for the bot.
#[derive(Debug)]
pub(super) struct Message {
    /// The client's id of it: the same in every repeat.
    pub(super) id: String,
    /// What it is.
    pub(super) said: Said,
    /// The user's language.
    pub(super) language: Option<String>,
}

/// What a user can say.
pub(super) enum Said {
    Text(SecretText),
    /// The payload of a choice of the row `of`.
    Choice {
        of: u64,
        payload: String,
    },
    Location {
        latitude: String,
        longitude: String,
    },
    /// The user ends the conversation.
    End,
}

/// Shows the kind alone.
impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(•••)",
            Self::Choice { .. } => "Choice(…)",
            Self::Location { .. } => "Location(…)",
            Self::End => "End",
        })
    }
}

/// All fields of all frames: one flat struct, because serde copies the texts of an enum with a tag.
#[derive(Deserialize)]
struct Flat {
    t: String,
    v: Option<u64>,
    token: Option<String>,
    since: Option<u64>,
    language: Option<String>,
    cid: Option<String>,
    text: Option<String>,
    of: Option<u64>,
    payload: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

impl ClientFrame {
    /// Reads a frame. When it cannot be read, the `cid` that the answer belongs to, if it has one.
    pub(super) fn read(text: &str) -> Result<Self, (Problem, Option<String>)> {
        let flat: Flat = serde_json::from_str(text).map_err(|_| (Problem::Malformed, None))?;
        let cid = flat.cid.clone().filter(|cid| is_id(cid));
        flat.into_frame().map_err(|problem| (problem, cid))
    }
}

impl Flat {
    fn into_frame(mut self) -> Result<ClientFrame, Problem> {
        let language = self.language.take().filter(|language| is_language(language));
        let said = match self.t.as_str() {
            "ping" => return Ok(ClientFrame::Ping),
            "typing" => return Ok(ClientFrame::Typing),
            "hello" if self.v != Some(VERSION.into()) => return Err(Problem::Version),
            "hello" => {
                let token = self.token.map(SecretText::new);
                return Ok(ClientFrame::Hello { token, since: self.since.unwrap_or(0), language });
            }
            "text" => Said::Text(text(self.text.take())?),
            "choice" => Said::Choice {
                of: self.of.ok_or(Problem::Missing("of"))?,
                payload: self.payload.take().ok_or(Problem::Missing("payload"))?,
            },
            "location" => Said::Location {
                latitude: degrees(self.latitude.ok_or(Problem::Missing("latitude"))?, 90.0)?,
                longitude: degrees(self.longitude.ok_or(Problem::Missing("longitude"))?, 180.0)?,
            },
            "end" => Said::End,
            other => return Err(Problem::UnknownFrame(other.chars().take(32).collect())),
        };
        let id = self.cid.ok_or(Problem::Missing("cid"))?;
        if !is_id(&id) {
            return Err(Problem::BadId);
        }
        Ok(ClientFrame::Message(Message { id, said, language }))
    }
}

fn text(text: Option<String>) -> Result<SecretText, Problem> {
    let text = SecretText::new(text.ok_or(Problem::Missing("text"))?);
    if text.len() > TEXT {
        return Err(Problem::TooLong { most: TEXT });
    }
    // Databases refuse NUL.
    Ok(if text.expose().contains('\0') { text.expose().replace('\0', "").into() } else { text })
}

fn degrees(number: f64, most: f64) -> Result<String, Problem> {
    let fits = number.is_finite() && number.abs() <= most;
    fits.then(|| number.to_string()).ok_or(Problem::BadLocation)
}

fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// What the server sends.
#[derive(Serialize)]
#[serde(tag = "t", rename_all = "snake_case")]
pub(super) enum ServerFrame<'a> {
    /// The token is good; rows come from this one on.
    Ready { v: u8, from: u64 },
    /// Something was said.
    Row(Row<'a>),
    /// Everything that was said until now has been sent; the row `next` comes when it is said.
    Live { next: u64 },
    /// Whether the bot is at work.
    Typing { on: bool },
    /// The message is kept and will be answered, whatever happens to the server.
    Accepted { cid: &'a str, new: bool },
    /// The answer to `ping`.
    Pong,
    /// Something did not work.
    Error(Refusal<'a>),
}

/// A problem on the wire.
#[derive(Serialize)]
pub(super) struct Refusal<'a> {
    code: &'static str,
    problem: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    cid: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<&'a [String]>,
}

/// A row of the transcript on the wire.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    seq: u64,
    at: String,
    from: &'static str,
    #[serde(flatten)]
    said: Shown<'a>,
}

/// What a row says.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Shown<'a> {
    Text {
        text: &'a str,
    },
    Secret,
    Options {
        text: &'a str,
        choices: Vec<Offer<'a>>,
    },
    Media {
        media: &'static str,
        url: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        caption: Option<&'a str>,
    },
    Location {
        latitude: &'a str,
        longitude: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<&'a str>,
    },
    Link {
        text: &'a str,
        label: &'a str,
        url: &'a str,
    },
    Card {
        title: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        image: Option<&'a str>,
        choices: Vec<Offer<'a>>,
    },
    Handover,
    End,
    /// A person says something in place of the bot.
    Agent {
        by: &'a str,
        text: &'a str,
    },
    /// The person gives the conversation back to the bot.
    HandedBack,
}

/// Something to choose.
#[derive(Serialize)]
struct Offer<'a> {
    label: &'a str,
    payload: &'a str,
}

impl<'a> ServerFrame<'a> {
    pub(super) fn ready(from: u64) -> Self {
        Self::Ready { v: VERSION, from }
    }

    pub(super) fn error(problem: &'a Problem, cid: Option<&'a str>) -> Self {
        Self::Error(Refusal {
            code: problem.code(),
            problem: problem.to_string(),
            cid,
            retry_after: problem.retry_after(),
            steps: problem.steps(),
        })
    }

    pub(super) fn row(seq: u64, row: &'a TranscriptRow) -> Self {
        let (from, said) = match &row.line {
            Line::User(text) => ("user", Shown::Text { text }),
            Line::Secret => ("user", Shown::Secret),
            Line::Bot(message) => ("bot", shown(message)),
            // A phone number is for calls; here a person goes on in the same chat.
            Line::Handover { number: _ } => ("bot", Shown::Handover),
            Line::HungUp => ("user", Shown::End),
            Line::TakenOver { by: _ } => ("bot", Shown::Handover),
            Line::Agent { by, text } => ("bot", Shown::Agent { by, text }),
            Line::HandedBack => ("bot", Shown::HandedBack),
            // A bot that logs in does not run on a chat of ours.
            Line::Page { text, .. } => ("bot", Shown::Text { text }),
        };
        Self::Row(Row { seq, at: row.at.to_string(), from, said })
    }

    /// The frame as it is sent.
    pub(super) fn to_json(&self) -> String {
        // Nothing in a frame can fail to be written: no maps with keys of other kinds, no numbers that JSON has not.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn shown(message: &OutMessage) -> Shown<'_> {
    match message {
        OutMessage::Text(text) => Shown::Text { text },
        OutMessage::Options { text, choices } => Shown::Options { text, choices: options(choices) },
        OutMessage::Media(media) => {
            Shown::Media { media: media.kind.name(), url: &media.url, caption: media.caption.as_deref() }
        }
        OutMessage::Location { latitude, longitude, name } => {
            Shown::Location { latitude, longitude, name: name.as_deref() }
        }
        OutMessage::Link { text, label, url } => Shown::Link { text, label, url },
        OutMessage::Card { title, text, image, choices } => {
            Shown::Card { title, text: text.as_deref(), image: image.as_deref(), choices: options(choices) }
        }
    }
}

fn options(choices: &[Choice]) -> Vec<Offer<'_>> {
    choices.iter().map(|choice| Offer { label: &choice.label, payload: &choice.payload }).collect()
}

#[cfg(test)]
mod tests {
    use countersign_model::{Media, MediaKind, Timestamp};

    use super::*;

    fn refused(text: &str) -> Problem {
        ClientFrame::read(text).unwrap_err().0
    }

    fn message(text: &str) -> Message {
        match ClientFrame::read(text) {
            Ok(ClientFrame::Message(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn frames_are_read() {
        let hello = r#"{"t":"hello","v":1,"token":"x","since":17,"language":"de-DE","later":{"a":1}}"#;
        let Ok(ClientFrame::Hello { token, since: 17, language }) = ClientFrame::read(hello) else {
            panic!()
        };
        assert_eq!((token.unwrap().expose(), language.as_deref()), ("x", Some("de-DE")));
        let said = message(r#"{"t":"text","cid":"a-1_B","text":"h\u0000i \ud83d\ude00","language":"<b>"}"#);
        let Said::Text(text) = said.said else { panic!() };
        assert_eq!((said.id.as_str(), text.expose(), said.language), ("a-1_B", "hi 😀", None));
        let Said::Location { latitude, longitude } =
            message(r#"{"t":"location","cid":"1","latitude":52.5,"longitude":-0.1}"#).said
        else {
            panic!()
        };
        assert_eq!((latitude.as_str(), longitude.as_str()), ("52.5", "-0.1"));
    }

    #[test]
    fn what_is_no_frame_is_refused() {
        for text in ["", "[]", "7", "null", "{}", r#"{"t":7}"#, r#"{"t":"text","text":"\ud800","cid":"a"}"#] {
            assert_eq!(refused(text), Problem::Malformed, "{text}");
        }
        assert_eq!(refused(r#"{"t":"sing"}"#), Problem::UnknownFrame("sing".into()));
        assert_eq!(refused(r#"{"t":"hello"}"#), Problem::Version);
        assert_eq!(refused(r#"{"t":"hello","v":2}"#), Problem::Version);
        assert_eq!(refused(r#"{"t":"text","cid":"a"}"#), Problem::Missing("text"));
        assert_eq!(refused(r#"{"t":"text","text":"a"}"#), Problem::Missing("cid"));
        assert_eq!(refused(r#"{"t":"choice","cid":"a","payload":"p"}"#), Problem::Missing("of"));
        for cid in ["", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(refused(&format!(r#"{{"t":"end","cid":"{cid}"}}"#)), Problem::BadId, "{cid}");
        }
        for place in ["91,\"longitude\":0", "0,\"longitude\":-180.5"] {
            let text = format!(r#"{{"t":"location","cid":"a","latitude":{place}}}"#);
            assert_eq!(refused(&text), Problem::BadLocation);
        }
    }

    #[test]
    fn a_text_has_a_bound_and_the_refusal_names_the_message() {
        let text = |length: usize| format!(r#"{{"t":"text","cid":"m7","text":"{}"}}"#, "x".repeat(length));
        assert!(ClientFrame::read(&text(TEXT)).is_ok());
        let (problem, cid) = ClientFrame::read(&text(TEXT + 1)).unwrap_err();
        assert_eq!((problem, cid.as_deref()), (Problem::TooLong { most: TEXT }, Some("m7")));
    }

    #[test]
    fn what_users_write_is_not_shown() {
        let shown = format!("{:?}", message(r#"{"t":"text","cid":"a","text":"hunter2"}"#));
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    fn row(line: Line) -> String {
        ServerFrame::row(3, &TranscriptRow { at: Timestamp::from_secs(0), line }).to_json()
    }

    #[test]
    fn rows_are_written() {
        let head = r#"{"t":"row","seq":3,"at":"1970-01-01T00:00:00Z","from":"#;
        let expect = |line: Line, rest: &str| assert_eq!(row(line), format!("{head}{rest}}}"));
        let choices = vec![Choice { label: "Yes".into(), payload: "y".into() }];
        expect(Line::User("hi".into()), r#""user","kind":"text","text":"hi""#);
        expect(Line::Secret, r#""user","kind":"secret""#);
        expect(Line::HungUp, r#""user","kind":"end""#);
        expect(Line::Handover { number: Some("+49 30 1".into()) }, r#""bot","kind":"handover""#);
        expect(Line::TakenOver { by: "Zoe".into() }, r#""bot","kind":"handover""#);
        let agent = Line::Agent { by: "Zoe".into(), text: "Hello".into() };
        expect(agent, r#""bot","kind":"agent","by":"Zoe","text":"Hello""#);
        expect(Line::HandedBack, r#""bot","kind":"handed_back""#);
        expect(Line::Bot(OutMessage::Text("</script>".into())), r#""bot","kind":"text","text":"</script>""#);
        expect(
            Line::Bot(OutMessage::Options { text: "Sure?".into(), choices: choices.clone() }),
            r#""bot","kind":"options","text":"Sure?","choices":[{"label":"Yes","payload":"y"}]"#,
        );
        let media = Media { kind: MediaKind::Image, url: "https://a.example/b.png".into(), caption: None };
        expect(
            Line::Bot(OutMessage::Media(media)),
            r#""bot","kind":"media","media":"image","url":"https://a.example/b.png""#,
        );
        let place =
            OutMessage::Location { latitude: "1".into(), longitude: "2".into(), name: Some("X".into()) };
        expect(Line::Bot(place), r#""bot","kind":"location","latitude":"1","longitude":"2","name":"X""#);
        let link = OutMessage::Link { text: "a".into(), label: "b".into(), url: "https://c.example".into() };
        expect(Line::Bot(link), r#""bot","kind":"link","text":"a","label":"b","url":"https://c.example""#);
        let card = OutMessage::Card { title: "T".into(), text: None, image: None, choices };
        expect(
            Line::Bot(card),
            r#""bot","kind":"card","title":"T","choices":[{"label":"Yes","payload":"y"}]"#,
        );
    }
}
