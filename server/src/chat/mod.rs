//! The chat of web pages, apps and desktop programs: one protocol over WebSocket, with long polls where there is none.
//! `docs/channels/web.md` describes it for those who write an app of their own.
//!
//! What the bot says is a row of the transcript with an index. A client names the index that it wants to go on from, so
//! nothing is lost when a connection breaks and nothing is kept for a client that is away: no table of sessions, no
//! queue of messages. `frames` is what goes over the wire, `visitor` what a client can do, `socket` and `poll`
//! the two ways to do it.

mod frames;
mod guard;
mod limits;
mod origins;
mod pages;
mod poll;
mod problem;
mod settings;
mod socket;
mod token;
mod visitor;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post};
use countersign_runner::{Channel, ConversationKey, Delivery, SendError};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use limits::{Limits, Places};
use pages::Pages;
use token::{Keys, SystemKeys};

pub use settings::{ChatSettings, Position, SETTINGS, open};

/// The addresses of the chat: `/chat/{channel}` and what is below it, `/widget.js`, `/demo` when a web channel
/// wants it, and the login pages at `/login/{ticket}`. Everything else is 404.
pub fn router(app: Arc<App>) -> Router {
    router_until(app, CancellationToken::new())
}

/// The same, until the server stops: then waiting polls are answered and WebSockets are closed, and clients come back to
/// whoever answers next.
pub fn router_until(app: Arc<App>, stop: CancellationToken) -> Router {
    let pages = crate::login_page::routes(app.clone());
    routes(app, Limits::default(), Arc::new(SystemKeys), stop).merge(pages)
}

/// Delivers by doing nothing: who listens reads the transcript, and the runner wakes it.
#[derive(Clone, Copy, Debug, Default)]
pub struct ChatChannel;

#[async_trait]
impl Channel for ChatChannel {
    async fn deliver(&self, _: &ConversationKey, _: &Delivery, _: u32) -> Result<(), SendError> {
        Ok(())
    }
}

/// What the handlers share.
struct Chat {
    app: Arc<App>,
    limits: Limits,
    keys: Arc<dyn Keys>,
    places: Arc<Places>,
    pages: Pages,
    stop: CancellationToken,
}

fn routes(app: Arc<App>, limits: Limits, keys: Arc<dyn Keys>, stop: CancellationToken) -> Router {
    let pages = Pages::of(&app);
    let places = Arc::new(Places::new(&limits));
    let body = limits.frame;
    let chat = Arc::new(Chat { app, limits, keys, places, pages, stop });
    Router::new()
        .route("/chat/{channel}", any(socket::connect))
        .route("/chat/{channel}/session", post(poll::session).options(poll::preflight))
        .route("/chat/{channel}/look", get(poll::look).options(poll::preflight))
        .route("/chat/{channel}/poll", get(poll::wait).post(poll::send).options(poll::preflight))
        .route("/widget.js", get(pages::widget))
        .route("/demo", get(pages::demo))
        .layer(DefaultBodyLimit::max(body))
        .with_state(chat)
}
