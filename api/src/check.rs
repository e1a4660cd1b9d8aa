//! What the check finds in a bot file, as the console shows it: with positions as editors of the web count them.

use countersign_model::ChannelKind;
use countersign_script::diagnostics::{Diagnostic, Severity, Span};
use countersign_script::outline::{ComponentOutline, Outline, outline};
use countersign_script::{CheckOptions, Checked};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What the check found, and the bot when it may run.
pub struct Examined {
    /// The bot; `None` when a finding is an error.
    pub checked: Option<Checked>,
    /// What is shown.
    pub checkup: Checkup,
}

/// Checks a bot file for kinds of channel.
pub fn examine(text: &str, channels: Vec<ChannelKind>) -> Examined {
    let found = countersign_script::check("draft.yaml", text, &CheckOptions { channels });
    let lines = Lines::new(text);
    let checkup = Checkup {
        ok: found.checked.is_some(),
        diagnostics: found.diagnostics.iter().map(|one| finding(one, &lines)).collect(),
        outline: outline("draft.yaml", text).map(Into::into),
    };
    Examined { checked: found.checked, checkup }
}

/// What the check found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Checkup {
    /// Whether the bot may run: no finding is an error.
    pub ok: bool,
    /// In the order of the file.
    pub diagnostics: Vec<Finding>,
    /// What the bot has; absent when the text cannot be read at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outline: Option<OutlineDocument>,
}

impl Checkup {
    /// How many findings are errors, and how many warnings.
    pub fn counts(&self) -> Problems {
        let errors = self.diagnostics.iter().filter(|found| found.severity == Grade::Error).count();
        Problems { errors, warnings: self.diagnostics.len() - errors }
    }
}

/// How many findings there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problems {
    /// With these it cannot run.
    pub errors: usize,
    /// With these it runs.
    pub warnings: usize,
}

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Severity)]
pub enum Grade {
    /// The bot cannot run.
    Error,
    /// The bot runs, but not as well as it could.
    Warning,
}

/// A finding.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Diagnostic)]
pub struct Finding {
    /// A stable code: `E0101`.
    pub code: String,
    /// How grave it is.
    pub severity: Grade,
    /// What is wrong, in one line.
    pub message: String,
    /// Where in the bot: `scripts.balance.steps[1]`.
    pub path: String,
    /// Places in the text, the first of them where to look.
    pub labels: Vec<LabelDocument>,
    /// More to know, a line each.
    pub notes: Vec<String>,
    /// How to mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<HelpDocument>,
    /// Where the manual of the code is, below the base of the API.
    pub manual: String,
}

/// A place in the text.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Label)]
pub struct LabelDocument {
    /// The first character.
    pub start: Pos,
    /// Behind the last.
    pub end: Pos,
    /// What is to be seen there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// How to mend a finding.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Help)]
pub struct HelpDocument {
    /// In words.
    pub text: String,
    /// Make all of these to mend it; absent when a person has to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edits: Option<Vec<EditDocument>>,
}

/// An edit of the text.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Edit)]
pub struct EditDocument {
    /// The first character that is replaced.
    pub start: Pos,
    /// Behind the last.
    pub end: Pos,
    /// What comes there.
    pub text: String,
}

/// A place in the text, counted as JavaScript counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Pos {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in UTF-16 units.
    pub column: usize,
    /// From the beginning of the text, from 0, in UTF-16 units.
    pub offset: usize,
}

/// What a bot has.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Outline)]
pub struct OutlineDocument {
    /// Scripts in the order of the file.
    pub scripts: Vec<ScriptDocument>,
    /// Authorization Tokens.
    pub authorization_tokens: Vec<UsedDocument>,
    /// Web Services.
    pub web_services: Vec<UsedDocument>,
    /// Forms.
    pub forms: Vec<UsedDocument>,
    /// Variables that get a value somewhere.
    pub variables: Vec<String>,
}

/// A script.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ScriptOutline)]
pub struct ScriptDocument {
    /// Its id.
    pub id: String,
    /// Its steps.
    pub steps: Vec<StepDocument>,
}

/// A step.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = StepOutline)]
pub struct StepDocument {
    /// Its id, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it is: `scripts.balance.steps[1]`.
    pub path: String,
    /// What kind it is: `auth_token`.
    pub kind: String,
}

