use countersign_model::SecretText;
use http::{HeaderMap, HeaderValue, header};

/// The cookie of a session. Browsers take a name that begins so only from the host itself, for all of its paths, and only
/// when it is sent over https; this machine counts as that.
const NAME: &str = "__Host-countersign";

/// The token of the session, when the request brings one.
pub(super) fn read(headers: &HeaderMap) -> Option<SecretText> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.split_once('='));
    let found = pairs.find(|(name, _)| name.trim() == NAME);
    found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).map(SecretText::from)
}

/// Gives the browser the token of a session. It forgets it when it is closed.
pub(crate) fn started(token: &SecretText) -> HeaderValue {
    let text = format!("{NAME}={}; Path=/; HttpOnly; Secure; SameSite=Lax", token.expose());
    let mut value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

/// Takes the token away.
pub(crate) fn ended() -> HeaderValue {
    HeaderValue::from_static("__Host-countersign=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_found_among_others() {
        let mut headers = HeaderMap::new();
        assert!(read(&headers).is_none());
        headers.append("cookie", "a=b; countersign=no".parse().unwrap());
        headers.append("cookie", "c=d; __Host-countersign=abc ;e=f".parse().unwrap());
        assert_eq!(read(&headers).unwrap().expose(), "abc");
        headers.clear();
        headers.append("cookie", "__Host-countersign=".parse().unwrap());
        assert!(read(&headers).is_none());
    }

    #[test]
    fn scripts_and_other_hosts_never_see_it() {
        let value = started(&"abc".into());
        let text = value.to_str().unwrap();
        assert_eq!(text, "__Host-countersign=abc; Path=/; HttpOnly; Secure; SameSite=Lax");
        assert!(value.is_sensitive());
        assert!(!format!("{value:?}").contains("abc"));
        assert!(ended().to_str().unwrap().ends_with("Max-Age=0"));
    }
}
