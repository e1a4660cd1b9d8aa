//! Tokens that are renewed without the user.

use std::time::Duration;

use countersign_bank::FaultKind;

use super::world::World;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_token_is_renewed_again_and_again_without_a_question() {
    for bot in ["refresh", "bank"] {
        let world = World::open(bot).await;
        let alice = world.whatsapp("+15550100");
        alice.logs_in("balance", "alice", "wonderland").await;
        for _ in 0..3 {
            world.pass(16 * MINUTE).await;
            let mut told = alice.says("balance").await;
            if bot == "bank" {
                told = alice.says("checking").await;
            }
            assert_eq!(told, ["You have 1234.50 EUR."], "{bot}");
        }
        let stats = world.bank.stats();
        assert_eq!((stats.logins_ok, stats.refreshes_ok, stats.refreshes_refused), (1, 3, 0), "{bot}");
        assert_eq!(stats.api_refused, 0, "{bot}");
    }
}

#[tokio::test]
async fn a_dead_token_is_renewed_in_mid_script() {
    let world = World::open("refresh").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    world.bank.bank().revoke_access("alice");
    assert_eq!(alice.says("balance").await, ["You have 1234.50 EUR."]);
    let stats = world.bank.stats();
    assert_eq!((stats.logins_ok, stats.refreshes_ok, stats.api_refused), (1, 1, 1));
}

#[tokio::test]
async fn when_the_refresh_token_is_dead_the_user_is_asked() {
    let world = World::open("refresh").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    world.bank.bank().revoke_all("alice");
    let told = alice.says("balance").await;
    assert_eq!(told.last().unwrap(), "What is your username?", "{told:?}");
    alice.says("alice").await;
    assert_eq!(alice.says("wonderland").await, ["You have 1234.50 EUR."]);
    assert_eq!(world.bank.stats().refreshes_refused, 1);
}

#[tokio::test]
async fn a_refresh_whose_answer_was_lost_is_not_sent_again() {
    // The bank ends the session of a refresh token that comes twice, so a repeat would harm.
    let world = World::open("refresh").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    world.pass(6 * MINUTE).await;
    world.bank.bank().faults().once("/oauth/token", FaultKind::ResetAfter);
    let told = alice.says("balance").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(world.bank.stats().requests("POST", "/oauth/token"), 2, "one login, one refresh");
}

#[tokio::test]
async fn when_the_auth_service_is_down_nothing_is_lost() {
    let world = World::open("refresh").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    world.pass(6 * MINUTE).await;
    world.bank.bank().faults().once("/oauth/token", FaultKind::Status(503));
    let told = alice.says("balance").await;
    assert!(told.len() == 1 && !told[0].contains("username"), "{told:?}");
    assert_eq!(alice.says("balance").await, ["You have 1234.50 EUR."]);
    let stats = world.bank.stats();
    assert_eq!((stats.logins_ok, stats.refreshes_ok), (1, 1));
}
