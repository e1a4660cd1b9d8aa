//! One conversation, whatever shows it: lines of a pipe or a terminal.

use std::path::PathBuf;
use std::time::Duration;

use countersign_engine::{Reason, Status};
use countersign_model::{ChannelKind, Choice, MessageRef, Reply, SecretText};

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
}

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
        Self { talk, channel, offered: Vec::new(), recording, messages: 0 }
    }

    /// The channel.
    pub(crate) fn channel(&self) -> ChannelKind {
        self.channel
    }

    /// What the conversation is doing.
    pub(crate) fn status(&self) -> Status {
        self.talk.status()
    }

    /// Whether what is typed next is not to be seen.
    pub(crate) fn wants_secret(&self) -> bool {
        input::is_secret(&self.talk.status())
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
        Ok(talk.begin(&mut |heard| note(offered, recording, heard, hear)).await?)
    }

    /// Does what has become due.
    pub(crate) async fn catch_up(&mut self, hear: Hear<'_>) -> Result<(), Problem> {
        self.pass(Duration::ZERO, hear).await
    }

    /// Moves the clock on.
    pub(crate) async fn pass(&mut self, span: Duration, hear: Hear<'_>) -> Result<(), Problem> {
        let Self { talk, offered, recording, .. } = self;
        Ok(talk.pass(span, &mut |heard| note(offered, recording, heard, hear)).await?)
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
        let status = self.talk.status();
        match input::read(line, self.channel, &status, &self.offered) {
            Typed::Nothing => Ok(Next::Go),
            Typed::Refused(refused) => Ok(Next::Tell(refused.to_string())),
            Typed::Reply(reply) => {
                self.messages += 1;
                let reference = Some(MessageRef(format!("typed-{}", self.messages)));
                let Self { talk, offered, recording, .. } = self;
                if let Some((_, recording)) = recording {
                    recording.user(&reply, input::is_secret(&status));
                }
                let reply = Reply { reference, ..reply };
                talk.send(reply, &mut |heard| note(offered, recording, heard, hear)).await?;
                Ok(Next::Go)
            }
            Typed::Local(local) => self.local(local, hear).await,
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

fn note(
    offered: &mut Vec<Choice>,
    recording: &mut Option<(PathBuf, Recording)>,
    heard: Heard,
    hear: &mut (dyn FnMut(Heard) + Send),
) {
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
