//! The step graph of a bot: where a conversation can start, and where each step can lead.
//!
//! All scripts are one graph. `jump` and branches are plain edges. `run` is a call: one edge into the script, and one
//! over it to the step after, which [`facts`] gives the meaning of everything that the script does in between. So a
//! path never enters a script at one `run` and comes back at another.

use countersign_model::Name;

use crate::condition::{Comparison, Subject, Test};
use crate::program::{
    AnswerKind, OptionChoice, Options, Program, QuestionStep, ScriptIx, ServiceBranches, StepIx, StepKind,
    TokenIx, VarIx,
};

pub(crate) mod cycles;
pub(crate) mod facts;
pub(crate) mod paths;

/// Something that holds or does not hold when a step begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Fact {
    /// Some token is held, whichever.
    AnyToken,
    /// The token of this component is held.
    Token(TokenIx),
    /// The variable has a value.
    Assigned(VarIx),
}

/// Why an edge is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The step is done.
    Next,
    /// The choice of this position is chosen.
    Choice(usize),
    /// No valid answer after all tries.
    NoAnswer,
    /// A cancel word.
    Cancelled,
    /// The condition holds.
    Then,
    /// The condition does not hold.
    Otherwise,
    /// Refused.
    Failed,
    /// Out of reach.
    Unavailable,
    /// An answer without content.
    Empty,
    /// An answer with this status.
    Status(u16),
    /// A jump.
    Jump,
    /// Into a script that is run.
    Into(ScriptIx),
    /// Over a script that is run: it has ended.
    Over(ScriptIx),
}

/// A way from a step to another.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    /// Where from.
    pub(crate) from: StepIx,
    /// Where to; `None` at the end of the script.
    pub(crate) to: Option<StepIx>,
    /// Why.
    pub(crate) exit: Exit,
    /// Whether the user had to do something, or time to pass, before it is taken.
    pub(crate) waits: bool,
    /// What holds after it.
    pub(crate) sets: Vec<Fact>,
    /// What does not hold after it.
    pub(crate) clears: Vec<Fact>,
}

/// What starts a conversation in a script.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Start {
    /// These words.
    Words(String),
    /// A button's payload.
    Payload(String),
    /// The first message of a contact.
    FirstMessage,
    /// An incoming call.
    Call,
    /// Anything else.
    Fallback,
}

/// The graph.
#[derive(Debug)]
pub(crate) struct Graph<'p> {
    /// The bot.
    pub(crate) program: &'p Program,
    /// Scripts that something starts, with one of the things that do.
    pub(crate) entries: Vec<(ScriptIx, Start)>,
    edges: Vec<Edge>,
    /// The edges of a step `s` are `edges[first[s]..first[s + 1]]`.
    first: Vec<usize>,
    reachable: Vec<bool>,
}

impl<'p> Graph<'p> {
    /// The graph of a bot.
    pub(crate) fn new(program: &'p Program) -> Self {
        let mut edges = Vec::with_capacity(2 * program.steps.len());
        let mut first = Vec::with_capacity(program.steps.len() + 1);
        for at in 0..program.steps.len() {
            first.push(edges.len());
            edges_of(program, StepIx(at as u16), &mut edges);
        }
        first.push(edges.len());
        let mut graph = Self { program, entries: entries(program), edges, first, reachable: Vec::new() };
        graph.reachable = graph.reach();
        graph
    }

    /// The ways out of a step.
    pub(crate) fn from(&self, step: StepIx) -> &[Edge] {
        &self.edges[self.first[step.at()]..self.first[step.at() + 1]]
    }

    /// Whether some conversation comes to the step.
    pub(crate) fn is_reachable(&self, step: StepIx) -> bool {
        self.reachable[step.at()]
    }

    /// The steps that some conversation comes to, in the order of the file.
    pub(crate) fn reachable_steps(&self) -> impl Iterator<Item = StepIx> {
        self.steps().filter(|step| self.is_reachable(*step))
    }

    /// All steps.
    pub(crate) fn steps(&self) -> impl Iterator<Item = StepIx> + use<> {
        (0..self.program.steps.len()).map(|at| StepIx(at as u16))
    }

    /// The id of a script.
    pub(crate) fn script_id(&self, script: ScriptIx) -> &'p Name {
        &self.program.scripts[script.at()].id
    }

    /// The first steps of the scripts that something starts.
    pub(crate) fn entry_steps(&self) -> impl Iterator<Item = StepIx> {
        self.entries.iter().filter_map(|(script, _)| self.program.scripts[script.at()].entry)
    }

    fn reach(&self) -> Vec<bool> {
        let returns = facts::returning(self);
        let mut reached = vec![false; self.program.steps.len()];
        let mut open: Vec<_> = self.entry_steps().collect();
        while let Some(step) = open.pop() {
            if std::mem::replace(&mut reached[step.at()], true) {
                continue;
            }
            for edge in self.from(step) {
                let passable = match edge.exit {
                    Exit::Over(script) => {
                        self.program.scripts[script.at()].entry.is_none_or(|s| returns[s.at()])
                    }
                    _ => true,
                };
                open.extend(edge.to.filter(|_| passable));
            }
        }
        reached
    }
}

