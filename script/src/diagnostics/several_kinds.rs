//! E0013: a step, or a trigger, of two kinds.
//!
//! A step does one thing. Two kinds in one map are two steps, each with its own `-`.

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn several_kinds(path: &str, first: (&str, Span), second: (&str, Span)) -> Diagnostic {
    Diagnostic::error("E0013", format!("this step is both `{}` and `{}`", first.0, second.0))
        .at_span(path, Some(second.1))
        .label("a second kind")
        .also(Some(first.1), "the first kind")
        .help(format!("begin a new step: `- {}: …`", second.0))
        .fix(Fix::Split(second.1))
}

pub(crate) fn of_a_trigger(path: &str, first: &str, second: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0013", format!("this trigger is both `{first}` and `{second}`"))
        .at_span(path, Some(span))
        .help("make two triggers of it")
        .fix(Fix::Split(span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn steps_and_triggers() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [{ word: a, phrase: a b }]
#                         ^^^^^^ error E0013: this trigger is both `word` and `phrase`
    steps:
      - message: Hi.
        web_service: x
#       ^^^^^^^^^^^ error E0013: this step is both `message` and `web_service`
",
        );
    }
}
