//! Choices on a channel that shows no buttons, or not so many.

use countersign_model::Choice;

/// The text with its choices under it, one a line and numbered; the engine takes the number or the words as an answer.
pub(crate) fn numbered(text: &str, choices: &[Choice]) -> String {
    let mut out = text.to_owned();
    for (number, choice) in (1..).zip(choices) {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("{number}. {}", choice.label));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_stand_numbered_under_the_text() {
        let choice = |label: &str| Choice { label: label.into(), payload: "p".into() };
        assert_eq!(
            numbered("Which?", &[choice("Checking"), choice("Savings")]),
            "Which?\n1. Checking\n2. Savings"
        );
        assert_eq!(numbered("", &[choice("Yes")]), "1. Yes");
    }
}
