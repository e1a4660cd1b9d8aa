use std::collections::{BTreeMap, HashMap};
use std::fmt;

use countersign_model::{Name, SecretText, Timestamp};
use zeroize::Zeroize;

use crate::aead::{self, KEY_LEN, Key, NONCE_LEN};
use crate::key::{KeyId, MasterKey, MasterKeys};
use crate::pseudonym::Pseudonymizer;
use crate::scope::{Scope, text};
use crate::sealed::{HEADER_LEN, Header, OpenError, SealError, Sealed};

/// The master keys and the data keys that they wrap; seals and opens.
///
/// Rotation of the master key: [`MasterKeys`] with a new first key, [`KeyRing::outdated`] and [`KeyRing::rewrap`] for
/// each, store the results, [`KeyRing::retire`]. Rotation of a data key: [`KeyRing::new_data_key`], then
/// [`KeyRing::reseal`] what is still needed and [`KeyRing::forget`] the old version.
pub struct KeyRing {
    masters: MasterKeys,
    workspaces: HashMap<Name, BTreeMap<u32, DataKey>>,
}

struct DataKey {
    key: Key,
    master: KeyId,
}

/// A data key as a store keeps it, wrapped by a master key.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The workspace whose values it seals.
    pub workspace: Name,
    /// Its version in the workspace, from 1; the highest seals new values.
    pub version: u32,
    /// The master key that wrapped it.
    pub master: KeyId,
    /// Nonce and ciphertext.
    pub bytes: Vec<u8>,
}

/// Why the data keys of a store do not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// The master key that wrapped it is not in the key file.
    #[error(
        "the data key {version} of the workspace `{workspace}` needs the master key {master}, which is not in the \
         key file; put back the line of that key. When it is lost, `countersign keys forget` starts anew, and users log \
         in again"
    )]
    UnknownMaster {
        /// The workspace.
        workspace: Name,
        /// Version of the data key.
        version: u32,
        /// The master key that is missing.
        master: KeyId,
    },
    /// It has been changed, or it was stored under another workspace or version.
    #[error("the data key {version} of the workspace `{workspace}` has been changed in the store")]
    Damaged {
        /// The workspace.
        workspace: Name,
        /// Version of the data key.
        version: u32,
    },
    /// Two data keys have the same version.
    #[error("the store has the data key {version} of the workspace `{workspace}` twice")]
    Duplicate {
        /// The workspace.
        workspace: Name,
        /// Version of the data key.
        version: u32,
    },
}

/// Why a master key stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RetireError {
    /// It is the active one.
    #[error("the master key {0} is the active one; add a new key first")]
    Active(KeyId),
    /// There is none with that id.
    #[error("there is no master key {0}")]
    Unknown(KeyId),
    /// It still wraps data keys.
    #[error("the master key {id} still wraps {count} data keys; wrap them by the active key first")]
    InUse {
        /// The master key.
        id: KeyId,
        /// How many data keys it wraps.
        count: usize,
    },
}

impl KeyRing {
    /// Opens the data keys of a store.
    ///
    /// # Errors
    /// [`KeyRingError`] for the first that does not open. [`KeyRing::unlock_some`] goes on without those.
    pub fn unlock(
        masters: MasterKeys,
        wrapped: impl IntoIterator<Item = WrappedKey>,
    ) -> Result<Self, KeyRingError> {
        let mut ring = Self { masters, workspaces: HashMap::new() };
        wrapped.into_iter().try_for_each(|key| ring.add(&key))?;
        Ok(ring)
    }

    /// Opens what can be opened, for an operator who has lost a master key: values under the others' data keys are
    /// lost, users log in again, and everything else goes on. Also gives why each of the others did not open.
    pub fn unlock_some(
        masters: MasterKeys,
        wrapped: impl IntoIterator<Item = WrappedKey>,
    ) -> (Self, Vec<KeyRingError>) {
        let mut ring = Self { masters, workspaces: HashMap::new() };
        let lost = wrapped.into_iter().filter_map(|key| ring.add(&key).err()).collect();
        (ring, lost)
    }

    /// Adds a data key that another process has made and stored.
    ///
    /// # Errors
    /// [`KeyRingError`] when it does not open or is there already.
    pub fn add(&mut self, wrapped: &WrappedKey) -> Result<(), KeyRingError> {
        let (workspace, version, master) = (&wrapped.workspace, wrapped.version, wrapped.master);
        if self.data_key(workspace, version).is_some() {
            return Err(KeyRingError::Duplicate { workspace: workspace.clone(), version });
        }
        let Some(master_key) = self.masters.find(master) else {
            return Err(KeyRingError::UnknownMaster { workspace: workspace.clone(), version, master });
        };
        let Some(key) = unwrap(master_key, wrapped) else {
            return Err(KeyRingError::Damaged { workspace: workspace.clone(), version });
        };
        self.insert(workspace, version, DataKey { key, master });
        Ok(())
    }

    /// Whether anything can be sealed for the workspace.
    pub fn has_data_key(&self, workspace: &Name) -> bool {
        self.workspaces.contains_key(workspace)
    }

