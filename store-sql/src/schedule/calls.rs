//! Calls that are under way.

use std::sync::Arc;

use countersign_model::{CallId, Timestamp};
use countersign_store::{CallLease, ConversationKey, SessionId};

use super::kept::Budget;
use super::{Hold, Kept, Queue, Schedule, Slot};
use crate::code::ConvId;
use crate::error::Fault;

/// The row of a call, its session and its number.
pub(crate) type CallName = (u64, SessionId, CallId);

/// A call that has not ended.
pub(crate) struct Call {
    pub(crate) seq: u64,
    pub(crate) session: SessionId,
    pub(crate) call: CallId,
    pub(crate) sent: u32,
    lease: Option<Hold>,
    /// Its end is being written.
    finishing: bool,
    slot: Slot,
    request: Kept<Vec<u8>>,
}

/// What a claim has found; without `request` it has to be read from the disk.
pub(crate) struct PickedCall {
    pub(crate) seq: u64,
    pub(crate) lease: CallLease,
    pub(crate) request: Option<Vec<u8>>,
    pub(crate) sent: u32,
}

impl Call {
    pub(crate) const fn new(seq: u64, session: SessionId, call: CallId, request: Kept<Vec<u8>>) -> Self {
        let (lease, slot) = (None, Slot::Out);
        Self { seq, session, call, sent: 0, lease, finishing: false, slot, request }
    }

    /// A call that was found on the disk at the start.
    pub(crate) fn found(seq: u64, session: SessionId, call: CallId, sent: u32) -> Self {
        Self { sent, ..Self::new(seq, session, call, Kept::on_disk()) }
    }

    pub(super) fn leave(&mut self, id: ConvId, calls: &mut Queue, budget: &mut Budget) {
        calls.place(id, &mut self.slot, Slot::Out);
        self.request.take(budget);
    }
}

impl Schedule {
    pub(crate) fn found_call(&mut self, id: ConvId, key: &Arc<ConversationKey>, call: Call) {
        self.open(id, key).calls.push(call);
        self.place_calls(id);
    }

    pub(crate) fn pick_call(&mut self, now: Timestamp, until: Timestamp) -> Option<PickedCall> {
        while let Some((seq, id)) = self.calls.due(now) {
            let call = self.hot.get_mut(&id)?.calls.iter_mut().find(|call| call.seq == seq)?;
            self.calls.place(id, &mut call.slot, Slot::Ready(seq));
        }
        let (seq, id) = self.calls.first()?;
        let fencing = self.next_fencing();
        let hot = self.hot.get_mut(&id)?;
        let call = hot.calls.iter_mut().find(|call| call.seq == seq)?;
        call.lease = Some(Hold { fencing, until });
        self.calls.place(id, &mut call.slot, Slot::Later(until, seq));
        let conversation = ConversationKey::clone(&hot.key);
        let lease = CallLease { conversation, session: call.session, call: call.call, fencing };
        Some(PickedCall { seq, lease, request: call.request.take(&mut self.budget), sent: call.sent })
    }

    /// An attempt is about to be written down; nobody else gets the call until then.
    pub(crate) fn prolong(&mut self, lease: &CallLease, end: Timestamp) -> Result<(), Fault> {
        let (id, call) = self.called(lease)?;
        if let Some(hold) = &mut call.lease {
            hold.until = hold.until.max(end);
        }
        self.place_calls(id);
        Ok(())
    }

    /// The first attempt begins, of a call whose row has said so from the beginning.
    pub(crate) fn sends(&mut self, lease: &CallLease, end: Timestamp) -> Result<(), Fault> {
        self.prolong(lease, end)?;
        let (_, call) = self.called(lease)?;
        call.sent = call.sent.max(1);
        Ok(())
    }

    /// An attempt is written down.
    pub(crate) fn marked(&mut self, lease: &CallLease, attempt: u32) {
        if let Ok((_, call)) = self.called(lease) {
            call.sent = attempt;
        }
    }

    /// The end of a call is about to be written.
    pub(crate) fn finish_call(&mut self, lease: &CallLease) -> Result<(), Fault> {
        let (id, call) = self.called(lease)?;
        call.finishing = true;
        self.place_calls(id);
        Ok(())
    }

    /// It was not written.
    pub(crate) fn finish_call_failed(&mut self, lease: &CallLease) {
        let Some(id) = self.id_of(&lease.conversation) else { return };
        if let Some(hot) = self.hot.get_mut(&id) {
            let same = |call: &&mut Call| (call.session, call.call) == (lease.session, lease.call);
            hot.calls.iter_mut().filter(same).for_each(|call| call.finishing = false);
        }
        self.place_calls(id);
    }

    /// It is written, and the call is gone.
    pub(crate) fn call_ended(&mut self, id: ConvId, seq: u64) {
        let Some(hot) = self.hot.get_mut(&id) else { return };
        if let Some(at) = hot.calls.iter().position(|call| call.seq == seq) {
            hot.calls.remove(at).leave(id, &mut self.calls, &mut self.budget);
        }
    }

    fn called(&mut self, lease: &CallLease) -> Result<(ConvId, &mut Call), Fault> {
        let id = self.id_of(&lease.conversation).ok_or(Fault::Lost)?;
        let hot = self.hot.get_mut(&id).ok_or(Fault::Lost)?;
        let held = |call: &&mut Call| {
            !call.finishing
                && (call.session, call.call) == (lease.session, lease.call)
                && call.lease.is_some_and(|hold| hold.fencing == lease.fencing)
        };
        hot.calls.iter_mut().find(held).map(|call| (id, call)).ok_or(Fault::Lost)
    }

    pub(super) fn place_calls(&mut self, id: ConvId) {
        let Some(hot) = self.hot.get_mut(&id) else { return };
        for call in &mut hot.calls {
            let slot = match call.lease {
                _ if call.finishing => Slot::Out,
                None => Slot::Ready(call.seq),
                Some(hold) => Slot::Later(hold.until, call.seq),
            };
            self.calls.place(id, &mut call.slot, slot);
        }
    }
}
