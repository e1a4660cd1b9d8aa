use countersign_vault::{MasterKey, WrappedKey};

use super::fixture::name;
use crate::traits::Store;

pub async fn data_keys_are_kept_once_each(store: &impl Store) {
    let master = MasterKey::generate().unwrap().id();
    let wrapped = |workspace: &str, version, bytes: &[u8]| WrappedKey {
        workspace: name(workspace),
        version,
        master,
        bytes: bytes.to_vec(),
    };
    assert!(store.add_data_key(wrapped("acme", 1, b"one")).await.unwrap());
    assert!(!store.add_data_key(wrapped("acme", 1, b"another")).await.unwrap());
    assert!(store.add_data_key(wrapped("acme", 2, b"two")).await.unwrap());
    assert!(store.add_data_key(wrapped("other", 1, b"three")).await.unwrap());
    assert!(store.replace_data_key(wrapped("acme", 2, b"again")).await.unwrap());
    assert!(!store.replace_data_key(wrapped("acme", 3, b"none")).await.unwrap());
    store.remove_data_key(&name("other"), 1).await.unwrap();
    let mut kept = store.data_keys().await.unwrap();
    kept.sort_by_key(|key| key.version);
    let kept: Vec<_> = kept.iter().map(|key| (key.version, key.bytes.as_slice())).collect();
    assert_eq!(kept, [(1, b"one".as_slice()), (2, b"again".as_slice())]);
}
