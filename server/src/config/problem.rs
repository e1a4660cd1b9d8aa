//! What can be wrong with a configuration, each with what to do about it. None of it holds a value that may be secret.

use std::fmt;
use std::io;
use std::path::PathBuf;

use countersign_channels::OpenError;
use countersign_egress::AllowError;
use countersign_model::NameError;

use super::node::Place;

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// There is no such file.
    #[error(
        "there is no configuration file `{}`; `countersign config default > countersign.toml` writes one to begin with",
        .path.display()
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// It cannot be read.
    #[error("the configuration file `{}` cannot be read: {source}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is no text.
    #[error("the configuration file `{}` is no text; save it as UTF-8", .path.display())]
    NotText {
        /// The file.
        path: PathBuf,
    },
    /// It is no TOML.
    #[error("`{}`, line {line}, column {column}: {message}; the file is TOML, see https://toml.io", .path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// From 1.
        column: usize,
        /// What the reader of TOML expected.
        message: String,
    },
    /// Settings are wrong.
    #[error("{}", listed(.path, .problems))]
    Problems {
        /// The file.
        path: PathBuf,
        /// All that is wrong, in the order of the file.
        problems: Vec<Problem>,
    },
}

fn listed(path: &std::path::Path, problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| match &problem.place {
        Place::Variable(_) => problem.to_string(),
        Place::Line(_) | Place::Nowhere => format!("`{}`, {problem}", path.display()),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// One setting is wrong.
#[derive(Debug)]
pub struct Problem {
    /// Where it is written.
    pub place: Place,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.place, self.fault)
    }
}

/// What is wrong with a setting.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There is no such setting.
    #[error("there is no setting `{name}`{}", hint(.near, .section))]
    Unknown {
        /// Its name with its section.
        name: String,
        /// The section, when there is one.
        section: String,
        /// A setting with nearly that name.
        near: Option<String>,
    },
    /// Another kind of value is expected.
    #[error("`{name}` is {expected}, not {found}")]
    Type {
        /// The setting.
        name: String,
        /// What it is.
        expected: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// The value is of the right kind, but cannot be read.
    #[error("`{name}` is {expected}")]
    Form {
        /// The setting.
        name: String,
        /// What it is, with an example.
        expected: &'static str,
    },
    /// The number is too small or too large.
    #[error("`{name}` is a number from {least} to {most}")]
    Range {
        /// The setting.
        name: String,
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
    /// The span is too short or too long.
    #[error("`{name}` is a span of time from {least} to {most}")]
    SpanRange {
        /// The setting.
        name: String,
        /// The least.
        least: &'static str,
        /// The most.
        most: &'static str,
    },
    /// It has to be given.
    #[error("`{name}` is missing: {help}")]
    Missing {
        /// The setting.
        name: String,
        /// What it is and where it is found.
        help: &'static str,
    },
    /// Two settings exclude each other.
    #[error("`{one}` and `{other}` are both given; leave one of them out")]
    Both {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// The file of a secret cannot be read.
    #[error("the file `{}` for `{name}` cannot be read: {source}", .path.display())]
    SecretFile {
        /// The setting.
        name: String,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The file of a secret has nothing in it.
    #[error("the file `{}` for `{name}` is empty; write the secret into it", .path.display())]
    SecretEmpty {
        /// The setting.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// An entry of `[egress] allow` is none.
    #[error("`egress.allow`: {0}")]
    Allow(AllowError),
    /// An id is none.
    #[error("`{name}`: {why}")]
    Name {
        /// The setting.
        name: String,
        /// Why.
        why: NameError,
    },
    /// There is no such kind of channel.
    #[error("there is no channel of the kind `{given}`{}; the kinds are {known}", meant(.near))]
    Kind {
        /// What stands there.
        given: String,
        /// A kind with nearly that name.
        near: Option<String>,
        /// All kinds that a server can have.
        known: String,
    },
    /// A kind has several providers.
    #[error("the channel `{channel}` needs a `provider`: one of {known}")]
    ProviderUnset {
        /// The channel.
        channel: String,
        /// The providers of its kind.
        known: String,
    },
    /// There is no such provider.
    #[error("the channel `{channel}` cannot have the provider `{given}`; it is one of {known}")]
    Provider {
        /// The channel.
        channel: String,
        /// What stands there.
        given: String,
        /// The providers of its kind.
        known: String,
    },
    /// Two channels have one id.
    #[error(
        "there are two channels with the id `{0}`; each needs an id of its own, because it is part of its address"
    )]
    Twice(String),
    /// A setting of a channel is not as its provider needs it.
    #[error("the channel `{channel}`: {why}")]
    Channel {
        /// The channel.
        channel: String,
        /// Why.
        why: OpenError,
    },
    /// A variable names a channel that there is not.
    #[error("this variable names a channel by its id, and there is no channel with that id in the file")]
    NoSuchChannel,
    /// No bot is given, and there is no console to make one.
    #[error(
        "`bots` is empty and the console is off: name at least one bot file, such as `bots = [\"demo.yaml\"]`"
    )]
    NoBots,
    /// The public address is not one.
    #[error(
        "`public_url` is the address under which the world reaches this server, such as `https://bot.example`, without \
         `?` and `#`"
    )]
    PublicUrl,
}

fn hint(near: &Option<String>, section: &str) -> String {
    match near {
        Some(near) => format!("; did you mean `{near}`?"),
        None if section.is_empty() => "; `countersign config default` shows all settings".to_owned(),
        None => format!("; `countersign config default` shows all settings of [{section}]"),
    }
}

fn meant(near: &Option<String>) -> String {
    near.as_ref().map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}
