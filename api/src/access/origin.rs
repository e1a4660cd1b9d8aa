//! Whether a request was made by a page of ours (SECURITY 3.10: cross-site request forgery).

use http::{HeaderMap, StatusCode, header};
use url::{Host, Url};

use crate::http::Problem;

/// What the browser says of the page that makes the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// A page of ours.
    Us,
    /// A page of somebody else.
    Others,
    /// It is not said: no browser, or a very old one.
    Unknown,
}

/// Looks at `Sec-Fetch-Site` and `Origin`. `public` is the origin under which the world reaches the console. A page that
/// was opened through this machine itself, as through a tunnel of ssh, is ours too.
pub(super) fn from(headers: &HeaderMap, public: &str) -> From {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => {}
        Some(_) => return From::Others,
        None => {}
    }
    let Some(origin) = headers.get(header::ORIGIN) else {
        return if text("sec-fetch-site").is_some() { From::Us } else { From::Unknown };
    };
    let origin = origin.to_str().unwrap_or("");
    let is_local = || {
        let url = Url::parse(origin).ok()?;
        let local = match url.host()? {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
        };
        let host = text("host")?;
        Some(local && (origin == format!("http://{host}") || origin == format!("https://{host}")))
    };
    if origin == public || is_local().unwrap_or(false) { From::Us } else { From::Others }
}

/// 403: the request was made by a page of somebody else, or without the token of the session.
pub(super) fn forged() -> Problem {
    let detail =
        "The request was not made by a page of this console, or the page is older than your session.";
    Problem::new(StatusCode::FORBIDDEN, "csrf", "Not from this console", detail).hint("Load the page again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &str = "https://bot.example";

    fn says(pairs: &[(&'static str, &str)]) -> From {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        from(&headers, PUBLIC)
    }

    #[test]
    fn pages_of_ours() {
        assert_eq!(says(&[("origin", PUBLIC)]), From::Us);
        assert_eq!(says(&[("origin", PUBLIC), ("sec-fetch-site", "same-origin")]), From::Us);
        assert_eq!(says(&[("sec-fetch-site", "same-origin")]), From::Us);
        assert_eq!(says(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]), From::Us);
        assert_eq!(says(&[("origin", "http://localhost:8080"), ("host", "localhost:8080")]), From::Us);
    }

    #[test]
    fn pages_of_others() {
        for origin in ["https://evil.example", "http://bot.example", "https://bot.example:444", "null", ""] {
            assert_eq!(says(&[("origin", origin), ("host", "bot.example")]), From::Others, "{origin}");
        }
        assert_eq!(says(&[("origin", PUBLIC), ("sec-fetch-site", "same-site")]), From::Others);
        assert_eq!(says(&[("sec-fetch-site", "cross-site")]), From::Others);
        // Another program on this machine, and a name of somebody else that leads to it.
        assert_eq!(says(&[("origin", "http://127.0.0.1:9999"), ("host", "127.0.0.1:8080")]), From::Others);
        assert_eq!(says(&[("origin", "http://evil.example:80"), ("host", "evil.example:80")]), From::Others);
    }

    #[test]
    fn programs_say_nothing() {
        assert_eq!(says(&[]), From::Unknown);
    }
}
