use countersign_store::{
    BotVersion, Conversations as _, SessionCommit, SessionId, StoredSession, TimerChange, TurnCommit,
    WorkerId,
};

use super::rig::{BOT, PASSWORD, Rig, bot, key, name};
use crate::Event;

fn publish(rig: &Rig, text: &str) {
    assert!(rig.runner.registry().publish(&name("acme"), &name("wa"), bot(text)));
}

#[tokio::test]
async fn a_conversation_under_way_stays_on_its_version() {
    let rig = Rig::new().await;
    assert_eq!(rig.say("ada", "pay").await, ["How much?"]);
    publish(&rig, &BOT.replace("Paid {amount}", "Sent {amount}"));
    assert_eq!(rig.say("bob", "pay").await, ["How much?"]);
    assert_eq!(rig.say("ada", "7").await, ["User?"]);
    rig.say("ada", "ada").await;
    assert_eq!(rig.say("ada", PASSWORD).await, ["Paid 7: t1."]);
    // It has ended, so the next one runs on the new version, and the token is still good.
    assert_eq!(rig.say("ada", "pay").await, ["How much?"]);
    assert_eq!(rig.say("ada", "8").await, ["Sent 8: t1."]);
    rig.say("bob", "1").await;
    rig.say("bob", "bob").await;
    assert_eq!(rig.say("bob", PASSWORD).await, ["Sent 1: t1."]);
}

#[tokio::test]
async fn a_token_does_not_outlive_a_change_of_where_it_goes() {
    for (from, to) in [
        ("https://auth.bank.example/login", "https://auth.bank.example/v2/login"),
        (
            "send_to: [\"https://api.bank.example\"]",
            "send_to: [\"https://api.bank.example\", \"https://x.example\"]",
        ),
    ] {
        let rig = Rig::new().await;
        rig.log_in_silently("ada").await;
        publish(&rig, &BOT.replace(from, to));
        assert_eq!(rig.say("ada", "balance").await, ["User?"], "{to}");
        assert!(rig.held("ada").await.is_none());
    }
}

/// Puts another session in the place of ada's, and takes her next message away.
async fn replace(rig: &Rig, stored: StoredSession) {
    let now = rig.now();
    let claimed = rig.store.claim(WorkerId(1), now, now).await.unwrap().unwrap();
    let commit = TurnCommit {
        lease: claimed.lease,
        now,
        consumed: claimed.inbound.seq,
        session: Some(SessionCommit {
            stored,
            calling: None,
            timer: TimerChange::Keep,
            tokens_seen: 0,
            handed_over: false,
        }),
        transcript: vec![],
        outbox: vec![],
        calls: vec![],
        secrets: vec![],
        leads: vec![],
        counters: vec![],
    };
    rig.store.commit_turn(commit).await.unwrap();
}

#[tokio::test]
async fn a_timer_of_an_earlier_session_does_nothing() {
    let rig = Rig::new().await;
    rig.say("ada", "pause").await;
    let before = rig.store.conversation(&key("ada")).await.unwrap().unwrap().session.unwrap();
    rig.text_in("ada", "hello").await;
    rig.pass(60);
    assert_eq!(rig.runner.fire().await.unwrap(), 1);
    // The same numbers, but another session.
    replace(&rig, StoredSession { id: SessionId(1), ..before }).await;
    assert!(rig.idle("ada").await.is_empty());
}

#[tokio::test]
async fn a_conversation_that_has_ended_has_nothing_to_do() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    assert_eq!(rig.runner.next_due().await.unwrap(), None);
    rig.say("ada", "balance").await;
    rig.pass(3600);
    assert!(!rig.runner.tick().await.unwrap());
}

#[tokio::test]
async fn a_session_that_cannot_be_read_begins_anew_without_its_tokens() {
    for (version, bytes) in [(Some(1), None), (None, Some(vec![99, 1, 2]))] {
        let rig = Rig::new().await;
        rig.log_in_silently("ada").await;
        let before = rig.store.conversation(&key("ada")).await.unwrap().unwrap().session.unwrap();
        rig.text_in("ada", "hello").await;
        let stored = StoredSession {
            id: before.id,
            version: version.map_or(before.version, BotVersion),
            bytes: bytes.unwrap_or(before.bytes),
        };
        replace(&rig, stored).await;
        assert_eq!(rig.say("ada", "balance").await, ["User?"]);
        assert!(rig.notices().iter().any(|notice| notice.contains("a conversation begins anew")));
        assert!(rig.held("ada").await.is_none());
        let after = rig.store.conversation(&key("ada")).await.unwrap().unwrap().session.unwrap();
        assert_ne!(after.id, before.id, "its calls are numbered anew, so their keys must differ");
    }
}

#[tokio::test]
async fn a_script_is_started_by_name() {
    let rig = Rig::new().await;
    rig.let_in("ada", Event::Start(name("hello"))).await;
    assert_eq!(rig.idle("ada").await, ["Hello."]);
    rig.let_in("ada", Event::Start(name("pay"))).await;
    assert_eq!(rig.idle("ada").await, ["How much?"]);
}
