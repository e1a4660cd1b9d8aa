//! Who does what next: the part of the store that lives in memory.
//!
//! One process owns the file, so leases, fencing numbers and the order of work need no rows. All of it is made anew from
//! the rows that are under way when the store is opened. Idle conversations are here only while they fit: a
//! conversation that is not here is read from the disk when something comes in for it.
//!
//! Nothing here runs ahead of the disk: the writer tells of a change when the group it belongs to is committed. What is
//! being written is marked, so that nobody else takes it meanwhile, and the mark goes away when it fails.

mod calls;
mod counters;
mod erased;
mod inbox;
mod kept;
mod outbox;
mod queue;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use countersign_model::{CallId, Timestamp};
use countersign_store::{
    AnswerRow, Backlog, Conversation, ConversationKey, Pending, SecretChange, SessionId, StoredSession,
    TokenRow,
};

use crate::code::ConvId;
pub(crate) use calls::{Call, PickedCall};
pub(crate) use counters::{KnownCounters, MOST as MOST_COUNTERS, lives};
use inbox::Waiting;
pub(crate) use inbox::{Body, Committed, Consumed, NOBODY, Picked};
use kept::Budget;
pub(crate) use kept::Kept;
pub(crate) use outbox::{Finishing, Out, PickedDelivery};
use queue::{Queue, Slot};

/// That somebody holds something: the fencing number and the end of it.
#[derive(Clone, Copy)]
pub(crate) struct Hold {
    fencing: u64,
    until: Timestamp,
}

/// What a claim needs to know of a conversation.
#[derive(Clone, Default)]
pub(crate) struct Record {
    pub(crate) session: Option<StoredSession>,
    pub(crate) tokens_epoch: u64,
    pub(crate) tokens_seen: u64,
    pub(crate) lines: u64,
}

/// The sealed values of a conversation.
#[derive(Clone, Default)]
pub(crate) struct SecretRows {
    pub(crate) tokens: Vec<TokenRow>,
    pub(crate) answers: Vec<AnswerRow>,
}

/// A conversation as it was read from the disk.
pub(crate) struct Loaded {
    pub(crate) id: ConvId,
    pub(crate) key: Arc<ConversationKey>,
    pub(crate) record: Record,
    pub(crate) calling: Option<CallId>,
    /// It was made just now, so it has no secrets.
    pub(crate) new: bool,
}

struct Hot {
    key: Arc<ConversationKey>,
    touched: u64,
    /// Goes up with every change, so that what was read before it is not kept.
    changes: u64,
    record: Option<Record>,
    secrets: Option<SecretRows>,
    calling: Option<CallId>,
    inbox: VecDeque<Waiting>,
    inbox_slot: Slot,
    lease: Option<Hold>,
    /// A turn is being written.
    committing: bool,
    outbox: VecDeque<Out>,
    outbox_slot: Slot,
    outbox_lease: Option<Hold>,
    /// The end of a delivery is being written.
    finishing: bool,
    calls: Vec<Call>,
}

#[derive(Default)]
pub(crate) struct Schedule {
    ids: HashMap<Arc<ConversationKey>, ConvId>,
    hot: HashMap<ConvId, Hot>,
    capacity: usize,
    trim_at: usize,
    clock: u64,
    fencing: u64,
    inbox: Queue,
    outbox: Queue,
    calls: Queue,
    budget: Budget,
    /// The latest moment that a claim came with.
    now: Timestamp,
    pub(crate) counters: KnownCounters,
    pub(crate) next_timer: Option<Timestamp>,
    pub(crate) outbox_held: bool,
    pub(crate) dead: usize,
}

impl Schedule {
    /// An empty schedule that keeps about so many idle conversations.
    pub(crate) fn new(capacity: usize, fencing: u64) -> Self {
        let now = Timestamp::from_micros(i64::MIN);
        Self { capacity, trim_at: capacity, fencing, now, ..Self::default() }
    }

