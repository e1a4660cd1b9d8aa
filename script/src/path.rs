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

#[derive(Clone, Debug)]
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

impl Path {
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
