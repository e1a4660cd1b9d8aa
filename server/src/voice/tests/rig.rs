use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_channels::Adapter;
use countersign_egress::{IncomingResponse, OutgoingRequest, Policy, Sending, Transport};
use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_runner::{
    ChannelAccount, ConversationKey, MemoryStore, Parts, Registry, Runner, Silent, Sleeper, open_keys,
};
use countersign_script::{CheckOptions, Runnable, check};
use countersign_vault::{MasterKey, MasterKeys};

use super::phone::Maker;
use crate::app::{App, Line, Side};
use crate::voice::{Patience, PhoneChannel};

/// A PIN login as banks have it on the phone, a menu, and an order number that may be spoken.
pub(super) const BOT: &str = r#"
countersign: 1
bot: bank
name: Bank
language: en
languages: [en, es]
texts:
  digits_only: "Please use the keys."
authorization_tokens:
  - id: login
    url: "https://auth.bank.example/login"
    send_to: ["https://api.bank.example"]
    questions:
      - { question: "Customer number?", field: customer, kind: digits, length: { min: 4, max: 8 } }
      - { question: "PIN?", field: pin, secret: true, kind: digits, length: 4, keypad: { digits: 4, finish_key: none } }
    validation_by_number: true
    ttl: 600
    is_json: true
    token_path: token
web_services:
  - id: get-balance
    url: "https://api.bank.example/{account}"
    headers: { Authorization: "Bearer {authtoken}" }
    save: { balance: balance }
scripts:
  - id: call
    triggers: [{ on: call }]
    steps:
      - message: "Welcome & hello."
      - auth_token: login
      - id: menu
        options: "What would you like?"
        choices:
          - { label: the checking account, value: checking }
          - { label: the savings account, value: savings }
          - { label: an order, value: order, go: order }
          - { label: a colleague, value: colleague, go: colleague }
          - { label: a person, value: person, go: person }
          - { label: a pause, value: pause, go: pause }
          - { label: the end, value: bye, go: bye }
        save: account
      - web_service: get-balance
      - message: "There are {balance} EUR."
      - jump: menu
      - id: order
        question: "Order number?"
        kind: digits
        length: 4
        save: order
      - message: "You said {order}."
      - jump: menu
      - id: colleague
        transfer: "+15550199"
        text: "I put you through."
      - id: person
        transfer: person
        text: "I call somebody."
      - id: pause
        wait: 5
      - message: "Back again."
      - jump: menu
      - id: bye
        message: "Goodbye."
"#;

pub(super) const PIN: &str = "8642";
pub(super) const TOKEN: &str = "CANARY-token";

/// The bank. It answers when its door is open.
pub(super) struct Bank {
    open: AtomicBool,
    pub(super) asked: Mutex<Vec<String>>,
}

impl Transport for Bank {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let url = request.url().expose().to_owned();
        let body = request.body().map_or(String::new(), |body| body.expose().to_owned());
        self.asked.lock().unwrap().push(url.clone());
        Box::pin(async move {
            while !self.open.load(Ordering::SeqCst) {
                tokio::task::yield_now().await;
            }
            let (status, text) = match url.ends_with("/login") {
                true if body.contains(PIN) => (200, format!(r#"{{"token":"{TOKEN}"}}"#)),
                true => (401, "{}".to_owned()),
                false => (200, r#"{"balance":"77.77"}"#.to_owned()),
            };
            let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            Ok(IncomingResponse::new(status, headers, text.into_bytes()))
        })
    }
}

/// Time that passes while others work: it is over when they have had so many chances.
#[derive(Default)]
pub(super) struct Naps(pub(super) Mutex<Vec<Duration>>);

impl Sleeper for Naps {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.0.lock().unwrap().push(time);
        Box::pin(async {
            for _ in 0..500 {
                tokio::task::yield_now().await;
            }
        })
    }
}

pub(super) struct Rig {
    pub(super) app: Arc<App>,
    pub(super) store: Arc<MemoryStore>,
    pub(super) bank: Arc<Bank>,
    pub(super) naps: Arc<Naps>,
    clock: Arc<AtomicI64>,
}

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(super) fn key(call: &str) -> ConversationKey {
    ConversationKey { workspace: name("main"), channel: name("phone"), address: call.to_owned() }
}

pub(super) fn bot(text: &str) -> Runnable {
    let checkup = check("bot.yaml", text, &CheckOptions::default());
    let checked = checkup.checked.unwrap_or_else(|| panic!("{:#?}", checkup.diagnostics));
    checked.bind(&Default::default(), &Default::default()).unwrap()
}

impl Rig {
    pub(super) async fn new(maker: Maker) -> Self {
        Self::with(maker, Some(BOT)).await
    }

