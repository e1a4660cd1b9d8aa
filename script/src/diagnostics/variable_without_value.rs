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

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{bank, check_script, mend};

    #[test]
    fn a_name_that_nothing_sets() {
        let findings = check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - question: Who are you?
        save: name
      - message: Hello {nmae}.
#                      ^^^^^^ error E0107: nothing gives `nmae` a value
      - message: You live in {city}.
#                            ^^^^^^ error E0107: nothing gives `city` a value
",
        );
        assert_eq!(findings[0].help.as_ref().unwrap().text, "did you mean `name`?");
        assert!(findings[1].help.as_ref().unwrap().text.contains("`save: city`"));
    }

    #[test]
    fn the_edit_puts_the_right_name_in() {
        let text = "countersign: 1\nbot: demo\nscripts:\n  - id: a\n    triggers: [a]\n    steps:\n      - { question: Who?, save: name }\n      - message: Hello {nmae}.\n";
        let mended = mend(text, "E0107");
        assert!(mended.ends_with("Hello {name}.\n"), "{mended}");
        check_script(&mended);
    }

    #[test]
    fn a_component_uses_variables_too() {
        check_script(
            "
countersign: 1
bot: demo
web_services:
  - id: get
    method: GET
    url: https://bank.example/accounts/{account}
#                                      ^^^^^^^^^ error E0107: nothing gives `account` a value
scripts:
  - id: a
    triggers: [a]
    steps: [{ web_service: get }]
",
        );
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
