//! A server somewhere, by its address and an API key: what `import`, `export` and `publish` talk to.

mod client;
mod diff;
mod problem;
#[cfg(test)]
pub(crate) mod rig;
mod upload;

pub(crate) use client::{Server, Written};
pub(crate) use diff::shown as diff;
pub(crate) use problem::RemoteError;
pub(crate) use upload::{Standing, Upload};

use std::path::PathBuf;

use countersign_model::{Name, SecretText};

use crate::bot_file::read_text;
use crate::problem::Problem;

const VARIABLE: &str = "COUNTERSIGN_API_KEY";

/// Which server, and who asks.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ServerArgs {
    /// The address of the server, such as `https://bots.example.com`. It must be https, unless it is on this machine.
    #[arg(long, value_name = "URL", env = "COUNTERSIGN_SERVER", help_heading = "Server")]
    pub(crate) server: String,
    /// The workspace of the bots.
    #[arg(long, value_name = "NAME", default_value = "main", help_heading = "Server")]
    pub(crate) workspace: Name,
    /// The file whose first line is an API key, which is made in the console under Settings ▸ API keys. Without it the
    /// key is taken from the variable COUNTERSIGN_API_KEY.
    #[arg(long, value_name = "FILE", help_heading = "Server")]
    pub(crate) key_file: Option<PathBuf>,
}

impl ServerArgs {
    /// The server, with the key.
    pub(crate) fn open(&self) -> Result<Server, Problem> {
        let key = self.key()?;
        Ok(Server::new(&self.server, self.workspace.clone(), key)?)
    }

    #[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
    fn key(&self) -> Result<SecretText, Problem> {
        let text = match &self.key_file {
            Some(path) => SecretText::new(read_text(path)?),
            None => SecretText::new(std::env::var(VARIABLE).unwrap_or_default()),
        };
        let key = text.expose().lines().next().unwrap_or_default().trim();
        match key.is_empty() {
            true => Err(RemoteError::NoKey.into()),
            false => Ok(SecretText::from(key)),
        }
    }
}