    /// A conversation was read from the disk or made.
    pub(crate) fn loaded(&mut self, loaded: Loaded) {
        let hot = self.open(loaded.id, &loaded.key);
        if hot.record.is_none() {
            hot.record = Some(loaded.record);
            if hot.inbox.is_empty() && hot.calls.is_empty() {
                hot.calling = loaded.calling;
            }
        }
        if loaded.new {
            hot.secrets = Some(SecretRows::default());
        }
    }

    /// Puts in what a reader has read, unless the conversation has changed since `changes` was read.
    pub(crate) fn remember(&mut self, key: &ConversationKey, changes: u64, record: &Record) {
        if let Some(hot) = self.hot_mut(key).filter(|hot| hot.changes == changes) {
            hot.record = Some(record.clone());
        }
    }

    /// As [`Self::remember`], for the sealed values.
    pub(crate) fn remember_secrets(&mut self, key: &ConversationKey, changes: u64, secrets: &SecretRows) {
        if let Some(hot) = self.hot_mut(key).filter(|hot| hot.changes == changes) {
            hot.secrets = Some(secrets.clone());
        }
    }

    /// The state of a conversation with which what is read from now on can be remembered.
    pub(crate) fn changes(&self, key: &ConversationKey) -> Option<u64> {
        self.hot_of(key).map(|hot| hot.changes)
    }

    /// The sealed values of a conversation, when they are here.
    pub(crate) fn secrets(&self, key: &ConversationKey) -> Option<&SecretRows> {
        self.hot_of(key)?.secrets.as_ref()
    }

    /// A conversation as it stands, when it is here.
    pub(crate) fn conversation(&self, key: &ConversationKey) -> Option<Conversation> {
        let hot = self.hot_of(key)?;
        Some(hot.record.as_ref()?.as_conversation(hot.calling))
    }

    /// The session of a conversation, when it is here.
    pub(crate) fn session(&self, key: &ConversationKey) -> Option<SessionId> {
        Some(self.hot_of(key)?.record.as_ref()?.session.as_ref()?.id)
    }

    /// What is under way for a conversation; `lines` is `None` when the disk has to be asked.
    pub(crate) fn pending(&self, key: &ConversationKey) -> (Pending, Option<u64>) {
        let Some(hot) = self.hot_of(key) else { return (Pending::default(), None) };
        let lines = hot.record.as_ref().map(|record| record.lines);
        let (inbox, calls, outbox) = (hot.inbox.len(), hot.calls.len(), hot.outbox.len());
        (Pending { inbox, calls, outbox, lines: lines.unwrap_or(0) }, lines)
    }

