//! Small changes of a text that was read into a tree: an entry put into a map or taken out, a value written anew.
//! What stands around it stays byte for byte.

use serde_json::Value;

use super::yaml;
use crate::diagnostics::{Edit, Span};
use crate::node::{Key, Kind, Node};

/// A text, and how it is written.
#[derive(Clone, Copy)]
pub(crate) struct Source<'t> {
    pub(crate) text: &'t str,
    pub(crate) root: &'t Node<'t>,
    /// Whether the whole of it is one `{…}`: then it is JSON, or may be.
    json: bool,
}

impl<'t> Source<'t> {
    pub(crate) fn new(text: &'t str, root: &'t Node<'t>) -> Self {
        Self { text, root, json: is_flow(text, root.span) }
    }

    /// Another value in the place of one. `key` is that of the entry around it, when it is in a block.
    pub(crate) fn write(&self, node: &Node<'_>, key: Option<Span>, value: &Value) -> Option<Edit> {
        let span = self.content(node);
        let written = &self.text[span.start..span.end];
        if self.in_flow(span.start) {
            let end = span.end.max(span.start);
            return Some(Edit { span: Span { start: span.start, end }, text: self.inline(value, written) });
        }
        if !is_tall(value) {
            if span.end > span.start {
                return Some(Edit { span, text: self.single(value, written) });
            }
            let at = self.after_colon(key?)?;
            return Some(self.edit(Span { start: at, end: at }, format!(" {}", self.single(value, ""))));
        }
        let Some(key) = key else {
            // An item of a list: its first line begins behind the dash.
            let column = self.column(span.start);
            return Some(self.edit(span, yaml::block(value, column).trim_start().to_owned()));
        };
        let at = self.after_colon(key)?;
        let text = format!("\n{}", yaml::block(value, self.column(key.start) + 2));
        Some(self.edit(Span { start: at, end: span.end.max(at) }, text))
    }

    /// A new entry of a map, behind the last of the entries that come before it in `order`.
    pub(crate) fn put(&self, map: &Node<'_>, key: &str, value: &Value, order: &[&str]) -> Option<Edit> {
        let Kind::Map(entries) = &map.kind else { return None };
        let rank = |name: &str| order.iter().position(|known| *known == name).unwrap_or(order.len());
        let own = if order.contains(&key) { rank(key) } else { usize::MAX };
        let before = entries.iter().rposition(|(name, _)| rank(&name.text) < own);
        if self.is_flow(map) || entries.is_empty() {
            let pair = format!("{}: {}", self.key(key), self.inline(value, self.hint()));
            let (at, text) = match before {
                Some(at) => {
                    (self.content(&entries[at].1).end.max(entries[at].0.span.end), format!(", {pair}"))
                }
                None if entries.is_empty() => {
                    return Some(Edit { span: self.content(map), text: format!("{{ {pair} }}") });
                }
                None => (entries[0].0.span.start, format!("{pair}, ")),
            };
            return Some(Edit { span: Span { start: at, end: at }, text });
        }
        let column = self.column(entries[0].0.span.start);
        let line = self.entry(key, value, column);
        let Some(before) = before else {
            let at = entries[0].0.span.start;
            let text = format!("{line}\n{}", " ".repeat(column));
            return Some(self.edit(Span { start: at, end: at }, text));
        };
        Some(self.line_after(self.entry_end(&entries[before]), &format!("{}{line}", " ".repeat(column))))
    }

    /// An entry of a map taken out, with the comment on its line.
    pub(crate) fn take(&self, map: &Node<'_>, index: usize) -> Option<Edit> {
        let Kind::Map(entries) = &map.kind else { return None };
        let entry = entries.get(index)?;
        let (start, end) = (entry.0.span.start, self.entry_end(entry));
        if entries.len() == 1 {
            return Some(self.edit(self.content(map), "{}".to_owned()));
        }
        if self.is_flow(map) {
            return Some(self.edit(of_flow_item(self.text, Span { start, end }), String::new()));
        }
        let line = line_start(self.text, start);
        if self.text[line..start].trim().is_empty() {
            let span = Span { start: line, end: line_end(self.text, end) };
            return Some(self.edit(self.with_break(span), String::new()));
        }
        // The first entry of an item stands behind its dash, where the next one then begins.
        let next = entries.get(index + 1)?.0.span.start;
        let own = line_end(self.text, end);
        let stays = self.text.get(own..next).is_some_and(|between| !between.trim().is_empty());
        let end = if stays { own - line_break_before(self.text, own) } else { next };
        Some(self.edit(Span { start, end }, String::new()))
    }

