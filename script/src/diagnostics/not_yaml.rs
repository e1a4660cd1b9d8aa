//! E0001: the file is not YAML or JSON.
//!
//! A bot file is YAML 1.2, of which JSON is a part. The finding points at the place where reading had to stop; the
//! mistake is there or shortly before it. Most often an indentation is off, a tab stands where spaces must, a quote or
//! a bracket is not closed, or a text with `: `, `#`, `{` or `[` in it needs quotes around it.
//!
//! Tags such as `!new`, directives, and keys that are no text have no meaning in a bot file.

use granit_parser::ErrorKind;

use super::{Diagnostic, Span};

/// The code of what is found here.
pub(crate) const CODE: &str = "E0001";

pub(crate) fn syntax(text: &str, at: usize, kind: &ErrorKind) -> Diagnostic {
    let at = floor(text, at);
    let end = at + text[at..].chars().next().map_or(0, char::len_utf8);
    let (message, help) = words(kind);
    let message = message.map_or_else(|| kind.to_string(), str::to_owned);
    let finding = Diagnostic::error("E0001", format!("the file cannot be read: {message}"))
        .at_span("", Some(Span { start: at, end }))
        .label("reading stopped here");
    match help {
        Some(help) => finding.help(help),
        None => finding,
    }
}

pub(crate) fn tag(span: Span) -> Diagnostic {
    Diagnostic::error("E0001", "a tag has no meaning here")
        .at_span("", Some(span))
        .help("take away the `!` and the word behind it, or put quotes around the text")
}

pub(crate) fn alias_of_itself(span: Span) -> Diagnostic {
    Diagnostic::error("E0001", "this alias stands inside the value that it repeats").at_span("", Some(span))
}

pub(crate) fn key_is_no_text(span: Span) -> Diagnostic {
    Diagnostic::error("E0001", "a key must be a text")
        .at_span("", Some(span))
        .help("put quotes around a text that begins with `{` or `[`: `\"{name}\"`")
}

fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// The parser's words are for people who know YAML; these are for people who write a bot.
fn words(kind: &ErrorKind) -> (Option<&'static str>, Option<&'static str>) {
    use ErrorKind as E;
    const SPACES: Option<&str> = Some("use spaces instead of the tab");
    const QUOTES: Option<&str> =
        Some("put quotes around a text with `: `, `#`, `{`, `[`, `*`, `&`, `@` or a quote in it");
    const INDENT: Option<&str> = Some("entries of the same list or map must begin in the same column");
    match kind {
        E::TabNotAllowed
        | E::TabInBlockIndentation
        | E::TabInIndentation
        | E::TabAtBlockScalarStart
        | E::TabInPlainScalar => (Some("a tab stands where only spaces can"), SPACES),
        E::InvalidIndentation
        | E::ExpectedBlockMappingKey
        | E::ExpectedBlockSequenceEntry
        | E::InvalidBlockScalarIndent
        | E::InvalidQuotedScalarIndent
        | E::InvalidFlowScalarIndent
        | E::BlockSequenceEntryNotAllowed => (Some("the indentation does not fit"), INDENT),
        E::UnclosedQuotedScalar | E::UnexpectedEof => {
            (Some("a quote is not closed"), Some("add the closing quote"))
        }
        E::UnclosedFlowCollection { .. } | E::UnexpectedEofFlowMapping | E::UnexpectedEofFlowSequence => {
            (Some("a bracket is not closed"), Some("add the closing `}` or `]`"))
        }
        E::MismatchedFlowCollectionEnd { .. } | E::MisplacedFlowCollectionEnd => {
            (Some("a bracket does not fit"), None)
        }
        E::ExpectedFlowMappingSeparator | E::ExpectedFlowSequenceSeparator => {
            (Some("a comma or a closing bracket is missing"), QUOTES)
        }
        E::UnknownAnchor => (Some("this alias repeats a value that is not there"), QUOTES),
        E::MappingValueNotAllowed | E::MappingKeyNotAllowed | E::InvalidSimpleKey | E::SimpleKeyExpected => {
            (Some("a `:` stands where it cannot"), QUOTES)
        }
        E::UnexpectedCharacter { .. } | E::ExpectedNodeContent | E::MissingAnchorOrAliasName => {
            (Some("this character cannot begin a text"), QUOTES)
        }
        E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape => (
            Some("a `\\` in double quotes begins no known sign"),
            Some("write `\\\\` for a backslash, or use single quotes"),
        ),
        E::RecursionLimitExceeded => (Some("values stand too deep in each other"), None),
        E::BomInsideDocument => (Some("an invisible byte order mark stands here"), Some("take it away")),
        _ => (None, None),
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;
    use crate::{CheckOptions, check};

    #[test]
    fn a_tab_and_an_indentation() {
        let found =
            check("b.yaml", "countersign: 1\nscripts:\n\t- id: a\n", &CheckOptions::default()).diagnostics;
        assert_eq!(found[0].message, "the file cannot be read: a tab stands where only spaces can");
        check_script(
            "
countersign: 1
bot: demo
scripts:
  - id: a
   triggers: [a]
#  ^ error E0001: the file cannot be read: the indentation does not fit
",
        );
    }

    #[test]
    fn quotes_and_brackets() {
        for (text, message) in [
            ("bot: \"demo\n", "a quote is not closed"),
            ("bot: [a, b\n", "a bracket is not closed"),
            ("bot: [a}\n", "a bracket does not fit"),
            ("bot: *demo\n", "this alias repeats a value that is not there"),
            ("bot: a: b\n", "a `:` stands where it cannot"),
            ("bot: @demo\n", "this character cannot begin a text"),
        ] {
            let found = check("b.yaml", text, &CheckOptions::default()).diagnostics;
            assert_eq!(found.len(), 1, "{text}: {found:#?}");
            assert_eq!(found[0].message, format!("the file cannot be read: {message}"), "{text}");
        }
    }

    #[test]
    fn tags_keys_and_circles() {
        check_script(
            "
countersign: 1
bot: !name demo
#          ^^^^ error E0001: a tag has no meaning here
scripts: []
",
        );
        check_script(
            "
countersign: 1
{ a: 1 }: demo
# anywhere error E0001: …
",
        );
        check_script(
            "
countersign: 1
scripts: &all [*all]
#              ^^^^ error E0001: this alias stands inside the value that it repeats
",
        );
    }

    #[test]
    fn the_place_is_right_after_wide_characters_and_crlf() {
        let text = "countersign: 1\r\nname: \"Größe 🏦\"\r\nbot: \"é\" \"\r\n";
        let found = check("b.yaml", text, &CheckOptions::default()).diagnostics;
        let span = found[0].labels[0].span;
        assert_eq!(text[..span.start].matches('\n').count(), 2, "{span:?}");
        assert!(text[..span.start].ends_with("é\" "), "{span:?}");
    }
}
