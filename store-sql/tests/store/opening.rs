//! What is there when a store is opened again, and what is not opened.

use countersign_model::{CallId, TimerId};
use countersign_store::conformance::fixture::{
    SESSION, at, calling, claim, claim_call, delivery, key, name, payload, reply, say, token, turn, under_way,
};
use countersign_store::{
    AnswerRow, CallCompletion, Calls as _, Conversations as _, CounterChange, CounterKey, Counters as _,
    InboundKind, Inbox as _, Line, Outbox as _, SecretChange, Secrets as _, TimerChange, Timers as _,
    Upkeep as _, WorkerId,
};
use countersign_store_sql::{OpenError, Options, Role, SqliteStore};
use rusqlite::Connection;

use crate::support::Folder;

#[tokio::test]
async fn what_is_under_way_is_there_again() {
    let folder = Folder::new();
    let store = folder.open();
    under_way(&store, "ada", 0, 1).await;
    let call = claim_call(&store, 0).await.unwrap();
    let add = CounterChange::Add { key: CounterKey([7; 16]), expires_at: at(500) };
    store.mark_sent(&call.lease, 1, at(0), at(30), &[add]).await.unwrap();
    say(&store, "bob", "m1", &["one", "two"]).await;
    let first = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    store.retry_delivery(&first.lease, at(60), 3).await.unwrap();
    store.accept(vec![reply("zoe", "m2")]).await.unwrap();
    let claimed = claim(&store, 0).await.unwrap();
    let mut next = turn(&claimed, 1);
    next.session.as_mut().unwrap().timer = TimerChange::Set(TimerId(4), at(40));
    next.transcript = vec![Line::User("hi".into()), Line::Secret];
    let answer = AnswerRow { component: name("login"), index: 0, value: payload("sealed") };
    next.secrets = vec![SecretChange::PutAnswer(answer.clone())];
    store.commit_turn(next).await.unwrap();
    store.accept(vec![reply("ada", "m3"), reply("zoe", "m4")]).await.unwrap();
    drop(claim(&store, 1).await.unwrap());
    drop(store);

    let store = folder.open();
    assert_eq!(store.next_due().await.unwrap(), Some(at(40)), "before the delivery");
    let claimed = claim(&store, 2).await.unwrap();
    assert_eq!(claimed.inbound.id, "m4", "nobody holds it any more, and ada waits for her call");
    assert_eq!(claimed.inbound.payload, Some(payload("m4")));
    assert_eq!(claimed.conversation.session.as_ref().unwrap().bytes, b"session");
    assert!(claim(&store, 2).await.is_none());
    let call = claim_call(&store, 2).await.unwrap();
    assert_eq!((call.sent, call.request.as_slice(), call.lease.session), (1, b"call 1".as_slice(), SESSION));
    let counters = store.counters(&[CounterKey([7; 16])], at(2)).await.unwrap();
    assert_eq!(counters[0].unwrap().count, 1);
    assert!(store.claim_delivery(WorkerId(1), at(59), at(90)).await.unwrap().is_none());
    let again = store.claim_delivery(WorkerId(1), at(60), at(90)).await.unwrap().unwrap();
    assert_eq!((&again.delivery, again.attempts, again.done), (&delivery("one"), 1, 3));
    assert_eq!(store.answers(&key("zoe"), &name("login")).await.unwrap(), [answer]);
    assert_eq!(store.transcript(&key("zoe"), 0, 9).await.unwrap().len(), 2);
    assert_eq!(store.accept(vec![reply("zoe", "m2"), reply("ada", "m3")]).await.unwrap(), [false, false]);
    store.commit_turn(turn(&claimed, 2)).await.unwrap();
    assert_eq!(store.fire_timers(at(40), 9).await.unwrap(), 1);
    let elapsed = claim(&store, 40).await.unwrap().inbound.kind;
    assert_eq!(elapsed, InboundKind::Elapsed { session: SESSION, timer: TimerId(4) });
}

#[tokio::test]
async fn a_delivery_that_was_made_is_not_made_again() {
    let folder = Folder::new();
    let store = folder.open();
    say(&store, "ada", "m1", &["one", "two"]).await;
    let first = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    store.delivered(&first.lease).await.unwrap();
    drop(store);
    let store = folder.open();
    let next = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    assert_eq!(next.delivery, delivery("two"));
}

