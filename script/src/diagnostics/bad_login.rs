//! E0222: a login that cannot work.
//!
//! A login is a `GET` or a `POST`. Its questions are of the kinds `text`, `number`, `email`, `phone`, `digits` and
//! `code`, because their answers go into fields. It has at most 100 of them. A login by number is typed on a keypad, so
//! it has no secure page. A login with a temporary code (`before`) asks in two steps, and a secure page asks in one.

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn method(path: &str, span: Span, method: &str) -> Diagnostic {
    Diagnostic::error("E0222", format!("a login is a GET or a POST, not a {method}"))
        .at_span(path, Some(span))
        .help("write `POST`")
        .fix(Fix::Word(span, "POST".to_owned()))
}

pub(crate) fn kind(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0222", "a login cannot ask for an answer of this kind")
        .at_span(path, Some(span))
        .note("possible: `text`, `number`, `email`, `phone`, `digits` and `code`")
        .help("write `text`")
        .fix(Fix::Word(span, "text".to_owned()))
}

pub(crate) fn too_many_questions(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0222", "a login has at most 100 questions").at_span(path, Some(span))
}

pub(crate) fn page_by_number(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0222", "a login with `validation_by_number` cannot use a secure page")
        .at_span(path, Some(span))
        .help("remove one of the two")
}

pub(crate) fn page_with_before(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0222", "a login with `before` cannot use a secure page")
        .at_span(path, Some(span))
        .note("the page asks everything at once, and a temporary code comes in between")
        .help("remove one of the two")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn each_of_them() {
        let many = vec!["{ question: Q, field: x }"; 101].join(", ");
        check_script(&format!(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: a
    method: PUT
#           ^^^ error E0222: a login is a GET or a POST, not a PUT
    url: https://a.example/
    validation_by_number: true
    ask: secure_page
#        ^^^^^^^^^^^ error E0222: a login with `validation_by_number` cannot use a secure page
    questions:
      - {{ question: Q, field: q, kind: date }}
#                                      ^^^^ error E0222: a login cannot ask for an answer of this kind
  - id: b
#       ^ error E0222: a login has at most 100 questions
    url: https://a.example/
    questions: [{}]
scripts:
  - {{ id: a, triggers: [a], steps: [{{ auth_token: a }}, {{ auth_token: b }}] }}
",
            many.replacen("x }", "first }", 1)
                .split(", {")
                .enumerate()
                .map(|(index, question)| {
                    let question = question.trim_start_matches('{').replace("x }", &format!("x{index} }}"));
                    format!("{{{question}")
                })
                .collect::<Vec<_>>()
                .join(", ")
        ));
    }

    #[test]
    fn a_page_asks_everything_at_once() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: a
    url: https://a.example/
    ask: secure_page
#        ^^^^^^^^^^^ error E0222: a login with `before` cannot use a secure page
    before: send
    questions:
      - { question: Phone, field: phone }
      - { question: Code, field: code, after_before: true }
web_services:
  - { id: send, method: POST, url: https://a.example/send, json: { phone: \"{val1}\" } }
scripts:
  - { id: a, triggers: [a], steps: [{ auth_token: a }] }
",
        );
    }
}
