//! Compares what the bot said with what was expected, and shows the difference.

use std::fmt::Write as _;

use similar::{ChangeTag, TextDiff};

use super::format::Expected;
use crate::color::Paint;

/// A message of the bot, in the forms that are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    /// Its text without choices.
    pub(crate) text: String,
    /// All of it on one line.
    pub(crate) line: String,
    /// The labels of its choices.
    pub(crate) labels: Vec<String>,
}

impl Said {
    fn is(&self, expected: &Expected) -> bool {
        let labels: Vec<_> = self.labels.iter().map(String::as_str).collect();
        expected.fits(&self.text, &self.line, &labels)
    }
}

/// The conversation of a test, as it is shown when the test fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Transcript {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Same(String),
    Missing(String),
    Unexpected(String),
    Changed { expected: String, actual: String },
    Note(String),
}

/// What differs, in one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Mismatch {
    /// Something else than expected.
    #[error("the bot said something else")]
    Changed {
        /// The first expectation that is not met.
        expected: usize,
    },
    /// Less than expected.
    #[error("the bot did not say what was expected")]
    Missing {
        /// The first expectation that is not met.
        expected: usize,
    },
    /// More than expected.
    #[error("the bot said more than was expected")]
    Unexpected,
}

impl Transcript {
    /// Something that happened as it should: `user: hi`.
    pub(crate) fn happened(&mut self, line: String) {
        self.entries.push(Entry::Same(line));
    }

    /// Something to know that is not part of the conversation.
    pub(crate) fn note(&mut self, text: impl Into<String>) {
        self.entries.push(Entry::Note(text.into()));
    }

    /// Adds what the bot said; tells the first difference from what was expected.
    pub(crate) fn compare(&mut self, expected: &[&Expected], said: &[Said]) -> Result<(), Mismatch> {
        let mut mismatch = None;
        let mut after = (0, 0);
        for (e, s) in pairs(expected, said).into_iter().chain([(expected.len(), said.len())]) {
            let (missing, more) = (&expected[after.0..e], &said[after.1..s]);
            for at in 0..missing.len().max(more.len()) {
                let shown = |expected: &Expected| format!("bot: {}", expected.shown());
                let (entry, found) = match (missing.get(at), more.get(at)) {
                    (Some(expected), Some(said)) => (
                        Entry::Changed { expected: shown(expected), actual: format!("bot: {}", said.line) },
                        Mismatch::Changed { expected: after.0 + at },
                    ),
                    (Some(expected), None) => {
                        (Entry::Missing(shown(expected)), Mismatch::Missing { expected: after.0 + at })
                    }
                    (None, Some(said)) => {
                        (Entry::Unexpected(format!("bot: {}", said.line)), Mismatch::Unexpected)
                    }
                    (None, None) => continue,
                };
                self.entries.push(entry);
                mismatch = mismatch.or(Some(found));
            }
            if let Some(said) = said.get(s) {
                self.happened(format!("bot: {}", said.line));
            }
            after = (e + 1, s + 1);
        }
        mismatch.map_or(Ok(()), Err)
    }

    /// The transcript as text: `-` is what was expected, `+` is what was said.
    pub(crate) fn shown(&self, paint: Paint) -> String {
        let mut shown = String::new();
        for entry in &self.entries {
            let _ = match entry {
                Entry::Same(line) => writeln!(shown, "    {line}"),
                Entry::Note(line) => writeln!(shown, "  {}", paint.yellow(format!("! {line}"))),
                Entry::Missing(line) => writeln!(shown, "  {}", paint.red(format!("- {line}"))),
                Entry::Unexpected(line) => writeln!(shown, "  {}", paint.green(format!("+ {line}"))),
                Entry::Changed { expected, actual } => {
                    let (old, new) = by_words(expected, actual, paint);
                    writeln!(shown, "  {} {old}\n  {} {new}", paint.red("-"), paint.green("+"))
                }
            };
        }
        shown
    }
}

