//! What an answer of a service means, and what is kept of it.

use countersign_script::program::{Each, ServiceComponent, Sign, Source};
use serde_json::Value as Json;

use crate::Warning;
use crate::input::Response;
use crate::limits::Limits;
use crate::machine::Machine;
use crate::value::Value;

/// An answer whose body is read as JSON when somebody asks for it, and once.
pub(crate) struct Answered {
    pub(crate) response: Response,
    json: Option<Option<Json>>,
}

/// A part of the answer that is to be kept is not there.
pub(crate) struct Incomplete;

/// Whether an answer that is good has anything in it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Some,
    /// A list without items.
    NoItems,
    /// No body, where something of it was to be kept.
    Nothing,
}

impl Answered {
    pub(crate) fn new(response: Response) -> Self {
        Self { response, json: None }
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status
    }

    fn json(&mut self) -> Option<&Json> {
        let body = &self.response.body;
        self.json
            .get_or_insert_with(|| {
                let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
                serde_json::from_slice(body).ok()
            })
            .as_ref()
    }

    /// Whether a sign holds.
    pub(crate) fn shows(&mut self, sign: &Sign) -> bool {
        if !sign.statuses.is_empty() && !sign.statuses.contains(&self.response.status) {
            return false;
        }
        let Some((path, wanted)) = &sign.field else { return true };
        let Some(json) = self.json() else { return false };
        path.find(json).into_iter().any(|found| match (wanted, found) {
            (None, found) => !found.is_null(),
            (Some(wanted), Json::String(text)) => text == wanted,
            (Some(wanted), Json::Number(number)) => number.as_str() == wanted,
            (Some(wanted), Json::Bool(truth)) => wanted == if *truth { "true" } else { "false" },
            _ => false,
        })
    }

    /// Whether it is good.
    pub(crate) fn is_good(&mut self, service: &ServiceComponent) -> bool {
        if service.ok_when.is_empty() {
            return (200..300).contains(&self.response.status);
        }
        service.ok_when.iter().any(|sign| self.shows(sign))
    }

    fn is_blank(&self) -> bool {
        self.response.status == 204 || self.response.body.iter().all(u8::is_ascii_whitespace)
    }
}

impl Machine<'_> {
    /// Keeps what the author wants of a good answer.
    pub(crate) fn keep(
        &mut self,
        service: &ServiceComponent,
        answered: &mut Answered,
    ) -> Result<Content, Incomplete> {
        let blank = answered.is_blank();
        let mut content = Content::Some;
        for save in &service.save {
            let value = match &save.from {
                // What an earlier answer had is not taken for what this one has not.
                Source::Json(_) | Source::Body if blank => {
                    content = Content::Nothing;
                    None
                }
                Source::Status => Some(Value::Number(answered.status().to_string().into())),
                Source::Body => {
                    Some(Value::Text(String::from_utf8_lossy(&answered.response.body).trim().into()))
                }
                Source::Header(name) => {
                    let found = answered.response.headers.iter().find(|(known, _)| **known == **name);
                    match found {
                        Some((_, value)) => Some(Value::Text(value.as_str().into())),
                        None => return Err(self.missing(service, &format!("header:{name}"), None)),
                    }
                }
                Source::Json(path) => {
                    let Some(json) = answered.json() else { return Err(self.not_json(service)) };
                    match path.first(json) {
                        Some(found) => Value::from_json(found),
                        None => return Err(self.missing(service, path.as_str(), Some(json))),
                    }
                }
            };
            self.set(save.variable, value.map(shown));
        }
        match &service.each {
            Some(each) if blank => {
                self.set(each.variable, Some(Value::Text("".into())));
                Ok(if content == Content::Some { Content::NoItems } else { content })
            }
            Some(each) => self.keep_lines(service, each, answered),
            None => Ok(content),
        }
    }

    fn keep_lines(
        &mut self,
        service: &ServiceComponent,
        each: &Each,
        answered: &mut Answered,
    ) -> Result<Content, Incomplete> {
        let Some(json) = answered.json() else { return Err(self.not_json(service)) };
        let found = each.list.find(json);
        let items: Vec<&Json> = match found[..] {
            [] if may_find_none(each.list.as_str()) => Vec::new(),
            [] => return Err(self.missing(service, each.list.as_str(), Some(json))),
            [Json::Array(items)] => items.iter().collect(),
            [Json::Null] => Vec::new(),
            // A JSONPath such as `$.items[*]` gives the items themselves.
            _ => found,
        };
        let line = self.pick(&each.line);
        let lines: Vec<String> =
            items.iter().take(usize::from(each.limit)).map(|item| self.public(line, Some(item))).collect();
        let content = if lines.is_empty() { Content::NoItems } else { Content::Some };
        self.set(each.variable, Some(shown(Value::Text(lines.join(&each.separator).into()))));
        Ok(content)
    }

    /// Gives a variable its value, within the bounds of what a session keeps.
    pub(crate) fn set(&mut self, variable: countersign_script::program::VarIx, value: Option<Value>) {
        let vars = &mut self.session.vars;
        vars.retain(|(known, _)| *known != variable);
        let Some(mut value) = value else { return };
        let kept: usize = vars.iter().map(|(_, value)| value.as_str().len()).sum();
        let room = Limits::DEFAULT.values_len.saturating_sub(kept).min(Limits::DEFAULT.value_len);
        if value.as_str().len() > room {
            value = Value::Text(cut(value.as_str(), room).into());
        }
        vars.push((variable, value));
    }

    fn missing(&mut self, service: &ServiceComponent, path: &str, json: Option<&Json>) -> Incomplete {
        let found = match json {
            Some(Json::Object(fields)) => {
                let keys: Vec<_> = fields.keys().take(12).map(|key| format!("`{}`", cut(key, 40))).collect();
                format!("the answer has the keys {}", keys.join(", "))
            }
            Some(Json::Array(items)) => format!("the answer is a list of {}", items.len()),
            Some(_) => "the answer is a single value".into(),
            None => "the answer has no such header".into(),
        };
        self.warnings.push(Warning::Missing { service: service.id.to_string(), path: path.into(), found });
        Incomplete
    }

    fn not_json(&mut self, service: &ServiceComponent) -> Incomplete {
        self.warnings.push(Warning::NotJson { service: service.id.to_string() });
        Incomplete
    }
}

/// Whether a path is a query that may well find nothing (`$.items[*]`), rather than the name of a place.
fn may_find_none(path: &str) -> bool {
    path.starts_with('$') && (path.contains(['*', '?', ':', ',']) || path.contains(".."))
}

/// A text of a service as a user may see it: without control characters other than line ends and tabs.
fn shown(value: Value) -> Value {
    match value {
        Value::Text(text) if text.contains(is_control) => {
            Value::Text(text.chars().filter(|c| !is_control(*c)).collect::<String>().into())
        }
        other => other,
    }
}

fn is_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\t')
}

/// At most so many bytes, whole characters.
fn cut(text: &str, len: usize) -> &str {
    let mut end = len.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
