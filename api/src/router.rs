//! All routes. An area is a folder with its routes, its wire types and its tests, and one line in [`areas`].

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, Method, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::StatusCode;

use crate::access::guard;
use crate::area::Area;
use crate::assets::description;
use crate::http::Problem;
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
    let areas = areas();
    let guarded = (api.clone(), Arc::new(areas.table()));
    let routes = areas
        .0
        .into_iter()
        .fold(Router::new(), |router: Router<Arc<Api>>, (_, route)| router.route(&route.path, route.handler));
    let routes = routes
        .route_layer(middleware::from_fn_with_state(guarded, guard))
        .fallback(nowhere)
        .method_not_allowed_fallback(no_method)
        .layer(middleware::from_fn(unkept))
        .with_state(api);
    Router::new().nest(BASE, routes).route("/api/openapi.json", get(description))
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
