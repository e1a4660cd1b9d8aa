//! What the server is, the schema of the bot file, and the manual of the check.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::area::{Area, Need, routes};
use crate::http::{Answer, Params, Problem};
use crate::state::Api;

pub(crate) fn area() -> Area {
    Area::new()
        .needs(Need::Nothing, routes!(about))
        .needs(Need::Nothing, routes!(schema))
        .needs(Need::Nothing, routes!(manual))
}

/// What the server is.
#[derive(Debug, Serialize, ToSchema)]
struct About {
    /// The version of the program.
    version: String,
    /// Under which address the world reaches it.
    public_url: String,
    /// With `countersign demo`: what there is to try.
    #[serde(skip_serializing_if = "Option::is_none")]
    demo: Option<Value>,
}

/// A page of the manual of the check.
#[derive(Debug, Serialize, ToSchema)]
struct ManualPage {
    code: String,
    title: String,
    text: String,
}

/// What the server is.
#[utoipa::path(get, path = "/about", tag = "about", responses((status = 200, body = About)))]
async fn about(State(api): State<Arc<Api>>) -> Json<About> {
    Json(About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        public_url: api.host.public_url().to_string(),
        demo: api.host.demo(),
    })
}

/// The JSON Schema (2020-12) of the bot file.
#[utoipa::path(get, path = "/schema/bot-file", tag = "about", responses((status = 200, body = Object)))]
async fn schema() -> Json<Value> {
    Json(countersign_script::schema())
}

/// The manual of a code of the check.
#[utoipa::path(get, path = "/manual/{code}", tag = "about", params(("code" = String, Path, example = "E0101")), responses((status = 200, body = ManualPage)))]
async fn manual(Params(code): Params<String>) -> Answer<Json<ManualPage>> {
    let page = countersign_script::diagnostics::explain(&code).ok_or_else(|| Problem::not_found("code"))?;
    let (heading, text) = page.split_once('\n').unwrap_or((&page, ""));
    let (code, title) = heading.split_once(": ").unwrap_or((heading, ""));
    Ok(Json(ManualPage { code: code.to_owned(), title: title.to_owned(), text: text.trim().to_owned() }))
}
