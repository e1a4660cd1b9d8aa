//! Disks that are full, files that cannot be written to, rows that are damaged.

use countersign_model::Timestamp;
use countersign_store::conformance::fixture::{at, claim, delivery, key, payload, reply, turn};
use countersign_store::{
    CommitError, Conversations as _, Inbox as _, NewInbound, Outbox as _, SealedPayload, StoreError,
    Upkeep as _, WorkerId,
};
use countersign_vault::Sealed;
use rusqlite::Connection;

use crate::support::Folder;

fn large(id: usize) -> NewInbound {
    let sealed = Sealed::from_bytes(vec![7; 20_000]);
    let payload = Some(SealedPayload { sealed, expires_at: Timestamp::from_secs(9_000_000) });
    NewInbound { payload, ..reply("ada", &format!("m{id}")) }
}

#[tokio::test]
async fn a_full_disk_acknowledges_nothing_and_recovers() {
    let folder = Folder::new();
    let store = folder.open();
    store.limit_pages(120).await.unwrap();
    let mut acknowledged = 0;
    let full = loop {
        match store.accept(vec![large(acknowledged)]).await {
            Ok(new) => assert_eq!(new, [true]),
            Err(error) => break error,
        }
        acknowledged += 1;
        assert!(acknowledged < 100);
    };
    assert!(matches!(full, StoreError::Full), "{full}");
    assert!(matches!(store.accept(vec![large(acknowledged)]).await, Err(StoreError::Full)));
    assert_eq!(store.pending(&key("ada")).await.unwrap().inbox, acknowledged);

    // A turn that does not fit is not lost either: its lease stays, and it is committed when there is room.
    let claimed = claim(&store, 0).await.unwrap();
    let huge = || {
        let mut next = turn(&claimed, 0);
        next.session.as_mut().unwrap().stored.bytes = vec![1; 200_000];
        next.outbox = vec![delivery("one")];
        next
    };
    assert!(matches!(store.commit_turn(huge()).await, Err(CommitError::Store(StoreError::Full))));
    assert!(store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().is_none());
    assert!(claim(&store, 0).await.is_none(), "the conversation is still held");
    store.limit_pages(100_000).await.unwrap();
    store.commit_turn(huge()).await.unwrap();
    assert_eq!(store.accept(vec![large(acknowledged)]).await.unwrap(), [true]);
    drop(store);
    let store = folder.open();
    assert_eq!(store.backlog().await.unwrap().inbox, acknowledged);
    assert_eq!(store.backlog().await.unwrap().outbox, 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_written_to_is_tried_again() {
    let folder = Folder::new();
    let store = folder.open();
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    store.refuse_a_write().await.unwrap();
    let refused = store.accept(vec![reply("ada", "m2")]).await.unwrap_err();
    assert!(matches!(refused, StoreError::ReadOnly), "{refused}");
    assert_eq!(store.accept(vec![reply("ada", "m2")]).await.unwrap(), [true]);
    assert_eq!(store.accept(vec![reply("ada", "m1")]).await.unwrap(), [false]);
    assert_eq!(store.pending(&key("ada")).await.unwrap().inbox, 2);
}

#[tokio::test]
async fn a_damaged_row_fails_nobody_else() {
    let folder = Folder::new();
    let store = folder.open();
    for address in ["ada", "bob"] {
        store.accept(vec![reply(address, "m1")]).await.unwrap();
        let claimed = claim(&store, 0).await.unwrap();
        store.commit_turn(turn(&claimed, 0)).await.unwrap();
    }
    let conn = Connection::open(folder.path()).unwrap();
    conn.execute("UPDATE conversations SET seen = x'00' WHERE address = 'ada'", ()).unwrap();
    let accept = |address: &str| store.accept(vec![reply(address, "m2")]);
    let (damaged, fine, new) = tokio::join!(accept("ada"), accept("bob"), accept("zoe"));
    let damaged = damaged.unwrap_err();
    assert!(matches!(damaged, StoreError::Damaged { table: "conversations" }), "{damaged}");
    assert_eq!((fine.unwrap(), new.unwrap()), (vec![true], vec![true]));
    assert_eq!(store.backlog().await.unwrap().inbox, 2);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_holds_up_nobody_else() {
    let folder = Folder::new();
    let store = folder.open();
    store.accept(vec![reply("ada", "m1"), reply("bob", "m2")]).await.unwrap();
    drop(store);
    let conn = Connection::open(folder.path()).unwrap();
    conn.execute(
        "UPDATE conversations SET session_id = x'00', session = x'', version = 1 WHERE address = 'ada'",
        (),
    )
    .unwrap();
    let store = folder.open();
    let claimed = store.claim(WorkerId(1), at(0), at(30)).await;
    assert!(matches!(claimed, Err(StoreError::Damaged { .. })), "{claimed:?}");
    let claimed = claim(&store, 0).await.unwrap();
    assert_eq!(claimed.lease.conversation, key("bob"));
    assert_eq!(claimed.inbound.payload, Some(payload("m2")));
}

#[tokio::test]
async fn a_group_is_kept_whoever_goes_away() {
    let folder = Folder::new();
    let store = folder.open();
    let mut waiting = tokio::task::JoinSet::new();
    let store = std::sync::Arc::new(store);
    for n in 0..200 {
        let store = store.clone();
        waiting
            .spawn(async move { store.accept(vec![reply(&format!("a{}", n % 20), &format!("m{n}"))]).await });
    }
    let mut kept = 0;
    while let Some(done) = waiting.join_next().await {
        assert_eq!(done.unwrap().unwrap(), [true]);
        kept += 1;
    }
    // One whose caller does not wait is kept all the same.
    let lost = Box::pin(store.accept(vec![reply("lost", "m")]));
    let polled = tokio::time::timeout(std::time::Duration::ZERO, lost).await;
    drop(store);
    let new = folder.open().backlog().await.unwrap().inbox;
    assert!(new == kept + 1 || polled.is_ok(), "{new}");
}