    /// Without a bot the channel is not known to the runner.
    pub(super) async fn with(maker: Maker, text: Option<&str>) -> Self {
        let store = Arc::new(MemoryStore::new());
        let masters = MasterKeys::one(MasterKey::generate().unwrap());
        let keys = open_keys(store.as_ref(), masters, [&name("main")]).await.unwrap();
        let registry = Arc::new(Registry::new());
        if let Some(text) = text {
            registry.put_channel(ChannelAccount {
                workspace: name("main"),
                id: name("phone"),
                kind: ChannelKind::Phone,
                bot: bot(text),
                sender: Arc::new(PhoneChannel),
            });
        }
        let bank = Arc::new(Bank { open: AtomicBool::new(true), asked: Mutex::default() });
        let naps = Arc::new(Naps::default());
        let clock = Arc::new(AtomicI64::new(Timestamp::from_secs(1_800_000_000).as_micros()));
        let (time, numbers) = (clock.clone(), AtomicU64::new(7));
        let clock_of_app: Arc<dyn countersign_runner::Clock> =
            Arc::new(move || Timestamp::from_micros(time.load(Ordering::SeqCst)));
        let random: Arc<dyn countersign_runner::Random> =
            Arc::new(move || numbers.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst));
        let runner = Runner::new(Parts {
            store: store.clone(),
            keys,
            transport: bank.clone(),
            policy: Arc::new(Policy::default()),
            registry,
            clock: clock_of_app.clone(),
            sleeper: naps.clone(),
            random: random.clone(),
            observer: Arc::new(Silent),
        });
        // Two, so that one may wait for the bank.
        for worker in [runner.clone(), runner.clone()] {
            tokio::spawn(async move {
                loop {
                    worker.run_until_idle().await.unwrap();
                    tokio::task::yield_now().await;
                }
            });
        }
        let line = Line {
            workspace: name("main"),
            sender: None,
            in_file: true,
            wanted: None,
            id: name("phone"),
            kind: ChannelKind::Phone,
            side: Side::Provider(Arc::from(maker.adapter())),
        };
        let app = Arc::new(App {
            runner,
            workspace: name("main"),
            public_url: "https://bots.example.com".parse().unwrap(),
            channels: crate::app::Channels::new([line]),
            transport: bank.clone(),
            policy: Arc::new(Policy::default()),
            clock: clock_of_app,
            random,
            sleeper: naps.clone(),
            patience: Patience::default(),
        });
        Self { app, store, bank, naps, clock }
    }

    pub(super) fn adapter(&self) -> Arc<dyn Adapter> {
        match &self.app.channels.get(&name("phone")).unwrap().side {
            Side::Provider(adapter) => adapter.clone(),
            Side::Chat(_) => panic!("it is a phone"),
        }
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.clock.load(Ordering::SeqCst))
    }

    pub(super) fn pass(&self, secs: i64) {
        self.clock.fetch_add(secs * 1_000_000, Ordering::SeqCst);
    }

    /// Whether the bank answers.
    pub(super) fn bank_answers(&self, answers: bool) {
        self.bank.open.store(answers, Ordering::SeqCst);
    }

    /// Lets the workers come to rest.
    pub(super) async fn rest(&self) {
        self.naps.sleep(Duration::ZERO).await;
    }
}
