//! Turns that are kept with what they answer, when something goes wrong.

use countersign_store::conformance::fixture::{
    SESSION, at, calling, claim, claim_call, delivery, key, name, payload, reply, token, turn,
};
use countersign_store::{
    Ahead, Arrival, CallCompletion, CallEnd, Calls as _, Claimed, CommitError, Conversations as _,
    InboundKind, Inbox as _, InboxRow, Kept, Outbox as _, SecretChange, Secrets as _, StoreError,
    Together as _, TurnCommit, Upkeep as _, WorkerId,
};
use countersign_store_sql::{Options, Role, SqliteStore};
use rusqlite::Connection;

use crate::support::Folder;

const ALONE: Kept = Kept::Both { more: false };

fn hold(store: &SqliteStore, address: &str) -> Option<Ahead> {
    store.hold(WorkerId(1), &key(address), InboundKind::Reply, at(0), at(30))
}

fn says(ahead: &Ahead, text: &str) -> TurnCommit {
    let Ahead { lease, conversation, .. } = ahead.clone();
    let inbound =
        InboxRow { seq: 0, id: String::new(), kind: InboundKind::Reply, payload: None, received_at: at(0) };
    let mut next = turn(&Claimed { lease, conversation, inbound }, 0);
    next.outbox = vec![delivery(text)];
    next
}

async fn accept(store: &SqliteStore, ahead: &Ahead, id: &str) -> Result<Kept, StoreError> {
    store.accept_with_turn(Arrival { id: id.into(), received_at: at(0) }, says(ahead, id)).await
}

#[tokio::test]
async fn a_group_that_fails_leaves_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    for id in ["m1", "m2"] {
        let ahead = hold(&store, "ada").unwrap();
        store.refuse_a_write().await.unwrap();
        let other = hold(&store, "bob").unwrap();
        let (failed, beside) = tokio::join!(accept(&store, &ahead, id), accept(&store, &other, id));
        assert!(matches!(failed, Err(StoreError::ReadOnly)), "{failed:?}");
        assert!(matches!(beside, Err(StoreError::ReadOnly)), "{beside:?}");
        assert!(store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().is_none());
        assert!(claim(&store, 0).await.is_none());
        let again = hold(&store, "ada").unwrap();
        assert_eq!(again.conversation.session.is_some(), id == "m2");
        assert_eq!(accept(&store, &again, id).await.unwrap(), ALONE);
        let delivered = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
        assert_eq!(delivered.delivery, delivery(id));
        store.delivered(&delivered.lease).await.unwrap();
    }
    assert!(store.conversation(&key("bob")).await.unwrap().is_none());
}

#[tokio::test]
async fn an_outcome_that_fails_with_its_turn_can_be_kept_again() {
    let folder = Folder::new();
    let store = folder.open();
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(&store, 0).await.unwrap();
    store.commit_turn(calling(&claimed, 0, 1)).await.unwrap();
    let call = claim_call(&store, 0).await.unwrap();
    let kind = InboundKind::Outcome { session: SESSION, call: countersign_model::CallId(1) };
    let held = || store.hold(WorkerId(1), &key("ada"), kind, at(0), at(30)).unwrap();
    let end = || CallEnd {
        lease: call.lease.clone(),
        now: at(0),
        token: Some(token("login", "sealed", 900)),
        counters: Vec::new(),
    };
    store.refuse_a_write().await.unwrap();
    let failed = store.complete_with_turn(end(), says(&held(), "no")).await;
    assert!(matches!(failed, Err(CommitError::Store(StoreError::ReadOnly))), "{failed:?}");
    assert!(store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_none());
    let kept = store.complete_with_turn(end(), says(&held(), "yes")).await.unwrap();
    assert_eq!(kept, ALONE);
    assert_eq!(store.pending(&key("ada")).await.unwrap().calls, 0);
}

