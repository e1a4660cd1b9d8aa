//! How providers sign what they send.

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_model::Timestamp;
use hmac_md5::{KeyInit as _, Mac as _};
use md5::Digest as _;

use crate::ids::hex;

// The crate has the name of a module of aws-lc-rs, which has no MD5.
use ::hmac as hmac_md5;

/// `X-Hub-Signature-256` of Meta (WhatsApp, Messenger, Instagram).
pub(crate) fn meta(secret: &str, body: &[u8]) -> String {
    format!("sha256={}", hex(&hmac_of(hmac::HMAC_SHA256, secret, body)))
}

/// JSON as Meta writes it: what is not ASCII as `\uXXXX`, and `/` as `\/`. It is these bytes that are signed.
pub(crate) fn as_meta_writes(json: &serde_json::Value) -> Vec<u8> {
    let mut text = String::new();
    for c in json.to_string().chars() {
        match c {
            '/' => text.push_str("\\/"),
            c if c.is_ascii() => text.push(c),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    text.push_str(&format!("\\u{unit:04x}"));
                }
            }
        }
    }
    text.into_bytes()
}

/// `X-Twilio-Signature`: over the URL as it was configured and the parameters sorted by name.
pub(crate) fn twilio(token: &str, url: &str, form: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = form.iter().collect();
    sorted.sort();
    sorted.dedup();
    let mut text = url.split('#').next().unwrap_or(url).to_owned();
    for (name, value) in sorted {
        text.push_str(name);
        text.push_str(value);
    }
    STANDARD.encode(hmac_of(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token, text.as_bytes()))
}

/// The methods of Vonage's signatures of SMS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VonageMethod {
    /// MD5 of the text and the secret behind it.
    Md5Hash,
    /// HMAC-MD5.
    Md5,
    /// HMAC-SHA1.
    Sha1,
    /// HMAC-SHA256.
    Sha256,
    /// HMAC-SHA512.
    Sha512,
}

/// `sig` of Vonage's SMS webhooks and requests.
pub(crate) fn vonage_sms(method: VonageMethod, secret: &str, parameters: &[(String, String)]) -> String {
    let mut sorted: Vec<_> = parameters.iter().filter(|(name, _)| name != "sig").collect();
    sorted.sort();
    let text: String =
        sorted.iter().map(|(name, value)| format!("&{name}={}", value.replace(['&', '='], "_"))).collect();
    hex(&match method {
        VonageMethod::Md5Hash => md5::Md5::digest(format!("{text}{secret}")).to_vec(),
        VonageMethod::Md5 => match hmac_md5::Hmac::<md5::Md5>::new_from_slice(secret.as_bytes()) {
            Ok(mac) => mac.chain_update(&text).finalize().into_bytes().to_vec(),
            // HMAC takes a key of any length.
            Err(_) => Vec::new(),
        },
        VonageMethod::Sha1 => hmac_of(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret, text.as_bytes()),
        VonageMethod::Sha256 => hmac_of(hmac::HMAC_SHA256, secret, text.as_bytes()),
        VonageMethod::Sha512 => hmac_of(hmac::HMAC_SHA512, secret, text.as_bytes()),
    })
}

/// What goes into the JWT of a webhook of Vonage Voice.
pub(crate) struct Claims<'a> {
    pub(crate) now: Timestamp,
    /// The id of this delivery.
    pub(crate) jti: &'a str,
    pub(crate) api_key: &'a str,
    pub(crate) application_id: &'a str,
    /// The body; a request without one has no hash.
    pub(crate) body: Option<&'a [u8]>,
}

/// `Authorization: Bearer …` of Vonage's signed webhooks: a JWT with the hash of the body.
pub(crate) fn vonage_voice(secret: &str, claims: &Claims<'_>) -> String {
    let mut payload = serde_json::json!({
        "iat": claims.now.as_secs(),
        "jti": claims.jti,
        "iss": "Vonage",
        "api_key": claims.api_key,
        "application_id": claims.application_id,
    });
    if let Some(body) = claims.body {
        payload["payload_hash"] = hex(digest::digest(&digest::SHA256, body).as_ref()).into();
    }
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload.to_string()));
    let mac = hmac_of(hmac::HMAC_SHA256, secret, signed.as_bytes());
    format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(mac))
}

/// The value of `Authorization` for a user name and a password.
pub(crate) fn basic(user: &str, password: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
}

