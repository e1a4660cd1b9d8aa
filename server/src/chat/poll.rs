//! The chat over plain HTTP, for networks that let no WebSocket through: the same frames, in the bodies of requests.

use std::pin::pin;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Json, Response};
use countersign_model::SecretText;
use http::header::{AUTHORIZATION, CACHE_CONTROL};
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use super::frames::{ClientFrame, ServerFrame, VERSION};
use super::limits::TEXT;
use super::origins::Door;
use super::problem::Problem;
use super::visitor::{News, Visitor};
use super::{Chat, guard, token};

/// From where on a poll wants the conversation.
#[derive(Deserialize)]
pub(super) struct Asked {
    /// The index of the first row that the client does not have.
    #[serde(default)]
    since: u64,
    /// Whether the client shows that the bot is at work.
    #[serde(default)]
    typing: bool,
}

/// What the widget looks like.
#[derive(Serialize)]
struct Look<'a> {
    v: u8,
    title: &'a str,
    color: &'a str,
    position: super::Position,
    #[serde(skip_serializing_if = "Option::is_none")]
    language: Option<&'a str>,
    /// The longest text of one message, in bytes.
    longest: usize,
}

/// A new session.
#[derive(Serialize)]
struct Opened<'a> {
    v: u8,
    token: &'a str,
    expires: String,
}

/// `OPTIONS` of all of them.
pub(super) async fn preflight(door: Door) -> Response {
    door.preflight()
}

/// `GET /chat/{channel}/look`: what a page shows before anybody talks.
pub(super) async fn look(door: Door) -> Response {
    let settings = &door.settings;
    let look = Look {
        v: VERSION,
        title: &settings.title,
        color: &settings.color,
        position: settings.position,
        language: settings.language.as_deref(),
        longest: TEXT,
    };
    door.answer(([(CACHE_CONTROL, "public, max-age=300")], Json(look)))
}

/// `POST /chat/{channel}/session`: a token. Nothing is kept of it.
pub(super) async fn session(State(chat): State<Arc<Chat>>, door: Door) -> Response {
    let made = || {
        let app = &chat.app;
        let account = app.runner.registry().channel(&door.line.workspace, &door.line.id);
        guard::admit(&account.ok_or(Problem::NoSuchChannel)?.bot, door.line.kind)?;
        let now = app.clock.now();
        let token = token::issue(chat.keys.as_ref(), now)?;
        let expires = now.plus(door.settings.session).to_string();
        let opened = Json(Opened { v: VERSION, token: token.expose(), expires });
        Ok::<_, Problem>((StatusCode::CREATED, opened).into_response())
    };
    door.answer(made().unwrap_or_else(IntoResponse::into_response))
}

/// `GET /chat/{channel}/poll?since=…`: what was said since, as soon as there is something.
pub(super) async fn wait(
    State(chat): State<Arc<Chat>>,
    door: Door,
    asked: Result<Query<Asked>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    let answer = async {
        let Query(asked) = asked.map_err(|_| Problem::Missing("since"))?;
        let visitor = admitted(&chat, &door, &headers)?;
        let mut place = chat.places.enter()?;
        place.belongs_to(visitor.address())?;
        let watch = visitor.watch();
        let mut end = pin!(sleep(chat.limits.poll));
        loop {
            let news = visitor.news(asked.since).await?;
            let over = end.is_elapsed() || chat.stop.is_cancelled();
            if over || !news.rows.is_empty() || news.busy != asked.typing {
                return Ok::<_, Problem>(written(&news));
            }
            tokio::select! {
                () = watch.changed() => {}
                () = &mut end => {}
                () = chat.stop.cancelled() => {}
            }
        }
    };
    door.answer(answer.await.unwrap_or_else(IntoResponse::into_response))
}

/// `POST /chat/{channel}/poll`: one frame of the client, answered with one frame.
pub(super) async fn send(
    State(chat): State<Arc<Chat>>,
    door: Door,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Response {
    let answer = async {
        let body = body.map_err(|_| (Problem::TooLong { most: TEXT }, None))?;
        let visitor = admitted(&chat, &door, &headers).map_err(|problem| (problem, None))?;
        let text = std::str::from_utf8(&body).map_err(|_| (Problem::Malformed, None))?;
        match ClientFrame::read(text)? {
            ClientFrame::Hello { since, language, .. } => {
                let from = visitor.arrive(since, language).await.map_err(|problem| (problem, None))?;
                Ok(Json(ServerFrame::ready(from)).into_response())
            }
            ClientFrame::Ping | ClientFrame::Typing => Ok(Json(ServerFrame::Pong).into_response()),
            ClientFrame::Message(message) => {
                let cid = message.id.clone();
                match visitor.say(message).await {
                    Ok(new) => Ok(Json(ServerFrame::Accepted { cid: &cid, new }).into_response()),
                    Err(problem) => Err((problem, Some(cid))),
                }
            }
        }
    };
    door.answer(match answer.await {
        Ok(response) => response,
        Err((problem, cid)) => problem.response(cid.as_deref()),
    })
}

fn admitted(chat: &Arc<Chat>, door: &Door, headers: &HeaderMap) -> Result<Visitor, Problem> {
    let bearer = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = bearer.and_then(|value| value.strip_prefix("Bearer ")).ok_or(Problem::BadToken)?;
    Visitor::admit(chat, &door.line, &door.settings, &SecretText::from(token.trim()))
}

/// All news in one body.
fn written(news: &News) -> Response {
    #[derive(Serialize)]
    struct Frames<'a> {
        v: u8,
        frames: Vec<ServerFrame<'a>>,
    }
    let mut frames: Vec<_> =
        news.rows.iter().zip(news.first..).map(|(row, seq)| ServerFrame::row(seq, row)).collect();
    frames.push(ServerFrame::Typing { on: news.busy });
    if news.complete {
        frames.push(ServerFrame::Live { next: news.next() });
    }
    Json(Frames { v: VERSION, frames }).into_response()
}
