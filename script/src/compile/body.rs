//! Bodies: JSON, web forms, and texts of other types.

use indexmap::IndexMap;

use super::Compiler;
use super::builder::Builder;
use super::scope::{Resolved, Scope};
use crate::diagnostics::{Span, field_conflict, wrong_type};
use crate::template::{Place, Slot, Template};
use crate::wire::decode::At;
use crate::wire::{Entries, Json, Simple, Spanned};

/// Fields that become nested JSON by their dotted names.
#[derive(Debug)]
pub(crate) enum Tree<'w> {
    Map(IndexMap<String, Tree<'w>>, Span),
    Value(&'w Spanned<Json>),
    Answer(Slot, Span),
}

impl Tree<'_> {
    fn span(&self) -> Span {
        match self {
            Tree::Map(_, span) | Tree::Answer(_, span) => *span,
            Tree::Value(value) => value.span,
        }
    }
}

impl Compiler<'_> {
    /// A JSON value as one flat template.
    pub(crate) fn json(&mut self, value: &Spanned<Json>, at: &At<'_>, scope: Scope<'_>) -> Template {
        let mut out = Builder::default();
        self.write_json(value, at, scope, &mut out);
        out.finish()
    }

    fn write_json(&mut self, value: &Spanned<Json>, at: &At<'_>, scope: Scope<'_>, out: &mut Builder) {
        match &value.value {
            Json::Null => out.raw("null"),
            Json::Bool(true) => out.raw("true"),
            Json::Bool(false) => out.raw("false"),
            Json::Number(digits) => out.raw(digits),
            Json::Text(text) => {
                let parts = self.resolve(text, at, scope);
                if let [Resolved::Slot(slot, _)] = &*parts {
                    out.slot(slot.clone(), Place::JsonValue);
                    return;
                }
                out.char('"');
                self.write(&parts, Place::JsonString, out);
                out.char('"');
            }
            Json::List(items) => {
                out.char('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.char(',');
                    }
                    self.write_json(item, &at.index(index), scope, out);
                }
                out.char(']');
            }
            Json::Map(entries) => {
                out.char('{');
                for (index, (key, item)) in entries.0.iter().enumerate() {
                    if index > 0 {
                        out.char(',');
                    }
                    out.encoded(&key.value, Place::JsonValue);
                    out.char(':');
                    self.write_json(item, &at.key(&key.value), scope, out);
                }
                out.char('}');
            }
        }
    }

    /// Adds pieces that all stand in the same place; texts of the author are encoded for it too.
    pub(crate) fn write(&mut self, parts: &[Resolved], place: Place, out: &mut Builder) {
        for part in parts {
            match part {
                Resolved::Text(text) => out.encoded(text, place),
                Resolved::Slot(slot, _) => out.slot(slot.clone(), place),
            }
        }
    }

    /// Fields as a JSON object.
    pub(crate) fn write_tree(&mut self, tree: &Tree<'_>, at: &At<'_>, scope: Scope<'_>, out: &mut Builder) {
        match tree {
            Tree::Value(value) => self.write_json(value, at, scope, out),
            Tree::Answer(slot, _) => out.slot(slot.clone(), Place::JsonValue),
            Tree::Map(map, _) => {
                out.char('{');
                for (index, (key, item)) in map.iter().enumerate() {
                    if index > 0 {
                        out.char(',');
                    }
                    out.encoded(key, Place::JsonValue);
                    out.char(':');
                    self.write_tree(item, &at.key(key), scope, out);
                }
                out.char('}');
            }
        }
    }

    /// Puts a field into the tree, by its dotted name.
    pub(crate) fn graft<'w>(
        &mut self,
        tree: &mut IndexMap<String, Tree<'w>>,
        name: &str,
        leaf: Tree<'w>,
        span: Span,
        at: &At<'_>,
    ) {
        let mut map = tree;
        let mut rest = name;
        while let Some((head, tail)) = rest.split_once('.') {
            if head.is_empty() || tail.is_empty() {
                break;
            }
            let next = map.entry(head.to_owned()).or_insert_with(|| Tree::Map(IndexMap::new(), span));
            match next {
                Tree::Map(inner, _) => map = inner,
                other => {
                    let first = other.span();
                    self.report.add(field_conflict::field_conflict(&at.to_string(), span, name, first));
                    return;
                }
            }
            rest = tail;
        }
        if let Some(other) = map.get(rest) {
            let first = other.span();
            self.report.add(field_conflict::field_conflict(&at.to_string(), span, name, first));
            return;
        }
        map.insert(rest.to_owned(), leaf);
    }

    /// A web form.
    pub(crate) fn web_form(
        &mut self,
        fields: &Entries<Spanned<Simple>>,
        at: &At<'_>,
        scope: Scope<'_>,
    ) -> Template {
        let mut out = Builder::default();
        for (index, (key, value)) in fields.0.iter().enumerate() {
            if index > 0 {
                out.char('&');
            }
            let parts = self.simple(value, &at.key(&key.value), scope);
            self.write_pair(&key.value, &parts, &mut out);
        }
        out.finish()
    }

    /// `key=value` of a web form.
    pub(crate) fn write_pair(&mut self, key: &str, value: &[Resolved], out: &mut Builder) {
        out.encoded(key, Place::Form);
        out.char('=');
        self.write(value, Place::Form, out);
    }

    /// A value with placeholders, when it is a text.
    pub(crate) fn simple(&mut self, value: &Spanned<Simple>, at: &At<'_>, scope: Scope<'_>) -> Vec<Resolved> {
        match &value.value {
            Simple::Text(text) => {
                let text = Spanned { value: text.clone(), span: value.span };
                self.resolve(&text, at, scope)
            }
            other => vec![Resolved::Text(other.as_text().to_owned())],
        }
    }

    /// A value that must be a single one, because it goes into a web form or a query.
    pub(crate) fn flat(&mut self, value: &Spanned<Json>, at: &At<'_>, scope: Scope<'_>) -> Vec<Resolved> {
        let text = match &value.value {
            Json::Text(text) => return self.resolve(text, at, scope),
            Json::Bool(value) => value.to_string(),
            Json::Number(digits) => digits.clone(),
            Json::Null | Json::List(_) | Json::Map(_) => {
                let found = match &value.value {
                    Json::List(_) => "a list",
                    Json::Map(_) => "a map",
                    _ => "nothing",
                };
                let wanted = "a text, a number, or true or false, because a web form has no other values";
                self.report.add(wrong_type::wrong_type(&at.to_string(), value.span, wanted, found));
                return Vec::new();
            }
        };
        vec![Resolved::Text(text)]
    }
}
