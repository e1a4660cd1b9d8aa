//! What is kept of bots.

use countersign_model::{Name, Timestamp};
use countersign_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::check::Problems;
use crate::http::Problem;
use crate::records::{self, Document, Kept};

/// A bot. Its id is that of the record.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct KeptBot {
    /// The number of the last version.
    pub(super) last: u64,
    /// The version in service.
    pub(super) live: Option<u64>,
    /// The text that the bot file of the configuration had when it was last taken over.
    pub(super) file: Option<String>,
}

/// The draft of a bot, under the id of the bot.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptDraft {
    pub(super) text: String,
    /// Who changed it last, for people.
    pub(super) changed_by: String,
    /// What a list shows of it.
    pub(super) summary: Summary,
}

/// What a list shows of a draft.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Summary {
    pub(super) name: Option<String>,
    pub(super) language: Option<String>,
    pub(super) problems: Problems,
    pub(super) uses_token: bool,
}

/// A version, under the id of the bot, a `/`, and its number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptVersion {
    pub(super) number: u64,
    /// The fingerprint of what runs, as hexadecimal digits.
    pub(super) fingerprint: String,
    pub(super) published_at: Timestamp,
    /// Who published it, for people.
    pub(super) published_by: String,
    pub(super) note: String,
}

/// The text of a version, under the same id.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct KeptText {
    pub(super) text: String,
}

impl Document for KeptBot {
    const KIND: &'static str = "bot";
}

impl Document for KeptDraft {
    const KIND: &'static str = "draft";
}

impl Document for KeptVersion {
    const KIND: &'static str = "version";
}

impl Document for KeptText {
    const KIND: &'static str = "version_text";
}

/// The id of the records of a version.
pub(super) fn version_id(bot: &str, number: u64) -> String {
    format!("{bot}/{number:010}")
}

/// A bot with its draft.
pub(super) async fn bot(
    store: &dyn Store,
    workspace: &Name,
    id: &str,
    now: Timestamp,
) -> Result<(Kept<KeptBot>, Kept<KeptDraft>), Problem> {
    let bot = records::load::<KeptBot>(store, workspace, id, now).await?;
    let draft = records::load::<KeptDraft>(store, workspace, id, now).await?;
    bot.zip(draft).ok_or_else(|| Problem::not_found("bot"))
}

/// A version with its text; `None` when there is none of that number.
pub(super) async fn version(
    store: &dyn Store,
    workspace: &Name,
    bot: &str,
    number: u64,
    now: Timestamp,
) -> Result<Option<(KeptVersion, String)>, StoreError> {
    let id = version_id(bot, number);
    let version = records::load::<KeptVersion>(store, workspace, &id, now).await?;
    let text = records::load::<KeptText>(store, workspace, &id, now).await?;
    Ok(version.zip(text).map(|(version, text)| (version.value, text.value.text)))
}
