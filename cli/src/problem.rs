//! Problems as the command line tells them: one line of what is wrong, one of what to do.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use countersign_simulator::TalkError;

/// Something went well but for what it was about: a bot has errors, a test failed.
pub(crate) const NEGATIVE: u8 = 1;
/// The command was used wrongly, or a file cannot be read or written.
pub(crate) const UNUSABLE: u8 = 2;

/// Why a command stopped.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The reader of the output has gone away; nobody is there to tell.
    Unread,
    /// Everything has been told already.
    Told(u8),
    /// To be told.
    Problem(Problem),
}

/// What is wrong and what to do about it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    /// There is no such file.
    #[error("there is no file `{}`", .0.display())]
    Missing(PathBuf),
    /// A directory stands in the place of a file.
    #[error("`{}` is a directory, not a file", .0.display())]
    Directory(PathBuf),
    /// A file is not text.
    #[error("`{}` is not a text file: it is not UTF-8 from byte {} on", .0.display(), .1)]
    NotText(PathBuf, usize),
    /// A file cannot be read.
    #[error("`{}` cannot be read: {}", .0.display(), .1)]
    Unreadable(PathBuf, io::Error),
    /// A file cannot be written.
    #[error("`{}` cannot be written: {}", .0.display(), .1)]
    Unwritable(PathBuf, io::Error),
    /// A file that was to be made is there already.
    #[error("`{}` is there already, and it is not overwritten", .0.display())]
    Exists(PathBuf),
    /// The terminal or a pipe failed.
    #[error("the input or output failed: {0}")]
    Io(io::Error),
    /// `--explain` names no code.
    #[error("there is no code `{0}`")]
    NoSuchCode(String),
    /// The constants and secrets that a bot needs are not all there.
    #[error("{}", listed(.0))]
    Unbound(Vec<countersign_script::BindError>),
    /// The bot has no script of that name.
    #[error("the bot has no script `{0}`")]
    NoSuchScript(String, Vec<String>),
    /// An argument is not `NAME=VALUE`. It may hold a secret, so it is not repeated.
    #[error("`{flag}` is not of the form NAME=VALUE")]
    NoPair {
        /// The flag.
        flag: &'static str,
        /// What it should look like.
        example: &'static str,
    },
    /// The same name is given twice.
    #[error("`{flag}` gives `{name}` twice")]
    Twice {
        /// The flag.
        flag: &'static str,
        /// The name.
        name: String,
    },
    /// The file of a secret cannot be used.
    #[error("the file `{}` for the secret `{name}` cannot be used: {why}", .path.display())]
    SecretFile {
        /// The name of the secret.
        name: String,
        /// The file.
        path: PathBuf,
        /// Why, without the content.
        why: String,
    },
    /// A host cannot be allowed.
    #[error("`--allow`: {0}")]
    Allow(countersign_egress::AllowError),
    /// A file of conversation tests is not usable.
    #[error("{}:{why}", .path.display())]
    TestFile {
        /// The file.
        path: PathBuf,
        /// Line, column and reason.
        why: crate::conversation_test::FormatError,
    },
    /// An answer of a conversation test has no value.
    #[error("the answer `{name}` in `{}` is empty", .file.display())]
    NoAnswer {
        /// Its name.
        name: String,
        /// The file of tests.
        file: PathBuf,
    },
    /// A bot has errors, which were told.
    #[error("`{}` has errors, so its tests were not run", .0.display())]
    BotErrors(PathBuf),
    /// There are no conversation tests.
    #[error("there are no conversation tests beside `{}`", .0.display())]
    NoTests(PathBuf),
    /// No test has the text of `--filter` in its name.
    #[error("no test has `{0}` in its name")]
    NothingFiltered(String),
    /// The demo does not start.
    #[error(transparent)]
    Demo(Box<crate::commands::demo::DemoError>),
    /// The stand-ins of a demo cannot be used.
    #[error(transparent)]
    Connect(#[from] crate::chat::connect::ConnectError),
    /// Something was not done on a server.
    #[error(transparent)]
    Remote(#[from] crate::remote::RemoteError),
    /// The parts below could not be set up.
    #[error("{0}")]
    Setup(String),
}

impl Problem {
    /// What to do.
    pub(crate) fn help(&self) -> Option<String> {
        Some(match self {
            Self::Missing(path) => match nearby(path) {
                Some(near) => format!("did you mean `{}`?", near.display()),
                None => "give the path of a bot file, such as `demo/bots/bank.yaml`".to_owned(),
            },
            Self::Directory(path) => {
                format!("name the file in it, such as `{}`", path.join("bot.yaml").display())
            }
            Self::Exists(_) => "give another name, or remove it first".to_owned(),
            Self::NotText(..) => "save it as UTF-8".to_owned(),
            Self::NoSuchCode(_) => "codes look like E0101; `countersign check` prints them".to_owned(),
            Self::NoSuchScript(name, known) => {
                let near = known.iter().map(|id| (strsim::damerau_levenshtein(id, name), id)).min();
                match near {
                    Some((distance, id)) if distance <= 3 => format!("did you mean `{id}`?"),
                    _ => format!("its scripts are {}", known.join(", ")),
                }
            }
            Self::NoTests(path) => {
                format!("write them in `{}`", crate::conversation_test::beside(path).display())
            }
            Self::TestFile { .. } => {
                "`countersign schema --tests` prints the format, for editors that complete and check it"
                    .to_owned()
            }
            Self::NoAnswer { name, .. } => {
                format!("fill it in under `answers`, or give it with `--answer {name}=VALUE`")
            }
            Self::BotErrors(path) => format!("`countersign check {}` shows them", path.display()),
            Self::NoPair { flag, example } => format!("write `{flag} {example}`"),
            Self::Twice { .. } => "leave one of them out".to_owned(),
            Self::NothingFiltered(_) => "leave out `--filter` to run all".to_owned(),
            Self::Demo(error) => return error.help(),
            Self::Connect(error) => return error.help(),
            Self::Remote(error) => return error.help(),
            Self::Unreadable(..)
            | Self::Unwritable(..)
            | Self::Io(_)
            | Self::Unbound(_)
            | Self::SecretFile { .. }
            | Self::Allow(_)
            | Self::Setup(_) => return None,
        })
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<crate::chat::connect::ConnectError> for Stop {
    fn from(error: crate::chat::connect::ConnectError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<crate::remote::RemoteError> for Stop {
    fn from(error: crate::remote::RemoteError) -> Self {
        Self::Problem(error.into())
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Problem(Problem::Io(error)),
        }
    }
}

/// `error: …` and `help: …`.
pub(crate) struct Told<'p>(pub(crate) &'p Problem, pub(crate) crate::color::Paint);

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(problem, paint) = self;
        let text = problem.to_string();
        for line in text.lines() {
            writeln!(f, "{} {line}", paint.bold(paint.red("error:")))?;
        }
        if let Some(help) = problem.help() {
            writeln!(f, "{} {help}", paint.bold(paint.cyan("help:")))?;
        }
        Ok(())
    }
}

fn listed(errors: &[countersign_script::BindError]) -> String {
    errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

/// A file in the same folder with nearly the same name.
fn nearby(path: &Path) -> Option<PathBuf> {
    let wanted = path.file_name()?.to_str()?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = std::fs::read_dir(folder.unwrap_or(Path::new("."))).ok()?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let (distance, name) = names.map(|name| (strsim::damerau_levenshtein(&name, wanted), name)).min()?;
    (distance <= 3).then(|| path.with_file_name(name))
}

impl From<TalkError> for Problem {
    fn from(error: TalkError) -> Self {
        match error {
            TalkError::NoSuchScript { wanted, known } => Self::NoSuchScript(wanted, known),
            other => Self::Setup(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::color::Paint;

    fn told(problem: &Problem) -> String {
        Told(problem, Paint(false)).to_string()
    }

    #[test]
    fn a_missing_file_names_its_neighbour() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("demo.yaml"), "").unwrap();
        let text = told(&Problem::Missing(folder.path().join("dmeo.yaml")));
        assert!(text.starts_with("error: there is no file `"), "{text}");
        assert!(text.contains("help: did you mean `") && text.contains("demo.yaml`?"), "{text}");
        let text = told(&Problem::Missing(folder.path().join("quite-another.yaml")));
        assert!(text.contains("help: give the path of a bot file"), "{text}");
    }

    #[test]
    fn a_script_is_suggested() {
        let known = vec!["balance".to_owned(), "people".to_owned()];
        let near = told(&Problem::NoSuchScript("balanse".to_owned(), known.clone()));
        assert_eq!(near, "error: the bot has no script `balanse`\nhelp: did you mean `balance`?\n");
        let far = told(&Problem::NoSuchScript("x".to_owned(), known));
        assert!(far.ends_with("help: its scripts are balance, people\n"), "{far}");
    }

    #[test]
    fn a_broken_pipe_is_no_problem() {
        assert!(matches!(Stop::from(io::Error::from(io::ErrorKind::BrokenPipe)), Stop::Unread));
        assert!(matches!(Stop::from(io::Error::other("x")), Stop::Problem(Problem::Io(_))));
    }
}
