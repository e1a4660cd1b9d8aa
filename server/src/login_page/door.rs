//! Who may post a login page: a browser that was shown it, and not too often.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_model::Timestamp;
use http::HeaderMap;
use http::header::{COOKIE, ORIGIN};
use url::Url;

/// So many posts of one address within [`WINDOW`].
const POSTS: u32 = 20;
const WINDOW: Duration = Duration::from_secs(60);

/// So many addresses are watched at once; when there are more, all are forgotten.
const WATCHED: usize = 10_000;

/// A browser, by the random number in its cookie.
pub(super) struct Browser(u128);

impl Browser {
    pub(super) fn number(&self) -> u128 {
        self.0
    }

    /// What shows that a form was made for this browser and this link.
    pub(super) fn proof(&self, ticket: &str, form: &str) -> String {
        let text = format!("login form\n{:032x}\n{ticket}\n{form}", self.0);
        URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
    }

    pub(super) fn proves(&self, ticket: &str, form: &str, proof: &str) -> bool {
        !form.is_empty()
            && verify_slices_are_equal(self.proof(ticket, form).as_bytes(), proof.as_bytes()).is_ok()
    }
}

pub(super) struct Door {
    origin: String,
    is_https: bool,
    posts: Mutex<HashMap<IpAddr, (Timestamp, u32)>>,
}

impl Door {
    pub(super) fn new(public_url: &Url) -> Self {
        let is_https = public_url.scheme() == "https";
        Self { origin: public_url.origin().ascii_serialization(), is_https, posts: Mutex::default() }
    }

    /// Whether this address may post once more.
    pub(super) fn takes(&self, peer: IpAddr, now: Timestamp) -> bool {
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        if posts.len() >= WATCHED {
            posts.clear();
        }
        let (since, count) = posts.entry(network(peer)).or_insert((now, 0));
        if since.plus(WINDOW) <= now {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= POSTS
    }

    /// Whether a post comes from a page of this server, as far as the browser says. With `Referrer-Policy: no-referrer`
    /// browsers send `Origin: null`.
    pub(super) fn is_from_here(&self, headers: &HeaderMap) -> bool {
        let value = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        value("sec-fetch-site").is_none_or(|site| site == "same-origin")
            && value(ORIGIN.as_str()).is_none_or(|origin| origin == "null" || origin == self.origin)
    }

    /// The browser, when it has been here.
    pub(super) fn browser(&self, headers: &HeaderMap) -> Option<Browser> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs =
            cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let (_, value) = pairs.find(|(name, _)| *name == self.name())?;
        let number = (value.len() == 32).then(|| u128::from_str_radix(value, 16).ok())??;
        (number > u128::from(u64::MAX)).then_some(Browser(number))
    }

    /// A browser that has not been here; `None` when the system has no random numbers.
    pub(super) fn new_browser(&self) -> Option<Browser> {
        random().map(Browser)
    }

    /// The name of a new form.
    pub(super) fn new_form(&self) -> Option<String> {
        random().map(|number| format!("{number:032x}"))
    }

    pub(super) fn cookie(&self, browser: &Browser) -> String {
        let secure = if self.is_https { "; Secure" } else { "" };
        format!("{}={:032x}; Path=/; Max-Age=1800; HttpOnly; SameSite=Strict{secure}", self.name(), browser.0)
    }

    /// Browsers take a cookie of that name over https alone, from this host alone.
    fn name(&self) -> &'static str {
        if self.is_https { "__Host-login" } else { "login" }
    }
}

fn random() -> Option<u128> {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).ok()?;
    // Small numbers have other meanings.
    Some(u128::from_be_bytes(bytes) | 1 << 127)
}

/// One customer of a provider has a whole network of IPv6 addresses.
fn network(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((u128::from(address) >> 64 << 64).into()),
        address @ IpAddr::V4(_) => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn door(url: &str) -> Door {
        Door::new(&url.parse().unwrap())
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_post_comes_from_the_page() {
        let door = door("https://bot.example/base");
        for good in [
            &[][..],
            &[("origin", "https://bot.example"), ("sec-fetch-site", "same-origin")],
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(door.is_from_here(&headers(good)), "{good:?}");
        }
        for bad in [
            &[("origin", "https://evil.example")][..],
            &[("origin", "https://bot.example.evil.example")],
            &[("origin", "http://bot.example")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!door.is_from_here(&headers(bad)), "{bad:?}");
        }
    }

    #[test]
    fn a_proof_is_for_one_browser_one_link_and_one_form() {
        let door = door("https://bot.example/");
        let (one, other) = (door.new_browser().unwrap(), door.new_browser().unwrap());
        let proof = one.proof("ticket", "form");
        assert!(one.proves("ticket", "form", &proof));
        assert!(!other.proves("ticket", "form", &proof));
        assert!(!one.proves("other", "form", &proof) && !one.proves("ticket", "other", &proof));
        assert!(!one.proves("ticket", "", &one.proof("ticket", "")) && !one.proves("ticket", "form", ""));
    }

    #[test]
    fn the_cookie_names_the_browser() {
        for (url, name) in [("https://bot.example/", "__Host-login"), ("http://127.0.0.1:1/", "login")] {
            let door = door(url);
            let browser = door.new_browser().unwrap();
            let cookie = door.cookie(&browser);
            assert!(
                cookie.starts_with(&format!("{name}=")) && cookie.contains("HttpOnly; SameSite=Strict"),
                "{cookie}"
            );
            assert_eq!(cookie.ends_with("; Secure"), url.starts_with("https"));
            let sent = format!("other=1; {}", cookie.split(';').next().unwrap());
            let read = door.browser(&headers(&[("cookie", &sent)])).unwrap();
            assert_eq!(read.number(), browser.number());
            for bad in ["", "login=", "login=00000000000000000000000000000001", "__Host-login=x", "xlogin=1"]
            {
                assert!(door.browser(&headers(&[("cookie", bad)])).is_none(), "{bad}");
            }
        }
    }

    #[test]
    fn one_address_posts_so_often() {
        let door = door("https://bot.example/");
        let now = Timestamp::from_secs(1000);
        let posts = |peer: &str, now| (0..30).filter(|_| door.takes(peer.parse().unwrap(), now)).count();
        assert_eq!(posts("192.0.2.1", now), 20);
        assert_eq!(posts("192.0.2.2", now), 20);
        assert_eq!(posts("2001:db8::1", now), 20);
        assert_eq!(posts("2001:db8::ffff:2", now), 0, "the same network");
        assert_eq!(posts("192.0.2.1", now.plus(WINDOW)), 20);
    }
}
