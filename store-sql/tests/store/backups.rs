//! Backups and what comes of them.

use std::fs;

use countersign_model::Timestamp;
use countersign_store::conformance::fixture::{at, claim, key, reply, say};
use countersign_store::{Conversations as _, Inbox as _, Outbox as _, Upkeep as _, WorkerId};
use countersign_store_sql::{BackupError, Manifest, OpenError, Restore, backup, restore};

use crate::support::Folder;

fn now() -> Timestamp {
    Timestamp::from_secs(1_795_354_800)
}

#[tokio::test]
async fn a_backup_is_made_beside_a_server_and_brought_back() {
    let folder = Folder::new();
    let server = folder.open();
    say(&server, "ada", "m1", &["one"]).await;
    server.accept(vec![reply("bob", "m2")]).await.unwrap();
    let copy = folder.path().with_file_name("copy.db");
    let made = backup(&folder.path(), &copy, "countersign 0.1.0", now()).unwrap();
    assert_eq!((made.rows.conversations, made.rows.inbox, made.rows.outbox), (2, 1, 1));
    assert_eq!((made.made_at.as_str(), made.schema), ("2026-11-22T13:40:00Z", 3));
    let text = fs::read_to_string(copy.with_file_name("copy.db.json")).unwrap();
    assert_eq!(serde_json::from_str::<Manifest>(&text).unwrap(), made);
    assert!(matches!(
        backup(&folder.path(), &copy, "x", now()).unwrap_err(),
        BackupError::Exists(path) if path == copy
    ));
    // What comes after it is not in it.
    server.accept(vec![reply("bob", "m3")]).await.unwrap();

    let busy = restore(&copy, &folder.path(), Restore::Replace).unwrap_err();
    assert!(matches!(busy, BackupError::Open(OpenError::InUse { .. })), "{busy}");
    drop(server);
    let there = restore(&copy, &folder.path(), Restore::New).unwrap_err();
    assert!(there.to_string().contains("is there already"), "{there}");
    assert_eq!(restore(&copy, &folder.path(), Restore::Replace).unwrap(), made);

    let server = folder.open();
    assert!(server.outbox_held().await.unwrap(), "an operator looks first");
    assert!(server.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().is_none());
    assert_eq!(claim(&server, 0).await.unwrap().inbound.id, "m2");
    assert!(claim(&server, 0).await.is_none());
    assert!(server.conversation(&key("ada")).await.unwrap().is_some());
    server.hold_outbox(false).await.unwrap();
    assert!(server.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().is_some());
    assert_eq!(server.backlog().await.unwrap().outbox, 1);
}

/// The user of a server, when these tests are run by root, who may give files away.
#[cfg(unix)]
#[tokio::test]
async fn what_root_brings_back_is_the_servers() {
    use std::os::unix::fs::{MetadataExt as _, chown};

    const SERVER: u32 = 65_534;
    let folder = Folder::new();
    say(&folder.open(), "ada", "m1", &["one"]).await;
    let copy = folder.path().with_file_name("copy.db");
    backup(&folder.path(), &copy, "x", now()).unwrap();
    let is_root = chown(folder.path(), Some(SERVER), Some(SERVER)).is_ok();
    let wanted = if is_root { SERVER } else { fs::metadata(&copy).unwrap().uid() };
    let owner = |path: &std::path::Path| fs::metadata(path).unwrap().uid();
    restore(&copy, &folder.path(), Restore::Replace).unwrap();
    assert_eq!(owner(&folder.path()), wanted);

    // Where there was none, it is that of the folder, and so is the lock.
    let empty = tempfile::tempdir().unwrap();
    if is_root {
        chown(empty.path(), Some(SERVER), Some(SERVER)).unwrap();
    }
    let new = empty.path().join("new.db");
    restore(&copy, &new, Restore::New).unwrap();
    assert_eq!((owner(&new), owner(&empty.path().join("new.db-lock"))), (wanted, wanted));
}

#[tokio::test]
async fn a_damaged_backup_is_not_brought_back() {
    let folder = Folder::new();
    say(&folder.open(), "ada", "m1", &["one"]).await;
    let copy = folder.path().with_file_name("copy.db");
    backup(&folder.path(), &copy, "x", now()).unwrap();
    let target = folder.path().with_file_name("target.db");
    let mut bytes = fs::read(&copy).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::write(&copy, &bytes).unwrap();
    let damaged = restore(&copy, &target, Restore::New).unwrap_err();
    assert!(damaged.to_string().contains("is damaged (its checksum"), "{damaged}");
    bytes[last] ^= 1;
    fs::write(&copy, &bytes).unwrap();
    let manifest = copy.with_file_name("copy.db.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replace("\"outbox\": 1", "\"outbox\": 2")).unwrap();
    let damaged = restore(&copy, &target, Restore::New).unwrap_err();
    assert!(damaged.to_string().contains("rows that the manifest names"), "{damaged}");
    fs::remove_file(&manifest).unwrap();
    let missing = restore(&copy, &target, Restore::New).unwrap_err();
    assert!(missing.to_string().contains("keep them together"), "{missing}");
    assert!(!target.exists());
    assert!(!target.with_file_name("target.db.restore").exists());
}

#[test]
fn what_is_no_store_is_not_backed_up() {
    let folder = Folder::new();
    let copy = folder.path().with_file_name("copy.db");
    let missing = backup(&folder.path(), &copy, "x", now()).unwrap_err();
    assert!(matches!(missing, BackupError::Open(OpenError::Missing { .. })), "{missing}");
    rusqlite::Connection::open(folder.path()).unwrap().execute_batch("CREATE TABLE theirs (x)").unwrap();
    let foreign = backup(&folder.path(), &copy, "x", now()).unwrap_err();
    assert!(matches!(foreign, BackupError::Open(OpenError::NoStore { .. })), "{foreign}");
    assert!(!copy.exists());
}
