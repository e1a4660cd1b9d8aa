//! What may happen once happens once: transfers whose answer is lost, and programs that are killed.

use std::time::Duration;

use countersign_bank::FaultKind;
use countersign_model::Reply;
use countersign_runner::Event;

use super::world::World;

#[tokio::test]
async fn a_transfer_without_a_key_is_not_repeated_when_the_answer_was_lost() {
    let world = World::open("dead-token").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("risk", "alice", "wonderland").await;
    world.bank.bank().faults().once("/transfer", FaultKind::ResetAfter);
    let told = alice.says("10").await;
    assert_eq!(told, ["I had no answer from the bank, so I cannot say whether the money was moved."]);
    let stats = world.bank.stats();
    assert_eq!((stats.requests("POST", "/transfer"), stats.transfers), (1, 1));
}

#[tokio::test]
async fn a_transfer_with_a_key_is_repeated_and_done_once() {
    let world = World::open("dead-token").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("save", "alice", "wonderland").await;
    world.bank.bank().faults().once("/transfer", FaultKind::ResetAfter);
    let told = alice.says("10").await;
    assert_eq!(told, ["10 EUR are in your savings. Your checking account has 1224.50 EUR."]);
    let stats = world.bank.stats();
    assert_eq!((stats.requests("POST", "/transfer"), stats.transfers), (2, 1));
    let keys: Vec<_> = world.wire.sent("POST", "/transfer");
    assert_eq!(keys[0].header("idempotency-key"), keys[1].header("idempotency-key"));
    assert!(keys[0].header("idempotency-key").is_some_and(|key| !key.is_empty()));
}

#[tokio::test]
async fn a_get_whose_answer_was_lost_is_repeated() {
    let world = World::open("dead-token").await;
    let alice = world.whatsapp("+15550100");
    alice.logs_in("balance", "alice", "wonderland").await;
    world.bank.bank().faults().once("/accounts/checking/balance", FaultKind::ResetAfter);
    assert_eq!(alice.says("checking").await, ["Your checking account has 1234.50 EUR."]);
    assert_eq!(world.bank.stats().requests("GET", "/accounts/checking/balance"), 2);
}

#[tokio::test]
async fn killed_between_the_commit_and_the_login() {
    let mut world = World::open("password-json").await;
    {
        let alice = world.whatsapp("+15550100");
        alice.says("balance").await;
        alice.says("alice").await;
        alice.drops_in(Event::Reply(Reply::text("wonderland"))).await;
        assert!(world.runner.turn().await.unwrap());
    }
    assert_eq!(world.bank.stats().logins(), 0);
    world.restart();
    world.runner.run_until_idle().await.unwrap();
    let alice = world.whatsapp("+15550100");
    assert_eq!(world.bank.stats().logins_ok, 1, "the login had not been sent, so it is sent now");
    assert_eq!(alice.says("checking").await, ["You have 1234.50 EUR."]);
    assert_eq!(world.bank.stats().logins(), 1);
}

#[tokio::test]
async fn killed_while_the_login_was_on_its_way() {
    for fault in [FaultKind::Hang, FaultKind::Slow(Duration::from_secs(5))] {
        let mut world = World::open("password-json").await;
        {
            let alice = world.whatsapp("+15550100");
            alice.says("balance").await;
            alice.says("alice").await;
            alice.drops_in(Event::Reply(Reply::text("wonderland"))).await;
            assert!(world.runner.turn().await.unwrap());
            world.bank.bank().faults().once("/login", fault.clone());
            let arrived = async {
                while world.bank.stats().requests("POST", "/login") == 0 {
                    tokio::task::yield_now().await;
                }
            };
            tokio::select! {
                ended = world.runner.call() => panic!("the login ended: {ended:?}"),
                () = arrived => {}
            }
        }
        world.restart();
        // The claim of the dead program has to run out first.
        world.pass(Duration::from_secs(10 * 60)).await;
        let alice = world.whatsapp("+15550100");
        let lines = world.heard.lines(&alice.conversation, 0);
        assert_eq!(lines.len(), 3, "{fault:?}: the user is told: {lines:?}");
        assert_eq!(world.bank.stats().requests("POST", "/login"), 1, "{fault:?}: submitted at most once");
        assert_eq!(world.held(&alice).await, 0);
        assert_eq!(world.sealed_answers(&alice, "bank-login").await, 0);
        assert_eq!(alice.says("balance").await, ["What is your username?"]);
        alice.says("alice").await;
        assert_eq!(alice.says("wonderland").await, ["Which account, checking or savings?"]);
        assert_eq!(world.bank.stats().requests("POST", "/login"), 2);
    }
}

#[tokio::test]
async fn killed_after_the_login_and_before_the_turn() {
    let mut world = World::open("password-json").await;
    {
        let alice = world.whatsapp("+15550100");
        alice.says("balance").await;
        alice.says("alice").await;
        alice.drops_in(Event::Reply(Reply::text("wonderland"))).await;
        assert!(world.runner.turn().await.unwrap());
        assert!(world.runner.call().await.unwrap());
    }
    world.restart();
    let alice = world.whatsapp("+15550100");
    world.runner.run_until_idle().await.unwrap();
    assert_eq!(alice.reads(), ["Which account, checking or savings?"]);
    assert_eq!(alice.says("checking").await, ["You have 1234.50 EUR."]);
    assert_eq!(world.bank.stats().logins(), 1);
}

#[tokio::test]
async fn killed_while_a_transfer_with_a_key_was_on_its_way() {
    let mut world = World::open("dead-token").await;
    {
        let alice = world.whatsapp("+15550100");
        alice.logs_in("save", "alice", "wonderland").await;
        alice.drops_in(Event::Reply(Reply::text("10"))).await;
        assert!(world.runner.turn().await.unwrap());
        let done = async {
            while world.bank.stats().transfers == 0 {
                tokio::task::yield_now().await;
            }
        };
        // Carried out, but nobody was there any more to read the answer.
        world.bank.bank().faults().once("/transfer", FaultKind::Drip(Duration::from_millis(200)));
        tokio::select! {
            ended = world.runner.call() => panic!("the transfer ended: {ended:?}"),
            () = done => {}
        }
    }
    world.restart();
    world.pass(Duration::from_secs(10 * 60)).await;
    let alice = world.whatsapp("+15550100");
    let lines = world.heard.lines(&alice.conversation, 0);
    assert_eq!(lines.last().unwrap(), "10 EUR are in your savings. Your checking account has 1224.50 EUR.");
    let stats = world.bank.stats();
    assert_eq!((stats.requests("POST", "/transfer"), stats.transfers), (2, 1));
}

#[tokio::test]
async fn the_same_message_twice_does_nothing() {
    use countersign_model::Contact;
    use countersign_runner::Inbound;
    let world = World::open("password-json").await;
    let alice = world.whatsapp("+15550100");
    let inbound = || Inbound {
        conversation: alice.conversation.clone(),
        id: "from-the-provider".to_owned(),
        contact: Contact::default(),
        event: Event::Reply(Reply::text("balance")),
    };
    assert_eq!(world.runner.ingest(vec![inbound(), inbound()]).await.unwrap(), [true, false]);
    world.runner.run_until_idle().await.unwrap();
    assert_eq!(world.runner.ingest(vec![inbound()]).await.unwrap(), [false]);
    world.runner.run_until_idle().await.unwrap();
    assert_eq!(alice.reads(), ["What is your username?"]);
}
