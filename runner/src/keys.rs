use std::sync::{Arc, RwLock};

use countersign_model::Name;
use countersign_store::Keys;
use countersign_vault::{KeyRing, MasterKeys};

use crate::error::KeysError;

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
