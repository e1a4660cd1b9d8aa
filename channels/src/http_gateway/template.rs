//! Texts with placeholders, which are filled in as their place needs it.

use std::borrow::Cow;

/// A text with placeholders: `{to}` and the like. Braces with anything else in them stand for themselves.
#[derive(Debug, Default)]
pub(crate) struct Template(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    Literal(String),
    Hole(Hole),
}

/// What can be filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hole {
    /// The user's number.
    To,
    /// The same without `+`.
    ToNoPlus,
    /// The number of the bot.
    From,
    /// The same without `+`.
    FromNoPlus,
    /// The text.
    Text,
    /// The text in UTF-16BE as hexadecimal digits.
    TextHex,
    /// Our id of the message.
    Id,
    /// The user name at the gateway.
    Username,
    /// The password at the gateway.
    Password,
    /// User name and password as HTTP Basic wants them.
    Basic,
    /// The address for delivery reports.
    Callback,
    /// `send.gsm7` or `send.unicode`, whichever the text needs.
    Coding,
    /// The address of the hook.
    Hook,
    /// The key of the hook.
    Key,
}

const HOLES: [(&str, Hole); 14] = [
    ("to", Hole::To),
    ("to_no_plus", Hole::ToNoPlus),
    ("from", Hole::From),
    ("from_no_plus", Hole::FromNoPlus),
    ("text", Hole::Text),
    ("text_hex", Hole::TextHex),
    ("id", Hole::Id),
    ("username", Hole::Username),
    ("password", Hole::Password),
    ("basic", Hole::Basic),
    ("callback", Hole::Callback),
    ("coding", Hole::Coding),
    ("hook", Hole::Hook),
    ("key", Hole::Key),
];

/// Where a template stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a URL or in the body of a form: percent-encoded once.
    Url,
    /// In JSON: a whole JSON string, with its quotes.
    Json,
    /// In XML: escaped, and without what XML cannot hold.
    Xml,
    /// In plain text: as it is.
    Plain,
    /// In a header line: without line ends and other control characters.
    Header,
}

/// What stands in a placeholder that is none.
pub(crate) const UNKNOWN: &str =
    "has a placeholder that does not exist; the documentation of HTTP gateways lists them";

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// [`UNKNOWN`], when a word in braces is no placeholder.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            literal.push_str(&rest[..open]);
            rest = &rest[open..];
            let word = rest[1..].split_once('}').map(|(word, _)| word).filter(|word| is_word(word));
            let Some(word) = word else {
                literal.push('{');
                rest = &rest[1..];
                continue;
            };
            let (_, hole) = HOLES.iter().find(|(name, _)| *name == word).ok_or(UNKNOWN)?;
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
            pieces.push(Piece::Hole(*hole));
            rest = &rest[word.len() + 2..];
        }
        literal.push_str(rest);
        pieces.push(Piece::Literal(literal));
        Ok(Self(pieces))
    }

    /// Whether this is filled in somewhere.
    pub(crate) fn has(&self, hole: Hole) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Hole(known) if *known == hole))
    }

    /// What stands before the first placeholder.
    pub(crate) fn beginning(&self) -> &str {
        match self.0.first() {
            Some(Piece::Literal(text)) => text,
            _ => "",
        }
    }

    /// Fills in. `value` gives the values as they are; [`Hole::Coding`] is a template itself and comes from `coding`.
    pub(crate) fn fill<'v>(
        &self,
        place: Place,
        value: &impl Fn(Hole) -> Cow<'v, str>,
        coding: Option<&Self>,
    ) -> String {
        let mut out = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => out.push_str(text),
                Piece::Hole(Hole::Coding) => {
                    out.push_str(&coding.map_or_else(String::new, |coding| coding.fill(place, value, None)));
                }
                Piece::Hole(hole) => place.write(&value(*hole), &mut out),
            }
        }
        out
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl Place {
    fn write(self, value: &str, out: &mut String) {
        match self {
            Self::Url => percent(value, out),
            Self::Json => out.push_str(&serde_json::Value::from(value).to_string()),
            Self::Xml => {
                let clean: String = value.chars().filter(|c| is_xml(*c)).collect();
                out.push_str(&quick_xml::escape::escape(clean.as_str()));
            }
            Self::Plain => out.push_str(value),
            Self::Header => out.extend(value.chars().filter(|c| !c.is_control())),
        }
    }
}

/// RFC 3986 §2.3: everything but the unreserved characters.
fn percent(value: &str, out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

/// XML 1.0 §2.2.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fill(template: &str, place: Place, text: &str) -> String {
        let coding = Template::parse("c={text}").unwrap();
        let template = Template::parse(template).unwrap();
        template.fill(place, &|_| Cow::Owned(text.to_owned()), Some(&coding))
    }

    #[test]
    fn a_value_is_written_as_its_place_needs_it() {
        let nasty = "a \"b\"&<c>\n%+é\u{1}";
        assert_eq!(fill("x={text}", Place::Url, nasty), "x=a%20%22b%22%26%3Cc%3E%0A%25%2B%C3%A9%01");
        assert_eq!(fill("{text}", Place::Json, nasty), "\"a \\\"b\\\"&<c>\\n%+é\\u0001\"");
        assert_eq!(fill("<t>{text}</t>", Place::Xml, nasty), "<t>a &quot;b&quot;&amp;&lt;c&gt;\n%+é</t>");
        assert_eq!(fill("{text}", Place::Plain, nasty), nasty);
        assert_eq!(fill("t: {text}", Place::Header, nasty), "t: a \"b\"&<c>%+é");
    }

    #[test]
    fn braces_of_json_stand_for_themselves_and_unknown_words_do_not() {
        assert_eq!(fill(r#"{"a":{"b":{to}}}"#, Place::Json, "x"), r#"{"a":{"b":"x"}}"#);
        assert_eq!(fill("{ to } {To} {} {", Place::Plain, "x"), "{ to } {To} {} {");
        assert_eq!(fill("a&{coding}&b", Place::Url, "ü"), "a&c=%C3%BC&b");
        assert_eq!(Template::parse("{txt}").unwrap_err(), UNKNOWN);
        let template = Template::parse("https://a/{to}").unwrap();
        assert_eq!(template.beginning(), "https://a/");
        assert!(template.has(Hole::To) && !template.has(Hole::Text));
    }

    proptest! {
        #[test]
        fn a_value_never_leaves_its_place(value in any::<String>()) {
            let url = fill("a={text}&z=1", Place::Url, &value);
            let pairs: Vec<_> = url::form_urlencoded::parse(url.as_bytes()).into_owned().collect();
            prop_assert_eq!(pairs, vec![("a".to_owned(), value.clone()), ("z".to_owned(), "1".to_owned())]);
            let json: serde_json::Value = serde_json::from_str(&fill("[{text}]", Place::Json, &value)).unwrap();
            prop_assert_eq!(json[0].as_str(), Some(value.as_str()));
            let xml = fill("{text}", Place::Xml, &value);
            prop_assert!(!xml.contains(['<', '>', '"']));
        }

        #[test]
        fn no_template_makes_it_panic(text in "[{}a-z\"é]{0,30}") {
            if let Ok(template) = Template::parse(&text) {
                let _ = template.fill(Place::Plain, &|_| Cow::Borrowed("x"), None);
            }
        }
    }
}
