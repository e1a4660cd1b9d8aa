//! What comes in, together with the turn that was computed ahead.
//!
//! The turn rests on what was in memory when the conversation was held. That nobody else has it, the lease says; the rest
//! is looked at here, where everything before it is known. When something is amiss nothing is written, and whoever asked
//! keeps the two one after the other.

use countersign_store::{Arrival, CallEnd, Kept, SessionId, TurnCommit};

use super::arrivals::is_known;
use super::calls::{Counted, end, find};
use super::item::Work;
use super::turn::{Turned, put_turn, size};
use super::tx::Tx;
use crate::code;
use crate::error::Fault;
use crate::schedule::{Consumed, Schedule};

/// Keeps something of a user and its turn.
pub(crate) struct AcceptTurn {
    pub(crate) arrival: Arrival,
    pub(crate) turn: TurnCommit,
    /// Nobody holds the conversation: there may not be one.
    pub(crate) new: bool,
    /// The session that the turn went on with. A contact who was erased meanwhile and has written again has another one.
    pub(crate) session: Option<SessionId>,
    /// It was written before, in a group that failed. It may be the turn's fault, and what came in can be kept without it.
    pub(crate) tried: bool,
}

pub(crate) enum Made<T> {
    Both(T),
    Known,
    Neither,
}

impl Work for AcceptTurn {
    type Made = Made<Turned>;
    type Out = Kept;

    fn size(&self) -> usize {
        size(&self.turn)
    }

    fn delivers(&self) -> bool {
        !self.turn.outbox.is_empty()
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Made<Turned>, Fault> {
        if std::mem::replace(&mut self.tried, true) {
            return Ok(Made::Neither);
        }
        let key = &self.turn.lease.conversation;
        let id = code::short(&self.arrival.id);
        let entry = if self.new { tx.make(key, id)? } else { tx.take(key)? };
        let Some(entry) = entry else { return Ok(Made::Neither) };
        let known = is_known(tx, &entry, id)?;
        // What waits was accepted first, so its turn comes first.
        if known || !entry.waiting.is_empty() || entry.session != self.session {
            tx.put(entry);
            return Ok(if known { Made::Known } else { Made::Neither });
        }
        let seen = (id, code::second(self.arrival.received_at));
        put_turn(tx, entry, &self.turn, Some(seen)).map(Made::Both)
    }

    fn keep(self, made: Made<Turned>, schedule: &mut Schedule) -> Kept {
        match made {
            Made::Both(turned) => keep(turned, self.turn, schedule),
            Made::Known => {
                schedule.give_back(&self.turn.lease);
                Kept::Known
            }
            Made::Neither => {
                schedule.give_back(&self.turn.lease);
                Kept::Neither
            }
        }
    }

    fn fail(self, schedule: &mut Schedule) {
        schedule.give_back(&self.turn.lease);
    }
}

/// Keeps how a call ended and the turn that follows.
pub(crate) struct CompleteTurn {
    pub(crate) end: CallEnd,
    pub(crate) turn: TurnCommit,
    /// As in [`AcceptTurn`].
    pub(crate) tried: bool,
}

/// The row of the call that has ended, and what was counted.
pub(crate) struct Ended {
    call: u64,
    counted: Counted,
    turned: Turned,
}

impl Work for CompleteTurn {
    type Made = Made<Ended>;
    type Out = Kept;

    fn size(&self) -> usize {
        512 + size(&self.turn)
    }

    fn delivers(&self) -> bool {
        !self.turn.outbox.is_empty()
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Made<Ended>, Fault> {
        if std::mem::replace(&mut self.tried, true) {
            return Ok(Made::Neither);
        }
        let CallEnd { lease, now, token, counters } = &self.end;
        let mut entry = tx.take(&lease.conversation)?.ok_or(Fault::Lost)?;
        let Some(call) = find(&entry, lease) else {
            tx.put(entry);
            return Err(Fault::Lost);
        };
        let counted = end(tx, &mut entry, call, token.as_ref(), counters, *now)?;
        let turned = put_turn(tx, entry, &self.turn, None)?;
        Ok(Made::Both(Ended { call, counted, turned }))
    }

    fn keep(self, made: Made<Ended>, schedule: &mut Schedule) -> Kept {
        let Made::Both(Ended { call, counted, turned }) = made else {
            self.fail(schedule);
            return Kept::Neither;
        };
        schedule.call_ended(turned.conversation, call);
        if let Some(token) = self.end.token {
            schedule.token_kept(turned.conversation, token);
        }
        schedule.counters.put_all(counted);
        keep(turned, self.turn, schedule)
    }

    fn fail(self, schedule: &mut Schedule) {
        schedule.finish_call_failed(&self.end.lease);
        schedule.give_back(&self.turn.lease);
    }
}

fn keep(turned: Turned, turn: TurnCommit, schedule: &mut Schedule) -> Kept {
    let conversation = turned.keep(turn, Consumed::default(), schedule);
    Kept::Both { more: schedule.has_more(conversation) }
}
