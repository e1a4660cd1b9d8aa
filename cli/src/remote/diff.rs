use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use crate::color::Paint;

/// How many lines are shown around what differs.
const AROUND: usize = 3;

/// How the draft on a server and a file differ: as `diff -u` writes it. Empty when they are the same.
pub(crate) fn shown(on_server: &str, in_file: &str, paint: Paint) -> String {
    let diff = TextDiff::from_lines(on_server, in_file);
    let mut out = String::new();
    for hunk in diff.unified_diff().context_radius(AROUND).iter_hunks() {
        let _ = writeln!(out, "{}", paint.cyan(hunk.header()));
        for change in hunk.iter_changes() {
            let line: String = change.value().trim_end_matches(['\r', '\n']).chars().map(visible).collect();
            let _ = match change.tag() {
                ChangeTag::Equal => writeln!(out, " {line}"),
                ChangeTag::Delete => writeln!(out, "{}", paint.red(format!("-{line}"))),
                ChangeTag::Insert => writeln!(out, "{}", paint.green(format!("+{line}"))),
            };
        }
    }
    out
}

/// What a server sends is not obeyed by the terminal.
fn visible(c: char) -> char {
    if c.is_control() && c != '\t' { '\u{fffd}' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_looks_like_every_other_diff() {
        let old: String = (1..=9).map(|n| format!("line {n}\n")).collect();
        let new = old.replace("line 5\n", "line five\n");
        assert_eq!(
            shown(&old, &new, Paint(false)),
            "@@ -2,7 +2,7 @@\n line 2\n line 3\n line 4\n-line 5\n+line five\n line 6\n line 7\n line 8\n"
        );
        assert_eq!(shown(&old, &old, Paint(false)), "");
        assert!(shown("a\u{1b}[2J\n", "", Paint(false)).contains("-a\u{fffd}[2J"));
    }
}
