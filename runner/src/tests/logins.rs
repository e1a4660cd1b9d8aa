use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_engine::{ExpectKind, Reason, Status};
use countersign_model::{ChannelKind, OutMessage};
use countersign_store::{Line, Revocation, Secrets as _};

use super::rig::{PASSWORD, Rig, answer, at_once, bank, key, name};
use crate::Event;

#[tokio::test]
async fn a_login_is_made_once_and_then_passes_in_silence() {
    let rig = Rig::new().await;
    assert_eq!(rig.say("ada", "balance").await, ["User?"]);
    let waiting = rig.runner.look(&key("ada")).await.unwrap().unwrap().status();
    assert!(matches!(waiting, Status::Waiting(expect) if !expect.secret && expect.kind == ExpectKind::Text));
    assert_eq!(rig.say("ada", "ada").await, ["Password?"]);
    let waiting = rig.runner.look(&key("ada")).await.unwrap().unwrap().status();
    assert!(matches!(waiting, Status::Waiting(expect) if expect.secret));
    assert_eq!(rig.say("ada", PASSWORD).await, ["You have 12.50."]);
    let sent = rig.sent();
    assert_eq!((sent[0].method, sent[0].url.as_str()), ("POST", "https://auth.bank.example/login"));
    let body: serde_json::Value = serde_json::from_str(&sent[0].body).unwrap();
    assert_eq!(body, serde_json::json!({ "username": "ada", "password": PASSWORD }));
    assert_eq!(sent[0].headers["content-type"], "application/json");
    assert_eq!(sent[1].url, "https://api.bank.example/accounts/ada/balance");
    assert_eq!((sent[1].bearer(), sent[1].headers["x-key"].as_str()), ("CANARY-token-ada", "CANARY-api-key"));
    assert_eq!(sent.len(), 2);

    assert_eq!(rig.say("ada", "balance").await, ["You have 12.50."]);
    assert_eq!(rig.paths(), ["accounts/ada/balance"]);
    let ended = rig.runner.look(&key("ada")).await.unwrap().unwrap().status();
    assert_eq!(ended, Status::Ended(Reason::Finished));
    let bot = |text: &str| Line::Bot(OutMessage::Text(text.into()));
    let expected = [
        Line::User("balance".into()),
        bot("User?"),
        Line::User("ada".into()),
        bot("Password?"),
        Line::Secret,
        bot("You have 12.50."),
        Line::User("balance".into()),
        bot("You have 12.50."),
    ];
    assert_eq!(rig.transcript("ada").await, expected);
}

#[tokio::test]
async fn a_wrong_password_is_asked_again() {
    let rig = Rig::new().await;
    rig.say("ada", "balance").await;
    rig.say("ada", "ada").await;
    let again = rig.say("ada", "wrong").await;
    assert_eq!(again.last().map(String::as_str), Some("User?"));
    assert_eq!(again.len(), 2);
    assert_eq!(rig.paths(), ["login"], "a login is sent once");
    assert!(rig.held("ada").await.is_none());
    rig.say("ada", "ada").await;
    assert_eq!(rig.say("ada", PASSWORD).await, ["You have 12.50."]);
}

