//! A demo bank, a bot, and a runner in the middle, on one clock that only the test moves.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countersign_bank::{Bank, BankOptions, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET, Running};
use countersign_model::{ChannelKind, Name, OutMessage, Timestamp};
use countersign_runner::{
    Channel, ChannelAccount, ConversationKey, Delivery, MemoryStore, Notice, Observer, Parts, Registry,
    Runner, SendError, Sleeper, open_keys,
};
use countersign_script::diagnostics::Severity;
use countersign_script::{CheckOptions, Runnable};
use countersign_store::{Conversations as _, Secrets as _};
use countersign_vault::{MasterKey, MasterKeys};

use super::person::Person;
use super::wire::Wire;

/// Everything that a test needs.
pub(crate) struct World {
    pub(crate) bank: Running,
    pub(crate) clock: TestClock,
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) wire: Arc<Wire>,
    pub(crate) runner: Runner,
    pub(crate) bot: Runnable,
    pub(crate) heard: Arc<Heard>,
    pub(crate) noticed: Arc<Noticed>,
    registry: Arc<Registry>,
    keys: Arc<std::sync::RwLock<countersign_vault::KeyRing>>,
    changed: tokio::sync::Notify,
    messages: AtomicU64,
}

/// A clock that stands until it is moved.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

/// What the bot has said, by conversation.
#[derive(Default)]
pub(crate) struct Heard(Mutex<HashMap<ConversationKey, Vec<Delivery>>>);

/// What the runner has told, as texts.
#[derive(Default)]
pub(crate) struct Noticed(Mutex<Vec<String>>);

/// Longer than any test: whoever waits so long waits for ever.
const FOR_EVER: Duration = Duration::from_secs(120);

impl World {
    /// With a bot of `demo/bots`.
    pub(crate) async fn open(bot: &str) -> Self {
        Self::new(bot, None, |_| {}).await
    }

    /// With a bank that behaves differently.
    pub(crate) async fn with(bot: &str, change: impl FnOnce(&mut BankOptions)) -> Self {
        Self::new(bot, None, change).await
    }

    /// In which nobody waits longer than this for an answer.
    pub(crate) async fn impatient(bot: &str, patience: Duration) -> Self {
        Self::new(bot, Some(patience), |_| {}).await
    }

    /// With a bot of its own and another server in the place of the bank.
    pub(crate) async fn against(bot_file: &str, server: std::net::SocketAddr, patience: Duration) -> Self {
        let clock = TestClock::new();
        let bank = Bank::start(options(&clock)).await.unwrap();
        let wire = Wire::to(server, Some(patience));
        Self::of(clock, bank, wire, bot(bot_file, &format!("http://{server}"))).await
    }

    async fn new(bot: &str, patience: Option<Duration>, change: impl FnOnce(&mut BankOptions)) -> Self {
        let clock = TestClock::new();
        let mut options = options(&clock);
        change(&mut options);
        let bank = Bank::start(options).await.unwrap();
        let wire = Wire::to(bank.addr, patience);
        let bot = demo_bot(bot, &bank.url());
        Self::of(clock, bank, wire, bot).await
    }

    async fn of(clock: TestClock, bank: Running, wire: Wire, bot: Runnable) -> Self {
        let wire = Arc::new(wire);
        let heard = Arc::new(Heard::default());
        let registry = Arc::new(Registry::new());
        registry.put_secret(&workspace(), "oauth_secret", OAUTH_CLIENT_SECRET.into());
        for kind in ChannelKind::ALL {
            registry.put_channel(ChannelAccount {
                workspace: workspace(),
                id: channel(kind),
                kind,
                bot: bot.clone(),
                sender: heard.clone(),
            });
        }
        let store = Arc::new(MemoryStore::new());
        let masters = MasterKeys::one(MasterKey::generate().unwrap());
        let keys = open_keys(store.as_ref(), masters, [&workspace()]).await.unwrap();
        let noticed = Arc::new(Noticed::default());
        let runner = runner(&store, &keys, wire.clone(), wire.policy(), &registry, &clock, &noticed);
        let changed = tokio::sync::Notify::new();
        Self {
            bank,
            clock,
            store,
            wire,
            runner,
            bot,
            heard,
            noticed,
            registry,
            keys,
            changed,
            messages: AtomicU64::new(0),
        }
    }

