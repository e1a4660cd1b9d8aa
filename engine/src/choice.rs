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
        let text = normalise(text);
        if text.is_empty() || text.len() > 500 {
            return None;
        }
        if let Ok(number) = text.parse::<usize>()
            && (1..=choices.len()).contains(&number)
        {
            return Some(number - 1);
        }
        let labels: Vec<String> = choices.iter().map(|choice| normalise(&self.text(&choice.label))).collect();
        labels
            .iter()
            .zip(choices)
            .position(|(label, choice)| *label == text || normalise(&choice.value) == text)
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
