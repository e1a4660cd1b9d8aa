//! What new bots begin with.

use countersign_model::Name;
use serde_json::Value;

/// One script that says hello.
pub(super) fn blank(id: &Name, name: &str) -> String {
    let name = quoted(name);
    format!(
        "countersign: 1
bot: {id}
name: {name}

scripts:
  - id: hello
    triggers: [hello, {{ on: first_message }}]
    steps:
      - message: Hello. How can I help?
"
    )
}

/// A login and a service that needs it.
pub(super) fn login(id: &Name, name: &str) -> String {
    let name = quoted(name);
    format!(
        "countersign: 1
bot: {id}
name: {name}

authorization_tokens:
  # How customers log in. Put the address of your auth service here.
  - id: login
    method: POST
    url: https://auth.example.com/token
    questions:
      - {{ question: What is your username?, field: username }}
      - {{ question: What is your password?, field: password, secret: true }}
    ttl: 3600
    is_json: true
    token_path: access_token
    # Where the token may be sent to, beside the auth service.
    send_to: [https://api.example.com]

web_services:
  - id: get-balance
    method: GET
    url: https://api.example.com/balance
    headers:
      Authorization: Bearer {{authtoken}}
    save:
      balance: balance

scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: login
      - web_service: get-balance
      - message: Your balance is {{balance}}.
"
    )
}

/// A text that YAML reads back as it is.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::examine;

    #[test]
    fn templates_pass_the_check() {
        let id = "my-bot".parse().unwrap();
        for name in ["My bot", "a: \"b\" # c", "{x}", "é\u{1f600}"] {
            for text in [blank(&id, name), login(&id, name)] {
                let found = examine(&text, Vec::new());
                assert!(
                    found.checkup.ok && found.checkup.diagnostics.is_empty(),
                    "{:#?}\n{text}",
                    found.checkup
                );
                let outline = countersign_script::outline::outline("a.yaml", &text).unwrap();
                assert_eq!(outline.name.as_deref(), Some(name));
            }
        }
    }
}
