//! Turns that are computed ahead and kept with what they answer.

use std::time::Duration;

use countersign_model::CallId;

use super::fixture::{
    SESSION, at, calling, claim, claim_call, delivery, hung_up, key, name, reply, token, turn, under_way,
};
use crate::error::CommitError;
use crate::record::{
    Ahead, Arrival, CallEnd, Claimed, Conversation, InboundKind, InboxRow, Kept, Line, TurnCommit, WorkerId,
};
use crate::traits::Store;

const ALONE: Kept = Kept::Both { more: false };

/// Holds a conversation for 30 seconds.
fn hold(store: &impl Store, address: &str, kind: InboundKind, secs: i64) -> Option<Ahead> {
    let now = at(secs);
    store.hold(WorkerId(1), &key(address), kind, now, now.plus(Duration::from_secs(30)))
}

/// A turn that says its text.
fn says(ahead: &Ahead, text: &str) -> TurnCommit {
    let Ahead { lease, conversation, .. } = ahead.clone();
    let inbound =
        InboxRow { seq: 0, id: String::new(), kind: InboundKind::Reply, payload: None, received_at: at(0) };
    let mut next = turn(&Claimed { lease, conversation, inbound }, 0);
    next.outbox = vec![delivery(text)];
    next.transcript = vec![Line::User(text.into())];
    next
}

async fn accept(store: &impl Store, ahead: &Ahead, id: &str) -> Kept {
    let arrival = Arrival { id: id.into(), received_at: at(0) };
    store.accept_with_turn(arrival, says(ahead, id)).await.unwrap()
}

pub async fn a_message_is_kept_with_its_turn(store: &impl Store) {
    for id in ["m1", "m2"] {
        let ahead = hold(store, "ada", InboundKind::Reply, 0).unwrap();
        assert_eq!(ahead.conversation.session.is_some(), id == "m2");
        assert_eq!(accept(store, &ahead, id).await, ALONE);
    }
    let pending = store.pending(&key("ada")).await.unwrap();
    assert_eq!((pending.inbox, pending.outbox, pending.lines), (0, 2, 2));
    assert_eq!(store.accept(vec![reply("ada", "m1"), reply("ada", "m2")]).await.unwrap(), [false, false]);
    let first = store.claim_delivery(WorkerId(1), at(0), at(60)).await.unwrap().unwrap();
    assert_eq!(first.delivery, delivery("m1"));
    assert!(claim(store, 0).await.is_none());
}

pub async fn a_message_that_is_known_has_no_second_turn(store: &impl Store) {
    let ahead = hold(store, "ada", InboundKind::Reply, 0).unwrap();
    assert_eq!(accept(store, &ahead, "m1").await, ALONE);
    let ahead = hold(store, "ada", InboundKind::Reply, 0).unwrap();
    assert_eq!(accept(store, &ahead, "m1").await, Kept::Known);
    assert_eq!(store.pending(&key("ada")).await.unwrap().outbox, 1);
    assert!(hold(store, "ada", InboundKind::Reply, 0).is_some(), "it was given back");
}

pub async fn a_held_conversation_is_nobody_elses(store: &impl Store) {
    let ahead = hold(store, "ada", InboundKind::Reply, 0).unwrap();
    assert_eq!(accept(store, &ahead, "m1").await, ALONE);
    let ahead = hold(store, "ada", InboundKind::Reply, 0).unwrap();
    assert!(hold(store, "ada", InboundKind::Reply, 29).is_none());
    store.accept(vec![reply("ada", "m3")]).await.unwrap();
    assert!(claim(store, 29).await.is_none());
    assert!(hold(store, "bob", InboundKind::Reply, 0).is_some());
    // What was accepted meanwhile comes first.
    assert_eq!(accept(store, &ahead, "m2").await, Kept::Neither);
    let claimed = claim(store, 29).await.unwrap();
    assert_eq!(claimed.inbound.id, "m3");
    assert!(hold(store, "ada", InboundKind::Reply, 29).is_none(), "it is claimed");
    store.commit_turn(turn(&claimed, 29)).await.unwrap();
    assert_eq!(store.accept(vec![reply("ada", "m2")]).await.unwrap(), [true], "nothing of it was kept");
}

