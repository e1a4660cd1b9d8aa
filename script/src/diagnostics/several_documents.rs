//! E0014: several bots in one file.
//!
//! A line `---` begins another YAML document. A file holds one bot.

use super::{Diagnostic, Span};

pub(crate) fn several_documents(span: Span) -> Diagnostic {
    Diagnostic::error("E0014", "a second document begins here")
        .at_span("", Some(span))
        .help("put each bot into a file of its own")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn two() {
        check_script(
            "
countersign: 1
bot: demo
---
# anywhere error E0014: a second document begins here
countersign: 1
",
        );
    }
}
