//! What stands on the disk: how much, and what a person may see of it.

use countersign_model::{OutMessage, TimerId};
use countersign_store::conformance::fixture::{
    SESSION, at, calling, claim, claim_call, name, reply, say, token, turn,
};
use countersign_store::{
    AnswerRow, AuditEntry, BotVersion, CallCompletion, Calls as _, Claimed, Conversations as _, Delivery,
    Expected, Hour, Inbox as _, Keys as _, Line, NewInbound, Outbox as _, Receipt, ReceiptState,
    Receipts as _, RecordKey, RecordValue, RecordWrite, Records as _, SealedPayload, SecretChange, Stat,
    Statistics as _, TimerChange, TokenRow, TurnCommit, WorkerId,
};
use countersign_store_sql::SqliteStore;
use countersign_vault::{MasterKey, Sealed, WrappedKey};
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::support::Folder;

/// What a sealed value takes beside its text.
const SEAL: usize = 53;

fn sealed(bytes: usize) -> SealedPayload {
    let sealed = Sealed::from_bytes(b"CANARY".iter().copied().cycle().take(bytes + SEAL).collect());
    SealedPayload { sealed, expires_at: at(100_000) }
}

fn spoken(claimed: &Claimed, mut turn: TurnCommit, user: Option<Line>, bot: &str) -> TurnCommit {
    turn.transcript = user.into_iter().chain([Line::Bot(OutMessage::Text(bot.into()))]).collect();
    turn.outbox = vec![Delivery::Say(OutMessage::Text(bot.into()))];
    let session = turn.session.as_mut().unwrap();
    session.stored.bytes = vec![9; 110];
    session.stored.version = BotVersion(u64::MAX / 3);
    session.tokens_seen = claimed.conversation.tokens_epoch;
    turn
}

/// A contact says hi, logs in, and asks for the balance.
async fn visit(store: &SqliteStore, n: usize) {
    let address = format!("49151{n:08}");
    let hear = async |id: &str| {
        let id = format!("wamid.HBgNNDkxNTE{n:08}FQIAEhgg{id}A0FFQUYxRDc0MEI1MzU2");
        let row = NewInbound { id, payload: Some(sealed(120)), ..reply(&address, "") };
        assert_eq!(store.accept(vec![row]).await.unwrap(), [true]);
        claim(store, 0).await.unwrap()
    };
    let deliver = async || {
        let next = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
        store.delivered(&next.lease).await.unwrap();
    };
    let call = async |id: &str, token: Option<TokenRow>| {
        let lease = claim_call(store, 0).await.unwrap().lease;
        store.mark_sent(&lease, 1, at(0), at(30), &[]).await.unwrap();
        let (id, payload) = (format!("{id}{n}"), sealed(200));
        let completion = CallCompletion { lease, now: at(0), id, payload, token, counters: Vec::new() };
        store.complete_call(completion).await.unwrap();
        claim(store, 0).await.unwrap()
    };
    let answer = |index| {
        SecretChange::PutAnswer(AnswerRow { component: name("bank-login"), index, value: sealed(10) })
    };
    let user = |text: &str| Some(Line::User(text.into()));

    let claimed = hear("a").await;
    let next = spoken(&claimed, turn(&claimed, 0), user("hi"), "Welcome. What is your user name?");
    store.commit_turn(next).await.unwrap();
    deliver().await;
    let claimed = hear("b").await;
    let mut next = spoken(&claimed, turn(&claimed, 0), Some(Line::Secret), "And your password?");
    next.secrets = vec![answer(0)];
    store.commit_turn(next).await.unwrap();
    deliver().await;
    let claimed = hear("c").await;
    let mut next = spoken(&claimed, calling(&claimed, 0, 1), Some(Line::Secret), "");
    (next.secrets, next.outbox) = (vec![answer(1)], Vec::new());
    next.transcript.truncate(1);
    store.commit_turn(next).await.unwrap();
    let token = TokenRow { sealed: sealed(330).sealed, ..token("bank-login", "", 3600) };
    let claimed = call("login", Some(token)).await;
    let mut next = spoken(&claimed, turn(&claimed, 0), None, "You are logged in.");
    next.secrets = vec![SecretChange::ForgetAnswers(name("bank-login"))];
    next.session.as_mut().unwrap().timer = TimerChange::Set(TimerId(1), at(3600));
    store.commit_turn(next).await.unwrap();
    deliver().await;
    let claimed = hear("d").await;
    let next = spoken(&claimed, calling(&claimed, 0, 2), user("balance"), "");
    store.commit_turn(TurnCommit { outbox: Vec::new(), ..next }).await.unwrap();
    let claimed = call("balance", None).await;
    let next = spoken(&claimed, turn(&claimed, 0), None, "Your balance is 1,234.56 EUR.");
    store.commit_turn(next).await.unwrap();
    deliver().await;
    assert_eq!(claimed.conversation.session.unwrap().id, SESSION);
}

