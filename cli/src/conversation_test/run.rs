//! Runs the tests of a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use countersign_egress::Transport;
use countersign_engine::Status;
use countersign_model::{ChannelKind, Content, Media, MessageRef, OutMessage, Reply, SecretText};
use countersign_runner::{LoginPage, PageShows};
use countersign_script::Checked;

use super::compare::{Mismatch, Said, Transcript};
use super::format::{Case, Expected, Services, Step, TestFile};
use super::junit::{Failure, Outcome};
use super::stubs::Stubs;
use super::transport::TestTransport;
use crate::chat::observer::Notes;
use crate::color::Paint;
use crate::problem::Problem;
use crate::talk::{Clock, Heard, Setup, Talk};
use crate::view;
use crate::workspace::Workspace;

/// What the command line gives to all tests.
#[derive(Debug)]
pub(crate) struct TestOptions {
    /// Constants, secrets and hosts; they come before those of the file.
    pub(crate) workspace: Workspace,
    /// Answers by name; they come before those of the file.
    pub(crate) answers: Vec<(String, SecretText)>,
    /// Only tests with this in their name.
    pub(crate) filter: Option<String>,
}

/// A file of tests with its bot, ready to run.
#[derive(Debug)]
pub(crate) struct Runner<'o> {
    /// The file of tests.
    pub(crate) path: PathBuf,
    /// Its content.
    pub(crate) file: TestFile,
    /// The bot.
    pub(crate) bot: Checked,
    /// What the command line gives.
    pub(crate) options: &'o TestOptions,
}

impl Runner<'_> {
    /// The tests that the filter lets through, with the lines where they begin.
    pub(crate) fn cases(&self) -> impl Iterator<Item = (&Case, u64)> {
        let wanted = self.options.filter.as_deref().unwrap_or("").to_lowercase();
        let cases = self.file.tests.iter().map(|case| (&case.value, case.referenced.line()));
        cases.filter(move |(case, _)| case.name.to_lowercase().contains(&wanted))
    }

    /// Runs one test.
    pub(crate) async fn run(&self, case: &Case, line: u64, paint: Paint) -> Result<Outcome, Problem> {
        let began = Instant::now();
        let mut conversation = Conversation::begin(self, case, line).await?;
        let result = conversation.steps(case).await?;
        let failure = result.err().or_else(|| conversation.failed_services()).map(|(message, line)| {
            for note in conversation.notes.list() {
                conversation.transcript.note(note);
            }
            for unanswered in conversation.transport.stubs().unanswered() {
                conversation.transcript.note(unanswered.to_string());
            }
            Failure { message, line, transcript: conversation.transcript.shown(paint) }
        });
        Ok(Outcome {
            file: self.path.display().to_string(),
            line,
            name: case.name.clone(),
            took: began.elapsed(),
            failure,
        })
    }

    /// The workspace of one test: of the command line, else of the file.
    fn workspace(&self) -> Result<Workspace, Problem> {
        let mut workspace = Workspace::default();
        let given = &self.options.workspace;
        workspace.constants = self.file.config.clone();
        workspace.constants.extend(given.constants.clone());
        let of_file = self.file.secrets.iter().map(|(name, hidden)| (name.clone(), hidden.secret()));
        workspace.secrets.extend(of_file);
        let given_secrets = given.secrets.iter().map(|(name, secret)| (name.clone(), secret.duplicate()));
        workspace.secrets.extend(given_secrets);
        for host in &self.file.allow {
            workspace.allow(host)?;
        }
        workspace.allow.extend(given.allow.iter().cloned());
        Ok(workspace)
    }
}

/// Why a test failed, and the line where.
type Failed = (String, u64);

/// One test under way.
struct Conversation<'r> {
    runner: &'r Runner<'r>,
    talk: Talk,
    notes: Arc<Notes>,
    transport: Arc<TestTransport>,
    channel: ChannelKind,
    transcript: Transcript,
    /// What the bot has said and nobody has looked at.
    pending: Vec<Said>,
    /// The choices that were offered last.
    offered: Vec<countersign_model::Choice>,
    /// The line of the last step.
    line: u64,
    messages: u32,
}

