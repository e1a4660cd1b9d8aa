//! E0003: the file is too big.
//!
//! A bot file has at most 5 MiB, 400,000 values, and values at most 48 deep in each other. What an alias (`*name`)
//! repeats counts each time. A bot of a thousand steps is far below these bounds; what is above them is most often not
//! a bot file, or one that a program wrote with a mistake.

use super::{Diagnostic, Span};
use crate::node::{MAX_BYTES, MAX_DEPTH, MAX_NODES};

pub(crate) fn bytes(len: usize) -> Diagnostic {
    Diagnostic::error("E0003", format!("the file has {len} bytes, and at most {MAX_BYTES} are read"))
        .at_span("", Some(Span::default()))
        .help("make several bots of it")
}

pub(crate) fn nodes(span: Span) -> Diagnostic {
    Diagnostic::error("E0003", format!("the file has more than {MAX_NODES} values"))
        .at_span("", Some(span))
        .help("make several bots of it, and repeat less with aliases (`*name`)")
}

pub(crate) fn depth(span: Span) -> Diagnostic {
    Diagnostic::error("E0003", format!("values stand more than {MAX_DEPTH} deep in each other"))
        .at_span("", Some(span))
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check};

    fn message(text: &str) -> String {
        let found = check("b.yaml", text, &CheckOptions::default()).diagnostics;
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].message.clone()
    }

    #[test]
    fn a_long_file() {
        let text = format!("# {}", "x".repeat(5 * 1024 * 1024));
        assert_eq!(message(&text), "the file has 5242882 bytes, and at most 5242880 are read");
    }

    #[test]
    fn a_deep_file() {
        assert_eq!(
            message(&format!("a: {}", "[".repeat(10_000))),
            "the file cannot be read: values stand too deep in each other"
        );
        let mut text = "a: &a0 [x]\n".to_owned();
        for level in 1..60 {
            text += &format!("k{level}: &a{level} [*a{}]\n", level - 1);
        }
        assert_eq!(message(&text), "values stand more than 48 deep in each other");
    }

    #[test]
    fn a_bomb_of_aliases() {
        let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..20 {
            let inner = vec![format!("*a{}", level - 1); 10].join(", ");
            text += &format!("a{level}: &a{level} [{inner}]\n");
        }
        assert_eq!(message(&text), "the file has more than 400000 values");
    }
}
