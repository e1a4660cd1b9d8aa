//! E0107: a variable to which no step gives a value.
//! W0106: a variable that may have no value yet.
//!
//! A variable gets its value from the `save` of a `question`, `options`, `form` or Web Service, from `each`, or from
//! `set`. E0107: a component that no step uses would give it one, so it never has any. W0106: some step gives it one,
//! but some way from a trigger to the use does not pass that step; the finding tells that way. A user would see
//! nothing where the value should stand.
//!
//! A `condition` may look at a variable that has no value: that is what `exists` is for. After `exists: true` the
//! variable counts as having one.

use std::collections::{BTreeMap, HashSet};

use super::context::Context;
use super::uses::{Use, saves, sets, uses};
use super::{Diagnostic, Report};
use crate::fix::Fix;
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
                let paths = paths
                    .entry(used.variable)
                    .or_insert_with(|| context.graph.paths_without(context.facts(), fact));
                report.add(maybe_empty(context, step, &used, paths.to(step)));
            }
        }
    }
    let names: Vec<&str> = given.iter().map(|variable| &*program.variables[variable.at()]).collect();
    for ((variable, path), step) in &unknown {
        report.add(never_given(context, *variable, path, *step, &names));
    }
}

/// What the service before a login saves is for the questions of that login.
fn given_by_login(context: &Context<'_>, step: StepIx, variable: VarIx) -> bool {
    let kind = &context.step(step).kind;
    matches!(kind, StepKind::AuthToken { .. }) && sets(context.program, kind).contains(&variable)
}

fn never_given(
    context: &Context<'_>,
    variable: VarIx,
    path: &str,
    step: StepIx,
    given: &[&str],
) -> Diagnostic {
    let name = &context.program.variables[variable.at()];
    let span = context.find(path, name).or_else(|| context.places.value(path));
    let finding = Diagnostic::error("E0107", format!("no step gives `{name}` a value"))
        .at_span(path, span)
        .label("used here");
    match (idle_giver(context, variable), crate::suggest::nearest(name, given.iter().copied())) {
        (Some(idle), _) => {
            let span = context.find(&idle.path, name);
            let fix = context.insert_before(step, idle.key, &idle.id).filter(|_| idle.free);
            finding
                .also(span, "this would, but no step uses the component")
                .help(format!("add `- {}: {}` before this", idle.key, idle.id))
                .fix(fix)
        }
        (None, Some(meant)) => {
            let all = context.find_all(path, name);
            let edits = all.into_iter().map(|(span, braces)| {
                Fix::Text(span, if braces { format!("{{{meant}}}") } else { meant.to_owned() })
            });
            finding.help(format!("did you mean `{meant}`?")).fix(Fix::All(edits.collect()))
        }
        (None, None) => finding.help(format!("save an answer in it (`save: {name}`), or use `set`")),
    }
}

/// A component that no step uses.
struct Idle {
    path: String,
    /// The key of the step that would use it.
    key: &'static str,
    id: String,
    /// Whether a step can use it without more.
    free: bool,
}

/// The component that gives the variable a value, but that no step uses.
fn idle_giver(context: &Context<'_>, variable: VarIx) -> Option<Idle> {
    let program = context.program;
    let service = program.services.iter().find(|service| saves(service).any(|saved| saved == variable));
    if let Some(service) = service {
        let (path, id) = (format!("web_services.{}", service.id), service.id.to_string());
        return Some(Idle { path, key: "web_service", id, free: service.tokens.is_empty() });
    }
    let form =
        program.forms.iter().find(|form| form.questions.iter().any(|(_, saved)| *saved == variable))?;
    let (path, id) = (format!("forms.{}", form.id), form.id.to_string());
    Some(Idle { path, key: "form", id, free: true })
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
    finding.help(format!(
        "give `{name}` a value on this way too, or ask with `condition: {{ {name}: {{ exists: true }} }}`"
    ))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{bank, check_script};

    #[test]
    fn only_a_component_that_no_step_uses_would_set_it() {
        let findings = check_script(
            "
countersign: 1
bot: demo
web_services:
  - id: get
#       ^^^ warning W0104: no step uses `get`
    method: GET
    url: https://bank.example/balance
    save: { balance: balance.amount }
forms:
  - id: lead
#       ^^^^ warning W0104: no step uses `lead`
    questions: [{ question: Who are you?, save: name }]
scripts:
  - id: a
    triggers: [a]
    steps:
      - message: Hello {name}.
#                      ^^^^^^ error E0107: no step gives `name` a value
      - condition: { balance: { more_than: 5 } }
#                    ^^^^^^^ error E0107: no step gives `balance` a value
",
        );
        let help = |code: &str| {
            let found = findings.iter().filter(|finding| finding.code == code);
            found.map(|finding| finding.help.as_ref().unwrap().text.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(help("E0107"), ["add `- form: lead` before this", "add `- web_service: get` before this"]);
    }

    #[test]
    fn a_component_uses_variables_too() {
        let findings = check_script(
            "
countersign: 1
bot: demo
web_services:
  - id: get
    method: GET
    url: https://bank.example/accounts/{account}
scripts:
  - id: a
    triggers: [a]
    steps:
      - options: Do you know your account?
        choices: [{ label: \"Yes\", go: ask }, { label: \"No\" }]
      - web_service: get
#       ^^^^^^^^^^^^^^^^ warning W0106: `account` may have no value yet
      - end
      - id: ask
        question: Which one?
        save: account
      - web_service: get
",
        );
        assert_eq!(findings[0].labels[1].text, "its text is here");
        assert_eq!(findings[0].notes[1], "2. `scripts.a.steps[0]` when `No` is chosen");
    }

    #[test]
    fn a_way_on_which_it_has_no_value() {
        let findings = check_script(&bank(
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - auth_token: bank-login
      - web_service: get-balance
        unavailable: say
      - id: say
        message: You have {balance}.
#                         ^^^^^^^^^ warning W0106: `balance` may have no value yet
",
        ));
        assert_eq!(
            findings[0].notes,
            [
                "1. trigger `a` starts `scripts.a`",
                "2. `scripts.a.steps[0]` goes on",
                "3. `scripts.a.steps[1]` when the service is out of reach (`unavailable`)",
                "4. `scripts.a.steps[2]` uses `balance`",
            ]
        );
    }

    #[test]
    fn a_condition_may_ask_whether_there_is_one() {
        check_script(&bank(
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - auth_token: bank-login
      - web_service: get-balance
        unavailable: test
      - id: test
        condition: { balance: { exists: true } }
        then: say
        else: sorry
      - { id: say, message: \"You have {balance}.\", next: out }
      - { id: sorry, message: I do not know. }
      - { id: out, end: true }
",
        ));
    }

    #[test]
    fn values_come_from_all_kinds_of_steps() {
        check_script(
            "
countersign: 1
bot: demo
web_services:
  - id: get
    method: GET
    url: https://bank.example/list
    save: { total: total }
    each: { list: items, line: \"{item.name} of {total}\", save: lines }
forms:
  - { id: lead, questions: [{ question: Who?, save: who }, { question: \"How old are you, {who}?\", save: age }] }
scripts:
  - id: a
    triggers: [a]
    steps:
      - set: { greeting: Hello }
      - options: Which one?
        choices: [{ label: One }, { label: Two }]
        save: which
      - form: lead
      - web_service: get
      - run: ask
      - message: \"{greeting} {which} {who} {age} {total} {lines} {city}\"
  - id: ask
    steps:
      - { question: Where?, save: city }
",
        );
    }
}
