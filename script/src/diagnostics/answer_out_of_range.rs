//! E0214: an answer to a question that is not asked.
//!
//! `{val1}` is the answer to the first question of the component, `{val2}` to the second. A service that is called
//! before a login (`before`) sees the answers of that login, as far as they are asked by then.

use countersign_model::Name;

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn answer_out_of_range(
    path: &str,
    span: Span,
    name: &str,
    component: &Name,
    count: usize,
    fix: Option<Fix>,
) -> Diagnostic {
    let has = match count {
        0 => "asks no question by then".to_owned(),
        1 => "asks one question by then".to_owned(),
        more => format!("asks {more} questions by then"),
    };
    Diagnostic::error("E0214", format!("there is no answer for `{{{name}}}`: `{component}` {has}"))
        .at_span(path, Some(span))
        .help("add a question, or use the number of one that is there; the first is `{val1}`")
        .fix(fix)
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn of_services_and_logins() {
        check_script("
countersign: 1
bot: demo
authorization_tokens:
  - id: t
    url: https://a.example/
    before: send-code
    questions:
      - { question: Phone?, field: phone }
      - { question: Code?, field: code, after_before: true }
    fields: { x: \"{val3}\" }
#                 ^^^^^^ error E0214: there is no answer for `{val3}`: `t` asks 2 questions by then
web_services:
  - id: send-code
    method: POST
    url: https://a.example/
    json: { phone: \"{val1}\", code: \"{val2}\" }
#                                   ^^^^^^ error E0214: there is no answer for `{val2}`: `t` asks one question by then
  - id: s
    url: \"https://a.example/{val0}/{val1}\"
#                           ^^^^^^ error E0214: there is no answer for `{val0}`: `s` asks no question by then
#                                  ^^^^^^ error E0214: there is no answer for `{val1}`: `s` asks no question by then
scripts:
  - { id: a, triggers: [a], steps: [{ auth_token: t }, { web_service: s }] }
");
    }
}
