//! One way into the tests of all findings: a bot file whose comments say what the check must find.

use std::collections::BTreeSet;

use countersign_model::ChannelKind;

use super::{Diagnostic, Severity};
use crate::fix::unreadable::applied;
use crate::render::{self, Style};
use crate::{CheckOptions, check};

/// A bank login and a service that sends its token, both used as they should be.
pub(crate) const BANK: &str = "\
countersign: 1
bot: demo
authorization_tokens:
  - id: bank-login
    url: https://bank.example/login
    questions:
      - { question: What is your username?, field: username }
      - { question: What is your password?, field: password, secret: true }
    is_json: true
    token_path: token
    validation_by_number: false
web_services:
  - id: get-balance
    method: GET
    url: https://bank.example/balance
    headers: { Authorization: \"Bearer {authtoken}\" }
    save: { balance: balance.amount }
";

/// A bot file that begins with [`BANK`].
pub(crate) fn bank(scripts: &str) -> String {
    format!("{BANK}{scripts}")
}

/// Checks a bot file and compares what is found with its annotations: comments under the line that they are about,
///
/// ```yaml
///   - web_service: get-balance
/// #   ^^^^^^^^^^^^^^^^^^^^^^^^ error E0101: `{authtoken}` is used …
/// ```
///
/// The carets stand under the first place of the finding, as far as it is on that line. A message that ends with `…`
/// need only begin so. Where the place does not matter, the comment is `# anywhere error E0108: …`.
/// Everything that is found must be announced, and the other way round.
#[track_caller]
pub(crate) fn check_script(text: &str) -> Vec<Diagnostic> {
    check_script_on(&[], text)
}

/// The same, for channels.
#[track_caller]
pub(crate) fn check_script_on(channels: &[ChannelKind], text: &str) -> Vec<Diagnostic> {
    let options = CheckOptions { channels: channels.to_vec() };
    let findings = check("bot.yaml", text, &options).diagnostics;
    prove_fixes(text, &options);
    let mut wanted = annotations(text);
    let mut surplus = Vec::new();
    for finding in &findings {
        let found = Annotation::of(finding, text);
        match wanted.iter().position(|wanted| wanted.matches(&found)) {
            Some(at) => drop(wanted.remove(at)),
            None => surplus.push(found),
        }
    }
    assert!(
        wanted.is_empty() && surplus.is_empty(),
        "\nannounced and not found: {wanted:#?}\nfound and not announced: {surplus:#?}\n\n{}",
        render::human("bot.yaml", text, &findings, Style::Plain, render::WIDTH),
    );
    findings
}

/// What a person sees of a file, to compare with what it should be.
pub(crate) fn shown(text: &str) -> String {
    shown_on(&[], text)
}

/// The same, for channels.
pub(crate) fn shown_on(channels: &[ChannelKind], text: &str) -> String {
    let options = CheckOptions { channels: channels.to_vec() };
    let findings = check("bot.yaml", text, &options).diagnostics;
    prove_fixes(text, &options);
    render::human("bot.yaml", text, &findings, Style::Plain, render::WIDTH)
}

/// Carries out the edit of the only finding of a code, and gives the new text.
#[track_caller]
pub(crate) fn mend(text: &str, code: &str) -> String {
    let findings = check("bot.yaml", text, &CheckOptions::default()).diagnostics;
    let found: Vec<_> = findings.iter().filter(|finding| finding.code == code).collect();
    assert_eq!(found.len(), 1, "{findings:#?}");
    let edits = &found[0].help.as_ref().unwrap().edits;
    assert!(!edits.is_empty(), "{findings:#?}");
    applied(text, edits)
}

/// Makes every mend that the check offers for a text, and for the same text with other line breaks, with signs of several
/// bytes before everything, and as JSON: the finding must be gone, and no error may be new.
#[track_caller]
pub(crate) fn prove_fixes(text: &str, options: &CheckOptions) -> BTreeSet<&'static str> {
    let mut proved = prove_all("bot.yaml", text, options);
    // Line breaks within quotes are folded, so they say the same.
    prove_all("bot.yaml", &text.replace('\n', "\r\n"), options);
    prove_all("bot.yaml", &format!("# größer 😀\n{text}"), options);
    prove_all("bot.yaml", text.trim_end(), options);
    if let Some(json) = as_json(text) {
        proved.extend(prove_all("bot.json", &json, options));
    }
    proved
}

fn as_json(text: &str) -> Option<String> {
    let mut report = super::Report::default();
    let node = crate::node::read(text, &mut report)?;
    serde_json::to_string_pretty(&crate::edit::json(&node)).ok().filter(|_| !report.has_errors())
}

