//! Bot files on their way to a server.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::client::{Bot, Draft, Server};
use super::{RemoteError, diff};
use crate::bot_file::BotFile;
use crate::color::Paint;
use crate::problem::Problem;

/// A bot file, and which bot it is.
pub(crate) struct Upload {
    pub(crate) file: BotFile,
    pub(crate) id: String,
    name: String,
}

/// How a file and the draft of its bot on the server stand to each other.
pub(crate) enum Standing {
    /// There is no such bot.
    New,
    /// There is, and so is its draft.
    There(Bot, Draft),
}

#[derive(Deserialize)]
struct Head {
    bot: Option<String>,
    name: Option<String>,
}

impl Upload {
    /// Reads a bot file. It may have errors, but it says which bot it is.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let file = BotFile::read(path)?;
        let no_id = || RemoteError::NoId(PathBuf::from(&file.name));
        let head: Head = serde_saphyr::from_str(&file.text).map_err(|_| no_id())?;
        let id = head.bot.ok_or_else(no_id)?;
        let name = head.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| id.clone());
        Ok(Self { file, id, name })
    }

    /// Looks what the server has.
    pub(crate) async fn standing(&self, server: &Server) -> Result<Standing, RemoteError> {
        match server.bot(&self.id).await? {
            None => Ok(Standing::New),
            Some(bot) => Ok(Standing::There(bot, server.draft(&self.id).await?)),
        }
    }

    /// Makes the file the draft of its bot, unless somebody's unpublished work would be lost. Gives the revision of the
    /// draft and whether it was changed.
    pub(crate) async fn send(
        &self,
        server: &Server,
        standing: &Standing,
        overwrite: bool,
    ) -> Result<(u64, bool), RemoteError> {
        let (bot, draft) = match standing {
            Standing::New => {
                server.make(&self.id, &self.name, &self.file.text).await?;
                return Ok((server.draft(&self.id).await?.revision, true));
            }
            Standing::There(bot, draft) => (bot, draft),
        };
        if draft.text == self.file.text {
            return Ok((draft.revision, false));
        }
        if bot.changed && !overwrite {
            return Err(RemoteError::Unpublished { bot: bot.id.clone(), by: draft.changed_by.clone() });
        }
        Ok((server.write(&self.id, &self.file.text, draft.revision).await?, true))
    }

    /// What would become of the bot if the file stood in the place of `text`.
    pub(crate) fn preview(&self, text: Option<&str>, paint: Paint) -> String {
        let (name, id) = (&self.file.name, &self.id);
        match text {
            None => format!("{name}: the server has no bot `{id}`; it would be made\n"),
            Some(text) if text == self.file.text => format!("{name}: the same as on the server\n"),
            Some(text) => {
                format!("--- {id} on the server\n+++ {name}\n{}", diff(text, &self.file.text, paint))
            }
        }
    }
}
