//! Numbers and dates as people write them.

/// A decimal number in plain digits (`1234.5`), from what a person writes in a language: `1,234.50`, `1.234,50`,
/// `€ 12`. `None` when it is none, or when it could be two different ones.
pub(crate) fn decimal(text: &str, language: &str) -> Option<String> {
    let text = text.trim().trim_matches(['€', '$', '£']).trim();
    let (sign, digits) = match text.strip_prefix('-').or_else(|| text.strip_prefix('\u{2212}')) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let plain: String = digits.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'')).collect();
    if plain.is_empty()
        || plain.len() > 40
        || !plain.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
    {
        return None;
    }
    let (whole, fraction) = split(&plain, language)?;
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let zero = whole == "0" && fraction.bytes().all(|b| b == b'0');
    let sign = if zero { "" } else { sign };
    Some(if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

/// Splits digits with points and commas into the whole part and the decimals.
fn split(text: &str, language: &str) -> Option<(String, String)> {
    let mark = match (text.rfind('.'), text.rfind(',')) {
        (None, None) => return Some((text.into(), String::new())),
        (Some(point), Some(comma)) => point.max(comma),
        (Some(at), None) | (None, Some(at)) => {
            let mark = char::from(text.as_bytes()[at]);
            let decimal_mark = if language.starts_with("en") { '.' } else { ',' };
            let groups = text.matches(mark).count() > 1 || (text.len() - at == 4 && mark != decimal_mark);
            if groups { text.len() } else { at }
        }
    };
    let (whole, fraction) = text.split_at(mark);
    let fraction = fraction.get(1..).unwrap_or("");
    if !fraction.bytes().all(|b| b.is_ascii_digit()) || (mark < text.len() && fraction.is_empty()) {
        return None;
    }
    let grouping: Vec<_> = whole.split(['.', ',']).collect();
    let grouped = grouping.len() > 1;
    let well = !grouped
        || ((1..=3).contains(&grouping[0].len()) && grouping[1..].iter().all(|group| group.len() == 3))
            && !(whole.contains('.') && whole.contains(','));
    well.then(|| (grouping.concat(), fraction.into()))
}

/// A calendar date as `2026-11-22`, from that form, `22.11.2026`, `22/11/2026` or, in American English,
/// `11/22/2026`.
pub(crate) fn date(text: &str, language: &str) -> Option<String> {
    let parts: Vec<&str> = text.trim().split(['-', '.', '/', ' ']).filter(|part| !part.is_empty()).collect();
    let [a, b, c] = parts[..] else { return None };
    if ![a, b, c].iter().all(|part| part.len() <= 4 && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let month_first = text.contains('/') && language.eq_ignore_ascii_case("en-us");
    let (year, month, day) = match (a.len(), c.len()) {
        (4, _) => (a, b, c),
        (_, 4) if month_first => (c, a, b),
        (_, 4) => (c, b, a),
        _ => return None,
    };
    let (year, month, day): (u32, u32, u32) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    (1..=days).contains(&day).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        let cases = [
            ("12", "en", Some("12")),
            ("007", "en", Some("7")),
            ("-0", "en", Some("0")),
            ("1,234.50", "en", Some("1234.50")),
            ("1.234,50", "es", Some("1234.50")),
            ("1,234", "en", Some("1234")),
            ("1,234", "es", Some("1.234")),
            ("1.234", "es", Some("1234")),
            ("1,5", "en", Some("1.5")),
            ("€ 12.50", "en", Some("12.50")),
            ("1 000 000", "fr", Some("1000000")),
            ("−3", "en", Some("-3")),
            ("1,23,456", "en", None),
            ("1.2.3", "en", None),
            ("12.", "en", None),
            (".", "en", None),
            ("abc", "en", None),
            ("1e5", "en", None),
            ("", "en", None),
        ];
        for (text, language, expected) in cases {
            assert_eq!(decimal(text, language).as_deref(), expected, "{text} in {language}");
        }
    }

    #[test]
    fn dates_as_people_write_them() {
        let cases = [
            ("2026-11-22", "en", Some("2026-11-22")),
            ("22.11.2026", "de", Some("2026-11-22")),
            ("1/2/2026", "en-GB", Some("2026-02-01")),
            ("1/2/2026", "en-US", Some("2026-01-02")),
            ("29.2.2024", "de", Some("2024-02-29")),
            ("29.2.2023", "de", None),
            ("29.2.1900", "de", None),
            ("2026-13-01", "en", None),
            ("tomorrow", "en", None),
            ("1.2.26", "de", None),
        ];
        for (text, language, expected) in cases {
            assert_eq!(date(text, language).as_deref(), expected, "{text} in {language}");
        }
    }
}
