//! Areas of the API: routes, each with what it needs. There is no way to add a route without saying so.

use std::collections::HashMap;
use std::sync::Arc;

use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter};
use countersign_accounts::Permission;
use http::Method;
use utoipa::__dev::{SchemaReferences, Tags};
use utoipa::Path;
use utoipa::openapi::path::HttpMethod;

use crate::state::Api;

/// What a request needs before its route sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Need {
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
pub(crate) struct Area(pub(crate) Vec<(Need, Route)>);

/// One function with its path.
pub(crate) struct Route {
    pub(crate) methods: Vec<Method>,
    pub(crate) path: String,
    pub(crate) handler: MethodRouter<Arc<Api>>,
    /// Only the test of `openapi.json` asks for it, so that none of it is in the program.
    #[cfg(test)]
    pub(crate) described: crate::describe::Described,
}

/// What each route needs, by method and path.
#[derive(Clone, Debug, Default)]
pub(crate) struct Needs(HashMap<(Method, String), Need>);

impl Needs {
    /// What a route needs; `None` when there is no such route. `HEAD` is as `GET`.
    pub(crate) fn of(&self, method: &Method, path: &str) -> Option<Need> {
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned())).copied()
    }

    /// All routes with what they need, in the order of their paths.
    #[cfg(test)]
    pub(crate) fn all(&self) -> Vec<(Method, String, Need)> {
        let mut all: Vec<_> =
            self.0.iter().map(|((method, path), need)| (method.clone(), path.clone(), *need)).collect();
        all.sort_by(|a, b| (&a.1, a.0.as_str()).cmp(&(&b.1, b.0.as_str())));
        all
    }
}

impl Area {
    /// An area without routes.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Routes that need this: `Area::new().needs(Need::May(Permission::BotRead), routes!(list, show))`.
    #[must_use]
    pub(crate) fn needs(mut self, need: Need, routes: Vec<Route>) -> Self {
        self.0.extend(routes.into_iter().map(|route| (need, route)));
        self
    }

    /// Adds the routes of another area.
    #[must_use]
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// What each route needs.
    pub(crate) fn table(&self) -> Needs {
        let of_route = |(need, route): &(Need, Route)| {
            let (need, path) = (*need, route.path.clone());
            route.methods.clone().into_iter().map(move |method| ((method, path.clone()), need))
        };
        Needs(self.0.iter().flat_map(of_route).collect())
    }
}

impl Route {
    /// A function with `#[utoipa::path]`; `D` is what that has made of it.
    pub(crate) fn new<D, H, T>(handler: H) -> Self
    where
        D: Path + SchemaReferences + for<'t> Tags<'t>,
        H: Handler<T, Arc<Api>>,
        T: 'static,
    {
        let methods: Vec<_> = D::methods().iter().map(method).collect();
        let on = |router: MethodRouter<_>, (_, filter): &(Method, MethodFilter)| {
            router.on(*filter, handler.clone())
        };
        Self {
            handler: methods.iter().fold(MethodRouter::new(), on),
            methods: methods.into_iter().map(|(method, _)| method).collect(),
            path: D::path(),
            #[cfg(test)]
            described: crate::describe::Described::of::<D>(),
        }
    }
}

fn method(of_description: &HttpMethod) -> (Method, MethodFilter) {
    match of_description {
        HttpMethod::Put => (Method::PUT, MethodFilter::PUT),
        HttpMethod::Post => (Method::POST, MethodFilter::POST),
        HttpMethod::Delete => (Method::DELETE, MethodFilter::DELETE),
        HttpMethod::Patch => (Method::PATCH, MethodFilter::PATCH),
        _ => (Method::GET, MethodFilter::GET),
    }
}

/// Functions with `#[utoipa::path]` as routes: `routes!(list, other::show)`. The macro of utoipa-axum makes the
/// description along with them, which takes milliseconds at each start and a megabyte of the program.
macro_rules! routes {
    ($($($part:ident)::+),+) => { vec![$($crate::area::route!($($part)+)),+] };
}

/// `#[utoipa::path]` writes what it has made of a function under a name that is made of the function's.
macro_rules! route {
    ($name:ident) => {
        pastey::paste! { $crate::area::Route::new::<[<__path_ $name>], _, _>($name) }
    };
    ($module:ident $name:ident) => {
        pastey::paste! { $crate::area::Route::new::<$module::[<__path_ $name>], _, _>($module::$name) }
    };
}

pub(crate) use {route, routes};
