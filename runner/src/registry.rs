use std::collections::{BTreeMap, HashMap};
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
    /// Where login pages are served.
    login_pages: Option<Arc<str>>,
}

#[derive(Default)]
struct Workspace {
    channels: HashMap<Name, Arc<ChannelAccount>>,
    /// Every version that a session may still run on.
    versions: HashMap<Fingerprint, Runnable>,
    /// How to make those that nobody has asked for yet.
    older: HashMap<Fingerprint, Arc<Make>>,
    secrets: HashMap<Box<str>, SecretText>,
}

/// Makes a version of a bot; none when that is not possible any more.
type Make = dyn Fn() -> Option<Runnable> + Send + Sync;

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

    /// Adds a version for the sessions that still run on it, after a restart. It is made when the first of them appears. Making it may take milliseconds, and is not
    /// tried again when it was in vain.
    pub fn put_older(
        &self,
        workspace: &Name,
        version: Fingerprint,
        make: impl Fn() -> Option<Runnable> + Send + Sync + 'static,
    ) {
        self.write().of(workspace).older.insert(version, Arc::new(make));
    }

    /// Says under which address login pages are served from now on: at `/login/` below it.
    pub fn serve_login_pages(&self, base: &str) {
        self.write().login_pages = Some(base.trim_end_matches('/').into());
    }

    pub(crate) fn login_pages(&self) -> Option<Arc<str>> {
        self.read().login_pages.clone()
    }

    /// Adds a secret of a workspace, or puts it in the place of the one with its name.
    pub fn put_secret(&self, workspace: &Name, name: &str, value: SecretText) {
        self.write().of(workspace).secrets.insert(name.into(), value);
    }

    /// Takes a secret of a workspace away. Whether it was there.
    pub fn remove_secret(&self, workspace: &Name, name: &str) -> bool {
        self.write().of(workspace).secrets.remove(name).is_some()
    }

    /// Takes a channel away: nothing begins there any more. Versions stay for sessions that come back. Whether it was there.
    pub fn remove_channel(&self, workspace: &Name, id: &Name) -> bool {
        self.write().of(workspace).channels.remove(id).is_some()
    }

    /// A channel.
    pub fn channel(&self, workspace: &Name, id: &Name) -> Option<Arc<ChannelAccount>> {
        self.read().workspaces.get(workspace)?.channels.get(id).cloned()
    }

    /// A version of a bot.
    pub fn version(&self, workspace: &Name, version: Fingerprint) -> Option<Runnable> {
        let make = {
            let content = self.read();
            let workspace = content.workspaces.get(workspace)?;
            match workspace.versions.get(&version) {
                Some(known) => return Some(known.clone()),
                None => workspace.older.get(&version)?.clone(),
            }
        };
        // Nobody waits for it meanwhile. Two may make the same one at once, which harms nobody.
        let made = make().filter(|bot| bot.fingerprint == version);
        let mut content = self.write();
        let workspace = content.of(workspace);
        workspace.older.remove(&version);
        match made {
            Some(bot) => Some(workspace.versions.entry(version).or_insert(bot).clone()),
            None => workspace.versions.get(&version).cloned(),
        }
    }

    /// The secrets of a workspace, for another runner that its author tries a bot with.
    pub fn secrets(&self, workspace: &Name) -> BTreeMap<String, SecretText> {
        let content = self.read();
        let secrets = content.workspaces.get(workspace).into_iter().flat_map(|workspace| &workspace.secrets);
        secrets.map(|(name, value)| (name.to_string(), value.duplicate())).collect()
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
