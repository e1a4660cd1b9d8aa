use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::{ApiKeySummary, NewApiKey};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Here;
use crate::http::{Answer, Body, List, Params, Problem, rfc3339, timestamp};
use crate::state::Api;

/// A key for a program.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct KeyDocument {
    id: String,
    name: String,
    /// Permissions: `bot.read`.
    scopes: Vec<String>,
    /// Those of them that it may use now: a key may no more than who made it.
    effective_scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// Addresses and networks from which it may be used; all when empty.
    ips: Vec<String>,
    created_at: String,
    created_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<String>,
}

/// What a new key may do.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKey {
    #[schema(value_type = crate::http::words::Title)]
    name: String,
    /// Permissions: `bot.read`.
    #[schema(value_type = Vec<crate::http::words::Scope>, min_items = 1)]
    scopes: Vec<String>,
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// Addresses, or networks such as `192.0.2.0/24`.
    #[serde(default)]
    #[schema(max_items = 100)]
    ips: Vec<String>,
}

/// A new key. It is shown this once.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CreatedKey {
    #[serde(flatten)]
    summary: KeyDocument,
    key: String,
}

impl From<ApiKeySummary> for KeyDocument {
    fn from(key: ApiKeySummary) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name,
            effective_scopes: key.effective.iter().map(|scope| scope.to_string()).collect(),
            scopes: key.scopes.iter().map(|scope| scope.to_string()).collect(),
            expires_at: key.expires_at.map(rfc3339),
            ips: key.ips,
            created_at: rfc3339(key.created_at),
            created_by: key.created_by,
            last_used_at: key.last_used_at.map(rfc3339),
        }
    }
}

/// API keys, without the keys themselves.
#[utoipa::path(get, path = "/workspaces/{workspace}/api-keys", tag = "API keys", params(("workspace" = String, Path)), responses((status = 200, body = List<KeyDocument>)))]
pub(super) async fn list(State(api): State<Arc<Api>>, here: Here) -> Answer<Json<List<KeyDocument>>> {
    let all = api.accounts.api_keys(&here.actor, &here.visit).await?;
    Ok(Json(List::whole(all.into_iter().map(Into::into).collect())))
}

/// Makes an API key.
#[utoipa::path(post, path = "/workspaces/{workspace}/api-keys", tag = "API keys", params(("workspace" = String, Path)), request_body = NewKey, responses((status = 201, body = CreatedKey), (status = 409)))]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    here: Here,
    Body(body): Body<NewKey>,
) -> Answer<(StatusCode, Json<CreatedKey>)> {
    let time = |text: &String| {
        timestamp(text).ok_or_else(|| {
            let message = "Write a time such as `2027-01-31T00:00:00Z`.";
            Problem::invalid_field("/expires_at", "wrong_type", message)
        })
    };
    let expires_at = body.expires_at.as_ref().map(time).transpose()?;
    let new = NewApiKey { name: body.name, scopes: body.scopes, expires_at, ips: body.ips };
    let made = api.accounts.create_api_key(&here.actor, &new, &here.visit).await?;
    let key = made.key.expose().to_owned();
    Ok((StatusCode::CREATED, Json(CreatedKey { summary: made.summary.into(), key })))
}

/// Ends an API key.
#[utoipa::path(delete, path = "/workspaces/{workspace}/api-keys/{id}", tag = "API keys", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 204), (status = 409)))]
pub(super) async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let id = id.parse().map_err(|_| Problem::not_found("API key"))?;
    api.accounts.remove_api_key(&here.actor, &id, &here.visit).await?;
    api.events.end(here.workspace(), &format!("key/{id}"));
    Ok(StatusCode::NO_CONTENT)
}
