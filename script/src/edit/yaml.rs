//! Values as block YAML.

use serde_json::Value;

use crate::node::{Kind, Node, Scalar};

/// A value as lines that are indented by so many spaces, the first one too, without a line break at the end.
pub(crate) fn block(value: &Value, indent: usize) -> String {
    let mut out = String::new();
    write(value, indent, &mut out);
    out
}

fn write(value: &Value, indent: usize, out: &mut String) {
    let space = " ".repeat(indent);
    let gap = |out: &mut String| {
        if !out.is_empty() {
            out.push('\n');
        }
    };
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, value) in entries {
                gap(out);
                out.push_str(&format!("{space}{}:", scalar(key)));
                match value {
                    Value::Object(inner) if !inner.is_empty() => write(value, indent + 2, out),
                    Value::Array(inner) if !inner.is_empty() => write(value, indent + 2, out),
                    other => out.push_str(&format!(" {}", single(other))),
                }
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                gap(out);
                match item {
                    Value::Object(inner) if !inner.is_empty() => {
                        out.push_str(&format!("{space}- {}", block(item, indent + 2).trim_start()));
                    }
                    Value::Array(inner) if !inner.is_empty() => {
                        out.push_str(&format!("{space}- {}", block(item, indent + 2).trim_start()));
                    }
                    other => out.push_str(&format!("{space}- {}", single(other))),
                }
            }
        }
        other => out.push_str(&format!("{space}{}", single(other))),
    }
}

fn single(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// A text, in quotation marks where it would be read as something else.
pub(crate) fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { Value::String(text.to_owned()).to_string() }
}

fn is_plain(text: &str) -> bool {
    let mut chars = text.chars();
    let first = chars.next().is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | '$' | '_' | '.'));
    let node = Node { span: Default::default(), kind: Kind::Scalar { text: text.into(), quoted: false } };
    // Words that YAML 1.1 takes for truth values: other tools may still do so.
    const OLD: [&str; 6] = ["yes", "no", "on", "off", "y", "n"];
    first
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && !text
            .chars()
            .any(|c| c.is_control() || c == '\u{feff}' || c == '\u{2028}' || c == '\u{2029}' || c == '\u{85}')
        && !OLD.contains(&text.to_ascii_lowercase().as_str())
        && matches!(node.scalar(), Some(Scalar::Text(_)))
        && !text.starts_with("...")
        && !looks_like_a_number(text)
}

/// Also in the wider ways of YAML: `.5`, `0x1f`, `1_000`, `12:30`, `2026-01-01`.
fn looks_like_a_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && text.chars().all(|c| {
            c.is_ascii_hexdigit() || matches!(c, '.' | ':' | '_' | '-' | '+' | 'x' | 'o' | 'T' | 'Z')
        })
}
