use countersign_vault::{MasterKey, WrappedKey};

use super::fixture::{at, name};
use crate::record::{BotVersion, PublishedBot};
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

pub async fn bots_are_kept_once_each_version(store: &impl Store) {
    let bot = |workspace: &str, version, file: &str| PublishedBot {
        workspace: name(workspace),
        bot: name("bank"),
        version: BotVersion(version),
        file: file.into(),
        constants: vec![("url".into(), "https://bank.example".into())],
        published_at: at(1),
    };
    assert!(store.put_bot(bot("acme", u64::MAX, "one")).await.unwrap());
    assert!(!store.put_bot(bot("acme", u64::MAX, "another")).await.unwrap());
    assert!(store.put_bot(bot("acme", 2, "two")).await.unwrap());
    assert!(!store.put_bot(bot("acme", 2, "another")).await.unwrap());
    assert!(store.put_bot(bot("other", 2, "three")).await.unwrap());
    let kept = store.bots(&name("acme")).await.unwrap();
    assert_eq!(kept, [bot("acme", u64::MAX, "one"), bot("acme", 2, "two")]);
    // Published again: it is the newest once more.
    let again = PublishedBot { published_at: at(9), ..bot("acme", u64::MAX, "another") };
    assert!(store.put_bot(again.clone()).await.unwrap());
    assert!(!store.put_bot(again).await.unwrap());
    let kept = store.bots(&name("acme")).await.unwrap();
    assert_eq!(
        kept,
        [bot("acme", 2, "two"), PublishedBot { published_at: at(9), ..bot("acme", u64::MAX, "one") }]
    );
    assert!(store.put_bot(bot("acme", 3, "three")).await.unwrap());
    assert_eq!(store.bots(&name("acme")).await.unwrap().last().unwrap().version, BotVersion(3));
}
