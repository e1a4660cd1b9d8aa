use axum::extract::{FromRequestParts, Path, Query as AxumQuery};
use http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// The parameters behind the `?`.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match AxumQuery::<T>::try_from_uri(&parts.uri) {
            Ok(AxumQuery(value)) => Ok(Self(value)),
            Err(error) => {
                // What it quotes is what was sent.
                let said = error.body_text();
                let name = said
                    .split(": ")
                    .nth(1)
                    .filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
                let pointer = name.map_or(String::new(), |name| format!("/{name}"));
                Err(Problem::invalid_field(
                    &pointer,
                    "wrong_type",
                    "This is not what belongs into the address.",
                ))
            }
        }
    }
}

/// A number that the description calls an `int64`: what is beyond that counts nothing.
pub(crate) fn countable(pointer: &str, number: Option<u64>) -> Result<Option<u64>, Problem> {
    match number {
        Some(number) if i64::try_from(number).is_err() => {
            Err(Problem::invalid_field(pointer, "out_of_range", "This number is too large."))
        }
        number => Ok(number),
    }
}

/// The parts of the path that vary. What cannot be a name names nothing.
#[derive(Debug)]
pub struct Params<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Path::<T>::from_request_parts(parts, state).await {
            Ok(Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::not_found("thing")),
        }
    }
}
