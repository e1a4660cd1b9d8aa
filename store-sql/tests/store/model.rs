//! Whatever is done to it, the store in SQLite gives what the memory store gives, also when it is opened anew in between.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_model::{CallId, MessageRef, TimerId, Timestamp};
use countersign_store::conformance::fixture::{
    SESSION, at, calling, delivery, key, name, payload, reply, token, turn,
};
use countersign_store::{
    Ahead, AnswerRow, Arrival, CallCompletion, CallEnd, Calls as _, Claimed, ClaimedCall, ClaimedDelivery,
    CommitError, ConversationKey, ConversationQuery, ConversationRow, Conversations as _, CounterChange,
    CounterKey, InboundKind, Inbox as _, InboxRow, Kept, Lead, Line, MemoryStore, NewInbound, Outbox as _,
    People as _, Receipt, ReceiptState, Receipts as _, Retention, Revocation, SecretChange, Secrets as _,
    SessionId, Store, StoreError, TimerChange, Timers as _, Together as _, TurnCommit, WorkerId,
};
use countersign_store_sql::{Options, Role, SqliteStore};
use proptest::collection::vec;
use proptest::prelude::*;
use tokio::runtime::Builder;

use crate::support::Folder;

const CONTACTS: [&str; 3] = ["ada", "bob", "zoe"];
const COUNTERS: [CounterKey; 2] = [CounterKey([1; 16]), CounterKey([2; 16])];

#[derive(Clone, Debug)]
enum Step {
    Accept(Vec<(usize, u8, u8)>),
    /// Something with its turn, computed ahead; between the two something else may come in.
    Ahead {
        what: (usize, u8, u8),
        meanwhile: Option<(usize, u8, u8)>,
        turn: Box<Step>,
    },
    /// The end of a call with the turn that follows.
    End {
        which: usize,
        token: bool,
        counter: u8,
        turn: Box<Step>,
    },
    Claim,
    Commit {
        which: usize,
        calls: bool,
        lines: usize,
        outbox: usize,
        secret: u8,
        timer: u8,
        session: u8,
    },
    Release(usize),
    ClaimCall,
    Mark {
        which: usize,
        counter: u8,
    },
    Complete {
        which: usize,
        token: bool,
        counter: u8,
    },
    ClaimDelivery,
    Delivered(usize),
    Retry(usize, u32),
    GiveUp(usize),
    Fire(usize),
    Revoke(u8),
    Receive(usize, u8, u8),
    Erase(usize),
    Again(usize),
    Drop(usize),
    Hold(bool),
    Discard,
    Wait(u32),
    Sweep,
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let one = 0_usize..8;
    let what = || (0_usize..3, 0_u8..40, 0_u8..4);
    let commit = || {
        (0_usize..8, any::<bool>(), 0_usize..3, 0_usize..3, 0_u8..8, 0_u8..4, 0_u8..8).prop_map(
            |(which, calls, lines, outbox, secret, timer, session)| Commit {
                which,
                calls,
                lines,
                outbox,
                secret,
                timer,
                session,
            },
        )
    };
    prop_oneof![
        8 => (what(), proptest::option::weighted(0.2, what()), commit())
            .prop_map(|(what, meanwhile, turn)| Ahead { what, meanwhile, turn: Box::new(turn) }),
        4 => (one.clone(), any::<bool>(), 0_u8..4, commit())
            .prop_map(|(which, token, counter, turn)| End { which, token, counter, turn: Box::new(turn) }),
        8 => vec((0_usize..3, 0_u8..40, 0_u8..4), 1..4).prop_map(Accept),
        8 => Just(Claim),
        8 => commit(),
        1 => one.clone().prop_map(Release),
        4 => Just(ClaimCall),
        2 => (one.clone(), 0_u8..4).prop_map(|(which, counter)| Mark { which, counter }),
        4 => (one.clone(), any::<bool>(), 0_u8..4).prop_map(|(which, token, counter)| Complete {
            which, token, counter
        }),
        4 => Just(ClaimDelivery),
        3 => one.clone().prop_map(Delivered),
        2 => (one.clone(), 0_u32..40).prop_map(|(which, after)| Retry(which, after)),
        1 => one.prop_map(GiveUp),
        2 => (1_usize..3).prop_map(Fire),
        1 => (0_u8..3).prop_map(Revoke),
        1 => (0_usize..3, 0_u8..3, 0_u8..5).prop_map(|(contact, message, state)| Receive(contact, message, state)),
        1 => (0_usize..3).prop_map(Erase),
        1 => (0_usize..4).prop_map(Again),
        1 => (0_usize..4).prop_map(Drop),
        1 => any::<bool>().prop_map(Hold),
        1 => Just(Discard),
        3 => (1_u32..50).prop_map(Wait),
        1 => Just(Wait(3_000_000)),
        1 => Just(Sweep),
        2 => Just(Reopen),
    ]
}