    /// An entry that is not in the tree, as its key was there before.
    pub(crate) fn take_span(&self, key: Span, value: Span) -> Option<Edit> {
        let end = trimmed(self.text, Span { start: key.start, end: value.end.max(key.end) }).end;
        let end = if end == key.end { self.after_colon(key)? } else { end };
        if self.in_flow(key.start) {
            return Some(self.edit(of_flow_item(self.text, Span { start: key.start, end }), String::new()));
        }
        let line = line_start(self.text, key.start);
        let span = Span { start: line, end: line_end(self.text, end) };
        self.text[line..key.start].trim().is_empty().then(|| self.edit(self.with_break(span), String::new()))
    }

    /// A new item of a list.
    pub(crate) fn add(&self, list: &Node<'_>, at: usize, value: &Value) -> Option<Edit> {
        let Kind::List(items) = &list.kind else { return None };
        if items.is_empty() {
            return Some(self.edit(self.content(list), format!("[{}]", self.inline(value, self.hint()))));
        }
        if self.is_flow(list) {
            let item = self.inline(value, &self.text[items[0].span.start..self.content(&items[0]).end]);
            let (at, text) = match at.checked_sub(1).and_then(|before| items.get(before)) {
                Some(before) => (self.content(before).end, format!(", {item}")),
                None => (items[0].span.start, format!("{item}, ")),
            };
            return Some(Edit { span: Span { start: at, end: at }, text });
        }
        let column = self.column(self.dash(items.first()?)?);
        let block = yaml::block(value, column + 2);
        let item = format!("{}- {}", " ".repeat(column), block.trim_start());
        match at.checked_sub(1).and_then(|before| items.get(before)) {
            Some(before) => Some(self.line_after(self.content(before).end, &item)),
            None => {
                let start = line_start(self.text, self.dash(&items[0])?);
                Some(self.edit(Span { start, end: start }, format!("{item}\n")))
            }
        }
    }

    /// A new item right before another one: behind the comments above that.
    pub(crate) fn add_before(&self, list: &Node<'_>, at: usize, value: &Value) -> Option<Edit> {
        let Kind::List(items) = &list.kind else { return None };
        let next = items.get(at)?;
        if self.in_flow(next.span.start) {
            let item = self.inline(value, &self.text[next.span.start..self.content(next).end]);
            let start = next.span.start;
            return Some(Edit { span: Span { start, end: start }, text: format!("{item}, ") });
        }
        let dash = self.dash(next)?;
        let column = self.column(dash);
        let item = format!("{}- {}", " ".repeat(column), yaml::block(value, column + 2).trim_start());
        let start = line_start(self.text, dash);
        Some(self.edit(Span { start, end: start }, format!("{item}\n")))
    }

    /// An item of a list taken out, with the comments that belong to it: those right above it and those inside it.
    pub(crate) fn drop_item(&self, list: &Node<'_>, index: usize) -> Option<Edit> {
        let Kind::List(items) = &list.kind else { return None };
        let item = items.get(index)?;
        if items.len() == 1 {
            return Some(self.edit(self.content(list), "[]".to_owned()));
        }
        if self.is_flow(list) {
            return Some(self.edit(of_flow_item(self.text, self.content(item)), String::new()));
        }
        let dash = self.dash(item)?;
        let column = self.column(dash);
        let start = self.comments_above(line_start(self.text, dash), column);
        let mut end = line_end(self.text, self.content(item).end.max(dash));
        while let Some(line) = self.text.get(end..).filter(|rest| !rest.is_empty()) {
            let line = &line[..line.find('\n').map_or(line.len(), |at| at + 1)];
            let inner = line.trim_start_matches(' ');
            if !inner.starts_with('#') || line.len() - inner.len() <= column {
                break;
            }
            end += line.len();
        }
        Some(self.edit(self.with_break(Span { start, end }), String::new()))
    }

