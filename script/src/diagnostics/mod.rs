//! Findings of the check. One file per code; the comment at its top is the manual page.
//!
//! A new code: a file whose first line is `//! E0123: what it means, in a few words.`, the manual below it, the
//! function, its tests; and one line in `codes.rs`. A test looks after that.

use std::collections::HashMap;

use countersign_model::ChannelKind;

use crate::fix::Fix;
use crate::program::Program;

mod channel_without_login;
mod codes;
mod context;
mod degraded;
mod endless_loop;
mod login_on_phone;
mod token_before_use;
mod unreachable;
mod unused_component;
mod uses;
mod variable_without_value;

pub(crate) mod answer_out_of_range;
pub(crate) mod bad_expression;
pub(crate) mod bad_header;
pub(crate) mod bad_id;
pub(crate) mod bad_login;
pub(crate) mod bad_path;
pub(crate) mod bad_pattern;
pub(crate) mod bad_template;
pub(crate) mod bad_url;
pub(crate) mod bad_variable;
pub(crate) mod before_service;
pub(crate) mod credentials_in_url;
pub(crate) mod duplicate_id;
pub(crate) mod duplicate_key;
pub(crate) mod empty_file;
pub(crate) mod empty_script;
pub(crate) mod empty_text;
pub(crate) mod field_conflict;
pub(crate) mod missing_key;
pub(crate) mod not_text;
pub(crate) mod not_yaml;
pub(crate) mod out_of_range;
pub(crate) mod placeholder_in_host;
pub(crate) mod placeholder_not_here;
pub(crate) mod plain_http;
pub(crate) mod pointless_retries;
pub(crate) mod secret_in_public;
pub(crate) mod secret_in_url;
pub(crate) mod secret_kept;
pub(crate) mod several_bodies;
pub(crate) mod several_documents;
pub(crate) mod several_kinds;
pub(crate) mod token_elsewhere;
pub(crate) mod too_big;
pub(crate) mod trigger_conflict;
pub(crate) mod unfitting_setting;
pub(crate) mod unknown_id;
pub(crate) mod unknown_key;
pub(crate) mod unknown_language;
pub(crate) mod unknown_placeholder;
pub(crate) mod unknown_step;
pub(crate) mod unknown_word;
pub(crate) mod wrong_type;
pub(crate) mod wrong_version;

#[cfg(test)]
mod showcase;
#[cfg(test)]
pub(crate) mod tests_support;

pub use codes::{Code, codes, explain};

/// Looks at a compiled bot as a whole: its step graph, its components, its channels. `channels` are those that the
/// check was asked for, beside those that the file names.
pub(crate) fn analyse(
    program: &Program,
    text: &str,
    places: &SourceMap,
    channels: &[ChannelKind],
    report: &mut Report,
) {
    // Where something was left out because it is wrong, what it would have used or given is not known.
    let whole = !report.has_errors();
    let context = context::Context::new(program, text, places, channels);
    token_before_use::token_before_use(&context, report);
    endless_loop::endless_loop(&context, report);
    channel_without_login::channel_without_login(&context, report);
    login_on_phone::login_on_phone(&context, report);
    if whole {
        unreachable::unreachable(&context, report);
        unused_component::unused_component(&context, report);
        variable_without_value::variable_without_value(&context, report);
    }
    degraded::degraded(&context, report);
}

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
    /// What would mend it; edits are made of it when the check is done.
    pub(crate) fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding with which the bot cannot run.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Error, message.into())
    }

    /// A finding with which the bot runs.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(code, Severity::Warning, message.into())
    }

    fn new(code: &'static str, severity: Severity, message: String) -> Self {
        Self {
            code,
            severity,
            message,
            path: String::new(),
            labels: Vec::new(),
            notes: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Says where it is; the caret points at the value there.
    pub fn at(self, path: impl Into<String>, places: &SourceMap) -> Self {
        let path = path.into();
        let span = places.value(&path);
        self.at_span(path, span)
    }

    /// Says where it is; the caret points at the key there.
    pub fn at_key(self, path: impl Into<String>, places: &SourceMap) -> Self {
        let path = path.into();
        let span = places.key(&path);
        self.at_span(path, span)
    }

    /// Says where it is; the caret points at this stretch.
    pub fn at_span(mut self, path: impl Into<String>, span: Option<Span>) -> Self {
        self.path = path.into();
        if let Some(span) = span {
            self.labels.insert(0, Label { span, text: String::new() });
        }
        self
    }

    /// Puts words under the caret: those of the first place.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        if let Some(label) = self.labels.first_mut() {
            label.text = text.into();
        }
        self
    }

    /// Adds another place; nothing when it is not known where that is.
    pub fn also(mut self, span: Option<Span>, text: impl Into<String>) -> Self {
        if let Some(span) = span {
            self.labels.push(Label { span, text: text.into() });
        }
        self
    }

    /// Adds a line of more to know.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// Says how to mend it.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(Help { text: text.into(), edits: Vec::new() });
        self
    }

    /// Says how to mend it, with an edit that does so.
    pub(crate) fn help_edit(mut self, text: impl Into<String>, edit: Option<Edit>) -> Self {
        self.help = Some(Help { text: text.into(), edits: edit.into_iter().collect() });
        self
    }

    /// Says what would mend it.
    pub(crate) fn fix(mut self, fix: impl Into<Option<Fix>>) -> Self {
        self.fix = fix.into();
        self
    }
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
    /// As edits that a program can make, all of them together, in order and apart from each other; empty when a person has
    /// to decide.
    pub edits: Vec<Edit>,
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

    /// The findings as they were added.
    pub(crate) fn diagnostics_mut(&mut self) -> &mut [Diagnostic] {
        &mut self.diagnostics
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

impl SourceMap {
    /// Where the value of a path stands; that of the nearest path around it when it has no place of its own.
    pub fn value(&self, path: &str) -> Option<Span> {
        self.nearest(path).map(|(place, _)| place.value)
    }

    /// Where the key of a path stands; its value when it has no key.
    pub fn key(&self, path: &str) -> Option<Span> {
        self.nearest(path).map(
            |(place, exact)| {
                if exact { place.key.unwrap_or(place.value) } else { place.value }
            },
        )
    }

    fn nearest(&self, path: &str) -> Option<(Place, bool)> {
        let mut rest = path;
        loop {
            if let Some(place) = self.places.get(rest) {
                return Some((*place, rest.len() == path.len()));
            }
            rest = &rest[..rest.rfind(['.', '['])?];
        }
    }
}

/// The place of one value of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its key in the map around it.
    pub key: Option<Span>,
    /// The value.
    pub value: Span,
}
