//! Short words for the cases, and for other tests of stores.

use std::time::Duration;

use countersign_model::{CallId, Name, OutMessage, Timestamp};
use countersign_vault::Sealed;

use crate::record::{
    BotVersion, Claimed, ClaimedCall, ConversationKey, Delivery, InboundKind, NewCall, NewInbound,
    SealedPayload, SessionCommit, SessionId, StoredSession, TimerChange, TokenRow, TurnCommit, WorkerId,
};
use crate::traits::Store;

pub const SESSION: SessionId = SessionId(77);

pub fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// So many seconds after the beginning of the case.
pub fn at(secs: i64) -> Timestamp {
    Timestamp::from_secs(1_000_000 + secs)
}

pub fn key(address: &str) -> ConversationKey {
    ConversationKey { workspace: name("acme"), channel: name("wa"), address: address.into() }
}

pub fn payload(text: &str) -> SealedPayload {
    SealedPayload { sealed: Sealed::from_bytes(text.as_bytes().to_vec()), expires_at: at(10_000) }
}

pub fn reply(address: &str, id: &str) -> NewInbound {
    NewInbound {
        conversation: key(address),
        id: id.into(),
        kind: InboundKind::Reply,
        payload: Some(payload(id)),
        received_at: at(0),
    }
}

pub fn hung_up(address: &str, id: &str) -> NewInbound {
    NewInbound { kind: InboundKind::HungUp, payload: None, ..reply(address, id) }
}

pub async fn claim(store: &impl Store, secs: i64) -> Option<Claimed> {
    let now = at(secs);
    store.claim(WorkerId(1), now, now.plus(Duration::from_secs(30))).await.unwrap()
}

pub async fn claim_call(store: &impl Store, secs: i64) -> Option<ClaimedCall> {
    let now = at(secs);
    store.claim_call(WorkerId(1), now, now.plus(Duration::from_secs(30))).await.unwrap()
}

/// A turn that keeps a session and nothing else.
pub fn turn(claimed: &Claimed, secs: i64) -> TurnCommit {
    TurnCommit {
        lease: claimed.lease.clone(),
        now: at(secs),
        consumed: claimed.inbound.seq,
        session: Some(SessionCommit {
            stored: StoredSession { id: SESSION, version: BotVersion(5), bytes: b"session".to_vec() },
            calling: None,
            timer: TimerChange::Keep,
            tokens_seen: claimed.conversation.tokens_epoch,
            handed_over: false,
        }),
        transcript: Vec::new(),
        outbox: Vec::new(),
        calls: Vec::new(),
        secrets: Vec::new(),
        leads: Vec::new(),
        counters: Vec::new(),
    }
}

/// A turn that asks for a call.
pub fn calling(claimed: &Claimed, secs: i64, call: u32) -> TurnCommit {
    let mut turn = turn(claimed, secs);
    turn.session.as_mut().unwrap().calling = Some(CallId(call));
    let request = format!("call {call}").into();
    turn.calls.push(NewCall { session: SESSION, call: CallId(call), request, sent_when_kept: false });
    turn
}

/// Lets a message in and asks for a call in its turn.
pub async fn under_way(store: &impl Store, address: &str, secs: i64, call: u32) {
    store.accept(vec![reply(address, &format!("{address}-{call}"))]).await.unwrap();
    let claimed = claim(store, secs).await.unwrap();
    store.commit_turn(calling(&claimed, secs, call)).await.unwrap();
}

/// Lets a message in and says something in its turn.
pub async fn say(store: &impl Store, address: &str, id: &str, texts: &[&str]) {
    store.accept(vec![reply(address, id)]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut turn = turn(&claimed, 0);
    turn.outbox = texts.iter().map(|text| delivery(text)).collect();
    store.commit_turn(turn).await.unwrap();
}

pub fn delivery(text: &str) -> Delivery {
    Delivery::Say(OutMessage::Text(text.into()))
}

pub fn token(component: &str, value: &str, expires: i64) -> TokenRow {
    TokenRow {
        bot: name("bot"),
        component: name(component),
        sealed: Sealed::from_bytes(value.as_bytes().to_vec()),
        expires_at: at(expires),
        logged_in_at: at(0),
        refresh: None,
    }
}
