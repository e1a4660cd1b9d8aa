//! Bots of the files of the configuration, and what is in service when the server starts.

use std::collections::{BTreeMap, BTreeSet};

use countersign_model::{Name, Timestamp};
use countersign_runner::Registry;
use countersign_script::program::Fingerprint;
use countersign_script::{CheckOptions, Runnable, check};
use countersign_store::{BotVersion, ChangeError, Expected, PublishedBot, Store, StoreError};

use super::keep::{self, KeptBot, KeptDraft, KeptText, KeptVersion, version_id};
use super::service::summary;
use crate::check::examine;
use crate::records::{self, Change};

/// A bot of a file of the configuration that has passed the check.
#[derive(Clone, Debug)]
pub struct FileBot {
    /// The bot.
    pub bot: Runnable,
    /// The text of the file.
    pub text: String,
}

/// Who publishes what stands in a file.
const FILE: &str = "the bot file";

/// Takes over the bots of files. One whose file has changed since the last time is published; one whose file has not
/// leaves in service what the console has published. The draft follows the file as long as nobody has edited it.
///
/// # Errors
/// [`StoreError`].
pub async fn adopt(
    store: &dyn Store,
    workspace: &Name,
    files: &[FileBot],
    now: Timestamp,
) -> Result<(), StoreError> {
    for file in files {
        let mut tries = 0;
        loop {
            match one(store, workspace, file, now).await {
                Ok(()) => break,
                Err(ChangeError::Stale(_) | ChangeError::Taken(_)) if tries < 5 => tries += 1,
                Err(ChangeError::Store(error)) => return Err(error),
                Err(_) => return Err(StoreError::Damaged { table: "records" }),
            }
        }
    }
    Ok(())
}

async fn one(store: &dyn Store, workspace: &Name, file: &FileBot, now: Timestamp) -> Result<(), ChangeError> {
    let id = file.bot.bot.as_str();
    let bot = records::load::<KeptBot>(store, workspace, id, now).await?;
    let draft = records::load::<KeptDraft>(store, workspace, id, now).await?;
    let before = bot.as_ref().and_then(|bot| bot.value.file.clone());
    if before.as_deref() == Some(&*file.text) && draft.is_some() {
        return Ok(());
    }
    let kept = bot.as_ref().map(|bot| bot.value.clone()).unwrap_or_default();
    let number = kept.last + 1;
    let version = KeptVersion {
        number,
        fingerprint: format!("{:016x}", file.bot.fingerprint.0),
        published_at: now,
        published_by: FILE.to_owned(),
        note: String::new(),
    };
    let (text, place) = (file.text.clone(), version_id(id, number));
    let kept = KeptBot { last: number, live: Some(number), file: Some(text.clone()) };
    let expected = bot.as_ref().map_or(Expected::Absent, records::Kept::expected);
    let mut change = Change::new(store, now)
        .put(workspace, id, expected, &kept)
        .put(workspace, &place, Expected::Absent, &version)
        .put(workspace, &place, Expected::Absent, &KeptText { text: text.clone() });
    let untouched = draft.as_ref().is_none_or(|draft| Some(&draft.value.text) == before.as_ref());
    if untouched {
        let summary = summary(&text, &examine(&text, Vec::new()).checkup);
        let fresh = KeptDraft { text, changed_by: FILE.to_owned(), summary };
        let expected = draft.as_ref().map_or(Expected::Absent, records::Kept::expected);
        change = change.put(workspace, id, expected, &fresh);
    }
    change.commit().await?;
    Ok(())
}

/// What is in service in a workspace, by bot: for its channels when the server starts. Versions before go into the
/// registry, for sessions that still run on them. `constants` and `secrets` are those of the configuration; those of the
/// console come before them.
///
/// # Errors
/// [`StoreError`].
pub async fn open_workspace(
    store: &dyn Store,
    registry: &Registry,
    workspace: &Name,
    constants: &BTreeMap<String, String>,
    secrets: &BTreeSet<String>,
    now: Timestamp,
) -> Result<BTreeMap<Name, Runnable>, StoreError> {
    let mut live = BTreeMap::new();
    let (mut constants, mut secrets) = (constants.clone(), secrets.clone());
    constants.extend(crate::constants::kept(store, workspace, now).await?);
    secrets.extend(crate::secrets::names(store, workspace, now).await?);
    let (constants, secrets) = (&constants, &secrets);
    for PublishedBot { version, file, constants, .. } in store.bots(workspace).await? {
        let (constants, secrets) = (constants.into_iter().collect(), secrets.clone());
        registry.put_older(workspace, Fingerprint(version.0), move || runnable(&file, &constants, &secrets));
    }
    for bot in records::all::<KeptBot>(store, workspace, "", now).await? {
        let Some(number) = bot.value.live else { continue };
        let Some((_, text)) = keep::version(store, workspace, &bot.id, number, now).await? else { continue };
        match runnable(&text, constants, secrets) {
            Some(bot) => {
                store.put_bot(row(workspace, &bot, &text, constants, now)).await?;
                live.insert(bot.bot.clone(), bot);
            }
            None => tracing::error!(
                workspace = workspace.as_str(),
                bot = bot.id,
                "the version in service cannot be used any more: publish the bot anew"
            ),
        }
    }
    Ok(live)
}

fn runnable(
    text: &str,
    constants: &BTreeMap<String, String>,
    secrets: &BTreeSet<String>,
) -> Option<Runnable> {
    check("published.yaml", text, &CheckOptions::default()).checked?.bind(constants, secrets).ok()
}

fn row(
    workspace: &Name,
    bot: &Runnable,
    text: &str,
    constants: &BTreeMap<String, String>,
    now: Timestamp,
) -> PublishedBot {
    PublishedBot {
        workspace: workspace.clone(),
        bot: bot.bot.clone(),
        version: BotVersion(bot.fingerprint.0),
        file: text.to_owned(),
        constants: constants.clone().into_iter().collect(),
        published_at: now,
    }
}
