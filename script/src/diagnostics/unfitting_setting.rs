//! E0224: a setting that does not fit the others.
//! W0302: a setting that does nothing.
//!
//! `min` and `max` belong to numbers, `length` to texts, digits and codes, `pattern` and `choices` to the kinds of the
//! same name; `digits` of a keypad says the same as `min` and `max` together.

use super::{Diagnostic, Span};
use crate::fix::Fix;

/// `meant` is the kind that is meant where none is given.
pub(crate) fn kind(path: &str, span: Span, key: &str, wanted: &str, meant: Option<&str>) -> Diagnostic {
    let kinds = if wanted.contains(" and ") || wanted.contains(',') { "kinds" } else { "kind" };
    Diagnostic::error("E0224", format!("`{key}` belongs to answers of the {kinds} {wanted}"))
        .at_span(path, Some(span))
        .help(match meant {
            Some(meant) => format!("add `kind: {meant}`"),
            None => "change `kind`, or remove this".to_owned(),
        })
        .fix(meant.map(|meant| Fix::Put {
            beside: span,
            key: "kind",
            value: meant.into(),
            order: &["question", "save", "field", "secret", "kind"],
        }))
}

/// `same` says whether it really says the same.
pub(crate) fn both(path: &str, span: Span, key: &str, other: &str, same: bool) -> Diagnostic {
    Diagnostic::error("E0224", format!("`{key}` says the same as {other}"))
        .at_span(path, Some(span))
        .help("keep one of them")
        .fix(same.then_some(Fix::Take(span)))
}

pub(crate) fn unused(path: &str, span: Span, key: &str, why: &str) -> Diagnostic {
    Diagnostic::warning("W0302", format!("`{key}` does nothing: {why}"))
        .at_span(path, Some(span))
        .help("remove it")
        .fix(Fix::Take(span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn settings_of_another_kind() {
        check_script("
countersign: 1
bot: demo
forms:
  - { id: f, questions: [{ question: Q, save: a, field: b }] }
#                                                       ^ error E0224: `field` says the same as `save`
scripts:
  - id: a
    triggers: [a]
    steps:
      - { form: f }
      - { question: Q, min: 1 }
#                           ^ error E0224: `min` belongs to answers of the kind `number`
      - { question: Q, kind: email, length: 4 }
#                                           ^ error E0224: `length` belongs to answers of the kinds `text`, `digits` and `code`
      - { question: Q, choices: [a] }
#                               ^^^ error E0224: `choices` belongs to answers of the kind `choice`
      - { question: Q, kind: number, pattern: a }
#                                             ^ error E0224: `pattern` belongs to answers of the kind `pattern`
      - { question: Q, kind: digits, keypad: { digits: 4, min: 4 } }
#                                            ^^^^^^^^^^^^^^^^^^^^^ error E0224: `digits` says the same as `min` and `max`
");
    }

    #[test]
    fn settings_that_do_nothing() {
        check_script("
countersign: 1
bot: demo
authorization_tokens:
  - id: t
    method: GET
#           ^^^ warning W0303: …
    encoding: form
#             ^^^^ warning W0302: `encoding` does nothing: a GET sends the fields in the URL
    url: https://a.example/
    questions: [{ question: Q, field: q }]
    is_json: false
    token_path: token
#               ^^^^^ warning W0302: `token_path` does nothing: `is_json` is false, so the whole answer is the token
web_services:
  - { id: s, method: POST, url: https://a.example/, json: {}, content_type: text/csv, fresh_login: 60 }
#                                                                           ^^^^^^^^ warning W0302: `content_type` does nothing: it is the type of `body`, and there is none
#                                                                                                  ^^ warning W0302: `fresh_login` does nothing: the request carries no token
scripts:
  - { id: a, triggers: [a], steps: [{ auth_token: t }, { web_service: s }] }
");
    }
}
