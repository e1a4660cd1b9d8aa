//! How many segments a text costs as an SMS, and texts in messages of at most so many.
//!
//! Source: 3GPP TS 23.038 §6.2.1 (the alphabets) and TS 23.040 §9.2.3.24.1 (the header of a part).

use crate::split;

/// How a text is written in an SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// The 7-bit default alphabet: 160 characters, 153 in each part of a longer message.
    Gsm7,
    /// 16-bit units of UTF-16: 70, and 67 in each part. One character outside the alphabet is enough for it.
    Ucs2,
}

/// Which encoding the text needs.
pub(crate) fn encoding(text: &str) -> Encoding {
    if text.chars().all(|c| septets(c).is_some()) { Encoding::Gsm7 } else { Encoding::Ucs2 }
}

/// The text in messages of at most so many segments each.
pub(crate) fn messages(text: &str, most: usize) -> Vec<&str> {
    let most = most.max(1);
    let encoding = encoding(text);
    // A part may end one unit early, so that it does not tear a pair apart.
    let limit = if most == 1 { encoding.alone() } else { most * encoding.in_part() - (most - 1) };
    split::split(text, limit, |piece| {
        let units = encoding.of(piece);
        if segments(piece, encoding, units) <= most { units.min(limit) } else { units }
    })
}

/// The text of bytes in the default alphabet, one character a byte. What the alphabet does not have becomes U+FFFD.
pub(crate) fn from_gsm7(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        let character = match byte {
            &ESCAPE => bytes.next().and_then(|byte| extended(*byte)),
            byte => BASIC.get(usize::from(*byte)).copied(),
        };
        text.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    text
}

/// The text with the signs that word processors put in replaced by those of the alphabet, where that keeps a text from
/// costing twice as much.
pub(crate) fn plain_punctuation(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | '`' | '´' => out.push('\''),
            '“' | '”' | '„' | '‟' | '″' | '«' | '»' => out.push('"'),
            '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '•' => out.push('-'),
            '…' => out.push_str("..."),
            '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\t' => out.push(' '),
            '\u{200b}' | '\u{feff}' | '\u{ad}' => {}
            c => out.push(c),
        }
    }
    out
}

impl Encoding {
    const fn alone(self) -> usize {
        match self {
            Self::Gsm7 => 160,
            Self::Ucs2 => 70,
        }
    }

    const fn in_part(self) -> usize {
        match self {
            Self::Gsm7 => 153,
            Self::Ucs2 => 67,
        }
    }

    /// Septets or UTF-16 units of a text.
    fn of(self, text: &str) -> usize {
        text.chars().map(|c| self.units(c)).sum()
    }

    fn units(self, c: char) -> usize {
        match self {
            Self::Gsm7 => septets(c).unwrap_or(1),
            Self::Ucs2 => c.len_utf16(),
        }
    }
}

/// How many parts the network carries, at least 1.
fn segments(text: &str, encoding: Encoding, units: usize) -> usize {
    if units <= encoding.alone() {
        return 1;
    }
    let (mut parts, mut used) = (1, 0);
    for units in text.chars().map(|c| encoding.units(c)) {
        if used + units > encoding.in_part() {
            parts += 1;
            used = 0;
        }
        used += units;
    }
    parts
}

const ESCAPE: u8 = 0x1b;

/// The default alphabet; the place of the escape is never looked up.
const BASIC: [char; 128] = [
    '@', '£', '$', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å', //
    'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', '\u{1b}', 'Æ', 'æ', 'ß', 'É', //
    ' ', '!', '"', '#', '¤', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', //
    '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', //
    '¡', 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J', 'K', 'L', 'M', 'N', 'O', //
    'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W', 'X', 'Y', 'Z', 'Ä', 'Ö', 'Ñ', 'Ü', '§', //
    '¿', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm', 'n', 'o', //
    'p', 'q', 'r', 's', 't', 'u', 'v', 'w', 'x', 'y', 'z', 'ä', 'ö', 'ñ', 'ü', 'à',
];

/// The extension table: after an escape, so each costs two.
const EXTENSION: [(u8, char); 10] = [
    (0x0a, '\u{c}'),
    (0x14, '^'),
    (0x28, '{'),
    (0x29, '}'),
    (0x2f, '\\'),
    (0x3c, '['),
    (0x3d, '~'),
    (0x3e, ']'),
    (0x40, '|'),
    (0x65, '€'),
];

