//! Writes a conversation down as a conversation test.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use countersign_model::{ChannelKind, Contact, Content, OutMessage, Reply};

use crate::view;

/// A conversation that is being written down. Secrets are not kept: a placeholder stands for each.
#[derive(Debug)]
pub(crate) struct Recording {
    head: String,
    steps: String,
    answers: u32,
}

impl Recording {
    /// Begins with what the tests need to run.
    pub(crate) fn new(
        bot: &str,
        channel: ChannelKind,
        contact: &Contact,
        constants: impl IntoIterator<Item = (String, String)>,
        secrets: &BTreeSet<String>,
        hosts: &[String],
        script: Option<&str>,
    ) -> Self {
        let mut head = format!("bot: {}\nchannel: {channel}\n", quoted(bot));
        let mut person = vec![format!("address: {}", quoted(&contact.address))];
        person.extend(contact.name.as_deref().map(|name| format!("name: {}", quoted(name))));
        person.extend(contact.language.as_deref().map(|tag| format!("language: {}", quoted(tag))));
        let _ = writeln!(head, "contact: {{ {} }}", person.join(", "));
        let constants: Vec<_> = constants.into_iter().collect();
        if !constants.is_empty() {
            head.push_str("config:\n");
            for (name, value) in constants {
                let _ = writeln!(head, "  {}: {}", quoted(&name), quoted(&value));
            }
        }
        if !secrets.is_empty() {
            head.push_str("secrets: # to be filled in\n");
            for name in secrets {
                let _ = writeln!(head, "  {}: \"\"", quoted(name));
            }
        }
        if !hosts.is_empty() {
            let hosts: Vec<_> = hosts.iter().map(|host| quoted(host)).collect();
            let _ = writeln!(head, "allow: [{}]", hosts.join(", "));
        }
        let script = script.map(|id| format!("    script: {}\n", quoted(id))).unwrap_or_default();
        let steps =
            format!("services: real\n\ntests:\n  - name: recorded conversation\n{script}    steps:\n");
        Self { head, steps, answers: 0 }
    }

    /// The user sends something; a secret becomes an `answer` step.
    pub(crate) fn user(&mut self, reply: &Reply, secret: bool) {
        let step = match &reply.content {
            Content::Text(_) | Content::Digits(_) if secret => {
                self.answers += 1;
                format!("answer: secret_{}", self.answers)
            }
            Content::Text(text) => format!("user: {}", quoted(text.expose())),
            Content::Digits(digits) => format!("digits: {}", quoted(digits.expose())),
            Content::Choice { label, .. } => format!("choose: {}", quoted(label)),
            Content::Location { latitude, longitude } => {
                format!("location: {{ latitude: {}, longitude: {} }}", quoted(latitude), quoted(longitude))
            }
            Content::Media(media) => {
                format!("file: {{ kind: {}, url: {} }}", media.kind.name(), quoted(&media.url))
            }
            Content::Silence => "silence: true".to_owned(),
            Content::Unsupported => return,
        };
        self.step(&step);
    }

    /// The bot says something.
    pub(crate) fn bot(&mut self, message: &OutMessage) {
        let text = quoted(view::text(message).trim_end());
        let step = match message.choices() {
            [] => format!("bot: {text}"),
            choices => {
                let labels: Vec<_> = choices.iter().map(|choice| quoted(&choice.label)).collect();
                format!("bot: {{ text: {text}, options: [{}] }}", labels.join(", "))
            }
        };
        self.step(&step);
    }

    /// The clock is moved on; a part of a second counts as a whole one, so that what waits for it is due.
    pub(crate) fn wait(&mut self, span: Duration) {
        let seconds = span.as_secs() + u64::from(span.subsec_nanos() > 0);
        self.step(&format!("wait: {seconds}s"));
    }

    /// The user posts a login page with so many answers; all of them become `answers`.
    pub(crate) fn page(&mut self, answers: usize) {
        let first = self.answers + 1;
        self.answers += u32::try_from(answers).unwrap_or(0);
        let names: Vec<_> = (first..=self.answers).map(|number| format!("secret_{number}")).collect();
        self.step(&format!("page: [{}]", names.join(", ")));
    }

    /// The bot sends a link to a login page.
    pub(crate) fn page_offered(&mut self, text: &str, label: &str) {
        self.bot(&view::page(text, label));
    }

    /// The user types the digits of the login page, or others.
    pub(crate) fn page_digits(&mut self, right: bool) {
        self.step(&format!("page_digits: {right}"));
    }

    /// The caller hangs up.
    pub(crate) fn hang_up(&mut self) {
        self.step("hangup: true");
    }

    /// The file so far.
    pub(crate) fn text(&self) -> String {
        let mut text = self.head.clone();
        if self.answers > 0 {
            text.push_str("answers: # what was typed unseen; to be filled in\n");
            for number in 1..=self.answers {
                let _ = writeln!(text, "  secret_{number}: \"\"");
            }
        }
        text.push_str(&self.steps);
        text
    }

    fn step(&mut self, step: &str) {
        let _ = writeln!(self.steps, "      - {step}");
    }
}

/// A text in double quotes: what JSON writes is valid YAML.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use countersign_model::Choice;

    use super::super::TestFile;
    use super::*;

    #[test]
    fn a_recording_is_a_test_without_the_secrets() {
        let contact =
            Contact { address: "+15550100".into(), name: Some("A \"B\": c".into()), language: None };
        let constants = [("bank_url".to_owned(), "http://127.0.0.1:1".to_owned())];
        let secrets = BTreeSet::from(["api_key".to_owned()]);
        let mut recording = Recording::new(
            "demo.yaml",
            ChannelKind::Whatsapp,
            &contact,
            constants,
            &secrets,
            &["127.0.0.1:1".to_owned()],
            Some("balance"),
        );
        recording.user(&Reply::text("balance: now"), false);
        recording.bot(&OutMessage::Text("Line one\nline \"two\" # no comment\n".into()));
        recording.user(&Reply::text("hunter2"), true);
        recording.user(&Reply::digits("4711"), true);
        recording.bot(&OutMessage::Options {
            text: "Which?".into(),
            choices: vec![Choice { label: "One".into(), payload: "1".into() }],
        });
        recording.wait(Duration::from_millis(4_001));
        recording.hang_up();
        let text = recording.text();
        assert!(!text.contains("hunter2") && !text.contains("4711"), "{text}");
        assert!(text.contains("- wait: 5s\n"), "{text}");
        let file = TestFile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(file.tests[0].value.steps.len(), 7, "{text}");
        assert_eq!(file.answers.len(), 2);
        assert_eq!(file.secrets.len(), 1);
    }
}
