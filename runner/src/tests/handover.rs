//! People who write in place of the bot.

use countersign_engine::{Reason, Status};
use countersign_model::OutMessage;
use countersign_store::{ConversationQuery, Delivery, Line, People as _};

use super::rig::{Make, PASSWORD, Rig, answer, bank, bot as bot_of, key, name};
use crate::{Event, IngestError};

const TRANSFER: &str = r#"
countersign: 1
bot: help
name: Help
language: en
scripts:
  - id: help
    triggers: [help]
    steps:
      - message: "One moment."
      - transfer: person
"#;

fn user(text: &str) -> Line {
    Line::User(text.into())
}

fn bot(text: &str) -> Line {
    Line::Bot(OutMessage::Text(text.into()))
}

fn agent(text: &str) -> Line {
    Line::Agent { by: "Zoe".into(), text: text.into() }
}

fn taken() -> Line {
    Line::TakenOver { by: "Zoe".into() }
}

async fn take(rig: &Rig, id: &str) -> bool {
    rig.runner.take_over(&key("ada"), id, "Zoe").await.unwrap()
}

async fn speak(rig: &Rig, id: &str, text: &str) -> bool {
    rig.runner.say_as(&key("ada"), id, "Zoe", text).await.unwrap()
}

async fn back(rig: &Rig, id: &str) -> bool {
    rig.runner.hand_back(&key("ada"), id).await.unwrap()
}

async fn status(rig: &Rig) -> Status {
    rig.runner.look(&key("ada")).await.unwrap().unwrap().status()
}

/// Whether the list of conversations that a person has shows it.
async fn is_listed(rig: &Rig) -> bool {
    let query = ConversationQuery { handed_over: true, ..ConversationQuery::of(name("acme"), 9) };
    let page = rig.store.conversations(query).await.unwrap();
    page.rows.iter().any(|row| row.key == key("ada"))
}

#[tokio::test]
async fn a_person_takes_over_writes_and_hands_back() {
    let mut rig = Rig::new().await;
    assert_eq!(rig.say("ada", "pay").await, ["How much?"]);
    assert!(take(&rig, "1").await);
    assert!(rig.idle("ada").await.is_empty());
    assert!(is_listed(&rig).await);
    // What happens while the program is started anew is not lost, and it goes on as before.
    rig.text_in("ada", "50 to Bob").await;
    assert!(speak(&rig, "2", "Hello, I am Zoe.").await);
    rig.restart();
    assert_eq!(rig.idle("ada").await, ["Hello, I am Zoe."]);
    assert_eq!(status(&rig).await, Status::Ended(Reason::HandedOver));
    for words in ["hello", "balance"] {
        assert!(rig.say("ada", words).await.is_empty(), "{words}");
    }
    rig.let_in("ada", Event::Start(name("hello"))).await;
    rig.let_in("ada", Event::Begin).await;
    assert!(rig.idle("ada").await.is_empty(), "the bot keeps silent");
    assert!(back(&rig, "3").await);
    assert!(rig.idle("ada").await.is_empty());
    assert!(!is_listed(&rig).await);
    assert_eq!(rig.say("ada", "hello").await, ["Hello."]);
    let expected = [
        user("pay"),
        bot("How much?"),
        taken(),
        user("50 to Bob"),
        agent("Hello, I am Zoe."),
        user("hello"),
        user("balance"),
        Line::HandedBack,
        user("hello"),
        bot("Hello."),
    ];
    assert_eq!(rig.transcript("ada").await, expected);
    assert!(rig.sent().is_empty());
}

#[tokio::test]
async fn what_is_asked_twice_is_done_once() {
    let rig = Rig::new().await;
    rig.say("ada", "hello").await;
    assert!(take(&rig, "1").await);
    assert!(!take(&rig, "1").await);
    assert!(speak(&rig, "2", "One.").await);
    assert!(!speak(&rig, "2", "One.").await);
    assert_eq!(rig.idle("ada").await, ["One."]);
    assert!(!speak(&rig, "2", "One.").await);
    assert!(back(&rig, "3").await);
    assert!(back(&rig, "4").await);
    assert!(rig.idle("ada").await.is_empty());
    let handed_back = |line: &&Line| **line == Line::HandedBack;
    assert_eq!(rig.transcript("ada").await.iter().filter(handed_back).count(), 1, "nobody had it");
}

