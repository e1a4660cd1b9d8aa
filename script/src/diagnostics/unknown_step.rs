//! E0012: a step of an unknown kind.
//!
//! A step is a map in which one key names its kind: `message`, `media`, `location`, `link`, `card`, `options`,
//! `question`, `form`, `condition`, `set`, `auth_token`, `web_service`, `logout`, `run`, `jump`, `wait`, `transfer` or
//! `end`. Its other keys are settings. Only `end` and `logout` can stand alone.

use serde_json::json;

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::suggest::{list, nearest};
use crate::wire::Step;

pub(crate) fn unknown_step(path: &str, span: Span, keys: &[(&str, Span)]) -> Diagnostic {
    let finding = Diagnostic::error("E0012", "no key of this step names its kind");
    let slip = keys.iter().find_map(|(key, span)| Some((nearest(key, Step::KINDS.iter().copied())?, *span)));
    match slip {
        Some((meant, span)) => finding
            .at_span(path, Some(span))
            .help(format!("did you mean `{meant}`?"))
            .fix(Fix::Word(span, meant.to_owned())),
        None => {
            finding.at_span(path, Some(span)).note(format!("kinds: {}", list(Step::KINDS.iter().copied())))
        }
    }
}

pub(crate) fn no_map(path: &str, span: Span, text: &str) -> Diagnostic {
    let first = text.split(' ').next().unwrap_or(text);
    let near = nearest(first.trim_end_matches([':', '.']), Step::KINDS.iter().copied());
    let help = match near {
        Some(kind) => format!("write `{kind}: …`"),
        None => "write `message: …` for something that the bot says".to_owned(),
    };
    let rest = text[first.len()..].trim();
    let fix = match near {
        Some(kind @ ("end" | "logout")) if rest.is_empty() => Some(Fix::Write(span, kind.into())),
        Some(_) if rest.is_empty() => None,
        Some(kind) => Some(Fix::Write(span, json!({ kind: rest }))),
        None => Some(Fix::Write(span, json!({ "message": text }))),
    };
    Diagnostic::error("E0012", "a step is a map, and this is a text")
        .at_span(path, Some(span))
        .help(help)
        .fix(fix)
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{check_script, mend};

    #[test]
    fn misspelt_missing_and_no_map() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - mesage: Hi.
#       ^^^^^^ error E0012: no key of this step names its kind
      - { text: Hi. }
#       ^^^^^^^^^^^^^ error E0012: no key of this step names its kind
      - Hello there
#       ^^^^^^^^^^^ error E0012: a step is a map, and this is a text
      - end
",
        );
    }

    #[test]
    fn a_slip_can_be_mended() {
        let text =
            "countersign: 1\nbot: demo\nscripts: [{ id: a, triggers: [a], steps: [{ mesage: Hi. }] }]\n";
        assert!(mend(text, "E0012").contains("{ message: Hi. }"));
    }
}
