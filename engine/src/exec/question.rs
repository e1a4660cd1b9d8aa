use countersign_model::{OutMessage, Reply};
use countersign_script::program::{AnswerKind, Question, QuestionStep, StepIx};

use crate::machine::{Flow, Machine};
use crate::session::Asking;

pub(super) fn ask(machine: &mut Machine<'_>, at: StepIx, step: &QuestionStep) -> Flow {
    machine.say_question(&step.question);
    machine.wait_for(at, Asking::Question, 0)
}

pub(super) fn answer(
    machine: &mut Machine<'_>,
    at: StepIx,
    step: &QuestionStep,
    tries: u8,
    reply: &Reply,
) -> Flow {
    if step.question.secret {
        machine.hear_secret(reply);
    }
    if machine.is_cancel(reply) {
        return machine.cancelled(step.cancelled);
    }
    let question = &step.question;
    match machine.check_answer(question, false, &reply.content) {
        Ok(answer) => {
            machine.answered(question);
            let go = match (&question.kind, answer.choice) {
                (AnswerKind::Choice(choices), Some(at)) => choices[at].go,
                _ => None,
            };
            if let (Some(variable), false) = (step.save, question.secret) {
                machine.set(variable, Some(answer.into_value()));
            }
            Flow::Go(go.or(machine.bot.steps[at.at()].next))
        }
        Err(invalid) => {
            let tries = tries.saturating_add(1);
            if tries >= step.tries {
                return machine.unanswered(step.no_answer);
            }
            machine.say_retry(question, &invalid);
            machine.wait_for(at, Asking::Question, tries)
        }
    }
}

impl Machine<'_> {
    /// Asks, with choices where there are any.
    pub(crate) fn say_question(&mut self, question: &Question) {
        match &question.kind {
            AnswerKind::Choice(choices) => {
                let text = self.text(&question.text);
                let choices = self.shown_choices(choices);
                self.send(OutMessage::Options { text, choices });
            }
            _ => self.say(&question.text),
        }
    }
}
