//! W0306: a request without encryption.
//!
//! With `http://` everybody on the way can read login details and tokens. Countersign sends such requests only to hosts
//! that the operator allows. `localhost` and addresses of the same machine are not warned about.

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn plain_http(path: &str, span: Span) -> Diagnostic {
    Diagnostic::warning("W0306", "requests to `http://` can be read on the way")
        .at_span(path, Some(span))
        .help("use `https://`")
        .fix(Fix::Https(span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn other_machines_only() {
        check_script(
            "
countersign: 1
bot: demo
web_services:
  - { id: a, url: \"HTTP://a.example/\" }
#                 ^^^^^^^^^^^^^^^^^^^ warning W0306: requests to `http://` can be read on the way
  - { id: b, url: \"http://localhost:8080/\" }
scripts:
  - { id: a, triggers: [a], steps: [{ web_service: a }, { web_service: b }, { link: \"http://a.example\" }] }
",
        );
    }
}
