//! Turns that are computed ahead: what comes in and its turn are kept in one write.
//!
//! A message costs one sync of the disk then, where it would cost two: one for the inbox, one for the turn. Nothing leaves
//! before that sync, neither the answer to the webhook nor what the bot says. When the conversation is not free, or the
//! turn rested on something that has changed meanwhile, the message goes into the inbox as any other.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use countersign_engine::{Input, Outcome};
use countersign_model::{SecretText, Timestamp};
use countersign_store::failpoint::Failpoint;
use countersign_store::{
    Ahead, Arrival, CallEnd, CommitError, ConversationKey, InboundKind, Kept, Lease, StoreError,
};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::IngestError;
use crate::ingest::{Event, Inbound};
use crate::parts::{Inner, Runner};
use crate::payload;
use crate::promised::Promise;
use crate::registry::ChannelAccount;
use crate::report::{Computed, TurnReport};
use crate::turn::{Before, Follows, Heard, LEASE, nothing_yet};

/// So many times a turn is computed ahead. The first time tells the store of a conversation that it did not know.
const TRIES: u32 = 2;

/// Those who carry out what turns ask for, while there are any.
#[derive(Default)]
pub(crate) struct AtWork(RwLock<Option<(TaskTracker, CancellationToken)>>);

impl AtWork {
    /// From now on, until the halt.
    pub(crate) fn begin(&self, tasks: TaskTracker, halt: CancellationToken) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some((tasks, halt));
    }
}

/// Tells whether something was new.
type Tell = oneshot::Sender<Result<bool, IngestError>>;

/// Why there is no answer to one who waits for a task.
#[derive(Debug, thiserror::Error)]
#[error("the work on it has ended before its time")]
struct Gone;

impl Runner {
    /// Keeps one message, by a task of its own: one whose sender goes away is kept all the same, and carried out.
    pub(crate) async fn take_in(&self, inbound: Inbound, tasks: &TaskTracker) -> Result<bool, IngestError> {
        let (tell, told) = oneshot::channel();
        let runner = self.clone();
        tasks.spawn(async move {
            let mut tell = Some(tell);
            let answer = runner.inner().take_in(inbound, &mut tell).await;
            answers(&mut tell, answer);
        });
        told.await.unwrap_or_else(|_| Err(StoreError::Unavailable(Box::new(Gone)).into()))
    }
}

impl Inner {
    /// Whether there is somebody who carries out what a turn asks for.
    pub(crate) fn at_work(&self) -> Option<TaskTracker> {
        let at_work = self.at_work.0.read().unwrap_or_else(PoisonError::into_inner);
        at_work.as_ref().filter(|(_, halt)| !halt.is_cancelled()).map(|(tasks, _)| tasks.clone())
    }

    /// Whoever asked is told through `tell` as soon as there is something to carry out, before it is carried out: what is
    /// woken last runs first, and the bot's reply does not wait until the webhook is answered.
    async fn take_in(&self, inbound: Inbound, tell: &mut Option<Tell>) -> Result<bool, IngestError> {
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
                answers(tell, Ok(true));
                self.kept_ahead(&key, follows, &report, more, now);
                return Ok(true);
            }
            // Whatever came meanwhile was told to somebody who could not take it up.
            self.wake.turns.notify_one();
            if kept? == Kept::Known {
                return Ok(false);
            }
        }
        let row = self.sealed(&account, key, id, kind, &plain, now)?;
        Ok(self.accept(vec![row]).await?.contains(&true))
    }

    /// Keeps how a call ended with the turn that follows. Gives `false` when that is not possible: it is to be kept by
    /// itself.
    pub(crate) async fn complete_together(
        &self,
        account: &Arc<ChannelAccount>,
        end: impl Fn() -> CallEnd + Send,
        outcome: Outcome,
    ) -> bool {
        let CallEnd { lease, now, .. } = &end();
        let (key, now) = (&lease.conversation, *now);
        let kind = InboundKind::Outcome { session: lease.session, call: lease.call };
        if self.at_work().is_none() {
            return false;
        }
        let Some(ahead) = self.store.hold(self.worker, key, kind, now, now.plus(LEASE)) else { return false };
        // Then the turn would ask which tokens there are, and the one of this call is not among them yet.
        if ahead.conversation.tokens_epoch != ahead.conversation.tokens_seen {
            self.give_back(&ahead.lease).await;
            return false;
        }
        let heard = Heard::quiet(Some(Input::Completed { call: lease.call, outcome }));
        let computed = self.compute_ahead(key, account, ahead, heard, now).await;
        let Some(Computed { commit, report, login }) = computed else { return false };
        let follows = Follows::of(&commit);
        Failpoint::TurnBeforeCommit.pass();
        match self.store.complete_with_turn(end(), commit).await {
            Ok(Kept::Both { more }) => {
                Failpoint::CallAfterComplete.pass();
                login.into_iter().for_each(Promise::keep);
                self.kept_ahead(key, follows, &report, more, now);
                true
            }
            // Whatever came meanwhile was told to somebody who could not take it up.
            Err(CommitError::LeaseLost) => {
                self.wake.turns.notify_one();
                true
            }
            Ok(Kept::Known | Kept::Neither) | Err(CommitError::Store(_)) => {
                self.wake.turns.notify_one();
                false
            }
        }
    }

    fn kept_ahead(
        &self,
        key: &ConversationKey,
        follows: Follows,
        report: &TurnReport,
        more: bool,
        started: Timestamp,
    ) {
        Failpoint::TurnAfterCommit.pass();
        self.turn_kept(key, follows, more);
        self.tell_turn(key, report, started, Duration::ZERO);
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
        let held = lease.clone();
        let before = Before { conversation, late: false, new };
        match self.answer(key, account, before, heard, nothing_yet(lease, now, 0)).await {
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

/// Once; whoever asked may be gone.
fn answers(tell: &mut Option<Tell>, answer: Result<bool, IngestError>) {
    let _ = tell.take().map(|tell| tell.send(answer));
}

fn read(plain: &SecretText) -> Option<Heard> {
    payload::event_from_text(plain).ok().map(|(contact, event)| Heard::event(contact, event))
}
