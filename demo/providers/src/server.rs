use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, Response};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::control;
use crate::standins::Shared;
use crate::wire::{Reply, Request};

/// The longest request that is read.
const MOST: usize = 16 * 1024 * 1024;

/// The connection is closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the answer is lost on purpose")]
pub(crate) struct NoAnswer;

/// Answers until `stopped` says so; open requests are cut off then.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                // A connection that broke before it was accepted is nobody's loss.
                let Ok((stream, peer)) = accepted else { continue };
                let _ = stream.set_nodelay(true);
                let shared = shared.clone();
                connections.spawn(async move {
                    let service = service_fn(move |request| answer(shared.clone(), peer, request));
                    let mut http = http1::Builder::new();
                    // An answer that is lost on purpose ends the connection with an error.
                    let _ = http.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), service).await;
                });
            }
            _ = stopped.wait_for(|stopped| *stopped) => return,
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn answer(
    shared: Arc<Shared>,
    peer: SocketAddr,
    request: http::Request<Incoming>,
) -> Result<Response<Full<Bytes>>, NoAnswer> {
    let (head, body) = request.into_parts();
    let reply = match Limited::new(body, MOST).collect().await {
        Err(_) => Reply::text(413, "the request is too long, or broke off"),
        Ok(body) => {
            let body = body.to_bytes();
            let (path, query) = (head.uri.path(), head.uri.query().unwrap_or_default());
            let request = Request { method: &head.method, path, query, headers: &head.headers, body: &body };
            match path.strip_prefix("/stand-in") {
                Some(_) if !is_from_here(peer, &request) => {
                    Reply::text(403, "the control page of the stand-ins is for programs on this machine only")
                }
                Some(rest) => control::answer(&shared, rest, &request).await,
                None => shared.take(&request).await?,
            }
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(reply.body)));
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    headers.insert("content-type", HeaderValue::from_static(reply.content_type));
    if let Some(seconds) = reply.retry_after {
        headers.insert("retry-after", HeaderValue::from(seconds));
    }
    Ok(response)
}

/// Whether a program on this machine asks, and not a page in a browser on it.
fn is_from_here(peer: SocketAddr, request: &Request<'_>) -> bool {
    let host = request.header("host");
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_matches(['[', ']']);
    let here = name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback());
    peer.ip().is_loopback() && here && request.headers.get("origin").is_none()
}
