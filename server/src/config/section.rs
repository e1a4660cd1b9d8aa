//! Reads settings out of the tree, one by one, and gathers all that is wrong.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_model::{Name, SecretText};

use super::node::{Node, Place, Table, Value};
use super::problem::{Fault, Problem};
use super::unit;

/// What is found while reading.
pub(super) struct Report {
    /// Paths of files are taken from here.
    folder: PathBuf,
    problems: RefCell<Vec<Problem>>,
    /// All settings that were asked for, and those that nobody asked for.
    known: RefCell<Vec<String>>,
    tables: RefCell<Vec<String>>,
    unknown: RefCell<Vec<(Place, String, String)>>,
}

impl Report {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            problems: RefCell::default(),
            known: RefCell::default(),
            tables: RefCell::default(),
            unknown: RefCell::default(),
        }
    }

    pub(super) fn add(&self, place: &Place, fault: Fault) {
        self.problems.borrow_mut().push(Problem { place: place.clone(), fault });
    }

    /// All that is wrong, in the order of the file.
    pub(super) fn problems(self) -> Vec<Problem> {
        let mut known = self.known.into_inner();
        known.extend(self.tables.into_inner());
        let mut problems = self.problems.into_inner();
        for (place, section, name) in self.unknown.into_inner() {
            let near = near(&name, &section, &known);
            problems.push(Problem { place, fault: Fault::Unknown { name, section, near } });
        }
        problems.sort_by_key(|problem| match problem.place {
            Place::Line(line) => (0, line),
            Place::Variable(_) => (1, 0),
            Place::Nowhere => (2, 0),
        });
        problems
    }

    /// All settings that were asked for, with their sections.
    #[cfg(test)]
    pub(super) fn known(&self) -> Vec<String> {
        self.known.borrow().clone()
    }

    /// A path, from the folder of the configuration.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }
}

/// The setting that was most likely meant: one with nearly that name in the section, or one of that name elsewhere.
fn near(name: &str, section: &str, known: &[String]) -> Option<String> {
    let last = |path: &str| path.rsplit('.').next().unwrap_or(path).to_owned();
    let wanted = last(name);
    let distance = |path: &&String| {
        let of_section = if section.is_empty() { !path.contains('.') } else { path.starts_with(section) };
        strsim::damerau_levenshtein(&last(path), &wanted) + usize::from(!of_section)
    };
    known.iter().min_by_key(distance).filter(|path| distance(path) <= 2).cloned()
}

/// A table that is being read.
pub(super) struct Section<'r> {
    report: &'r Report,
    /// With a dot at its end, when there is one.
    prefix: String,
    pub(super) place: Place,
    table: Table,
}

impl<'r> Section<'r> {
    pub(super) fn root(report: &'r Report, table: Table) -> Self {
        Self { report, prefix: String::new(), place: Place::Nowhere, table }
    }

