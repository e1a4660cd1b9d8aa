//! E0225: a text with nothing in it.
//!
//! The user would see an empty message, or a trigger would match nothing. Alternatives need at least one text. A trigger
//! needs a letter or a digit, because punctuation is not looked at.

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn empty_text(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0225", "this text is empty")
        .at_span(path, Some(span))
        .help("write what the user shall read")
        .fix(Fix::TakeOneOfMany(span))
}

pub(crate) fn trigger(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0225", "this trigger has no letter or digit in it")
        .at_span(path, Some(span))
        .help("write a word, or remove it")
        .fix(Fix::TakeOneOfMany(span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn texts_and_triggers() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a, \"?!\", { payload: \"\" }]
#                 ^^^^ error E0225: this trigger has no letter or digit in it
#                       ^^^^^^^^^^^^^^^ error E0225: this trigger has no letter or digit in it
    steps:
      - { message: \" \" }
#                  ^^^ error E0225: this text is empty
      - { message: [] }
#                  ^^ error E0225: this text is empty
      - { message: [Hi., \"\"] }
#                        ^^ error E0225: this text is empty
",
        );
    }
}