#[tokio::test]
async fn an_idle_conversation_takes_a_kilobyte_at_most() {
    const MANY: usize = 250;
    let folder = Folder::new();
    let mut pages = Vec::new();
    for part in 0..2 {
        let store = folder.open();
        for n in 0..MANY {
            visit(&store, part * MANY + n).await;
        }
        drop(store);
        pages.push(std::fs::metadata(folder.path()).unwrap().len() as usize);
    }
    let conn = Connection::open(folder.path()).unwrap();
    for table in ["inbox", "outbox", "calls", "answers", "seen"] {
        let rows: i64 =
            conn.query_row(&format!("SELECT count(*) FROM {table}"), (), |row| row.get(0)).unwrap();
        assert_eq!(rows, 0, "{table}");
    }
    // What an empty store takes is not counted.
    let bytes = (pages[1] - pages[0]) / MANY;
    assert!(bytes <= 960, "{bytes} bytes for each");
}

#[tokio::test]
async fn views_show_no_ciphertext() {
    let folder = Folder::new();
    let store = folder.open();
    visit(&store, 1).await;
    say(&store, "bob", "m1", &["one", "two"]).await;
    let dead = store.claim_delivery(WorkerId(1), at(0), at(30)).await.unwrap().unwrap();
    store.give_up(&dead.lease, at(0), Some("131047")).await.unwrap();
    let row = |id: &str| NewInbound { payload: Some(sealed(50)), ..reply("zoe", id) };
    store.accept(vec![row("m1")]).await.unwrap();
    let claimed = claim(&store, 0).await.unwrap();
    store.commit_turn(calling(&claimed, 0, 7)).await.unwrap();
    store.accept(vec![row("m2")]).await.unwrap();
    let master = MasterKey::generate().unwrap().id();
    let bytes = b"CANARY".to_vec();
    store.add_data_key(WrappedKey { workspace: name("acme"), version: 1, master, bytes }).await.unwrap();
    let (message, state) = (countersign_model::MessageRef("m".into()), ReceiptState::Read);
    let conversation = dead.lease.conversation;
    store.receive(vec![Receipt { conversation, message, state, code: None, at: at(0) }]).await.unwrap();

    write_down(&store).await;

    let conn = Connection::open(folder.path()).unwrap();
    let views = "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name";
    let mut find = conn.prepare(views).unwrap();
    let views: Vec<String> = find.query_map((), |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert_eq!(
        views,
        [
            "v_audit",
            "v_calls",
            "v_conversations",
            "v_dead_letters",
            "v_inbox",
            "v_outbox",
            "v_records",
            "v_stats",
            "v_tokens",
            "v_transcripts"
        ]
    );
    for view in views {
        let mut find = conn.prepare(&format!("SELECT * FROM {view}")).unwrap();
        let columns = find.column_count();
        let mut rows = find.query(()).unwrap();
        let mut seen = 0;
        while let Some(row) = rows.next().unwrap() {
            seen += 1;
            for column in 0..columns {
                match row.get_ref(column).unwrap() {
                    ValueRef::Blob(_) => panic!("{view} shows bytes"),
                    ValueRef::Text(text) => assert!(!text.windows(6).any(|part| part == b"CANARY"), "{view}"),
                    ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => {}
                }
            }
        }
        assert!(seen > 0, "{view} is empty");
    }
}

/// A record, a line of the audit log, and a number.
async fn write_down(store: &SqliteStore) {
    let key = RecordKey { workspace: Some(name("acme")), kind: "draft", id: "a".into() };
    let value = RecordValue { body: b"CANARY".to_vec(), alias: Some("CANARY".into()), expires_at: None };
    let entry = AuditEntry {
        workspace: None,
        at: at(0),
        actor: "ada".into(),
        ip: None,
        action: "draft.edit".into(),
        object: "draft/a".into(),
        allowed: true,
        detail: "{}".into(),
    };
    let write = RecordWrite { key, expected: Expected::Absent, value: Some(value) };
    store.change(vec![write], vec![entry], at(0)).await.unwrap();
    let (workspace, hour, what, label) = (name("acme"), Hour(7), "in".into(), String::new());
    let stat = Stat { workspace, hour, bot: None, channel: None, what, label, count: 1 };
    store.add_stats(vec![stat]).await.unwrap();
}
