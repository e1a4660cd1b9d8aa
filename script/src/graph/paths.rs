//! The shortest way from a trigger to a step on which something does not hold, told in words.

use std::collections::VecDeque;

use super::facts::{Facts, Passage};
use super::{Edge, Exit, Fact, Graph, Start};
use crate::program::{AnswerKind, ScriptIx, StepIx, StepKind};

/// The shortest ways on which one fact does not hold, to all steps.
#[derive(Debug)]
pub(crate) struct Paths<'g, 'p> {
    graph: &'g Graph<'p>,
    fact: Fact,
    /// By step and whether the fact holds there: where it came from.
    from: Vec<Option<Origin<'g>>>,
}

#[derive(Clone, Copy, Debug)]
enum Origin<'g> {
    Start(usize),
    Edge { held: bool, edge: &'g Edge },
}

impl<'p> Graph<'p> {
    /// Searches, breadth first, from all triggers at once.
    pub(crate) fn paths_without<'g>(&'g self, facts: &Facts, fact: Fact) -> Paths<'g, 'p> {
        let mut from: Vec<Option<Origin<'g>>> = vec![None; 2 * self.program.steps.len()];
        let mut open = VecDeque::new();
        for (number, (script, _)) in self.entries.iter().enumerate() {
            let Some(step) = self.program.scripts[script.at()].entry else { continue };
            from[2 * step.at()] = Some(Origin::Start(number));
            open.push_back((step, false));
        }
        while let Some((step, held)) = open.pop_front() {
            for edge in self.from(step) {
                let Some(to) = edge.to else { continue };
                let then_held = match facts.passage(self, edge, fact) {
                    Passage::Never => continue,
                    Passage::Sets => true,
                    Passage::Clears => false,
                    Passage::Keeps => held,
                };
                let slot = &mut from[2 * to.at() + usize::from(then_held)];
                if slot.is_none() {
                    *slot = Some(Origin::Edge { held, edge });
                    open.push_back((to, then_held));
                }
            }
        }
        Paths { graph: self, fact, from }
    }
}

impl Paths<'_, '_> {
    /// The way to this step, a numbered line for each part of it; the step itself is not told.
    pub(crate) fn to(&self, step: StepIx) -> Vec<String> {
        let mut edges = Vec::new();
        let mut at = (step, false);
        let start = loop {
            match self.from[2 * at.0.at() + usize::from(at.1)] {
                Some(Origin::Edge { held, edge }) => {
                    edges.push(edge);
                    at = (edge.from, held);
                }
                Some(Origin::Start(number)) => break number,
                None => return Vec::new(),
            }
        };
        edges.reverse();
        let (script, start) = &self.graph.entries[start];
        let mut lines =
            vec![format!("{} starts `scripts.{}`", start.describe(), self.graph.script_id(*script))];
        let mut rest = &*edges;
        while let Some(edge) = rest.first() {
            let plain = rest.iter().take_while(|other| self.is_plain(edge, other)).count();
            if plain > 3 {
                let last = &rest[plain - 1];
                lines.push(format!("`{}` to `{}` follow", self.path(edge.from), self.path(last.from)));
                rest = &rest[plain..];
            } else {
                lines.push(self.line(edge));
                rest = &rest[1..];
            }
        }
        lines.iter().enumerate().map(|(number, line)| format!("{}. {line}", number + 1)).collect()
    }

    fn is_plain(&self, first: &Edge, edge: &Edge) -> bool {
        let script = |edge: &Edge| self.graph.program.steps[edge.from.at()].script;
        edge.exit == Exit::Next && edge.clears.is_empty() && script(first) == script(edge)
    }

    fn line(&self, edge: &Edge) -> String {
        let path = self.path(edge.from);
        match edge.exit {
            Exit::Over(script) => {
                let id = self.graph.script_id(script);
                let without = match self.fact {
                    Fact::AnyToken => "and comes back without a login".to_owned(),
                    Fact::Token(token) => {
                        let token = &self.graph.program.tokens[token.at()].id;
                        format!("and may come back without `{token}`")
                    }
                    Fact::Assigned(variable) => {
                        format!("and may come back without `{}`", self.graph.program.variables[variable.at()])
                    }
                };
                format!("`{path}` runs `scripts.{id}` {without}")
            }
            _ => format!("`{path}` {}", describe(self.graph, edge)),
        }
    }

    fn path(&self, step: StepIx) -> &str {
        &self.graph.program.steps[step.at()].path
    }
}

/// Where an edge goes, after the name of its step: "jumps", "when the login fails".
pub(crate) fn describe(graph: &Graph<'_>, edge: &Edge) -> String {
    let step = &graph.program.steps[edge.from.at()];
    let script = |script: ScriptIx| graph.script_id(script);
    match edge.exit {
        Exit::Next if !edge.clears.is_empty() => "logs out".to_owned(),
        Exit::Next => "goes on".to_owned(),
        Exit::Choice(position) => match choice(&step.kind, position) {
            Some(value) => format!("when `{value}` is chosen"),
            None => "when a choice is made".to_owned(),
        },
        Exit::NoAnswer => "when no valid answer comes (`no_answer`)".to_owned(),
        Exit::Cancelled => "when the user cancels (`cancelled`)".to_owned(),
        Exit::Then => "when the condition holds".to_owned(),
        Exit::Otherwise => "when the condition does not hold".to_owned(),
        Exit::Failed if matches!(step.kind, StepKind::AuthToken { .. }) => {
            "when the login fails (`failed`)".to_owned()
        }
        Exit::Failed => "when the call fails (`failed`)".to_owned(),
        Exit::Unavailable => "when the service is out of reach (`unavailable`)".to_owned(),
        Exit::Empty => "when the answer has no content (`empty`)".to_owned(),
        Exit::Status(status) => format!("when the answer has status {status}"),
        Exit::Jump => "jumps".to_owned(),
        Exit::Into(callee) => format!("runs `scripts.{}`", script(callee)),
        Exit::Over(callee) => format!("runs `scripts.{}`, which comes back", script(callee)),
    }
}

fn choice(kind: &StepKind, position: usize) -> Option<&str> {
    let choices = match kind {
        StepKind::Options { options, .. } | StepKind::Card { options: Some(options), .. } => &options.choices,
        StepKind::Question(step) => match &step.question.kind {
            AnswerKind::Choice(choices) => choices,
            _ => return None,
        },
        _ => return None,
    };
    choices.get(position).map(|choice| &*choice.value)
}

impl Start {
    /// The start as the beginning of a sentence.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Words(words) => format!("trigger `{words}`"),
            Self::Payload(payload) => format!("a button with the payload `{payload}`"),
            Self::FirstMessage => "the first message of a contact".to_owned(),
            Self::Call => "an incoming call".to_owned(),
            Self::Fallback => "a message that nothing else matches".to_owned(),
        }
    }
}