/// Both stores, and what was handed out by both.
struct Pair {
    folder: Folder,
    memory: MemoryStore,
    sqlite: Option<SqliteStore>,
    now: Timestamp,
    /// A moment that no timer had before.
    moment: i64,
    reopened: bool,
    claims: Vec<(Claimed, Claimed)>,
    calls: Vec<(ClaimedCall, ClaimedCall)>,
    deliveries: Vec<(ClaimedDelivery, ClaimedDelivery)>,
}

impl Pair {
    fn new() -> Self {
        let folder = Folder::new();
        let sqlite = Some(open(&folder));
        Self {
            folder,
            memory: MemoryStore::new(),
            sqlite,
            now: at(0),
            moment: 0,
            reopened: false,
            claims: Vec::new(),
            calls: Vec::new(),
            deliveries: Vec::new(),
        }
    }

    fn sqlite(&self) -> &SqliteStore {
        self.sqlite.as_ref().unwrap()
    }

    fn until(&self) -> Timestamp {
        self.now.plus(Duration::from_secs(30))
    }

    async fn take(&mut self, step: &Step) {
        let (now, until, worker) = (self.now, self.until(), WorkerId(1));
        match step {
            Step::Accept(rows) => {
                let rows: Vec<_> = rows.iter().map(|row| inbound(row, now)).collect();
                let expected = self.memory.accept(rows.clone()).await.unwrap();
                assert_eq!(self.sqlite().accept(rows).await.unwrap(), expected);
            }
            Step::Ahead { what, meanwhile, turn } => self.ahead(what, meanwhile.as_ref(), turn).await,
            Step::End { which, token, counter, turn } => self.end(*which, (*token, *counter), turn).await,
            Step::Claim => {
                let expected = self.memory.claim(worker, now, until).await.unwrap();
                let claimed = self.sqlite().claim(worker, now, until).await.unwrap();
                assert_eq!(claimed.as_ref().map(seen), expected.as_ref().map(seen));
                self.claims.extend(expected.zip(claimed));
            }
            Step::Commit { which, .. } => {
                let Some((expected, claimed)) = pick(&mut self.claims, *which) else { return };
                self.moment += 1;
                let (expected, turn) = (self.turn(step, &expected), self.turn(step, &claimed));
                let expected = self.memory.commit_turn(expected).await;
                assert_same(expected, self.sqlite().commit_turn(turn).await);
            }
            Step::Release(which) => {
                let Some((expected, claimed)) = pick(&mut self.claims, *which) else { return };
                let expected = self.memory.release(&expected.lease).await;
                assert_same(expected, self.sqlite().release(&claimed.lease).await);
            }
            Step::ClaimCall => {
                let expected = self.memory.claim_call(worker, now, until).await.unwrap();
                let claimed = self.sqlite().claim_call(worker, now, until).await.unwrap();
                let seen = |call: &ClaimedCall| {
                    let lease = &call.lease;
                    (lease.conversation.clone(), lease.session, lease.call, call.request.clone(), call.sent)
                };
                assert_eq!(claimed.as_ref().map(seen), expected.as_ref().map(seen));
                self.calls.extend(expected.zip(claimed));
            }
            Step::Mark { which, counter } => {
                let Some((expected, call)) = self.calls.get(which % self.calls.len().max(1)) else { return };
                let changes = counters(*counter, now);
                let expected = self.memory.mark_sent(&expected.lease, 1, now, until, &changes).await;
                assert_same(expected, self.sqlite().mark_sent(&call.lease, 1, now, until, &changes).await);
            }
            Step::Complete { which, token: has_token, counter } => {
                let Some((expected, call)) = pick(&mut self.calls, *which) else { return };
                let completion = |lease| CallCompletion {
                    lease,
                    now,
                    id: "outcome".into(),
                    payload: payload("outcome"),
                    token: has_token.then(|| token("login", &now.to_string(), now.as_secs() - 999_000)),
                    counters: counters(*counter, now),
                };
                let expected = self.memory.complete_call(completion(expected.lease)).await;
                assert_same(expected, self.sqlite().complete_call(completion(call.lease)).await);
            }
            Step::ClaimDelivery => {
                let expected = self.memory.claim_delivery(worker, now, until).await.unwrap();
                let claimed = self.sqlite().claim_delivery(worker, now, until).await.unwrap();
                let seen = |d: &ClaimedDelivery| {
                    let attempts = if self.reopened { 0 } else { d.attempts };
                    (d.lease.conversation.clone(), d.delivery.clone(), attempts, d.done, d.created_at)
                };
                assert_eq!(claimed.as_ref().map(seen), expected.as_ref().map(seen));
                self.deliveries.extend(expected.zip(claimed));
            }
            Step::Delivered(which) => {
                let Some((expected, claimed)) = pick(&mut self.deliveries, *which) else { return };
                let expected = self.memory.delivered(&expected.lease).await;
                assert_same(expected, self.sqlite().delivered(&claimed.lease).await);
            }
            Step::Retry(which, after) => {
                let Some((expected, claimed)) = pick(&mut self.deliveries, *which) else { return };
                let due = now.plus(Duration::from_secs(u64::from(*after)));
                let expected = self.memory.retry_delivery(&expected.lease, due, after % 3).await;
                assert_same(expected, self.sqlite().retry_delivery(&claimed.lease, due, after % 3).await);
            }
            Step::GiveUp(which) => {
                let Some((expected, claimed)) = pick(&mut self.deliveries, *which) else { return };
                let expected = self.memory.give_up(&expected.lease, now, Some("131047")).await;
                assert_same(expected, self.sqlite().give_up(&claimed.lease, now, Some("131047")).await);
            }
            Step::Fire(limit) => {
                let expected = self.memory.fire_timers(now, *limit).await.unwrap();
                assert_eq!(self.sqlite().fire_timers(now, *limit).await.unwrap(), expected);
            }
            Step::Revoke(which) => {
                let which = Revocation {
                    workspace: name("acme"),
                    channel: (which % 2 == 1).then(|| name("wa")),
                    address: CONTACTS.get(usize::from(*which)).map(|address| (*address).to_owned()),
                    component: None,
                };
                let expected = self.memory.revoke(&which).await.unwrap();
                assert_eq!(self.sqlite().revoke(&which).await.unwrap(), expected);
            }
            Step::Receive(contact, message, state) => {
                let state = [
                    ReceiptState::Queued,
                    ReceiptState::Sent,
                    ReceiptState::Delivered,
                    ReceiptState::Read,
                    ReceiptState::Failed,
                ][usize::from(*state)];
                let (conversation, message) = (key(CONTACTS[*contact]), MessageRef(format!("m{message}")));
                let receipt = Receipt { conversation, message, state, code: None, at: now };
                let expected = self.memory.receive(vec![receipt.clone()]).await.unwrap();
                assert_eq!(self.sqlite().receive(vec![receipt]).await.unwrap(), expected);
            }
            Step::Erase(contact) => {
                let key = key(CONTACTS[*contact]);
                let expected = self.memory.erase(&key, &COUNTERS[1..]).await.unwrap();
                assert_eq!(self.sqlite().erase(&key, &COUNTERS[1..]).await.unwrap(), expected);
            }
            Step::Again(which) | Step::Drop(which) => {
                let acme = name("acme");
                let expected = self.memory.list_dead_letters(&acme, None, 9).await.unwrap();
                let dead = self.sqlite().list_dead_letters(&acme, None, 9).await.unwrap();
                assert_eq!(dead.len(), expected.len());
                let (Some(expected), Some(dead)) = (expected.get(*which), dead.get(*which)) else { return };
                let (expected, dead) = (expected.number, dead.number);
                let done = match step {
                    Step::Again(_) => (
                        self.memory.deliver_again(&acme, expected, now).await.unwrap(),
                        self.sqlite().deliver_again(&acme, dead, now).await.unwrap(),
                    ),
                    _ => (
                        self.memory.drop_dead_letter(&acme, expected).await.unwrap(),
                        self.sqlite().drop_dead_letter(&acme, dead).await.unwrap(),
                    ),
                };
                assert_eq!(done, (true, true));
            }
            Step::Hold(held) => {
                self.memory.hold_outbox(*held).await.unwrap();
                self.sqlite().hold_outbox(*held).await.unwrap();
            }
            Step::Discard => {
                let expected = self.memory.discard_outbox().await.unwrap();
                assert_eq!(self.sqlite().discard_outbox().await.unwrap(), expected);
            }
            Step::Wait(secs) => self.wait(*secs),
            Step::Sweep => {
                let expected = self.memory.sweep(now, &Retention::default()).await.unwrap();
                assert_eq!(self.sqlite().sweep(now, &Retention::default()).await.unwrap(), expected);
            }
            Step::Reopen => {
                // Leases end with the process, so those of the other store have to be over too.
                self.wait(31);
                (self.claims, self.calls, self.deliveries) = Default::default();
                self.sqlite = None;
                self.sqlite = Some(open(&self.folder));
                self.reopened = true;
            }
        }
    }

