//! The program is stopped between writing down that a call is sent and its outcome.

use std::time::Duration;

use countersign_store::{Calls as _, WorkerId};

use super::rig::{PASSWORD, Rig, at_once, bank};

/// Another worker sends the call and is gone.
async fn send_and_stop(rig: &Rig) {
    let (now, another) = (rig.now(), WorkerId(999));
    let until = now.plus(Duration::from_secs(30));
    let call = rig.store.claim_call(another, now, until).await.unwrap().unwrap();
    rig.store.mark_sent(&call.lease, 1, now, until, &[]).await.unwrap();
    assert!(!rig.runner.call().await.unwrap(), "it is held");
    rig.pass(30);
}

#[tokio::test]
async fn a_login_is_not_repeated_and_the_user_is_told() {
    let rig = Rig::new().await;
    rig.say("ada", "balance").await;
    rig.say("ada", "ada").await;
    rig.text_in("ada", PASSWORD).await;
    assert!(rig.runner.turn().await.unwrap());
    send_and_stop(&rig).await;
    let said = rig.idle("ada").await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(rig.paths().is_empty());
    assert!(rig.notices().iter().any(|notice| notice.starts_with("CallLost")));
    // And it can be tried again.
    assert_eq!(rig.log_in("ada", "balance").await, ["You have 12.50."]);
}

#[tokio::test]
async fn a_call_that_reads_is_repeated() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    rig.text_in("ada", "balance").await;
    rig.runner.turn().await.unwrap();
    send_and_stop(&rig).await;
    assert_eq!(rig.idle("ada").await, ["You have 12.50."]);
    assert_eq!(rig.paths(), ["accounts/ada/balance"]);
}

#[tokio::test]
async fn a_call_with_a_key_is_repeated_with_the_same_key() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    // What the key would have been.
    assert_eq!(rig.say("ada", "pay").await, ["How much?"]);
    rig.say("ada", "5").await;
    let before = rig.sent()[0].headers["idempotency-key"].clone();
    assert_eq!(rig.say("ada", "pay").await, ["How much?"]);
    rig.text_in("ada", "7").await;
    rig.runner.turn().await.unwrap();
    send_and_stop(&rig).await;
    assert_eq!(rig.idle("ada").await, ["Paid 7: t1."]);
    let sent = rig.sent();
    assert_eq!(sent.len(), 1);
    let key = &sent[0].headers["idempotency-key"];
    assert_ne!(*key, before, "another payment has another key");
    assert_eq!(key.split('-').next(), before.split('-').next());
}

#[tokio::test]
async fn a_call_that_must_not_happen_twice_does_not() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    rig.text_in("ada", "order").await;
    rig.runner.turn().await.unwrap();
    send_and_stop(&rig).await;
    let said = rig.idle("ada").await;
    assert_eq!(said.len(), 1);
    assert!(!said[0].contains("Ordered"), "{said:?}");
    assert!(rig.paths().is_empty());
}

#[tokio::test]
async fn a_call_that_was_claimed_but_not_sent_is_made() {
    let rig = Rig::new().await;
    rig.say("ada", "balance").await;
    rig.say("ada", "ada").await;
    rig.text_in("ada", PASSWORD).await;
    rig.runner.turn().await.unwrap();
    let now = rig.now();
    rig.store.claim_call(WorkerId(999), now, now.plus(Duration::from_secs(30))).await.unwrap().unwrap();
    rig.pass(30);
    assert_eq!(rig.idle("ada").await, ["You have 12.50."]);
}

#[tokio::test]
async fn a_worker_that_was_too_slow_leaves_no_token() {
    let rig = Rig::new().await;
    let (store, clock) = (rig.store.clone(), rig.clock());
    rig.bank(move |sent| {
        // The answer comes after the claim has ended, and another worker has taken over.
        let later = clock.fetch_add(300_000_000, std::sync::atomic::Ordering::SeqCst) + 300_000_000;
        let later = countersign_model::Timestamp::from_micros(later);
        let until = later.plus(Duration::from_secs(30));
        assert!(at_once(store.claim_call(WorkerId(999), later, until)).unwrap().is_some());
        bank(sent)
    });
    rig.say("ada", "balance").await;
    rig.say("ada", "ada").await;
    assert!(rig.say("ada", PASSWORD).await.is_empty());
    assert!(rig.held("ada").await.is_none());
    rig.pass(30);
    let said = rig.idle("ada").await;
    assert_eq!(said.len(), 1, "it had been sent, so it is not sent again: {said:?}");
    assert_eq!(rig.paths(), ["login"]);
}
