use axum::body::Body as Raw;
use axum::extract::{FromRequest, Request};
use http::{StatusCode, header};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::problem::Problem;

/// The largest body of a request, in bytes.
const LARGEST: usize = 1024 * 1024;
/// How deep lists and objects of a body may stand in each other.
const DEEPEST: usize = 64;

/// The JSON body of a request. What is wrong with it is told by field.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or("").split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_json",
                "Not JSON",
                "The body must be JSON, with `Content-Type: application/json`.",
            ));
        }
        let bytes = read(request.into_body()).await?;
        parse(&bytes).map(Self)
    }
}

async fn read(body: Raw) -> Result<Vec<u8>, Problem> {
    match Limited::new(body, LARGEST).collect().await {
        Ok(collected) => Ok(collected.to_bytes().to_vec()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            "Too large",
            "The body of a request has at most 1 MiB.",
        )),
        Err(_) => Err(broken("The body did not arrive in full.")),
    }
}

fn broken(detail: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "not_json", "Not JSON", detail)
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    if depth(bytes) > DEEPEST {
        return Err(broken("Lists and objects of a body may stand in each other at most 64 deep."));
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let pointer = pointer(error.path());
        explain(&pointer, error.inner())
    })?;
    reader.end().map_err(|_| broken("Something stands behind the end of the JSON value."))?;
    Ok(value)
}

/// How deep lists and objects stand in each other. Braces within texts do not count.
fn depth(bytes: &[u8]) -> usize {
    let (mut deepest, mut now, mut text, mut escaped) = (0_usize, 0_usize, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if text => escaped = true,
            b'"' => text = !text,
            b'{' | b'[' if !text => {
                now += 1;
                deepest = deepest.max(now);
            }
            b'}' | b']' if !text => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn pointer(path: &Path) -> String {
    let mut out = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => out.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                out.push('/');
                out.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    out
}

/// What serde says, without the value that it quotes: that may be a password.
fn explain(pointer: &str, error: &serde_json::Error) -> Problem {
    if !error.is_data() {
        return broken(&format!("The body is no JSON: line {}, column {}.", error.line(), error.column()));
    }
    let said = error.to_string();
    let quoted = |before: &str| said.strip_prefix(before)?.split('`').next().map(str::to_owned);
    if let Some(name) = quoted("missing field `") {
        return Problem::invalid_field(&format!("{pointer}/{name}"), "missing", "This is needed.");
    }
    if let Some(name) = quoted("unknown field `") {
        let last = format!("/{name}");
        let full = if pointer.ends_with(&last) { pointer.to_owned() } else { format!("{pointer}{last}") };
        return Problem::invalid_field(&full, "unknown", "There is no such field here.");
    }
    let said = said.split(" at line ").next().unwrap_or(&said);
    let wanted = said.rsplit_once("expected ").map(|(_, wanted)| wanted);
    let words = match wanted {
        Some(wanted) if said.starts_with("unknown variant") => format!("Write {wanted}."),
        Some(wanted) => format!("Here belongs {}.", friendly(wanted)),
        None => "This is not what belongs here.".to_owned(),
    };
    Problem::invalid_field(pointer, "wrong_type", words)
}

/// The words of an API for the words of Rust.
fn friendly(wanted: &str) -> &str {
    match wanted {
        "a string" | "str" => "a text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "a map" => "an object",
        wanted if wanted.starts_with("struct ") => "an object",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number",
        "f32" | "f64" => "a number",
        wanted => wanted,
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::http::SecretField;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Wanted {
        #[expect(dead_code, reason = "only what cannot be read matters here")]
        name: String,
        #[expect(dead_code, reason = "only what cannot be read matters here")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only what cannot be read matters here")]
        count: u32,
        #[expect(dead_code, reason = "only what cannot be read matters here")]
        password: Option<SecretField>,
    }

    async fn said(text: &str) -> serde_json::Value {
        let problem = parse::<Wanted>(text.as_bytes()).unwrap_err();
        let response = axum::response::IntoResponse::into_response(problem);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice(&bytes).unwrap()
    }

    #[tokio::test]
    async fn the_field_that_is_wrong_is_named() {
        let cases = [
            (r#"{"inner": []}"#, "/name", "missing", "This is needed."),
            (r#"{"name": "a", "inner": [{}]}"#, "/inner/0/count", "missing", "This is needed."),
            (r#"{"name": "a", "inner": [], "nme": 1}"#, "/nme", "unknown", "There is no such field here."),
            (r#"{"name": 7, "inner": []}"#, "/name", "wrong_type", "Here belongs a text."),
            (
                r#"{"name": "a", "inner": [{"count": -1}]}"#,
                "/inner/0/count",
                "wrong_type",
                "Here belongs a whole number.",
            ),
            (r#"{"name": "a", "inner": {}}"#, "/inner", "wrong_type", "Here belongs a list."),
            (r#"[]"#, "", "wrong_type", ""),
        ];
        for (text, pointer, code, message) in cases {
            let said = said(text).await;
            assert_eq!(said["status"], 422, "{text}: {said}");
            assert_eq!(said["errors"][0]["pointer"], pointer, "{text}: {said}");
            assert_eq!(said["errors"][0]["code"], code, "{text}: {said}");
            if !message.is_empty() {
                assert_eq!(said["errors"][0]["message"], message, "{text}: {said}");
            }
        }
    }

    #[tokio::test]
    async fn what_was_sent_is_never_said_back() {
        for text in [
            r#"{"name": "a", "inner": [{"count": "hunter2-canary"}]}"#,
            r#"{"name": "a", "inner": [{"count": 1, "password": {"hunter2-canary": 1}}]}"#,
            r#"{"name": "a", "inner": "hunter2-canary"}"#,
            r#"{"name": "hunter2-canary"#,
        ] {
            let said = said(text).await.to_string();
            assert!(!said.contains("hunter2-canary"), "{said}");
        }
    }

    #[tokio::test]
    async fn what_is_no_json_or_too_deep_is_refused() {
        let deep = format!("{}{}", "[".repeat(65), "]".repeat(65));
        for text in ["", "{", "{\"name\": \"a\", \"inner\": []} x", &deep] {
            let said = said(text).await;
            assert_eq!(
                (said["status"].as_u64(), said["code"].as_str()),
                (Some(400), Some("not_json")),
                "{text}"
            );
        }
        assert_eq!(depth(br#"{"a": "[[[{{{\"[[", "b": [1, {"c": 2}]}"#), 3);
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused() {
        let problem = read(Raw::from(vec![b' '; LARGEST + 1])).await.unwrap_err();
        assert_eq!(problem.status(), 413);
        assert!(read(Raw::from(vec![b' '; LARGEST])).await.is_ok());
    }
}
