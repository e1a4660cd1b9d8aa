//! One conversation, whatever shows it: lines of a pipe or a terminal.

use std::path::PathBuf;
use std::time::Duration;

use countersign_engine::{Expect, ExpectKind, Reason, Status};
use countersign_model::{ChannelKind, Choice, Content, MessageRef, OutMessage, Reply, SecretText};
use countersign_runner::PageShows;

use super::input::{self, HELP, Local, Typed};
use crate::conversation_test::Recording;
use crate::problem::Problem;
use crate::talk::{Hear, Heard, Talk};

/// A conversation.
pub(crate) struct Conversation {
    talk: Talk,
    channel: ChannelKind,
    /// The choices of the last message that had any.
    offered: Vec<Choice>,
    recording: Option<(PathBuf, Recording)>,
    messages: u32,
    filling: Option<Filling>,
    /// The digits that a login page shows.
    digits: Option<String>,
}

/// A login page that is filled in here, because the link leads nowhere without a server.
struct Filling {
    /// The questions, and whether each asks for a secret.
    fields: Vec<(String, bool)>,
    answers: Vec<SecretText>,
}

/// Stands before what the page says.
const ON_PAGE: &str = "(on the login page)";

/// A line that goes to the chat although the page is asked.
const TO_CHAT: &str = "/chat ";

/// What a line came to.
#[derive(Debug)]
pub(crate) enum Next {
    /// The conversation goes on.
    Go,
    /// To be told to whoever typed, beside the conversation.
    Tell(String),
    /// Whoever typed wants to leave.
    Leave,
}

impl Conversation {
    /// A conversation in which nothing has happened, written down into a file if one is given.
    pub(crate) fn new(talk: Talk, channel: ChannelKind, recording: Option<(PathBuf, Recording)>) -> Self {
        Self { talk, channel, offered: Vec::new(), recording, messages: 0, filling: None, digits: None }
    }

    /// The channel.
    pub(crate) fn channel(&self) -> ChannelKind {
        self.channel
    }

    /// What the conversation is doing.
    pub(crate) fn status(&self) -> Status {
        match self.filling.as_ref().and_then(Filling::next) {
            Some((_, secret)) => Status::Waiting(Expect { kind: ExpectKind::Text, secret: *secret }),
            None => self.talk.status(),
        }
    }

    /// Whether what is typed next is not to be seen.
    pub(crate) fn wants_secret(&self) -> bool {
        input::is_secret(&self.status())
    }

