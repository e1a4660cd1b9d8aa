//! What a durable turn costs in the store alone: conversations of six turns (hi, user name, password, balance, balance,
//! bye) of 64 contacts at once, three of the turns with a call. Prints turns per second and CPU per turn.
//!
//! `taskset -c 0 cargo bench -p countersign-bench --bench store` keeps it on one core. CPU is read from `/proc`, so it is
//! shown on Linux alone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use countersign_model::{CallId, Name, OutMessage, TimerId, Timestamp};
use countersign_store::{
    AnswerRow, BotVersion, CallCompletion, Calls as _, Claimed, ConversationKey, Conversations as _,
    Delivery, InboundKind, Inbox as _, Line, NewCall, NewInbound, Outbox as _, SealedPayload, SecretChange,
    Secrets as _, SessionCommit, SessionId, StoredSession, TimerChange, TokenRow, TurnCommit, Upkeep as _,
    WorkerId,
};
use countersign_store_sql::{Options, Role, SqliteStore};
use countersign_vault::Sealed;

const CONTACTS: u64 = 64;
const RUN: Duration = Duration::from_secs(6);
const SESSION: SessionId = SessionId(7);

fn main() {
    let folder = tempfile::TempDir::new().expect("a folder for the store");
    let path = folder.path().join("store.db");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let opening = Instant::now();
    let store = Arc::new(SqliteStore::open(&path, Options::new(Role::Server)).expect("a store"));
    println!("opened empty in {:?}", opening.elapsed());
    runtime.block_on(measure(&store, Duration::from_secs(1)));
    let (turns, wall, cpu) = runtime.block_on(measure(&store, RUN));
    println!(
        "{:.0} turns/s, {:.1} us of CPU a turn, at {CONTACTS} contacts",
        turns / wall,
        cpu * 1e6 / turns
    );
    println!("backlog {:?}", runtime.block_on(store.backlog()).expect("a backlog"));
    println!("{} conversations in memory, resident {}", store.cached(), resident());
    println!("taken for written by others: {}", store.changed_outside());
    drop(store);
    let bytes = std::fs::metadata(&path).map_or(0, |metadata| metadata.len());
    println!("the file has {} MiB", bytes >> 20);
    let opening = Instant::now();
    drop(SqliteStore::open(&path, Options::new(Role::Server)).expect("a store"));
    println!("opened and closed again in {:?}", opening.elapsed());
}

