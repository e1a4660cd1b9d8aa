use countersign_model::MessageRef;

use super::fixture::{at, key};
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
    let sent = |address, message| receipt(address, message, ReceiptState::Sent, 0);
    assert_eq!(store.receive(vec![sent("ada", "m1"), sent("bob", "m1")]).await.unwrap(), [true, true]);
    assert_eq!(store.receive(vec![sent("ada", "m2"), sent("ada", "m1")]).await.unwrap(), [true, false]);
    assert_eq!(state(store, "bob", "m2").await, None);
    assert_eq!(state(store, "bob", "m1").await, Some(sent("bob", "m1")));
    assert_eq!(store.receive(Vec::new()).await.unwrap(), [true; 0]);
}
