use std::collections::HashMap;
use std::sync::Arc;

use countersign_channels::Adapter;
use countersign_egress::{Policy, Transport};
use countersign_model::{ChannelKind, Name};
use countersign_runner::{Clock, ConversationKey, Random, Runner, Sleeper};
use url::Url;

use crate::chat::ChatSettings;
use crate::voice::Patience;

/// What every part of the server works with.
pub struct App {
    /// Carries everything out.
    pub runner: Runner,
    /// The workspace of this server.
    pub workspace: Name,
    /// Under which address the world reaches this server.
    pub public_url: Url,
    /// The channels by id.
    pub channels: HashMap<Name, Arc<Line>>,
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

/// One channel of the server.
pub struct Line {
    /// Its id, which is also its place under `/hooks/` or `/chat/`.
    pub id: Name,
    /// What kind it is.
    pub kind: ChannelKind,
    /// How it speaks.
    pub side: Side,
}

/// How a channel speaks.
pub enum Side {
    /// With a provider, by webhooks.
    Provider(Arc<dyn Adapter>),
    /// With our own widget.
    Chat(ChatSettings),
}

impl App {
    /// The conversation of a contact on a channel.
    pub fn conversation(&self, line: &Line, address: &str) -> ConversationKey {
        ConversationKey {
            workspace: self.workspace.clone(),
            channel: line.id.clone(),
            address: address.to_owned(),
        }
    }
}
