//! Turns that are computed ahead: what comes in and its turn are kept in one write.
//!
//! A message costs one sync of the disk then, where it would cost two: one for the inbox, one for the turn. Nothing leaves
//! before that sync, neither the answer to the webhook nor what the bot says. When the conversation is not free, or the
//! turn rested on something that has changed meanwhile, the message goes into the inbox as any other.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::{Input, Outcome};
use countersign_model::{SecretText, Timestamp};
use countersign_store::failpoint::Failpoint;
use countersign_store::{
    Ahead, Arrival, CallEnd, CommitError, ConversationKey, InboundKind, Kept, Lease, StoreError,
};
use tokio::sync::oneshot;

use crate::error::IngestError;
use crate::hands::{Hands, Next, TurnKept};
use crate::ingest::{Event, Inbound};
use crate::parts::{Inner, Runner};
use crate::payload;
use crate::promised::Promise;
use crate::registry::ChannelAccount;
use crate::report::{Computed, TurnReport};
use crate::turn::{Before, Follows, Heard, LEASE, nothing_yet};

/// So many times a turn is computed ahead. The first time tells the store of a conversation that it did not know.
const TRIES: u32 = 2;

/// Why there is no answer to one who waits for a task.
#[derive(Debug, thiserror::Error)]
#[error("the work on it has ended before its time")]
struct Gone;

impl Runner {
    /// Keeps one message, by a task of its own: one whose sender goes away is kept all the same, and carried out.
    pub(crate) async fn take_in(&self, inbound: Inbound, hands: Arc<Hands>) -> Result<bool, IngestError> {
        let (tell, told) = oneshot::channel();
        let runner = self.clone();
        hands.tasks.clone().spawn(async move {
            // Whoever asked may be gone.
            let answers = |answer| drop(tell.send(answer));
            match runner.inner().take_in(inbound).await {
                Ok(Taken::Known) => answers(Ok(false)),
                Ok(Taken::Waits) => answers(Ok(true)),
                Ok(Taken::Turned(next)) => {
                    hands.carry_out(runner.inner(), next, || answers(Ok(true))).await;
                }
                Err(error) => answers(Err(error)),
            }
        });
        told.await.unwrap_or_else(|_| Err(StoreError::Unavailable(Box::new(Gone)).into()))
    }
}

/// What became of something that has come in.
enum Taken {
    /// It was known.
    Known,
    /// It is in the inbox.
    Waits,
    /// Its turn is kept as well.
    Turned(Next),
}

impl Inner {
    async fn take_in(&self, inbound: Inbound) -> Result<Taken, IngestError> {
        let Inbound { conversation: key, id, contact, event } = inbound;
        let (account, now, kind) = (self.account(&key)?, self.now(), event.kind());
        let plain = payload::event_to_text(&contact, &event);
        // A page belongs to one session, which is looked at when its row is read.
        let tries = if matches!(event, Event::Page { .. }) { 0 } else { TRIES };
        let mut heard = Some(Heard::event(contact, event));
        for _ in 0..tries {
            let Some(ahead) = self.store.hold(self.worker, &key, kind, now, now.plus(LEASE)) else { break };
            let Some(heard) = heard.take().or_else(|| read(&plain)) else {
                self.give_back(&ahead.lease).await;
                break;
            };
            let Some(computed) = self.compute_ahead(&key, &account, ahead, heard, now).await else { break };
            let Computed { commit, report, login } = computed;
            let follows = Follows::of(&commit);
            Failpoint::TurnBeforeCommit.pass();
            let kept =
                self.store.accept_with_turn(Arrival { id: id.clone(), received_at: now }, commit).await;
            if let Ok(Kept::Both { more }) = kept {
                login.into_iter().for_each(Promise::keep);
                return Ok(Taken::Turned(self.kept_ahead(key, follows, report, more, now)));
            }
            // Whatever came meanwhile was told to somebody who could not take it up.
            self.wake.turns.notify_one();
            if kept? == Kept::Known {
                return Ok(Taken::Known);
            }
        }
        let row = self.sealed(&account, key, id, kind, &plain, now)?;
        let new = self.accept(vec![row]).await?.contains(&true);
        Ok(if new { Taken::Waits } else { Taken::Known })
    }

