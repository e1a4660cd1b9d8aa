//! Questions and kinds of answers.

use regex::Regex;

use super::Compiler;
use super::scope::Scope;
use crate::diagnostics::{Span, bad_pattern, missing_key, out_of_range, unfitting_setting};
use crate::program::{AnswerKind, Keypad, OptionChoice, Question};
use crate::wire::decode::At;
use crate::wire::{self, Length, PlainChoice, Spanned, Text};

/// A question as any of the types of the file writes it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Asked<'w> {
    pub(crate) question: Option<&'w Spanned<Text>>,
    pub(crate) kind: Option<&'w Spanned<wire::AnswerKind>>,
    pub(crate) length: Option<&'w Spanned<Length>>,
    pub(crate) min: Option<&'w Spanned<f64>>,
    pub(crate) max: Option<&'w Spanned<f64>>,
    pub(crate) pattern: Option<&'w Spanned<String>>,
    pub(crate) choices: Option<&'w Spanned<Vec<Spanned<PlainChoice>>>>,
    pub(crate) retry: Option<&'w Spanned<Text>>,
    pub(crate) keypad: Option<&'w Spanned<wire::Keypad>>,
    /// The keypad of the component around it.
    pub(crate) outer_keypad: Option<&'w Spanned<wire::Keypad>>,
    pub(crate) secret: bool,
    /// Whether the component around it wants digits alone.
    pub(crate) by_number: bool,
}

/// Fills an [`Asked`] from a type that has all fields.
macro_rules! asked {
    ($question:expr) => {
        crate::compile::question::Asked {
            question: Some(&$question.question),
            kind: $question.kind.as_ref(),
            length: $question.length.as_ref(),
            min: $question.min.as_ref(),
            max: $question.max.as_ref(),
            pattern: $question.pattern.as_ref(),
            choices: $question.choices.as_ref(),
            retry: $question.retry.as_ref(),
            keypad: $question.keypad.as_ref(),
            ..Default::default()
        }
    };
}
pub(crate) use asked;

/// The most characters of a text answer.
const MAX_TEXT: u64 = 4_000;
/// The most characters of a text answer when the author says nothing.
const USUAL_TEXT: u64 = 1_000;
/// The most digits or characters of a code.
const MAX_DIGITS: u64 = 32;

