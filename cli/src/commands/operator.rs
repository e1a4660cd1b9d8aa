//! What the commands of an operator share.

use std::future::Future;

use countersign_model::Timestamp;

use crate::problem::Problem;
use crate::talk::runtime;

/// Forms of what is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Runs something to its end.
pub(crate) fn wait<T>(work: impl Future<Output = T>) -> Result<T, Problem> {
    Ok(runtime()?.block_on(work))
}

/// Now, as this machine says.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_micros(jiff::Timestamp::now().as_microsecond())
}

/// An error of the server as a problem; its message says what to do.
pub(crate) fn failed(error: impl std::error::Error) -> Problem {
    Problem::Setup(error.to_string())
}

/// A text from outside without characters that a terminal would obey.
pub(crate) fn plain(text: &str) -> String {
    text.chars().flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] }).collect()
}

/// Rows in columns as wide as what stands in them, two spaces between.
pub(crate) fn aligned<const N: usize>(rows: Vec<[String; N]>) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<_> = (0..N).map(width).collect();
    let mut out = String::new();
    for row in &rows {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        assert_eq!(
            aligned(vec![row("A", "B"), row("größe", "x"), row("", "yy")]),
            "A      B\ngröße  x\n       yy\n"
        );
        assert_eq!(aligned::<2>(Vec::new()), "");
    }

    #[test]
    fn a_terminal_is_not_given_orders() {
        assert_eq!(plain("a\u{1b}[2J\n"), "a\\u{1b}[2J\\n");
    }
}
