//! The parts of Meta's JSON that every webhook has.

use std::borrow::Cow;
use std::ops::Deref;

use countersign_model::Timestamp;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json;

/// What stands around every webhook.
#[derive(Deserialize)]
pub(crate) struct Envelope<'a, E> {
    /// The product that it is of.
    #[serde(borrow)]
    pub(crate) object: Str<'a>,
    /// One for each account.
    pub(crate) entry: Vec<E>,
}

/// A text that is borrowed when nothing in it is escaped. (serde copies an `Option<Cow<str>>` always.)
#[derive(Deserialize)]
pub(crate) struct Str<'a>(#[serde(borrow)] pub(crate) Cow<'a, str>);

impl Deref for Str<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// Reads each part of a list; those that cannot be read are counted.
pub(crate) fn each<'a, T: Deserialize<'a>>(parts: Vec<&'a RawValue>, skipped: &mut usize) -> Vec<T> {
    let read = parts.into_iter().filter_map(|part| {
        let part = serde_json::from_str(part.get()).ok();
        *skipped += usize::from(part.is_none());
        part
    });
    read.collect()
}

/// A moment as Meta tells it: seconds or milliseconds since 1970, a number or a text.
pub(crate) fn moment(raw: &RawValue) -> Option<Timestamp> {
    /// As seconds it would be in the year 33658.
    const FIRST_IN_MILLISECONDS: i64 = 1_000_000_000_000;
    let number: i64 = raw.get().trim_matches('"').parse().ok().filter(|number| *number > 0)?;
    Some(if number >= FIRST_IN_MILLISECONDS {
        Timestamp::from_micros(number.saturating_mul(1000))
    } else {
        Timestamp::from_secs(number)
    })
}

/// A degree with the digits that the user's phone gave it, a number or a text.
pub(crate) fn coordinate(raw: &RawValue) -> Option<String> {
    let text = raw.get().trim_matches('"');
    text.parse::<f64>().ok().filter(|degrees| degrees.is_finite())?;
    Some(text.to_owned())
}

/// A text that a database takes.
pub(crate) fn clean(text: &str) -> String {
    json::text(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn moments_come_in_seconds_and_milliseconds_as_numbers_and_texts() {
        for text in ["1790000001", "\"1790000001\"", "1790000001000", "\"1790000001000\""] {
            assert_eq!(moment(&raw(text)), Some(Timestamp::from_secs(1_790_000_001)), "{text}");
        }
        for text in ["null", "\"\"", "0", "-5", "1.5", "{}", "\"yesterday\"", "99999999999999999999"] {
            assert_eq!(moment(&raw(text)), None, "{text}");
        }
    }

    #[test]
    fn degrees_keep_their_digits() {
        assert_eq!(coordinate(&raw("-0.180")).as_deref(), Some("-0.180"));
        assert_eq!(coordinate(&raw("\"52.1\"")).as_deref(), Some("52.1"));
        for text in ["null", "\"north\"", "1e999", "[]", "\"NaN\""] {
            assert_eq!(coordinate(&raw(text)), None, "{text}");
        }
    }
}
