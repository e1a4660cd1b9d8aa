//! E0010: not one of the words that can stand here.
//!
//! Some settings are one of a few words: kinds of answer, methods, channels. The finding names them.

use super::{Diagnostic, Span};
use crate::fix::{Fix, words};
use crate::suggest::{list, nearest};

pub(crate) fn unknown_word(path: &str, span: Span, word: &str, what: &str, known: &[&str]) -> Diagnostic {
    let finding = Diagnostic::error("E0010", format!("`{word}` is not {what}")).at_span(path, Some(span));
    let synonym = words::synonym(word).filter(|synonym| known.contains(synonym));
    match synonym.or_else(|| nearest(word, known.iter().copied())) {
        Some(meant) => {
            finding.help(format!("did you mean `{meant}`?")).fix(Fix::Word(span, meant.to_owned()))
        }
        None => finding.note(format!("possible: {}", list(known.iter().copied()))),
    }
}

pub(crate) fn transfer(path: &str, span: Span, to: &str) -> Diagnostic {
    let person = words::synonym(to) == Some("person") || nearest(to, ["person"]).is_some();
    Diagnostic::error("E0010", format!("`{to}` is neither `person` nor a phone number"))
        .at_span(path, Some(span))
        .help("write `person` for a person in the console, or a number such as `\"+15550100\"`")
        .fix(person.then(|| Fix::Word(span, "person".to_owned())))
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{check_script, mend};

    #[test]
    fn words_of_all_kinds() {
        let found = check_script(
            "
countersign: 1
bot: demo
channels: [whatsap]
#          ^^^^^^^ error E0010: `whatsap` is not a kind of channel
web_services:
  - { id: s, method: STEAL, url: https://a.example/x }
#                    ^^^^^ error E0010: `STEAL` is not a method
scripts:
  - id: a
    triggers: [{ on: midnight }]
#                    ^^^^^^^^ error E0010: `midnight` is not what starts the script
    steps:
      - { question: Q, kind: nubmer }
#                            ^^^^^^ error E0010: `nubmer` is not a kind of answer
      - { transfer: someone }
#                   ^^^^^^^ error E0010: `someone` is neither `person` nor a phone number
      - { question: Q, kind: digits, keypad: { finish_key: x } }
#                                                          ^ error E0010: `x` is not a key of a phone
",
        );
        assert_eq!(found[0].help.as_ref().unwrap().text, "did you mean `whatsapp`?");
        assert_eq!(found[1].notes, ["possible: `GET`, `POST`, `PUT`, `PATCH` and `DELETE`"]);
    }

    #[test]
    fn a_slip_can_be_mended_and_case_does_not_matter() {
        let text = "countersign: 1\nbot: demo\nchannels: [WhatsApp, telegrm]\nscripts: [{ id: a, triggers: [a], steps: [end] }]\n";
        assert!(mend(text, "E0010").contains("telegram]"));
    }
}
