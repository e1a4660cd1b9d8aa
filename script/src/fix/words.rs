//! What an author most likely meant with a word that cannot stand where it stands.

use regex::Regex;
use serde_json::{Number, Value};

use crate::path::Path;

/// Yes and no, as people write them.
pub(crate) fn truth(word: &str) -> Option<bool> {
    match word.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "on" | "1" | "enabled" | "si" | "sí" => Some(true),
        "false" | "no" | "n" | "off" | "0" | "disabled" => Some(false),
        _ => None,
    }
}

/// Seconds, as people write times: `15m`, `1.5 hours`, `PT15M`, `00:15:00`, `3,600`, `900.0`, `-900`.
pub(crate) fn seconds(word: &str) -> Option<f64> {
    let word = word.trim().to_lowercase();
    let word = word.strip_prefix('-').unwrap_or(&word).trim();
    if let Some(iso) = word.strip_prefix('p') {
        return parts(&iso.replace('t', " "));
    }
    if word.contains(':') {
        let all: Option<Vec<f64>> = word.split(':').map(|part| part.trim().parse::<f64>().ok()).collect();
        return all
            .filter(|all| (2..=3).contains(&all.len()))
            .map(|all| all.iter().fold(0.0, |sum, part| sum * 60.0 + part));
    }
    parts(word)
}

/// `1h 30m`
fn parts(text: &str) -> Option<f64> {
    let (mut rest, mut sum, mut some) = (text.trim(), 0.0, false);
    while !rest.is_empty() {
        let end = rest
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '_' | '\'')))
            .unwrap_or(rest.len());
        let count = number(&rest[..end])?;
        rest = rest[end..].trim_start();
        let end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
        let unit = match &rest[..end] {
            "" | "s" | "sec" | "secs" | "second" | "seconds" | "segundo" | "segundos" => 1.0,
            "ms" | "millisecond" | "milliseconds" => 0.001,
            "m" | "min" | "mins" | "minute" | "minutes" | "minuto" | "minutos" => 60.0,
            "h" | "hr" | "hrs" | "hour" | "hours" | "hora" | "horas" => 3_600.0,
            "d" | "day" | "days" | "día" | "días" | "dia" | "dias" => 86_400.0,
            "w" | "week" | "weeks" | "semana" | "semanas" => 604_800.0,
            _ => return None,
        };
        sum += count * unit;
        some = true;
        rest = rest[end..].trim_start_matches(|c: char| c.is_whitespace() || c == ',');
    }
    some.then_some(sum)
}

/// A number with the marks that people put into it: `3,600`, `1_000`, `1'000`, `12,5`.
pub(crate) fn number(word: &str) -> Option<f64> {
    let word = word.trim();
    let thousands = |mark: char| {
        let mut groups = word.split(mark);
        let first = groups.next().unwrap_or("");
        (1..=3).contains(&first.len()) && word.contains(mark) && groups.all(|group| group.len() == 3)
    };
    let plain = match word {
        word if thousands(',') => word.replace(',', ""),
        word if thousands('\'') => word.replace('\'', ""),
        word => word.replace('_', "").replace(',', "."),
    };
    let good =
        plain.starts_with(|c: char| c.is_ascii_digit() || c == '-') && !plain.contains(['x', 'n', 'i']);
    plain.parse::<f64>().ok().filter(|number| good && number.is_finite())
}

/// A number without `.0` behind it.
pub(crate) fn as_json(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

/// Words that mean one of the known ones, though they are not spelt alike.
pub(crate) fn synonym(word: &str) -> Option<&'static str> {
    Some(match word.trim().to_lowercase().replace(['-', ' '], "_").as_str() {
        "string" | "str" | "any" | "free_text" | "texto" => "text",
        "int" | "integer" | "float" | "decimal" | "amount" | "numeric" | "número" => "number",
        "mail" | "email_address" | "e_mail" | "correo" => "email",
        "phone_number" | "tel" | "telephone" | "mobile_number" => "phone",
        "pin" | "numbers" => "digits",
        "otp" | "one_time_code" => "code",
        "uri" | "link" => "url",
        "place" | "coordinates" => "location",
        "attachment" | "upload" => "file",
        "select" | "options" | "choices" | "enum" => "choice",
        "regex" | "regexp" => "pattern",
        "facebook" | "facebook_messenger" | "fb" => "messenger",
        "insta" | "ig" => "instagram",
        "wa" | "whats_app" => "whatsapp",
        "voice" | "call" | "telephony" | "pstn" => "phone",
        "webchat" | "web_chat" | "website" | "widget" => "web",
        "app" | "ios" | "android" => "mobile",
        "application/json" => "json",
        "application/x_www_form_urlencoded" | "urlencoded" | "form_data" => "form",
        "page" | "secure" | "login_page" => "secure_page",
        "chat" | "inline" => "in_chat",
        "user" | "customer" => "contact",
        "start" | "first" | "welcome" => "first_message",
        "default" | "else" | "no_match" | "other" => "fallback",
        "picture" | "photo" | "img" => "image",
        "sound" | "recording" => "audio",
        "film" => "video",
        "pdf" | "doc" => "document",
        "agent" | "human" | "operator" | "support" | "persona" => "person",
        _ => return None,
    })
}

