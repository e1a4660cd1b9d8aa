use countersign_model::{ChannelKind, Name};
use countersign_script::Runnable;
use http::StatusCode;

use super::keep::{self, KeptBot};
use super::service::surroundings;
use crate::check::{Grade, examine};
use crate::http::{Answer, Problem};
use crate::records;
use crate::state::Api;

/// What is in service of a bot, for a channel that it is to answer on: a bot that logs users in does not run on a chat of
/// ours.
pub(crate) async fn live_on(api: &Api, workspace: &Name, id: &str, kind: ChannelKind) -> Answer<Runnable> {
    let (store, now) = (api.store.as_ref(), api.now());
    let unknown = || Problem::invalid_field("/bot", "unknown", "There is no such bot.");
    let bot = records::load::<KeptBot>(store, workspace, id, now).await?.ok_or_else(unknown)?;
    let number = bot.value.live.ok_or_else(|| {
        let message = "The bot was never published. Publish it first.";
        Problem::invalid_field("/bot", "not_published", message)
    })?;
    let (_, text) = keep::version(store, workspace, id, number, now).await?.ok_or_else(unknown)?;
    let found = examine(&text, vec![kind]);
    let Some(checked) = found.checked else {
        let errors = found.checkup.diagnostics.iter().filter(|finding| finding.severity == Grade::Error);
        let places: Vec<_> = errors.map(|error| format!("{}: {}", error.path, error.message)).collect();
        let message = format!("The bot cannot answer on {}. {}", kind.title(), places.join("; "));
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "check_failed",
            "The check found errors",
            message.clone(),
        )
        .field("/bot", "check_failed", message)
        .with("checkup", &found.checkup));
    };
    surroundings(api, workspace).await?.bind(&checked)
}
