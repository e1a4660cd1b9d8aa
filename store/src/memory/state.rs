//! What the memory store keeps, and the methods that several of its traits need.

use std::collections::{BTreeMap, HashMap, VecDeque};

use countersign_model::{CallId, Name, TimerId, Timestamp};
use countersign_vault::WrappedKey;

use crate::record::{
    AnswerRow, Arrival, CallLease, ConversationKey, Counter, CounterChange, CounterKey, DeadLetter, Delivery,
    DeliveryLease, InboundKind, InboxRow, Kept, Lead, Lease, NewCall, NewInbound, Pending, PublishedBot,
    Receipt, Retention, Revocation, SecretChange, SessionId, StoredSession, Swept, TimerChange, TokenInfo,
    TokenRow, TranscriptRow, TurnCommit, WorkerId,
};

#[derive(Default)]
pub(super) struct State {
    pub(super) conversations: BTreeMap<ConversationKey, Conversation>,
    /// Conversation and provider id of what was accepted, and when.
    pub(super) ids: HashMap<(ConversationKey, String), Timestamp>,
    pub(super) counters: HashMap<CounterKey, Counter>,
    pub(super) receipts: BTreeMap<(ConversationKey, String), Receipt>,
    pub(super) bots: Vec<PublishedBot>,
    pub(super) held: bool,
    /// With their numbers.
    pub(super) dead: Vec<(u64, DeadLetter)>,
    pub(super) keys: BTreeMap<(Name, u32), WrappedKey>,
    pub(super) kept: super::records::Kept,
    pub(super) stats: super::statistics::Counted,
    /// Hashes of ids of conversations that were erased, and when they came in.
    pub(super) erased: HashMap<u64, Timestamp>,
    /// The number of the newest conversation.
    numbers: u64,
    counter: u64,
}

#[derive(Default)]
pub(super) struct Conversation {
    pub(super) number: u64,
    /// Since when a person has it.
    pub(super) handed_over_at: Option<Timestamp>,
    pub(super) session: Option<StoredSession>,
    pub(super) calling: Option<CallId>,
    pub(super) tokens_epoch: u64,
    pub(super) tokens_seen: u64,
    pub(super) lease: Held,
    pub(super) inbox: Vec<InboxRow>,
    pub(super) outbox: VecDeque<Outgoing>,
    pub(super) calls: Vec<Call>,
    pub(super) timer: Option<(SessionId, TimerId, Timestamp)>,
    pub(super) tokens: BTreeMap<(Name, Name), TokenRow>,
    pub(super) answers: Vec<AnswerRow>,
    pub(super) transcript: Vec<TranscriptRow>,
    /// How many rows of the transcript have been removed before those.
    pub(super) gone: u64,
    /// With their numbers.
    pub(super) leads: Vec<(u64, Lead)>,
}

pub(super) struct Outgoing {
    pub(super) seq: u64,
    pub(super) delivery: Delivery,
    pub(super) created_at: Timestamp,
    pub(super) due: Timestamp,
    pub(super) attempts: u32,
    pub(super) done: u32,
    pub(super) lease: Held,
}

pub(super) struct Call {
    pub(super) seq: u64,
    pub(super) new: NewCall,
    pub(super) sent: u32,
    pub(super) lease: Held,
}

/// Who holds a row: the worker, the fencing number and the end of it. The number stays when the time is over.
#[derive(Default)]
pub(super) struct Held(Option<(WorkerId, u64, Timestamp)>);

impl Held {
    pub(super) fn by(worker: WorkerId, fencing: u64, until: Timestamp) -> Self {
        Self(Some((worker, fencing, until)))
    }

    pub(super) fn is_free(&self, now: Timestamp) -> bool {
        self.0.is_none_or(|(_, _, until)| until <= now)
    }

    fn is(&self, fencing: u64) -> bool {
        self.0.is_some_and(|(_, number, _)| number == fencing)
    }

    pub(super) fn prolong(&mut self, end: Timestamp) {
        if let Some((_, _, until)) = &mut self.0 {
            *until = end.max(*until);
        }
    }

    fn until(&self) -> Option<Timestamp> {
        self.0.map(|(_, _, until)| until)
    }
}

