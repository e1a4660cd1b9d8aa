//! Stubs of services, as they stand in the file of a conversation test.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_saphyr::Spanned;

/// What services answer.
#[derive(Debug)]
pub(crate) enum Services {
    /// They are called.
    Real,
    /// Stubs answer in their place.
    Stubs(Vec<Spanned<Stub>>),
}

impl Default for Services {
    fn default() -> Self {
        Self::Stubs(Vec::new())
    }
}

/// A service that answers without being there.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Stub {
    /// The request that it answers: `POST https://bank.example/login` or `POST /login`.
    #[schemars(with = "String")]
    pub(crate) on: Pattern,
    /// What the request must hold beside.
    #[serde(default)]
    pub(crate) with: With,
    /// What it answers. Default: status 200 without a body.
    pub(crate) answer: Option<Answer>,
    /// Does not answer.
    pub(crate) unreachable: Option<Unreachable>,
    /// Answers exactly so many times. Default: any number of times, at least once.
    pub(crate) times: Option<u32>,
    /// May stay unused.
    #[serde(default)]
    pub(crate) optional: bool,
}

/// What a request must hold. Fields that are not named here may have any value.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct With {
    /// Parameters of the query.
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
    /// Headers; upper and lower case of names are the same.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// Fields of a JSON body.
    pub(crate) json: Option<serde_json::Value>,
    /// Fields of a form.
    #[serde(default)]
    pub(crate) form: BTreeMap<String, String>,
    /// The whole body.
    pub(crate) text: Option<String>,
}

/// What a stub answers.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    /// The status. Default: 200.
    #[serde(default, deserialize_with = "status")]
    pub(crate) status: Option<u16>,
    /// Headers.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// A JSON body. For numbers whose digits matter (`12.50`) use `text`.
    pub(crate) json: Option<serde_json::Value>,
    /// A body as it is.
    pub(crate) text: Option<String>,
}

/// How a stub does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Unreachable {
    /// Nothing comes in time.
    Timeout,
    /// There is no connection.
    NoConnection,
}

/// A method and a URL in which `*` stands for any text without a `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pattern {
    method: Option<String>,
    url: String,
}

/// A text that is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PatternError {
    /// The method is none.
    #[error("`{0}` is no method; write GET, POST, PUT, PATCH or DELETE in front of the URL")]
    Method(String),
    /// The URL is neither whole nor a path.
    #[error(
        "`{0}` is no URL; write a whole one such as `https://bank.example/login`, or a path such as `/login`"
    )]
    Url(String),
}

impl FromStr for Pattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        let (method, url) = match text.split_once(char::is_whitespace) {
            Some((method, url)) => (Some(method.to_ascii_uppercase()), url.trim()),
            None => (None, text),
        };
        if let Some(method) = &method
            && !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str())
        {
            return Err(PatternError::Method(method.clone()));
        }
        let whole = url.starts_with("https://") || url.starts_with("http://");
        if !(whole || url.starts_with('/')) || url.contains(char::is_whitespace) {
            return Err(PatternError::Url(url.to_owned()));
        }
        Ok(Self { method, url: url.to_owned() })
    }
}

impl Pattern {
    /// Whether a request is meant.
    pub(crate) fn fits(&self, method: &str, url: &str) -> bool {
        let url = url.split('#').next().unwrap_or(url);
        let url = if self.url.contains('?') { url } else { url.split('?').next().unwrap_or(url) };
        let url = if self.url.starts_with('/') { path_of(url) } else { url };
        self.method.as_deref().is_none_or(|known| known.eq_ignore_ascii_case(method)) && wild(&self.url, url)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.method {
            Some(method) => write!(f, "{method} {}", self.url),
            None => f.write_str(&self.url),
        }
    }
}

fn status<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    match u16::deserialize(deserializer)? {
        status @ 200..=599 => Ok(Some(status)),
        other => {
            Err(serde::de::Error::custom(format_args!("{other} is no status of an answer; use 200 to 599")))
        }
    }
}

/// The URL from its path on.
pub(crate) fn path_of(url: &str) -> &str {
    let host = url.find("://").map_or(0, |at| at + 3);
    url[host..].find('/').map_or("/", |at| &url[host + at..])
}

/// Compares with a pattern in which `*` stands for any text without a `/`.
fn wild(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((front, back)) => text.strip_prefix(front).is_some_and(|rest| {
            let end = rest.find('/').unwrap_or(rest.len());
            let ends = rest[..end].char_indices().map(|(at, _)| at).chain([end]);
            ends.into_iter().any(|at| wild(back, &rest[at..]))
        }),
    }
}

impl<'de> Deserialize<'de> for Pattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Services {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ServicesVisitor;

        impl<'de> Visitor<'de> for ServicesVisitor {
            type Value = Services;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of stubs, or `real`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Services, E> {
                match text {
                    "real" => Ok(Services::Real),
                    other => Err(E::custom(format_args!(
                        "`services` is a list of stubs, or `real`, not `{other}`"
                    ))),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Services, A::Error> {
                let mut stubs = Vec::new();
                while let Some(stub) = seq.next_element()? {
                    stubs.push(stub);
                }
                Ok(Services::Stubs(stubs))
            }
        }

        deserializer.deserialize_any(ServicesVisitor)
    }
}

impl JsonSchema for Services {
    fn schema_name() -> Cow<'static, str> {
        "Services".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let stub = generator.subschema_for::<Stub>();
        json_schema!({ "anyOf": [{ "const": "real" }, { "type": "array", "items": stub }] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, request: &str) -> bool {
        let (method, url) = request.split_once(' ').unwrap();
        pattern.parse::<Pattern>().unwrap().fits(method, url)
    }

    #[test]
    fn a_pattern_fits_its_requests() {
        assert!(fits("POST https://a.example/login", "POST https://a.example/login"));
        assert!(!fits("POST https://a.example/login", "GET https://a.example/login"));
        assert!(!fits("POST https://a.example/login", "POST https://b.example/login"));
        assert!(fits("https://a.example/login", "GET https://a.example/login?token=1"));
        assert!(fits("GET /login", "GET http://127.0.0.1:8090/login"));
        assert!(fits("GET /", "GET https://a.example"));
        assert!(fits("GET /a?b=1", "GET https://a.example/a?b=1"));
        assert!(!fits("GET /a?b=1", "GET https://a.example/a?b=12"));
    }

    #[test]
    fn a_star_stands_for_a_part_of_a_path() {
        assert!(fits("GET /accounts/*/balance", "GET https://a.example/accounts/checking/balance?x=/"));
        assert!(!fits("GET /accounts/*/balance", "GET https://a.example/accounts/a/b/balance"));
        assert!(fits("GET /größe/*é*", "GET https://a.example/größe/äéö"));
        assert!(fits("GET https://*.example/*", "GET https://a.example/x"));
        assert!(!fits("GET /a*c", "GET https://a.example/abd"));
    }

    #[test]
    fn refuses_what_is_no_request() {
        let error = |text: &str| text.parse::<Pattern>().unwrap_err();
        assert_eq!(error("FETCH /a"), PatternError::Method("FETCH".to_owned()));
        assert_eq!(error("GET bank.example/a"), PatternError::Url("bank.example/a".to_owned()));
        assert!(error("GET a").to_string().contains("write a whole one such as"));
    }
}
