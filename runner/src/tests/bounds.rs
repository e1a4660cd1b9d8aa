//! What keeps others from using the bot up (SECURITY §3.6, §3.11).

use countersign_channels::{ChannelEvent, Event as Said, Part};
use countersign_model::{ChannelKind, Contact, Reply};
use countersign_store::{Outbox as _, Upkeep as _};

use super::rig::{Make, PASSWORD, Rig, name};
use super::working::{AtWork, said};
use crate::{Event, Limits};

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

fn bounded(limits: Limits) -> Make {
    Make { timed: true, limits, ..Make::default() }
}

#[tokio::test(start_paused = true)]
async fn so_many_new_contacts_in_a_minute_and_a_restart_changes_nothing() {
    let mut rig = Rig::of(bounded(Limits { new_contacts_per_minute: 3, ..Limits::default() })).await;
    // A minute begins.
    rig.pass(60 - rig.now().as_secs() % 60);
    let work = AtWork::on(&rig.runner);
    for contact in ["ada", "bob"] {
        assert!(hear(&rig, contact, "1", "hello").await);
        assert_eq!(said(&rig, contact, 1).await, ["Hello."]);
    }
    work.end().await;
    rig.restart();
    let work = AtWork::on(&rig.runner);
    assert!(hear(&rig, "eva", "1", "hello").await);
    assert!(hear(&rig, "eva", "2", "hello").await, "she is one, answered or not");
    assert_eq!(said(&rig, "eva", 2).await, ["Hello.", "Hello."]);
    assert!(!hear(&rig, "kim", "1", "hello").await);
    assert!(!hear(&rig, "leo", "1", "hello").await);
    assert!(hear(&rig, "ada", "2", "hello").await, "who has written before goes on");
    assert_eq!(rig.notices().iter().filter(|notice| notice.contains("first: true")).count(), 1);
    rig.pass(60);
    assert!(hear(&rig, "kim", "1", "hello").await, "the next minute is another one");
    assert_eq!(said(&rig, "kim", 1).await, ["Hello."]);
    assert_eq!(count(&rig.notices(), "ManyNewContacts"), 0);
    work.end().await;
}

#[tokio::test]
async fn new_contacts_in_one_webhook_are_counted_before_any_has_a_conversation() {
    let limits = Limits { new_contacts_per_minute: 3, ..Limits::default() };
    let rig = Rig::of(Make { limits: limits.clone(), ..Make::default() }).await;
    let crowd = |first: u32| {
        let text = |number: u32| event(&number.to_string(), "1", Said::Reply(Reply::text("hello")));
        (first..first + 5).map(text).collect::<Vec<_>>()
    };
    let taken = rig.runner.hear(&name("acme"), &name("wa"), crowd(0)).await.unwrap();
    assert_eq!(taken, [true, true, true, false, false]);
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(rig.heard("2"), ["Hello."]);
    assert_eq!(rig.heard("3"), [""; 0]);
    let hung_up = vec![event("9", "1", Said::HungUp)];
    assert_eq!(rig.runner.hear(&name("acme"), &name("wa"), hung_up).await.unwrap(), [true]);

    for kind in [ChannelKind::Phone, ChannelKind::Web] {
        let free = Rig::of(Make { limits: limits.clone(), kind, ..Make::default() }).await;
        assert_eq!(
            free.runner.hear(&name("acme"), &name("wa"), crowd(0)).await.unwrap(),
            [true; 5],
            "{kind:?}"
        );
    }
    let off = Rig::new().await;
    assert_eq!(off.runner.hear(&name("acme"), &name("wa"), crowd(0)).await.unwrap(), [true; 5]);
}

/// Half past ten in the evening, in UTC, of the day that the clock of the rig stands on.
fn in_the_evening(rig: &Rig) {
    rig.pass(22 * 3600 + 1800 - rig.now().as_secs() % 86_400);
}

