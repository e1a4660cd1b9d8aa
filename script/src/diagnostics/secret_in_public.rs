//! E0210: a secret in a text that people see.
//!
//! Tokens, secrets of the workspace and answers to secret questions may stand only in requests: in a URL, a header or a
//! body. A message, a question, a choice, a variable, a condition or an address that the user sees would show them, or
//! keep them where they can be read.

use super::{Diagnostic, Span};

pub(crate) fn secret_in_public(path: &str, span: Span, name: &str, what: &str) -> Diagnostic {
    Diagnostic::error("E0210", format!("`{{{name}}}` is a secret and cannot stand in {what}"))
        .at_span(path, Some(span))
        .label("this would be seen")
        .help("use it in the request of a Web Service, and show what the answer says")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{bank, check_script};

    #[test]
    fn wherever_people_look() {
        check_script(&bank("\x20 - id: other
    url: https://bank.example/x
    content_type: \"text/{secret.a}\"
#                       ^^^^^^^^^^ error E0210: `{secret.a}` is a secret and cannot stand in a content type
# anywhere warning W0302: …
scripts:
  - id: a
    triggers: [a]
    steps:
      - auth_token: bank-login
      - web_service: get-balance
      - web_service: other
      - message: \"Your token is {authtoken}\"
#                               ^^^^^^^^^^^ error E0210: `{authtoken}` is a secret and cannot stand in a message
      - set: { x: \"{authtoken:bank-login}\" }
#                  ^^^^^^^^^^^^^^^^^^^^^^ error E0210: `{authtoken:bank-login}` is a secret and cannot stand in a variable
      - link: \"https://bank.example/?key={secret.key}\"
#                                        ^^^^^^^^^^^^ error E0210: `{secret.key}` is a secret and cannot stand in an address that the user sees
      - options: Which?
        choices: [{ label: \"{secret.key}\" }]
#                           ^^^^^^^^^^^^ error E0210: `{secret.key}` is a secret and cannot stand in a choice
      - condition: { x: \"{secret.key}\" }
#                       ^^^^^^^^^^^^^^ error E0210: `{secret.key}` is a secret and cannot stand in a condition
      - condition: \"authtoken == 'x'\"
#                  ^^^^^^^^^^^^^^^^^^ error E0210: `{authtoken}` is a secret and cannot stand in a condition
"));
    }
}
