//! Templates: texts with placeholders, parsed once.
//!
//! Every placeholder knows the place it stands in and is encoded for it. A placeholder whose value is a secret is
//! never rendered to text: a [`Rendered`] keeps a reference to it, and only the part of the runner that opens the
//! vault joins the two.

use std::fmt;

use countersign_model::{Name, SecretText};
use serde::{Deserialize, Serialize};

use crate::program::{TokenIx, VarIx};

/// A text with placeholders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The pieces in order. Two texts never follow each other.
    pub pieces: Box<[Piece]>,
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Stands as it is; already encoded for its place.
    Text(Box<str>),
    /// Replaced when it is used.
    Slot {
        /// What comes here.
        slot: Slot,
        /// How it is encoded.
        place: Place,
    },
}

/// What a placeholder stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `{name}`: a variable.
    Var(VarIx),
    /// `{val1}` …: an answer to a question of the Web Service, counted from 0.
    Val(u8),
    /// `{val1}` … where the question is secret, or an answer to a question of an Authorization Token: sealed, so it
    /// is known by the component that asked and the number of the question, counted from 0.
    Answer {
        /// The component that asked.
        component: Name,
        /// Which of its questions.
        index: u8,
    },
    /// `{authtoken}`: the token of the latest login.
    LatestToken,
    /// `{authtoken:ID}`: the token of one component.
    Token(TokenIx),
    /// The refresh token kept beside a token; only in its component's `refresh` request.
    RefreshToken(TokenIx),
    /// `{secret.NAME}`: a secret of the workspace.
    Secret(Box<str>),
    /// `{config.NAME}`: a constant of the workspace. Gone once the bot is bound to its constants.
    Config(Box<str>),
    /// `{contact.name}`.
    ContactName,
    /// `{contact.address}`.
    ContactAddress,
    /// `{channel}`.
    Channel,
    /// `{now}`.
    Now,
    /// `{item}` or `{item.path}` in the line of an `each`: a value of the item at hand.
    Item(crate::path::Path),
}

/// Where a placeholder stands, which decides how its value is encoded (SECURITY §3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    /// A text for the user. Unchanged here; a channel escapes for its own markup.
    Text,
    /// A segment of a URL's path: all but the unreserved characters of RFC 3986 are percent-encoded.
    Path,
    /// A key or value of a URL's query: the same encoding.
    Query,
    /// A header's value: visible ASCII, space and tab, at most 8 KiB; anything else is refused.
    Header,
    /// Inside a string of a JSON body (RFC 8259 §7), the quotes being there already.
    JsonString,
    /// A whole value of a JSON body: numbers and truth values stand bare, everything else as a string in quotes.
    JsonValue,
    /// A value in an `application/x-www-form-urlencoded` body.
    Form,
    /// Character data or an attribute's value of an XML body.
    Xml,
    /// A raw body of another type, and the values of constants, which an operator writes: unchanged.
    Raw,
}

/// A secret that stands in a rendered text, by reference.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SecretRef {
    /// The token of an Authorization Token component.
    Token(Name),
    /// The refresh token beside it.
    Refresh(Name),
    /// A sealed answer: the component that asked, and the number of the question, counted from 0.
    Answer(Name, u8),
    /// A secret of the workspace.
    Workspace(Box<str>),
}

/// A rendered template: text, with marks where secrets belong.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendered {
    text: String,
    /// Byte offset into `text`, in ascending order.
    secrets: Vec<(u32, SecretRef, Place)>,
}

/// A value cannot stand in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// A header would be split or broken.
    #[error("a value for a header has a line break or a character that a header cannot carry")]
    Header,
    /// A segment of a path that means the one above, however it is encoded (WHATWG URL §4.4).
    #[error("`.` and `..` would lead to another path")]
    OtherPath,
    /// Longer than a header may be.
    #[error("a value for a header is longer than 8 KiB")]
    HeaderTooLong,
}

/// A rendered text holds a secret, so it may not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this text holds a secret and cannot be shown")]
pub struct SecretInPublicText;