/// A component and where it is used.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ComponentOutline)]
pub struct UsedDocument {
    /// Its id.
    pub id: String,
    /// Paths of the steps and components that name it.
    pub used_in: Vec<String>,
}

impl From<Outline> for OutlineDocument {
    fn from(outline: Outline) -> Self {
        let used = |all: Vec<ComponentOutline>| {
            all.into_iter().map(|one| UsedDocument { id: one.id, used_in: one.used_in }).collect()
        };
        let step = |step: countersign_script::outline::StepOutline| StepDocument {
            id: step.id,
            path: step.path,
            kind: step.kind,
        };
        let script = |script: countersign_script::outline::ScriptOutline| ScriptDocument {
            id: script.id,
            steps: script.steps.into_iter().map(step).collect(),
        };
        Self {
            scripts: outline.scripts.into_iter().map(script).collect(),
            authorization_tokens: used(outline.authorization_tokens),
            web_services: used(outline.web_services),
            forms: used(outline.forms),
            variables: outline.variables,
        }
    }
}

fn finding(found: &Diagnostic, lines: &Lines<'_>) -> Finding {
    let label = |label: &countersign_script::diagnostics::Label| {
        let (start, end) = lines.place(label.span);
        LabelDocument { start, end, text: Some(label.text.clone()).filter(|text| !text.is_empty()) }
    };
    let edit = |edit: &countersign_script::diagnostics::Edit| {
        let (start, end) = lines.place(edit.span);
        EditDocument { start, end, text: edit.text.clone() }
    };
    Finding {
        code: found.code.to_owned(),
        severity: match found.severity {
            Severity::Error => Grade::Error,
            Severity::Warning => Grade::Warning,
        },
        message: found.message.clone(),
        path: found.path.clone(),
        labels: found.labels.iter().map(label).collect(),
        notes: found.notes.clone(),
        help: found.help.as_ref().map(|help| HelpDocument {
            text: help.text.clone(),
            edits: Some(help.edits.iter().map(edit).collect::<Vec<_>>()).filter(|edits| !edits.is_empty()),
        }),
        manual: format!("/manual/{}", found.code),
    }
}

/// Where the lines of a text begin, in bytes and in UTF-16 units.
struct Lines<'t> {
    text: &'t str,
    starts: Vec<(usize, usize)>,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        let mut starts = vec![(0, 0)];
        let mut units = 0;
        for (at, c) in text.char_indices() {
            units += c.len_utf16();
            if c == '\n' {
                starts.push((at + 1, units));
            }
        }
        Self { text, starts }
    }

    fn place(&self, span: Span) -> (Pos, Pos) {
        let start = self.at(span.start);
        (start, if span.end <= span.start { start } else { self.at(span.end) })
    }

    fn at(&self, byte: usize) -> Pos {
        let byte = self.text.floor_char_boundary(byte.min(self.text.len()));
        let line = self.starts.partition_point(|(start, _)| *start <= byte) - 1;
        let (start, units) = self.starts[line];
        let inside: usize = self.text[start..byte].chars().map(char::len_utf16).sum();
        Pos { line: line + 1, column: inside + 1, offset: units + inside }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_browsers_count() {
        // A smiley is two units of UTF-16 and four bytes.
        let text = "countersign: 1\nbot: demo\nscripts:\n  - { id: a, triggers: [\"😀é\"], stepps: [end] }\n";
        let found = examine(text, Vec::new()).checkup;
        assert!(!found.ok);
        let one = found.diagnostics.iter().find(|one| one.code == "E0007").unwrap();
        assert_eq!(one.labels[0].start.line, 4);
        let units: Vec<u16> = text.encode_utf16().collect();
        let edit = &one.help.as_ref().unwrap().edits.as_ref().unwrap()[0];
        let cut = String::from_utf16(&units[edit.start.offset..edit.end.offset]).unwrap();
        assert_eq!((cut.as_str(), edit.text.as_str()), ("stepps", "steps"));
        let line: Vec<u16> = text.lines().nth(3).unwrap().encode_utf16().collect();
        let cut = String::from_utf16(&line[edit.start.column - 1..edit.end.column - 1]).unwrap();
        assert_eq!(cut, "stepps");
        assert_eq!(found.outline.unwrap().scripts[0].id, "a");
    }

    #[test]
    fn what_cannot_be_read_has_no_outline() {
        let found = examine("a: [", Vec::new()).checkup;
        assert!(found.outline.is_none() && !found.ok && found.counts().errors == 1);
    }
}
