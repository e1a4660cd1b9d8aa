use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError, RwLock};

use countersign_model::Name;
use countersign_store::{Keys, StoreError};
use countersign_vault::{KeyRing, KeyRingError, MasterKeys};

use crate::error::KeysError;
use crate::parts::Inner;

/// Opens the data keys of a store, and makes one for each of these workspaces that has none.
///
/// # Errors
/// [`KeysError`] when the store fails or a data key does not open with these master keys.
pub async fn open_keys<'a, S: Keys + ?Sized>(
    store: &S,
    masters: MasterKeys,
    workspaces: impl IntoIterator<Item = &'a Name>,
) -> Result<Arc<RwLock<KeyRing>>, KeysError> {
    let mut ring = KeyRing::unlock(masters, store.data_keys().await?)?;
    for workspace in workspaces {
        while !ring.has_data_key(workspace) {
            let wrapped = ring.new_data_key(workspace)?;
            let version = wrapped.version;
            if store.add_data_key(wrapped).await? {
                break;
            }
            // Another process was faster: its key is the one.
            ring.forget(workspace, version);
            let theirs = store.data_keys().await?;
            theirs.iter().filter(|key| key.workspace == *workspace).try_for_each(|key| ring.add(key))?;
        }
    }
    Ok(Arc::new(RwLock::new(ring)))
}

impl Inner {
    /// Takes over data keys that another program has made, and forgets those that it has removed: what they sealed is
    /// lost for good, in this process too. One that does not open is told to the operator; nothing has been sealed by it
    /// here, and everything else goes on.
    pub(crate) async fn refresh_keys(&self) -> Result<(), StoreError> {
        let wrapped = self.store.data_keys().await?;
        let mut newest: BTreeMap<&Name, u32> = BTreeMap::new();
        let mut ring = self.vault.ring().write().unwrap_or_else(PoisonError::into_inner);
        for key in &wrapped {
            let version = newest.entry(&key.workspace).or_default();
            *version = key.version.max(*version);
            match ring.add(key) {
                Ok(()) | Err(KeyRingError::Duplicate { .. }) => {}
                Err(error) => tracing::error!(%error, "a data key of the store does not open"),
            }
        }
        // A newer one than the newest of the store is one that is just being stored.
        let kept: BTreeSet<_> = wrapped.iter().map(|key| (&key.workspace, key.version)).collect();
        for (workspace, newest) in newest {
            let gone = (1..newest).filter(|version| !kept.contains(&(workspace, *version)));
            gone.for_each(|version| ring.forget(workspace, version));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use countersign_store::MemoryStore;
    use countersign_vault::{MasterKey, Scope};

    use super::*;

    #[tokio::test]
    async fn keys_are_made_once_and_open_again() {
        let line = MasterKey::generate().unwrap().to_line();
        let masters = || MasterKeys::parse(line.expose()).unwrap();
        let store = MemoryStore::new();
        let acme: Name = "acme".parse().unwrap();
        let scope = Scope::for_workspace(acme.clone(), "api".into());
        let first = open_keys(&store, masters(), [&acme]).await.unwrap();
        let sealed = first.read().unwrap().seal(&scope, &"secret".into()).unwrap();
        let again = open_keys(&store, masters(), [&acme, &"other".parse().unwrap()]).await.unwrap();
        let opened = again.read().unwrap().open(&scope, &sealed, countersign_model::Timestamp::from_secs(0));
        assert_eq!(opened.unwrap().expose(), "secret");
        assert_eq!(store.data_keys().await.unwrap().len(), 2);
        let strange = MasterKeys::one(MasterKey::generate().unwrap());
        assert!(matches!(open_keys(&store, strange, [&acme]).await, Err(KeysError::Unlock(_))));
    }
}
