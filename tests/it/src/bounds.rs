//! Bounds that the real program keeps: what it pays for on a day, new contacts, and bots that answer it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::crash::SILENCE;
use crate::live::{Server, World, run};

const BOT: &str = "countersign: 1\nbot: greeter\nname: Greeter\nlanguage: en\nscripts:\n  - id: hello\n    triggers: \
                   [hello]\n    steps:\n      - message: \"Hello.\"\n";

/// Returns when a metric has this value.
async fn counted(server: &Server, line: &str) {
    let counted = tokio::time::timeout(SILENCE, async {
        while !server.get("/metrics").await.1.lines().any(|found| found == line) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(
        counted.await.is_ok(),
        "there is no `{line}`:\n{}\n{}",
        server.get("/metrics").await.1,
        server.log()
    );
}

#[expect(clippy::disallowed_methods, reason = "the program under test reads the clock of the machine")]
fn clock() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

#[test]
fn a_bound_of_paid_messages_outlives_a_restart() {
    run(async {
        let before = clock();
        let (world, provider, _) = World::new().await;
        let mut server = Server::new(&provider, BOT, "", "[limits]\npaid_sends_per_day = 3\n");
        assert!(server.start(&world, None).await);
        let mut users: Vec<_> = (0..4).map(|n| world.join(&format!("491110{n}"))).collect();
        for (n, user) in users[..2].iter_mut().enumerate() {
            world.say(&format!("491110{n}"), "1", "hello").await;
            assert_eq!(user.recv().await.as_deref(), Some("Hello."));
        }
        server.kill(&world);
        assert!(server.start(&world, None).await);
        world.say("4911102", "1", "hello").await;
        assert_eq!(users[2].recv().await.as_deref(), Some("Hello."));
        world.say("4911103", "1", "hello").await;
        // At midnight another day begins, and it may go.
        if clock() / 86_400 == before / 86_400 {
            counted(&server, "countersign_paid_sends_used_up_total 1").await;
            assert!(users[3].try_recv().is_err());
            assert!(server.log().contains("limits.paid_sends_per_day"), "{}", server.log());
            assert!(!server.log().contains("4911103"), "the log names nobody");
        }
    });
}

#[test]
fn a_bound_of_new_contacts_outlives_a_restart() {
    run(async { while !are_too_many_after_a_restart().await {} });
}

/// Gives `false` when it did not all happen within one minute of the clock.
async fn are_too_many_after_a_restart() -> bool {
    let before = clock();
    let (world, provider, _) = World::new().await;
    let mut server = Server::new(&provider, BOT, "", "[limits]\nnew_contacts_per_minute = 2\n");
    assert!(server.start(&world, None).await);
    let mut users: Vec<_> = (0..3).map(|n| world.join(&format!("493330{n}"))).collect();
    for (n, user) in users[..2].iter_mut().enumerate() {
        world.say(&format!("493330{n}"), "1", "hello").await;
        assert_eq!(user.recv().await.as_deref(), Some("Hello."));
    }
    server.kill(&world);
    assert!(server.start(&world, None).await);
    world.say("4933302", "1", "hello").await;
    world.say("4933300", "2", "hello").await;
    assert_eq!(users[0].recv().await.as_deref(), Some("Hello."), "who has written before goes on");
    if clock() / 60 != before / 60 {
        return false;
    }
    counted(&server, "countersign_newcomers_left_out_total{channel=\"wa\"} 1").await;
    assert!(users[2].try_recv().is_err());
    true
}

#[test]
fn two_bots_do_not_talk_for_ever() {
    run(async {
        let (world, provider, _) = World::new().await;
        let mut server = Server::new(&provider, BOT, "", "");
        assert!(server.start(&world, None).await);
        let mut bot = world.join("4922200");
        for n in 0..4 {
            world.say("4922200", &n.to_string(), "Sorry, what do you mean by that?").await;
            assert!(bot.recv().await.is_some());
        }
        for n in 4..9 {
            world.say("4922200", &n.to_string(), "Sorry, what do you mean by that?").await;
        }
        counted(&server, "countersign_pingpongs_total{channel=\"wa\"} 1").await;
        let mut ada = world.join("4922201");
        world.say("4922201", "1", "hello").await;
        assert_eq!(ada.recv().await.as_deref(), Some("Hello."));
        assert!(bot.try_recv().is_err(), "nothing more is said to it");
        assert!(!server.log().contains("Sorry"), "the log holds nothing of what it said");
    });
}
