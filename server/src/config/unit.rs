//! Spans of time and sizes as an operator writes them.

use std::time::Duration;

/// `250ms`, `10s`, `15m`, `48h` or `30d`.
pub(super) fn span(text: &str) -> Option<Duration> {
    let (number, unit) = split(text)?;
    let seconds = |each: u64| number.checked_mul(each).map(Duration::from_secs);
    match unit {
        "ms" => Some(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3600),
        "d" => seconds(24 * 3600),
        _ => None,
    }
}

/// `512 B`, `64 KiB` or `3 MiB`, in bytes.
pub(super) fn size(text: &str) -> Option<usize> {
    let (number, unit) = split(text)?;
    let each = match unit {
        "B" => 1,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        _ => return None,
    };
    usize::try_from(number.checked_mul(each)?).ok()
}

fn split(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    Some((number.parse().ok()?, unit.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_a_unit() {
        for (text, seconds) in [("10s", 10), ("15m", 900), (" 2 h ", 7200), ("30d", 30 * 86_400)] {
            assert_eq!(span(text), Some(Duration::from_secs(seconds)), "{text}");
        }
        assert_eq!(span("250ms"), Some(Duration::from_millis(250)));
        for wrong in
            ["", "10", "s", "1.5h", "-1s", "10 sec", "99999999999999999999d", "18446744073709551615d"]
        {
            assert_eq!(span(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn sizes_have_a_unit() {
        for (text, bytes) in [("512 B", 512), ("64KiB", 65_536), ("3 MiB", 3_145_728)] {
            assert_eq!(size(text), Some(bytes), "{text}");
        }
        for wrong in ["", "3", "3MB", "MiB", "18446744073709551615 MiB"] {
            assert_eq!(size(wrong), None, "{wrong}");
        }
    }
}
