//! Why a server does not start, with what to do about it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use countersign_channels::OpenError;
use countersign_egress::ClientError;
use countersign_model::Name;
use countersign_runner::KeysError;
use countersign_store::StoreError;
use countersign_vault::{KeyFileError, KeyParseError};

use crate::bots::{NoBot, Refused};
use crate::key_command::CommandFault;

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// It cannot listen.
    #[error(
        "{address} cannot be listened to: {source}; another program may listen there, or `{setting}` names another machine"
    )]
    Listen {
        /// The setting.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] countersign_store_sql::OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The accounts of the console cannot be opened.
    #[error(transparent)]
    Accounts(#[from] countersign_accounts::AccountsError),
    /// The key file cannot be used.
    #[error(transparent)]
    KeyFile(#[from] KeyFileError),
    /// The key file is gone, but the database needs it.
    #[error(
        "there is no key file `{}`, and the database holds what its keys have sealed; put back a copy of it. If there is \
         none, `countersign keys forget` starts anew, and users have to log in again",
        .path.display()
    )]
    KeyFileGone {
        /// The file.
        path: PathBuf,
    },
    /// Systemd gave no credentials.
    #[error(
        "`keys.credential` is `{name}`, and systemd has handed over no such credential; write \
         `LoadCredential={name}:PATH` into the unit, or name a file with `keys.file`"
    )]
    NoCredential {
        /// Its name.
        name: String,
    },
    /// A credential cannot be read.
    #[error("the credential `{name}` cannot be used: {source}")]
    Credential {
        /// Its name.
        name: String,
        /// What is wrong.
        source: KeyParseError,
    },
    /// The variable with the keys is not set.
    #[error(
        "`keys.variable` is `{name}`, and there is no such variable in the environment of this program, or it is empty; \
         set it to the lines of a key file (`countersign keys make` makes one), or name a file with `keys.file`"
    )]
    NoVariable {
        /// Its name.
        name: String,
    },
    /// The variable holds no keys.
    #[error("the variable `{name}` cannot be used: {source}")]
    Variable {
        /// Its name.
        name: String,
        /// What is wrong.
        source: KeyParseError,
    },
    /// The command gave no keys.
    #[error("`keys.command`, the program `{program}`: {fault}")]
    KeyCommand {
        /// The program, without its arguments.
        program: String,
        /// What is wrong.
        fault: CommandFault,
    },
    /// The keys of the database do not open.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// A channel cannot be opened.
    #[error("the channel `{channel}`: {source}")]
    Channel {
        /// The channel.
        channel: Name,
        /// Why.
        source: OpenError,
    },
    /// The HTTP client cannot be made.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The operator's own authorities cannot be read.
    #[error("`egress.authorities`: the file `{}` cannot be read: {source}", .path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The address for traces is never called.
    #[error(
        "`otlp.endpoint` is no address that is ever called; a collector has an address such as http://127.0.0.1:4318"
    )]
    Collector,
    /// The address under which the world reaches the server cannot be made up.
    #[error("`public_url` is missing, and `listen` makes no address of its own; set it")]
    PublicUrl,
    /// A channel has no bot.
    #[error("{}", listed(.refused, .without))]
    Bots {
        /// Files with errors.
        refused: Vec<Refused>,
        /// Channels without a bot.
        without: Vec<NoBot>,
    },
}

fn listed(refused: &[Refused], without: &[NoBot]) -> String {
    let refused = refused.iter().map(ToString::to_string);
    refused.chain(without.iter().map(ToString::to_string)).collect::<Vec<_>>().join("\n")
}
