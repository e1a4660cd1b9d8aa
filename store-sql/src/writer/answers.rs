//! Tells those who wait how it went.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, Id};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use super::item::Item;

/// To wake a task from another thread costs a call of the system, and a group has dozens of them. So the writer wakes one
/// task, which belongs to the store, and that one wakes the others from inside the runtime, which costs next to nothing.
#[derive(Default)]
pub(crate) struct Answers(Mutex<Option<Teller>>);

#[derive(Clone)]
struct Teller {
    runtime: Id,
    groups: UnboundedSender<Vec<Box<dyn Item>>>,
}

impl Answers {
    /// The runtime of the caller, which has a task that tells now, unless another runtime has it.
    pub(crate) fn runtime(&self) -> Option<Id> {
        let handle = Handle::try_current().ok()?;
        let mut teller = self.teller();
        if teller.as_ref().is_none_or(|teller| teller.groups.is_closed()) {
            let (groups, mut waiting) = unbounded_channel::<Vec<Box<dyn Item>>>();
            handle.spawn(async move {
                while let Some(group) = waiting.recv().await {
                    group.into_iter().for_each(Item::answer);
                }
            });
            *teller = Some(Teller { runtime: handle.id(), groups });
        }
        Some(handle.id())
    }

    /// Tells all of a group. Those of another runtime are woken from here, because that task may run at another time.
    ///
    /// Nothing is locked meanwhile: whoever is woken may run at once in place of this thread, and asks for its runtime
    /// when it writes the next time.
    pub(crate) fn tell(&self, items: Vec<Box<dyn Item>>) {
        let teller = if items.len() > 1 { self.teller().clone() } else { None };
        let Some(Teller { runtime, groups }) = teller else {
            return items.into_iter().for_each(Item::answer);
        };
        let (inside, outside): (Vec<_>, Vec<_>) =
            items.into_iter().partition(|item| item.runtime() == Some(runtime));
        let refused = groups.send(inside).err().map(|error| error.0);
        outside.into_iter().chain(refused.into_iter().flatten()).for_each(Item::answer);
    }

    fn teller(&self) -> MutexGuard<'_, Option<Teller>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::error::Failure;
    use crate::schedule::Schedule;
    use crate::writer::Tx;

    /// Whoever is told runs at once, in place of the writer.
    struct Eager(Arc<Answers>);

    impl Item for Eager {
        fn size(&self) -> usize {
            0
        }

        fn delivers(&self) -> bool {
            true
        }

        fn write(&mut self, _: &mut Tx<'_>) -> Result<(), Failure> {
            Ok(())
        }

        fn keep(&mut self, _: &mut Schedule) {}

        fn fail(&mut self, _: &mut Schedule, _: Failure) {}

        fn runtime(&self) -> Option<Id> {
            None
        }

        fn answer(self: Box<Self>) {
            assert!(self.0.0.try_lock().is_ok(), "whoever is told finds it locked");
        }
    }

    #[tokio::test]
    async fn nothing_is_locked_while_somebody_is_told() {
        let answers = Arc::new(Answers::default());
        answers.runtime();
        for count in 1..=2 {
            answers.tell((0..count).map(|_| Box::new(Eager(answers.clone())) as Box<dyn Item>).collect());
        }
    }
}
