//! What the findings about the step graph look at, and the places of the file that they point at.

use std::cell::OnceCell;

use countersign_model::ChannelKind;

use super::{SourceMap, Span};
use crate::fix::Fix;
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

    /// All places where a placeholder, or else a variable's name, stands within the value of a path; and whether with
    /// its braces.
    pub(super) fn find_all(&self, path: &str, name: &str) -> Vec<(Span, bool)> {
        let Some(around) = self.places.value(path) else { return Vec::new() };
        let Some(text) = self.text.get(around.start..around.end) else { return Vec::new() };
        let place = |(at, found): (usize, &str)| Span {
            start: around.start + at,
            end: around.start + at + found.len(),
        };
        let braced = format!("{{{name}}}");
        let all: Vec<_> = text.match_indices(&braced).map(|found| (place(found), true)).collect();
        if !all.is_empty() {
            return all;
        }
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        text.match_indices(name)
            .filter(|(at, _)| !text[..*at].ends_with(word) && !text[at + name.len()..].starts_with(word))
            .map(|found| (place(found), false))
            .collect()
    }

    /// What puts a step before this one: `auth_token: bank-login`.
    pub(super) fn insert_before(&self, step: StepIx, key: &'static str, value: &str) -> Option<Fix> {
        let span = self.places.places.get(&*self.step(step).path)?.value;
        Some(Fix::Before(span, key, value.to_owned()))
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
