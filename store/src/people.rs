//! What people look at and mend through the console: conversations, contacts, logins, answers to forms, and deliveries
//! that were given up.
//!
//! A turn writes nothing for these lists. So a list of conversations has the order in which they became active, not the
//! order of their last lines: one that became active again after a rest of more than an hour counts from then on, and a
//! page is sorted by the last line. Between pages the order may be off by an hour.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use async_trait::async_trait;
use countersign_model::{CallId, Name, Timestamp};

use crate::error::StoreError;
use crate::record::{ConversationKey, CounterKey, DeadLetter, Lead, StoredSession, TokenInfo, TranscriptRow};

/// Names a conversation by a number, for links and lists: it tells nothing of the contact. It stays until the contact is
/// erased, and a copy of the store has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConversationNumber(pub u64);

/// A conversation in a list.
#[derive(Clone, PartialEq)]
pub struct ConversationRow {
    /// Its number.
    pub number: ConversationNumber,
    /// Whose it is.
    pub key: ConversationKey,
    /// Its session; `None` before the first turn.
    pub session: Option<StoredSession>,
    /// The call that its session waits for.
    pub calling: Option<CallId>,
    /// The bot that its session runs on, when that version was published.
    pub bot: Option<Name>,
    /// Since when a person has it, if one has.
    pub handed_over_at: Option<Timestamp>,
    /// How many rows its transcript has, counted from its beginning.
    pub lines: u64,
    /// The last line; `None` when there is none, or it is kept no longer.
    pub last: Option<TranscriptRow>,
}

impl fmt::Debug for ConversationRow {
    /// Without what was said, and without the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConversationRow({:?}, {:?}, {} lines)", self.number, self.key, self.lines)
    }
}

/// Which conversations are wanted. All that is given must hold.
#[derive(Clone)]
pub struct ConversationQuery {
    /// Of this workspace.
    pub workspace: Name,
    /// Of this channel.
    pub channel: Option<Name>,
    /// On a published version of this bot.
    pub bot: Option<Name>,
    /// Those alone that a person has, and all of them: they are found without looking at the others.
    pub handed_over: bool,
    /// Those whose address, name or transcript has this text in it, whatever the case of its letters.
    pub text: Option<String>,
    /// What the caller can tell of a session: its contact's name, for `text`.
    pub name_of: Option<NameOf>,
    /// Whatever else the caller wants.
    pub wanted: Option<Wanted>,
    /// From [`ConversationPage::next`] of the page before.
    pub after: Option<String>,
    /// At most so many.
    pub limit: usize,
}

/// Finds the contact's name in a session.
pub type NameOf = Arc<dyn Fn(&StoredSession) -> Option<String> + Send + Sync>;

/// Says whether a conversation is wanted.
pub type Wanted = Arc<dyn Fn(&ConversationRow) -> bool + Send + Sync>;

impl ConversationQuery {
    /// All conversations of a workspace, the first page.
    pub fn of(workspace: Name, limit: usize) -> Self {
        Self {
            workspace,
            channel: None,
            bot: None,
            handed_over: false,
            text: None,
            name_of: None,
            wanted: None,
            after: None,
            limit,
        }
    }

    /// Whether a conversation has the text in it; `lines` gives what was said, as far as the store looks.
    pub(crate) fn finds(&self, row: &ConversationRow, lines: &[TranscriptRow]) -> bool {
        let Some(text) = &self.text else { return true };
        let text = text.trim().to_lowercase();
        let has = |said: &str| said.to_lowercase().contains(&text);
        has(&row.key.address)
            || row
                .session
                .as_ref()
                .zip(self.name_of.as_ref())
                .is_some_and(|(session, name_of)| name_of(session).is_some_and(|name| has(&name)))
            || lines.iter().any(|row| row.line.text().is_some_and(has))
    }

    /// Whether a conversation is wanted, whatever was said in it.
    pub fn wants(&self, row: &ConversationRow) -> bool {
        row.key.workspace == self.workspace
            && self.channel.as_ref().is_none_or(|channel| *channel == row.key.channel)
            && self.bot.as_ref().is_none_or(|bot| row.bot.as_ref() == Some(bot))
            && (!self.handed_over || row.handed_over_at.is_some())
            && self.wanted.as_ref().is_none_or(|wanted| wanted(row))
    }

    /// Whether a conversation is wanted, of which this was said.
    pub fn matches(&self, row: &ConversationRow, lines: &[TranscriptRow]) -> bool {
        self.wants(row) && self.finds(row, lines)
    }
}

impl fmt::Debug for ConversationQuery {
    /// Without the text: it may be an address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConversationQuery({}, at most {})", self.workspace, self.limit)
    }
}

/// Some conversations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConversationPage {
    /// They, the one with the newest line first. There may be fewer than wanted, or none, and more all the same: a search
    /// looks at a bounded number of conversations at a time.
    pub rows: Vec<ConversationRow>,
    /// Where to go on; `None` at the end.
    pub next: Option<String>,
}

/// Names a token that a conversation holds: another login at the same component has another name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenId {
    /// The conversation.
    pub conversation: ConversationNumber,
    /// The bot.
    pub bot: Name,
    /// The Authorization Token component.
    pub component: Name,
    /// When the user logged in.
    pub logged_in_at: Timestamp,
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { conversation, bot, component, logged_in_at } = self;
        write!(f, "{}.{bot}.{component}.{}", conversation.0, logged_in_at.as_micros())
    }
}

