//! What is to be sent, and to whom next.

use std::collections::HashSet;
use std::sync::Arc;

use countersign_model::{Name, Timestamp};
use countersign_store::{ConversationKey, Delivery, DeliveryLease};

use super::{Hold, Hot, Kept, Schedule, Slot};
use crate::code::ConvId;
use crate::error::Fault;

/// A row of the outbox.
pub(crate) struct Out {
    pub(crate) seq: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) due: Timestamp,
    pub(crate) attempts: u32,
    pub(crate) done: u32,
    pub(crate) body: Kept<Delivery>,
}

/// What a claim has found; without `delivery` it has to be read from the disk.
pub(crate) struct PickedDelivery {
    pub(crate) lease: DeliveryLease,
    pub(crate) delivery: Option<Delivery>,
    pub(crate) attempts: u32,
    pub(crate) done: u32,
    pub(crate) created_at: Timestamp,
}

/// The delivery whose end is about to be written.
#[derive(Clone, Copy)]
pub(crate) struct Finishing {
    pub(crate) id: ConvId,
    pub(crate) seq: u64,
    pub(crate) attempts: u32,
}

impl Out {
    pub(crate) const fn new(seq: u64, now: Timestamp, body: Kept<Delivery>) -> Self {
        Self { seq, created_at: now, due: now, attempts: 0, done: 0, body }
    }
}

/// About how many bytes a delivery takes.
pub(super) fn size_of_delivery(delivery: &Delivery) -> usize {
    match delivery {
        Delivery::Say(countersign_model::OutMessage::Text(text)) => text.len() + 64,
        _ => 512,
    }
}

impl Schedule {
    /// A row was found on the disk at the start.
    pub(crate) fn found_delivery(&mut self, id: ConvId, key: &Arc<ConversationKey>, out: Out) {
        self.open(id, key).outbox.push_back(out);
        self.place_outbox(id);
    }

    pub(crate) fn pick_delivery(&mut self, now: Timestamp, until: Timestamp) -> Option<PickedDelivery> {
        self.now = self.now.max(now);
        if self.outbox_held {
            return None;
        }
        while let Some((seq, id)) = self.outbox.due(now) {
            let hot = self.hot.get_mut(&id)?;
            self.outbox.place(id, &mut hot.outbox_slot, Slot::Ready(seq));
        }
        let (_, id) = self.outbox.first()?;
        let fencing = self.next_fencing();
        let hot = self.hot.get_mut(&id)?;
        hot.outbox_lease = Some(Hold { fencing, until });
        let head = hot.outbox.front_mut()?;
        head.attempts += 1;
        let picked = PickedDelivery {
            lease: DeliveryLease { conversation: ConversationKey::clone(&hot.key), seq: head.seq, fencing },
            delivery: head.body.take(&mut self.budget),
            attempts: head.attempts - 1,
            done: head.done,
            created_at: head.created_at,
        };
        self.place_outbox(id);
        Some(picked)
    }

    /// Takes a delivered row away. The row on the disk goes with a later group.
    pub(crate) fn delivered(&mut self, lease: &DeliveryLease) -> Result<(), Fault> {
        let (id, hot) = self.delivering(lease)?;
        hot.outbox_lease = None;
        hot.outbox.pop_front();
        self.place_outbox(id);
        Ok(())
    }

    /// The end of a delivery is about to be written.
    pub(crate) fn finish(&mut self, lease: &DeliveryLease) -> Result<Finishing, Fault> {
        let (id, hot) = self.delivering(lease)?;
        hot.finishing = true;
        let head = hot.outbox.front().ok_or(Fault::Lost)?;
        let finishing = Finishing { id, seq: head.seq, attempts: head.attempts };
        self.place_outbox(id);
        Ok(finishing)
    }

    /// It was not written.
    pub(crate) fn finish_failed(&mut self, id: ConvId) {
        if let Some(hot) = self.hot.get_mut(&id) {
            hot.finishing = false;
        }
        self.place_outbox(id);
    }

    /// It is to be delivered again.
    pub(crate) fn postponed(&mut self, at: Finishing, due: Timestamp, done: u32) {
        let Some(hot) = self.hot.get_mut(&at.id) else { return };
        hot.finishing = false;
        hot.outbox_lease = None;
        if let Some(head) = hot.outbox.front_mut().filter(|head| head.seq == at.seq) {
            head.due = due;
            head.done = done;
        }
        self.place_outbox(at.id);
    }

    /// It was put aside.
    pub(crate) fn given_up(&mut self, at: Finishing) {
        let Some(hot) = self.hot.get_mut(&at.id) else { return };
        hot.finishing = false;
        hot.outbox_lease = None;
        if hot.outbox.front().is_some_and(|head| head.seq == at.seq) {
            hot.outbox.pop_front();
        }
        self.dead += 1;
        self.place_outbox(at.id);
    }

    /// Only these rows are on the disk.
    pub(crate) fn keep_deliveries(&mut self, rows: &HashSet<u64>) {
        let budget = &mut self.budget;
        let mut changed = Vec::new();
        for (id, hot) in self.hot.iter_mut().filter(|(_, hot)| !hot.outbox.is_empty()) {
            let head = hot.outbox.front().map(|out| out.seq);
            hot.outbox.retain_mut(|out| {
                let stays = rows.contains(&out.seq);
                if !stays {
                    out.body.take(budget);
                }
                stays
            });
            if hot.outbox.front().map(|out| out.seq) != head {
                hot.outbox_lease = None;
                changed.push(*id);
            }
        }
        changed.into_iter().for_each(|id| self.place_outbox(id));
    }

    /// How many rows a workspace has.
    pub(crate) fn waiting_of(&self, workspace: &Name) -> usize {
        let own = self.hot.values().filter(|hot| hot.key.workspace == *workspace);
        own.map(|hot| hot.outbox.len()).sum()
    }

    /// When there is something to deliver.
    pub(super) fn next_delivery(&self) -> Option<Timestamp> {
        let ready = self.outbox.first().and_then(|(_, id)| self.hot.get(&id)?.outbox.front());
        ready.map(|head| head.due).into_iter().chain(self.outbox.next_at()).min()
    }

    fn delivering(&mut self, lease: &DeliveryLease) -> Result<(ConvId, &mut Hot), Fault> {
        let id = self.id_of(&lease.conversation).ok_or(Fault::Lost)?;
        let hot = self.hot.get_mut(&id).ok_or(Fault::Lost)?;
        let held = !hot.finishing
            && hot.outbox_lease.is_some_and(|hold| hold.fencing == lease.fencing)
            && hot.outbox.front().is_some_and(|head| head.seq == lease.seq);
        if held { Ok((id, hot)) } else { Err(Fault::Lost) }
    }

    pub(super) fn place_outbox(&mut self, id: ConvId) {
        let Some(hot) = self.hot.get_mut(&id) else { return };
        let slot = match (hot.outbox.front().filter(|_| !hot.finishing), hot.outbox_lease) {
            (None, _) => Slot::Out,
            (Some(head), Some(hold)) => Slot::Later(hold.until.max(head.due), head.seq),
            (Some(head), None) if head.due > self.now => Slot::Later(head.due, head.seq),
            (Some(head), None) => Slot::Ready(head.seq),
        };
        self.outbox.place(id, &mut hot.outbox_slot, slot);
    }
}
