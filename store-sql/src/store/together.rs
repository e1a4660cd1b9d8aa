//! Turns that are computed ahead.

use async_trait::async_trait;
use countersign_model::Timestamp;
use countersign_store::{
    Ahead, Arrival, CallEnd, CommitError, ConversationKey, InboundKind, Kept, StoreError, Together,
    TurnCommit, WorkerId,
};

use super::SqliteStore;
use crate::schedule::NOBODY;
use crate::writer::{AcceptTurn, CompleteTurn};

#[async_trait]
impl Together for SqliteStore {
    fn hold(
        &self,
        _: WorkerId,
        key: &ConversationKey,
        kind: InboundKind,
        now: Timestamp,
        until: Timestamp,
    ) -> Option<Ahead> {
        self.as_server().ok()?;
        self.schedule().hold(key, kind, now, until)
    }

    async fn accept_with_turn(&self, arrival: Arrival, turn: TurnCommit) -> Result<Kept, StoreError> {
        self.as_server()?;
        let new = turn.lease.fencing == NOBODY;
        let mut session = None;
        if !new {
            let mut schedule = self.schedule();
            // Somebody else has taken the conversation: the lease was over.
            if schedule.begin_turn(&turn.lease, turn.consumed).is_err() {
                return Ok(Kept::Neither);
            }
            session = schedule.session(&turn.lease.conversation);
        }
        Ok(self.write(AcceptTurn { arrival, turn, new, session, tried: false }).await?)
    }

    async fn complete_with_turn(&self, end: CallEnd, turn: TurnCommit) -> Result<Kept, CommitError> {
        {
            let mut schedule = self.schedule();
            if let Err(fault) = schedule.finish_call(&end.lease) {
                schedule.give_back(&turn.lease);
                return Err(fault.into());
            }
            if schedule.begin_turn(&turn.lease, turn.consumed).is_err() {
                schedule.finish_call_failed(&end.lease);
                return Ok(Kept::Neither);
            }
        }
        Ok(self.write(CompleteTurn { end, turn, tried: false }).await?)
    }
}
