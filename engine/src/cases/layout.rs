//! JSON as a person would lay it out: what fits into a line stands in one.

use serde_json::Value;

const WIDTH: usize = 118;

/// The text of a file.
pub(super) fn pretty(value: &Value) -> String {
    let mut out = String::new();
    write(value, 0, 0, &mut out);
    out.push('\n');
    out
}

/// `taken` is what stands before the value in its line.
fn write(value: &Value, indent: usize, taken: usize, out: &mut String) {
    let line = one_line(value);
    let roomy = line.chars().count() + indent + taken < WIDTH;
    let (open, close) = match value {
        Value::Array(items) if !items.is_empty() && !roomy => ('[', ']'),
        Value::Object(fields) if !fields.is_empty() && !roomy => ('{', '}'),
        _ => return out.push_str(&line),
    };
    out.push(open);
    let inner = indent + 2;
    let mut first = true;
    let mut begin = |out: &mut String| {
        out.push_str(if std::mem::take(&mut first) { "\n" } else { ",\n" });
        out.push_str(&" ".repeat(inner));
    };
    match value {
        Value::Array(items) => {
            for item in items {
                begin(out);
                write(item, inner, 0, out);
            }
        }
        Value::Object(fields) => {
            for (key, item) in fields {
                begin(out);
                let key = format!("{}: ", Value::from(key.as_str()));
                out.push_str(&key);
                write(item, inner, key.chars().count(), out);
            }
        }
        _ => {}
    }
    out.push('\n');
    out.push_str(&" ".repeat(indent));
    out.push(close);
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        Value::Object(fields) if fields.is_empty() => "{}".into(),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(key, value)| format!("{}: {}", Value::from(key.as_str()), one_line(value)));
            format!("{{ {} }}", fields.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

#[test]
fn short_things_stand_in_one_line_and_the_text_reads_back() {
    let value =
        serde_json::json!([{ "a": 1, "b": [] }, { "long": "x".repeat(60), "longer": ["y".repeat(70)] }]);
    let text = pretty(&value);
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    assert!(text.starts_with("[\n  { \"a\": 1, \"b\": [] },\n  {\n    \"long\": \"xxx"), "{text}");
}