/// The longest run of expectations that are met in order, as positions in both lists.
fn pairs(expected: &[&Expected], said: &[Said]) -> Vec<(usize, usize)> {
    let (rows, columns) = (expected.len(), said.len());
    // The length of the best run from each pair of positions on.
    let mut best = vec![vec![0usize; columns + 1]; rows + 1];
    for e in (0..rows).rev() {
        for s in (0..columns).rev() {
            best[e][s] = match said[s].is(expected[e]) {
                true => best[e + 1][s + 1] + 1,
                false => best[e + 1][s].max(best[e][s + 1]),
            };
        }
    }
    let (mut e, mut s, mut found) = (0, 0, Vec::new());
    while e < rows && s < columns {
        if said[s].is(expected[e]) {
            found.push((e, s));
            (e, s) = (e + 1, s + 1);
        } else if best[e + 1][s] >= best[e][s + 1] {
            e += 1;
        } else {
            s += 1;
        }
    }
    found
}

/// Both lines, with the words that differ in colour.
fn by_words(expected: &str, actual: &str, paint: Paint) -> (String, String) {
    if !paint.is_on() {
        return (expected.to_owned(), actual.to_owned());
    }
    let (mut old, mut new) = (String::new(), String::new());
    for change in TextDiff::from_words(expected, actual).iter_all_changes() {
        match change.tag() {
            ChangeTag::Equal => {
                old.push_str(change.value());
                new.push_str(change.value());
            }
            ChangeTag::Delete => old.push_str(&paint.red(change.value())),
            ChangeTag::Insert => new.push_str(&paint.green(change.value())),
        }
    }
    (old, new)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Said {
        Said { text: text.to_owned(), line: text.to_owned(), labels: Vec::new() }
    }

    fn compared(expected: &[&str], actual: &[&str]) -> (Option<Mismatch>, String) {
        let expected: Vec<_> = expected.iter().map(|text| Expected::text(*text)).collect();
        let actual: Vec<_> = actual.iter().map(|text| said(text)).collect();
        let mut transcript = Transcript::default();
        transcript.happened("user: hi".to_owned());
        let result = transcript.compare(&expected.iter().collect::<Vec<_>>(), &actual);
        (result.err(), transcript.shown(Paint(false)))
    }

    #[test]
    fn what_fits_is_shown_as_it_was_said() {
        let (mismatch, shown) = compared(&["a", "b"], &["a", "b"]);
        assert_eq!(mismatch, None);
        assert_eq!(shown, "    user: hi\n    bot: a\n    bot: b\n");
    }

    #[test]
    fn differences_are_marked() {
        let (mismatch, shown) = compared(&["a", "bb"], &["a", "b"]);
        assert_eq!(mismatch, Some(Mismatch::Changed { expected: 1 }));
        assert_eq!(shown, "    user: hi\n    bot: a\n  - bot: bb\n  + bot: b\n");
        let (mismatch, shown) = compared(&["a", "b"], &["b"]);
        assert_eq!(mismatch, Some(Mismatch::Missing { expected: 0 }));
        assert_eq!(shown, "    user: hi\n  - bot: a\n    bot: b\n");
        let (mismatch, shown) = compared(&["b"], &["a", "b", "c"]);
        assert_eq!(mismatch, Some(Mismatch::Unexpected));
        assert_eq!(shown, "    user: hi\n  + bot: a\n    bot: b\n  + bot: c\n");
        assert_eq!(compared(&[], &[]).0, None);
    }

    #[test]
    fn the_words_that_differ_are_coloured() {
        let (old, new) = by_words("bot: You have 5 EUR", "bot: You have 7 EUR", Paint(true));
        assert_eq!(old, "bot: You have \u{1b}[31m5\u{1b}[0m EUR");
        assert_eq!(new, "bot: You have \u{1b}[32m7\u{1b}[0m EUR");
    }
}
