//! Conversations that are gone.

use super::{Schedule, Slot};
use crate::code::ConvId;

impl Schedule {
    /// Everything about a conversation was removed from the disk. Leases on it are lost.
    pub(crate) fn erased(&mut self, id: ConvId) {
        let Some(mut hot) = self.hot.remove(&id) else { return };
        // A new conversation of the same contact may have its name already.
        if self.ids.get(&hot.key) == Some(&id) {
            self.ids.remove(&hot.key);
        }
        self.inbox.place(id, &mut hot.inbox_slot, Slot::Out);
        self.outbox.place(id, &mut hot.outbox_slot, Slot::Out);
        for mut call in hot.calls {
            call.leave(id, &mut self.calls, &mut self.budget);
        }
        for mut row in hot.inbox {
            row.body.take(&mut self.budget);
        }
        for mut out in hot.outbox {
            out.body.take(&mut self.budget);
        }
    }
}
