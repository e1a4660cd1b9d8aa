//! Things in the order in which they are handed out.

use std::collections::BTreeSet;

use countersign_model::Timestamp;

use crate::code::ConvId;

/// Where something stands in a queue. Whoever is queued keeps its own, so that it is found again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Nowhere.
    #[default]
    Out,
    /// It can be handed out; the lowest number first.
    Ready(u64),
    /// Not before that moment.
    Later(Timestamp, u64),
}

#[derive(Default)]
pub(crate) struct Queue {
    ready: BTreeSet<(u64, ConvId)>,
    later: BTreeSet<(Timestamp, u64, ConvId)>,
}

impl Queue {
    /// Moves something from where it stands to another place.
    pub(crate) fn place(&mut self, id: ConvId, slot: &mut Slot, new: Slot) {
        if *slot == new {
            return;
        }
        match *slot {
            Slot::Out => {}
            Slot::Ready(seq) => drop(self.ready.remove(&(seq, id))),
            Slot::Later(at, seq) => drop(self.later.remove(&(at, seq, id))),
        }
        match new {
            Slot::Out => {}
            Slot::Ready(seq) => drop(self.ready.insert((seq, id))),
            Slot::Later(at, seq) => drop(self.later.insert((at, seq, id))),
        }
        *slot = new;
    }

    /// The first that had to wait until now. It is to be placed anew.
    pub(crate) fn due(&self, now: Timestamp) -> Option<(u64, ConvId)> {
        self.later.first().filter(|(at, ..)| *at <= now).map(|(_, seq, id)| (*seq, *id))
    }

    /// The first that can be handed out.
    pub(crate) fn first(&self) -> Option<(u64, ConvId)> {
        self.ready.first().copied()
    }

    /// When the first of those that wait can be handed out.
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.later.first().map(|(at, ..)| *at)
    }
}
