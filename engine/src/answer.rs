//! Answers: whether what a user sent is of the kind that was asked for.

use countersign_model::{Content, SecretText};
use countersign_script::program::{AnswerKind, Question, RetrySentences, Text};

use crate::machine::Machine;
use crate::number;
use crate::value::Value;

/// A valid answer.
pub(crate) struct Answer {
    /// As it is kept.
    pub(crate) text: SecretText,
    is_number: bool,
    /// Which choice it was, for a question with choices.
    pub(crate) choice: Option<usize>,
}

impl Answer {
    /// The value of a variable. Only for answers that are no secret.
    pub(crate) fn into_value(self) -> Value {
        let text = self.text.into_public().into_boxed_str();
        if self.is_number { Value::Number(text) } else { Value::Text(text) }
    }
}

/// An answer is not of the kind that was asked for.
pub(crate) enum Invalid {
    /// Say what is wanted.
    Kind,
    /// Only digits are accepted, on a phone from the keypad.
    DigitsOnly,
    /// Ask again: a caller said nothing.
    Silent,
}

impl Machine<'_> {
    /// Checks an answer. `by_number`: only digits are accepted.
    pub(crate) fn check_answer(
        &mut self,
        question: &Question,
        by_number: bool,
        content: &Content,
    ) -> Result<Answer, Invalid> {
        let text = match content {
            Content::Text(text) => {
                let keypad_only = by_number && self.session.channel.capabilities().keypad;
                if keypad_only {
                    return Err(Invalid::DigitsOnly);
                }
                text
            }
            Content::Digits(digits) => digits,
            Content::Choice { payload, label } => {
                let from_choice = SecretText::new(label.clone());
                return match &question.kind {
                    AnswerKind::Choice(choices) => {
                        let content = Content::Choice { payload: payload.clone(), label: label.clone() };
                        self.check_choice(choices, &content)
                    }
                    // A button of an earlier menu is nobody's password.
                    _ if question.secret => Err(Invalid::Kind),
                    _ => self.check_text(question, by_number, &from_choice),
                };
            }
            Content::Media(media) if matches!(question.kind, AnswerKind::File) => {
                return Ok(plain(media.url.clone()));
            }
            Content::Location { latitude, longitude } if matches!(question.kind, AnswerKind::Location) => {
                return Ok(plain(format!("{latitude},{longitude}")));
            }
            Content::Silence => return Err(Invalid::Silent),
            Content::Media(_) | Content::Location { .. } | Content::Unsupported => {
                return Err(if by_number { Invalid::DigitsOnly } else { Invalid::Kind });
            }
        };
        if let AnswerKind::Choice(choices) = &question.kind {
            return self.check_choice(choices, content);
        }
        self.check_text(question, by_number, text)
    }

    fn check_choice(
        &mut self,
        choices: &[countersign_script::program::OptionChoice],
        content: &Content,
    ) -> Result<Answer, Invalid> {
        let at = self.chosen(choices, content).ok_or(Invalid::Kind)?;
        Ok(Answer { choice: Some(at), ..plain(choices[at].value.to_string()) })
    }

    fn check_text(&self, question: &Question, by_number: bool, text: &SecretText) -> Result<Answer, Invalid> {
        let text = text.expose().trim_matches(is_artefact);
        if by_number {
            let (min, max) = match question.kind {
                AnswerKind::Digits { min, max } | AnswerKind::Code { min, max } => (min, max),
                _ => (question.keypad.min, question.keypad.max),
            };
            return digits(text, min, max).ok_or(Invalid::DigitsOnly);
        }
        let language = self.bot.languages[usize::from(self.session.language)].as_str();
        let answer = match &question.kind {
            AnswerKind::Text { min, max } => {
                // The spaces of a password belong to it; those around any other answer do not.
                let text = if question.secret { text } else { text.trim() };
                let len = text.chars().count();
                (len >= (*min).max(1) as usize && len <= *max as usize).then(|| plain(text.to_owned()))
            }
            AnswerKind::Number { min, max } => number::decimal(text, language).and_then(|digits| {
                let value: f64 = digits.parse().ok()?;
                let inside = min.is_none_or(|min| value >= min) && max.is_none_or(|max| value <= max);
                inside.then(|| Answer { is_number: true, ..plain(digits) })
            }),
            AnswerKind::Email => email(text.trim()),
            AnswerKind::Phone => phone(text),
            AnswerKind::Digits { min, max } => digits(text, *min, *max),
            AnswerKind::Code { min, max } => {
                let code: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
                let fits = (usize::from(*min)..=usize::from(*max)).contains(&code.chars().count());
                (fits && code.chars().all(char::is_alphanumeric)).then(|| plain(code))
            }
            AnswerKind::Date => number::date(text, language).map(plain),
            AnswerKind::Url => url(text.trim()),
            AnswerKind::Location => location(text),
            AnswerKind::Pattern(pattern) => {
                let text = text.trim();
                let whole = pattern.find(text).is_some_and(|found| found.len() == text.len());
                whole.then(|| plain(text.to_owned()))
            }
            AnswerKind::File | AnswerKind::Choice(_) => None,
        };
        answer.ok_or(Invalid::Kind)
    }

    /// What is wanted, for a page.
    pub(crate) fn retry_text(&mut self, question: &Question) -> String {
        let sentences = &self.bot.sentences;
        let own = retry_of(&question.kind, &sentences.retry, &sentences.choose);
        self.text(question.retry.as_ref().unwrap_or(own))
    }

    /// Says what is wanted, after an answer that was not. Choices have to be seen again.
    pub(crate) fn say_retry(&mut self, question: &Question, invalid: &Invalid) {
        let sentences = &self.bot.sentences;
        let text = match (invalid, &question.retry) {
            (Invalid::Silent, _) => return self.say_question(question),
            (_, Some(retry)) => retry,
            (Invalid::DigitsOnly, None) => &sentences.digits_only,
            (Invalid::Kind, None) => retry_of(&question.kind, &sentences.retry, &sentences.choose),
        };
        self.say(text);
        if let AnswerKind::Choice(_) = question.kind {
            self.say_question(question);
        }
    }
}