    /// Whether nothing more can come: the bot has ended the conversation, handed it over, or the user has hung up.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.talk.status(), Status::Ended(Reason::Closed | Reason::HungUp | Reason::HandedOver))
    }

    /// How long the bot pauses by itself before it goes on.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match self.talk.status() {
            Status::Paused { until, .. } => Some(until.since(self.talk.now())),
            Status::Waiting(_) | Status::Calling(_) | Status::Ended(_) => None,
        }
    }

    /// The call comes in, or the script begins.
    pub(crate) async fn begin(&mut self, hear: Hear<'_>) -> Result<(), Problem> {
        let Self { talk, offered, recording, .. } = self;
        talk.begin(&mut |heard| note(offered, recording, heard, hear)).await?;
        self.look_at_page(false, hear).await
    }

    /// Does what has become due.
    pub(crate) async fn catch_up(&mut self, hear: Hear<'_>) -> Result<(), Problem> {
        self.pass(Duration::ZERO, hear).await
    }

    /// Moves the clock on.
    pub(crate) async fn pass(&mut self, span: Duration, hear: Hear<'_>) -> Result<(), Problem> {
        let Self { talk, offered, recording, .. } = self;
        talk.pass(span, &mut |heard| note(offered, recording, heard, hear)).await?;
        self.look_at_page(false, hear).await
    }

    /// Goes on after a pause of the bot's own; what is left of it is not waited for.
    pub(crate) async fn after_pause(&mut self, pause: Duration, hear: Hear<'_>) -> Result<(), Problem> {
        if let Some((_, recording)) = &mut self.recording {
            recording.wait(pause);
        }
        self.pass(self.pause().unwrap_or_default(), hear).await
    }

    /// Does what a line says.
    pub(crate) async fn line(&mut self, line: SecretText, hear: Hear<'_>) -> Result<Next, Problem> {
        let line = match line.expose().strip_prefix(TO_CHAT).map(SecretText::from) {
            Some(to_chat) => to_chat,
            None if self.filling.is_some() && !line.expose().starts_with('/') => {
                return self.fill(line, hear).await.map(|()| Next::Go);
            }
            None => line,
        };
        let status = self.talk.status();
        match input::read(line, self.channel, &status, &self.offered) {
            Typed::Nothing => Ok(Next::Go),
            Typed::Refused(refused) => Ok(Next::Tell(refused.to_string())),
            Typed::Reply(reply) => {
                self.messages += 1;
                let reference = Some(MessageRef(format!("typed-{}", self.messages)));
                let Self { talk, offered, recording, .. } = self;
                if let Some((_, recording)) = recording {
                    match self.digits.as_ref().zip(six_digits(&reply)) {
                        Some((digits, typed)) => {
                            recording.page_digits(typed == SecretText::from(digits.as_str()))
                        }
                        None => recording.user(&reply, input::is_secret(&status)),
                    }
                }
                let reply = Reply { reference, ..reply };
                talk.send(reply, &mut |heard| note(offered, recording, heard, hear)).await?;
                self.look_at_page(false, hear).await?;
                Ok(Next::Go)
            }
            Typed::Local(local) => self.local(local, hear).await,
        }
    }

    /// Takes an answer for the login page, and posts it when it is the last.
    async fn fill(&mut self, answer: SecretText, hear: Hear<'_>) -> Result<(), Problem> {
        let Some(filling) = &mut self.filling else { return Ok(()) };
        filling.answers.push(answer);
        if filling.next().is_some() {
            self.ask_on_page(hear);
            return Ok(());
        }
        let answers = std::mem::take(&mut filling.answers);
        self.filling = None;
        let Self { talk, offered, recording, .. } = self;
        if talk.page().await?.is_some() {
            if let Some((_, recording)) = recording {
                recording.page(answers.len());
            }
            talk.post_page(answers, &mut |heard| note(offered, recording, heard, hear)).await?;
        }
        self.look_at_page(true, hear).await
    }

    /// Asks what the login page asks, or shows its digits.
    async fn look_at_page(&mut self, posted: bool, hear: Hear<'_>) -> Result<(), Problem> {
        let page = self.talk.page().await?;
        let shown = self.digits.take();
        match page.map(|page| page.shows) {
            Some(PageShows::Questions { questions, refused }) => {
                if self.filling.is_some() {
                    return Ok(());
                }
                if refused && posted {
                    say_on_page("The login failed. Please try again.", hear);
                }
                for problem in questions.iter().filter_map(|field| field.problem.as_ref()).filter(|_| posted)
                {
                    say_on_page(problem, hear);
                }
                let fields = questions.into_iter().map(|field| (field.text, field.secret)).collect();
                self.filling = Some(Filling { fields, answers: Vec::new() });
                self.ask_on_page(hear);
            }
            Some(PageShows::Digits(digits)) => {
                if shown.as_ref() != Some(&digits) {
                    say_on_page(&format!("The digits are {digits}."), hear);
                }
                self.digits = Some(digits);
            }
            Some(PageShows::Working) | None => self.filling = None,
        }
        Ok(())
    }

    fn ask_on_page(&self, hear: Hear<'_>) {
        if let Some((question, _)) = self.filling.as_ref().and_then(Filling::next) {
            say_on_page(question, hear);
        }
    }

    /// Writes the recording.
    pub(crate) fn save(&self) -> Result<(), Problem> {
        match &self.recording {
            None => Ok(()),
            Some((path, recording)) => std::fs::write(path, recording.text())
                .map_err(|error| Problem::Unwritable(path.clone(), error)),
        }
    }

    async fn local(&mut self, local: Local, hear: Hear<'_>) -> Result<Next, Problem> {
        Ok(match local {
            Local::Quit => Next::Leave,
            Local::Help => Next::Tell(HELP.to_owned()),
            Local::Vars => Next::Tell(self.variables()),
            Local::HangUp => {
                let Self { talk, offered, recording, .. } = self;
                if let Some((_, recording)) = recording {
                    recording.hang_up();
                }
                talk.hang_up(&mut |heard| note(offered, recording, heard, hear)).await?;
                Next::Go
            }
            Local::Wait(pause) => {
                if let Some((_, recording)) = &mut self.recording {
                    recording.wait(pause.0);
                }
                self.pass(pause.0, hear).await?;
                Next::Tell(format!("({} later)", crate::pause::in_words(pause.0)))
            }
        })
    }

    fn variables(&self) -> String {
        let lines: Vec<_> =
            self.talk.variables().iter().map(|(name, value)| format!("{name} = {value}")).collect();
        if lines.is_empty() { "no variable has a value".to_owned() } else { lines.join("\n") }
    }
}

impl Filling {
    /// The question that is asked now.
    fn next(&self) -> Option<&(String, bool)> {
        self.fields.get(self.answers.len())
    }
}

fn say_on_page(text: &str, hear: Hear<'_>) {
    hear(Heard::Said(OutMessage::Text(format!("{ON_PAGE} {text}"))));
}

/// What was typed, when it may be the digits of a page.
fn six_digits(reply: &Reply) -> Option<SecretText> {
    match &reply.content {
        Content::Text(text) if text.len() == 6 && text.expose().bytes().all(|byte| byte.is_ascii_digit()) => {
            Some(text.duplicate())
        }
        _ => None,
    }
}

fn note(
    offered: &mut Vec<Choice>,
    recording: &mut Option<(PathBuf, Recording)>,
    heard: Heard,
    hear: &mut (dyn FnMut(Heard) + Send),
) {
    if let (Heard::Page { text, label }, Some((_, recording))) = (&heard, recording.as_mut()) {
        recording.page_offered(text, label);
    }
    if let Heard::Said(message) = &heard {
        if !message.choices().is_empty() {
            *offered = message.choices().to_vec();
        }
        if let Some((_, recording)) = recording {
            recording.bot(message);
        }
    }
    hear(heard);
}
