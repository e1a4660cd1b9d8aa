//! The channels of a server: an adapter or the chat for each, and what delivers to its users.

use std::sync::Arc;

use countersign_channels::{Adapter, OpenError};
use countersign_egress::{Policy, Transport};
use countersign_model::{ChannelKind, Name};
use countersign_runner::ProviderChannel;

use crate::app::{Line, Side};
use crate::config::{ChannelConfig, ChannelSide, HOOK_URL};
use crate::start_error::StartError;

/// What channels are opened with.
pub(crate) struct Opener {
    /// The beginning of every address of this server.
    pub(crate) base: String,
    /// The way to providers.
    pub(crate) transport: Arc<dyn Transport>,
    /// What may be called.
    pub(crate) policy: Arc<Policy>,
}

impl Opener {
    /// Opens the channels of a configuration.
    pub(crate) fn all(
        &self,
        channels: Vec<ChannelConfig>,
        workspace: &Name,
    ) -> Result<Vec<Line>, StartError> {
        let one = |ChannelConfig { id, kind, side, bot }| {
            let failed = |source| StartError::Channel { channel: id.clone(), source };
            let line = self.open(workspace.clone(), id.clone(), kind, side).map_err(failed)?;
            Ok(Line { in_file: true, wanted: bot, ..line })
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
    ) -> Result<Line, OpenError> {
        let (side, sender) = match side {
            ChannelSide::Chat(settings) => (Side::Chat(settings), None),
            ChannelSide::Provider { provider, settings, .. } => {
                let settings = settings.with(HOOK_URL, format!("{}/hooks/{id}", self.base));
                let adapter: Arc<dyn Adapter> = Arc::from((provider.open)(&settings)?);
                let (transport, policy) = (self.transport.clone(), self.policy.clone());
                // What is said on the phone is fetched by the provider.
                let is_call = adapter.voice().is_some();
                let sender =
                    (!is_call).then(|| Arc::new(ProviderChannel::new(adapter.clone(), transport, policy)));
                (Side::Provider(adapter), sender)
            }
        };
        Ok(Line { workspace, id, kind, side, sender, in_file: false, wanted: None })
    }
}
