//! What people look at and mend, in the file.

use countersign_store::conformance::fixture::{
    at, calling, claim, claim_call, delivery, key, name, payload, reply, turn,
};
use countersign_store::{
    Ahead, Arrival, CallCompletion, Calls as _, Claimed, ConversationQuery, Conversations as _, CounterKey,
    InboundKind, Inbox as _, InboxRow, Kept, Line, Outbox as _, People as _, StoreError, TimerChange,
    Timers as _, Together as _, Upkeep as _, WorkerId,
};
use countersign_store_sql::SqliteStore;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::support::Folder;

/// Something is said at that second.
async fn says(store: &SqliteStore, address: &str, secs: i64, text: &str) {
    store.accept(vec![reply(address, &format!("m{secs}"))]).await.unwrap();
    let claimed = claim(store, secs).await.unwrap();
    let mut next = turn(&claimed, secs);
    next.transcript = vec![Line::User(text.into())];
    next.outbox = vec![delivery(text)];
    store.commit_turn(next).await.unwrap();
}

/// The columns of all tables in which a text is found.
fn found(folder: &Folder, text: &str) -> Vec<String> {
    let conn = Connection::open(folder.path()).unwrap();
    let mut find = conn.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> =
        find.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    let mut found = Vec::new();
    for table in tables {
        let mut find = conn.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let names: Vec<String> = find.column_names().map(str::to_owned).collect();
        let mut rows = find.query(()).unwrap();
        while let Some(row) = rows.next().unwrap() {
            for (at, name) in names.iter().enumerate() {
                if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(at).unwrap()
                    && bytes.windows(text.len()).any(|part| part == text.as_bytes())
                {
                    found.push(format!("{table}.{name}"));
                }
            }
        }
    }
    found
}

#[tokio::test]
async fn no_table_knows_who_was_erased() {
    let folder = Folder::new();
    let store = folder.open();
    let long = format!("CANARY {}", "x".repeat(400));
    for n in 0..5 {
        says(&store, "CANARY-ada", n, &long).await;
    }
    store.accept(vec![reply("CANARY-ada", "call")]).await.unwrap();
    let claimed = claim(&store, 9).await.unwrap();
    let mut next = calling(&claimed, 9, 1);
    next.session.as_mut().unwrap().timer = TimerChange::Set(countersign_model::TimerId(1), at(10));
    store.commit_turn(next).await.unwrap();
    let lease = claim_call(&store, 9).await.unwrap().lease;
    let (now, id, payload) = (at(9), "CANARY-outcome".into(), payload("CANARY"));
    let completion = CallCompletion { lease, now, id, payload, token: None, counters: Vec::new() };
    store.complete_call(completion).await.unwrap();
    let sent = store.claim_delivery(WorkerId(1), at(9), at(30)).await.unwrap().unwrap();
    store.give_up(&sent.lease, at(9), None).await.unwrap();
    assert!(!found(&folder, "CANARY").is_empty());

    let erased = store.erase(&key("CANARY-ada"), &[CounterKey([1; 16])]).await.unwrap().unwrap();
    assert_eq!(erased.lines, 5);
    assert_eq!(found(&folder, "CANARY"), [""; 0]);
    assert_eq!(store.accept(vec![reply("CANARY-ada", "m3")]).await.unwrap(), [false]);
    let (worker, kind) = (WorkerId(1), InboundKind::Reply);
    let ahead = store.hold(worker, &key("CANARY-ada"), kind, at(10), at(40)).unwrap();
    let inbound = InboxRow { seq: 0, id: String::new(), kind, payload: None, received_at: at(10) };
    let Ahead { lease, conversation, .. } = ahead;
    let again = turn(&Claimed { lease, conversation, inbound }, 10);
    let arrival = Arrival { id: "m4".into(), received_at: at(10) };
    assert_eq!(store.accept_with_turn(arrival, again).await.unwrap(), Kept::Neither);
    assert_eq!(found(&folder, "CANARY"), [""; 0], "a provider that repeats itself brings nobody back");
    drop(store);
    // After a restart too.
    let store = folder.open();
    assert_eq!(
        store.accept(vec![reply("CANARY-ada", "m3"), reply("CANARY-ada", "new")]).await.unwrap(),
        [false, true]
    );
    assert_eq!(claim(&store, 10).await.unwrap().inbound.id, "new");
    assert_eq!(store.fire_timers(at(10), 9).await.unwrap(), 0);
    assert_eq!(store.backlog().await.unwrap().dead, 0);
}

#[tokio::test]
async fn what_a_person_has_and_what_was_given_up_outlive_a_restart() {
    let folder = Folder::new();
    let store = folder.open();
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(&store, 5).await.unwrap();
    let mut next = turn(&claimed, 5);
    next.session.as_mut().unwrap().handed_over = true;
    next.transcript = vec![Line::TakenOver { by: "Zoe".into() }];
    next.outbox = vec![delivery("one")];
    store.commit_turn(next).await.unwrap();
    let sent = store.claim_delivery(WorkerId(1), at(5), at(30)).await.unwrap().unwrap();
    store.give_up(&sent.lease, at(5), None).await.unwrap();
    drop(store);

    let store = folder.open();
    let query = || ConversationQuery { handed_over: true, ..ConversationQuery::of(name("acme"), 9) };
    let rows = store.conversations(query()).await.unwrap().rows;
    assert_eq!((rows.len(), rows[0].handed_over_at), (1, Some(at(5))));
    let dead = store.list_dead_letters(&name("acme"), None, 9).await.unwrap();
    assert!(store.deliver_again(&name("acme"), dead[0].number, at(6)).await.unwrap());
    drop(store);
    let store = folder.open();
    let again = store.claim_delivery(WorkerId(1), at(6), at(30)).await.unwrap().unwrap();
    assert_eq!((again.delivery, again.created_at), (delivery("one"), at(6)));
    says(&store, "ada", 7, "back").await;
    assert!(store.conversations(query()).await.unwrap().rows.is_empty());
}

#[tokio::test]
async fn a_search_goes_on_where_it_has_stopped() {
    let folder = Folder::new();
    let store = folder.open();
    says(&store, "ada", 0, "the first of all").await;
    drop(store);
    let conn = Connection::open(folder.path()).unwrap();
    conn.execute_batch(
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 9000) \
         INSERT INTO conversations (channel, address, lines) SELECT 1, 'n' || n, 1 FROM n",
    )
    .unwrap();
    let store = folder.open();
    let mut query =
        ConversationQuery { text: Some("first of".into()), ..ConversationQuery::of(name("acme"), 10) };
    let (mut pages, mut rows) = (0, Vec::new());
    loop {
        let page = store.conversations(query.clone()).await.unwrap();
        pages += 1;
        rows.extend(page.rows);
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    assert_eq!((pages > 2, rows.len(), &rows[0].key), (true, 1, &key("ada")));
}

#[tokio::test]
async fn beside_a_server_nobody_is_erased() {
    let folder = Folder::new();
    let (server, beside) = (folder.open(), folder.beside());
    says(&server, "ada", 0, "hello").await;
    let refused = beside.erase(&key("ada"), &[]).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
    let listed = beside.conversations(ConversationQuery::of(name("acme"), 9)).await.unwrap();
    assert_eq!(listed.rows.len(), 1);
    let refused = beside.deliver_again(&name("acme"), 1, at(0)).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))));
}
