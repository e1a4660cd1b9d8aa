//! Which pages may speak with a chat. WebSockets are not bound by the same-origin policy (RFC 6455 §10.2), so the
//! server looks at `Origin` itself; for other requests it answers what browsers ask about (CORS).

use std::sync::Arc;

use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use countersign_model::{ChannelKind, Name};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CACHE_CONTROL, ORIGIN, UPGRADE, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use url::Url;

use super::problem::Problem;
use super::{Chat, ChatSettings};
use crate::app::{Line, Side};

/// A request that may come in: its channel is a chat, and its page may show it.
pub(super) struct Door {
    /// The channel.
    pub(super) line: Arc<Line>,
    /// Its settings.
    pub(super) settings: ChatSettings,
    /// The page, when there is one.
    origin: Option<HeaderValue>,
}

impl Door {
    /// An answer that the page can read.
    pub(super) fn answer(&self, response: impl IntoResponse) -> Response {
        let mut response = response.into_response();
        let headers = response.headers_mut();
        headers.append(VARY, HeaderValue::from_static("origin"));
        headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
        if let Some(origin) = &self.origin {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("retry-after"));
        }
        response
    }

    /// The answer to the question whether a page may ask (a CORS preflight).
    pub(super) fn preflight(&self) -> Response {
        let headers = [
            (ACCESS_CONTROL_ALLOW_METHODS, "GET, POST"),
            (ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type"),
            (ACCESS_CONTROL_MAX_AGE, "600"),
        ];
        self.answer((StatusCode::NO_CONTENT, headers))
    }
}

impl FromRequestParts<Arc<Chat>> for Door {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, chat: &Arc<Chat>) -> Result<Self, Problem> {
        let path: Result<Path<String>, _> = Path::from_request_parts(parts, chat).await;
        let Path(name) = path.map_err(|_| Problem::NoSuchChannel)?;
        let name: Name = name.parse().map_err(|_| Problem::NoSuchChannel)?;
        let line = chat.app.channels.get(&name).ok_or(Problem::NoSuchChannel)?;
        let Side::Chat(settings) = &line.side else { return Err(Problem::NoSuchChannel) };
        if !may_come(&parts.method, &parts.headers, line.kind, settings, &chat.app.public_url) {
            return Err(Problem::Origin);
        }
        let origin = parts.headers.get(ORIGIN).cloned();
        let settings = settings.clone();
        Ok(Self { line, settings, origin })
    }
}

fn may_come(
    method: &Method,
    headers: &HeaderMap,
    kind: ChannelKind,
    settings: &ChatSettings,
    public_url: &Url,
) -> bool {
    let Some(origin) = headers.get(ORIGIN) else {
        // An app sends none. A browser leaves it out of one thing only: a plain GET of a page of the same origin.
        let plain = method == Method::GET && !headers.contains_key(UPGRADE);
        return kind != ChannelKind::Web || (plain && !comes_from_another_site(headers));
    };
    let Ok(origin) = origin.to_str() else { return false };
    let own = public_url.origin();
    (own.is_tuple() && own.ascii_serialization() == origin)
        || settings.origins.iter().any(|allowed| allowed == "*" || allowed == origin)
}

/// What newer browsers say themselves (Fetch Metadata).
fn comes_from_another_site(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    site.is_some_and(|site| site != b"same-origin" && site != b"none")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: &str = "https://shop.example";

    fn may(kind: ChannelKind, origins: &[&str], method: Method, lines: &[(&'static str, &str)]) -> bool {
        let settings = ChatSettings {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            ..ChatSettings::default()
        };
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.insert(*name, value.parse().unwrap());
        }
        let public = "https://bot.example/".parse().unwrap();
        may_come(&method, &headers, kind, &settings, &public)
    }

    #[test]
    fn an_origin_must_be_on_the_list_letter_by_letter() {
        let from = |origin: &str| may(ChannelKind::Web, &[SHOP], Method::POST, &[("origin", origin)]);
        assert!(from(SHOP));
        assert!(from("https://bot.example"), "the server's own pages may always");
        let others = [
            "http://shop.example",
            "https://shop.example:8443",
            "https://shop.example.evil.example",
            "https://evil.example",
            "https://shop.example/",
            "https://SHOP.example",
            "null",
            "*",
            "",
        ];
        for origin in others {
            assert!(!from(origin), "{origin}");
        }
    }

    #[test]
    fn a_star_lets_every_page() {
        let from = |origin: &str| may(ChannelKind::Web, &["*"], Method::POST, &[("origin", origin)]);
        assert!(from("https://evil.example") && from("null"));
    }

    #[test]
    fn an_app_may_come_without_an_origin_and_a_page_may_not() {
        let upgrade = [("upgrade", "websocket")];
        for kind in [ChannelKind::Mobile, ChannelKind::Desktop] {
            assert!(may(kind, &[], Method::GET, &upgrade) && may(kind, &[], Method::POST, &[]));
            assert!(!may(kind, &[], Method::POST, &[("origin", "https://evil.example")]));
        }
        assert!(!may(ChannelKind::Web, &["*"], Method::GET, &upgrade));
        assert!(!may(ChannelKind::Web, &["*"], Method::POST, &[]));
    }

    #[test]
    fn a_poll_of_a_page_of_our_own_has_no_origin() {
        let get = |lines: &[(&'static str, &str)]| may(ChannelKind::Web, &[], Method::GET, lines);
        assert!(get(&[]) && get(&[("sec-fetch-site", "same-origin")]));
        assert!(!get(&[("sec-fetch-site", "cross-site")]) && !get(&[("sec-fetch-site", "same-site")]));
    }
}
