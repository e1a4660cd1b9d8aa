use countersign_model::{CallId, OutMessage, TimerId};

use super::fixture::{
    SESSION, at, calling, claim, claim_call, delivery, hung_up, key, name, payload, reply, turn, under_way,
};
use crate::error::CommitError;
use crate::record::{AnswerRow, CallCompletion, InboundKind, Lead, Line, Pending, SecretChange, TimerChange};
use crate::traits::Store;

pub async fn a_commit_keeps_everything(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(store, 1).await.unwrap();
    assert!(claimed.conversation.session.is_none());
    assert!(store.conversation(&key("ada")).await.unwrap().is_none());

    let mut turn = calling(&claimed, 1, 4);
    turn.session.as_mut().unwrap().timer = TimerChange::Set(TimerId(2), at(900));
    turn.transcript = vec![Line::Secret, Line::Bot(OutMessage::Text("Hello".into()))];
    turn.outbox = vec![delivery("Hello")];
    let answer = AnswerRow { component: name("login"), index: 1, value: payload("sealed") };
    turn.secrets = vec![SecretChange::PutAnswer(answer.clone())];
    let lead = Lead { form: name("form"), answers: vec![("a".into(), "b".into())], at: at(1) };
    turn.leads = vec![lead.clone()];
    store.commit_turn(turn).await.unwrap();

    let kept = store.conversation(&key("ada")).await.unwrap().unwrap();
    let session = kept.session.unwrap();
    assert_eq!((session.id, session.bytes.as_slice()), (SESSION, b"session".as_slice()));
    assert_eq!(kept.calling, Some(CallId(4)));
    let transcript = store.transcript(&key("ada"), 0, 10).await.unwrap();
    assert_eq!(transcript.len(), 2);
    assert_eq!((transcript[0].at, &transcript[0].line), (at(1), &Line::Secret));
    assert_eq!(store.transcript(&key("ada"), 1, 10).await.unwrap(), transcript[1..]);
    assert_eq!(store.transcript(&key("ada"), 0, 1).await.unwrap(), transcript[..1]);
    assert_eq!(store.answers(&key("ada"), &name("login")).await.unwrap(), [answer]);
    assert_eq!(store.leads(&key("ada")).await.unwrap(), [lead]);
    assert_eq!(store.next_due().await.unwrap(), Some(at(1)), "the delivery");
    assert_eq!(claim_call(store, 1).await.unwrap().request, b"call 4");
    assert!(claim(store, 1).await.is_none());
}

