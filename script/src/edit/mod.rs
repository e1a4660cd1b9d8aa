//! Changes of one component in the text of a bot file. Everything around it, comments too, stays as the author wrote it.

pub(crate) mod surgery;
pub(crate) mod yaml;

mod reconcile;

use serde_json::{Map, Value};

use crate::check::prepared;
use crate::diagnostics::{Diagnostic, Report, Span};
use crate::node::{Kind, Node, Scalar, read};
use crate::outline::with_ids;
use crate::wire::{FormComponent, ServiceComponent, TokenComponent};
use surgery::{Source, is_flow, line_end, line_start, of_flow_item, trimmed};

/// A kind of component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComponentKind {
    /// Authorization Tokens.
    AuthorizationToken,
    /// Web Services.
    WebService,
    /// Forms.
    Form,
}

impl ComponentKind {
    /// All of them, in the order of the file.
    pub const ALL: [Self; 3] = [Self::AuthorizationToken, Self::WebService, Self::Form];

    /// The key of their list in a bot file.
    pub const fn list(self) -> &'static str {
        match self {
            Self::AuthorizationToken => "authorization_tokens",
            Self::WebService => "web_services",
            Self::Form => "forms",
        }
    }

    /// Keys of steps that name one.
    pub(crate) const fn step_keys(self) -> &'static [&'static str] {
        match self {
            Self::AuthorizationToken => &["auth_token", "logout"],
            Self::WebService => &["web_service"],
            Self::Form => &["form"],
        }
    }

    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::AuthorizationToken => TokenComponent::KEYS,
            Self::WebService => ServiceComponent::KEYS,
            Self::Form => FormComponent::KEYS,
        }
    }
}

/// Why a component was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The text cannot be read at all.
    #[error("the bot file cannot be read; mend it as text first")]
    Unreadable(Vec<Diagnostic>),
    /// There is no such component.
    #[error("there is no component with that id")]
    NoSuch,
    /// Another component of the kind has that id.
    #[error("another component has that id")]
    Taken,
    /// The place of the component cannot be changed without harm: it is repeated elsewhere, or written in an unusual way.
    #[error("the component is written in a way that only a person can change; change it as text")]
    Tangled,
}

/// The components of a kind as they stand in the file, by id.
///
/// # Errors
/// [`EditError::Unreadable`].
pub fn components(text: &str, kind: ComponentKind) -> Result<Vec<(String, Value)>, EditError> {
    let text = prepared("", text);
    let root = tree(&text)?;
    Ok(with_ids(&root, kind.list()).into_iter().map(|(id, _, node)| (id.to_owned(), json(node))).collect())
}

