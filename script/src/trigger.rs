//! Triggers: what starts a script.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization;

use crate::program::ScriptIx;

/// What starts which script. When several match, the first of this order wins: a button's payload; a text that is
/// a trigger word for word; the phrase that fits best; a trigger word somewhere in the text; the fallback.
#[derive(Clone, Debug, Default)]
pub struct Triggers {
    /// A button's payload.
    pub payloads: HashMap<Box<str>, ScriptIx>,
    /// Whole texts, normalised: every word and every phrase.
    pub exact: HashMap<Box<str>, ScriptIx>,
    /// Words, normalised: found anywhere in a text.
    pub words: HashMap<Box<str>, ScriptIx>,
    /// Phrases as their words, normalised.
    pub phrases: Vec<(Vec<Box<str>>, ScriptIx)>,
    /// The first message of a contact, when nothing else matches.
    pub first_message: Option<ScriptIx>,
    /// An incoming call.
    pub call: Option<ScriptIx>,
    /// When nothing else matches.
    pub fallback: Option<ScriptIx>,
}

impl Triggers {
    /// The script that a text starts, the fallback not counted.
    pub fn matching(&self, text: &str) -> Option<ScriptIx> {
        let text = normalise(text);
        self.exact.get(&*text).copied().or_else(|| self.loosely(&text))
    }

    /// The script of a text that is a trigger word for word.
    pub fn exactly(&self, text: &str) -> Option<ScriptIx> {
        self.exact.get(&*normalise(text)).copied()
    }

    /// The phrase that fits best, else a trigger word that stands somewhere in the text. The text is normalised.
    fn loosely(&self, text: &str) -> Option<ScriptIx> {
        let words: Vec<Word<'_>> =
            text.split(' ').filter(|word| !word.is_empty()).take(MAX_WORDS).map(Word::new).collect();
        self.best_phrase(&words).or_else(|| words.iter().find_map(|word| self.words.get(word.text)).copied())
    }

    fn best_phrase(&self, words: &[Word<'_>]) -> Option<ScriptIx> {
        let mut best: Option<(usize, usize, ScriptIx)> = None;
        for (phrase, script) in &self.phrases {
            let Some(present) = present(phrase, words) else { continue };
            let better = best.is_none_or(|(most, of, _)| {
                // Compares `present / phrase.len()` with `most / of` without fractions.
                let (this, that) = (present * of, most * phrase.len());
                this > that || (this == that && phrase.len() > of)
            });
            if better {
                best = Some((present, phrase.len(), *script));
            }
        }
        best.map(|(_, _, script)| script)
    }
}

/// The most words of a message that are looked at.
const MAX_WORDS: usize = 200;
/// The longest word in which slips are forgiven, in characters.
const MAX_WORD: usize = 32;

/// How many words of a phrase are present; `None` when fewer than 80 %.
fn present(phrase: &[Box<str>], words: &[Word<'_>]) -> Option<usize> {
    // Present words needed, rounded up.
    let needed = (phrase.len() * 4).div_ceil(5);
    let mut missing = phrase.len().checked_sub(needed)?;
    let mut present = 0;
    for wanted in phrase {
        let wanted = Word::new(wanted);
        if words.iter().any(|word| wanted.is_close(word)) {
            present += 1;
        } else {
            missing = missing.checked_sub(1)?;
        }
    }
    (present > 0).then_some(present)
}

/// A word, with what rules out most comparisons at once.
struct Word<'t> {
    text: &'t str,
    len: usize,
    /// A bit for each character that is in it, several characters sharing one.
    letters: u64,
}

impl<'t> Word<'t> {
    fn new(text: &'t str) -> Self {
        let (mut len, mut letters) = (0, 0);
        for c in text.chars() {
            len += 1;
            letters |= 1 << (u32::from(c) % 64);
        }
        Self { text, len, letters }
    }

