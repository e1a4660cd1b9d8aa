use countersign_model::Reply;
use countersign_script::program::{FormIx, StepIx};

use crate::Effect;
use crate::effect::Lead;
use crate::machine::{Flow, Machine};
use crate::session::Asking;

/// Wrong answers to one question before a form is given up.
const TRIES: u8 = 3;

pub(super) fn ask(machine: &mut Machine<'_>, at: StepIx, form: FormIx) -> Flow {
    ask_from(machine, at, form, 0)
}

fn ask_from(machine: &mut Machine<'_>, at: StepIx, form: FormIx, index: u8) -> Flow {
    let bot = machine.bot;
    let form = &bot.forms[form.at()];
    if let Some((question, _)) = form.questions.get(usize::from(index)) {
        machine.say_question(question);
        return machine.wait_for(at, Asking::Form { question: index }, 0);
    }
    let answers = form
        .questions
        .iter()
        .map(|(_, variable)| {
            let value = machine.value(*variable).map(|value| value.as_str().to_owned());
            (bot.variables[variable.at()].to_string(), value.unwrap_or_default())
        })
        .collect();
    machine.effects.push(Effect::Keep(Lead { form: form.id.clone(), answers }));
    Flow::Go(bot.steps[at.at()].next)
}

pub(super) fn answer(
    machine: &mut Machine<'_>,
    at: StepIx,
    form: FormIx,
    index: u8,
    tries: u8,
    reply: &Reply,
) -> Flow {
    let bot = machine.bot;
    let cancelled = machine.branches(at).cancelled;
    if machine.is_cancel(reply) {
        return machine.cancelled(cancelled);
    }
    let (question, variable) = &bot.forms[form.at()].questions[usize::from(index)];
    match machine.check_answer(question, false, &reply.content) {
        Ok(answer) => {
            machine.answered(question);
            machine.set(*variable, Some(answer.into_value()));
            ask_from(machine, at, form, index + 1)
        }
        Err(invalid) => {
            let tries = tries.saturating_add(1);
            if tries >= TRIES {
                return machine.unanswered(cancelled);
            }
            machine.say_retry(question, &invalid);
            machine.wait_for(at, Asking::Form { question: index }, tries)
        }
    }
}
