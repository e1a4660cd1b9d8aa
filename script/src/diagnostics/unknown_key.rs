//! E0007: a key that is not known here.
//!
//! The key is misspelt, or it belongs somewhere else. Unknown keys are refused because a setting that is silently
//! ignored is worse than none.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};
use crate::suggest::{list, nearest};

/// `free` are the known keys that are not there yet.
pub(crate) fn unknown_key(path: &str, span: Span, key: &str, known: &[&str], free: &[&str]) -> Diagnostic {
    let finding = Diagnostic::error("E0007", format!("there is no `{key}` here")).at_span(path, Some(span));
    match nearest(key, free.iter().copied()).or_else(|| words::longer(key, free)) {
        Some(meant) => finding
            .label("unknown key")
            .help(format!("did you mean `{meant}`?"))
            .fix(Fix::Word(span, meant.to_owned())),
        None => finding.label("unknown key").note(format!("known here: {}", list(known.iter().copied()))),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{check_script, mend};

    const FILE: &str = "
countersign: 1
bot: demo
colour: red
# anywhere error E0007: there is no `colour` here
scripts:
  - id: a
    trigers: [a]
#   ^^^^^^^ error E0007: there is no `trigers` here
    triggers: [b]
    steps:
      - message: Hi.
        captoin: x
#       ^^^^^^^ error E0007: there is no `captoin` here
";

    #[test]
    fn everywhere_at_once() {
        let found = check_script(FILE);
        assert!(found[0].notes[0].starts_with("known here: `countersign`, `bot`, "));
        assert_eq!(found[1].path, "scripts.a.trigers");
        assert_eq!(found[2].path, "scripts.a.steps[0].captoin");
    }

    #[test]
    fn a_slip_can_be_mended() {
        let text = "countersign: 1\nbot: demo\nscripts:\n  - { id: a, triggers: [a], stepps: [end] }\n";
        assert!(mend(text, "E0007").contains("steps: [end]"));
    }
}
