//! What webhooks held.

use std::time::Duration;

use countersign_channels::{ChannelEvent, Event as Said, Part, Receipt, ReceiptState};
use countersign_model::{Contact, MessageRef, Reply, Timestamp};
use countersign_store::Receipts as _;

use super::rig::{Rig, key, name};
use crate::IngestError;

fn event(address: &str, id: &str, event: Said) -> ChannelEvent {
    let contact = Contact { address: address.into(), ..Contact::default() };
    ChannelEvent { id: id.into(), address: address.into(), contact, at: None, event }
}

fn text(address: &str, id: &str, text: &str) -> ChannelEvent {
    event(address, id, Said::Reply(Reply::text(text)))
}

fn receipt(id: &str, message: Option<&str>, state: ReceiptState) -> ChannelEvent {
    let message = message.map(|message| MessageRef(message.into()));
    event("ada", id, Said::Receipt(Receipt { message, state, code: Some("131026".into()) }))
}

async fn hear(rig: &Rig, events: Vec<ChannelEvent>) -> Vec<bool> {
    rig.runner.hear(&name("acme"), &name("wa"), events).await.unwrap()
}

#[tokio::test]
async fn a_batch_keeps_its_order_and_what_is_repeated_does_nothing() {
    let rig = Rig::new().await;
    hear(&rig, vec![text("ada", "0", "hello")]).await;
    assert_eq!(rig.idle("ada").await, ["Hello."]);
    let batch = || {
        vec![
            text("ada", "1", "pay"),
            receipt("r1", Some("w1"), ReceiptState::Sent),
            text("bob", "1", "hello"),
            text("ada", "2", "7"),
            event("ada", "3", Said::Edited),
            text("ada", "1", "hello"),
        ]
    };
    assert_eq!(hear(&rig, batch()).await, [true, true, true, true, false, false]);
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(rig.heard("ada"), ["How much?", "User?"]);
    assert_eq!(rig.heard("bob"), ["Hello."]);
    assert_eq!(hear(&rig, batch()).await, [false; 6]);
    assert!(rig.idle("ada").await.is_empty());
    let unknown = rig.runner.hear(&name("acme"), &name("fax"), batch()).await;
    assert!(matches!(unknown, Err(IngestError::UnknownChannel { .. })));
}

#[tokio::test]
async fn receipts_are_kept_and_a_failed_one_is_told() {
    let rig = Rig::new().await;
    let of_nobody = receipt("r", Some("w1"), ReceiptState::Failed);
    assert_eq!(hear(&rig, vec![of_nobody]).await, [false], "nothing was sent to her, or she was erased");
    assert!(rig.notices().is_empty());
    hear(&rig, vec![text("ada", "0", "hello")]).await;
    let states = [ReceiptState::Delivered, ReceiptState::Sent, ReceiptState::Failed];
    let events = states.iter().map(|state| receipt("r", Some("w1"), *state)).collect();
    assert_eq!(hear(&rig, events).await, [true, false, true]);
    assert_eq!(hear(&rig, vec![receipt("r", Some("w1"), ReceiptState::Failed)]).await, [false]);
    assert_eq!(hear(&rig, vec![receipt("r", None, ReceiptState::Read)]).await, [false]);
    let kept = rig.store.receipt(&key("ada"), &MessageRef("w1".into())).await.unwrap().unwrap();
    assert_eq!(kept.state, ReceiptState::Failed);
    let told: Vec<_> = rig.notices().into_iter().filter(|notice| notice.starts_with("NotArrived")).collect();
    assert_eq!(told, ["NotArrived { code: Some(\"131026\") }"]);
}

#[tokio::test]
async fn a_flood_is_left_out_and_told_once() {
    let rig = Rig::new().await;
    let flood = (0..30).map(|number| text("ada", &number.to_string(), "hello")).collect();
    let taken = hear(&rig, flood).await;
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 20);
    assert!(taken[..20].iter().all(|taken| *taken));
    let rest = vec![text("bob", "1", "hello"), event("ada", "bye", Said::HungUp), text("ada", "31", "hello")];
    assert_eq!(hear(&rig, rest).await, [true, true, false]);
    assert_eq!(rig.notices().iter().filter(|notice| *notice == "Flood").count(), 1);
    rig.pass(10);
    assert_eq!(hear(&rig, vec![text("ada", "32", "hello")]).await, [true]);
}

#[tokio::test]
async fn what_the_provider_dates_too_far_back_is_left_out() {
    let rig = Rig::new().await;
    let dated = |id: &str, age: u64| {
        let at: Timestamp = rig.now().minus(Duration::from_secs(age));
        ChannelEvent { at: Some(at), ..text("ada", id, "hello") }
    };
    let day = 24 * 3600;
    assert_eq!(
        hear(&rig, vec![dated("1", 8 * day + 1), dated("2", 8 * day), dated("3", 0)]).await,
        [false, true, true]
    );
}

#[tokio::test]
async fn a_text_in_parts_is_heard_when_it_is_whole() {
    let rig = Rig::new().await;
    let part = |address: &str, id: &str, number, text: &str| {
        event(address, id, Said::Part(Part { reference: "9".into(), total: 2, number, text: text.into() }))
    };
    assert_eq!(hear(&rig, vec![part("ada", "b", 2, "lo"), part("bob", "x", 2, "?")]).await, [false, false]);
    assert_eq!(hear(&rig, vec![part("ada", "a", 1, "hel")]).await, [true]);
    assert_eq!(rig.idle("ada").await, ["Hello."]);
    assert_eq!(hear(&rig, vec![part("ada", "b", 2, "lo")]).await, [false], "it was kept before");
    assert!(rig.idle("ada").await.is_empty());
}

#[tokio::test]
async fn whoever_gets_an_address_gets_nothing_of_the_one_before() {
    let rig = Rig::new().await;
    rig.log_in_silently("old").await;
    rig.log_in_silently("new").await;
    assert_eq!(rig.say("new", "pay").await, ["How much?"]);
    let changed = || Said::IdentityChanged { before: Some("old".into()) };
    assert_eq!(hear(&rig, vec![event("new", "i1", changed())]).await, [true]);
    assert!(rig.idle("new").await.is_empty());
    assert!(rig.held("old").await.is_none() && rig.held("new").await.is_none());
    // Nor does the conversation go on: the amount would have been asked for.
    assert_eq!(rig.say("new", "hello").await, ["Hello."]);
    assert_eq!(rig.say("new", "balance").await, ["User?"]);
    assert_eq!(rig.say("old", "balance").await, ["User?"]);
    assert_eq!(hear(&rig, vec![event("new", "i1", changed())]).await, [false]);
    assert_eq!(hear(&rig, vec![event("eve", "i2", Said::IdentityChanged { before: None })]).await, [true]);
    assert!(rig.idle("eve").await.is_empty());
}

#[tokio::test]
async fn a_login_under_way_when_the_address_changes_hands_is_lost() {
    let rig = Rig::new().await;
    for text in ["balance", "ada", super::rig::PASSWORD] {
        rig.text_in("ada", text).await;
    }
    while rig.runner.turn().await.unwrap() {}
    hear(&rig, vec![event("ada", "i", Said::IdentityChanged { before: None })]).await;
    rig.runner.call().await.unwrap();
    rig.idle("ada").await;
    assert!(rig.held("ada").await.is_none());
    assert_eq!(rig.say("ada", "balance").await, ["User?"]);
}
