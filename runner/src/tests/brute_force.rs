//! Passwords are tried through the bot (SECURITY §3.6).

use std::time::Duration;

use countersign_egress::IncomingResponse;
use countersign_model::ChannelKind;

use super::rig::{BOT, Make, PASSWORD, Rig, answer, bank, key};
use crate::{Event, Inbound};

const PAUSED: &str = "There were too many logins. Please try again later.";

/// Tries a wrong password, from the first word on; gives the last thing that the bot says.
async fn guess(rig: &Rig, contact: &str, account: &str) -> String {
    let first = rig.say(contact, "balance").await;
    assert!(first.last().is_some_and(|text| text == "User?"), "{first:?}");
    rig.say(contact, account).await;
    let said = rig.say(contact, "wrong").await;
    let said = said.first().cloned().unwrap_or_default();
    rig.say(contact, "cancel").await;
    said
}

#[tokio::test]
async fn five_failures_pause_a_contact_and_a_restart_changes_nothing() {
    let mut rig = Rig::new().await;
    for _ in 0..5 {
        assert!(guess(&rig, "ada", "ada").await.starts_with("The login failed."));
    }
    assert_eq!(rig.paths().len(), 5);
    assert_eq!(guess(&rig, "ada", "bob").await, PAUSED);
    rig.restart();
    rig.pass(15 * 60 - 20);
    assert_eq!(guess(&rig, "ada", "ada").await, PAUSED);
    assert!(rig.paths().is_empty(), "nothing of it reaches the auth service");
    assert!(rig.notices().iter().any(|notice| notice.starts_with("LoginPaused")));
    assert_eq!(rig.log_in("bob", "balance").await, ["You have 12.50."], "nobody else is touched");
    rig.pass(60);
    assert_eq!(rig.log_in("ada", "balance").await, ["You have 12.50."]);
}

#[tokio::test]
async fn the_second_pause_is_twice_as_long() {
    let rig = Rig::new().await;
    for _ in 0..5 {
        guess(&rig, "ada", "ada").await;
    }
    rig.pass(15 * 60);
    for _ in 0..5 {
        assert!(guess(&rig, "ada", "ada").await.starts_with("The login failed."));
    }
    rig.pass(15 * 60);
    assert_eq!(guess(&rig, "ada", "ada").await, PAUSED);
    rig.pass(15 * 60);
    assert!(guess(&rig, "ada", "ada").await.starts_with("The login failed."));
}

/// The program is stopped while the password is on its way.
async fn guess_and_stop(rig: &mut Rig, contact: &str) {
    rig.say(contact, "balance").await;
    rig.say(contact, contact).await;
    rig.text_in(contact, "wrong").await;
    assert!(rig.runner.turn().await.unwrap());
    let before = rig.sent().len();
    {
        let mut call = std::pin::pin!(rig.runner.call());
        while rig.sent().len() == before {
            let polled = std::future::poll_fn(|context| std::task::Poll::Ready(call.as_mut().poll(context)));
            assert!(polled.await.is_pending());
        }
    }
    rig.restart();
    rig.pass(60);
    rig.idle(contact).await;
    rig.say(contact, "cancel").await;
}

#[tokio::test]
async fn a_stop_between_sending_and_the_answer_gives_no_tries_back() {
    let mut rig = Rig::new().await;
    rig.slow(|_| Duration::MAX);
    for _ in 0..5 {
        guess_and_stop(&mut rig, "ada").await;
    }
    rig.slow(|_| Duration::ZERO);
    assert_eq!(guess(&rig, "ada", "ada").await, PAUSED);
}

#[tokio::test]
async fn an_account_name_is_guarded_over_all_contacts_but_its_owner_is_not_locked_out() {
    let rig = Rig::new().await;
    rig.log_in_silently("ada").await;
    rig.pass(1000);
    let mut waits = Vec::new();
    for contact in 0..100 {
        rig.naps();
        let said = guess(&rig, &format!("bot{contact}"), if contact % 2 == 0 { "ada" } else { " ADA" }).await;
        assert!(said.starts_with("The login failed."), "{contact}: {said}");
        waits.push(rig.naps().iter().sum::<Duration>().as_secs());
        rig.pass(if contact < 6 { 0 } else { 20 });
    }
    // The last one comes 20 seconds after the one before it.
    assert_eq!(waits[..8], [0, 1, 3, 5, 10, 10, 10, 0]);
    assert_eq!(rig.sent().iter().filter(|sent| sent.path() == "login").count(), 100);
    // The same words as for a wrong password, although nobody has looked at it.
    assert!(guess(&rig, "bot999", "ada").await.starts_with("The login failed."));
    assert!(rig.paths().is_empty());
    assert!(rig.notices().iter().any(|notice| notice.contains("account: true")));
    assert_eq!(rig.log_in("ada", "balance").await, ["You have 12.50."], "she has logged in with it before");
    assert_eq!(rig.say("bob", "balance").await, ["User?"]);
}

