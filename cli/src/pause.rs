//! Spans of time as a person writes them: `90s`, `20m`, `1h30m`, `2d`; a bare number is seconds, as in bot files.

use std::str::FromStr;
use std::time::Duration;

/// A span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pause(pub(crate) Duration);

/// A text that is no span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PauseError {
    /// It cannot be read.
    #[error("`{0}` is not a span of time; write it as 90s, 20m, 1h30m or 2d")]
    Unreadable(String),
    /// It is longer than the clock can be moved.
    #[error("`{0}` is too long; at most 10 years")]
    TooLong(String),
}

const MOST: u64 = 10 * 365 * 24 * 3600;

impl FromStr for Pause {
    type Err = PauseError;

    fn from_str(text: &str) -> Result<Self, PauseError> {
        let unreadable = || PauseError::Unreadable(text.to_owned());
        let mut seconds = 0u64;
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(unreadable());
        }
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u64 = rest[..digits].parse().map_err(|_| unreadable())?;
            rest = rest[digits..].trim_start();
            let letters = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            let alone = digits == text.trim().len();
            let unit = match &rest[..letters] {
                "" if alone => 1,
                "s" | "sec" | "second" | "seconds" => 1,
                "m" | "min" | "minute" | "minutes" => 60,
                "h" | "hour" | "hours" => 3600,
                "d" | "day" | "days" => 24 * 3600,
                _ => return Err(unreadable()),
            };
            seconds = number
                .checked_mul(unit)
                .and_then(|more| seconds.checked_add(more))
                .filter(|sum| *sum <= MOST)
                .ok_or_else(|| PauseError::TooLong(text.to_owned()))?;
            rest = rest[letters..].trim_start();
        }
        Ok(Self(Duration::from_secs(seconds)))
    }
}

/// The span as a person reads it: `1 h 30 min`.
pub(crate) fn in_words(span: Duration) -> String {
    let seconds = span.as_secs();
    if seconds == 0 {
        return format!("{} ms", span.as_millis());
    }
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let words: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Result<u64, PauseError> {
        text.parse::<Pause>().map(|pause| pause.0.as_secs())
    }

    #[test]
    fn reads_what_a_person_writes() {
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("90"), Ok(90));
        assert_eq!(seconds("20m"), Ok(1200));
        assert_eq!(seconds(" 1h30m "), Ok(5400));
        assert_eq!(seconds("1 hour 5 min"), Ok(3900));
        assert_eq!(seconds("2d"), Ok(172_800));
    }

    #[test]
    fn refuses_the_rest() {
        for bad in ["", "m", "1h30", "20x", "-5m", "1.5h", "5 m x", "20µ", "99999999999999999999s"] {
            assert_eq!(seconds(bad), Err(PauseError::Unreadable(bad.to_owned())), "{bad}");
        }
        assert_eq!(seconds("4000d"), Err(PauseError::TooLong("4000d".to_owned())));
        assert_eq!(
            seconds("18446744073709551615d"),
            Err(PauseError::TooLong("18446744073709551615d".to_owned()))
        );
        assert_eq!(
            seconds("soon").unwrap_err().to_string(),
            "`soon` is not a span of time; write it as 90s, 20m, 1h30m or 2d"
        );
    }

    #[test]
    fn is_said_in_words() {
        assert_eq!(in_words(Duration::from_secs(900)), "15 min");
        assert_eq!(in_words(Duration::from_secs(5401)), "1 h 30 min 1 s");
        assert_eq!(in_words(Duration::from_millis(12)), "12 ms");
    }
}
