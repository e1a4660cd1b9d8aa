//! Mends for a text that is no YAML: what is most often wrong is tried, and that is offered with which the check finds
//! the least.

use crate::diagnostics::{Edit, Span};

/// How many mends are tried.
const MOST: usize = 40;
/// The largest text for which that is done, in bytes.
const LARGEST: usize = 128 * 1024;
/// How many lines before the place where reading stopped are looked at.
const LINES_BEFORE: usize = 12;

/// The mend with which fewest errors are left. `errors` says how many there are in a text, and nothing when it cannot be
/// read either.
pub(crate) fn mend(text: &str, at: usize, errors: impl Fn(&str) -> Option<usize>) -> Option<Vec<Edit>> {
    if text.len() > LARGEST {
        return None;
    }
    let mut best: Option<(usize, Vec<Edit>)> = None;
    for (sure, mut edits) in candidates(text, at).into_iter().take(MOST) {
        edits.sort_by_key(|edit| edit.span);
        let Some(left) = errors(&applied(text, &edits)) else { continue };
        if (sure || left == 0) && best.as_ref().is_none_or(|(least, _)| left < *least) {
            best = Some((left, edits));
        }
        if matches!(best, Some((0, _))) {
            break;
        }
    }
    best.map(|(_, edits)| edits)
}

/// The text with edits that stand apart, in order.
pub(crate) fn applied(text: &str, edits: &[Edit]) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len() + 64), 0);
    for Edit { span, text: with } in edits {
        out.push_str(&text[from..span.start]);
        out.push_str(with);
        from = span.end;
    }
    out.push_str(&text[from..]);
    out
}

/// What may be meant, the likeliest first; and whether it is so even when other errors are left.
fn candidates(text: &str, at: usize) -> Vec<(bool, Vec<Edit>)> {
    let mut all: Vec<(bool, Vec<Edit>)> = Vec::new();
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    all.extend(without_tag(text, at).map(|edit| (true, vec![edit])));
    if text[at..].starts_with('\u{feff}') {
        all.push((true, vec![replace(at, at + 3, "")]));
    }
    for width in [2, 4, 8] {
        let edits = without_tabs(text, width);
        if !edits.is_empty() {
            all.push((true, edits));
        }
    }
    let lines = lines_before(text, at);
    for line in lines.iter().take(3) {
        all.extend(escaped(text, *line).map(|edit| (true, vec![edit])));
        all.extend(closed(text, *line).map(|edits| (true, edits)));
        all.extend(of_value(text, *line).into_iter().map(|edit| (true, vec![edit])));
    }
    for line in lines.iter().skip(3) {
        all.extend(closed(text, *line).map(|edits| (true, edits)));
    }
    for line in lines.iter().take(3) {
        all.extend(colon(text, *line).map(|edit| (true, vec![edit])));
    }
    if let Some(line) = lines.first() {
        all.extend(indented(text, *line).into_iter().map(|edit| (false, vec![edit])));
    }
    all
}

/// The line of a place and those before it that are not empty, the nearest first. Without line breaks.
fn lines_before(text: &str, at: usize) -> Vec<Span> {
    let mut all = Vec::new();
    let mut end = text[at..].find('\n').map_or(text.len(), |end| at + end);
    while all.len() < LINES_BEFORE {
        let start = text[..end].rfind('\n').map_or(0, |at| at + 1);
        let line = text[start..end].trim_end();
        if !line.trim().is_empty() && !line.trim_start().starts_with('#') {
            all.push(Span { start, end: start + line.len() });
        }
        match start.checked_sub(1) {
            Some(before) => end = before,
            None => break,
        }
    }
    all
}

fn replace(start: usize, end: usize, text: &str) -> Edit {
    Edit { span: Span { start, end }, text: text.to_owned() }
}

/// `!new x` is `x`.
fn without_tag(text: &str, at: usize) -> Option<Edit> {
    let before = text[..at].trim_end();
    let start = before.rfind([' ', '\n', '[', '{', ',']).map_or(0, |at| at + 1);
    if before[start..].starts_with('!') {
        return Some(replace(start, at, ""));
    }
    let rest = &text[at..];
    let end = rest.find([' ', '\n']).unwrap_or(rest.len());
    rest.starts_with('!').then(|| replace(at, at + end + usize::from(rest[end..].starts_with(' ')), ""))
}

/// Tabs with which lines begin, or that stand behind a dash or a colon.
fn without_tabs(text: &str, width: usize) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let mut blank = true;
        for (at, c) in line.char_indices() {
            if c == '\t' && (blank || line[..at].ends_with([':', '-', '\t'])) {
                let size = if blank { width } else { 1 };
                edits.push(replace(start + at, start + at + 1, &" ".repeat(size)));
            }
            blank &= matches!(c, ' ' | '\t' | '-');
        }
        start += line.len();
    }
    edits
}