async fn measure(store: &Arc<SqliteStore>, run: Duration) -> (f64, f64, f64) {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (start, before) = (Instant::now(), cpu());
    let turns = Arc::new(AtomicU64::new(0));
    let contacts: Vec<_> = (0..CONTACTS)
        .map(|_| {
            let (store, turns) = (store.clone(), turns.clone());
            tokio::spawn(async move {
                while start.elapsed() < run {
                    let address = format!("49151{:08}", NEXT.fetch_add(1, Ordering::Relaxed));
                    for turn in 0..6 {
                        visit(&store, &address, turn).await;
                        turns.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for contact in contacts {
        contact.await.expect("a visit");
    }
    (turns.load(Ordering::Relaxed) as f64, start.elapsed().as_secs_f64(), cpu() - before)
}

/// One message of one contact. What is done then may belong to another contact, as with workers.
async fn visit(store: &SqliteStore, address: &str, turn: u32) {
    let row = NewInbound {
        conversation: ConversationKey {
            workspace: name("main"),
            channel: name("wa"),
            address: address.to_owned(),
        },
        id: format!("wamid.HBgN{address}FQIAEhggA0FFQUYxRDc0MEI1MzU2{turn}"),
        kind: InboundKind::Reply,
        payload: Some(sealed(120)),
        received_at: now(),
    };
    store.accept(vec![row]).await.expect("accepted");
    work(store).await;
}

async fn work(store: &SqliteStore) {
    loop {
        let claimed = store.claim(WorkerId(1), now(), later()).await.expect("a claim");
        let Some(claimed) = claimed else { break };
        let number = claimed.conversation.session.as_ref().map_or(0, |session| session.bytes[0]);
        let outcome = matches!(claimed.inbound.kind, InboundKind::Outcome { .. });
        let calls = !outcome && matches!(number, 2..=4);
        store.commit_turn(commit(claimed, number, outcome, calls)).await.expect("committed");
        if !calls {
            break;
        }
        call(store).await;
    }
    if let Some(next) = store.claim_delivery(WorkerId(1), now(), later()).await.expect("a delivery") {
        store.delivered(&next.lease).await.expect("delivered");
    }
}

async fn call(store: &SqliteStore) {
    let Some(call) = store.claim_call(WorkerId(1), now(), later()).await.expect("a call") else { return };
    let key = &call.lease.conversation;
    let component = name("bank-login");
    let login = call.lease.call == CallId(2);
    if login {
        store.answers(key, &component).await.expect("answers");
    } else {
        store.token(key, &name("bank"), &component).await.expect("a token");
    }
    store.mark_sent(&call.lease, 1, now(), later(), &[]).await.expect("marked");
    let token = login.then(|| TokenRow {
        bot: name("bank"),
        component,
        sealed: sealed(330).sealed,
        expires_at: later(),
        logged_in_at: now(),
        refresh: None,
    });
    let id = format!("call-{}", call.lease.call.0);
    let (lease, now, payload) = (call.lease, now(), sealed(200));
    let completion = CallCompletion { lease, now, id, payload, token, counters: Vec::new() };
    store.complete_call(completion).await.expect("completed");
}

fn commit(claimed: Claimed, number: u8, outcome: bool, calls: bool) -> TurnCommit {
    let said = "Here is what the bot says in this turn, some words.".to_owned();
    let user =
        (!outcome).then(|| if number == 1 || number == 2 { Line::Secret } else { Line::User("hi".into()) });
    let bot = (!calls).then_some(OutMessage::Text(said));
    let next = if calls { number } else { number + 1 };
    let mut bytes = vec![9; 110];
    bytes[0] = next;
    let call = CallId(u32::from(number));
    let component = name("bank-login");
    let answer = |index| {
        let component = component.clone();
        SecretChange::PutAnswer(AnswerRow { component, index, value: sealed(10) })
    };
    TurnCommit {
        now: now(),
        consumed: claimed.inbound.seq,
        session: Some(SessionCommit {
            stored: StoredSession { id: SESSION, version: BotVersion(u64::MAX / 3), bytes },
            calling: calls.then_some(call),
            timer: if outcome && number == 2 {
                TimerChange::Set(TimerId(1), later())
            } else {
                TimerChange::Keep
            },
            tokens_seen: claimed.conversation.tokens_epoch,
            handed_over: false,
        }),
        transcript: user.into_iter().chain(bot.clone().map(Line::Bot)).collect(),
        outbox: bot.into_iter().map(Delivery::Say).collect(),
        calls: calls
            .then(|| NewCall { session: SESSION, call, request: vec![5; 90], sent_when_kept: true })
            .into_iter()
            .collect(),
        secrets: match (number, outcome) {
            (1, _) => vec![answer(0)],
            (2, false) => vec![answer(1)],
            (2, true) => vec![SecretChange::ForgetAnswers(component)],
            _ => Vec::new(),
        },
        leads: Vec::new(),
        counters: Vec::new(),
        lease: claimed.lease,
    }
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn sealed(bytes: usize) -> SealedPayload {
    SealedPayload { sealed: Sealed::from_bytes(vec![7; bytes + 53]), expires_at: later() }
}

fn now() -> Timestamp {
    Timestamp::from_secs(1_795_354_800)
}

fn later() -> Timestamp {
    now().plus(Duration::from_secs(3600))
}

/// Seconds of CPU that this process has used.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap_or("").split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn resident() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.unwrap_or(" unknown").trim().to_owned()
}
