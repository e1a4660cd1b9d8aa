use countersign_vault::{MasterKey, Sealed, WrappedKey};

use super::fixture::{at, calling, claim, claim_call, key, name, payload, reply, token, turn};
use crate::console::{Expected, RecordKey, RecordValue, RecordWrite};
use crate::record::{
    AnswerRow, CallCompletion, InboundKind, NewInbound, RefreshToken, ResealedToken, Retention, Revocation,
    SealedPayload, SealedToken, SecretChange, Swept, TokenRow,
};
use crate::traits::Store;

/// Keeps a token the way it comes: as the result of a call.
async fn keep(store: &impl Store, address: &str, id: &str, row: TokenRow) {
    store.accept(vec![reply(address, id)]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(calling(&claimed, 0, 1)).await.unwrap();
    let lease = claim_call(store, 0).await.unwrap().lease;
    let (now, payload) = (at(0), payload("outcome"));
    let completion =
        CallCompletion { lease, now, id: format!("o-{id}"), payload, token: Some(row), counters: Vec::new() };
    store.complete_call(completion).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    assert!(matches!(claimed.inbound.kind, InboundKind::Outcome { .. }));
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
}

async fn change(store: &impl Store, address: &str, id: &str, changes: Vec<SecretChange>) {
    store.accept(vec![reply(address, id)]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    let mut turn = turn(&claimed, 0);
    turn.secrets = changes;
    store.commit_turn(turn).await.unwrap();
}

fn answer(component: &str, index: u8, value: &str) -> AnswerRow {
    AnswerRow { component: name(component), index, value: payload(value) }
}

pub async fn answers_are_kept_and_forgotten(store: &impl Store) {
    let put = |component, index, value| SecretChange::PutAnswer(answer(component, index, value));
    change(store, "ada", "m1", vec![put("a", 0, "x"), put("a", 1, "y"), put("b", 0, "z")]).await;
    change(store, "ada", "m2", vec![put("a", 0, "new")]).await;
    let mut kept = store.answers(&key("ada"), &name("a")).await.unwrap();
    kept.sort_by_key(|answer| answer.index);
    assert_eq!(kept, [answer("a", 0, "new"), answer("a", 1, "y")]);
    assert!(store.answers(&key("bob"), &name("a")).await.unwrap().is_empty());
    change(store, "ada", "m3", vec![SecretChange::ForgetAnswers(name("a"))]).await;
    assert!(store.answers(&key("ada"), &name("a")).await.unwrap().is_empty());
    assert_eq!(store.answers(&key("ada"), &name("b")).await.unwrap(), [answer("b", 0, "z")]);
    change(store, "ada", "m4", vec![SecretChange::ForgetAllAnswers]).await;
    assert!(store.answers(&key("ada"), &name("b")).await.unwrap().is_empty());
}

pub async fn tokens_are_kept_by_bot_and_component(store: &impl Store) {
    keep(store, "ada", "m1", token("a", "one", 100)).await;
    keep(store, "ada", "m2", token("b", "two", 100)).await;
    keep(store, "ada", "m3", TokenRow { bot: name("other"), ..token("a", "three", 100) }).await;
    keep(store, "bob", "m4", token("a", "four", 100)).await;
    let of = async |address: &str, bot: &str, component: &str| {
        let kept = store.token(&key(address), &name(bot), &name(component)).await.unwrap();
        kept.map(|token| String::from_utf8(token.sealed.into_bytes()).unwrap())
    };
    assert_eq!(of("ada", "bot", "a").await.as_deref(), Some("one"));
    assert_eq!(of("ada", "other", "a").await.as_deref(), Some("three"));
    assert_eq!(of("bob", "bot", "a").await.as_deref(), Some("four"));
    assert_eq!(of("bob", "bot", "b").await, None);
    let mut held: Vec<_> = store.held(&key("ada"), &name("bot")).await.unwrap();
    held.sort_by_key(|token| token.component.clone());
    let components: Vec<_> = held.iter().map(|token| token.component.as_str()).collect();
    assert_eq!(components, ["a", "b"]);
    let forget = SecretChange::ForgetToken { bot: name("bot"), component: name("a") };
    change(store, "ada", "m5", vec![forget]).await;
    assert_eq!(of("ada", "bot", "a").await, None);
    assert_eq!(of("ada", "bot", "b").await.as_deref(), Some("two"));
    change(store, "ada", "m6", vec![SecretChange::ForgetAllTokens]).await;
    assert!(store.held(&key("ada"), &name("bot")).await.unwrap().is_empty());
    assert_eq!(of("bob", "bot", "a").await.as_deref(), Some("four"));
}

pub async fn changes_happen_in_order(store: &impl Store) {
    let put = |value| SecretChange::PutAnswer(answer("a", 0, value));
    let forget = || SecretChange::ForgetAnswers(name("a"));
    change(store, "ada", "m1", vec![put("x"), forget(), put("y")]).await;
    assert_eq!(store.answers(&key("ada"), &name("a")).await.unwrap(), [answer("a", 0, "y")]);
    change(store, "ada", "m2", vec![put("x"), forget()]).await;
    assert!(store.answers(&key("ada"), &name("a")).await.unwrap().is_empty());
}

pub async fn a_revocation_is_seen_by_the_conversation(store: &impl Store) {
    keep(store, "ada", "m1", token("a", "one", 100)).await;
    let before = store.conversation(&key("ada")).await.unwrap().unwrap();
    let which = Revocation { workspace: name("acme"), channel: None, address: None, component: None };
    assert_eq!(store.revoke(&which).await.unwrap(), 1);
    assert_eq!(store.revoke(&which).await.unwrap(), 0);
    store.accept(vec![reply("ada", "m2")]).await.unwrap();
    let claimed = claim(store, 0).await.unwrap();
    assert!(claimed.conversation.tokens_epoch > before.tokens_epoch);
    assert_ne!(claimed.conversation.tokens_epoch, claimed.conversation.tokens_seen);
    // One that comes during the turn is seen by the next.
    let mut turn = turn(&claimed, 0);
    turn.session.as_mut().unwrap().tokens_seen = claimed.conversation.tokens_epoch;
    store.commit_turn(turn).await.unwrap();
    let after = store.conversation(&key("ada")).await.unwrap().unwrap();
    assert_eq!(after.tokens_epoch, after.tokens_seen);
}

pub async fn a_revocation_takes_what_it_names_only(store: &impl Store) {
    keep(store, "ada", "m1", token("a", "one", 100)).await;
    keep(store, "ada", "m2", token("b", "two", 100)).await;
    keep(store, "bob", "m3", token("a", "three", 100)).await;
    let all = Revocation { workspace: name("acme"), channel: None, address: None, component: None };
    let nothing = [
        Revocation { workspace: name("other"), ..all.clone() },
        Revocation { channel: Some(name("sms")), ..all.clone() },
        Revocation { address: Some("zoe".into()), ..all.clone() },
        Revocation { component: Some(name("c")), ..all.clone() },
        Revocation { address: Some("bob".into()), component: Some(name("b")), ..all.clone() },
    ];
    for which in nothing {
        assert_eq!(store.revoke(&which).await.unwrap(), 0, "{which:?}");
    }
    let one = Revocation { component: Some(name("a")), address: Some("ada".into()), ..all };
    assert_eq!(store.revoke(&one).await.unwrap(), 1);
    let left = store.tokens(&name("acme"), at(0)).await.unwrap();
    let mut left: Vec<_> =
        left.iter().map(|t| (t.conversation.address.as_str(), t.component.as_str())).collect();
    left.sort_unstable();
    assert_eq!(left, [("ada", "b"), ("bob", "a")]);
}

pub async fn what_is_over_is_swept(store: &impl Store) {
    let refresh =
        |until| Some(RefreshToken { sealed: Sealed::from_bytes(b"r".to_vec()), expires_at: at(until) });
    keep(store, "ada", "m1", token("short", "one", 100)).await;
    keep(store, "ada", "m2", TokenRow { refresh: refresh(500), ..token("renewable", "two", 100) }).await;
    keep(store, "ada", "m3", token("long", "three", 1000)).await;
    let over = SealedPayload { expires_at: at(50), ..payload("x") };
    let soon = AnswerRow { value: over, ..answer("a", 0, "x") };
    change(store, "ada", "m4", vec![SecretChange::PutAnswer(soon)]).await;
    assert_eq!(store.sweep(at(49), &Retention::default()).await.unwrap(), Swept::default());
    assert_eq!(
        store.sweep(at(100), &Retention::default()).await.unwrap(),
        Swept { tokens: 1, answers: 1, ids: 0, lines: 0, records: 0 }
    );
    assert_eq!(store.tokens(&name("acme"), at(100)).await.unwrap().len(), 1, "one is over but renewable");
    assert_eq!(store.held(&key("ada"), &name("bot")).await.unwrap().len(), 2);
    assert_eq!(
        store.sweep(at(500), &Retention::default()).await.unwrap(),
        Swept { tokens: 1, answers: 0, ids: 0, lines: 0, records: 0 }
    );
    let month = 30 * 24 * 3600;
    assert_eq!(store.accept(vec![reply("ada", "m1")]).await.unwrap(), [false]);
    assert_eq!(
        store.sweep(at(month), &Retention::default()).await.unwrap(),
        Swept { tokens: 1, answers: 0, ids: 4, lines: 0, records: 0 }
    );
}

pub async fn a_revoked_token_is_gone_at_once(store: &impl Store) {
    keep(store, "ada", "m1", token("a", "one", 100)).await;
    keep(store, "ada", "m2", token("b", "two", 100)).await;
    let of = async |component: &str| {
        store.token(&key("ada"), &name("bot"), &name(component)).await.unwrap().is_some()
    };
    assert!(of("a").await && of("b").await);
    let which = Revocation {
        workspace: name("acme"),
        channel: Some(name("wa")),
        address: Some("ada".into()),
        component: Some(name("a")),
    };
    assert_eq!(store.revoke(&which).await.unwrap(), 1);
    assert!(!of("a").await && of("b").await);
    assert_eq!(store.held(&key("ada"), &name("bot")).await.unwrap().len(), 1);
    keep(store, "ada", "m3", token("a", "new", 100)).await;
    assert!(of("a").await && of("b").await);
}

/// A value as a data key of this version seals it: what is behind the header does not matter to a store.
fn sealed(version: u32, text: &str) -> Sealed {
    let mut bytes = vec![1, 9, 9, 9, 9];
    bytes.extend(version.to_be_bytes());
    bytes.extend([7; 60]);
    bytes.extend(text.as_bytes());
    let sealed = Sealed::from_bytes(bytes);
    assert_eq!(sealed.key_version(), Some(version));
    sealed
}

fn token_by(version: u32, component: &str, refresh: Option<u32>) -> TokenRow {
    let refresh =
        refresh.map(|version| RefreshToken { sealed: sealed(version, "refresh"), expires_at: at(9_000) });
    TokenRow { sealed: sealed(version, component), refresh, ..token(component, "", 100) }
}

/// The components of tokens that are sealed by keys before 2.
async fn old(store: &impl Store, after: u64, limit: usize) -> (Vec<String>, Vec<SealedToken>) {
    let tokens = store.tokens_sealed_before(&name("acme"), 2, after, limit).await.unwrap();
    (tokens.iter().map(|token| token.row.component.to_string()).collect(), tokens)
}

pub async fn tokens_are_sealed_anew_unless_they_have_changed(store: &impl Store) {
    keep(store, "ada", "m1", token_by(1, "a", None)).await;
    keep(store, "ada", "m2", token_by(2, "b", Some(1))).await;
    keep(store, "ada", "m3", token_by(2, "c", Some(2))).await;
    keep(store, "bob", "m4", token_by(1, "d", Some(1))).await;
    keep(store, "bob", "m5", token_by(1, "e", None)).await;
    let (names, tokens) = old(store, 0, 100).await;
    assert_eq!(names, ["a", "b", "d", "e"]);
    assert_eq!((&tokens[1].conversation, &tokens[1].row), (&key("ada"), &token_by(2, "b", Some(1))));
    assert_eq!(old(store, 0, 3).await.0, ["a", "b", "d"]);
    assert_eq!(old(store, tokens[1].position, 100).await.0, ["d", "e"]);
    assert!(store.tokens_sealed_before(&name("other"), 2, 0, 100).await.unwrap().is_empty());

    // One is renewed in between, and another one ends.
    keep(store, "bob", "m6", token_by(1, "e", Some(1))).await;
    let forget = SecretChange::ForgetToken { bot: name("bot"), component: name("a") };
    change(store, "ada", "m7", vec![forget]).await;
    let again = |before: SealedToken| ResealedToken {
        sealed: sealed(2, "new"),
        refresh: before.row.refresh.is_some().then(|| sealed(2, "new refresh")),
        before,
    };
    let again: Vec<_> = tokens.into_iter().map(again).collect();
    assert_eq!(
        store.reseal_tokens(again.clone()).await.unwrap(),
        2,
        "the renewed one and the gone one stay so"
    );
    assert_eq!(store.reseal_tokens(again).await.unwrap(), 0, "nothing is as it was");
    assert_eq!(old(store, 0, 100).await.0, ["e"]);
    let of = async |address: &str, component: &str| {
        store.token(&key(address), &name("bot"), &name(component)).await.unwrap()
    };
    assert_eq!(of("ada", "a").await, None);
    let b = of("ada", "b").await.unwrap();
    assert_eq!((b.sealed, b.refresh.unwrap().sealed), (sealed(2, "new"), sealed(2, "new refresh")));
    assert_eq!((b.expires_at, b.logged_in_at), (at(100), at(0)));
    assert_eq!(of("bob", "e").await.unwrap(), token_by(1, "e", Some(1)));
}

pub async fn a_data_key_stays_while_something_is_sealed_by_it(store: &impl Store) {
    let master = MasterKey::generate().unwrap().id();
    for (workspace, version) in [("acme", 1), ("acme", 2), ("other", 1)] {
        let key = WrappedKey { workspace: name(workspace), version, master, bytes: b"key".to_vec() };
        assert!(store.add_data_key(key).await.unwrap());
    }
    let retire = async || store.retire_data_key(&name("acme"), 1).await.unwrap();
    keep(store, "ada", "m1", token_by(1, "a", Some(1))).await;
    let value = SealedPayload { sealed: sealed(1, "answer"), expires_at: at(9_000) };
    let answer = AnswerRow { component: name("a"), index: 0, value };
    change(store, "ada", "m2", vec![SecretChange::PutAnswer(answer)]).await;
    let waiting = SealedPayload { sealed: sealed(1, "words"), expires_at: at(9_000) };
    store.accept(vec![NewInbound { payload: Some(waiting), ..reply("bob", "m3") }]).await.unwrap();
    assert_eq!(retire().await, 4);
    let claimed = claim(store, 0).await.unwrap();
    store.commit_turn(turn(&claimed, 0)).await.unwrap();
    assert_eq!(retire().await, 3);
    change(store, "ada", "m4", vec![SecretChange::ForgetAllAnswers]).await;
    assert_eq!(retire().await, 2);
    assert_eq!(store.data_keys().await.unwrap().len(), 3);
    change(store, "ada", "m5", vec![SecretChange::ForgetAllTokens]).await;
    // The console keeps sealed values in JSON, and its own bytes.
    let write = async |expected, body: Option<Vec<u8>>| {
        let record = RecordKey { workspace: Some(name("acme")), kind: "secret", id: "a".into() };
        let value = body.map(|body| RecordValue { body, alias: None, expires_at: None });
        let write = RecordWrite { key: record, expected, value };
        store.change(vec![write], Vec::new(), at(0)).await.unwrap();
    };
    // `sealed(1, "secret")` in base64.
    let encoded = format!("AQkJCQkAAAAB{}c2VjcmV0", "BwcH".repeat(20));
    write(Expected::Absent, Some(format!(r#"{{"value":"{encoded}"}}"#).into_bytes())).await;
    assert_eq!(retire().await, 1);
    write(Expected::Anything, Some(sealed(1, "secret").into_bytes())).await;
    assert_eq!(retire().await, 1);
    write(Expected::Anything, None).await;
    assert_eq!(retire().await, 0);
    let mut left: Vec<_> = store.data_keys().await.unwrap();
    left.sort_by_key(|key| key.version);
    let left: Vec<_> = left.iter().map(|key| (key.workspace.as_str(), key.version)).collect();
    assert_eq!(left, [("other", 1), ("acme", 2)]);
}