    pub(crate) fn backlog(&self) -> Backlog {
        let mut backlog = Backlog { dead: self.dead, held: self.outbox_held, ..Backlog::default() };
        for hot in self.hot.values() {
            backlog.inbox += hot.inbox.len();
            backlog.calls += hot.calls.len();
            backlog.outbox += hot.outbox.len();
            let oldest = hot.inbox.front().map(|row| row.received_at);
            backlog.oldest = backlog.oldest.into_iter().chain(oldest).min();
        }
        backlog
    }

    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        let outbox = if self.outbox_held { None } else { self.next_delivery() };
        [self.next_timer, self.inbox.next_at(), outbox, self.calls.next_at()].into_iter().flatten().min()
    }

    /// Forgets everything that another program may have changed.
    pub(crate) fn forget(&mut self) {
        self.counters.forget();
        let clock = &mut self.clock;
        for hot in self.hot.values_mut() {
            *clock += 1;
            hot.changes = *clock;
            hot.record = None;
            hot.secrets = None;
        }
    }

    /// Tokens of a conversation were removed from outside a turn.
    pub(crate) fn revoked(&mut self, id: ConvId) {
        let Some(hot) = self.changed(id) else { return };
        hot.secrets = None;
        if let Some(record) = &mut hot.record {
            record.tokens_epoch += 1;
        }
    }

    /// Tokens or answers of all conversations may have been removed, because their time was over.
    pub(crate) fn forget_secrets(&mut self) {
        let clock = &mut self.clock;
        for hot in self.hot.values_mut() {
            *clock += 1;
            hot.changes = *clock;
            hot.secrets = None;
        }
    }

    /// Lets go of idle conversations when there are too many.
    pub(crate) fn trim(&mut self) {
        if self.hot.len() <= self.trim_at {
            return;
        }
        let oldest = self.clock.saturating_sub(self.capacity as u64 / 2);
        let ids = &mut self.ids;
        self.hot.retain(|_, hot| {
            let stays = hot.is_busy() || hot.touched > oldest;
            if !stays {
                ids.remove(&hot.key);
            }
            stays
        });
        self.trim_at = self.capacity.max(self.hot.len() + self.capacity / 2);
        if self.hot.capacity() > 4 * self.trim_at {
            self.hot.shrink_to(self.trim_at);
            self.ids.shrink_to(self.trim_at);
        }
    }

    /// How many conversations are here.
    pub(crate) fn len(&self) -> usize {
        self.hot.len()
    }

    fn hot_of(&self, key: &ConversationKey) -> Option<&Hot> {
        self.hot.get(self.ids.get(key)?)
    }

    fn hot_mut(&mut self, key: &ConversationKey) -> Option<&mut Hot> {
        self.hot.get_mut(self.ids.get(key)?)
    }

    fn id_of(&self, key: &ConversationKey) -> Option<ConvId> {
        self.ids.get(key).copied()
    }

    fn open(&mut self, id: ConvId, key: &Arc<ConversationKey>) -> &mut Hot {
        self.clock += 1;
        let (clock, ids) = (self.clock, &mut self.ids);
        let hot = self.hot.entry(id).or_insert_with(|| {
            ids.insert(key.clone(), id);
            Hot::new(key.clone())
        });
        hot.touched = clock;
        hot
    }

    fn changed(&mut self, id: ConvId) -> Option<&mut Hot> {
        self.clock += 1;
        let hot = self.hot.get_mut(&id)?;
        hot.changes = self.clock;
        hot.touched = self.clock;
        Some(hot)
    }

    fn next_fencing(&mut self) -> u64 {
        self.fencing += 1;
        self.fencing
    }
}

impl Hot {
    fn new(key: Arc<ConversationKey>) -> Self {
        Self {
            key,
            touched: 0,
            changes: 0,
            record: None,
            secrets: None,
            calling: None,
            // Of each there is one at a time, nearly always, and thousands of idle conversations keep the room for it.
            inbox: VecDeque::with_capacity(1),
            inbox_slot: Slot::Out,
            lease: None,
            committing: false,
            outbox: VecDeque::with_capacity(1),
            outbox_slot: Slot::Out,
            outbox_lease: None,
            finishing: false,
            calls: Vec::with_capacity(1),
        }
    }

    fn is_busy(&self) -> bool {
        !self.inbox.is_empty()
            || !self.outbox.is_empty()
            || !self.calls.is_empty()
            || self.lease.is_some()
            || self.committing
    }
}

impl Record {
    pub(crate) fn as_conversation(&self, calling: Option<CallId>) -> Conversation {
        Conversation {
            session: self.session.clone(),
            calling,
            tokens_epoch: self.tokens_epoch,
            tokens_seen: self.tokens_seen,
        }
    }
}

impl SecretRows {
    pub(crate) fn put_token(&mut self, token: TokenRow) {
        self.tokens.retain(|old| (&old.bot, &old.component) != (&token.bot, &token.component));
        if self.tokens.is_empty() {
            self.tokens.reserve_exact(1);
        }
        self.tokens.push(token);
    }

    fn change(&mut self, change: SecretChange) {
        match change {
            SecretChange::PutAnswer(answer) => {
                self.answers.retain(|old| (&old.component, old.index) != (&answer.component, answer.index));
                self.answers.push(answer);
            }
            SecretChange::ForgetAnswers(component) => {
                self.answers.retain(|answer| answer.component != component);
                if self.answers.is_empty() {
                    self.answers = Vec::new();
                }
            }
            SecretChange::ForgetToken { bot, component } => {
                self.tokens.retain(|token| (&token.bot, &token.component) != (&bot, &component));
            }
            SecretChange::ForgetAllTokens => self.tokens.clear(),
            SecretChange::ForgetAllAnswers => self.answers.clear(),
        }
    }
}
