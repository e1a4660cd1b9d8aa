//! Bot files: read, checked for the channels that they are attached to, and published when they changed.
//!
//! A file with errors is refused, and the version that was in service stays: the last one that was published.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_api::FileBot;
use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_runner::Store;
use countersign_script::diagnostics::Severity;
use countersign_script::program::Fingerprint;
use countersign_script::render::{self, Style};
use countersign_script::{BindError, CheckOptions, Checkup, Runnable};
use countersign_store::{BotVersion, PublishedBot, StoreError};

use crate::config::{ChannelConfig, Config};
use crate::start_error::StartError;

/// What bots need of a configuration, kept for the next time that the files are read.
pub(crate) struct Desk {
    workspace: Name,
    files: Vec<PathBuf>,
    constants: BTreeMap<String, String>,
    secrets: Arc<BTreeSet<String>>,
    /// The channels and the bots that they name.
    channels: Vec<(Name, ChannelKind, Option<Name>)>,
}

/// A bot file that was not taken.
#[derive(Debug)]
pub struct Refused {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub why: Refusal,
}

/// Why a bot file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(io::Error),
    /// It is no text.
    #[error("it is no text; save it as UTF-8")]
    NotText,
    /// The check found errors. They name what they are about and how to mend it.
    #[error("it has errors:\n{0}")]
    Check(Findings),
    /// The configuration does not have what it needs.
    #[error("{}", listed(.0))]
    Unbound(Vec<BindError>),
    /// Two files have the same bot.
    #[error("another file has the bot `{0}` too; each bot has one file")]
    Twice(Name),
}

/// What the check says, with the lines it is about.
pub struct Findings(String);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Findings")
    }
}

fn listed(errors: &[BindError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the bot file `{}` is refused: {}", self.path.display(), self.why)
    }
}

/// Why a channel has no bot.
#[derive(Debug, thiserror::Error)]
pub enum NoBot {
    /// It names none, and there are several.
    #[error(
        "the channel `{channel}` does not say which bot answers there; add `bot = \"ID\"`, one of {known}"
    )]
    Unset {
        /// The channel.
        channel: Name,
        /// The bots.
        known: String,
    },
    /// There is none with that id.
    #[error(
        "the channel `{channel}` wants the bot `{bot}`, and no bot file has it; the id is what stands behind `bot:` in \
         the file"
    )]
    Unknown {
        /// The channel.
        channel: Name,
        /// The bot.
        bot: Name,
    },
    /// Its file was refused, and none was in service before.
    #[error(
        "no version of the bot for the channel `{channel}` has ever been in service; mend the bot file first"
    )]
    NeverPublished {
        /// The channel.
        channel: Name,
    },
}

/// What the files hold, and which bot answers where.
pub(crate) struct Loaded {
    /// The bot of each channel.
    pub(crate) by_channel: Vec<(Name, Runnable)>,
    /// Versions before, for the sessions that run on them.
    pub(crate) before: Vec<Version>,
    /// Files that were not taken.
    pub(crate) refused: Vec<Refused>,
    /// Channels without a bot.
    pub(crate) without: Vec<NoBot>,
    /// Bots that are new or changed.
    pub(crate) published: Vec<Name>,
    /// What the files hold.
    pub(crate) files: Vec<FileBot>,
}

impl Loaded {
    /// Puts what the console has in service in the place of what stands in the files.
    pub(crate) fn overlay(&mut self, desk: &Desk, live: &BTreeMap<Name, Runnable>) {
        for (_, bot) in &mut self.by_channel {
            if let Some(live) = live.get(&bot.bot) {
                *bot = live.clone();
            }
        }
        for (channel, _, wanted) in &desk.channels {
            let has_none = !self.by_channel.iter().any(|(known, _)| known == channel);
            if let Some(bot) = wanted.as_ref().and_then(|wanted| live.get(wanted)).filter(|_| has_none) {
                self.by_channel.push((channel.clone(), bot.clone()));
            }
        }
        self.without.retain(|why| !self.by_channel.iter().any(|(channel, _)| channel == why.channel()));
    }
}