    /// Makes a new version of the workspace's data key. New values are sealed by it from now on, so the result must
    /// be stored before any of them.
    ///
    /// # Errors
    /// [`SealError::Library`].
    pub fn new_data_key(&mut self, workspace: &Name) -> Result<WrappedKey, SealError> {
        let version = self.newest(workspace).unwrap_or(0) + 1;
        let key = Key::new(aead::random().map_err(|_| SealError::Library)?);
        let master = self.masters.active();
        let wrapped = wrap(master, workspace, version, &key)?;
        let master = master.id();
        self.insert(workspace, version, DataKey { key, master });
        Ok(wrapped)
    }

    /// Seals a secret for one scope.
    ///
    /// # Errors
    /// [`SealError::NoDataKey`] when the workspace has none, [`SealError::Library`].
    pub fn seal(&self, scope: &Scope, secret: &SecretText) -> Result<Sealed, SealError> {
        let newest = self.workspaces.get(&scope.workspace).and_then(|versions| versions.iter().next_back());
        let Some((&version, data_key)) = newest else {
            return Err(SealError::NoDataKey { workspace: scope.workspace.clone() });
        };
        let header = Header::new(data_key.master, version)?;
        let key = value_key(data_key, &header).ok_or(SealError::Library)?;
        let plain = secret.expose().as_bytes();
        let mut out = Vec::with_capacity(HEADER_LEN + plain.len() + aead::TAG_LEN);
        header.encode(&mut out);
        let associated = associated(&out, scope);
        aead::encrypt(&key, header.nonce, &associated, plain, &mut out).map_err(|_| SealError::Library)?;
        Ok(Sealed::from_bytes(out))
    }

    /// Opens a sealed value. From `scope.expires_at` on it does not open, and a scope with another time does not
    /// open it either.
    ///
    /// # Errors
    /// [`OpenError`].
    pub fn open(&self, scope: &Scope, sealed: &Sealed, now: Timestamp) -> Result<SecretText, OpenError> {
        if now >= scope.expires_at {
            return Err(OpenError::Expired);
        }
        let header = sealed.header()?;
        let Some(data_key) = self.data_key(&scope.workspace, header.version) else {
            return Err(OpenError::UnknownKey {
                workspace: scope.workspace.clone(),
                version: header.version,
            });
        };
        let key = value_key(data_key, &header).ok_or(OpenError::Refused)?;
        let associated = associated(&sealed.as_bytes()[..HEADER_LEN], scope);
        let mut plain = aead::decrypt(&key, header.nonce, &associated, sealed.ciphertext())
            .map_err(|_| OpenError::Refused)?;
        match String::from_utf8(std::mem::take(&mut *plain)) {
            Ok(text) => Ok(SecretText::new(text)),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(OpenError::Refused)
            }
        }
    }

    /// Seals a value again when its data key is not the newest; none when it is.
    ///
    /// # Errors
    /// [`OpenError`] when it does not open. `Ok(None)` also when the library fails: the old value is still good.
    pub fn reseal(
        &self,
        scope: &Scope,
        sealed: &Sealed,
        now: Timestamp,
    ) -> Result<Option<Sealed>, OpenError> {
        let version = sealed.header()?.version;
        if self.newest(&scope.workspace) == Some(version) {
            return Ok(None);
        }
        let secret = self.open(scope, sealed, now)?;
        Ok(self.seal(scope, &secret).ok())
    }

    /// Whether these are just its data keys, each under the same master key.
    pub fn holds(&self, wrapped: &[WrappedKey]) -> bool {
        let known = |key: &WrappedKey| {
            self.data_key(&key.workspace, key.version).is_some_and(|known| known.master == key.master)
        };
        wrapped.len() == self.workspaces.values().map(BTreeMap::len).sum::<usize>()
            && wrapped.iter().all(known)
    }

    /// The version of the data key that seals new values of a workspace.
    pub fn newest(&self, workspace: &Name) -> Option<u32> {
        self.workspaces.get(workspace)?.keys().next_back().copied()
    }

    /// The versions of a workspace that only open what they have sealed before, oldest first.
    pub fn older(&self, workspace: &Name) -> Vec<u32> {
        let mut versions: Vec<_> = self
            .workspaces
            .get(workspace)
            .map_or_else(Vec::new, |versions| versions.keys().copied().collect());
        versions.pop();
        versions
    }

    /// The data keys, as workspace and version, that are not wrapped by the active master key.
    pub fn outdated(&self) -> Vec<(Name, u32)> {
        let active = self.masters.active().id();
        let mut found: Vec<_> = self
            .workspaces
            .iter()
            .flat_map(|(workspace, versions)| {
                let old = versions.iter().filter(|(_, key)| key.master != active);
                old.map(|(version, _)| (workspace.clone(), *version))
            })
            .collect();
        found.sort();
        found
    }

    /// Wraps a data key by the active master key. The store replaces its record with the result; sealed values stay
    /// as they are. None when there is no such data key.
    ///
    /// # Errors
    /// [`SealError::Library`].
    pub fn rewrap(&mut self, workspace: &Name, version: u32) -> Result<Option<WrappedKey>, SealError> {
        let active = self.masters.active();
        let data_key = self.workspaces.get_mut(workspace).and_then(|versions| versions.get_mut(&version));
        let Some(data_key) = data_key else { return Ok(None) };
        let wrapped = wrap(active, workspace, version, &data_key.key)?;
        data_key.master = active.id();
        Ok(Some(wrapped))
    }

    /// Puts a new master key before the others; it wraps new data keys from now on.
    pub fn add_master(&mut self, key: MasterKey) {
        if self.masters.find(key.id()).is_none() {
            self.masters.put_first(key);
        }
    }

    /// Gives up a master key. `stored` is what the store holds *now*: its records decide, not what this process
    /// believes to have written.
    ///
    /// # Errors
    /// [`RetireError`] when the key is active, unknown or still needed.
    pub fn retire<'a>(
        &mut self,
        id: KeyId,
        stored: impl IntoIterator<Item = &'a WrappedKey>,
    ) -> Result<(), RetireError> {
        if self.masters.find(id).is_none() {
            return Err(RetireError::Unknown(id));
        }
        if self.masters.active().id() == id {
            return Err(RetireError::Active(id));
        }
        let in_store = stored.into_iter().filter(|key| key.master == id).count();
        let in_ring =
            self.workspaces.values().flat_map(BTreeMap::values).filter(|key| key.master == id).count();
        match in_store.max(in_ring) {
            0 => {
                self.masters.remove(id);
                Ok(())
            }
            count => Err(RetireError::InUse { id, count }),
        }
    }

    /// Forgets one version of a data key. Once the store has deleted its record too, no value that it sealed can
    /// ever be opened, in no backup of the values either.
    pub fn forget(&mut self, workspace: &Name, version: u32) {
        if let Some(versions) = self.workspaces.get_mut(workspace) {
            versions.remove(&version);
            if versions.is_empty() {
                self.workspaces.remove(workspace);
            }
        }
    }

    /// Forgets all data keys of a workspace.
    pub fn forget_workspace(&mut self, workspace: &Name) {
        self.workspaces.remove(workspace);
    }

    /// Makes pseudonyms under the active master key.
    ///
    /// # Errors
    /// [`SealError::Library`].
    pub fn pseudonymizer(&self) -> Result<Pseudonymizer, SealError> {
        Pseudonymizer::of(self.masters.active())
    }

    /// One for each master key, the active one first, to find what was counted before a rotation.
    ///
    /// # Errors
    /// [`SealError::Library`].
    pub fn pseudonymizers(&self) -> Result<Vec<Pseudonymizer>, SealError> {
        self.masters.iter().map(Pseudonymizer::of).collect()
    }

    fn data_key(&self, workspace: &Name, version: u32) -> Option<&DataKey> {
        self.workspaces.get(workspace)?.get(&version)
    }

    fn insert(&mut self, workspace: &Name, version: u32, key: DataKey) {
        self.workspaces.entry(workspace.clone()).or_default().insert(version, key);
    }
}

