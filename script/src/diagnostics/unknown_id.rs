//! E0201: an id that nothing has.
//!
//! A step names a component, script or step that is not there. Most often the id is misspelt. A branch leads to a step
//! of the same script or to a script; a step of another script cannot be reached from outside.

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::suggest::{list, nearest};

/// `other` is the kind of step that runs what has this id.
pub(crate) fn unknown_id(
    path: &str,
    span: Span,
    what: &str,
    id: &str,
    mut known: Vec<&str>,
    other: Option<&'static str>,
) -> Diagnostic {
    known.sort_unstable();
    let finding = Diagnostic::error("E0201", format!("there is no {what} `{id}`")).at_span(path, Some(span));
    if let Some(other) = other {
        return finding.help(format!("write `{other}: {id}`")).fix(Fix::Kind(span, other, id.to_owned()));
    }
    // In a placeholder the id is a part of the text.
    let inside = path_is_of_a_text(path);
    suggest(finding, id, &known, |meant| match inside {
        true => Fix::Text(span, format!("{{authtoken:{meant}}}")),
        false => Fix::Word(span, meant.to_owned()),
    })
}

fn path_is_of_a_text(path: &str) -> bool {
    let key = path.rsplit(['.', ']']).next().unwrap_or(path);
    !matches!(key, "auth_token" | "logout" | "web_service" | "form" | "run" | "before")
}

pub(crate) fn no_tokens(path: &str, span: Span) -> Diagnostic {
    Diagnostic::error("E0201", "the bot has no Authorization Token whose token could stand here")
        .at_span(path, Some(span))
        .help("add a component under `authorization_tokens`")
}

pub(crate) fn unknown_target<'k>(
    path: &str,
    span: Span,
    id: &str,
    known: impl Iterator<Item = &'k str>,
    elsewhere: Option<&str>,
) -> Diagnostic {
    let mut known: Vec<_> = known.collect();
    known.sort_unstable();
    known.dedup();
    let finding = Diagnostic::error("E0201", format!("there is no step of this script and no script `{id}`"))
        .at_span(path, Some(span));
    match elsewhere {
        Some(script) => finding
            .note(format!("`{id}` is a step of the script `{script}`"))
            .help(format!("lead to `{script}`, or move the step into a script of its own")),
        None => suggest(finding, id, &known, |meant| Fix::Word(span, meant.to_owned())),
    }
}

fn suggest(finding: Diagnostic, id: &str, known: &[&str], fix: impl Fn(&str) -> Fix) -> Diagnostic {
    const MANY: usize = 12;
    match nearest(id, known.iter().copied()) {
        Some(meant) => finding.help(format!("did you mean `{meant}`?")).fix(fix(meant)),
        None if known.is_empty() => finding.note("there is none at all"),
        None if known.len() > MANY => finding,
        None => finding.note(format!("there is {}", list(known.iter().copied()))),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{bank, check_script, mend};

    #[test]
    fn components_scripts_and_steps() {
        let found = check_script(&bank(
            "\
scripts:
  - id: a
    triggers: [a]
    steps:
      - auth_token: bnk-login
#                   ^^^^^^^^^ error E0201: there is no Authorization Token `bnk-login`
      - web_service: weather
#                    ^^^^^^^ error E0201: there is no Web Service `weather`
        failed: sory
#               ^^^^ error E0201: there is no step of this script and no script `sory`
        status: { 404: there }
#                      ^^^^^ error E0201: there is no step of this script and no script `there`
      - form: survey
#             ^^^^^^ error E0201: there is no Form `survey`
      - run: c
#            ^ error E0201: there is no script `c`
      - id: sorry
        logout: me
#               ^^ error E0201: there is no Authorization Token `me`
  - id: b
    steps:
      - { id: there, message: Hi. }
",
        ));
        let help = |index: usize| found[index].help.as_ref().map(|help| help.text.as_str());
        assert_eq!(help(0), Some("did you mean `bank-login`?"));
        assert_eq!(found[1].notes, ["there is `get-balance`"]);
        assert_eq!(help(2), Some("did you mean `sorry`?"));
        assert_eq!(found[3].notes, ["`there` is a step of the script `b`"]);
        assert_eq!(found[4].notes, ["there is none at all"]);
    }

    /// What could not be read is not called unknown as well.
    #[test]
    fn of_a_broken_component() {
        check_script(
            "
countersign: 1
bot: demo
web_services:
  - id: get
#   ^^^^^^^ error E0009: this needs `url`
scripts:
  - { id: a, triggers: [a], steps: [{ web_service: get }] }
",
        );
    }

    #[test]
    fn a_token_of_nobody() {
        check_script("
countersign: 1
bot: demo
web_services:
  - { id: s, url: https://a.example/, headers: { Authorization: \"Bearer {authtoken}\" } }
#                                                                       ^^^^^^^^^^^ error E0201: the bot has no Authorization Token whose token could stand here
scripts:
  - { id: a, triggers: [a], steps: [{ web_service: s }] }
");
    }

    #[test]
    fn a_slip_can_be_mended() {
        let text = bank(
            "scripts: [{ id: a, triggers: [a], steps: [{ auth_token: bank-login }, { web_service: get-balanse }] }]\n",
        );
        assert!(mend(&text, "E0201").contains("{ web_service: get-balance }"));
    }
}
