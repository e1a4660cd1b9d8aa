use std::path::PathBuf;

use countersign_egress::EgressError;

/// Why something was not done on a server. It never has the key, a text of a bot, or what else was sent.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RemoteError {
    /// No key was given.
    #[error("there is no API key")]
    NoKey,
    /// The address is none.
    #[error("`{0}` is not the address of a server")]
    Url(String),
    /// The key would be readable on its way.
    #[error("`{0}` is not encrypted, and everybody on the way could read the API key")]
    Plain(String),
    /// The machine has no certificates.
    #[error(transparent)]
    Client(#[from] countersign_egress::ClientError),
    /// Nothing came back.
    #[error(transparent)]
    Network(#[from] EgressError),
    /// What came back is of another program.
    #[error("{0} answers, but not as a server of Countersign with a console does")]
    SomebodyElse(String),
    /// The key is not accepted.
    #[error("the server does not accept the API key")]
    Key,
    /// The workspace or the bot is not there, or the key is of another workspace.
    #[error("the workspace `{workspace}` has no {what}, or the key does not belong to it")]
    NotThere {
        /// The workspace.
        workspace: String,
        /// What was asked for.
        what: String,
    },
    /// The server refuses, in its own words.
    #[error("the server refuses: {detail}{}", .fields.iter().map(|field| format!("\n{field}")).collect::<String>())]
    Refused {
        /// Why.
        detail: String,
        /// What to do.
        hint: Option<String>,
        /// What is wrong with which field.
        fields: Vec<String>,
    },
    /// Somebody has edited the draft, and has not published it yet.
    #[error(
        "the draft of `{bot}` has changes by {by} that are not published, and the file would replace them"
    )]
    Unpublished {
        /// The bot.
        bot: String,
        /// Who changed it last.
        by: String,
    },
    /// Somebody has changed the draft at this very moment.
    #[error("somebody has changed the draft of `{0}` at the same moment; nothing was written")]
    Meanwhile(String),
    /// A file is not a bot file, or has no id.
    #[error("`{}` has no line `bot: …`, which says what the bot is called", .0.display())]
    NoId(PathBuf),
    /// A file has another text already.
    #[error("`{}` has another text, and it is not overwritten", .0.display())]
    Differs(PathBuf),
    /// The bot was never published.
    #[error("the bot `{0}` was never published")]
    NeverPublished(String),
    /// Several bots and one output.
    #[error("there are {0} bots, and the standard output takes one")]
    Several(usize),
}

impl RemoteError {
    /// What to do.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::NoKey => "make one in the console under Settings ▸ API keys, and give it with `--key-file FILE` or in \
                            the variable COUNTERSIGN_API_KEY"
                .to_owned(),
            Self::Url(_) => "write it like `--server https://bots.example.com`".to_owned(),
            Self::Plain(_) => "use https; only a server on this machine may be called without".to_owned(),
            Self::SomebodyElse(_) => {
                "look whether the address is right, and whether `console.enabled` is set on that server".to_owned()
            }
            Self::Key => "it may be over, removed, or bound to another address; Settings ▸ API keys shows it".to_owned(),
            Self::NotThere { .. } => {
                "name the workspace with `--workspace`; `countersign export` without an id takes all bots of it".to_owned()
            }
            Self::Unpublished { bot, .. } => format!(
                "`--dry-run` shows what differs, `countersign export {bot}` saves the draft, and `--overwrite` replaces it"
            ),
            Self::Meanwhile(_) => "look at what they did, and try again".to_owned(),
            Self::Differs(_) => "give another folder, or `--overwrite`".to_owned(),
            Self::NeverPublished(_) => "leave out `--live` to have its draft".to_owned(),
            Self::Several(_) => "name one of them, or a folder with `--to DIR`".to_owned(),
            Self::Refused { hint, .. } => return hint.clone(),
            Self::Client(_) | Self::Network(_) | Self::NoId(_) => return None,
        })
    }
}
