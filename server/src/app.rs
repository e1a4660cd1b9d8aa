use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use countersign_channels::Adapter;
use countersign_egress::{Policy, Transport};
use countersign_model::{ChannelKind, Name};
use countersign_runner::{
    Channel, ChannelAccount, Clock, ConversationKey, ProviderChannel, Random, Runner, Sleeper,
};
use countersign_script::Runnable;
use url::Url;

use crate::chat::{ChatChannel, ChatSettings};
use crate::voice::{Patience, PhoneChannel};

/// What every part of the server works with.
pub struct App {
    /// Carries everything out.
    pub runner: Runner,
    /// The workspace of the configuration.
    pub workspace: Name,
    /// Under which address the world reaches this server.
    pub public_url: Url,
    /// The channels by id.
    pub channels: Channels,
    /// The way to providers.
    pub transport: Arc<dyn Transport>,
    /// What may be called.
    pub policy: Arc<Policy>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Random numbers, never for keys.
    pub random: Arc<dyn Random>,
    /// Waits.
    pub sleeper: Arc<dyn Sleeper>,
    /// How long a caller is let wait.
    pub patience: Patience,
}

/// The channels of a server, by their ids. Those of the console come and go while it runs.
#[derive(Default)]
pub struct Channels(RwLock<HashMap<Name, Arc<Line>>>);

impl Channels {
    /// These channels.
    pub fn new(lines: impl IntoIterator<Item = Line>) -> Self {
        Self(RwLock::new(lines.into_iter().map(|line| (line.id.clone(), Arc::new(line))).collect()))
    }

    /// A channel.
    pub fn get(&self, id: &Name) -> Option<Arc<Line>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// All of them.
    pub fn all(&self) -> Vec<Arc<Line>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn put(&self, line: Line) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(line.id.clone(), Arc::new(line));
    }

    pub(crate) fn remove(&self, id: &Name) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }
}

/// One channel of the server.
pub struct Line {
    /// Whose it is.
    pub workspace: Name,
    /// Its id, which is also its place under `/hooks/` or `/chat/`.
    pub id: Name,
    /// What kind it is.
    pub kind: ChannelKind,
    /// How it speaks.
    pub side: Side,
    /// What sends to the provider; phone calls and chats of our own have none.
    pub sender: Option<Arc<ProviderChannel>>,
    /// Whether it stands in the configuration file.
    pub in_file: bool,
    /// The bot that the configuration file names. While there is none in service, the channel waits for it.
    pub wanted: Option<Name>,
}

impl Line {
    /// What delivers to its users.
    pub(crate) fn deliverer(&self) -> Arc<dyn Channel> {
        match (&self.sender, &self.side) {
            (Some(sender), _) => sender.clone(),
            (None, Side::Chat(_)) => Arc::new(ChatChannel),
            (None, Side::Provider(_)) => Arc::new(PhoneChannel),
        }
    }
}

/// How a channel speaks.
pub enum Side {
    /// With a provider, by webhooks.
    Provider(Arc<dyn Adapter>),
    /// With our own widget.
    Chat(ChatSettings),
}

impl App {
    /// Lets a bot answer on a channel; new conversations begin on it.
    pub(crate) fn serve(&self, line: &Line, bot: Runnable) {
        let Line { workspace, id, kind, .. } = line;
        self.runner.registry().put_channel(ChannelAccount {
            workspace: workspace.clone(),
            id: id.clone(),
            kind: *kind,
            bot,
            sender: line.deliverer(),
        });
    }

    /// The bot of a channel: the one that answers there, or the one that it waits for.
    pub(crate) fn bot_of(&self, line: &Line) -> Option<Name> {
        let account = self.runner.registry().channel(&line.workspace, &line.id);
        account.map(|account| account.bot.bot.clone()).or_else(|| line.wanted.clone())
    }

    /// The conversation of a contact on a channel.
    pub fn conversation(&self, line: &Line, address: &str) -> ConversationKey {
        ConversationKey {
            workspace: line.workspace.clone(),
            channel: line.id.clone(),
            address: address.to_owned(),
        }
    }
}
