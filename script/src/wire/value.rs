//! Values that the author is free to choose: bodies, amounts, things to compare with.

use serde::ser::{Error, Serialize, Serializer};

use super::decode::{At, Cx, Decode, Entries, Spanned};
use crate::node::{Kind, Node, Scalar};

/// Any value of JSON. Every text in it may have placeholders.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, digits as written.
    Number(String),
    /// A text.
    Text(Spanned<String>),
    /// A list.
    List(Vec<Spanned<Json>>),
    /// A map.
    Map(Entries<Spanned<Json>>),
}

impl Decode for Json {
    const WHAT: &'static str = "any value";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match &node.kind {
            Kind::List(_) => Decode::decode(node, at, cx).map(Self::List),
            Kind::Map(_) => Decode::decode(node, at, cx).map(Self::Map),
            Kind::Scalar { .. } => Some(match node.scalar()? {
                Scalar::Null => Self::Null,
                Scalar::Bool(value) => Self::Bool(value),
                Scalar::Number(digits) => Self::Number(digits.to_owned()),
                Scalar::Text(text) => Self::Text(Spanned { value: text.to_owned(), span: node.span }),
            }),
        }
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(digits) => number(digits, serializer),
            Self::Text(text) => text.serialize(serializer),
            Self::List(items) => items.serialize(serializer),
            Self::Map(entries) => entries.serialize(serializer),
        }
    }
}

impl schemars::JsonSchema for Json {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Json".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({})
    }
}

/// A text with placeholders, a number, or true or false.
#[derive(Clone, Debug, PartialEq)]
pub enum Simple {
    /// A truth value.
    Bool(bool),
    /// A number, digits as written.
    Number(String),
    /// A text.
    Text(String),
}

impl Simple {
    /// The value as text.
    pub fn as_text(&self) -> &str {
        match self {
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
            Self::Number(text) | Self::Text(text) => text,
        }
    }
}

impl Decode for Simple {
    const WHAT: &'static str = "a text, a number, or true or false";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        match node.scalar() {
            Some(Scalar::Bool(value)) => Some(Self::Bool(value)),
            Some(Scalar::Number(digits)) => Some(Self::Number(digits.to_owned())),
            Some(Scalar::Text(text)) => Some(Self::Text(text.to_owned())),
            Some(Scalar::Null) | None => {
                cx.wrong_type(node, at, Self::WHAT);
                None
            }
        }
    }
}

impl Serialize for Simple {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(digits) => number(digits, serializer),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl schemars::JsonSchema for Simple {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Simple".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": ["string", "number", "boolean"] })
    }
}

/// Whole numbers go out as such; the rest as the nearest number that a machine has.
fn number<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(whole) = digits.parse::<i64>() {
        return serializer.serialize_i64(whole);
    }
    if let Ok(whole) = digits.parse::<u64>() {
        return serializer.serialize_u64(whole);
    }
    if let Ok(whole) = digits.parse::<i128>() {
        return serializer.serialize_i128(whole);
    }
    digits.parse::<f64>().map_err(S::Error::custom).and_then(|number| serializer.serialize_f64(number))
}

/// A number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Seconds(pub u64);

impl Decode for Seconds {
    const WHAT: &'static str = "a number of seconds";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        super::decode::whole(node, at, cx, Self::WHAT).map(Self)
    }
}

/// A number of seconds that may have a fraction.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
#[serde(transparent)]
pub struct Pause(pub f64);

impl Decode for Pause {
    const WHAT: &'static str = "a number of seconds";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        if let Some(Scalar::Number(number)) = node.scalar()
            && let Ok(number) = number.parse()
        {
            return Some(Self(number));
        }
        cx.wrong_type(node, at, Self::WHAT);
        None
    }
}
