//! E0009: something that is needed is not there.
//!
//! A component without an id, a question without its text, a choice without choices, an answer that goes nowhere. The
//! finding says which key is missing and what belongs there.

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::suggest::list;

pub(crate) fn missing_key(path: &str, span: Span, key: &str, what: &str) -> Diagnostic {
    let around = if path.is_empty() { "the bot" } else { "this" };
    Diagnostic::error("E0009", format!("{around} needs `{key}`"))
        .at_span(path, Some(span))
        .label(format!("`{key}` is missing"))
        .help(format!("add `{key}:` with {what}"))
        .fix(match (path, key) {
            ("", "bot") => Some(Fix::BotId),
            (_, "id") => Some(Fix::NewId(span)),
            _ => None,
        })
}

pub(crate) fn one_of(path: &str, span: Span, keys: &[&str]) -> Diagnostic {
    Diagnostic::error("E0009", "this says nothing")
        .at_span(path, Some(span))
        .help(format!("add one of {}", list(keys.iter().copied())))
}

pub(crate) fn for_kind(path: &str, span: Option<Span>, key: &str) -> Diagnostic {
    Diagnostic::error("E0009", format!("an answer of this kind needs `{key}`"))
        .at_span(path, span)
        .label(format!("`{key}` is missing"))
        .help(format!("add `{key}:` beside `kind:`"))
}

pub(crate) fn answer_goes_nowhere(path: &str, span: Span, number: usize) -> Diagnostic {
    Diagnostic::error("E0009", "the answer to this question is not sent anywhere")
        .at_span(path, Some(span))
        .label("asked here")
        .help(format!(
            "add `field:` with the name of the field that carries it, or use `{{val{number}}}` in the request"
        ))
}

pub(crate) fn token_path(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0009", "a JSON answer needs `token_path`")
        .at_span(path, Some(span))
        .label("the answer is JSON")
        .help("add `token_path:` with the place of the token, such as `data.token`")
}

/// `beside` is a key of the `fields`.
pub(crate) fn refresh_token(path: &str, span: Span, beside: Option<Span>) -> Diagnostic {
    Diagnostic::error("E0009", "the request does not carry the refresh token")
        .at_span(path, Some(span))
        .help("write `{refresh_token}` into one of its `fields`")
        .fix(beside.map(|beside| Fix::Put {
            beside,
            key: "refresh_token",
            value: "{refresh_token}".into(),
            order: &[],
        }))
}

pub(crate) fn empty_list(path: &str, span: Span, why: &str) -> Diagnostic {
    Diagnostic::error("E0009", format!("this list is empty, and {why}")).at_span(path, Some(span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;
    use crate::{CheckOptions, check};

    fn messages(text: &str) -> Vec<String> {
        check("b.yaml", text, &CheckOptions::default())
            .diagnostics
            .into_iter()
            .map(|found| found.message)
            .collect()
    }

    #[test]
    fn of_the_bot_and_of_its_parts() {
        assert_eq!(messages("bot: demo\n"), ["the bot needs `countersign`", "the bot needs `scripts`"]);
        assert_eq!(
            messages("countersign: 1\nbot: demo\nweb_services: [{}]\nscripts: [{ steps: [] }]\n"),
            ["this needs `id`", "this needs `url`", "this needs `id`"]
        );
    }

    #[test]
    fn what_a_kind_needs() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - { question: Which?, kind: choice }
#                                 ^^^^^^ error E0009: an answer of this kind needs `choices`
      - { question: Which?, kind: pattern }
#                                 ^^^^^^^ error E0009: an answer of this kind needs `pattern`
      - { options: Which?, choices: [] }
#                                   ^^ error E0009: this list is empty, and there is nothing to choose
      - { condition: {} }
#                    ^^ error E0009: this list is empty, and a condition needs a comparison
      - { condition: { a: {} } }
#                      ^ error E0009: this says nothing
      - { set: { a: 1 } }
",
        );
    }

    #[test]
    fn what_a_login_needs() {
        check_script("
countersign: 1
bot: demo
authorization_tokens:
  - id: login
    url: https://bank.example/login
    is_json: true
#            ^^^^ error E0009: a JSON answer needs `token_path`
    questions:
      - { question: Name? }
#       ^^^^^^^^^^^^^^^^^^^ error E0009: the answer to this question is not sent anywhere
    refresh: { token_path: r, fields: { grant_type: x } }
#            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error E0009: the request does not carry the refresh token
    expired_when: [{}, { value: x }]
#                  ^^ error E0009: this says nothing
#                      ^^^^^^^^^^^^ error E0009: this says nothing
#                               ^ error E0009: this needs `field`
scripts:
  - { id: a, triggers: [a, {}], steps: [{ auth_token: login }] }
#                          ^^ error E0009: this says nothing
");
    }
}