/// Where the value on a line begins: behind `key: ` or `- `.
fn value_of(text: &str, line: Span) -> Option<usize> {
    let written = &text[line.start..line.end];
    let mut at = written.len() - written.trim_start().len();
    while written[at..].starts_with("- ") {
        at += 2 + (written[at + 2..].len() - written[at + 2..].trim_start().len());
    }
    let rest = &written[at..];
    let key =
        rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).unwrap_or(rest.len());
    if key > 0 && rest[key..].starts_with(": ") {
        at += key + 1;
        at += written[at..].len() - written[at..].trim_start().len();
    }
    (at < written.len() && (at > 0)).then_some(line.start + at)
}

/// The value of a line in quotation marks.
fn of_value(text: &str, line: Span) -> Vec<Edit> {
    let Some(start) = value_of(text, line) else { return Vec::new() };
    let value = &text[start..line.end];
    let mut all = Vec::new();
    for (open, close) in [('"', '"'), ('\'', '\'')] {
        let inner = value.strip_prefix(open).and_then(|inner| inner.strip_suffix(close));
        if let Some(inner) = inner.filter(|inner| inner.contains(open)) {
            all.push(replace(start, line.end, &serde_json::Value::from(inner).to_string()));
        }
    }
    if !value.starts_with(['"', '|', '>']) {
        let comment = value.find(" #").unwrap_or(value.len());
        let plain = value[..comment].trim_end();
        all.push(replace(start, start + plain.len(), &serde_json::Value::from(plain).to_string()));
        if comment < value.len() {
            all.push(replace(start, line.end, &serde_json::Value::from(value).to_string()));
        }
    }
    all
}

/// In double quotes, a backslash that begins no sign of YAML stands for itself.
fn escaped(text: &str, line: Span) -> Option<Edit> {
    let written = &text[line.start..line.end];
    let (mut out, mut inside) = (String::new(), false);
    let mut chars = written.chars().peekable();
    while let Some(c) = chars.next() {
        out.push(c);
        match (c, chars.peek()) {
            ('"', _) => inside = !inside,
            ('\\', Some(next)) if inside && "0abtnvfre \"/\\N_LPxuU\t".contains(*next) => {
                out.extend(chars.next())
            }
            ('\\', _) if inside => out.push('\\'),
            _ => {}
        }
    }
    (out != written).then(|| replace(line.start, line.end, &out))
}

/// What was opened on a line is closed at its end.
fn closed(text: &str, line: Span) -> Option<Vec<Edit>> {
    let (mut open, mut quote, mut escaped) = (Vec::new(), None, false);
    let written = &text[line.start..line.end];
    for (at, c) in written.char_indices() {
        match quote {
            Some('"') if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some(mark) if c == mark => quote = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' if at == 0 || written[..at].ends_with([' ', '[', '{', ',', ':']) => {
                    quote = Some(c)
                }
                '[' => open.push(']'),
                '{' => open.push('}'),
                ']' | '}' if open.last() == Some(&c) => drop(open.pop()),
                '#' if written[..at].ends_with(' ') => break,
                _ => {}
            },
        }
    }
    let brackets: String = open.iter().rev().collect();
    match quote {
        // Brackets behind the text were meant to close what is around it.
        Some(mark) => {
            let inner = written.trim_end_matches([']', '}', ' ']).len();
            let tail = if open.is_empty() { 0 } else { written.len() - inner };
            let at = line.end - tail;
            let missing = if tail == 0 { &*brackets } else { "" };
            Some(vec![replace(at, at, &format!("{mark}{missing}"))])
        }
        None if brackets.is_empty() => None,
        None => {
            let space = if brackets.starts_with('}') && written.contains("{ ") { " " } else { "" };
            Some(vec![replace(line.end, line.end, &format!("{space}{brackets}"))])
        }
    }
}

/// `key:value` and `key` alone become `key: value` and `key:`.
fn colon(text: &str, line: Span) -> Option<Edit> {
    let written = &text[line.start..line.end];
    let from = written.len() - written.trim_start_matches([' ', '-']).len();
    let rest = &written[from..];
    let key = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap_or(rest.len());
    let at = line.start + from + key;
    if key == 0 {
        return None;
    }
    match rest[key..].chars().next() {
        None => Some(replace(at, at, ":")),
        Some(':') if !rest[key + 1..].starts_with([' ', '\t']) && rest.len() > key + 1 => {
            Some(replace(at + 1, at + 1, " "))
        }
        Some('=') => Some(replace(at, at + 1, ": ")),
        Some(' ') if rest[key..].trim_start().starts_with(":") => None,
        _ => None,
    }
}

/// The line in the columns of those around it.
fn indented(text: &str, line: Span) -> Vec<Edit> {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let own = indent(&text[line.start..line.end]);
    let mut columns: Vec<usize> = Vec::new();
    for other in lines_before(text, line.start).into_iter().skip(1).take(6) {
        let written = &text[other.start..other.end];
        let column = indent(written);
        columns.push(column);
        if written[column..].starts_with("- ") {
            columns.push(column + 2);
        }
        if written.ends_with(':') {
            columns.push(column + 2);
        }
    }
    columns.sort_by_key(|column| column.abs_diff(own));
    columns.dedup();
    let other = columns.into_iter().filter(|column| *column != own);
    other.map(|column| replace(line.start, line.start + own, &" ".repeat(column))).collect()
}