fn retry_of<'s>(kind: &AnswerKind, retry: &'s RetrySentences, choose: &'s Text) -> &'s Text {
    match kind {
        AnswerKind::Text { .. } => &retry.text,
        AnswerKind::Number { .. } => &retry.number,
        AnswerKind::Email => &retry.email,
        AnswerKind::Phone => &retry.phone,
        AnswerKind::Digits { .. } => &retry.digits,
        AnswerKind::Code { .. } => &retry.code,
        AnswerKind::Date => &retry.date,
        AnswerKind::Url => &retry.url,
        AnswerKind::Location => &retry.location,
        AnswerKind::File => &retry.file,
        AnswerKind::Pattern(_) => &retry.pattern,
        AnswerKind::Choice(_) => choose,
    }
}

/// What channels and keyboards add around a text: line ends and the invisible marks of WhatsApp.
fn is_artefact(c: char) -> bool {
    matches!(c, '\r' | '\n' | '\u{200e}' | '\u{200f}' | '\u{2066}'..='\u{2069}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
}

fn plain(text: String) -> Answer {
    Answer { text: SecretText::new(text), is_number: false, choice: None }
}

fn digits(text: &str, min: u8, max: u8) -> Option<Answer> {
    let kept: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '\u{a0}')).collect();
    let fits = (usize::from(min)..=usize::from(max)).contains(&kept.len());
    let answer = plain(kept);
    (fits && answer.text.expose().bytes().all(|b| b.is_ascii_digit())).then_some(answer)
}

fn email(text: &str) -> Option<Answer> {
    let (local, domain) = text.rsplit_once('@')?;
    let well = text.len() <= 254
        && !local.is_empty()
        && domain.split('.').count() >= 2
        && domain.split('.').all(|label| !label.is_empty())
        && !text
            .contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
        && !local.contains('@');
    well.then(|| plain(text.to_owned()))
}

