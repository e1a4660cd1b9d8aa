//! Secrets to look for, in every spelling that a program could write them.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use regex::bytes::{Regex, RegexBuilder};

/// A secret that stands nowhere else in the world.
#[derive(Clone, Copy)]
pub(super) struct Canary {
    /// What to call it when it is found.
    pub(super) name: &'static str,
    /// The secret.
    pub(super) text: &'static str,
}

/// The user's password: quotes, a brace, percent, a letter beyond ASCII.
pub(super) const PASSWORD: Canary = Canary { name: "password", text: "Kan4rien&v\u{f6}gel {7}\"=%41+/Zx" };
/// The user's PIN.
pub(super) const PIN: Canary = Canary { name: "PIN", text: "739152846013" };
/// A temporary code.
pub(super) const CODE: Canary = Canary { name: "code", text: "QX7K2M9TB4WZ" };
/// A secret answer to a Web Service.
pub(super) const ANSWER: Canary =
    Canary { name: "secret answer", text: "Lieblings-k\u{e4}se \"Gruy\u{e8}re\" 8812" };
/// What the auth service gives.
pub(super) const TOKEN: Canary = Canary { name: "token", text: "tok.Zq8~canary/9+=Xw%3D&yL" };
/// What the auth service gives beside it.
pub(super) const REFRESH: Canary = Canary { name: "refresh token", text: "ref.Vb3~canary/7+=Pq&mN" };
/// A secret of the workspace.
pub(super) const WORKSPACE: Canary = Canary { name: "workspace secret", text: "wsk.canary!4711/Ju+&=" };

/// All of them.
pub(super) const ALL: [Canary; 7] = [PASSWORD, PIN, CODE, ANSWER, TOKEN, REFRESH, WORKSPACE];

/// All spellings of all canaries at once: logs are long, and they are searched often.
static ANY: LazyLock<Regex> = LazyLock::new(|| {
    let escaped = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
    let all = ALL.iter().flat_map(|canary| spellings(canary.text)).map(|(_, spelling)| escaped(spelling));
    let pattern = all.collect::<Vec<_>>().join("|");
    RegexBuilder::new(&pattern).unicode(false).size_limit(1 << 28).build().unwrap()
});

/// Fails when any of them is found.
pub(super) fn assert_clean(place: &str, content: &[u8]) {
    if !ANY.is_match(content) {
        return;
    }
    let found = find(&ALL, content);
    assert!(found.is_empty(), "{place} holds {}", found.join(", "));
}

/// Which of them stand in it, and how they are spelled.
pub(super) fn find(canaries: &[Canary], content: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for canary in canaries {
        for (how, spelling) in spellings(canary.text) {
            if contains(content, &spelling) {
                found.push(format!("the {} ({how})", canary.name));
            }
        }
    }
    found
}

/// How a text can be written.
fn spellings(text: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = text.as_bytes();
    let hex = |upper: bool, before: &str, between: &str| {
        let digits =
            |byte: &u8| if upper { format!("{before}{byte:02X}") } else { format!("{before}{byte:02x}") };
        bytes.iter().map(digits).collect::<Vec<_>>().join(between)
    };
    let json = serde_json::to_string(text).unwrap();
    let json = &json[1..json.len() - 1];
    let twice = serde_json::to_string(json).unwrap();
    let debug = format!("{text:?}");
    let decimal = bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let texts = [
        ("as it is", text.to_owned()),
        ("reversed", text.chars().rev().collect()),
        ("as JSON", json.to_owned()),
        ("as JSON in JSON", twice[1..twice.len() - 1].to_owned()),
        ("as JSON in ASCII", json_ascii(json, false)),
        ("as JSON in ASCII, capitals", json_ascii(json, true)),
        ("as JSON, slashes escaped", json.replace('/', "\\/")),
        ("as Debug shows it", debug[1..debug.len() - 1].to_owned()),
        ("percent-encoded", percent(bytes, true, "%20")),
        ("percent-encoded, small letters", percent(bytes, false, "%20")),
        ("as a form", url::form_urlencoded::byte_serialize(bytes).collect()),
        ("percent-encoded throughout", hex(true, "%", "")),
        ("as XML", text.replace('&', "&amp;").replace('"', "&quot;")),
        ("in hex", hex(false, "", "")),
        ("in hex, capitals", hex(true, "", "")),
        ("as a list of hex", hex(false, "0x", ", ")),
        ("as a hex dump", hex(false, "", " ")),
        ("as a list of bytes", decimal),
    ];
    let mut all: Vec<(&'static str, Vec<u8>)> = texts.map(|(how, text)| (how, text.into_bytes())).into();
    // In a longer text the digits of base64 depend on where the secret begins; its edges mix with what is around it.
    for before in 0..3 {
        let mut padded = vec![0; before];
        padded.extend_from_slice(bytes);
        for (how, engine) in [("in base64", &STANDARD), ("in base64 for URLs", &URL_SAFE)] {
            let encoded = engine.encode(&padded);
            let sure = &encoded[(before * 4).div_ceil(3)..padded.len() / 3 * 4];
            all.push((how, sure.as_bytes().to_vec()));
        }
    }
    all.push(("in UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect()));
    all
}

fn percent(bytes: &[u8], upper: bool, space: &str) -> String {
    let encoded = |byte: &u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => char::from(*byte).to_string(),
        b' ' => space.to_owned(),
        _ if upper => format!("%{byte:02X}"),
        _ => format!("%{byte:02x}"),
    };
    bytes.iter().map(encoded).collect()
}

/// As services write it that know only ASCII.
pub(super) fn json_ascii(json: &str, upper: bool) -> String {
    let escaped = |c: char| match c {
        _ if c.is_ascii() => c.to_string(),
        _ if upper => format!("\\u{:04X}", u32::from(c)),
        _ => format!("\\u{:04x}", u32::from(c)),
    };
    json.chars().map(escaped).collect()
}

fn contains(content: &[u8], wanted: &[u8]) -> bool {
    content.windows(wanted.len()).any(|window| window == wanted)
}

/// The control: a hunt that finds nothing proves something only when it would find what is there.
mod tests {
    use super::*;

    #[test]
    fn finds_every_spelling() {
        for canary in ALL {
            for (how, spelling) in spellings(canary.text) {
                let mut haystack = b"2026-11-22T13:40:00Z TRACE ".to_vec();
                haystack.extend_from_slice(&spelling);
                haystack.extend_from_slice(b" end");
                assert!(ANY.is_match(&haystack), "{} {how}", canary.name);
                let found = find(&[canary], &haystack);
                assert!(found.iter().any(|one| one.ends_with(&format!("({how})"))), "{} {how}", canary.name);
            }
        }
        assert!(find(&ALL, b"a password, a PIN, a token").is_empty());
    }

    #[test]
    fn finds_base64_in_the_middle_of_a_longer_text() {
        for before in ["", "a", "ab", "abc", "{\"user\":"] {
            let whole = STANDARD.encode(format!("{before}{}\",\"x\":1}}", TOKEN.text));
            assert!(!find(&[TOKEN], whole.as_bytes()).is_empty(), "after {before:?}");
        }
    }

    #[test]
    #[should_panic(expected = "the log holds the token (as it is)")]
    fn a_planted_canary_is_reported() {
        assert_clean("the log", format!("GET /x?token={}", TOKEN.text).as_bytes());
    }
}