impl Rendered {
    /// An empty text with room for so many bytes.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { text: String::with_capacity(bytes), secrets: Vec::new() }
    }

    /// A text without secrets.
    pub fn from_text(text: String) -> Self {
        Self { text, secrets: Vec::new() }
    }

    /// Adds text that is encoded already.
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds a value, encoded for its place.
    pub fn push(&mut self, value: &str, place: Place) -> Result<(), EncodeError> {
        encode(value, place, &mut self.text)
    }

    /// Adds a mark where a secret belongs.
    pub fn push_secret(&mut self, secret: SecretRef, place: Place) {
        self.secrets.push((self.text.len() as u32, secret, place));
    }

    /// The secrets that stand in it.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretRef> {
        self.secrets.iter().map(|(_, secret, _)| secret)
    }

    /// For messages and transcripts.
    pub fn into_public(self) -> Result<String, SecretInPublicText> {
        if self.secrets.is_empty() { Ok(self.text) } else { Err(SecretInPublicText) }
    }

    /// For logs and for a person who watches: secrets show as `•••`.
    pub fn redacted(&self) -> String {
        let mut shown = String::with_capacity(self.text.len() + 8 * self.secrets.len());
        let mut from = 0;
        for (at, _, place) in &self.secrets {
            shown.push_str(&self.text[from..*at as usize]);
            shown.push_str(if *place == Place::JsonValue { "\"•••\"" } else { "•••" });
            from = *at as usize;
        }
        shown.push_str(&self.text[from..]);
        shown
    }

    /// For requests only; `open` opens the vault. What it gives is encoded for its place.
    pub fn reveal<E: From<EncodeError>>(
        &self,
        mut open: impl FnMut(&SecretRef) -> Result<SecretText, E>,
    ) -> Result<SecretText, E> {
        let mut full = String::with_capacity(self.text.len() + 1024 * self.secrets.len());
        let mut from = 0;
        for (at, secret, place) in &self.secrets {
            full.push_str(&self.text[from..*at as usize]);
            from = *at as usize;
            let value = open(secret)?;
            let quoted = *place == Place::JsonValue;
            if quoted {
                full.push('"');
            }
            let place = if quoted { Place::JsonString } else { *place };
            // A growing `String` would leave copies of the secret behind in freed memory.
            full.reserve(3 * value.len() + 2);
            if let Err(error) = encode(value.expose(), place, &mut full) {
                drop(SecretText::new(full));
                return Err(error.into());
            }
            if quoted {
                full.push('"');
            }
        }
        full.push_str(&self.text[from..]);
        Ok(SecretText::new(full))
    }
}

/// Shows secrets as `•••`.
impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.redacted(), f)
    }
}

/// Adds `value` to `to`, encoded for `place`.
pub fn encode(value: &str, place: Place, to: &mut String) -> Result<(), EncodeError> {
    match place {
        Place::Text | Place::Raw => to.push_str(value),
        Place::Query | Place::Form => percent(value, to),
        Place::Path => {
            percent(value, to);
            let segment = to.rsplit('/').next().unwrap_or("");
            if !value.is_empty() && matches!(segment, "." | "..") {
                return Err(EncodeError::OtherPath);
            }
        }
        Place::Header => header(value, to)?,
        Place::JsonString => json(value, to),
        Place::JsonValue => {
            to.push('"');
            json(value, to);
            to.push('"');
        }
        Place::Xml => xml(value, to),
    }
    Ok(())
}

fn percent(value: &str, to: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            to.push(char::from(byte));
        } else {
            to.push('%');
            to.push(char::from(HEX[usize::from(byte >> 4)]));
            to.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

fn header(value: &str, to: &mut String) -> Result<(), EncodeError> {
    if value.len() > 8 * 1024 {
        return Err(EncodeError::HeaderTooLong);
    }
    if !value.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return Err(EncodeError::Header);
    }
    to.push_str(value);
    Ok(())
}

fn json(value: &str, to: &mut String) {
    let mut from = 0;
    for (at, byte) in value.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1f => "",
            _ => continue,
        };
        to.push_str(&value[from..at]);
        from = at + 1;
        if short.is_empty() {
            to.push_str(&format!("\\u{byte:04x}"));
        } else {
            to.push_str(short);
        }
    }
    to.push_str(&value[from..]);
}

