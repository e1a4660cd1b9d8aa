//! Messages of a bot as text: on one line, and as a channel would show them.

use std::fmt::Write as _;

use countersign_model::{Capabilities, ChannelKind, Choice, OutMessage};

use crate::color::Paint;

/// A line break inside a message, where it must stay on one line.
pub(crate) const BREAK: &str = " ⏎ ";

/// A message on one line: its text, then its choices as `[1] First [2] Second`. Line breaks are shown as `⏎`.
pub(crate) fn line(message: &OutMessage) -> String {
    let mut line = one_line(&text(message));
    for (at, choice) in message.choices().iter().enumerate() {
        let space = if line.is_empty() { "" } else { " " };
        let _ = write!(line, "{space}[{}] {}", at + 1, one_line(&choice.label));
    }
    line
}

/// The text of a message without its choices.
pub(crate) fn text(message: &OutMessage) -> String {
    match message {
        OutMessage::Text(text) | OutMessage::Options { text, .. } => text.clone(),
        OutMessage::Media(media) => joined(
            &[&format!("[{}] {}", media.kind.name(), media.url), media.caption.as_deref().unwrap_or("")],
            " ",
        ),
        OutMessage::Location { latitude, longitude, name } => {
            joined(&[&format!("[location] {latitude}, {longitude}"), name.as_deref().unwrap_or("")], " ")
        }
        OutMessage::Link { text, label, url } => joined(&[text, &format!("{label}: {url}")], " "),
        OutMessage::Card { title, text, image, .. } => {
            let image = image.as_ref().map(|url| format!("[image] {url}")).unwrap_or_default();
            joined(&[title, text.as_deref().unwrap_or(""), &image], "\n")
        }
    }
}

/// A link to a login page, which leads nowhere without a server.
pub(crate) fn page(text: &str, label: &str) -> OutMessage {
    OutMessage::Text(joined(&[text, &format!("[{label}]")], " "))
}

/// Puts a text on one line.
pub(crate) fn one_line(text: &str) -> String {
    let lines: Vec<_> = text.trim_end().lines().collect();
    lines.join(BREAK).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A message as the channel would show it, with line ends.
pub(crate) fn bubble(message: &OutMessage, channel: ChannelKind, paint: Paint) -> String {
    let can = channel.capabilities();
    if can.spoken {
        return spoken(message, paint);
    }
    let mut shown = String::new();
    let bar = paint.green("▌");
    for line in text(message).lines() {
        let _ = writeln!(shown, "{bar} {}", visible(line));
    }
    shown.push_str(&choices(message.choices(), can, paint));
    shown
}

fn choices(choices: &[Choice], can: Capabilities, paint: Paint) -> String {
    let mut shown = String::new();
    let bar = paint.green("▌");
    if choices.is_empty() {
        return shown;
    }
    if can.buttons == 0 {
        for (at, choice) in choices.iter().enumerate() {
            let _ = writeln!(shown, "{bar} {} {}", at + 1, visible(&choice.label));
        }
    } else if choices.len() <= can.buttons {
        shown.push_str("  ");
        for (at, choice) in choices.iter().enumerate() {
            let button = format!("[{}] {}", at + 1, cut(&visible(&choice.label), can.label_len));
            let _ = write!(shown, " {}", paint.cyan(button));
        }
        shown.push('\n');
    } else {
        let _ = writeln!(shown, "   {}", paint.dim("☰ list"));
        for (at, choice) in choices.iter().enumerate() {
            let row = format!("[{}] {}", at + 1, cut(&visible(&choice.label), can.label_len));
            let _ = writeln!(shown, "   {}", paint.cyan(row));
        }
    }
    shown
}

fn spoken(message: &OutMessage, paint: Paint) -> String {
    let mut words = text(message).split_whitespace().collect::<Vec<_>>().join(" ");
    for (at, choice) in message.choices().iter().enumerate() {
        let space = if words.is_empty() { "" } else { " " };
        let _ = write!(words, "{space}For {}, press {}.", choice.label.trim(), at + 1);
    }
    format!("{} says: “{}”\n", paint.green("☎"), visible(&words))
}

/// A terminal obeys control characters; those of a bot or service are not meant for it.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn cut(label: &str, most: usize) -> String {
    if label.chars().count() <= most {
        return label.to_owned();
    }
    label.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn joined(parts: &[&str], between: &str) -> String {
    let parts: Vec<_> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join(between)
}

#[cfg(test)]
mod tests {
    use countersign_model::{Media, MediaKind};

    use super::*;

    fn options(labels: &[&str]) -> OutMessage {
        let choices =
            labels.iter().map(|label| Choice { label: (*label).to_owned(), payload: String::new() });
        OutMessage::Options { text: "What would you like?".to_owned(), choices: choices.collect() }
    }

    #[test]
    fn one_line_holds_everything() {
        assert_eq!(line(&OutMessage::Text("a\nb\n".to_owned())), "a ⏎ b");
        assert_eq!(line(&options(&["My balance", "Talk"])), "What would you like? [1] My balance [2] Talk");
        let media = Media {
            kind: MediaKind::Image,
            url: "https://a.example/b.png".to_owned(),
            caption: Some("A map".to_owned()),
        };
        assert_eq!(line(&OutMessage::Media(media)), "[image] https://a.example/b.png A map");
        let link = OutMessage::Link {
            text: "Read on".to_owned(),
            label: "Terms".to_owned(),
            url: "https://a.example".to_owned(),
        };
        assert_eq!(line(&link), "Read on Terms: https://a.example");
        let place = OutMessage::Location { latitude: "52.5".into(), longitude: "13.4".into(), name: None };
        assert_eq!(line(&place), "[location] 52.5, 13.4");
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let evil = OutMessage::Text("a\x1b[2Jb".to_owned());
        assert!(!line(&evil).contains('\x1b'));
        for channel in ChannelKind::ALL {
            assert!(!bubble(&evil, channel, Paint(false)).contains('\x1b'), "{channel}");
        }
    }

    #[test]
    fn each_channel_in_its_way() {
        let few = options(&["My balance", "Talk"]);
        let plain = Paint(false);
        assert_eq!(
            bubble(&few, ChannelKind::Whatsapp, plain),
            "▌ What would you like?\n   [1] My balance [2] Talk\n"
        );
        assert_eq!(
            bubble(&few, ChannelKind::Sms, plain),
            "▌ What would you like?\n▌ 1 My balance\n▌ 2 Talk\n"
        );
        assert_eq!(
            bubble(&few, ChannelKind::Phone, plain),
            "☎ says: “What would you like? For My balance, press 1. For Talk, press 2.”\n"
        );
        let many = options(&["One", "Two", "Three", "A label of more than twenty characters"]);
        assert_eq!(
            bubble(&many, ChannelKind::Whatsapp, plain),
            "▌ What would you like?\n   ☰ list\n   [1] One\n   [2] Two\n   [3] Three\n   [4] A label of more tha…\n"
        );
    }
}
