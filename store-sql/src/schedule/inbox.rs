//! What came in, and whose turn it is.

use std::sync::Arc;

use countersign_model::{CallId, Timestamp};
use countersign_store::{
    Ahead, Conversation, ConversationKey, Delivery, InboundKind, Lease, NewCall, SealedPayload, SecretChange,
    StoredSession, TokenRow,
};

use super::outbox::size_of_delivery;
use super::{Call, Hold, Hot, Kept, Out, Record, Schedule, Slot};
use crate::code::{ConvId, Seen};
use crate::error::Fault;

/// The fencing number of a lease that nobody has.
pub(crate) const NOBODY: u64 = 0;

/// What an inbox row says.
pub(crate) struct Body {
    pub(crate) id: String,
    pub(crate) payload: Option<SealedPayload>,
}

/// A row of the inbox.
pub(crate) struct Waiting {
    pub(crate) seq: u64,
    pub(crate) kind: InboundKind,
    pub(crate) received_at: Timestamp,
    /// Its id, when it may not come in a second time.
    pub(crate) seen: Option<Seen>,
    pub(crate) body: Kept<Body>,
}

/// The row that a turn takes out of the inbox, or that never was there.
#[derive(Clone, Copy, Default)]
pub(crate) struct Consumed {
    pub(crate) seq: u64,
    pub(crate) seen: Option<Seen>,
}

/// What a claim has found. What is missing has to be read from the disk.
pub(crate) struct Picked {
    pub(crate) lease: Lease,
    pub(crate) seq: u64,
    pub(crate) kind: InboundKind,
    pub(crate) received_at: Timestamp,
    pub(crate) body: Option<Body>,
    pub(crate) conversation: Option<Conversation>,
    pub(crate) calling: Option<CallId>,
    pub(crate) changes: u64,
}

/// What a turn has made, on disk now.
pub(crate) struct Committed {
    pub(crate) session: Option<(StoredSession, Option<CallId>, u64)>,
    pub(crate) consumed: Consumed,
    pub(crate) now: Timestamp,
    pub(crate) lines: u64,
    pub(crate) secrets: Vec<SecretChange>,
    pub(crate) outbox: Vec<(u64, Delivery)>,
    pub(crate) calls: Vec<(u64, NewCall)>,
}

impl Schedule {
    /// A row is on disk.
    pub(crate) fn arrived(
        &mut self,
        id: ConvId,
        key: &Arc<ConversationKey>,
        row: (u64, InboundKind, Timestamp, Option<Seen>),
        body: Option<Body>,
    ) {
        let (seq, kind, received_at, seen) = row;
        let body = match body {
            Some(body) => {
                let bytes = body.id.len() + body.payload.as_ref().map_or(0, |p| p.sealed.as_bytes().len());
                Kept::new(body, bytes, &mut self.budget)
            }
            None => Kept::on_disk(),
        };
        self.open(id, key).inbox.push_back(Waiting { seq, kind, received_at, seen, body });
        self.place_inbox(id);
    }

    /// What the session of a conversation waits for, as it was read from the disk at the start.
    pub(crate) fn set_calling(&mut self, id: ConvId, calling: Option<CallId>) {
        if let Some(hot) = self.hot.get_mut(&id) {
            hot.calling = calling;
            self.place_inbox(id);
        }
    }

    /// The ids of rows that wait, and the calls that are under way: what the writer has to know of a conversation beside
    /// its row.
    pub(crate) fn under_way(&self, key: &ConversationKey) -> (Vec<u64>, Vec<super::calls::CallName>) {
        let Some(hot) = self.hot_of(key) else { return (Vec::new(), Vec::new()) };
        let ids = hot.inbox.iter().filter_map(|row| row.seen).map(|(id, _)| id).collect();
        (ids, hot.calls.iter().map(|call| (call.seq, call.session, call.call)).collect())
    }

    /// The oldest row that can be processed now, of the conversation that has waited longest.
    pub(crate) fn pick(&mut self, now: Timestamp, until: Timestamp) -> Option<Picked> {
        self.now = self.now.max(now);
        while let Some((seq, id)) = self.inbox.due(now) {
            let hot = self.hot.get_mut(&id)?;
            self.inbox.place(id, &mut hot.inbox_slot, Slot::Ready(seq));
        }
        let (_, id) = self.inbox.first()?;
        let fencing = self.next_fencing();
        self.clock += 1;
        let hot = self.hot.get_mut(&id)?;
        hot.touched = self.clock;
        hot.lease = Some(Hold { fencing, until });
        let calling = hot.calling;
        let row = hot.inbox.iter_mut().find(|row| calling.is_none() || !row.kind.waits_for_call())?;
        let picked = Picked {
            lease: Lease { conversation: ConversationKey::clone(&hot.key), fencing },
            seq: row.seq,
            kind: row.kind,
            received_at: row.received_at,
            body: row.body.take(&mut self.budget),
            conversation: hot.record.as_ref().map(|record| record.as_conversation(calling)),
            calling,
            changes: hot.changes,
        };
        self.place_inbox(id);
        Some(picked)
    }

