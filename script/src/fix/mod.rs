//! What would mend a finding, as edits of the text.
//!
//! Who reports a finding says in a [`Fix`] what should be otherwise, where one change is clearly right. Here that becomes edits
//! of the text, which leave all around them as it is: comments, order, quotation marks, line breaks. A fix that the text
//! is too unusual for is left out, and the words of the help remain.

mod all;
mod ids;
pub(crate) mod unreadable;
pub(crate) mod words;

pub use all::{Mended, mend};

use serde_json::Value;

use crate::diagnostics::{Diagnostic, Edit, Help, Span};
use crate::edit::surgery::Source;
use crate::node::{Kind, Node, Scalar};

/// What should be otherwise. A place is the span of a key or of a value, as the tree has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fix {
    /// Another value stands here.
    Write(Span, Value),
    /// Another word stands here, in the quotation marks that are there: a key, an id.
    Word(Span, String),
    /// These bytes are others.
    Text(Span, String),
    /// What is written here is a text, and needs quotation marks.
    Quote(Span),
    /// What stands here is the one item of a list.
    Wrap(Span),
    /// The entry or item that stands here goes. When it is the last item of a list of the bot, the list goes.
    Take(Span),
    /// The item goes, when others stay.
    TakeOneOfMany(Span),
    /// The entry goes, whose key and value these are; it is not in the tree, as its key was there before.
    TakeAgain(Span, Span),
    /// Beside this entry stands another one.
    Put { beside: Span, key: &'static str, value: Value, order: &'static [&'static str] },
    /// Beside this entry stands a list that has this value too.
    Add { beside: Span, key: &'static str, value: Value, order: &'static [&'static str] },
    /// The step that names this value is of another kind.
    Kind(Span, &'static str, String),
    /// Before this step stands another one.
    Before(Span, &'static str, String),
    /// The map has a second step in it, which begins with this key.
    Split(Span),
    /// This id is another one, wherever it is named.
    Rename(Span, String),
    /// This id is the next one that nothing has.
    NextId(Span),
    /// This map gets an id that nothing has.
    NewId(Span),
    /// The bot gets an id.
    BotId,
    /// This variable has another name, wherever it is named.
    Variable(Span, String),
    /// The bot has this language too, beside those.
    Language(Vec<String>, String),
    /// Requests to the host of this URL are encrypted.
    Https(Span),
    /// All of these.
    All(Vec<Fix>),
}

/// How many bytes of text are looked through for all mends together.
const BUDGET: usize = 64 * 1024 * 1024;

/// Turns what findings ask for into edits of the text.
pub(crate) fn resolve(text: &str, root: &Node<'_>, findings: &mut [Diagnostic]) {
    let source = Source::new(text, root);
    // Each is looked for in the whole tree, so there is a bound: those that are left out come when others are mended.
    let most = (BUDGET / text.len().max(1)).clamp(10, 1_000);
    for finding in findings.iter_mut().filter(|finding| finding.fix.is_some()).take(most) {
        let Some(fix) = finding.fix.take() else { continue };
        let Some(mut edits) = edits(&source, &fix).filter(|edits| !edits.is_empty()) else { continue };
        edits.sort_by_key(|edit| edit.span);
        edits.dedup();
        let apart = edits.windows(2).all(|pair| pair[0].span.end <= pair[1].span.start);
        if apart
            && edits.iter().all(|edit| {
                edit.span.start <= edit.span.end && text.get(edit.span.start..edit.span.end).is_some()
            })
        {
            let help =
                finding.help.get_or_insert_with(|| Help { text: in_words(text, &edits), edits: Vec::new() });
            help.edits = edits;
        }
    }
}

/// The words for an edit whose finding has none of its own.
fn in_words(text: &str, edits: &[Edit]) -> String {
    match edits {
        [Edit { span, text: with }] if !with.trim().is_empty() && with.len() < 80 && !with.contains('\n') => {
            if span.start == span.end {
                format!("insert `{}`", with.trim())
            } else {
                format!("write `{}`", with.trim())
            }
        }
        [Edit { span, text: with }] if with.is_empty() => {
            format!("remove `{}`", text[span.start..span.end].trim().lines().next().unwrap_or("").trim())
        }
        _ => "this can be mended".to_owned(),
    }
}

fn edits(source: &Source<'_>, fix: &Fix) -> Option<Vec<Edit>> {
    let one = |edit: Option<Edit>| edit.map(|edit| vec![edit]);
    match fix {
        Fix::Write(span, value) => one(write(source, *span, value)),
        Fix::Word(span, word) => one(self::word(source, *span, word)),
        Fix::Text(span, text) => {
            // Where escapes or folded lines hide the placeholder, its place is not known.
            let braces = |text: &str| text.starts_with('{') && text.ends_with('}') && !text.starts_with("{{");
            let there = source.text.get(span.start..span.end)?;
            (!braces(text) || braces(there)).then(|| vec![Edit { span: *span, text: text.clone() }])
        }
        Fix::Quote(span) => one(quote(source, *span)),
        Fix::Wrap(span) => wrap(source, *span),
        Fix::Take(span) => one(take(source, *span)),
        Fix::TakeOneOfMany(span) => match find(source.root, *span)? {
            Found::Item(list, index) if len(list) > 1 => one(source.drop_item(list, index)),
            _ => None,
        },
        Fix::TakeAgain(key, value) => one(source.take_span(*key, *value)),
        Fix::Put { beside, key, value, order } => {
            let (map, _) = entry(source.root, *beside)?;
            one(put(source, map, key, value, order))
        }
        Fix::Add { beside, key, value, order } => {
            let (map, _) = entry(source.root, *beside)?;
            one(add(source, map, key, value, order))
        }
        Fix::Kind(span, key, value) => kind(source, *span, key, value),
        Fix::Before(step, key, value) => before(source, *step, key, value),
        Fix::Split(key) => one(split(source, *key)),
        Fix::Rename(span, new) => ids::rename(source, *span, new),
        Fix::NextId(span) => one(ids::next(source, *span)),
        Fix::NewId(span) => one(ids::new(source, *span)),
        Fix::BotId => one(ids::of_bot(source)),
        Fix::Variable(span, new) => ids::variable(source, *span, new),
        Fix::Language(known, tag) => one(language(source, known, tag)),
        Fix::Https(span) => https(source, *span),
        Fix::All(all) => {
            let parts: Option<Vec<_>> = all.iter().map(|fix| edits(source, fix)).collect();
            Some(parts?.into_iter().flatten().collect())
        }
    }
}

/// Where something stands: as a key or value of a map, or as an item of a list.
enum Found<'n> {
    Entry(&'n Node<'n>, usize),
    Item(&'n Node<'n>, usize),
}

fn find<'n>(node: &'n Node<'n>, span: Span) -> Option<Found<'n>> {
    match &node.kind {
        Kind::List(items) => {
            let at = items.iter().position(|item| item.span == span);
            at.map(|at| Found::Item(node, at)).or_else(|| items.iter().find_map(|item| find(item, span)))
        }
        Kind::Map(entries) => {
            let at = entries.iter().position(|(key, value)| key.span == span || value.span == span);
            at.map(|at| Found::Entry(node, at))
                .or_else(|| entries.iter().find_map(|(_, value)| find(value, span)))
        }
        Kind::Scalar { .. } => None,
    }
}

fn entry<'n>(root: &'n Node<'n>, span: Span) -> Option<(&'n Node<'n>, usize)> {
    match find(root, span)? {
        Found::Entry(map, at) => Some((map, at)),
        Found::Item(..) => None,
    }
}

/// The value that stands at a place, and the key of its entry when it has one.
fn value_at<'n>(root: &'n Node<'n>, span: Span) -> Option<(&'n Node<'n>, Option<Span>)> {
    match find(root, span)? {
        Found::Entry(Node { kind: Kind::Map(entries), .. }, at) => {
            entries.get(at).map(|(key, value)| (value, Some(key.span)))
        }
        Found::Item(Node { kind: Kind::List(items), .. }, at) => items.get(at).map(|item| (item, None)),
        _ => None,
    }
}

fn len(node: &Node<'_>) -> usize {
    match &node.kind {
        Kind::List(items) => items.len(),
        Kind::Map(entries) => entries.len(),
        Kind::Scalar { .. } => 0,
    }
}

/// Whether the value is repeated from elsewhere, or repeated elsewhere.
fn is_shared(source: &Source<'_>, node: &Node<'_>) -> bool {
    let before = source.text[..node.span.start].trim_end();
    let word = &before[before.rfind([' ', '\n', '\t', '[', '{', ',']).map_or(0, |at| at + 1)..];
    word.starts_with('&') || source.text[node.span.start..].starts_with('*')
}

fn write(source: &Source<'_>, span: Span, value: &Value) -> Option<Edit> {
    let (node, key) = value_at(source.root, span)?;
    if is_shared(source, node) { None } else { source.write(node, key, value) }
}

fn word(source: &Source<'_>, span: Span, word: &str) -> Option<Edit> {
    let written = source.text.get(span.start..span.end)?.trim_end();
    let span = Span { start: span.start, end: span.start + written.len() };
    if let Found::Entry(map, at) = find(source.root, span)?
        && let Kind::Map(entries) = &map.kind
        && entries[at].0.span == span
        && map.get(word).is_some()
    {
        // The key that was meant is there already.
        return None;
    }
    Some(Edit { span, text: source.single(&Value::from(word), written) })
}

fn quote(source: &Source<'_>, span: Span) -> Option<Edit> {
    let (node, _) = value_at(source.root, span)?;
    let Kind::Map(entries) = &node.kind else { return None };
    let alone = entries.iter().all(|(_, value)| value.scalar() == Some(Scalar::Null));
    let span = source.content(node);
    let written = source.text.get(span.start..span.end)?;
    (alone && written.starts_with('{') && written.ends_with('}') && !written.contains('\n'))
        .then(|| Edit { span, text: Value::from(written).to_string() })
}

/// `a` becomes `[a]`; a map in a block gets a dash before it and moves to the right.
fn wrap(source: &Source<'_>, span: Span) -> Option<Vec<Edit>> {
    let (node, _) = value_at(source.root, span)?;
    let span = source.content(node);
    let at = |at: usize, text: &str| Edit { span: Span { start: at, end: at }, text: text.to_owned() };
    let block = matches!(node.kind, Kind::Map(_)) && !source.text[span.start..].starts_with('{');
    if is_shared(source, node) || span.start == span.end {
        return None;
    }
    if !block {
        return Some(vec![at(span.start, "["), at(span.end, "]")]);
    }
    let mut edits = vec![at(span.start, "- ")];
    for (index, _) in source.text[span.start..span.end].match_indices('\n') {
        let line = span.start + index + 1;
        if !source.text[line..].trim_start_matches(' ').starts_with(['\n', '\r']) {
            edits.push(at(line, "  "));
        }
    }
    Some(edits)
}

fn take(source: &Source<'_>, span: Span) -> Option<Edit> {
    match find(source.root, span)? {
        Found::Entry(map, at) => source.take(map, at),
        Found::Item(list, at) if len(list) > 1 => source.drop_item(list, at),
        Found::Item(list, _) => {
            let Kind::Map(entries) = &source.root.kind else { return None };
            source.take(source.root, entries.iter().position(|(_, value)| value.span == list.span)?)
        }
    }
}

fn put(source: &Source<'_>, map: &Node<'_>, key: &str, value: &Value, order: &[&str]) -> Option<Edit> {
    let Kind::Map(entries) = &map.kind else { return None };
    match entries.iter().find(|(name, _)| name.text == key) {
        Some((_, node)) if is_shared(source, node) => None,
        Some((name, node)) => source.write(node, Some(name.span), value),
        None => source.put(map, key, value, order),
    }
}

fn add(source: &Source<'_>, map: &Node<'_>, key: &str, value: &Value, order: &[&str]) -> Option<Edit> {
    let Some(now) = map.get(key) else {
        return source.put(map, key, &Value::from(vec![value.clone()]), order);
    };
    match &now.kind {
        _ if is_shared(source, now) => None,
        Kind::List(items) => source.add(now, items.len(), value),
        Kind::Map(_) => None,
        Kind::Scalar { .. } => {
            let span = source.content(now);
            let item = source.inline(value, "\"");
            let first = source.text[span.start..span.end].trim();
            let plain = !first.starts_with(['"', '\'']);
            let first = if plain { Value::from(first).to_string() } else { first.to_owned() };
            Some(Edit { span, text: format!("[{first}, {item}]") })
        }
    }
}

/// Settings that every kind of step has.
const OF_EVERY_STEP: [&str; 2] = ["id", "next"];

fn kind(source: &Source<'_>, span: Span, kind: &str, value: &str) -> Option<Vec<Edit>> {
    let (map, at) = entry(source.root, span)?;
    let Kind::Map(entries) = &map.kind else { return None };
    let fits = entries
        .iter()
        .enumerate()
        .all(|(index, (key, _))| index == at || OF_EVERY_STEP.contains(&&*key.text));
    let key = entries[at].0.span;
    (fits && source.text.get(key.start..key.end)?.len() > 2)
        .then(|| Some(vec![word(source, key, kind)?, word(source, entries[at].1.span, value)?]))
        .flatten()
}

/// A step before another one. Whatever led to the other leads to the new one, so its id goes over.
fn before(source: &Source<'_>, step: Span, key: &str, value: &str) -> Option<Vec<Edit>> {
    let Found::Item(list, at) = find(source.root, step)? else { return None };
    let Kind::List(items) = &list.kind else { return None };
    let step = items.get(at)?;
    let mut new = serde_json::Map::new();
    let mut edits = Vec::new();
    if let Kind::Map(entries) = &step.kind
        && let Some(index) = entries.iter().position(|(key, _)| key.text == "id")
        && let Kind::Scalar { text: id, .. } = &entries[index].1.kind
        && ids::is_named(source.root, id)
    {
        new.insert("id".to_owned(), (&**id).into());
        edits.push(source.take(step, index)?);
    }
    new.insert(key.to_owned(), value.into());
    edits.push(source.add_before(list, at, &new.into())?);
    Some(edits)
}

/// The entry with this key, and those behind it, become an item of their own.
fn split(source: &Source<'_>, key: Span) -> Option<Edit> {
    let (map, at) = entry(source.root, key)?;
    let Kind::Map(entries) = &map.kind else { return None };
    let before = entries.get(at.checked_sub(1)?)?;
    let Found::Item(list, index) = find(source.root, map.span)? else { return None };
    let Kind::List(items) = &list.kind else { return None };
    if source.in_flow(key.start) {
        let span = Span { start: source.entry_end(before), end: key.start };
        if source.in_flow(map.span.start) {
            return Some(Edit { span, text: " }, { ".to_owned() });
        }
        let column = source.column(source.dash(items.get(index)?)?);
        return Some(source.edit(span, format!(" }}\n{}- {{ ", " ".repeat(column))));
    }
    let (dash, column) = (source.column(source.dash(items.get(index)?)?), source.column(key.start));
    let start = key.start - (column - dash);
    let blank = source.text.get(start..key.start)?.trim().is_empty();
    (blank && column > dash + 1).then(|| Edit {
        span: Span { start, end: key.start },
        text: format!("-{}", " ".repeat(column - dash - 1)),
    })
}

fn language(source: &Source<'_>, known: &[String], tag: &str) -> Option<Edit> {
    let order = ["countersign", "bot", "name", "language", "languages"];
    if source.root.get("languages").is_some() {
        return add(source, source.root, "languages", &Value::from(tag), &order);
    }
    let all: Vec<Value> = known.iter().map(|tag| &**tag).chain([tag]).map(Value::from).collect();
    source.put(source.root, "languages", &Value::from(all), &order)
}

/// All URLs of the same host change together, so that no token is suddenly sent to another origin.
fn https(source: &Source<'_>, span: Span) -> Option<Vec<Edit>> {
    let written = source.text.get(span.start..span.end)?.trim_start_matches(['"', '\'']);
    let host =
        written.get(..7).filter(|start| start.eq_ignore_ascii_case("http://")).map(|_| &written[7..])?;
    let host =
        &host[..host.find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(host.len())];
    if host.is_empty() || written[7 + host.len()..].starts_with([':', '{']) {
        return None;
    }
    let mut edits = Vec::new();
    let mut open = vec![source.root];
    while let Some(node) = open.pop() {
        match &node.kind {
            Kind::List(items) => open.extend(items),
            Kind::Map(entries) => open.extend(entries.iter().map(|(_, value)| value)),
            Kind::Scalar { text, .. } => {
                let Some(rest) =
                    text.get(..7).filter(|start| start.eq_ignore_ascii_case("http://")).map(|_| &text[7..])
                else {
                    continue;
                };
                if !rest
                    .strip_prefix(host)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
                {
                    continue;
                }
                let quote = usize::from(source.text[node.span.start..].starts_with(['"', '\'']));
                let at = node.span.start + quote + 4;
                let exact = source
                    .text
                    .get(at - 4..)
                    .is_some_and(|rest| rest.get(..4).is_some_and(|s| s.eq_ignore_ascii_case("http")));
                if !exact {
                    return None;
                }
                edits.push(Edit { span: Span { start: at, end: at }, text: "s".to_owned() });
            }
        }
    }
    Some(edits)
}

#[cfg(test)]
mod tests;