    async fn accept(&self, what: &(usize, u8, u8)) {
        let row = inbound(what, self.now);
        let expected = self.memory.accept(vec![row.clone()]).await.unwrap();
        assert_eq!(self.sqlite().accept(vec![row]).await.unwrap(), expected);
    }

    /// Holds the conversation in both stores. The one in SQLite knows only what is in memory, so it may say no more often.
    fn hold(&self, key: &ConversationKey, kind: InboundKind) -> Option<(Ahead, Ahead)> {
        let (worker, now, until) = (WorkerId(1), self.now, self.until());
        let held = self.sqlite().hold(worker, key, kind, now, until)?;
        let Some(expected) = self.memory.hold(worker, key, kind, now, until) else {
            assert!(held.new, "{held:?}");
            return None;
        };
        if !held.new {
            assert_eq!(format!("{:?}", held.conversation), format!("{:?}", expected.conversation));
        }
        Some((expected, held))
    }

    async fn ahead(&mut self, what: &(usize, u8, u8), meanwhile: Option<&(usize, u8, u8)>, step: &Step) {
        let row = inbound(what, self.now);
        let Some((expected, held)) = self.hold(&row.conversation, row.kind) else {
            return self.accept(what).await;
        };
        if let Some(other) = meanwhile {
            self.accept(other).await;
        }
        self.moment += 1;
        let arrival = Arrival { id: row.id.clone(), received_at: row.received_at };
        let (in_memory, turn) = (self.turn(step, &claimed(&expected)), self.turn(step, &claimed(&held)));
        let kept = self.sqlite().accept_with_turn(arrival.clone(), turn).await.unwrap();
        if kept == Kept::Neither {
            self.memory.release(&expected.lease).await.unwrap();
            return self.accept(what).await;
        }
        assert_eq!(self.memory.accept_with_turn(arrival, in_memory).await.unwrap(), kept);
    }

