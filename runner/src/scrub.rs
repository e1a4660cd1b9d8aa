//! Takes secrets that were sent out of what came back: some services repeat the token or the password in their
//! answer.

use countersign_model::SecretText;
use countersign_script::template::{Place, encode};
use zeroize::Zeroizing;

/// Shorter ones would take half of the answer with them.
const SHORTEST: usize = 6;

const MARK: &str = "•••";

/// Takes secrets out of texts, in all the spellings that services use for them.
pub struct Scrubber(Vec<Zeroizing<String>>);

impl Scrubber {
    /// Looks for secrets of six characters or more: shorter ones stand in too much that is none.
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a SecretText>) -> Self {
        Self::from_length(SHORTEST, secrets)
    }

    /// Looks for short ones too: for what an author is shown, where too little is better than too much.
    pub fn strict<'a>(secrets: impl IntoIterator<Item = &'a SecretText>) -> Self {
        Self::from_length(1, secrets)
    }

    fn from_length<'a>(shortest: usize, secrets: impl IntoIterator<Item = &'a SecretText>) -> Self {
        let mut spellings = Vec::new();
        for secret in secrets {
            let secret = secret.expose();
            if secret.len() < shortest {
                continue;
            }
            if is_plain(secret) {
                spellings.push(Zeroizing::new(secret.to_owned()));
                continue;
            }
            spell(secret, &mut spellings);
        }
        // The longest first: one secret may be the beginning of another.
        spellings.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        spellings.dedup();
        Self(spellings)
    }

    /// Whether one of them stands in it.
    pub(crate) fn touches(&self, text: &str) -> bool {
        self.0.iter().any(|spelling| text.contains(spelling.as_str()))
    }

    /// Puts `•••` in their place.
    pub fn text(&self, text: &mut String) {
        for spelling in &self.0 {
            if text.contains(spelling.as_str()) {
                let clean = text.replace(spelling.as_str(), MARK);
                drop(Zeroizing::new(std::mem::replace(text, clean)));
            }
        }
    }

    pub(crate) fn bytes(&self, bytes: &mut Vec<u8>) {
        for spelling in &self.0 {
            if find(bytes, spelling.as_bytes()).is_some() {
                let clean = replaced(bytes, spelling.as_bytes());
                drop(Zeroizing::new(std::mem::replace(bytes, clean)));
            }
        }
    }
}

/// Whether it is spelled the same everywhere, as most tokens are.
fn is_plain(secret: &str) -> bool {
    secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// All the spellings of a secret, some of them maybe twice.
fn spell(secret: &str, spellings: &mut Vec<Zeroizing<String>>) {
    let json = spelled(secret, Place::JsonString);
    // Some write JSON in ASCII alone, some also without what HTML would take for a tag.
    let ascii = Zeroizing::new(unicode_escapes(&json, |c| !c.is_ascii()));
    let tagless = Zeroizing::new(unicode_escapes(&json, |c| matches!(c, '<' | '>' | '&')));
    let [json, ascii] = [json, ascii].map(|json| {
        let slashed = Zeroizing::new(json.replace('/', "\\/"));
        // And some repeat the whole body that they got as one text: JSON within JSON.
        spellings.extend([slashed, spelled(&json, Place::JsonString)]);
        json
    });
    let percent = spelled(secret, Place::Query);
    let lower = Zeroizing::new(lower_percent(&percent));
    let form = Zeroizing::new(percent.replace("%20", "+"));
    spellings.extend([json, ascii, tagless, percent, lower, form, spelled(secret, Place::Xml)]);
    spellings.push(Zeroizing::new(secret.to_owned()));
}

fn spelled(secret: &str, place: Place) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::with_capacity(6 * secret.len()));
    // These places take every text.
    let _ = encode(secret, place, &mut out);
    out
}

