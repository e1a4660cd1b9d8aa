//! Findings as a person reads them in a terminal, and as one JSON object for programs.

use std::collections::BTreeMap;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet, normalize_untrusted_str};
use serde::{Deserialize, Serialize};

use crate::diagnostics::{Diagnostic, Severity, Span};

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
    /// As an edit of the file, where one is known.
    pub edit: Option<Change>,
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
            help: finding.help.as_ref().map(|help| Advice {
                text: help.text.clone(),
                edit: help
                    .edit
                    .as_ref()
                    .map(|edit| Change { place: lines.position(edit.span), text: edit.text.clone() }),
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
        let place = if finding.path.is_empty() { file.to_owned() } else { format!("{file} ({})", finding.path) };
        group = group.element(annotate_snippets::Origin::path(place));
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
    (&text[start..end], 1 + text[..start].matches('\n').count(), start)
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