fn hmac_of(algorithm: hmac::Algorithm, secret: &str, bytes: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(algorithm, secret.as_bytes()), bytes).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn vectors(file: &str) -> Vec<Value> {
        let all: Value = serde_json::from_str(file).unwrap();
        let lists = ["published", "vectors"].map(|name| all[name].as_array().cloned().unwrap_or_default());
        let accepted: Vec<_> =
            lists.into_iter().flatten().filter(|vector| vector["expect"] == "accept").collect();
        assert!(!accepted.is_empty());
        accepted
    }

    fn body(vector: &Value) -> Vec<u8> {
        match vector["body_b64"].as_str() {
            Some(text) => STANDARD.decode(text).unwrap(),
            None => vector["body"].as_str().unwrap_or_default().as_bytes().to_vec(),
        }
    }

    fn header<'v>(vector: &'v Value, name: &str) -> Option<&'v str> {
        let headers = vector["headers"].as_object()?;
        headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?.1.as_str()
    }

    #[test]
    fn meta_signs_as_the_vectors() {
        let files = [
            include_str!("../testdata/whatsapp/sig_vectors.json"),
            include_str!("../testdata/messenger/sig_vectors.json"),
            include_str!("../testdata/instagram/sig_vectors.json"),
        ];
        let mut compared = 0;
        for vector in files.into_iter().flat_map(vectors) {
            let given = header(&vector, "X-Hub-Signature-256").unwrap();
            let secrets: Vec<_> = match vector["secret"].as_str() {
                Some(secret) => vec![secret],
                None => vector["secrets"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect(),
            };
            assert!(secrets.iter().any(|secret| meta(secret, &body(&vector)) == given), "{}", vector["name"]);
            compared += 1;
        }
        assert!(compared >= 7, "{compared}");
    }

    #[test]
    fn meta_writes_json_as_the_vector_has_it() {
        for vector in vectors(include_str!("../testdata/whatsapp/sig_vectors.json")) {
            if vector["name"] == "escaped_unicode_and_slash" {
                let bytes = body(&vector);
                let json: Value = serde_json::from_slice(&bytes).unwrap();
                assert_eq!(as_meta_writes(&json), bytes);
                return;
            }
        }
        panic!("the vector is gone");
    }

    #[test]
    fn twilio_signs_as_the_vectors() {
        let mut compared = 0;
        for vector in vectors(include_str!("../testdata/twilio-sms/sig_vectors.json")) {
            // Ours are forms, with the URL as it was configured.
            let skipped =
                vector["content_type"] == "application/json" || vector["name"] == "signed_with_default_port";
            if skipped || vector["name"] == "signed_without_port" {
                continue;
            }
            let form: Vec<(String, String)> = match vector["params"].as_array() {
                Some(pairs) => pairs
                    .iter()
                    .map(|pair| (pair[0].as_str().unwrap().into(), pair[1].as_str().unwrap().into()))
                    .collect(),
                None => url::form_urlencoded::parse(&body(&vector)).into_owned().collect(),
            };
            let Some(given) = header(&vector, "X-Twilio-Signature") else { continue };
            let ours = twilio(vector["secret"].as_str().unwrap(), vector["url"].as_str().unwrap(), &form);
            assert_eq!(ours, given, "{vector}");
            compared += 1;
        }
        assert!(compared >= 8, "{compared}");
    }

    #[test]
    fn vonage_signs_sms_as_the_vectors() {
        let mut compared = 0;
        for vector in vectors(include_str!("../testdata/vonage-sms/sig_vectors.json")) {
            let method = match vector["method"].as_str() {
                Some("md5hash") => VonageMethod::Md5Hash,
                Some("md5") => VonageMethod::Md5,
                Some("sha1") => VonageMethod::Sha1,
                Some("sha256") => VonageMethod::Sha256,
                Some("sha512") => VonageMethod::Sha512,
                other => panic!("{other:?}"),
            };
            let parameters = vector["params"].as_object().unwrap().iter();
            let parameters: Vec<_> = parameters
                .map(|(name, value)| {
                    (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))
                })
                .collect();
            let given = vector["sig"].as_str().or_else(|| vector["params"]["sig"].as_str()).unwrap();
            let ours = vonage_sms(method, vector["secret"].as_str().unwrap(), &parameters);
            assert_eq!(ours, given.to_lowercase(), "{}", vector["name"]);
            compared += 1;
        }
        assert!(compared >= 9, "{compared}");
    }

    #[test]
    fn vonage_signs_calls_as_the_vector() {
        for vector in vectors(include_str!("../testdata/vonage-voice/sig_vectors.json")) {
            if vector["name"] != "good" {
                continue;
            }
            let given = header(&vector, "Authorization").unwrap();
            let claims = given.split('.').nth(1).unwrap();
            let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap();
            let bytes = body(&vector);
            let ours = vonage_voice(
                vector["secret"].as_str().unwrap(),
                &Claims {
                    now: Timestamp::from_secs(claims["iat"].as_i64().unwrap()),
                    jti: claims["jti"].as_str().unwrap(),
                    api_key: claims["api_key"].as_str().unwrap(),
                    application_id: claims["application_id"].as_str().unwrap(),
                    body: Some(&bytes),
                },
            );
            let made = ours.split('.').nth(1).unwrap();
            let made: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(made).unwrap()).unwrap();
            let sorted = |claims: &Value| -> std::collections::BTreeMap<String, Value> {
                claims.as_object().unwrap().clone().into_iter().collect()
            };
            assert_eq!(sorted(&made), sorted(&claims));
            return;
        }
        panic!("the vector is gone");
    }
}
