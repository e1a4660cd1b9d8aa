//! E0209: a placeholder that does not exist.
//!
//! There are `{NAME}` for variables, `{val1}`, `{val2}`, … for answers, `{authtoken}` and `{authtoken:ID}`,
//! `{secret.NAME}`, `{config.NAME}`, `{contact.name}`, `{contact.address}`, `{channel}` and `{now}`. A condition looks at
//! a variable, `channel`, `language`, `contact.name` or `contact.address`.

use super::{Diagnostic, Span};
use crate::fix::Fix;
use crate::suggest::nearest;

/// Placeholders with a dot, and the beginnings of those that the author completes.
const KNOWN: [&str; 2] = ["contact.name", "contact.address"];
const BEGINNINGS: [&str; 4] = ["secret", "config", "contact", "authtoken"];

/// `exact` says whether the span is that of the placeholder alone.
pub(crate) fn unknown_placeholder(path: &str, span: Span, name: &str, exact: bool) -> Diagnostic {
    let finding =
        Diagnostic::error("E0209", format!("there is no placeholder `{{{name}}}`")).at_span(path, Some(span));
    let better = meant(name).filter(|_| exact);
    let fix = better.map(|better| Fix::Text(span, format!("{{{better}}}")));
    with_help(finding, name).fix(fix)
}

pub(crate) fn unknown_subject(path: &str, span: Span, name: &str) -> Diagnostic {
    let finding =
        Diagnostic::error("E0209", format!("a condition cannot look at `{name}`")).at_span(path, Some(span));
    with_help(finding, name)
}

/// What was most likely meant, without braces.
fn meant(name: &str) -> Option<String> {
    if let Some(meant) = nearest(name, KNOWN) {
        return Some(meant.to_owned());
    }
    let (first, rest) = name.split_once(['.', ':']).filter(|(_, rest)| !rest.is_empty())?;
    match nearest(first, BEGINNINGS)? {
        "contact" => None,
        "authtoken" => Some(format!("authtoken:{rest}")),
        meant => Some(format!("{meant}.{rest}")),
    }
}

fn with_help(finding: Diagnostic, name: &str) -> Diagnostic {
    if let Some(meant) = nearest(name, KNOWN) {
        return finding.help(format!("did you mean `{meant}`?"));
    }
    let (first, rest) = name.split_once(['.', ':']).unwrap_or((name, ""));
    match nearest(first, BEGINNINGS) {
        Some("contact") => finding.note("of a contact there are `contact.name` and `contact.address`"),
        Some("authtoken") => finding.help(format!("did you mean `{{authtoken:{rest}}}`?")),
        Some(meant) => finding.help(format!("did you mean `{{{meant}.{rest}}}`?")),
        None => finding.note("save the part that you need in a variable of its own"),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn in_texts_and_conditions() {
        let found = check_script("
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - message: \"{contact.nmae} {contact.phone} {confg.url} {user.name}\"
#                 ^^^^^^^^^^^^^^ error E0209: there is no placeholder `{contact.nmae}`
#                                ^^^^^^^^^^^^^^^ error E0209: there is no placeholder `{contact.phone}`
#                                                ^^^^^^^^^^^ error E0209: there is no placeholder `{confg.url}`
#                                                            ^^^^^^^^^^^ error E0209: there is no placeholder `{user.name}`
      - condition: { contact.adress: x }
#                    ^^^^^^^^^^^^^^ error E0209: a condition cannot look at `contact.adress`
");
        let help = |index: usize| found[index].help.as_ref().map(|help| help.text.as_str());
        assert_eq!(help(0), Some("did you mean `contact.name`?"));
        assert_eq!(help(2), Some("did you mean `{config.url}`?"));
        assert_eq!(found[3].notes, ["save the part that you need in a variable of its own"]);
        assert_eq!(help(4), Some("did you mean `contact.address`?"));
    }
}
