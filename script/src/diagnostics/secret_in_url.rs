//! W0304: a token in a URL.
//! W0305: a secret in a URL.
//!
//! URLs are written to logs, of the API and of all that stands in between. Where the API takes it, a header is better:
//! `headers: { Authorization: \"Bearer {authtoken}\" }`. (RFC 9700 §4.3.2; OWASP ASVS 5.0, 14.2.1.)

use super::{Diagnostic, Span};

pub(crate) fn token(path: &str, span: Span) -> Diagnostic {
    Diagnostic::warning("W0304", "a token in a URL is kept by logs")
        .at_span(path, Some(span))
        .help("if the API takes it, write instead: `headers: { Authorization: \"Bearer {authtoken}\" }`")
}

pub(crate) fn secret(path: &str, span: Span) -> Diagnostic {
    Diagnostic::warning("W0305", "a secret in a URL is kept by logs")
        .at_span(path, Some(span))
        .help("send it in a header or in the body, if the service takes it there")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn tokens_secrets_and_answers() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - { id: t, url: \"https://a.example/\", questions: [{ question: Q, field: q }] }
web_services:
  - id: s
    url: \"https://a.example/{val1}/{val2}?token={authtoken}\"
#                                  ^^^^^^ warning W0305: a secret in a URL is kept by logs
#                                               ^^^^^^^^^^^ warning W0304: a token in a URL is kept by logs
    query: { key: \"{secret.key}\" }
#                  ^^^^^^^^^^^^ warning W0305: a secret in a URL is kept by logs
    questions: [{ question: A }, { question: B, secret: true }]
scripts:
  - { id: a, triggers: [a], steps: [{ auth_token: t }, { web_service: s }] }
",
        );
    }
}
