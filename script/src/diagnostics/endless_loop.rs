//! E0102: a loop that never waits for the user.
//! E0103: a script that runs itself without end.
//! W0111: a script that runs itself, one level deeper with each round.
//!
//! A conversation that goes round such steps would never stop: no step asks the user anything, so nothing new can
//! happen. Countersign stops it after 200 steps and says that there is a problem. A Web Service does not count as
//! waiting either, because it would call the API again and again.
//!
//! Put a step that waits into the loop: `options`, `question`, `form` or `wait`. Or lead one branch out of it and ask
//! again only after the user has said something.
//!
//! `run` comes back when the script that it runs has ended. A script that runs itself, or runs one that runs it, never
//! ends, and even when it waits in between it goes one level deeper with each round, at most 16. Use `jump` to start
//! again.

use std::collections::HashSet;

use super::context::Context;
use super::{Diagnostic, Report};
use crate::fix::Fix;
use crate::graph::paths::describe;
use crate::graph::{Edge, Exit};
use crate::program::{ScriptIx, StepIx, StepKind};

/// How deep scripts may run scripts; the engine stops a conversation that goes deeper.
const MAX_DEPTH: usize = 16;

pub(super) fn endless_loop(context: &Context<'_>, report: &mut Report) {
    let mut told = HashSet::new();
    for cycle in context.graph.endless_cycles() {
        told.extend(cycle.iter().map(|edge| context.step(edge.from).script));
        report.add(endless(context, &cycle));
    }
    let circles = context.graph.circles_of_runs();
    for circle in &circles {
        if circle.iter().all(|script| !told.contains(script)) {
            report.add(deeper(context, circle));
        }
    }
    if circles.is_empty() {
        too_deep(context, report);
    }
}

fn endless(context: &Context<'_>, cycle: &[&Edge]) -> Diagnostic {
    let first = cycle[0].from;
    let into = cycle.iter().find_map(|edge| match edge.exit {
        Exit::Into(script) => Some((edge.from, script)),
        _ => None,
    });
    let mut finding = match into {
        None => Diagnostic::error("E0102", "this loop never waits for the user")
            .at_span(&*context.step(first).path, context.head(first))
            .label("the loop begins here"),
        Some((step, script)) => {
            let id = context.graph.script_id(script);
            Diagnostic::error("E0103", format!("`scripts.{id}` runs itself without end"))
                .at_span(&*context.step(step).path, context.head(step))
                .label("this `run` never comes back")
        }
    };
    for (number, edge) in cycle.iter().enumerate() {
        let back = if number + 1 == cycle.len() { ", and so it begins again" } else { "" };
        let path = &context.step(edge.from).path;
        finding = finding.note(format!("{}. `{path}` {}{back}", number + 1, describe(&context.graph, edge)));
    }
    let last = cycle[cycle.len() - 1].from;
    if into.is_none() && last != first {
        finding = finding.also(context.head(last), "and leads back from here");
    }
    match into {
        None => finding.help("put a step that waits into the loop: `options`, `question`, `form` or `wait`"),
        Some((step, script)) => finding.help(jump_instead(context, step, script)),
    }
}

fn deeper(context: &Context<'_>, circle: &[ScriptIx]) -> Diagnostic {
    let inside = |step: &StepIx| match &context.step(*step).kind {
        StepKind::Run(callee) => circle.contains(&context.step(*step).script) && circle.contains(callee),
        _ => false,
    };
    let runs: Vec<_> = context.graph.reachable_steps().filter(inside).collect();
    let first = runs[0];
    let script = context.step(first).script;
    let id = context.graph.script_id(script);
    let mut finding =
        Diagnostic::warning("W0111", format!("`scripts.{id}` runs itself, one level deeper with each round"))
            .at_span(&*context.step(first).path, context.head(first))
            .label("each round waits here for the next one to end");
    for step in &runs[1..] {
        finding = finding.also(context.head(*step), "and here");
    }
    let StepKind::Run(callee) = &context.step(first).kind else { return finding };
    // Where nothing comes after it, coming back changes nothing.
    let last = context.step(first).next.is_none();
    let key = context.places.places.get(&format!("{}.run", context.step(first).path));
    let key = key.and_then(|place| place.key);
    finding
        .note(format!("scripts can run scripts {MAX_DEPTH} levels deep; then the conversation is stopped"))
        .help(jump_instead(context, first, *callee))
        .fix(last.then_some(key).flatten().map(|key| Fix::Word(key, "jump".to_owned())))
}

fn jump_instead(context: &Context<'_>, _step: StepIx, script: ScriptIx) -> String {
    format!("use `jump: {}` to begin again without coming back", context.graph.script_id(script))
}