#[tokio::test]
async fn a_service_that_asks_to_wait_is_not_asked_again_before_and_nothing_is_counted() {
    let rig = Rig::new().await;
    for _ in 0..4 {
        guess(&rig, "ada", "ada").await;
    }
    rig.bank(|_| {
        let headers = vec![("retry-after".to_owned(), "120".to_owned())];
        Ok(IncomingResponse::new(429, headers, Vec::new()))
    });
    rig.sent();
    assert_eq!(guess(&rig, "ada", "ada").await, PAUSED);
    assert_eq!(rig.paths(), ["login"]);
    rig.bank(bank);
    rig.pass(100);
    assert_eq!(guess(&rig, "ada", "ada").await, PAUSED);
    assert!(rig.paths().is_empty());
    rig.pass(20);
    assert!(guess(&rig, "ada", "ada").await.starts_with("The login failed."), "that was the fifth");
    assert_eq!(guess(&rig, "ada", "ada").await, PAUSED);
}

#[tokio::test]
async fn what_the_service_did_not_look_at_is_not_counted() {
    let rig = Rig::new().await;
    for fault in 0..8 {
        rig.bank(move |sent| match fault % 3 {
            0 => sent.late(),
            1 => answer(503, ""),
            _ => sent.not_sent(),
        });
        guess(&rig, "ada", "ada").await;
    }
    rig.bank(bank);
    rig.pass(60);
    assert_eq!(rig.log_in("ada", "balance").await, ["You have 12.50."]);
}

#[tokio::test]
async fn a_service_that_says_no_with_200_is_counted_too() {
    let rig = Rig::new().await;
    rig.bank(|_| answer(200, r#"{"error":"wrong password"}"#));
    for _ in 0..5 {
        guess(&rig, "ada", "ada").await;
    }
    assert_eq!(guess(&rig, "ada", "ada").await, PAUSED);
}

#[tokio::test]
async fn a_number_may_log_in_from_five_calls_an_hour() {
    let bot = BOT.replace(
        "fields: { refresh: \"{refresh_token}\" }",
        "fields: { refresh: \"{refresh_token}\" }\n    validation_by_number: true",
    );
    let make = Make { kind: ChannelKind::Phone, bot: bot.leak(), ..Make::default() };
    let rig = Rig::of(make).await;
    let call = async |number: u32| {
        let id = format!("call{number}");
        let contact = countersign_model::Contact { address: "+491".into(), ..Default::default() };
        for (at, text) in ["balance", "17", "18"].into_iter().enumerate() {
            let event = match at {
                0 => Event::Reply(countersign_model::Reply::text(text)),
                _ => Event::Reply(countersign_model::Reply {
                    content: countersign_model::Content::Digits(text.into()),
                    reference: None,
                }),
            };
            let (conversation, contact) = (key(&id), contact.clone());
            let inbound = Inbound { conversation, id: format!("{id}-{at}"), contact, event };
            rig.runner.ingest(vec![inbound]).await.unwrap();
            rig.runner.run_until_idle().await.unwrap();
        }
        rig.heard(&id).last().cloned().unwrap_or_default()
    };
    for number in 0..5 {
        call(number).await;
    }
    assert_eq!(rig.paths().len(), 5);
    assert_eq!(call(5).await, PAUSED);
    assert!(rig.paths().is_empty());
    rig.pass(3600);
    call(6).await;
    assert_eq!(rig.paths().len(), 1);
}

#[tokio::test]
async fn the_operator_is_told_when_most_logins_fail() {
    let rig = Rig::new().await;
    for contact in 0..60 {
        guess(&rig, &format!("bot{contact}"), &format!("user{contact}")).await;
    }
    let told: Vec<_> =
        rig.notices().into_iter().filter(|notice| notice.starts_with("ManyLoginsFail")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("logins: 50, failures: 50"), "{told:?}");
}

#[tokio::test]
async fn a_good_login_forgets_the_failures_before_it() {
    let rig = Rig::new().await;
    for _ in 0..3 {
        for _ in 0..4 {
            guess(&rig, "ada", "ada").await;
        }
        rig.log_in_silently("ada").await;
        rig.pass(1000);
        assert_eq!(rig.say("ada", PASSWORD).await.len(), 1);
    }
}