/// What cannot be written of a turn does not keep the message out, nor the end of the call.
#[tokio::test]
async fn a_turn_that_cannot_be_written_leaves_its_message_to_be_kept() {
    let folder = Folder::new();
    let store = folder.open();
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(&store, 0).await.unwrap();
    store.commit_turn(calling(&claimed, 0, 1)).await.unwrap();
    let call = claim_call(&store, 0).await.unwrap();
    let completion = CallCompletion {
        lease: call.lease,
        now: at(0),
        id: "outcome".into(),
        payload: payload("outcome"),
        token: Some(token("login", "sealed", 900)),
        counters: Vec::new(),
    };
    store.complete_call(completion).await.unwrap();
    let claimed = claim(&store, 0).await.unwrap();
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
    drop(store);
    Connection::open(folder.path()).unwrap().execute("UPDATE tokens SET bot = '?'", ()).unwrap();

    let store = folder.open();
    // The first one tells the store of the conversation.
    let ahead = hold(&store, "ada").unwrap();
    assert!(ahead.new);
    assert_eq!(accept(&store, &ahead, "m2").await.unwrap(), Kept::Neither);
    let ahead = hold(&store, "ada").unwrap();
    assert!(!ahead.new && ahead.conversation.session.is_some());
    let mut damaged = says(&ahead, "m2");
    damaged.secrets = vec![SecretChange::ForgetAllTokens];
    let arrival = Arrival { id: "m2".into(), received_at: at(0) };
    let other = hold(&store, "bob").unwrap();
    let (kept, beside) = tokio::join!(store.accept_with_turn(arrival, damaged), accept(&store, &other, "m2"));
    assert_eq!(kept.unwrap(), Kept::Neither);
    assert!(matches!(beside.unwrap(), Kept::Both { .. } | Kept::Neither));
    assert_eq!(store.accept(vec![reply("ada", "m2")]).await.unwrap(), [true]);
    assert_eq!(claim(&store, 0).await.unwrap().inbound.id, "m2");
}

#[tokio::test]
async fn what_was_held_at_a_stop_never_was() {
    let folder = Folder::new();
    let store = folder.open();
    assert_eq!(accept(&store, &hold(&store, "ada").unwrap(), "m1").await.unwrap(), ALONE);
    let _held = hold(&store, "ada").unwrap();
    drop(store);
    let store = folder.open();
    let backlog = store.backlog().await.unwrap();
    assert_eq!((backlog.inbox, backlog.outbox), (0, 1));
    assert_eq!(store.accept(vec![reply("ada", "m1"), reply("ada", "m2")]).await.unwrap(), [false, true]);
    assert_eq!(claim(&store, 0).await.unwrap().inbound.id, "m2");
}

#[tokio::test]
async fn the_same_message_many_times_at_once_has_one_turn() {
    let folder = Folder::new();
    let store = std::sync::Arc::new(folder.open());
    for id in ["m1", "m2", "m3"] {
        let mut waiting = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            waiting.spawn(async move {
                match hold(&store, "ada") {
                    Some(ahead) => accept(&store, &ahead, id).await.unwrap() == ALONE,
                    None => store.accept(vec![reply("ada", id)]).await.unwrap() == [true],
                }
            });
        }
        let mut new = 0;
        while let Some(done) = waiting.join_next().await {
            new += usize::from(done.unwrap());
        }
        let pending = store.pending(&key("ada")).await.unwrap();
        assert_eq!(new, 1, "{id}");
        if let Some(claimed) = claim(&*store, 0).await {
            store.commit_turn(turn(&claimed, 0)).await.unwrap();
        }
        assert!(pending.inbox <= 1);
    }
}

#[tokio::test]
async fn a_call_that_is_sent_when_kept_was_sent_before_a_stop() {
    let folder = Folder::new();
    let store = folder.open();
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(&store, 0).await.unwrap();
    let mut next = calling(&claimed, 0, 1);
    next.calls[0].sent_when_kept = true;
    store.commit_turn(next).await.unwrap();
    assert_eq!(claim_call(&store, 0).await.unwrap().sent, 0);
    drop(store);
    assert_eq!(claim_call(&folder.open(), 0).await.unwrap().sent, 1);
}

#[tokio::test]
async fn no_work_is_held_beside_a_server() {
    let folder = Folder::new();
    let _server = folder.open();
    let beside = SqliteStore::open(folder.path(), Options::new(Role::Beside)).unwrap();
    assert!(hold(&beside, "ada").is_none());
}
