//! Finds the one value in an answer that is the token.

use std::collections::HashSet;

use countersign_model::SecretText;
use countersign_script::path::Path;
use serde_json::Value;
use zeroize::Zeroize;

use super::diagnosis::{Inside, Kind, TokenDiagnosis};
use super::twice::twice;

/// The longest token, in bytes (SECURITY §3.4, T8).
const LONGEST: usize = 8 * 1024;

/// How many keys a message names.
const KEYS: usize = 12;

/// The body as text without a byte order mark and the white space around it.
pub(super) fn text(body: &[u8]) -> Result<&str, TokenDiagnosis> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let text = std::str::from_utf8(body).map_err(|_| TokenDiagnosis::NotUtf8)?.trim();
    if text.is_empty() {
        return Err(TokenDiagnosis::Empty);
    }
    if text.starts_with('<') {
        return Err(TokenDiagnosis::Html);
    }
    Ok(text)
}

/// The whole text as the token.
pub(super) fn whole(
    text: &str,
    hide: &dyn Fn(&str) -> bool,
    notes: &mut Vec<TokenDiagnosis>,
) -> Result<SecretText, TokenDiagnosis> {
    if text.starts_with(['{', '['])
        && let Ok(mut value) = serde_json::from_str::<Value>(text)
    {
        let keys = inside(&value, hide);
        wipe(&mut value);
        return Err(TokenDiagnosis::BodyIsJson { keys });
    }
    if text.len() > 2 && text.starts_with('"') && text.ends_with('"') {
        notes.push(TokenDiagnosis::Quoted);
    }
    token(text)
}

/// An answer that is JSON. Its texts are overwritten when it is dropped.
pub(super) struct Document<'a> {
    value: Value,
    /// Keys of which nobody knows which one counts.
    twice: HashSet<String>,
    hide: &'a dyn Fn(&str) -> bool,
}

impl Drop for Document<'_> {
    fn drop(&mut self) {
        wipe(&mut self.value);
    }
}

impl<'a> Document<'a> {
    pub(super) fn parse(
        text: &str,
        content_type: Option<&str>,
        hide: &'a dyn Fn(&str) -> bool,
        notes: &mut Vec<TokenDiagnosis>,
    ) -> Result<Self, TokenDiagnosis> {
        let content_type = content_type.and_then(media_type);
        let mut values = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        let value = match values.next() {
            Some(Ok(value)) => value,
            Some(Err(error)) if error.is_eof() => return Err(TokenDiagnosis::CutShort),
            _ => return Err(TokenDiagnosis::NotJson { content_type }),
        };
        let document = Self { value, twice: twice(text), hide };
        let rest = text.get(values.byte_offset()..).unwrap_or("");
        if !rest.trim().is_empty() {
            let single = !document.value.is_object() && !document.value.is_array();
            // `123-abc` is a plain token rather than a number with something after it.
            let not_json = TokenDiagnosis::NotJson { content_type };
            return Err(if single { not_json } else { TokenDiagnosis::Trailing });
        }
        if let Some(said) =
            content_type.filter(|said| *said != "application/json" && !said.ends_with("+json"))
        {
            notes.push(TokenDiagnosis::ContentType { content_type: said });
        }
        Ok(document)
    }

    /// The one text or number that the path leads to, if it can be a token.
    pub(super) fn one(&self, path: &Path) -> Result<SecretText, TokenDiagnosis> {
        match self.single(path)? {
            Value::String(text) => token(text.trim()),
            // As it was written: a long number keeps its digits.
            Value::Number(number) => token(number.as_str()),
            other => Err(TokenDiagnosis::Kind {
                path: path.as_str().to_owned(),
                kind: self.kind(other),
                suggestion: self.suggestion(path),
            }),
        }
    }

    /// The one value that the path leads to.
    pub(super) fn single(&self, path: &Path) -> Result<&Value, TokenDiagnosis> {
        let named = |key: &&String| path.as_str().split(['.', '[', ']', '\'', '"']).any(|name| name == **key);
        if let Some(key) = self.twice.iter().find(named) {
            return Err(TokenDiagnosis::Twice { path: path.as_str().to_owned(), key: key.clone() });
        }
        match path.find(&self.value).as_slice() {
            [one] => Ok(one),
            [] => Err(self.missing(path)),
            several => Err(TokenDiagnosis::Several { path: path.as_str().to_owned(), count: several.len() }),
        }
    }

    fn missing(&self, path: &Path) -> TokenDiagnosis {
        let (at, value) = self.deepest(path);
        TokenDiagnosis::Missing {
            path: path.as_str().to_owned(),
            at,
            inside: inside(value, self.hide),
            suggestion: self.suggestion(path),
        }
    }

