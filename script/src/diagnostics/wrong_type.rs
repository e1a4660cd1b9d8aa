//! E0008: something else stands here than should.
//!
//! A text where a number must stand, a list where a single value must, a key without a value, and the like.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};
use crate::node::{Kind, Node, Scalar};

pub(crate) fn wrong_type(path: &str, span: Span, wanted: &str, found: &str) -> Diagnostic {
    let key = path.rsplit('.').next().unwrap_or(path);
    let message = if key.is_empty() {
        format!("a bot file is {wanted}; here stands {found}")
    } else {
        format!("`{key}` is {wanted}; here stands {found}")
    };
    let finding =
        Diagnostic::error("E0008", message).at_span(path, Some(span)).label(format!("this is {found}"));
    if wanted == "a number of seconds" {
        return finding.help("write the seconds alone: `900` is 15 minutes, `3600` an hour");
    }
    finding
}

/// Says with which value that is.
pub(crate) fn mended(finding: Diagnostic, wanted: &str, fix: Fix) -> Diagnostic {
    match &fix {
        Fix::Write(_, value) if wanted == "a number of seconds" => {
            let help = format!("write the seconds alone: `{value}`");
            finding.help(help).fix(fix)
        }
        _ => finding.fix(fix),
    }
}

/// What is most likely meant by a value that is something else than is wanted.
pub(crate) fn meant(node: &Node<'_>, wanted: &str, key: Option<&str>) -> Option<Fix> {
    let span = node.span;
    let text = match (&node.kind, node.scalar()) {
        (_, Some(Scalar::Null)) => return None,
        (Kind::Scalar { text, .. }, _) => Some(&**text),
        _ => None,
    };
    let fraction = matches!(key, Some("wait" | "first_digit_timeout" | "between_digits_timeout"));
    let whole = |number: f64| words::as_json(if fraction { number } else { number.abs().round() });
    match (wanted, text, &node.kind) {
        (_, Some(text), _) if wanted.starts_with("true or false") => {
            words::truth(text).map(|truth| Fix::Write(span, truth.into()))
        }
        ("a number of seconds", Some(text), _) => {
            words::seconds(text).map(|seconds| Fix::Write(span, whole(seconds)))
        }
        (_, Some(text), _) if wanted.starts_with("a whole number") => {
            words::number(text).map(|number| Fix::Write(span, words::as_json(number.abs().round())))
        }
        ("a number", Some(text), _) => {
            words::number(text).map(|number| Fix::Write(span, words::as_json(number)))
        }
        ("a list", _, Kind::Scalar { .. } | Kind::Map(_)) => Some(Fix::Wrap(span)),
        ("a map", Some(text), _) => {
            let (name, value) = text.split_once(": ")?;
            let good = !name.is_empty() && !name.contains(char::is_whitespace) && !text.contains('\n');
            good.then(|| Fix::Write(span, serde_json::json!({ name: value.trim() })))
        }
        ("a map", _, Kind::List(items)) => merged(items).map(|map| Fix::Write(span, map)),
        (_, _, Kind::Map(_)) if wanted.starts_with("a text") => Some(Fix::Quote(span)),
        (_, _, Kind::List(items)) if wanted.starts_with("a text") => match &**items {
            [Node { kind: Kind::Scalar { text, .. }, .. }] => Some(Fix::Write(span, (&**text).into())),
            _ => None,
        },
        _ => None,
    }
}

/// `[{ a: 1 }, { b: 2 }]` is `{ a: 1, b: 2 }`.
fn merged(items: &[Node<'_>]) -> Option<serde_json::Value> {
    let mut all = serde_json::Map::new();
    for item in items {
        let Kind::Map(entries) = &item.kind else { return None };
        for (key, value) in entries {
            let Kind::Scalar { text, .. } = &value.kind else { return None };
            if all.insert(key.text.to_string(), (&**text).into()).is_some() {
                return None;
            }
        }
    }
    (!all.is_empty()).then_some(all.into())
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;
    use crate::{CheckOptions, check};

    /// All are found, in one go.
    #[test]
    fn each_is_told_in_the_words_of_an_author() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: login
    url: https://bank.example/login
    ttl: soon
#        ^^^^ error E0008: `ttl` is a number of seconds; here stands a text
    is_json: yes
#            ^^^ error E0008: `is_json` is true or false; here stands a text
    attempts: -1
#             ^^ error E0008: `attempts` is a whole number; here stands a number
    questions:
      - { question: { en: [x, [y]] }, field: name }
#                             ^^^ error E0008: `en[1]` is a text; here stands a list
      - name
#       ^^^^ error E0008: `questions[1]` is a question; here stands a text
scripts:
  - id: a
    triggers: [a]
    steps:
      - message:
# anywhere error E0008: `message` is a text; here stands nothing
      - wait: [1]
#             ^^^ error E0008: `wait` is a number of seconds; here stands a list
      - 7
#       ^ error E0008: `steps[2]` is a step; here stands a number
",
        );
    }

    #[test]
    fn a_file_that_is_no_map() {
        let found = check("b.yaml", "- a\n", &CheckOptions::default()).diagnostics;
        assert_eq!(found[0].message, "a bot file is a map that describes a bot; here stands a list");
    }
}
