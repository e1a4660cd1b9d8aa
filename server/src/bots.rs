//! Bot files: read, checked for the channels that they are attached to, and published when they changed.
//!
//! A file with errors is refused, and the version that was in service stays: the last one that was published.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use countersign_api::{
    Compiled, Surroundings, Unusable, adopt, again, compiled, in_service, keep_in_service,
};
use countersign_egress as egress;
use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_runner::{Store, destination};
use countersign_script::diagnostics::Severity;
use countersign_script::render::{self, Style};
use countersign_script::{BindError, Runnable};
use countersign_store::{PublishedBot, StoreError};

use crate::config::{ChannelConfig, Config};
use crate::start_error::StartError;

/// What bots need of a configuration, kept for the next time that the files are read.
pub(crate) struct Desk {
    workspace: Name,
    files: Vec<PathBuf>,
    /// Of the file; what the console has comes before them.
    around: Surroundings,
    /// With a console, what it has in service counts, and bots may be in no file.
    has_console: bool,
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
    #[error("it cannot be read ({0}); put it there, or take it out of `bots`")]
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
    /// It names none, and no file has any.
    #[error(
        "the channel `{channel}` does not say which bot answers there, and no bot file is named; add `bot = \"ID\"` with \
         the id of a bot of the console"
    )]
    Unnamed {
        /// The channel.
        channel: Name,
    },
    /// The bot logs its users in, and the channel is a chat of ours.
    #[error(
        "the bot `{bot}` logs its users in, which cannot be done on the channel `{channel}` of the kind `{kind}`; name \
         another bot there"
    )]
    Login {
        /// The channel.
        channel: Name,
        /// What kind it is.
        kind: ChannelKind,
        /// The bot.
        bot: Name,
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

/// Which bot answers where, and what the operator is to know of the files.
pub(crate) struct Loaded {
    /// The bot of each channel.
    pub(crate) by_channel: Vec<(Name, Runnable)>,
    /// Channels whose bot is not published yet.
    pub(crate) waiting: Vec<Waiting>,
    /// Versions that the store has, for the sessions that run on them.
    pub(crate) stored: Vec<PublishedBot>,
    /// Names of secrets that they may use.
    pub(crate) secrets: BTreeSet<String>,
    /// Files that were not taken.
    pub(crate) refused: Vec<Refused>,
    /// Channels without a bot.
    pub(crate) without: Vec<NoBot>,
    /// Bots that are new or changed.
    pub(crate) published: Vec<Name>,
    /// Whether any bot is in service.
    pub(crate) has_bots: bool,
}

/// A channel whose bot is in no file and was not published in the console: it answers as soon as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The channel.
    pub channel: Name,
    /// The bot.
    pub bot: Name,
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { channel, bot } = self;
        write!(
            f,
            "the channel `{channel}` waits for the bot `{bot}`, which no bot file has: make it in the console and publish \
             it; webhooks are refused until then, and providers repeat them"
        )
    }
}

/// What a check of a configuration has found good.
#[derive(Debug, PartialEq, Eq)]
pub struct CheckedBots {
    /// The bots of the files.
    pub bots: Vec<Name>,
    /// Channels whose bots have to be in the console.
    pub waiting: Vec<Waiting>,
    /// Servers that the bots call and may not: users will be told that it does not work at the moment.
    pub not_allowed: Vec<NotAllowed>,
}

/// A bot calls a server that may not be called.
#[derive(Debug, PartialEq, Eq)]
pub struct NotAllowed {
    /// The bot.
    pub bot: Name,
    /// The first of its Authorization Tokens and Web Services that calls it.
    pub component: Name,
    /// Why it may not.
    pub why: egress::Refusal,
}

impl fmt::Display for NotAllowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bot, component, why } = self;
        write!(f, "the bot `{bot}` will not reach what `{component}` calls: {why}")
    }
}

