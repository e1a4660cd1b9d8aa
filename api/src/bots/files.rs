//! Bots of the files of the configuration, and what is in service when the server starts.

use std::collections::BTreeSet;
use std::sync::Arc;

use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_runner::Registry;
use countersign_script::diagnostics::Diagnostic;
use countersign_script::program::Fingerprint;
use countersign_script::{BindError, CheckOptions, Checkup, Runnable, check};
use countersign_store::{BotVersion, ChangeError, Expected, PublishedBot, Store, StoreError};

use super::keep::{self, KeptBot, KeptDraft, KeptText, KeptVersion, version_id};
use super::service::{Surroundings, summary};
use crate::check::examine;
use crate::records::{self, Change};

/// A bot that has passed the check, and its text.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The bot.
    pub bot: Runnable,
    /// The text.
    pub text: String,
}

/// Why a text cannot run.
#[derive(Debug)]
pub enum Unusable {
    /// What the check says, errors and warnings.
    Check(Vec<Diagnostic>),
    /// What its surroundings do not have.
    Unbound(Vec<BindError>),
}

/// Checks a text for the kinds of channels that its bot answers on, and puts its surroundings into it. `name` is what
/// diagnostics call it.
///
/// # Errors
/// [`Unusable`].
pub fn compiled(
    name: &str,
    text: &str,
    kinds: &[ChannelKind],
    around: &Surroundings,
) -> Result<Runnable, Unusable> {
    let Checkup { checked, diagnostics } = check(name, text, &CheckOptions { channels: kinds.to_vec() });
    let checked = checked.ok_or(Unusable::Check(diagnostics))?;
    checked.bind(&around.constants, &around.secrets).map_err(Unusable::Unbound)
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
    files: &[Compiled],
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

async fn one(
    store: &dyn Store,
    workspace: &Name,
    file: &Compiled,
    now: Timestamp,
) -> Result<(), ChangeError> {
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

/// The bots of a workspace that are in service. The text of one that stands in a file is not checked again.
///
/// # Errors
/// [`StoreError`].
pub async fn in_service(
    store: &dyn Store,
    workspace: &Name,
    files: &[Compiled],
    around: &Surroundings,
    now: Timestamp,
) -> Result<Vec<Compiled>, StoreError> {
    let mut live = Vec::new();
    for bot in records::all::<KeptBot>(store, workspace, "", now).await? {
        let Some(number) = bot.value.live else { continue };
        let Some((_, text)) = keep::version(store, workspace, &bot.id, number, now).await? else { continue };
        let known = files.iter().find(|file| file.text == text).map(|file| file.bot.clone());
        match known.or_else(|| compiled(PUBLISHED, &text, &[], around).ok()) {
            Some(bot) => live.push(Compiled { bot, text }),
            None => tracing::error!(
                workspace = workspace.as_str(),
                bot = bot.id,
                "the version in service cannot be used any more: publish the bot anew"
            ),
        }
    }
    Ok(live)
}

/// Keeps the bots in service for the sessions on them. What is the newest version already costs no commit. `stored` is
/// what the store has of the workspace. Gives the bots of which that is a new version.
///
/// # Errors
/// [`StoreError`].
pub async fn keep_in_service(
    store: &dyn Store,
    workspace: &Name,
    stored: &[PublishedBot],
    live: &[Compiled],
    around: &Surroundings,
    now: Timestamp,
) -> Result<Vec<Name>, StoreError> {
    let mut new = Vec::new();
    for Compiled { bot, text } in live {
        let newest = stored.iter().rev().find(|row| row.bot == bot.bot).map(|row| row.version);
        if newest != Some(BotVersion(bot.fingerprint.0))
            && store.put_bot(published(workspace, bot, text, around, now)).await?
        {
            new.push(bot.bot.clone());
        }
    }
    Ok(new)
}

/// Lets sessions go on that began on versions before. Each is made when the first of its sessions wants it.
pub fn register_older(
    registry: &Registry,
    workspace: &Name,
    stored: Vec<PublishedBot>,
    secrets: &BTreeSet<String>,
) {
    let secrets = Arc::new(secrets.clone());
    for row in stored {
        let secrets = secrets.clone();
        registry.put_older(workspace, Fingerprint(row.version.0), move || again(&row, &secrets));
    }
}

/// A version as it was when it was in service. One that an older program took and this one does not is none any more:
/// its conversations begin anew.
pub fn again(row: &PublishedBot, secrets: &BTreeSet<String>) -> Option<Runnable> {
    let around =
        Surroundings { constants: row.constants.iter().cloned().collect(), secrets: secrets.clone() };
    let bot = compiled(PUBLISHED, &row.file, &[], &around).ok();
    if bot.is_none() {
        tracing::warn!(bot = row.bot.as_str(), "an older version of a bot cannot be used any more");
    }
    bot.filter(|bot| bot.fingerprint.0 == row.version.0)
}

/// What is kept of a bot in service.
pub(super) fn published(
    workspace: &Name,
    bot: &Runnable,
    text: &str,
    around: &Surroundings,
    now: Timestamp,
) -> PublishedBot {
    PublishedBot {
        workspace: workspace.clone(),
        bot: bot.bot.clone(),
        version: BotVersion(bot.fingerprint.0),
        file: text.to_owned(),
        constants: around.constants.clone().into_iter().collect(),
        published_at: now,
    }
}

/// Opens a workspace that no configuration names: keeps what is in service, and lets sessions on versions before go on.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn open_workspace(
    store: &dyn Store,
    registry: &Registry,
    workspace: &Name,
    now: Timestamp,
) -> Result<(), StoreError> {
    let around = Surroundings::default().with_console(store, workspace, now).await?;
    let live = in_service(store, workspace, &[], &around, now).await?;
    let stored = store.bots(workspace).await?;
    keep_in_service(store, workspace, &stored, &live, &around, now).await?;
    register_older(registry, workspace, stored, &around.secrets);
    Ok(())
}

/// How diagnostics call a text of the store.
const PUBLISHED: &str = "published.yaml";
