//! The pages of the console and the description of the API, which are in the program.

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

/// Where the pages are.
const BASE: &str = "/console";

/// What `npm run build` has made of the folder `console`, or a note when nobody has: names in their order, and contents.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/console.rs"));

/// The description of the API, zipped.
static DESCRIPTION: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/openapi.json.gz"));

/// What pages of the console may do: load what is here, and talk to this server. Neither scripts nor styles stand within
/// them, and no text becomes a part of a page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'; trusted-types 'none'";

/// What answers under `/console/`, and leads there from `/`.
pub fn pages() -> Router {
    Router::new()
        .fallback(async |request: Request| answer(request.method(), request.uri().path(), request.headers()))
}

/// The description of the API.
pub(crate) async fn description(headers: HeaderMap) -> Response {
    served("openapi.json", Found { data: DESCRIPTION, is_zipped: true }, &headers)
}

fn answer(method: &Method, path: &str, headers: &HeaderMap) -> Response {
    if !matches!(*method, Method::GET | Method::HEAD) {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let Some(name) = path.strip_prefix(BASE).and_then(|rest| rest.strip_prefix('/')) else {
        let there = if path == "/" || path == BASE { StatusCode::SEE_OTHER } else { StatusCode::NOT_FOUND };
        return match there {
            StatusCode::SEE_OTHER => (there, [(header::LOCATION, "/console/")]).into_response(),
            there => there.into_response(),
        };
    };
    let is_asset = name.starts_with("assets/");
    match (found(name), is_asset) {
        (Some(file), _) => served(name, file, headers),
        // Of an earlier build: the page has to be loaded again.
        (None, true) => StatusCode::NOT_FOUND.into_response(),
        // A page that the console itself knows.
        (None, false) => match found("index.html") {
            Some(file) => served("index.html", file, headers),
            None => StatusCode::NOT_FOUND.into_response(),
        },
    }
}

/// A file of the console, zipped or not: of those that are zipped the program has no other form.
struct Found {
    data: &'static [u8],
    is_zipped: bool,
}

fn found(name: &str) -> Option<Found> {
    if name.is_empty() || name.ends_with(".gz") {
        return None;
    }
    let zipped = file(&format!("{name}.gz")).map(|data| Found { data, is_zipped: true });
    zipped.or_else(|| file(name).map(|data| Found { data, is_zipped: false }))
}

fn file(name: &str) -> Option<&'static [u8]> {
    let at = FILES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    Some(FILES[at].1)
}

fn served(name: &str, Found { data, is_zipped }: Found, headers: &HeaderMap) -> Response {
    let is_sent_zipped = is_zipped && accepts_gzip(headers);
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, data);
    let short = hash.as_ref().iter().take(16).map(|byte| format!("{byte:02x}"));
    let tag = format!("\"{}\"", short.collect::<String>());
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known =
        known.is_some_and(|known| known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        match is_zipped && !is_sent_zipped {
            true => match unzipped(data) {
                Ok(data) => Response::new(Body::from(data)),
                Err(_) => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            },
            false => Response::new(Body::from(data)),
        }
    };
    let out = response.headers_mut();
    out.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    // Names of assets have a hash of what is in them.
    let kept = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept));
    out.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    if is_sent_zipped && !is_known {
        out.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    out.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    out.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // What is a part of a page has the policy of the page, and none of its own.
    if !matches!(kind(name), SCRIPT | STYLE) {
        out.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        out.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
        out.insert(
            "permissions-policy",
            HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=()"),
        );
    }
    response
}

/// For the few that do not take it zipped.
fn unzipped(data: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut plain = Vec::with_capacity(4 * data.len());
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(data), &mut plain)?;
    Ok(plain)
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or("");
    accepted.split(',').any(|one| {
        let mut parts = one.split(';');
        let name = parts.next().unwrap_or("").trim();
        let refused = parts.any(|part| matches!(part.trim(), "q=0" | "q=0.0" | "q=0.00" | "q=0.000"));
        (name == "gzip" || name == "*") && !refused
    })
}

const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => SCRIPT,
        "css" => STYLE,
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "webmanifest" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(path: &str, headers: &[(&'static str, &str)]) -> Response {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        answer(&Method::GET, path, &map)
    }

    #[test]
    fn each_page_of_the_console_is_its_one_page() {
        for path in ["/console/", "/console/w/main/bots", "/console/sign-in"] {
            let page = get(path, &[]);
            assert_eq!(page.status(), 200, "{path}");
            assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
            assert_eq!(page.headers()["cache-control"], "no-cache");
            let policy = page.headers()["content-security-policy"].to_str().unwrap();
            assert!(
                policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'; img-src"),
                "{policy}"
            );
            assert!(!policy.contains("unsafe"), "{policy}");
            assert!(
                policy.ends_with("; require-trusted-types-for 'script'; trusted-types 'none'"),
                "{policy}"
            );
            let tag = page.headers()["etag"].to_str().unwrap().to_owned();
            assert_eq!(get(path, &[("if-none-match", &tag)]).status(), 304);
            assert_eq!(get(path, &[("if-none-match", "\"other\"")]).status(), 200);
        }
        assert_eq!(get("/", &[]).headers()["location"], "/console/");
        assert_eq!(get("/console", &[]).headers()["location"], "/console/");
    }

    #[test]
    fn what_is_not_there_is_not_made_up() {
        for path in [
            "/console/assets/gone-abc.js",
            "/elsewhere",
            "/consoles/",
            "/console/../secret",
            "/console/assets/",
        ] {
            let status = get(path, &[]).status();
            assert!(status == 404 || path.contains(".."), "{path}: {status}");
        }
        assert_eq!(answer(&Method::POST, "/console/", &HeaderMap::new()).status(), 405);
    }

    #[test]
    fn assets_are_kept_for_good_and_come_small() {
        // Without a built console there are none.
        for (name, _) in FILES.iter().filter(|(name, _)| name.starts_with("assets/")).take(5) {
            let name = name.trim_end_matches(".gz");
            let path = format!("/console/{name}");
            let plain = get(&path, &[]);
            assert!(plain.headers()["cache-control"].to_str().unwrap().contains("immutable"));
            assert!(plain.headers().get("content-encoding").is_none());
            if file(&format!("{name}.gz")).is_some() {
                let zipped = get(&path, &[("accept-encoding", "br, gzip")]);
                assert_eq!(zipped.headers()["content-encoding"], "gzip");
                assert_eq!(zipped.headers()["content-type"], plain.headers()["content-type"]);
                assert!(
                    get(&path, &[("accept-encoding", "gzip;q=0")])
                        .headers()
                        .get("content-encoding")
                        .is_none()
                );
            }
        }
    }

    #[tokio::test]
    async fn the_description_comes_zipped_to_whoever_takes_it_so() {
        let mut headers = HeaderMap::new();
        assert!(description(headers.clone()).await.headers().get("content-encoding").is_none());
        headers.insert("accept-encoding", "gzip".parse().unwrap());
        let zipped = description(headers.clone()).await;
        assert_eq!(zipped.headers()["content-encoding"], "gzip");
        assert_eq!(zipped.headers()["content-type"], "application/json");
        headers.insert("if-none-match", zipped.headers()["etag"].clone());
        assert_eq!(description(headers).await.status(), 304);
    }
}
