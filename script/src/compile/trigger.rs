//! Triggers.

use std::collections::HashMap;

use super::Compiler;
use crate::diagnostics::{Span, empty_text, trigger_conflict::trigger_conflict};
use crate::program::ScriptIx;
use crate::trigger::{Triggers, normalise};
use crate::wire::decode::At;
use crate::wire::{BotFile, Occasion, OneOrMany, Trigger};

impl Compiler<'_> {
    pub(crate) fn triggers(&mut self, file: &BotFile) -> Triggers {
        let mut triggers = Triggers::default();
        let mut taken: HashMap<String, (ScriptIx, Span)> = HashMap::new();
        let top = At::TOP;
        let list = top.key("scripts");
        for (index, script) in file.scripts.value.iter().enumerate() {
            let at = list.key(&script.value.id.value);
            let at = at.key("triggers");
            let Some(given) = &script.value.triggers else { continue };
            let alone = matches!(given.value, OneOrMany::One(_));
            let number = ScriptIx(index as u16);
            for (position, trigger) in given.value.as_slice().iter().enumerate() {
                let at = if alone { at } else { at.index(position) };
                let normal = key_of(&trigger.value);
                if normal.ends_with(':') {
                    self.report.add(empty_text::trigger(&at.to_string(), trigger.span));
                    continue;
                }
                match taken.get(&normal) {
                    Some((other, _)) if *other == number => continue,
                    Some((other, span)) => {
                        let other = &file.scripts.value[other.at()].value.id.value;
                        let words = shown(&trigger.value, &normal);
                        self.report.add(trigger_conflict(
                            &words,
                            &at.to_string(),
                            trigger.span,
                            other,
                            Some(*span),
                        ));
                        continue;
                    }
                    None => {
                        taken.insert(normal.clone(), (number, trigger.span));
                    }
                }
                put(&mut triggers, &trigger.value, &normal, number);
            }
        }
        triggers
    }
}

/// What makes two triggers the same: a word and a phrase with the same text start the same script.
fn key_of(trigger: &Trigger) -> String {
    match trigger {
        Trigger::Text(text) => format!("text:{}", normalise(text)),
        Trigger::Word { word: text } | Trigger::Phrase { phrase: text } => {
            format!("text:{}", normalise(&text.value))
        }
        Trigger::Payload { payload } => format!("payload:{}", payload.value),
        Trigger::On { on } => format!("on:{:?}", on.value),
    }
}

fn shown(trigger: &Trigger, key: &str) -> String {
    let text = key.split_once(':').map_or(key, |(_, text)| text);
    match trigger {
        Trigger::On { on } => match on.value {
            Occasion::FirstMessage => "the first message".to_owned(),
            Occasion::Call => "the call".to_owned(),
            Occasion::Fallback => "the fallback".to_owned(),
        },
        Trigger::Payload { .. } => format!("the payload `{text}`"),
        _ => format!("the trigger `{text}`"),
    }
}

fn put(triggers: &mut Triggers, trigger: &Trigger, key: &str, script: ScriptIx) {
    let text = key.split_once(':').map_or(key, |(_, text)| text);
    match trigger {
        Trigger::On { on } => match on.value {
            Occasion::FirstMessage => triggers.first_message = Some(script),
            Occasion::Call => triggers.call = Some(script),
            Occasion::Fallback => triggers.fallback = Some(script),
        },
        Trigger::Payload { payload } => {
            triggers.payloads.insert(payload.value.as_str().into(), script);
        }
        Trigger::Text(_) | Trigger::Word { .. } | Trigger::Phrase { .. } => {
            triggers.exact.insert(text.into(), script);
            // A word of several, such as `e-mail`, can only be found as a phrase.
            if text.contains(' ') || matches!(trigger, Trigger::Phrase { .. }) {
                triggers.phrases.push((text.split(' ').map(Box::from).collect(), script));
            } else {
                triggers.words.insert(text.into(), script);
            }
        }
    }
}
