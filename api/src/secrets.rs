//! Secrets of a workspace: `{secret.NAME}` in bots. They are sealed, and nobody can read one.

use std::sync::{Arc, PoisonError};

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_accounts::Permission;
use countersign_model::{Name, SecretText, Timestamp};
use countersign_store::{Expected, Store, StoreError};
use countersign_vault::{Scope, Sealed};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::http::{Answer, Body, List, Params, Problem, SecretField, of_change, rfc3339};
use crate::records::{self, Document};
use crate::state::Api;

pub(crate) fn area() -> Area {
    let edit = Need::MayNow(Permission::SecretEdit);
    Area::new()
        .needs(Need::May(Permission::SecretEdit), routes!(list))
        .needs(edit, routes!(write))
        .needs(edit, routes!(remove))
}

#[derive(Serialize, Deserialize)]
pub(crate) struct KeptSecret {
    /// Sealed by the vault, as Base64.
    pub(crate) sealed: String,
    set_by: String,
}

impl Document for KeptSecret {
    const KIND: &'static str = "secret";
}

/// Where something was set.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = SettingOrigin)]
pub(crate) enum Origin {
    /// In the console.
    Console,
    /// In the configuration file.
    File,
}

/// A secret, without its value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SecretName)]
struct SecretDocument {
    name: String,
    origin: Origin,
    #[serde(skip_serializing_if = "Option::is_none")]
    set_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    set_by: Option<String>,
}

/// A value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SecretValue {
    /// 1 to 8,192 bytes.
    #[schema(min_length = 1, max_length = 8192, value_type = String, format = Password)]
    value: SecretField,
}

/// Names of the secrets that were set in the console.
pub(crate) async fn names(
    store: &dyn Store,
    workspace: &Name,
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let all = records::all::<KeptSecret>(store, workspace, "", now).await?;
    Ok(all.into_iter().map(|kept| kept.id).collect())
}

/// Puts the secrets of a workspace that were set in the console into the registry of the runner.
///
/// # Errors
/// [`StoreError`]. One that does not open is told in the log and left out.
pub async fn open(api: &Api, workspace: &Name) -> Result<(), StoreError> {
    for kept in records::all::<KeptSecret>(api.store.as_ref(), workspace, "", api.now()).await? {
        match unsealed(api, workspace, &kept.id, &kept.value.sealed) {
            Some(value) => api.registry().put_secret(workspace, &kept.id, value),
            None => tracing::error!(
                workspace = workspace.as_str(),
                secret = kept.id,
                "a secret does not open with the keys there are; set it again"
            ),
        }
    }
    Ok(())
}

pub(crate) fn scope(workspace: &Name, name: &str) -> Scope {
    Scope::for_workspace(workspace.clone(), format!("secret/{name}"))
}

fn unsealed(api: &Api, workspace: &Name, name: &str, sealed: &str) -> Option<SecretText> {
    let sealed = Sealed::from_bytes(STANDARD.decode(sealed).ok()?);
    let ring = api.keys.read().unwrap_or_else(PoisonError::into_inner);
    ring.open(&scope(workspace, name), &sealed, api.now()).ok()
}

/// What may be the name of a secret or a constant.
pub(crate) fn name(text: &str) -> Answer<()> {
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'));
    if fits {
        return Ok(());
    }
    let message = "A name has 1 to 64 letters, digits, `_` and `-`.";
    Err(Problem::invalid_field("/name", "wrong_form", message))
}

/// Names of the secrets. Nobody can read their values.
#[utoipa::path(get, path = "/workspaces/{workspace}/secrets", tag = "settings", params(("workspace" = String, Path)), responses((status = 200, body = List<SecretDocument>)))]
async fn list(State(api): State<Arc<Api>>, here: Here) -> Answer<Json<List<SecretDocument>>> {
    let all = records::all::<KeptSecret>(api.store.as_ref(), here.workspace(), "", api.now()).await?;
    let mut all: Vec<_> = all
        .into_iter()
        .map(|kept| SecretDocument {
            name: kept.id,
            origin: Origin::Console,
            set_at: Some(rfc3339(kept.changed_at)),
            set_by: Some(kept.value.set_by),
        })
        .collect();
    if api.is_configured(here.workspace()) {
        for name in api.host.secrets() {
            if !all.iter().any(|known| known.name == *name) {
                let name = name.clone();
                all.push(SecretDocument { name, origin: Origin::File, set_at: None, set_by: None });
            }
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Json(List::whole(all)))
}

/// Sets a secret. Calls use it from now on.
#[utoipa::path(put, path = "/workspaces/{workspace}/secrets/{name}", tag = "settings", params(("workspace" = String, Path), ("name" = crate::http::words::Key, Path)), request_body = SecretValue, responses((status = 204)))]
async fn write(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    Body(body): Body<SecretValue>,
) -> Answer<StatusCode> {
    name(&id)?;
    let value = body.value.into_inner();
    if value.is_empty() || value.len() > 8192 {
        return Err(Problem::invalid_field("/value", "length", "A secret has 1 to 8,192 bytes."));
    }
    let sealed = {
        let ring = api.keys.read().unwrap_or_else(PoisonError::into_inner);
        ring.seal(&scope(here.workspace(), &id), &value)
    };
    let sealed = sealed.map_err(|error| {
        tracing::error!(%error, "a secret was not sealed");
        Problem::unavailable("The secret could not be sealed. Nothing was changed.")
    })?;
    let kept = KeptSecret { sealed: STANDARD.encode(sealed.as_bytes()), set_by: here.name().to_owned() };
    let change = api.change().put(here.workspace(), &id, Expected::Anything, &kept);
    change.line(here.line("secret.set", &format!("secret/{id}"))).commit().await.map_err(of_change)?;
    api.registry().put_secret(here.workspace(), &id, value);
    Ok(StatusCode::NO_CONTENT)
}

/// Removes a secret that was set in the console. Bots that use it fail from the next start on.
#[utoipa::path(delete, path = "/workspaces/{workspace}/secrets/{name}", tag = "settings", params(("workspace" = String, Path), ("name" = crate::http::words::Key, Path)), responses((status = 204)))]
async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<StatusCode> {
    let there = records::load::<KeptSecret>(api.store.as_ref(), here.workspace(), &id, api.now()).await?;
    let there = there.ok_or_else(|| Problem::not_found("secret that was set in the console"))?;
    let change = api.change().remove::<KeptSecret>(here.workspace(), &id, there.expected());
    change.line(here.line("secret.remove", &format!("secret/{id}"))).commit().await.map_err(of_change)?;
    api.registry().remove_secret(here.workspace(), &id);
    api.host.restore_secret(here.workspace(), &id);
    Ok(StatusCode::NO_CONTENT)
}
