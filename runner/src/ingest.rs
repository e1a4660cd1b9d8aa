use std::sync::Arc;
use std::time::Duration;

use countersign_model::{Contact, Name, Reply, SecretText, Timestamp};
use countersign_store::{ConversationKey, InboundKind, NewInbound, SessionId};

use crate::error::IngestError;
use crate::parts::{Inner, Runner};
use crate::payload;
use crate::registry::ChannelAccount;

/// How long a payload may wait before it is worthless (SECURITY §7).
pub(crate) const PAYLOAD_LIFE: Duration = Duration::from_secs(48 * 3600);

/// What came in from a channel.
#[derive(Debug)]
pub struct Inbound {
    /// The conversation. On the phone its address is the provider's id of the call.
    pub conversation: ConversationKey,
    /// The provider's id of it, unique in the channel; what comes again with the same id does nothing.
    pub id: String,
    /// The user, as far as the channel tells.
    pub contact: Contact,
    /// What it is.
    pub event: Event,
}

/// Kinds of what can come in.
#[derive(Debug)]
pub enum Event {
    /// A call came in, or the user opened the chat without a message.
    Begin,
    /// The user sent something.
    Reply(Reply),
    /// Start this script, whatever is under way.
    Start(Name),
    /// A person takes over from the bot.
    TakenOver {
        /// Their name, as the user may read it.
        by: String,
    },
    /// A person who has taken over says something.
    AgentSaid {
        /// Their name, as the user may read it.
        by: String,
        /// What they say.
        text: String,
    },
    /// The person who had taken over hands the conversation back.
    HandedBack,
    /// The user hung up or left.
    HungUp,
    /// The address has another owner, or may have one: logins, answers and the conversation of the one before end.
    OwnerChanged,
    /// The user has posted a login page.
    Page {
        /// The session that it belongs to.
        session: SessionId,
        /// Which page of the session.
        attempt: u32,
        /// Names the browser.
        browser: u128,
        /// What was typed, question by question.
        answers: Vec<SecretText>,
    },
}

impl Runner {
    /// Seals what came in and keeps it, in this order. Gives for each whether it was new. When it returns it is on
    /// disk and may be acknowledged.
    ///
    /// While [`Runner::work`] runs, one message whose conversation is free is not put into the inbox first: its turn is
    /// computed at once, and both are kept together.
    ///
    /// # Errors
    /// [`IngestError`]; then nothing was kept.
    pub async fn ingest(&self, inbound: Vec<Inbound>) -> Result<Vec<bool>, IngestError> {
        let mut inbound = inbound;
        if inbound.len() == 1
            && let Some(hands) = self.inner().at_work()
            && let Some(one) = inbound.pop()
        {
            return Ok(vec![self.take_in(one, hands).await?]);
        }
        let runner = self.inner();
        let now = runner.now();
        let mut rows = Vec::with_capacity(inbound.len());
        for Inbound { conversation, id, contact, event } in inbound {
            let account = runner.account(&conversation)?;
            let kind = event.kind();
            let plain = payload::event_to_text(&contact, &event);
            rows.push(runner.sealed(&account, conversation, id, kind, &plain, now)?);
        }
        runner.accept(rows).await
    }
}

impl Event {
    pub(crate) const fn kind(&self) -> InboundKind {
        match self {
            Self::Reply(_) => InboundKind::Reply,
            Self::Begin | Self::Start(_) | Self::HandedBack | Self::AgentSaid { .. } => InboundKind::Begin,
            // None of them waits for a call that is under way. A page that is posted meanwhile does nothing.
            Self::HungUp | Self::OwnerChanged | Self::TakenOver { .. } | Self::Page { .. } => {
                InboundKind::HungUp
            }
        }
    }
}

impl Inner {
    pub(crate) fn account(&self, key: &ConversationKey) -> Result<Arc<ChannelAccount>, IngestError> {
        self.registry.channel(&key.workspace, &key.channel).ok_or_else(|| IngestError::UnknownChannel {
            workspace: key.workspace.clone(),
            channel: key.channel.clone(),
        })
    }

    pub(crate) fn sealed(
        &self,
        account: &ChannelAccount,
        conversation: ConversationKey,
        id: String,
        kind: InboundKind,
        plain: &SecretText,
        now: Timestamp,
    ) -> Result<NewInbound, IngestError> {
        let until = now.plus(PAYLOAD_LIFE);
        let payload = Some(self.vault.seal_inbound(&conversation, account.kind, plain, until)?);
        Ok(NewInbound { conversation, id, kind, payload, received_at: now })
    }

    pub(crate) async fn accept(&self, rows: Vec<NewInbound>) -> Result<Vec<bool>, IngestError> {
        let new = self.store.accept(rows).await?;
        if new.contains(&true) {
            self.wake.turns.notify_one();
        }
        Ok(new)
    }
}