#[tokio::test]
async fn a_login_stays_and_secrets_stay_hidden() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    rig.say("ada", "hello").await;
    take(&rig, "1").await;
    rig.idle("ada").await;
    back(&rig, "2").await;
    rig.idle("ada").await;
    assert_eq!(rig.say("ada", "balance").await, ["You have 12.50."], "still logged in");

    let rig = Rig::new().await;
    assert_eq!(rig.say("ada", "balance").await, ["User?"]);
    assert_eq!(rig.say("ada", "ada").await, ["Password?"]);
    take(&rig, "1").await;
    rig.text_in("ada", PASSWORD).await;
    assert!(rig.idle("ada").await.is_empty());
    rig.pass(120);
    rig.say("ada", "It does not work").await;
    let lines = rig.transcript("ada").await;
    assert_eq!(lines[4..], [taken(), Line::Secret, user("It does not work")]);
    let bytes = rig.store.to_bytes();
    assert!(!bytes.windows(6).any(|part| part == b"CANARY"));
    assert!(rig.sent().is_empty());
}

#[tokio::test]
async fn a_person_does_not_wait_for_a_call() {
    let rig = Rig::new().await;
    assert_eq!(rig.say("ada", "balance").await, ["User?"]);
    rig.say("ada", "ada").await;
    rig.text_in("ada", PASSWORD).await;
    assert!(rig.runner.turn().await.unwrap());
    assert!(matches!(status(&rig).await, Status::Calling(_)));
    rig.text_in("ada", "Are you there?").await;
    take(&rig, "1").await;
    assert!(rig.idle("ada").await.is_empty());
    assert!(rig.sent().is_empty(), "a call that nobody waits for is not made");
    assert_eq!(status(&rig).await, Status::Ended(Reason::HandedOver));
    // Within two minutes of a password everything may be one.
    assert_eq!(rig.transcript("ada").await[5..], [taken(), Line::Secret]);
}

#[tokio::test]
async fn a_script_hands_over_too() {
    let rig = Rig::of(Make { bot: TRANSFER, ..Make::default() }).await;
    let said = rig.say("ada", "help").await;
    assert_eq!(said, ["One moment.".to_owned(), format!("{:?}", Delivery::Handover { number: None })]);
    assert!(is_listed(&rig).await);
    assert!(rig.say("ada", "help").await.is_empty());
    take(&rig, "1").await;
    speak(&rig, "2", "How can I help?").await;
    assert_eq!(rig.idle("ada").await, ["How can I help?"]);
    back(&rig, "3").await;
    assert_eq!(rig.say("ada", "help").await.len(), 2);
    let expected = [
        user("help"),
        bot("One moment."),
        Line::Handover { number: None },
        user("help"),
        taken(),
        agent("How can I help?"),
        Line::HandedBack,
        user("help"),
        bot("One moment."),
        Line::Handover { number: None },
    ];
    assert_eq!(rig.transcript("ada").await, expected);
}

#[tokio::test]
async fn a_pause_is_over_and_a_new_version_changes_nothing() {
    let rig = Rig::new().await;
    assert!(rig.say("ada", "pause").await.is_empty());
    take(&rig, "1").await;
    rig.idle("ada").await;
    rig.pass(3600);
    assert!(rig.idle("ada").await.is_empty(), "the bot does not come back by itself");
    assert_eq!(rig.runner.next_due().await.unwrap(), None);
    assert!(rig.runner.registry().publish(&name("acme"), &name("wa"), bot_of(TRANSFER)));
    assert!(rig.say("ada", "help").await.is_empty());
    assert!(is_listed(&rig).await);
    let mut other = key("ada");
    other.channel = name("fax");
    let unknown = rig.runner.take_over(&other, "1", "Zoe").await;
    assert!(matches!(unknown, Err(IngestError::UnknownChannel { .. })));
}

#[tokio::test]
async fn a_contact_who_was_erased_begins_anew() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    rig.say("bob", "hello").await;
    // Failures are counted no longer.
    rig.bank(|_| answer(401, "{}"));
    rig.say("zoe", "balance").await;
    for _ in 0..5 {
        rig.say("zoe", "zoe").await;
        rig.say("zoe", "wrong").await;
        rig.say("zoe", "balance").await;
    }
    let paused = rig.sent().len();
    rig.say("zoe", "zoe").await;
    rig.say("zoe", "wrong").await;
    assert!(rig.sent().is_empty(), "her logins pause after {paused}");
    for address in ["ada", "zoe"] {
        assert!(rig.runner.erase(&key(address)).await.unwrap().is_some());
        assert!(rig.runner.erase(&key(address)).await.unwrap().is_none());
    }
    rig.bank(bank);
    assert!(rig.transcript("ada").await.is_empty());
    assert!(rig.held("ada").await.is_none());
    assert_eq!(rig.transcript("bob").await.len(), 2);
    assert_eq!(rig.log_in("ada", "balance").await, ["You have 12.50."]);
    assert_eq!(rig.log_in("zoe", "balance").await, ["You have 12.50."]);
}