/// What of a bot is refused before any name is looked up.
fn not_allowed(bot: &Runnable, policy: &egress::Policy) -> Vec<NotAllowed> {
    let tokens = bot.tokens.iter().flat_map(|token| {
        let refresh = token.refresh.as_ref().map(|refresh| (&token.id, &refresh.request));
        std::iter::once((&token.id, &token.request)).chain(refresh)
    });
    let services = bot.services.iter().map(|service| (&service.id, &service.request));
    let mut found: Vec<NotAllowed> = Vec::new();
    for (component, request) in tokens.chain(services) {
        let admitted =
            destination(bot, request).map_err(egress::Refusal::from).and_then(|origin| policy.admit(&origin));
        if let Err(why) = admitted
            && !found.iter().any(|known| known.why == why)
        {
            found.push(NotAllowed { bot: bot.bot.clone(), component: component.clone(), why });
        }
    }
    found
}

/// Reads and checks the bot files of a configuration for its channels, and changes nothing.
///
/// # Errors
/// [`StartError::Bots`]: also for a file whose earlier version would be in service.
pub fn check_bots(config: &Config) -> Result<CheckedBots, StartError> {
    let desk = Desk::of(config);
    let (files, refused) = desk.read(&desk.around);
    let found =
        Found { live: &files, files: &files, refused: &refused, stored: &[], secrets: &desk.around.secrets };
    let (mut waiting, mut without) = (Vec::new(), Vec::new());
    for (channel, kind, wanted) in &desk.channels {
        match desk.choose(channel, *kind, wanted.as_ref(), &found) {
            Ok(Chosen::Bot(_)) => {}
            Ok(Chosen::Later(bot)) => waiting.push(Waiting { channel: channel.clone(), bot }),
            // A channel whose bot was refused is explained by that.
            Err(NoBot::NeverPublished { .. }) if !refused.is_empty() => {}
            Err(why) => without.push(why),
        }
    }
    if refused.is_empty() && without.is_empty() {
        let policy = egress::Policy { allow: config.allow.clone(), ..egress::Policy::default() };
        let not_allowed = files.iter().flat_map(|file| not_allowed(&file.bot, &policy)).collect();
        let bots = files.into_iter().map(|file| file.bot.bot.clone()).collect();
        return Ok(CheckedBots { bots, waiting, not_allowed });
    }
    Err(StartError::Bots { refused, without })
}

/// What there is for channels.
struct Found<'a> {
    /// The bots in service.
    live: &'a [Compiled],
    /// The bots of the files.
    files: &'a [Compiled],
    refused: &'a [Refused],
    /// Versions of the store.
    stored: &'a [PublishedBot],
    /// Names of secrets that they may use.
    secrets: &'a BTreeSet<String>,
}

/// What answers on a channel.
enum Chosen {
    Bot(Runnable),
    /// A bot that is not published yet.
    Later(Name),
}

impl Desk {
    pub(crate) fn of(config: &Config) -> Self {
        let channel = |channel: &ChannelConfig| (channel.id.clone(), channel.kind, channel.bot.clone());
        Self {
            workspace: config.workspace.clone(),
            files: config.bots.clone(),
            around: Surroundings {
                constants: config.constants.clone(),
                secrets: config.secrets.keys().cloned().collect(),
            },
            has_console: config.console.enabled,
            channels: config.channels.iter().map(channel).collect(),
        }
    }

    /// Reads and checks the files, publishes what changed, and finds the bot of each channel.
    pub(crate) async fn load(&self, store: &dyn Store, now: Timestamp) -> Result<Loaded, StoreError> {
        let workspace = &self.workspace;
        let around = match self.has_console {
            true => self.around.clone().with_console(store, workspace, now).await?,
            false => self.around.clone(),
        };
        let (files, refused) = self.read(&around);
        let of_console = match self.has_console {
            true => {
                adopt(store, workspace, &files, now).await?;
                Some(in_service(store, workspace, &files, &around, now).await?)
            }
            false => None,
        };
        let live = of_console.as_ref().unwrap_or(&files);
        let stored = store.bots(workspace).await?;
        let published = keep_in_service(store, workspace, &stored, live, &around, now).await?;
        let secrets = &around.secrets;
        let found = Found { live, files: &files, refused: &refused, stored: &stored, secrets };
        let (mut by_channel, mut waiting, mut without) = (Vec::new(), Vec::new(), Vec::new());
        for (channel, kind, wanted) in &self.channels {
            match self.choose(channel, *kind, wanted.as_ref(), &found) {
                Ok(Chosen::Bot(bot)) => by_channel.push((channel.clone(), bot)),
                Ok(Chosen::Later(bot)) => waiting.push(Waiting { channel: channel.clone(), bot }),
                Err(why) => without.push(why),
            }
        }
        let has_bots = !live.is_empty();
        let secrets = around.secrets;
        Ok(Loaded { by_channel, waiting, stored, secrets, refused, without, published, has_bots })
    }