pub async fn a_hold_that_ran_out_keeps_nothing(store: &impl Store) {
    let ahead = hold(store, "ada", InboundKind::Reply, 0).unwrap();
    assert_eq!(accept(store, &ahead, "m1").await, ALONE);
    let old = hold(store, "ada", InboundKind::Reply, 0).unwrap();
    let new = hold(store, "ada", InboundKind::Reply, 30).unwrap();
    assert_eq!(accept(store, &old, "m2").await, Kept::Neither);
    assert!(hold(store, "ada", InboundKind::Reply, 31).is_none(), "the other one still has it");
    assert_eq!(accept(store, &new, "m3").await, ALONE);
    let given_back = hold(store, "ada", InboundKind::Reply, 31).unwrap();
    store.release(&given_back.lease).await.unwrap();
    assert!(hold(store, "ada", InboundKind::Reply, 31).is_some());
}

pub async fn nothing_overtakes(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    assert!(hold(store, "ada", InboundKind::Reply, 0).is_none());
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(calling(&claimed, 0, 1)).await.unwrap();
    assert!(hold(store, "ada", InboundKind::Reply, 0).is_none(), "replies wait for the call");
    let ahead = hold(store, "ada", InboundKind::HungUp, 0).unwrap();
    assert_eq!(accept(store, &ahead, "m2").await, ALONE);
    store.accept(vec![hung_up("zoe", "m3")]).await.unwrap();
    assert!(hold(store, "zoe", InboundKind::HungUp, 0).is_none());
}

fn end(lease: &crate::record::CallLease) -> CallEnd {
    CallEnd {
        lease: lease.clone(),
        now: at(1),
        token: Some(token("login", "sealed", 900)),
        counters: Vec::new(),
    }
}

pub async fn an_outcome_is_kept_with_its_turn(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    store.accept(vec![reply("ada", "early")]).await.unwrap();
    let call = claim_call(store, 0).await.unwrap();
    let kind = |call| InboundKind::Outcome { session: SESSION, call: CallId(call) };
    assert!(hold(store, "ada", kind(2), 1).is_none(), "nobody waits for that one");
    let ahead = hold(store, "ada", kind(1), 1).unwrap();
    let kept = store.complete_with_turn(end(&call.lease), says(&ahead, "done")).await.unwrap();
    assert_eq!(kept, Kept::Both { more: true });
    let Conversation { calling, .. } = store.conversation(&key("ada")).await.unwrap().unwrap();
    assert_eq!(calling, None);
    let pending = store.pending(&key("ada")).await.unwrap();
    assert_eq!((pending.inbox, pending.calls, pending.outbox), (1, 0, 1));
    assert!(store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_some());
    assert_eq!(claim(store, 1).await.unwrap().inbound.id, "early");
}

pub async fn a_lost_call_keeps_no_turn(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    let old = claim_call(store, 0).await.unwrap();
    let new = claim_call(store, 31).await.unwrap();
    let kind = InboundKind::Outcome { session: SESSION, call: CallId(1) };
    let ahead = hold(store, "ada", kind, 31).unwrap();
    let lost = store.complete_with_turn(end(&old.lease), says(&ahead, "no")).await;
    assert!(matches!(lost, Err(CommitError::LeaseLost)));
    assert_eq!(store.pending(&key("ada")).await.unwrap().outbox, 0);
    assert!(store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_none());
    let ahead = hold(store, "ada", kind, 31).unwrap();
    assert_eq!(store.complete_with_turn(end(&new.lease), says(&ahead, "yes")).await.unwrap(), ALONE);
}
