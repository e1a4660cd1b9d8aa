//! Those who carry out what turns ask for, and how one thing leads to the next.
//!
//! Whoever has kept a turn goes on with what it asks for in the same task: from the commit to the first byte that leaves
//! there is no bell, no other task and no queue. The bells are for what nobody has in hand.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::Poll;
use std::time::Duration;

use countersign_store::ConversationKey;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::observer::Notice;
use crate::parts::Inner;
use crate::report::TurnReport;
use crate::work::{Calls, Deliveries, Kind};

/// The hands of a [`Runner::work`](crate::Runner::work).
pub(crate) struct Hands {
    pub(crate) tasks: TaskTracker,
    /// Nothing new is begun.
    pub(crate) halt: CancellationToken,
    /// Nothing is gone on with.
    pub(crate) abandon: CancellationToken,
    pub(crate) turns: Arc<Semaphore>,
    pub(crate) calls: Arc<Semaphore>,
    pub(crate) deliveries: Arc<Semaphore>,
}

/// The hands that there are.
#[derive(Default)]
pub(crate) struct AtWork(RwLock<Option<Arc<Hands>>>);

/// Something that is on disk and may be taken up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Errand {
    Call,
    Delivery,
}

/// What is left to do when something is done.
#[derive(Default)]
pub(crate) struct Next {
    pub(crate) errand: Option<Errand>,
    /// A turn that was kept and is to be told of.
    pub(crate) turn: Option<TurnKept>,
}

/// A turn that is on disk.
pub(crate) struct TurnKept {
    pub(crate) conversation: ConversationKey,
    pub(crate) report: TurnReport,
    pub(crate) took: Duration,
    pub(crate) waited: Duration,
}

impl AtWork {
    /// From now on, until their halt.
    pub(crate) fn begin(&self, hands: Arc<Hands>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(hands);
    }
}

impl Next {
    pub(crate) const fn errand(errand: Errand) -> Self {
        Self { errand: Some(errand), turn: None }
    }
}

impl Hands {
    /// Carries out what is left to do, and what that leads to, until nothing is.
    ///
    /// `first` is called when the first request has left, or there is none: whoever waits for it waits for nothing else.
    pub(crate) async fn carry_out(&self, runner: &Inner, next: Next, first: impl FnOnce() + Send) {
        let (mut next, mut first) = (next, Some(first));
        loop {
            let Next { errand, turn } = next;
            let mut work = pin!(self.one(runner, errand));
            let ready = poll_fn(|context| Poll::Ready(work.as_mut().poll(context))).await;
            if let Some(first) = first.take() {
                first();
            }
            if let Some(turn) = turn {
                runner.tell_turn(&turn);
            }
            next = match ready {
                Poll::Ready(next) => next,
                Poll::Pending => work.await,
            };
            if next.errand.is_none() && next.turn.is_none() {
                return;
            }
        }
    }

    async fn one(&self, runner: &Inner, errand: Option<Errand>) -> Next {
        match errand {
            None => Next::default(),
            Some(Errand::Call) => self.take_up::<Calls>(runner).await,
            Some(Errand::Delivery) => self.take_up::<Deliveries>(runner).await,
        }
    }

    /// Takes up one of a kind. When all hands of the kind are full, or something is wrong, those who wait for the bell see
    /// to it.
    async fn take_up<K: Kind>(&self, runner: &Inner) -> Next {
        let slot = K::slots(self).try_acquire();
        if self.halt.is_cancelled() || slot.is_err() {
            K::bell(&runner.wake).notify_one();
            return Next::default();
        }
        match K::claim(runner).await {
            Ok(Some(claimed)) => self.make::<K>(runner, claimed).await,
            Ok(None) => Next::default(),
            Err(error) => {
                tracing::error!(work = K::NAME, %error, "not taken up; it is tried again");
                K::bell(&runner.wake).notify_one();
                Next::default()
            }
        }
    }

    /// Makes what was claimed. A failure is logged: it is taken up again.
    pub(crate) async fn make<K: Kind>(&self, runner: &Inner, claimed: K::Claimed) -> Next {
        let made = tokio::select! {
            biased;
            made = K::make(runner, claimed) => made,
            () = self.abandon.cancelled() => Ok(Next::default()),
        };
        made.unwrap_or_else(|error| {
            tracing::error!(work = K::NAME, %error, "not finished; it is taken up again");
            Next::default()
        })
    }
}

impl Inner {
    /// Whether there is somebody who carries out what a turn asks for.
    pub(crate) fn at_work(&self) -> Option<Arc<Hands>> {
        let at_work = self.at_work.0.read().unwrap_or_else(PoisonError::into_inner);
        at_work.as_ref().filter(|hands| !hands.halt.is_cancelled()).cloned()
    }

    /// Leaves what is left to do to whoever hears the bell.
    pub(crate) fn leave(&self, next: Next) {
        match next.errand {
            Some(Errand::Call) => self.wake.calls.notify_one(),
            Some(Errand::Delivery) => self.wake.deliveries.notify_one(),
            None => {}
        }
        if let Some(turn) = next.turn {
            self.tell_turn(&turn);
        }
    }

    /// Tells of a turn that is kept.
    fn tell_turn(&self, turn: &TurnKept) {
        let TurnKept { conversation, report, took, waited } = turn;
        for warning in &report.warnings {
            self.tell(conversation, &Notice::Warning(warning));
        }
        self.tell(conversation, &Notice::TurnDone { report, took: *took, waited: *waited });
    }
}
