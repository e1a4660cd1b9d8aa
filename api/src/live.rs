//! What changes, told while it happens (server-sent events).

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use http::{HeaderMap, HeaderValue, header};

use crate::access::Here;
use crate::area::{Area, Need, routes};
use crate::events::{Heard, Listener};
use crate::state::Api;

pub(crate) fn area() -> Area {
    Area::new().needs(Need::Workspace, routes!(events))
}

/// A comment is sent after so long without an event, so that proxies keep the connection.
const QUIET: Duration = Duration::from_secs(20);
/// A stream ends after so long, and the browser comes back: who was signed out in between is not let in again.
const LONGEST: Duration = Duration::from_secs(10 * 60);

/// What changes in the workspace, as server-sent events. `Last-Event-ID` goes on where it broke off; `reset` says that
/// everything has to be read again.
#[utoipa::path(get, path = "/workspaces/{workspace}/events", tag = "events", params(("workspace" = String, Path)), responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn events(State(api): State<Arc<Api>>, here: Here, headers: HeaderMap) -> impl IntoResponse + use<> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let listener = api.events.listen(here.workspace(), last);
    let end = tokio::time::Instant::now() + LONGEST;
    let heard = stream::unfold((listener, here, true), move |(mut listener, here, first)| async move {
        if first {
            let hello = Event::default().comment("listening");
            return Some((Ok::<_, Infallible>(hello), (listener, here, false)));
        }
        let event = tokio::time::timeout_at(end, shown(&mut listener, &here)).await.ok()??;
        Some((Ok(event), (listener, here, false)))
    });
    let sse = Sse::new(heard).keep_alive(KeepAlive::new().interval(QUIET));
    // Proxies must not collect it.
    ([(header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))], sse)
}

/// The next event that this one may see.
async fn shown(listener: &mut Listener, here: &Here) -> Option<Event> {
    loop {
        match listener.next().await? {
            Heard::Reset(id) => return Some(Event::default().id(id).event("reset").data("{}")),
            Heard::Event(_, event) if event.ends(&here.actor.name()) => return None,
            Heard::Event(_, event) if event.is_end() => {}
            Heard::Event(id, event) if here.actor.may(event.needs()) => {
                return Some(Event::default().id(id).event(event.kind).data(event.data.to_string()));
            }
            Heard::Event(..) => {}
        }
    }
}
