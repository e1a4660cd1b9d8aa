//! E0005: a key is there twice in the same map.
//!
//! Only one of the two could count, and nobody could say which.

use super::{Diagnostic, Span};
use crate::fix::Fix;

/// `same` is the place of its value, when that is the same both times.
pub(crate) fn duplicate_key(key: &str, span: Span, first: Option<Span>, same: Option<Span>) -> Diagnostic {
    Diagnostic::error("E0005", format!("the key `{key}` is there already"))
        .at_span(key, Some(span))
        .label("again here")
        .also(first, "first here")
        .help("remove one of the two, or give it its right name")
        .fix(same.map(|value| Fix::TakeAgain(span, value)))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn in_a_block_and_in_braces() {
        check_script(
            "
countersign: 1
bot: demo
bot: other
# anywhere error E0005: the key `bot` is there already
scripts:
  - { id: a, triggers: [a], id: b, steps: [end] }
#                           ^^ error E0005: the key `id` is there already
",
        );
    }
}
