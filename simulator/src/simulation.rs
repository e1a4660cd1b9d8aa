//! A conversation that an author looks at from all sides.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::Status;
use countersign_model::{
    ChannelKind, Choice, Content, Media, MessageRef, OutMessage, Reply, SecretText, Timestamp,
};
use countersign_runner::LoginPage;
use countersign_store::{Line, TokenInfo, TranscriptRow};

use crate::error::TalkError;
use crate::recorder::Recorder;
use crate::talk::{Setup, Talk};

/// The longest that the clock is moved on at once.
const LONGEST: Duration = Duration::from_secs(400 * 86_400);

/// What the user does.
#[derive(Debug)]
pub enum Act {
    /// Writes or says something.
    Text(SecretText),
    /// Takes one of the choices that were offered last, counted from 0.
    Choose(usize),
    /// Presses keys.
    Digits(SecretText),
    /// Says nothing until the bot's patience ends.
    Silence,
    /// Sends a file.
    File(Media),
    /// Sends a place, in degrees north and east.
    Location {
        /// Degrees north.
        latitude: String,
        /// Degrees east.
        longitude: String,
    },
    /// Hangs up.
    HangUp,
    /// Lets time pass.
    Wait(Duration),
    /// Posts the login page that stands open: what is typed, question by question.
    Page(Vec<SecretText>),
}

/// A conversation with what an author wants to see beside it.
pub struct Simulation {
    talk: Talk,
    recorder: Arc<Recorder>,
    lines: Vec<TranscriptRow>,
    tokens: Vec<TokenInfo>,
    messages: u32,
}

impl Simulation {
    /// Begins: a call comes in, or the script that was asked for starts, or nothing until the user writes. The recorder
    /// must be the observer of the setup, or be told by it.
    ///
    /// # Errors
    /// [`TalkError`].
    pub async fn begin(setup: Setup, recorder: Arc<Recorder>) -> Result<Self, TalkError> {
        let mut talk = Talk::new(setup).await?;
        talk.begin(&mut |_| {}).await?;
        let mut simulation = Self { talk, recorder, lines: Vec::new(), tokens: Vec::new(), messages: 0 };
        simulation.look().await?;
        Ok(simulation)
    }

    /// The user does something, and the bot goes on until it waits.
    ///
    /// # Errors
    /// [`TalkError`]; also when what the user does cannot be done now.
    pub async fn act(&mut self, act: Act) -> Result<(), TalkError> {
        let content = match act {
            Act::HangUp if !self.channel().capabilities().spoken => return Err(TalkError::NoCall),
            Act::HangUp => {
                self.talk.hang_up(&mut |_| {}).await?;
                return self.look().await;
            }
            Act::Wait(time) if time > LONGEST => return Err(TalkError::TooLong),
            Act::Wait(time) => {
                self.talk.pass(time, &mut |_| {}).await?;
                return self.look().await;
            }
            Act::Page(answers) => {
                self.talk.post_page(answers, &mut |_| {}).await?;
                return self.look().await;
            }
            Act::Text(text) => Content::Text(text),
            Act::Digits(digits) => Content::Digits(digits),
            Act::Silence => Content::Silence,
            Act::File(media) => Content::Media(media),
            Act::Location { latitude, longitude } => Content::Location { latitude, longitude },
            Act::Choose(at) => {
                let offered = self.offered();
                let choice = offered
                    .get(at)
                    .ok_or(TalkError::NoSuchChoice { number: at + 1, offered: offered.len() })?;
                chosen(self.channel(), at, choice)
            }
        };
        self.messages += 1;
        let reference = Some(MessageRef(format!("simulated-{}", self.messages)));
        self.talk.send(Reply { content, reference }, &mut |_| {}).await?;
        self.look().await
    }

    /// The kind of channel.
    pub fn channel(&self) -> ChannelKind {
        self.talk.channel()
    }

    /// What was said so far. What the user wrote as an answer to a secret question shows as [`Line::Secret`].
    pub fn lines(&self) -> &[TranscriptRow] {
        &self.lines
    }

    /// The choices that were offered last.
    pub fn offered(&self) -> &[Choice] {
        let choices = |row: &TranscriptRow| match &row.line {
            Line::Bot(message) => !OutMessage::choices(message).is_empty(),
            _ => false,
        };
        match self.lines.iter().rfind(|row| choices(row)).map(|row| &row.line) {
            Some(Line::Bot(message)) => message.choices(),
            _ => &[],
        }
    }

    /// The login page that stands open, or shows its digits.
    ///
    /// # Errors
    /// [`TalkError`].
    pub async fn page(&self) -> Result<Option<LoginPage>, TalkError> {
        self.talk.page().await
    }

    /// What the conversation is doing.
    pub fn status(&self) -> Status {
        self.talk.status()
    }

    /// Variables and their values, in the order of the bot.
    pub fn variables(&self) -> Vec<(String, String)> {
        self.talk.variables()
    }

    /// The tokens that the user holds: that they are there, not what they are.
    pub fn tokens(&self) -> &[TokenInfo] {
        &self.tokens
    }

    /// Calls, the path and what is amiss.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Now, as far as the conversation knows.
    pub fn now(&self) -> Timestamp {
        self.talk.now()
    }

    async fn look(&mut self) -> Result<(), TalkError> {
        let from = u64::try_from(self.lines.len()).unwrap_or(u64::MAX);
        self.lines.extend(self.talk.lines(from).await?);
        self.tokens = self.talk.tokens().await?;
        Ok(())
    }
}

/// What reaches the bot when the user takes a choice: its number where the channel has no buttons.
pub fn chosen(channel: ChannelKind, at: usize, choice: &Choice) -> Content {
    let can = channel.capabilities();
    let number = || SecretText::from((at + 1).to_string());
    match () {
        () if can.keypad => Content::Digits(number()),
        () if can.buttons == 0 => Content::Text(number()),
        () => Content::Choice { payload: choice.payload.clone(), label: choice.label.clone() },
    }
}