    fn read(&self, around: &Surroundings) -> (Vec<Compiled>, Vec<Refused>) {
        let mut good: Vec<Compiled> = Vec::new();
        let mut refused = Vec::new();
        for path in &self.files {
            let read = self.one(path, around).and_then(|found| {
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

    fn one(&self, path: &Path, around: &Surroundings) -> Result<Compiled, Refusal> {
        let bytes = std::fs::read(path).map_err(Refusal::Unreadable)?;
        let text = String::from_utf8(bytes).map_err(|_| Refusal::NotText)?;
        let name = path.display().to_string();
        let kinds = self.kinds(bot_id(&name, &text).as_ref());
        match compiled(&name, &text, &kinds, around) {
            Ok(bot) => Ok(Compiled { bot, text }),
            Err(Unusable::Unbound(errors)) => Err(Refusal::Unbound(errors)),
            Err(Unusable::Check(mut found)) => {
                found.retain(|found| found.severity == Severity::Error);
                let text = render::human(&name, &text, &found, Style::Plain, render::WIDTH);
                Err(Refusal::Check(Findings(text)))
            }
        }
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
        found: &Found<'_>,
    ) -> Result<Chosen, NoBot> {
        let of_file = match (wanted, found.files) {
            (Some(_), _) => None,
            (None, [only]) if found.refused.is_empty() => Some(&only.bot.bot),
            (None, []) if self.files.is_empty() => return Err(NoBot::Unnamed { channel: channel.clone() }),
            (None, []) => None,
            (None, several) => {
                let known: Vec<_> = several.iter().map(|file| format!("`{}`", file.bot.bot)).collect();
                return Err(NoBot::Unset { channel: channel.clone(), known: known.join(", ") });
            }
        };
        if let Some(id) = wanted.or(of_file) {
            // A version in service that cannot be used any more does not keep a good file away.
            let mut known = found.live.iter().chain(found.files);
            if let Some(known) = known.find(|known| known.bot.bot == *id) {
                return match may_answer(&known.bot, kind) {
                    true => Ok(Chosen::Bot(known.bot.clone())),
                    false => Err(NoBot::Login { channel: channel.clone(), kind, bot: id.clone() }),
                };
            }
            if found.refused.is_empty() {
                return match self.has_console {
                    true => Ok(Chosen::Later(id.clone())),
                    false => Err(NoBot::Unknown { channel: channel.clone(), bot: id.clone() }),
                };
            }
        }
        // Its file was refused: the last version that was published goes on.
        let mut fitting =
            found.stored.iter().rev().filter(|row| wanted.is_none_or(|wanted| *wanted == row.bot));
        let names: BTreeSet<_> = fitting.clone().map(|row| &row.bot).collect();
        let last = match names.len() {
            1 => fitting.find_map(|row| again(row, found.secrets)),
            _ => None,
        };
        match last {
            Some(bot) if may_answer(&bot, kind) => Ok(Chosen::Bot(bot)),
            _ => Err(NoBot::NeverPublished { channel: channel.clone() }),
        }
    }
}

/// Whether a bot may answer on a kind of channel: one that logs its users in does not on a chat of ours.
pub(crate) fn may_answer(bot: &Runnable, kind: ChannelKind) -> bool {
    bot.tokens.is_empty() || kind.capabilities().token_login
}

/// The id in a bot file, as far as it can be read.
fn bot_id(name: &str, file: &str) -> Option<Name> {
    countersign_script::bot_file(name, file).ok().and_then(|file| file.bot.value.parse().ok())
}
