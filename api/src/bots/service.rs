//! What is around a bot in its workspace, and what is in service.

use std::collections::{BTreeMap, BTreeSet};

use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_script::edit::{ComponentKind, components};
use countersign_script::{BindError, Checked, Runnable};
use countersign_store::{Store, StoreError};

use super::files::published;
use super::keep::{self, KeptBot, Summary};
use crate::check::{Checkup, Examined, examine};
use crate::http::Problem;
use crate::records;
use crate::state::Api;
use crate::{constants, secrets};

/// What a bot is put into: constants, and the names of secrets.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Constants by name.
    pub constants: BTreeMap<String, String>,
    /// Names of secrets.
    pub secrets: BTreeSet<String>,
}

/// Constants and names of secrets of a workspace: those of the console before those of the file.
pub(crate) async fn surroundings(api: &Api, workspace: &Name) -> Result<Surroundings, StoreError> {
    let of_file = match api.is_configured(workspace) {
        true => Surroundings {
            constants: api.host.constants().iter().cloned().collect(),
            secrets: api.host.secrets().iter().cloned().collect(),
        },
        false => Surroundings::default(),
    };
    of_file.with_console(api.store.as_ref(), workspace, api.now()).await
}

impl Surroundings {
    /// With those that were set in the console, which come before those that are there.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn with_console(
        mut self,
        store: &dyn Store,
        workspace: &Name,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        self.constants.extend(constants::kept(store, workspace, now).await?);
        self.secrets.extend(secrets::names(store, workspace, now).await?);
        Ok(self)
    }

    /// Puts them into a bot.
    pub(super) fn bind(&self, checked: &Checked) -> Result<Runnable, Problem> {
        checked
            .bind(&self.constants, &self.secrets)
            .map_err(|errors| not_bound(&errors, |_| "/text".to_owned()))
    }
}

/// 422: the workspace does not have what the bot needs. `pointer` leads from a place in the bot to what was sent.
pub(crate) fn not_bound(errors: &[BindError], pointer: impl Fn(&str) -> String) -> Problem {
    let problem = Problem::new(
        http::StatusCode::UNPROCESSABLE_ENTITY,
        "not_bound",
        "Something is missing in the workspace",
        "The bot uses constants or secrets that the workspace does not have, or that do not fit.",
    )
    .hint("Set them under Settings, and try again.");
    errors.iter().fold(problem, |problem, error| {
        let (code, at, message) = match error {
            BindError::Constant { name, at } => {
                ("constant", at, format!("There is no constant `{name}`, which {at} uses."))
            }
            BindError::Secret { name, at } => {
                ("secret", at, format!("There is no secret `{name}`, which {at} uses."))
            }
            BindError::Header { name, at } => {
                ("constant", at, format!("The constant `{name}` cannot stand in a header, at {at}."))
            }
            BindError::Url { at, why } => {
                ("constant", at, format!("With the constants put in, the URL at {at} is none: {why}."))
            }
        };
        problem.field(&pointer(at), code, message)
    })
}

/// The kinds of the channels that a bot answers on.
pub(super) fn kinds(api: &Api, workspace: &Name, bot: &str) -> Vec<ChannelKind> {
    let channels = api.host.channels();
    let of_bot = channels.iter().filter(|channel| {
        channel.workspace == *workspace && channel.bot.as_ref().is_some_and(|name| name.as_str() == bot)
    });
    let mut kinds: Vec<_> = of_bot.map(|channel| channel.kind).collect();
    kinds.sort();
    kinds.dedup();
    kinds
}

/// Checks a text for the channels of a bot.
pub(super) fn examined(api: &Api, workspace: &Name, bot: &str, text: &str) -> Examined {
    examine(text, kinds(api, workspace, bot))
}

/// What a list shows of a draft that was checked.
pub(super) fn summary(text: &str, checkup: &Checkup) -> Summary {
    let outline = countersign_script::outline::outline("draft.yaml", text).unwrap_or_default();
    Summary {
        name: outline.name,
        language: outline.language,
        problems: checkup.counts(),
        uses_token: !outline.authorization_tokens.is_empty(),
    }
}

/// Lets sessions run on a version, also when no channel has it any more.
pub(super) fn keep_for_sessions(api: &Api, workspace: &Name, bot: &Runnable) {
    let kept = bot.clone();
    api.registry().put_older(workspace, bot.fingerprint, move || Some(kept.clone()));
}

/// Puts changed constants into the bots in service. A bot that does not fit any more stays as it is, and its id is given.
/// Whoever calls it publishes at this moment, alone.
pub(crate) async fn rebind(api: &Api, workspace: &Name) -> Result<Vec<String>, StoreError> {
    let around = surroundings(api, workspace).await?;
    let mut misfits = Vec::new();
    for bot in records::all::<KeptBot>(api.store.as_ref(), workspace, "", api.now()).await? {
        let Some(number) = bot.value.live else { continue };
        let Some((_, text)) =
            keep::version(api.store.as_ref(), workspace, &bot.id, number, api.now()).await?
        else {
            continue;
        };
        let bound = examined(api, workspace, &bot.id, &text).checked.map(|checked| around.bind(&checked));
        match bound {
            Some(Ok(runnable)) => {
                api.store.put_bot(published(workspace, &runnable, &text, &around, api.now())).await?;
                keep_for_sessions(api, workspace, &runnable);
                api.host.publish(workspace, &runnable);
            }
            _ => misfits.push(bot.id),
        }
    }
    Ok(misfits)
}

/// Whether a constant stands in the address of an auth service, or where tokens may be sent to, of a bot in service.
pub(crate) async fn constant_aims(api: &Api, workspace: &Name, name: &str) -> Result<bool, StoreError> {
    let placeholder = format!("{{config.{name}}}");
    for bot in records::all::<KeptBot>(api.store.as_ref(), workspace, "", api.now()).await? {
        let Some(number) = bot.value.live else { continue };
        let live = keep::version(api.store.as_ref(), workspace, &bot.id, number, api.now()).await?;
        let tokens =
            live.map(|(_, text)| components(&text, ComponentKind::AuthorizationToken).unwrap_or_default());
        let aims = |value: &serde_json::Value| {
            [&value["url"], &value["send_to"], &value["refresh"]["url"]]
                .iter()
                .any(|value| value.to_string().contains(&placeholder))
        };
        if tokens.is_some_and(|tokens| tokens.iter().any(|(_, value)| aims(value))) {
            return Ok(true);
        }
    }
    Ok(false)
}
