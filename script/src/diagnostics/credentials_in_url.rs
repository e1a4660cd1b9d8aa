//! W0303: login details in a URL.
//!
//! A login by GET puts user name and password into the URL. URLs are written to logs, of the auth service and of all that
//! stands in between. A POST puts them into the body. (OWASP ASVS 5.0, 14.2.1.)

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn credentials_in_url(path: &str, span: Span) -> Diagnostic {
    Diagnostic::warning("W0303", "a GET puts the login details into the URL, where logs keep them")
        .at_span(path, Some(span))
        .help("use `method: POST` if the auth service takes it")
        .fix(Fix::Word(span, "POST".to_owned()))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn a_login_by_get() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: t
    method: GET
#           ^^^ warning W0303: a GET puts the login details into the URL, where logs keep them
    url: https://a.example/
    questions: [{ question: Q, field: q }]
scripts:
  - { id: a, triggers: [a], steps: [{ auth_token: t }] }
",
        );
    }
}