#[track_caller]
fn prove_all(name: &str, text: &str, options: &CheckOptions) -> BTreeSet<&'static str> {
    let mut proved = BTreeSet::new();
    let before = check(name, text, options).diagnostics;
    for finding in &before {
        let Some(help) = finding.help.as_ref().filter(|help| !help.edits.is_empty()) else { continue };
        let mended = applied(text, &help.edits);
        let after = check(name, &mended, options).diagnostics;
        let told = || {
            let shown = render::human(name, &mended, &after, Style::Plain, render::WIDTH);
            format!(
                "{}: {}\n--- before\n{text}\n--- mended\n{mended}\n{shown}",
                finding.code, finding.message
            )
        };
        let count = |all: &[Diagnostic], one: &Diagnostic| {
            all.iter().filter(|other| other.code == one.code && other.message == one.message).count()
        };
        assert!(count(&after, finding) < count(&before, finding), "the finding is still there\n{}", told());
        // What can only be looked at when all before it is right is not new: it was hidden.
        let hides = hides(finding);
        for found in after.iter().filter(|found| found.severity == Severity::Error) {
            let was_there = count(&after, found) <= count(&before, found);
            assert!(was_there || hides(found), "an error is new: {}\n{}", found.message, told());
        }
        if name.ends_with(".json") {
            assert!(serde_json::from_str::<serde_json::Value>(&mended).is_ok(), "no longer JSON\n{}", told());
        }
        let dos = text.contains("\r\n");
        assert!(!dos || !mended.replace("\r\n", "").contains('\n'), "line breaks are mixed\n{}", told());
        proved.insert(finding.code);
    }
    proved
}

/// Whether the check cannot find one thing while another is there: it reads, then compiles, then looks at the whole.
fn hides(finding: &Diagnostic) -> impl Fn(&Diagnostic) -> bool {
    let floor = |code: &str| match code {
        "E0001" | "E0002" | "E0003" | "E0004" | "E0006" | "E0014" => 0,
        // Also what is missing beside a value that could not be read.
        code if code < "E0100" && code != "E0009" => 1,
        code if code < "E0200" && code != "E0106" => 3,
        _ => 2,
    };
    let own = floor(finding.code);
    move |found| floor(found.code) > own
}

#[derive(Debug, PartialEq)]
struct Annotation {
    /// Line, first column and column after the last, all from 0; in characters.
    place: Option<(usize, usize, usize)>,
    severity: &'static str,
    code: String,
    message: String,
}

impl Annotation {
    fn of(finding: &Diagnostic, text: &str) -> Self {
        let place = finding.labels.first().map(|label| {
            let before = &text[..label.span.start];
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let column = text[line_start..label.span.start].chars().count();
            let line = text[label.span.start..label.span.end].lines().next().unwrap_or("");
            (before.matches('\n').count(), column, column + line.chars().count())
        });
        Self {
            place,
            severity: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            code: finding.code.to_owned(),
            message: finding.message.clone(),
        }
    }

    fn matches(&self, found: &Self) -> bool {
        let message = match self.message.strip_suffix('…') {
            Some(beginning) => found.message.starts_with(beginning),
            None => found.message == self.message,
        };
        let place = self.place.is_none() || self.place == found.place;
        message && place && self.severity == found.severity && self.code == found.code
    }
}

fn annotations(text: &str) -> Vec<Annotation> {
    let (mut found, mut about) = (Vec::new(), 0);
    for (number, line) in text.lines().enumerate() {
        let comment = line.trim_start().strip_prefix('#').map(str::trim_start);
        let parsed = comment.and_then(|comment| {
            let carets = comment.chars().take_while(|c| *c == '^').count();
            let rest = if carets == 0 { comment.strip_prefix("anywhere")? } else { &comment[carets..] };
            let (severity, rest) = rest.trim_start().split_once(' ')?;
            let (code, message) = rest.split_once(": ")?;
            let severity = ["error", "warning"].into_iter().find(|known| *known == severity)?;
            let column = line.chars().take_while(|c| *c != '^').count();
            let place = (carets > 0).then_some((about, column, column + carets));
            Some(Annotation { place, severity, code: code.to_owned(), message: message.to_owned() })
        });
        match parsed {
            Some(annotation) => found.push(annotation),
            None => about = number,
        }
    }
    found
}

#[test]
#[should_panic(expected = "announced and not found")]
fn an_annotation_that_does_not_come_fails() {
    check_script(&bank(
        "scripts:\n  - id: a\n    triggers: [a]\n    steps:\n      - auth_token: bank-login\n      - web_service: get-balance\n#       ^^^^ error E0101: no\n",
    ));
}

#[test]
#[should_panic(expected = "found and not announced")]
fn a_finding_that_was_not_announced_fails() {
    check_script("countersign: 1\nbot: demo\nscripts:\n  - id: a\n    steps: [{ message: hi }]\n");
}
