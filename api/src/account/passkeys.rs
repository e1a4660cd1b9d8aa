use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use countersign_accounts::{Challenge, Passkey, PasskeyFor};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::routes::{shown, signed_in};
use crate::access::{Signed, Visitor};
use crate::http::{Answer, Body, List, Params, Problem, SecretField, rfc3339};
use crate::state::Api;

/// What the browser shall sign.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PasskeyChallenge)]
pub(super) struct ChallengeDocument {
    challenge_id: String,
    /// Options of WebAuthn as JSON, for `PublicKeyCredential.parseRequestOptionsFromJSON` and its like.
    options: Value,
}

/// With `pending` as second factor, without as sign-in; while signed in it proves once more who it is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BeginPasskey {
    pending: Option<SecretField>,
}

/// What the browser has signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FinishPasskey {
    challenge_id: String,
    /// `toJSON()` of the credential.
    credential: Value,
}

/// How the passkey shall be called.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PasskeyName {
    #[schema(value_type = crate::http::words::Title)]
    name: String,
}

/// A passkey.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passkey)]
pub(super) struct PasskeyDocument {
    id: String,
    name: String,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

/// A new passkey. The first second factor of an account comes with recovery codes, which are shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NewPasskey)]
pub(super) struct NewPasskeyDocument {
    #[serde(flatten)]
    passkey: PasskeyDocument,
    recovery_codes: Vec<String>,
}

impl From<Challenge> for ChallengeDocument {
    fn from(challenge: Challenge) -> Self {
        Self { challenge_id: challenge.id.to_string(), options: challenge.options }
    }
}

impl From<Passkey> for PasskeyDocument {
    fn from(passkey: Passkey) -> Self {
        Self {
            id: passkey.id.to_string(),
            name: passkey.name,
            created_at: rfc3339(passkey.created_at),
            last_used_at: passkey.last_used_at.map(rfc3339),
        }
    }
}

fn id<T: std::str::FromStr>(text: &str, what: &str) -> Answer<T> {
    text.parse().map_err(|_| Problem::not_found(what))
}

/// Begins to sign in by passkey, or to prove who it is.
#[utoipa::path(post, path = "/session/passkey/begin", tag = "signing in", request_body = BeginPasskey, responses((status = 200, body = ChallengeDocument), (status = 401), (status = 410)))]
pub(super) async fn begin(
    State(api): State<Arc<Api>>,
    visitor: Visitor,
    Body(body): Body<BeginPasskey>,
) -> Answer<Json<ChallengeDocument>> {
    let pending = body.pending.map(SecretField::into_inner);
    let purpose = match (&pending, &visitor.session) {
        (Some(pending), _) => PasskeyFor::SecondFactor(pending),
        (None, Some(session)) => PasskeyFor::StepUp(session),
        (None, None) => PasskeyFor::SignIn,
    };
    Ok(Json(api.accounts.begin_passkey(purpose, &visitor.visit).await?.into()))
}

/// Signs in by passkey, or proves who it is.
#[utoipa::path(post, path = "/session/passkey/finish", tag = "signing in", request_body = FinishPasskey, responses((status = 200, body = crate::account::SessionDocument), (status = 401), (status = 404), (status = 410)))]
pub(super) async fn finish(
    State(api): State<Arc<Api>>,
    visitor: Visitor,
    Body(body): Body<FinishPasskey>,
) -> Answer<Response> {
    let challenge = id(&body.challenge_id, "challenge")?;
    let session = visitor.session.as_deref();
    let signed = api.accounts.finish_passkey(&challenge, &body.credential, session, &visitor.visit).await?;
    signed_in(&api, signed, &visitor.visit).await
}

/// Passkeys of the account.
#[utoipa::path(get, path = "/account/passkeys", tag = "account", responses((status = 200, body = List<PasskeyDocument>)))]
pub(super) async fn list(State(api): State<Arc<Api>>, signed: Signed) -> Answer<Json<List<PasskeyDocument>>> {
    let all = api.accounts.passkeys(&signed.session, &signed.visit).await?;
    Ok(Json(List::whole(all.into_iter().map(Into::into).collect())))
}

/// Begins to add a passkey.
#[utoipa::path(post, path = "/account/passkeys/begin", tag = "account", request_body = PasskeyName, responses((status = 200, body = ChallengeDocument), (status = 409)))]
pub(super) async fn register(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<PasskeyName>,
) -> Answer<Json<ChallengeDocument>> {
    let begun = api.accounts.begin_passkey_registration(&signed.session, &body.name, &signed.visit).await?;
    Ok(Json(begun.into()))
}

/// Adds a passkey.
#[utoipa::path(post, path = "/account/passkeys/finish", tag = "account", request_body = FinishPasskey, responses((status = 201, body = NewPasskeyDocument), (status = 404), (status = 409), (status = 410)))]
pub(super) async fn registered(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Body(body): Body<FinishPasskey>,
) -> Answer<(StatusCode, Json<NewPasskeyDocument>)> {
    let challenge = id(&body.challenge_id, "challenge")?;
    let accounts = &api.accounts;
    let new = accounts
        .finish_passkey_registration(&signed.session, &challenge, &body.credential, &signed.visit)
        .await?;
    let recovery_codes = shown(&new.recovery_codes).recovery_codes;
    Ok((StatusCode::CREATED, Json(NewPasskeyDocument { passkey: new.passkey.into(), recovery_codes })))
}

/// Removes a passkey.
#[utoipa::path(delete, path = "/account/passkeys/{id}", tag = "account", params(("id" = String, Path)), responses((status = 204), (status = 409)))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    signed: Signed,
    Params(passkey): Params<String>,
) -> Answer<StatusCode> {
    api.accounts.remove_passkey(&signed.session, &id(&passkey, "passkey")?, &signed.visit).await?;
    Ok(StatusCode::NO_CONTENT)
}