impl NoBot {
    fn channel(&self) -> &Name {
        match self {
            Self::Unset { channel, .. }
            | Self::Unknown { channel, .. }
            | Self::NeverPublished { channel } => channel,
        }
    }
}

/// Reads and checks the bot files of a configuration for its channels, and changes nothing. Gives the ids of the bots.
///
/// # Errors
/// [`StartError::Bots`]: also for a file whose earlier version would be in service.
pub fn check_bots(config: &Config) -> Result<Vec<Name>, StartError> {
    let desk = Desk::of(config);
    let (good, refused) = desk.read();
    let channels = desk.channels.iter();
    let without: Vec<_> = channels
        .filter_map(|(id, kind, wanted)| desk.choose(id, *kind, wanted.as_ref(), &good, &[], &refused).err())
        // A channel whose bot was refused is explained by that.
        .filter(|why| refused.is_empty() || !matches!(why, NoBot::NeverPublished { .. }))
        .collect();
    if refused.is_empty() && without.is_empty() {
        return Ok(good.into_iter().map(|good| good.bot.bot.clone()).collect());
    }
    Err(StartError::Bots { refused, without })
}

/// A bot and the file it came from.
struct Good {
    bot: Runnable,
    file: String,
}

impl Desk {
    pub(crate) fn of(config: &Config) -> Self {
        let channel = |channel: &ChannelConfig| (channel.id.clone(), channel.kind, channel.bot.clone());
        Self {
            workspace: config.workspace.clone(),
            files: config.bots.clone(),
            constants: config.constants.clone(),
            secrets: Arc::new(config.secrets.keys().cloned().collect()),
            channels: config.channels.iter().map(channel).collect(),
        }
    }

    /// Reads and checks the files, publishes what changed, and finds the bot of each channel.
    pub(crate) async fn load(&self, store: &dyn Store, now: Timestamp) -> Result<Loaded, StoreError> {
        let (good, refused) = self.read();
        let stored = store.bots(&self.workspace).await?;
        let mut published = Vec::new();
        for Good { bot, file } in &good {
            let row = PublishedBot {
                workspace: self.workspace.clone(),
                bot: bot.bot.clone(),
                version: BotVersion(bot.fingerprint.0),
                file: file.clone(),
                constants: self.constants.clone().into_iter().collect(),
                published_at: now,
            };
            if store.put_bot(row).await? {
                published.push(bot.bot.clone());
            }
        }
        let before: Vec<_> =
            stored.into_iter().map(|row| Version { row, secrets: self.secrets.clone() }).collect();
        let mut loaded = Loaded {
            by_channel: Vec::new(),
            before: Vec::new(),
            refused,
            without: Vec::new(),
            published,
            files: Vec::new(),
        };
        for (channel, kind, wanted) in &self.channels {
            match self.choose(channel, *kind, wanted.as_ref(), &good, &before, &loaded.refused) {
                Ok(bot) => loaded.by_channel.push((channel.clone(), bot)),
                Err(why) => loaded.without.push(why),
            }
        }
        loaded.before = before;
        loaded.files = good.into_iter().map(|Good { bot, file }| FileBot { bot, text: file }).collect();
        Ok(loaded)
    }

    fn read(&self) -> (Vec<Good>, Vec<Refused>) {
        let mut good: Vec<Good> = Vec::new();
        let mut refused = Vec::new();
        for path in &self.files {
            let read = self.one(path).and_then(|found| {
                match good.iter().any(|known| known.bot.bot == found.bot.bot) {
                    true => Err(Refusal::Twice(found.bot.bot.clone())),
                    false => Ok(found),
                }
            });
            match read {
                Ok(found) => good.push(found),
                Err(why) => refused.push(Refused { path: path.clone(), why }),
            }
        }
        (good, refused)
    }

    fn one(&self, path: &Path) -> Result<Good, Refusal> {
        let bytes = std::fs::read(path).map_err(Refusal::Unreadable)?;
        let file = String::from_utf8(bytes).map_err(|_| Refusal::NotText)?;
        let name = path.display().to_string();
        let kinds = self.kinds(bot_id(&name, &file).as_ref());
        let bot = checked(&name, &file, &kinds, &self.constants, &self.secrets)?;
        Ok(Good { bot, file })
    }