/// Facts are kept in bit sets; this is the numbering.
impl Fact {
    pub(crate) fn bit(self, program: &Program) -> usize {
        match self {
            Self::AnyToken => 0,
            Self::Token(token) => 1 + token.at(),
            Self::Assigned(variable) => 1 + program.tokens.len() + variable.at(),
        }
    }

    pub(crate) fn count(program: &Program) -> usize {
        1 + program.tokens.len() + program.variables.len()
    }
}

/// One start for each script that has any: words rather than others, and the shortest of them.
fn entries(program: &Program) -> Vec<(ScriptIx, Start)> {
    let triggers = &program.triggers;
    let mut best: Vec<Option<Start>> = vec![None; program.scripts.len()];
    let mut offer = |script: ScriptIx, start: Start| {
        let slot = &mut best[script.at()];
        let length = |start: &Start| if let Start::Words(words) = start { words.len() } else { 0 };
        let better = slot.as_ref().is_none_or(|old| match (&start, old) {
            (Start::Words(_), Start::Words(_)) => (length(&start), &start) < (length(old), old),
            _ => start < *old,
        });
        if better {
            *slot = Some(start);
        }
    };
    for (words, script) in triggers.exact.iter().chain(&triggers.words) {
        offer(*script, Start::Words(words.to_string()));
    }
    for (words, script) in &triggers.phrases {
        offer(*script, Start::Words(words.join(" ")));
    }
    for (payload, script) in &triggers.payloads {
        offer(*script, Start::Payload(payload.to_string()));
    }
    for (script, start) in [
        (triggers.first_message, Start::FirstMessage),
        (triggers.call, Start::Call),
        (triggers.fallback, Start::Fallback),
    ] {
        if let Some(script) = script {
            offer(script, start);
        }
    }
    best.into_iter().enumerate().filter_map(|(at, start)| Some((ScriptIx(at as u16), start?))).collect()
}

