//! E0002: there is nothing in the file.
//!
//! A bot file needs at least the version of its format, the bot's id, and a script:
//!
//! ```yaml
//! countersign: 1
//! bot: my-bot
//! scripts:
//!   - id: hello
//!     triggers: [hello]
//!     steps:
//!       - message: Hello.
//! ```

use super::{Diagnostic, Edit, Span};

/// The smallest bot.
const SMALLEST: &str = "\
countersign: 1
bot: my-bot
scripts:
  - id: hello
    triggers: [hello]
    steps:
      - message: Hello.
";

pub(crate) fn empty_file(text: &str) -> Diagnostic {
    // What is there are comments, and perhaps a mark that says that nothing is.
    let nothing = text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    let span = Span { start: text.len(), end: text.len() };
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let smallest = format!("{gap}{SMALLEST}").replace('\n', line_break);
    let edit = nothing.then_some(Edit { span, text: smallest });
    Diagnostic::error("E0002", "there is nothing in the file")
        .at_span("", Some(Span::default()))
        .help_edit("begin with `countersign: 1`, `bot: my-bot` and `scripts:`", edit)
}

#[cfg(test)]
mod tests {
    use crate::{CheckOptions, check};

    #[test]
    fn nothing_spaces_and_comments() {
        for text in ["", " \n\n", "# to do\n", "---\n", "\u{feff}", "null"] {
            let found = check("b.yaml", text, &CheckOptions::default()).diagnostics;
            assert_eq!(found.len(), 1, "{text:?}: {found:?}");
            assert_eq!(found[0].code, "E0002", "{text:?}");
        }
    }
}
