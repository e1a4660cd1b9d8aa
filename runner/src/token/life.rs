//! When a token ends.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_model::Timestamp;
use countersign_script::path::Path;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::diagnosis::TokenDiagnosis;
use super::find::Document;

/// How long before its own end a token is not used any more: the clocks of two machines differ.
const SKEW: Duration = Duration::from_secs(30);

/// The end that the answer says, in seconds from now.
pub(super) fn expires_in(
    document: &Document<'_>,
    path: &Path,
    now: Timestamp,
) -> Result<Timestamp, TokenDiagnosis> {
    let value = document.single(path).map_err(|why| TokenDiagnosis::NoLife { why: Box::new(why) })?;
    let text = match value {
        Value::Number(number) => number.as_str(),
        Value::String(text) => text.trim(),
        _ => "",
    };
    let not_seconds = || {
        let why = TokenDiagnosis::NotSeconds { path: path.as_str().to_owned() };
        TokenDiagnosis::NoLife { why: Box::new(why) }
    };
    let seconds = text.parse::<f64>().ok().filter(|seconds| !seconds.is_nan()).ok_or_else(not_seconds)?;
    // A cast keeps within the bounds of the type.
    Ok(now.plus(Duration::from_secs(seconds.max(0.0) as u64)))
}

/// The end that a JWT (RFC 7519 §4.1.4) says of itself, less the skew. Nothing of it is verified: it can only shorten
/// a life, and only the service that made it knows whether it is good.
pub(super) fn of_jwt(token: &str) -> Option<Timestamp> {
    #[derive(Deserialize)]
    struct Claims {
        exp: Number,
    }
    let mut parts = token.split('.');
    let (_, claims, _, None) = (parts.next()?, parts.next()?, parts.next()?, parts.next()) else {
        return None;
    };
    let bytes = zeroize::Zeroizing::new(URL_SAFE_NO_PAD.decode(claims.trim_end_matches('=')).ok()?);
    let claims: Claims = serde_json::from_slice(&bytes).ok()?;
    let exp = claims.exp.as_str().parse::<f64>().ok().filter(|exp| !exp.is_nan())?;
    Some(Timestamp::from_secs(exp.floor() as i64).minus(SKEW))
}