pub async fn a_commit_without_a_session_takes_the_row_alone(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    store.accept(vec![hung_up("ada", "m2")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut turn = turn(&claimed, 0);
    turn.session = None;
    store.commit_turn(turn).await.unwrap();
    let kept = store.conversation(&key("ada")).await.unwrap().unwrap();
    assert_eq!(kept.calling, Some(CallId(1)));
    assert!(claim_call(store, 0).await.is_some());
    assert!(claim(store, 0).await.is_none());
}

pub async fn a_lost_lease_commits_nothing(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let slow = claim(store, 0).await.unwrap();
    let fast = claim(store, 31).await.unwrap();
    let mut late = turn(&slow, 32);
    late.outbox = vec![delivery("twice")];
    late.transcript = vec![Line::User("twice".into())];
    assert!(matches!(store.commit_turn(late).await, Err(CommitError::LeaseLost)));
    assert!(store.conversation(&key("ada")).await.unwrap().is_none());
    store.commit_turn(turn(&fast, 33)).await.unwrap();
    assert!(store.transcript(&key("ada"), 0, 10).await.unwrap().is_empty());
    assert_eq!(store.next_due().await.unwrap(), None);
}

pub async fn a_lease_that_ran_out_may_commit_until_it_is_taken(store: &impl Store) {
    store.accept(vec![reply("ada", "m1")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(turn(&claimed, 100)).await.unwrap();
    assert!(claim(store, 100).await.is_none());
}

pub async fn a_commit_cannot_be_repeated(store: &impl Store) {
    store.accept(vec![reply("ada", "m1"), reply("ada", "m2")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
    assert!(matches!(store.commit_turn(turn(&claimed, 0)).await, Err(CommitError::LeaseLost)));
    let next = claim(store, 0).await.unwrap();
    assert_eq!(next.inbound.id, "m2");
    assert!(matches!(store.commit_turn(turn(&claimed, 0)).await, Err(CommitError::LeaseLost)));
    store.commit_turn(turn(&next, 0)).await.unwrap();
}

pub async fn replies_wait_while_a_call_is_under_way(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    store.accept(vec![reply("ada", "m2"), hung_up("ada", "m3"), reply("bob", "m4")]).await.unwrap();
    // Hanging up does not wait, and nobody waits for another's call.
    let first = claim(store, 0).await.unwrap();
    assert_eq!((first.inbound.id.as_str(), first.inbound.kind), ("m3", InboundKind::HungUp));
    let second = claim(store, 0).await.unwrap();
    assert_eq!(second.inbound.id, "m4");
    assert!(claim(store, 0).await.is_none());
}

pub async fn a_call_ends_and_replies_go_on_in_order(store: &impl Store) {
    under_way(store, "ada", 0, 1).await;
    store.accept(vec![reply("ada", "m2"), reply("ada", "m3")]).await.unwrap();
    assert!(claim(store, 0).await.is_none());
    let call = claim_call(store, 0).await.unwrap();
    let completion = CallCompletion {
        lease: call.lease,
        now: at(1),
        id: "outcome-1".into(),
        payload: payload("outcome"),
        token: None,
        counters: Vec::new(),
    };
    store.complete_call(completion).await.unwrap();
    let mut seen = Vec::new();
    while let Some(claimed) = claim(store, 1).await {
        seen.push(claimed.inbound.id.clone());
        store.commit_turn(turn(&claimed, 1)).await.unwrap();
    }
    assert_eq!(seen, ["outcome-1", "m2", "m3"]);
}

pub async fn lines_are_counted_and_read_from_anywhere(store: &impl Store) {
    let line = |n: usize| Line::User(n.to_string());
    let mut said = 0;
    for (id, lines) in [("m1", 3), ("m2", 0), ("m3", 1), ("m4", 2)] {
        store.accept(vec![reply("ada", id)]).await.unwrap();
        let claimed = claim(store, 0).await.unwrap();
        let mut next = turn(&claimed, 0);
        next.transcript = (said..said + lines).map(line).collect();
        said += lines;
        store.commit_turn(next).await.unwrap();
    }
    assert_eq!(store.pending(&key("ada")).await.unwrap().lines, 6);
    for from in 0..=7 {
        for limit in [0, 1, 2, 3, 10, usize::MAX] {
            let rows = store.transcript(&key("ada"), from as u64, limit).await.unwrap();
            let expected: Vec<_> = (from..6).take(limit).map(line).collect();
            let rows: Vec<_> = rows.into_iter().map(|row| row.line).collect();
            assert_eq!(rows, expected, "{limit} from {from}");
        }
    }
    assert!(store.transcript(&key("bob"), 0, 9).await.unwrap().is_empty());
}

pub async fn what_is_under_way_is_known(store: &impl Store) {
    assert_eq!(store.pending(&key("ada")).await.unwrap(), Pending::default());
    store.accept(vec![reply("ada", "m1"), reply("ada", "m2"), reply("bob", "m3")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    assert_eq!(store.pending(&key("ada")).await.unwrap(), Pending { inbox: 2, ..Pending::default() });
    let mut next = calling(&claimed, 0, 1);
    next.transcript = vec![Line::Secret];
    next.outbox = vec![delivery("one"), delivery("two")];
    store.commit_turn(next).await.unwrap();
    let expected = Pending { inbox: 1, calls: 1, outbox: 2, lines: 1 };
    assert_eq!(store.pending(&key("ada")).await.unwrap(), expected);
}
