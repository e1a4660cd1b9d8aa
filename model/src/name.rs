use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The unique id of a bot, script, step or component: letters, digits, `-` and `_`, at most 64 characters.
///
/// Cheap to copy: the text is shared.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

impl Name {
    /// The longest name, in characters.
    pub const MAX_LEN: usize = 64;

    /// The text of the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a text is not a name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing stands there.
    #[error("an id cannot be empty")]
    Empty,
    /// More than [`Name::MAX_LEN`] characters.
    #[error("an id has at most 64 characters")]
    TooLong,
    /// A character that is not a letter, a digit, `-` or `_`.
    #[error("an id has only letters, digits, `-` and `_`, so `{0}` cannot be in it")]
    Character(char),
}

impl FromStr for Name {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if let Some(c) = text.chars().find(|c| !c.is_alphanumeric() && *c != '-' && *c != '_') {
            return Err(NameError::Character(c));
        }
        if text.chars().count() > Self::MAX_LEN {
            return Err(NameError::TooLong);
        }
        Ok(Self(text.into()))
    }
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0.as_ref().to_owned()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &*self.0)
    }
}

/// Numbers the calls of one session, so that an answer finds the call it belongs to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u32);

/// Numbers the timers of one session; a timer that the session has forgotten does nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TimerId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_an_author_would_write() {
        for good in ["bank-login", "a", "Saldo_2", "größe", &"x".repeat(64)] {
            assert_eq!(good.parse::<Name>().unwrap().as_str(), good);
        }
    }

    #[test]
    fn refuses_the_rest_and_says_why() {
        assert_eq!("".parse::<Name>(), Err(NameError::Empty));
        assert_eq!("a b".parse::<Name>(), Err(NameError::Character(' ')));
        assert_eq!("a.b".parse::<Name>(), Err(NameError::Character('.')));
        assert_eq!("x".repeat(65).parse::<Name>(), Err(NameError::TooLong));
        assert_eq!(
            NameError::Character(' ').to_string(),
            "an id has only letters, digits, `-` and `_`, so ` ` cannot be in it"
        );
    }
}