fn extended(byte: u8) -> Option<char> {
    EXTENSION.iter().find(|(code, _)| *code == byte).map(|(_, c)| *c)
}

/// How many septets a character takes; `None` when the alphabet does not have it.
fn septets(c: char) -> Option<usize> {
    match c {
        '\u{1b}' => None,
        ' '..='#' | '%'..='?' | 'A'..='Z' | 'a'..='z' => Some(1),
        c if EXTENSION.iter().any(|(_, known)| *known == c) => Some(2),
        c => BASIC.contains(&c).then_some(1),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn cost(text: &str) -> (Encoding, usize, usize) {
        let encoding = encoding(text);
        let units = encoding.of(text);
        (encoding, units, segments(text, encoding, units))
    }

    fn samples() -> Value {
        serde_json::from_str(include_str!("../testdata/sms/segments.json")).unwrap()
    }

    #[test]
    fn every_case_costs_what_it_should() {
        let samples = samples();
        let cases = samples["cases"].as_array().unwrap();
        assert!(cases.len() >= 30);
        for case in cases {
            let text = case["text"].as_str().unwrap();
            let number = |name: &str| usize::try_from(case[name].as_u64().unwrap()).unwrap();
            let encoding = if case["encoding"] == "GSM-7" { Encoding::Gsm7 } else { Encoding::Ucs2 };
            assert_eq!(cost(text), (encoding, number("units"), number("segments")), "{}", case["name"]);
        }
    }

    #[test]
    fn the_alphabet_is_that_of_the_standard() {
        let samples = samples();
        let basic: String = BASIC.iter().filter(|c| **c != '\u{1b}').collect();
        assert_eq!(basic, samples["gsm7_basic"].as_str().unwrap());
        let extension: String = EXTENSION.iter().map(|(_, c)| c).collect();
        assert_eq!(extension, samples["gsm7_extension"].as_str().unwrap());
        assert!(basic.chars().all(|c| septets(c) == Some(1)));
        assert!(extension.chars().all(|c| septets(c) == Some(2)));
        assert_eq!(septets('\u{1b}'), None);
    }

    #[test]
    fn bytes_of_the_alphabet_are_read() {
        assert_eq!(from_gsm7(b"caf\x05 \x1be5"), "café €5");
        assert_eq!(from_gsm7(b"\x00\x1b\x28\x1b\xff\xff\x1b"), "@{\u{fffd}\u{fffd}\u{fffd}");
    }

    #[test]
    fn signs_of_word_processors_become_plain() {
        let plain = plain_punctuation("It’s “fine”…\u{a0}– «yes»\u{feff}");
        assert_eq!(plain, "It's \"fine\"... - \"yes\"");
        assert_eq!(encoding(&plain), Encoding::Gsm7);
        assert_eq!(plain_punctuation("Grüße 👋"), "Grüße 👋");
    }

    #[test]
    fn a_text_that_fits_exactly_stays_whole() {
        for (text, most, count) in
            [("a".repeat(306), 2, 1), ("a".repeat(307), 2, 2), ("я".repeat(70), 1, 1), ("я".repeat(71), 1, 2)]
        {
            assert_eq!(messages(&text, most).len(), count, "{}", text.len());
        }
        assert_eq!(messages("one two", 0), ["one two"]);
        assert!(messages("  ", 3).is_empty());
    }

    proptest! {
        #[test]
        fn every_message_is_within_its_segments_and_nothing_is_lost(
            text in "([a-z €^~]|[я👋é\n]|👨‍👩‍👧‍👦){0,400}",
            most in 1usize..5,
        ) {
            let pieces = messages(&text, most);
            for piece in &pieces {
                prop_assert!(cost(piece).2 <= most, "{} in {most}", piece.len());
            }
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(solid(&pieces.concat()), solid(&text));
        }

        #[test]
        fn what_is_written_in_the_alphabet_is_read_back(text in "[@£$¥èéùìòÇ\nØøÅåΔ_A-Za-z0-9€^~{}]{0,40}") {
            let mut bytes = Vec::new();
            for c in text.chars() {
                if let Some((code, _)) = EXTENSION.iter().find(|(_, known)| *known == c) {
                    bytes.extend([ESCAPE, *code]);
                } else {
                    bytes.push(u8::try_from(BASIC.iter().position(|known| *known == c).unwrap()).unwrap());
                }
            }
            prop_assert_eq!(from_gsm7(&bytes), text);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert!(from_gsm7(&bytes).chars().count() <= bytes.len());
        }
    }
}
