//! Every request to the server: webhooks go their short way, everything else is looked up.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use countersign_model::SecretText;
use http::header::{self, CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use ipnet::IpNet;
use tower::ServiceExt as _;

use crate::console::Console;
use crate::hooks::Hooks;
use crate::listener::{self, Bounded};
use crate::telemetry::{Metrics, Pulse};

/// What answers the listener.
pub(crate) struct Front {
    pub(crate) hooks: Hooks,
    /// The addresses of the chat.
    pub(crate) chat: Router,
    /// The console and its API, when they are there.
    pub(crate) console: Option<Console>,
    pub(crate) status: Status,
    pub(crate) trusted: Vec<IpNet>,
    /// Whether browsers may be told to come back with https only.
    pub(crate) is_https: bool,
}

/// Health and metrics.
#[derive(Clone)]
pub(crate) struct Status {
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) pulse: Arc<Pulse>,
    /// Whether there is `/metrics`.
    pub(crate) enabled: bool,
    /// What opens it from other machines.
    pub(crate) token: Option<Arc<SecretText>>,
}

impl Front {
    /// Answers a request.
    pub(crate) async fn answer(&self, request: Request<Incoming>, direct: IpAddr) -> Response<Body> {
        let path = request.uri().path();
        let mut response = if let Some(id) = path.strip_prefix("/hooks/") {
            let id = id.to_owned();
            self.hooks.answer(request, &id).await
        } else {
            let peer = listener::peer(direct, request.headers(), &self.trusted);
            match self.status.answer(&request, peer) {
                Some(response) => response,
                None => match self.console.as_ref().filter(|_| Console::has(path)) {
                    Some(console) => self.routed(console.router(), request, peer).await,
                    None if path == "/" => page(request.method()),
                    None => self.routed(&self.chat, request, peer).await,
                },
            }
        };
        guard(response.headers_mut(), self.is_https);
        response
    }

    async fn routed(&self, router: &Router, request: Request<Incoming>, peer: IpAddr) -> Response<Body> {
        let time = self.hooks.body_time;
        let mut request = request.map(|body| Body::new(Bounded::new(body, time)));
        request.extensions_mut().insert(ConnectInfo(peer));
        match router.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

impl Status {
    /// `/healthz`, `/readyz` and `/metrics`; `None` for everything else.
    pub(crate) fn answer<B>(&self, request: &Request<B>, peer: IpAddr) -> Option<Response<Body>> {
        let answer = match request.uri().path() {
            "/healthz" => text(StatusCode::OK, "alive\n".to_owned()),
            "/readyz" => {
                let (ready, lines) = self.pulse.readiness();
                text(if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, lines)
            }
            "/metrics" if self.enabled => {
                if self.may_read(request.headers(), peer) {
                    text(StatusCode::OK, self.metrics.render())
                } else {
                    text(StatusCode::UNAUTHORIZED, String::new())
                }
            }
            _ => return None,
        };
        let known = matches!(*request.method(), Method::GET | Method::HEAD);
        Some(if known { answer } else { text(StatusCode::METHOD_NOT_ALLOWED, String::new()) })
    }

    fn may_read(&self, headers: &HeaderMap, peer: IpAddr) -> bool {
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let given = given.and_then(|value| value.strip_prefix("Bearer "));
        match (&self.token, given) {
            (Some(token), Some(given)) => **token == SecretText::from(given),
            // A token that was set is wanted of everybody.
            (Some(_), None) => false,
            (None, _) => peer.is_loopback(),
        }
    }
}

/// Answers the listener that has health and metrics alone.
pub(crate) fn status_only(status: &Status, request: &Request<Incoming>, direct: IpAddr) -> Response<Body> {
    let mut response =
        status.answer(request, direct).unwrap_or_else(|| text(StatusCode::NOT_FOUND, String::new()));
    guard(response.headers_mut(), false);
    response
}

const PAGE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Countersign</title>\n\
    <h1>Countersign</h1>\n<p>This is a server of chatbots. Its webhooks are under <code>/hooks/</code>.</p>\n</html>\n";

fn page(method: &Method) -> Response<Body> {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return text(StatusCode::METHOD_NOT_ALLOWED, String::new());
    }
    let mut response = text(StatusCode::OK, PAGE.to_owned());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn text(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

/// What browsers are told with every answer; a page that needs something else has said so already.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

fn guard(headers: &mut HeaderMap, is_https: bool) {
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(token: Option<&str>) -> Status {
        Status {
            metrics: Arc::new(Metrics::new([])),
            pulse: Arc::default(),
            enabled: true,
            token: token.map(|token| Arc::new(token.into())),
        }
    }

    fn code(status: &Status, path: &str, peer: &str, authorization: Option<&str>) -> Option<u16> {
        let mut request = Request::get(path);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        let answer = status.answer(&request.body(()).unwrap(), peer.parse().unwrap());
        answer.map(|answer| answer.status().as_u16())
    }

    #[test]
    fn metrics_are_for_this_machine_or_for_who_has_the_token() {
        let open = status(None);
        assert_eq!(code(&open, "/metrics", "127.0.0.1", None), Some(200));
        assert_eq!(code(&open, "/metrics", "::1", None), Some(200));
        assert_eq!(code(&open, "/metrics", "192.0.2.1", None), Some(401));
        let closed = status(Some("s3cret"));
        assert_eq!(code(&closed, "/metrics", "127.0.0.1", None), Some(401));
        assert_eq!(code(&closed, "/metrics", "192.0.2.1", Some("Bearer s3cret")), Some(200));
        for wrong in ["Bearer s3cre", "s3cret", "Basic s3cret", "Bearer "] {
            assert_eq!(code(&closed, "/metrics", "127.0.0.1", Some(wrong)), Some(401), "{wrong}");
        }
        let off = Status { enabled: false, ..status(None) };
        assert_eq!(code(&off, "/metrics", "127.0.0.1", None), None);
    }

    #[test]
    fn everybody_may_ask_whether_it_is_alive() {
        let status = status(None);
        assert_eq!(code(&status, "/healthz", "192.0.2.1", None), Some(200));
        assert_eq!(code(&status, "/readyz", "192.0.2.1", None), Some(200));
        status.pulse.workers_ended();
        assert_eq!(code(&status, "/healthz", "192.0.2.1", None), Some(200));
        assert_eq!(code(&status, "/readyz", "192.0.2.1", None), Some(503));
        assert_eq!(code(&status, "/elsewhere", "192.0.2.1", None), None);
    }

    #[test]
    fn a_page_keeps_what_it_says_of_itself() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'self'"));
        guard(&mut headers, true);
        assert_eq!(headers["content-security-policy"], "default-src 'self'");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["strict-transport-security"], "max-age=31536000");
    }
}
