//! The configuration as a tree of values, each with the place where it was written, before anything is known of them.

use std::fmt;

use toml::de::{DeTable, DeValue};

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In this line of the file, from 1.
    Line(usize),
    /// In this variable of the environment.
    Variable(String),
    /// Nowhere: it is missing.
    Nowhere,
}

/// `line 12: `, `COUNTERSIGN_LISTEN: ` or nothing.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}: "),
            Self::Variable(name) => write!(f, "{name}: "),
            Self::Nowhere => Ok(()),
        }
    }
}

/// A value and its place.
pub(super) struct Node {
    pub(super) place: Place,
    pub(super) value: Value,
}

/// A value as TOML knows them, or a text of the environment, which can stand for any of them.
pub(super) enum Value {
    Text(String),
    Number(i64),
    Flag(bool),
    List(Vec<Node>),
    Table(Table),
    Variable(String),
    /// A number with a point, a time, or a number that is too large: no setting has one.
    Other(&'static str),
}

impl Value {
    /// What it is, for a message.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Text(_) | Self::Variable(_) => "a text",
            Self::Number(_) => "a number",
            Self::Flag(_) => "true or false",
            Self::List(_) => "a list",
            Self::Table(_) => "a table",
            Self::Other(name) => name,
        }
    }
}

/// A table, in the order of the names.
#[derive(Default)]
pub(super) struct Table(pub(super) Vec<(String, Node)>);

impl Table {
    pub(super) fn take(&mut self, name: &str) -> Option<Node> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn entry(&mut self, name: &str, place: &Place) -> &mut Node {
        let at = self.0.iter().position(|(known, _)| known == name).unwrap_or(self.0.len());
        if at == self.0.len() {
            let value = Value::Table(Self::default());
            self.0.push((name.to_owned(), Node { place: place.clone(), value }));
        }
        &mut self.0[at].1
    }

    /// Puts in what a variable of the environment says, in the place of what the file says.
    fn put(&mut self, path: &[String], place: &Place, text: &str) {
        let [name, rest @ ..] = path else { return };
        let node = self.entry(name, place);
        if rest.is_empty() {
            *node = Node { place: place.clone(), value: Value::Variable(text.to_owned()) };
            // A secret is given in one of two ways; the variable replaces the other one too.
            let other = name.strip_suffix("_file").map_or_else(|| format!("{name}_file"), str::to_owned);
            self.take(&other);
            return;
        }
        match &mut node.value {
            Value::Table(table) => table.put(rest, place, text),
            // `channels` is a list of tables with an id each, and the path names one by it.
            Value::List(items) => {
                let found = items.iter_mut().find_map(|item| match &mut item.value {
                    Value::Table(table) if table.has_id(&rest[0]) => Some(table),
                    _ => None,
                });
                match found {
                    Some(table) => table.put(&rest[1..], place, text),
                    None => items.push(Node { place: place.clone(), value: Value::Other("no table") }),
                }
            }
            _ => {
                let mut table = Self::default();
                table.put(rest, place, text);
                *node = Node { place: place.clone(), value: Value::Table(table) };
            }
        }
    }

    fn has_id(&self, wanted: &str) -> bool {
        let plain = |text: &str| text.to_lowercase().replace('-', "_");
        self.0.iter().any(|(name, node)| {
            name == "id" && matches!(&node.value, Value::Text(id) if plain(id) == plain(wanted))
        })
    }
}

/// The file is no TOML.
#[derive(Debug)]
pub(super) struct NoToml {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) message: String,
}

/// Reads a file.
pub(super) fn parse(text: &str) -> Result<Table, NoToml> {
    let lines = Lines::of(text);
    match DeTable::parse(text) {
        Ok(document) => Ok(table(document.into_inner(), &lines)),
        Err(error) => {
            let at = error.span().map_or(text.len(), |span| span.start);
            let (line, column) = lines.position(at);
            Err(NoToml { line, column, message: error.message().to_owned() })
        }
    }
}

/// The beginning of the names of all variables that set something.
pub(super) const PREFIX: &str = "COUNTERSIGN_";

/// Variables with that beginning that set nothing here.
const OTHERS: &[&str] = &["COUNTERSIGN_CONFIG", "COUNTERSIGN_FAILPOINT", "COUNTERSIGN_LOG"];

/// Puts the variables `COUNTERSIGN_NAME` and `COUNTERSIGN_SECTION__NAME` into the tree.
pub(super) fn overlay(root: &mut Table, environment: &[(String, String)]) {
    for (variable, text) in environment {
        let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
        if OTHERS.contains(&variable.as_str()) {
            continue;
        }
        let path: Vec<_> = rest.split("__").map(str::to_lowercase).collect();
        root.put(&path, &Place::Variable(variable.clone()), text);
    }
}

fn table(entries: DeTable<'_>, lines: &Lines) -> Table {
    let entries = entries.into_iter().map(|(key, value)| {
        let place = Place::Line(lines.position(key.span().start).0);
        (key.into_inner().into_owned(), Node { place, value: self::value(value.into_inner(), lines) })
    });
    Table(entries.collect())
}

fn value(value: DeValue<'_>, lines: &Lines) -> Value {
    match value {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
            .map_or(Value::Other("a number with too many digits"), Value::Number),
        DeValue::Boolean(flag) => Value::Flag(flag),
        DeValue::Float(_) => Value::Other("a number with a point"),
        DeValue::Datetime(_) => Value::Other("a date or a time"),
        DeValue::Array(items) => Value::List(
            items
                .into_iter()
                .map(|item| {
                    let place = Place::Line(lines.position(item.span().start).0);
                    Node { place, value: self::value(item.into_inner(), lines) }
                })
                .collect(),
        ),
        DeValue::Table(entries) => Value::Table(table(entries, lines)),
    }
}

/// Where lines begin.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect())
    }

    /// Line and column, from 1; the column counts bytes.
    fn position(&self, at: usize) -> (usize, usize) {
        let line = self.0.partition_point(|begin| *begin <= at).max(1);
        (line, at - self.0[line - 1] + 1)
    }
}
