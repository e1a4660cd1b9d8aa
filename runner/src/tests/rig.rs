use std::collections::HashMap;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use async_trait::async_trait;
use countersign_egress::{
    EgressError, IncomingResponse, MaybeSent, NotSent, Origin, OutgoingRequest, Policy, Sending, Transport,
};
use countersign_model::{ChannelKind, Contact, Name, OutMessage, Reply, SecretText, Timestamp};
use countersign_script::{CheckOptions, Runnable, check};
use countersign_store::{
    ConversationKey, Conversations, Delivery, Keys as _, Line, MemoryStore, Secrets as _, TokenInfo,
};
use countersign_vault::{KeyRing, MasterKey, MasterKeys};

use super::flaky::Flaky;
use crate::{
    Channel, ChannelAccount, Clock, Event, Inbound, Limits, Notice, Observer, Parts, Registry, Runner,
    SendError, Sleeper, open_keys,
};

/// The bot of most tests.
pub(super) const BOT: &str = r#"
countersign: 1
bot: bank
name: Bank
language: en
authorization_tokens:
  - id: login
    url: "https://auth.bank.example/login"
    send_to: ["https://api.bank.example"]
    questions:
      - { question: "User?", field: username }
      - { question: "Password?", field: password, secret: true }
    ttl: 900
    is_json: true
    token_path: token
    expires_in_path: expires_in
    refresh:
      token_path: refresh
      url: "https://auth.bank.example/refresh"
      fields: { refresh: "{refresh_token}" }
web_services:
  - id: get-balance
    url: "https://api.bank.example/accounts/{contact.address}/balance"
    headers: { Authorization: "Bearer {authtoken}", X-Key: "{secret.api}" }
    retries: 2
    save: { balance: balance }
  - id: send-money
    method: POST
    url: "https://api.bank.example/transfer"
    headers: { Authorization: "Bearer {authtoken}" }
    json: { amount: "{amount}" }
    idempotency_key: true
    save: { id: id }
  - id: order
    method: POST
    url: "https://api.bank.example/order"
    headers: { Authorization: "Bearer {authtoken}" }
    json: { amount: 1 }
    save: { id: id }
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: login
      - web_service: get-balance
      - message: "You have {balance}."
  - id: pay
    triggers: [pay]
    steps:
      - question: "How much?"
        kind: number
        save: amount
      - auth_token: login
      - web_service: send-money
      - message: "Paid {amount}: {id}."
  - id: order
    triggers: [order]
    steps:
      - auth_token: login
      - web_service: order
      - message: "Ordered {id}."
  - id: hello
    triggers: [hello]
    steps:
      - message: "Hello."
  - id: pause
    triggers: [pause]
    steps:
      - wait: 60
      - message: "Back."
"#;

pub(super) const PASSWORD: &str = "CANARY-hunter2/ü";
pub(super) const API_KEY: &str = "CANARY-api-key";

/// A request as it would have left.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) headers: HashMap<String, String>,
    pub(super) body: String,
    origin: Origin,
}

impl Sent {
    pub(super) fn host(&self) -> &str {
        self.origin.host()
    }

    pub(super) fn path(&self) -> &str {
        self.url.splitn(4, '/').nth(3).unwrap_or("")
    }

    pub(super) fn bearer(&self) -> &str {
        self.headers.get("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or("")
    }

    pub(super) fn lost(&self) -> Result<IncomingResponse, EgressError> {
        Err(EgressError::MaybeSent { origin: self.origin.clone(), cause: MaybeSent::ConnectionLost })
    }

    pub(super) fn late(&self) -> Result<IncomingResponse, EgressError> {
        let cause = MaybeSent::Deadline(Duration::from_secs(10));
        Err(EgressError::MaybeSent { origin: self.origin.clone(), cause })
    }

    pub(super) fn not_sent(&self) -> Result<IncomingResponse, EgressError> {
        Err(EgressError::NotSent { origin: self.origin.clone(), cause: NotSent::ConnectionRefused })
    }
}

pub(super) fn answer(status: u16, body: &str) -> Result<IncomingResponse, EgressError> {
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(IncomingResponse::new(status, headers, body.as_bytes().to_vec()))
}

type Answer = Result<IncomingResponse, EgressError>;
type Slow = Box<dyn Fn(&Sent) -> Duration + Send>;
type Handler = Box<dyn FnMut(&Sent) -> Answer + Send>;

struct Wire {
    sent: Mutex<Vec<Sent>>,
    handler: Mutex<Handler>,
    /// How long an answer takes, by path; `Duration::MAX` never comes.
    slow: Mutex<Slow>,
}

impl Transport for Wire {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let headers = request.headers().iter().map(|(name, value)| (name.clone(), value.expose().to_owned()));
        let sent = Sent {
            method: request.method().name(),
            url: request.url().expose().to_owned(),
            headers: headers.collect(),
            body: request.body().map_or(String::new(), |body| body.expose().to_owned()),
            origin: request.origin().clone(),
        };
        self.sent.lock().unwrap().push(sent.clone());
        let wait = (self.slow.lock().unwrap())(&sent);
        Box::pin(async move {
            // So that other tasks come in between.
            tokio::task::yield_now().await;
            match wait {
                Duration::ZERO => {}
                Duration::MAX => std::future::pending().await,
                wait => tokio::time::sleep(wait).await,
            }
            (self.handler.lock().unwrap())(&sent)
        })
    }
}

