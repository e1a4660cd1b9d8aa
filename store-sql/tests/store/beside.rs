//! A program that works beside the server.

use countersign_model::Timestamp;
use countersign_store::conformance::fixture::{
    at, calling, claim, claim_call, key, name, payload, reply, say, token, turn,
};
use countersign_store::{
    Backlog, CallCompletion, Calls as _, CommitError, Conversations as _, Inbox as _, Outbox as _, Pending,
    Revocation, Secrets as _, StoreError, Upkeep as _, WorkerId,
};
use countersign_store_sql::SqliteStore;
use rusqlite::Connection;

use crate::support::Folder;

/// Ada logs in.
async fn log_in(store: &SqliteStore) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(calling(&claimed, 0, 1)).await.unwrap();
    let lease = claim_call(store, 0).await.unwrap().lease;
    let (id, token, payload) = ("outcome".into(), Some(token("login", "sealed", 100)), payload("x"));
    let completion = CallCompletion { lease, now: at(0), id, payload, token, counters: Vec::new() };
    store.complete_call(completion).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
}

async fn has_token(store: &SqliteStore) -> bool {
    store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_some()
}

#[tokio::test]
async fn a_token_revoked_beside_is_gone_at_once() {
    let folder = Folder::new();
    let (server, beside) = (folder.open(), folder.beside());
    log_in(&server).await;
    assert!(has_token(&server).await);
    let changes = server.changed_outside();
    let tokens = beside.tokens(&name("acme"), at(0)).await.unwrap();
    assert_eq!((tokens.len(), &tokens[0].conversation), (1, &key("ada")));
    let all = Revocation { workspace: name("acme"), channel: None, address: None, component: None };
    assert_eq!(beside.revoke(&all).await.unwrap(), 1);
    assert!(!has_token(&server).await);
    assert!(server.changed_outside() > changes);
    server.accept(vec![reply("ada", "m2")]).await.unwrap();
    let claimed = claim(&server, 0).await.unwrap();
    assert_ne!(claimed.conversation.tokens_epoch, claimed.conversation.tokens_seen, "the turn is told");
}

#[tokio::test]
async fn programs_that_do_not_tell_are_noticed_with_the_next_group() {
    let folder = Folder::new();
    let server = folder.open();
    log_in(&server).await;
    assert!(has_token(&server).await);
    let changes = server.changed_outside();
    let shell = Connection::open(folder.path()).unwrap();
    shell.execute("DELETE FROM tokens", ()).unwrap();
    server.writable().await.unwrap();
    assert!(!has_token(&server).await);
    assert!(server.changed_outside() > changes);
}

#[tokio::test]
async fn the_outbox_is_held_and_emptied_beside() {
    let folder = Folder::new();
    let (server, beside) = (folder.open(), folder.beside());
    say(&server, "ada", "m1", &["one"]).await;
    assert!(!beside.outbox_held().await.unwrap());
    beside.hold_outbox(true).await.unwrap();
    server.writable().await.unwrap();
    assert!(server.outbox_held().await.unwrap());
    assert!(server.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().is_none());
    assert_eq!(beside.discard_outbox().await.unwrap(), 1);
    beside.hold_outbox(false).await.unwrap();
    server.writable().await.unwrap();
    assert!(server.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().is_none());
    assert_eq!(server.pending(&key("ada")).await.unwrap().outbox, 0);
    say(&server, "ada", "m2", &["two"]).await;
    let next = server.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    beside.discard_outbox().await.unwrap();
    server.writable().await.unwrap();
    assert!(matches!(server.delivered(&next.lease).await, Err(CommitError::LeaseLost)));
}

#[tokio::test]
async fn work_is_for_the_server() {
    let folder = Folder::new();
    let (server, beside) = (folder.open(), folder.beside());
    server.accept(vec![reply("ada", "m1")]).await.unwrap();
    let unavailable = |error: StoreError| assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
    unavailable(beside.claim(WorkerId(1), at(0), at(30)).await.unwrap_err());
    unavailable(beside.claim_call(WorkerId(1), at(0), at(30)).await.unwrap_err());
    unavailable(beside.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap_err());
    unavailable(beside.accept(vec![reply("ada", "m2")]).await.unwrap_err());
    let expected = Backlog { inbox: 1, oldest: Some(at(0)), ..Backlog::default() };
    assert_eq!(beside.backlog().await.unwrap(), expected);
    assert_eq!(beside.pending(&key("ada")).await.unwrap(), Pending { inbox: 1, ..Pending::default() });
    assert!(expected.oldest > Some(Timestamp::from_secs(0)));
}