/// A key that is known and begins with the word that was written: `expires_in` for `expires_in_path`.
pub(crate) fn longer<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let word = word.to_lowercase().replace('-', "_");
    let begin = |key: &&&str| key.strip_prefix(&*word).is_some_and(|rest| rest.starts_with('_'));
    let mut all = known.iter().filter(begin);
    match (all.next(), all.next()) {
        (Some(only), None) if word.len() > 3 => Some(only),
        _ => None,
    }
}

/// The tag of a language that was written by its name or with `_`.
pub(crate) fn language(word: &str) -> Option<String> {
    let tag = match word.trim().to_lowercase().as_str() {
        "english" | "inglés" | "ingles" => "en",
        "spanish" | "español" | "espanol" | "castellano" => "es",
        "german" | "deutsch" => "de",
        "french" | "français" | "francais" => "fr",
        "portuguese" | "português" | "portugues" => "pt",
        "italian" | "italiano" => "it",
        other if other.contains('_') => return Some(word.trim().replace('_', "-")),
        _ => return None,
    };
    Some(tag.to_owned())
}

/// A path that can be read and means what one that cannot must mean.
pub(crate) fn path(text: &str) -> Option<String> {
    let text = text.trim();
    let dotted =
        text.trim_matches('.').split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    let pointer = text.trim_matches('/').replace('/', ".");
    let rooted = format!("$.{}", text.trim_start_matches(['$', '.']));
    let quoted: String =
        text.split('.').map(|part| format!("['{}']", part.trim().replace('\'', "\\'"))).collect();
    let slashes = text.contains('/').then_some(pointer);
    let quoted = (!text.contains(['[', ']', '/', '$', '?'])).then(|| format!("${quoted}"));
    let all = [slashes, Some(dotted), Some(rooted), quoted];
    all.into_iter().flatten().find(|path| path != text && !path.is_empty() && Path::parse(path).is_ok())
}

/// A URL that begins as one, when it is clear which host is meant.
pub(crate) fn url(text: &str) -> Option<String> {
    let trimmed = text.trim();
    let rest = match trimmed.split_once(':') {
        Some((scheme, rest)) if rest.starts_with('/') => {
            let near = crate::suggest::nearest(scheme, ["https", "http"])?;
            let rest = rest.trim_start_matches('/');
            return is_host(rest).then(|| format!("{near}://{rest}")).filter(|better| better != text);
        }
        _ => trimmed.trim_start_matches('/'),
    };
    is_host(rest).then(|| format!("https://{rest}"))
}

fn is_host(text: &str) -> bool {
    let host = text.split(['/', '?', '#', ':']).next().unwrap_or("");
    (host.contains('.') || host == "localhost")
        && !host.starts_with('.')
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'))
}

/// A URL without what is never sent.
pub(crate) fn without_fragment(text: &str) -> Option<String> {
    text.split_once('#').map(|(url, _)| url.trim_end().to_owned()).filter(|url| !url.is_empty())
}

/// A regular expression without the marks that other languages put around it, or with a sign that was meant as such.
pub(crate) fn pattern(text: &str) -> Option<String> {
    let good = |text: &String| Regex::new(text).is_ok();
    let delimited = text.strip_prefix('/').and_then(|rest| {
        let (inner, flags) = rest.rsplit_once('/')?;
        let flags: String = flags.chars().filter(|c| matches!(c, 'i' | 'm' | 's' | 'x')).collect();
        Some(if flags.is_empty() { inner.to_owned() } else { format!("(?{flags}){inner}") })
    });
    let literal = text.starts_with(['+', '*', '?']).then(|| format!("\\{text}"));
    [delimited, literal].into_iter().flatten().find(good)
}

