//! What a provider's webhook held, on its way into the inbox.

use std::sync::PoisonError;

use countersign_channels::{ChannelEvent, Event as Said};
use countersign_model::{Contact, Content, Name, ReceiptState, Reply, Timestamp};
use countersign_store::{ConversationKey, Receipt};

use crate::error::IngestError;
use crate::flood::Taken;
use crate::ingest::{Event, Inbound};
use crate::observer::Notice;
use crate::parts::{Inner, Runner};

impl Runner {
    /// Keeps what came in on a channel, in this order, all of it or nothing. Gives for each event whether it was new and
    /// was kept. When it returns, the webhook may be acknowledged.
    ///
    /// Left out are events that the provider dates too far back, those of a contact who sends too much
    /// or seems to be a bot that answers ours, those of new contacts when there are too many, parts of a text
    /// that is not complete, and what is of no consequence: edits, and that a user can be written to or not.
    ///
    /// # Errors
    /// [`IngestError`]; then nothing that was said was kept, and the provider repeats it.
    pub async fn hear(
        &self,
        workspace: &Name,
        channel: &Name,
        events: Vec<ChannelEvent>,
    ) -> Result<Vec<bool>, IngestError> {
        let runner = self.inner();
        let Some(account) = runner.registry.channel(workspace, channel) else {
            let (workspace, channel) = (workspace.clone(), channel.clone());
            return Err(IngestError::UnknownChannel { workspace, channel });
        };
        let now = runner.now();
        let mut heard = vec![false; events.len()];
        let mut rows = Rows::default();
        for (at, event) in events.into_iter().enumerate() {
            if event.at.is_some_and(|then| then.plus(runner.limits.oldest_event) < now) {
                continue;
            }
            let key = |address: &str| ConversationKey {
                workspace: workspace.clone(),
                channel: channel.clone(),
                address: address.to_owned(),
            };
            let conversation = key(&event.address);
            if runner.is_ping_pong(account.kind, &conversation, &event, now).await?
                || runner.is_one_too_many(account.kind, &conversation, &event, now).await?
            {
                continue;
            }
            runner.sort(&mut rows, at, conversation, event, &key, now);
        }
        let Rows { inbound, of, receipts, receipts_of } = rows;
        if !receipts.is_empty() {
            let news = runner.store.receive(receipts).await?;
            for ((at, failed), new) in receipts_of.into_iter().zip(news) {
                heard[at] = new;
                if let (Some((key, code)), true) = (failed, new) {
                    runner.tell(&key, &Notice::NotArrived { code: code.as_deref() });
                }
            }
        }
        if !inbound.is_empty() {
            for (at, new) in of.into_iter().zip(self.ingest(inbound).await?) {
                heard[at] |= new;
            }
        }
        Ok(heard)
    }
}

/// Events by where they go; each with its place among the events.
#[derive(Default)]
struct Rows {
    inbound: Vec<Inbound>,
    of: Vec<usize>,
    receipts: Vec<Receipt>,
    receipts_of: Vec<(usize, Option<Failed>)>,
}

/// A message that will not arrive, and the provider's code.
type Failed = (ConversationKey, Option<String>);

impl Rows {
    fn put(&mut self, at: usize, conversation: ConversationKey, id: String, contact: Contact, event: Event) {
        self.inbound.push(Inbound { conversation, id, contact, event });
        self.of.push(at);
    }
}

impl Inner {
    fn sort(
        &self,
        rows: &mut Rows,
        at: usize,
        conversation: ConversationKey,
        event: ChannelEvent,
        key: &dyn Fn(&str) -> ConversationKey,
        now: Timestamp,
    ) {
        let ChannelEvent { id, address, contact, event, .. } = event;
        match event {
            Said::Reply(reply) => {
                if self.takes(&conversation, &id, now) {
                    rows.put(at, conversation, id, contact, Event::Reply(reply));
                }
            }
            Said::Part(part) => {
                if !self.takes(&conversation, &id, now) {
                    return;
                }
                // One sender may write to several of our numbers at once.
                let sender = format!("{}/{}/{address}", conversation.workspace, conversation.channel);
                let mut pieces = self.pieces.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(whole) = pieces.add(&sender, &id, part, now) {
                    let reply = Reply { content: Content::Text(whole.text), reference: None };
                    rows.put(at, conversation, whole.id, contact, Event::Reply(reply));
                }
            }
            Said::Begin => {
                if self.takes(&conversation, &id, now) {
                    rows.put(at, conversation, id, contact, Event::Begin);
                }
            }
            Said::Start(script) => {
                if self.takes(&conversation, &id, now) {
                    rows.put(at, conversation, id, contact, Event::Start(script));
                }
            }
            // However much was sent before: it ends what is under way.
            Said::HungUp => rows.put(at, conversation, id, contact, Event::HungUp),
            Said::IdentityChanged { before } => {
                let before = before.filter(|before| *before != address);
                if let Some(before) = before {
                    let contact = Contact { address: before.clone(), ..Contact::default() };
                    rows.put(at, key(&before), id.clone(), contact, Event::OwnerChanged);
                }
                rows.put(at, conversation, id, contact, Event::OwnerChanged);
            }
            Said::Receipt(receipt) => {
                // Without the message it says nothing that could be kept.
                let Some(message) = receipt.message else { return };
                let state = receipt.state;
                let failed = state == ReceiptState::Failed;
                let failed = failed.then(|| (conversation.clone(), receipt.code.clone()));
                rows.receipts.push(Receipt { conversation, message, state, code: receipt.code, at: now });
                rows.receipts_of.push((at, failed));
            }
            // What is sent to a user who has blocked us is refused by the provider, message by message.
            Said::Edited | Said::Revoked | Said::Blocked | Said::Unblocked => {}
        }
    }

    /// Whether the contact may send this too.
    fn takes(&self, key: &ConversationKey, id: &str, now: Timestamp) -> bool {
        let Some(flood) = &self.limits.flood else { return true };
        let taken = self.floods.lock().unwrap_or_else(PoisonError::into_inner).take(key, id, now, flood);
        if taken == Taken::TooMany {
            self.tell(key, &Notice::Flood);
        }
        taken == Taken::Yes
    }
}
