//! Passkeys, as a relying party sees them (WebAuthn Level 3): what comes from a browser is verified here, step by step as
//! §7.1 and §7.2 say. Nothing here keeps anything.
//!
//! No attestation is asked for: which make of device somebody uses is none of our business. User verification is required, so
//! a passkey is two factors.

mod auth_data;
mod client_data;
mod cose;
#[cfg(test)]
pub(crate) mod device;
#[cfg(test)]
mod tests;

use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use serde_json::Value;

use auth_data::AuthData;
use client_data::Ceremony;

/// Algorithms that are accepted, the best first: Ed25519, ES256, RS256 (COSE).
pub(crate) const ALGORITHMS: [i64; 3] = [-8, -7, -257];

/// Longest text of one part of an answer, in characters. The key of an RSA passkey has about 1,100.
const LONGEST: usize = 16 * 1024;

/// What an answer must fit.
pub(crate) struct Expected<'a> {
    /// As it was sent, base64url.
    pub(crate) challenge: &'a str,
    pub(crate) origin: &'a str,
    pub(crate) relying_party: &'a str,
}

/// A new passkey, as it is kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Registered {
    /// base64url.
    pub(crate) credential_id: String,
    /// COSE, base64url.
    pub(crate) public_key: String,
    pub(crate) counter: u32,
}

/// Why an answer does not count. For tests and the audit log; people only see that it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotAccepted {
    #[error("not of the form that browsers send")]
    Form,
    #[error("made for something else")]
    Ceremony,
    #[error("challenge")]
    Challenge,
    #[error("origin")]
    Origin,
    #[error("relying party")]
    RelyingParty,
    #[error("nobody was there")]
    NotPresent,
    #[error("the user was not verified")]
    NotVerified,
    #[error("algorithm")]
    Algorithm,
    #[error("key")]
    Key,
    #[error("signature")]
    Signature,
    #[error("user handle")]
    UserHandle,
    #[error("counter")]
    Counter,
}

/// `PublicKeyCredential.toJSON()`.
#[derive(Deserialize)]
struct Credential<R> {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    response: R,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Attestation {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    attestation_object: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Assertion {
    #[serde(rename = "clientDataJSON")]
    client_data: String,
    authenticator_data: String,
    signature: String,
    #[serde(default)]
    user_handle: Option<String>,
}

/// An assertion that was read and not verified: it says which passkey it claims to be of.
pub(crate) struct Claim {
    /// base64url.
    pub(crate) credential_id: String,
    client_data: Vec<u8>,
    auth_data: Vec<u8>,
    signature: Vec<u8>,
    /// What the passkey says whose it is.
    pub(crate) user_handle: Option<Vec<u8>>,
}

/// Verifies a new passkey (§7.1).
pub(crate) fn register(credential: &Value, expected: &Expected<'_>) -> Result<Registered, NotAccepted> {
    let credential: Credential<Attestation> = read(credential)?;
    client_data::verify(&decode(&credential.response.client_data)?, Ceremony::Create, expected)?;
    let object = decode(&credential.response.attestation_object)?;
    let auth_data = AuthData::parse(&attested(&object)?)?;
    auth_data.verify(expected)?;
    let attested = auth_data.credential.ok_or(NotAccepted::Form)?;
    let credential_id = BASE64URL_NOPAD.encode(&attested.id);
    if credential_id != credential.id {
        return Err(NotAccepted::Form);
    }
    cose::PublicKey::parse(&attested.public_key)?;
    Ok(Registered {
        credential_id,
        public_key: BASE64URL_NOPAD.encode(&attested.public_key),
        counter: auth_data.counter,
    })
}

impl Claim {
    /// Reads what a browser sent.
    pub(crate) fn read(credential: &Value) -> Result<Self, NotAccepted> {
        let Credential { id, response, .. } = read::<Assertion>(credential)?;
        // A text that is written in another way than it is kept finds nothing.
        decode(&id)?;
        Ok(Self {
            credential_id: id,
            client_data: decode(&response.client_data)?,
            auth_data: decode(&response.authenticator_data)?,
            signature: decode(&response.signature)?,
            user_handle: response.user_handle.as_deref().map(decode).transpose()?,
        })
    }

    /// Verifies it with the passkey that is kept (§7.2). Gives the counter to keep from now on.
    pub(crate) fn verify(
        &self,
        public_key: &str,
        counter: u32,
        expected: &Expected<'_>,
    ) -> Result<u32, NotAccepted> {
        client_data::verify(&self.client_data, Ceremony::Get, expected)?;
        let auth_data = AuthData::parse(&self.auth_data)?;
        auth_data.verify(expected)?;
        let mut signed = self.auth_data.clone();
        signed.extend_from_slice(digest::digest(&digest::SHA256, &self.client_data).as_ref());
        cose::PublicKey::parse(&decode(public_key)?)?.verify(&signed, &self.signature)?;
        // Passkeys that are kept in step on several devices do not count: they say 0 each time.
        let counts = auth_data.counter != 0 || counter != 0;
        if counts && auth_data.counter <= counter {
            return Err(NotAccepted::Counter);
        }
        Ok(auth_data.counter)
    }
}

fn read<R: for<'a> Deserialize<'a>>(credential: &Value) -> Result<Credential<R>, NotAccepted> {
    let read = Credential::<R>::deserialize(credential).map_err(|_| NotAccepted::Form)?;
    if read.kind == "public-key" { Ok(read) } else { Err(NotAccepted::Form) }
}

/// Browsers write base64url without padding.
fn decode(text: &str) -> Result<Vec<u8>, NotAccepted> {
    if text.len() > LONGEST {
        return Err(NotAccepted::Form);
    }
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| NotAccepted::Form)
}

/// The authenticator data of an attestation object. What it says of the device was not asked for and is not looked at.
fn attested(object: &[u8]) -> Result<Vec<u8>, NotAccepted> {
    let map = cose::read_all(object)?.into_map().map_err(|_| NotAccepted::Form)?;
    let found = map.into_iter().find(|(key, _)| key.as_text() == Some("authData"));
    found.ok_or(NotAccepted::Form)?.1.into_bytes().map_err(|_| NotAccepted::Form)
}
