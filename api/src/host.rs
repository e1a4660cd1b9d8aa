//! What the API asks of the program around it.

use async_trait::async_trait;
use countersign_channels::{Provider, Setting, Settings};
use countersign_model::{ChannelKind, Name};
use countersign_script::Runnable;
use url::Url;

use crate::channels::ChannelHealth;

/// The program that the API is part of: it has the channels and their addresses.
#[async_trait]
pub trait Host: Send + Sync {
    /// Under which address the world reaches the server.
    fn public_url(&self) -> &Url;

    /// The workspace of the configuration file.
    fn workspace(&self) -> &Name;

    /// The channels that are attached, those of the configuration file and those of the console.
    fn channels(&self) -> Vec<AttachedChannel>;

    /// The constants of the configuration file.
    fn constants(&self) -> &[(String, String)];

    /// The names of the secrets of the configuration file.
    fn secrets(&self) -> &[String];

    /// Puts the secret of the configuration file back into the registry, when it has one of that name: the one of the
    /// console was removed.
    fn restore_secret(&self, workspace: &Name, name: &str);

    /// With `countersign demo`: what there is to try, for the first screen. Never a secret.
    fn demo(&self) -> Option<serde_json::Value> {
        None
    }

    /// What chats of our own can be told.
    fn chat_settings(&self) -> &'static [Setting];

    /// How a channel does.
    fn health(&self, workspace: &Name, channel: &Name) -> ChannelHealth;

    /// Attaches a channel while the server runs, or puts it in the place of the one with its id.
    async fn attach(&self, channel: NewChannel) -> Result<(), AttachError>;

    /// Takes a channel away that was attached by [`Self::attach`]. Whether it was there.
    async fn detach(&self, workspace: &Name, id: &Name) -> bool;

    /// Lets new sessions of all channels that have this bot begin on this version. Gives how many.
    fn publish(&self, workspace: &Name, bot: &Runnable) -> usize;
}

/// A channel as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedChannel {
    /// The workspace.
    pub workspace: Name,
    /// Its id, unique on the server.
    pub id: Name,
    /// What kind it is.
    pub kind: ChannelKind,
    /// How people call it; its id when nobody has given it a name.
    pub name: String,
    /// The provider; the name of the kind for chats of our own.
    pub provider: String,
    /// The bot that answers there.
    pub bot: Option<Name>,
    /// Whether it stands in the configuration file.
    pub in_file: bool,
}

/// A channel that is to be attached.
pub struct NewChannel {
    /// The workspace.
    pub workspace: Name,
    /// Its id, unique on the server.
    pub id: Name,
    /// What kind it is.
    pub kind: ChannelKind,
    /// How it speaks; `None` for chats of our own.
    pub provider: Option<&'static Provider>,
    /// What the provider or the chat is told, without the address of its webhook.
    pub settings: Settings,
    /// The version of the bot that answers there.
    pub bot: Runnable,
}

/// Why a channel was not attached.
#[derive(Debug, thiserror::Error)]
pub enum AttachError {
    /// The configuration file, or another workspace, has a channel of that id.
    #[error("there is a channel `{0}` already; choose another id")]
    Taken(Name),
    /// The provider does not take the settings.
    #[error(transparent)]
    Settings(#[from] countersign_channels::OpenError),
    /// The kind of channel cannot be served.
    #[error("a channel of the kind `{0}` cannot be attached to a server")]
    Kind(ChannelKind),
}
