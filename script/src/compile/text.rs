//! Texts in the languages of the bot.

use countersign_model::Name;

use super::Compiler;
use super::builder::Builder;
use super::scope::Scope;
use crate::diagnostics::{empty_text, unknown_language};
use crate::program;
use crate::template::{Place, Template};
use crate::trigger::normalise;
use crate::wire::decode::At;
use crate::wire::{BotFile, OneOrMany, Spanned, Text};

impl Compiler<'_> {
    /// Reads which languages there are; the bot's own is the first.
    pub(crate) fn languages(&mut self, file: &BotFile) {
        let top = At::TOP;
        let own = file.language.as_ref().map_or("en", |language| &language.value);
        if let Some(language) = &file.language
            && !is_tag(&language.value)
        {
            self.report.add(unknown_language::no_tag(
                &top.key("language").to_string(),
                language.span,
                &language.value,
            ));
        }
        self.languages = vec![own.to_owned()];
        let at = top.key("languages");
        for (index, language) in file.languages.iter().flat_map(|list| &list.value).enumerate() {
            if !is_tag(&language.value) {
                let at = at.index(index);
                self.report.add(unknown_language::no_tag(&at.to_string(), language.span, &language.value));
            }
            // The sessions know a language by one byte.
            if !self.languages.contains(&language.value) && self.languages.len() < 255 {
                self.languages.push(language.value.clone());
            }
        }
    }

    /// A text that the user sees.
    pub(crate) fn text(&mut self, text: &Spanned<Text>, at: &At<'_>, scope: Scope<'_>) -> program::Text {
        let variants = match &text.value {
            Text::Any(any) => {
                let one = self.alternatives(any, text, at, scope);
                vec![one; self.languages.len()]
            }
            Text::ByLanguage(map) => {
                let mut variants: Vec<Option<Box<[Template]>>> = vec![None; self.languages.len()];
                for (language, any) in &map.0 {
                    let at = at.key(&language.value);
                    let place =
                        self.languages.iter().position(|known| known.eq_ignore_ascii_case(&language.value));
                    let templates = self.alternatives(any, text, &at, scope);
                    match place {
                        Some(place) => variants[place] = Some(templates),
                        None => self.report.add(unknown_language::unknown_language(
                            &at.to_string(),
                            language.span,
                            &language.value,
                            &self.languages,
                        )),
                    }
                }
                let own = variants[0].clone().unwrap_or_else(|| {
                    let path = at.to_string();
                    self.report.add(unknown_language::without_own(&path, text.span, &self.languages[0]));
                    Box::new([Template::default()])
                });
                variants.into_iter().map(|variant| variant.unwrap_or_else(|| own.clone())).collect()
            }
        };
        program::Text { variants: variants.into() }
    }

    fn alternatives(
        &mut self,
        any: &OneOrMany<Spanned<String>>,
        whole: &Spanned<Text>,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> Box<[Template]> {
        if any.as_slice().is_empty() {
            self.report.add(empty_text::empty_text(&at.to_string(), whole.span));
            return Box::new([Template::default()]);
        }
        let alone = matches!(any, OneOrMany::One(_));
        let all = any.as_slice().iter().enumerate().map(|(index, text)| {
            let here = if alone { *at } else { at.index(index) };
            if text.value.trim().is_empty() {
                self.report.add(empty_text::empty_text(&here.to_string(), text.span));
            }
            self.plain_template(text, &here, scope, Place::Text)
        });
        all.collect()
    }

    /// A text whose placeholders all stand in the same place, and whose literal parts stay as they are.
    pub(crate) fn plain_template(
        &mut self,
        text: &Spanned<String>,
        at: &At<'_>,
        scope: Scope<'_>,
        place: Place,
    ) -> Template {
        let parts = self.resolve(text, at, scope);
        let mut out = Builder::default();
        for part in parts {
            match part {
                super::scope::Resolved::Text(text) => out.raw(&text),
                super::scope::Resolved::Slot(slot, _) => out.slot(slot, place),
            }
        }
        out.finish()
    }

    /// The words with which a user leaves a question.
    pub(crate) fn cancel_words(&mut self, file: &BotFile) -> Vec<Box<str>> {
        let mut words: Vec<Box<str>> = Vec::new();
        let mut add = |word: &str| {
            let word = normalise(word);
            if !word.is_empty() && !words.iter().any(|known| **known == *word) {
                words.push(word.into());
            }
        };
        match &file.cancel_words {
            None => {
                for language in &self.languages {
                    DEFAULT_CANCEL_WORDS
                        .iter()
                        .find(|(tag, _)| is_language(language, tag))
                        .unwrap_or(&DEFAULT_CANCEL_WORDS[0])
                        .1
                        .iter()
                        .for_each(|word| add(word));
                }
            }
            Some(given) => match &given.value {
                Text::Any(any) => any.as_slice().iter().for_each(|word| add(&word.value)),
                Text::ByLanguage(map) => {
                    map.0.iter().flat_map(|(_, any)| any.as_slice()).for_each(|word| add(&word.value));
                }
            },
        }
        words
    }
}

const DEFAULT_CANCEL_WORDS: [(&str, &[&str]); 2] =
    [("en", &["cancel", "stop", "quit", "exit"]), ("es", &["cancelar", "cancela", "parar", "salir"])];

/// Whether a tag is of a language: `es-MX` is of `es`.
pub(crate) fn is_language(tag: &str, language: &str) -> bool {
    tag.split(['-', '_']).next().is_some_and(|primary| primary.eq_ignore_ascii_case(language))
}

/// The shape of a BCP 47 tag: subtags of letters and digits, the first of letters.
fn is_tag(tag: &str) -> bool {
    tag.parse::<Name>().is_ok()
        && tag.split('-').enumerate().all(|(index, part)| {
            (1..=8).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
                && (index > 0 || (part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic())))
        })
}