    async fn end(&mut self, which: usize, (has_token, counter): (bool, u8), step: &Step) {
        let Some((expected, call)) = pick(&mut self.calls, which) else { return };
        let lease = &call.lease;
        let kind = InboundKind::Outcome { session: lease.session, call: lease.call };
        let Some((ahead, held)) = self.hold(&lease.conversation, kind) else { return };
        self.moment += 1;
        let now = self.now;
        let end = |lease| CallEnd {
            lease,
            now,
            token: has_token.then(|| token("login", &now.to_string(), now.as_secs() - 999_000)),
            counters: counters(counter, now),
        };
        let (in_memory, turn) = (self.turn(step, &claimed(&ahead)), self.turn(step, &claimed(&held)));
        let kept = self.sqlite().complete_with_turn(end(call.lease), turn).await;
        let expected = self.memory.complete_with_turn(end(expected.lease), in_memory).await;
        assert_eq!(format!("{kept:?}"), format!("{expected:?}"));
    }

    fn wait(&mut self, secs: u32) {
        self.now = self.now.plus(Duration::from_secs(u64::from(secs)));
    }

    fn turn(&self, step: &Step, claimed: &Claimed) -> TurnCommit {
        let Step::Commit { calls, lines, outbox, secret, timer, session, .. } = step else { unreachable!() };
        let number = u32::try_from(self.moment).unwrap();
        let mut next = if *calls { calling(claimed, 0, number) } else { turn(claimed, 0) };
        next.now = self.now;
        next.counters = if *calls { counters(secret % 4, self.now) } else { Vec::new() };
        next.transcript = (0..*lines).map(|n| Line::User(format!("{number}-{n}"))).collect();
        next.outbox = (0..*outbox).map(|n| delivery(&format!("{number}-{n}"))).collect();
        let answer = |component: &str| {
            let mut value = payload(&number.to_string());
            value.expires_at = self.now.plus(Duration::from_secs(60));
            SecretChange::PutAnswer(AnswerRow { component: name(component), index: *secret, value })
        };
        next.secrets = match secret {
            0 | 1 => vec![answer("a")],
            2 => vec![answer("b"), SecretChange::ForgetAnswers(name("a"))],
            3 => vec![SecretChange::ForgetAllAnswers, answer("a")],
            4 => vec![SecretChange::ForgetAllTokens],
            5 => vec![SecretChange::ForgetToken { bot: name("bot"), component: name("login") }],
            _ => Vec::new(),
        };
        if *secret == 6 {
            next.leads = vec![Lead { form: name("form"), answers: Vec::new(), at: self.now }];
        }
        let due = self.now.plus(Duration::from_micros(20_000_000 + self.moment.unsigned_abs()));
        let commit = next.session.as_mut().unwrap();
        commit.stored.bytes = number.to_le_bytes().to_vec();
        commit.timer = match timer {
            0 => TimerChange::Set(TimerId(number), due),
            1 => TimerChange::Clear,
            _ => TimerChange::Keep,
        };
        match session {
            0 => next.session = None,
            1 => commit.stored.id = SessionId(78),
            2 => commit.calling = Some(CallId(1)),
            3 => commit.handed_over = true,
            _ => {}
        }
        next
    }