/// With some characters as `\u00e4`, in the lower case that is usual.
fn unicode_escapes(json: &str, which: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(6 * json.len());
    let mut units = [0; 2];
    for c in json.chars() {
        if which(c) {
            out.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    out
}

/// `%2F` as `%2f`.
fn lower_percent(text: &str) -> String {
    let mut digits = 0;
    text.chars()
        .map(|c| {
            digits = if c == '%' { 2 } else { i32::max(digits - 1, -1) };
            if digits >= 0 { c.to_ascii_lowercase() } else { c }
        })
        .collect()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

fn replaced(mut bytes: &[u8], wanted: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    while let Some(at) = find(bytes, wanted) {
        out.extend_from_slice(&bytes[..at]);
        out.extend_from_slice(MARK.as_bytes());
        bytes = &bytes[at + wanted.len()..];
    }
    out.extend_from_slice(bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scrubbed(secret: &str, answer: &str) -> String {
        let secret = SecretText::from(secret);
        let scrubber = Scrubber::new([&secret]);
        let mut bytes = answer.as_bytes().to_vec();
        scrubber.bytes(&mut bytes);
        let mut text = answer.to_owned();
        scrubber.text(&mut text);
        assert_eq!(bytes, text.as_bytes());
        assert_eq!(scrubber.touches(answer), text != answer);
        text
    }

    #[test]
    fn what_is_taken_for_plain_is_spelled_the_same_everywhere() {
        let mut plain = 0;
        for byte in 0..=0x7f_u8 {
            let secret = format!("secret{}", char::from(byte));
            if !is_plain(&secret) {
                continue;
            }
            plain += 1;
            let mut spellings = Vec::new();
            spell(&secret, &mut spellings);
            assert!(spellings.iter().all(|spelling| **spelling == secret), "{secret}");
        }
        assert_eq!(plain, 26 + 26 + 10 + 4);
        assert!(!is_plain("p\u{e4}ssword") && !is_plain("a/b") && !is_plain("a+b") && !is_plain("a b"));
    }

    #[test]
    fn every_spelling_is_found() {
        let secret = "a/b \"ü&+";
        for answer in [
            "x a/b \"ü&+ y",
            r#"{"t":"a/b \"ü&+"}"#,
            r#"{"t":"a\/b \"ü&+"}"#,
            r#"{"t":"a/b \"\u00fc&+"}"#,
            r#"{"t":"a\/b \"\u00fc&+"}"#,
            r#"{"t":"a/b \"ü\u0026+"}"#,
            r#"{"body":"{\"t\":\"a/b \\\"ü&+\"}"}"#,
            "?t=a%2Fb%20%22%C3%BC%26%2B",
            "?t=a%2fb%20%22%c3%bc%26%2b",
            "t=a%2Fb+%22%C3%BC%26%2B&x=1",
            "<t>a/b &quot;ü&amp;+</t>",
        ] {
            let clean = scrubbed(secret, answer);
            assert!(clean.contains("•••"), "{answer} became {clean}");
            assert!(!clean.contains("b \"") && !clean.contains("b%20") && !clean.contains("b+"), "{clean}");
        }
    }

    #[test]
    fn short_secrets_and_other_text_stay() {
        assert_eq!(scrubbed("12345", "12345 and 12345"), "12345 and 12345");
        assert_eq!(scrubbed("123456", "123456, 1234567 and 12345"), "•••, •••7 and 12345");
        assert_eq!(scrubbed("secret", "nothing here"), "nothing here");
    }

    #[test]
    fn the_longer_of_two_goes_first_and_no_bytes_break() {
        let (a, b) = (SecretText::from("secret"), SecretText::from("secret-longer"));
        let scrubber = Scrubber::new([&a, &b]);
        let mut bytes = b"\xffsecret-longer secret\xfe".to_vec();
        scrubber.bytes(&mut bytes);
        let expected = [b"\xff".as_slice(), "••• •••".as_bytes(), b"\xfe"].concat();
        assert_eq!(bytes, expected);
    }
}