impl<'r> Conversation<'r> {
    async fn begin(runner: &'r Runner<'r>, case: &Case, line: u64) -> Result<Self, Problem> {
        let channel = case.channel.or(runner.file.channel).unwrap_or(ChannelKind::Whatsapp);
        let contact =
            case.contact.clone().unwrap_or_default().or(runner.file.contact.clone().unwrap_or_default());
        let mut workspace = runner.workspace()?;
        let bot =
            runner.bot.bind(&workspace.constants, &workspace.secret_names()).map_err(Problem::Unbound)?;
        let services = [case.services.as_ref(), Some(&runner.file.services)];
        let is_real = |services: &Services| matches!(services, Services::Real);
        let real = case.services.as_ref().map_or(is_real(&runner.file.services), is_real);
        let stubs = services.into_iter().flatten().flat_map(|services| match services {
            Services::Stubs(stubs) => stubs.as_slice(),
            Services::Real => &[],
        });
        let stubs: Vec<_> = match real {
            true => Vec::new(),
            false => stubs.map(|stub| (stub.value.clone(), stub.referenced.line())).collect(),
        };
        let below = match real {
            true => Some(crate::talk::network(&workspace)?),
            false => None,
        };
        if !real {
            workspace.allow_constants();
        }
        let transport = Arc::new(TestTransport::new(Stubs::new(stubs), below));
        let carried: Arc<dyn Transport> = transport.clone();
        // Real services check the time in their tokens; stubs do not.
        let notes = Arc::new(Notes::default());
        let clock = if real { Clock::Real } else { Clock::Fixed };
        let setup = Setup {
            bot,
            workspace,
            channel,
            contact,
            transport: carried,
            clock,
            script: case.script.clone(),
            observer: notes.clone(),
        };
        let mut conversation = Self {
            runner,
            talk: setup.talk().await?,
            notes,
            transport,
            channel,
            transcript: Transcript::default(),
            pending: Vec::new(),
            offered: Vec::new(),
            line,
            messages: 0,
        };
        let mut heard = Vec::new();
        conversation.talk.begin(&mut |it| heard.push(it)).await?;
        if channel.capabilities().spoken {
            conversation.transcript.happened("(the phone rings)".to_owned());
        }
        conversation.hear(heard);
        Ok(conversation)
    }

    /// All steps: what the bot is to say is compared when the user acts next, or at the end.
    async fn steps(&mut self, case: &Case) -> Result<Result<(), Failed>, Problem> {
        let mut expected: Vec<(&Expected, u64)> = Vec::new();
        let mut checks: Vec<(&Step, u64)> = Vec::new();
        for step in &case.steps {
            let line = step.referenced.line();
            match &step.value {
                Step::Bot(text) => expected.push((text, line)),
                check @ (Step::Calls(_) | Step::Variables(_) | Step::Ended(_)) => checks.push((check, line)),
                action => {
                    if let Err(failed) = self.settle(&mut expected, &mut checks) {
                        return Ok(Err(failed));
                    }
                    self.line = line;
                    if let Err(failed) = self.act(action).await? {
                        return Ok(Err(failed));
                    }
                }
            }
        }
        Ok(self.settle(&mut expected, &mut checks))
    }

    fn settle(
        &mut self,
        expected: &mut Vec<(&Expected, u64)>,
        checks: &mut Vec<(&Step, u64)>,
    ) -> Result<(), Failed> {
        let texts: Vec<_> = expected.iter().map(|(text, _)| *text).collect();
        let said = std::mem::take(&mut self.pending);
        self.transcript.compare(&texts, &said).map_err(|mismatch| {
            let line = match mismatch {
                Mismatch::Changed { expected: at } | Mismatch::Missing { expected: at } => expected[at].1,
                Mismatch::Unexpected => expected.last().map_or(self.line, |(_, line)| *line),
            };
            (mismatch.to_string(), line)
        })?;
        expected.clear();
        checks.drain(..).try_for_each(|(check, line)| self.check(check).map_err(|why| (why, line)))
    }

