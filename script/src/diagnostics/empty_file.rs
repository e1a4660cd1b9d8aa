//! E0002: there is nothing in the file.
//!
//! A bot file needs at least the version of its format, the bot's id, and a script:
//!
//! ```yaml
//! countersign: 1
//! bot: my-bot
//! scripts:
//!   - id: hello
//!     triggers: [hello]
//!     steps:
//!       - message: Hello.
//! ```

use super::{Diagnostic, Span};

pub(crate) fn empty_file() -> Diagnostic {
    Diagnostic::error("E0002", "there is nothing in the file")
        .at_span("", Some(Span::default()))
        .help("begin with `countersign: 1`, `bot: my-bot` and `scripts:`")
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check};

    #[test]
    fn nothing_spaces_and_comments() {
        for text in ["", " \n\n", "# to do\n", "---\n", "\u{feff}", "null"] {
            let found = check("b.yaml", text, &CheckOptions::default()).diagnostics;
            assert_eq!(found.len(), 1, "{text:?}: {found:?}");
            assert_eq!(found[0].code, "E0002", "{text:?}");
        }
    }
}
