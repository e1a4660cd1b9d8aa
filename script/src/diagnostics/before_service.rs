//! E0218: the service that is called before a login does not fit.
//!
//! With a temporary code, a login asks for the phone number, has a Web Service send a code (`before`), and asks for the
//! code. The question with `after_before: true` is the first that is asked after the service was called. The service has
//! no questions of its own: `{val1}` … are the answers of the login. So it belongs to one login, and a step cannot call
//! it by itself when it needs those answers.

use countersign_model::Name;

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn without_before(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0218", "this question comes after a service that is not named")
        .at_span(path, Some(span))
        .help("add `before:` with the id of the Web Service to the component")
}

/// `last` is a key or value of the last of several questions.
pub(crate) fn nothing_after(path: &str, span: Span, last: Option<Span>) -> Diagnostic {
    Diagnostic::error("E0218", "no question is asked after this service")
        .at_span(path, Some(span))
        .help("add `after_before: true` to the question for the code")
        .fix(last.map(|beside| Fix::Put { beside, key: "after_before", value: true.into(), order: &[] }))
}

pub(crate) fn shared(path: &str, span: Span, service: &str, other: &Name) -> Diagnostic {
    Diagnostic::error("E0218", format!("`{service}` is called before the login `{other}` already"))
        .at_span(path, Some(span))
        .help("make a second Web Service for this login")
}

pub(crate) fn with_questions(path: &str, span: Span, component: &Name) -> Diagnostic {
    Diagnostic::error(
        "E0218",
        format!("this service is called before the login `{component}`, so it cannot ask"),
    )
    .at_span(path, Some(span))
    .help(format!("move the questions to `{component}`, before the one with `after_before: true`"))
}

pub(crate) fn called_by_a_step(path: &str, span: Span, component: &Name) -> Diagnostic {
    Diagnostic::error("E0218", format!("this service needs the answers of the login `{component}`"))
        .at_span(path, Some(span))
        .help(format!("use `auth_token: {component}`, which calls it"))
        .fix(Fix::Kind(span, "auth_token", component.to_string()))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn each_of_them() {
        check_script("
countersign: 1
bot: demo
authorization_tokens:
  - id: a
    url: https://a.example/
    questions: [{ question: Code?, field: code, after_before: true }]
#                                                             ^^^^ error E0218: this question comes after a service that is not named
  - id: b
    url: https://a.example/
    before: send
#           ^^^^ error E0218: no question is asked after this service
    questions: [{ question: Code?, field: code }]
  - id: c
    url: https://a.example/
    before: send
    questions: [{ question: Phone?, field: phone }, { question: Code?, field: code, after_before: true }]
  - id: d
    url: https://a.example/
    before: send
#           ^^^^ error E0218: `send` is called before the login `c` already
    questions: [{ question: Phone?, field: phone }, { question: Code?, field: code, after_before: true }]
web_services:
  - id: send
    method: POST
    url: https://a.example/
    json: { phone: \"{val1}\" }
    questions: [{ question: Sure? }]
#              ^^^^^^^^^^^^^^^^^^^^^ error E0218: this service is called before the login `c`, so it cannot ask
scripts:
  - id: a
    triggers: [a]
    steps: [{ auth_token: a }, { auth_token: b }, { auth_token: c }, { auth_token: d }, { web_service: send }]
#                                                                                                      ^^^^ error E0218: this service needs the answers of the login `c`
");
    }
}
