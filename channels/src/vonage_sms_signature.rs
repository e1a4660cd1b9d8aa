//! How Vonage signs webhooks of SMS.

use std::collections::BTreeMap;

use ::hmac::{Hmac, KeyInit as _, Mac as _};
use aws_lc_rs::{constant_time, hmac};
use countersign_model::SecretText;
use hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA512};
use md5::{Digest as _, Md5};

use crate::signature::from_hex;

/// The method that is chosen for the account. It is never taken from a webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// MD5 of the text with the secret behind it.
    Md5Hash,
    /// HMAC with MD5.
    Md5,
    /// HMAC with SHA-1.
    Sha1,
    /// HMAC with SHA-256.
    Sha256,
    /// HMAC with SHA-512.
    Sha512,
}

impl Method {
    /// As the dashboard names it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "md5hash" => Self::Md5Hash,
            "md5" => Self::Md5,
            "sha1" => Self::Sha1,
            "sha256" => Self::Sha256,
            "sha512" => Self::Sha512,
            _ => return None,
        })
    }
}

/// Whether the parameter `sig` is the signature of all others.
pub(crate) fn is_signed(method: Method, secret: &SecretText, parameters: &BTreeMap<String, String>) -> bool {
    let Some(given) = parameters.get("sig").and_then(|given| from_hex(given)) else { return false };
    let text = signed_text(parameters);
    let tag = match method {
        Method::Md5Hash => Md5::new()
            .chain_update(text.expose().as_bytes())
            .chain_update(secret.expose().as_bytes())
            .finalize()
            .to_vec(),
        Method::Md5 => {
            let Ok(mac) = Hmac::<Md5>::new_from_slice(secret.expose().as_bytes()) else { return false };
            mac.chain_update(text.expose().as_bytes()).finalize().into_bytes().to_vec()
        }
        Method::Sha1 => tag(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret, &text),
        Method::Sha256 => tag(HMAC_SHA256, secret, &text),
        Method::Sha512 => tag(HMAC_SHA512, secret, &text),
    };
    constant_time::verify_slices_are_equal(&tag, &given).is_ok()
}

fn tag(algorithm: hmac::Algorithm, secret: &SecretText, text: &SecretText) -> Vec<u8> {
    let key = hmac::Key::new(algorithm, secret.expose().as_bytes());
    hmac::sign(&key, text.expose().as_bytes()).as_ref().to_vec()
}

/// `&name=value` of every parameter but the signature, in the order of their names. What would look like the end of a
/// value is replaced in values, so two different messages can have the same text.
fn signed_text(parameters: &BTreeMap<String, String>) -> SecretText {
    let mut text = String::new();
    for (name, value) in parameters.iter().filter(|(name, _)| *name != "sig") {
        text.push('&');
        text.push_str(name);
        text.push('=');
        text.extend(value.chars().map(|c| if matches!(c, '&' | '=') { '_' } else { c }));
    }
    SecretText::new(text)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn every_vector_comes_out_as_it_should() {
        let vectors: Value =
            serde_json::from_str(include_str!("../testdata/vonage-sms/sig_vectors.json")).unwrap();
        let lists = ["published", "vectors"].map(|list| vectors[list].as_array().unwrap());
        assert_eq!(lists.map(Vec::len), [4, 11]);
        for vector in lists.into_iter().flatten() {
            // Age is a matter of the webhook, and tried there.
            if vector["name"] == "old_timestamp" {
                continue;
            }
            let mut parameters: BTreeMap<_, _> = vector["params"]
                .as_object()
                .unwrap()
                .iter()
                .map(|(name, value)| (name.clone(), value.as_str().map_or(value.to_string(), str::to_owned)))
                .collect();
            if let Some(signed) = vector["signed_string"].as_str() {
                assert_eq!(signed_text(&parameters).expose(), signed);
            }
            if let Some(sig) = vector["sig"].as_str() {
                parameters.insert("sig".to_owned(), sig.to_owned());
            }
            let secret = SecretText::from(vector["secret"].as_str().unwrap());
            let method = Method::named(vector["method"].as_str().unwrap()).unwrap();
            let fits = is_signed(method, &secret, &parameters);
            assert_eq!(fits, vector["expect"] == "accept", "{}", vector["name"]);
        }
        assert_eq!(Method::named("none"), None);
    }
}
