//! All routes. An area is a folder with its routes, its wire types and its tests, and one line in [`areas`].

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use utoipa::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi as Document, ServerBuilder};
use utoipa_axum::router::OpenApiRouter;

use crate::access::guard;
use crate::area::Area;
use crate::http::{Problem, ProblemDocument};
use crate::state::Api;
use crate::{
    about, account, analytics, audit, bots, channels, constants, contacts, conversations, leads, live,
    members, outbox, secrets, simulations, tokens, trials,
};

/// Where all routes are.
pub(crate) const BASE: &str = "/api/v1";

/// All areas, a line each.
pub(crate) fn areas() -> Area {
    Area::new()
        .and(about::area())
        .and(account::area())
        .and(members::area())
        .and(audit::area())
        .and(bots::area())
        .and(secrets::area())
        .and(constants::area())
        .and(simulations::area())
        .and(trials::area())
        .and(conversations::area())
        .and(contacts::area())
        .and(tokens::area())
        .and(leads::area())
        .and(channels::area())
        .and(outbox::area())
        .and(analytics::area())
        .and(live::area())
}

/// What answers under `/api/`.
pub fn router(api: Arc<Api>) -> Router {
    let routes: Router<Arc<Api>> = areas().router.split_for_parts().0;
    let routes = routes
        .route_layer(middleware::from_fn_with_state(api.clone(), guard))
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn(unkept))
        .with_state(api);
    let document = axum::routing::get(async || {
        ([(header::CONTENT_TYPE, "application/json")], document().to_json().unwrap_or_default())
    });
    Router::new().nest(BASE, routes).route("/api/openapi.json", document)
}

/// The description of the API as OpenAPI 3.1.
pub fn document() -> Document {
    #[derive(OpenApi)]
    #[openapi(components(schemas(ProblemDocument)))]
    struct Shared;
    let mut document = OpenApiRouter::<()>::with_openapi(Shared::openapi()).to_openapi();
    document.merge(areas().router.split_for_parts().1);
    let mut info = InfoBuilder::new()
        .title("Countersign")
        .version("1")
        .description(Some("The API of the console. Errors are `application/problem+json` (RFC 9457)."))
        .build();
    info.license = None;
    document.info = info;
    document.servers = Some(vec![ServerBuilder::new().url(BASE).build()]);
    let schemes = ComponentsBuilder::new()
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-countersign"))),
        )
        .security_scheme("api_key", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .build();
    let mut components = document.components.take().unwrap_or_default();
    components.security_schemes.extend(schemes.security_schemes);
    document.components = Some(components);
    crate::describe::complete(&mut document, &areas().needs);
    document
}

async fn nowhere() -> Problem {
    Problem::not_found("address")
}

async fn no_method(method: Method, uri: Uri) -> Problem {
    let detail = format!("{} cannot be done with `{}`.", method, uri.path());
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "Not possible here", detail)
}

/// Nobody keeps what the API answers.
async fn unkept(request: axum::extract::Request, next: Next) -> Response {
    let mut response = next.run(request).await.into_response();
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::X_CONTENT_TYPE_OPTIONS).or_insert(HeaderValue::from_static("nosniff"));
    response
}
