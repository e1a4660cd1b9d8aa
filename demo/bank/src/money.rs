use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Number, Value};

/// An amount of money in hundredths of a euro. As JSON it is a number with two places: `1234.50`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cents(pub(crate) i64);

impl Cents {
    /// Reads an amount that somebody wants to move: a JSON number or a text, more than zero, two places at most.
    pub(crate) fn positive(value: &Value) -> Option<Self> {
        let text = match value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            _ => return None,
        };
        let (whole, places) = text.split_once('.').unwrap_or((&text, "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(places) || whole.len() > 12 || places.len() > 2 {
            return None;
        }
        let cents: i64 = format!("{whole}{places:0<2}").parse().ok()?;
        (cents > 0).then_some(Self(cents))
    }
}

impl fmt::Display for Cents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, cents) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl Serialize for Cents {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let number: Number = self.to_string().parse().map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_keeps_both_places() {
        for (cents, json) in [(123_450, "1234.50"), (-5, "-0.05"), (0, "0.00"), (-123_456, "-1234.56")] {
            assert_eq!(serde_json::to_string(&Cents(cents)).unwrap(), json);
        }
    }

    #[test]
    fn reads_what_people_mean() {
        for (json, cents) in
            [("12.5", 1250), ("12", 1200), ("\"12.50\"", 1250), ("\" 7 \"", 700), ("0.01", 1)]
        {
            let value = serde_json::from_str(json).unwrap();
            assert_eq!(Cents::positive(&value), Some(Cents(cents)), "{json}");
        }
    }

    #[test]
    fn refuses_what_is_no_amount() {
        for json in [
            "0",
            "-1",
            "1e3",
            "1.234",
            "\"1,50\"",
            "\"\"",
            "\".5\"",
            "\"5.\"",
            "null",
            "true",
            "[1]",
            "9999999999999",
            "\"+5\"",
            "\"٣\"",
        ] {
            let value = serde_json::from_str(json).unwrap();
            assert_eq!(Cents::positive(&value), None, "{json}");
        }
    }
}