    /// Holds a conversation for something that is not kept yet, when nobody has it, nothing waits that comes first, and all
    /// of it is here. One that is not here may be new.
    pub(crate) fn hold(
        &mut self,
        key: &ConversationKey,
        kind: InboundKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Option<Ahead> {
        let Some(id) = self.id_of(key) else {
            let lease = Lease { conversation: key.clone(), fencing: NOBODY };
            let conversation = Record::default().as_conversation(None);
            return kind.is_of_user().then_some(Ahead { lease, conversation, new: true });
        };
        let hot = self.hot.get(&id)?;
        let record = hot.record.as_ref()?;
        let fits = match kind {
            InboundKind::Outcome { session, call } => {
                hot.calling == Some(call)
                    && record.session.as_ref().is_some_and(|stored| stored.id == session)
            }
            other => hot.calling.is_none() || !other.waits_for_call(),
        };
        let free = !hot.committing && hot.lease.is_none_or(|hold| hold.until <= now);
        if !fits || !free || hot.next_row().is_some() {
            return None;
        }
        let conversation = record.as_conversation(hot.calling);
        let fencing = self.next_fencing();
        self.clock += 1;
        let hot = self.hot.get_mut(&id)?;
        hot.touched = self.clock;
        hot.lease = Some(Hold { fencing, until });
        let lease = Lease { conversation: ConversationKey::clone(&hot.key), fencing };
        Some(Ahead { lease, conversation, new: false })
    }

    /// Gives a conversation back that was held for something, whatever was being written.
    pub(crate) fn give_back(&mut self, lease: &Lease) {
        let Some(id) = self.id_of(&lease.conversation) else { return };
        let same = |hot: &&mut Hot| hot.lease.is_some_and(|hold| hold.fencing == lease.fencing);
        if let Some(hot) = self.hot.get_mut(&id).filter(same) {
            hot.lease = None;
            hot.committing = false;
        }
        self.place_inbox(id);
    }

    /// Whether a claim would hand out something of this conversation.
    pub(crate) fn has_more(&self, id: ConvId) -> bool {
        self.hot.get(&id).is_some_and(|hot| matches!(hot.inbox_slot, Slot::Ready(_)))
    }

    /// A turn is about to be written: nobody else gets the conversation until it is, or has failed.
    pub(crate) fn begin_turn(&mut self, lease: &Lease, consumed: u64) -> Result<Consumed, Fault> {
        let (id, hot) = self.leased(lease)?;
        hot.committing = true;
        let seen = hot.inbox.iter().find(|row| row.seq == consumed).and_then(|row| row.seen);
        self.place_inbox(id);
        Ok(Consumed { seq: consumed, seen })
    }

    /// A turn was not written. The lease stays, so that it can be tried again or released.
    pub(crate) fn turn_failed(&mut self, lease: &Lease) {
        let Some(id) = self.id_of(&lease.conversation) else { return };
        if let Some(hot) = self.hot.get_mut(&id) {
            hot.committing = false;
        }
        self.place_inbox(id);
    }

    pub(crate) fn committed(&mut self, id: ConvId, turn: Committed) {
        if self.changed(id).is_none() {
            return;
        }
        let Some(hot) = self.hot.get_mut(&id) else { return };
        let budget = &mut self.budget;
        hot.lease = None;
        hot.committing = false;
        if let Some(at) = hot.inbox.iter().position(|row| row.seq == turn.consumed.seq)
            && let Some(mut row) = hot.inbox.remove(at)
        {
            row.body.take(budget);
        }
        if let Some(secrets) = &mut hot.secrets {
            turn.secrets.into_iter().for_each(|change| secrets.change(change));
        }
        hot.outbox.extend(turn.outbox.into_iter().map(|(seq, delivery)| {
            let bytes = size_of_delivery(&delivery);
            Out::new(seq, turn.now, Kept::new(delivery, bytes, budget))
        }));
        for (seq, NewCall { session, call, request, .. }) in turn.calls {
            let bytes = request.len();
            hot.calls.push(Call::new(seq, session, call, Kept::new(request, bytes, budget)));
        }
        if let Some(record) = &mut hot.record {
            record.lines += turn.lines;
        }
        if let Some((stored, calling, tokens_seen)) = turn.session {
            hot.calling = calling;
            let (calls, session) = (&mut self.calls, stored.id);
            hot.calls.retain_mut(|call| {
                let stays = call.session == session && Some(call.call) == calling;
                if !stays {
                    call.leave(id, calls, budget);
                }
                stays
            });
            if let Some(record) = &mut hot.record {
                record.tokens_seen = tokens_seen;
                record.session = Some(stored);
            }
        }
        self.place_inbox(id);
        self.place_outbox(id);
        self.place_calls(id);
    }

    pub(crate) fn release(&mut self, lease: &Lease) -> Result<(), Fault> {
        let (id, hot) = self.leased(lease)?;
        hot.lease = None;
        self.place_inbox(id);
        Ok(())
    }

    /// The outcome of a call is on disk.
    pub(crate) fn token_kept(&mut self, id: ConvId, token: TokenRow) {
        if let Some(secrets) = self.changed(id).and_then(|hot| hot.secrets.as_mut()) {
            secrets.put_token(token);
        }
    }

    fn leased(&mut self, lease: &Lease) -> Result<(ConvId, &mut Hot), Fault> {
        let id = self.id_of(&lease.conversation).ok_or(Fault::Lost)?;
        let hot = self.hot.get_mut(&id).ok_or(Fault::Lost)?;
        let held = !hot.committing && hot.lease.is_some_and(|hold| hold.fencing == lease.fencing);
        if held { Ok((id, hot)) } else { Err(Fault::Lost) }
    }

    pub(super) fn place_inbox(&mut self, id: ConvId) {
        let Some(hot) = self.hot.get_mut(&id) else { return };
        let slot = match (hot.next_row().filter(|_| !hot.committing), hot.lease) {
            (None, _) => Slot::Out,
            (Some(row), None) => Slot::Ready(row.seq),
            (Some(row), Some(hold)) => Slot::Later(hold.until, row.seq),
        };
        self.inbox.place(id, &mut hot.inbox_slot, slot);
    }
}

impl Hot {
    /// The oldest row that can be processed now.
    fn next_row(&self) -> Option<&Waiting> {
        let calling = self.calling.is_some();
        self.inbox.iter().find(|row| !calling || !row.kind.waits_for_call())
    }
}
