//! How many messages of the network a text is, and the alphabet of GSM 03.38.

/// The basic alphabet in the order of its codes; `\u{1b}` stands for the escape.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
/// What stands behind the escape, with its codes.
const EXTENDED: [(char, u8); 10] = [
    ('\u{c}', 0x0a),
    ('^', 0x14),
    ('{', 0x28),
    ('}', 0x29),
    ('\\', 0x2f),
    ('[', 0x3c),
    ('~', 0x3d),
    (']', 0x3e),
    ('|', 0x40),
    ('€', 0x65),
];

/// The text in GSM 03.38, one byte for each septet; `None` when it has characters that are not in it.
pub(crate) fn to_gsm(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for c in text.chars() {
        match (BASIC.chars().position(|known| known == c), EXTENDED.iter().find(|(known, _)| *known == c)) {
            (Some(code), _) if c != '\u{1b}' => bytes.push(u8::try_from(code).ok()?),
            (_, Some((_, code))) => bytes.extend([0x1b, *code]),
            _ => return None,
        }
    }
    Some(bytes)
}

/// The text of GSM 03.38 bytes.
pub(crate) fn from_gsm(bytes: &[u8]) -> String {
    let basic: Vec<char> = BASIC.chars().collect();
    let mut text = String::new();
    let mut bytes = bytes.iter();
    while let Some(byte) = bytes.next() {
        let c = match byte {
            0x1b => {
                let code = bytes.next().copied().unwrap_or_default();
                EXTENDED.iter().find(|(_, known)| *known == code).map(|(c, _)| *c)
            }
            code => basic.get(usize::from(*code)).copied(),
        };
        text.push(c.unwrap_or(' '));
    }
    text
}

/// How many messages of the network the text is.
pub(crate) fn count(text: &str) -> usize {
    let (units, alone, joined) = match to_gsm(text) {
        Some(septets) => (septets.len(), 160, 153),
        None => (text.encode_utf16().count(), 70, 67),
    };
    if units <= alone { 1 } else { units.div_ceil(joined) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_is_that_of_the_standard() {
        assert_eq!(BASIC.chars().count(), 128);
        assert_eq!(to_gsm("café €5"), Some(b"caf\x05 \x1be5".to_vec()));
        assert_eq!(from_gsm(b"caf\x05 \x1be5"), "café €5");
        assert_eq!(to_gsm("ç"), None);
        assert_eq!(to_gsm("@ à"), Some(vec![0, 0x20, 0x7f]));
    }

    #[test]
    fn long_texts_are_several() {
        assert_eq!(count(&"a".repeat(160)), 1);
        assert_eq!(count(&"a".repeat(161)), 2);
        assert_eq!(count(&"€".repeat(80)), 1);
        assert_eq!(count(&"я".repeat(70)), 1);
        assert_eq!(count(&"я".repeat(71)), 2);
    }
}
