//! Keys that stand twice in one object. RFC 8259 §4 leaves open which of them counts, and readers differ: a value behind
//! such a key could be one for the auth service and another one here.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The keys that stand twice in any object of a JSON text.
pub(super) fn twice(text: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut json = serde_json::Deserializer::from_str(text);
    // What is no JSON is told elsewhere.
    let _ = Walk { found: &mut found }.deserialize(&mut json);
    found
}

struct Walk<'a> {
    found: &'a mut HashSet<String>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key::<String>()? {
            map.next_value_seed(Walk { found: &mut *self.found })?;
            if !seen.insert(key.clone()) {
                self.found.insert(key);
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Walk { found: &mut *self.found })?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_keys_that_stand_twice_in_one_object() {
        let found = |text| {
            let mut keys: Vec<_> = twice(text).into_iter().collect();
            keys.sort();
            keys
        };
        assert_eq!(found(r#"{"token":"a","token":"b"}"#), ["token"]);
        assert_eq!(
            found(r#"[{"a":{"b":1.5,"b":[true,null]}},{"c":{},"c":12345678901234567890123}]"#),
            ["b", "c"]
        );
        assert_eq!(found(r#"{"a":{"x":1},"b":{"x":2}}"#), [""; 0]);
        assert_eq!(found("not JSON"), [""; 0]);
    }
}
