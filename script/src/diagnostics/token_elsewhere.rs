//! E0213: a token would go to an origin that it is not meant for.
//!
//! A token may be sent to the origin of its component's `url` and to those listed in its `send_to`. A Web Service that
//! would send it elsewhere would give a login away. An origin is scheme, host and port: `https://api.example.com`.
//! Where constants stand in a URL, the origins must be written with the same constants.

use countersign_model::Name;

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::wire::TokenComponent;

/// `beside` is a key or value of the component whose token it is.
pub(crate) fn token_elsewhere(
    path: &str,
    span: Span,
    token: &Name,
    origin: &str,
    beside: Option<Span>,
) -> Diagnostic {
    Diagnostic::error("E0213", format!("the token of `{token}` may not be sent to `{origin}`"))
        .at_span(path, Some(span))
        .label("the token would go here")
        .help(format!("if it belongs there, add this line to `{token}`: `send_to: [\"{origin}\"]`"))
        .fix(beside.map(|beside| Fix::Add {
            beside,
            key: "send_to",
            value: origin.into(),
            order: TokenComponent::KEYS,
        }))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn origins_and_constants() {
        let found = check_script("
countersign: 1
bot: demo
authorization_tokens:
  - { id: one, url: \"https://Bank.example:443/login\", send_to: \"https://api.example/ignored\" }
  - { id: two, url: \"{config.bank}/login\" }
web_services:
  - { id: a, url: \"https://bank.example/x\", headers: { A: \"{authtoken:one}\" } }
  - { id: b, url: \"https://api.example/y\", headers: { A: \"{authtoken:one}\" } }
  - { id: c, url: \"http://bank.example/x\", headers: { A: \"{authtoken:one}\" } }
#                 ^^^^^^^^^^^^^^^^^^^^^^^ error E0213: the token of `one` may not be sent to `http://bank.example`
# anywhere warning W0306: …
  - { id: d, url: \"https://evil.example\", headers: { A: \"{authtoken}\" } }
#                 ^^^^^^^^^^^^^^^^^^^^^^ error E0213: the token of `one` may not be sent to `https://evil.example`
  - { id: e, url: \"{config.bank}/x\", headers: { A: \"{authtoken:two} {authtoken}\" } }
  - { id: f, url: \"{config.bank}.evil.example/x\", headers: { A: \"{authtoken:two}\" } }
#                 ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error E0213: the token of `two` may not be sent to `{config.bank}.evil.example`
  - { id: g, url: \"{config.api}/x\", headers: { A: \"{authtoken:two}\" } }
#                 ^^^^^^^^^^^^^^^^ error E0213: the token of `two` may not be sent to `{config.api}`
scripts:
  - id: a
    triggers: [a]
    steps: [{ auth_token: one }, { auth_token: two }, { web_service: a }, { web_service: b }, { web_service: c },
      { web_service: d }, { web_service: e }, { web_service: f }, { web_service: g }]
");
        let help = &found.iter().find(|found| found.message.contains("{config.api}")).unwrap().help;
        assert_eq!(
            help.as_ref().unwrap().text,
            "if it belongs there, add this line to `two`: `send_to: [\"{config.api}\"]`"
        );
    }
}
