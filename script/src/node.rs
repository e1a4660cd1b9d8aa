//! The bot file as a tree of values that know where they stand.
//!
//! YAML and JSON take the same way, since JSON is YAML and positions are needed for both.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use granit_parser::{Event, Parser, ScalarStyle};

use crate::diagnostics::{Report, Span, duplicate_key, empty_file, not_yaml, several_documents, too_big};

/// The largest file, in bytes.
pub(crate) const MAX_BYTES: usize = 5 * 1024 * 1024;
/// The most values in a file, those that an alias repeats counted each time.
pub(crate) const MAX_NODES: usize = 400_000;
/// How deep values may stand in each other.
pub(crate) const MAX_DEPTH: usize = 48;

/// A value.
#[derive(Clone, Debug)]
pub(crate) struct Node<'t> {
    pub(crate) span: Span,
    pub(crate) kind: Kind<'t>,
}

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind<'t> {
    /// A single value. Unquoted ones may be numbers, truth values or nothing.
    Scalar {
        text: Cow<'t, str>,
        quoted: bool,
    },
    List(Vec<Node<'t>>),
    Map(Vec<(Key<'t>, Node<'t>)>),
}

/// A key of a map.
#[derive(Clone, Debug)]
pub(crate) struct Key<'t> {
    pub(crate) text: Cow<'t, str>,
    pub(crate) span: Span,
}

/// What a single value means (YAML 1.2 §10.3, the core schema).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scalar<'n> {
    Null,
    Bool(bool),
    /// Digits as written; a valid JSON number.
    Number(&'n str),
    Text(&'n str),
}

impl Node<'_> {
    /// The meaning of a single value; `None` for lists and maps.
    pub(crate) fn scalar(&self) -> Option<Scalar<'_>> {
        let Kind::Scalar { text, quoted } = &self.kind else { return None };
        Some(match &**text {
            text if *quoted => Scalar::Text(text),
            "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
            "true" | "True" | "TRUE" => Scalar::Bool(true),
            "false" | "False" | "FALSE" => Scalar::Bool(false),
            text if is_number(text) => Scalar::Number(text),
            text => Scalar::Text(text),
        })
    }

    /// The value of a key, when this is a map.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Kind::Map(entries) = &self.kind else { return None };
        entries.iter().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// What stands here, in words.
    pub(crate) fn describe(&self) -> &'static str {
        match (&self.kind, self.scalar()) {
            (Kind::List(_), _) => "a list",
            (Kind::Map(_), _) => "a map",
            (_, Some(Scalar::Bool(_))) => "true or false",
            (_, Some(Scalar::Number(_))) => "a number",
            (_, Some(Scalar::Text(_))) => "a text",
            (_, Some(Scalar::Null) | None) => "nothing",
        }
    }
}

/// Numbers as JSON writes them (RFC 8259 §6): what a person means as a number, and what a body can carry.
fn is_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (text, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(|exponent| digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)))
}

/// Reads a file. `None` when there is no tree to go on with; the report says why.
pub(crate) fn read<'t>(text: &'t str, report: &mut Report) -> Option<Node<'t>> {
    if text.len() > MAX_BYTES {
        report.add(too_big::bytes(text.len()));
        return None;
    }
    let mut options = granit_parser::options! {
        flow_nesting_limit: MAX_DEPTH,
        block_nesting_limit: MAX_DEPTH,
        disallow_directives: true,
    };
    options.set_emit_comments(false);
    let mut builder = Builder { report, open: Vec::new(), anchors: HashMap::new(), nodes: 0, root: None };
    for event in Parser::new_from_str_with_options(text, options) {
        match event {
            Ok((event, span)) => {
                let start = span.start.byte_offset().unwrap_or(0);
                let end = span.end.byte_offset().unwrap_or(start);
                builder.event(event, Span { start, end })?;
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(0).min(text.len());
                builder.report.add(not_yaml::syntax(text, at, error.kind()));
                return None;
            }
        }
    }
    let root = builder.root.take();
    match &root {
        None => report.add(empty_file::empty_file(text)),
        Some(node) if node.scalar() == Some(Scalar::Null) => report.add(empty_file::empty_file(text)),
        Some(_) => return root,
    }
    None
}

struct Builder<'t, 'r> {
    report: &'r mut Report,
    open: Vec<Open<'t>>,
    anchors: HashMap<usize, Node<'t>>,
    nodes: usize,
    root: Option<Node<'t>>,
}

/// A list or map whose end has not come yet.
struct Open<'t> {
    start: usize,
    anchor: usize,
    kind: Kind<'t>,
    key: Option<Key<'t>>,
    seen: HashSet<Cow<'t, str>>,
    depth: usize,
}