/// Shows ids and numbers alone.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyRing")
            .field("masters", &self.masters)
            .field("workspaces", &self.workspaces.len())
            .finish()
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({} {} by {})", self.workspace, self.version, self.master)
    }
}

fn value_key(data_key: &DataKey, header: &Header) -> Option<Key> {
    aead::derive(&data_key.key, &header.salt, b"countersign value 1").ok()
}

/// The header is part of it: the ids of the keys can be changed no more than the text.
fn associated(header: &[u8], scope: &Scope) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(header);
    scope.encode(&mut bytes);
    bytes
}

fn wrap(master: &MasterKey, workspace: &Name, version: u32, key: &Key) -> Result<WrappedKey, SealError> {
    let nonce: [u8; NONCE_LEN] = aead::random().map_err(|_| SealError::Library)?;
    let wrapping = master.derive(WRAPPING)?;
    let associated = wrap_associated(workspace, version, master.id());
    let mut bytes = nonce.to_vec();
    aead::encrypt(&wrapping, nonce, &associated, key.as_slice(), &mut bytes)
        .map_err(|_| SealError::Library)?;
    Ok(WrappedKey { workspace: workspace.clone(), version, master: master.id(), bytes })
}

fn unwrap(master: &MasterKey, wrapped: &WrappedKey) -> Option<Key> {
    let (nonce, ciphertext) = wrapped.bytes.split_first_chunk::<NONCE_LEN>()?;
    let wrapping = master.derive(WRAPPING).ok()?;
    let associated = wrap_associated(&wrapped.workspace, wrapped.version, wrapped.master);
    let plain = aead::decrypt(&wrapping, *nonce, &associated, ciphertext).ok()?;
    if plain.len() != KEY_LEN {
        return None;
    }
    let mut key = Key::default();
    key.copy_from_slice(&plain);
    Some(key)
}

const WRAPPING: &[u8] = b"wrapping 1";

fn wrap_associated(workspace: &Name, version: u32, master: KeyId) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(96);
    text(&mut bytes, "countersign data key 1");
    text(&mut bytes, workspace.as_str());
    bytes.extend_from_slice(&version.to_be_bytes());
    bytes.extend_from_slice(&master.0);
    bytes
}
