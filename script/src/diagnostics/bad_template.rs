//! E0208: a text with broken placeholders.
//!
//! `{name}` is a placeholder. A brace that is none is written twice: `{{` and `}}`.

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::placeholder::SyntaxError;

pub(crate) fn bad_template(path: &str, span: Span, error: SyntaxError, fix: Option<Fix>) -> Diagnostic {
    Diagnostic::error("E0208", error.to_string())
        .at_span(path, Some(span))
        .help("a placeholder is `{name}`; write `{{` or `}}` for a brace that is none")
        .fix(fix)
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn each_mistake_at_its_place() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - message: \"Größe {now\"
#                       ^ error E0208: this `{` has no `}` after it
      - message: 'now}'
#                    ^ error E0208: this `}` has no `{` before it
      - message: a {} b
#                  ^^ error E0208: there is nothing between these braces
      - message: [fine, \"{a b}\"]
#                        ^^^^^ error E0208: this is not the name of a placeholder
      - message: \"{{now}}\"
",
        );
    }
}
