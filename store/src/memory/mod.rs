//! The store in memory: for `chat`, for tests, and as the plainest reading of what the traits say.

mod bytes;
mod people;
mod records;
mod reseal;
mod state;
mod statistics;

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use countersign_model::{MessageRef, Name, Timestamp};
use countersign_vault::WrappedKey;

use crate::error::{CommitError, StoreError};
use crate::record::{
    Ahead, AnswerRow, Arrival, Backlog, CallCompletion, CallEnd, CallLease, Claimed, ClaimedCall,
    ClaimedDelivery, Conversation, ConversationKey, Counter, CounterChange, CounterKey, DeadLetter,
    DeliveryLease, InboundKind, InboxRow, Kept, Lead, Lease, NewInbound, Pending, PublishedBot, Receipt,
    ResealedToken, Retention, Revocation, SealedToken, Swept, TokenInfo, TokenRow, TranscriptRow, TurnCommit,
    WorkerId,
};
use crate::traits::{
    Bots, Calls, Conversations, Counters, Inbox, Keys, Outbox, Receipts, Secrets, Timers, Together, Upkeep,
};
use state::{Held, State};

/// A store in memory. What it keeps ends with the process.
#[derive(Default)]
pub struct MemoryStore(Mutex<State>);

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that is kept, as bytes, as a disk would have it: for tests that look for what may not be there.
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes::of(&self.state())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MemoryStore({} conversations)", self.state().conversations.len())
    }
}

#[async_trait]
impl Inbox for MemoryStore {
    async fn accept(&self, rows: Vec<NewInbound>) -> Result<Vec<bool>, StoreError> {
        let mut state = self.state();
        Ok(rows.into_iter().map(|row| state.accept(row)).collect())
    }
}

