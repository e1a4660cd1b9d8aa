use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::{constant_time, hmac};
use countersign_model::{Name, SecretText, Timestamp};
use countersign_store::{Expected, Keys, RecordKey, RecordValue, RecordWrite, Records};
use countersign_vault::{KeyRing, KeyRingError, OpenError, Scope, Sealed};
use data_encoding::{BASE64, HEXLOWER};
use zeroize::Zeroizing;

use crate::error::AccountsError;
use crate::id;

/// The workspace of the vault that seals what belongs to accounts. No workspace of people can have this name.
pub const VAULT_WORKSPACE: &str = "_server";
const KIND: &str = "hash_key";

/// Hashes and seals what accounts keep.
///
/// Hashes are HMAC-SHA256 under a key of 256 random bits that the vault seals under a data key of its own. So they stay
/// good when the master key is rotated, and who has the store without the key file cannot try addresses or codes.
pub(crate) struct Keep {
    ring: Arc<RwLock<KeyRing>>,
    server: Name,
    key: hmac::Key,
}

impl Keep {
    pub(crate) async fn open(
        store: &dyn Records,
        data_keys: &dyn Keys,
        ring: Arc<RwLock<KeyRing>>,
        at: Timestamp,
    ) -> Result<Self, AccountsError> {
        let server: Name = VAULT_WORKSPACE.parse().map_err(|_| AccountsError::Vault)?;
        ensure_data_key(data_keys, &ring, &server).await?;
        let record = RecordKey { workspace: None, kind: KIND, id: "1".to_owned() };
        // Twice at most: another process may make the key at the same time.
        for _ in 0..2 {
            let there = store.record(&record, at).await?;
            let expected = match &there {
                None => Expected::Absent,
                Some(there) => match open(&ring, &server, KIND, &there.body, at) {
                    Ok(text) => {
                        let bytes = BASE64.decode(text.expose().as_bytes()).map(Zeroizing::new);
                        let bytes = bytes.map_err(|_| AccountsError::Damaged(KIND))?;
                        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
                        return Ok(Self { ring, server, key });
                    }
                    // A data key that was made after the loss has the version of the lost one.
                    Err(OpenError::UnknownKey { .. } | OpenError::Refused) => {
                        tracing::warn!(
                            "the key that hashes sessions and API keys is lost with the master key; \
                             everybody signs in again, and API keys and recovery codes are made anew"
                        );
                        Expected::Revision(there.revision)
                    }
                    Err(_) => return Err(AccountsError::Vault),
                },
            };
            let fresh = SecretText::new(BASE64.encode(id::random::<32>()?.as_slice()));
            let body = seal(&ring, &server, KIND, &fresh)?.into_bytes();
            let value = Some(RecordValue { body, alias: None, expires_at: None });
            let write = RecordWrite { key: record.clone(), expected, value };
            match store.change(vec![write], Vec::new(), at).await.map_err(AccountsError::from) {
                Ok(_) | Err(AccountsError::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Err(AccountsError::Vault)
    }

    /// The hash of `parts` for one purpose, as hexadecimal digits. Every part carries its length.
    pub(crate) fn hash(&self, purpose: &str, parts: &[&str]) -> String {
        let mut input = Zeroizing::new(Vec::with_capacity(128));
        for part in std::iter::once(&purpose).chain(parts) {
            input.extend_from_slice(&(part.len() as u64).to_be_bytes());
            input.extend_from_slice(part.as_bytes());
        }
        HEXLOWER.encode(hmac::sign(&self.key, &input).as_ref())
    }

    /// Seals a secret for one purpose, as text.
    pub(crate) fn seal(&self, purpose: &str, secret: &SecretText) -> Result<String, AccountsError> {
        Ok(BASE64.encode(seal(&self.ring, &self.server, purpose, secret)?.as_bytes()))
    }

    /// Opens what [`Keep::seal`] made for that purpose.
    pub(crate) fn open_sealed(
        &self,
        purpose: &str,
        sealed: &str,
        at: Timestamp,
    ) -> Result<SecretText, AccountsError> {
        let bytes = BASE64.decode(sealed.as_bytes()).map_err(|_| AccountsError::Vault)?;
        open(&self.ring, &self.server, purpose, &bytes, at).map_err(|_| AccountsError::Vault)
    }

    /// Makes a data key for a new workspace, so that secrets and tokens can be sealed for it.
    pub(crate) async fn ensure_data_key(
        &self,
        store: &dyn Keys,
        workspace: &Name,
    ) -> Result<(), AccountsError> {
        ensure_data_key(store, &self.ring, workspace).await
    }
}

/// Equality that takes the same time wherever the texts differ.
pub(crate) fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

fn seal(
    ring: &RwLock<KeyRing>,
    server: &Name,
    purpose: &str,
    secret: &SecretText,
) -> Result<Sealed, AccountsError> {
    let ring = ring.read().unwrap_or_else(PoisonError::into_inner);
    ring.seal(&Scope::for_workspace(server.clone(), purpose.to_owned()), secret)
        .map_err(|_| AccountsError::Vault)
}

fn open(
    ring: &RwLock<KeyRing>,
    server: &Name,
    purpose: &str,
    sealed: &[u8],
    at: Timestamp,
) -> Result<SecretText, OpenError> {
    let ring = ring.read().unwrap_or_else(PoisonError::into_inner);
    ring.open(
        &Scope::for_workspace(server.clone(), purpose.to_owned()),
        &Sealed::from_bytes(sealed.to_vec()),
        at,
    )
}

async fn ensure_data_key(
    store: &dyn Keys,
    ring: &RwLock<KeyRing>,
    workspace: &Name,
) -> Result<(), AccountsError> {
    loop {
        let wrapped = {
            let mut ring = ring.write().unwrap_or_else(PoisonError::into_inner);
            if ring.has_data_key(workspace) {
                return Ok(());
            }
            let wrapped = ring.new_data_key(workspace).map_err(|_| AccountsError::Vault)?;
            // Until it is stored, nobody may seal with it.
            ring.forget(workspace, wrapped.version);
            wrapped
        };
        let ours = store.add_data_key(wrapped).await?;
        let stored = store.data_keys().await?;
        let mut ring = ring.write().unwrap_or_else(PoisonError::into_inner);
        for key in stored.iter().filter(|key| key.workspace == *workspace) {
            match ring.add(key) {
                Ok(()) | Err(KeyRingError::Duplicate { .. }) => {}
                // Lost with its master key: the next turn makes a newer one.
                Err(error) => tracing::error!(%error, "a data key of the store does not open"),
            }
        }
        if !ring.has_data_key(workspace) && !ours {
            return Err(AccountsError::Vault);
        }
    }
}
