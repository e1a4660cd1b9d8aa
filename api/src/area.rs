//! Areas of the API: routes, each with what it needs. There is no way to add a route without saying so.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_accounts::Permission;
use http::Method;
use utoipa::openapi::path::{HttpMethod, PathItem};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::state::Api;

/// What a request needs before its route sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: whoever asks is not known yet.
    Nothing,
    /// A session of a person.
    Session,
    /// To be in the workspace of the path, whatever the role is.
    Workspace,
    /// A permission in the workspace of the path.
    May(Permission),
    /// A permission in the workspace of the path, and a proof within ten minutes that it is really the person.
    MayNow(Permission),
}

/// Routes with what they need.
#[derive(Default)]
pub struct Area {
    pub(crate) router: OpenApiRouter<Arc<Api>>,
    pub(crate) needs: Needs,
}

/// What each route needs, by method and path.
#[derive(Clone, Debug, Default)]
pub struct Needs(HashMap<(Method, String), Need>);

impl Needs {
    /// What a route needs; `None` when there is no such route. `HEAD` is as `GET`.
    pub fn of(&self, method: &Method, path: &str) -> Option<Need> {
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned())).copied()
    }

    /// All routes with what they need, in the order of their paths.
    pub fn all(&self) -> Vec<(Method, String, Need)> {
        let mut all: Vec<_> =
            self.0.iter().map(|((method, path), need)| (method.clone(), path.clone(), *need)).collect();
        all.sort_by(|a, b| (&a.1, a.0.as_str()).cmp(&(&b.1, b.0.as_str())));
        all
    }
}

impl Area {
    /// An area without routes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Routes that need this: `Area::new().needs(Need::May(Permission::BotRead), routes!(list, show))`.
    #[must_use]
    pub fn needs(mut self, need: Need, routes: UtoipaMethodRouter<Arc<Api>>) -> Self {
        for (path, item) in &routes.1.paths {
            for method in methods(item) {
                self.needs.0.insert((method, path.clone()), need);
            }
        }
        self.router = self.router.routes(routes);
        self
    }

    /// Adds the routes of another area.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.router = self.router.merge(other.router);
        self.needs.0.extend(other.needs.0);
        self
    }
}

fn methods(item: &PathItem) -> Vec<Method> {
    let all = [
        (&item.get, HttpMethod::Get),
        (&item.put, HttpMethod::Put),
        (&item.post, HttpMethod::Post),
        (&item.delete, HttpMethod::Delete),
        (&item.patch, HttpMethod::Patch),
    ];
    let used = all.into_iter().filter(|(operation, _)| operation.is_some());
    used.map(|(_, method)| match method {
        HttpMethod::Put => Method::PUT,
        HttpMethod::Post => Method::POST,
        HttpMethod::Delete => Method::DELETE,
        HttpMethod::Patch => Method::PATCH,
        _ => Method::GET,
    })
    .collect()
}
