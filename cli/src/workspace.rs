//! What a workspace gives to its bots, as it is given on the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use countersign_egress::Allow;
use countersign_model::SecretText;

use crate::problem::Problem;

/// Constants, secrets and allowed hosts.
#[derive(Clone, Debug, Default, clap::Args)]
pub(crate) struct WorkspaceArgs {
    /// A constant of the workspace: `{config.NAME}` in the bot. Can be given several times.
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Workspace")]
    pub(crate) config: Vec<Unread>,
    /// A secret of the workspace: `{secret.NAME}` in the bot. Other programs on this machine can see the command
    /// line; `--secret-file` does not show the secret.
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Workspace")]
    pub(crate) secret: Vec<Unread>,
    /// A secret of the workspace whose value is the content of a file, without the line break at its end.
    #[arg(long, value_name = "NAME=PATH", help_heading = "Workspace")]
    pub(crate) secret_file: Vec<Unread>,
    /// A host that the bot may call though it is not public, such as `127.0.0.1:8090`. Without it only https to
    /// public addresses is allowed.
    #[arg(long, value_name = "HOST:PORT", help_heading = "Workspace")]
    pub(crate) allow: Vec<String>,
}

/// An argument that may hold a secret: it is read later, so that no error shows it.
#[derive(Clone)]
pub(crate) struct Unread(String);

impl From<String> for Unread {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("•••")
    }
}

/// A workspace.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// Constants by name.
    pub(crate) constants: BTreeMap<String, String>,
    /// Secrets by name.
    pub(crate) secrets: BTreeMap<String, SecretText>,
    /// Hosts that are not public and may be called.
    pub(crate) allow: Vec<Allow>,
}

impl WorkspaceArgs {
    /// Reads the arguments, and the files that they name.
    pub(crate) fn read(&self) -> Result<Workspace, Problem> {
        let mut workspace = Workspace::default();
        for (name, value) in pairs(&self.config, "--config", "bank_url=http://127.0.0.1:8090")? {
            if workspace.constants.insert(name.to_owned(), value.to_owned()).is_some() {
                return Err(Problem::Twice { flag: "--config", name: name.to_owned() });
            }
        }
        for (name, value) in pairs(&self.secret, "--secret", "api_key=VALUE")? {
            workspace.add_secret("--secret", name, value.into())?;
        }
        for (name, path) in pairs(&self.secret_file, "--secret-file", "api_key=./api-key.txt")? {
            workspace.add_secret("--secret-file", name, secret_from(name, Path::new(path))?)?;
        }
        for host in &self.allow {
            workspace.allow(host)?;
        }
        Ok(workspace)
    }
}

impl Workspace {
    /// The names of the secrets.
    pub(crate) fn secret_names(&self) -> BTreeSet<String> {
        self.secrets.keys().cloned().collect()
    }

    /// Allows a host.
    pub(crate) fn allow(&mut self, host: &str) -> Result<(), Problem> {
        self.allow.push(host.parse().map_err(Problem::Allow)?);
        Ok(())
    }

    /// Allows the hosts of all constants that are URLs, for tests in which nothing is dialled.
    pub(crate) fn allow_constants(&mut self) {
        for value in self.constants.values() {
            let Ok(url) = url::Url::parse(value) else { continue };
            if let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) {
                // What cannot be allowed is refused when it is called, which says why.
                self.allow.extend(format!("{host}:{port}").parse::<Allow>());
            }
        }
    }

    fn add_secret(&mut self, flag: &'static str, name: &str, value: SecretText) -> Result<(), Problem> {
        match self.secrets.insert(name.to_owned(), value) {
            None => Ok(()),
            Some(_) => Err(Problem::Twice { flag, name: name.to_owned() }),
        }
    }
}

/// Reads `NAME=VALUE` arguments.
pub(crate) fn pairs<'a>(
    given: &'a [Unread],
    flag: &'static str,
    example: &'static str,
) -> Result<Vec<(&'a str, &'a str)>, Problem> {
    let pair = |Unread(text): &'a Unread| match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim(), value)),
        _ => Err(Problem::NoPair { flag, example }),
    };
    given.iter().map(pair).collect()
}

fn secret_from(name: &str, path: &Path) -> Result<SecretText, Problem> {
    let unusable = |why: String| Problem::SecretFile { name: name.to_owned(), path: path.to_owned(), why };
    let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| unusable("it is not UTF-8 text".to_owned()))?;
    let text = SecretText::new(text);
    let value = text.expose();
    let value = value.strip_suffix('\n').unwrap_or(value);
    let value = value.strip_suffix('\r').unwrap_or(value);
    if value.is_empty() {
        return Err(unusable("it is empty".to_owned()));
    }
    Ok(value.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args() -> WorkspaceArgs {
        WorkspaceArgs::default()
    }

    #[test]
    fn reads_constants_secrets_and_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "s3cr=et\r\n").unwrap();
        let workspace = WorkspaceArgs {
            config: vec!["bank_url=http://a.example/?x=1".to_owned().into()],
            secret: vec!["a=b=c".to_owned().into()],
            secret_file: vec![format!("k={}", file.display()).into()],
            allow: vec!["127.0.0.1:8090".to_owned()],
        }
        .read()
        .unwrap();
        assert_eq!(workspace.constants["bank_url"], "http://a.example/?x=1");
        assert_eq!(workspace.secrets["a"].expose(), "b=c");
        assert_eq!(workspace.secrets["k"].expose(), "s3cr=et");
        assert_eq!(workspace.allow.len(), 1);
    }

    #[test]
    fn a_wrong_secret_is_not_repeated_in_the_error() {
        let wrong = WorkspaceArgs { secret: vec!["hunter2".to_owned().into()], ..args() };
        assert!(!format!("{wrong:?}").contains("hunter2"));
        let problem = wrong.read().unwrap_err();
        assert_eq!(problem.to_string(), "`--secret` is not of the form NAME=VALUE");
        assert_eq!(problem.help().unwrap(), "write `--secret api_key=VALUE`");
    }

    #[test]
    fn nothing_is_given_twice() {
        let twice =
            WorkspaceArgs { config: vec!["a=1".to_owned().into(), "a=2".to_owned().into()], ..args() };
        assert_eq!(twice.read().unwrap_err().to_string(), "`--config` gives `a` twice");
    }

    #[test]
    fn hosts_of_constants_can_be_allowed() {
        let constants = [("a", "http://127.0.0.1:8090/x"), ("b", "no url"), ("c", "http://bank.example")];
        let constants = constants.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let mut workspace = Workspace { constants, ..Workspace::default() };
        workspace.allow_constants();
        assert_eq!(workspace.allow.len(), 2);
    }

    #[test]
    fn an_unusable_file_is_named() {
        let missing = WorkspaceArgs { secret_file: vec!["k=/nowhere/at/all".to_owned().into()], ..args() };
        let text = missing.read().unwrap_err().to_string();
        assert!(text.starts_with("the file `/nowhere/at/all` for the secret `k` cannot be used: "), "{text}");
    }
}
