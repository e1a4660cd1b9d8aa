use std::convert::Infallible;
use std::io::{self, ErrorKind};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::stream::{self, Stream, StreamExt};
use url::form_urlencoded;

use crate::bank::Bank;
use crate::connection::Connection;
use crate::faults::FaultKind;
use crate::spoil;
use crate::stats::Seen;

/// Stands before every route: counts the request, and lets it go wrong when a fault waits for it.
pub(crate) async fn disturb(State(bank): State<Bank>, request: Request, next: Next) -> Response {
    let seen = seen(&request);
    // The switch must work while everything else is broken.
    let fault = match seen.path.as_str() {
        "/faults" => None,
        path => bank.faults().take(&seen.method, path),
    };
    {
        let mut stats = bank.inner().stats();
        stats.arrived(seen);
        stats.faults += u64::from(fault.is_some());
    }
    match fault {
        Some(kind) => struck(kind, &bank, request, next).await,
        None => next.run(request).await,
    }
}

async fn struck(kind: FaultKind, bank: &Bank, request: Request, next: Next) -> Response {
    let connection = request.extensions().get::<ConnectInfo<Connection>>().map(|info| info.0.clone());
    match kind {
        FaultKind::Slow(pause) => {
            tokio::select! {
                () = tokio::time::sleep(pause) => next.run(request).await,
                () = bank.closed() => reset(connection),
            }
        }
        FaultKind::Status(status) => error_page(status),
        FaultKind::StatusAfter(status) => {
            next.run(request).await;
            error_page(status)
        }
        FaultKind::Hang => {
            bank.closed().await;
            reset(connection)
        }
        FaultKind::Reset => reset(connection),
        FaultKind::ResetAfter => {
            next.run(request).await;
            reset(connection)
        }
        FaultKind::Truncated => {
            let (mut headers, body) = taken(next.run(request).await).await;
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
            (headers, Body::from_stream(first_half(body))).into_response()
        }
        FaultKind::Drip(pause) => {
            let (mut headers, body) = taken(next.run(request).await).await;
            headers.remove(header::CONTENT_LENGTH);
            (headers, dripping(body, pause, bank.clone())).into_response()
        }
        FaultKind::Redirect(location) => match HeaderValue::try_from(location) {
            Ok(location) => (StatusCode::FOUND, [(header::LOCATION, location)]).into_response(),
            Err(_) => StatusCode::FOUND.into_response(),
        },
        FaultKind::DeadToken401 => {
            (StatusCode::UNAUTHORIZED, JSON, "{\"error\":\"invalid_token\"}").into_response()
        }
        FaultKind::DeadToken403 => {
            (StatusCode::FORBIDDEN, JSON, "{\"error\":\"token_expired\"}").into_response()
        }
        FaultKind::DeadTokenBody => (JSON, "{\"status\":\"TOKEN_EXPIRED\"}").into_response(),
        FaultKind::Garbage => (JSON, Bytes::from_static(b"\x00\xff\xfe{\x80\"data\":")).into_response(),
        FaultKind::Html => (JSON, LOGIN_PAGE).into_response(),
        FaultKind::EmptyBody => (JSON, Body::empty()).into_response(),
        FaultKind::EndlessBody => (JSON, endless(bank.clone())).into_response(),
        FaultKind::WrongContentType => {
            let mut response = next.run(request).await;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            response
        }
        spoiled => {
            let response = next.run(request).await;
            let status = response.status();
            let (mut headers, body) = taken(response).await;
            headers.remove(header::CONTENT_LENGTH);
            (status, headers, spoil::spoil(&spoiled, &body, bank)).into_response()
        }
    }
}

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];
const LOGIN_PAGE: &str = "<!doctype html><title>Log in</title><form method=post><input name=token></form>\n";
/// Larger than every answer of the bank.
const LARGEST_ANSWER: usize = 1 << 20;

fn seen(request: &Request) -> Seen {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let query = request.uri().query().unwrap_or_default();
    Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query_names: form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect(),
        content_type: header("content-type"),
        accept: header("accept"),
        user_agent: header("user-agent"),
        idempotency_key: header("idempotency-key"),
    }
}

fn error_page(status: u16) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = [(header::CONTENT_TYPE, "text/html")];
    (status, kind, format!("<html><h1>{status}</h1></html>\n")).into_response()
}

/// The answer is never seen: the connection dies when it is written. Without a connection the body breaks instead.
fn reset(connection: Option<Connection>) -> Response {
    if let Some(connection) = connection {
        connection.reset();
    }
    let broken = io::Error::from(ErrorKind::ConnectionReset);
    Body::from_stream(stream::iter([Err::<Bytes, _>(broken)])).into_response()
}

async fn taken(response: Response) -> (HeaderMap, Bytes) {
    let (parts, body) = response.into_parts();
    (parts.headers, axum::body::to_bytes(body, LARGEST_ANSWER).await.unwrap_or_default())
}

/// Breaks off only after a pause: what stands in the buffer of a connection that breaks at once is never sent.
fn first_half(body: Bytes) -> impl Stream<Item = io::Result<Bytes>> {
    let half = stream::iter([Ok(body.slice(..body.len() / 2))]);
    half.chain(stream::once(async {
        tokio::task::yield_now().await;
        Err(ErrorKind::ConnectionReset.into())
    }))
}

fn dripping(body: Bytes, pause: Duration, bank: Bank) -> Body {
    let drops = stream::iter(0..body.len()).then(move |at| {
        let drop = body.slice(at..=at);
        async move {
            tokio::time::sleep(pause).await;
            Ok::<_, Infallible>(drop)
        }
    });
    Body::from_stream(drops.take_until(Box::pin(async move { bank.closed().await })))
}

fn endless(bank: Bank) -> Body {
    let begin = stream::iter([Bytes::from_static(b"{\"data\":{\"token\":\"")]);
    let rest = stream::repeat(Bytes::from_static(&[b'a'; 16 * 1024]));
    let all = begin.chain(rest).map(Ok::<_, Infallible>);
    Body::from_stream(all.take_until(Box::pin(async move { bank.closed().await })))
}
