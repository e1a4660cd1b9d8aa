use super::fixture::{at, claim, key, name, reply, turn};
use crate::record::{ConversationKey, NewInbound};
use crate::traits::Store;

pub async fn an_id_is_accepted_once(store: &impl Store) {
    assert_eq!(store.accept(vec![reply("ada", "m1")]).await.unwrap(), [true]);
    assert_eq!(store.accept(vec![reply("ada", "m1"), reply("ada", "m2")]).await.unwrap(), [false, true]);
    for id in ["m1", "m2"] {
        let claimed = claim(store, 0).await.unwrap();
        assert_eq!(claimed.inbound.id, id);
        store.commit_turn(turn(&claimed, 0)).await.unwrap();
    }
    assert!(claim(store, 0).await.is_none());
    // What has been processed is remembered.
    assert_eq!(store.accept(vec![reply("ada", "m1")]).await.unwrap(), [false]);
    assert!(claim(store, 0).await.is_none());
}

pub async fn an_id_is_unique_in_a_conversation_only(store: &impl Store) {
    let elsewhere = |channel: &str| NewInbound {
        conversation: ConversationKey { channel: name(channel), ..key("ada") },
        ..reply("ada", "m1")
    };
    let accepted = store.accept(vec![reply("ada", "m1"), elsewhere("sms"), elsewhere("wa")]).await.unwrap();
    assert_eq!(accepted, [true, true, false]);
}

pub async fn a_batch_may_repeat_an_id(store: &impl Store) {
    let batch = vec![reply("ada", "m1"), reply("ada", "m1"), reply("bob", "m1")];
    assert_eq!(store.accept(batch).await.unwrap(), [true, false, true]);
}

pub async fn rows_come_in_order(store: &impl Store) {
    store.accept((0..20).map(|n| reply("ada", &format!("m{n}"))).collect()).await.unwrap();
    store.accept(vec![reply("ada", "last")]).await.unwrap();
    let mut seen = Vec::new();
    while let Some(claimed) = claim(store, 0).await {
        assert_eq!(
            claimed.inbound.payload.as_ref().unwrap().sealed.as_bytes(),
            claimed.inbound.id.as_bytes()
        );
        seen.push(claimed.inbound.id.clone());
        store.commit_turn(turn(&claimed, 0)).await.unwrap();
    }
    let mut expected: Vec<_> = (0..20).map(|n| format!("m{n}")).collect();
    expected.push("last".into());
    assert_eq!(seen, expected);
}

pub async fn a_claimed_conversation_is_not_handed_out_again(store: &impl Store) {
    store.accept(vec![reply("ada", "m1"), reply("ada", "m2")]).await.unwrap();
    let first = claim(store, 0).await.unwrap();
    assert!(claim(store, 29).await.is_none());
    // The claim was for 30 seconds.
    let second = claim(store, 30).await.unwrap();
    assert_eq!(second.inbound.id, "m1");
    assert!(second.lease.fencing > first.lease.fencing);
}

pub async fn different_conversations_are_handed_out_side_by_side(store: &impl Store) {
    store.accept(vec![reply("ada", "m1"), reply("bob", "m2")]).await.unwrap();
    let (first, second) = (claim(store, 0).await.unwrap(), claim(store, 0).await.unwrap());
    assert_eq!((first.inbound.id.as_str(), second.inbound.id.as_str()), ("m1", "m2"));
    assert_eq!((first.lease.conversation, second.lease.conversation), (key("ada"), key("bob")));
    assert!(claim(store, 0).await.is_none());
}

pub async fn the_longest_waiting_comes_first(store: &impl Store) {
    store.accept(vec![reply("zoe", "m1")]).await.unwrap();
    store.accept(vec![reply("ada", "m2"), reply("zoe", "m3")]).await.unwrap();
    for id in ["m1", "m2", "m3"] {
        let claimed = claim(store, 0).await.unwrap();
        assert_eq!(claimed.inbound.id, id);
        store.commit_turn(turn(&claimed, 0)).await.unwrap();
    }
}

pub async fn a_released_row_is_handed_out_again(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.release(&claimed.lease).await.unwrap();
    assert_eq!(claim(store, 0).await.unwrap().inbound.id, "m1");
    assert!(store.release(&claimed.lease).await.is_err(), "an old lease releases nothing");
}

pub async fn workspaces_are_apart(store: &impl Store) {
    let other = ConversationKey { workspace: name("other"), ..key("ada") };
    let theirs = NewInbound { conversation: other.clone(), ..reply("ada", "m1") };
    assert_eq!(store.accept(vec![reply("ada", "m1"), theirs]).await.unwrap(), [true, true]);
    let claimed = claim(store, 0).await.unwrap();
    assert_eq!(claimed.lease.conversation, key("ada"));
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
    assert!(store.conversation(&key("ada")).await.unwrap().is_some());
    assert!(store.conversation(&other).await.unwrap().is_none());
    let claimed = claim(store, 0).await.unwrap();
    assert_eq!(claimed.lease.conversation, other);
    assert_eq!(claimed.inbound.received_at, at(0));
}
