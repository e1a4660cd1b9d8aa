//! JSON Web Tokens as Vonage uses them: its webhooks carry one that it has signed with the account's secret (HS256),
//! and its API wants one that is signed with the application's private key (RS256).
//!
//! Sources: developer.vonage.com/getting-started/concepts/webhooks (signed webhooks), /concepts/authentication;
//! RFC 7515 and RFC 7519. Nothing of a token chooses how it is verified.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use aws_lc_rs::{constant_time, digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_model::{SecretText, Timestamp};
use serde::Deserialize;

use crate::json;
use crate::signature::from_hex;

/// How far the time of a token may be from ours, in seconds: what is older is a repeat of somebody else's.
const AGE: i64 = 300;

/// How long a token of our own lives, in seconds.
const LIFE: i64 = 300;

/// Whether the value of `Authorization` holds a token that was signed under one of the secrets, is of this time, and is
/// about this body.
pub(crate) fn is_signed(secrets: &[SecretText], authorization: &str, body: &[u8], now: Timestamp) -> bool {
    let Some((scheme, token)) = authorization.trim().split_once(' ') else { return false };
    if !scheme.eq_ignore_ascii_case("bearer") {
        return false;
    }
    let Some(claims) = verified(secrets, token.trim()) else { return false };
    let Some(claims) = json::read::<Claims>(&claims) else { return false };
    let is_fresh = claims.iat.is_some_and(|issued| now.as_secs().abs_diff(issued) <= AGE.unsigned_abs());
    let is_about = match claims.payload_hash.as_deref().map(from_hex) {
        Some(Some(hash)) => {
            let ours = digest::digest(&digest::SHA256, body);
            constant_time::verify_slices_are_equal(ours.as_ref(), &hash).is_ok()
        }
        Some(None) => false,
        None => body.is_empty(),
    };
    is_fresh && is_about
}

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    iat: Option<i64>,
    payload_hash: Option<String>,
}

/// The claims of a token with a signature by HMAC-SHA256, the one algorithm that is taken.
fn verified(secrets: &[SecretText], token: &str) -> Option<Vec<u8>> {
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = json::read(&URL_SAFE_NO_PAD.decode(header).ok()?)?;
    if header.alg != "HS256" {
        return None;
    }
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    let fits = |secret: &SecretText| {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes());
        hmac::verify(&key, signed.as_bytes(), &signature).is_ok()
    };
    // Every secret is looked at, whichever fits.
    let found = secrets.iter().fold(false, |found, secret| fits(secret) | found);
    found.then(|| URL_SAFE_NO_PAD.decode(claims).ok())?
}

/// The private key of an application.
pub(crate) struct PrivateKey(RsaKeyPair);

impl PrivateKey {
    /// Reads a PEM file as Vonage hands it out (PKCS#8) or as other programs write it (PKCS#1). `None` when it is none.
    pub(crate) fn from_pem(pem: &SecretText) -> Option<Self> {
        let text = pem.expose().trim();
        let pkcs8 = inside(text, "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----");
        if let Some(der) = pkcs8 {
            return RsaKeyPair::from_pkcs8(&der).ok().map(Self);
        }
        let der = inside(text, "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----")?;
        RsaKeyPair::from_der(&der).ok().map(Self)
    }

    /// A token for one request to the API. `about` and the time name it, so that no other token has its name.
    pub(crate) fn token(&self, application: &str, about: &str, now: Timestamp) -> Option<SecretText> {
        let name = digest::digest(&digest::SHA256, format!("{about} {}", now.as_micros()).as_bytes());
        let claims = serde_json::json!({
            "application_id": application,
            "iat": now.as_secs(),
            "exp": now.as_secs() + LIFE,
            "jti": URL_SAFE_NO_PAD.encode(name.as_ref()),
        });
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
        let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
        let mut signature = vec![0; self.0.public_modulus_len()];
        let random = SystemRandom::new();
        self.0.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
    }
}

fn inside(text: &str, begin: &str, end: &str) -> Option<zeroize::Zeroizing<Vec<u8>>> {
    let (_, rest) = text.split_once(begin)?;
    let (base64, _) = rest.split_once(end)?;
    // In a setting of one line the ends of lines may be written as `\n`.
    let base64 = zeroize::Zeroizing::new(base64.replace("\\n", ""));
    let solid: zeroize::Zeroizing<String> =
        zeroize::Zeroizing::new(base64.chars().filter(|c| !c.is_whitespace()).collect());
    STANDARD.decode(solid.as_bytes()).ok().map(zeroize::Zeroizing::new)
}

#[cfg(test)]
pub(crate) mod tests {
    use aws_lc_rs::encoding::AsDer as _;
    use aws_lc_rs::rsa::KeySize;
    use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
    use serde_json::{Value, json};

    use super::*;

