//! E0220: a language that the bot does not have.
//!
//! `language` is the bot's own language, `languages` names the others. A text that is given by language needs at least
//! the bot's own; where another is missing, the bot's own is said. Languages are written as BCP 47 tags: `en`, `es`,
//! `pt-BR`.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};
use crate::suggest::list;

pub(crate) fn unknown_language(path: &str, span: Span, tag: &str, known: &[String]) -> Diagnostic {
    let mut all: Vec<_> = known.iter().map(String::as_str).collect();
    let note = format!("languages of the bot: {}", list(all.iter().copied()));
    all.push(tag);
    let is_tag = words::language(tag).is_none();
    let fix = is_tag.then(|| Fix::Language(known.to_vec(), tag.to_owned()));
    Diagnostic::error("E0220", format!("the bot has no language `{tag}`"))
        .at_span(path, Some(span))
        .note(note)
        .help(format!("to give it one more, write `languages: [{}]` at the top", all.join(", ")))
        .fix(fix)
}

pub(crate) fn no_tag(path: &str, span: Span, tag: &str) -> Diagnostic {
    Diagnostic::error("E0220", format!("`{}` is not a language", tag.escape_debug()))
        .at_span(path, Some(span))
        .help("write a tag such as `en`, `es` or `pt-BR`")
        .fix(words::language(tag).map(|better| Fix::Write(span, better.into())))
}

pub(crate) fn without_own(path: &str, span: Span, own: &str) -> Diagnostic {
    Diagnostic::error("E0220", format!("this text is missing in the bot's own language, `{own}`"))
        .at_span(path, Some(span))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;

    #[test]
    fn each_of_them() {
        check_script(
            "
countersign: 1
bot: demo
language: en
languages: [en, es, Spanish language]
#                   ^^^^^^^^^^^^^^^^ error E0220: `Spanish language` is not a language
scripts:
  - id: a
    triggers: [a]
    steps:
      - { message: { en: Hello., fr: Bonjour. } }
#                                ^^ error E0220: the bot has no language `fr`
      - { message: { es: Hola. } }
#                  ^^^^^^^^^^^^^ error E0220: this text is missing in the bot's own language, `en`
",
        );
    }
}