    /// How far a plain path leads, and what is there.
    fn deepest(&self, path: &Path) -> (Option<String>, &Value) {
        let text = path.as_str();
        if text.starts_with('$') {
            return (None, &self.value);
        }
        let cuts = text.char_indices().filter(|(at, c)| *at > 0 && matches!(c, '.' | '['));
        let mut prefixes: Vec<_> = cuts.map(|(at, _)| &text[..at]).collect();
        prefixes.reverse();
        prefixes
            .into_iter()
            .find_map(|prefix| {
                let value = Path::parse(prefix).ok()?.first(&self.value)?;
                Some((Some(prefix.to_owned()), value))
            })
            .unwrap_or((None, &self.value))
    }

    /// A path to a text or number whose name is like the one that was meant, or like that of a token.
    fn suggestion(&self, path: &Path) -> Option<String> {
        let mut leaves = Vec::new();
        self.leaves(&self.value, String::new(), 0, &mut leaves);
        let name = |path: &str| {
            let last = path.rsplit('.').next().unwrap_or(path);
            last.split('[').next().unwrap_or(last).to_ascii_lowercase()
        };
        let wanted = name(path.as_str().trim_end_matches(['\'', '"', ']']));
        let likeness = |leaf: &String| {
            let found = name(leaf);
            let like = strsim::jaro_winkler(&found, &wanted);
            let token = found.contains("token") && !found.contains("type") && !found.contains("refresh");
            like.max(if token { 0.86 } else { 0.0 })
        };
        let mut best: Option<(f64, String)> = None;
        for leaf in leaves.into_iter().filter(|leaf| leaf != path.as_str()) {
            let like = likeness(&leaf);
            if like >= 0.85 && best.as_ref().is_none_or(|(before, _)| like > *before) {
                best = Some((like, leaf));
            }
        }
        best.map(|(_, leaf)| leaf)
    }

    fn leaves(&self, value: &Value, path: String, depth: usize, leaves: &mut Vec<String>) {
        if depth > 6 || leaves.len() >= 200 {
            return;
        }
        match value {
            Value::String(_) | Value::Number(_) if !path.is_empty() => leaves.push(path),
            Value::Object(map) => {
                for (key, value) in map.iter().filter(|(key, _)| may_show(key, self.hide) && plain(key)) {
                    let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                    self.leaves(value, path, depth + 1, leaves);
                }
            }
            Value::Array(items) => {
                for (n, value) in items.iter().take(3).enumerate() {
                    self.leaves(value, format!("{path}[{n}]"), depth + 1, leaves);
                }
            }
            _ => {}
        }
    }

    fn kind(&self, value: &Value) -> Kind {
        match value {
            Value::Null => Kind::Null,
            Value::Array(items) => Kind::List(items.len()),
            Value::Object(_) => Kind::Object(inside(value, self.hide)),
            Value::Bool(_) | Value::Number(_) | Value::String(_) => Kind::Bool,
        }
    }
}

/// A text that can be a token: 1 to 8,192 bytes without white space or control characters.
fn token(text: &str) -> Result<SecretText, TokenDiagnosis> {
    if text.is_empty() {
        return Err(TokenDiagnosis::Blank);
    }
    if text.len() > LONGEST {
        return Err(TokenDiagnosis::TooLong { len: text.len() });
    }
    let what = text.chars().find_map(|c| match c {
        '\r' | '\n' => Some("a line break"),
        '\0' => Some("a NUL character"),
        c if c.is_control() => Some("a control character"),
        c if c.is_whitespace() => Some("a space"),
        '\u{feff}' | '\u{200b}' => Some("an invisible character"),
        _ => None,
    });
    match what {
        Some(what) => Err(TokenDiagnosis::Character { what }),
        None => Ok(SecretText::from(text)),
    }
}

fn inside(value: &Value, hide: &dyn Fn(&str) -> bool) -> Inside {
    match value {
        Value::Object(map) => {
            let keys: Vec<_> = map.keys().filter(|key| may_show(key, hide)).take(KEYS).cloned().collect();
            let more = map.len() - keys.len();
            Inside::Keys(keys, more)
        }
        Value::Array(items) => Inside::List(items.len()),
        _ => Inside::Value,
    }
}

/// Whether the name of a key may be shown: some answers have addresses, numbers or what was sent as keys.
fn may_show(key: &str, hide: &dyn Fn(&str) -> bool) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '$' | ':');
    let digits = key.bytes().filter(u8::is_ascii_digit).count();
    !key.is_empty() && key.len() <= 40 && key.chars().all(word) && digits <= 4 && !hide(key)
}

fn plain(key: &str) -> bool {
    !key.contains(['.', '$', ':'])
}

/// The media type alone, when it is one: a header can hold anything.
fn media_type(content_type: &str) -> Option<String> {
    let media = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '+' | '-' | '.');
    (media.contains('/') && media.len() <= 60 && media.chars().all(sound)).then_some(media)
}

fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(items) => items.iter_mut().for_each(wipe),
        Value::Object(map) => map.values_mut().for_each(wipe),
        _ => {}
    }
}
