//! Conditions: rows of comparisons, or an expression.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::decode::{At, Cx, Decode, OneOrMany, Spanned, wire};
use super::value::Simple;
use crate::node::{Kind, Node};

/// What a `condition` step tests: an expression in CEL, or a map of comparisons that must all hold.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(untagged)]
pub enum Condition {
    /// An expression: `amount > 500 && channel == 'whatsapp'`.
    Expression(Spanned<String>),
    /// Comparisons.
    Rows(Rows),
}

/// Comparisons in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows(pub Vec<(Spanned<String>, Row)>);

/// One entry of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// `all`: these must all hold.
    All(Vec<Spanned<Condition>>),
    /// `any`: one of these must hold.
    Any(Vec<Spanned<Condition>>),
    /// `not`: this must not hold.
    Not(Box<Spanned<Condition>>),
    /// A variable that equals this value, or one of these.
    Is(OneOrMany<Spanned<Simple>>),
    /// A variable with operators.
    Compare(Box<Operators>),
}

wire! {
    /// How a value is compared. All that is given must hold.
    struct Operators, "a value, a list of values, or a map of comparisons" {
        /// Equal to this. Upper and lower case and accents make no difference.
        equals: Option<Spanned<Simple>>,
        /// Not equal to this.
        not_equals: Option<Spanned<Simple>>,
        /// A number greater than this.
        more_than: Option<Spanned<f64>>,
        /// A number smaller than this.
        less_than: Option<Spanned<f64>>,
        /// A number not smaller than this.
        at_least: Option<Spanned<f64>>,
        /// A number not greater than this.
        at_most: Option<Spanned<f64>>,
        /// Has this word or phrase, or one of these, in it.
        contains: Option<Spanned<OneOrMany<Spanned<String>>>>,
        /// Starts with this.
        starts_with: Option<Spanned<String>>,
        /// Is one of these.
        one_of: Option<Spanned<Vec<Spanned<Simple>>>>,
        /// Has a value, or has none.
        exists: Option<Spanned<bool>>,
        /// Matches this regular expression somewhere.
        matches: Option<Spanned<String>>,
    }
}

impl Operators {
    /// Whether nothing is given.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            equals,
            not_equals,
            more_than,
            less_than,
            at_least,
            at_most,
            contains,
            starts_with,
            one_of,
            exists,
            matches,
        } = self;
        [more_than, less_than, at_least, at_most].iter().all(|number| number.is_none())
            && equals.is_none()
            && not_equals.is_none()
            && contains.is_none()
            && starts_with.is_none()
            && one_of.is_none()
            && exists.is_none()
            && matches.is_none()
    }
}

impl Decode for Condition {
    const WHAT: &'static str = "comparisons, or an expression";

    fn decode(node: &Node<'_>, at: &At<'_>, cx: &mut Cx<'_>) -> Option<Self> {
        let Kind::Map(entries) = &node.kind else {
            if !matches!(node.kind, Kind::Scalar { .. }) {
                cx.wrong_type(node, at, Self::WHAT);
                return None;
            }
            return Decode::decode(node, at, cx).map(Self::Expression);
        };
        let mut rows = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            let at = at.key(&key.text);
            let row = match &*key.text {
                "all" => Decode::decode(value, &at, cx).map(Row::All),
                "any" => Decode::decode(value, &at, cx).map(Row::Any),
                "not" => Decode::decode(value, &at, cx).map(Row::Not),
                _ => match value.kind {
                    Kind::Map(_) => Decode::decode(value, &at, cx).map(Row::Compare),
                    _ => Decode::decode(value, &at, cx).map(Row::Is),
                },
            };
            if let Some(row) = row {
                rows.push((Spanned { value: key.text.clone().into_owned(), span: key.span }, row));
            }
        }
        Some(Self::Rows(Rows(rows)))
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, row) in &self.0 {
            match row {
                Row::All(parts) | Row::Any(parts) => map.serialize_entry(&key.value, parts)?,
                Row::Not(part) => map.serialize_entry(&key.value, part)?,
                Row::Is(values) => map.serialize_entry(&key.value, values)?,
                Row::Compare(operators) => map.serialize_entry(&key.value, operators)?,
            }
        }
        map.end()
    }
}

impl schemars::JsonSchema for Condition {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Condition".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let condition = generator.subschema_for::<Self>();
        let operators = generator.subschema_for::<Operators>();
        let values = generator.subschema_for::<OneOrMany<Simple>>();
        schemars::json_schema!({
            "description": "An expression in CEL, or a map of comparisons that must all hold.",
            "anyOf": [
                { "type": "string" },
                {
                    "type": "object",
                    "properties": {
                        "all": { "type": "array", "items": condition },
                        "any": { "type": "array", "items": condition },
                        "not": condition,
                    },
                    "additionalProperties": { "anyOf": [values, operators] },
                },
            ],
        })
    }
}
