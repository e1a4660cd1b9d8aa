//! Ids and names that are found, made free, or changed wherever they stand.

use std::collections::HashSet;

use serde_json::Value;

use super::{Found, find, value_at, word};
use crate::diagnostics::{Edit, Span};
use crate::edit::surgery::Source;
use crate::node::{Kind, Node};

/// Keys whose value is the id of something else.
const NAMING: [&str; 18] = [
    "auth_token",
    "logout",
    "web_service",
    "before",
    "form",
    "run",
    "jump",
    "next",
    "go",
    "no_answer",
    "cancelled",
    "then",
    "else",
    "failed",
    "empty",
    "unavailable",
    "id",
    "bot",
];

/// The id that stands here becomes another one, and whatever names it names that.
pub(super) fn rename(source: &Source<'_>, span: Span, new: &str) -> Option<Vec<Edit>> {
    let (node, _) = value_at(source.root, span)?;
    let Kind::Scalar { text: old, .. } = &node.kind else { return None };
    let new = free(new, &taken(source.root));
    let mut edits = Vec::new();
    walk(source.root, &mut |key, value| {
        let named = matches!(&value.kind, Kind::Scalar { text, .. } if text == old);
        // `id`s and `bot`s of others that are the same have findings of their own.
        if named && (value.span == span || (NAMING[..16].contains(&key) && !old.is_empty())) {
            edits.push(word(source, value.span, &new));
        }
    });
    edits.into_iter().collect()
}

/// The id that stands here with the next number that is free.
pub(super) fn next(source: &Source<'_>, span: Span) -> Option<Edit> {
    let (node, _) = value_at(source.root, span)?;
    let Kind::Scalar { text, .. } = &node.kind else { return None };
    word(source, span, &free(text, &taken(source.root)))
}

/// An id for a script or component that has none.
pub(super) fn new(source: &Source<'_>, span: Span) -> Option<Edit> {
    let Found::Item(list, at) = find(source.root, span)? else { return None };
    let (Kind::Map(top), Kind::List(items)) = (&source.root.kind, &list.kind) else { return None };
    let (key, _) = top.iter().find(|(_, value)| value.span == list.span)?;
    let item = items.get(at)?;
    let hint = match &*key.text {
        "scripts" => first_text(item.get("triggers")).unwrap_or_default(),
        "web_services" => first_text(item.get("url")).map(|url| last_segment(&url)).unwrap_or_default(),
        _ => String::new(),
    };
    let base = match (&*key.text, slug(&hint)) {
        (_, slug) if !slug.is_empty() => slug,
        ("scripts", _) => "script".to_owned(),
        ("authorization_tokens", _) => "login".to_owned(),
        ("web_services", _) => "service".to_owned(),
        ("forms", _) => "form".to_owned(),
        _ => return None,
    };
    source.put(item, "id", &Value::from(free(&base, &taken(source.root))), &["id"])
}

/// The id of the bot, made of its name.
pub(super) fn of_bot(source: &Source<'_>) -> Option<Edit> {
    let name = slug(&first_text(source.root.get("name")).unwrap_or_default());
    let id = if name.is_empty() { "my-bot".to_owned() } else { name };
    source.put(source.root, "bot", &Value::from(id), &["countersign", "bot"])
}

/// A variable gets another name where it is given a value and where it is shown.
pub(super) fn variable(source: &Source<'_>, span: Span, new: &str) -> Option<Vec<Edit>> {
    let old = match find(source.root, span)? {
        Found::Entry(Node { kind: Kind::Map(entries), .. }, at) if entries[at].0.span == span => {
            entries[at].0.text.to_string()
        }
        _ => match &value_at(source.root, span)?.0.kind {
            Kind::Scalar { text, .. } => text.to_string(),
            _ => return None,
        },
    };
    let mut edits = vec![word(source, span, new)?];
    let (from, to) = (format!("{{{old}}}"), format!("{{{new}}}"));
    let mut open = vec![source.root];
    while let Some(node) = open.pop() {
        match &node.kind {
            Kind::List(items) => open.extend(items),
            Kind::Map(entries) => open.extend(entries.iter().map(|(_, value)| value)),
            Kind::Scalar { .. } => {
                let written = source.text.get(node.span.start..node.span.end).unwrap_or("");
                edits.extend(written.match_indices(&from).map(|(at, _)| {
                    let start = node.span.start + at;
                    Edit { span: Span { start, end: start + from.len() }, text: to.clone() }
                }));
            }
        }
    }
    Some(edits)
}

/// Whether anything leads to what has this id.
pub(super) fn is_named(root: &Node<'_>, id: &str) -> bool {
    let mut named = false;
    walk(root, &mut |key, value| {
        let same = matches!(&value.kind, Kind::Scalar { text, .. } if text == id);
        // A status leads somewhere too, and is a key of its own.
        named |= same && (NAMING[5..16].contains(&key) || key.bytes().all(|byte| byte.is_ascii_digit()));
    });
    named
}

/// What people may write in an id: letters and digits, with `-` between the words.
pub(super) fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    words.take(4).collect::<Vec<_>>().join("-").to_lowercase().chars().take(48).collect()
}

/// The word itself, or with the first number that is free.
fn free(word: &str, taken: &HashSet<String>) -> String {
    if !taken.contains(word) {
        return word.to_owned();
    }
    let base: String = word.chars().take(56).collect();
    let number = (2..).find(|number| !taken.contains(&format!("{base}-{number}"))).unwrap_or(2_u32);
    format!("{base}-{number}")
}

/// All ids of the file, of whatever they are: an id that nothing has is free everywhere.
fn taken(root: &Node<'_>) -> HashSet<String> {
    let mut all = HashSet::new();
    walk(root, &mut |key, value| {
        if let ("id", Kind::Scalar { text, .. }) = (key, &value.kind) {
            all.insert(text.to_string());
        }
    });
    all
}

fn walk<'n>(node: &'n Node<'n>, visit: &mut impl FnMut(&'n str, &'n Node<'n>)) {
    match &node.kind {
        Kind::List(items) => items.iter().for_each(|item| walk(item, visit)),
        Kind::Map(entries) => {
            for (key, value) in entries {
                visit(&key.text, value);
                walk(value, visit);
            }
        }
        Kind::Scalar { .. } => {}
    }
}

fn first_text(node: Option<&Node<'_>>) -> Option<String> {
    match &node?.kind {
        Kind::Scalar { text, .. } => Some(text.to_string()),
        Kind::List(items) => first_text(items.first()),
        Kind::Map(entries) => first_text(entries.first().map(|(_, value)| value)),
    }
}

fn last_segment(url: &str) -> String {
    let path = url.split_once("://").map_or(url, |(_, rest)| rest).split(['?', '#']).next().unwrap_or("");
    let segments = path.split('/').skip(1).filter(|part| !part.is_empty() && !part.contains('{'));
    segments.last().unwrap_or("").to_owned()
}
