use std::time::Duration;

use super::rig::{PASSWORD, Rig, answer, bank};

#[tokio::test]
async fn a_dead_token_is_replaced_and_the_call_repeated_once_with_the_same_key() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    let mut dead = true;
    rig.bank(move |sent| match sent.path() {
        "transfer" if std::mem::replace(&mut dead, false) => answer(401, "{}"),
        _ => bank(sent),
    });
    assert_eq!(rig.say("ada", "pay").await, ["How much?"]);
    let said = rig.say("ada", "7").await;
    assert_eq!(said.last().map(String::as_str), Some("User?"), "{said:?}");
    rig.say("ada", "ada").await;
    assert_eq!(rig.say("ada", PASSWORD).await, ["Paid 7: t1."]);
    let sent = rig.sent();
    let paths: Vec<_> = sent.iter().map(|sent| sent.path()).collect();
    assert_eq!(paths, ["transfer", "login", "transfer"]);
    assert_eq!(sent[0].headers["idempotency-key"], sent[2].headers["idempotency-key"]);
    assert_eq!(sent[0].body, sent[2].body);
}

#[tokio::test]
async fn a_token_that_stays_dead_does_not_go_round() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    rig.bank(|sent| if sent.path() == "login" { bank(sent) } else { answer(401, "{}") });
    rig.say("ada", "balance").await;
    rig.say("ada", "ada").await;
    rig.say("ada", PASSWORD).await;
    let calls = rig.paths().iter().filter(|path| path.ends_with("balance")).count();
    assert_eq!(calls, 2);
}

#[tokio::test]
async fn a_token_that_ends_while_its_call_waits_is_not_sent() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    rig.text_in("ada", "balance").await;
    rig.runner.turn().await.unwrap();
    rig.pass(900);
    let said = rig.idle("ada").await;
    assert_eq!(said.last().map(String::as_str), Some("User?"));
    assert!(rig.paths().is_empty());
}

#[tokio::test]
async fn a_login_is_repeated_only_when_nothing_left() {
    for (fails, attempts, works) in [("not-sent", 2, true), ("late", 1, false), ("lost", 1, false)] {
        let rig = Rig::new().await;
        let mut first = true;
        rig.bank(move |sent| match (std::mem::replace(&mut first, false), fails) {
            (true, "not-sent") => sent.not_sent(),
            (true, "late") => sent.late(),
            (true, _) => sent.lost(),
            _ => bank(sent),
        });
        let said = rig.log_in("ada", "balance").await;
        assert_eq!(said == ["You have 12.50."], works, "{fails}: {said:?}");
        assert_eq!(rig.paths().iter().filter(|path| *path == "login").count(), attempts, "{fails}");
        assert_eq!(rig.naps().len(), attempts - 1);
    }
}

#[tokio::test]
async fn a_call_that_reads_is_repeated_as_often_as_its_author_says() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    let mut count = 0;
    rig.bank(move |sent| {
        count += 1;
        match count {
            1 => answer(503, ""),
            2 => sent.lost(),
            _ => bank(sent),
        }
    });
    assert_eq!(rig.say("ada", "balance").await, ["You have 12.50."]);
    assert_eq!(rig.sent().len(), 3);
    let naps = rig.naps();
    assert_eq!(naps.len(), 2);
    assert!(naps.iter().all(|nap| (Duration::from_millis(200)..=Duration::from_secs(2)).contains(nap)));

    rig.bank(|_| answer(503, ""));
    let said = rig.say("ada", "balance").await;
    assert!(said.len() == 1 && !said[0].contains("12.50"), "{said:?}");
    assert_eq!(rig.sent().len(), 3);
    rig.bank(|sent| sent.late());
    rig.say("ada", "order").await;
    assert_eq!(rig.sent().len(), 1, "what must not happen twice is not repeated");
}