    /// Somebody on a channel of this kind.
    pub(crate) fn on(&self, kind: ChannelKind, address: &str) -> Person<'_> {
        let conversation =
            ConversationKey { workspace: workspace(), channel: channel(kind), address: address.to_owned() };
        Person::new(self, conversation)
    }

    /// Somebody on WhatsApp.
    pub(crate) fn whatsapp(&self, address: &str) -> Person<'_> {
        self.on(ChannelKind::Whatsapp, address)
    }

    /// A number for a message, as a provider gives it.
    pub(crate) fn message_id(&self) -> u64 {
        self.messages.fetch_add(1, Ordering::Relaxed)
    }

    /// Lets the client reach another server too.
    pub(crate) fn allow(&self, addr: std::net::SocketAddr) {
        self.wire.allow(addr);
    }

    /// Lets time pass, and everything happen that was due.
    pub(crate) async fn pass(&self, time: Duration) {
        self.clock.pass(time);
        self.runner.run_until_idle().await.unwrap();
    }

    /// Ends the program and starts it again on the same store.
    pub(crate) fn restart(&mut self) {
        self.runner = self.with_transport(self.wire.clone());
    }

    /// A second runner on the same store, with another way to the network.
    pub(crate) fn with_transport(&self, transport: Arc<dyn countersign_egress::Transport>) -> Runner {
        let policy = self.wire.policy();
        runner(&self.store, &self.keys, transport, policy, &self.registry, &self.clock, &self.noticed)
    }

    /// Does everything that can be done until `done`; other tasks may take part.
    pub(crate) async fn settle(&self, done: impl AsyncFn() -> bool) {
        let settled = async {
            loop {
                let changed = self.changed.notified();
                tokio::pin!(changed);
                changed.as_mut().enable();
                if self.runner.tick().await.unwrap() {
                    self.changed.notify_waiters();
                } else if done().await {
                    return;
                } else {
                    changed.await;
                }
            }
        };
        tokio::time::timeout(FOR_EVER, settled).await.expect("the conversation has come to a halt");
    }

    /// How many tokens are kept for somebody.
    pub(crate) async fn held(&self, person: &Person<'_>) -> usize {
        self.store.held(&person.conversation, &self.bot.bot).await.unwrap().len()
    }

    /// How many answers are kept sealed for somebody.
    pub(crate) async fn sealed_answers(&self, person: &Person<'_>, component: &str) -> usize {
        self.store.answers(&person.conversation, &component.parse().unwrap()).await.unwrap().len()
    }

    /// The transcript of somebody's conversation, as text.
    pub(crate) async fn transcript(&self, person: &Person<'_>) -> String {
        format!("{:?}", self.store.transcript(&person.conversation, 0, usize::MAX).await.unwrap())
    }

    /// What begins a conversation with a bot of `demo/bots`.
    pub(crate) fn opening(bot: &str) -> &'static str {
        match bot {
            "password-form" => "whoami",
            "password-get" => "accounts",
            "code" => "profile",
            _ => "balance",
        }
    }
}

/// A bot of `demo/bots`, checked and bound to a bank.
pub(crate) fn demo_bot(name: &str, bank_url: &str) -> Runnable {
    let path = format!("{}/../../demo/bots/{name}.yaml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap();
    bot(&text, bank_url)
}

/// A bot from its text, checked and bound to a bank.
pub(crate) fn bot(text: &str, bank_url: &str) -> Runnable {
    let checkup = countersign_script::check("bot.yaml", text, &CheckOptions::default());
    let errors: Vec<_> =
        checkup.diagnostics.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let constants: BTreeMap<String, String> = [
        ("bank_url".to_owned(), bank_url.to_owned()),
        ("oauth_client".to_owned(), OAUTH_CLIENT_ID.to_owned()),
    ]
    .into();
    let secrets: BTreeSet<String> = ["oauth_secret".to_owned()].into();
    checkup.checked.unwrap().bind(&constants, &secrets).unwrap()
}

/// A message on one line, choices numbered.
fn line(message: &OutMessage) -> String {
    let mut line = match message {
        OutMessage::Text(text) | OutMessage::Options { text, .. } => text.clone(),
        other => format!("{other:?}"),
    };
    for (at, choice) in message.choices().iter().enumerate() {
        line += &format!(" [{}] {}", at + 1, choice.label);
    }
    line
}

fn runner(
    store: &Arc<MemoryStore>,
    keys: &Arc<std::sync::RwLock<countersign_vault::KeyRing>>,
    transport: Arc<dyn countersign_egress::Transport>,
    policy: countersign_egress::Policy,
    registry: &Arc<Registry>,
    clock: &TestClock,
    noticed: &Arc<Noticed>,
) -> Runner {
    let (clock, counter) = (clock.clone(), AtomicU64::new(1));
    Runner::new(Parts {
        store: store.clone(),
        keys: keys.clone(),
        transport,
        policy: Arc::new(policy),
        registry: registry.clone(),
        clock: Arc::new(move || clock.now()),
        sleeper: Arc::new(NoSleep),
        random: Arc::new(move || counter.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)),
        observer: noticed.clone(),
    })
}

fn options(clock: &TestClock) -> BankOptions {
    let clock = clock.clone();
    BankOptions::new(Arc::new(move || clock.now()))
}

/// The workspace of all tests.
pub(crate) fn workspace() -> Name {
    "demo".parse().unwrap()
}

fn channel(kind: ChannelKind) -> Name {
    kind.name().parse().unwrap()
}

impl TestClock {
    fn new() -> Self {
        Self(Arc::new(AtomicI64::new(Timestamp::from_secs(1_795_348_800).as_micros())))
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn pass(&self, time: Duration) {
        self.0.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }
}

impl Heard {
    /// What was said in a conversation, from a place on, as lines.
    pub(crate) fn lines(&self, conversation: &ConversationKey, from: usize) -> Vec<String> {
        let said = |delivery: &Delivery| match delivery {
            Delivery::Say(message) => Some(line(message)),
            _ => None,
        };
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(conversation).into_iter().flatten().filter_map(said).skip(from).collect()
    }
}

#[async_trait]
impl Channel for Heard {
    async fn deliver(&self, to: &ConversationKey, delivery: &Delivery, _: u32) -> Result<(), SendError> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(to.clone()).or_default().push(delivery.clone());
        Ok(())
    }
}

impl Noticed {
    /// All that was told.
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Noticed {
    fn notice(&self, _: &ConversationKey, notice: &Notice<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{notice:?}"));
    }
}

/// Nobody waits between two attempts.
struct NoSleep;

impl Sleeper for NoSleep {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}
