//! The page on which a user logs in: `/login/{ticket}` (SECURITY §3.9).
//!
//! It is plain HTML without any script. Looking at it spends nothing, because programs look at links too before people
//! do. A post is taken when it comes from this page in this browser: the form holds a proof of the browser's cookie. What
//! the page shows after that, the digits for the chat above all, is for that browser alone.
//!
//! A link that is unknown, spent, over, or somebody else's by now shows one and the same page.

mod door;
mod html;
#[cfg(test)]
mod tests;
mod words;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use countersign_model::SecretText;
use countersign_runner::{LoginPage, PagePost, PageShows};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use url::form_urlencoded;

use self::door::{Browser, Door};
use self::html::Note;
use crate::app::App;

/// How long a browser waits for the auth service before the page says that it takes longer.
const PATIENCE: Duration = Duration::from_secs(12);

/// The longest form, in bytes.
const BODY: usize = 64 * 1024;

/// What all answers carry: nothing is loaded but the style sheet, nothing is kept, nothing is told to other sites.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-store"),
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (HeaderName::from_static("x-robots-tag"), "noindex, nofollow, noarchive"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

const STYLE: &str = include_str!("style.css");

struct Desk {
    app: Arc<App>,
    door: Door,
}

/// `/login/{ticket}` and its style sheet. From then on the runner sends links to it.
pub(crate) fn routes(app: Arc<App>) -> Router {
    app.runner.registry().serve_login_pages(app.public_url.as_str());
    let door = Door::new(&app.public_url);
    Router::new()
        .route("/login/style.css", get(style))
        .route("/login/{ticket}", get(show).post(post))
        .layer(DefaultBodyLimit::max(BODY))
        .with_state(Arc::new(Desk { app, door }))
}

async fn style() -> Response {
    let headers = [(CONTENT_TYPE, "text/css; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")];
    (headers, STYLE).into_response()
}

async fn show(State(desk): State<Arc<Desk>>, Path(ticket): Path<String>, headers: HeaderMap) -> Response {
    let browser = desk.door.browser(&headers);
    let page = desk.app.runner.login_page(&ticket, browser.as_ref().map(Browser::number)).await;
    match page {
        Ok(page) => desk.answer(&ticket, browser, page, None, &[], StatusCode::OK),
        Err(error) => trouble(&error),
    }
}

async fn post(
    State(desk): State<Arc<Desk>>,
    Path(ticket): Path<String>,
    ConnectInfo(peer): ConnectInfo<IpAddr>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !desk.door.takes(peer, desk.app.clock.now()) {
        return html::page(&html::busy(), StatusCode::TOO_MANY_REQUESTS);
    }
    let browser = desk.door.browser(&headers);
    let filled = Filled::read(&body);
    let good = match &browser {
        Some(browser) => {
            desk.door.is_from_here(&headers) && browser.proves(&ticket, &filled.form, &filled.proof)
        }
        None => false,
    };
    let (Some(browser), true) = (browser, good) else {
        // The form is shown anew, with what this browser needs to post it.
        let page = desk.app.runner.login_page(&ticket, None).await;
        return match page {
            Ok(page) => desk.answer(&ticket, None, page, Some(Note::Again), &[], StatusCode::FORBIDDEN),
            Err(error) => trouble(&error),
        };
    };
    let Filled { form, answers, .. } = filled;
    let kept: Vec<SecretText> = answers.iter().map(SecretText::duplicate).collect();
    let posted = PagePost { form, browser: browser.number(), answers };
    match desk.app.runner.post_login_page(&ticket, posted, PATIENCE).await {
        Ok(page) => {
            let status = match &page {
                Some(LoginPage { shows: PageShows::Questions { .. }, .. }) => {
                    StatusCode::UNPROCESSABLE_ENTITY
                }
                _ => StatusCode::OK,
            };
            desk.answer(&ticket, Some(browser), page, None, &kept, status)
        }
        Err(error) => trouble(&error),
    }
}

impl Desk {
    /// The page as this browser sees it. `typed` is what it has posted; secrets of it are not shown again.
    fn answer(
        &self,
        ticket: &str,
        browser: Option<Browser>,
        page: Option<LoginPage>,
        note: Option<Note>,
        typed: &[SecretText],
        status: StatusCode,
    ) -> Response {
        let Some(page) = page else { return html::page(&html::over(), StatusCode::NOT_FOUND) };
        let PageShows::Questions { questions, refused } = &page.shows else {
            let mut response = html::page(&html::after(&page), status);
            if matches!(page.shows, PageShows::Working) {
                response.headers_mut().insert("refresh", HeaderValue::from_static("2"));
            }
            return response;
        };
        let (browser, is_new) = match browser {
            Some(browser) => (Some(browser), false),
            None => (self.door.new_browser(), true),
        };
        let Some((browser, form)) = browser.zip(self.door.new_form()) else {
            return html::page(&html::busy(), StatusCode::SERVICE_UNAVAILABLE);
        };
        let proof = browser.proof(ticket, &form);
        let note = note.or(refused.then_some(Note::Refused));
        let mut response = html::page(&html::form(&page, questions, note, typed, &form, &proof), status);
        if is_new && let Ok(cookie) = HeaderValue::from_str(&self.door.cookie(&browser)) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
        response
    }
}

/// A form as it came.
struct Filled {
    form: String,
    proof: String,
    answers: Vec<SecretText>,
}

impl Filled {
    fn read(body: &[u8]) -> Self {
        let mut filled = Self { form: String::new(), proof: String::new(), answers: Vec::new() };
        for (name, value) in form_urlencoded::parse(body) {
            match &*name {
                "form" => filled.form = value.chars().take(64).collect(),
                "proof" => filled.proof = value.into_owned(),
                // In the order of the questions, as browsers send them.
                "answer" => filled.answers.push(value.into_owned().into()),
                _ => {}
            }
        }
        filled
    }
}

fn trouble(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "a login page cannot be shown or taken at the moment");
    html::page(&html::busy(), StatusCode::SERVICE_UNAVAILABLE)
}
