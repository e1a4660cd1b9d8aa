//! A conversation with a bot, from its first message to the last: a runner over a memory store, with one user.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use countersign_egress::{Policy, Transport};
use countersign_engine::{Reason, Status};
use countersign_model::{ChannelKind, Contact, Name, OutMessage, Reply, SecretText, Timestamp};
use countersign_runner::{
    Channel, ChannelAccount, ConversationKey, Delivery, Event, Inbound, LoginPage, MemoryStore, Observer,
    Parts, Random, Registry, RunError, Runner, SendError, Sleeper, View, open_keys,
};
use countersign_script::Runnable;
use countersign_store::{TokenInfo, TranscriptRow};
use countersign_vault::{MasterKey, MasterKeys};

use crate::clock::MovingClock;
use crate::error::TalkError;

/// What a conversation is made of.
pub struct Setup {
    /// The bot, with the constants put in.
    pub bot: Runnable,
    /// The secrets that it may use, by name.
    pub secrets: BTreeMap<String, SecretText>,
    /// What may be called.
    pub policy: Arc<Policy>,
    /// The kind of channel.
    pub channel: ChannelKind,
    /// The user.
    pub contact: Contact,
    /// The way to auth services and APIs.
    pub transport: Arc<dyn Transport>,
    /// The time.
    pub clock: MovingClock,
    /// Waits between two attempts of a call.
    pub sleeper: Arc<dyn Sleeper>,
    /// Random numbers, never for keys.
    pub random: Arc<dyn Random>,
    /// Starts this script at once.
    pub script: Option<String>,
    /// Who is told of calls and warnings.
    pub observer: Arc<dyn Observer>,
}

/// What the user hears or sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// The bot says something.
    Said(OutMessage),
    /// The bot deletes the user's message, because it holds a secret.
    Erased,
    /// The bot sends a link to a login page. Here it leads nowhere: see [`Talk::page`].
    Page {
        /// What is said.
        text: String,
        /// What the link says.
        label: String,
    },
    /// A person or a number takes over.
    HandedOver {
        /// The number; a person when `None`.
        number: Option<String>,
    },
}

/// Is told what the user hears, as it comes.
pub type Hear<'h> = &'h mut (dyn FnMut(Heard) + Send);

/// A conversation.
pub struct Talk {
    runner: Runner,
    key: ConversationKey,
    contact: Contact,
    channel: ChannelKind,
    script: Option<Name>,
    ear: Arc<Ear>,
    clock: Arc<MovingClock>,
    view: Option<View>,
    events: u64,
}