#[derive(Default)]
pub(super) struct Mailbox {
    delivered: Mutex<Vec<(String, Delivery)>>,
    pub(super) refusals: Mutex<Vec<SendError>>,
}

#[async_trait]
impl Channel for Mailbox {
    async fn deliver(&self, to: &ConversationKey, delivery: &Delivery, _: u32) -> Result<(), SendError> {
        if let Some(refusal) = self.refusals.lock().unwrap().pop() {
            return Err(refusal);
        }
        self.delivered.lock().unwrap().push((to.address.clone(), delivery.clone()));
        Ok(())
    }
}

#[derive(Default)]
struct Notices(Mutex<Vec<String>>);

impl Observer for Notices {
    fn notice(&self, _: &ConversationKey, notice: &Notice<'_>) {
        let shown = match notice {
            Notice::Diagnosis { diagnosis, .. } => format!("{notice:?} {diagnosis}"),
            Notice::CallNotBuilt { why, .. } => format!("{notice:?} {why}"),
            Notice::Dropped(why) => format!("{notice:?} {why}"),
            _ => format!("{notice:?}"),
        };
        self.0.lock().unwrap().push(shown);
    }
}

#[derive(Default)]
struct Naps {
    naps: Mutex<Vec<Duration>>,
    /// Whether time passes meanwhile.
    real: bool,
}

impl Sleeper for Naps {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.naps.lock().unwrap().push(time);
        match self.real {
            true => Box::pin(tokio::time::sleep(time)),
            false => Box::pin(std::future::ready(())),
        }
    }
}

/// What a rig is made of.
pub(super) struct Make {
    pub(super) kind: ChannelKind,
    pub(super) bot: &'static str,
    pub(super) limits: Limits,
    /// Whether time passes by itself, as tokio has it; for tests in which tokio's time stands still but for sleeps.
    pub(super) timed: bool,
    /// What delivers, in the place of the mailbox.
    pub(super) sender: Option<Arc<dyn Channel>>,
}

impl Default for Make {
    fn default() -> Self {
        let (kind, limits) = (ChannelKind::Whatsapp, Limits::default());
        Self { kind, bot: BOT, limits, timed: false, sender: None }
    }
}

pub(super) struct Rig {
    pub(super) runner: Runner,
    pub(super) store: Arc<MemoryStore>,
    /// What stands between the runner and the store.
    pub(super) flaky: Arc<Flaky>,
    master: SecretText,
    parts: Box<dyn Fn() -> Parts + Send + Sync>,
    limits: Limits,
    pub(super) mailbox: Arc<Mailbox>,
    wire: Arc<Wire>,
    notices: Arc<Notices>,
    naps: Arc<Naps>,
    clock: Arc<AtomicI64>,
    ids: AtomicU64,
}

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(super) fn key(address: &str) -> ConversationKey {
    ConversationKey { workspace: name("acme"), channel: name("wa"), address: address.into() }
}

pub(super) fn bot(text: &str) -> Runnable {
    let checkup = check("bot.yaml", text, &CheckOptions::default());
    let checked = checkup.checked.unwrap_or_else(|| panic!("{:#?}", checkup.diagnostics));
    let secrets = ["api".to_owned()].into();
    checked.bind(&Default::default(), &secrets).unwrap()
}

