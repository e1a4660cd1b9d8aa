//! E0207: a number is outside its bounds.
//!
//! Times, tries, lengths and the like have a smallest and a largest value; the finding names both.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};

pub(crate) fn out_of_range(
    path: &str,
    span: Span,
    number: f64,
    min: u64,
    max: u64,
    unit: &str,
) -> Diagnostic {
    let key = path.rsplit('.').next().unwrap_or(path);
    Diagnostic::error("E0207", format!("`{key}` is from {min} to {max} {unit}, and this is {number}"))
        .at_span(path, Some(span))
        .fix(Fix::Write(span, words::as_json(number.clamp(min as f64, max as f64))))
}

pub(crate) fn too_many(path: &str, span: Span, what: &str) -> Diagnostic {
    Diagnostic::error("E0207", format!("there is no room for {what} more"))
        .at_span(path, Some(span))
        .help("make several bots of it")
}

/// `bounds` are the smallest and the largest with their places.
pub(crate) fn empty_range(path: &str, span: Span, bounds: Option<((Span, f64), (Span, f64))>) -> Diagnostic {
    let swapped = bounds.map(|(min, max)| {
        Fix::All(vec![Fix::Write(min.0, words::as_json(max.1)), Fix::Write(max.0, words::as_json(min.1))])
    });
    let finding =
        Diagnostic::error("E0207", "the smallest is larger than the largest").at_span(path, Some(span));
    if swapped.is_some() { finding.help("swap the two").fix(swapped) } else { finding }
}

pub(crate) fn no_status(path: &str, span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("E0207", format!("`{text}` is no status; those of HTTP are from 100 to 599"))
        .at_span(path, Some(span))
}

pub(crate) fn degrees(path: &str, span: Span, most: f64, text: &str) -> Diagnostic {
    let number = words::number(text.trim().trim_end_matches('°')).filter(|number| number.abs() <= most);
    Diagnostic::error("E0207", format!("this is not a number of degrees from -{most} to {most}"))
        .at_span(path, Some(span))
        .fix(number.map(|number| Fix::Write(span, words::as_json(number))))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn of_all_kinds() {
        check_script("
countersign: 1
bot: demo
authorization_tokens:
  - id: t
    url: https://a.example/
    ttl: 2592001
#        ^^^^^^^ error E0207: `ttl` is from 1 to 2592000 seconds (30 days at most), and this is 2592001
    attempts: 0
#             ^ error E0207: `attempts` is from 1 to 10 attempts, and this is 0
    expired_when: { status: 99 }
#                           ^^ error E0207: `status` is from 100 to 599 (statuses of HTTP), and this is 99
    keypad: { min: 6, max: 4, first_digit_timeout: 0.5 }
#           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error E0207: the smallest is larger than the largest
#                                                  ^^^ error E0207: `first_digit_timeout` is from 1 to 60 seconds, and this is 0.5
    questions:
      - { question: Q, field: q, kind: digits, length: { min: 5, max: 4 } }
#                                                      ^^^^^^^^^^^^^^^^^^ error E0207: the smallest is larger than the largest
web_services:
  - { id: s, url: https://a.example/, timeout: 121, retries: 6 }
#                                              ^^^ error E0207: `timeout` is from 1 to 120 seconds, and this is 121
#                                                            ^ error E0207: `retries` is from 0 to 5 retries, and this is 6
scripts:
  - id: a
    triggers: [a]
    steps:
      - { auth_token: t }
      - web_service: s
        status: { 40: a }
#                 ^^ error E0207: `40` is no status; those of HTTP are from 100 to 599
      - { wait: 3601 }
#               ^^^^ error E0207: `wait` is from 0 to 3600 seconds, and this is 3601
      - { wait: 0.2 }
      - { question: Q, kind: number, min: 5, max: 4 }
#                                                 ^ error E0207: the smallest is larger than the largest
      - { location: { latitude: 91, longitude: 0 } }
#                               ^^ error E0207: this is not a number of degrees from -90 to 90
");
    }
}
