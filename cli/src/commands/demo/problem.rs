use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use countersign_accounts::AccountsError;
use countersign_providers::StandinError;
use countersign_server::{ConfigError, StartError};

/// Why the demo does not start, with what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DemoError {
    /// No folder or file can be made.
    #[error("`{}` cannot be made: {}", .0.display(), .1)]
    Folder(PathBuf, io::Error),
    /// So many ports in a row are taken.
    #[error("{0} and the {1} ports after it are taken")]
    Ports(SocketAddr, u16),
    /// The bank gets no port.
    #[error("the demo bank cannot listen: {0}")]
    Bank(io::Error),
    /// The stand-ins do not start.
    #[error(transparent)]
    Standins(#[from] StandinError),
    /// The configuration that the demo makes is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is no login for the console.
    #[error("the account for the console cannot be made: {0}")]
    Login(#[from] AccountsError),
    /// The server does not start.
    #[error(transparent)]
    Server(#[from] StartError),
}

impl DemoError {
    /// What to do.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::Folder(..) => "choose a folder that you may write to with `--data DIR`".to_owned(),
            Self::Ports(..) => "choose others with `--listen 127.0.0.1:9000 --stand-ins 9001`".to_owned(),
            Self::Bank(_) | Self::Standins(_) => {
                "another program may hold too many ports; end it and try again".to_owned()
            }
            Self::Config(_) | Self::Server(StartError::Bots { .. }) => {
                "if you have changed a bot file in the folder of `--data`, `countersign check` shows what is wrong \
                 with it; without `--data` the demo starts anew"
                    .to_owned()
            }
            Self::Login(_) | Self::Server(_) => "without `--data` the demo starts anew in a folder of its own".to_owned(),
        })
    }
}
