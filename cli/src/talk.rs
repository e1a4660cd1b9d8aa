//! A conversation with a bot, from its first message to the last: a runner over a memory store, with one user.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countersign_egress::{Client, Policy, Transport};
use countersign_engine::{Reason, Status};
use countersign_model::{ChannelKind, Contact, Name, OutMessage, Reply, Timestamp};
use countersign_runner::{
    Channel, ChannelAccount, ConversationKey, Delivery, Event, Inbound, MemoryStore, Observer, Parts, Random,
    Registry, Runner, SendError, Sleeper, TokioSleeper, View, open_keys,
};
use countersign_script::Runnable;
use countersign_vault::{MasterKey, MasterKeys};

use crate::problem::Problem;
use crate::workspace::Workspace;

/// What a conversation is made of.
pub(crate) struct Setup {
    /// The bot, with the constants put in.
    pub(crate) bot: Runnable,
    /// Secrets and allowed hosts.
    pub(crate) workspace: Workspace,
    /// The kind of channel.
    pub(crate) channel: ChannelKind,
    /// The user.
    pub(crate) contact: Contact,
    /// The way to auth services and APIs.
    pub(crate) transport: Arc<dyn Transport>,
    /// The time.
    pub(crate) clock: Clock,
    /// Starts this script at once.
    pub(crate) script: Option<String>,
    /// Who is told of calls and warnings.
    pub(crate) observer: Arc<dyn Observer>,
}

/// What the user hears or sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// The bot says something.
    Said(OutMessage),
    /// The bot deletes the user's message, because it holds a secret.
    Erased,
    /// A person or a number takes over.
    HandedOver {
        /// The number; a person when `None`.
        number: Option<String>,
    },
}

/// Is told what the user hears, as it comes.
pub(crate) type Hear<'h> = &'h mut (dyn FnMut(Heard) + Send);

/// A conversation.
pub(crate) struct Talk {
    runner: Runner,
    key: ConversationKey,
    contact: Contact,
    channel: ChannelKind,
    script: Option<Name>,
    ear: Arc<Ear>,
    clock: Arc<Clock>,
    view: Option<View>,
    events: u64,
}

impl Talk {
    /// A conversation in which nothing has happened yet.
    pub(crate) async fn new(setup: Setup) -> Result<Self, Problem> {
        let Setup { bot, workspace, channel, contact, transport, clock, script, observer } = setup;
        let script = script.map(|id| script_of(&bot, &id)).transpose()?;
        let names = [name("local"), name(channel.name())];
        let [local, account] = names;
        let (local, account) = (local?, account?);
        let clock = Arc::new(clock);
        let ear = Arc::new(Ear::default());
        let registry = Registry::new();
        for (secret, value) in &workspace.secrets {
            registry.put_secret(&local, secret, value.duplicate());
        }
        registry.put_channel(ChannelAccount {
            workspace: local.clone(),
            id: account.clone(),
            kind: channel,
            bot,
            sender: ear.clone(),
        });
        let store = Arc::new(MemoryStore::new());
        let master = MasterKey::generate().map_err(setup_failed)?;
        let keys =
            open_keys(store.as_ref(), MasterKeys::one(master), [&local]).await.map_err(setup_failed)?;
        let (sleeper, random) = clock.companions();
        let policy = Arc::new(Policy { allow: workspace.allow, ..Policy::default() });
        let runner = Runner::new(Parts {
            store,
            keys,
            transport,
            policy,
            registry: Arc::new(registry),
            clock: clock.clone(),
            sleeper,
            random,
            observer,
        });
        // On the phone a conversation is one call, whoever calls.
        let address =
            if channel.capabilities().spoken { "call-1".to_owned() } else { contact.address.clone() };
        let key = ConversationKey { workspace: local, channel: account, address };
        Ok(Self { runner, key, contact, channel, script, ear, clock, view: None, events: 0 })
    }

    /// A call comes in, or the script that was asked for begins. On other channels nothing happens until the user
    /// writes.
    pub(crate) async fn begin(&mut self, hear: Hear<'_>) -> Result<(), Problem> {
        match self.script.take() {
            Some(script) => self.event(Event::Start(script), hear).await,
            None if self.channel.capabilities().spoken => self.event(Event::Begin, hear).await,
            None => Ok(()),
        }
    }

    /// The user sends something.
    pub(crate) async fn send(&mut self, reply: Reply, hear: Hear<'_>) -> Result<(), Problem> {
        self.event(Event::Reply(reply), hear).await
    }

    /// The user hangs up.
    pub(crate) async fn hang_up(&mut self, hear: Hear<'_>) -> Result<(), Problem> {
        self.event(Event::HungUp, hear).await
    }

    /// Moves the clock on; timers go off at their own times on the way.
    pub(crate) async fn pass(&mut self, span: Duration, hear: Hear<'_>) -> Result<(), Problem> {
        let until = self.now().plus(span);
        let mut before = None;
        while let Some(due) = self.runner.next_due().await.map_err(run_failed)?
            && due <= until
            && Some(due) > before
        {
            before = Some(due);
            self.clock.move_to(due);
            self.drive(hear).await?;
        }
        self.clock.move_to(until);
        self.drive(hear).await
    }

    /// What the conversation is doing.
    pub(crate) fn status(&self) -> Status {
        self.view.as_ref().map_or(Status::Ended(Reason::NotBegun), View::status)
    }

