//! E0217: a body that cannot be sent.
//!
//! A request has one body: `json`, `form` or `body`. A GET has none; its parameters go into `query`.

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::wire::ServiceComponent;

pub(crate) fn several_bodies(path: &str, first: (&str, Span), second: (&str, Span)) -> Diagnostic {
    Diagnostic::error(
        "E0217",
        format!("a request has one body, and here are `{}` and `{}`", first.0, second.0),
    )
    .at_span(path, Some(second.1))
    .also(Some(first.1), "the first")
    .help("keep one of them")
}

pub(crate) fn with_get(path: &str, span: Span, key: &str) -> Diagnostic {
    let help = match key {
        "body" => "write `method: POST`",
        _ => "write `method: POST`, or put the fields into `query`",
    };
    Diagnostic::error("E0217", "a GET has no body").at_span(path, Some(span)).help(help).fix(Fix::Put {
        beside: span,
        key: "method",
        value: "POST".into(),
        order: ServiceComponent::KEYS,
    })
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn two_and_with_get() {
        check_script("
countersign: 1
bot: demo
web_services:
  - { id: a, method: POST, url: https://a.example/, json: { x: 1 }, form: { y: 2 } }
#                                                                         ^^^^^^^^ error E0217: a request has one body, and here are `json` and `form`
  - { id: b, url: https://a.example/, body: hello }
#                                           ^^^^^ error E0217: a GET has no body
scripts:
  - { id: a, triggers: [a], steps: [{ web_service: a }, { web_service: b }] }
");
    }
}
