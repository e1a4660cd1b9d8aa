use countersign_model::TimerId;

use super::fixture::{SESSION, at, claim, reply, turn};
use crate::record::{InboundKind, TimerChange};
use crate::traits::Store;

async fn set(store: &impl Store, address: &str, id: &str, timer: TimerChange) {
    store.accept(vec![reply(address, id)]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut turn = turn(&claimed, 0);
    turn.session.as_mut().unwrap().timer = timer;
    store.commit_turn(turn).await.unwrap();
}

pub async fn a_timer_goes_off_once(store: &impl Store) {
    set(store, "ada", "m1", TimerChange::Set(TimerId(7), at(10))).await;
    set(store, "bob", "m2", TimerChange::Set(TimerId(8), at(5))).await;
    assert_eq!(store.fire_timers(at(4), 10).await.unwrap(), 0);
    assert_eq!(store.fire_timers(at(10), 1).await.unwrap(), 1, "one at a time was asked for");
    assert_eq!(store.fire_timers(at(10), 10).await.unwrap(), 1);
    assert_eq!(store.fire_timers(at(10), 10).await.unwrap(), 0);
    for timer in [8, 7] {
        let claimed = claim(store, 10).await.unwrap();
        let expected = InboundKind::Elapsed { session: SESSION, timer: TimerId(timer) };
        assert_eq!(claimed.inbound.kind, expected, "the earlier one first");
        store.commit_turn(turn(&claimed, 10)).await.unwrap();
    }
    assert!(claim(store, 10).await.is_none());
}

pub async fn a_new_timer_takes_the_place_of_the_old(store: &impl Store) {
    set(store, "ada", "m1", TimerChange::Set(TimerId(1), at(10))).await;
    set(store, "ada", "m2", TimerChange::Set(TimerId(2), at(20))).await;
    set(store, "ada", "m3", TimerChange::Keep).await;
    assert_eq!(store.fire_timers(at(19), 10).await.unwrap(), 0);
    assert_eq!(store.fire_timers(at(20), 10).await.unwrap(), 1);
    let claimed = claim(store, 20).await.unwrap();
    assert_eq!(claimed.inbound.kind, InboundKind::Elapsed { session: SESSION, timer: TimerId(2) });
}

pub async fn a_cleared_timer_does_not_go_off(store: &impl Store) {
    set(store, "ada", "m1", TimerChange::Set(TimerId(1), at(10))).await;
    set(store, "ada", "m2", TimerChange::Clear).await;
    assert_eq!(store.fire_timers(at(100), 10).await.unwrap(), 0);
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub async fn the_next_moment_is_known(store: &impl Store) {
    assert_eq!(store.next_due().await.unwrap(), None);
    set(store, "ada", "m1", TimerChange::Set(TimerId(1), at(20))).await;
    set(store, "bob", "m2", TimerChange::Set(TimerId(1), at(10))).await;
    assert_eq!(store.next_due().await.unwrap(), Some(at(10)));
    store.accept(vec![reply("zoe", "m3")]).await.unwrap();
    claim(store, -25).await.unwrap();
    assert_eq!(store.next_due().await.unwrap(), Some(at(5)), "the claim ends");
}
