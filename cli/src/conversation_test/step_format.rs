//! The steps of a conversation test, as they stand in its file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use regex::Regex;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::format::{Pattern, Place, SentFile};
use crate::pause::Pause;

/// One step. The table in [`super::format`] says what each means.
#[derive(Debug)]
pub(crate) enum Step {
    User(String),
    Answer(String),
    Choose(String),
    Digits(String),
    Silence,
    Location(Place),
    File(SentFile),
    Bot(Expected),
    Wait(Pause),
    HangUp,
    Page(Vec<String>),
    PageDigits(bool),
    Calls(Vec<(Pattern, u32)>),
    Variables(BTreeMap<String, Option<String>>),
    Ended(bool),
}

const KINDS: [&str; 15] = [
    "user",
    "answer",
    "choose",
    "digits",
    "silence",
    "location",
    "file",
    "bot",
    "wait",
    "hangup",
    "page",
    "page_digits",
    "calls",
    "variables",
    "ended",
];

/// What the bot is to say.
#[derive(Debug, Default)]
pub(crate) struct Expected {
    text: Option<String>,
    contains: Vec<String>,
    matches: Option<Regex>,
    options: Option<Vec<String>>,
}

impl Expected {
    /// A whole text.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..Self::default() }
    }

    /// Whether a message is what is expected: its text, its one-line form, and the labels of its choices.
    pub(crate) fn fits(&self, text: &str, line: &str, labels: &[&str]) -> bool {
        self.text.as_deref().is_none_or(|expected| same(expected, text) || same(expected, line))
            && self.contains.iter().all(|part| line.contains(part.as_str()) || text.contains(part.as_str()))
            && self.matches.as_ref().is_none_or(|regex| regex.is_match(text) || regex.is_match(line))
            && self.options.as_ref().is_none_or(|options| options.iter().eq(labels.iter()))
    }

    /// What is expected, as one line to compare by eye.
    pub(crate) fn shown(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.text.as_deref().map(|text| text.trim_end().replace('\n', " ⏎ ")));
        parts.extend(self.contains.iter().map(|part| format!("… {part} …")));
        parts.extend(self.matches.iter().map(|regex| format!("/{regex}/")));
        if let Some(options) = &self.options {
            parts.extend(options.iter().enumerate().map(|(at, label)| format!("[{}] {label}", at + 1)));
        }
        parts.join(" ")
    }
}

/// White space at the end of lines cannot be seen, so it is not compared.
fn same(expected: &str, actual: &str) -> bool {
    expected.trim_end().lines().map(str::trim_end).eq(actual.trim_end().lines().map(str::trim_end))
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct StepVisitor;

        impl<'de> Visitor<'de> for StepVisitor {
            type Value = Step;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a step such as `user: hi` or `bot: Hello.`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Step, E> {
                let (kind, value) = text.split_once(':').unwrap_or((text, ""));
                let value = value.trim();
                Ok(match kind.trim() {
                    "user" => Step::User(value.to_owned()),
                    "answer" => Step::Answer(value.to_owned()),
                    "choose" => Step::Choose(value.to_owned()),
                    "digits" => Step::Digits(value.to_owned()),
                    "bot" => Step::Bot(Expected::text(value)),
                    "wait" => Step::Wait(value.parse().map_err(E::custom)?),
                    "hangup" => Step::HangUp,
                    "silence" => Step::Silence,
                    "ended" => Step::Ended(true),
                    other => return Err(no_such_step(other)),
                })
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Step, A::Error> {
                let Some(kind) = map.next_key::<String>()? else {
                    return Err(A::Error::custom(
                        "a step has one key that says what happens, such as `user`",
                    ));
                };
                let step = match kind.as_str() {
                    "user" => Step::User(map.next_value()?),
                    "answer" => Step::Answer(map.next_value()?),
                    "choose" => Step::Choose(map.next_value()?),
                    "digits" => Step::Digits(map.next_value()?),
                    "silence" => only_true("silence", map.next_value()?).map(|()| Step::Silence)?,
                    "location" => Step::Location(map.next_value()?),
                    "file" => Step::File(map.next_value()?),
                    "bot" => Step::Bot(map.next_value()?),
                    "wait" => Step::Wait(map.next_value::<String>()?.parse().map_err(A::Error::custom)?),
                    "hangup" => only_true("hangup", map.next_value()?).map(|()| Step::HangUp)?,
                    "page" => Step::Page(map.next_value()?),
                    "page_digits" => Step::PageDigits(map.next_value()?),
                    "calls" => {
                        let counts: BTreeMap<String, u32> = map.next_value()?;
                        let counts = counts.into_iter().map(|(on, count)| Ok((on.parse()?, count)));
                        Step::Calls(
                            counts
                                .collect::<Result<_, super::stub_format::PatternError>>()
                                .map_err(A::Error::custom)?,
                        )
                    }
                    "variables" => Step::Variables(map.next_value()?),
                    "ended" => Step::Ended(map.next_value()?),
                    other => return Err(no_such_step(other)),
                };
                match map.next_key::<String>()? {
                    None => Ok(step),
                    Some(second) => Err(A::Error::custom(format_args!(
                        "a step has one key, and this one has `{kind}` and `{second}`; begin a new line with `- {second}:`"
                    ))),
                }
            }
        }

        deserializer.deserialize_any(StepVisitor)
    }
}

