//! What every route works with.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use countersign_accounts::Accounts;
use countersign_egress::{Policy, Transport};
use countersign_model::{Name, Timestamp};
use countersign_runner::{Clock, Random, Registry, Runner};
use countersign_store::Store;
use countersign_vault::KeyRing;

use crate::events::Events;
use crate::host::Host;
use crate::limits::Buckets;
use crate::records::Change;
use crate::simulations::Simulations;

/// What an [`Api`] is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Who may sign in, and what they may do.
    pub accounts: Arc<Accounts>,
    /// Carries out conversations.
    pub runner: Runner,
    /// Seals and opens.
    pub keys: Arc<RwLock<KeyRing>>,
    /// The way of bots to auth services and APIs, for trying a component.
    pub transport: Arc<dyn Transport>,
    /// What bots may call.
    pub policy: Arc<Policy>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random numbers, never for keys.
    pub random: Arc<dyn Random>,
    /// The program around it.
    pub host: Arc<dyn Host>,
}

/// What every route works with.
pub struct Api {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// Who may sign in, and what they may do.
    pub accounts: Arc<Accounts>,
    /// Carries out conversations.
    pub runner: Runner,
    /// Seals and opens.
    pub keys: Arc<RwLock<KeyRing>>,
    /// The way of bots to auth services and APIs.
    pub transport: Arc<dyn Transport>,
    /// What bots may call.
    pub policy: Arc<Policy>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random numbers, never for keys.
    pub random: Arc<dyn Random>,
    /// The program around it.
    pub host: Arc<dyn Host>,
    /// Tells what changed.
    pub events: Events,
    /// One publication at a time: what was committed last is what is in service.
    pub(crate) publishing: tokio::sync::Mutex<()>,
    pub(crate) simulations: Simulations,
    pub(crate) by_caller: Buckets<String>,
    pub(crate) by_peer: Buckets<String>,
}

impl Api {
    /// An API of these parts.
    pub fn new(parts: Parts) -> Arc<Self> {
        let Parts { store, accounts, runner, keys, transport, policy, clock, random, host } = parts;
        let events = Events::new(random.next());
        Arc::new(Self {
            store,
            accounts,
            runner,
            keys,
            transport,
            policy,
            clock,
            random,
            host,
            events,
            publishing: tokio::sync::Mutex::new(()),
            simulations: Simulations::default(),
            // A person who clicks fast makes some requests in a second; a program that polls makes one.
            by_caller: Buckets::new(300, Duration::from_secs(30)),
            by_peer: Buckets::new(60, Duration::from_secs(60)),
        })
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Channels, the bots on them, and the secrets of workspaces.
    pub fn registry(&self) -> &Registry {
        self.runner.registry()
    }

    /// Changes of records that belong together, and the lines of the audit log that tell of them.
    pub fn change(&self) -> Change<'_> {
        Change::new(self.store.as_ref(), self.now())
    }

    /// Whether the workspace is the one of the configuration file.
    pub fn is_configured(&self, workspace: &Name) -> bool {
        self.host.workspace() == workspace
    }
}