    /// The beginning of the comments that stand right above a line, in the same column.
    pub(crate) fn comments_above(&self, mut line: usize, column: usize) -> usize {
        while line > 0 {
            let before = line_start(self.text, line - 1);
            let indent = self.text[before..].len() - self.text[before..].trim_start_matches(' ').len();
            if indent != column || !self.text[before + indent..].starts_with('#') {
                break;
            }
            line = before;
        }
        line
    }

    /// Whether a place is inside `[…]` or `{…}`.
    pub(crate) fn in_flow(&self, at: usize) -> bool {
        let mut node = self.root;
        loop {
            if self.is_flow(node) && node.span.start < at {
                return true;
            }
            let around = |child: &&Node<'_>| {
                (child.span.start..child.span.end.max(child.span.start + 1)).contains(&at)
            };
            let next = match &node.kind {
                Kind::List(items) => items.iter().find(around),
                Kind::Map(entries) => entries.iter().map(|(_, value)| value).find(around),
                Kind::Scalar { .. } => None,
            };
            match next {
                Some(child) => node = child,
                None => return false,
            }
        }
    }

    /// What a value takes up, without white space and comments at its end.
    pub(crate) fn content(&self, node: &Node<'_>) -> Span {
        // What an alias repeats stands elsewhere.
        let own = !self.text.get(node.span.start..).is_some_and(|rest| rest.starts_with('*'));
        let last = match &node.kind {
            _ if !own => None,
            Kind::List(items) if !self.is_flow(node) => items.last().map(|item| self.content(item).end),
            Kind::Map(entries) if !self.is_flow(node) => entries.last().map(|entry| self.entry_end(entry)),
            _ => None,
        };
        trimmed(self.text, Span { start: node.span.start, end: last.unwrap_or(node.span.end) })
    }

    /// Behind the last character of an entry.
    pub(crate) fn entry_end(&self, (key, value): &(Key<'_>, Node<'_>)) -> usize {
        let value = self.content(value);
        let colon = self.after_colon(key.span).unwrap_or(key.span.end);
        if value.end > value.start { value.end.max(colon) } else { colon }
    }

    fn is_flow(&self, node: &Node<'_>) -> bool {
        matches!(node.kind, Kind::List(_) | Kind::Map(_)) && is_flow(self.text, node.span)
    }

    fn after_colon(&self, key: Span) -> Option<usize> {
        Some(key.end + self.text.get(key.end..)?.find(':')? + 1)
    }

    /// The place of the dash of an item that begins on a line of its own.
    pub(crate) fn dash(&self, item: &Node<'_>) -> Option<usize> {
        let line = dash_line(self.text, item.span.start);
        let dash = line + self.text[line..].find('-')?;
        (self.text[line..dash].trim().is_empty() && dash < item.span.end.max(item.span.start + 1))
            .then_some(dash)
    }

    /// The column of a place, in characters from 0.
    pub(crate) fn column(&self, at: usize) -> usize {
        self.text[line_start(self.text, at)..at].chars().count()
    }

    fn key(&self, key: &str) -> String {
        if self.json { Value::from(key).to_string() } else { yaml::scalar(key) }
    }

    fn entry(&self, key: &str, value: &Value, column: usize) -> String {
        let key = self.key(key);
        match value {
            Value::Array(items) if items.iter().all(|item| !item.is_array() && !item.is_object()) => {
                format!("{key}: {}", self.inline(value, ""))
            }
            value if is_tall(value) => format!("{key}:\n{}", yaml::block(value, column + 2)),
            value => format!("{key}: {}", self.single(value, "")),
        }
    }

    /// A value on one line, within `[…]` or `{…}`; with the quotation marks of JSON where those around it have them.
    pub(crate) fn inline(&self, value: &Value, like: &str) -> String {
        let strict = self.json || like.contains("\":");
        match value {
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.inline(item, like)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(entries) => {
                let pair = |(key, value): (&String, &Value)| {
                    let key = if strict { Value::from(&**key).to_string() } else { yaml::scalar(key) };
                    format!("{key}: {}", self.inline(value, like))
                };
                let pairs: Vec<_> = entries.iter().map(pair).collect();
                if strict {
                    format!("{{{}}}", pairs.join(", "))
                } else {
                    format!("{{ {} }}", pairs.join(", "))
                }
            }
            Value::String(text) if strict || like.starts_with('"') => Value::from(&**text).to_string(),
            Value::String(_) if like.starts_with('\'') => self.single(value, like),
            Value::String(text) if text.contains([',', '[', ']', '{', '}', ':', '#']) => {
                Value::from(&**text).to_string()
            }
            value => self.single(value, like),
        }
    }

    /// A single value in the quotation marks that stood there before, or in those that it needs.
    pub(crate) fn single(&self, value: &Value, written: &str) -> String {
        match value {
            Value::String(text) if self.json || written.starts_with('"') => Value::from(&**text).to_string(),
            Value::String(text) if written.starts_with('\'') && !text.contains(char::is_control) => {
                format!("'{}'", text.replace('\'', "''"))
            }
            Value::String(text) => yaml::scalar(text),
            Value::Array(items) if items.is_empty() => "[]".to_owned(),
            Value::Object(entries) if entries.is_empty() => "{}".to_owned(),
            value => value.to_string(),
        }
    }

    fn hint(&self) -> &'static str {
        if self.json { "\":" } else { "" }
    }

    /// A line of its own behind the line of a place.
    fn line_after(&self, at: usize, line: &str) -> Edit {
        let at = line_end(self.text, at);
        let whole = self.text[..at].ends_with('\n');
        let text = if whole { format!("{line}\n") } else { format!("\n{line}") };
        self.edit(Span { start: at, end: at }, text)
    }

    /// Whole lines that are taken out; at the end of a text without a last line break, that before them goes.
    fn with_break(&self, span: Span) -> Span {
        if span.end < self.text.len() || self.text.ends_with('\n') {
            return span;
        }
        Span { start: span.start - line_break_before(self.text, span.start), end: span.end }
    }

    /// An edit with the line breaks of the text.
    pub(crate) fn edit(&self, span: Span, text: String) -> Edit {
        let dos = self.text.contains("\r\n");
        Edit { span, text: if dos { text.replace('\n', "\r\n") } else { text } }
    }
}

