//! E0004: the file is not text.
//!
//! A bot file is UTF-8. Editors call it so; some on Windows write UTF-16 or an older set of characters unless told
//! otherwise.

use super::{Diagnostic, Span};

pub(crate) fn not_text(bytes: &[u8], at: usize) -> Diagnostic {
    let line = bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
    let what = if utf16 { "UTF-16" } else { "not UTF-8" };
    // The text before is known to be good; the caret stands behind it.
    Diagnostic::error("E0004", format!("the file is {what}: byte {} in line {line} cannot be read", at + 1))
        .at_span("", Some(Span { start: at, end: at }))
        .help("save the file as UTF-8")
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check_bytes};

    #[test]
    fn says_where() {
        let found =
            check_bytes("b.yaml", b"countersign: 1\nname: Caf\xe9\n", &CheckOptions::default()).diagnostics;
        assert_eq!(found[0].code, "E0004");
        assert_eq!(found[0].message, "the file is not UTF-8: byte 25 in line 2 cannot be read");
        let found = check_bytes("b.yaml", b"\xff\xfec\0", &CheckOptions::default()).diagnostics;
        assert_eq!(found[0].message, "the file is UTF-16: byte 1 in line 1 cannot be read");
    }
}
