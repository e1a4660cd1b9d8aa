//! Auth services and APIs that misbehave: a kind sentence, nothing stored, and the login sent once.

use std::time::Duration;

use countersign_bank::{Bank, BankOptions, FaultKind};

use super::world::World;

/// What an answer to a login can be, other than one.
fn broken() -> Vec<FaultKind> {
    vec![
        FaultKind::Hang,
        FaultKind::Reset,
        FaultKind::ResetAfter,
        FaultKind::Status(500),
        FaultKind::StatusAfter(502),
        FaultKind::Truncated,
        FaultKind::Garbage,
        FaultKind::Html,
        FaultKind::EmptyBody,
        FaultKind::EndlessBody,
        FaultKind::TrailingGarbage,
        FaultKind::TokenElsewhere,
        FaultKind::TokenNull,
        FaultKind::TokenEmpty,
        FaultKind::TokenList,
        FaultKind::TokenWithNewline,
        FaultKind::TokenDuplicateKey,
        FaultKind::Redirect("/login/plain".to_owned()),
    ]
}

#[tokio::test]
async fn a_broken_answer_to_a_login() {
    for fault in broken() {
        let world = World::impatient("password-json", Duration::from_millis(400)).await;
        let alice = world.whatsapp("+15550100");
        alice.says("balance").await;
        alice.says("alice").await;
        world.bank.bank().faults().once("/login", fault.clone());
        let told = alice.says("wonderland").await;
        assert_eq!(told.len(), 1, "{fault:?}: one sentence: {told:?}");
        assert_kind(&told[0]);
        assert_eq!(world.bank.stats().requests("POST", "/login"), 1, "{fault:?}: sent once");
        assert_eq!(world.held(&alice).await, 0, "{fault:?}: nothing is stored");
        assert_eq!(
            world.sealed_answers(&alice, "bank-login").await,
            0,
            "{fault:?}: the password is forgotten"
        );

        assert_eq!(alice.says("balance").await, ["What is your username?"], "{fault:?}");
        alice.says("alice").await;
        let told = alice.says("wonderland").await;
        assert_eq!(told, ["Which account, checking or savings?"], "{fault:?}: the next one works");
    }
}

#[tokio::test]
async fn a_broken_plain_text_answer() {
    for fault in
        [FaultKind::EmptyBody, FaultKind::EndlessBody, FaultKind::TokenWithNewline, FaultKind::Garbage]
    {
        let world = World::impatient("plain-token", Duration::from_millis(400)).await;
        let alice = world.whatsapp("+15550100");
        alice.says("balance").await;
        alice.says("alice").await;
        world.bank.bank().faults().once("/login/plain", fault.clone());
        let told = alice.says("wonderland").await;
        assert_eq!(told.len(), 1, "{fault:?}: {told:?}");
        assert_kind(&told[0]);
        assert_eq!(world.bank.stats().requests("POST", "/login/plain"), 1, "{fault:?}");
        assert_eq!(world.held(&alice).await, 0, "{fault:?}");
    }
}

#[tokio::test]
async fn answers_that_are_only_unusual() {
    for fault in [
        FaultKind::Slow(Duration::from_millis(50)),
        FaultKind::Drip(Duration::from_micros(10)),
        FaultKind::TokenTwice,
    ] {
        let world = World::open("password-json").await;
        let alice = world.whatsapp("+15550100");
        alice.says("balance").await;
        alice.says("alice").await;
        world.bank.bank().faults().once("/login", fault.clone());
        let told = alice.says("wonderland").await;
        assert_eq!(told, ["Which account, checking or savings?"], "{fault:?}");
        assert_eq!(alice.says("checking").await, ["You have 1234.50 EUR."], "{fault:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let world = World::open("password-json").await;
    let clock = world.clock.clone();
    let thief = Bank::start(BankOptions::new(std::sync::Arc::new(move || clock.now()))).await.unwrap();
    world.allow(thief.addr);
    world.bank.bank().faults().always("/login", FaultKind::Redirect(format!("{}/login", thief.url())));
    let alice = world.whatsapp("+15550100");
    alice.says("balance").await;
    alice.says("alice").await;
    let told = alice.says("wonderland").await;
    assert_kind(&told[0]);
    let seen = thief.stats();
    assert_eq!(seen.requests("POST", "/login") + seen.requests("GET", "/login"), 0);
}

#[tokio::test]
async fn a_broken_api_leaves_the_token_alone() {
    for fault in [
        FaultKind::Hang,
        FaultKind::Reset,
        FaultKind::Status(500),
        FaultKind::Garbage,
        FaultKind::Html,
        FaultKind::EndlessBody,
        FaultKind::Truncated,
        FaultKind::Redirect("/".to_owned()),
    ] {
        let world = World::impatient("dead-token", Duration::from_millis(300)).await;
        let alice = world.whatsapp("+15550100");
        alice.logs_in("balance", "alice", "wonderland").await;
        world.bank.bank().faults().always("/accounts/*", fault.clone());
        let told = alice.says("checking").await;
        assert_eq!(told.len(), 1, "{fault:?}: {told:?}");
        assert_kind(&told[0]);
        world.bank.bank().faults().clear();
        alice.says("balance").await;
        assert_eq!(alice.says("checking").await, ["Your checking account has 1234.50 EUR."], "{fault:?}");
        assert_eq!(world.bank.stats().logins(), 1, "{fault:?}");
    }
}

/// A sentence for a person: nothing of it is for a machine or a programmer.
fn assert_kind(told: &str) {
    let lower = told.to_lowercase();
    for word in [
        "http",
        "json",
        "127.0.0.1",
        "error",
        "timeout",
        "token",
        "null",
        "{",
        "exception",
        "status",
        "wonderland",
    ] {
        assert!(!lower.contains(word), "`{told}` has `{word}` in it");
    }
    assert!(told.len() > 20 && !told.contains('!'), "`{told}`");
}
