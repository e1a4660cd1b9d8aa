//! The one front door: connections are counted, slow ones are closed, and a stop lets what runs end.

mod body;
mod io;
mod peer;
mod places;

use std::convert::Infallible;
use std::future::Future;
use std::io::{Error, ErrorKind};
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::io::{Activity, Watched};
use self::places::{Full, Places};

pub(crate) use self::body::{BodyError, Bounded, read};
pub(crate) use self::peer::peer;

/// Bounds of a listener.
#[derive(Clone, Debug)]
pub(crate) struct Bounds {
    /// How long the header of a request may take.
    pub(crate) header: Duration,
    /// How long an answer may wait for a client that does not read.
    pub(crate) write: Duration,
    /// How long a connection may be without a request.
    pub(crate) idle: Duration,
    /// How long running requests have to end.
    pub(crate) stop: Duration,
    /// Connections at once.
    pub(crate) connections: usize,
    /// Connections at once of one peer.
    pub(crate) per_peer: usize,
    /// Peers that are not counted.
    pub(crate) uncounted: Vec<IpNet>,
}

/// Is told how many connections there are, and of those that were turned away.
pub(crate) trait Counted: Send + Sync + 'static {
    /// One more.
    fn opened(&self);
    /// One less.
    fn closed(&self);
    /// One was turned away.
    fn refused(&self);
}

/// Answers requests until `stop`, and returns when all connections are closed, at the latest after `bounds.stop`.
pub(crate) async fn serve<H, F>(
    socket: TcpListener,
    bounds: Bounds,
    counted: Arc<dyn Counted>,
    handler: H,
    stop: CancellationToken,
) where
    H: Fn(Request<Incoming>, IpAddr) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Response<Body>> + Send + 'static,
{
    let places = Places::new(&bounds, counted);
    let bounds = Arc::new(bounds);
    let running = TaskTracker::new();
    let now = CancellationToken::new();
    // Whoever drops this function wants no connection to stay.
    let _cut = now.clone().drop_guard();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = socket.accept() => accepted,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !wait_after(&error, &stop).await {
                    break;
                }
                continue;
            }
        };
        // Without it the last piece of an answer waits for the client's acknowledgement of the one before. Fails only on
        // a connection that is gone.
        let _ = stream.set_nodelay(true);
        // A connection that is dropped is closed: the provider repeats, and nobody waits.
        let place = match places.take(address.ip()) {
            Ok(place) => place,
            Err(full) => {
                tell(full, address);
                continue;
            }
        };
        let activity = Arc::new(Activity::default());
        let stream = Watched::new(stream, activity.clone(), place, running.token(), stop.clone());
        let tokens = (stop.clone(), now.clone());
        let connection = connection(stream, activity, address.ip(), bounds.clone(), handler.clone(), tokens);
        running.spawn(connection);
    }
    drop(socket);
    running.close();
    if tokio::time::timeout(bounds.stop, running.wait()).await.is_err() {
        tracing::warn!(
            connections = running.len(),
            "connections were cut off, because they did not end in time"
        );
        now.cancel();
        running.wait().await;
    }
}

async fn connection<H, F>(
    stream: Watched,
    activity: Arc<Activity>,
    peer: IpAddr,
    bounds: Arc<Bounds>,
    handler: H,
    (stop, now): (CancellationToken, CancellationToken),
) where
    H: Fn(Request<Incoming>, IpAddr) -> F + Send,
    F: Future<Output = Response<Body>> + Send,
{
    let io = TokioIo::new(stream);
    let service = service_fn(|request: Request<Incoming>| {
        activity.request_began();
        let answer = handler(request, peer);
        let activity = activity.clone();
        async move {
            let answer = answer.await;
            activity.request_ended();
            if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
                activity.upgraded();
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let mut http = http1::Builder::new();
    // The timers are ours, see `Activity`: hyper has one for header and idleness alike.
    http.header_read_timeout(None).max_headers(64).max_buf_size(MAX_HEADER);
    let mut running = pin!(http.serve_connection(io, service).with_upgrades());
    let mut watch = io::Watch::new(&activity, &bounds);
    let mut ticks = tokio::time::interval(watch.every());
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut ending = false;
    let (mut stopped, mut cut) = (pin!(stop.cancelled()), pin!(now.cancelled()));
    loop {
        tokio::select! {
            biased;
            // What went wrong with a connection is the client's matter; what it sent may not be logged.
            _ = running.as_mut() => break,
            _ = ticks.tick() => if watch.is_over() { break },
            () = stopped.as_mut(), if !ending => {
                ending = true;
                running.as_mut().graceful_shutdown();
            }
            () = cut.as_mut() => break,
        }
    }
}

/// The header of a request, and what is read ahead, in bytes.
const MAX_HEADER: usize = 64 * 1024;

/// After an error of `accept`: goes on at once when only one connection failed, and waits when the machine has no
/// more files or no memory, so that it does not spin. Gives `false` when it is time to stop.
async fn wait_after(error: &Error, stop: &CancellationToken) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted) {
        return true;
    }
    tracing::error!(%error, "no connection can be taken at the moment; it is tried again in a second");
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(Duration::from_secs(1)) => true,
    }
}

fn tell(full: Full, address: SocketAddr) {
    match full {
        Full::All => {
            tracing::warn!("a connection was closed, because there are too many (limits.connections)")
        }
        Full::Peer => tracing::warn!(
            peer = %address.ip(),
            "a connection was closed, because its peer has too many (limits.connections_per_peer)"
        ),
    }
}

#[cfg(test)]
mod tests;
