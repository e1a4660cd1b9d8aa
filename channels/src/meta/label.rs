//! Words that must fit.

use std::collections::HashSet;

use countersign_model::Choice;

use crate::split::{cut, split};

/// The labels of choices, cut to so many characters and on one line each; `None` when one is empty or two would be the
/// same, because the user could not tell them apart.
pub(crate) fn labels(choices: &[Choice], limit: usize) -> Option<Vec<String>> {
    let labels: Vec<_> = choices.iter().map(|choice| titled(&choice.label, limit)).collect();
    let mut seen = HashSet::new();
    labels.iter().all(|label| !label.is_empty() && seen.insert(label.as_str())).then_some(labels)
}

/// The text on one line, cut to so many characters.
pub(crate) fn titled(text: &str, limit: usize) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    cut(&line, limit)
}

/// A text as what goes before in messages of their own, at most `limit` each, and the body of a message with buttons,
/// at most `body_limit`. `None` for the body when the text is blank.
pub(crate) fn split_off_body(
    text: &str,
    limit: usize,
    body_limit: usize,
    measure: fn(&str) -> usize,
) -> (Vec<&str>, Option<&str>) {
    let text = text.trim();
    if measure(text) <= body_limit {
        return (Vec::new(), Some(text).filter(|text| !text.is_empty()));
    }
    let body = split(text, body_limit, measure).pop();
    let before = &text[..text.len() - body.map_or(0, str::len)];
    (split(before, limit, measure), body)
}

/// The address, when it leads into the web; a button takes no other.
pub(crate) fn http_link(url: &str) -> Option<&str> {
    let parsed = url::Url::parse(url.trim()).ok()?;
    matches!(parsed.scheme(), "https" | "http").then_some(url.trim())
}

/// A place for a channel that shows none: its name and an address that opens on a map.
pub(crate) fn maps_link(latitude: &str, longitude: &str, name: Option<&str>) -> String {
    let link = format!("https://maps.google.com/?q={},{}", latitude.trim(), longitude.trim());
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        Some(name) => format!("{name}\n{link}"),
        None => link,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::characters;

    fn choices(labels: &[&str]) -> Vec<Choice> {
        labels.iter().map(|label| Choice { label: (*label).into(), payload: "p".into() }).collect()
    }

    #[test]
    fn labels_that_would_look_the_same_are_none() {
        let cut = labels(&choices(&["Savings", "My savings\naccount in euro"]), 20).unwrap();
        assert_eq!(cut, ["Savings", "My savings account…"]);
        assert_eq!(labels(&choices(&["Savings account one", "Savings account two"]), 14), None);
        assert_eq!(labels(&choices(&["Yes", "Yes"]), 20), None);
        assert_eq!(labels(&choices(&["Yes", " \n"]), 20), None);
    }

    #[test]
    fn the_end_of_a_long_text_stays_with_the_buttons() {
        assert_eq!(split_off_body(" Which? ", 50, 20, characters), (vec![], Some("Which?")));
        assert_eq!(split_off_body(" \n", 50, 20, characters), (vec![], None));
        let text = "One sentence. Another sentence. And the question?";
        let (before, body) = split_off_body(text, 30, 20, characters);
        assert_eq!((before, body), (vec!["One sentence. Another", "sentence."], Some("And the question?")));
    }

    #[test]
    fn only_web_addresses_are_links() {
        assert_eq!(http_link(" https://example.com/a "), Some("https://example.com/a"));
        assert_eq!(http_link("tel:+15550100900"), None);
        assert_eq!(http_link("example.com"), None);
    }
}
