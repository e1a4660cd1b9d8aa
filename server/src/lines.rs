//! The channels of a server: an adapter or the chat for each, and what delivers to its users.

use std::sync::Arc;

use countersign_channels::{Adapter, OpenError};
use countersign_egress::{Policy, Transport};
use countersign_model::{ChannelKind, Name};
use countersign_runner::{Channel, ProviderChannel};

use crate::app::{Line, Side};
use crate::chat::ChatChannel;
use crate::config::{ChannelConfig, ChannelSide, HOOK_URL};
use crate::start_error::StartError;
use crate::voice::PhoneChannel;

/// What channels are opened with.
pub(crate) struct Opener {
    /// The beginning of every address of this server.
    pub(crate) base: String,
    /// The way to providers.
    pub(crate) transport: Arc<dyn Transport>,
    /// What may be called.
    pub(crate) policy: Arc<Policy>,
}

/// A channel, and what delivers to its users.
pub(crate) struct Opened {
    pub(crate) line: Line,
    pub(crate) sender: Arc<dyn Channel>,
}

impl Opener {
    /// Opens the channels of a configuration.
    pub(crate) fn all(
        &self,
        channels: Vec<ChannelConfig>,
        workspace: &Name,
    ) -> Result<Vec<Opened>, StartError> {
        let one = |ChannelConfig { id, kind, side, .. }| {
            let failed = |source| StartError::Channel { channel: id.clone(), source };
            self.open(workspace.clone(), id.clone(), kind, side, true).map_err(failed)
        };
        channels.into_iter().map(one).collect()
    }

    /// Opens a channel.
    pub(crate) fn open(
        &self,
        workspace: Name,
        id: Name,
        kind: ChannelKind,
        side: ChannelSide,
        in_file: bool,
    ) -> Result<Opened, OpenError> {
        let (side, provider, sender): (Side, _, Arc<dyn Channel>) = match side {
            ChannelSide::Chat(settings) => (Side::Chat(settings), None, Arc::new(ChatChannel)),
            ChannelSide::Provider { provider, settings, .. } => {
                let settings = settings.with(HOOK_URL, format!("{}/hooks/{id}", self.base));
                let adapter: Arc<dyn Adapter> = Arc::from((provider.open)(&settings)?);
                let side = Side::Provider(adapter.clone());
                if adapter.voice().is_some() {
                    (side, None, Arc::new(PhoneChannel))
                } else {
                    let (transport, policy) = (self.transport.clone(), self.policy.clone());
                    let sender = Arc::new(ProviderChannel::new(adapter, transport, policy));
                    (side, Some(sender.clone()), sender)
                }
            }
        };
        Ok(Opened { line: Line { workspace, id, kind, side, sender: provider, in_file }, sender })
    }
}