    pub(super) fn report(&self) -> &'r Report {
        self.report
    }

    /// The setting with its section.
    pub(super) fn full(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    pub(super) fn wrong(&self, place: &Place, fault: Fault) {
        self.report.add(place, fault);
    }

    /// A text.
    pub(super) fn text(&mut self, name: &str) -> Option<(Place, String)> {
        let node = self.take(name)?;
        match node.value {
            Value::Text(text) | Value::Variable(text) => Some((node.place, text)),
            other => self.no_type(name, &node.place, "a text in quotation marks", &other),
        }
    }

    /// A text, a number, or a list of texts as one text with commas: for settings that are texts to whoever reads them.
    pub(super) fn loose_text(&mut self, name: &str) -> Option<String> {
        let node = self.take(name)?;
        match node.value {
            Value::Text(text) | Value::Variable(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::List(items) => {
                let texts: Option<Vec<_>> = items
                    .into_iter()
                    .map(|item| match item.value {
                        Value::Text(text) => Some(text),
                        other => self.no_type(name, &item.place, "a text or a list of texts", &other),
                    })
                    .collect();
                texts.map(|texts| texts.join(","))
            }
            other => self.no_type(name, &node.place, "a text or a list of texts", &other),
        }
    }

    /// A text that is read further.
    pub(super) fn parsed<T>(
        &mut self,
        name: &str,
        expected: &'static str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let (place, text) = self.text(name)?;
        let value = read(&text);
        if value.is_none() {
            self.wrong(&place, Fault::Form { name: self.full(name), expected });
        }
        value
    }

    /// `true` or `false`.
    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        let node = self.take(name)?;
        match node.value {
            Value::Flag(flag) => Some(flag),
            Value::Variable(text) if text == "true" || text == "1" => Some(true),
            Value::Variable(text) if text == "false" || text == "0" => Some(false),
            other => self.no_type(name, &node.place, "`true` or `false`", &other),
        }
    }

    /// A number in a range.
    pub(super) fn number(&mut self, name: &str, least: i64, most: i64) -> Option<usize> {
        let node = self.take(name)?;
        let number = match node.value {
            Value::Number(number) => number,
            Value::Variable(text) if text.parse::<i64>().is_ok() => text.parse().ok()?,
            other => return self.no_type(name, &node.place, "a number without quotation marks", &other),
        };
        if !(least..=most).contains(&number) {
            self.wrong(&node.place, Fault::Range { name: self.full(name), least, most });
            return None;
        }
        usize::try_from(number).ok()
    }

    /// A span of time in a range; the bounds are spans as well.
    pub(super) fn span(&mut self, name: &str, least: &'static str, most: &'static str) -> Option<Duration> {
        const EXPECTED: &str = "a span of time such as \"10s\", \"15m\", \"48h\" or \"30d\"";
        let (place, text) = self.typed_text(name, EXPECTED)?;
        let Some(span) = unit::span(&text) else {
            self.wrong(&place, Fault::Form { name: self.full(name), expected: EXPECTED });
            return None;
        };
        if unit::span(least).is_some_and(|least| span < least)
            || unit::span(most).is_some_and(|most| span > most)
        {
            self.wrong(&place, Fault::SpanRange { name: self.full(name), least, most });
            return None;
        }
        Some(span)
    }

    /// A size in bytes.
    pub(super) fn size(&mut self, name: &str) -> Option<usize> {
        const EXPECTED: &str = "a size such as \"64 KiB\" or \"3 MiB\"";
        let (place, text) = self.typed_text(name, EXPECTED)?;
        let size = unit::size(&text).filter(|size| *size > 0);
        if size.is_none() {
            self.wrong(&place, Fault::Form { name: self.full(name), expected: EXPECTED });
        }
        size
    }

    /// A list of texts. In a variable they are separated by commas.
    pub(super) fn texts(&mut self, name: &str) -> Option<Vec<(Place, String)>> {
        const EXPECTED: &str = "a list of texts in brackets, such as [\"one\", \"two\"]";
        let node = self.take(name)?;
        match node.value {
            Value::Variable(text) => {
                let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
                Some(items.map(|item| (node.place.clone(), item.to_owned())).collect())
            }
            Value::List(items) => Some(
                items
                    .into_iter()
                    .filter_map(|item| match item.value {
                        Value::Text(text) => Some((item.place, text)),
                        other => self.no_type(name, &item.place, EXPECTED, &other),
                    })
                    .collect(),
            ),
            other => self.no_type(name, &node.place, EXPECTED, &other),
        }
    }

    /// A path, from the folder of the configuration.
    pub(super) fn path(&mut self, name: &str) -> Option<PathBuf> {
        self.text(name).map(|(_, text)| self.report.path(&text))
    }

    /// An id.
    pub(super) fn name(&mut self, name: &str) -> Option<Name> {
        let (place, text) = self.text(name)?;
        match text.parse() {
            Ok(found) => Some(found),
            Err(why) => {
                self.wrong(&place, Fault::Name { name: self.full(name), why });
                None
            }
        }
    }

    /// A secret: `NAME`, or the content of the file that `NAME_file` names.
    pub(super) fn secret(&mut self, name: &str) -> Option<SecretText> {
        let in_file = format!("{name}_file");
        let given = self.text(name);
        let file = self.text(&in_file);
        match (given, file) {
            (Some(_), Some((place, _))) => {
                let (one, other) = (self.full(name), self.full(&in_file));
                self.wrong(&place, Fault::Both { one, other });
                None
            }
            (Some((_, text)), None) => Some(SecretText::new(text)),
            (None, Some((place, path))) => self.secret_from(&self.full(&in_file), &place, &path),
            (None, None) => None,
        }
    }

    fn secret_from(&self, name: &str, place: &Place, path: &str) -> Option<SecretText> {
        let path = self.report.path(path);
        let fault = match std::fs::read_to_string(&path).map(SecretText::new) {
            Ok(text) => {
                let value = text.expose();
                let value = value.strip_suffix('\n').unwrap_or(value);
                let value = value.strip_suffix('\r').unwrap_or(value);
                if !value.is_empty() {
                    return Some(value.into());
                }
                Fault::SecretEmpty { name: name.to_owned(), path }
            }
            Err(source) => Fault::SecretFile { name: name.to_owned(), path, source },
        };
        self.wrong(place, fault);
        None
    }

    /// A table below this one; an empty one when it is not there.
    pub(super) fn section(&mut self, name: &str) -> Section<'r> {
        let prefix = self.table_of(name);
        let none = Section { report: self.report, prefix, place: Place::Nowhere, table: Table::default() };
        match self.table.take(name) {
            None => none,
            Some(Node { place, value: Value::Table(table) }) => Section { place, table, ..none },
            Some(Node { place, value }) => {
                self.no_type::<()>(name, &place, "a section, written as [NAME]", &value);
                none
            }
        }
    }

    fn table_of(&self, name: &str) -> String {
        self.report.tables.borrow_mut().push(self.full(name));
        format!("{}.", self.full(name))
    }

    /// A list of tables.
    pub(super) fn sections(&mut self, name: &str) -> Vec<Section<'r>> {
        let prefix = self.table_of(name);
        let Some(node) = self.table.take(name) else { return Vec::new() };
        let Value::List(items) = node.value else {
            self.no_type::<()>(name, &node.place, "a list of tables, each written as [[NAME]]", &node.value);
            return Vec::new();
        };
        let sections = items.into_iter().filter_map(|item| match (item.value, item.place) {
            (Value::Table(table), place) => {
                Some(Section { report: self.report, prefix: prefix.clone(), place, table })
            }
            (_, place @ Place::Variable(_)) => {
                self.report.add(&place, Fault::NoSuchChannel);
                None
            }
            (other, place) => {
                self.no_type(name, &place, "a list of tables, each written as [[NAME]]", &other)
            }
        });
        sections.collect()
    }

    /// A table of texts under names that the operator chooses.
    pub(super) fn free_texts(&mut self, name: &str) -> BTreeMap<String, String> {
        let mut section = self.section(name);
        let names: Vec<_> = section.table.0.iter().map(|(name, _)| name.clone()).collect();
        names.into_iter().filter_map(|name| section.own_text(&name).map(|text| (name, text))).collect()
    }

    /// A table of secrets under names that the operator chooses, `NAME` or `NAME_file` each.
    pub(super) fn free_secrets(&mut self, name: &str) -> BTreeMap<String, SecretText> {
        let mut section = self.section(name);
        let mut names: Vec<_> = section
            .table
            .0
            .iter()
            .map(|(name, _)| name.strip_suffix("_file").unwrap_or(name).to_owned())
            .collect();
        names.sort();
        names.dedup();
        names.into_iter().filter_map(|name| section.secret(&name).map(|value| (name, value))).collect()
    }

    /// A text as a constant may be: numbers and flags are texts too.
    fn own_text(&mut self, name: &str) -> Option<String> {
        let node = self.table.take(name)?;
        match node.value {
            Value::Text(text) | Value::Variable(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Flag(flag) => Some(flag.to_string()),
            other => self.no_type(name, &node.place, "a text in quotation marks", &other),
        }
    }

    /// Whether something stands there, which may be wrong: the setting, or the file of the secret.
    pub(super) fn mentions(&self, name: &str) -> bool {
        self.table.0.iter().any(|(given, _)| given.strip_suffix("_file").unwrap_or(given) == name)
    }

    /// That something has to be given.
    pub(super) fn missing(&self, name: &str, help: &'static str) {
        self.wrong(&self.place, Fault::Missing { name: self.full(name), help });
    }

    /// What nobody has asked for is no setting.
    pub(super) fn end(self) {
        let section = self.prefix.trim_end_matches('.').to_owned();
        for (name, node) in self.table.0 {
            let full = format!("{}{name}", self.prefix);
            self.report.unknown.borrow_mut().push((node.place, section.clone(), full));
        }
    }

    fn typed_text(&mut self, name: &str, expected: &'static str) -> Option<(Place, String)> {
        let node = self.take(name)?;
        match node.value {
            Value::Text(text) | Value::Variable(text) => Some((node.place, text)),
            other => self.no_type(name, &node.place, expected, &other),
        }
    }

    fn take(&mut self, name: &str) -> Option<Node> {
        self.report.known.borrow_mut().push(self.full(name));
        self.table.take(name)
    }

    fn no_type<T>(&self, name: &str, place: &Place, expected: &'static str, found: &Value) -> Option<T> {
        let (name, found) = (self.full(name), found.name());
        self.wrong(place, Fault::Type { name, expected, found });
        None
    }
}
