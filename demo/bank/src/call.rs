use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use countersign_model::SecretText;
use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::refusal::Refusal;
use crate::stats::TokenPlace;

/// A request that has arrived whole. Has no `Debug`: it may hold a password.
pub(crate) struct Call {
    parts: Parts,
    body: Bytes,
}

/// The named texts of a query, a form or a JSON object.
pub(crate) struct Fields(Vec<(String, Field)>);

enum Field {
    Text(SecretText),
    Other,
}

/// More bytes than a name or a password has; argon2 need not see them.
const LONGEST_FIELD: usize = 1024;

impl<S: Send + Sync> FromRequest<S> for Call {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let request = Request::from_parts(parts.clone(), body);
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => Refusal::BodyTooLarge,
                _ => Refusal::MalformedBody,
            }
        })?;
        Ok(Self { parts, body })
    }
}

impl Call {
    /// The object in the body.
    pub(crate) fn json(&self) -> Result<Map<String, Value>, Refusal> {
        if !self.is_json() {
            return Err(Refusal::ContentType);
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(Refusal::InvalidRequest),
            Err(_) => Err(Refusal::MalformedBody),
        }
    }

    pub(crate) fn json_fields(&self) -> Result<Fields, Refusal> {
        let field = |(name, value)| match value {
            Value::String(text) => (name, Field::Text(text.into())),
            _ => (name, Field::Other),
        };
        Ok(Fields(self.json()?.into_iter().map(field).collect()))
    }

    pub(crate) fn form_fields(&self) -> Result<Fields, Refusal> {
        if self.content_type() != Some("application/x-www-form-urlencoded") {
            return Err(Refusal::ContentType);
        }
        Ok(pairs(&self.body))
    }

    pub(crate) fn json_or_form_fields(&self) -> Result<Fields, Refusal> {
        if self.is_json() { self.json_fields() } else { self.form_fields() }
    }

    pub(crate) fn query_fields(&self) -> Fields {
        pairs(self.parts.uri.query().unwrap_or_default().as_bytes())
    }

    /// The token and where it was. The field of a body counts when the body is JSON.
    pub(crate) fn token(&self) -> Result<(SecretText, TokenPlace), Refusal> {
        let bearer = self.header(header::AUTHORIZATION.as_str()).and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| SecretText::from(token.trim()))
        });
        let body = if self.is_json() && !self.body.is_empty() { token_in(self.json()?) } else { None };
        let query = self.query_fields().optional("token")?;
        let mut found = [(bearer, TokenPlace::Header), (query, TokenPlace::Query), (body, TokenPlace::Body)]
            .into_iter()
            .filter_map(|(token, place)| Some((token?, place)));
        match (found.next(), found.next()) {
            (None, _) => Err(Refusal::TokenMissing),
            (Some(only), None) => Ok(only),
            (Some(_), Some(_)) => Err(Refusal::TokenTwice),
        }
    }

    /// A header, when it is there once and readable.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.parts.headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (Some(value), None) => value.to_str().ok(),
            _ => None,
        }
    }

    /// A header of which two would contradict each other.
    pub(crate) fn header_is_repeated(&self, name: &str) -> bool {
        self.parts.headers.get_all(name).iter().count() > 1
    }

    fn is_json(&self) -> bool {
        self.content_type().is_some_and(|kind| kind == "application/json" || kind.ends_with("+json"))
    }

    fn content_type(&self) -> Option<&str> {
        let value = self.header(header::CONTENT_TYPE.as_str())?;
        Some(value.split(';').next().unwrap_or_default().trim())
    }
}

impl Fields {
    /// The text with this name.
    pub(crate) fn required(&self, name: &str) -> Result<SecretText, Refusal> {
        self.optional(name)?.ok_or(Refusal::InvalidRequest)
    }

    /// The text with this name, if there is one; two are a mistake, and so is anything but a text.
    pub(crate) fn optional(&self, name: &str) -> Result<Option<SecretText>, Refusal> {
        let mut found = self.0.iter().filter(|(own, _)| own == name);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((_, Field::Text(text))), None) if text.len() <= LONGEST_FIELD => Ok(Some(text.duplicate())),
            _ => Err(Refusal::InvalidRequest),
        }
    }

    /// The text with this name as an ordinary one, as it is nobody's secret.
    pub(crate) fn public(&self, name: &str) -> Result<String, Refusal> {
        Ok(self.required(name)?.into_public())
    }
}

fn pairs(text: &[u8]) -> Fields {
    let pair = |(name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)| {
        (name.into_owned(), Field::Text(value.into_owned().into()))
    };
    Fields(form_urlencoded::parse(text).map(pair).collect())
}

/// A token may be a number of any length.
fn token_in(mut body: Map<String, Value>) -> Option<SecretText> {
    match body.shift_remove("token")? {
        Value::String(token) => Some(token.into()),
        Value::Number(token) => Some(token.to_string().into()),
        _ => None,
    }
}