    /// Variables and their values, in the order of the bot.
    pub(crate) fn variables(&self) -> Vec<(String, String)> {
        let Some(view) = &self.view else { return Vec::new() };
        let variables = view.session.variables(&view.bot);
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Now, as far as the conversation knows.
    pub(crate) fn now(&self) -> Timestamp {
        countersign_runner::Clock::now(&*self.clock)
    }

    async fn event(&mut self, event: Event, hear: Hear<'_>) -> Result<(), Problem> {
        self.events += 1;
        let inbound = Inbound {
            conversation: self.key.clone(),
            id: format!("event-{}", self.events),
            contact: self.contact.clone(),
            event,
        };
        self.runner.ingest(vec![inbound]).await.map_err(setup_failed)?;
        self.drive(hear).await
    }

    /// Does everything that can be done, and tells what is heard before a call is made: a call may take long.
    async fn drive(&mut self, hear: Hear<'_>) -> Result<(), Problem> {
        loop {
            let mut busy = self.runner.fire().await.map_err(run_failed)? > 0;
            busy |= self.runner.turn().await.map_err(run_failed)?;
            while self.runner.deliver().await.map_err(run_failed)? {
                busy = true;
            }
            self.ear.take().into_iter().for_each(&mut *hear);
            busy |= self.runner.call().await.map_err(run_failed)?;
            if !busy {
                break;
            }
        }
        self.view = self.runner.look(&self.key).await.map_err(run_failed)?;
        Ok(())
    }
}

/// The network, within what the workspace allows.
pub(crate) fn network(workspace: &Workspace) -> Result<Arc<dyn Transport>, Problem> {
    let policy = Policy { allow: workspace.allow.clone(), ..Policy::default() };
    Ok(Arc::new(Client::new(policy).map_err(setup_failed)?))
}

/// What everything of a command runs on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Problem> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Problem::Io)
}

/// The time: that of the machine, or a fixed one; both can be moved on.
#[derive(Debug)]
pub(crate) struct Clock {
    /// Microseconds; `None` is the time of the machine.
    fixed: Option<i64>,
    moved: AtomicI64,
}

impl Clock {
    /// The time of the machine.
    pub(crate) fn real() -> Self {
        Self { fixed: None, moved: AtomicI64::new(0) }
    }

    /// A time that stands still: Sunday, 2026-11-22, noon.
    pub(crate) fn fixed() -> Self {
        Self { fixed: Some(Timestamp::from_secs(1_795_348_800).as_micros()), moved: AtomicI64::new(0) }
    }

    /// Moves on to this moment; never back.
    fn move_to(&self, then: Timestamp) {
        let ahead = then.since(countersign_runner::Clock::now(self));
        let micros = i64::try_from(ahead.as_micros()).unwrap_or(i64::MAX);
        self.moved.fetch_add(micros, Ordering::Relaxed);
    }

    /// A clock that stands still goes with a sleeper that does not wait and numbers that are always the same.
    fn companions(&self) -> (Arc<dyn Sleeper>, Arc<dyn Random>) {
        match self.fixed {
            None => (Arc::new(TokioSleeper), Arc::new(|| RandomState::new().build_hasher().finish())),
            Some(_) => {
                let next = AtomicU64::new(1);
                (Arc::new(NoSleep), Arc::new(move || next.fetch_add(1, Ordering::Relaxed)))
            }
        }
    }
}

impl countersign_runner::Clock for Clock {
    fn now(&self) -> Timestamp {
        let base = self.fixed.unwrap_or_else(|| jiff::Timestamp::now().as_microsecond());
        Timestamp::from_micros(base.saturating_add(self.moved.load(Ordering::Relaxed)))
    }
}

struct NoSleep;

impl Sleeper for NoSleep {
    fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }
}

/// Takes what the bot says.
#[derive(Default)]
struct Ear(Mutex<Vec<Heard>>);

impl Ear {
    fn take(&self) -> Vec<Heard> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[async_trait]
impl Channel for Ear {
    async fn deliver(&self, _: &ConversationKey, delivery: &Delivery, _: u32) -> Result<(), SendError> {
        let heard = match delivery {
            Delivery::Say(message) => Heard::Said(message.clone()),
            Delivery::Erase(_) => Heard::Erased,
            Delivery::Handover { number } => Heard::HandedOver { number: number.clone() },
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
        Ok(())
    }
}

fn script_of(bot: &Runnable, id: &str) -> Result<Name, Problem> {
    let known = bot.scripts.iter().map(|script| &script.id);
    known
        .clone()
        .find(|known| known.as_str() == id)
        .cloned()
        .ok_or_else(|| Problem::NoSuchScript(id.to_owned(), known.map(ToString::to_string).collect()))
}

fn name(text: &str) -> Result<Name, Problem> {
    text.parse().map_err(setup_failed)
}

fn setup_failed(error: impl std::error::Error) -> Problem {
    Problem::Setup(error.to_string())
}

fn run_failed(error: countersign_runner::RunError) -> Problem {
    Problem::Setup(error.to_string())
}

#[cfg(test)]
mod tests {
    use countersign_runner::Clock as _;

    use super::*;

    #[test]
    fn a_clock_only_moves_on() {
        let clock = Clock::fixed();
        assert_eq!(clock.now().to_string(), "2026-11-22T12:00:00Z");
        clock.move_to(clock.now().plus(Duration::from_secs(60)));
        clock.move_to(Timestamp::from_secs(0));
        assert_eq!(clock.now().to_string(), "2026-11-22T12:01:00Z");
    }

    #[test]
    fn the_clock_of_the_machine_moves_on_too() {
        let clock = Clock::real();
        let before = clock.now();
        clock.move_to(before.plus(Duration::from_secs(3600)));
        assert!(clock.now() >= before.plus(Duration::from_secs(3600)));
    }
}
