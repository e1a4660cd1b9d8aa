use std::collections::{BTreeMap, HashMap};

use countersign_accounts::Permission;
use countersign_channels::SettingKind;
use countersign_model::Name;
use countersign_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

use super::health::{HealthDocument, health_document};
use super::keep::{KeptChannel, unsealed};
use super::kinds::settings_of;
use super::settings::{VERIFY_TOKEN, shown};
use crate::access::Here;
use crate::host::AttachedChannel;
use crate::http::Answer;
use crate::records::{self, Kept};
use crate::state::Api;

/// A channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Channel)]
pub(super) struct ChannelDocument {
    id: String,
    #[schema(example = "whatsapp")]
    kind: String,
    provider: String,
    name: String,
    origin: ChannelOrigin,
    #[serde(skip_serializing_if = "Option::is_none")]
    bot: Option<String>,
    /// Settings that were given, without secrets.
    settings: BTreeMap<String, String>,
    /// Which secrets are set. Nobody can read one.
    secrets: BTreeMap<String, SecretState>,
    /// The address that the provider is to call.
    #[serde(skip_serializing_if = "Option::is_none")]
    hook_url: Option<String>,
    /// The word that Meta asks for beside the address.
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_token: Option<String>,
    health: HealthDocument,
    revision: u64,
}

/// Where a channel was connected.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum ChannelOrigin {
    /// In the console.
    Console,
    /// In the configuration file.
    File,
}

/// Whether a secret is set.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct SecretState {
    set: bool,
}

/// A channel as a list of something else names it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ChannelName)]
pub(crate) struct NamedChannel {
    pub(crate) id: String,
    #[schema(example = "whatsapp")]
    pub(crate) kind: String,
    pub(crate) name: String,
}

/// The channels of a workspace by id.
pub(crate) async fn named(api: &Api, workspace: &Name) -> Result<BTreeMap<String, NamedChannel>, StoreError> {
    let attached = of_host(api, workspace).into_iter().map(|channel| {
        let id = channel.id.to_string();
        (id.clone(), NamedChannel { id, kind: channel.kind.name().to_owned(), name: channel.name })
    });
    let mut all: BTreeMap<_, _> = attached.collect();
    for kept in records::all::<KeptChannel>(api.store.as_ref(), workspace, "", api.now()).await? {
        let KeptChannel { kind, name, .. } = kept.value;
        let named = NamedChannel { id: kept.id.clone(), kind: kind.name().to_owned(), name };
        all.insert(kept.id, named);
    }
    Ok(all)
}

pub(super) fn of_host(api: &Api, workspace: &Name) -> Vec<AttachedChannel> {
    let mut channels = api.host.channels();
    channels.retain(|channel| channel.workspace == *workspace);
    channels
}

/// How many deliveries were given up, by channel.
pub(super) async fn dead_letters(api: &Api, workspace: &Name) -> Result<HashMap<Name, usize>, StoreError> {
    const LOOKED_AT: usize = 1000;
    let mut counts = HashMap::new();
    for letter in api.store.list_dead_letters(workspace, None, LOOKED_AT).await? {
        *counts.entry(letter.letter.conversation.channel).or_default() += 1;
    }
    Ok(counts)
}

/// Shows a channel of the console.
pub(super) fn of_console(
    api: &Api,
    here: &Here,
    kept: Kept<KeptChannel>,
    dead: &HashMap<Name, usize>,
) -> Answer<ChannelDocument> {
    let workspace = here.workspace();
    let Kept { id, value, revision, .. } = kept;
    let name: Name = id.parse().map_err(|_| StoreError::Damaged { table: "records" })?;
    let known = settings_of(api, value.kind, &value.provider).unwrap_or(&[]);
    let secrets = shown(known).filter(|setting| setting.kind == SettingKind::Secret);
    let secrets = secrets.map(|setting| {
        let set = value.secrets.contains_key(setting.name);
        (setting.name.to_owned(), SecretState { set })
    });
    // It opens nothing; who connects the channel writes it down at the provider.
    let verify_token = value.secrets.get(VERIFY_TOKEN).filter(|_| here.actor.may(Permission::ChannelEdit));
    let verify_token = verify_token.and_then(|sealed| unsealed(api, workspace, &id, VERIFY_TOKEN, sealed));
    let hook_url = value.is_hooked().then(|| hook_url(api, &id));
    Ok(ChannelDocument {
        kind: value.kind.name().to_owned(),
        name: value.name,
        origin: ChannelOrigin::Console,
        bot: value.bot.as_ref().map(ToString::to_string),
        secrets: secrets.collect(),
        hook_url,
        verify_token: verify_token.map(|token| token.expose().to_owned()),
        health: health_document(api, workspace, &name, dead.get(&name).copied().unwrap_or(0)),
        provider: value.provider,
        settings: value.settings,
        revision,
        id,
    })
}

/// Shows a channel of the configuration file.
pub(super) fn of_file(
    api: &Api,
    here: &Here,
    channel: AttachedChannel,
    dead: &HashMap<Name, usize>,
) -> ChannelDocument {
    use countersign_model::ChannelKind as K;
    let is_hooked = !matches!(channel.kind, K::Web | K::Mobile | K::Desktop);
    let dead = dead.get(&channel.id).copied().unwrap_or(0);
    ChannelDocument {
        kind: channel.kind.name().to_owned(),
        provider: channel.provider,
        name: channel.name,
        origin: ChannelOrigin::File,
        bot: channel.bot.map(|bot| bot.to_string()),
        settings: BTreeMap::new(),
        secrets: BTreeMap::new(),
        hook_url: is_hooked.then(|| hook_url(api, channel.id.as_str())),
        verify_token: None,
        health: health_document(api, here.workspace(), &channel.id, dead),
        revision: 0,
        id: channel.id.to_string(),
    }
}

fn hook_url(api: &Api, id: &str) -> String {
    format!("{}/hooks/{id}", api.host.public_url().as_str().trim_end_matches('/'))
}
