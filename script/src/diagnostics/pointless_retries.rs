//! W0307: retries of a request that is never repeated.
//!
//! A POST or PATCH that was not answered may have been carried out all the same, so it is not sent again. With an
//! `idempotency_key` the API can tell that it is the same request.

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn pointless_retries(path: &str, span: Span, method: &str) -> Diagnostic {
    Diagnostic::warning("W0307", format!("a {method} is not repeated, because it might be carried out twice"))
        .at_span(path, Some(span))
        .help(
            "add `idempotency_key: true` if the API knows the header `Idempotency-Key`, or remove `retries`",
        )
        .fix(Fix::Take(span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn a_post_without_a_key() {
        check_script("
countersign: 1
bot: demo
web_services:
  - { id: a, method: POST, url: https://a.example/, retries: 2 }
#                                                            ^ warning W0307: a POST is not repeated, because it might be carried out twice
  - { id: b, method: POST, url: https://a.example/, retries: 2, idempotency_key: true }
  - { id: c, method: PUT, url: https://a.example/, retries: 2 }
scripts:
  - { id: a, triggers: [a], steps: [{ web_service: a }, { web_service: b }, { web_service: c }] }
");
    }
}
