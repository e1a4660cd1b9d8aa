//! Makes a component say something else by changing only what differs: comments, order and quotation marks of all
//! that stays the same stay too.

use serde_json::{Map, Value};

use super::surgery::Source;
use super::{ComponentKind, json, with_ids};
use crate::diagnostics::{Edit, Report};
use crate::node::{Kind, Node, read};

/// How often a text is looked at again: each look makes one change.
const MOST_LOOKS: usize = 400;

/// The text in which the component with this id is what is wanted. `None` where that cannot be done piece by piece.
pub(super) fn component(text: &str, kind: ComponentKind, old: &str, wanted: &Value) -> Option<String> {
    let mut now = text.to_owned();
    let mut id = old.to_owned();
    let others = without(text, kind, old)?;
    for _ in 0..MOST_LOOKS {
        let root = tree(&now)?;
        let source = Source::new(&now, &root);
        let all = with_ids(&root, kind.list());
        let (_, _, node) = all.iter().find(|(known, _, _)| *known == id)?;
        if json(node) == *wanted {
            return (without(&now, kind, &id)? == others).then_some(now);
        }
        let edit = difference(&source, node, None, wanted)?;
        now.replace_range(edit.span.start..edit.span.end, &edit.text);
        // The id may be what was changed.
        let root = tree(&now)?;
        if !with_ids(&root, kind.list()).iter().any(|(known, _, _)| *known == id) {
            id = wanted.get("id")?.as_str()?.to_owned();
        }
    }
    None
}

fn tree(text: &str) -> Option<Node<'_>> {
    read(text, &mut Report::default())
}

/// All that the file says beside one component.
fn without(text: &str, kind: ComponentKind, id: &str) -> Option<Value> {
    let mut file = json(&tree(text)?);
    if let Some(list) = file.get_mut(kind.list()).and_then(Value::as_array_mut) {
        let at = list.iter().position(|item| item.get("id").and_then(Value::as_str) == Some(id));
        at.map(|at| list.remove(at));
    }
    Some(file)
}

/// One change that brings a value nearer to what is wanted.
fn difference(
    source: &Source<'_>,
    node: &Node<'_>,
    key: Option<crate::diagnostics::Span>,
    wanted: &Value,
) -> Option<Edit> {
    // What an alias repeats stands elsewhere.
    let own = !source.text[node.span.start..].starts_with('*');
    match (&node.kind, wanted) {
        (Kind::Map(entries), Value::Object(wanted)) if own && !entries.is_empty() && !wanted.is_empty() => {
            of_map(source, node, wanted)
        }
        (Kind::List(items), Value::Array(wanted)) if own && !items.is_empty() && !wanted.is_empty() => {
            of_list(source, node, items, wanted)
        }
        _ => source.write(node, key, wanted),
    }
}

fn of_map(source: &Source<'_>, map: &Node<'_>, wanted: &Map<String, Value>) -> Option<Edit> {
    let Kind::Map(entries) = &map.kind else { return None };
    for (key, value) in entries {
        if let Some(wanted) = wanted.get(&*key.text)
            && json(value) != *wanted
        {
            return difference(source, value, Some(key.span), wanted);
        }
    }
    // What comes is put in before anything goes, so that a map never becomes empty.
    let order: Vec<&str> = wanted.keys().map(String::as_str).collect();
    if let Some((key, value)) = wanted.iter().find(|(key, _)| map.get(key).is_none()) {
        return source.put(map, key, value, &order);
    }
    let gone = entries.iter().position(|(key, _)| !wanted.contains_key(&*key.text))?;
    source.take(map, gone)
}

fn of_list(source: &Source<'_>, list: &Node<'_>, items: &[Node<'_>], wanted: &[Value]) -> Option<Edit> {
    let now: Vec<Value> = items.iter().map(json).collect();
    let head = now.iter().zip(wanted).take_while(|(one, other)| one == other).count();
    let rest = now.len().min(wanted.len()) - head;
    let tail =
        now.iter().rev().zip(wanted.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    match now.len().cmp(&wanted.len()) {
        std::cmp::Ordering::Equal => difference(source, items.get(head)?, None, wanted.get(head)?),
        std::cmp::Ordering::Less => source.add(list, head, wanted.get(head)?),
        std::cmp::Ordering::Greater => {
            // What is left of the others is wanted in their order, as far as it is the same.
            let middle = head..now.len() - tail;
            let gone = middle.clone().find(|at| !wanted.contains(&now[*at])).unwrap_or(head);
            source.drop_item(list, gone)
        }
    }
}