#[tokio::test]
async fn a_token_ends_at_the_earliest_of_three_times() {
    let claims = |exp: i64| URL_SAFE_NO_PAD.encode(format!(r#"{{"exp":{exp}}}"#));
    for (life, exp, expected) in
        [("", 0, 900), (r#","expires_in":300"#, 0, 300), (r#","expires_in":300"#, 120, 90)]
    {
        let rig = Rig::new().await;
        let now = rig.now().as_secs();
        let token = if exp == 0 { "opaque".into() } else { format!("h.{}.s", claims(now + exp)) };
        rig.bank(move |sent| match sent.path() {
            "login" => answer(200, &format!(r#"{{"token":"{token}"{life}}}"#)),
            _ => bank(sent),
        });
        assert_eq!(rig.log_in("ada", "balance").await, ["You have 12.50."]);
        assert_eq!(rig.held("ada").await.unwrap().expires_at.as_secs(), now + expected);
        rig.pass(expected - 1);
        assert_eq!(rig.say("ada", "balance").await, ["You have 12.50."]);
        rig.pass(1);
        assert_eq!(rig.say("ada", "balance").await, ["User?"], "{expected}");
    }
}

#[tokio::test]
async fn a_token_that_is_not_found_is_told_to_the_author_and_nothing_is_stored() {
    let rig = Rig::new().await;
    rig.bank(|_| answer(200, r#"{"data":{"access_token":"CANARY-secret"}}"#));
    let said = rig.log_in("ada", "balance").await;
    assert_eq!(said.len(), 1);
    assert!(!said[0].contains("token") && !said[0].contains("JSON"), "{said:?}");
    assert!(rig.held("ada").await.is_none());
    let told = rig.notices().join("\n");
    assert!(
        told.contains("`token` not found; the answer has the key `data`; did you mean `data.access_token`?")
    );
    assert!(!told.contains("CANARY"), "{told}");
}

#[tokio::test]
async fn a_token_is_renewed_without_a_question() {
    let rig = Rig::new().await;
    let mut renewals = 0;
    rig.bank(move |sent| match sent.path() {
        "login" => answer(200, r#"{"token":"first","refresh":"renew-1"}"#),
        "refresh" => {
            renewals += 1;
            assert!(sent.body.contains(if renewals < 3 { "renew-1" } else { "renew-2" }), "{}", sent.body);
            match renewals {
                1 => answer(200, r#"{"token":"second"}"#),
                2 => answer(200, r#"{"token":"third","refresh":"renew-2"}"#),
                _ => answer(400, r#"{"error":"invalid_grant"}"#),
            }
        }
        _ => answer(200, &format!(r#"{{"balance":"{}"}}"#, sent.bearer().len())),
    });
    rig.log_in("ada", "balance").await;
    let logged_in = rig.held("ada").await.unwrap().logged_in_at;
    for _ in 0..2 {
        rig.sent();
        rig.pass(900);
        assert_eq!(rig.say("ada", "balance").await.len(), 1);
        assert_eq!(rig.paths(), ["refresh", "accounts/ada/balance"]);
        assert_eq!(rig.held("ada").await.unwrap().logged_in_at, logged_in);
    }
    rig.pass(900);
    let said = rig.say("ada", "balance").await;
    assert_eq!(said.last().map(String::as_str), Some("User?"), "the refresh token is over: {said:?}");
}

#[tokio::test]
async fn a_token_that_is_revoked_while_it_is_renewed_does_not_come_back() {
    let rig = Rig::new().await;
    rig.bank(|sent| match sent.path() {
        "login" => answer(200, r#"{"token":"first","refresh":"renew-1"}"#),
        _ => bank(sent),
    });
    rig.log_in("ada", "balance").await;
    rig.pass(900);
    let store = rig.store.clone();
    rig.bank(move |sent| match sent.path() {
        "refresh" => {
            let all = Revocation { workspace: name("acme"), channel: None, address: None, component: None };
            assert_eq!(at_once(store.revoke(&all)).unwrap(), 1);
            answer(200, r#"{"token":"second"}"#)
        }
        _ => bank(sent),
    });
    assert_eq!(rig.say("ada", "balance").await.last().map(String::as_str), Some("User?"));
    assert!(rig.held("ada").await.is_none());
}

#[tokio::test]
async fn a_login_lapses_and_the_user_is_told() {
    let rig = Rig::new().await;
    rig.say("ada", "balance").await;
    rig.say("ada", "ada").await;
    assert_eq!(
        rig.runner.next_due().await.unwrap().unwrap(),
        rig.now().plus(std::time::Duration::from_secs(900))
    );
    rig.pass(900);
    assert!(rig.idle("ada").await.is_empty());
    assert!(rig.store.answers(&key("ada"), &name("login")).await.unwrap().is_empty());
    let said = rig.say("ada", PASSWORD).await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(rig.paths().is_empty());
    assert_eq!(rig.transcript("ada").await.iter().filter(|line| **line == Line::Secret).count(), 1);
}

#[tokio::test]
async fn what_is_over_is_removed() {
    let rig = Rig::new().await;
    rig.log_in("ada", "balance").await;
    rig.pass(899);
    rig.idle("ada").await;
    assert!(rig.held("ada").await.is_some());
    rig.pass(61);
    rig.idle("ada").await;
    assert!(rig.held("ada").await.is_none());
}

#[tokio::test]
async fn a_revoked_token_is_asked_for_again() {
    let rig = Rig::new().await;
    rig.log_in("ada", "balance").await;
    let all = Revocation { workspace: name("acme"), channel: None, address: None, component: None };
    assert_eq!(rig.store.revoke(&all).await.unwrap(), 1);
    assert_eq!(rig.say("ada", "balance").await, ["User?"]);
}

#[tokio::test]
async fn a_revocation_in_mid_script_stops_the_token() {
    let rig = Rig::new().await;
    rig.log_in("ada", "balance").await;
    rig.text_in("ada", "balance").await;
    assert!(rig.runner.turn().await.unwrap());
    let all = Revocation { workspace: name("acme"), channel: None, address: None, component: None };
    rig.store.revoke(&all).await.unwrap();
    rig.sent();
    let said = rig.idle("ada").await;
    assert_eq!(said.last().map(String::as_str), Some("User?"));
    assert!(rig.paths().is_empty(), "the call that waited was not sent");
}

#[tokio::test]
async fn hanging_up_takes_the_token_of_the_call() {
    let rig = Rig::on(ChannelKind::Phone).await;
    rig.log_in("call-1", "balance").await;
    assert!(rig.held("call-1").await.is_some());
    rig.let_in("call-1", Event::HungUp).await;
    rig.idle("call-1").await;
    assert!(rig.held("call-1").await.is_none());
    assert_eq!(rig.transcript("call-1").await.last(), Some(&Line::HungUp));
}

#[tokio::test]
async fn hanging_up_in_a_login_leaves_no_token() {
    let rig = Rig::on(ChannelKind::Phone).await;
    let runner = rig.runner.clone();
    let inbound = || crate::Inbound {
        conversation: key("call-1"),
        id: "bye".into(),
        contact: Default::default(),
        event: Event::HungUp,
    };
    rig.bank(move |sent| {
        super::rig::at_once(runner.ingest(vec![inbound()])).unwrap();
        assert!(super::rig::at_once(runner.turn()).unwrap());
        bank(sent)
    });
    assert!(rig.log_in("call-1", "balance").await.is_empty());
    assert_eq!(rig.paths(), ["login"]);
    assert!(rig.held("call-1").await.is_none());
}

#[tokio::test]
async fn a_login_that_ends_when_nobody_waits_for_it_leaves_no_token_that_the_session_does_not_know() {
    let rig = Rig::new().await;
    rig.say("ada", "balance").await;
    rig.say("ada", "ada").await;
    rig.text_in("ada", PASSWORD).await;
    assert!(rig.runner.turn().await.unwrap());
    // She leaves while the login is under way, and its outcome comes before anybody has looked at that.
    rig.let_in("ada", Event::HungUp).await;
    assert!(rig.runner.call().await.unwrap());
    assert!(rig.held("ada").await.is_some());
    rig.idle("ada").await;
    let held = rig.held("ada").await;
    assert_eq!(rig.paths(), ["login"]);
    assert_eq!(rig.say("ada", "balance").await, ["You have 12.50."], "what is held is used: {held:?}");
}

#[tokio::test]
async fn a_login_that_ends_after_the_phone_call_leaves_no_token() {
    let rig = Rig::on(ChannelKind::Phone).await;
    for text in ["balance", "ada", PASSWORD] {
        rig.text_in("call1", text).await;
    }
    while rig.runner.turn().await.unwrap() {}
    rig.let_in("call1", Event::HungUp).await;
    rig.runner.call().await.unwrap();
    rig.idle("call1").await;
    assert!(rig.held("call1").await.is_none());
}
