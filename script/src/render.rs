//! Findings as a person reads them in a terminal, and as one JSON object for programs.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, normalize_untrusted_str};
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostic, Edit, Severity, Span};

/// Whether the output has colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Text alone, for files and pipes.
    Plain,
    /// With the colours of a terminal.
    Colour,
}

/// The widest that the output is when the terminal does not say.
pub const WIDTH: usize = 120;

/// All findings of a file with snippets of its text, and a summary in the last line. Empty when there are none.
///
/// `width` is that of the terminal, in columns; longer lines of the file are cut around the place.
pub fn human(file: &str, text: &str, findings: &[Diagnostic], style: Style, width: usize) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled().hyperlink(false),
    };
    let renderer = renderer.decor_style(DecorStyle::Ascii).term_width(width.clamp(40, 1000));
    let mut out = String::new();
    for finding in findings {
        out.push_str(&one(file, text, finding, &renderer));
        out.push_str("\n\n");
    }
    if let Some(summary) = summary(file, findings) {
        out.push_str(&summary);
        out.push('\n');
    }
    out
}

/// `2 errors, 1 warning in demo.yaml`; `None` when there are no findings.
pub fn summary(file: &str, findings: &[Diagnostic]) -> Option<String> {
    let (errors, warnings) = counts(findings);
    let of = |count: usize, noun: &str| match count {
        0 => None,
        1 => Some(format!("1 {noun}")),
        _ => Some(format!("{count} {noun}s")),
    };
    let parts: Vec<_> = [of(errors, "error"), of(warnings, "warning")].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("{} in {}", parts.join(", "), normalize_untrusted_str(file)))
}

/// The findings for programs, pretty-printed JSON that ends with a line break. See [`Output`].
pub fn json(file: &str, text: &str, findings: &[Diagnostic]) -> String {
    let output = Output::new(file, text, findings);
    // These types hold texts and numbers alone, which cannot fail to be written.
    let mut json = serde_json::to_string_pretty(&output).unwrap_or_default();
    json.push('\n');
    json
}

/// What `check --format json` prints. Fields are only ever added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Output {
    /// The file, as it was named.
    pub file: String,
    /// How many findings are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// The findings in the order of the file.
    pub diagnostics: Vec<Finding>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// A stable code: `E0101`.
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    /// What is wrong, in one line.
    pub message: String,
    /// Where in the bot: `scripts.balance.steps[1]`.
    pub path: String,
    /// Where in the file; absent when it is about no place.
    #[serde(flatten)]
    pub place: Option<Position>,
    /// All places, the first of them the one above.
    pub labels: Vec<Labelled>,
    /// More to know.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<Advice>,
}

/// A stretch of the file. Lines and columns count from 1, columns in characters; the end is the column after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The line of the first character.
    pub line: usize,
    /// Its column.
    pub column: usize,
    /// The line of the character after the last.
    pub end_line: usize,
    /// Its column.
    pub end_column: usize,
}

/// A place with a few words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labelled {
    /// Where.
    #[serde(flatten)]
    pub place: Position,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// How to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// In words.
    pub text: String,
    /// As an edit of the file, where one alone mends it.
    pub edit: Option<Change>,
    /// As edits of the file that mend it together; empty when a person has to decide.
    #[serde(default)]
    pub edits: Vec<Change>,
}

/// An edit: the stretch is replaced by the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What is replaced; empty for an insertion.
    #[serde(flatten)]
    pub place: Position,
    /// What comes there.
    pub text: String,
}

impl Output {
    /// The findings of a file.
    pub fn new(file: &str, text: &str, findings: &[Diagnostic]) -> Self {
        let lines = Lines::new(text);
        let (errors, warnings) = counts(findings);
        let diagnostics = findings.iter().map(|finding| Finding::new(finding, &lines)).collect();
        Self { file: file.to_owned(), errors, warnings, diagnostics }
    }
}

impl Finding {
    fn new(finding: &Diagnostic, lines: &Lines<'_>) -> Self {
        let labels: Vec<_> = finding
            .labels
            .iter()
            .map(|label| Labelled { place: lines.position(label.span), text: label.text.clone() })
            .collect();
        Self {
            code: finding.code.to_owned(),
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            }
            .to_owned(),
            message: finding.message.clone(),
            path: finding.path.clone(),
            place: labels.first().map(|label| label.place),
            labels,
            notes: finding.notes.clone(),
            help: finding.help.as_ref().map(|help| {
                let change =
                    |edit: &Edit| Change { place: lines.position(edit.span), text: edit.text.clone() };
                let edits: Vec<_> = help.edits.iter().map(change).collect();
                let edit = <&[Change; 1]>::try_from(&*edits).ok().map(|[only]| only.clone());
                Advice { text: help.text.clone(), edit, edits }
            }),
        }
    }
}

