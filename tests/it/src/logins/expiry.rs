//! Tokens that are over: by time, and by what an API says.

use std::time::Duration;

use countersign_bank::FaultKind;

use super::world::World;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_token_ends_by_its_time_to_live_and_is_asked_for_once() {
    // The bank's own tokens live for a day: what ends them here is the component's `ttl` alone.
    let world = World::with("password-json", |bank| bank.token_lifetime = 24 * 60 * MINUTE).await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    assert_eq!(alice.says("checking").await, ["You have 1234.50 EUR."]);
    world.pass(14 * MINUTE).await;
    assert_eq!(alice.says("balance").await, ["Which account, checking or savings?"]);
    assert_eq!(alice.says("checking").await, ["You have 1234.50 EUR."]);
    world.pass(2 * MINUTE).await;
    assert_eq!(alice.says("balance").await, ["What is your username?"]);
    assert_eq!(alice.says("alice").await, ["What is your password?"]);
    assert_eq!(alice.says("wonderland").await, ["Which account, checking or savings?"]);
    assert_eq!(alice.says("savings").await, ["You have 10000.00 EUR."]);
    let stats = world.bank.stats();
    assert_eq!((stats.logins_ok, stats.logins(), stats.api_refused), (2, 2, 0));
}

#[tokio::test]
async fn a_token_that_ends_in_mid_script_is_asked_for_and_the_answer_is_kept() {
    let world = World::with("dead-token", |bank| bank.token_lifetime = 24 * 60 * MINUTE).await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    world.pass(20 * MINUTE).await;
    let told = alice.says("savings").await;
    assert_eq!(told.last().unwrap(), "What is your username?", "{told:?}");
    assert_eq!(alice.says("alice").await, ["What is your password?"]);
    assert_eq!(alice.says("wonderland").await, ["Your savings account has 10000.00 EUR."]);
    let stats = world.bank.stats();
    // A token that is known to be over is not sent at all.
    assert_eq!((stats.requests("GET", "/accounts/savings/balance"), stats.api_refused), (1, 0));
}

#[tokio::test]
async fn the_tokens_own_end_comes_before_the_ttl() {
    // The JWT says 60 seconds, the component 900.
    let world = World::with("dead-token", |bank| bank.token_lifetime = MINUTE).await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    alice.says("savings").await;
    world.pass(2 * MINUTE).await;
    assert_eq!(alice.says("balance").await, ["What is your username?"]);
    assert_eq!(world.bank.stats().api_refused, 0);
}

#[tokio::test]
async fn a_401_in_mid_script_repeats_the_same_call_once() {
    let world = World::open("dead-token").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    world.bank.bank().revoke_access("alice");
    let told = alice.says("savings").await;
    assert_eq!(told.last().unwrap(), "What is your username?", "{told:?}");
    assert_eq!(alice.says("alice").await, ["What is your password?"]);
    assert_eq!(alice.says("wonderland").await, ["Your savings account has 10000.00 EUR."]);
    let stats = world.bank.stats();
    assert_eq!(stats.requests("GET", "/accounts/savings/balance"), 2);
    assert_eq!((stats.logins_ok, stats.api_calls, stats.api_refused), (2, 1, 1));
    assert_eq!(world.held(&alice).await, 1, "the dead token is gone, the new one is kept");
}

#[tokio::test]
async fn the_repeated_call_carries_the_same_idempotency_key() {
    let world = World::open("dead-token").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("save", "alice", "wonderland").await;
    world.bank.bank().revoke_access("alice");
    let told = alice.says("10").await;
    assert_eq!(told.last().unwrap(), "What is your username?", "{told:?}");
    alice.says("alice").await;
    let told = alice.says("wonderland").await;
    assert_eq!(told, ["10 EUR are in your savings. Your checking account has 1224.50 EUR."]);
    let sent = world.wire.sent("POST", "/transfer");
    assert_eq!(sent.len(), 2);
    let keys: Vec<_> = sent.iter().map(|sent| sent.header("idempotency-key").unwrap()).collect();
    assert_eq!(keys[0], keys[1]);
    assert_eq!(sent[0].body, sent[1].body);
    assert_ne!(sent[0].header("authorization"), sent[1].header("authorization"));
    assert_eq!(world.bank.stats().transfers, 1);

    alice.says("save").await;
    alice.says("5").await;
    let next = world.wire.sent("POST", "/transfer").pop().unwrap();
    assert_ne!(next.header("idempotency-key").unwrap(), keys[0], "another transfer has another key");
    assert_eq!(world.bank.stats().transfers, 2);
}

#[tokio::test]
async fn a_401_allows_to_repeat_a_post_without_a_key() {
    let world = World::open("dead-token").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("risk", "alice", "wonderland").await;
    world.bank.bank().revoke_access("alice");
    alice.says("10").await;
    alice.says("alice").await;
    let told = alice.says("wonderland").await;
    assert_eq!(told, ["10 EUR are in your savings. Your checking account has 1224.50 EUR."]);
    assert_eq!(world.bank.stats().transfers, 1);
}

#[tokio::test]
async fn the_other_signs_of_a_dead_token() {
    for fault in [FaultKind::DeadToken403, FaultKind::DeadTokenBody] {
        let world = World::open("dead-token").await;
        world.bank.bank().faults().once("/accounts/savings/balance", fault.clone());
        let alice = world.whatsapp("+15550100");
        alice.logs_in("balance", "alice", "wonderland").await;
        let told = alice.says("savings").await;
        assert_eq!(told.last().unwrap(), "What is your username?", "{fault:?}: {told:?}");
        alice.says("alice").await;
        assert_eq!(alice.says("wonderland").await, ["Your savings account has 10000.00 EUR."], "{fault:?}");
        assert_eq!(world.bank.stats().requests("GET", "/accounts/savings/balance"), 2);
    }
}

#[tokio::test]
async fn a_token_that_is_always_dead_does_not_go_round() {
    let world = World::open("dead-token").await;
    world.bank.bank().faults().always("/accounts/*", FaultKind::DeadToken401);
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    alice.says("savings").await;
    alice.says("alice").await;
    let told = alice.says("wonderland").await;
    assert_eq!(told.len(), 1, "{told:?}");
    let stats = world.bank.stats();
    assert_eq!((stats.logins(), stats.requests("GET", "/accounts/savings/balance")), (2, 2));
}

#[tokio::test]
async fn a_403_without_the_sign_is_no_dead_token() {
    let world = World::open("dead-token").await;
    world.bank.bank().faults().once("/accounts/savings/balance", FaultKind::Status(403));
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    let told = alice.says("savings").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(alice.says("balance").await.len(), 1);
    assert_eq!(alice.says("savings").await, ["Your savings account has 10000.00 EUR."]);
    assert_eq!(world.bank.stats().logins(), 1);
}