    const VECTORS: &str = include_str!("../testdata/vonage-voice/sig_vectors.json");

    /// A new key, and its public half.
    pub(crate) fn new_key() -> (SecretText, Vec<u8>) {
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = key.as_der().unwrap();
        let base64 = STANDARD.encode(der.as_ref());
        let lines: Vec<_> = base64.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
        (pem.into(), key.public_key().as_ref().to_vec())
    }

    /// The claims of a token that this key has signed.
    pub(crate) fn opened(token: &str, public: &[u8]) -> Value {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public);
        key.verify(signed.as_bytes(), &signature).unwrap();
        let (header, claims) = signed.split_once('.').unwrap();
        let read =
            |part: &str| -> Value { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap() };
        assert_eq!(read(header), json!({ "alg": "RS256", "typ": "JWT" }));
        read(claims)
    }

    fn signed(secret: &str, header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes())))
    }

    #[test]
    fn every_vector_comes_out_as_it_should() {
        let vectors: Value = serde_json::from_str(VECTORS).unwrap();
        let all = vectors["vectors"].as_array().unwrap();
        assert_eq!(all.len(), 12);
        for vector in all {
            let secrets = [SecretText::from("a newer one"), vector["secret"].as_str().unwrap().into()];
            let body = STANDARD.decode(vector["body_b64"].as_str().unwrap()).unwrap();
            let now = Timestamp::from_secs(vector["now"].as_i64().unwrap());
            let (_, header) = vector["headers"].as_object().unwrap().iter().next().unwrap();
            let fits = is_signed(&secrets, header.as_str().unwrap(), &body, now);
            assert_eq!(fits, vector["expect"] == "accept", "{}", vector["name"]);
            assert!(!is_signed(&secrets[..1], header.as_str().unwrap(), &body, now), "{}", vector["name"]);
        }
        let published = &vectors["published"][0];
        let secrets = [published["secret"].as_str().unwrap().into()];
        let token = published["jwt"].as_str().unwrap();
        assert!(verified(&secrets, token).is_some());
        assert!(verified(&["another".into()], token).is_none());
    }

    #[test]
    fn the_time_counts_in_both_directions() {
        let now = Timestamp::from_secs(1_795_342_550);
        let at = |issued: Value| {
            let token = signed("s", &json!({ "alg": "HS256" }), &json!({ "iat": issued }));
            is_signed(&["s".into()], &format!("Bearer {token}"), b"", now)
        };
        assert!(at(json!(1_795_342_550)) && at(json!(1_795_342_250)) && at(json!(1_795_342_850)));
        for wrong in [json!(1_795_342_249), json!(1_795_342_851), json!(i64::MIN), json!(null), json!("now")]
        {
            assert!(!at(wrong));
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let now = Timestamp::from_secs(0);
        let good = signed("s", &json!({ "alg": "HS256" }), &json!({ "iat": 0 }));
        let fits = |header: &str| is_signed(&["s".into()], header, b"", now);
        assert!(fits(&format!("Bearer {good}")));
        for alg in ["none", "None", "HS384", "hs256", "RS256", ""] {
            let token = signed("s", &json!({ "alg": alg }), &json!({ "iat": 0 }));
            assert!(!fits(&format!("Bearer {token}")), "{alg}");
        }
        let without = signed("s", &json!({ "typ": "JWT" }), &json!({ "iat": 0 }));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer a.b.c",
            &good,
            &format!("Basic {good}"),
            &format!("Bearer {without}"),
        ] {
            assert!(!fits(wrong), "{wrong}");
        }
        let empty_hash = signed("s", &json!({ "alg": "HS256" }), &json!({ "iat": 0, "payload_hash": "" }));
        assert!(!fits(&format!("Bearer {empty_hash}")));
        assert!(!is_signed(&[], &format!("Bearer {good}"), b"", now));
    }

    #[test]
    fn a_token_of_our_own_is_signed_with_the_private_key() {
        let (pem, public) = new_key();
        let key = PrivateKey::from_pem(&pem).unwrap();
        let now = Timestamp::from_secs(1_795_342_550);
        let claims = opened(key.token("app-1", "call-1", now).unwrap().expose(), &public);
        assert_eq!(claims["application_id"], "app-1");
        assert_eq!((&claims["iat"], &claims["exp"]), (&json!(1_795_342_550), &json!(1_795_342_850)));
        let other = opened(key.token("app-1", "call-2", now).unwrap().expose(), &public);
        assert_ne!(claims["jti"], other["jti"]);
        let one_line = SecretText::new(pem.expose().trim().replace('\n', "\\n"));
        assert!(PrivateKey::from_pem(&one_line).is_some());
        for wrong in ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "nonsense"] {
            assert!(PrivateKey::from_pem(&wrong.into()).is_none());
        }
    }
}
