//! E0206: not an expression.
//!
//! Expressions are written in CEL, the Common Expression Language: `amount > 500 && channel == 'whatsapp'`. Texts stand
//! in quotes, variables without braces; `&&` is and, `||` is or, `!` is not. An expression has at most 2,000 characters.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};

pub(crate) fn bad_expression(path: &str, span: Span, why: &str, (whole, text): (Span, &str)) -> Diagnostic {
    let why = why.lines().next().unwrap_or("").trim();
    // The parser names the signs that it knows; what matters to an author is where it stopped.
    let why = why.split(" expecting ").next().unwrap_or(why).trim_start_matches("Syntax error: ");
    Diagnostic::error("E0206", format!("this is not an expression: {why}"))
        .at_span(path, Some(span))
        .help("write it as in `amount > 500 && channel == 'whatsapp'`")
        .fix(words::expression(text).map(|better| Fix::Write(whole, better.into())))
}

pub(crate) fn too_long(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0206", "this expression is too long, or its brackets stand too deep in each other")
        .at_span(path, Some(span))
        .help("work out a part of it with `set` before")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn in_conditions_and_set() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - set: { x: { expression: \"1 +\" } }
# anywhere error E0206: this is not an expression: …
      - condition: \"x = 5\"
# anywhere error E0206: this is not an expression: …
      - condition: \"[1, 2].exists(n, n == int(x)) && contact.name != ''\"
",
        );
    }

    #[test]
    fn too_deep() {
        let deep = format!("{}1{}", "(".repeat(200), ")".repeat(200));
        check_script(&format!(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - condition: \"{deep}\"
# anywhere error E0206: this expression is too long, or its brackets stand too deep in each other
"
        ));
    }
}
