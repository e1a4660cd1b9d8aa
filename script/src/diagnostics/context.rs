//! What the findings about the step graph look at, and the places of the file that they point at.

use std::cell::OnceCell;

use countersign_model::ChannelKind;

use super::{Edit, SourceMap, Span};
use crate::graph::Graph;
use crate::graph::facts::Facts;
use crate::program::{Program, Step, StepIx, StepKind};

/// A bot under examination.
pub(super) struct Context<'a> {
    pub(super) program: &'a Program,
    pub(super) graph: Graph<'a>,
    pub(super) places: &'a SourceMap,
    text: &'a str,
    asked: &'a [ChannelKind],
    facts: OnceCell<Facts>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        program: &'a Program,
        text: &'a str,
        places: &'a SourceMap,
        asked: &'a [ChannelKind],
    ) -> Self {
        Self { program, graph: Graph::new(program), places, text, asked, facts: OnceCell::new() }
    }

    /// What certainly holds at each step.
    pub(super) fn facts(&self) -> &Facts {
        self.facts.get_or_init(|| self.graph.facts())
    }

    pub(super) fn step(&self, step: StepIx) -> &'a Step {
        &self.program.steps[step.at()]
    }

    /// The channels that the bot is meant for: those that the file names and those that were asked for.
    pub(super) fn channels(&self) -> Vec<ChannelKind> {
        let mut channels = self.program.channels.clone();
        channels.extend(self.asked);
        channels.sort_unstable();
        channels.dedup();
        channels
    }

    /// The line in which a step says what it does: `web_service: get-balance`, without its other settings.
    pub(super) fn head(&self, step: StepIx) -> Option<Span> {
        let step = self.step(step);
        let place = self.places.places.get(&format!("{}.{}", step.path, word(&step.kind)));
        let Some(place) = place else {
            return self.places.value(&step.path).map(|span| self.first_line(span));
        };
        let value = self.first_line(place.value);
        Some(Span { start: place.key.map_or(value.start, |key| key.start), end: value.end })
    }

    /// The value of a setting of a step; the head of the step when it has none.
    pub(super) fn setting(&self, step: StepIx, setting: &str) -> Option<Span> {
        let path = format!("{}.{setting}", self.step(step).path);
        match self.places.places.get(&path) {
            Some(place) => Some(self.first_line(place.value)),
            None => self.head(step),
        }
    }

    /// The place where a component gives its id.
    pub(super) fn id_of(&self, path: &str) -> Option<Span> {
        let id = self.places.places.get(&format!("{path}.id")).map(|place| place.value);
        id.or_else(|| self.places.value(path).map(|span| self.first_line(span)))
    }

    /// Where a placeholder or a variable's name stands within the value of a path.
    pub(super) fn find(&self, path: &str, name: &str) -> Option<Span> {
        let around = self.places.value(path)?;
        let text = self.text.get(around.start..around.end)?;
        let found = |needle: &str, cut: usize| {
            text.match_indices(needle).map(|(at, _)| (at, at + needle.len() - cut)).find(|(at, end)| {
                let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
                cut != 0
                    || needle.ends_with('}')
                    || (!text[..*at].ends_with(word) && !text[*end..].starts_with(word))
            })
        };
        let (start, end) = found(&format!("{{{name}}}"), 0).or_else(|| found(name, 0))?;
        Some(Span { start: around.start + start, end: around.start + end })
    }

    /// An edit that puts a step before this one: `auth_token: bank-login`. `None` where the file's form is not clear.
    pub(super) fn insert_before(&self, step: StepIx, key: &str, value: &str) -> Option<Edit> {
        let span = self.places.places.get(&*self.step(step).path)?.value;
        let line_start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        let before = &self.text[line_start..span.start];
        if let Some(gap) = before.trim_start_matches(' ').strip_prefix('-')
            && !gap.is_empty()
            && gap.trim().is_empty()
        {
            let indent = &before[..before.find('-')?];
            let end = if self.text[..line_start].ends_with("\r\n") { "\r\n" } else { "\n" };
            let text = format!("{indent}- {key}: {value}{end}");
            return Some(Edit { span: Span { start: line_start, end: line_start }, text });
        }
        let item = self.text.get(span.start..span.end)?;
        let inside = item.strip_prefix('{')?.trim_start();
        let text = if inside.starts_with('"') {
            format!("{{\"{key}\": \"{value}\"}}, ")
        } else {
            format!("{{ {key}: {value} }}, ")
        };
        Some(Edit { span: Span { start: span.start, end: span.start }, text })
    }

    fn first_line(&self, span: Span) -> Span {
        let text = self.text.get(span.start..span.end).unwrap_or("");
        let line = text.lines().next().unwrap_or("");
        Span { start: span.start, end: span.start + line.trim_end().len() }
    }
}

/// The key that names a step's kind.
pub(super) fn word(kind: &StepKind) -> &'static str {
    match kind {
        StepKind::Message(_) => "message",
        StepKind::Media { .. } => "media",
        StepKind::Location { .. } => "location",
        StepKind::Link { .. } => "link",
        StepKind::Card { .. } => "card",
        StepKind::Options { .. } => "options",
        StepKind::Question(_) => "question",
        StepKind::Form { .. } => "form",
        StepKind::Condition { .. } => "condition",
        StepKind::Set(_) => "set",
        StepKind::AuthToken { .. } => "auth_token",
        StepKind::WebService { .. } => "web_service",
        StepKind::Logout(_) => "logout",
        StepKind::Run(_) => "run",
        StepKind::Jump(_) => "jump",
        StepKind::Wait(_) => "wait",
        StepKind::Transfer { .. } => "transfer",
        StepKind::End => "end",
    }
}
