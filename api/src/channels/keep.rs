//! What is kept of a channel of the console, and its place in the server.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_channels::provider;
use countersign_model::{ChannelKind, Name, SecretText};
use countersign_store::StoreError;
use countersign_vault::{Scope, Sealed};
use serde::{Deserialize, Serialize};

use super::kinds::settings_of;
use super::settings::{Texts, refused, settings};
use crate::bots::{live_on, open_workspace};
use crate::host::{AttachError, NewChannel};
use crate::http::{Answer, Problem};
use crate::records::{self, Document};
use crate::state::Api;

/// A channel that was connected in the console. Its id is that of the record.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KeptChannel {
    pub(crate) kind: ChannelKind,
    /// The name of the kind for chats of our own.
    pub(crate) provider: String,
    /// How people call it.
    pub(crate) name: String,
    /// The bot that answers; nobody does when there is none.
    pub(crate) bot: Option<Name>,
    pub(crate) settings: Texts,
    /// Sealed by the vault, as Base64.
    pub(crate) secrets: BTreeMap<String, String>,
}

impl Document for KeptChannel {
    const KIND: &'static str = "channel";
}

impl KeptChannel {
    /// Whether a provider calls the server.
    pub(super) fn is_hooked(&self) -> bool {
        !is_chat(self.kind)
    }
}

/// Whether the kind is a chat of our own.
pub(super) fn is_chat(kind: ChannelKind) -> bool {
    matches!(kind, ChannelKind::Web | ChannelKind::Mobile | ChannelKind::Desktop)
}

pub(crate) fn scope(workspace: &Name, id: &str, secret: &str) -> Scope {
    Scope::for_workspace(workspace.clone(), format!("channel/{id}/{secret}"))
}

/// Seals a secret of a channel.
pub(super) fn sealed(
    api: &Api,
    workspace: &Name,
    id: &str,
    name: &str,
    secret: &SecretText,
) -> Answer<String> {
    let ring = api.keys.read().unwrap_or_else(PoisonError::into_inner);
    let sealed = ring.seal(&scope(workspace, id, name), secret).map_err(|error| {
        tracing::error!(%error, "a secret of a channel was not sealed");
        Problem::unavailable("The secret could not be sealed. Nothing was changed.")
    })?;
    Ok(STANDARD.encode(sealed.as_bytes()))
}

/// Opens a secret of a channel; `None` when it does not open.
pub(super) fn unsealed(
    api: &Api,
    workspace: &Name,
    id: &str,
    name: &str,
    sealed: &str,
) -> Option<SecretText> {
    let sealed = Sealed::from_bytes(STANDARD.decode(sealed).ok()?);
    let ring = api.keys.read().unwrap_or_else(PoisonError::into_inner);
    ring.open(&scope(workspace, id, name), &sealed, api.now()).ok()
}

/// Opens all secrets of a channel; the error is the name of one that does not open.
pub(super) fn all_unsealed(
    api: &Api,
    workspace: &Name,
    id: &str,
    secrets: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, SecretText>, String> {
    let open = |(name, sealed): (&String, &String)| match unsealed(api, workspace, id, name, sealed) {
        Some(secret) => Ok((name.clone(), secret)),
        None => Err(name.clone()),
    };
    secrets.iter().map(open).collect()
}

/// Puts a channel into the server, or in the place of what it was; takes it away when nobody answers there.
pub(super) async fn place(api: &Api, workspace: &Name, id: &Name, kept: &KeptChannel) -> Answer<()> {
    let Some(bot) = &kept.bot else {
        api.host.detach(workspace, id).await;
        return Ok(());
    };
    let bot = live_on(api, workspace, bot.as_str(), kept.kind).await?;
    let known = settings_of(api, kept.kind, &kept.provider).unwrap_or(&[]);
    let secrets = all_unsealed(api, workspace, id.as_str(), &kept.secrets).map_err(|name| {
        let message = "This does not open with the keys that there are; give it again.";
        Problem::invalid_field(&format!("/secrets/{name}"), "lost", message)
    })?;
    let new = NewChannel {
        workspace: workspace.clone(),
        id: id.clone(),
        kind: kept.kind,
        provider: provider(kept.kind, Some(&kept.provider)),
        settings: settings(known, &kept.settings, secrets),
        bot,
    };
    api.host.attach(new).await.map_err(|error| match error {
        AttachError::Settings(error) => refused(known, &error),
        AttachError::Taken(id) => Problem::taken("/id", format!("There is a channel `{id}` already.")),
        AttachError::Kind(kind) => {
            let message = format!("{} cannot be connected to this server.", kind.title());
            Problem::invalid_field("/kind", "unknown", message)
        }
    })
}

/// Attaches the channels of a workspace that were connected in the console, when the server starts.
///
/// # Errors
/// [`StoreError`]. A channel that cannot be attached is told in the log and left out.
pub async fn open(api: &Api, workspace: &Name) -> Result<(), StoreError> {
    if !api.is_configured(workspace) {
        // The server has done it for its own.
        open_workspace(api.store.as_ref(), api.registry(), workspace, api.now()).await?;
    }
    for kept in records::all::<KeptChannel>(api.store.as_ref(), workspace, "", api.now()).await? {
        let placed = match kept.id.parse() {
            Ok(id) => place(api, workspace, &id, &kept.value).await,
            Err(_) => Err(Problem::not_found("channel")),
        };
        if let Err(why) = placed {
            tracing::error!(
                workspace = workspace.as_str(),
                channel = kept.id,
                %why,
                "a channel of the console is not served; look at it in the console"
            );
        }
    }
    Ok(())
}

/// The secrets of all channels of a workspace.
#[cfg(test)]
pub(crate) async fn secrets_of(api: &Api, workspace: &Name) -> BTreeMap<String, SecretText> {
    let all = records::all::<KeptChannel>(api.store.as_ref(), workspace, "", api.now()).await.unwrap();
    let opened =
        all.iter().flat_map(|kept| all_unsealed(api, workspace, &kept.id, &kept.value.secrets).unwrap());
    opened.collect()
}