    fn check(&self, check: &Step) -> Result<(), String> {
        match check {
            Step::Calls(counts) => counts.iter().try_for_each(|(on, wanted)| {
                let count = self.transport.stubs().count(on);
                let times = |n: u32| if n == 1 { "once".to_owned() } else { format!("{n} times") };
                match count == *wanted {
                    true => Ok(()),
                    false => Err(format!("`{on}` was called {}, not {}", times(count), times(*wanted))),
                }
            }),
            Step::Variables(wanted) => {
                let values = self.talk.variables();
                wanted.iter().try_for_each(|(name, wanted)| {
                    let value = values.iter().find(|(known, _)| known == name).map(|(_, value)| value);
                    match (value, wanted) {
                        (value, wanted) if value == wanted.as_ref() => Ok(()),
                        (Some(value), Some(wanted)) => {
                            Err(format!("the variable `{name}` holds `{value}`, not `{wanted}`"))
                        }
                        (Some(value), None) => {
                            Err(format!("the variable `{name}` holds `{value}`, not nothing"))
                        }
                        (None, _) => Err(format!("the variable `{name}` holds nothing")),
                    }
                })
            }
            Step::Ended(wanted) => match (matches!(self.talk.status(), Status::Ended(_)), wanted) {
                (false, true) => Err("the conversation has not ended".to_owned()),
                (true, false) => Err("the conversation has ended".to_owned()),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    async fn act(&mut self, action: &Step) -> Result<Result<(), Failed>, Problem> {
        let mut heard = Vec::new();
        let mut hear = |it| heard.push(it);
        match action {
            Step::Wait(pause) => {
                self.transcript.happened(format!("({} pass)", crate::pause::in_words(pause.0)));
                self.talk.pass(pause.0, &mut hear).await?;
            }
            Step::HangUp => {
                self.transcript.happened("(the user hangs up)".to_owned());
                self.talk.hang_up(&mut hear).await?;
            }
            Step::Page(names) => {
                let answers = names.iter().map(|name| self.answer(name)).collect::<Result<_, _>>()?;
                if self.talk.page().await?.is_none() {
                    return Ok(Err(("no login page stands open".to_owned(), self.line)));
                }
                let shown: Vec<_> = names.iter().map(|name| format!("••• ({name})")).collect();
                self.transcript.happened(format!("(on the login page) user: {}", shown.join(", ")));
                self.talk.post_page(answers, &mut hear).await?;
            }
            Step::PageDigits(right) => {
                let Some(LoginPage { shows: PageShows::Digits(digits), .. }) = self.talk.page().await? else {
                    return Ok(Err(("no login page shows digits".to_owned(), self.line)));
                };
                self.transcript.happened("user: ••• (the digits of the page)".to_owned());
                // Any others are wrong.
                let typed = if *right { digits } else { digits.chars().rev().map(other_digit).collect() };
                self.talk.send(Reply::text(typed), &mut hear).await?;
            }
            other => match self.content(other)? {
                Ok((line, content)) => {
                    self.transcript.happened(line);
                    self.messages += 1;
                    let reference = Some(MessageRef(format!("test-{}", self.messages)));
                    self.talk.send(Reply { content, reference }, &mut hear).await?;
                }
                Err(why) => return Ok(Err((why, self.line))),
            },
        }
        self.hear(heard);
        Ok(Ok(()))
    }

    /// What the user sends, and how the transcript shows it.
    fn content(&self, action: &Step) -> Result<Result<(String, Content), String>, Problem> {
        Ok(Ok(match action {
            Step::User(text) => {
                (format!("user: {}", view::one_line(text)), Content::Text(text.as_str().into()))
            }
            Step::Answer(name) => (format!("user: ••• ({name})"), self.keyed(self.answer(name)?)),
            Step::Digits(digits) => {
                (format!("user: presses {digits}"), Content::Digits(digits.as_str().into()))
            }
            Step::Silence => ("(the user says nothing)".to_owned(), Content::Silence),
            Step::Location(place) => (
                format!("user: [location] {}, {}", place.latitude, place.longitude),
                Content::Location { latitude: place.latitude.clone(), longitude: place.longitude.clone() },
            ),
            Step::File(file) => (
                format!("user: [{}] {}", file.kind.name(), file.url),
                Content::Media(Media {
                    kind: file.kind,
                    url: file.url.clone(),
                    caption: file.caption.clone(),
                }),
            ),
            Step::Choose(label) => {
                let Some(at) = self.offered.iter().position(|choice| choice.label == *label) else {
                    let offered: Vec<_> =
                        self.offered.iter().map(|choice| format!("`{}`", choice.label)).collect();
                    return Ok(Err(match offered.is_empty() {
                        true => format!("`{label}` cannot be chosen: the bot has offered nothing"),
                        false => format!("`{label}` cannot be chosen: the bot offers {}", offered.join(", ")),
                    }));
                };
                let content = countersign_simulator::chosen(self.channel, at, &self.offered[at]);
                (format!("user: chooses {label}"), content)
            }
            _ => return Ok(Err("this step does nothing here".to_owned())),
        }))
    }

    /// An answer that is typed unseen: by keypad on a phone when it is digits alone.
    fn keyed(&self, answer: SecretText) -> Content {
        let digits = !answer.is_empty() && answer.expose().bytes().all(|byte| byte.is_ascii_digit());
        match digits && self.channel.capabilities().keypad {
            true => Content::Digits(answer),
            false => Content::Text(answer),
        }
    }

    fn answer(&self, name: &str) -> Result<SecretText, Problem> {
        let given = self.runner.options.answers.iter().find(|(known, _)| known == name);
        let of_file = self.runner.file.answers.get(name).filter(|hidden| !hidden.is_empty());
        match (given, of_file) {
            (Some((_, answer)), _) => Ok(answer.duplicate()),
            (None, Some(hidden)) => Ok(hidden.secret()),
            (None, None) => Err(Problem::NoAnswer { name: name.to_owned(), file: self.runner.path.clone() }),
        }
    }

    fn hear(&mut self, heard: Vec<Heard>) {
        for heard in heard {
            match heard {
                Heard::Said(message) => {
                    if !message.choices().is_empty() {
                        self.offered = message.choices().to_vec();
                    }
                    self.pending.push(said(&message));
                }
                Heard::Erased => self.transcript.happened("(the bot deletes the user's message)".to_owned()),
                Heard::Page { text, label } => self.pending.push(said(&view::page(&text, &label))),
                Heard::HandedOver { number } => {
                    let to = number.unwrap_or_else(|| "a person".to_owned());
                    self.transcript.happened(format!("(handed over to {to})"));
                }
            }
        }
    }

    fn failed_services(&self) -> Option<Failed> {
        let stubs = self.transport.stubs();
        let first = stubs.unanswered().first().map(|unanswered| (unanswered.to_string(), self.line));
        first.or_else(|| stubs.unused().into_iter().next())
    }
}

fn other_digit(digit: char) -> char {
    if digit == '9' { '0' } else { '9' }
}

fn said(message: &OutMessage) -> Said {
    Said {
        text: view::text(message),
        line: view::line(message),
        labels: message.choices().iter().map(|choice| choice.label.clone()).collect(),
    }
}
