//! Paths into a JSON answer: a field name, a dotted path, or a JSONPath (RFC 9535).

use serde_json::Value;
use serde_json_path::JsonPath;

/// A parsed path.
#[derive(Clone, Debug)]
pub struct Path {
    text: Box<str>,
    form: Form,
}

#[derive(Clone, Debug)]
enum Form {
    /// Field names and array positions, walked directly.
    Plain(Box<[Segment]>),
    /// Anything else of RFC 9535.
    Full(Box<JsonPath>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Key(Box<str>),
    Index(usize),
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Path {}

/// Why a text is no path.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Nothing stands there.
    #[error("a path cannot be empty")]
    Empty,
    /// Longer than [`Path::MAX_LEN`], or with more filters than [`Path::MAX_FILTERS`].
    #[error("a path has at most 1,000 characters, and 12 filters, functions and brackets in them")]
    TooLong,
    /// `a..b`, or a dot at the start or the end.
    #[error("a name is missing beside this dot")]
    NoName {
        /// The byte at which the dot stands.
        at: usize,
    },
    /// `[` without `]`.
    #[error("this `[` has no `]` after it")]
    Unclosed {
        /// The byte at which the bracket stands.
        at: usize,
    },
    /// `a[b]`.
    #[error("a position in a list is a number, counted from 0")]
    Position {
        /// The byte at which the bracket stands.
        at: usize,
    },
    /// A character that only a JSONPath can have.
    #[error("`{character}` cannot stand in a dotted path; write a JSONPath such as `$['a b']`")]
    Character {
        /// The character.
        character: char,
        /// The byte at which it stands.
        at: usize,
    },
    /// Not a JSONPath.
    #[error("this is not a JSONPath (RFC 9535)")]
    JsonPath {
        /// The byte at which it is.
        at: usize,
    },
}

impl PathError {
    /// The byte at which it is, where there is one.
    pub fn at(&self) -> Option<usize> {
        match self {
            Self::Empty | Self::TooLong => None,
            Self::NoName { at }
            | Self::Unclosed { at }
            | Self::Position { at }
            | Self::Character { at, .. }
            | Self::JsonPath { at } => Some(*at),
        }
    }
}

impl Path {
    /// The longest path, in bytes.
    pub const MAX_LEN: usize = 1_000;

    /// The most filters, functions and brackets in them. The parser of JSONPath takes twice as long for each one
    /// inside another, so a path of a few hundred characters could keep it busy for minutes.
    pub const MAX_FILTERS: usize = 12;

    /// Reads a path: a field name, a dotted path with `[0]` for positions, or a JSONPath, which begins with `$`.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text.trim().is_empty() {
            return Err(PathError::Empty);
        }
        let opens = |byte: &u8| matches!(byte, b'?' | b'(' | b'!');
        if text.len() > Self::MAX_LEN || text.bytes().filter(opens).count() > Self::MAX_FILTERS {
            return Err(PathError::TooLong);
        }
        if !text.starts_with('$') {
            return Ok(Self { text: text.into(), form: Form::Plain(plain(text)?.into()) });
        }
        match JsonPath::parse(text) {
            Ok(path) => Ok(Self { text: text.into(), form: Form::Full(Box::new(path)) }),
            Err(error) => {
                let at = text
                    .char_indices()
                    .nth(error.position().saturating_sub(1))
                    .map_or(text.len(), |(at, _)| at);
                Err(PathError::JsonPath { at })
            }
        }
    }

    /// The value itself.
    pub fn whole() -> Self {
        Self { text: "".into(), form: Form::Plain(Box::new([])) }
    }

    /// The path as the author wrote it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The values that it leads to, in order; none when it leads nowhere.
    pub fn find<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match &self.form {
            Form::Full(path) => path.query(value).all(),
            Form::Plain(_) => self.first(value).into_iter().collect(),
        }
    }

    /// The first value that it leads to.
    pub fn first<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        match &self.form {
            Form::Full(path) => path.query(value).first(),
            Form::Plain(segments) => segments.iter().try_fold(value, |value, segment| match segment {
                Segment::Key(key) => value.get(&**key),
                Segment::Index(index) => value.get(index),
            }),
        }
    }
}

fn plain(text: &str) -> Result<Vec<Segment>, PathError> {
    let mut segments = Vec::new();
    let mut at = 0;
    // Whether a name must come: at the start and after a dot. At the start a position may come too.
    let mut after_dot = true;
    while at < text.len() {
        let rest = &text[at..];
        if let Some(inside) = rest.strip_prefix('[') {
            if after_dot && at > 0 {
                return Err(PathError::NoName { at: at - 1 });
            }
            let len = inside.find(']').ok_or(PathError::Unclosed { at })?;
            let digits = &inside[..len];
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(PathError::Position { at });
            }
            segments.push(Segment::Index(digits.parse().map_err(|_| PathError::Position { at })?));
            at += len + 2;
            after_dot = false;
            continue;
        }
        if rest.starts_with('.') {
            if after_dot || at + 1 == text.len() {
                return Err(PathError::NoName { at });
            }
            after_dot = true;
            at += 1;
            continue;
        }
        if !after_dot {
            // Only a dot or a bracket can follow a bracket.
            let character = rest.chars().next().unwrap_or(']');
            return Err(PathError::Character { character, at });
        }
        let len = rest.find(['.', '[']).unwrap_or(rest.len());
        if let Some((offset, character)) = rest[..len].char_indices().find(|(_, c)| is_refused(*c)) {
            return Err(PathError::Character { character, at: at + offset });
        }
        segments.push(Segment::Key(rest[..len].into()));
        at += len;
        after_dot = false;
    }
    Ok(segments)
}