impl Talk {
    /// A conversation in which nothing has happened yet.
    pub async fn new(setup: Setup) -> Result<Self, TalkError> {
        let Setup {
            bot,
            secrets,
            policy,
            channel,
            contact,
            transport,
            clock,
            sleeper,
            random,
            script,
            observer,
        } = setup;
        let script = script.map(|id| script_of(&bot, &id)).transpose()?;
        let local: Name = "local".parse().map_err(|_| TalkError::Names)?;
        let account: Name = channel.name().parse().map_err(|_| TalkError::Names)?;
        let clock = Arc::new(clock);
        let ear = Arc::new(Ear::default());
        let registry = Registry::new();
        for (secret, value) in &secrets {
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
        let master = MasterKey::generate()?;
        let keys = open_keys(store.as_ref(), MasterKeys::one(master), [&local]).await?;
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
    pub async fn begin(&mut self, hear: Hear<'_>) -> Result<(), TalkError> {
        match self.script.take() {
            Some(script) => self.event(Event::Start(script), hear).await,
            None if self.channel.capabilities().spoken => self.event(Event::Begin, hear).await,
            None => Ok(()),
        }
    }

    /// The user sends something.
    pub async fn send(&mut self, reply: Reply, hear: Hear<'_>) -> Result<(), TalkError> {
        self.event(Event::Reply(reply), hear).await
    }

    /// The user hangs up.
    pub async fn hang_up(&mut self, hear: Hear<'_>) -> Result<(), TalkError> {
        self.event(Event::HungUp, hear).await
    }

    /// The login page that stands open, or shows its digits.
    ///
    /// # Errors
    /// [`TalkError`].
    pub async fn page(&self) -> Result<Option<LoginPage>, TalkError> {
        Ok(self.runner.open_login_page(&self.key).await?)
    }

    /// The user posts the login page that stands open.
    ///
    /// # Errors
    /// [`TalkError`]; also when none stands open.
    pub async fn post_page(&mut self, answers: Vec<SecretText>, hear: Hear<'_>) -> Result<(), TalkError> {
        self.events += 1;
        let form = format!("event-{}", self.events);
        if !self.runner.post_open_login_page(&self.key, &form, answers).await? {
            return Err(TalkError::NoPage);
        }
        self.drive(hear).await
    }

    /// Moves the clock on; timers go off at their own times on the way.
    pub async fn pass(&mut self, span: Duration, hear: Hear<'_>) -> Result<(), TalkError> {
        let until = self.now().plus(span);
        let mut before = None;
        while let Some(due) = self.runner.next_due().await?
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
    pub fn status(&self) -> Status {
        self.view.as_ref().map_or(Status::Ended(Reason::NotBegun), View::status)
    }

    /// Variables and their values, in the order of the bot.
    pub fn variables(&self) -> Vec<(String, String)> {
        let Some(view) = &self.view else { return Vec::new() };
        let variables = view.session.variables(&view.bot);
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Now, as far as the conversation knows.
    pub fn now(&self) -> Timestamp {
        countersign_runner::Clock::now(&*self.clock)
    }

    /// The lines of the transcript from a number on, counted from 0. Secrets show in it as what they are: secrets.
    pub async fn lines(&self, from: u64) -> Result<Vec<TranscriptRow>, TalkError> {
        Ok(self.runner.store().transcript(&self.key, from, usize::MAX).await.map_err(RunError::from)?)
    }

    /// The tokens that the user holds.
    pub async fn tokens(&self) -> Result<Vec<TokenInfo>, TalkError> {
        let Some(view) = &self.view else { return Ok(Vec::new()) };
        Ok(self.runner.store().held(&self.key, &view.bot.bot).await.map_err(RunError::from)?)
    }

    /// The kind of channel.
    pub fn channel(&self) -> ChannelKind {
        self.channel
    }

    async fn event(&mut self, event: Event, hear: Hear<'_>) -> Result<(), TalkError> {
        self.events += 1;
        let inbound = Inbound {
            conversation: self.key.clone(),
            id: format!("event-{}", self.events),
            contact: self.contact.clone(),
            event,
        };
        self.runner.ingest(vec![inbound]).await?;
        self.drive(hear).await
    }

    /// Does everything that can be done, and tells what is heard before a call is made: a call may take long.
    async fn drive(&mut self, hear: Hear<'_>) -> Result<(), TalkError> {
        loop {
            let mut busy = self.runner.fire().await? > 0;
            busy |= self.runner.turn().await?;
            while self.runner.deliver().await? {
                busy = true;
            }
            self.ear.take().into_iter().for_each(&mut *hear);
            busy |= self.runner.call().await?;
            if !busy {
                break;
            }
        }
        self.view = self.runner.look(&self.key).await?;
        Ok(())
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
            Delivery::Page { text, label, .. } => Heard::Page { text: text.clone(), label: label.clone() },
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
        Ok(())
    }
}

fn script_of(bot: &Runnable, id: &str) -> Result<Name, TalkError> {
    let known = bot.scripts.iter().map(|script| &script.id);
    known.clone().find(|known| known.as_str() == id).cloned().ok_or_else(|| TalkError::NoSuchScript {
        wanted: id.to_owned(),
        known: known.map(ToString::to_string).collect(),
    })
}