/// Chains of scripts that are deeper than the engine goes. There are no circles here.
fn too_deep(context: &Context<'_>, report: &mut Report) {
    let scripts = context.program.scripts.len();
    let mut runs: Vec<Vec<(StepIx, ScriptIx)>> = vec![Vec::new(); scripts];
    for step in context.graph.reachable_steps() {
        if let StepKind::Run(callee) = &context.step(step).kind {
            runs[context.step(step).script.at()].push((step, *callee));
        }
    }
    let mut depth: Vec<Option<usize>> = vec![None; scripts];
    for root in 0..scripts {
        let mut open = vec![root];
        while let Some(&at) = open.last() {
            let unknown = runs[at].iter().find(|(_, callee)| depth[callee.at()].is_none());
            match unknown {
                Some((_, callee)) => open.push(callee.at()),
                None => {
                    let deepest = runs[at].iter().filter_map(|(_, callee)| depth[callee.at()]).max();
                    depth[at] = Some(deepest.map_or(0, |below| below + 1));
                    open.pop();
                }
            }
        }
        let started = context.graph.entries.iter().any(|(script, _)| script.at() == root);
        let levels = depth[root].unwrap_or(0);
        if let Some((step, _)) = runs[root].iter().max_by_key(|(_, callee)| depth[callee.at()])
            && started
            && levels > MAX_DEPTH
        {
            report.add(
                Diagnostic::error("E0103", format!("scripts run scripts {levels} levels deep from here"))
                    .at_span(&*context.step(*step).path, context.head(*step))
                    .label("the deepest chain begins here")
                    .note(format!("scripts can run scripts {MAX_DEPTH} levels deep"))
                    .help("use `jump` where a script need not come back"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{bank, check_script};

    const HEAD: &str = "countersign: 1\nbot: demo\n";

    #[test]
    fn a_loop_of_messages_never_ends() {
        let findings = check_script(&format!(
            "{HEAD}{}",
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - id: again
        message: Hello.
#       ^^^^^^^^^^^^^^^ error E0102: this loop never waits for the user
      - message: Hello again.
      - jump: again
"
        ));
        assert_eq!(
            findings[0].notes,
            [
                "1. `scripts.a.steps[0]` goes on",
                "2. `scripts.a.steps[1]` goes on",
                "3. `scripts.a.steps[2]` jumps, and so it begins again",
            ]
        );
    }

    #[test]
    fn asking_or_pausing_ends_a_loop() {
        for waits in
            ["question: How are you?", "options: Well?\n        choices: [{ label: Yes }]", "wait: 5"]
        {
            check_script(&format!(
                "{HEAD}
scripts:
  - id: a
    triggers: [a]
    steps:
      - id: again
        message: Hello.
      - {waits}
      - jump: again
"
            ));
        }
    }

    #[test]
    fn a_step_that_jumps_to_itself() {
        check_script(&format!(
            "{HEAD}{}",
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - id: me
        jump: me
#       ^^^^^^^^ error E0102: this loop never waits for the user
"
        ));
    }

    #[test]
    fn calling_an_api_is_no_waiting() {
        check_script(&bank(
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - id: again
        auth_token: bank-login
#       ^^^^^^^^^^^^^^^^^^^^^^ error E0102: this loop never waits for the user
      - web_service: get-balance
        failed: again
      - message: \"{balance}\"
",
        ));
    }

    #[test]
    fn a_login_that_failed_has_waited() {
        check_script(&bank(
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - id: again
        auth_token: bank-login
        failed: again
      - web_service: get-balance
",
        ));
    }

    #[test]
    fn a_loop_over_a_script_that_asks_is_none() {
        check_script(&format!(
            "{HEAD}{}",
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - id: again
        run: ask
      - jump: again
  - id: ask
    steps:
      - question: How are you?
"
        ));
    }

    #[test]
    fn a_loop_over_a_script_that_only_speaks_is_one() {
        let findings = check_script(&format!(
            "{HEAD}{}",
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - id: again
        run: speak
#       ^^^^^^^^^^ error E0102: this loop never waits for the user
      - jump: again
  - id: speak
    steps:
      - message: Hello.
"
        ));
        assert_eq!(findings[0].notes[0], "1. `scripts.a.steps[0]` runs `scripts.speak`, which comes back");
    }

    #[test]
    fn a_script_that_runs_itself() {
        let findings = check_script(&format!(
            "{HEAD}{}",
            "
scripts:
  - id: a
    triggers: [a]
    steps:
      - message: Hello.
      - run: b
#       ^^^^^^ error E0103: `scripts.b` runs itself without end
  - id: b
    steps:
      - run: a
"
        ));
        assert_eq!(
            findings[0].help.as_ref().unwrap().text,
            "use `jump: b` to begin again without coming back"
        );
    }

    #[test]
    fn a_menu_that_runs_itself_goes_deeper() {
        check_script(&format!(
            "{HEAD}{}",
            "
scripts:
  - id: menu
    triggers: [menu]
    steps:
      - question: What else?
      - run: menu
#       ^^^^^^^^^ warning W0111: `scripts.menu` runs itself, one level deeper with each round
"
        ));
        check_script(&format!(
            "{HEAD}scripts:\n  - id: menu\n    triggers: [menu]\n    steps:\n      - question: What else?\n      - jump: menu\n"
        ));
    }

    #[test]
    fn scripts_run_scripts_16_levels_deep_at_most() {
        let chain = |levels: usize| {
            let mut text = format!("{HEAD}scripts:\n");
            for level in 0..=levels {
                let triggers = if level == 0 { "    triggers: [a]\n" } else { "" };
                let step =
                    if level == levels { "message: Hi.".to_owned() } else { format!("run: s{}", level + 1) };
                text += &format!("  - id: s{level}\n{triggers}    steps:\n      - {step}\n");
                if level == 0 && levels > 16 {
                    text += "#       ^^^^^^^ error E0103: scripts run scripts 17 levels deep from here\n";
                }
            }
            text
        };
        check_script(&chain(16));
        check_script(&chain(17));
    }
}