/// Where the lines of a text begin.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let after_breaks = text.match_indices('\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    pub(crate) fn position(&self, span: Span) -> Position {
        let span = within(self.text, span);
        let (line, column) = self.place(span.start);
        let (end_line, end_column) = self.place(span.end);
        Position { line, column, end_line, end_column }
    }

    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        (line, self.text[start..at].chars().count() + 1)
    }
}

fn counts(findings: &[Diagnostic]) -> (usize, usize) {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    (errors, findings.len() - errors)
}

/// One finding, without the line break at its end.
fn one(file: &str, text: &str, finding: &Diagnostic, renderer: &Renderer) -> String {
    let level = match finding.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_title(level.primary_title(clean(&finding.message)).id(finding.code));
    if finding.labels.is_empty() {
        group = group.element(Origin::path(file));
    } else {
        let (text, first_line, offset) = excerpt(text, finding);
        let mut snippet = Snippet::source(text).path(file).line_start(first_line).fold(true);
        for (number, label) in finding.labels.iter().enumerate() {
            let kind = if number == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let span = shift(text, label.span, offset);
            let words = (!label.text.is_empty()).then(|| clean(&label.text));
            snippet = snippet.annotation(kind.span(span).label(words));
        }
        group = group.element(snippet);
    }
    if !finding.path.is_empty() {
        group = group.element(Level::NOTE.with_name("at").message(clean(&finding.path)));
    }
    for note in together(&finding.notes) {
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(help) = &finding.help {
        group = group.element(Level::HELP.message(clean(&help.text)));
    }
    renderer.render(&[group])
}

/// The part of a text that has all places of a finding in it, the number of its first line, and where it begins. A
/// long file is not scanned anew for each finding.
fn excerpt<'t>(text: &'t str, finding: &Diagnostic) -> (&'t str, usize, usize) {
    let spans = || finding.labels.iter().map(|label| within(text, label.span));
    let first = spans().map(|span| span.start).min().unwrap_or(0);
    let last = spans().map(|span| span.end).max().unwrap_or(0);
    let start = text[..first].rfind('\n').map_or(0, |at| at + 1);
    let end = text[last..].find('\n').map_or(text.len(), |at| last + at);
    (text[start..end].trim_end_matches('\r'), 1 + text[..start].matches('\n').count(), start)
}

fn shift(excerpt: &str, span: Span, offset: usize) -> Range<usize> {
    let moved = Span { start: span.start.saturating_sub(offset), end: span.end.saturating_sub(offset) };
    let Span { start, end } = within(excerpt, moved);
    start..end
}

/// The span, moved to where characters begin and into the text, so that no place can make the output fail.
fn within(text: &str, span: Span) -> Span {
    let boundary = |at: usize| text.floor_char_boundary(at.min(text.len()));
    let start = boundary(span.start);
    Span { start, end: boundary(span.end).max(start) }
}

/// Numbered notes belong to one way, so they are shown as one note of several lines.
fn together(notes: &[String]) -> Vec<String> {
    let mut shown: BTreeMap<usize, String> = BTreeMap::new();
    let mut current = 0;
    for (at, note) in notes.iter().enumerate() {
        let number: Option<usize> = note.split_once(". ").and_then(|(number, _)| number.parse().ok());
        match (number, shown.get_mut(&current)) {
            (Some(2..), Some(way)) => {
                way.push('\n');
                way.push_str(&clean(note));
            }
            _ => {
                current = at;
                shown.insert(at, clean(note));
            }
        }
    }
    shown.into_values().collect()
}

/// A bot file may hold control characters; a terminal must not obey them.
fn clean(text: &str) -> String {
    normalize_untrusted_str(text)
}

#[cfg(test)]
mod tests {
    use insta::assert_snapshot;

    use super::*;
    use crate::diagnostics::{Edit, Help, Label};

    fn finding(text: &str, marked: &str, label: &str) -> Diagnostic {
        let start = text.find(marked).unwrap();
        let span = Span { start, end: start + marked.len() };
        Diagnostic::error("E0101", "something is wrong").at_span("scripts.a", Some(span)).label(label)
    }

    fn plain(text: &str, findings: &[Diagnostic]) -> String {
        human("demo.yaml", text, findings, Style::Plain, 80)
    }

