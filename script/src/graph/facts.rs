//! What certainly holds when a step begins: a forward analysis in which sets are intersected where paths join.
//!
//! A script that is run stands as a function from the facts before to the facts after. Every fact goes through by
//! itself, so a function is two sets: what holds after when nothing held before (`low`), and what holds after when
//! everything did (`high`). The function "from this step to the end of its script" is found backwards for all steps
//! at once; then the facts themselves forwards.

use std::collections::VecDeque;

use super::{Edge, Exit, Fact, Graph};
use crate::program::StepIx;

/// What certainly holds, for every step.
#[derive(Debug)]
pub(crate) struct Facts {
    words: usize,
    /// For each step `words` words; all set where no conversation comes.
    holds: Vec<u64>,
    to_end: ToEnd,
}

/// From each step to the end of its script.
#[derive(Debug)]
struct ToEnd {
    words: usize,
    /// Whether the end is ever reached.
    returns: Vec<bool>,
    low: Vec<u64>,
    high: Vec<u64>,
}

/// What becomes of one fact on the way over a script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    /// It never comes back.
    Never,
    /// It holds afterwards.
    Sets,
    /// It may not hold afterwards.
    Clears,
    /// It holds afterwards when it did before.
    Keeps,
}

impl<'p> Graph<'p> {
    /// Runs the analysis.
    pub(crate) fn facts(&self) -> Facts {
        let words = Fact::count(self.program).div_ceil(64);
        let to_end = ToEnd::new(self, words);
        let mut facts = Facts { words, holds: vec![u64::MAX; words * self.program.steps.len()], to_end };
        facts.forward(self);
        facts
    }
}

impl Facts {
    /// Whether the fact holds on every way to the step. It does where no way leads.
    pub(crate) fn certain(&self, graph: &Graph<'_>, step: StepIx, fact: Fact) -> bool {
        let bit = fact.bit(graph.program);
        if has(&self.holds[step.at() * self.words..], bit) {
            return true;
        }
        // Where one token is certain, some token is.
        fact == Fact::AnyToken
            && (0..graph.program.tokens.len()).any(|at| has(&self.holds[step.at() * self.words..], 1 + at))
    }

    /// What becomes of a fact on this edge.
    pub(crate) fn passage(&self, graph: &Graph<'_>, edge: &Edge, fact: Fact) -> Passage {
        if let Some(callee) = callee(graph, edge) {
            let bit = fact.bit(graph.program);
            let at = callee.at() * self.words;
            return match (
                self.to_end.returns[callee.at()],
                has(&self.to_end.low[at..], bit),
                has(&self.to_end.high[at..], bit),
            ) {
                (false, ..) => Passage::Never,
                (true, true, _) => Passage::Sets,
                (true, false, true) => Passage::Keeps,
                (true, false, false) => Passage::Clears,
            };
        }
        if edge.sets.contains(&fact) {
            Passage::Sets
        } else if edge.clears.contains(&fact) {
            Passage::Clears
        } else {
            Passage::Keeps
        }
    }

    fn forward(&mut self, graph: &Graph<'_>) {
        let words = self.words;
        let mut open = Queue::new(graph.program.steps.len());
        for entry in graph.entry_steps() {
            self.holds[entry.at() * words..][..words].fill(0);
            open.push(entry);
        }
        let mut after = vec![0; words];
        while let Some(step) = open.pop() {
            for edge in graph.from(step) {
                let Some(to) = edge.to else { continue };
                after.copy_from_slice(&self.holds[step.at() * words..][..words]);
                if let Some(callee) = callee(graph, edge) {
                    if !self.to_end.returns[callee.at()] {
                        continue;
                    }
                    let low = &self.to_end.low[callee.at() * words..][..words];
                    let high = &self.to_end.high[callee.at() * words..][..words];
                    for ((word, low), high) in after.iter_mut().zip(low).zip(high) {
                        *word = low | (*word & high);
                    }
                } else {
                    edge.clears.iter().for_each(|fact| clear(&mut after, fact.bit(graph.program)));
                    edge.sets.iter().for_each(|fact| set(&mut after, fact.bit(graph.program)));
                }
                let first_time = !open.seen[to.at()];
                let target = &mut self.holds[to.at() * words..][..words];
                let mut changed = first_time;
                for (old, new) in target.iter_mut().zip(&after) {
                    changed |= *old & !new != 0;
                    *old &= new;
                }
                if changed {
                    open.push(to);
                }
            }
        }
    }
}

impl ToEnd {
    fn new(graph: &Graph<'_>, words: usize) -> Self {
        let count = graph.program.steps.len();
        let mut to_end = Self {
            words,
            returns: vec![false; count],
            low: vec![u64::MAX; words * count],
            high: vec![u64::MAX; words * count],
        };
        let runs = graph.steps().any(|step| graph.from(step).iter().any(|e| matches!(e.exit, Exit::Over(_))));
        if !runs {
            return to_end;
        }
        let before = Before::new(graph);
        let mut open = Queue::new(count);
        // From the last step to the first: most edges point forwards.
        (0..count).rev().for_each(|at| open.push(StepIx(at as u16)));
        let (mut low, mut high) = (vec![0; words], vec![0; words]);
        while let Some(step) = open.pop() {
            let mut changed = false;
            for edge in graph.from(step) {
                if !to_end.along(graph, edge, &mut low, &mut high) {
                    continue;
                }
                changed |= !std::mem::replace(&mut to_end.returns[step.at()], true);
                let at = step.at() * words;
                for (old, new) in to_end.low[at..][..words].iter_mut().zip(&low) {
                    changed |= *old & !new != 0;
                    *old &= new;
                }
                for (old, new) in to_end.high[at..][..words].iter_mut().zip(&high) {
                    changed |= *old & !new != 0;
                    *old &= new;
                }
            }
            if changed {
                before.of(step).for_each(|earlier| open.push(earlier));
            }
        }
        to_end
    }

