use std::time::Duration;

use countersign_model::MessageRef;

use super::fixture::{at, claim, delivery, key, name, reply, say, turn, under_way};
use crate::record::{Backlog, InboxRow, Lead, Line, NewInbound, Receipt, ReceiptState, Retention, WorkerId};
use crate::traits::Store;

const DAY: i64 = 24 * 3600;

pub async fn the_backlog_is_counted(store: &impl Store) {
    assert_eq!(store.backlog().await.unwrap(), Backlog::default());
    under_way(store, "ada", 0, 1).await;
    say(store, "bob", "m1", &["one", "two"]).await;
    let later = NewInbound { received_at: at(7), ..reply("bob", "m2") };
    store.accept(vec![NewInbound { received_at: at(5), ..reply("ada", "m3") }, later]).await.unwrap();
    let expected = Backlog { inbox: 2, oldest: Some(at(5)), calls: 1, outbox: 2, dead: 0, held: false };
    assert_eq!(store.backlog().await.unwrap(), expected);
    let first = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    store.give_up(&first.lease, at(0), None).await.unwrap();
    store.hold_outbox(true).await.unwrap();
    let expected = Backlog { outbox: 1, dead: 1, held: true, ..expected };
    assert_eq!(store.backlog().await.unwrap(), expected);
}

pub async fn old_rows_are_swept(store: &impl Store) {
    let retention = Retention {
        ids: Duration::from_secs(100),
        transcripts: Duration::from_secs(200),
        receipts: Duration::from_secs(300),
        ..Retention::default()
    };
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut first = turn(&claimed, 0);
    first.transcript = vec![Line::User("hi".into()), Line::Secret];
    first.leads = vec![Lead { form: name("form"), answers: Vec::new(), at: at(0) }];
    first.outbox = vec![delivery("one")];
    store.commit_turn(first).await.unwrap();
    let sent = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    store.give_up(&sent.lease, at(0), None).await.unwrap();
    let (message, state) = (MessageRef("m".into()), ReceiptState::Sent);
    let receipt = Receipt { conversation: key("ada"), message, state, code: None, at: at(0) };
    store.receive(vec![receipt.clone()]).await.unwrap();

    assert_eq!(store.sweep(at(99), &retention).await.unwrap().ids, 0);
    assert_eq!(store.accept(vec![reply("ada", "m1")]).await.unwrap(), [false]);
    assert_eq!(store.sweep(at(100), &retention).await.unwrap().ids, 1);
    assert_eq!(store.accept(vec![reply("ada", "m1")]).await.unwrap(), [true], "it was forgotten");
    assert_eq!(store.sweep(at(199), &retention).await.unwrap().lines, 0);
    assert_eq!(store.sweep(at(200), &retention).await.unwrap().lines, 2);
    assert!(store.leads(&key("ada")).await.unwrap().is_empty());
    assert_eq!(store.dead_letters(&name("acme")).await.unwrap().len(), 1);
    assert_eq!(store.receipt(&key("ada"), &receipt.message).await.unwrap().as_ref(), Some(&receipt));
    store.sweep(at(300), &retention).await.unwrap();
    assert!(store.dead_letters(&name("acme")).await.unwrap().is_empty());
    assert!(store.receipt(&key("ada"), &receipt.message).await.unwrap().is_none());
    assert_eq!(store.backlog().await.unwrap().dead, 0);
}

pub async fn a_transcript_keeps_its_numbers_when_its_beginning_is_swept(store: &impl Store) {
    for (id, secs) in [("m1", 0), ("m2", DAY), ("m3", 2 * DAY)] {
        store.accept(vec![reply("ada", id)]).await.unwrap();
        let claimed = claim(store, secs).await.unwrap();
        let mut next = turn(&claimed, secs);
        next.transcript = vec![Line::User(format!("{id} a")), Line::User(format!("{id} b"))];
        store.commit_turn(next).await.unwrap();
    }
    let retention =
        Retention { transcripts: Duration::from_secs(DAY.unsigned_abs()), ..Retention::default() };
    assert_eq!(store.sweep(at(DAY), &retention).await.unwrap().lines, 2);
    assert_eq!(store.pending(&key("ada")).await.unwrap().lines, 6);
    let from = async |from, limit| {
        let rows = store.transcript(&key("ada"), from, limit).await.unwrap();
        rows.into_iter().map(|row| row.line).collect::<Vec<_>>()
    };
    let line = |text: &str| Line::User(text.into());
    assert_eq!(from(0, 2).await, [line("m2 a"), line("m2 b")]);
    assert_eq!(from(2, 10).await.len(), 4);
    assert_eq!(from(3, 2).await, [line("m2 b"), line("m3 a")]);
    assert_eq!(from(5, 2).await, [line("m3 b")]);
    assert!(from(6, 2).await.is_empty());
}

pub async fn many_ids_are_remembered(store: &impl Store) {
    let process = async |rows: Vec<NewInbound>| {
        let new = store.accept(rows).await.unwrap();
        while let Some(claimed) = claim(store, 0).await {
            let InboxRow { id, .. } = &claimed.inbound;
            assert!(id.starts_with('m'));
            store.commit_turn(turn(&claimed, 0)).await.unwrap();
        }
        new
    };
    let rows = || (0..150).map(|n| reply("ada", &format!("m{n}"))).collect::<Vec<_>>();
    assert!(process(rows()).await.into_iter().all(|new| new));
    assert!(process(rows()).await.into_iter().all(|new| !new));
    let month = 30 * DAY;
    assert_eq!(store.sweep(at(month), &Retention::default()).await.unwrap().ids, 150);
    assert!(process(rows()).await.into_iter().all(|new| new));
}

pub async fn something_can_be_kept(store: &impl Store) {
    store.writable().await.unwrap();
    store.writable().await.unwrap();
    assert_eq!(store.changed_outside(), store.changed_outside(), "nobody else has written");
}
