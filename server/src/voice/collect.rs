//! What is collected from a caller, and what their words mean where digits are asked for.

use std::time::Duration;

use countersign_channels::{ChannelEvent, Event, Gather, spoken_digits};
use countersign_engine::{Expect, ExpectKind, Status};
use countersign_model::{Content, OutMessage};
use countersign_runner::{ConversationKey, View};
use countersign_script::program::{Keypad, StepKind};

use super::sentences::language;
use crate::app::App;

/// What the provider is to collect for an open question. A secret is never spoken aloud.
pub(super) fn gather(view: &View, expect: &Expect, said: &[OutMessage]) -> Gather {
    let keypad = match expect.kind {
        ExpectKind::Digits(keypad) => keypad,
        // Words can be spelled by nobody on a keypad, but digits are words too.
        ExpectKind::Text | ExpectKind::Choice | ExpectKind::Location | ExpectKind::File => {
            Keypad { max: 0, ..Keypad::default() }
        }
    };
    let choices = said.iter().rev().map(OutMessage::choices).find(|choices| !choices.is_empty());
    let hints = choices.unwrap_or_default().iter().map(|choice| choice.label.clone()).collect();
    let millis = |millis: u32| Duration::from_millis(millis.into());
    Gather {
        keys: true,
        speech: !expect.secret && !is_keypad_only(view),
        max_digits: keypad.max,
        // One key is an answer by itself, and then `#` is a wrong one.
        finish_key: keypad.finish_key.filter(|_| keypad.max != 1),
        first_timeout: millis(keypad.first_digit_ms),
        between_timeout: millis(keypad.between_digits_ms),
        type_ahead: true,
        hints,
    }
}

/// Turns words into digits where the open question asks for digits, and takes the key away that only ended the entry.
/// Whatever goes wrong here goes wrong again where it is told.
pub(super) async fn understand(app: &App, key: &ConversationKey, events: &mut [ChannelEvent]) {
    let replies = events.iter_mut().filter_map(|event| match &mut event.event {
        Event::Reply(reply) => Some(&mut reply.content),
        _ => None,
    });
    for content in replies {
        if !matches!(content, Content::Text(_) | Content::Digits(_)) {
            continue;
        }
        let Ok(Some(view)) = app.runner.look(key).await else { return };
        if let Status::Waiting(Expect { kind: ExpectKind::Digits(keypad), secret }) = view.status() {
            let words = !secret && !is_keypad_only(&view);
            as_digits(content, &keypad, words.then(|| language(&view)).as_deref());
        }
    }
}

/// `language` is that of words that may be digits.
fn as_digits(content: &mut Content, keypad: &Keypad, language: Option<&str>) {
    let changed = match (&*content, language) {
        (Content::Text(words), Some(language)) => {
            spoken_digits(words.expose(), language).map(|digits| Content::Digits(digits.into()))
        }
        (Content::Digits(digits), _) => {
            let finish_key = keypad.finish_key.filter(|_| keypad.max != 1);
            let rest = finish_key.and_then(|key| digits.expose().strip_suffix(key));
            rest.map(|rest| if rest.is_empty() { Content::Silence } else { Content::Digits(rest.into()) })
        }
        _ => None,
    };
    if let Some(changed) = changed {
        *content = changed;
    }
}

/// Whether the open question belongs to a login that takes the keypad alone. A Web Service may ask for the login of any
/// of its tokens in between.
fn is_keypad_only(view: &View) -> bool {
    let bot = &view.bot;
    let by_number = |token: countersign_script::program::TokenIx| {
        bot.tokens.get(token.at()).is_some_and(|token| token.validation_by_number)
    };
    let Some(path) = view.session.position(bot) else { return false };
    let Some(step) = bot.steps.iter().find(|step| *step.path == *path) else { return false };
    match &step.kind {
        StepKind::AuthToken { token, .. } => by_number(*token),
        StepKind::WebService { service, .. } => {
            let tokens = bot.services.get(service.at()).map(|service| service.tokens.as_slice());
            let latest = || bot.tokens.iter().any(|token| token.validation_by_number);
            tokens.unwrap_or_default().iter().any(|token| token.map_or_else(latest, by_number))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(content: Content, keypad: Keypad, language: Option<&str>) -> String {
        let mut content = content;
        as_digits(&mut content, &keypad, language);
        match content {
            Content::Text(words) => format!("text {}", words.expose()),
            Content::Digits(digits) => format!("digits {}", digits.expose()),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn words_become_digits_where_they_may() {
        let said = |words: &str, language| heard(Content::Text(words.into()), Keypad::default(), language);
        assert_eq!(said("four seven one one", Some("en")), "digits 4711");
        assert_eq!(said("vier sieben", Some("de-DE")), "digits 47");
        assert_eq!(said("the savings account", Some("en")), "text the savings account");
        assert_eq!(said("four seven one one", None), "text four seven one one");
    }

    #[test]
    fn the_key_that_ends_an_entry_is_no_part_of_it() {
        let pressed = |digits: &str, keypad| heard(Content::Digits(digits.into()), keypad, None);
        assert_eq!(pressed("4711#", Keypad::default()), "digits 4711");
        assert_eq!(pressed("#", Keypad::default()), "Silence");
        assert_eq!(pressed("*", Keypad::default()), "digits *");
        let star = Keypad { finish_key: Some('*'), ..Keypad::default() };
        assert_eq!(pressed("47*11*", star), "digits 47*11");
        let one = Keypad { max: 1, ..Keypad::default() };
        assert_eq!(pressed("#", one), "digits #");
        assert_eq!(pressed("4711", Keypad { finish_key: None, ..Keypad::default() }), "digits 4711");
    }
}
