//! E0106: two scripts have the same trigger.
//!
//! A message can start one script only. Two scripts with the same word or phrase, the same payload, or both as the
//! fallback, the first message or the call, would leave it to chance which of them answers. Words are compared as a
//! user's message is: without regard to case, accents and punctuation.

use super::{Diagnostic, Span};

/// `trigger` is the trigger as a person knows it: "the trigger `balance`", "the fallback".
pub(crate) fn trigger_conflict(
    trigger: &str,
    path: &str,
    span: Span,
    other: &str,
    first: Option<Span>,
) -> Diagnostic {
    Diagnostic::error("E0106", format!("{trigger} starts `scripts.{other}` already"))
        .at_span(path, Some(span))
        .label("a message can start one script only")
        .also(first, "first given here")
        .help("change or remove one of the two")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn the_same_trigger_in_two_scripts() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [balance, { on: fallback }]
    steps: [{ message: A. }]
  - id: b
    triggers: [other, Balance!, { on: fallback }]
#                     ^^^^^^^^ error E0106: the trigger `balance` starts `scripts.a` already
#                               ^^^^^^^^^^^^^^^^ error E0106: the fallback starts `scripts.a` already
    steps: [{ message: B. }]
",
        );
    }

    #[test]
    fn the_same_trigger_twice_in_one_script_does_no_harm() {
        check_script(
            "countersign: 1\nbot: demo\nscripts:\n  - { id: a, triggers: [hi, Hi], steps: [{ message: A. }] }\n",
        );
    }
}