#[tokio::test]
async fn idle_conversations_are_not_in_memory() {
    let folder = Folder::new();
    let small = Options { cached: 16, ..Options::new(Role::Server) };
    let store = SqliteStore::open(folder.path(), small).unwrap();
    let address = |n: usize| format!("+49{n}");
    for n in 0..300 {
        store.accept(vec![reply(&address(n), "m1")]).await.unwrap();
        let claimed = claim(&store, 0).await.unwrap();
        store.commit_turn(calling(&claimed, 0, 1)).await.unwrap();
        let lease = claim_call(&store, 0).await.unwrap().lease;
        let (id, token) = ("outcome".into(), Some(token("login", &address(n), 1000)));
        let completion =
            CallCompletion { lease, now: at(0), id, payload: payload("x"), token, counters: Vec::new() };
        store.complete_call(completion).await.unwrap();
        let claimed = claim(&store, 0).await.unwrap();
        store.commit_turn(turn(&claimed, 0)).await.unwrap();
        assert!(store.cached() <= 40, "{} after {n}", store.cached());
    }
    for n in [0, 150, 299] {
        let known = store.token(&key(&address(n)), &name("bot"), &name("login")).await.unwrap().unwrap();
        assert_eq!(known.sealed.as_bytes(), address(n).as_bytes());
        assert_eq!(
            store.accept(vec![reply(&address(n), "m1"), reply(&address(n), "m2")]).await.unwrap(),
            [false, true]
        );
        let claimed = claim(&store, 0).await.unwrap();
        assert_eq!(claimed.conversation.session.as_ref().unwrap().id, SESSION);
        store.commit_turn(turn(&claimed, 0)).await.unwrap();
    }
    drop(store);
    let store = folder.open();
    assert_eq!(store.cached(), 0, "nothing is under way, so nothing is read");
    assert_eq!(store.tokens(&name("acme"), at(0)).await.unwrap().len(), 300);
}

#[tokio::test]
async fn a_timer_of_an_idle_conversation_goes_off_after_a_restart() {
    let folder = Folder::new();
    let store = folder.open();
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(&store, 0).await.unwrap();
    let mut next = turn(&claimed, 0);
    next.session.as_mut().unwrap().timer = TimerChange::Set(TimerId(1), at(10));
    next.session.as_mut().unwrap().calling = Some(CallId(9));
    store.commit_turn(next).await.unwrap();
    drop(store);
    let store = folder.open();
    assert_eq!((store.cached(), store.next_due().await.unwrap()), (0, Some(at(10))));
    assert_eq!(store.fire_timers(at(10), 5).await.unwrap(), 1);
    assert_eq!(store.next_due().await.unwrap(), None);
    store.accept(vec![reply("ada", "m2")]).await.unwrap();
    let claimed = claim(&store, 10).await.unwrap();
    assert!(matches!(claimed.inbound.kind, InboundKind::Elapsed { .. }));
    assert_eq!(claimed.conversation.calling, Some(CallId(9)));
}

#[test]
fn two_servers_cannot_share_a_store() {
    let folder = Folder::new();
    let first = folder.open();
    let second = SqliteStore::open(folder.path(), Options::new(Role::Server));
    let error = second.unwrap_err();
    assert!(matches!(error, OpenError::InUse { .. }), "{error}");
    assert!(error.to_string().contains("stop it first"), "{error}");
    drop(first);
    folder.open();
}

#[test]
fn a_newer_store_is_refused() {
    let folder = Folder::new();
    drop(folder.open());
    let conn = Connection::open(folder.path()).unwrap();
    conn.execute("INSERT INTO migrations VALUES (77, 'later', 'x')", ()).unwrap();
    let error = SqliteStore::open(folder.path(), Options::new(Role::Server)).unwrap_err();
    assert!(matches!(error, OpenError::Newer { found: 77, .. }), "{error}");
    assert!(error.to_string().contains("use the newer program"), "{error}");
    conn.execute("UPDATE migrations SET number = 1 WHERE number = 77", ()).unwrap_err();
    conn.execute_batch("DELETE FROM migrations; INSERT INTO migrations VALUES (1, 'first', 'x')").unwrap();
    let error = SqliteStore::open(folder.path(), Options::new(Role::Server)).unwrap_err();
    assert!(error.to_string().contains("migration 1 differs"), "{error}");
}

#[test]
fn what_is_no_store_is_left_alone() {
    let folder = Folder::new();
    let error = SqliteStore::open(folder.path(), Options::new(Role::Beside)).unwrap_err();
    assert!(matches!(error, OpenError::Missing { .. }), "{error}");
    std::fs::write(
        folder.path(),
        "bots:\n  - a text of some length, and no database at all, of 100 bytes and more",
    )
    .unwrap();
    let error = SqliteStore::open(folder.path(), Options::new(Role::Server)).unwrap_err();
    assert!(matches!(error, OpenError::NoStore { .. }), "{error}");
    assert!(std::fs::read_to_string(folder.path()).unwrap().starts_with("bots:"));
    let nowhere = folder.path().join("none").join("store.db");
    let error = SqliteStore::open(nowhere, Options::new(Role::Server)).unwrap_err();
    assert!(error.to_string().contains("check that its folder is there"), "{error}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let store = folder.open();
    store.writable().await.unwrap();
    let mut files = 0;
    for file in std::fs::read_dir(folder.path().parent().unwrap()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
        files += 1;
    }
    assert_eq!(files, 4, "the database, its log, the index of the log, the lock");
}
