//! Webhooks: `/hooks/{channel id}`.
//!
//! Nothing is read that was not signed, nothing is answered positively that is not on disk, and a channel that does not
//! exist answers like one whose signature does not fit. No body, no address and no id of a user is logged.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use countersign_channels::{Adapter, Answer, ChannelEvent, Event, HttpRequest, WebhookRequest};
use countersign_model::{Name, Timestamp};
use countersign_runner::{ConversationKey, IngestError};
use countersign_store::failpoint::Failpoint;
use http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use crate::app::{App, Line, Side};
use crate::bots::Waiting;
use crate::listener::{self, BodyError};
use crate::statistics::Statistics;
use crate::telemetry::{Metrics, Pulse, Span, SpanKind, Tracer, WebhookResult};
use crate::voice;

/// What webhooks are answered with.
pub(crate) struct Hooks {
    pub(crate) app: Arc<App>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) tracer: Tracer,
    pub(crate) statistics: Arc<Statistics>,
    pub(crate) pulse: Arc<Pulse>,
    /// The largest body, in bytes.
    pub(crate) body: usize,
    /// How long a body may take.
    pub(crate) body_time: Duration,
    /// The beginning of every address, without a slash at its end.
    pub(crate) base: String,
    /// Channels of which it was said that their webhooks are refused.
    pub(crate) unsigned: Seldom,
}

/// How a webhook was answered.
struct Done {
    response: Response<Body>,
    result: WebhookResult,
}

impl Done {
    fn new(result: WebhookResult, response: Response<Body>) -> Self {
        Self { response, result }
    }
}

impl Hooks {
    /// Answers a webhook of the channel with this id.
    pub(crate) async fn answer(&self, request: Request<Incoming>, id: &str) -> Response<Body> {
        let started = self.app.clock.now();
        if !matches!(*request.method(), Method::GET | Method::POST) {
            let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST"));
            return response;
        }
        let (parts, body) = request.into_parts();
        let body = match listener::read(body, self.body, self.body_time).await {
            Ok(body) => body,
            Err(BodyError::TooLarge) => return empty(StatusCode::PAYLOAD_TOO_LARGE),
            Err(BodyError::TooSlow) => return empty(StatusCode::REQUEST_TIMEOUT),
            Err(BodyError::Broken) => return empty(StatusCode::BAD_REQUEST),
        };
        let line = id.parse::<Name>().ok().and_then(|id| self.app.channels.get(&id));
        let Some((line, adapter)) = line.and_then(|line| match &line.side {
            Side::Provider(adapter) => Some((line.clone(), adapter.clone())),
            Side::Chat(_) => None,
        }) else {
            return empty(StatusCode::UNAUTHORIZED);
        };
        let done = self.known(&line, &adapter, &parts, &body).await;
        let ended = self.app.clock.now();
        self.metrics.webhook(&line.id, done.result, ended.since(started));
        if self.statistics.healths.webhook(&line.workspace, &line.id, done.result, ended) {
            self.statistics.feed.channel(&line.workspace, &line.id);
        }
        self.tracer.span(|| span(&line, &done, started, ended));
        done.response
    }