impl Compiler<'_> {
    pub(crate) fn question(&mut self, asked: Asked<'_>, at: &At<'_>) -> Question {
        let text = match asked.question {
            Some(text) => self.text(text, &at.key("question"), Scope::public("a question")),
            None => crate::program::Text::default(),
        };
        let kind = self.answer_kind(asked, at);
        let keypad = self.keypad(asked, &kind, at);
        Question {
            text,
            kind,
            secret: asked.secret,
            retry: self.optional_text(asked.retry, "retry", at),
            keypad,
        }
    }

    pub(crate) fn optional_text(
        &mut self,
        text: Option<&Spanned<Text>>,
        key: &str,
        at: &At<'_>,
    ) -> Option<crate::program::Text> {
        text.map(|text| self.text(text, &at.key(key), Scope::public("a message")))
    }

    fn answer_kind(&mut self, asked: Asked<'_>, at: &At<'_>) -> AnswerKind {
        use wire::AnswerKind as Kind;
        let kind = match asked.kind.map(|kind| kind.value) {
            Some(Kind::Text | Kind::Number | Kind::Code) | None if asked.by_number => Kind::Digits,
            None => Kind::Text,
            Some(kind) => kind,
        };
        self.unfitting(asked, kind, at);
        match kind {
            Kind::Text => {
                let (min, max) = self.length(asked.length, at, MAX_TEXT).unwrap_or((1, USUAL_TEXT));
                AnswerKind::Text { min: min as u32, max: max as u32 }
            }
            Kind::Number => {
                let (min, max) = (asked.min.map(|min| min.value), asked.max.map(|max| max.value));
                if let (Some(min), Some(max)) = (asked.min, asked.max)
                    && min.value > max.value
                {
                    let swapped = Some(((min.span, min.value), (max.span, max.value)));
                    self.report.add(out_of_range::empty_range(&at.key("max").to_string(), max.span, swapped));
                }
                AnswerKind::Number { min, max }
            }
            Kind::Email => AnswerKind::Email,
            Kind::Phone => AnswerKind::Phone,
            Kind::Digits => {
                let from_keypad = asked.keypad.or(asked.outer_keypad).map(|keypad| &keypad.value);
                let (min, max) = self
                    .length(asked.length, at, MAX_DIGITS)
                    .or_else(|| from_keypad.map(keypad_digits))
                    .unwrap_or((1, MAX_DIGITS));
                AnswerKind::Digits { min: min.min(MAX_DIGITS) as u8, max: max.min(MAX_DIGITS) as u8 }
            }
            Kind::Code => {
                let (min, max) = self.length(asked.length, at, MAX_DIGITS).unwrap_or((3, 16));
                AnswerKind::Code { min: min as u8, max: max as u8 }
            }
            Kind::Date => AnswerKind::Date,
            Kind::Url => AnswerKind::Url,
            Kind::Location => AnswerKind::Location,
            Kind::File => AnswerKind::File,
            Kind::Choice => AnswerKind::Choice(self.plain_choices(asked, at)),
            Kind::Pattern => match asked.pattern {
                None => {
                    self.report.add(missing_key::for_kind(
                        &at.to_string(),
                        asked.kind.map(|k| k.span),
                        "pattern",
                    ));
                    AnswerKind::Text { min: 1, max: USUAL_TEXT as u32 }
                }
                Some(pattern) => match self.regex(pattern, &at.key("pattern"), true) {
                    Some(regex) => AnswerKind::Pattern(regex),
                    None => AnswerKind::Text { min: 1, max: USUAL_TEXT as u32 },
                },
            },
        }
    }

    /// A regular expression; for a whole answer, it must match from the first character to the last.
    pub(crate) fn regex(&mut self, pattern: &Spanned<String>, at: &At<'_>, whole: bool) -> Option<Regex> {
        let build = |text: &str| regex::RegexBuilder::new(text).size_limit(1 << 20).build();
        // The author's own pattern is tried first, so that `)|(` does not slip through the brackets around it.
        let built = match build(&pattern.value) {
            Ok(_) if whole => build(&format!(r"\A(?:{})\z", pattern.value)),
            other => other,
        };
        built
            .map_err(|error| {
                self.report.add(bad_pattern::bad_pattern(
                    &at.to_string(),
                    pattern.span,
                    &pattern.value,
                    &error,
                ));
            })
            .ok()
    }

    fn plain_choices(&mut self, asked: Asked<'_>, at: &At<'_>) -> Vec<OptionChoice> {
        let Some(choices) = asked.choices.filter(|choices| !choices.value.is_empty()) else {
            self.report.add(missing_key::for_kind(
                &at.to_string(),
                asked.kind.map(|kind| kind.span),
                "choices",
            ));
            return Vec::new();
        };
        let at = at.key("choices");
        let mut all = Vec::with_capacity(choices.value.len());
        for (index, choice) in choices.value.iter().enumerate() {
            let at = at.index(index);
            let (label, value) = match &choice.value {
                PlainChoice::Label(text) => {
                    let text = Spanned { value: text.clone(), span: choice.span };
                    (self.text(&text, &at, Scope::public("a choice")), None)
                }
                PlainChoice::Full(full) => {
                    (self.text(&full.label, &at.key("label"), Scope::public("a choice")), full.value.as_ref())
                }
            };
            all.push(OptionChoice { value: self.choice_value(&label, value), label, go: None });
        }
        all
    }

    /// What comes back for a choice.
    pub(crate) fn choice_value(
        &self,
        label: &crate::program::Text,
        value: Option<&Spanned<String>>,
    ) -> Box<str> {
        if let Some(value) = value {
            return value.value.as_str().into();
        }
        let text = label.pick(0, 0).pieces.iter().map(|piece| match piece {
            crate::template::Piece::Text(text) => text,
            crate::template::Piece::Slot { .. } => "",
        });
        text.collect::<String>().into()
    }

    /// Lengths, from the fewest to the most.
    fn length(&mut self, length: Option<&Spanned<Length>>, at: &At<'_>, most: u64) -> Option<(u64, u64)> {
        let length = length?;
        let at = at.key("length");
        let (min, max) = match &length.value {
            Length::Exactly(number) => {
                let number = Spanned { value: *number, span: length.span };
                let number = self.bounded(&number, &at, 1, most, "characters");
                (number, number)
            }
            Length::Between(range) => {
                let mut bound = |number: &Option<Spanned<u64>>, key: &str, usual: u64| {
                    number
                        .as_ref()
                        .map_or(usual, |number| self.bounded(number, &at.key(key), 1, most, "characters"))
                };
                (bound(&range.min, "min", 1), bound(&range.max, "max", most))
            }
        };
        if min > max {
            let swapped = match &length.value {
                Length::Between(range) => bounds(&range.min, &range.max),
                Length::Exactly(_) => None,
            };
            self.report.add(out_of_range::empty_range(&at.to_string(), length.span, swapped));
        }
        Some((min, max.max(min)))
    }

    fn keypad(&mut self, asked: Asked<'_>, kind: &AnswerKind, at: &At<'_>) -> Keypad {
        let mut keypad = Keypad::default();
        if let AnswerKind::Digits { min, max } = kind {
            (keypad.min, keypad.max) = (*min, *max);
        }
        let own = asked.keypad.map(|own| (own, at.key("keypad")));
        let Some((given, at)) = own.or(asked.outer_keypad.map(|outer| (outer, *at))) else { return keypad };
        let wire = &given.value;
        if wire.digits.is_some() && (wire.min.is_some() || wire.max.is_some()) {
            self.report.add(unfitting_setting::both(
                &at.to_string(),
                given.span,
                "digits",
                "`min` and `max`",
                false,
            ));
        }
        if let Some(digits) = &wire.digits {
            let digits = self.small(digits, &at.key("digits"), 1, 32, "digits");
            (keypad.min, keypad.max) = (digits, digits);
        }
        if let Some(min) = &wire.min {
            keypad.min = self.small(min, &at.key("min"), 1, 32, "digits");
        }
        if let Some(max) = &wire.max {
            keypad.max = self.small(max, &at.key("max"), 1, 32, "digits");
        }
        if keypad.min > keypad.max {
            let swapped = bounds(&wire.min, &wire.max);
            self.report.add(out_of_range::empty_range(&at.to_string(), given.span, swapped));
        }
        if let Some(key) = &wire.finish_key {
            let mut chars = key.value.chars();
            keypad.finish_key = match (chars.next(), chars.next()) {
                _ if key.value.eq_ignore_ascii_case("none") => None,
                (Some(c @ ('0'..='9' | '*' | '#')), None) => Some(c),
                _ => {
                    self.report.add(crate::diagnostics::unknown_word::unknown_word(
                        &at.key("finish_key").to_string(),
                        key.span,
                        &key.value,
                        "a key of a phone",
                        &["#", "*", "0", "9", "none"],
                    ));
                    None
                }
            };
        }
        let mut pause = |wait: &Option<Spanned<wire::Pause>>, key: &str, usual: u32| {
            wait.as_ref().map_or(usual, |wait| {
                let wait = Spanned { value: wait.value.0, span: wait.span };
                self.pause(&wait, &at.key(key), 1, 60).as_millis() as u32
            })
        };
        keypad.first_digit_ms =
            pause(&wire.first_digit_timeout, "first_digit_timeout", keypad.first_digit_ms);
        keypad.between_digits_ms =
            pause(&wire.between_digits_timeout, "between_digits_timeout", keypad.between_digits_ms);
        if let Some(tries) = &wire.tries {
            keypad.tries = self.small(tries, &at.key("tries"), 1, 10, "tries");
        }
        keypad
    }

    /// Settings that belong to another kind of answer.
    fn unfitting(&mut self, asked: Asked<'_>, kind: wire::AnswerKind, at: &At<'_>) {
        use wire::AnswerKind as Kind;
        let path = at.to_string();
        let length = asked.length.filter(|_| !matches!(kind, Kind::Text | Kind::Digits | Kind::Code));
        let bounds = asked.min.or(asked.max).filter(|_| kind != Kind::Number);
        let pattern = asked.pattern.filter(|_| kind != Kind::Pattern);
        let choices = asked.choices.filter(|_| kind != Kind::Choice);
        for (span, key, wanted) in [
            (length.map(|value| value.span), "length", "`text`, `digits` and `code`"),
            (bounds.map(|value| value.span), if asked.min.is_some() { "min" } else { "max" }, "`number`"),
            (pattern.map(|value| value.span), "pattern", "`pattern`"),
            (choices.map(|value| value.span), "choices", "`choice`"),
        ] {
            if let Some(span) = span {
                let meant = wanted.trim_matches('`');
                let meant =
                    (asked.kind.is_none() && !asked.by_number && !meant.contains('`')).then_some(meant);
                self.report.add(unfitting_setting::kind(&path, span, key, wanted, meant));
            }
        }
    }
}

/// Two bounds with their places, when both are given.
fn bounds(min: &Option<Spanned<u64>>, max: &Option<Spanned<u64>>) -> Option<((Span, f64), (Span, f64))> {
    let (min, max) = (min.as_ref()?, max.as_ref()?);
    Some(((min.span, min.value as f64), (max.span, max.value as f64)))
}

fn keypad_digits(keypad: &wire::Keypad) -> (u64, u64) {
    match &keypad.digits {
        Some(digits) => (digits.value, digits.value),
        None => {
            let min = keypad.min.as_ref().map_or(1, |min| min.value);
            (min, keypad.max.as_ref().map_or(MAX_DIGITS, |max| max.value).max(min))
        }
    }
}
