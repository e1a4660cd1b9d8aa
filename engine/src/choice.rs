//! Which of the choices an answer means.

use countersign_model::{Choice, Content};
use countersign_script::program::OptionChoice;
use countersign_script::trigger::normalise;

use crate::machine::Machine;

impl Machine<'_> {
    /// The choices as the user sees them.
    pub(crate) fn shown_choices(&mut self, choices: &[OptionChoice]) -> Vec<Choice> {
        choices
            .iter()
            .map(|choice| Choice { label: self.text(&choice.label), payload: choice.value.to_string() })
            .collect()
    }

    /// The choice that an answer means: the button itself, its number, its label or value; or a text that only one
    /// label begins with or has among its words.
    pub(crate) fn chosen(&mut self, choices: &[OptionChoice], content: &Content) -> Option<usize> {
        let text = match content {
            Content::Choice { payload, label } => {
                if let Some(at) = choices.iter().position(|choice| *choice.value == **payload) {
                    return Some(at);
                }
                label.as_str()
            }
            Content::Text(text) | Content::Digits(text) => text.expose(),
            _ => return None,
        };
        if text.len() > 500 {
            return None;
        }
        let raw = text.trim();
        let text = normalise(text);
        let numbered = || text.parse::<usize>().ok().filter(|number| (1..=choices.len()).contains(number));
        // Where choices are shown with numbers, a number is one of those; elsewhere it may be what a label says.
        if let Some(number) = numbered().filter(|_| self.session.channel.capabilities().buttons == 0) {
            return Some(number - 1);
        }
        let shown: Vec<String> = choices.iter().map(|choice| self.text(&choice.label)).collect();
        // A label may be a sign alone, of which nothing is left when it is normalised.
        if let Some(at) = shown.iter().position(|label| label.trim() == raw && !raw.is_empty()) {
            return Some(at);
        }
        if text.is_empty() {
            return None;
        }
        let labels: Vec<String> = shown.iter().map(|label| normalise(label)).collect();
        labels
            .iter()
            .zip(choices)
            .position(|(label, choice)| *label == text || normalise(&choice.value) == text)
            .or_else(|| numbered().map(|number| number - 1))
            .or_else(|| only(&labels, |label| label.starts_with(&text)))
            .or_else(|| only(&labels, |label| label.split(' ').any(|word| word == text)))
            .or_else(|| {
                only(&labels, |label| {
                    !label.is_empty() && format!(" {text} ").contains(&format!(" {label} "))
                })
            })
    }
}

/// The position of the one label that fits; none when several do.
fn only(labels: &[String], fits: impl Fn(&String) -> bool) -> Option<usize> {
    let mut fitting = labels.iter().enumerate().filter(|(_, label)| fits(label));
    match (fitting.next(), fitting.next()) {
        (Some((at, _)), None) => Some(at),
        _ => None,
    }
}