impl State {
    /// A number higher than all before: for the order of rows and for fencing.
    pub(super) fn next(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub(super) fn of(&mut self, key: &ConversationKey) -> &mut Conversation {
        self.conversations.entry(key.clone()).or_insert_with(|| {
            self.numbers += 1;
            Conversation { number: self.numbers, ..Conversation::default() }
        })
    }

    pub(super) fn accept(&mut self, row: NewInbound) -> bool {
        let key = row.conversation;
        if self.knows(&key, &row.id) {
            return false;
        }
        self.ids.insert((key.clone(), row.id.clone()), row.received_at);
        let seq = self.next();
        let NewInbound { id, kind, payload, received_at, .. } = row;
        self.of(&key).inbox.push(InboxRow { seq, id, kind, payload, received_at });
        true
    }

    /// Whether it was accepted before, also before its contact was erased.
    pub(super) fn knows(&self, key: &ConversationKey, id: &str) -> bool {
        self.ids.contains_key(&(key.clone(), id.to_owned()))
            || self.erased.contains_key(&super::people::hash(key, id))
    }

    pub(super) fn remember(&mut self, key: &ConversationKey, arrival: Arrival) {
        self.ids.insert((key.clone(), arrival.id), arrival.received_at);
    }

    /// Keeps a turn and what it answers.
    pub(super) fn together(
        &mut self,
        turn: TurnCommit,
        keep: impl FnOnce(&mut Self, &ConversationKey),
    ) -> Kept {
        let key = turn.lease.conversation.clone();
        keep(self, &key);
        self.commit(turn);
        Kept::Both { more: self.of(&key).next_row().is_some() }
    }

    pub(super) fn end_call(
        &mut self,
        lease: &CallLease,
        token: Option<TokenRow>,
        counters: &[CounterChange],
        now: Timestamp,
    ) {
        self.count(counters, now);
        let conversation = self.of(&lease.conversation);
        conversation.calls.retain(|row| (row.new.session, row.new.call) != (lease.session, lease.call));
        if let Some(token) = token {
            conversation.tokens.insert((token.bot.clone(), token.component.clone()), token);
        }
    }

    pub(super) fn holds(&self, lease: &Lease) -> bool {
        self.conversations.get(&lease.conversation).is_some_and(|c| c.lease.is(lease.fencing))
    }

    pub(super) fn commit(&mut self, turn: TurnCommit) {
        let first = self.counter + 1;
        self.counter += (turn.outbox.len() + turn.calls.len() + turn.leads.len()) as u64;
        let mut seq = first..;
        let now = turn.now;
        self.count(&turn.counters, now);
        let conversation = self.of(&turn.lease.conversation);
        conversation.lease = Held::default();
        conversation.inbox.retain(|row| row.seq != turn.consumed);
        conversation
            .transcript
            .extend(turn.transcript.into_iter().map(|line| TranscriptRow { at: now, line }));
        conversation.leads.extend((&mut seq).zip(turn.leads));
        turn.secrets.into_iter().for_each(|change| conversation.change(change));
        turn.outbox
            .into_iter()
            .zip(&mut seq)
            .for_each(|(delivery, seq)| conversation.send(seq, delivery, now));
        let new = turn.calls.into_iter().zip(&mut seq);
        conversation.calls.extend(new.map(|(new, seq)| Call { seq, new, sent: 0, lease: Held::default() }));
        if let Some(session) = turn.session {
            let id = session.stored.id;
            conversation.calling = session.calling;
            conversation.calls.retain(|row| row.new.session == id && Some(row.new.call) == session.calling);
            conversation.tokens_seen = session.tokens_seen;
            conversation.session = Some(session.stored);
            let since = conversation.handed_over_at.unwrap_or(now);
            conversation.handed_over_at = session.handed_over.then_some(since);
            match session.timer {
                TimerChange::Keep => {}
                TimerChange::Set(timer, at) => conversation.timer = Some((id, timer, at)),
                TimerChange::Clear => conversation.timer = None,
            }
        }
    }

    pub(super) fn call(&mut self, lease: &CallLease) -> Option<&mut Call> {
        let conversation = self.conversations.get_mut(&lease.conversation)?;
        conversation.calls.iter_mut().find(|row| {
            (row.new.session, row.new.call) == (lease.session, lease.call) && row.lease.is(lease.fencing)
        })
    }

    pub(super) fn delivery(&mut self, lease: &DeliveryLease) -> Option<&mut Outgoing> {
        let conversation = self.conversations.get_mut(&lease.conversation)?;
        let head = conversation.outbox.front_mut()?;
        (head.seq == lease.seq && head.lease.is(lease.fencing)).then_some(head)
    }

    pub(super) fn take_delivery(&mut self, lease: &DeliveryLease) -> Option<Delivery> {
        self.delivery(lease)?;
        Some(self.conversations.get_mut(&lease.conversation)?.outbox.pop_front()?.delivery)
    }

    pub(super) fn fire_timers(&mut self, now: Timestamp, limit: usize) -> usize {
        let mut due: Vec<_> = self
            .conversations
            .iter()
            .filter_map(|(key, c)| Some((c.timer.filter(|(_, _, at)| *at <= now)?, key.clone())))
            .collect();
        due.sort_by_key(|((_, _, at), _)| *at);
        due.truncate(limit);
        let fired = due.len();
        for ((session, timer, at), key) in due {
            let seq = self.next();
            let conversation = self.of(&key);
            conversation.timer = None;
            conversation.inbox.push(InboxRow {
                seq,
                id: format!("timer-{}-{}", session.0, timer.0),
                kind: InboundKind::Elapsed { session, timer },
                payload: None,
                received_at: at,
            });
        }
        fired
    }

    pub(super) fn revoke(&mut self, which: &Revocation) -> usize {
        let mut revoked = 0;
        for (key, conversation) in &mut self.conversations {
            if key.workspace != which.workspace
                || which.channel.as_ref().is_some_and(|channel| key.channel != *channel)
                || which.address.as_ref().is_some_and(|address| key.address != *address)
            {
                continue;
            }
            let before = conversation.tokens.len();
            conversation.tokens.retain(|(_, component), _| {
                which.component.as_ref().is_some_and(|wanted| component != wanted)
            });
            let gone = before - conversation.tokens.len();
            if gone > 0 {
                conversation.tokens_epoch += 1;
            }
            revoked += gone;
        }
        revoked
    }

    pub(super) fn count(&mut self, changes: &[CounterChange], now: Timestamp) {
        for change in changes {
            match *change {
                CounterChange::Add { key, expires_at } => {
                    let new = Counter { count: 0, first_at: now, last_at: now, expires_at };
                    let counter = self.counters.entry(key).or_insert(new);
                    if counter.expires_at <= now {
                        *counter = new;
                    }
                    counter.count = counter.count.saturating_add(1);
                    counter.last_at = now;
                    counter.expires_at = expires_at;
                }
                CounterChange::Subtract { key } => {
                    if let Some(counter) = self.counters.get_mut(&key) {
                        counter.count = counter.count.saturating_sub(1);
                    }
                }
                CounterChange::Clear { key } => {
                    self.counters.remove(&key);
                }
            }
        }
    }

    pub(super) fn pending(&self, key: &ConversationKey) -> Pending {
        let Some(conversation) = self.conversations.get(key) else { return Pending::default() };
        Pending {
            inbox: conversation.inbox.len(),
            calls: conversation.calls.len(),
            outbox: conversation.outbox.len(),
            lines: conversation.gone + conversation.transcript.len() as u64,
        }
    }

    pub(super) fn receive(&mut self, receipt: Receipt) -> bool {
        if !self.conversations.contains_key(&receipt.conversation) {
            return false;
        }
        let name = (receipt.conversation.clone(), receipt.message.0.clone());
        let newer = self.receipts.get(&name).is_none_or(|known| known.state < receipt.state);
        if newer {
            self.receipts.insert(name, receipt);
        }
        newer
    }

    pub(super) fn sweep(&mut self, now: Timestamp, retention: &Retention) -> Swept {
        let mut swept = Swept { records: self.kept.sweep(now), ..Swept::default() };
        let ids = self.ids.len() + self.erased.len();
        // What still waits is known by its id, however long it waits.
        let conversations = &self.conversations;
        self.ids.retain(|(key, id), at| {
            let inbox = conversations.get(key).map(|conversation| conversation.inbox.as_slice());
            at.plus(retention.ids) > now || inbox.is_some_and(|inbox| inbox.iter().any(|row| row.id == *id))
        });
        self.erased.retain(|_, at| at.plus(retention.ids) > now);
        swept.ids = ids - self.ids.len() - self.erased.len();
        self.stats.sweep(now.minus(retention.statistics));
        self.counters.retain(|_, counter| counter.expires_at > now);
        self.receipts.retain(|_, receipt| receipt.at.plus(retention.receipts) > now);
        self.dead.retain(|(_, dead)| dead.at.plus(retention.receipts) > now);
        for conversation in self.conversations.values_mut() {
            let (tokens, answers) = (conversation.tokens.len(), conversation.answers.len());
            conversation.tokens.retain(|_, token| {
                token.expires_at > now
                    || token.refresh.as_ref().is_some_and(|refresh| refresh.expires_at > now)
            });
            conversation.answers.retain(|answer| answer.value.expires_at > now);
            let lines = conversation.transcript.len();
            conversation.transcript.retain(|row| row.at.plus(retention.transcripts) > now);
            conversation.gone += (lines - conversation.transcript.len()) as u64;
            conversation.leads.retain(|(_, lead)| lead.at.plus(retention.transcripts) > now);
            swept.lines += lines - conversation.transcript.len();
            swept.tokens += tokens - conversation.tokens.len();
            swept.answers += answers - conversation.answers.len();
        }
        swept
    }
}

impl Conversation {
    /// The oldest row that can be processed now.
    pub(super) fn next_row(&self) -> Option<&InboxRow> {
        let mut rows = self.inbox.iter();
        if self.calling.is_some() { rows.find(|row| !row.kind.waits_for_call()) } else { rows.next() }
    }