/// The languages in which a bot file has its texts, its own first. What is no language is left out.
///
/// # Errors
/// [`EditError::Unreadable`].
pub fn languages(text: &str) -> Result<Vec<String>, EditError> {
    let text = prepared("", text);
    let file = json(&tree(&text)?);
    let own = file["language"].as_str().map(str::to_owned);
    let all = file["languages"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let mut found: Vec<String> = Vec::new();
    for one in own.into_iter().chain(all) {
        if !found.contains(&one) {
            found.push(one);
        }
    }
    Ok(found)
}

/// Puts a component into the text: in the place of the one with the id `old`, or as a new one. The id of the new one
/// stands in `definition`; when it is another one, steps and placeholders that name the old one name the new one.
///
/// # Errors
/// [`EditError`]. A definition that is not right is no error: the check tells what is wrong with it.
pub fn put(
    text: &str,
    kind: ComponentKind,
    old: Option<&str>,
    definition: &Map<String, Value>,
) -> Result<String, EditError> {
    let definition = ordered(definition, kind.keys());
    let id = definition.get("id").and_then(Value::as_str).unwrap_or("").to_owned();
    let source = prepared("", text);
    let root = tree(&source)?;
    let all = with_ids(&root, kind.list());
    let there = old.map(|old| all.iter().find(|(known, _, _)| *known == old).ok_or(EditError::NoSuch));
    let there = there.transpose()?.map(|(_, _, node)| *node);
    if old != Some(&*id) && all.iter().any(|(known, _, _)| *known == id) {
        return Err(EditError::Taken);
    }
    let wanted = Value::Object(definition);
    if there.is_some_and(|node| json(node) == wanted) {
        return Ok(text.to_owned());
    }
    let changed = match (there, old) {
        (Some(node), Some(old)) => match reconcile::component(&source, kind, old, &wanted) {
            Some(changed) => changed,
            None => apply(&source, vec![replace(&source, &root, kind, node, &wanted)]),
        },
        _ => apply(&source, vec![insert(&source, &root, kind, &wanted)?]),
    };
    let changed = match old.filter(|old| *old != id) {
        Some(old) => renamed(&changed, kind, old, &id)?,
        None => changed,
    };
    let others = all.iter().filter(|(known, _, _)| Some(*known) != old).count();
    let after = components(&changed, kind).map_err(|_| EditError::Tangled)?;
    let is_there = after.iter().any(|(known, found)| *known == id && *found == wanted);
    if is_there && after.len() == others + 1 { Ok(changed) } else { Err(EditError::Tangled) }
}

/// Takes a component out of the text. Steps that name it stay, and the check tells of them.
///
/// # Errors
/// [`EditError`].
pub fn remove(text: &str, kind: ComponentKind, id: &str) -> Result<String, EditError> {
    let source = prepared("", text);
    let root = tree(&source)?;
    let all = with_ids(&root, kind.list());
    let (_, _, node) = all.iter().find(|(known, _, _)| *known == id).ok_or(EditError::NoSuch)?;
    let list = root.get(kind.list()).ok_or(EditError::NoSuch)?;
    let Kind::List(items) = &list.kind else { return Err(EditError::NoSuch) };
    let edit = match items.iter().position(|item| item.span == node.span) {
        _ if items.len() == 1 => {
            (entry(&source, &root, kind.list()).ok_or(EditError::Tangled)?, String::new())
        }
        at => {
            let edit = at.and_then(|at| Source::new(&source, &root).drop_item(list, at));
            edit.map(|edit| (edit.span, edit.text)).ok_or(EditError::Tangled)?
        }
    };
    let changed = apply(&source, vec![edit]);
    let after = components(&changed, kind).map_err(|_| EditError::Tangled)?;
    let gone = after.len() == all.len() - 1 && after.iter().all(|(known, _)| known != id);
    if gone { Ok(changed) } else { Err(EditError::Tangled) }
}

fn tree(text: &str) -> Result<Node<'_>, EditError> {
    let mut report = Report::default();
    match read(text, &mut report) {
        Some(node) if matches!(node.kind, Kind::Map(_)) => Ok(node),
        _ => Err(EditError::Unreadable(report.into_diagnostics())),
    }
}

/// Keys in the order of the bot file, others behind them.
fn ordered(definition: &Map<String, Value>, keys: &[&str]) -> Map<String, Value> {
    let known = keys.iter().filter_map(|key| definition.get_key_value(*key));
    let others = definition.iter().filter(|(key, _)| !keys.contains(&key.as_str()));
    known.chain(others).map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// A value as JSON has it.
pub(crate) fn json(node: &Node<'_>) -> Value {
    match &node.kind {
        Kind::List(items) => Value::Array(items.iter().map(json).collect()),
        Kind::Map(entries) => {
            Value::Object(entries.iter().map(|(key, value)| (key.text.to_string(), json(value))).collect())
        }
        Kind::Scalar { .. } => match node.scalar() {
            Some(Scalar::Bool(value)) => Value::Bool(value),
            Some(Scalar::Number(number)) => number.parse().map_or(Value::Null, Value::Number),
            Some(Scalar::Text(text)) => Value::String(text.to_owned()),
            Some(Scalar::Null) | None => Value::Null,
        },
    }
}

type Edit = (Span, String);

fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut out = text.to_owned();
    for (Span { start, end }, with) in edits {
        out.replace_range(start..end, &with);
    }
    out
}

fn replace(text: &str, root: &Node<'_>, kind: ComponentKind, node: &Node<'_>, wanted: &Value) -> Edit {
    let span = trimmed(text, node.span);
    let in_flow = root.get(kind.list()).is_none_or(|list| is_flow(text, list.span));
    if in_flow {
        return (span, wanted.to_string());
    }
    let line = line_start(text, span.start);
    (span, yaml::block(wanted, text[line..span.start].chars().count()).trim_start().to_owned())
}

