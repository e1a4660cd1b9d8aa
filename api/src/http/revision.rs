use axum::extract::FromRequestParts;
use countersign_store::{ChangeError, Expected, Revision};
use http::request::Parts;
use http::{StatusCode, header};

use super::problem::Problem;

/// The revision that the writer has seen: the header `If-Match`, which is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IfMatch(pub u64);

impl IfMatch {
    /// What the writer believes to be there.
    pub fn expected(self) -> Expected {
        Expected::Revision(Revision(self.0))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let given = parts.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
        let Some(given) = given else {
            let detail = "Say which revision you have seen, with the header `If-Match: \"REVISION\"`.";
            let status = StatusCode::PRECONDITION_REQUIRED;
            return Err(Problem::new(status, "revision_needed", "Revision needed", detail));
        };
        number(given.trim()).map(Self).ok_or_else(|| {
            Problem::invalid_field(
                "/If-Match",
                "wrong_type",
                "Here belongs the number of a revision, such as `\"3\"`.",
            )
        })
    }
}

/// `"3"`, `W/"3"`, or `3` as people write it by hand.
fn number(text: &str) -> Option<u64> {
    let text = text.strip_prefix("W/").unwrap_or(text);
    let bare = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    // More digits than that has no revision.
    let fits = (1..=18).contains(&bare.len()) && bare.bytes().all(|byte| byte.is_ascii_digit());
    bare.parse().ok().filter(|_| fits)
}

/// What to answer when a change was not made.
pub fn of_change(error: ChangeError) -> Problem {
    match error {
        ChangeError::Stale(_) => Problem::stale(),
        ChangeError::Taken(_) => Problem::taken("", "That name is taken."),
        ChangeError::Store(error) => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    #[tokio::test]
    async fn the_revision_is_read_and_missed() {
        let read = async |value: Option<&str>| {
            let mut request = Request::get("/");
            if let Some(value) = value {
                request = request.header("if-match", value);
            }
            let (mut parts, ()) = request.body(()).unwrap().into_parts();
            IfMatch::from_request_parts(&mut parts, &()).await.map_err(|problem| problem.code())
        };
        for given in ["\"7\"", "7", "W/\"7\""] {
            assert_eq!(read(Some(given)).await, Ok(IfMatch(7)), "{given}");
        }
        for given in ["*", "", "+7", "\"7", "7\"", "W/W/7", "\"\"7\"\"", "-1", "1234567890123456789"] {
            assert_eq!(read(Some(given)).await, Err("invalid"), "{given}");
        }
        assert_eq!(read(None).await, Err("revision_needed"));
    }
}
