//! A bot file with all that it needs to run, for an author who tries it.

use std::collections::BTreeMap;

use countersign_model::{ChannelKind, Name, SecretText};
use countersign_script::Runnable;
use countersign_script::edit::{ComponentKind, components, languages};
use http::StatusCode;
use serde_json::Value;

use super::keep;
use super::service;
use crate::check::examine;
use crate::http::{Answer, Problem};
use crate::state::Api;

/// A bot that can run, and the secrets that it may use.
pub(crate) struct Ready {
    pub(crate) bot: Runnable,
    pub(crate) secrets: BTreeMap<String, SecretText>,
}

/// What stands around one component of a bot.
pub(crate) struct Around {
    pub(crate) tokens: Vec<Value>,
    pub(crate) services: Vec<Value>,
    pub(crate) languages: Vec<String>,
    pub(crate) constants: BTreeMap<String, String>,
    pub(crate) secrets: BTreeMap<String, SecretText>,
}

/// Makes a text run as it would after its publication; the draft of the bot when there is no text.
pub(crate) async fn ready_to_try(
    api: &Api,
    workspace: &Name,
    bot: &str,
    text: Option<String>,
    channels: Vec<ChannelKind>,
) -> Answer<Ready> {
    let text = text_of(api, workspace, bot, text).await?;
    let examined = examine(&text, channels);
    let Some(checked) = examined.checked else {
        let detail = "The bot has errors; mend them, then try it.";
        let problem =
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "check_failed", "The bot has errors", detail);
        return Err(problem.with("checkup", &examined.checkup));
    };
    let bot = service::surroundings(api, workspace).await?.bind(&checked)?;
    Ok(Ready { bot, secrets: api.registry().secrets(workspace) })
}

/// The components of a text; of the draft of the bot when there is no text. One that cannot be read has none.
pub(crate) async fn around(api: &Api, workspace: &Name, bot: &str, text: Option<String>) -> Answer<Around> {
    let text = text_of(api, workspace, bot, text).await?;
    let all = |kind| -> Vec<Value> {
        components(&text, kind).unwrap_or_default().into_iter().map(|(_, component)| component).collect()
    };
    Ok(Around {
        tokens: all(ComponentKind::AuthorizationToken),
        services: all(ComponentKind::WebService),
        languages: languages(&text).unwrap_or_default(),
        constants: service::surroundings(api, workspace).await?.constants,
        secrets: api.registry().secrets(workspace),
    })
}

async fn text_of(api: &Api, workspace: &Name, bot: &str, text: Option<String>) -> Answer<String> {
    let (_, draft) = keep::bot(api.store.as_ref(), workspace, bot, api.now()).await?;
    Ok(text.unwrap_or(draft.value.text))
}
