//! E0216: two fields for the same place.
//!
//! Two questions, or a question and a fixed field, have the same `field`; or one is inside the other: with `user` and
//! `user.name` the body would need `user` to be both a value and an object.

use super::{Diagnostic, Span};

pub(crate) fn field_conflict(path: &str, span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::error("E0216", format!("the field `{name}` is taken"))
        .at_span(path, Some(span))
        .label("this field")
        .also(Some(first), "taken here")
        .help("give one of the two another name")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn the_same_and_inside_each_other() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: json
    url: https://a.example/
    fields: { user.kind: a }
    questions:
      - { question: Q, field: user.name }
      - { question: Q, field: user }
#                             ^^^^ error E0216: the field `user` is taken
      - { question: Q, field: user.name.first }
#                             ^^^^^^^^^^^^^^^ error E0216: the field `user.name.first` is taken
  - id: form
    encoding: form
    url: https://a.example/
    fields: { user: a }
    questions:
      - { question: Q, field: user }
#                             ^^^^ error E0216: the field `user` is taken
      - { question: Q, field: user.name }
scripts:
  - { id: a, triggers: [a], steps: [{ auth_token: json }, { auth_token: form }] }
",
        );
    }
}