    /// Asks both stores everything that can be asked.
    async fn compare(&self) {
        let (memory, sqlite, now) = (&self.memory, self.sqlite(), self.now);
        assert_eq!(everything(sqlite, now).await.unwrap(), everything(memory, now).await.unwrap());
        let (due, expected) = (sqlite.next_due().await.unwrap(), memory.next_due().await.unwrap());
        // What lies in the past is due, and no store has to say since when.
        if expected.is_none_or(|expected| expected > now) {
            assert_eq!(due, expected);
        }
    }
}

fn open(folder: &Folder) -> SqliteStore {
    // So small that conversations leave the memory all the time.
    SqliteStore::open(folder.path(), Options { cached: 2, ..Options::new(Role::Server) }).unwrap()
}

fn inbound((contact, id, kind): &(usize, u8, u8), now: Timestamp) -> NewInbound {
    let kind = match kind {
        0 => InboundKind::HungUp,
        1 => InboundKind::Begin,
        _ => InboundKind::Reply,
    };
    NewInbound { kind, received_at: now, ..reply(CONTACTS[*contact], &format!("m{id}")) }
}

/// As if what is held were handed out.
fn claimed(ahead: &Ahead) -> Claimed {
    let inbound =
        InboxRow { seq: 0, id: String::new(), kind: InboundKind::Reply, payload: None, received_at: at(0) };
    Claimed { lease: ahead.lease.clone(), conversation: ahead.conversation.clone(), inbound }
}

