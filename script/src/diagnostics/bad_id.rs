//! E0011: not an id.
//!
//! An id has letters, digits, `-` and `_`, at most 64 of them. It names a bot, script, step or component; what people
//! read goes into `name` or a text.

use countersign_model::NameError;

use super::{Diagnostic, Span};
use crate::fix::Fix;

pub(crate) fn bad_id(path: &str, span: Span, id: &str, error: &NameError) -> Diagnostic {
    let finding = Diagnostic::error("E0011", error.to_string()).at_span(path, Some(span));
    let better: String = id
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
        .chars()
        .take(64)
        .collect();
    if better.is_empty() {
        return finding;
    }
    finding.help(format!("write `{better}`, for example")).fix(Fix::Rename(span, better))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn of_bots_scripts_and_steps() {
        let found = check_script(
            "
countersign: 1
bot: my bot
#    ^^^^^^ error E0011: an id has only letters, digits, `-` and `_`, so ` ` cannot be in it
scripts:
  - id: \"\"
#       ^^ error E0011: an id cannot be empty
    triggers: [a]
    steps:
      - { id: a.b, message: Hi. }
#             ^^^ error E0011: an id has only letters, digits, `-` and `_`, so `.` cannot be in it
",
        );
        assert_eq!(found[0].help.as_ref().unwrap().text, "write `my-bot`, for example");
    }
}