    /// The kinds of the channels that a bot answers on. Those that name none are meant too when there is one file.
    fn kinds(&self, bot: Option<&Name>) -> Vec<ChannelKind> {
        let is_meant = |wanted: &Option<Name>| match wanted {
            Some(wanted) => bot == Some(wanted),
            None => self.files.len() == 1,
        };
        let mut kinds: Vec<_> = self
            .channels
            .iter()
            .filter(|(_, _, wanted)| is_meant(wanted))
            .map(|(_, kind, _)| *kind)
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }

    fn choose(
        &self,
        channel: &Name,
        kind: ChannelKind,
        wanted: Option<&Name>,
        good: &[Good],
        before: &[Version],
        refused: &[Refused],
    ) -> Result<Runnable, NoBot> {
        let fits = |bot: &Name| wanted.is_none_or(|wanted| wanted == bot);
        let mut in_files = good.iter().filter(|good| fits(&good.bot.bot));
        match (in_files.next(), in_files.next()) {
            (Some(only), None) if wanted.is_some() || refused.is_empty() => return Ok(only.bot.clone()),
            (None, _) => {}
            _ => {
                let known =
                    good.iter().map(|good| format!("`{}`", good.bot.bot)).collect::<Vec<_>>().join(", ");
                return Err(NoBot::Unset { channel: channel.clone(), known });
            }
        }
        // Its file was refused: the last version that was published goes on.
        let mut fitting = before.iter().rev().filter(|version| fits(&version.row.bot));
        let names: BTreeSet<_> = fitting.clone().map(|version| &version.row.bot).collect();
        let last = match names.len() == 1 && !refused.is_empty() {
            true => fitting.find_map(Version::again),
            false => None,
        };
        match last {
            Some(bot) if self.may_answer(&bot, kind) => Ok(bot),
            _ => Err(match wanted {
                Some(bot) if refused.is_empty() => {
                    NoBot::Unknown { channel: channel.clone(), bot: bot.clone() }
                }
                _ => NoBot::NeverPublished { channel: channel.clone() },
            }),
        }
    }

    /// A version that was in service may have been attached to other channels then.
    fn may_answer(&self, bot: &Runnable, kind: ChannelKind) -> bool {
        bot.tokens.is_empty() || kind.capabilities().token_login
    }
}

/// A version that was published before. It is checked when it is needed: for the first conversation on it, or in the
/// place of a file that is refused.
pub(crate) struct Version {
    row: PublishedBot,
    secrets: Arc<BTreeSet<String>>,
}

impl Version {
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.row.version.0)
    }

    /// The bot as it was then. One that an older program took and this one does not is none any more: its
    /// conversations begin anew.
    pub(crate) fn again(&self) -> Option<Runnable> {
        let constants = self.row.constants.iter().cloned().collect();
        let bot = checked("published.yaml", &self.row.file, &[], &constants, &self.secrets);
        if bot.is_err() {
            tracing::warn!(bot = self.row.bot.as_str(), "an older version of a bot cannot be used any more");
        }
        bot.ok().filter(|bot| bot.fingerprint == self.fingerprint())
    }
}

fn checked(
    name: &str,
    file: &str,
    kinds: &[ChannelKind],
    constants: &BTreeMap<String, String>,
    secrets: &BTreeSet<String>,
) -> Result<Runnable, Refusal> {
    let options = CheckOptions { channels: kinds.to_vec() };
    let Checkup { checked, diagnostics } = countersign_script::check(name, file, &options);
    match checked {
        Some(checked) => checked.bind(constants, secrets).map_err(Refusal::Unbound),
        None => {
            let errors: Vec<_> =
                diagnostics.into_iter().filter(|found| found.severity == Severity::Error).collect();
            let text = render::human(name, file, &errors, Style::Plain, render::WIDTH);
            Err(Refusal::Check(Findings(text)))
        }
    }
}

/// The id in a bot file, as far as it can be read.
fn bot_id(name: &str, file: &str) -> Option<Name> {
    countersign_script::bot_file(name, file).ok().and_then(|file| file.bot.value.parse().ok())
}
