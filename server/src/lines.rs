//! The channels of a server: an adapter or the chat for each, and what delivers to its users.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_channels::Adapter;
use countersign_egress::{Policy, Transport};
use countersign_model::Name;
use countersign_runner::{Channel, ProviderChannel};

use crate::app::{Line, Side};
use crate::chat::ChatChannel;
use crate::config::{ChannelConfig, ChannelSide, HOOK_URL};
use crate::start_error::StartError;
use crate::voice::PhoneChannel;

/// All channels.
#[derive(Default)]
pub(crate) struct Lines {
    /// By id.
    pub(crate) lines: HashMap<Name, Arc<Line>>,
    /// What delivers to the users of each.
    pub(crate) senders: HashMap<Name, Arc<dyn Channel>>,
    /// Those that send to a provider.
    pub(crate) providers: HashMap<Name, Arc<ProviderChannel>>,
}

impl Lines {
    /// Opens the channels. `base` is the beginning of every address of this server.
    pub(crate) fn open(
        channels: Vec<ChannelConfig>,
        base: &str,
        transport: &Arc<dyn Transport>,
        policy: &Arc<Policy>,
    ) -> Result<Self, StartError> {
        let mut all = Self::default();
        for ChannelConfig { id, kind, side, .. } in channels {
            let side = match side {
                ChannelSide::Chat(settings) => {
                    all.senders.insert(id.clone(), Arc::new(ChatChannel));
                    Side::Chat(settings)
                }
                ChannelSide::Provider { provider, settings, .. } => {
                    let settings = settings.with(HOOK_URL, format!("{base}/hooks/{id}"));
                    let adapter = (provider.open)(&settings)
                        .map_err(|source| StartError::Channel { channel: id.clone(), source })?;
                    let adapter: Arc<dyn Adapter> = Arc::from(adapter);
                    if adapter.voice().is_some() {
                        all.senders.insert(id.clone(), Arc::new(PhoneChannel));
                    } else {
                        let sender = Arc::new(ProviderChannel::new(
                            adapter.clone(),
                            transport.clone(),
                            policy.clone(),
                        ));
                        all.providers.insert(id.clone(), sender.clone());
                        all.senders.insert(id.clone(), sender);
                    }
                    Side::Provider(adapter)
                }
            };
            all.lines.insert(id.clone(), Arc::new(Line { id, kind, side }));
        }
        Ok(all)
    }
}