fn only_true<E: serde::de::Error>(key: &str, value: bool) -> Result<(), E> {
    if value { Ok(()) } else { Err(E::custom(format_args!("`{key}` can only be true; leave the step out"))) }
}

fn no_such_step<E: serde::de::Error>(kind: &str) -> E {
    let kind = kind.trim();
    E::custom(format_args!("there is no step `{kind}`; did you mean one of {}?", KINDS.join(", ")))
}

/// One text or several.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ExpectedVisitor;

        impl<'de> Visitor<'de> for ExpectedVisitor {
            type Value = Expected;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("what the bot says: a text (in quotes when it is a number), or `text`, `contains`, `matches`, `options`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Expected, E> {
                Ok(Expected::text(text))
            }

            fn visit_bool<E: serde::de::Error>(self, truth: bool) -> Result<Expected, E> {
                Ok(Expected::text(truth.to_string()))
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Expected, E> {
                Ok(Expected::text(number.to_string()))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Expected, E> {
                Ok(Expected::text(number.to_string()))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Expected, A::Error> {
                let mut expected = Expected::default();
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "text" => expected.text = Some(map.next_value()?),
                        "contains" => {
                            expected.contains = match map.next_value()? {
                                Texts::One(text) => vec![text],
                                Texts::Many(texts) => texts,
                            }
                        }
                        "matches" => {
                            let source: String = map.next_value()?;
                            expected.matches = Some(Regex::new(&source).map_err(|_| {
                                A::Error::custom(format_args!("`{source}` is not a regular expression"))
                            })?);
                        }
                        "options" => expected.options = Some(map.next_value()?),
                        other => {
                            return Err(A::Error::custom(format_args!(
                                "`bot` has no `{other}`; it has text, contains, matches and options"
                            )));
                        }
                    }
                }
                if expected.shown().is_empty() && expected.options.is_none() && expected.text.is_none() {
                    return Err(A::Error::custom("`bot` says nothing about what is expected"));
                }
                Ok(expected)
            }
        }

        deserializer.deserialize_any(ExpectedVisitor)
    }
}

