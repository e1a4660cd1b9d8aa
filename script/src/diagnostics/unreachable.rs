//! W0101: a step that no conversation comes to.
//! W0102: a script that no conversation comes to.
//! E0108: nothing starts the bot.
//!
//! A step is unreachable when every way to it is cut off: it stands after `jump` or `end` and nothing leads to it, or
//! all that leads to it is unreachable too. A script is unreachable when it has no trigger and no script that is
//! reachable runs it or jumps into it. A bot without any trigger, and without a fallback script, answers nobody.
//!
//! Give the script a trigger, name it in a branch, or take it out.

use super::context::Context;
use super::{Diagnostic, Report};
use crate::fix::Fix;
use crate::program::{ScriptIx, StepIx};

pub(super) fn unreachable(context: &Context<'_>, report: &mut Report) {
    if context.graph.entries.is_empty() {
        return report.add(nothing_starts(context));
    }
    let mut steps_of = vec![Vec::new(); context.program.scripts.len()];
    for step in context.graph.steps() {
        steps_of[context.step(step).script.at()].push(step);
    }
    for (at, steps) in steps_of.iter().enumerate() {
        let script = ScriptIx(at as u16);
        let starts = context.graph.entries.iter().any(|(entry, _)| *entry == script);
        if !starts && !steps.iter().any(|step| context.graph.is_reachable(*step)) {
            if !steps.is_empty() || !named(context, script) {
                report.add(lost_script(context, script));
            }
            continue;
        }
        let mut rest = &**steps;
        while let Some(first) = rest.iter().position(|step| !context.graph.is_reachable(*step)) {
            rest = &rest[first..];
            let count = rest.iter().take_while(|step| !context.graph.is_reachable(**step)).count();
            report.add(lost_steps(context, &rest[..count]));
            rest = &rest[count..];
        }
    }
}

fn nothing_starts(context: &Context<'_>) -> Diagnostic {
    let first = context.program.scripts.first().map(|script| format!("scripts.{}", script.id));
    let path = first.unwrap_or_else(|| "scripts".to_owned());
    // With one script it is clear what shall answer.
    let only = context.program.scripts.len() == 1;
    let fix = context.places.places.get(&format!("{path}.id")).filter(|_| only).map(|place| Fix::Put {
        beside: place.value,
        key: "triggers",
        value: serde_json::json!([{ "on": "fallback" }]),
        order: &["id", "triggers", "steps"],
    });
    Diagnostic::error("E0108", "nothing starts this bot: no script has a trigger")
        .at_span(&*path, context.id_of(&path))
        .label("this script has no `triggers`")
        .help("give a script `triggers`, and let one be the fallback for messages that match nothing else")
        .fix(fix)
}

fn named(context: &Context<'_>, script: ScriptIx) -> bool {
    use crate::program::StepKind;
    context
        .graph
        .reachable_steps()
        .any(|step| matches!(context.step(step).kind, StepKind::Run(run) if run == script))
}

fn lost_script(context: &Context<'_>, script: ScriptIx) -> Diagnostic {
    let id = context.graph.script_id(script);
    let path = format!("scripts.{id}");
    let lost_caller = context.graph.steps().find(|step| {
        let to_script = |to: Option<StepIx>| to.is_some_and(|to| context.step(to).script == script);
        context.step(*step).script != script
            && context.graph.from(*step).iter().any(|edge| to_script(edge.to))
    });
    let finding = Diagnostic::warning("W0102", format!("no conversation comes to `{path}`"))
        .at_span(&*path, context.id_of(&path))
        .label("no trigger starts it, and no reachable step leads to it");
    let finding = match lost_caller {
        Some(step) => {
            finding.note(format!("`{}` leads to it, but is unreachable itself", context.step(step).path))
        }
        None => finding,
    };
    finding.help("give it `triggers`, name it in a `run`, `jump` or branch, or take it out")
}

fn lost_steps(context: &Context<'_>, steps: &[StepIx]) -> Diagnostic {
    let first = steps[0];
    let finding = Diagnostic::warning("W0101", "no conversation comes to this step")
        .at_span(&*context.step(first).path, context.head(first))
        .label("every way to it is cut off");
    let finding = match steps.len() {
        1 => finding,
        2 => finding.note("nor to the step after it"),
        count => finding.note(format!("nor to the {} steps after it", count - 1)),
    };
    finding.help("lead a branch to it, or take it out")
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn steps_after_an_end() {
        let findings = check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - message: Hello.
      - jump: last
      - message: Never.
#       ^^^^^^^^^^^^^^^ warning W0101: no conversation comes to this step
      - message: Nor this.
      - id: last
        end: true
      - message: Lost too.
#       ^^^^^^^^^^^^^^^^^^ warning W0101: no conversation comes to this step
",
        );
        assert_eq!(findings[0].notes, ["nor to the step after it"]);
        assert!(findings[1].notes.is_empty());
    }

    #[test]
    fn every_branch_is_a_way() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - question: How much?
        kind: number
        save: amount
        no_answer: nothing
        cancelled: left
      - condition: { amount: { more_than: 5 } }
        then: much
        else: little
      - { id: nothing, message: Nothing., next: out }
      - { id: left, message: Left., next: out }
      - { id: much, message: Much., next: out }
      - { id: little, message: Little., next: out }
      - { id: out, end: true }
",
        );
    }

    #[test]
    fn a_script_without_a_trigger_that_nobody_names() {
        let findings = check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps: [{ run: used }]
  - id: used
    steps: [{ message: Hi. }]
  - id: lost
#       ^^^^ warning W0102: no conversation comes to `scripts.lost`
    steps: [{ jump: lost-too }]
  - id: lost-too
#       ^^^^^^^^ warning W0102: no conversation comes to `scripts.lost-too`
    steps: [{ message: Hi. }]
",
        );
        assert_eq!(findings[1].notes, ["`scripts.lost.steps[0]` leads to it, but is unreachable itself"]);
    }

    #[test]
    fn after_a_script_that_never_comes_back() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
      - run: bye
      - message: Never.
#       ^^^^^^^^^^^^^^^ warning W0101: no conversation comes to this step
  - id: bye
    steps:
      - message: Bye.
      - end
",
        );
    }

    #[test]
    fn a_bot_that_nothing_starts() {
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
#       ^ error E0108: nothing starts this bot: no script has a trigger
    steps: [{ message: Hi. }]
",
        );
        check_script(
            "countersign: 1\nbot: demo\nscripts:\n  - { id: a, triggers: [{ on: fallback }], steps: [{ message: Hi. }] }\n",
        );
    }
}
