//! All clear mends of a text at once.

use crate::check::{CheckOptions, check};
use crate::diagnostics::{Diagnostic, Severity};
use crate::fix::unreadable::applied;

/// The most mends of one text.
const MOST: usize = 500;
/// Where a token may be sent is for a person to decide, each time.
const FOR_A_PERSON: [&str; 1] = ["E0213"];

/// A text whose errors were mended as far as one change is clearly right for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mended {
    /// The text as it is then.
    pub text: String,
    /// What was mended, in the order in which it was; places are those of the text of that moment.
    pub made: Vec<Diagnostic>,
}

/// Mends the errors of a bot file, one after another, for as long as one has a clear mend. Warnings stay, and so does
/// what decides where a token may be sent.
pub fn mend(name: &str, text: &str, options: &CheckOptions) -> Mended {
    let mut mended = Mended { text: text.to_owned(), made: Vec::new() };
    while mended.made.len() < MOST {
        let findings = check(name, &mended.text, options).diagnostics;
        let next = findings.into_iter().find(|finding| {
            finding.severity == Severity::Error
                && !FOR_A_PERSON.contains(&finding.code)
                && finding.help.as_ref().is_some_and(|help| !help.edits.is_empty())
        });
        let Some(next) = next else { break };
        let text = next.help.as_ref().map(|help| applied(&mended.text, &help.edits)).unwrap_or_default();
        // One that leaves its finding would be made again without end.
        if mended.made.iter().filter(|made| made.code == next.code && made.message == next.message).count()
            > 20
        {
            break;
        }
        mended.text = text;
        mended.made.push(next);
    }
    mended
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::tests_support::bank;

    #[test]
    fn all_clear_errors_are_mended_and_the_rest_stays() {
        let good = bank(
            "scripts:\n  - id: a\n    triggers: [a]\n    steps:\n      - auth_token: bank-login\n      - web_service: get-balance # now\n",
        );
        let wrong = good
            .replace("is_json: true", "is_json: yes")
            .replace("      - auth_token: bank-login\n", "")
            .replace("triggers", "trigers")
            .replace("https://bank.example/balance", "bank.example/balance");
        let options = CheckOptions::default();
        let mended = mend("b.yaml", &wrong, &options);
        assert_eq!(mended.text, good);
        let codes: Vec<_> = mended.made.iter().map(|made| made.code).collect();
        assert_eq!(codes, ["E0008", "E0203", "E0007", "E0101"]);
        assert_eq!(mend("b.yaml", &good, &options), Mended { text: good.clone(), made: Vec::new() });
        let elsewhere = good.replace("bank.example/balance", "api.example/balance");
        assert_eq!(mend("b.yaml", &elsewhere, &options).text, elsewhere);
    }
}
