//! W0107: a channel shows less than the author means.
//!
//! Channels differ: WhatsApp shows 3 buttons or a list of 10, SMS carries text alone, a caller only hears. The bot
//! works all the same: choices are numbered, labels are cut, pictures become links. The finding says what a user of
//! the channel will see, so that nobody is surprised.
//!
//! The channels are those under `channels` in the file and those that the check was asked for.

use countersign_model::ChannelKind;

use super::context::Context;
use super::{Diagnostic, Report};
use crate::program::{AnswerKind, OptionChoice, Options, Program, StepIx, StepKind, Text};
use crate::template::{Piece, Template};

pub(super) fn degraded(context: &Context<'_>, report: &mut Report) {
    let channels = context.channels();
    if channels.is_empty() {
        return;
    }
    for step in context.graph.reachable_steps() {
        let mut losses: Vec<(&'static str, String, Vec<ChannelKind>)> = Vec::new();
        for channel in &channels {
            for (setting, loss) in losses_of(context.program, &context.step(step).kind, *channel) {
                match losses.iter_mut().find(|(other, text, _)| *other == setting && *text == loss) {
                    Some((.., channels)) => channels.push(*channel),
                    None => losses.push((setting, loss, vec![*channel])),
                }
            }
        }
        for (setting, loss, channels) in losses {
            report.add(finding(context, step, setting, &loss, &channels));
        }
    }
}

fn finding(
    context: &Context<'_>,
    step: StepIx,
    setting: &'static str,
    loss: &str,
    channels: &[ChannelKind],
) -> Diagnostic {
    let names: Vec<_> = channels.iter().map(|channel| channel.title()).collect();
    Diagnostic::warning("W0107", format!("on {}: {loss}", names.join(", ")))
        .at_span(&*context.step(step).path, context.setting(step, setting))
}

/// What is lost on a channel, and the setting of the step that it is about.
fn losses_of(program: &Program, kind: &StepKind, channel: ChannelKind) -> Vec<(&'static str, String)> {
    let can = channel.capabilities();
    let mut losses = Vec::new();
    match kind {
        StepKind::Message(text) if length(text) > can.text_len && !can.spoken => {
            losses.push((
                "message",
                format!("a message has at most {} characters, so this one is split", can.text_len),
            ));
        }
        StepKind::Media { kind, .. } if !can.media => {
            let instead = if can.spoken { "the caller hears its caption alone" } else { "its link is sent" };
            losses.push(("media", format!("{} cannot be shown; {instead}", article(kind.name()))));
        }
        StepKind::Link { .. } if can.spoken => {
            losses.push(("link", "a caller cannot open a link; the text is spoken".to_owned()));
        }
        StepKind::Location { .. } if can.spoken => {
            losses.push(("location", "a caller cannot see a map; the name is spoken".to_owned()));
        }
        StepKind::Card { image, options, .. } => {
            if !can.media {
                let image = if image.is_some() { " without its picture" } else { "" };
                let how = if can.spoken { "spoken" } else { "sent as text" };
                losses.push(("card", format!("a card is {how}{image}")));
            }
            options.iter().for_each(|options| choices(&options.choices, "choices", channel, &mut losses));
        }
        StepKind::Options { options: Options { choices: all, .. }, .. } => {
            choices(all, "choices", channel, &mut losses);
        }
        StepKind::Question(step) => {
            answer(&step.question.kind, channel, "kind", &mut losses);
            if let AnswerKind::Choice(all) = &step.question.kind {
                choices(all, "choices", channel, &mut losses);
            }
        }
        StepKind::Form { form, .. } => {
            for (question, _) in &program.forms[form.at()].questions {
                answer(&question.kind, channel, "form", &mut losses);
            }
        }
        _ => {}
    }
    losses
}

fn answer(
    kind: &AnswerKind,
    channel: ChannelKind,
    setting: &'static str,
    losses: &mut Vec<(&'static str, String)>,
) {
    let what = match kind {
        AnswerKind::File => "a file",
        AnswerKind::Location => "a place",
        _ => return,
    };
    if !channel.capabilities().media {
        losses.push((setting, format!("a user cannot send {what}, so this question has no answer there")));
    }
}

fn choices(
    all: &[OptionChoice],
    setting: &'static str,
    channel: ChannelKind,
    losses: &mut Vec<(&'static str, String)>,
) {
    let can = channel.capabilities();
    let most = can.buttons.max(can.list_rows);
    // Where there are no buttons at all, numbered choices are the plan and no loss.
    if most == 0 {
        return;
    }
    if all.len() > most {
        let shows = if can.list_rows > can.buttons {
            format!("{} buttons or a list of {}", can.buttons, can.list_rows)
        } else {
            format!("{} buttons", can.buttons)
        };
        losses.push((
            setting,
            format!("{} choices, but it shows {shows}; they are numbered instead", all.len()),
        ));
    }
    let long: Vec<_> = all.iter().filter(|choice| length(&choice.label) > can.label_len).collect();
    if let Some(first) = long.first() {
        let more = if long.len() > 1 { format!(" (and {} more)", long.len() - 1) } else { String::new() };
        losses.push((
            setting,
            format!("a label has at most {} characters, so `{}`{more} is cut", can.label_len, first.value),
        ));
    }
}

/// The longest that the words of the author are, placeholders not counted.
fn length(text: &Text) -> usize {
    let of = |template: &Template| -> usize {
        template
            .pieces
            .iter()
            .map(|piece| if let Piece::Text(text) = piece { text.chars().count() } else { 0 })
            .sum()
    };
    text.variants.iter().flatten().map(of).max().unwrap_or(0)
}

fn article(noun: &str) -> String {
    let an = noun.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{} {noun}", if an { "an" } else { "a" })
}

#[cfg(test)]
mod tests {
    use countersign_model::ChannelKind;

    use crate::diagnostics::tests_support::{check_script, check_script_on};

    const BOT: &str = "
countersign: 1
bot: demo
scripts:
  - id: a
    triggers: [a]
    steps:
";

    #[test]
    fn more_choices_than_a_channel_shows() {
        let choices = |count| (0..count).map(|n| format!("{{ label: L{n} }}")).collect::<Vec<_>>().join(", ");
        let bot = |count, told: &str| {
            format!("{BOT}      - options: Which?\n        choices: [{}]\n{told}", choices(count))
        };
        check_script(&bot(11, ""));
        check_script_on(&[ChannelKind::Whatsapp], &bot(10, ""));
        let carets = |count: usize| "^".repeat(choices(count).len() + 2);
        let told =
            |count, words: &str| format!("#                {} warning W0107: {words}\n", carets(count));
        let words =
            "on WhatsApp: 11 choices, but it shows 3 buttons or a list of 10; they are numbered instead";
        check_script_on(&[ChannelKind::Whatsapp, ChannelKind::Sms], &bot(11, &told(11, words)));
        let words = "on Messenger, LINE: 14 choices, but it shows 13 buttons; they are numbered instead";
        check_script_on(&[ChannelKind::Line, ChannelKind::Messenger], &bot(14, &told(14, words)));
    }

    #[test]
    fn labels_that_are_cut() {
        check_script_on(
            &[ChannelKind::Whatsapp, ChannelKind::Sms],
            &format!(
                "{BOT}{}",
                "      - options: Which?
        choices: [{ label: A label that is much too long }]
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning W0107: on WhatsApp: a label has at most 20 characters, so `A label that is much too long` is cut
"
            ),
        );
    }

    #[test]
    fn text_only_and_spoken_channels() {
        check_script_on(
            &[ChannelKind::Sms, ChannelKind::Phone],
            &format!(
                "{BOT}{}",
                "      - media: https://bank.example/a.png
        type: image
#anywhere warning W0107: on SMS: an image cannot be shown; its link is sent
#anywhere warning W0107: on the phone: an image cannot be shown; the caller hears its caption alone
      - link: https://bank.example/
        text: Look here.
        label: Open
#anywhere warning W0107: on the phone: a caller cannot open a link; the text is spoken
      - question: Where are you?
        kind: location
        save: place
#anywhere warning W0107: on SMS, the phone: a user cannot send a place, so this question has no answer there
      - message: At {place}.
"
            )
            .replace("#anywhere", "# anywhere"),
        );
    }
}
