//! E0205: not a regular expression.
//!
//! `pattern` and `matches` hold regular expressions as the Rust crate `regex` has them: no look-around and no
//! back-references, so that no text can make one slow.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};

pub(crate) fn bad_pattern(path: &str, span: Span, text: &str, error: &regex::Error) -> Diagnostic {
    let why = match error {
        regex::Error::CompiledTooBig(_) => "it is too big".to_owned(),
        other => other.to_string().lines().last().unwrap_or("").trim_start_matches("error: ").to_owned(),
    };
    Diagnostic::error("E0205", format!("this is not a regular expression: {why}"))
        .at_span(path, Some(span))
        .fix(words::pattern(text).map(|better| Fix::Write(span, better.into())))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn in_questions_and_conditions() {
        check_script("
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - { question: Q, kind: pattern, pattern: \"[0-9\", save: x }
#                                              ^^^^^^ error E0205: this is not a regular expression: unclosed character class
      - { question: Q, kind: pattern, pattern: \"a)|(b\", save: y }
#                                              ^^^^^^^ error E0205: this is not a regular expression: …
      - { condition: { x: { matches: \"(?=a)\" } } }
#                                    ^^^^^^^ error E0205: this is not a regular expression: look-around, …
      - { condition: { x: { matches: '(\\w{1000}){1000}' } } }
#                                    ^^^^^^^^^^^^^^^^^^ error E0205: this is not a regular expression: it is too big
");
    }
}
