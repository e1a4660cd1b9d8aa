//! Logins that are admitted by the turn which asks for them, with workers that take them up at once.

use std::time::Duration;

use countersign_egress::IncomingResponse;
use countersign_model::{CallId, ChannelKind, Contact, Reply};
use countersign_store::SessionId;

use super::rig::{BOT, PASSWORD, Rig, answer, bank, bot, key};
use super::working::{AtWork, said};
use crate::admission::Login;
use crate::sealing::Owner;
use crate::{Event, Inbound, IngestError};

const PAUSED: &str = "There were too many logins. Please try again later.";

/// Goes as far as the question for the password.
async fn asks_for_the_password(rig: &Rig, contact: &str, account: &str) {
    rig.text_in(contact, "balance").await;
    assert_eq!(said(rig, contact, 1).await, ["User?"]);
    rig.text_in(contact, account).await;
    assert_eq!(said(rig, contact, 1).await, ["Password?"]);
}

/// Gives the first thing that the bot says to a password.
async fn answers(rig: &Rig, contact: &str, account: &str, password: &str) -> String {
    asks_for_the_password(rig, contact, account).await;
    rig.text_in(contact, password).await;
    let first = said(rig, contact, 1).await.remove(0);
    rig.text_in(contact, "cancel").await;
    rig.runner.run_until_idle().await.unwrap();
    rig.heard(contact);
    first
}

fn nothing_is_left(rig: &Rig) -> bool {
    rig.runner.inner().promised.is_empty()
}

#[tokio::test(start_paused = true)]
async fn a_login_needs_no_write_of_its_own() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    asks_for_the_password(&rig, "ada", "ada").await;
    rig.text_in("ada", PASSWORD).await;
    assert_eq!(said(&rig, "ada", 1).await, ["You have 12.50."]);
    assert_eq!(rig.flaky.marks(), 0);
    assert_eq!(rig.paths(), ["login", "accounts/ada/balance"]);
    assert!(nothing_is_left(&rig));
    work.end().await;
    // Nobody is at work who would send it at once, so it says when it does.
    assert_eq!(rig.log_in("bob", "balance").await, ["You have 12.50."]);
    assert_eq!(rig.flaky.marks(), 1);
}

#[tokio::test(start_paused = true)]
async fn five_failures_pause_a_contact() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    for attempt in 0..5 {
        // Always another account, because the second login with one has to wait.
        let first = answers(&rig, "ada", &format!("ada{attempt}"), "wrong").await;
        assert!(first.starts_with("The login failed."), "{attempt}: {first}");
    }
    assert_eq!((rig.paths().len(), rig.flaky.marks()), (5, 0));
    assert_eq!(answers(&rig, "ada", "bob", "wrong").await, PAUSED);
    assert!(rig.paths().is_empty() && nothing_is_left(&rig));
    assert_eq!(answers(&rig, "bob", "bob", PASSWORD).await, "You have 12.50.", "nobody else is touched");
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_login_that_has_to_wait_is_counted_when_it_is_sent() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    assert!(answers(&rig, "ada", "shared", "wrong").await.starts_with("The login failed."));
    rig.naps();
    assert!(answers(&rig, "bob", "shared", "wrong").await.starts_with("The login failed."));
    assert_eq!(rig.naps()[..1], [Duration::from_secs(1)], "another contact waits for the account");
    assert_eq!(rig.flaky.marks(), 1);
    assert!(nothing_is_left(&rig));
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_the_service_did_not_look_at_is_given_back() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    for fault in 0..12 {
        rig.bank(move |sent| match fault % 3 {
            0 => sent.late(),
            1 => sent.lost(),
            _ => Ok(IncomingResponse::new(503, Vec::new(), Vec::new())),
        });
        let first = answers(&rig, "ada", "ada", "wrong").await;
        assert_ne!(first, PAUSED, "{fault}");
    }
    // By now the server rests: what is not sent at all is given back too.
    assert!(rig.notices().iter().any(|notice| notice.starts_with("CallShut")));
    tokio::time::sleep(Duration::from_secs(60)).await;
    rig.bank(bank);
    assert_eq!(answers(&rig, "ada", "ada", PASSWORD).await, "You have 12.50.");
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_is_not_kept_promises_nothing() {
    let rig = Rig::timed().await;
    let work = AtWork::on(&rig.runner);
    for _ in 0..8 {
        asks_for_the_password(&rig, "ada", "ada").await;
        rig.flaky.breaks(true);
        let contact = Contact { address: "ada".into(), ..Contact::default() };
        let event = Event::Reply(Reply::text(PASSWORD));
        let inbound = Inbound { conversation: key("ada"), id: "lost".into(), contact, event };
        let kept = rig.runner.ingest(vec![inbound]).await;
        assert!(matches!(kept, Err(IngestError::Store(_))), "{kept:?}");
        assert!(nothing_is_left(&rig));
        rig.flaky.breaks(false);
        tokio::time::sleep(Duration::from_secs(10)).await;
        rig.text_in("ada", "cancel").await;
        said(&rig, "ada", 1).await;
    }
    assert!(rig.paths().is_empty());
    assert_eq!(answers(&rig, "ada", "ada", PASSWORD).await, "You have 12.50.", "nothing was counted");
    work.end().await;
}

#[tokio::test(start_paused = true)]
async fn many_guesses_at_one_account_at_once_do_not_pass_its_limit() {
    let rig = Rig::timed().await;
    rig.bank(|sent| if sent.path() == "login" { answer(401, "{}") } else { bank(sent) });
    rig.slow(|_| Duration::from_secs(2));
    let work = AtWork::on(&rig.runner);
    let contacts: Vec<_> = (0..150).map(|number| format!("contact{number}")).collect();
    for text in ["balance", "shared", "wrong"] {
        for contact in &contacts {
            rig.text_in(contact, text).await;
        }
    }
    for contact in &contacts {
        let told = said(&rig, contact, 3).await;
        assert!(told[2].starts_with("The login failed."), "{told:?}");
    }
    let sent = rig.paths().len();
    assert!((50..=100).contains(&sent), "{sent}");
    assert!(nothing_is_left(&rig));
    work.end().await;
}

#[tokio::test]
async fn a_promise_that_nobody_takes_up_is_forgotten() {
    let rig = Rig::new().await;
    let (inner, bot, now) = (rig.runner.inner(), bot(BOT), rig.now());
    let conversation = key("ada");
    let owner = Owner { conversation: &conversation, kind: ChannelKind::Whatsapp };
    let login = Login::of(owner, &bot, &bot.tokens[0]);
    let admitted = async || {
        let looked = inner.look(&login, &[], None, now).await.unwrap().unwrap();
        looked.admitted(&inner.limits.logins, now)
    };
    let call = |number| (SessionId(1), CallId(number));
    inner.promised.promise(call(1), admitted().await, now).keep();
    drop(inner.promised.promise(call(2), admitted().await, now));
    assert!(inner.promised.take(call(2)).is_none(), "its turn was not kept");
    rig.pass(59);
    rig.runner.sweep().await.unwrap();
    assert!(!inner.promised.is_empty());
    rig.pass(1);
    rig.runner.sweep().await.unwrap();
    assert!(inner.promised.take(call(1)).is_none());
}
