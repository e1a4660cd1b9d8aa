use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_model::Name;

use crate::aead::{self, NONCE_LEN, TAG_LEN};
use crate::key::KeyId;

/// A sealed value, as a store keeps it: format, ids of the keys, salt, nonce, ciphertext and tag.
///
/// It is no secret, but nobody gains from seeing it either: `Debug` shows the length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

/// Why nothing was sealed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The workspace has no data key: it is new, or it was erased.
    #[error("the workspace `{workspace}` has no data key; make one before anything is sealed for it")]
    NoDataKey {
        /// The workspace.
        workspace: Name,
    },
    /// The cryptographic library failed, most likely for want of random bytes.
    #[error("the cryptographic library did not work, most likely because the system gave no random bytes")]
    Library,
}

/// Why a sealed value was not opened. Nothing here tells anything of the value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its time is over. Nothing was decrypted.
    #[error("the time of the sealed value is over")]
    Expired,
    /// Shorter than any sealed value.
    #[error("the sealed value is cut short")]
    Truncated,
    /// Written by a later version of Countersign, or no sealed value at all.
    #[error("the sealed value has format {0}, which this version of Countersign does not know")]
    UnknownFormat(u8),
    /// The data key is gone: it was erased, or the master key that wrapped it is lost.
    #[error(
        "the data key {version} of the workspace `{workspace}` is not there; the value cannot be opened any more"
    )]
    UnknownKey {
        /// The workspace.
        workspace: Name,
        /// Version of the data key.
        version: u32,
    },
    /// It was sealed for another scope, or it has been changed.
    #[error("the sealed value belongs to another scope, or it has been changed")]
    Refused,
}

/// The only format so far.
pub(crate) const FORMAT: u8 = 1;
/// Length of the salt from which the key of one value is derived, in bytes.
pub(crate) const SALT_LEN: usize = 16;
/// Length of all that stands before the ciphertext.
pub(crate) const HEADER_LEN: usize = 1 + 4 + 4 + SALT_LEN + NONCE_LEN;

impl Sealed {
    /// What a store keeps.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// What a store keeps, without a copy.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// What a store has kept. Whether it is sound shows when it is opened.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The sealed values that are these bytes, or stand in them in base64 as strings of JSON.
    pub fn all_in(bytes: &[u8]) -> Vec<Self> {
        let whole = Self::from_bytes(bytes.to_vec());
        if whole.key_version().is_some() {
            return vec![whole];
        }
        let strings = bytes.split(|byte| *byte == b'"');
        let decoded = strings.filter_map(|text| STANDARD.decode(text).ok()).map(Self::from_bytes);
        decoded.filter(|sealed| sealed.key_version().is_some()).collect()
    }

    /// The version of the data key that sealed it; none when it is no sealed value of a known format.
    pub fn key_version(&self) -> Option<u32> {
        self.header().ok().map(|header| header.version)
    }

    pub(crate) fn header(&self) -> Result<Header, OpenError> {
        let Some(format) = self.0.first() else { return Err(OpenError::Truncated) };
        if *format != FORMAT {
            return Err(OpenError::UnknownFormat(*format));
        }
        if self.0.len() < HEADER_LEN + TAG_LEN {
            return Err(OpenError::Truncated);
        }
        let mut rest = &self.0[1..HEADER_LEN];
        Ok(Header {
            master: KeyId(take(&mut rest)),
            version: u32::from_be_bytes(take(&mut rest)),
            salt: take(&mut rest),
            nonce: take(&mut rest),
        })
    }

    pub(crate) fn ciphertext(&self) -> &[u8] {
        &self.0[HEADER_LEN..]
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// What stands before the ciphertext.
pub(crate) struct Header {
    /// The master key that was active; of use to a person who looks for a lost key, not for opening.
    pub(crate) master: KeyId,
    /// Version of the data key.
    pub(crate) version: u32,
    pub(crate) salt: [u8; SALT_LEN],
    pub(crate) nonce: [u8; NONCE_LEN],
}

impl Header {
    /// A header with a salt and a nonce that no other value has.
    pub(crate) fn new(master: KeyId, version: u32) -> Result<Self, SealError> {
        // One call for both, because each costs about as much as the encryption.
        let random: [u8; SALT_LEN + NONCE_LEN] = aead::random().map_err(|_| SealError::Library)?;
        let mut rest = random.as_slice();
        Ok(Self { master, version, salt: take(&mut rest), nonce: take(&mut rest) })
    }

    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        out.push(FORMAT);
        out.extend_from_slice(&self.master.0);
        out.extend_from_slice(&self.version.to_be_bytes());
        out.extend_from_slice(&self.salt);
        out.extend_from_slice(&self.nonce);
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let mut field = [0; N];
    let (head, tail) = rest.split_at(N);
    field.copy_from_slice(head);
    *rest = tail;
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_values_are_found_in_json() {
        let value = |version: u8| {
            let mut bytes = vec![FORMAT, 1, 2, 3, 4, 0, 0, 0, version];
            bytes.resize(HEADER_LEN + TAG_LEN + 3, 7);
            bytes
        };
        let versions = |bytes: &[u8]| -> Vec<_> {
            Sealed::all_in(bytes).iter().filter_map(Sealed::key_version).collect()
        };
        assert_eq!(versions(&value(2)), [2]);
        let json = format!(
            r#"{{"name":"a","one":"{}","list":["{}","QUJD",""],"n":1}}"#,
            STANDARD.encode(value(1)),
            STANDARD.encode(value(9))
        );
        assert_eq!(versions(json.as_bytes()), [1, 9]);
        assert!(versions(b"").is_empty() && versions(br#"{"a":"b"}"#).is_empty());
    }
}