fn counters(which: u8, now: Timestamp) -> Vec<CounterChange> {
    let expires_at = now.plus(Duration::from_secs(40));
    let key = COUNTERS[usize::from(which % 2)];
    match which {
        0 | 1 => {
            vec![CounterChange::Add { key, expires_at }, CounterChange::Add { key: COUNTERS[0], expires_at }]
        }
        2 => vec![CounterChange::Subtract { key }],
        _ => vec![CounterChange::Clear { key }],
    }
}

fn pick<T>(handed_out: &mut Vec<T>, which: usize) -> Option<T> {
    (!handed_out.is_empty()).then(|| handed_out.remove(which % handed_out.len()))
}

fn assert_same(expected: Result<(), CommitError>, got: Result<(), CommitError>) {
    let lost = |result: Result<(), CommitError>| match result {
        Ok(()) => false,
        Err(CommitError::LeaseLost) => true,
        Err(CommitError::Store(error)) => panic!("{error}"),
    };
    assert_eq!(lost(got), lost(expected));
}

fn seen(claimed: &Claimed) -> String {
    let Claimed { lease, conversation, inbound } = claimed;
    let (id, kind, payload, at) = (&inbound.id, inbound.kind, &inbound.payload, inbound.received_at);
    format!("{} {conversation:?} {id} {kind:?} {payload:?} {at:?}", lease.conversation.address)
}

async fn everything(store: &impl Store, now: Timestamp) -> Result<BTreeMap<String, String>, StoreError> {
    let mut all = BTreeMap::new();
    let mut put = |name: &str, text: String| drop(all.insert(name.to_owned(), text));
    for address in CONTACTS {
        let key = key(address);
        put(&format!("{address}: conversation"), format!("{:?}", store.conversation(&key).await?));
        put(&format!("{address}: pending"), format!("{:?}", store.pending(&key).await?));
        put(&format!("{address}: lines"), format!("{:?}", store.transcript(&key, 1, 4).await?));
        put(&format!("{address}: leads"), format!("{:?}", store.leads(&key).await?));
        put(&format!("{address}: held"), format!("{:?}", store.held(&key, &name("bot")).await?));
        let token = store.token(&key, &name("bot"), &name("login")).await?;
        put(
            &format!("{address}: token"),
            format!("{:?}", token.map(|token| (token.sealed.into_bytes(), token.expires_at))),
        );
        for component in ["a", "b"] {
            let mut answers = store.answers(&key, &name(component)).await?;
            answers.sort_by_key(|answer| answer.index);
            put(&format!("{address}: answers {component}"), format!("{answers:?}"));
        }
        for message in 0..3 {
            let receipt = store.receipt(&key, &MessageRef(format!("m{message}"))).await?;
            put(&format!("{address}: receipt {message}"), format!("{receipt:?}"));
        }
    }
    put("tokens", format!("{:?}", store.tokens(&name("acme"), now).await?));
    put("backlog", format!("{:?}", store.backlog().await?));
    put("counters", format!("{:?}", store.counters(&COUNTERS, now).await?));
    let mut listed = store.conversations(ConversationQuery::of(name("acme"), 9)).await?.rows;
    listed.sort_by(|a, b| a.key.cmp(&b.key));
    let row = |row: ConversationRow| (row.key.address, row.lines, row.last, row.handed_over_at, row.calling);
    put("listed", format!("{:?}", listed.into_iter().map(row).collect::<Vec<_>>()));
    let handed_over = ConversationQuery { handed_over: true, ..ConversationQuery::of(name("acme"), 9) };
    put("handed over", store.conversations(handed_over).await?.rows.len().to_string());
    let tokens = store.all_tokens(&name("acme"), None, None, 9, now).await?;
    let mut tokens: Vec<_> = tokens.into_iter().map(|token| token.info.conversation.address).collect();
    tokens.sort();
    put("all tokens", format!("{tokens:?}"));
    put("dead", format!("{:?}", store.dead_letters(&name("acme")).await?));
    Ok(all)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn both_stores_say_the_same(steps in vec(step(), 1..60)) {
        assert_eq!(SESSION, SessionId(77));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let mut pair = Pair::new();
            for step in &steps {
                pair.take(step).await;
                pair.compare().await;
            }
        });
    }
}
