use std::collections::HashSet;

use countersign_model::ChannelKind;

use crate::checked::Checked;
use crate::compile::{Compiled, compile};
use crate::diagnostics::{Diagnostic, Help, Report, Severity, analyse, not_text, not_yaml, wrong_version};
use crate::fix;
use crate::node::{Node, Scalar, read};
use crate::wire::decode::{Cx, places};
use crate::wire::{BotFile, VERSION};

/// What the check is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckOptions {
    /// Kinds of channel that the bot shall run on, beside those that its file names.
    pub channels: Vec<ChannelKind>,
}

/// What the check found.
#[derive(Debug)]
pub struct Checkup {
    /// The bot, when no finding is an error.
    pub checked: Option<Checked>,
    /// The findings in the order of the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// Checks a bot file in YAML or JSON. `name` is that of the file; its end `.json` says that it is JSON, in which tabs
/// are as good as spaces.
pub fn check(name: &str, text: &str, options: &CheckOptions) -> Checkup {
    let mut report = Report::default();
    let text = prepared(name, text);
    let node = read(&text, &mut report);
    let checked = node.as_ref().and_then(|node| compile_checked(node, &text, options, &mut report));
    let checked = checked.filter(|_| !report.has_errors());
    if let Some(node) = &node {
        fix::resolve(&text, node, report.diagnostics_mut());
    }
    mend_unreadable(&text, options, &mut report);
    Checkup { checked, diagnostics: findings(report) }
}

/// Checks a bot file that may not even be text.
pub fn check_bytes(name: &str, bytes: &[u8], options: &CheckOptions) -> Checkup {
    match std::str::from_utf8(bytes) {
        Ok(text) => check(name, text, options),
        Err(error) => {
            Checkup { checked: None, diagnostics: vec![not_text::not_text(bytes, error.valid_up_to())] }
        }
    }
}

/// Reads a bot file without looking at what it means: for import, export and editing.
pub fn bot_file(name: &str, text: &str) -> Result<BotFile, Vec<Diagnostic>> {
    let mut report = Report::default();
    let text = prepared(name, text);
    let file = read(&text, &mut report).and_then(|node| decode(&node, &mut report)).map(|(file, _)| file);
    match file {
        Some(file) if !report.has_errors() => Ok(file),
        _ => Err(findings(report)),
    }
}

/// The JSON Schema (2020-12) of the bot file.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(BotFile);
    schema.insert("$id".to_owned(), "urn:countersign:bot-file:1".into());
    schema.insert("title".to_owned(), "Countersign bot".into());
    schema.to_value()
}

/// What cannot be read at all is mended by trying.
fn mend_unreadable(text: &str, options: &CheckOptions, report: &mut Report) {
    let errors = |text: &str| {
        let mut report = Report::default();
        let node = read(text, &mut report)?;
        compile_checked(&node, text, options, &mut report);
        Some(report.diagnostics_mut().iter().filter(|found| found.severity == Severity::Error).count())
    };
    let unreadable = report.diagnostics_mut().iter_mut().find(|found| found.code == not_yaml::CODE);
    let Some(finding) = unreadable else { return };
    let Some(at) = finding.labels.first().map(|label| label.span.start) else { return };
    if let Some(edits) = fix::unreadable::mend(text, at, errors) {
        let help = finding
            .help
            .get_or_insert_with(|| Help { text: "this can be mended".to_owned(), edits: Vec::new() });
        help.edits = edits;
    }
}

fn compile_checked(
    node: &Node<'_>,
    text: &str,
    options: &CheckOptions,
    report: &mut Report,
) -> Option<Checked> {
    let (file, lost) = decode(node, report)?;
    let whole = !report.has_errors();
    let Compiled { program, sound } = compile(&file, text, lost, report);
    if whole && sound {
        analyse(&program, text, &places(node), &options.channels, report);
    }
    Some(Checked::new(program))
}

fn decode(node: &Node<'_>, report: &mut Report) -> Option<(BotFile, HashSet<String>)> {
    // A later version may have other keys: to complain about those would say the wrong thing.
    if let Some(version) = node.get("countersign")
        && let Some(Scalar::Number(number)) = version.scalar()
        && let Ok(number) = number.parse::<u64>()
        && number != VERSION
    {
        report.add(wrong_version::wrong_version(version.span, number));
        return None;
    }
    let mut cx = Cx { report, lost: HashSet::new() };
    let file = BotFile::read(node, &mut cx)?;
    Some((file, cx.lost))
}

/// The text with spaces for what YAML does not take as such, at the same positions.
pub(crate) fn prepared<'t>(name: &str, text: &'t str) -> std::borrow::Cow<'t, str> {
    let is_json = name.to_ascii_lowercase().ends_with(".json") || text.trim_start().starts_with('{');
    // In JSON a tab cannot stand inside a string, so each is white space between values (RFC 8259 §7).
    if is_json && text.contains('\t') { text.replace('\t', " ").into() } else { text.into() }
}

/// The findings, fit to be shown: what they quote from the file has no line breaks, no control characters that a
/// terminal would obey, and no endless words.
fn findings(report: Report) -> Vec<Diagnostic> {
    let mut all = report.into_diagnostics();
    for finding in &mut all {
        tidy(&mut finding.message);
        tidy(&mut finding.path);
        finding.notes.iter_mut().for_each(tidy);
        finding.labels.iter_mut().for_each(|label| tidy(&mut label.text));
        if let Some(help) = &mut finding.help {
            tidy(&mut help.text);
        }
    }
    all
}

fn tidy(text: &mut String) {
    const LONGEST: usize = 600;
    if text.chars().any(char::is_control) {
        *text = text
            .chars()
            .flat_map(|c| if c.is_control() { c.escape_debug().collect() } else { vec![c] })
            .collect();
    }
    if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(cut);
        text.push('…');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_finding_quotes_cannot_spoil_a_terminal() {
        let text = format!("countersign: 1\nbot: demo\n\"a\\e[2J\\n{}\": 1\nscripts: []\n", "x".repeat(900));
        let found = check("b.yaml", &text, &CheckOptions::default()).diagnostics;
        assert!(found[0].message.starts_with("there is no `a\\u{1b}[2J\\nxxx"), "{}", found[0].message);
        assert_eq!(found[0].message.chars().count(), 601);
    }

    #[test]
    fn json_may_have_tabs_and_a_byte_order_mark_may_come_first() {
        let json = "{\n\t\"countersign\": 1,\n\t\"bot\": \"demo\",\n\t\"scripts\": [{ \"id\": \"a\", \"triggers\": \"a\",\t\"steps\": [\"end\"] }]\n}";
        let yaml = "\u{feff}countersign: 1\nbot: demo\nscripts: [{ id: a, triggers: a, steps: [end] }]\n";
        for (name, text) in [("a.json", json), ("-", json), ("a.yaml", yaml)] {
            let checkup = check(name, text, &CheckOptions::default());
            assert!(checkup.checked.is_some(), "{name}: {:#?}", checkup.diagnostics);
        }
    }
}
