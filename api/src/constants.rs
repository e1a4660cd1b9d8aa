//! Constants of a workspace: `{config.NAME}` in bots.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use countersign_accounts::Permission;
use countersign_model::{Name, Timestamp};
use countersign_store::{Expected, Store, StoreError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::bots;
use crate::http::{Answer, Body, List, Params, Problem, of_change};
use crate::records::{self, Document};
use crate::secrets::{Origin, name};
use crate::state::Api;

pub(crate) fn area() -> Area {
    let edit = Need::May(Permission::ConstantEdit);
    Area::new()
        .needs(Need::May(Permission::BotRead), routes!(list))
        .needs(edit, routes!(write))
        .needs(edit, routes!(remove))
}

#[derive(Serialize, Deserialize)]
struct KeptConstant {
    value: String,
}

impl Document for KeptConstant {
    const KIND: &'static str = "constant";
}

/// A constant.
#[derive(Debug, Serialize, ToSchema)]
struct Constant {
    name: String,
    value: String,
    origin: Origin,
}

/// A value.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ConstantValue {
    /// At most 4,096 bytes.
    #[schema(max_length = 4096)]
    value: String,
}

/// What a change of a constant did to bots.
#[derive(Debug, Serialize, ToSchema)]
struct Changed {
    /// Bots in service that do not fit the constants any more. They go on with the values before.
    unchanged_bots: Vec<String>,
}

/// The constants that were set in the console.
pub(crate) async fn kept(
    store: &dyn Store,
    workspace: &Name,
    now: Timestamp,
) -> Result<Vec<(String, String)>, StoreError> {
    let all = records::all::<KeptConstant>(store, workspace, "", now).await?;
    Ok(all.into_iter().map(|kept| (kept.id, kept.value.value)).collect())
}

/// Constants of the workspace.
#[utoipa::path(get, path = "/workspaces/{workspace}/constants", tag = "settings", params(("workspace" = String, Path)), responses((status = 200, body = List<Constant>)))]
async fn list(State(api): State<Arc<Api>>, here: Here) -> Answer<Json<List<Constant>>> {
    let mut all: Vec<_> = kept(api.store.as_ref(), here.workspace(), api.now())
        .await?
        .into_iter()
        .map(|(name, value)| Constant { name, value, origin: Origin::Console })
        .collect();
    if api.is_configured(here.workspace()) {
        for (name, value) in api.host.constants() {
            if !all.iter().any(|known| known.name == *name) {
                all.push(Constant { name: name.clone(), value: value.clone(), origin: Origin::File });
            }
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Json(List::whole(all)))
}

/// Sets a constant. Bots in service use it from the next conversation on.
#[utoipa::path(put, path = "/workspaces/{workspace}/constants/{name}", tag = "settings", params(("workspace" = String, Path), ("name" = crate::http::words::Key, Path)), request_body = ConstantValue, responses((status = 200, body = Changed)))]
async fn write(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
    Body(body): Body<ConstantValue>,
) -> Answer<Json<Changed>> {
    name(&id)?;
    // Until the bots in service have it, nothing is published on what was before.
    let _one = api.publishing.lock().await;
    may_move_credentials(&api, &here, &id, Some(&body.value)).await?;
    if body.value.len() > 4096 {
        return Err(Problem::invalid_field("/value", "length", "A constant has at most 4,096 bytes."));
    }
    let kept = KeptConstant { value: body.value };
    let change = api.change().put(here.workspace(), &id, Expected::Anything, &kept);
    change.line(here.line("constant.set", &format!("constant/{id}"))).commit().await.map_err(of_change)?;
    let unchanged_bots = bots::rebind(&api, here.workspace()).await?;
    Ok(Json(Changed { unchanged_bots }))
}

/// Removes a constant that was set in the console. One of the same name in the configuration counts again.
#[utoipa::path(delete, path = "/workspaces/{workspace}/constants/{name}", tag = "settings", params(("workspace" = String, Path), ("name" = crate::http::words::Key, Path)), responses((status = 200, body = Changed)))]
async fn remove(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<Changed>> {
    let _one = api.publishing.lock().await;
    let there = records::load::<KeptConstant>(api.store.as_ref(), here.workspace(), &id, api.now()).await?;
    let there = there.ok_or_else(|| Problem::not_found("constant that was set in the console"))?;
    may_move_credentials(&api, &here, &id, None).await?;
    let change = api.change().remove::<KeptConstant>(here.workspace(), &id, there.expected());
    change.line(here.line("constant.remove", &format!("constant/{id}"))).commit().await.map_err(of_change)?;
    let unchanged_bots = bots::rebind(&api, here.workspace()).await?;
    Ok(Json(Changed { unchanged_bots }))
}

/// A constant in the address of an auth service decides where passwords go, and one in the address of an API where
/// secrets go.
async fn may_move_credentials(api: &Api, here: &Here, name: &str, value: Option<&str>) -> Answer<()> {
    let object = format!("constant/{name}");
    if bots::constant_aims(api, here.workspace(), name).await? {
        return here.demand_fresh(api, Permission::CredentialEdit, &object).await;
    }
    let sendings = bots::moved_by(api, here.workspace(), name, value).await?;
    bots::demand(api, here, &object, "/value", &sendings).await
}
