use serde::Deserialize;

use super::{Expected, NotAccepted};
use crate::keep::same;

/// What a browser was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ceremony {
    Create,
    Get,
}

/// WebAuthn §5.8.1. A browser may add more.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(default)]
    cross_origin: bool,
    #[serde(default)]
    top_origin: Option<String>,
}

/// That the browser made this for our page, our challenge and this ceremony, and not inside of a page of somebody else.
pub(super) fn verify(json: &[u8], ceremony: Ceremony, expected: &Expected<'_>) -> Result<(), NotAccepted> {
    let data: ClientData = serde_json::from_slice(json).map_err(|_| NotAccepted::Form)?;
    let kind = match ceremony {
        Ceremony::Create => "webauthn.create",
        Ceremony::Get => "webauthn.get",
    };
    if data.kind != kind {
        return Err(NotAccepted::Ceremony);
    }
    if !same(&data.challenge, expected.challenge) {
        return Err(NotAccepted::Challenge);
    }
    if data.origin != expected.origin || data.cross_origin || data.top_origin.is_some() {
        return Err(NotAccepted::Origin);
    }
    Ok(())
}
