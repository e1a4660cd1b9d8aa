use std::fmt;

use axum::response::{IntoResponse, Response};
use countersign_accounts::AccountsError;
use countersign_store::StoreError;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// What a route answers.
pub type Answer<T> = Result<T, Problem>;

/// Why a request was not done, as `application/problem+json` (RFC 9457). It never quotes what was sent.
#[derive(Debug)]
pub struct Problem(Box<Inner>);

#[derive(Debug)]
struct Inner {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    detail: String,
    hint: Option<String>,
    errors: Vec<FieldProblem>,
    more: Map<String, Value>,
    retry_after: Option<u64>,
}

/// What is wrong with one field of what was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// A JSON pointer (RFC 6901) to the field.
    #[schema(example = "/email")]
    pub pointer: String,
    /// A stable code: `missing`, `unknown`, `wrong_type`, `too_short`, ….
    pub code: String,
    /// What is wrong and what belongs there, for people.
    pub message: String,
}

/// A problem as it is sent (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDocument {
    /// Names the kind of problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:countersign:problem:not_found")]
    pub kind: String,
    /// What kind of problem it is, for people.
    pub title: String,
    /// The status of the answer.
    #[schema(example = 404)]
    pub status: u16,
    /// A stable code.
    #[schema(example = "not_found")]
    pub code: String,
    /// What went wrong this time, for people.
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// What is wrong with which field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldProblem>,
    /// With `stale`: what is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Value>,
    /// With `check_failed`: what the check found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkup: Option<Value>,
}

impl Problem {
    /// A problem with a stable code.
    pub fn new(
        status: StatusCode,
        code: &'static str,
        title: &'static str,
        detail: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            status,
            code,
            title,
            detail: detail.into(),
            hint: None,
            errors: Vec::new(),
            more: Map::new(),
            retry_after: None,
        }))
    }

    /// 401: nobody is signed in.
    pub fn signed_out() -> Self {
        let detail = "Sign in first: there is no session, or it is over.";
        Self::new(StatusCode::UNAUTHORIZED, "signed_out", "Not signed in", detail)
    }

    /// 403: who is signed in may not do it.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// 403: who is signed in has to show once more that it is them.
    pub fn step_up() -> Self {
        let detail =
            "This needs your password or passkey once more; it was last seen more than ten minutes ago.";
        Self::new(StatusCode::FORBIDDEN, "step_up", "Confirm that it is you", detail)
    }

    /// 404: there is no such thing, or it is somebody else's.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", format!("There is no such {what}."))
    }

    /// 409: somebody else has changed it since.
    pub fn stale() -> Self {
        let detail = "Somebody else has changed it since you read it. Nothing of yours was written.";
        Self::new(StatusCode::CONFLICT, "stale", "Changed by somebody else", detail)
            .hint("Read it again, and put your changes into what is there now.")
    }

    /// 409: the name is in use.
    pub fn taken(pointer: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::new(StatusCode::CONFLICT, "taken", "Already there", message.clone())
            .field(pointer, "taken", message)
    }

    /// 422: what was sent is not what belongs there.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", "Something is not right", detail)
    }

    /// 422: one field is not what belongs there.
    pub fn invalid_field(pointer: &str, code: &str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self::invalid(message.clone()).field(pointer, code, message)
    }

    /// 429: too much in too short a time. `after` is in seconds.
    pub fn limited(after: u64) -> Self {
        let detail = format!("Too many requests. Try again in {after} seconds.");
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "limited", "Too many requests", detail);
        problem.0.retry_after = Some(after);
        problem
    }

    /// 503: the server cannot do it at the moment. The log says why.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Not possible at the moment", detail)
    }

    /// Says more exactly what went wrong.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.0.detail = detail.into();
        self
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Adds what is wrong with a field.
    #[must_use]
    pub fn field(mut self, pointer: &str, code: &str, message: impl Into<String>) -> Self {
        let (pointer, code) = (pointer.to_owned(), code.to_owned());
        self.0.errors.push(FieldProblem { pointer, code, message: message.into() });
        self
    }

    /// Says when to try again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after = Some(seconds);
        self
    }

    /// Adds what is there now, or what the check found.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &impl Serialize) -> Self {
        // A value that cannot be written as JSON is left out: the problem itself is what matters.
        if let Ok(value) = serde_json::to_value(value) {
            self.0.more.insert(name.to_owned(), value);
        }
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.detail)
    }
}

impl std::error::Error for Problem {}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the console's API was let down by the store");
        Self::unavailable("The server could not read or write its database. Nothing was changed.")
            .hint("Try again. If it stays so, the log of the server says why.")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let Inner { status, code, title, detail, hint, errors, mut more, retry_after } = *self.0;
        let document = ProblemDocument {
            kind: format!("urn:countersign:problem:{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail,
            hint,
            errors,
            current: more.remove("current"),
            checkup: more.remove("checkup"),
        };
        let mut response = (status, axum::Json(document)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        let said = error.to_string();
        let sentence = sentence(&said);
        match &error {
            AccountsError::SignedOut => return Self::signed_out(),
            AccountsError::StepUp => return Self::step_up(),
            AccountsError::NotFound(what) => return Self::not_found(what),
            AccountsError::Stale => return Self::stale(),
            AccountsError::Limited { wait } => return Self::limited(wait.as_secs().max(1)),
            AccountsError::Taken { pointer, message } => return Self::taken(pointer, *message),
            AccountsError::Store(_) | AccountsError::Vault | AccountsError::Damaged(_) => {
                tracing::error!(%error, "the console's API was let down by the accounts");
                return Self::unavailable(
                    "The server could not read or write its accounts. Nothing was changed.",
                );
            }
            _ => {}
        }
        let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let title = match error.code() {
            "refused" => "Not signed in",
            "wrong_code" => "Not the right code",
            "forbidden" => "Not allowed",
            "over" => "Over",
            "invalid" => "Something is not right",
            _ => "Not possible",
        };
        let problem = Self::new(status, error.code(), title, sentence);
        error
            .fields()
            .iter()
            .fold(problem, |problem, field| problem.field(field.pointer, field.code, field.message.clone()))
    }
}

/// The message of an error as a sentence.
fn sentence(said: &str) -> String {
    let mut chars = said.chars();
    let first = chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}
