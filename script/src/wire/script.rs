//! Scripts and their triggers.

use super::decode::{At, Cx, Decode, Spanned, expect_map, wire, words};
use super::step::Step;
use crate::diagnostics::{missing_key, several_kinds};
use crate::node::{Kind, Node};

wire! {
    /// A conversation flow: steps, run one after another unless a step branches or jumps.
    struct Script, "a script" {
        /// Unique in the bot: letters, digits, `-` and `_`.
        id: Spanned<String>,
        /// What starts it.
        triggers: Option<Spanned<super::decode::OneOrMany<Spanned<Trigger>>>>,
        /// What it does.
        steps: Option<Spanned<Vec<Spanned<Step>>>>,
    }
}

words! {
    /// What happens to start a script.
    enum Occasion, "what starts the script" {
        /// The first message of a contact, when nothing else matches.
        FirstMessage = "first_message",
        /// An incoming call.
        Call = "call",
        /// A message that nothing else matches.
        Fallback = "fallback",
    }
}

/// What starts a script. A text of one word is a word, a text of several is a phrase.
#[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Trigger {
    /// A word or a phrase, by the number of its words.
    Text(String),
    /// A word that is found anywhere in a message.
    Word {
        /// The word.
        word: Spanned<String>,
    },
    /// A phrase that a message comes close to.
    Phrase {
        /// The phrase.
        phrase: Spanned<String>,
    },
    /// The payload of a button.
    Payload {
        /// The payload.
        payload: Spanned<String>,
    },
    /// Something that happens.
    On {
        /// What happens.
        on: Spanned<Occasion>,
    },
}

impl Decode for Trigger {
    const WHAT: &'static str = "a trigger";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        const KEYS: [&str; 4] = ["word", "phrase", "payload", "on"];
        let Kind::Map(entries) = &node.kind else {
            return String::decode(node, at, cx).map(Self::Text);
        };
        expect_map(node, at, cx, Self::WHAT, &KEYS)?;
        let mut known = entries.iter().filter(|(key, _)| KEYS.contains(&&*key.text));
        let Some((key, value)) = known.next() else {
            cx.report.add(missing_key::one_of(&at.to_string(), node.span, &KEYS));
            return None;
        };
        if let Some((other, _)) = known.next() {
            cx.report.add(several_kinds::of_a_trigger(&at.to_string(), &key.text, &other.text, other.span));
        }
        let at = at.key(&key.text);
        match &*key.text {
            "word" => Decode::decode(value, &at, cx).map(|word| Self::Word { word }),
            "phrase" => Decode::decode(value, &at, cx).map(|phrase| Self::Phrase { phrase }),
            "payload" => Decode::decode(value, &at, cx).map(|payload| Self::Payload { payload }),
            _ => Decode::decode(value, &at, cx).map(|on| Self::On { on }),
        }
    }
}
