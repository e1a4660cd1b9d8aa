use countersign_model::Timestamp;

use super::fixture::{at, calling, claim, claim_call, key, payload, reply, token, turn, under_way};
use crate::error::CommitError;
use crate::record::{
    Ahead, Arrival, CallCompletion, CallEnd, Claimed, Counter, CounterChange, CounterKey, InboundKind,
    InboxRow, Kept, Retention, TurnCommit, WorkerId,
};
use crate::traits::Store;

const ADA: CounterKey = CounterKey([1; 16]);
const BOB: CounterKey = CounterKey([2; 16]);

fn add(key: CounterKey, until: i64) -> CounterChange {
    CounterChange::Add { key, expires_at: at(until) }
}

fn counter(count: u32, first: i64, last: i64, until: i64) -> Option<Counter> {
    Some(Counter { count, first_at: at(first), last_at: at(last), expires_at: at(until) })
}

/// Changes counters with the mark of a call.
async fn mark(store: &impl Store, call: u32, secs: i64, changes: &[CounterChange]) {
    under_way(store, "ada", secs, call).await;
    let lease = claim_call(store, secs).await.unwrap().lease;
    store.mark_sent(&lease, 1, at(secs), at(secs + 30), changes).await.unwrap();
    let completion = CallCompletion {
        lease,
        now: at(secs),
        id: format!("outcome-{call}"),
        payload: payload("outcome"),
        token: None,
        counters: Vec::new(),
    };
    store.complete_call(completion).await.unwrap();
    while let Some(claimed) = claim(store, secs).await {
        store.commit_turn(turn(&claimed, secs)).await.unwrap();
    }
}

async fn at_moment(store: &impl Store, now: Timestamp) -> Vec<Option<Counter>> {
    store.counters(&[ADA, BOB], now).await.unwrap()
}

pub async fn failures_are_counted_until_their_time_is_over(store: &impl Store) {
    assert_eq!(at_moment(store, at(0)).await, [None, None]);
    mark(store, 1, 0, &[add(ADA, 100)]).await;
    mark(store, 2, 5, &[add(ADA, 110), add(BOB, 50)]).await;
    assert_eq!(at_moment(store, at(5)).await, [counter(2, 0, 5, 110), counter(1, 5, 5, 50)]);
    assert_eq!(at_moment(store, at(50)).await, [counter(2, 0, 5, 110), None]);
    // One that comes after the time was over begins anew.
    mark(store, 3, 120, &[add(ADA, 200)]).await;
    assert_eq!(at_moment(store, at(120)).await, [counter(1, 120, 120, 200), None]);
    store.sweep(at(200), &Retention::default()).await.unwrap();
    assert_eq!(at_moment(store, at(200)).await, [None, None]);
}

pub async fn counters_change_with_the_call(store: &impl Store) {
    mark(store, 1, 0, &[add(ADA, 100), add(ADA, 100), add(BOB, 100)]).await;
    under_way(store, "ada", 1, 2).await;
    let lease = claim_call(store, 1).await.unwrap().lease;
    let counters = vec![
        CounterChange::Subtract { key: ADA },
        CounterChange::Clear { key: BOB },
        CounterChange::Subtract { key: CounterKey([9; 16]) },
    ];
    let (id, token) = ("outcome".into(), Some(token("login", "secret", 500)));
    let completion = CallCompletion { lease, now: at(1), id, payload: payload("x"), token, counters };
    store.complete_call(completion).await.unwrap();
    assert_eq!(at_moment(store, at(1)).await, [counter(1, 0, 0, 100), None]);
    under_way_again(store).await;
    assert_eq!(at_moment(store, at(3)).await, [None, None], "it does not go below 0");
}

async fn under_way_again(store: &impl Store) {
    while let Some(claimed) = claim(store, 2).await {
        store.commit_turn(turn(&claimed, 2)).await.unwrap();
    }
    let twice = [CounterChange::Subtract { key: ADA }, CounterChange::Subtract { key: ADA }];
    mark(store, 3, 2, &twice).await;
}

pub async fn a_lost_call_counts_nothing(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    let slow = claim_call(store, 0).await.unwrap().lease;
    let _fast = claim_call(store, 30).await.unwrap();
    let marked = store.mark_sent(&slow, 1, at(30), at(60), &[add(ADA, 100)]).await;
    assert!(matches!(marked, Err(CommitError::LeaseLost)));
    assert_eq!(at_moment(store, at(30)).await, [None, None]);
}

pub async fn counters_change_with_the_turn(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let mut next = calling(&claim(store, 0).await.unwrap(), 0, 1);
    next.counters = vec![add(ADA, 100), add(BOB, 50)];
    store.commit_turn(next).await.unwrap();
    assert_eq!(at_moment(store, at(0)).await, [counter(1, 0, 0, 100), counter(1, 0, 0, 50)]);
    let lease = claim_call(store, 3).await.unwrap().lease;
    let kind = InboundKind::Outcome { session: lease.session, call: lease.call };
    let ahead = store.hold(WorkerId(1), &lease.conversation, kind, at(3), at(33)).unwrap();
    let end = CallEnd { lease, now: at(3), token: None, counters: vec![CounterChange::Clear { key: ADA }] };
    let mut next = answers(&ahead, 3);
    next.counters = vec![add(BOB, 60)];
    assert_eq!(store.complete_with_turn(end, next).await.unwrap(), Kept::Both { more: false });
    assert_eq!(at_moment(store, at(3)).await, [None, counter(2, 0, 3, 60)]);
}

pub async fn a_turn_that_is_not_kept_counts_nothing(store: &impl Store) {
    for kept in [Kept::Both { more: false }, Kept::Known] {
        let ahead = store.hold(WorkerId(1), &key("ada"), InboundKind::Reply, at(0), at(30)).unwrap();
        let mut next = answers(&ahead, 0);
        next.counters = vec![add(ADA, 100)];
        let arrival = Arrival { id: "m1".into(), received_at: at(0) };
        assert_eq!(store.accept_with_turn(arrival, next).await.unwrap(), kept);
        assert_eq!(at_moment(store, at(0)).await, [counter(1, 0, 0, 100), None]);
    }
    store.accept(vec![reply("ada", "m2")]).await.unwrap();
    let mut late = turn(&claim(store, 0).await.unwrap(), 0);
    late.counters = vec![add(ADA, 100)];
    let soon = claim(store, 30).await.unwrap();
    assert!(matches!(store.commit_turn(late).await, Err(CommitError::LeaseLost)));
    store.commit_turn(turn(&soon, 30)).await.unwrap();
    assert_eq!(at_moment(store, at(30)).await, [counter(1, 0, 0, 100), None]);
}

/// A turn that was computed ahead.
fn answers(ahead: &Ahead, secs: i64) -> TurnCommit {
    let Ahead { lease, conversation, .. } = ahead.clone();
    let inbound = InboxRow {
        seq: 0,
        id: String::new(),
        kind: InboundKind::Reply,
        payload: None,
        received_at: at(secs),
    };
    turn(&Claimed { lease, conversation, inbound }, secs)
}
