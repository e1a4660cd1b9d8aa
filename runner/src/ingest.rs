use std::time::Duration;

use countersign_model::{Contact, Name, Reply};
use countersign_store::{ConversationKey, InboundKind, NewInbound};

use crate::error::IngestError;
use crate::parts::Runner;
use crate::payload;

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
}

impl Runner {
    /// Seals what came in and keeps it, in this order. Gives for each whether it was new. When it returns it is on
    /// disk and may be acknowledged.
    ///
    /// # Errors
    /// [`IngestError`]; then nothing was kept.
    pub async fn ingest(&self, inbound: Vec<Inbound>) -> Result<Vec<bool>, IngestError> {
        let runner = self.inner();
        let now = runner.now();
        let mut rows = Vec::with_capacity(inbound.len());
        for Inbound { conversation, id, contact, event } in inbound {
            let Some(account) = runner.registry.channel(&conversation.workspace, &conversation.channel)
            else {
                let ConversationKey { workspace, channel, .. } = conversation;
                return Err(IngestError::UnknownChannel { workspace, channel });
            };
            let kind = match event {
                Event::Reply(_) => InboundKind::Reply,
                Event::Begin | Event::Start(_) | Event::HandedBack | Event::AgentSaid { .. } => {
                    InboundKind::Begin
                }
                // None of them waits for a call that is under way.
                Event::HungUp | Event::OwnerChanged | Event::TakenOver { .. } => InboundKind::HungUp,
            };
            let plain = payload::event_to_text(&contact, &event);
            let until = now.plus(PAYLOAD_LIFE);
            let payload = Some(runner.vault.seal_inbound(&conversation, account.kind, &plain, until)?);
            rows.push(NewInbound { conversation, id, kind, payload, received_at: now });
        }
        let new = runner.store.accept(rows).await?;
        if new.contains(&true) {
            runner.wake.turns.notify_one();
        }
        Ok(new)
    }
}