    /// The function of an edge followed by all that comes after it; `false` when the end is not reached this way.
    fn along(&self, graph: &Graph<'_>, edge: &Edge, low: &mut [u64], high: &mut [u64]) -> bool {
        if matches!(edge.exit, Exit::Into(_)) {
            return false;
        }
        match edge.to {
            Some(to) if !self.returns[to.at()] => return false,
            Some(to) => {
                low.copy_from_slice(&self.low[to.at() * self.words..][..self.words]);
                high.copy_from_slice(&self.high[to.at() * self.words..][..self.words]);
            }
            None => {
                low.fill(0);
                high.fill(u64::MAX);
            }
        }
        if let Some(callee) = callee(graph, edge) {
            if !self.returns[callee.at()] {
                return false;
            }
            let at = callee.at() * self.words;
            for word in 0..self.words {
                let (then_low, then_high) = (low[word], high[word]);
                low[word] = then_low | (self.low[at + word] & then_high);
                high[word] = then_low | (self.high[at + word] & then_high);
            }
            return true;
        }
        for fact in &edge.sets {
            let bit = fact.bit(graph.program);
            if has(high, bit) { set(low, bit) } else { clear(low, bit) }
        }
        for fact in &edge.clears {
            let bit = fact.bit(graph.program);
            if has(low, bit) { set(high, bit) } else { clear(high, bit) }
        }
        true
    }
}

/// For each step, whether the end of its script can be reached from it.
pub(crate) fn returning(graph: &Graph<'_>) -> Vec<bool> {
    reaching_end(graph, |_| true)
}

/// For each step, whether the end of its script can be reached from it over such edges.
pub(crate) fn reaching_end(graph: &Graph<'_>, allowed: impl Fn(&Edge) -> bool) -> Vec<bool> {
    let count = graph.program.steps.len();
    let before = Before::new(graph);
    let mut reaches = vec![false; count];
    let mut open = Queue::new(count);
    (0..count).rev().for_each(|at| open.push(StepIx(at as u16)));
    while let Some(step) = open.pop() {
        if reaches[step.at()] {
            continue;
        }
        reaches[step.at()] = graph.from(step).iter().any(|edge| {
            allowed(edge)
                && !matches!(edge.exit, Exit::Into(_))
                && callee(graph, edge).is_none_or(|callee| reaches[callee.at()])
                && edge.to.is_none_or(|to| reaches[to.at()])
        });
        if reaches[step.at()] {
            before.of(step).for_each(|earlier| open.push(earlier));
        }
    }
    reaches
}

/// The first step of the script that an edge goes over; `None` for other edges and over an empty script.
fn callee(graph: &Graph<'_>, edge: &Edge) -> Option<StepIx> {
    match edge.exit {
        Exit::Over(script) => graph.program.scripts[script.at()].entry,
        _ => None,
    }
}

/// The steps before each step. The end of a script that is run is before the steps that run it, which the edge into
/// it stands for.
struct Before {
    first: Vec<usize>,
    steps: Vec<StepIx>,
}

impl Before {
    fn new(graph: &Graph<'_>) -> Self {
        let mut first = vec![0; graph.program.steps.len() + 2];
        let edges = || graph.steps().flat_map(|step| graph.from(step)).filter_map(|e| Some((e.from, e.to?)));
        edges().for_each(|(_, to)| first[to.at() + 2] += 1);
        (2..first.len()).for_each(|at| first[at] += first[at - 1]);
        let mut steps = vec![StepIx(0); first[first.len() - 1]];
        for (from, to) in edges() {
            steps[first[to.at() + 1]] = from;
            first[to.at() + 1] += 1;
        }
        Self { first, steps }
    }

    fn of(&self, step: StepIx) -> impl Iterator<Item = StepIx> {
        self.steps[self.first[step.at()]..self.first[step.at() + 1]].iter().copied()
    }
}

/// Steps to look at, each once at a time.
struct Queue {
    steps: VecDeque<StepIx>,
    waiting: Vec<bool>,
    seen: Vec<bool>,
}

impl Queue {
    fn new(count: usize) -> Self {
        Self { steps: VecDeque::new(), waiting: vec![false; count], seen: vec![false; count] }
    }

    fn push(&mut self, step: StepIx) {
        self.seen[step.at()] = true;
        if !std::mem::replace(&mut self.waiting[step.at()], true) {
            self.steps.push_back(step);
        }
    }

    fn pop(&mut self) -> Option<StepIx> {
        let step = self.steps.pop_front()?;
        self.waiting[step.at()] = false;
        Some(step)
    }
}

fn has(words: &[u64], bit: usize) -> bool {
    words[bit / 64] >> (bit % 64) & 1 == 1
}

fn set(words: &mut [u64], bit: usize) {
    words[bit / 64] |= 1 << (bit % 64);
}

fn clear(words: &mut [u64], bit: usize) {
    words[bit / 64] &= !(1 << (bit % 64));
}
