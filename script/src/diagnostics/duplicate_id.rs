//! E0202: an id is there twice.
//!
//! Ids are unique: those of components of the same kind and of scripts in the bot, those of steps in their script.

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::wire::Spanned;

pub(crate) fn duplicate_id(path: &str, id: &Spanned<String>, what: &str, first: Span) -> Diagnostic {
    Diagnostic::error("E0202", format!("there is {what} `{}` already", id.value))
        .at_span(path, Some(id.span))
        .label("again here")
        .also(Some(first), "first here")
        .help("give one of the two another id")
        .fix(Fix::NextId(id.span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn components_scripts_and_steps() {
        check_script(
            "
countersign: 1
bot: demo
web_services:
  - { id: s, url: https://a.example/ }
  - { id: s, url: https://a.example/ }
#         ^ error E0202: there is a Web Service `s` already
forms:
  - { id: s, questions: [{ question: Q, save: x }] }
scripts:
  - id: a
    triggers: [a]
    steps:
      - { id: one, message: Hi. }
      - { id: one, web_service: s }
#             ^^^ error E0202: there is a step of this script `one` already
      - { form: s }
  - { id: a, steps: [end] }
#         ^ error E0202: there is a script `a` already
",
        );
    }
}