impl JsonSchema for Step {
    fn schema_name() -> Cow<'static, str> {
        "Step".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = || json_schema!({ "type": ["string", "number"] });
        let only_true = || json_schema!({ "const": true });
        let shapes = [
            ("user", text(), "The user writes it, or says it on a phone call."),
            ("answer", text(), "The user types the answer of that name, which no output shows."),
            ("choose", text(), "The user taps the choice, or presses its number on a phone."),
            ("digits", text(), "Keys of a phone."),
            ("silence", only_true(), "Nothing is said or pressed in time."),
            ("location", generator.subschema_for::<Place>(), "The user sends a place."),
            ("file", generator.subschema_for::<SentFile>(), "The user sends a file."),
            ("bot", generator.subschema_for::<Expected>(), "The bot says it."),
            ("wait", text(), "The clock moves on: 90s, 20m, 1h30m, 2d."),
            ("hangup", only_true(), "The caller hangs up."),
            (
                "page",
                json_schema!({ "type": "array", "items": { "type": "string" } }),
                "The user posts the login page: the names of the answers, question by question.",
            ),
            (
                "page_digits",
                json_schema!({ "type": "boolean" }),
                "The user types the digits that the login page shows; `false`: wrong ones.",
            ),
            (
                "calls",
                json_schema!({ "type": "object", "additionalProperties": { "type": "integer", "minimum": 0 } }),
                "How often a service has been called since the test began.",
            ),
            ("variables", json_schema!({ "type": "object" }), "What variables hold; null for nothing."),
            ("ended", json_schema!({ "type": "boolean" }), "Whether nothing is under way any more."),
        ];
        let mut properties = serde_json::Map::new();
        for (key, schema, meaning) in shapes {
            let mut schema = schema;
            schema.insert("description".to_owned(), meaning.into());
            properties.insert(key.to_owned(), schema.to_value());
        }
        json_schema!({
            "anyOf": [
                { "type": "string", "pattern": "^(user|answer|choose|digits|bot|wait|hangup|silence|ended)\\s*(:|$)" },
                { "type": "object", "properties": properties, "additionalProperties": false, "minProperties": 1, "maxProperties": 1 },
            ]
        })
    }
}

impl JsonSchema for Expected {
    fn schema_name() -> Cow<'static, str> {
        "Expected".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let texts = generator.subschema_for::<Texts>();
        json_schema!({
            "anyOf": [
                { "type": ["string", "integer"] },
                {
                    "type": "object",
                    "properties": {
                        "text": { "type": "string", "description": "The whole text." },
                        "contains": texts,
                        "matches": { "type": "string", "description": "A regular expression.", "format": "regex" },
                        "options": { "type": "array", "items": { "type": "string" }, "description": "The labels of the choices." },
                    },
                    "additionalProperties": false,
                    "minProperties": 1,
                },
            ]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expected(yaml: &str) -> Expected {
        serde_saphyr::from_str(yaml).unwrap()
    }

    #[test]
    fn a_whole_text_is_compared_but_for_unseen_space() {
        let text = expected("\"Hello.\\nThere.\"");
        assert!(text.fits("Hello. \nThere.\n", "Hello. ⏎ There.", &[]));
        assert!(!text.fits("Hello.\nthere.", "Hello. ⏎ there.", &[]));
        assert!(!expected("Hello").fits("Hello there", "Hello there", &[]));
    }

    #[test]
    fn choices_are_compared_when_named() {
        let line = "Which? [1] One [2] Two";
        assert!(expected("Which?").fits("Which?", line, &["One", "Two"]));
        assert!(expected("\"Which? [1] One [2] Two\"").fits("Which?", line, &["One", "Two"]));
        assert!(expected("{ text: Which?, options: [One, Two] }").fits("Which?", line, &["One", "Two"]));
        assert!(!expected("{ text: Which?, options: [Two, One] }").fits("Which?", line, &["One", "Two"]));
        assert!(!expected("{ options: [One] }").fits("Which?", line, &["One", "Two"]));
    }

    #[test]
    fn parts_and_patterns() {
        assert!(expected("{ contains: [a, c] }").fits("abc", "abc", &[]));
        assert!(!expected("{ contains: [a, d] }").fits("abc", "abc", &[]));
        assert!(expected("{ matches: '^[0-9]+$' }").fits("12", "12", &[]));
        assert!(!expected("{ matches: '^[0-9]+$' }").fits("12.", "12.", &[]));
    }

    #[test]
    fn every_kind_is_in_the_schema() {
        let schema = schemars::schema_for!(Step).to_value().to_string();
        for kind in KINDS {
            assert!(schema.contains(&format!("\"{kind}\":")), "{kind}");
        }
    }
}