    /// Whether another word is this one but for slips: one in words of 4 letters or more, two from 8 letters on.
    fn is_close(&self, other: &Self) -> bool {
        if self.text == other.text {
            return true;
        }
        let slips = match self.len {
            0..4 => return false,
            4..8 => 1,
            8..=MAX_WORD => 2,
            _ => return false,
        };
        self.len.abs_diff(other.len) <= slips
            // A slip changes two letters at most.
            && (self.letters ^ other.letters).count_ones() as usize <= 2 * slips
            && strsim::osa_distance(self.text, other.text) <= slips
    }
}

/// Lower case, without accents, punctuation and doubled spaces.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() {
        for byte in text.bytes() {
            add(char::from(byte.to_ascii_lowercase()), &mut out);
        }
    } else {
        // What is left out can stand between two marks that then change places, so it goes before the second round.
        let plain = text.nfkd().flat_map(char::to_lowercase).filter(|c| !is_apostrophe(*c));
        plain.nfkd().for_each(|c| add(c, &mut out));
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

fn add(c: char, out: &mut String) {
    if c.is_alphanumeric() {
        out.push(c);
    } else if !unicode_normalization::char::is_combining_mark(c)
        && !out.is_empty()
        && !out.ends_with(' ')
        && !is_apostrophe(c)
    {
        out.push(' ');
    }
}

/// Typed or set by a phone's keyboard; `don’t` and `don't` are one word.
fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn triggers() -> Triggers {
        let mut triggers = Triggers::default();
        for (phrase, script) in [
            ("how much money do i have", 0),
            ("transfer money", 1),
            ("send money abroad now please", 2),
            ("send money abroad", 3),
        ] {
            triggers.exact.insert(phrase.into(), ScriptIx(script));
            triggers.phrases.push((phrase.split(' ').map(Box::from).collect(), ScriptIx(script)));
        }
        triggers.exact.insert("balance".into(), ScriptIx(9));
        triggers.words.insert("balance".into(), ScriptIx(9));
        triggers
    }

    fn found(text: &str) -> Option<u16> {
        triggers().matching(text).map(|script| script.0)
    }

    #[test]
    fn slips_are_forgiven_in_phrases() {
        assert_eq!(found("How much MONEY do I have?"), Some(0));
        assert_eq!(found("hey, how much mony do I have today"), Some(0));
        assert_eq!(found("tranfser money"), Some(1));
        assert_eq!(found("how much do I have"), Some(0), "five of six words are enough");
        assert_eq!(found("how much do I"), None, "four of six are not");
        assert_eq!(found("money"), None);
    }

    #[test]
    fn the_better_share_wins_then_the_longer_phrase_then_the_first() {
        assert_eq!(found("please send my money abroad"), Some(3), "three of three before four of five");
        assert_eq!(found("please now send the money abroad"), Some(2), "five of five before three of three");
        let mut twice = triggers();
        twice.phrases.push((vec!["transfer".into(), "money".into()], ScriptIx(7)));
        assert_eq!(twice.matching("transfer my money"), Some(ScriptIx(1)));
    }

    #[test]
    fn words_are_exact_and_whole() {
        assert_eq!(found("my balance, please"), Some(9));
        assert_eq!(found("my balanc"), None);
        assert_eq!(found("unbalanced"), None);
        assert_eq!(found("Bálance!"), Some(9));
    }

    #[test]
    fn short_words_have_no_slips() {
        let mut triggers = Triggers::default();
        triggers.phrases.push((vec!["pay".into(), "me".into()], ScriptIx(0)));
        assert_eq!(triggers.matching("pay me now"), Some(ScriptIx(0)));
        assert_eq!(triggers.matching("day me now"), None);
    }

    #[test]
    fn one_round_is_enough() {
        assert_eq!(normalise("Don’t"), normalise("don't"));
        assert_eq!(normalise("don't"), "dont");
        let marks = normalise("\u{1e023}'\u{5b0}");
        assert_eq!(normalise(&marks), marks);
        let wide = normalise("\u{1e023}\u{ff07}\u{5b0}");
        assert_eq!(normalise(&wide), wide);
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in any::<String>()) {
            let triggers = triggers();
            triggers.matching(&text);
            triggers.exactly(&text);
            let normal = normalise(&text);
            prop_assert!(!normal.starts_with(' ') && !normal.ends_with(' ') && !normal.contains("  "));
            prop_assert_eq!(normalise(&normal), normal.clone());
        }
    }
}
