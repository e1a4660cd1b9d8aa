use serde::{Deserialize, Serialize};

/// The value of a variable. Numbers keep the digits that they came with, so that an amount of `12.50` is not shown
/// as `12.5` and a long account number stays whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    Text(Box<str>),
    Number(Box<str>),
    Bool(bool),
    /// A list or an object, as JSON.
    Json(Box<str>),
}

impl Value {
    /// The value as text.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Text(text) | Self::Number(text) | Self::Json(text) => text,
            Self::Bool(true) => "true",
            Self::Bool(false) => "false",
        }
    }

    /// Whether it stands bare in JSON.
    pub(crate) fn is_bare(&self) -> bool {
        !matches!(self, Self::Text(_))
    }

    /// The value of a part of an answer; `None` for null.
    pub(crate) fn from_json(value: &serde_json::Value) -> Option<Self> {
        Some(match value {
            serde_json::Value::Null => return None,
            serde_json::Value::Bool(truth) => Self::Bool(*truth),
            serde_json::Value::Number(number) => Self::Number(number.as_str().into()),
            serde_json::Value::String(text) => Self::Text(text.as_str().into()),
            list_or_object => Self::Json(list_or_object.to_string().into()),
        })
    }
}