impl<'t> Builder<'t, '_> {
    fn event(&mut self, event: Event<'t>, span: Span) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.no_tag(tag.as_ref().is_some_and(|tag| !tag.is_yaml_core_schema_tag("str")), span);
                let quoted = style != ScalarStyle::Plain || tag.is_some();
                self.add(Node { span, kind: Kind::Scalar { text, quoted } }, anchor)
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.no_tag(tag.is_some(), span);
                self.open(Kind::List(Vec::new()), anchor, span)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.no_tag(tag.is_some(), span);
                self.open(Kind::Map(Vec::new()), anchor, span)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    self.report.add(not_yaml::alias_of_itself(span));
                    return None;
                };
                // What an alias repeats is counted before it is copied, so a bomb costs nothing.
                self.nodes += count(node);
                if self.nodes > MAX_NODES {
                    self.report.add(too_big::nodes(span));
                    return None;
                }
                if self.open.len() + depth(node) > MAX_DEPTH {
                    self.report.add(too_big::depth(span));
                    return None;
                }
                let node = Node { span, kind: node.kind.clone() };
                self.add(node, 0)
            }
            Event::DocumentStart(..) if self.root.is_some() => {
                self.report.add(several_documents::several_documents(span));
                None
            }
            _ => Some(()),
        }
    }

    fn no_tag(&mut self, tagged: bool, span: Span) {
        if tagged {
            self.report.add(not_yaml::tag(span));
        }
    }

    fn open(&mut self, kind: Kind<'t>, anchor: usize, span: Span) -> Option<()> {
        if self.open.len() >= MAX_DEPTH {
            self.report.add(too_big::depth(span));
            return None;
        }
        let depth = self.open.len();
        self.open.push(Open { start: span.start, anchor, kind, key: None, seen: HashSet::new(), depth });
        Some(())
    }

    fn close(&mut self, span: Span) -> Option<()> {
        let open = self.open.pop()?;
        debug_assert_eq!(open.depth, self.open.len());
        // A block ends where its last value ends, not where the next line begins.
        let last = match &open.kind {
            Kind::List(items) => items.last().map(|item| item.span.end),
            Kind::Map(entries) => entries.last().map(|(key, value)| value.span.end.max(key.span.end)),
            Kind::Scalar { .. } => None,
        };
        let end = if span.end > span.start { span.end } else { last.unwrap_or(span.end) };
        let span = Span { start: open.start.min(end), end };
        self.add(Node { span, kind: open.kind }, open.anchor)
    }

    fn add(&mut self, node: Node<'t>, anchor: usize) -> Option<()> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            self.report.add(too_big::nodes(node.span));
            return None;
        }
        if anchor != 0 {
            // The copy counts too: a file of anchors alone must not take more memory than its values.
            self.nodes += count(&node);
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Some(());
        };
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Map(entries) => match open.key.take() {
                None => {
                    let Kind::Scalar { text, .. } = node.kind else {
                        self.report.add(not_yaml::key_is_no_text(node.span));
                        return None;
                    };
                    open.key = Some(Key { text, span: node.span });
                }
                Some(key) => {
                    if open.seen.insert(key.text.clone()) {
                        entries.push((key, node));
                    } else {
                        let first = entries.iter().find(|(other, _)| other.text == key.text);
                        let same = first.is_some_and(|(_, first)| says_the_same(first, &node));
                        self.report.add(duplicate_key::duplicate_key(
                            &key.text,
                            key.span,
                            first.map(|e| e.0.span),
                            same.then_some(node.span),
                        ));
                    }
                }
            },
            Kind::Scalar { .. } => {}
        }
        Some(())
    }
}

fn says_the_same(one: &Node<'_>, other: &Node<'_>) -> bool {
    match (&one.kind, &other.kind) {
        (Kind::List(one), Kind::List(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| says_the_same(one, other))
        }
        (Kind::Map(one), Kind::Map(other)) => {
            let mut pairs = one.iter().zip(other);
            one.len() == other.len()
                && pairs.all(|(one, other)| one.0.text == other.0.text && says_the_same(&one.1, &other.1))
        }
        (Kind::Scalar { .. }, Kind::Scalar { .. }) => one.scalar() == other.scalar(),
        _ => false,
    }
}

fn count(node: &Node<'_>) -> usize {
    1 + match &node.kind {
        Kind::Scalar { .. } => 0,
        Kind::List(items) => items.iter().map(count).sum(),
        Kind::Map(entries) => entries.iter().map(|(_, value)| count(value)).sum(),
    }
}

fn depth(node: &Node<'_>) -> usize {
    match &node.kind {
        Kind::Scalar { .. } => 0,
        Kind::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Kind::Map(entries) => 1 + entries.iter().map(|(_, value)| depth(value)).max().unwrap_or(0),
    }
}
