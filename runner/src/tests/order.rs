use std::time::Duration;

use countersign_store::{Conversations as _, Line, Outbox as _, WorkerId};

use super::rig::{PASSWORD, Rig, answer, key, name};
use crate::{Event, Inbound, IngestError, SendError};

#[tokio::test]
async fn replies_wait_while_a_call_is_under_way_and_keep_their_order() {
    let rig = Rig::new().await;
    for text in ["balance", "ada", PASSWORD, "hello", "pay", "7"] {
        rig.text_in("ada", text).await;
    }
    let said = rig.idle("ada").await;
    assert_eq!(said, ["User?", "Password?", "You have 12.50.", "Hello.", "How much?", "Paid 7: t1."]);
}

#[tokio::test]
async fn what_comes_twice_happens_once() {
    let rig = Rig::new().await;
    let hello = || Inbound {
        conversation: key("ada"),
        id: "same".into(),
        contact: Default::default(),
        event: Event::Reply(countersign_model::Reply::text("hello")),
    };
    assert_eq!(rig.runner.ingest(vec![hello(), hello()]).await.unwrap(), [true, false]);
    assert_eq!(rig.idle("ada").await, ["Hello."]);
    assert_eq!(rig.runner.ingest(vec![hello()]).await.unwrap(), [false]);
    assert!(rig.idle("ada").await.is_empty());
}

#[tokio::test]
async fn an_unknown_channel_is_refused() {
    let rig = Rig::new().await;
    let mut conversation = key("ada");
    conversation.channel = name("fax");
    let contact = Default::default();
    let inbound = Inbound { conversation, id: "m".into(), contact, event: Event::Begin };
    let error = rig.runner.ingest(vec![inbound]).await.unwrap_err();
    assert!(matches!(error, IngestError::UnknownChannel { .. }));
    assert_eq!(error.to_string(), "there is no channel `fax` in the workspace `acme`");
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_commits_nothing() {
    let rig = Rig::new().await;
    rig.text_in("ada", "hello").await;
    // Another worker holds the conversation and is gone; later it is taken up again, once.
    let now = rig.now();
    let gone = rig.store.claim(WorkerId(9), now, now.plus(Duration::from_secs(30))).await.unwrap().unwrap();
    assert!(rig.idle("ada").await.is_empty());
    rig.pass(30);
    assert_eq!(rig.idle("ada").await, ["Hello."]);
    assert!(rig.store.release(&gone.lease).await.is_err());
    assert!(rig.idle("ada").await.is_empty());
}

#[tokio::test]
async fn many_contacts_at_once_use_their_own_tokens() {
    let rig = Rig::new().await;
    rig.bank(|sent| match sent.path() {
        "login" => super::rig::bank(sent),
        path => {
            let owner = path.split('/').nth(1).unwrap();
            assert_eq!(sent.bearer(), format!("CANARY-token-{owner}"));
            answer(200, &format!(r#"{{"balance":"of {owner}"}}"#))
        }
    });
    let contacts: Vec<_> = (0..30).map(|n| format!("contact{n}")).collect();
    for text in ["balance", "", PASSWORD, "balance"] {
        for contact in &contacts {
            rig.text_in(contact, if text.is_empty() { contact } else { text }).await;
        }
    }
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let runner = rig.runner.clone();
            tokio::spawn(async move {
                // A worker that finds nothing may be too early: another holds what will give more.
                for _ in 0..200 {
                    while runner.tick().await.unwrap() {}
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    for contact in &contacts {
        let balance = format!("You have of {contact}.");
        assert_eq!(rig.heard(contact), ["User?", "Password?", &balance, &balance], "{contact}");
    }
}

#[tokio::test]
async fn deliveries_are_repeated_or_put_aside() {
    let rig = Rig::new().await;
    let later = |after| SendError::Later { after, done: 0, code: None };
    *rig.mailbox.refusals.lock().unwrap() = vec![later(Some(Duration::from_secs(100))), later(None)];
    rig.text_in("ada", "hello").await;
    assert!(rig.idle("ada").await.is_empty());
    let wait = rig.runner.next_due().await.unwrap().unwrap().since(rig.now());
    assert!(wait >= Duration::from_millis(500) && wait <= Duration::from_secs(1), "{wait:?}");
    rig.pass(1);
    assert!(rig.idle("ada").await.is_empty());
    assert_eq!(rig.runner.next_due().await.unwrap().unwrap().since(rig.now()), Duration::from_secs(100));
    rig.pass(100);
    assert_eq!(rig.idle("ada").await, ["Hello."]);

    *rig.mailbox.refusals.lock().unwrap() = vec![SendError::Never { code: Some("131026".into()) }];
    assert!(rig.say("ada", "hello").await.is_empty());
    assert_eq!(rig.store.dead_letters(&name("acme")).await.unwrap().len(), 1);
    assert_eq!(rig.say("ada", "hello").await, ["Hello."]);

    *rig.mailbox.refusals.lock().unwrap() = vec![later(None), later(None)];
    rig.say("ada", "hello").await;
    rig.pass(24 * 3600);
    assert!(rig.idle("ada").await.is_empty());
    assert_eq!(rig.store.dead_letters(&name("acme")).await.unwrap().len(), 2, "a day is enough");
}

#[tokio::test]
async fn a_pause_ends_by_itself() {
    let rig = Rig::new().await;
    assert!(rig.say("ada", "pause").await.is_empty());
    rig.pass(59);
    assert!(rig.idle("ada").await.is_empty());
    rig.pass(1);
    assert_eq!(rig.idle("ada").await, ["Back."]);
    assert_eq!(rig.transcript("ada").await.first(), Some(&Line::User("pause".into())));
}
