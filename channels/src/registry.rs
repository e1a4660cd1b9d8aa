use countersign_model::ChannelKind;

use crate::adapter::Adapter;
use crate::settings::{Setting, Settings};

/// What a kind of channel needs to be opened.
#[derive(Debug)]
pub struct Provider {
    /// The kind of channel.
    pub kind: ChannelKind,
    /// The provider's name, where a kind has several (`twilio`, `vonage`, `http`); otherwise the kind's name.
    pub name: &'static str,
    /// Its name as a person writes it.
    pub title: &'static str,
    /// Its settings.
    pub settings: &'static [Setting],
    /// Opens a channel with these settings.
    pub open: fn(&Settings) -> Result<Box<dyn Adapter>, OpenError>,
}

/// Every provider, one line each.
pub const PROVIDERS: &[&Provider] = &[
    &crate::whatsapp::PROVIDER,
    &crate::messenger::PROVIDER,
    &crate::instagram::PROVIDER,
    &crate::telegram::PROVIDER,
    &crate::twilio_sms::PROVIDER,
    &crate::vonage_sms::PROVIDER,
    &crate::http_gateway::PROVIDER,
    &crate::twilio_voice::PROVIDER,
    &crate::vonage_voice::PROVIDER,
];

/// The provider of a kind; `name` is needed where the kind has several.
pub fn provider(kind: ChannelKind, name: Option<&str>) -> Option<&'static Provider> {
    let mut of_kind = PROVIDERS.iter().filter(|provider| provider.kind == kind);
    match name {
        Some(name) => of_kind.find(|provider| provider.name == name).copied(),
        None => of_kind.next().filter(|_| of_kind.next().is_none()).copied(),
    }
}

/// Why a channel cannot be opened: a matter for the operator. It never holds a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// A setting is missing.
    #[error("the setting `{0}` is missing")]
    Missing(&'static str),
    /// A setting cannot be what it is.
    #[error("the setting `{name}` {problem}")]
    Invalid {
        /// Which.
        name: &'static str,
        /// What is wrong, and what it should be.
        problem: &'static str,
    },
}
