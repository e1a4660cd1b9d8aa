//! E0215: a placeholder that has no meaning here.
//!
//! `{val1}`, `{val2}`, … stand in the requests of the component that asks. `{item}` stands in the `line` of an `each`.
//! `{refresh_token}` stands in the `refresh` of an Authorization Token. `{authtoken}` stands in the request of a Web
//! Service. A comparison has no placeholders at all; an expression compares two variables.

use super::{Diagnostic, Span};

pub(crate) fn refresh_token(path: &str, span: Span) -> Diagnostic {
    finding(path, span, "refresh_token").help("it belongs into the `refresh` of an Authorization Token")
}

pub(crate) fn item(path: &str, span: Span, name: &str) -> Diagnostic {
    finding(path, span, name).help("it belongs into the `line` of an `each`")
}

pub(crate) fn answer(path: &str, span: Span, name: &str) -> Diagnostic {
    finding(path, span, name).help("it belongs into the request of the component that asks; to show an answer, ask with a `question` step that has `save`")
}

pub(crate) fn token(path: &str, span: Span, name: &str) -> Diagnostic {
    finding(path, span, name).help("it belongs into the request of a Web Service, called after the login")
}

pub(crate) fn comparison(path: &str, span: Span, name: &str) -> Diagnostic {
    finding(path, span, name).help(format!("compare with an expression: `condition: \"a == {name}\"`"))
}

fn finding(path: &str, span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("E0215", format!("`{{{name}}}` has no meaning here")).at_span(path, Some(span))
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
  - { id: t, url: https://a.example/, fields: { x: \"{refresh_token}\", y: \"{authtoken:u}\" } }
#                                                   ^^^^^^^^^^^^^^^ error E0215: `{refresh_token}` has no meaning here
#                                                                         ^^^^^^^^^^^^^ error E0215: `{authtoken:u}` has no meaning here
scripts:
  - id: a
    triggers: [a]
    steps:
      - { auth_token: t }
      - { question: \"{val1}?\", save: x }
#                    ^^^^^^ error E0215: `{val1}` has no meaning here
      - { message: \"{item.name} {x}\" }
#                   ^^^^^^^^^^^ error E0215: `{item.name}` has no meaning here
      - { condition: { x: \"{now}\" } }
#                         ^^^^^^^ error E0215: `{now}` has no meaning here
");
    }
}