fn is_tall(value: &Value) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(entries) => !entries.is_empty(),
        _ => false,
    }
}

/// An item of `[…]` or `{…}` with the comma that is no longer needed.
pub(crate) fn of_flow_item(text: &str, span: Span) -> Span {
    let after = &text[span.end..];
    let skipped = after.len() - after.trim_start().len();
    if after[skipped..].starts_with(',') {
        let rest = &after[skipped + 1..];
        let blank = rest.len() - rest.trim_start().len();
        return Span { start: span.start, end: span.end + skipped + 1 + blank };
    }
    let before = text[..span.start].trim_end();
    Span { start: before.strip_suffix(',').map_or(span.start, str::len), end: span.end }
}

pub(crate) fn is_flow(text: &str, span: Span) -> bool {
    text.get(span.start..).is_some_and(|rest| rest.starts_with(['[', '{']))
}

/// Without white space at its end: the value of a block ends behind its last line.
pub(crate) fn trimmed(text: &str, span: Span) -> Span {
    let inner = text.get(span.start..span.end).unwrap_or("");
    Span { start: span.start, end: span.start + inner.trim_end().len() }
}

pub(crate) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |at| at + 1)
}

/// Behind the line break of the line.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |end| at + end + 1)
}

/// How many bytes the line break right before a place has.
fn line_break_before(text: &str, at: usize) -> usize {
    match &text.as_bytes()[..at] {
        [.., b'\r', b'\n'] => 2,
        [.., b'\n'] => 1,
        _ => 0,
    }
}

/// The beginning of the line with the `-` of an item.
fn dash_line(text: &str, at: usize) -> usize {
    let mut start = line_start(text, at);
    while start > 0 && !text[start..].trim_start_matches(' ').starts_with('-') {
        start = line_start(text, start - 1);
    }
    start
}
