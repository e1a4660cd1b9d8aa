use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use countersign_model::{ChannelKind, Name, SecretText};
use countersign_script::Runnable;
use countersign_script::program::Fingerprint;

use crate::channel::Channel;

/// Channels, the bots on them, and the secrets of workspaces. It can be changed while a runner works with it.
#[derive(Default)]
pub struct Registry(RwLock<Content>);

#[derive(Default)]
struct Content {
    workspaces: HashMap<Name, Workspace>,
}

#[derive(Default)]
struct Workspace {
    channels: HashMap<Name, Arc<ChannelAccount>>,
    /// Every version that a session may still run on.
    versions: HashMap<Fingerprint, Runnable>,
    secrets: HashMap<Box<str>, SecretText>,
}

/// One account at a provider, and the bot that answers there.
pub struct ChannelAccount {
    /// The workspace.
    pub workspace: Name,
    /// Its id in the workspace.
    pub id: Name,
    /// What kind of channel it is.
    pub kind: ChannelKind,
    /// The version of the bot that new sessions start on.
    pub bot: Runnable,
    /// What delivers to its users.
    pub sender: Arc<dyn Channel>,
}

impl Registry {
    /// An empty registry.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a channel, or puts it in the place of the one with its id. Versions that were there stay for the sessions
    /// that run on them.
    pub fn put_channel(&self, account: ChannelAccount) {
        let mut content = self.write();
        let workspace = content.of(&account.workspace);
        workspace.versions.insert(account.bot.fingerprint, account.bot.clone());
        workspace.channels.insert(account.id.clone(), Arc::new(account));
    }

    /// Lets new sessions of a channel start on another version of a bot. Gives `false` when there is no such channel.
    pub fn publish(&self, workspace: &Name, channel: &Name, bot: Runnable) -> bool {
        let Some(old) = self.channel(workspace, channel) else { return false };
        self.put_channel(ChannelAccount {
            workspace: old.workspace.clone(),
            id: old.id.clone(),
            kind: old.kind,
            bot,
            sender: old.sender.clone(),
        });
        true
    }

    /// Adds a version for the sessions that still run on it, after a restart.
    pub fn put_version(&self, workspace: &Name, bot: Runnable) {
        self.write().of(workspace).versions.insert(bot.fingerprint, bot);
    }

    /// Adds a secret of a workspace, or puts it in the place of the one with its name.
    pub fn put_secret(&self, workspace: &Name, name: &str, value: SecretText) {
        self.write().of(workspace).secrets.insert(name.into(), value);
    }

    /// A channel.
    pub fn channel(&self, workspace: &Name, id: &Name) -> Option<Arc<ChannelAccount>> {
        self.read().workspaces.get(workspace)?.channels.get(id).cloned()
    }

    /// A version of a bot.
    pub fn version(&self, workspace: &Name, version: Fingerprint) -> Option<Runnable> {
        self.read().workspaces.get(workspace)?.versions.get(&version).cloned()
    }

    pub(crate) fn secret(&self, workspace: &Name, name: &str) -> Option<SecretText> {
        self.read().workspaces.get(workspace)?.secrets.get(name).map(SecretText::duplicate)
    }

    fn read(&self) -> RwLockReadGuard<'_, Content> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Content> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Content {
    fn of(&mut self, workspace: &Name) -> &mut Workspace {
        self.workspaces.entry(workspace.clone()).or_default()
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content = self.read();
        let channels: usize = content.workspaces.values().map(|workspace| workspace.channels.len()).sum();
        let versions: usize = content.workspaces.values().map(|workspace| workspace.versions.len()).sum();
        write!(f, "Registry({channels} channels, {versions} versions)")
    }
}
