//! E0204: not a path.
//!
//! A path leads to a value in a JSON answer. It is a field name (`token`), a dotted path with positions counted from 0
//! (`accounts[0].balance`), or a JSONPath of RFC 9535, which begins with `$` (`$.accounts[?@.open].balance`). A key with
//! a dot or a space in it needs a JSONPath: `$['first.name']`.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};
use crate::path::PathError;

/// `whole` is the value, when all of it is the path.
pub(crate) fn bad_path(path: &str, span: Span, error: &PathError, whole: Option<(Span, &str)>) -> Diagnostic {
    let better = whole.and_then(|(span, text)| Some(Fix::Write(span, words::path(text)?.into())));
    let finding = Diagnostic::error("E0204", error.to_string()).at_span(path, Some(span)).fix(better);
    match error {
        PathError::JsonPath { .. } => finding
            .label("from here on it cannot be read")
            .help("a JSONPath looks like `$.accounts[0].balance`"),
        _ => finding.help("a path is a field name (`token`), or names and positions (`accounts[0].balance`)"),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn wherever_a_path_stands() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: t
    url: https://a.example/
    token_path: data..token
#                    ^ error E0204: a name is missing beside this dot
    expires_in_path: \"\"
#                    ^^ error E0204: a path cannot be empty
    expired_when: { field: \"a[x]\" }
#                            ^ error E0204: a position in a list is a number, counted from 0
web_services:
  - id: s
    url: https://a.example/
    save: { a: \"é.b c\" }
#                  ^ error E0204: ` ` cannot stand in a dotted path; write a JSONPath such as `$['a b']`
    each: { list: \"$.x[?\", line: \"{item.a..b}\", save: lines }
#                      ^ error E0204: this is not a JSONPath (RFC 9535)
#                                 ^^^^^^^^^^^ error E0204: a name is missing beside this dot
scripts:
  - { id: a, triggers: [a], steps: [{ auth_token: t }, { web_service: s }] }
",
        );
    }
}
