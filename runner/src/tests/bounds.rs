//! What keeps others from using the bot up (SECURITY §3.6, §3.11).

use countersign_channels::{ChannelEvent, Event as Said, Part};
use countersign_model::{ChannelKind, Contact, Reply};

use super::rig::{PASSWORD, Rig, name};
use super::working::{AtWork, said};

const SORRY: &str = "Sorry, I did not understand. Say hello";

fn event(address: &str, id: &str, event: Said) -> ChannelEvent {
    let contact = Contact { address: address.into(), ..Contact::default() };
    ChannelEvent { id: id.into(), address: address.into(), contact, at: None, event }
}

async fn hear(rig: &Rig, address: &str, id: &str, text: &str) -> bool {
    let events = vec![event(address, id, Said::Reply(Reply::text(text)))];
    rig.runner.hear(&name("acme"), &name("wa"), events).await.unwrap()[0]
}

fn count(notices: &[String], kind: &str) -> usize {
    notices.iter().filter(|notice| notice.starts_with(kind)).count()
}

#[tokio::test(start_paused = true)]
async fn a_bot_that_answers_the_bot_is_muted_and_comes_back() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    let mut answers = 0;
    for number in 0..20 {
        if !hear(&rig, "bot", &number.to_string(), SORRY).await {
            assert!(number >= 4, "{number}");
            continue;
        }
        said(&rig, "bot", 1).await;
        answers += 1;
        assert!(!hear(&rig, "bot", &number.to_string(), SORRY).await, "a repeat is known");
    }
    assert_eq!(answers, 4);
    assert!(!hear(&rig, "bot", "x", "1").await);
    assert!(hear(&rig, "ada", "1", SORRY).await, "nobody else is touched");
    assert_eq!(count(&rig.notices(), "PingPong"), 1, "it is told once");
    rig.pass(600);
    assert!(hear(&rig, "bot", "y", "hello").await);
    assert_eq!(said(&rig, "bot", 1).await, ["Hello."]);
    work.end().await;
}

#[tokio::test]
async fn whoever_types_a_password_again_and_again_is_not_muted_for_it() {
    let rig = Rig::new().await;
    let mut ids = 0;
    let mut type_in = async |text: &str| {
        ids += 1;
        rig.pass(2);
        let new = hear(&rig, "ada", &ids.to_string(), text).await;
        rig.idle("ada").await;
        new
    };
    for _ in 0..4 {
        for text in ["balance", "ada.lovelace@example.org", "a wrong password", "cancel"] {
            assert!(type_in(text).await, "{text}");
        }
    }
    for text in ["balance", "ada.lovelace@example.org", "a wrong password", "ada.lovelace@example.org"] {
        assert!(type_in(text).await, "{text}");
    }
    assert_eq!(count(&rig.notices(), "PingPong"), 0);
    assert!(type_in("cancel").await);
    for _ in 0..4 {
        assert!(type_in(SORRY).await);
    }
    assert!(!type_in(SORRY).await);
    assert!(!type_in(PASSWORD).await);
    assert!(!rig.notices().concat().contains(SORRY));
}

#[tokio::test]
async fn a_long_text_in_parts_counts_and_a_call_does_not() {
    let rig = Rig::new().await;
    let part = |text: u32, number: u8| {
        let reference = text.to_string();
        let part =
            Part { reference, total: 2, number, text: format!("{SORRY} ({number}/2)").as_str().into() };
        event("bot", &format!("{text}.{number}"), Said::Part(part))
    };
    for text in 0..4 {
        let events = vec![part(text, 1), part(text, 2)];
        assert_eq!(rig.runner.hear(&name("acme"), &name("wa"), events).await.unwrap(), [false, true]);
    }
    let events = vec![part(4, 1), part(4, 2), event("bot", "bye", Said::HungUp)];
    assert_eq!(rig.runner.hear(&name("acme"), &name("wa"), events).await.unwrap(), [false, false, true]);

    let phone = Rig::on(ChannelKind::Phone).await;
    for id in 0..8 {
        assert!(hear(&phone, "call", &id.to_string(), SORRY).await, "{id}");
    }
}