    /// Keeps how a call ended with the turn that follows. Gives `None` when that is not possible: it is to be kept by
    /// itself.
    pub(crate) async fn complete_together(
        &self,
        account: &Arc<ChannelAccount>,
        end: impl Fn() -> CallEnd + Send,
        outcome: Outcome,
    ) -> Option<Next> {
        let CallEnd { lease, now, .. } = &end();
        let (key, now) = (&lease.conversation, *now);
        let kind = InboundKind::Outcome { session: lease.session, call: lease.call };
        // Without anybody who carries out what the turn asks for, it waits in the inbox.
        self.at_work()?;
        let ahead = self.store.hold(self.worker, key, kind, now, now.plus(LEASE))?;
        // Then the turn would ask which tokens there are, and the one of this call is not among them yet.
        if ahead.conversation.tokens_epoch != ahead.conversation.tokens_seen {
            self.give_back(&ahead.lease).await;
            return None;
        }
        let heard = Heard::quiet(Some(Input::Completed { call: lease.call, outcome }));
        let computed = self.compute_ahead(key, account, ahead, heard, now).await;
        let Computed { commit, report, login } = computed?;
        let follows = Follows::of(&commit);
        Failpoint::TurnBeforeCommit.pass();
        match self.store.complete_with_turn(end(), commit).await {
            Ok(Kept::Both { more }) => {
                Failpoint::CallAfterComplete.pass();
                login.into_iter().for_each(Promise::keep);
                Some(self.kept_ahead(key.clone(), follows, report, more, now))
            }
            // Whatever came meanwhile was told to somebody who could not take it up.
            Err(CommitError::LeaseLost) => {
                self.wake.turns.notify_one();
                Some(Next::default())
            }
            Ok(Kept::Known | Kept::Neither) | Err(CommitError::Store(_)) => {
                self.wake.turns.notify_one();
                None
            }
        }
    }

    fn kept_ahead(
        &self,
        key: ConversationKey,
        follows: Follows,
        report: TurnReport,
        more: bool,
        started: Timestamp,
    ) -> Next {
        Failpoint::TurnAfterCommit.pass();
        let errand = self.turn_kept(&key, follows, more);
        let (took, waited) = (self.now().since(started), Duration::ZERO);
        Next { errand, turn: Some(TurnKept { conversation: key, report, took, waited }) }
    }

    async fn compute_ahead(
        &self,
        key: &ConversationKey,
        account: &Arc<ChannelAccount>,
        ahead: Ahead,
        heard: Heard,
        now: Timestamp,
    ) -> Option<Computed> {
        let Ahead { lease, conversation, new } = ahead;
        let (held, is_newcomer) = (lease.clone(), conversation.session.is_none());
        let before = Before { conversation, late: false, new };
        // Its room is given back before the call or the delivery that follows, for which the task goes on.
        let computed = Box::pin(self.answer(key, account, before, heard, nothing_yet(lease, now, 0))).await;
        match computed.and_then(|computed| self.counted(account, is_newcomer, computed)) {
            Ok(computed) => Some(computed),
            Err(_) => {
                // It is computed again from its row, and fails there where it can be waited for.
                self.give_back(&held).await;
                None
            }
        }
    }

    async fn give_back(&self, lease: &Lease) {
        // A conversation that nobody knew was not held.
        let _ = self.store.release(lease).await;
        self.wake.turns.notify_one();
    }
}

fn read(plain: &SecretText) -> Option<Heard> {
    payload::event_from_text(plain).ok().map(|(contact, event)| Heard::event(contact, event))
}