    pub(super) fn send(&mut self, seq: u64, delivery: Delivery, now: Timestamp) {
        let (attempts, done, lease) = (0, 0, Held::default());
        self.outbox.push_back(Outgoing { seq, delivery, created_at: now, due: now, attempts, done, lease });
    }

    /// Whether something of this kind would be handed out at once.
    pub(super) fn takes(&self, kind: InboundKind, now: Timestamp) -> bool {
        let fits = match kind {
            InboundKind::Outcome { session, call } => {
                self.calling == Some(call) && self.session.as_ref().is_some_and(|stored| stored.id == session)
            }
            other => self.calling.is_none() || !other.waits_for_call(),
        };
        fits && self.lease.is_free(now) && self.next_row().is_none()
    }

    pub(super) fn as_record(&self) -> crate::record::Conversation {
        crate::record::Conversation {
            session: self.session.clone(),
            calling: self.calling,
            tokens_epoch: self.tokens_epoch,
            tokens_seen: self.tokens_seen,
        }
    }

    pub(super) fn next_due(&self, held: bool) -> Option<Timestamp> {
        let timer = self.timer.map(|(_, _, at)| at);
        let claim = self.next_row().and(self.lease.until());
        let head = self.outbox.front().filter(|_| !held);
        let delivery = head.map(|row| row.lease.until().unwrap_or(row.due).max(row.due));
        let call = self.calls.iter().filter_map(|row| row.lease.until()).min();
        [timer, claim, delivery, call].into_iter().flatten().min()
    }

    fn change(&mut self, change: SecretChange) {
        match change {
            SecretChange::PutAnswer(answer) => {
                self.answers.retain(|old| (&old.component, old.index) != (&answer.component, answer.index));
                self.answers.push(answer);
            }
            SecretChange::ForgetAnswers(component) => {
                self.answers.retain(|answer| answer.component != component)
            }
            SecretChange::ForgetToken { bot, component } => {
                self.tokens.remove(&(bot, component));
            }
            SecretChange::ForgetAllTokens => self.tokens.clear(),
            SecretChange::ForgetAllAnswers => self.answers.clear(),
        }
    }
}

pub(super) fn info(key: &ConversationKey, token: &TokenRow) -> TokenInfo {
    TokenInfo {
        conversation: key.clone(),
        bot: token.bot.clone(),
        component: token.component.clone(),
        expires_at: token.expires_at,
        logged_in_at: token.logged_in_at,
        refresh_until: token.refresh.as_ref().map(|refresh| refresh.expires_at),
    }
}