fn insert(text: &str, root: &Node<'_>, kind: ComponentKind, wanted: &Value) -> Result<Edit, EditError> {
    let Kind::Map(entries) = &root.kind else { return Err(EditError::Tangled) };
    let found = entries.iter().find(|(key, _)| key.text == kind.list());
    let item =
        |indent: usize| format!("{}- {}", " ".repeat(indent), yaml::block(wanted, indent + 2).trim_start());
    let is_flow_file = is_flow(text, root.span);
    let Some((key, list)) = found else {
        let scripts = entries.iter().find(|(key, _)| key.text == "scripts");
        if is_flow_file {
            let at = scripts.or(entries.first()).ok_or(EditError::Tangled)?.0.span.start;
            return Ok((Span { start: at, end: at }, format!("\"{}\": [{wanted}], ", kind.list())));
        }
        let at = match scripts {
            Some((key, _)) => above_comments(text, line_start(text, key.span.start)),
            None => text.len(),
        };
        let gap = if text[..at].ends_with('\n') || at == 0 { "" } else { "\n" };
        return Ok((Span { start: at, end: at }, format!("{gap}{}:\n{}\n", kind.list(), item(2))));
    };
    match &list.kind {
        Kind::List(items) if !items.is_empty() && is_flow(text, list.span) => {
            let last = items.last().map_or(list.span.end, |item| item.span.end);
            Ok((Span { start: last, end: last }, format!(", {wanted}")))
        }
        Kind::List(items) if !items.is_empty() => {
            let edit = Source::new(text, root).add(list, items.len(), wanted).ok_or(EditError::Tangled)?;
            Ok((edit.span, edit.text))
        }
        _ if is_flow_file => Ok((list.span, format!("[{wanted}]"))),
        _ => {
            let end = trimmed(text, list.span).end.max(key.span.end);
            let end = if text[key.span.end..end].contains(':') {
                end
            } else {
                key.span.end + text[key.span.end..].find(':').map_or(0, |at| at + 1)
            };
            Ok((Span { start: key.span.end, end }, format!(":\n{}", item(2))))
        }
    }
}

/// The text in which all that named the old id names the new one, the component itself aside.
fn renamed(text: &str, kind: ComponentKind, old: &str, new: &str) -> Result<String, EditError> {
    let root = tree(text)?;
    let own =
        with_ids(&root, kind.list()).into_iter().find(|(id, _, _)| *id == new).map(|(_, _, node)| node.span);
    let mut edits = Vec::new();
    renames(text, &root, kind, old, new, own, &mut edits);
    Ok(apply(text, edits))
}

/// Steps, components and placeholders that name the old id.
fn renames(
    text: &str,
    root: &Node<'_>,
    kind: ComponentKind,
    old: &str,
    new: &str,
    but: Option<Span>,
    edits: &mut Vec<Edit>,
) {
    let inside = |span: Span| but.is_some_and(|but| but.start <= span.start && span.end <= but.end);
    let placeholder = format!("{{authtoken:{old}}}");
    let keys: &[&str] = match kind {
        ComponentKind::WebService => &["web_service", "before"],
        kind => kind.step_keys(),
    };
    let mut open = vec![root];
    while let Some(node) = open.pop() {
        match &node.kind {
            Kind::List(items) => open.extend(items),
            Kind::Map(entries) => {
                for (key, value) in entries {
                    open.push(value);
                    let names = matches!(&value.kind, Kind::Scalar { text, .. } if text == old);
                    if names && keys.contains(&&*key.text) && !inside(value.span) {
                        let span = trimmed(text, value.span);
                        let with = text[span.start..span.end].replace(old, new);
                        edits.push((span, with));
                    }
                }
            }
            Kind::Scalar { .. } if kind == ComponentKind::AuthorizationToken && !inside(node.span) => {
                let written = text.get(node.span.start..node.span.end).unwrap_or("");
                if written.contains(&placeholder) {
                    edits.push((node.span, written.replace(&placeholder, &format!("{{authtoken:{new}}}"))));
                }
            }
            Kind::Scalar { .. } => {}
        }
    }
}

/// A key of the top with its value, and the line break behind it.
fn entry(text: &str, root: &Node<'_>, key: &str) -> Option<Span> {
    let Kind::Map(entries) = &root.kind else { return None };
    let (key, value) = entries.iter().find(|(name, _)| name.text == key)?;
    if is_flow(text, root.span) {
        return Some(of_flow_item(text, Span { start: key.span.start, end: value.span.end }));
    }
    Some(Span { start: line_start(text, key.span.start), end: line_end(text, trimmed(text, value.span).end) })
}

/// Comments that stand right above a line belong to it.
fn above_comments(text: &str, mut at: usize) -> usize {
    while at > 0 {
        let before = line_start(text, at - 1);
        if !text[before..at].trim_start().starts_with('#') {
            break;
        }
        at = before;
    }
    at
}

#[cfg(test)]
mod tests;
