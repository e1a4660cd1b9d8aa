//! What Twilio's messages and calls have in common: how a webhook is signed.

use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_model::SecretText;
use url::Url;

use crate::signature::from_hex;

/// Whether `given` (the header `X-Twilio-Signature`) is Twilio's signature under one of the tokens: base64 of the
/// HMAC-SHA1 of the address and of every parameter, sorted by their bytes; of a parameter that is there more than once
/// every value counts once. A body that is no form is covered only by the address, which then has to hold its hash
/// (`bodySHA256`); without the hash it is refused.
///
/// `url` is the address as it stands in Twilio's console. Twilio is not of one mind about ports, so it is tried with
/// and without.
///
/// Source: twilio.com/docs/usage/webhooks/webhooks-security, and the validators of Twilio's own libraries.
pub(crate) fn is_signed(
    tokens: &[SecretText],
    url: &str,
    parameters: &[(String, String)],
    body: &[u8],
    content_type: Option<&str>,
    given: &str,
) -> bool {
    let url = url.split('#').next().unwrap_or_default();
    let Ok(given) = STANDARD.decode(given) else { return false };
    let is_form = content_type.is_none_or(|kind| media_type(kind) == FORM);
    let parameters = if body.is_empty() || is_form {
        parameters
    } else if is_hashed(url, body) {
        &[]
    } else {
        return false;
    };
    let parameters = in_order(parameters);
    let addresses = variants(url);
    let mut fits = false;
    for token in tokens {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.expose().as_bytes());
        for address in &addresses {
            let tag = tag(&key, address, &parameters);
            fits |= constant_time::verify_slices_are_equal(tag.as_ref(), &given).is_ok();
        }
    }
    fits
}

/// The parameters of a form, in their order. Bytes that are no text become U+FFFD.
pub(crate) fn form(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

const FORM: &str = "application/x-www-form-urlencoded";

fn media_type(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn tag(key: &hmac::Key, address: &str, parameters: &[(&str, &str)]) -> hmac::Tag {
    let mut context = hmac::Context::with_key(key);
    context.update(address.as_bytes());
    for (name, value) in parameters {
        context.update(name.as_bytes());
        context.update(value.as_bytes());
    }
    context.sign()
}

fn in_order(parameters: &[(String, String)]) -> Vec<(&str, &str)> {
    let mut sorted: Vec<_> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    sorted.sort_unstable();
    sorted.dedup();
    sorted
}

/// Whether the query of the address holds the SHA-256 of the body.
fn is_hashed(url: &str, body: &[u8]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let Some((_, hash)) = pairs.find(|(name, _)| name == "bodySHA256") else { return false };
    let Some(hash) = from_hex(&hash) else { return false };
    constant_time::verify_slices_are_equal(digest::digest(&digest::SHA256, body).as_ref(), &hash).is_ok()
}

/// The address as it is, and with its port left out, or with the default one put in. It is changed as text, because a
/// parser would write the rest of it anew.
fn variants(url: &str) -> Vec<String> {
    let mut variants = vec![url.to_owned()];
    let Some((scheme, rest)) = url.split_once("://") else { return variants };
    if Url::parse(url).is_err() {
        return variants;
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let port = host.rfind(':').filter(|colon| host[colon + 1..].bytes().all(|b| b.is_ascii_digit()));
    match (port, scheme) {
        (Some(colon), _) => variants.push(format!("{scheme}://{}{path}", &host[..colon])),
        (None, "https") => variants.push(format!("{scheme}://{host}:443{path}")),
        (None, "http") => variants.push(format!("{scheme}://{host}:80{path}")),
        (None, _) => {}
    }
    variants
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// Runs a vector; gives what came out and what was to come out.
    fn run(vector: &Value) -> (bool, bool) {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let body = match vector["body_b64"].as_str() {
            Some(bytes) => STANDARD.decode(bytes).unwrap(),
            None => text("body").as_bytes().to_vec(),
        };
        let content_type = vector["content_type"].as_str();
        let parameters = match vector["params"].as_array() {
            Some(params) => params
                .iter()
                .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned()))
                .collect(),
            None => form(&body),
        };
        let given = vector["headers"]["X-Twilio-Signature"].as_str().unwrap_or_default();
        let tokens = [SecretText::from("an older one"), SecretText::from(text("secret"))];
        let fits = is_signed(&tokens, text("url"), &parameters, &body, content_type, given);
        (fits, vector["expect"] == "accept")
    }

    #[test]
    fn every_vector_comes_out_as_it_should() {
        let vectors: Value =
            serde_json::from_str(include_str!("../testdata/twilio-sms/sig_vectors.json")).unwrap();
        let lists = ["published", "vectors"].map(|list| vectors[list].as_array().unwrap());
        assert_eq!(lists.map(Vec::len), [6, 20]);
        for vector in lists.into_iter().flatten() {
            let (fits, expected) = run(vector);
            assert_eq!(fits, expected, "{} {}", vector["name"], vector["source"]);
        }
    }

    #[test]
    fn the_fragment_that_sets_the_retries_is_not_signed() {
        let tokens = [SecretText::from("12345")];
        let parameters = [("a".to_owned(), "b".to_owned())];
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"12345");
        let given = STANDARD.encode(hmac::sign(&key, b"https://a.example/hookab"));
        let fits = |url: &str, given: &str| is_signed(&tokens, url, &parameters, b"a=b", None, given);
        assert!(fits("https://a.example/hook#rc=3&rp=all", &given));
        assert!(!fits("https://a.example/other#rc=3&rp=all", &given));
        assert!(!fits("https://a.example/hook", "not base64"));
        assert!(!is_signed(&[], "https://a.example/hook", &parameters, b"a=b", None, &given));
    }

    #[test]
    fn ports_are_tried_in_both_directions_and_nothing_else_changes() {
        assert_eq!(
            variants("https://a.example/x%20y?b=1"),
            ["https://a.example/x%20y?b=1", "https://a.example:443/x%20y?b=1"]
        );
        assert_eq!(
            variants("http://a.example:80?x=:1"),
            ["http://a.example:80?x=:1", "http://a.example?x=:1"]
        );
        assert_eq!(variants("nonsense"), ["nonsense"]);
    }
}