/// Kept as `+` and digits; without a country code as digits alone, because nobody knows which country it is.
fn phone(text: &str) -> Option<Answer> {
    let kept: String =
        text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}')).collect();
    let (plus, number) = match kept.strip_prefix('+').or_else(|| kept.strip_prefix("00")) {
        Some(number) => ("+", number),
        None => ("", kept.as_str()),
    };
    let well = (5..=15).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    well.then(|| plain(format!("{plus}{number}")))
}

fn url(text: &str) -> Option<Answer> {
    let full = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let parsed = url::Url::parse(&full).ok()?;
    let well = matches!(parsed.scheme(), "http" | "https")
        && parsed.host_str().is_some_and(|host| host.contains('.'))
        && !text.contains(char::is_whitespace);
    well.then(|| plain(full))
}

fn location(text: &str) -> Option<Answer> {
    let (latitude, longitude) = text.trim().split_once([',', ' '])?;
    let degrees = |text: &str, limit: f64| -> Option<f64> {
        let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+');
        let text = text.trim();
        text.parse().ok().filter(|degrees: &f64| text.bytes().all(plain) && degrees.abs() <= limit)
    };
    degrees(latitude, 90.0)?;
    degrees(longitude, 180.0)?;
    Some(plain(format!("{},{}", latitude.trim(), longitude.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(read: impl Fn(&str) -> Option<Answer>, cases: &[(&str, Option<&str>)]) {
        for (text, wanted) in cases {
            let found = read(text);
            assert_eq!(found.as_ref().map(|answer| answer.text.expose()), *wanted, "{text:?}");
        }
    }

    #[test]
    fn digits_with_spaces_and_dashes() {
        let cases = [
            ("1234", Some("1234")),
            ("12 3-4", Some("1234")),
            ("12\u{a0}34", Some("1234")),
            ("123", None),
            ("1234567", None),
            ("12a4", None),
            ("١٢٣٤", None),
            ("", None),
        ];
        check(|text| digits(text, 4, 6), &cases);
    }

    #[test]
    fn e_mail_addresses() {
        let long = format!("{}@example.com", "a".repeat(250));
        let cases = [
            ("ada@example.com", Some("ada@example.com")),
            ("a.b+c@mail.example.co", Some("a.b+c@mail.example.co")),
            ("ä@exämple.com", Some("ä@exämple.com")),
            ("ada@example", None),
            ("ada@.com", None),
            ("ada@example.", None),
            ("@example.com", None),
            ("a@b@example.com", None),
            ("a b@example.com", None),
            ("Ada <ada@example.com>", None),
            ("a@b.com,c@d.com", None),
            ("a\u{7}@example.com", None),
            (&long, None),
        ];
        check(email, &cases);
    }

    #[test]
    fn phone_numbers() {
        let cases = [
            ("+49 (30) 123-45.6", Some("+4930123456")),
            ("0049 30 123456", Some("+4930123456")),
            ("030/123456", Some("030123456")),
            ("1234", None),
            ("+1234567890123456", None),
            ("+49 30 12a", None),
            ("++4930123456", None),
        ];
        check(phone, &cases);
    }

    #[test]
    fn web_addresses() {
        let cases = [
            ("https://example.com/a?b", Some("https://example.com/a?b")),
            ("example.com", Some("https://example.com")),
            ("http://127.0.0.1:80", Some("http://127.0.0.1:80")),
            ("localhost", None),
            ("javascript:alert(1)", None),
            ("ftp://example.com", None),
            ("data://x.y", None),
            ("a b.com", None),
            ("", None),
        ];
        check(url, &cases);
    }

    #[test]
    fn places() {
        let cases = [
            ("52.5, -13.4", Some("52.5,-13.4")),
            ("52.5 13.4", Some("52.5,13.4")),
            ("-90,180", Some("-90,180")),
            ("90.1,0", None),
            ("0,180.1", None),
            ("NaN,0", None),
            ("inf,0", None),
            ("1e1,0", None),
            ("52,5 13,4", None),
            ("52.5", None),
        ];
        check(location, &cases);
    }
}