impl Rig {
    pub(super) async fn new() -> Self {
        Self::of(Make::default()).await
    }

    pub(super) async fn on(kind: ChannelKind) -> Self {
        Self::of(Make { kind, ..Make::default() }).await
    }

    /// In which time passes.
    pub(super) async fn timed() -> Self {
        Self::of(Make { timed: true, ..Make::default() }).await
    }

    pub(super) async fn of(make: Make) -> Self {
        let store = Arc::new(MemoryStore::new());
        let flaky = Arc::new(Flaky::new(store.clone()));
        let clock = Arc::new(AtomicI64::new(Timestamp::from_secs(1_800_000_000).as_micros()));
        let wire = Arc::new(Wire {
            sent: Mutex::default(),
            handler: Mutex::new(Box::new(bank)),
            slow: Mutex::new(Box::new(|_| Duration::ZERO)),
        });
        let (mailbox, notices): (Arc<Mailbox>, Arc<Notices>) = Default::default();
        let naps = Arc::new(Naps { real: make.timed, ..Naps::default() });
        let registry = Arc::new(Registry::new());
        registry.put_channel(ChannelAccount {
            workspace: name("acme"),
            id: name("wa"),
            kind: make.kind,
            bot: bot(make.bot),
            sender: make.sender.unwrap_or_else(|| mailbox.clone()),
        });
        registry.put_secret(&name("acme"), "api", API_KEY.into());
        let master = MasterKey::generate().unwrap().to_line();
        let masters = MasterKeys::parse(master.expose()).unwrap();
        let keys = open_keys(store.as_ref(), masters, [&name("acme")]).await.unwrap();
        let time: Arc<dyn Clock> = match make.timed {
            false => {
                let time = clock.clone();
                Arc::new(move || Timestamp::from_micros(time.load(Ordering::SeqCst)))
            }
            true => {
                let (begin, time) = (tokio::time::Instant::now(), clock.clone());
                Arc::new(move || Timestamp::from_micros(time.load(Ordering::SeqCst)).plus(begin.elapsed()))
            }
        };
        let numbers = Arc::new(AtomicU64::new(7));
        let parts = {
            let (flaky, wire, naps, notices) = (flaky.clone(), wire.clone(), naps.clone(), notices.clone());
            move || {
                let numbers = numbers.clone();
                Parts {
                    store: flaky.clone(),
                    keys: keys.clone(),
                    transport: wire.clone(),
                    policy: Arc::new(Policy::default()),
                    registry: registry.clone(),
                    clock: time.clone(),
                    sleeper: naps.clone(),
                    random: Arc::new(move || numbers.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst)),
                    observer: notices.clone(),
                }
            }
        };
        let runner = Runner::with_limits(parts(), make.limits.clone());
        let (limits, parts) = (make.limits, Box::new(parts));
        let ids = AtomicU64::new(0);
        Self { runner, store, flaky, master, parts, limits, mailbox, wire, notices, naps, clock, ids }
    }

    /// The program is started anew: what is in memory alone is gone.
    pub(super) fn restart(&mut self) {
        self.runner = Runner::with_limits((self.parts)(), self.limits.clone());
    }

    /// The same, with other limits.
    pub(super) fn restart_with(&mut self, limits: Limits) {
        self.limits = limits;
        self.restart();
    }

    /// How long an answer takes; `Duration::MAX` never comes.
    pub(super) fn slow(&self, slow: impl Fn(&Sent) -> Duration + Send + 'static) {
        *self.wire.slow.lock().unwrap() = Box::new(slow);
    }

    /// The keys as another program has them.
    pub(super) async fn ring(&self) -> KeyRing {
        let masters = MasterKeys::parse(self.master.expose()).unwrap();
        KeyRing::unlock(masters, self.store.data_keys().await.unwrap()).unwrap()
    }

    pub(super) fn bank(&self, handler: impl FnMut(&Sent) -> Answer + Send + 'static) {
        *self.wire.handler.lock().unwrap() = Box::new(handler);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.runner.inner().now()
    }

    pub(super) fn clock(&self) -> Arc<AtomicI64> {
        self.clock.clone()
    }

    pub(super) fn pass(&self, secs: i64) {
        self.clock.fetch_add(secs * 1_000_000, Ordering::SeqCst);
    }

    pub(super) async fn let_in(&self, address: &str, event: Event) {
        let id = format!("m{}", self.ids.fetch_add(1, Ordering::SeqCst));
        let contact = Contact { address: address.into(), ..Contact::default() };
        let inbound = Inbound { conversation: key(address), id, contact, event };
        assert_eq!(self.runner.ingest(vec![inbound]).await.unwrap(), [true]);
    }

    pub(super) async fn text_in(&self, address: &str, text: &str) {
        self.let_in(address, Event::Reply(Reply::text(text))).await;
    }

    /// Says something and gives what the bot says.
    pub(super) async fn say(&self, address: &str, text: &str) -> Vec<String> {
        self.text_in(address, text).await;
        self.idle(address).await
    }

    pub(super) async fn idle(&self, address: &str) -> Vec<String> {
        self.runner.run_until_idle().await.unwrap();
        self.heard(address)
    }

    /// What the bot has said since the last time this was asked.
    pub(super) fn heard(&self, address: &str) -> Vec<String> {
        let mut delivered = self.mailbox.delivered.lock().unwrap();
        let (mine, others) = std::mem::take(&mut *delivered).into_iter().partition(|(to, _)| to == address);
        *delivered = others;
        let text = |(_, delivery): (String, Delivery)| match delivery {
            Delivery::Say(OutMessage::Text(text)) => text,
            other => format!("{other:?}"),
        };
        let mine: Vec<(String, Delivery)> = mine;
        mine.into_iter().map(text).collect()
    }

    /// The links that the bot has sent since the last time this, or anything that was said, was asked for.
    pub(super) fn links(&self, address: &str) -> Vec<OutMessage> {
        let mut delivered = self.mailbox.delivered.lock().unwrap();
        let (mine, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut *delivered).into_iter().partition(|(to, _)| to == address);
        *delivered = others;
        let link = |(_, delivery)| match delivery {
            Delivery::Say(link @ OutMessage::Link { .. }) => Some(link),
            _ => None,
        };
        mine.into_iter().filter_map(link).collect()
    }

    /// Logs in and gives what the bot says at the end.
    pub(super) async fn log_in(&self, address: &str, trigger: &str) -> Vec<String> {
        assert_eq!(self.say(address, trigger).await, ["User?"]);
        assert_eq!(self.say(address, address).await, ["Password?"]);
        self.say(address, PASSWORD).await
    }

    /// Logs in and forgets how.
    pub(super) async fn log_in_silently(&self, address: &str) {
        self.log_in(address, "balance").await;
        self.sent();
    }

    /// What has left since the last time this was asked.
    pub(super) fn sent(&self) -> Vec<Sent> {
        std::mem::take(&mut *self.wire.sent.lock().unwrap())
    }

    pub(super) fn paths(&self) -> Vec<String> {
        self.sent().iter().map(|sent| sent.path().to_owned()).collect()
    }

    pub(super) fn naps(&self) -> Vec<Duration> {
        std::mem::take(&mut *self.naps.naps.lock().unwrap())
    }

    pub(super) fn notices(&self) -> Vec<String> {
        std::mem::take(&mut *self.notices.0.lock().unwrap())
    }

    pub(super) async fn transcript(&self, address: &str) -> Vec<Line> {
        let rows = self.store.transcript(&key(address), 0, 1000).await.unwrap();
        rows.into_iter().map(|row| row.line).collect()
    }

    pub(super) async fn held(&self, address: &str) -> Option<TokenInfo> {
        self.store.held(&key(address), &name("bank")).await.unwrap().pop()
    }
}

/// A bank that lets everybody in; a token names its owner.
pub(super) fn bank(sent: &Sent) -> Answer {
    match sent.path() {
        "login" => {
            let body: serde_json::Value = serde_json::from_str(&sent.body).unwrap();
            if body["password"] != PASSWORD {
                return answer(401, r#"{"error":"wrong"}"#);
            }
            answer(200, &format!(r#"{{"token":"CANARY-token-{}"}}"#, body["username"].as_str().unwrap()))
        }
        "transfer" => answer(201, r#"{"id":"t1"}"#),
        "order" => answer(201, r#"{"id":"o1"}"#),
        _ => answer(200, r#"{"balance":"12.50"}"#),
    }
}

/// Runs a future that waits for nobody else.
pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..10 {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
    panic!("it waits");
}
