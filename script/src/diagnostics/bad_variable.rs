//! E0219: a variable cannot have this name.
//!
//! A variable has letters, digits, `_` and `-` in its name and does not begin with a digit. Names that stand for
//! something else are taken: `authtoken`, `secret`, `config`, `contact`, `channel`, `now`, `language`, `item`,
//! `refresh_token`, `all`, `any`, `not`, and `val1`, `val2`, ….

use super::{Diagnostic, Span};
use crate::fix::Fix;

/// Why a variable cannot have a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Characters,
    Reserved,
}

pub(crate) fn bad_variable(path: &str, span: Span, name: &str, why: Refusal) -> Diagnostic {
    let message = match why {
        Refusal::Characters => format!("`{}` is not the name of a variable", name.escape_debug()),
        Refusal::Reserved => {
            format!("`{name}` stands for something else, so a variable cannot have this name")
        }
    };
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let better = words.collect::<Vec<_>>().join("_");
    let better = if better.starts_with(|c: char| c.is_ascii_digit()) { format!("_{better}") } else { better };
    let fits = why == Refusal::Characters && crate::placeholder::is_variable(&better);
    Diagnostic::error("E0219", message)
        .at_span(path, Some(span))
        .help("choose another name, such as `amount`")
        .fix(fits.then(|| Fix::Variable(span, better)))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn in_all_that_saves() {
        check_script("
countersign: 1
bot: demo
web_services:
  - { id: s, url: https://a.example/, save: { 1st: a, größe: b } }
#                                             ^^^ error E0219: `1st` is not the name of a variable
forms:
  - { id: f, questions: [{ question: Q, field: user.name }] }
#                                              ^^^^^^^^^ error E0219: `user.name` is not the name of a variable
scripts:
  - id: a
    triggers: [a]
    steps:
      - { web_service: s }
      - { form: f }
      - { set: { val1: x, channel: y } }
#                ^^^^ error E0219: `val1` stands for something else, so a variable cannot have this name
#                         ^^^^^^^ error E0219: `channel` stands for something else, so a variable cannot have this name
      - { question: Q, save: \"a b\" }
#                            ^^^^^ error E0219: `a b` is not the name of a variable
");
    }
}