/// An expression in which signs of other languages are those of CEL, outside its texts.
pub(crate) fn expression(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut quote = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(open) = quote {
            if c == open {
                quote = None;
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let word_before = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let other = [("AND", "&&"), ("and", "&&"), ("OR", "||"), ("or", "||"), ("NOT ", "!"), ("not ", "!")];
        let word = other.iter().find(|(word, _)| {
            let after = rest.get(word.len()..).unwrap_or("");
            rest.starts_with(word)
                && !word_before
                && (word.ends_with(' ') || !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        });
        let sign = [
            ("===", "=="),
            ("!==", "!="),
            ("<>", "!="),
            ("==", "=="),
            ("!=", "!="),
            ("<=", "<="),
            (">=", ">="),
            ("&&", "&&"),
            ("||", "||"),
            ("=", "=="),
            ("&", "&&"),
            ("|", "||"),
            ("“", "\""),
            ("”", "\""),
            ("’", "'"),
            ("‘", "'"),
        ];
        if let Some((from, to)) = word.or_else(|| sign.iter().find(|(sign, _)| rest.starts_with(sign))) {
            out.push_str(to);
            rest = &rest[from.len()..];
        } else if c == '{'
            && rest[1..].find('}').is_some_and(|end| crate::placeholder::is_variable(rest[1..=end].trim()))
        {
            let end = rest.find('}').unwrap_or(rest.len() - 1);
            out.push_str(rest[1..end].trim());
            rest = &rest[end + 1..];
        } else {
            if matches!(c, '"' | '\'') {
                quote = Some(c);
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    let out = out.trim().trim_end_matches(';').to_owned();
    (out != text && cel::Program::compile(&out).is_ok()).then_some(out)
}

/// A name for a header or a variable, with `between` in the place of what cannot stand in it.
pub(crate) fn name(text: &str, between: &str) -> String {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    text.split(|c: char| !good(c)).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(between)
}

/// The value of a header without what people paste along: line breaks at its ends, and typographic quotes and dashes.
pub(crate) fn header(text: &str) -> Option<String> {
    let plain: String = text
        .trim()
        .chars()
        .map(|c| match c {
            '“' | '”' | '„' => '"',
            '‘' | '’' => '\'',
            '–' | '—' => '-',
            '\u{a0}' => ' ',
            c => c,
        })
        .filter(|c| !matches!(c, '\u{200b}' | '\u{feff}'))
        .collect();
    let good = plain.bytes().all(|byte| matches!(byte, b'\t' | b' '..=b'~'));
    (good && plain != text && !plain.is_empty()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_people_write_them() {
        for (word, wanted) in [
            ("15m", 900.0),
            ("15 minutes", 900.0),
            ("1h", 3600.0),
            ("1h 30m", 5400.0),
            ("1 hour, 30 min", 5400.0),
            ("PT15M", 900.0),
            ("p1dt1h", 90_000.0),
            ("00:15:00", 900.0),
            ("15:00", 900.0),
            ("900", 900.0),
            ("900.0", 900.0),
            ("-900", 900.0),
            ("3,600", 3600.0),
            ("1.5h", 5400.0),
            ("2 días", 172_800.0),
            ("1_000", 1000.0),
        ] {
            assert_eq!(seconds(word), Some(wanted), "{word}");
        }
        for word in ["", "soon", "m", "15 parsecs", "1:2:3:4", "--5", "0x10", "nan", "inf"] {
            assert_eq!(seconds(word), None, "{word}");
        }
    }

    #[test]
    fn numbers_as_people_write_them() {
        for (word, wanted) in
            [("3", 3.0), ("3.0", 3.0), ("12,5", 12.5), ("1'000", 1000.0), ("-2", -2.0), ("1,000,000", 1e6)]
        {
            assert_eq!(number(word), Some(wanted), "{word}");
        }
        assert!(["", "three", "inf", "0x1", "1.2.3"].iter().all(|word| number(word).is_none()));
        assert_eq!((as_json(3.0).to_string(), as_json(2.5).to_string()), ("3".to_owned(), "2.5".to_owned()));
    }

    #[test]
    fn paths_urls_patterns_and_expressions() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(path("/data/token"), some("data.token"));
        assert_eq!(path("data..token."), some("data.token"));
        assert_eq!(path("first name"), some("$['first name']"));
        assert_eq!(path("$accounts[0]"), some("$.accounts[0]"));
        assert_eq!(path("$.a[?"), None);
        assert_eq!(url("api.example.com/x"), some("https://api.example.com/x"));
        assert_eq!(url("//api.example.com"), some("https://api.example.com"));
        assert_eq!(url("htps://api.example.com"), some("https://api.example.com"));
        assert_eq!(url("http:/api.example.com/x"), some("http://api.example.com/x"));
        assert_eq!(url("ftp://files.example"), None);
        assert_eq!(url("somewhere"), None);
        assert_eq!(pattern("/^[a-z]+$/i"), some("(?i)^[a-z]+$"));
        assert_eq!(pattern("+49[0-9]+"), some("\\+49[0-9]+"));
        assert_eq!(pattern("[0-9"), None);
        assert_eq!(expression("{x} = 5 and not y"), some("x == 5 && !y"));
        assert_eq!(expression("a <> 'b = c or d'"), some("a != 'b = c or d'"));
        assert_eq!(expression("1 +"), None);
        assert_eq!(header("Bearer x\n"), some("Bearer x"));
        assert_eq!(header("é"), None);
    }
}
