use countersign_model::{Content, OutMessage, Reply};
use countersign_script::program::{Options, StepIx, StepKind};

use crate::machine::{Flow, Machine, Triggering};
use crate::session::Asking;
use crate::value::Value;

pub(super) fn ask(machine: &mut Machine<'_>, at: StepIx) -> Flow {
    show(machine, at);
    machine.wait_for(at, Asking::Options, 0)
}

/// Says the question with its choices, or the card.
pub(super) fn show(machine: &mut Machine<'_>, at: StepIx) {
    let bot = machine.bot;
    let message = match &bot.steps[at.at()].kind {
        StepKind::Options { text, options } => {
            let text = machine.text(text);
            OutMessage::Options { text, choices: machine.shown_choices(&options.choices) }
        }
        StepKind::Card { title, text, image, options } => OutMessage::Card {
            title: machine.text(title),
            text: text.as_ref().map(|text| machine.text(text)),
            image: image.as_ref().map(|image| machine.public(image, None)),
            choices: options
                .as_ref()
                .map_or_else(Vec::new, |options| machine.shown_choices(&options.choices)),
        },
        _ => return,
    };
    machine.send(message);
}

pub(super) fn answer(
    machine: &mut Machine<'_>,
    at: StepIx,
    options: &Options,
    tries: u8,
    reply: &Reply,
) -> Flow {
    let bot = machine.bot;
    if let Some(chosen) = machine.chosen(&options.choices, &reply.content) {
        machine.understood = true;
        let choice = &options.choices[chosen];
        if let Some(variable) = options.save {
            machine.set(variable, Some(Value::Text(choice.value.clone())));
        }
        return Flow::Go(choice.go.or(bot.steps[at.at()].next));
    }
    // Somebody who says "balance" at a menu means the balance, whatever the menu offers.
    if let Some(script) = machine.triggered(&reply.content, Triggering::Exactly) {
        machine.start(script);
        return Flow::Stop;
    }
    if machine.is_cancel(reply) {
        return machine.cancelled(None);
    }
    let tries = tries.saturating_add(1);
    if tries >= options.tries {
        return machine.unanswered(options.no_answer);
    }
    // A caller who said nothing did not choose wrongly.
    if !matches!(reply.content, Content::Silence) {
        machine.say(options.retry.as_ref().unwrap_or(&bot.sentences.choose));
    }
    show(machine, at);
    machine.wait_for(at, Asking::Options, tries)
}
