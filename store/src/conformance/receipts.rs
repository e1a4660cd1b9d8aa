use countersign_model::MessageRef;

use super::fixture::{at, key, reply, say};
use crate::record::{Receipt, ReceiptState};
use crate::traits::Store;

fn receipt(address: &str, message: &str, state: ReceiptState, secs: i64) -> Receipt {
    let code = (state == ReceiptState::Failed).then(|| "131026".to_owned());
    Receipt { conversation: key(address), message: MessageRef(message.into()), state, code, at: at(secs) }
}

async fn state(store: &impl Store, address: &str, message: &str) -> Option<Receipt> {
    store.receipt(&key(address), &MessageRef(message.into())).await.unwrap()
}

pub async fn a_message_only_gets_further(store: &impl Store) {
    use ReceiptState::{Delivered, Failed, Read, Sent};
    say(store, "ada", "1", &[]).await;
    assert_eq!(state(store, "ada", "m1").await, None);
    let batch = vec![
        receipt("ada", "m1", Delivered, 2),
        receipt("ada", "m1", Sent, 3),
        receipt("ada", "m1", Delivered, 4),
    ];
    assert_eq!(store.receive(batch).await.unwrap(), [true, false, false]);
    assert_eq!(state(store, "ada", "m1").await, Some(receipt("ada", "m1", Delivered, 2)));
    assert_eq!(store.receive(vec![receipt("ada", "m1", Read, 5)]).await.unwrap(), [true]);
    assert_eq!(store.receive(vec![receipt("ada", "m1", Failed, 6)]).await.unwrap(), [true]);
    assert_eq!(store.receive(vec![receipt("ada", "m1", Read, 7)]).await.unwrap(), [false]);
    assert_eq!(state(store, "ada", "m1").await, Some(receipt("ada", "m1", Failed, 6)));
}

pub async fn receipts_are_kept_by_conversation(store: &impl Store) {
    store.accept(vec![reply("ada", "1"), reply("bob", "1")]).await.unwrap();
    let sent = |address, message| receipt(address, message, ReceiptState::Sent, 0);
    assert_eq!(store.receive(vec![sent("ada", "m1"), sent("bob", "m1")]).await.unwrap(), [true, true]);
    assert_eq!(store.receive(vec![sent("ada", "m2"), sent("ada", "m1")]).await.unwrap(), [true, false]);
    assert_eq!(state(store, "bob", "m2").await, None);
    assert_eq!(state(store, "bob", "m1").await, Some(sent("bob", "m1")));
    assert_eq!(store.receive(Vec::new()).await.unwrap(), [true; 0]);
}

/// A provider tells of messages days after they were sent, also when their contact was erased meanwhile.
pub async fn what_is_told_of_nobody_is_not_kept(store: &impl Store) {
    let sent = |address, message| receipt(address, message, ReceiptState::Sent, 0);
    store.accept(vec![reply("bob", "1")]).await.unwrap();
    assert_eq!(store.receive(vec![sent("ada", "m1"), sent("bob", "m1")]).await.unwrap(), [false, true]);
    assert_eq!(store.conversation_number(&key("ada")).await.unwrap(), None);
    assert_eq!(state(store, "ada", "m1").await, None);

    say(store, "ada", "1", &["one"]).await;
    assert_eq!(store.receive(vec![sent("ada", "m1")]).await.unwrap(), [true]);
    store.erase(&key("ada"), &[]).await.unwrap().unwrap();
    let late =
        || vec![receipt("ada", "m1", ReceiptState::Failed, 9), receipt("ada", "m2", ReceiptState::Read, 9)];
    assert_eq!(store.receive(late()).await.unwrap(), [false, false]);
    assert_eq!(store.conversation_number(&key("ada")).await.unwrap(), None);
    assert!(store.conversation(&key("ada")).await.unwrap().is_none());

    store.accept(vec![reply("ada", "2")]).await.unwrap();
    assert_eq!(state(store, "ada", "m1").await, None, "they begin anew");
    assert_eq!(store.receive(vec![sent("ada", "m3")]).await.unwrap(), [true]);
}
