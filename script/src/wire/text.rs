//! Texts: one, alternatives, or either of them by language.

use serde::Serialize;

use super::decode::{At, Cx, Decode, Entries, OneOrMany, Spanned};
use crate::node::{Kind, Node, Scalar};

/// What the bot says: a text, a list of alternatives of which one is said, or either of them by language.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Text {
    /// The same in every language: a text or alternatives.
    Any(OneOrMany<Spanned<String>>),
    /// By language: `{ en: Hello, es: Hola }`.
    ByLanguage(Entries<OneOrMany<Spanned<String>>>),
}

impl Decode for Text {
    const WHAT: &'static str = "a text, a list of texts, or texts by language";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match &node.kind {
            // `{name}` without quotation marks is a map to YAML.
            Kind::Map(entries) if matches!(&**entries, [(_, only)] if only.scalar() == Some(Scalar::Null)) => {
                cx.wrong_type(node, at, Self::WHAT);
                None
            }
            Kind::Map(_) => Decode::decode(node, at, cx).map(Self::ByLanguage),
            _ => Decode::decode(node, at, cx).map(Self::Any),
        }
    }
}

/// Words: one, a list, or either of them by language.
pub type Words = Text;
