use countersign_model::CallId;

use super::fixture::{
    SESSION, at, calling, claim, claim_call, hung_up, key, name, payload, reply, token, turn, under_way,
};
use crate::error::CommitError;
use crate::record::{CallCompletion, CallLease, InboundKind, TokenRow};
use crate::traits::Store;

fn completion(lease: CallLease, token: Option<TokenRow>) -> CallCompletion {
    CallCompletion {
        lease,
        now: at(2),
        id: "outcome".into(),
        payload: payload("outcome"),
        token,
        counters: Vec::new(),
    }
}

pub async fn a_call_is_made_and_its_outcome_comes_in(store: &impl Store) {
    under_way(store, "ada", 0, 3).await;
    let call = claim_call(store, 1).await.unwrap();
    assert_eq!((call.lease.session, call.lease.call, call.sent), (SESSION, CallId(3), 0));
    assert_eq!(call.request, b"call 3");
    assert!(claim_call(store, 1).await.is_none());
    store.mark_sent(&call.lease, 1, at(1), at(31), &[]).await.unwrap();
    store.complete_call(completion(call.lease, None)).await.unwrap();
    assert!(claim_call(store, 100).await.is_none());
    let claimed = claim(store, 2).await.unwrap();
    assert_eq!(claimed.inbound.kind, InboundKind::Outcome { session: SESSION, call: CallId(3) });
    assert_eq!(claimed.inbound.payload, Some(payload("outcome")));
    assert_eq!(claimed.inbound.received_at, at(2));
}

pub async fn the_oldest_call_comes_first(store: &impl Store) {
    under_way(store, "zoe", 0, 1).await;
    under_way(store, "ada", 0, 1).await;
    for address in ["zoe", "ada"] {
        assert_eq!(claim_call(store, 0).await.unwrap().lease.conversation, key(address));
    }
}

pub async fn a_call_that_was_sent_is_known_as_sent(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    let call = claim_call(store, 0).await.unwrap();
    store.mark_sent(&call.lease, 2, at(2), at(50), &[]).await.unwrap();
    assert!(claim_call(store, 49).await.is_none(), "the claim was prolonged");
    assert_eq!(store.next_due().await.unwrap(), Some(at(50)));
    let again = claim_call(store, 50).await.unwrap();
    assert_eq!(again.sent, 2);
    assert!(again.lease.fencing > call.lease.fencing);
}

pub async fn a_call_that_is_sent_when_kept_needs_no_mark(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut turn = calling(&claimed, 0, 1);
    turn.calls[0].sent_when_kept = true;
    store.commit_turn(turn).await.unwrap();
    let first = claim_call(store, 0).await.unwrap();
    assert_eq!(first.sent, 0);
    store.sends(&first.lease, at(40)).unwrap();
    assert!(claim_call(store, 39).await.is_none(), "its claim was prolonged");
    let second = claim_call(store, 40).await.unwrap();
    assert_eq!(second.sent, 1);
    assert!(matches!(store.sends(&first.lease, at(90)), Err(CommitError::LeaseLost)));
}

pub async fn a_lost_call_completes_nothing(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    let slow = claim_call(store, 0).await.unwrap();
    let fast = claim_call(store, 30).await.unwrap();
    assert!(matches!(store.mark_sent(&slow.lease, 1, at(3), at(60), &[]).await, Err(CommitError::LeaseLost)));
    let late = completion(slow.lease, Some(token("login", "late", 100)));
    assert!(matches!(store.complete_call(late).await, Err(CommitError::LeaseLost)));
    assert!(claim(store, 30).await.is_none());
    assert!(store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_none());
    let lease = fast.lease.clone();
    store.complete_call(completion(fast.lease, None)).await.unwrap();
    assert!(matches!(store.complete_call(completion(lease, None)).await, Err(CommitError::LeaseLost)));
}

pub async fn a_call_that_nobody_waits_for_is_dropped(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    let call = claim_call(store, 0).await.unwrap();
    store.accept(vec![hung_up("ada", "bye")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
    // A login that ends after the user has left leaves no token behind.
    let late = completion(call.lease, Some(token("login", "late", 100)));
    assert!(matches!(store.complete_call(late).await, Err(CommitError::LeaseLost)));
    assert!(store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap().is_none());
    assert!(claim_call(store, 100).await.is_none());
    assert!(claim(store, 100).await.is_none());
}

pub async fn a_token_takes_the_place_of_the_one_before(store: &impl Store) {
    for (call, value) in [(1, "first"), (2, "second")] {
        store.accept(vec![reply("ada", value)]).await.unwrap();
        while let Some(claimed) = claim(store, 0).await {
            let is_reply = claimed.inbound.kind == InboundKind::Reply;
            let next = if is_reply { calling(&claimed, 0, call) } else { turn(&claimed, 0) };
            store.commit_turn(next).await.unwrap();
        }
        let lease = claim_call(store, 0).await.unwrap().lease;
        store.complete_call(completion(lease, Some(token("login", value, 100)))).await.unwrap();
        let kept = store.token(&key("ada"), &name("bot"), &name("login")).await.unwrap();
        assert_eq!(kept, Some(token("login", value, 100)));
        while let Some(claimed) = claim(store, 0).await {
            store.commit_turn(turn(&claimed, 0)).await.unwrap();
        }
    }
    assert_eq!(store.tokens(&name("acme"), at(0)).await.unwrap().len(), 1);
}
