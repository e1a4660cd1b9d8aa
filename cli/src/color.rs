//! Colours, where the terminal wants them.

use std::fmt::Display;
use std::io::IsTerminal;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set or TERM is `dumb`.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// The paint for a stream.
    pub(crate) fn paint(self, stream: &impl IsTerminal) -> Paint {
        Paint(match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => stream.is_terminal() && terminal_wants_color(),
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
fn terminal_wants_color() -> bool {
    let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !forbidden && !is_plain_terminal()
}

/// Whether the terminal can do no more than print lines. The names are those that the line editor knows as such.
#[expect(clippy::disallowed_methods, reason = "the command line reads the environment")]
pub(crate) fn is_plain_terminal() -> bool {
    std::env::var("TERM").is_ok_and(|term| ["dumb", "cons25", "emacs"].contains(&term.as_str()))
}

/// Paints texts, or leaves them as they are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paint(pub(crate) bool);

impl Paint {
    /// Whether it paints.
    pub(crate) fn is_on(self) -> bool {
        self.0
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: impl Display) -> String {
        self.with("2", text)
    }

    pub(crate) fn red(self, text: impl Display) -> String {
        self.with("31", text)
    }

    pub(crate) fn green(self, text: impl Display) -> String {
        self.with("32", text)
    }

    pub(crate) fn yellow(self, text: impl Display) -> String {
        self.with("33", text)
    }

    pub(crate) fn cyan(self, text: impl Display) -> String {
        self.with("36", text)
    }

    fn with(self, code: &str, text: impl Display) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paints_only_when_told() {
        assert_eq!(Paint(false).red("a"), "a");
        assert_eq!(Paint(true).red("a"), "\x1b[31ma\x1b[0m");
        assert!(ColorChoice::Always.paint(&std::io::stdout()).is_on());
        assert!(!ColorChoice::Never.paint(&std::io::stdout()).is_on());
    }
}
