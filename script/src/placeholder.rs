//! Placeholders in a text: `{name}`, with `{{` and `}}` for braces.

use std::borrow::Cow;

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'t> {
    /// Stands as it is.
    Text(Cow<'t, str>),
    /// A placeholder.
    Hole {
        /// What stands between the braces.
        name: &'t str,
        /// The byte at which the brace opens.
        at: usize,
    },
}

/// Why a text cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyntaxError {
    /// `{` without `}`.
    #[error("this `{{` has no `}}` after it")]
    Unclosed {
        /// The byte at which the brace stands.
        at: usize,
    },
    /// `}` without `{`.
    #[error("this `}}` has no `{{` before it")]
    Unopened {
        /// The byte at which the brace stands.
        at: usize,
    },
    /// `{}`.
    #[error("there is nothing between these braces")]
    Empty {
        /// The byte at which the brace opens.
        at: usize,
    },
    /// `{a b}`.
    #[error("this is not the name of a placeholder")]
    Name {
        /// The byte at which the brace opens.
        at: usize,
        /// How many bytes it is long, braces included.
        len: usize,
    },
}

impl SyntaxError {
    /// The bytes that it is about.
    pub(crate) fn range(self) -> (usize, usize) {
        match self {
            Self::Unclosed { at } | Self::Unopened { at } => (at, at + 1),
            Self::Empty { at } => (at, at + 2),
            Self::Name { at, len } => (at, at + len),
        }
    }
}

/// Splits a text at its placeholders. Two texts never follow each other.
pub fn split(text: &str) -> Result<Vec<Part<'_>>, SyntaxError> {
    let mut parts = Vec::new();
    let mut literal = Cow::Borrowed("");
    let mut rest = text;
    while let Some(found) = rest.find(['{', '}']) {
        let at = text.len() - rest.len() + found;
        add(&mut literal, &rest[..found]);
        let brace = &rest[found..=found];
        rest = &rest[found + 1..];
        if rest.starts_with(brace) {
            add(&mut literal, brace);
            rest = &rest[1..];
            continue;
        }
        if brace == "}" {
            return Err(SyntaxError::Unopened { at });
        }
        let end = rest.find(['{', '}', '\n']).unwrap_or(rest.len());
        if !rest[end..].starts_with('}') {
            return Err(SyntaxError::Unclosed { at });
        }
        let name = rest[..end].trim();
        if name.is_empty() {
            return Err(SyntaxError::Empty { at });
        }
        if !is_name(name) {
            return Err(SyntaxError::Name { at, len: end + 2 });
        }
        if !literal.is_empty() {
            parts.push(Part::Text(std::mem::take(&mut literal)));
        }
        parts.push(Part::Hole { name, at });
        rest = &rest[end + 1..];
    }
    add(&mut literal, rest);
    if !literal.is_empty() {
        parts.push(Part::Text(literal));
    }
    Ok(parts)
}

fn add<'t>(literal: &mut Cow<'t, str>, text: &'t str) {
    if literal.is_empty() {
        *literal = Cow::Borrowed(text);
    } else if !text.is_empty() {
        literal.to_mut().push_str(text);
    }
}

/// A name, or a name with an id or a path behind it: `authtoken:bank`, `item.price`, `item.lines[0]`.
fn is_name(name: &str) -> bool {
    let first = name.split(['.', ':']).next().unwrap_or("");
    is_variable(first)
        && !name.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\''))
}

/// Whether a variable can have this name: letters, digits, `_` and `-`, not beginning with a digit or `-`.
pub(crate) fn is_variable(name: &str) -> bool {
    name.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-'))
        && name.len() <= 64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn splits() {
        let parts = split("Hi {name}, {{x}} {authtoken:bank}{ item.a[0] }").unwrap();
        assert_eq!(
            parts,
            [
                Part::Text("Hi ".into()),
                Part::Hole { name: "name", at: 3 },
                Part::Text(", {x} ".into()),
                Part::Hole { name: "authtoken:bank", at: 17 },
                Part::Hole { name: "item.a[0]", at: 33 },
            ]
        );
        assert_eq!(split("").unwrap(), []);
        assert_eq!(split("{{}}").unwrap(), [Part::Text("{}".into())]);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        assert_eq!(split("a {b"), Err(SyntaxError::Unclosed { at: 2 }));
        assert_eq!(split("a } b"), Err(SyntaxError::Unopened { at: 2 }));
        assert_eq!(split("é {}"), Err(SyntaxError::Empty { at: 3 }));
        assert_eq!(split("{\"a\": 1}"), Err(SyntaxError::Name { at: 0, len: 8 }));
        assert_eq!(split("{a b}"), Err(SyntaxError::Name { at: 0, len: 5 }));
        assert_eq!(split("{a\n}"), Err(SyntaxError::Unclosed { at: 0 }));
        assert_eq!(SyntaxError::Unclosed { at: 0 }.to_string(), "this `{` has no `}` after it");
        assert_eq!(SyntaxError::Unopened { at: 0 }.to_string(), "this `}` has no `{` before it");
    }

    proptest! {
        #[test]
        fn no_text_is_lost(text in any::<String>()) {
            let doubled = text.replace('{', "{{").replace('}', "}}");
            let parts = split(&doubled).unwrap();
            let whole: String = parts.iter().map(|part| match part {
                Part::Text(text) => &**text,
                Part::Hole { .. } => "?",
            }).collect();
            prop_assert_eq!(whole, text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[a{} .:é]{0,40}") {
            if let Err(error) = split(&text) {
                let (start, end) = error.range();
                prop_assert!(text.get(start..end).is_some());
            }
        }
    }
}