/// Adds the ways out of one step.
///
/// A failure without a branch ends the conversation, scripts that wait for this one to come back included, so there
/// is no edge for it: nothing comes after.
fn edges_of(program: &Program, at: StepIx, edges: &mut Vec<Edge>) {
    let step = &program.steps[at.at()];
    let mut add = |to: Option<StepIx>, exit: Exit, waits: bool, sets: Vec<Fact>, clears: Vec<Fact>| {
        edges.push(Edge { from: at, to, exit, waits, sets, clears });
    };
    let saved = |variable: Option<VarIx>| variable.map(Fact::Assigned).into_iter().collect::<Vec<_>>();
    match &step.kind {
        StepKind::Message(_)
        | StepKind::Media { .. }
        | StepKind::Location { .. }
        | StepKind::Link { .. }
        | StepKind::Card { options: None, .. } => add(step.next, Exit::Next, false, vec![], vec![]),
        StepKind::Wait(_) => add(step.next, Exit::Next, true, vec![], vec![]),
        StepKind::Options { options, .. } | StepKind::Card { options: Some(options), .. } => {
            let Options { choices, save, no_answer, .. } = options;
            for (position, go) in targets(choices) {
                add(go.or(step.next), Exit::Choice(position), true, saved(*save), vec![]);
            }
            if no_answer.is_some() {
                add(*no_answer, Exit::NoAnswer, true, vec![], vec![]);
            }
        }
        StepKind::Question(QuestionStep { question, save, no_answer, cancelled, .. }) => {
            if let AnswerKind::Choice(choices) = &question.kind {
                for (position, go) in targets(choices) {
                    add(go.or(step.next), Exit::Choice(position), true, saved(*save), vec![]);
                }
            } else {
                add(step.next, Exit::Next, true, saved(*save), vec![]);
            }
            for (to, exit) in [(*no_answer, Exit::NoAnswer), (*cancelled, Exit::Cancelled)] {
                if to.is_some() {
                    add(to, exit, true, vec![], vec![]);
                }
            }
        }
        StepKind::Form { form, cancelled } => {
            let questions = &program.forms[form.at()].questions;
            let waits = !questions.is_empty();
            let answers = questions.iter().map(|(_, variable)| Fact::Assigned(*variable)).collect();
            add(step.next, Exit::Next, waits, answers, vec![]);
            if cancelled.is_some() {
                add(*cancelled, Exit::Cancelled, true, vec![], vec![]);
            }
        }
        StepKind::Condition { test, then, otherwise } => {
            let has_value = |truth| assigned_when(test, truth).into_iter().map(Fact::Assigned).collect();
            add(then.or(step.next), Exit::Then, false, has_value(true), vec![]);
            add(otherwise.or(step.next), Exit::Otherwise, false, has_value(false), vec![]);
        }
        StepKind::Set(values) => {
            let sets = values.iter().map(|(variable, _)| Fact::Assigned(*variable)).collect();
            add(step.next, Exit::Next, false, sets, vec![]);
        }
        StepKind::AuthToken { token, failed, cancelled, unavailable } => {
            let component = &program.tokens[token.at()];
            let token = Fact::Token(*token);
            let asks = !component.questions.is_empty();
            // With a valid token the step passes in silence, so going on is no wait.
            add(step.next, Exit::Next, false, vec![Fact::AnyToken, token], vec![]);
            for (to, exit, waits) in [
                (*failed, Exit::Failed, asks),
                (*cancelled, Exit::Cancelled, asks),
                // A refresh that finds nobody asks nothing.
                (*unavailable, Exit::Unavailable, asks && component.refresh.is_none()),
            ] {
                if to.is_some() {
                    // Another token may still be there, but which login was the latest is not known any more.
                    add(to, exit, waits, vec![], vec![Fact::AnyToken, token]);
                }
            }
        }
        StepKind::WebService { service, branches } => {
            let service = &program.services[service.at()];
            let waits = !service.questions.is_empty();
            let saves = service.save.iter().map(|save| save.variable);
            let saves: Vec<_> =
                saves.chain(service.each.as_ref().map(|each| each.variable)).map(Fact::Assigned).collect();
            let ServiceBranches { by_status, failed, empty, unavailable, cancelled } = branches;
            for (status, to) in by_status {
                let sets = if (200..300).contains(status) { saves.clone() } else { vec![] };
                add(Some(*to), Exit::Status(*status), waits, sets, vec![]);
            }
            add(step.next, Exit::Next, waits, saves, vec![]);
            for (to, exit, waits) in [
                (*failed, Exit::Failed, waits),
                (*empty, Exit::Empty, waits),
                (*unavailable, Exit::Unavailable, waits),
                (*cancelled, Exit::Cancelled, true),
            ] {
                if to.is_some() {
                    add(to, exit, waits, vec![], vec![]);
                }
            }
        }
        StepKind::Logout(token) => {
            let mut clears = vec![Fact::AnyToken];
            match token {
                Some(token) => clears.push(Fact::Token(*token)),
                None => clears.extend((0..program.tokens.len()).map(|at| Fact::Token(TokenIx(at as u16)))),
            }
            add(step.next, Exit::Next, false, vec![], clears);
        }
        StepKind::Run(script) => {
            let entry = program.scripts[script.at()].entry;
            if entry.is_some() {
                add(entry, Exit::Into(*script), false, vec![], vec![]);
            }
            add(step.next, Exit::Over(*script), false, vec![], vec![]);
        }
        StepKind::Jump(to) => add(*to, Exit::Jump, false, vec![], vec![]),
        // Both end the conversation, whatever script runs this one.
        StepKind::Transfer { .. } | StepKind::End => {}
    }
}

/// The different targets of choices, each with the first choice that leads there.
fn targets(choices: &[OptionChoice]) -> Vec<(usize, Option<StepIx>)> {
    let mut targets: Vec<(usize, Option<StepIx>)> = Vec::new();
    for (position, choice) in choices.iter().enumerate() {
        if !targets.iter().any(|(_, go)| *go == choice.go) {
            targets.push((position, choice.go));
        }
    }
    targets
}

/// The variables that certainly have a value when the test comes out so.
fn assigned_when(test: &Test, truth: bool) -> Vec<VarIx> {
    let union = |tests: &[Test]| tests.iter().flat_map(|test| assigned_when(test, truth)).collect::<Vec<_>>();
    let common = |tests: &[Test]| {
        let mut sets = tests.iter().map(|test| assigned_when(test, truth));
        let first = sets.next().unwrap_or_default();
        sets.fold(first, |all, one| all.into_iter().filter(|variable| one.contains(variable)).collect())
    };
    match (test, truth) {
        (Test::Row(Subject::Var(variable), comparison), _) => {
            let shows = match comparison {
                Comparison::Exists(wanted) => *wanted == truth,
                Comparison::NotEquals(_) => !truth,
                _ => truth,
            };
            if shows { vec![*variable] } else { vec![] }
        }
        (Test::All(tests), true) | (Test::Any(tests), false) => union(tests),
        (Test::All(tests), false) | (Test::Any(tests), true) => common(tests),
        (Test::Not(test), _) => assigned_when(test, !truth),
        (Test::Row(..) | Test::Expression(_), _) => vec![],
    }
}

#[cfg(test)]
mod tests;
