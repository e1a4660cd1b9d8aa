//! E0008: something else stands here than should.
//!
//! A text where a number must stand, a list where a single value must, a key without a value, and the like.

use super::{Diagnostic, Span};

pub(crate) fn wrong_type(path: &str, span: Span, wanted: &str, found: &str) -> Diagnostic {
    let key = path.rsplit('.').next().unwrap_or(path);
    let message = if key.is_empty() {
        format!("a bot file is {wanted}; here stands {found}")
    } else {
        format!("`{key}` is {wanted}; here stands {found}")
    };
    let finding =
        Diagnostic::error("E0008", message).at_span(path, Some(span)).label(format!("this is {found}"));
    if wanted == "a number of seconds" {
        return finding.help("write the seconds alone: `900` is 15 minutes, `3600` an hour");
    }
    finding
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::check_script;
    use crate::{CheckOptions, check};

    /// All are found, in one go.
    #[test]
    fn each_is_told_in_the_words_of_an_author() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - id: login
    url: https://bank.example/login
    ttl: soon
#        ^^^^ error E0008: `ttl` is a number of seconds; here stands a text
    is_json: yes
#            ^^^ error E0008: `is_json` is true or false; here stands a text
    attempts: -1
#             ^^ error E0008: `attempts` is a whole number; here stands a number
    questions:
      - { question: { en: [x, [y]] }, field: name }
#                             ^^^ error E0008: `en[1]` is a text; here stands a list
      - name
#       ^^^^ error E0008: `questions[1]` is a question; here stands a text
scripts:
  - id: a
    triggers: [a]
    steps:
      - message:
# anywhere error E0008: `message` is a text; here stands nothing
      - wait: [1]
#             ^^^ error E0008: `wait` is a number of seconds; here stands a list
      - 7
#       ^ error E0008: `steps[2]` is a step; here stands a number
",
        );
    }

    #[test]
    fn a_file_that_is_no_map() {
        let found = check("b.yaml", "- a\n", &CheckOptions::default()).diagnostics;
        assert_eq!(found[0].message, "a bot file is a map that describes a bot; here stands a list");
    }
}
