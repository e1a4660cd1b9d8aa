//! JSON as providers really send it.

use std::borrow::Cow;

use serde::de::DeserializeOwned;

/// Reads JSON. An escape of half a surrogate pair, which some phones let into a profile name and serde_json refuses,
/// becomes U+FFFD, so that one name does not lose a whole batch. NUL is taken out of texts where they are used
/// ([`text`]), because databases refuse it.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Option<T> {
    serde_json::from_slice(bytes).or_else(|_| serde_json::from_slice(&mended(bytes))).ok()
}

/// The same JSON as a strict reader takes it: half surrogate pairs mended, and of a key that stands twice the last one.
/// `None` when it is no JSON at all. For what borrows from its text, when the first attempt has failed.
pub(crate) fn mend(text: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(&mended(text.as_bytes())).ok()?;
    Some(value.to_string())
}

/// A text without NUL.
pub(crate) fn text(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "")) } else { Cow::Borrowed(text) }
}

/// The bytes with every lone `\uD800` … `\uDFFF` replaced by `\ufffd`.
fn mended(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        match unit(bytes, at) {
            Some(0xd800..=0xdbff) if matches!(unit(bytes, at + 6), Some(0xdc00..=0xdfff)) => {
                out.extend_from_slice(&bytes[at..at + 12]);
                at += 12;
            }
            Some(0xd800..=0xdfff) => {
                out.extend_from_slice(br"\ufffd");
                at += 6;
            }
            _ => {
                // Any other escape, with the byte after it: `\\` must not look like the start of one.
                let end = (at + 2).min(bytes.len());
                out.extend_from_slice(&bytes[at..end]);
                at = end;
            }
        }
    }
    out
}

/// The number of a `\uXXXX` that begins here.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(br"\u")?;
    let text = std::str::from_utf8(digits).ok().filter(|text| text.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u32::from_str_radix(text, 16).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn half_a_surrogate_pair_is_mended_and_a_whole_one_stays() {
        let read =
            |text: &str| read::<Value>(text.as_bytes()).map(|value| value.as_str().unwrap().to_owned());
        assert_eq!(read(r#""a\ud83db""#).unwrap(), "a\u{fffd}b");
        assert_eq!(read(r#""\ude00""#).unwrap(), "\u{fffd}");
        assert_eq!(read(r#""\ud83d\ude00 \ud83d""#).unwrap(), "😀 \u{fffd}");
        assert_eq!(read(r#""\\ud83d \ud83d""#).unwrap(), "\\ud83d \u{fffd}");
        assert_eq!(read(r#""\ud83d\ud83d\ude00""#).unwrap(), "\u{fffd}😀");
        assert_eq!(read(r#""\ud83"#), None);
        assert_eq!(text("a\0b"), "ab");
    }

    #[test]
    fn a_key_that_stands_twice_is_read_once() {
        assert_eq!(mend(r#"{"a":1,"a":"\ud83d"}"#).unwrap(), "{\"a\":\"\u{fffd}\"}");
        assert_eq!(mend("{"), None);
    }

    proptest! {
        #[test]
        fn what_is_valid_is_read_as_it_is(value in any::<String>()) {
            let written = serde_json::to_vec(&value).unwrap();
            prop_assert_eq!(&mended(&written), &written);
            prop_assert_eq!(super::read::<String>(&written), Some(value));
        }

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = super::read::<Value>(&bytes);
        }
    }
}
