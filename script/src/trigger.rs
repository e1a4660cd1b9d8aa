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

    fn loosely(&self, _text: &str) -> Option<ScriptIx> {
        None
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
        for c in text.nfkd().flat_map(char::to_lowercase) {
            add(c, &mut out);
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

fn add(c: char, out: &mut String) {
    if c.is_alphanumeric() {
        out.push(c);
    } else if !unicode_normalization::char::is_combining_mark(c) && !out.is_empty() && !out.ends_with(' ') && c != '\'' {
        out.push(' ');
    }
}