/// A text that names no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this names no token; take the id from the list of tokens")]
pub struct NoTokenId;

impl FromStr for TokenId {
    type Err = NoTokenId;

    fn from_str(text: &str) -> Result<Self, NoTokenId> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(NoTokenId);
        let id = Self {
            conversation: ConversationNumber(next()?.parse().map_err(|_| NoTokenId)?),
            bot: next()?.parse().map_err(|_| NoTokenId)?,
            component: next()?.parse().map_err(|_| NoTokenId)?,
            logged_in_at: Timestamp::from_micros(next()?.parse().map_err(|_| NoTokenId)?),
        };
        // Each token has one name.
        if parts.next().is_some() || id.to_string() != text { Err(NoTokenId) } else { Ok(id) }
    }
}

/// A token in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedToken {
    /// Its name.
    pub id: TokenId,
    /// What is known of it.
    pub info: TokenInfo,
}

/// The answers to a form in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedLead {
    /// Its place in the list, for paging: a newer one has a higher number.
    pub number: u64,
    /// Which conversation.
    pub conversation: ConversationNumber,
    /// Whose they are.
    pub key: ConversationKey,
    /// The answers.
    pub lead: Lead,
}

/// A delivery that was given up, in a list.
#[derive(Clone, Debug)]
pub struct ListedDeadLetter {
    /// Its number.
    pub number: u64,
    /// Which conversation.
    pub conversation: ConversationNumber,
    /// The delivery.
    pub letter: DeadLetter,
}

/// What was removed with a contact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Rows of the transcript.
    pub lines: u64,
    /// Tokens.
    pub tokens: usize,
    /// Answers to forms.
    pub leads: usize,
}

/// What people look at and mend.
#[async_trait]
pub trait People: Send + Sync {
    /// Conversations of a workspace in which something was said, those that were active lately first. How exact that is
    /// stands at the module.
    async fn conversations(&self, query: ConversationQuery) -> Result<ConversationPage, StoreError>;

    /// A conversation of a workspace by its number.
    async fn conversation_row(
        &self,
        workspace: &Name,
        number: ConversationNumber,
    ) -> Result<Option<ConversationRow>, StoreError>;

    /// A conversation by its name.
    async fn conversation_number(
        &self,
        key: &ConversationKey,
    ) -> Result<Option<ConversationNumber>, StoreError>;

    /// Removes everything about a contact on a channel: session, transcript, sealed answers, tokens, answers to forms,
    /// receipts, what waits to be processed, called or delivered, and these counters. Hashes of the ids of what came in
    /// stay as long as ids are kept, so that a webhook that is repeated does nothing. A turn or a call that is under way
    /// commits nothing any more. `None` when there is no such conversation.
    async fn erase(
        &self,
        key: &ConversationKey,
        counters: &[CounterKey],
    ) -> Result<Option<Erased>, StoreError>;

    /// Answers to forms of a workspace, newest first, those before the number `before`, at most `limit`.
    async fn all_leads(
        &self,
        workspace: &Name,
        form: Option<&Name>,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedLead>, StoreError>;

    /// Who is logged in at `now`: tokens of a workspace, by number of the conversation, bot and component, those after
    /// `after`, at most `limit`.
    async fn all_tokens(
        &self,
        workspace: &Name,
        component: Option<&Name>,
        after: Option<&TokenId>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<ListedToken>, StoreError>;

    /// Removes one token with its refresh token, and lets its conversation know. Gives whether it was there.
    async fn revoke_token(&self, workspace: &Name, id: &TokenId) -> Result<bool, StoreError>;

    /// Deliveries of a workspace that were given up, newest first, those before the number `before`, at most `limit`.
    async fn list_dead_letters(
        &self,
        workspace: &Name,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<ListedDeadLetter>, StoreError>;

    /// Puts a delivery that was given up at the end of what waits for its conversation, as if it had been made now, with
    /// none of its requests done. Gives whether it was there.
    async fn deliver_again(&self, workspace: &Name, number: u64, now: Timestamp) -> Result<bool, StoreError>;

    /// Removes a delivery that was given up. Gives whether it was there.
    async fn drop_dead_letter(&self, workspace: &Name, number: u64) -> Result<bool, StoreError>;

    /// How many deliveries of a workspace have not been made.
    async fn waiting_deliveries(&self, workspace: &Name) -> Result<usize, StoreError>;

    /// Drops the deliveries of a workspace that have not been made. Gives how many.
    async fn discard_deliveries(&self, workspace: &Name) -> Result<usize, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_name() {
        let id = TokenId {
            conversation: ConversationNumber(7),
            bot: "demo-bank".parse().unwrap(),
            component: "bank_login".parse().unwrap(),
            logged_in_at: Timestamp::from_micros(-5),
        };
        assert_eq!(id.to_string(), "7.demo-bank.bank_login.-5");
        assert_eq!(id.to_string().parse(), Ok(id));
        for wrong in [
            "",
            "7",
            "7.a.b",
            "7.a.b.1.",
            "07.a.b.1",
            "+7.a.b.1",
            "7.a b.b.1",
            "-7.a.b.1",
            "7.a..1",
            "7.a.b.x",
        ] {
            assert_eq!(wrong.parse::<TokenId>(), Err(NoTokenId), "{wrong}");
        }
    }
}