#[tokio::test(start_paused = true)]
async fn so_much_is_sent_on_a_day_and_the_rest_on_the_next() {
    let mut rig = Rig::of(bounded(Limits { paid_sends_per_day: 3, ..Limits::default() })).await;
    in_the_evening(&rig);
    let work = AtWork::on(&rig.runner);
    for contact in ["ada", "bob"] {
        assert!(hear(&rig, contact, "1", "hello").await);
        assert_eq!(said(&rig, contact, 1).await, ["Hello."]);
    }
    work.end().await;
    rig.restart();
    for contact in ["eva", "kim", "leo", "max", "pia"] {
        assert!(hear(&rig, contact, "1", "hello").await);
        rig.runner.run_until_idle().await.unwrap();
    }
    assert_eq!(rig.heard("eva"), ["Hello."]);
    assert_eq!([rig.heard("kim"), rig.heard("leo")].concat(), [""; 0]);
    assert_eq!(count(&rig.notices(), "PaidSendsUsedUp { most: 3 }"), 1, "it is told once a day");
    // Time passes by itself now, from a quarter of an hour to the next.
    let work = AtWork::on(&rig.runner);
    assert_eq!(said(&rig, "kim", 1).await, ["Hello."]);
    assert_eq!(rig.now().as_secs() % 86_400 / 60, 0, "at midnight");
    assert_eq!([said(&rig, "leo", 1).await, said(&rig, "max", 1).await].concat(), ["Hello.", "Hello."]);
    work.end().await;
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(rig.heard("pia"), [""; 0], "three have been sent on this day too");
    assert_eq!(count(&rig.notices(), "PaidSendsUsedUp"), 1);
    assert!(hear(&rig, "ada", "2", "hello").await);
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!(rig.heard("ada"), [""; 0]);
    // A day after it was said it is worth nothing.
    rig.pass(23 * 3600);
    rig.runner.run_until_idle().await.unwrap();
    let dead = rig.store.dead_letters(&name("acme")).await.unwrap();
    let dead: Vec<_> =
        dead.iter().map(|dead| (dead.conversation.address.as_str(), dead.code.as_deref())).collect();
    assert_eq!(dead, [("pia", Some("paid_sends_per_day"))]);
}

#[tokio::test]
async fn a_raised_number_lets_go_what_waits() {
    let mut rig =
        Rig::of(Make { limits: Limits { paid_sends_per_day: 1, ..Limits::default() }, ..Make::default() })
            .await;
    rig.pass(-(rig.now().as_secs() % 86_400));
    for contact in ["ada", "bob", "eva"] {
        assert!(hear(&rig, contact, "1", "hello").await);
        rig.runner.run_until_idle().await.unwrap();
    }
    assert_eq!([rig.heard("ada"), rig.heard("bob"), rig.heard("eva")].concat(), ["Hello."]);
    rig.restart_with(Limits { paid_sends_per_day: 4, ..Limits::default() });
    rig.pass(15 * 60);
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!([rig.heard("bob"), rig.heard("eva")].concat(), ["Hello.", "Hello."]);
    assert!(hear(&rig, "kim", "1", "hello").await);
    assert!(hear(&rig, "leo", "1", "hello").await);
    rig.runner.run_until_idle().await.unwrap();
    assert_eq!([rig.heard("kim"), rig.heard("leo")].concat(), ["Hello."]);
}

#[tokio::test]
async fn a_channel_that_costs_nothing_is_not_counted_and_a_person_in_place_of_the_bot_is() {
    let limits = Limits { paid_sends_per_day: 2, ..Limits::default() };
    let free = Rig::of(Make { limits: limits.clone(), kind: ChannelKind::Telegram, ..Make::default() }).await;
    for _ in 0..4 {
        assert_eq!(free.say("ada", "hello").await, ["Hello."]);
    }
    let rig = Rig::of(Make { limits, kind: ChannelKind::Sms, ..Make::default() }).await;
    assert_eq!(rig.say("ada", "hello").await, ["Hello."]);
    let by = || "Eva".to_owned();
    rig.let_in("ada", Event::TakenOver { by: by() }).await;
    for text in ["I am here.", "Still here."] {
        rig.let_in("ada", Event::AgentSaid { by: by(), text: text.into() }).await;
        rig.runner.run_until_idle().await.unwrap();
    }
    assert_eq!(rig.heard("ada"), ["I am here."]);
    assert_eq!(rig.store.backlog().await.unwrap().outbox, 1);
}