fn xml(value: &str, to: &mut String) {
    for c in value.chars() {
        match c {
            '&' => to.push_str("&amp;"),
            '<' => to.push_str("&lt;"),
            '>' => to.push_str("&gt;"),
            '"' => to.push_str("&quot;"),
            '\'' => to.push_str("&apos;"),
            // XML 1.0 §2.2 has no way to write the other control characters.
            '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' => to.push('\u{fffd}'),
            other => to.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(value: &str, place: Place) -> Result<String, EncodeError> {
        let mut out = String::new();
        encode(value, place, &mut out).map(|()| out)
    }

    #[test]
    fn every_place_has_its_own_encoding() {
        let nasty = "a b/?#%..\"\\\n<&>'é";
        let url = "a%20b%2F%3F%23%25..%22%5C%0A%3C%26%3E%27%C3%A9";
        assert_eq!(encoded(nasty, Place::Path).unwrap(), url);
        assert_eq!(encoded(nasty, Place::Query).unwrap(), url);
        assert_eq!(encoded(nasty, Place::Form).unwrap(), url);
        assert_eq!(encoded(nasty, Place::JsonString).unwrap(), "a b/?#%..\\\"\\\\\\n<&>'é");
        assert_eq!(encoded("\u{1}", Place::JsonValue).unwrap(), "\"\\u0001\"");
        assert_eq!(encoded("<&\">'\u{1}", Place::Xml).unwrap(), "&lt;&amp;&quot;&gt;&apos;\u{fffd}");
        assert_eq!(encoded(nasty, Place::Text).unwrap(), nasty);
        assert_eq!(encoded("a\r\nB: c", Place::Header), Err(EncodeError::Header));
        assert_eq!(encoded("é", Place::Header), Err(EncodeError::Header));
        assert_eq!(encoded(&"x".repeat(8193), Place::Header), Err(EncodeError::HeaderTooLong));
    }

    #[test]
    fn a_value_cannot_lead_to_another_path() {
        for (before, value) in [("/a/", ".."), ("/a/", "."), ("/a/.", "."), ("", "..")] {
            let mut url = before.to_owned();
            assert_eq!(encode(value, Place::Path, &mut url), Err(EncodeError::OtherPath), "{before}{value}");
        }
        for (before, value) in [("/a/", "..."), ("/a/x", ".."), ("/a/", "1.2"), ("/a/", ""), ("/a/..", "")] {
            let mut url = before.to_owned();
            assert_eq!(encode(value, Place::Path, &mut url), Ok(()), "{before}{value}");
        }
        let mut url = Rendered::from_text("https://bank.example/customers/".into());
        url.push_secret(SecretRef::Workspace("id".into()), Place::Path);
        url.push_str("/balance");
        let opened = url.reveal(|_| Ok::<_, EncodeError>(SecretText::from("..")));
        assert_eq!(opened.unwrap_err(), EncodeError::OtherPath);
    }

    #[test]
    fn secrets_show_as_dots_until_they_are_revealed() {
        let mut body = Rendered::from_text("{\"pin\":".into());
        body.push_secret(SecretRef::Workspace("pin".into()), Place::JsonValue);
        body.push_str("}");
        assert_eq!(body.redacted(), "{\"pin\":\"•••\"}");
        assert_eq!(format!("{body:?}"), "\"{\\\"pin\\\":\\\"•••\\\"}\"");
        assert_eq!(body.clone().into_public(), Err(SecretInPublicText));
        let revealed = body.reveal(|_| Ok::<_, EncodeError>(SecretText::from("1\"2"))).unwrap();
        assert_eq!(revealed.expose(), "{\"pin\":\"1\\\"2\"}");
    }

    proptest::proptest! {
        #[test]
        fn json_strings_read_back(value in proptest::prelude::any::<String>()) {
            let whole = encoded(&value, Place::JsonValue).unwrap();
            assert_eq!(serde_json::from_str::<String>(&whole).unwrap(), value);
            let inside = encoded(&value, Place::JsonString).unwrap();
            assert_eq!(serde_json::from_str::<String>(&format!("\"{inside}\"")).unwrap(), value);
        }

        #[test]
        fn percent_encoding_adds_no_sign_and_reads_back(value in proptest::prelude::any::<String>()) {
            let out = encoded(&value, Place::Query).unwrap();
            assert!(!out.contains(['/', '?', '#', '&', '=', '+', ' ', '@', ':', '\\']), "{out}");
            let read = url::form_urlencoded::parse(format!("k={out}").as_bytes()).next().unwrap().1.into_owned();
            assert_eq!(read, value);
        }

        #[test]
        fn xml_gets_no_markup(value in proptest::prelude::any::<String>()) {
            let out = encoded(&value, Place::Xml).unwrap();
            assert!(!out.contains(['<', '>', '"', '\'']), "{out}");
        }
    }
}
