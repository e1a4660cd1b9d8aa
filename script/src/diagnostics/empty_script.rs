//! E0221: a branch leads to a script without steps.
//! W0301: a script without steps.
//!
//! Nothing happens in a script without steps. E0221: something leads to it, and would leave the user without an answer.

use super::{Diagnostic, Span};

pub(crate) fn empty_script(path: &str, span: Span, id: &str) -> Diagnostic {
    Diagnostic::warning("W0301", format!("the script `{id}` has no steps"))
        .at_span(path, Some(span))
        .help("add `steps:`, or take the script out")
}

pub(crate) fn leads_nowhere(path: &str, span: Span, id: &str) -> Diagnostic {
    Diagnostic::error("E0221", format!("the script `{id}` has no steps to go to"))
        .at_span(path, Some(span))
        .help("add a step to it, or lead somewhere else")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn with_and_without_a_way_to_it() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps: [{ jump: b }]
#                   ^ error E0221: the script `b` has no steps to go to
  - { id: b, steps: [] }
#         ^ warning W0301: the script `b` has no steps
",
        );
    }
}
