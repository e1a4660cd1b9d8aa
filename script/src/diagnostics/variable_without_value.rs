//! E0107: a variable that nothing gives a value to.
//! W0106: a variable that may have no value yet.
//!
//! A variable gets its value from the `save` of a `question`, `options`, `form` or Web Service, from `each`, or from
//! `set`. E0107: no step of the bot does so, and the name is most often a slip of the pen. W0106: some step does, but
//! some way from a trigger to the use does not pass it; the finding tells that way. A user would see nothing where the
//! value should stand.
//!
//! A `condition` may look at a variable that has no value: that is what `exists` is for. After `exists: true` the
//! variable counts as having one.

use std::collections::{BTreeMap, HashSet};

use super::context::Context;
use super::uses::{Use, sets, uses};
use super::{Diagnostic, Edit, Report};
use crate::graph::Fact;
use crate::program::{StepIx, StepKind, VarIx};

pub(super) fn variable_without_value(context: &Context<'_>, report: &mut Report) {
    let program = context.program;
    let given: HashSet<VarIx> = program.steps.iter().flat_map(|step| sets(program, &step.kind)).collect();
    let mut unknown: BTreeMap<(VarIx, String), StepIx> = BTreeMap::new();
    let mut paths = BTreeMap::new();
    let mut told = HashSet::new();
    for step in context.graph.steps() {
        for used in uses(program, context.step(step)) {
            let fact = Fact::Assigned(used.variable);
            if !given.contains(&used.variable) {
                unknown.entry((used.variable, used.path)).or_insert(step);
            } else if !used.compared
                && context.graph.is_reachable(step)
                && !context.facts().certain(&context.graph, step, fact)
                && !given_by_login(context, step, used.variable)
                && told.insert((used.variable, step))
            {
                let paths =
                    paths.entry(used.variable).or_insert_with(|| context.graph.paths_without(context.facts(), fact));
                report.add(maybe_empty(context, step, &used, paths.to(step)));
            }
        }
    }
    for (variable, path) in unknown.keys() {
        report.add(never_given(context, *variable, path, &given));
    }
}

/// What the service before a login saves is for the questions of that login.
fn given_by_login(context: &Context<'_>, step: StepIx, variable: VarIx) -> bool {
    let kind = &context.step(step).kind;
    matches!(kind, StepKind::AuthToken { .. }) && sets(context.program, kind).contains(&variable)
}

fn never_given(context: &Context<'_>, variable: VarIx, path: &str, given: &HashSet<VarIx>) -> Diagnostic {
    let names = &context.program.variables;
    let name = &names[variable.at()];
    let span = context.find(path, name).or_else(|| context.places.value(path));
    let finding = Diagnostic::error("E0107", format!("nothing gives `{name}` a value"))
        .at_span(path, span)
        .label("used here");
    let near = given
        .iter()
        .map(|known| &names[known.at()])
        .map(|known| (strsim::osa_distance(known, name), known))
        .filter(|(distance, known)| *distance <= 1 + known.len().min(name.len()) / 4)
        .min();
    match near {
        Some((_, known)) => {
            let edit = span.and_then(|span| {
                let braced = span.end - span.start == name.len() + 2;
                let text = if braced { format!("{{{known}}}") } else { known.to_string() };
                (braced || span.end - span.start == name.len()).then_some(Edit { span, text })
            });
            finding.help_edit(format!("did you mean `{known}`?"), edit)
        }
        None => finding.help(format!(
            "save an answer in it (`save: {name}`), keep a part of an API's answer (`save: {{ {name}: PATH }}`), \
             or use `set`"
        )),
    }
}

fn maybe_empty(context: &Context<'_>, step: StepIx, used: &Use, mut way: Vec<String>) -> Diagnostic {
    let name = &context.program.variables[used.variable.at()];
    let path = &context.step(step).path;
    way.push(format!("{}. `{path}` uses `{name}`", way.len() + 1));
    let here = if used.path == **path { context.find(path, name) } else { None };
    let mut finding = Diagnostic::warning("W0106", format!("`{name}` may have no value yet"))
        .at_span(&**path, here.or_else(|| context.head(step)))
        .label("used here");
    if used.path != **path {
        finding = finding.also(context.find(&used.path, name), "its text is here");
    }
    finding.notes = way;
    finding.help(format!("give `{name}` a value on this way too, or ask with `condition: {{ {name}: {{ exists: true }} }}`"))
}