fn is_refused(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, ']' | '\'' | '"' | '*' | '?' | '(' | ')' | ',')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn find(path: &str, value: &Value) -> Vec<Value> {
        Path::parse(path).unwrap().find(value).into_iter().cloned().collect()
    }

    #[test]
    fn names_dots_and_positions() {
        let value = json!({ "token": "t", "data": { "token": 7, "list": [1, { "x-y": 2 }] } });
        assert_eq!(find("token", &value), [json!("t")]);
        assert_eq!(find("data.token", &value), [json!(7)]);
        assert_eq!(find("data.list[1].x-y", &value), [json!(2)]);
        assert_eq!(find("data.list[2]", &value), [] as [Value; 0]);
        assert_eq!(find("data.list.x", &value), [] as [Value; 0]);
        assert_eq!(find("[1][0]", &json!([0, ["a"]])), [json!("a")]);
        assert!(matches!(Path::parse("a.b[0]").unwrap().form, Form::Plain(_)));
        assert_eq!(Path::whole().first(&value), Some(&value));
    }

    #[test]
    fn keys_with_dots_are_for_json_path() {
        let value = json!({ "a.b": 1, "a": { "b": 2 } });
        assert_eq!(find("$['a.b']", &value), [json!(1)]);
        assert_eq!(find("a.b", &value), [json!(2)]);
    }

    #[test]
    fn says_what_is_wrong_and_where() {
        let error = |text: &str| Path::parse(text).unwrap_err();
        assert_eq!(error(" "), PathError::Empty);
        assert_eq!(error("a..b"), PathError::NoName { at: 2 });
        assert_eq!(error(".a"), PathError::NoName { at: 0 });
        assert_eq!(error("a."), PathError::NoName { at: 1 });
        assert_eq!(error("a.[0]"), PathError::NoName { at: 1 });
        assert_eq!(error("é[0"), PathError::Unclosed { at: 2 });
        assert_eq!(error("a[-1]"), PathError::Position { at: 1 });
        assert_eq!(error("a[99999999999999999999]"), PathError::Position { at: 1 });
        assert_eq!(error("a b"), PathError::Character { character: ' ', at: 1 });
        assert_eq!(error("a[0]b"), PathError::Character { character: 'b', at: 4 });
        assert_eq!(error(&"a".repeat(1001)), PathError::TooLong);
        assert_eq!(error(&"$[?".repeat(13)), PathError::TooLong);
        assert_eq!(error(&format!("$[?{}", "!(".repeat(6))), PathError::TooLong);
        assert!(matches!(error("$.a[?(@.b"), PathError::JsonPath { .. }));
        assert_eq!(
            error("a b").to_string(),
            "` ` cannot stand in a dotted path; write a JSONPath such as `$['a b']`"
        );
        assert_eq!(error("$.a[").to_string(), "this is not a JSONPath (RFC 9535)");
    }

    /// RFC 9535 §1.5, table 2.
    #[test]
    fn the_examples_of_rfc_9535() {
        let store = json!({ "store": {
            "book": [
                { "category": "reference", "author": "Nigel Rees", "title": "Sayings of the Century", "price": 8.95 },
                { "category": "fiction", "author": "Evelyn Waugh", "title": "Sword of Honour", "price": 12.99 },
                { "category": "fiction", "author": "Herman Melville", "title": "Moby Dick",
                  "isbn": "0-553-21311-3", "price": 8.99 },
                { "category": "fiction", "author": "J. R. R. Tolkien", "title": "The Lord of the Rings",
                  "isbn": "0-395-19395-8", "price": 22.99 },
            ],
            "bicycle": { "color": "red", "price": 399 },
        }});
        let book = |index: usize| store["store"]["book"][index].clone();
        let authors = [0, 1, 2, 3].map(|index| book(index)["author"].clone());
        assert_eq!(find("$.store.book[*].author", &store), authors);
        assert_eq!(find("$..author", &store), authors);
        assert_eq!(
            find("$.store.*", &store),
            [store["store"]["book"].clone(), store["store"]["bicycle"].clone()]
        );
        assert_eq!(find("$.store..price", &store).len(), 5);
        assert_eq!(find("$..book[2]", &store), [book(2)]);
        assert_eq!(find("$..book[2].author", &store), [json!("Herman Melville")]);
        assert_eq!(find("$..book[2].publisher", &store), [] as [Value; 0]);
        assert_eq!(find("$..book[-1]", &store), [book(3)]);
        assert_eq!(find("$..book[0,1]", &store), [book(0), book(1)]);
        assert_eq!(find("$..book[:2]", &store), [book(0), book(1)]);
        assert_eq!(find("$..book[?@.isbn]", &store), [book(2), book(3)]);
        assert_eq!(find("$..book[?@.price<10]", &store), [book(0), book(2)]);
        assert_eq!(find("$..*", &store).len(), 27);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[$a.\\[\\]0-9'?@*é, ()!&]{0,40}") {
            if let Err(error) = Path::parse(&text) {
                prop_assert!(error.at().is_none_or(|at| text.is_char_boundary(at)));
            }
        }
    }
}
