use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};

/// Why a request was refused. The text is the `error` of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    /// The body is not what its content type says.
    #[error("malformed_body")]
    MalformedBody,
    /// The body is larger than anything that the bank reads.
    #[error("body_too_large")]
    BodyTooLarge,
    /// Another content type is needed.
    #[error("unsupported_media_type")]
    ContentType,
    /// A field is missing, of a wrong type, or there twice.
    #[error("invalid_request")]
    InvalidRequest,
    /// Name and password do not belong together; nobody learns which of them is wrong.
    #[error("invalid_credentials")]
    Credentials,
    /// The code is wrong, used, too old, or was tried too often.
    #[error("invalid_code")]
    Code,
    /// OAuth: the application is unknown (RFC 6749 §5.2).
    #[error("invalid_client")]
    Client,
    /// OAuth: wrong password or refresh token (RFC 6749 §5.2).
    #[error("invalid_grant")]
    Grant,
    /// OAuth: the grant is not offered (RFC 6749 §5.2).
    #[error("unsupported_grant_type")]
    GrantType,
    /// OAuth: the request breaks the form (RFC 6749 §5.2).
    #[error("invalid_request")]
    OAuthRequest,
    /// A refresh token that is unknown, used, revoked or too old.
    #[error("invalid_refresh_token")]
    RefreshToken,
    /// No token came with the call.
    #[error("token_missing")]
    TokenMissing,
    /// The token is forged, too old or revoked (RFC 6750 §3.1).
    #[error("invalid_token")]
    TokenDead,
    /// The token came in more than one place (RFC 6750 §2).
    #[error("invalid_request")]
    TokenTwice,
    /// There is no such account.
    #[error("unknown_account")]
    UnknownAccount,
    /// There is nothing at this path.
    #[error("not_found")]
    NotFound,
    /// The path does not know this method.
    #[error("method_not_allowed")]
    Method,
    /// The amount is not a number above zero with at most two places.
    #[error("invalid_amount")]
    Amount,
    /// The account holds less than that.
    #[error("insufficient_funds")]
    Funds,
    /// Money cannot move to the account that it comes from.
    #[error("same_account")]
    SameAccount,
    /// The same key came before with another transfer.
    #[error("idempotency_key_reused")]
    KeyReused,
    /// The key is empty or too long.
    #[error("invalid_idempotency_key")]
    Key,
    /// This is no address of an e-mail.
    #[error("invalid_email")]
    Email,
}

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::MalformedBody
            | Self::Grant
            | Self::GrantType
            | Self::OAuthRequest
            | Self::TokenTwice
            | Self::Key => StatusCode::BAD_REQUEST,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::ContentType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::InvalidRequest
            | Self::Amount
            | Self::Funds
            | Self::SameAccount
            | Self::KeyReused
            | Self::Email => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Credentials
            | Self::Code
            | Self::Client
            | Self::RefreshToken
            | Self::TokenMissing
            | Self::TokenDead => StatusCode::UNAUTHORIZED,
            Self::UnknownAccount | Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn challenge(self) -> Option<&'static str> {
        match self {
            Self::TokenMissing => Some("Bearer realm=\"demo bank\""),
            Self::TokenDead => Some("Bearer realm=\"demo bank\", error=\"invalid_token\""),
            Self::Client => Some("Basic realm=\"demo bank\""),
            _ => None,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let body = Json(serde_json::json!({ "error": self.to_string() }));
        match self.challenge() {
            Some(how) => (self.status(), [(header::WWW_AUTHENTICATE, how)], body).into_response(),
            None => (self.status(), body).into_response(),
        }
    }
}
