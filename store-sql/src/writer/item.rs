//! One thing to be written, and who waits for it.

use tokio::runtime::Id;
use tokio::sync::oneshot;

use super::tx::Tx;
use crate::error::{Failure, Fault};
use crate::schedule::Schedule;

/// One thing to be written. A group that failed is written again one by one, so `write` may be called twice.
pub(crate) trait Work: Send + 'static {
    /// What the writing has found out.
    type Made: Send;
    /// What is answered.
    type Out: Send;

    /// About how many bytes it has.
    fn size(&self) -> usize {
        64
    }

    /// Whether the outbox changes by it, so that deliveries which were made cost next to nothing beside it.
    fn delivers(&self) -> bool {
        true
    }

    /// Writes it. [`Fault::Lost`] only before anything was written.
    fn write(&mut self, tx: &mut Tx<'_>) -> Result<Self::Made, Fault>;

    /// It is on disk.
    fn keep(self, made: Self::Made, schedule: &mut Schedule) -> Self::Out;

    /// It is not, and never will be.
    fn fail(self, schedule: &mut Schedule);
}

/// Work of any kind.
pub(crate) trait Item: Send {
    fn size(&self) -> usize;
    fn delivers(&self) -> bool;
    fn write(&mut self, tx: &mut Tx<'_>) -> Result<(), Failure>;
    fn keep(&mut self, schedule: &mut Schedule);
    fn fail(&mut self, schedule: &mut Schedule, failure: Failure);
    /// Where whoever waits for it runs.
    fn runtime(&self) -> Option<Id>;
    fn answer(self: Box<Self>);
}

pub(crate) struct Task<W: Work> {
    work: Option<W>,
    made: Option<Result<W::Made, ()>>,
    out: Option<Result<W::Out, Fault>>,
    reply: oneshot::Sender<Result<W::Out, Fault>>,
    runtime: Option<Id>,
}

impl<W: Work> Task<W> {
    pub(crate) const fn new(
        work: W,
        reply: oneshot::Sender<Result<W::Out, Fault>>,
        runtime: Option<Id>,
    ) -> Self {
        Self { work: Some(work), made: None, out: None, reply, runtime }
    }
}

impl<W: Work> Item for Task<W> {
    fn size(&self) -> usize {
        self.work.as_ref().map_or(0, Work::size)
    }

    fn delivers(&self) -> bool {
        self.work.as_ref().is_none_or(Work::delivers)
    }

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let Some(work) = &mut self.work else { return Ok(()) };
        self.made = Some(match work.write(tx) {
            Ok(made) => Ok(made),
            Err(Fault::Lost) => Err(()),
            Err(Fault::Failed(failure)) => return Err(failure),
        });
        Ok(())
    }

    fn keep(&mut self, schedule: &mut Schedule) {
        let (Some(work), Some(made)) = (self.work.take(), self.made.take()) else { return };
        self.out = Some(match made {
            Ok(made) => Ok(work.keep(made, schedule)),
            Err(()) => {
                work.fail(schedule);
                Err(Fault::Lost)
            }
        });
    }

    fn fail(&mut self, schedule: &mut Schedule, failure: Failure) {
        if let Some(work) = self.work.take() {
            work.fail(schedule);
            self.out = Some(Err(Fault::Failed(failure)));
        }
    }

    fn runtime(&self) -> Option<Id> {
        self.runtime
    }

    fn answer(self: Box<Self>) {
        if let Some(out) = self.out {
            // Whoever asked may be gone.
            let _ = self.reply.send(out);
        }
    }
}

/// Small work that leaves nothing in memory, or next to nothing.
pub(crate) struct Do<W, K> {
    pub(crate) write: W,
    pub(crate) keep: K,
}

impl<T, W, K> Work for Do<W, K>
where
    T: Send,
    W: FnMut(&mut Tx<'_>) -> Result<T, Fault> + Send + 'static,
    K: FnOnce(&mut Schedule, &T) + Send + 'static,
{
    type Made = T;
    type Out = T;

    fn write(&mut self, tx: &mut Tx<'_>) -> Result<T, Fault> {
        (self.write)(tx)
    }

    fn keep(self, made: T, schedule: &mut Schedule) -> T {
        (self.keep)(schedule, &made);
        made
    }

    fn fail(self, _: &mut Schedule) {}
}
