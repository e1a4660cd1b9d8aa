use std::time::Duration;

use serde::Deserialize;

use crate::adapter::SendError;
use crate::request::HttpResponse;

/// The Graph API's number for what went wrong, and the finer one that stands beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    pub(crate) code: i64,
    pub(crate) subcode: Option<i64>,
}

/// Whose matter an error is, before it becomes a [`SendError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Throttled,
    Unavailable,
    Gone,
    Refused,
    Account,
}

/// Sorts an answer that is no success. What `kinds` does not know is judged by the HTTP status.
pub(crate) fn sort(response: &HttpResponse, kinds: fn(Code) -> Option<Kind>) -> SendError {
    let error = serde_json::from_slice::<Failed>(&response.body).unwrap_or_default().error;
    let code = error.code.map(|code| Code { code, subcode: error.error_subcode });
    let known = code.and_then(kinds);
    let kind = match (known, response.status) {
        (Some(Kind::Throttled), _) | (None, 429) => Kind::Throttled,
        _ if error.is_transient == Some(true) => Kind::Unavailable,
        (Some(kind), _) => kind,
        (None, 408 | 500..) => Kind::Unavailable,
        (None, 401 | 403) => Kind::Account,
        (None, _) => Kind::Refused,
    };
    let shown = code.map(|Code { code, subcode }| match subcode {
        Some(subcode) => format!("{code}/{subcode}"),
        None => code.to_string(),
    });
    let after = response.retry_after.as_deref().and_then(|text| text.trim().parse().ok());
    match kind {
        Kind::Throttled => SendError::Throttled { after: after.map(Duration::from_secs), code: shown },
        Kind::Unavailable => SendError::Unavailable { code: shown },
        Kind::Gone => SendError::Gone { code: shown },
        Kind::Refused => SendError::Refused { code: shown },
        Kind::Account => SendError::Account { code: shown },
    }
}

#[derive(Default, Deserialize)]
struct Failed {
    error: Error,
}

#[derive(Default, Deserialize)]
struct Error {
    code: Option<i64>,
    error_subcode: Option<i64>,
    is_transient: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(code: Code) -> Option<Kind> {
        (code.code == 7).then_some(Kind::Refused)
    }

    fn sorted(status: u16, retry_after: Option<&str>, body: &str) -> SendError {
        let retry_after = retry_after.map(str::to_owned);
        sort(&HttpResponse { status, retry_after, body: body.into() }, kinds)
    }

    #[test]
    fn what_no_table_knows_is_judged_by_the_status() {
        assert_eq!(sorted(503, None, "<html>"), SendError::Unavailable { code: None });
        assert_eq!(sorted(400, None, "<html>"), SendError::Refused { code: None });
        assert_eq!(sorted(401, None, ""), SendError::Account { code: None });
        let wait = Some(Duration::from_secs(7));
        assert_eq!(sorted(429, Some(" 7 "), "{}"), SendError::Throttled { after: wait, code: None });
        let date = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(sorted(429, date, "{}"), SendError::Throttled { after: None, code: None });
        let unknown = r#"{"error":{"code":99,"error_subcode":12}}"#;
        assert_eq!(sorted(400, None, unknown), SendError::Refused { code: Some("99/12".into()) });
        assert_eq!(sorted(500, None, unknown), SendError::Unavailable { code: Some("99/12".into()) });
    }

    #[test]
    fn what_the_provider_calls_transient_is_tried_again() {
        let body = r#"{"error":{"code":7,"is_transient":true}}"#;
        assert_eq!(sorted(400, None, body), SendError::Unavailable { code: Some("7".into()) });
        let body = r#"{"error":{"code":7,"is_transient":false}}"#;
        assert_eq!(sorted(500, None, body), SendError::Refused { code: Some("7".into()) });
    }
}
