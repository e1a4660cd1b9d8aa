use std::time::Duration;

use super::fixture::{at, delivery, key, name, say};
use crate::error::CommitError;
use crate::record::{ClaimedDelivery, WorkerId};
use crate::traits::Store;

async fn next(store: &impl Store, secs: i64) -> Option<ClaimedDelivery> {
    let now = at(secs);
    store.claim_delivery(WorkerId(1), now, now.plus(Duration::from_secs(30))).await.unwrap()
}

pub async fn deliveries_come_in_order_one_at_a_time(store: &impl Store) {
    say(store, "ada", "m1", &["one", "two"]).await;
    say(store, "ada", "m2", &["three"]).await;
    for text in ["one", "two", "three"] {
        let claimed = next(store, 0).await.unwrap();
        assert_eq!((&claimed.delivery, claimed.attempts), (&delivery(text), 0));
        assert!(next(store, 0).await.is_none(), "the one before is not delivered yet");
        store.delivered(&claimed.lease).await.unwrap();
    }
    assert!(next(store, 0).await.is_none());
}

pub async fn a_delivery_to_be_repeated_holds_those_behind_it(store: &impl Store) {
    say(store, "ada", "m1", &["one", "two"]).await;
    let first = next(store, 0).await.unwrap();
    store.retry_delivery(&first.lease, at(60), 0).await.unwrap();
    assert!(next(store, 59).await.is_none());
    assert_eq!(store.next_due().await.unwrap(), Some(at(60)));
    let again = next(store, 60).await.unwrap();
    assert_eq!((&again.delivery, again.attempts, again.created_at), (&delivery("one"), 1, at(0)));
    store.delivered(&again.lease).await.unwrap();
    assert_eq!(next(store, 60).await.unwrap().delivery, delivery("two"));
}

pub async fn conversations_do_not_wait_for_each_other(store: &impl Store) {
    say(store, "ada", "m1", &["one"]).await;
    say(store, "bob", "m2", &["two"]).await;
    let first = next(store, 0).await.unwrap();
    let second = next(store, 0).await.unwrap();
    assert_eq!((first.lease.conversation.clone(), second.lease.conversation), (key("ada"), key("bob")));
    store.retry_delivery(&first.lease, at(60), 0).await.unwrap();
    assert!(next(store, 0).await.is_none());
}

pub async fn a_delivery_given_up_is_put_aside(store: &impl Store) {
    say(store, "ada", "m1", &["one", "two"]).await;
    let first = next(store, 0).await.unwrap();
    store.give_up(&first.lease, at(5), None).await.unwrap();
    assert_eq!(next(store, 5).await.unwrap().delivery, delivery("two"));
    let dead = store.dead_letters(&name("acme")).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!((&dead[0].delivery, dead[0].at), (&delivery("one"), at(5)));
    assert!(store.dead_letters(&name("other")).await.unwrap().is_empty());
}

pub async fn a_lost_delivery_changes_nothing(store: &impl Store) {
    say(store, "ada", "m1", &["one", "two"]).await;
    let slow = next(store, 0).await.unwrap();
    let fast = next(store, 30).await.unwrap();
    assert_eq!((&fast.delivery, fast.attempts), (&delivery("one"), 1));
    assert!(matches!(store.delivered(&slow.lease).await, Err(CommitError::LeaseLost)));
    assert!(matches!(store.retry_delivery(&slow.lease, at(90), 0).await, Err(CommitError::LeaseLost)));
    assert!(matches!(store.give_up(&slow.lease, at(31), None).await, Err(CommitError::LeaseLost)));
    store.delivered(&fast.lease).await.unwrap();
    assert!(matches!(store.delivered(&fast.lease).await, Err(CommitError::LeaseLost)));
    assert_eq!(next(store, 31).await.unwrap().delivery, delivery("two"));
}

pub async fn what_was_accepted_of_a_delivery_is_known(store: &impl Store) {
    say(store, "ada", "m1", &["one"]).await;
    let first = next(store, 0).await.unwrap();
    assert_eq!((first.attempts, first.done), (0, 0));
    store.retry_delivery(&first.lease, at(10), 2).await.unwrap();
    let again = next(store, 10).await.unwrap();
    assert_eq!((again.attempts, again.done), (1, 2));
}

pub async fn a_held_outbox_hands_out_nothing(store: &impl Store) {
    assert!(!store.outbox_held().await.unwrap());
    say(store, "ada", "m1", &["one"]).await;
    store.hold_outbox(true).await.unwrap();
    assert!(store.outbox_held().await.unwrap());
    assert!(next(store, 0).await.is_none());
    assert_eq!(store.next_due().await.unwrap(), None, "there is nothing to wake up for");
    say(store, "ada", "m2", &["two"]).await;
    store.hold_outbox(false).await.unwrap();
    assert_eq!(next(store, 0).await.unwrap().delivery, delivery("one"));
}

pub async fn an_outbox_can_be_emptied(store: &impl Store) {
    say(store, "ada", "m1", &["one", "two"]).await;
    say(store, "bob", "m2", &["three"]).await;
    let delivered = next(store, 0).await.unwrap();
    store.delivered(&delivered.lease).await.unwrap();
    let under_way = next(store, 0).await.unwrap();
    assert_eq!(store.discard_outbox().await.unwrap(), 2);
    assert!(matches!(store.delivered(&under_way.lease).await, Err(CommitError::LeaseLost)));
    assert!(next(store, 100).await.is_none());
    say(store, "ada", "m3", &["four"]).await;
    assert_eq!(next(store, 100).await.unwrap().delivery, delivery("four"));
}

pub async fn the_code_of_a_failure_is_kept(store: &impl Store) {
    say(store, "ada", "m1", &["one"]).await;
    let first = next(store, 0).await.unwrap();
    store.give_up(&first.lease, at(5), Some("131047")).await.unwrap();
    let dead = store.dead_letters(&name("acme")).await.unwrap();
    assert_eq!((dead[0].code.as_deref(), &dead[0].conversation), (Some("131047"), &key("ada")));
}