#[async_trait]
impl Conversations for MemoryStore {
    async fn claim(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Claimed>, StoreError> {
        let mut state = self.state();
        let oldest = state
            .conversations
            .iter()
            .filter(|(_, conversation)| conversation.lease.is_free(now))
            .filter_map(|(key, conversation)| Some((conversation.next_row()?.seq, key.clone())))
            .min();
        let Some((_, key)) = oldest else { return Ok(None) };
        let fencing = state.next();
        let conversation = state.of(&key);
        conversation.lease = Held::by(worker, fencing, until);
        Ok(conversation.next_row().cloned().map(|inbound| Claimed {
            lease: Lease { conversation: key, fencing },
            conversation: conversation.as_record(),
            inbound,
        }))
    }

    async fn commit_turn(&self, turn: TurnCommit) -> Result<(), CommitError> {
        let mut state = self.state();
        if !state.holds(&turn.lease) {
            return Err(CommitError::LeaseLost);
        }
        state.commit(turn);
        Ok(())
    }

    async fn release(&self, lease: &Lease) -> Result<(), CommitError> {
        let mut state = self.state();
        if !state.holds(lease) {
            return Err(CommitError::LeaseLost);
        }
        state.of(&lease.conversation).lease = Held::default();
        Ok(())
    }

    async fn conversation(&self, key: &ConversationKey) -> Result<Option<Conversation>, StoreError> {
        let state = self.state();
        Ok(state.conversations.get(key).filter(|c| c.session.is_some()).map(state::Conversation::as_record))
    }

    async fn transcript(
        &self,
        key: &ConversationKey,
        from: u64,
        limit: usize,
    ) -> Result<Vec<TranscriptRow>, StoreError> {
        let state = self.state();
        let Some(conversation) = state.conversations.get(key) else { return Ok(Vec::new()) };
        let from = usize::try_from(from.saturating_sub(conversation.gone)).unwrap_or(usize::MAX);
        Ok(conversation.transcript.iter().skip(from).take(limit).cloned().collect())
    }

    async fn pending(&self, key: &ConversationKey) -> Result<Pending, StoreError> {
        Ok(self.state().pending(key))
    }

    async fn leads(&self, key: &ConversationKey) -> Result<Vec<Lead>, StoreError> {
        let state = self.state();
        let leads = state.conversations.get(key).map(|c| c.leads.as_slice()).unwrap_or_default();
        Ok(leads.iter().map(|(_, lead)| lead.clone()).collect())
    }
}

#[async_trait]
impl Together for MemoryStore {
    fn hold(
        &self,
        worker: WorkerId,
        key: &ConversationKey,
        kind: InboundKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Option<Ahead> {
        let mut state = self.state();
        if state.conversations.get(key).is_some_and(|conversation| !conversation.takes(kind, now)) {
            return None;
        }
        let fencing = state.next();
        let conversation = state.of(key);
        conversation.lease = Held::by(worker, fencing, until);
        let lease = Lease { conversation: key.clone(), fencing };
        Some(Ahead { lease, conversation: conversation.as_record(), new: false })
    }

    async fn accept_with_turn(&self, arrival: Arrival, turn: TurnCommit) -> Result<Kept, StoreError> {
        let mut state = self.state();
        if !state.holds(&turn.lease) {
            return Ok(Kept::Neither);
        }
        let key = &turn.lease.conversation;
        let known = state.knows(key, &arrival.id);
        // What came meanwhile was accepted first, so its turn comes first.
        if known || state.of(key).next_row().is_some() {
            state.of(key).lease = Held::default();
            return Ok(if known { Kept::Known } else { Kept::Neither });
        }
        Ok(state.together(turn, |state, key| state.remember(key, arrival)))
    }

    async fn complete_with_turn(&self, end: CallEnd, turn: TurnCommit) -> Result<Kept, CommitError> {
        let mut state = self.state();
        if !state.holds(&turn.lease) {
            return Ok(Kept::Neither);
        }
        if state.call(&end.lease).is_none() {
            state.of(&turn.lease.conversation).lease = Held::default();
            return Err(CommitError::LeaseLost);
        }
        Ok(state.together(turn, |state, _| state.end_call(&end.lease, end.token, &end.counters, end.now)))
    }
}

#[async_trait]
impl Calls for MemoryStore {
    async fn claim_call(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedCall>, StoreError> {
        let mut state = self.state();
        let fencing = state.next();
        let calls =
            state.conversations.iter_mut().flat_map(|(key, c)| c.calls.iter_mut().map(move |r| (key, r)));
        let oldest = calls.filter(|(_, row)| row.lease.is_free(now)).min_by_key(|(_, row)| row.seq);
        Ok(oldest.map(|(key, row)| {
            row.lease = Held::by(worker, fencing, until);
            ClaimedCall {
                lease: CallLease {
                    conversation: key.clone(),
                    session: row.new.session,
                    call: row.new.call,
                    fencing,
                },
                request: row.new.request.clone(),
                sent: row.sent,
            }
        }))
    }

    async fn mark_sent(
        &self,
        lease: &CallLease,
        attempt: u32,
        now: Timestamp,
        until: Timestamp,
        counters: &[CounterChange],
    ) -> Result<(), CommitError> {
        let mut state = self.state();
        let row = state.call(lease).ok_or(CommitError::LeaseLost)?;
        row.sent = attempt;
        row.lease.prolong(until);
        state.count(counters, now);
        Ok(())
    }

    fn sends(&self, lease: &CallLease, until: Timestamp) -> Result<(), CommitError> {
        let mut state = self.state();
        let row = state.call(lease).ok_or(CommitError::LeaseLost)?;
        row.sent = row.sent.max(1);
        row.lease.prolong(until);
        Ok(())
    }

    async fn complete_call(&self, completion: CallCompletion) -> Result<(), CommitError> {
        let mut state = self.state();
        let lease = completion.lease;
        state.call(&lease).ok_or(CommitError::LeaseLost)?;
        let seq = state.next();
        state.end_call(&lease, completion.token, &completion.counters, completion.now);
        state.of(&lease.conversation).inbox.push(InboxRow {
            seq,
            id: completion.id,
            kind: InboundKind::Outcome { session: lease.session, call: lease.call },
            payload: Some(completion.payload),
            received_at: completion.now,
        });
        Ok(())
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn claim_delivery(
        &self,
        worker: WorkerId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Option<ClaimedDelivery>, StoreError> {
        let mut state = self.state();
        if state.held {
            return Ok(None);
        }
        let fencing = state.next();
        let heads = state.conversations.iter_mut().filter_map(|(key, c)| Some((key, c.outbox.front_mut()?)));
        let oldest =
            heads.filter(|(_, row)| row.due <= now && row.lease.is_free(now)).min_by_key(|(_, row)| row.seq);
        Ok(oldest.map(|(key, row)| {
            row.lease = Held::by(worker, fencing, until);
            row.attempts += 1;
            ClaimedDelivery {
                lease: DeliveryLease { conversation: key.clone(), seq: row.seq, fencing },
                delivery: row.delivery.clone(),
                attempts: row.attempts - 1,
                done: row.done,
                created_at: row.created_at,
            }
        }))
    }

    async fn delivered(&self, lease: &DeliveryLease) -> Result<(), CommitError> {
        self.state().take_delivery(lease).map(drop).ok_or(CommitError::LeaseLost)
    }

    async fn retry_delivery(
        &self,
        lease: &DeliveryLease,
        at: Timestamp,
        done: u32,
    ) -> Result<(), CommitError> {
        let mut state = self.state();
        let row = state.delivery(lease).ok_or(CommitError::LeaseLost)?;
        row.due = at;
        row.done = done;
        row.lease = Held::default();
        Ok(())
    }

    async fn give_up(
        &self,
        lease: &DeliveryLease,
        now: Timestamp,
        code: Option<&str>,
    ) -> Result<(), CommitError> {
        let mut state = self.state();
        let delivery = state.take_delivery(lease).ok_or(CommitError::LeaseLost)?;
        let (conversation, code) = (lease.conversation.clone(), code.map(str::to_owned));
        let number = state.next();
        state.dead.push((number, DeadLetter { conversation, delivery, at: now, code }));
        Ok(())
    }

    async fn outbox_held(&self) -> Result<bool, StoreError> {
        Ok(self.state().held)
    }

    async fn hold_outbox(&self, held: bool) -> Result<(), StoreError> {
        self.state().held = held;
        Ok(())
    }

    async fn discard_outbox(&self) -> Result<usize, StoreError> {
        let mut state = self.state();
        Ok(state.conversations.values_mut().map(|c| c.outbox.drain(..).count()).sum())
    }

    async fn dead_letters(&self, workspace: &Name) -> Result<Vec<DeadLetter>, StoreError> {
        let state = self.state();
        let dead = state.dead.iter().map(|(_, dead)| dead);
        Ok(dead.filter(|dead| dead.conversation.workspace == *workspace).cloned().collect())
    }
}

#[async_trait]
impl Timers for MemoryStore {
    async fn fire_timers(&self, now: Timestamp, limit: usize) -> Result<usize, StoreError> {
        Ok(self.state().fire_timers(now, limit))
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let state = self.state();
        Ok(state.conversations.values().filter_map(|c| c.next_due(state.held)).min())
    }
}

#[async_trait]
impl Secrets for MemoryStore {
    async fn token(
        &self,
        key: &ConversationKey,
        bot: &Name,
        component: &Name,
    ) -> Result<Option<TokenRow>, StoreError> {
        let state = self.state();
        let Some(conversation) = state.conversations.get(key) else { return Ok(None) };
        Ok(conversation.tokens.get(&(bot.clone(), component.clone())).cloned())
    }

    async fn held(&self, key: &ConversationKey, bot: &Name) -> Result<Vec<TokenInfo>, StoreError> {
        let state = self.state();
        let Some(conversation) = state.conversations.get(key) else { return Ok(Vec::new()) };
        let of_bot = conversation.tokens.values().filter(|token| token.bot == *bot);
        Ok(of_bot.map(|token| state::info(key, token)).collect())
    }

    async fn tokens(&self, workspace: &Name, now: Timestamp) -> Result<Vec<TokenInfo>, StoreError> {
        let state = self.state();
        let conversations = state.conversations.iter().filter(|(key, _)| key.workspace == *workspace);
        let tokens = conversations.flat_map(|(key, c)| c.tokens.values().map(move |t| state::info(key, t)));
        Ok(tokens.filter(|token| token.expires_at > now).collect())
    }

    async fn revoke(&self, which: &Revocation) -> Result<usize, StoreError> {
        Ok(self.state().revoke(which))
    }

    async fn answers(&self, key: &ConversationKey, component: &Name) -> Result<Vec<AnswerRow>, StoreError> {
        let state = self.state();
        let Some(conversation) = state.conversations.get(key) else { return Ok(Vec::new()) };
        Ok(conversation.answers.iter().filter(|answer| answer.component == *component).cloned().collect())
    }

    async fn sweep(&self, now: Timestamp, retention: &Retention) -> Result<Swept, StoreError> {
        Ok(self.state().sweep(now, retention))
    }
}

#[async_trait]
impl Counters for MemoryStore {
    async fn counters(
        &self,
        keys: &[CounterKey],
        now: Timestamp,
    ) -> Result<Vec<Option<Counter>>, StoreError> {
        let state = self.state();
        let counter = |key| state.counters.get(key).copied();
        let lives = |counter: &Counter| counter.count > 0 && counter.expires_at > now;
        Ok(keys.iter().map(|key| counter(key).filter(lives)).collect())
    }
}

#[async_trait]
impl Receipts for MemoryStore {
    async fn receive(&self, receipts: Vec<Receipt>) -> Result<Vec<bool>, StoreError> {
        let mut state = self.state();
        Ok(receipts.into_iter().map(|receipt| state.receive(receipt)).collect())
    }

    async fn receipt(
        &self,
        key: &ConversationKey,
        message: &MessageRef,
    ) -> Result<Option<Receipt>, StoreError> {
        Ok(self.state().receipts.get(&(key.clone(), message.0.clone())).cloned())
    }
}

#[async_trait]
impl Bots for MemoryStore {
    async fn put_bot(&self, bot: PublishedBot) -> Result<bool, StoreError> {
        let mut state = self.state();
        let of_bot = |known: &PublishedBot| (&known.workspace, &known.bot) == (&bot.workspace, &bot.bot);
        if state.bots.iter().rfind(|known| of_bot(known)).is_some_and(|last| last.version == bot.version) {
            return Ok(false);
        }
        let before = state.bots.iter().position(|known| of_bot(known) && known.version == bot.version);
        let known = before.map(|at| state.bots.remove(at));
        let published_at = bot.published_at;
        state.bots.push(PublishedBot { published_at, ..known.unwrap_or(bot) });
        Ok(true)
    }

    async fn bots(&self, workspace: &Name) -> Result<Vec<PublishedBot>, StoreError> {
        Ok(self.state().bots.iter().filter(|bot| bot.workspace == *workspace).cloned().collect())
    }
}

#[async_trait]
impl Upkeep for MemoryStore {
    async fn backlog(&self) -> Result<Backlog, StoreError> {
        let state = self.state();
        let mut backlog = Backlog { dead: state.dead.len(), held: state.held, ..Backlog::default() };
        for conversation in state.conversations.values() {
            backlog.inbox += conversation.inbox.len();
            backlog.calls += conversation.calls.len();
            backlog.outbox += conversation.outbox.len();
            let oldest = conversation.inbox.first().map(|row| row.received_at);
            backlog.oldest = backlog.oldest.into_iter().chain(oldest).min();
        }
        Ok(backlog)
    }

    async fn writable(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn changed_outside(&self) -> u64 {
        0
    }
}

#[async_trait]
impl Keys for MemoryStore {
    async fn data_keys(&self) -> Result<Vec<WrappedKey>, StoreError> {
        Ok(self.state().keys.values().cloned().collect())
    }

    async fn add_data_key(&self, key: WrappedKey) -> Result<bool, StoreError> {
        let mut state = self.state();
        let name = (key.workspace.clone(), key.version);
        let new = !state.keys.contains_key(&name);
        if new {
            state.keys.insert(name, key);
        }
        Ok(new)
    }

    async fn replace_data_key(&self, key: WrappedKey) -> Result<bool, StoreError> {
        let mut state = self.state();
        let known = state.keys.get_mut(&(key.workspace.clone(), key.version));
        Ok(known.map(|known| *known = key).is_some())
    }

    async fn tokens_sealed_before(
        &self,
        workspace: &Name,
        version: u32,
        after: u64,
        limit: usize,
    ) -> Result<Vec<SealedToken>, StoreError> {
        Ok(self.state().tokens_sealed_before(workspace, version, after, limit))
    }

    async fn reseal_tokens(&self, tokens: Vec<ResealedToken>) -> Result<usize, StoreError> {
        Ok(self.state().reseal_tokens(tokens))
    }

    async fn retire_data_key(&self, workspace: &Name, version: u32) -> Result<usize, StoreError> {
        let mut state = self.state();
        let sealed = state.sealed_by(workspace, version);
        if sealed == 0 {
            state.keys.remove(&(workspace.clone(), version));
        }
        Ok(sealed)
    }

    async fn remove_data_key(&self, workspace: &Name, version: u32) -> Result<(), StoreError> {
        self.state().keys.remove(&(workspace.clone(), version));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;

    crate::conformance_tests!(memory, || std::future::ready(MemoryStore::new()));
}
