//! Cycles of steps on which nobody waits, and scripts that run themselves.

use std::collections::VecDeque;

use super::{Edge, Exit, Graph, facts};
use crate::program::{ScriptIx, StepIx};

impl<'p> Graph<'p> {
    /// Cycles that a conversation can go round without anybody doing anything, one for each group of steps that lie
    /// on common cycles; each is the shortest through its first step.
    pub(crate) fn endless_cycles(&self) -> Vec<Vec<&Edge>> {
        let ends = facts::reaching_end(self, |edge| !edge.waits);
        let quiet = |edge: &&Edge| {
            !edge.waits
                && match edge.exit {
                    Exit::Over(script) => {
                        self.program.scripts[script.at()].entry.is_none_or(|s| ends[s.at()])
                    }
                    _ => true,
                }
        };
        let edges: Vec<Vec<&Edge>> = self
            .steps()
            .map(|step| {
                let edges = if self.is_reachable(step) { self.from(step) } else { &[] };
                edges.iter().filter(|edge| edge.to.is_some()).filter(quiet).collect()
            })
            .collect();
        let targets: Vec<Vec<usize>> =
            edges.iter().map(|edges| edges.iter().filter_map(|edge| Some(edge.to?.at())).collect()).collect();
        groups(&targets).into_iter().filter_map(|group| shortest(&edges, &group)).collect()
    }

    /// Groups of scripts that run each other in a circle, each group in the order of the file.
    pub(crate) fn circles_of_runs(&self) -> Vec<Vec<ScriptIx>> {
        // A script that jumps into another goes on there in the same place of the stack, so both count as one.
        let mut targets = vec![Vec::new(); self.program.scripts.len()];
        let mut runs = Vec::new();
        for step in self.reachable_steps() {
            let from = self.program.steps[step.at()].script;
            for edge in self.from(step) {
                match edge.exit {
                    Exit::Into(script) => {
                        targets[from.at()].push(script.at());
                        runs.push((from, script));
                    }
                    _ => {
                        let to = edge.to.map(|to| self.program.steps[to.at()].script);
                        targets[from.at()].extend(to.filter(|to| *to != from).map(ScriptIx::at));
                    }
                }
            }
        }
        let looping = |group: &Vec<usize>| {
            runs.iter().any(|(from, to)| group.contains(&from.at()) && group.contains(&to.at()))
        };
        groups(&targets)
            .into_iter()
            .filter(looping)
            .map(|group| group.into_iter().map(|at| ScriptIx(at as u16)).collect())
            .collect()
    }
}

/// The shortest cycle through the first step of a group.
fn shortest<'g>(edges: &[Vec<&'g Edge>], group: &[usize]) -> Option<Vec<&'g Edge>> {
    let start = *group.first()?;
    let mut came_by: Vec<Option<&Edge>> = vec![None; edges.len()];
    let mut open = VecDeque::from([start]);
    while let Some(at) = open.pop_front() {
        for edge in &edges[at] {
            let Some(to) = edge.to.map(StepIx::at) else { continue };
            if to == start {
                let mut cycle = vec![*edge];
                let mut back = at;
                while back != start {
                    let edge = came_by[back]?;
                    cycle.push(edge);
                    back = edge.from.at();
                }
                cycle.reverse();
                return Some(cycle);
            }
            if came_by[to].is_none() {
                came_by[to] = Some(edge);
                open.push_back(to);
            }
        }
    }
    None
}

/// Strongly connected groups that have a cycle in them (Tarjan, without recursion); members and groups in order.
fn groups(targets: &[Vec<usize>]) -> Vec<Vec<usize>> {
    const NEW: usize = usize::MAX;
    let mut number = vec![NEW; targets.len()];
    let mut low = vec![0; targets.len()];
    let mut on_stack = vec![false; targets.len()];
    let (mut stack, mut calls, mut found, mut next) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for root in 0..targets.len() {
        if number[root] != NEW {
            continue;
        }
        calls.push((root, 0));
        while let Some((at, position)) = calls.pop() {
            if position == 0 {
                (number[at], low[at]) = (next, next);
                next += 1;
                stack.push(at);
                on_stack[at] = true;
            } else {
                let child: usize = targets[at][position - 1];
                low[at] = low[at].min(low[child]);
            }
            let rest = targets[at].iter().enumerate().skip(position);
            let mut child = None;
            for (place, &to) in rest {
                if number[to] == NEW {
                    child = Some((place, to));
                    break;
                }
                if on_stack[to] {
                    low[at] = low[at].min(number[to]);
                }
            }
            if let Some((place, to)) = child {
                calls.push((at, place + 1));
                calls.push((to, 0));
            } else if low[at] == number[at] {
                let from = stack.iter().rposition(|member| *member == at).unwrap_or(0);
                let mut group = stack.split_off(from);
                group.iter().for_each(|member| on_stack[*member] = false);
                if group.len() > 1 || targets[at].contains(&at) {
                    group.sort_unstable();
                    found.push(group);
                }
            }
        }
    }
    found.sort();
    found
}
