//! Findings of the check. One file per code; the comment at its top is the manual page.

use std::collections::HashMap;

/// A stretch of the bot file, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The bot cannot run.
    Error,
    /// The bot runs, but not as well as it could.
    Warning,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// A stable code: `E0101`, `W0201`.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where: `scripts.balance.steps[1]`.
    pub path: String,
    /// Places in the file; the first is where the caret points.
    pub labels: Vec<Label>,
    /// More to know, a line each.
    pub notes: Vec<String>,
    /// How to mend it.
    pub help: Option<Help>,
}

/// A place in the file with a few words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// How to mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Help {
    /// In words: "insert `- auth_token: bank-login` before this step".
    pub text: String,
    /// As an edit that a program can make.
    pub edit: Option<Edit>,
}

/// An edit of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What comes there.
    pub text: String,
}

/// Collects findings.
#[derive(Debug, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Adds a finding.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The findings in the order of the file.
    pub fn into_diagnostics(mut self) -> Vec<Diagnostic> {
        self.diagnostics.sort_by_key(|d| (d.labels.first().map(|label| label.span), d.severity, d.code));
        self.diagnostics
    }
}

/// Where everything of a bot stands in its file.
#[derive(Debug, Default)]
pub struct SourceMap {
    /// By path (`scripts.balance.steps[1]`, `web_services.get-balance.url`): the key where there is one, and the
    /// value.
    pub places: HashMap<String, Place>,
}

/// The place of one value of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its key in the map around it.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
}