    async fn known(
        &self,
        line: &Arc<Line>,
        adapter: &Arc<dyn Adapter>,
        parts: &http::request::Parts,
        body: &Bytes,
    ) -> Done {
        let now = self.app.clock.now();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let url = format!("{}{path}", self.base);
        let headers: Vec<_> = parts
            .headers
            .iter()
            .map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()))
            .collect();
        let query = parts.uri.query().unwrap_or("");
        let request =
            WebhookRequest { method: parts.method.as_str(), url: &url, query, headers: &headers, body };
        if let Some(answer) = adapter.greet(&request) {
            return Done::new(WebhookResult::Greeted, told(answer));
        }
        let Ok(verified) = adapter.verify(&request, now) else {
            if self.unsigned.is_due(&line.id, now) {
                tracing::warn!(channel = line.id.as_str(), "{Unsigned}");
            }
            return Done::new(WebhookResult::Unsigned, empty(StatusCode::UNAUTHORIZED));
        };
        if let Some(bot) = self.waits_for(line) {
            tracing::warn!("{}", Waiting { channel: line.id.clone(), bot });
            return Done::new(WebhookResult::Waiting, busy());
        }
        // Somebody who calls is not sent away with an error of the provider.
        let is_call = adapter.voice().is_some();
        if self.pulse.is_crowded() && !is_call {
            return Done::new(WebhookResult::Unavailable, busy());
        }
        let Ok(mut decoded) = adapter.decode(verified, now) else {
            tracing::warn!(
                channel = line.id.as_str(),
                bytes = body.len(),
                "a webhook with a good signature could not be read; nothing of it was kept"
            );
            return Done::new(WebhookResult::Malformed, empty(StatusCode::BAD_REQUEST));
        };
        self.metrics.events(&line.id, 0, 0, decoded.skipped);
        if is_call {
            let answer = voice::answer(&self.app, line, adapter.as_ref(), query, decoded).await;
            let kept = answer.status < 500;
            let result = if kept { WebhookResult::Accepted } else { WebhookResult::Unavailable };
            return Done::new(result, told(answer));
        }
        let events = std::mem::take(&mut decoded.events);
        let courtesies: Vec<_> = events.iter().map(|event| Courtesies::of(adapter.as_ref(), event)).collect();
        self.receipts(&events);
        Failpoint::HookBeforeAccept.pass();
        let new = match self.app.runner.hear(&line.workspace, &line.id, events).await {
            Ok(new) => new,
            Err(error) => {
                if matches!(error, IngestError::Store(_)) {
                    self.pulse.not_kept();
                }
                return Done::new(WebhookResult::Unavailable, not_kept(line, &error));
            }
        };
        Failpoint::HookAfterAccept.pass();
        let fresh = new.iter().filter(|new| **new).count();
        self.metrics.events(&line.id, fresh, new.len() - fresh, 0);
        self.send(line, courtesies, &new);
        Done::new(WebhookResult::Accepted, told(decoded.answer))
    }

    /// The bot that a channel waits for: the file names it, and it was never published.
    fn waits_for(&self, line: &Line) -> Option<Name> {
        let account = self.app.runner.registry().channel(&line.workspace, &line.id);
        line.wanted.clone().filter(|_| account.is_none())
    }

    fn receipts(&self, events: &[ChannelEvent]) {
        for event in events {
            if let Event::Receipt(receipt) = &event.event {
                self.metrics.receipt(receipt.state);
            }
        }
    }

    /// Sends courtesies of what was new, beside everything else: nothing depends on them.
    fn send(&self, line: &Line, courtesies: Vec<Courtesies>, new: &[bool]) {
        let new = courtesies.into_iter().zip(new).filter(|(courtesies, new)| **new && !courtesies.is_empty());
        let courtesies: Vec<_> = new.map(|(courtesies, _)| courtesies).collect();
        if courtesies.is_empty() {
            return;
        }
        let Some(sender) = line.sender.clone() else { return };
        let (workspace, channel) = (line.workspace.clone(), line.id.clone());
        // A server that stops is not kept by it.
        let (app, sleeper) = (Arc::downgrade(&self.app), self.app.sleeper.clone());
        tokio::spawn(async move {
            let mut later = Vec::new();
            for Courtesies { address, at_once, at_work } in courtesies {
                for request in at_once {
                    sender.courtesy(request).await;
                }
                if !at_work.is_empty() {
                    later.push((address, at_work));
                }
            }
            if later.is_empty() {
                return;
            }
            sleeper.sleep(A_WHILE).await;
            let Some(app) = app.upgrade() else { return };
            for (address, requests) in later {
                let key = ConversationKey { workspace: workspace.clone(), channel: channel.clone(), address };
                if is_at_work(&app, &key).await {
                    for request in requests {
                        sender.courtesy(request).await;
                    }
                }
            }
        });
    }
}

/// How long the bot works before its user is shown that it does.
const A_WHILE: Duration = Duration::from_millis(500);

/// What a user is shown besides answers.
struct Courtesies {
    address: String,
    at_once: Vec<HttpRequest>,
    at_work: Vec<HttpRequest>,
}

impl Courtesies {
    fn of(adapter: &dyn Adapter, event: &ChannelEvent) -> Self {
        let (at_once, at_work) = (adapter.courtesies(event), adapter.at_work(event));
        let address = if at_work.is_empty() { String::new() } else { event.address.clone() };
        Self { address, at_once, at_work }
    }

    fn is_empty(&self) -> bool {
        self.at_once.is_empty() && self.at_work.is_empty()
    }
}

/// Says something of a channel once a minute at most: whoever guesses signatures does not fill the log.
#[derive(Default)]
pub(crate) struct Seldom(Mutex<HashMap<Name, Timestamp>>);

impl Seldom {
    fn is_due(&self, channel: &Name, now: Timestamp) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if said.get(channel).is_some_and(|then| (*then..then.plus(MINUTE)).contains(&now)) {
            return false;
        }
        said.insert(channel.clone(), now);
        true
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// A webhook was refused.
struct Unsigned;

impl fmt::Display for Unsigned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "the signature of a webhook does not fit, so it was refused; when it came from the provider, compare the \
             secret of the channel with the provider's, and `public_url` with the address that the provider calls",
        )
    }
}

/// Whether an answer is still being made.
async fn is_at_work(app: &App, key: &ConversationKey) -> bool {
    let pending = app.runner.store().pending(key).await;
    pending.is_ok_and(|pending| pending.inbox > 0 || pending.calls > 0)
}

fn span(line: &Line, done: &Done, start: Timestamp, end: Timestamp) -> Span {
    let attributes = vec![
        ("countersign.channel", line.id.to_string()),
        ("http.response.status_code", done.response.status().as_u16().to_string()),
    ];
    let failed = done.response.status().is_server_error();
    Span { name: "webhook", kind: SpanKind::Server, start, end, attributes, failed }
}

fn not_kept(line: &Line, error: &IngestError) -> Response<Body> {
    tracing::error!(channel = line.id.as_str(), %error, "a webhook was not kept; the provider will repeat it");
    busy()
}

/// The provider repeats later.
fn busy() -> Response<Body> {
    let mut response = empty(StatusCode::SERVICE_UNAVAILABLE);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

fn told(answer: Answer) -> Response<Body> {
    let mut response = Response::new(Body::from(answer.body));
    // An adapter writes only statuses that there are.
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    response
}
