//! What a client can do, whichever way it came: be admitted, say something, and read what was said.

use std::sync::Arc;

use countersign_model::{Contact, Content, Reply, SecretText, Timestamp};
use countersign_runner::{Event, Inbound, Watch};
use countersign_store::{ConversationKey, Line as Row, Pending, TranscriptRow};

use super::frames::{Message, Said};
use super::problem::Problem;
use super::{Chat, ChatSettings, guard, token};
use crate::app::Line;

/// The id of what begins a conversation; those of clients begin otherwise.
const BEGIN: &str = "begin";

/// How often the end of a transcript is looked up again, when it moved while it was read.
const LOOKS: usize = 4;

/// A client with a good token.
pub(super) struct Visitor {
    chat: Arc<Chat>,
    key: ConversationKey,
    greeting: bool,
    line: Arc<Line>,
    /// From then on its token is worth nothing.
    pub(super) expires_at: Timestamp,
}

/// What there is to tell a client.
pub(super) struct News {
    /// The index of the first row.
    pub(super) first: u64,
    /// Rows in order.
    pub(super) rows: Vec<TranscriptRow>,
    /// Whether the bot is at work.
    pub(super) busy: bool,
    /// Whether these rows are all that there are.
    pub(super) complete: bool,
}

impl News {
    /// The index of the row after these.
    pub(super) fn next(&self) -> u64 {
        self.first + self.rows.len() as u64
    }
}

impl Visitor {
    /// Lets the owner of a token in.
    pub(super) fn admit(
        chat: &Arc<Chat>,
        line: &Arc<Line>,
        settings: &ChatSettings,
        token: &SecretText,
    ) -> Result<Self, Problem> {
        let session = token::read(token, chat.app.clock.now(), settings.session)?;
        let visitor = Self {
            chat: chat.clone(),
            key: chat.app.conversation(line, &session.address),
            greeting: settings.greeting,
            line: line.clone(),
            expires_at: session.expires_at,
        };
        visitor.look_at_bot()?;
        Ok(visitor)
    }

    /// The contact's address.
    pub(super) fn address(&self) -> &str {
        &self.key.address
    }

    /// Wakes whoever waits for the conversation.
    pub(super) fn watch(&self) -> Watch {
        self.chat.app.runner.watch(&self.key)
    }

    /// Begins the conversation, if it is to begin by itself and has not, and gives from which row on the client gets it:
    /// from `since`, or from a later one when that lies too far back.
    pub(super) async fn arrive(&self, since: u64, language: Option<String>) -> Result<u64, Problem> {
        let Pending { lines, inbox, .. } = self.pending().await?;
        if self.greeting && lines == 0 && inbox == 0 {
            self.ingest(BEGIN.to_owned(), Event::Begin, language).await?;
        }
        Ok(since.clamp(lines.saturating_sub(self.chat.limits.history), lines))
    }

    /// Keeps what the user said. Gives whether it was new; when it returns, it is on disk.
    pub(super) async fn say(&self, message: Message) -> Result<bool, Problem> {
        self.look_at_bot()?;
        if self.expires_at <= self.chat.app.clock.now() {
            return Err(Problem::Expired);
        }
        let event = match message.said {
            Said::Text(text) => reply(Content::Text(text)),
            Said::Choice { of, payload } => {
                let label = self.label(of, &payload).await?;
                reply(Content::Choice { payload, label })
            }
            Said::Location { latitude, longitude } => reply(Content::Location { latitude, longitude }),
            Said::End => Event::HungUp,
        };
        self.ingest(format!("c.{}", message.id), event, message.language).await
    }

    /// What was said from the row `from` on, at most [`super::limits::Limits::history`] rows.
    pub(super) async fn news(&self, from: u64) -> Result<News, Problem> {
        let mut before = self.pending().await?;
        let store = self.chat.app.runner.store();
        let most = usize::try_from(self.chat.limits.history).unwrap_or(usize::MAX);
        for _ in 0..LOOKS {
            let busy = before.inbox > 0 || before.calls > 0;
            if before.lines <= from {
                return Ok(News { first: from, rows: Vec::new(), busy, complete: true });
            }
            let rows = store.transcript(&self.key, from, most).await?;
            let expected = (before.lines - from).min(most as u64);
            if rows.len() as u64 >= expected {
                let complete = rows.len() < most;
                return Ok(News { first: from, rows, busy, complete });
            }
            // Old rows have been removed: those that are there count from the end.
            let after = self.pending().await?;
            if after.lines == before.lines {
                let first = after.lines - rows.len() as u64;
                return Ok(News { first, rows, busy, complete: true });
            }
            before = after;
        }
        Err(Problem::Unavailable)
    }

    /// What stands on the choice of a row. What the user sees in the transcript is the author's word, not the client's.
    async fn label(&self, of: u64, payload: &str) -> Result<String, Problem> {
        let rows = self.chat.app.runner.store().transcript(&self.key, of, 1).await?;
        let Some(TranscriptRow { line: Row::Bot(message), .. }) = rows.first() else {
            return Err(Problem::NoSuchChoice);
        };
        let choice = message.choices().iter().find(|choice| choice.payload == payload);
        choice.map(|choice| choice.label.clone()).ok_or(Problem::NoSuchChoice)
    }

    async fn ingest(&self, id: String, event: Event, language: Option<String>) -> Result<bool, Problem> {
        let contact = Contact { address: self.key.address.clone(), name: None, language };
        let inbound = Inbound { conversation: self.key.clone(), id, contact, event };
        let new = self.chat.app.runner.ingest(vec![inbound]).await?;
        Ok(new.first().copied().unwrap_or(false))
    }

    async fn pending(&self) -> Result<Pending, Problem> {
        Ok(self.chat.app.runner.store().pending(&self.key).await?)
    }

    /// A bot that was published in the meantime counts.
    fn look_at_bot(&self) -> Result<(), Problem> {
        let registry = self.chat.app.runner.registry();
        let account = registry.channel(&self.key.workspace, &self.key.channel);
        guard::admit(&account.ok_or(Problem::NoSuchChannel)?.bot, self.line.kind)
    }
}

fn reply(content: Content) -> Event {
    Event::Reply(Reply { content, reference: None })
}
