//! What a client is told when something does not work, with a code for programs and words for developers.

use axum::response::{IntoResponse, Json, Response};
use countersign_runner::IngestError;
use countersign_store::StoreError;
use http::header::{CACHE_CONTROL, RETRY_AFTER};
use http::{HeaderValue, StatusCode};

use super::frames::ServerFrame;

/// Why a client does not get what it asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Problem {
    #[error(
        "this is no frame of the protocol: a frame is a JSON object with a text `t`; see docs/channels/web.md"
    )]
    Malformed,
    #[error("there is no frame `{0}`; see docs/channels/web.md for those that there are")]
    UnknownFrame(String),
    #[error("this server speaks version 1 of the protocol; say `\"v\":1`")]
    Version,
    #[error("the first frame must be `hello`, with the token of the session, within 10 seconds")]
    HelloFirst,
    #[error("there is no `{0}` in the frame, or it is of another kind")]
    Missing(&'static str),
    #[error("a `cid` has 1 to 64 letters, digits, `-` and `_`")]
    BadId,
    #[error("a message has at most {most} bytes; send less")]
    TooLong { most: usize },
    #[error("the row `of` offers no such choice; send the payload of one of its choices")]
    NoSuchChoice,
    #[error("latitude and longitude are numbers of degrees, from -90 to 90 and from -180 to 180")]
    BadLocation,
    #[error("this is no token of a session; ask for one with POST /chat/…/session")]
    BadToken,
    #[error("the session has ended; ask for a new token with POST /chat/…/session")]
    Expired,
    #[error("too many messages; wait {seconds} s")]
    SlowDown { seconds: u64 },
    #[error("the session has {most} connections already; close one")]
    TooManyConnections { most: usize },
    #[error("the chat is full; try again in a minute")]
    Full,
    #[error(
        "pages of this origin may not open the chat; the operator can add the origin to the channel's `origins`"
    )]
    Origin,
    #[error("there is no chat with this name")]
    NoSuchChannel,
    #[error(
        "the bot of this channel logs its users in, and the {kind} cannot do that; \
         these steps need another channel: {}",
        .steps.join(", ")
    )]
    BotLogsIn { kind: &'static str, steps: Vec<String> },
    #[error("the server could not keep it; try again")]
    Unavailable,
}

impl Problem {
    /// The word that programs go by.
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownFrame(_) => "unknown_frame",
            Self::Version => "version",
            Self::HelloFirst => "hello_first",
            Self::Missing(_) => "missing",
            Self::BadId => "bad_cid",
            Self::TooLong { .. } => "too_long",
            Self::NoSuchChoice => "no_such_choice",
            Self::BadLocation => "bad_location",
            Self::BadToken => "bad_token",
            Self::Expired => "expired",
            Self::SlowDown { .. } => "slow_down",
            Self::TooManyConnections { .. } => "too_many_connections",
            Self::Full => "full",
            Self::Origin => "origin",
            Self::NoSuchChannel => "no_such_channel",
            Self::BotLogsIn { .. } => "bot_logs_in",
            Self::Unavailable => "unavailable",
        }
    }

    /// Whether a connection is closed after it.
    pub(super) fn ends_connection(&self) -> bool {
        matches!(
            self,
            Self::Version
                | Self::HelloFirst
                | Self::BadToken
                | Self::Expired
                | Self::TooManyConnections { .. }
                | Self::Full
                | Self::Origin
                | Self::NoSuchChannel
                | Self::BotLogsIn { .. }
        )
    }

    /// How long to wait before it is worth another try, in seconds.
    pub(super) fn retry_after(&self) -> Option<u64> {
        match self {
            Self::SlowDown { seconds } => Some(*seconds),
            Self::Unavailable => Some(2),
            Self::Full | Self::TooManyConnections { .. } => Some(60),
            _ => None,
        }
    }

    /// The steps that stand in the way.
    pub(super) fn steps(&self) -> Option<&[String]> {
        match self {
            Self::BotLogsIn { steps, .. } => Some(steps),
            _ => None,
        }
    }

    /// The answer to a request, about the message `cid`.
    pub(super) fn response(&self, cid: Option<&str>) -> Response {
        let mut response = (self.status(), Json(ServerFrame::error(self, cid))).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after() {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        response
    }

    fn status(&self) -> StatusCode {
        match self {
            Self::Malformed
            | Self::UnknownFrame(_)
            | Self::Version
            | Self::HelloFirst
            | Self::Missing(_)
            | Self::BadId
            | Self::NoSuchChoice
            | Self::BadLocation => StatusCode::BAD_REQUEST,
            Self::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BadToken | Self::Expired => StatusCode::UNAUTHORIZED,
            Self::SlowDown { .. } | Self::TooManyConnections { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::NoSuchChannel => StatusCode::NOT_FOUND,
            Self::BotLogsIn { .. } => StatusCode::CONFLICT,
            Self::Full | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

impl From<StoreError> for Problem {
    fn from(_: StoreError) -> Self {
        Self::Unavailable
    }
}

impl From<IngestError> for Problem {
    fn from(error: IngestError) -> Self {
        match error {
            IngestError::UnknownChannel { .. } => Self::NoSuchChannel,
            IngestError::Store(_) | IngestError::Seal(_) => Self::Unavailable,
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        self.response(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_what_to_do() {
        let shown =
            |problem: Problem| serde_json::to_string(&ServerFrame::error(&problem, Some("m1"))).unwrap();
        assert_eq!(
            shown(Problem::SlowDown { seconds: 7 }),
            r#"{"t":"error","code":"slow_down","problem":"too many messages; wait 7 s","cid":"m1","retry_after":7}"#
        );
        let steps = vec!["`scripts.pay.steps[0]`".to_owned()];
        assert_eq!(
            shown(Problem::BotLogsIn { kind: "web chat", steps }),
            "{\"t\":\"error\",\"code\":\"bot_logs_in\",\"problem\":\"the bot of this channel logs its users in, and the \
             web chat cannot do that; these steps need another channel: `scripts.pay.steps[0]`\",\"cid\":\"m1\",\
             \"steps\":[\"`scripts.pay.steps[0]`\"]}"
        );
    }

    #[test]
    fn statuses_tell_whose_fault_it_is() {
        assert_eq!(Problem::Expired.into_response().status(), 401);
        assert_eq!(Problem::Origin.into_response().status(), 403);
        let busy = Problem::Unavailable.into_response();
        assert_eq!((busy.status().as_u16(), busy.headers()["retry-after"].to_str().unwrap()), (503, "2"));
    }
}
