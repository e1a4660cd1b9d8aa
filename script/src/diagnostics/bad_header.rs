//! E0212: not a header that can be sent.
//!
//! The name of a header has letters, digits and signs such as `-`. Its value has visible ASCII characters, spaces and
//! tabs, and no line break, because a line break would begin another header. `Host`, `Content-Length` and the like
//! follow from the request and cannot be set.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};

pub(crate) fn name(path: &str, span: Span, name: &str) -> Diagnostic {
    let better = words::name(name, "-");
    Diagnostic::error("E0212", format!("`{}` is not the name of a header", name.escape_debug()))
        .at_span(path, Some(span))
        .fix((!better.is_empty() && !path.contains(".save.")).then(|| Fix::Word(span, better)))
}

pub(crate) fn own(path: &str, span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("E0212", format!("the header `{name}` follows from the request and cannot be set"))
        .at_span(path, Some(span))
        .help("remove it")
        .fix(path.contains(".headers.").then_some(Fix::Take(span)))
}

pub(crate) fn value(path: &str, span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("E0212", "a header cannot have a line break or characters beyond ASCII in it")
        .at_span(path, Some(span))
        .fix(words::header(text).map(|better| Fix::Write(span, better.into())))
}

/// `same` says whether it has the same value there.
pub(crate) fn twice(path: &str, span: Span, name: &str, same: bool) -> Diagnostic {
    Diagnostic::error("E0212", format!("the header `{name}` is there already"))
        .at_span(path, Some(span))
        .fix(same.then_some(Fix::Take(span)))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn names_and_values() {
        check_script(
            "
countersign: 1
bot: demo
web_services:
  - id: s
    url: https://a.example/
    idempotency_key: \"a b\"
#                    ^^^^^ error E0212: `a b` is not the name of a header
    save: { x: \"header:a:b\" }
#              ^^^^^^^^^^^^ error E0212: `a:b` is not the name of a header
    headers:
      \"X Y\": a
#     ^^^^^ error E0212: `X Y` is not the name of a header
      Host: a.example
#     ^^^^ error E0212: the header `Host` follows from the request and cannot be set
      X-A: \"a\\r\\nX-B: {now}\"
#          ^^^^^^^^^^^^^^^^^ error E0212: a header cannot have a line break or characters beyond ASCII in it
      x-a: b
#     ^^^ error E0212: the header `x-a` is there already
      X-C: é
#          ^ error E0212: a header cannot have a line break or characters beyond ASCII in it
scripts:
  - { id: a, triggers: [a], steps: [{ web_service: s }] }
",
        );
    }
}
