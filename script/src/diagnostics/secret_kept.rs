//! E0223: a secret answer would be kept in a variable.
//!
//! Variables can be shown, compared and read back, so no secret may be in one. A secret is asked by the component that
//! sends it: an Authorization Token, or a Web Service, whose secret answers are sealed and stand in its request as
//! `{val1}`, `{val2}`, ….

use super::{Diagnostic, Span};

pub(crate) fn secret_kept(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0223", "a variable cannot keep a secret answer")
        .at_span(path, Some(span))
        .help("ask in the `questions` of the Web Service or Authorization Token that sends it")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn of_a_step_and_a_form() {
        check_script("
countersign: 1
bot: demo
forms:
  - { id: f, questions: [{ question: PIN?, save: pin, secret: true }] }
#                                                             ^^^^ error E0223: a variable cannot keep a secret answer
scripts:
  - id: a
    triggers: [a]
    steps:
      - { form: f }
      - { question: PIN?, save: pin, secret: true }
#                                            ^^^^ error E0223: a variable cannot keep a secret answer
      - { question: Name?, save: name, secret: false }
");
    }
}