    #[test]
    fn a_finding_with_everything() {
        let text =
            "scripts:\n  - id: a\n    steps:\n      - web_service: get\n      - message: Hi\n      - end\n";
        let finding = finding(text, "get", "used here")
            .also(Some(Span { start: 15, end: 17 }), "in this script")
            .note("1. trigger `a` starts `scripts.a`")
            .note("2. `scripts.a.steps[0]` uses it")
            .note("another thing to know")
            .help("insert `- auth_token: t` before this step");
        assert_snapshot!(plain(text, &[finding]), @r#"
        error[E0101]: something is wrong
         --> demo.yaml:4:22
          |
        2 |   - id: a
          |       -- in this script
        3 |     steps:
        4 |       - web_service: get
          |                      ^^^ used here
          |
          = at: scripts.a
          = note: 1. trigger `a` starts `scripts.a`
                  2. `scripts.a.steps[0]` uses it
          = note: another thing to know
          = help: insert `- auth_token: t` before this step

        1 error in demo.yaml
        "#);
    }

    #[test]
    fn a_finding_without_a_place() {
        let finding = Diagnostic::warning("W0001", "an empty file").at("scripts", &Default::default());
        assert_snapshot!(plain("", &[finding.clone(), finding]), @r#"
        warning[W0001]: an empty file
        --> demo.yaml
         = at: scripts

        warning[W0001]: an empty file
        --> demo.yaml
         = at: scripts

        2 warnings in demo.yaml
        "#);
        assert_eq!(plain("", &[]), "");
    }

    #[test]
    fn wide_and_combining_characters_and_tabs_stay_in_line() {
        for (text, marked) in [
            ("name: \"残高 {balance}\"\n", "{balance}"),
            ("name: \"a\u{301}\u{308}bc {balance}\"\n", "{balance}"),
            ("name:\t\"\t{balance}\"\n", "{balance}"),
            ("name: \"👍 {balance}\"\n", "{balance}"),
        ] {
            let shown = plain(text, &[finding(text, marked, "here")]);
            let lines: Vec<_> = shown.lines().collect();
            let width = |text: &str| {
                use unicode_width_of as width;
                width(text)
            };
            let source = lines[3];
            let carets = lines[4];
            let before = &source[..source.find(marked).unwrap()];
            let gap = &carets[..carets.find('^').unwrap()];
            assert_eq!(width(before), width(gap), "\n{shown}");
        }
    }

    /// Columns that a terminal needs, for the few characters of these tests.
    fn unicode_width_of(text: &str) -> usize {
        let of = |c: char| match c {
            '\u{300}'..='\u{36f}' => 0,
            '\u{4e00}'..='\u{9fff}' | '\u{1f300}'..='\u{1faff}' => 2,
            _ => 1,
        };
        text.chars().map(of).sum()
    }

    #[test]
    fn line_breaks_of_dos() {
        let text = "bot: demo\r\nname: {oops}\r\nscripts: []\r\n";
        assert_snapshot!(plain(text, &[finding(text, "{oops}", "here")]), @r#"
        error[E0101]: something is wrong
         --> demo.yaml:2:7
          |
        2 | name: {oops}
          |       ^^^^^^ here
          |
          = at: scripts.a

        1 error in demo.yaml
        "#);
    }

    #[test]
    fn a_place_of_several_lines() {
        let text = "scripts:\n  - id: a\n    steps:\n      - end\n";
        assert_snapshot!(plain(text, &[finding(text, "id: a\n    steps:\n      - end", "this script")]), @r#"
        error[E0101]: something is wrong
         --> demo.yaml:2:5
          |
        2 |     - id: a
          |  _____^
        3 | |     steps:
        4 | |       - end
          | |___________^ this script
          |
          = at: scripts.a

        1 error in demo.yaml
        "#);
    }

    #[test]
    fn a_very_long_line_is_cut() {
        let text = format!("message: \"{} {{oops}} {}\"\n", "x".repeat(3000), "y".repeat(3000));
        let shown = plain(&text, &[finding(&text, "{oops}", "here")]);
        assert!(shown.lines().all(|line| line.chars().count() <= 100), "{shown}");
        assert!(shown.contains("{oops}"), "{shown}");
    }

    #[test]
    fn places_that_are_none_do_no_harm() {
        let text = "größe: 1\n";
        for (start, end) in [(0, 9999), (9999, 9999), (3, 4), (4, 2), (text.len(), text.len())] {
            let finding = Diagnostic::error("E0001", "x").at_span("a", Some(Span { start, end }));
            assert!(plain(text, std::slice::from_ref(&finding)).contains("error[E0001]: x"), "{start} {end}");
            assert!(json("a", text, &[finding]).contains("E0001"));
        }
        let finding = Diagnostic::error("E0001", "x").at_span("a", Some(Span { start: 0, end: 0 }));
        assert!(plain("", &[finding]).contains("error[E0001]: x"));
    }

    #[test]
    fn a_terminal_does_not_obey_the_file() {
        let text = "name: \"\u{1b}[31m\u{7}{oops}\u{202e}\"\n";
        let mut finding = finding(text, "{oops}", "\u{1b}[2J");
        finding.message = "\u{1b}[2Jgone".to_owned();
        finding.notes = vec!["\u{1b}[2J".to_owned()];
        finding.help = Some(Help { text: "\u{1b}[2J".to_owned(), edits: Vec::new() });
        let shown = plain(text, &[finding]);
        assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{shown:?}");
    }

    #[test]
    fn colours_only_when_asked() {
        let text = "bot: demo\n";
        let findings = [finding(text, "demo", "here")];
        assert!(!human("a", text, &findings, Style::Plain, 80).contains('\u{1b}'));
        let coloured = human("a", text, &findings, Style::Colour, 80);
        assert!(coloured.contains("\u{1b}["));
        assert!(coloured.contains("error[E0101]"));
    }

    #[test]
    fn the_summary_counts() {
        let error = Diagnostic::error("E0001", "x");
        let warning = Diagnostic::warning("W0001", "x");
        let of = |findings: &[Diagnostic]| summary("demo.yaml", findings);
        assert_eq!(of(&[]), None);
        assert_eq!(of(std::slice::from_ref(&error)).unwrap(), "1 error in demo.yaml");
        assert_eq!(of(&[warning.clone(), warning.clone()]).unwrap(), "2 warnings in demo.yaml");
        assert_eq!(of(&[error.clone(), warning, error]).unwrap(), "2 errors, 1 warning in demo.yaml");
    }

    #[test]
    fn json_has_lines_and_columns_from_one() {
        let text = "name: \"größe {oops}\"\nbot: demo\n";
        let mut finding = finding(text, "{oops}", "here").note("a note");
        let span = finding.labels[0].span;
        finding
            .labels
            .push(Label { span: Span { start: span.end + 2, end: text.len() }, text: String::new() });
        finding.help = Some(Help {
            text: "did you mean `{ok}`?".to_owned(),
            edits: vec![Edit { span, text: "{ok}".to_owned() }],
        });
        let json = json("demo.yaml", text, &[finding, Diagnostic::warning("W0001", "nowhere")]);
        let read: Output = serde_json::from_str(&json).unwrap();
        let first = &read.diagnostics[0];
        let place = Position { line: 1, column: 14, end_line: 1, end_column: 20 };
        assert_eq!(first.place, Some(place));
        assert_eq!(first.labels[1].place, Position { line: 2, column: 1, end_line: 3, end_column: 1 });
        assert_eq!(first.help.as_ref().unwrap().edit.as_ref().unwrap().place, place);
        assert_eq!(read.diagnostics[1].place, None);
        assert_snapshot!(json, @r#"
        {
          "file": "demo.yaml",
          "errors": 1,
          "warnings": 1,
          "diagnostics": [
            {
              "code": "E0101",
              "severity": "error",
              "message": "something is wrong",
              "path": "scripts.a",
              "line": 1,
              "column": 14,
              "end_line": 1,
              "end_column": 20,
              "labels": [
                {
                  "line": 1,
                  "column": 14,
                  "end_line": 1,
                  "end_column": 20,
                  "text": "here"
                },
                {
                  "line": 2,
                  "column": 1,
                  "end_line": 3,
                  "end_column": 1,
                  "text": ""
                }
              ],
              "notes": [
                "a note"
              ],
              "help": {
                "text": "did you mean `{ok}`?",
                "edit": {
                  "line": 1,
                  "column": 14,
                  "end_line": 1,
                  "end_column": 20,
                  "text": "{ok}"
                },
                "edits": [
                  {
                    "line": 1,
                    "column": 14,
                    "end_line": 1,
                    "end_column": 20,
                    "text": "{ok}"
                  }
                ]
              }
            },
            {
              "code": "W0001",
              "severity": "warning",
              "message": "nowhere",
              "path": "",
              "labels": [],
              "notes": [],
              "help": null
            }
          ]
        }
        "#);
    }
}
