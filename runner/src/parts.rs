use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

use countersign_egress::{Policy, Transport};
use countersign_model::{Name, Timestamp};
use countersign_store::{ConversationKey, Store, WorkerId};
use countersign_vault::KeyRing;

use crate::admission::Desk;
use crate::flood::Floods;
use crate::guard::Guard;
use crate::hands::AtWork;
use crate::limits::Limits;
use crate::newcomers::Newcomers;
use crate::observer::Observer;
use crate::paid::PaidSends;
use crate::pingpong::PingPongs;
use crate::promised::Promised;
use crate::registry::Registry;
use crate::sealing::Vault;
use crate::wake::Wake;
use crate::watch::{Watch, Watchers};

/// What a runner is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Seals and opens; see [`crate::open_keys`].
    pub keys: Arc<RwLock<KeyRing>>,
    /// The way to auth services and APIs.
    pub transport: Arc<dyn Transport>,
    /// What may be called.
    pub policy: Arc<Policy>,
    /// Channels, bots and the secrets of workspaces.
    pub registry: Arc<Registry>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Waits between two attempts of a call.
    pub sleeper: Arc<dyn Sleeper>,
    /// Random numbers for names of sessions and for jitter; never for keys.
    pub random: Arc<dyn Random>,
    /// Who is told of calls, warnings and failures.
    pub observer: Arc<dyn Observer>,
}

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

impl<F: Fn() -> Timestamp + Send + Sync> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// Gives random numbers.
pub trait Random: Send + Sync {
    /// The next one, evenly spread over all 64 bits.
    fn next(&self) -> u64;
}

impl<F: Fn() -> u64 + Send + Sync> Random for F {
    fn next(&self) -> u64 {
        self()
    }
}

/// Waits.
pub trait Sleeper: Send + Sync {
    /// Waits so long.
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

/// Waits in real time.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokioSleeper;

impl Sleeper for TokioSleeper {
    fn sleep(&self, time: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// Carries out what the engine asks for. Clones share everything.
#[derive(Clone)]
pub struct Runner(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) vault: Vault,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) registry: Arc<Registry>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) sleeper: Arc<dyn Sleeper>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) observer: Arc<dyn Observer>,
    pub(crate) worker: WorkerId,
    pub(crate) watchers: Watchers,
    pub(crate) wake: Wake,
    pub(crate) at_work: AtWork,
    pub(crate) limits: Limits,
    pub(crate) guard: Guard,
    pub(crate) desk: Arc<Desk>,
    pub(crate) promised: Arc<Promised>,
    pub(crate) floods: Mutex<Floods>,
    pub(crate) pingpongs: Mutex<PingPongs>,
    pub(crate) newcomers: Mutex<Newcomers>,
    pub(crate) paid: Mutex<PaidSends>,
    /// Parts of long texts that have not all come.
    pub(crate) pieces: Mutex<countersign_channels::Parts>,
    /// Channels whose provider does not accept the account, and until when they rest.
    pub(crate) resting: Mutex<HashMap<(Name, Name), Timestamp>>,
    /// How many times in a row a turn could not be kept.
    pub(crate) trouble: AtomicU32,
    /// What the store said the last time of changes by other programs.
    pub(crate) outside: AtomicU64,
    /// When what is over was last removed, in microseconds.
    pub(crate) swept: AtomicI64,
}

impl Runner {
    /// A runner of these parts, with the limits that are usual.
    pub fn new(parts: Parts) -> Self {
        Self::with_limits(parts, Limits::default())
    }

    /// A runner of these parts with other limits.
    pub fn with_limits(parts: Parts, limits: Limits) -> Self {
        let outside = AtomicU64::new(parts.store.changed_outside());
        let worker = WorkerId(parts.random.next());
        Self(Arc::new(Inner {
            store: parts.store,
            vault: Vault::new(parts.keys),
            transport: parts.transport,
            policy: parts.policy,
            registry: parts.registry,
            clock: parts.clock,
            sleeper: parts.sleeper,
            random: parts.random,
            observer: parts.observer,
            worker,
            watchers: Watchers::default(),
            wake: Wake::default(),
            at_work: AtWork::default(),
            guard: Guard::new(limits.breaking, limits.bulkhead),
            limits,
            desk: Arc::default(),
            promised: Arc::default(),
            floods: Mutex::default(),
            pingpongs: Mutex::default(),
            newcomers: Mutex::default(),
            paid: Mutex::default(),
            pieces: Mutex::default(),
            resting: Mutex::default(),
            trouble: AtomicU32::new(0),
            outside,
            swept: AtomicI64::new(0),
        }))
    }

    /// Where everything is kept, to list and revoke tokens and to read transcripts.
    pub fn store(&self) -> &dyn Store {
        self.0.store.as_ref()
    }

    /// Channels, bots and the secrets of workspaces.
    pub fn registry(&self) -> &Registry {
        &self.0.registry
    }

    /// Looks at a conversation from now on: see [`Watch::changed`].
    pub fn watch(&self, key: &ConversationKey) -> Watch {
        self.0.watchers.watch(key)
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}
