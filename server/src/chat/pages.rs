//! The widget, and a page to try it on. The widget is plain JavaScript that is served as it was written, so that nothing
//! but cargo is needed to build the server.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_model::ChannelKind;
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};

use super::Chat;
use crate::app::{App, Side};

/// Its parts share one scope of their own, so that the page sees nothing of them.
const WIDGET: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../../../widget/words.js"),
    include_str!("../../../widget/looks.js"),
    include_str!("../../../widget/wire.js"),
    include_str!("../../../widget/rows.js"),
    include_str!("../../../widget/chat.js"),
    "})();\n",
);
const DEMO: &str = include_str!("demo.html");

/// What is served besides the chat.
pub(super) struct Pages {
    /// The page to try the chat on, and what may run on it.
    demo: Option<(String, String)>,
}

impl Pages {
    /// The demo page is that of the first web channel that wants one.
    pub(super) fn of(app: &App) -> Self {
        let lines = app.channels.all();
        let wanted = lines.iter().filter_map(|line| match &line.side {
            Side::Chat(settings) if line.kind == ChannelKind::Web && settings.demo_page => {
                Some((&line.id, settings))
            }
            Side::Chat(_) | Side::Provider(_) => None,
        });
        let demo = wanted.min_by_key(|(id, _)| (*id).clone()).map(|(id, settings)| {
            let base = format!("{}/", app.public_url.as_str().trim_end_matches('/'));
            let page = DEMO
                .replace("{channel}", &escaped(id.as_str()))
                .replace("{base}", &escaped(&base))
                .replace("{title}", &escaped(&settings.title));
            let policy = policy(&page);
            (page, policy)
        });
        Self { demo }
    }
}

/// `GET /widget.js`.
pub(super) async fn widget(headers: HeaderMap) -> Response {
    let tag = widget_tag();
    let common = [
        (ETAG, tag),
        (CACHE_CONTROL, "public, max-age=300"),
        // A page may load it with `crossorigin` and `integrity`.
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or("");
    if known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    let kind = [
        (CONTENT_TYPE.as_str(), "text/javascript; charset=utf-8"),
        ("cross-origin-resource-policy", "cross-origin"),
    ];
    (common, kind, WIDGET).into_response()
}

/// `GET /demo`.
pub(super) async fn demo(State(chat): State<Arc<Chat>>) -> Response {
    let Some((page, policy)) = &chat.pages.demo else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(page.clone())).into_response()
}

fn widget_tag() -> &'static str {
    static TAG: OnceLock<String> = OnceLock::new();
    TAG.get_or_init(|| {
        let hash = digest(&SHA256, WIDGET.as_bytes());
        format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash.as_ref()[..12]))
    })
}

/// What may be loaded: the page's one style, by its hash, the widget, and what bots show.
fn policy(page: &str) -> String {
    let style = page.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>"));
    let hash = STANDARD.encode(digest(&SHA256, style.map_or("", |(style, _)| style).as_bytes()));
    format!(
        "default-src 'none'; script-src 'self'; style-src 'sha256-{hash}'; connect-src 'self'; \
         img-src https: data:; media-src https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
