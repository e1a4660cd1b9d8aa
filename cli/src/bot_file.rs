//! Bot files from disk.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use countersign_model::ChannelKind;
use countersign_script::diagnostics::Diagnostic;
use countersign_script::render::{self, Style};
use countersign_script::{CheckOptions, Checked, Checkup};

use crate::color::Paint;
use crate::problem::Problem;

/// A bot file.
#[derive(Debug)]
pub(crate) struct BotFile {
    /// As a person named it; `<stdin>` for `-`.
    pub(crate) name: String,
    /// Its text.
    pub(crate) text: String,
}

/// What the check says of a bot file.
#[derive(Debug)]
pub(crate) struct Verdict {
    /// The bot, when there are no errors.
    pub(crate) checked: Option<Checked>,
    /// Errors and warnings in the order of the file.
    pub(crate) findings: Vec<Diagnostic>,
}

impl BotFile {
    /// Reads a file, or what comes in for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Problem> {
        let (name, bytes) = if path == Path::new("-") {
            let mut bytes = Vec::new();
            std::io::stdin().lock().read_to_end(&mut bytes).map_err(Problem::Io)?;
            ("<stdin>".to_owned(), bytes)
        } else {
            (path.display().to_string(), read(path)?)
        };
        let text = text(bytes).map_err(|at| Problem::NotText(PathBuf::from(&name), at))?;
        Ok(Self { name, text })
    }

    /// Checks the bot for these channels beside those that it names itself.
    pub(crate) fn check(&self, channels: &[ChannelKind]) -> Verdict {
        let options = CheckOptions { channels: channels.to_vec() };
        let Checkup { checked, diagnostics } = countersign_script::check(&self.name, &self.text, &options);
        Verdict { checked, findings: diagnostics }
    }

    /// Findings as a person reads them.
    pub(crate) fn shown(&self, findings: &[Diagnostic], paint: Paint, width: usize) -> String {
        let style = if paint.is_on() { Style::Colour } else { Style::Plain };
        render::human(&self.name, &self.text, findings, style, width)
    }
}

/// Reads a text file.
pub(crate) fn read_text(path: &Path) -> Result<String, Problem> {
    text(read(path)?).map_err(|at| Problem::NotText(path.to_owned(), at))
}

fn read(path: &Path) -> Result<Vec<u8>, Problem> {
    std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Problem::Missing(path.to_owned()),
        _ if path.is_dir() => Problem::Directory(path.to_owned()),
        _ => Problem::Unreadable(path.to_owned(), error),
    })
}

/// The text, or the byte from which on it is none. A byte order mark is not part of it.
fn text(bytes: Vec<u8>) -> Result<String, usize> {
    let text = String::from_utf8(bytes).map_err(|error| error.utf8_error().valid_up_to())?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

/// The width of the terminal, in columns.
pub(crate) fn terminal_width() -> usize {
    let size = rustix::termios::tcgetwinsize(std::io::stderr());
    size.ok().map(|size| usize::from(size.ws_col)).filter(|columns| *columns > 0).unwrap_or(render::WIDTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_a_path() {
        let folder = tempfile::tempdir().unwrap();
        let problem = |path: &Path| BotFile::read(path).unwrap_err().to_string();
        assert!(problem(folder.path()).ends_with("is a directory, not a file"));
        assert!(problem(&folder.path().join("no.yaml")).starts_with("there is no file `"));
        let binary = folder.path().join("binary.yaml");
        std::fs::write(&binary, b"bot: \xff").unwrap();
        assert!(problem(&binary).ends_with("is not a text file: it is not UTF-8 from byte 5 on"));
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_text() {
        assert_eq!(text(b"\xef\xbb\xbfbot: a".to_vec()).unwrap(), "bot: a");
    }
}
