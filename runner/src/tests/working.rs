//! The workers of a server, in a time that stands still but for what is waited for.

use std::time::Duration;

use countersign_store::{Conversations as _, Keys as _, Outbox as _, Upkeep as _};
use countersign_vault::Scope;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::rig::{PASSWORD, Rig, answer, bank, key, name};
use crate::{Runner, Workers};

pub(super) struct AtWork {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl AtWork {
    pub(super) fn on(runner: &Runner) -> Self {
        Self::with(runner, Workers::default())
    }

    fn with(runner: &Runner, workers: Workers) -> Self {
        let stop = CancellationToken::new();
        let (runner, token) = (runner.clone(), stop.clone());
        Self { stop, task: tokio::spawn(async move { runner.work(workers, token).await }) }
    }

    pub(super) async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// Waits until so much was said to a contact.
pub(super) async fn said(rig: &Rig, address: &str, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    let watch = rig.runner.watch(&key(address));
    loop {
        all.extend(rig.heard(address));
        if all.len() >= count {
            return all;
        }
        watch.changed().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_contacts_at_once_have_their_own_tokens_and_their_own_order() {
    let rig = Rig::timed().await;
    rig.bank(|sent| match sent.path() {
        "login" => bank(sent),
        path => {
            let owner = path.split('/').nth(1).unwrap_or_else(|| panic!("{path}"));
            assert_eq!(sent.bearer(), format!("CANARY-token-{owner}"));
            answer(200, &format!(r#"{{"balance":"of {owner}"}}"#))
        }
    });
    // Each takes another time, so that they overtake one another.
    rig.slow(|sent| {
        Duration::from_millis(sent.body.len() as u64 * 37 % 90 + sent.url.len() as u64 * 53 % 70)
    });
    let work = AtWork::on(&rig.runner);
    let contacts: Vec<_> = (0..1000).map(|number| format!("contact{}", number * 7919)).collect();
    for text in ["balance", "", PASSWORD, "balance", "hello"] {
        for contact in &contacts {
            rig.text_in(contact, if text.is_empty() { contact } else { text }).await;
        }
    }
    for contact in &contacts {
        let balance = format!("You have of {contact}.");
        let expected = ["User?", "Password?", &balance, &balance, "Hello."];
        assert_eq!(said(&rig, contact, expected.len()).await, expected, "{contact}");
    }
    work.end().await;
    assert_eq!(rig.sent().len(), 3000);
    let backlog = rig.store.backlog().await.unwrap();
    assert_eq!((backlog.inbox, backlog.calls, backlog.outbox), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_comes_in_is_answered_at_once_and_nobody_looks_when_there_is_nothing() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let began = Instant::now();
    rig.text_in("ada", "balance").await;
    assert_eq!(said(&rig, "ada", 1).await, ["User?"]);
    rig.text_in("ada", "ada").await;
    assert_eq!(said(&rig, "ada", 1).await, ["Password?"]);
    rig.text_in("ada", PASSWORD).await;
    assert_eq!(said(&rig, "ada", 1).await, ["You have 12.50."]);
    assert!(began.elapsed().is_zero(), "{:?}", began.elapsed());
    let claims = rig.flaky.claims();
    assert!(claims < 16, "{claims} claims for five turns, two calls and three deliveries");
    tokio::time::sleep(Duration::from_secs(600)).await;
    let claims = rig.flaky.claims();
    assert!(claims < 700, "{claims} claims in ten minutes of silence");
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_finds_all_hands_full_is_taken_up_when_one_is_free() {
    let rig = Rig::timed().await;
    rig.slow(|_| Duration::from_secs(1));
    let work = AtWork::with(&rig.runner, Workers { turns: 1, calls: 1, deliveries: 1, ..Workers::default() });
    let contacts = ["ada", "bob", "eve"];
    for text in ["balance", "", PASSWORD] {
        for contact in contacts {
            rig.text_in(contact, if text.is_empty() { contact } else { text }).await;
        }
    }
    let began = Instant::now();
    for contact in contacts {
        assert_eq!(said(&rig, contact, 3).await, ["User?", "Password?", "You have 12.50."], "{contact}");
    }
    // A login and a call of each, and never two at once.
    assert_eq!(began.elapsed().as_secs(), 6);
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn timers_go_off_when_they_are_due() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    let began = Instant::now();
    rig.text_in("ada", "pause").await;
    assert_eq!(said(&rig, "ada", 1).await, ["Back."]);
    let late = began.elapsed().saturating_sub(Duration::from_secs(60));
    assert!(began.elapsed() >= Duration::from_secs(60) && late < Duration::from_millis(10), "{late:?}");
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_held_outbox_makes_nobody_spin_and_goes_on_by_itself() {
    let rig = Rig::timed().await;
    rig.store.hold_outbox(true).await.unwrap();
    let work = AtWork::on(&rig.runner);
    rig.text_in("ada", "hello").await;
    tokio::time::sleep(Duration::from_secs(100)).await;
    let claims = rig.flaky.claims();
    assert!(claims < 100 * 4 * 5, "{claims}");
    assert!(rig.heard("ada").is_empty());
    rig.store.hold_outbox(false).await.unwrap();
    assert_eq!(said(&rig, "ada", 1).await, ["Hello."]);
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_store_that_fails_is_asked_less_and_less_and_nothing_is_lost() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    rig.slow(|_| Duration::from_secs(2));
    rig.text_in("ada", "balance").await;
    assert_eq!(said(&rig, "ada", 1).await, ["User?"]);
    rig.text_in("ada", "ada").await;
    assert_eq!(said(&rig, "ada", 1).await, ["Password?"]);
    rig.text_in("ada", PASSWORD).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    rig.text_in("bob", "hello").await;
    // The login is under way, and its outcome comes while nothing can be kept.
    rig.flaky.breaks(true);
    rig.flaky.claims();
    tokio::time::sleep(Duration::from_secs(10)).await;
    let claims = rig.flaky.claims();
    assert!((2..60).contains(&claims), "{claims}");
    rig.flaky.breaks(false);
    assert_eq!(said(&rig, "bob", 1).await, ["Hello."]);
    assert_eq!(said(&rig, "ada", 1).await, ["You have 12.50."]);
    assert_eq!(rig.paths(), ["login", "accounts/ada/balance"], "each was sent once");
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_lets_end_what_has_begun_and_begins_nothing() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    rig.slow(|_| Duration::from_secs(5));
    for text in ["balance", "ada"] {
        rig.text_in("ada", text).await;
        said(&rig, "ada", 1).await;
    }
    rig.text_in("ada", PASSWORD).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    work.end().await;
    assert_eq!(began.elapsed(), Duration::from_secs(4));
    assert!(rig.held("ada").await.is_some(), "the token is kept");
    let backlog = rig.store.backlog().await.unwrap();
    assert_eq!((backlog.inbox, backlog.calls), (1, 0), "its outcome waits for the next start");
    rig.slow(|_| Duration::ZERO);
    let work = AtWork::on(&rig.runner);
    assert_eq!(said(&rig, "ada", 1).await, ["You have 12.50."]);
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_stop_waits_no_longer_than_the_grace() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    rig.slow(|_| Duration::MAX);
    for text in ["balance", "ada"] {
        rig.text_in("ada", text).await;
        said(&rig, "ada", 1).await;
    }
    rig.text_in("ada", PASSWORD).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let began = Instant::now();
    work.end().await;
    assert_eq!(began.elapsed(), Workers::default().grace);
    // As after a crash: it had been sent, so the user is told.
    rig.slow(|_| Duration::ZERO);
    let work = AtWork::on(&rig.runner);
    assert_eq!(said(&rig, "ada", 1).await.len(), 1);
    assert_eq!(rig.paths(), ["login"]);
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_server_that_hangs_harms_nobody_else() {
    let rig = Rig::timed().await;
    let hung: Vec<_> = (0..60).map(|number| format!("contact{number}")).collect();
    for contact in &hung {
        rig.log_in_silently(contact).await;
    }
    rig.slow(|sent| if sent.host() == "api.bank.example" { Duration::from_secs(10) } else { Duration::ZERO });
    rig.bank(|sent| if sent.host() == "api.bank.example" { sent.late() } else { bank(sent) });
    let work = AtWork::on(&rig.runner);
    for contact in &hung {
        rig.text_in(contact, "balance").await;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    let began = Instant::now();
    for text in ["balance", "zoe"] {
        rig.text_in("zoe", text).await;
        said(&rig, "zoe", 1).await;
    }
    assert!(began.elapsed().is_zero(), "the login of another is not held up");
    for contact in &hung {
        assert_eq!(said(&rig, contact, 1).await.len(), 1, "everybody is told");
    }
    rig.sent();
    rig.text_in("zoe", PASSWORD).await;
    let told = said(&rig, "zoe", 1).await;
    assert!(!told[0].contains("12.50"), "{told:?}");
    assert_eq!(rig.paths(), ["login"], "the server is left alone");
    assert!(rig.notices().iter().any(|notice| notice.starts_with("ServerRests")));
    tokio::time::sleep(Duration::from_secs(40)).await;
    rig.slow(|_| Duration::ZERO);
    rig.bank(bank);
    rig.text_in("zoe", "balance").await;
    assert_eq!(said(&rig, "zoe", 1).await, ["You have 12.50."]);
    assert!(rig.notices().iter().any(|notice| notice.starts_with("ServerBack")));
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_blocked_head_blocks_only_its_own_conversation() {
    let rig = Rig::timed().await;
    let later =
        |secs| crate::SendError::Later { after: Some(Duration::from_secs(secs)), done: 0, code: None };
    rig.mailbox.refusals.lock().unwrap().push(later(100));
    let work = AtWork::on(&rig.runner);
    let began = Instant::now();
    rig.text_in("ada", "hello").await;
    rig.text_in("ada", "pay").await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    rig.text_in("bob", "hello").await;
    assert_eq!(said(&rig, "bob", 1).await, ["Hello."]);
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(said(&rig, "ada", 2).await, ["Hello.", "How much?"]);
    assert!(began.elapsed() >= Duration::from_secs(100) && began.elapsed() < Duration::from_secs(101));
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn data_keys_that_another_program_makes_or_removes_are_made_or_removed_here_too() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    let (acme, mut other) = (name("acme"), rig.ring().await);
    let scope = Scope::for_workspace(acme.clone(), "x".into());
    let old = other.seal(&scope, &"old".into()).unwrap();
    let key = other.new_data_key(&acme).unwrap();
    rig.store.add_data_key(key).await.unwrap();
    let new = other.seal(&scope, &"new".into()).unwrap();
    let opens = |sealed| rig.runner.inner().vault.open(&scope, sealed, rig.now()).is_ok();
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(opens(&old) && !opens(&new));
    rig.flaky.change_outside();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(opens(&old) && opens(&new));
    rig.store.remove_data_key(&acme, 1).await.unwrap();
    rig.flaky.change_outside();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(!opens(&old) && opens(&new));
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn many_contacts_that_share_an_account_do_not_hold_one_another_up() {
    let rig = Rig::timed().await;
    rig.slow(|_| Duration::from_millis(30));
    let work = AtWork::on(&rig.runner);
    let contacts: Vec<_> = (0..40).map(|number| format!("contact{number}")).collect();
    for text in ["balance", "shared", PASSWORD] {
        for contact in &contacts {
            rig.text_in(contact, text).await;
        }
    }
    let began = Instant::now();
    for contact in &contacts {
        assert_eq!(said(&rig, contact, 3).await[2], "You have 12.50.");
    }
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_damaged_row_holds_up_nobody() {
    let rig = Rig::timed().await;
    rig.flaky.damages(3);
    let work = AtWork::on(&rig.runner);
    let began = Instant::now();
    rig.text_in("ada", "hello").await;
    assert_eq!(said(&rig, "ada", 1).await, ["Hello."]);
    assert!(began.elapsed().is_zero());
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_message_is_kept_with_its_turn_and_needs_no_place_in_the_inbox() {
    let rig = Rig::timed().await;
    rig.text_in("ada", "hello").await;
    let pending = rig.store.pending(&key("ada")).await.unwrap();
    assert_eq!((pending.inbox, pending.lines), (1, 0), "nobody is at work who would carry the turn out");
    let work = AtWork::on(&rig.runner);
    assert_eq!(said(&rig, "ada", 1).await, ["Hello."]);
    rig.text_in("ada", "hello").await;
    let pending = rig.store.pending(&key("ada")).await.unwrap();
    assert_eq!((pending.inbox, pending.lines), (0, 4));
    assert_eq!(said(&rig, "ada", 1).await, ["Hello."]);
    work.end().await;
    rig.text_in("ada", "hello").await;
    assert_eq!(rig.store.pending(&key("ada")).await.unwrap().inbox, 1, "after the stop nothing is begun");
}

#[tokio::test(start_paused = true)]
async fn a_sender_who_goes_away_stops_nothing() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(tokio::time::timeout(Duration::ZERO, rig.text_in("ada", "hello")).await.is_err());
    assert_eq!(said(&rig, "ada", 1).await, ["Hello."]);
    work.end().await;
}
