//! What waits to be written.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::item::Item;

/// So many items wait at most; then it is better to tell the provider to come again.
const MOST_ITEMS: usize = 16_384;
/// So many bytes wait at most.
const MOST_BYTES: usize = 32 << 20;
/// So many items are written together at most.
const GROUP_ITEMS: usize = 1_024;
/// So many bytes are written together at most.
const GROUP_BYTES: usize = 4 << 20;
/// So many finished deliveries may wait for a group that somebody else needs.
const MOST_DELIVERED: usize = 256;
/// So many groups that leave the outbox alone may go before them: to change its page for them alone would hold up turns that
/// only make a call.
const MOST_PASSED: u32 = 8;
/// How long a finished delivery waits for such a group.
const PATIENCE: Duration = Duration::from_millis(100);

/// Items that are written together.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) items: Vec<Box<dyn Item>>,
    /// Rows of the outbox that were delivered.
    pub(crate) delivered: Vec<u64>,
    /// Nothing to write, but look whether another program has written.
    pub(crate) look: bool,
    /// The last one.
    pub(crate) last: bool,
}

#[derive(Default)]
pub(crate) struct JobQueue {
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    items: VecDeque<Box<dyn Item>>,
    delivered: Vec<u64>,
    /// How many groups have gone before these.
    passed: u32,
    bytes: usize,
    look: bool,
    closed: bool,
    sleep: Sleep,
}

/// How the writer waits.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Sleep {
    #[default]
    Awake,
    /// It looks at what was delivered when its patience ends.
    Patient,
    /// Until it is woken.
    Deep,
}

impl JobQueue {
    /// Puts an item at the end; gives it back when there is no room, or no writer any more.
    pub(crate) fn push(&self, item: Box<dyn Item>) -> Result<(), (Box<dyn Item>, Full)> {
        let mut state = self.state();
        if state.closed {
            return Err((item, Full::Closed));
        }
        let bytes = state.bytes + item.size();
        if state.items.len() >= MOST_ITEMS || bytes > MOST_BYTES {
            return Err((item, Full::NoRoom));
        }
        state.bytes = bytes;
        state.items.push_back(item);
        self.wake(state);
        Ok(())
    }

    /// A delivery was made. Its row goes with the next group, or after a moment.
    pub(crate) fn delivered(&self, seq: u64) {
        let mut state = self.state();
        state.delivered.push(seq);
        // Who sleeps deeply is woken by the first one, to wait no longer than its patience; who does not, sees it then.
        if state.sleep == Sleep::Deep || state.delivered.len() == MOST_DELIVERED {
            self.wake(state);
        }
    }

    /// Lets the writer look whether another program has written.
    pub(crate) fn look(&self) {
        let mut state = self.state();
        state.look = true;
        self.wake(state);
    }

    /// What is there is still written.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        self.wake(state);
    }

    /// Waits for something to write. After a group it waits for a while before it sleeps deeply: deliveries follow, and to
    /// be woken by each of them would cost more than to look once.
    pub(crate) fn take(&self) -> Group {
        let mut state = self.state();
        let mut deep = false;
        while state.items.is_empty() && !state.look && !state.closed {
            let delivered = state.delivered.len();
            if delivered >= MOST_DELIVERED {
                break;
            }
            if deep && delivered == 0 {
                state.sleep = Sleep::Deep;
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.sleep = Sleep::Patient;
            let (woken, result) =
                self.wake.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            state = woken;
            if result.timed_out() {
                if !state.delivered.is_empty() {
                    break;
                }
                deep = true;
            }
        }
        state.sleep = Sleep::Awake;
        drop(state);
        // Whoever is about to bring more comes first, on a processor that both share: fewer and larger groups. Where
        // nobody waits for the processor this costs nothing.
        std::thread::yield_now();
        let mut state = self.state();
        let mut group = Group { look: mem::take(&mut state.look), ..Group::default() };
        let mut bytes = 0;
        while group.items.len() < GROUP_ITEMS && bytes < GROUP_BYTES {
            let Some(item) = state.items.pop_front() else { break };
            bytes += item.size();
            group.items.push(item);
        }
        state.bytes = state.bytes.saturating_sub(bytes);
        let fits = group.items.is_empty() || group.items.iter().any(|item| item.delivers());
        if fits || state.closed || state.passed >= MOST_PASSED || state.delivered.len() >= MOST_DELIVERED {
            group.delivered = mem::take(&mut state.delivered);
            state.passed = 0;
        } else if !state.delivered.is_empty() {
            state.passed += 1;
        }
        group.last = state.closed && state.items.is_empty();
        group
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        if mem::take(&mut state.sleep) != Sleep::Awake {
            drop(state);
            self.wake.notify_one();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Full {
    NoRoom,
    Closed,
}

#[cfg(test)]
mod tests {
    use tokio::runtime::Id;

    use super::*;
    use crate::error::Failure;
    use crate::schedule::Schedule;
    use crate::writer::Tx;

    fn sleep_after(sleep: Sleep, deliveries: usize) -> Sleep {
        let queue = JobQueue::default();
        queue.state().sleep = sleep;
        (0..deliveries).for_each(|seq| queue.delivered(seq as u64));
        queue.state().sleep
    }

    #[test]
    fn a_delivery_wakes_only_a_writer_that_would_not_look_by_itself() {
        assert!(sleep_after(Sleep::Deep, 1) == Sleep::Awake);
        assert!(sleep_after(Sleep::Patient, 1) == Sleep::Patient);
        assert!(sleep_after(Sleep::Patient, MOST_DELIVERED) == Sleep::Awake, "there are enough of them");
    }

    /// Something to write, which changes the outbox or does not.
    struct Writes(bool);

    impl Item for Writes {
        fn size(&self) -> usize {
            1
        }

        fn delivers(&self) -> bool {
            self.0
        }

        fn write(&mut self, _: &mut Tx<'_>) -> Result<(), Failure> {
            Ok(())
        }

        fn keep(&mut self, _: &mut Schedule) {}

        fn fail(&mut self, _: &mut Schedule, _: Failure) {}

        fn runtime(&self) -> Option<Id> {
            None
        }

        fn answer(self: Box<Self>) {}
    }

    fn delivered_with(queue: &JobQueue, delivers: bool) -> Vec<u64> {
        assert!(queue.push(Box::new(Writes(delivers))).is_ok());
        let group = queue.take();
        assert_eq!(group.items.len(), 1);
        group.delivered
    }

    #[test]
    fn deliveries_go_with_a_group_that_changes_the_outbox_and_wait_for_few_others() {
        let queue = JobQueue::default();
        queue.delivered(1);
        assert!(delivered_with(&queue, false).is_empty());
        assert_eq!(delivered_with(&queue, true), [1]);
        queue.delivered(2);
        for _ in 0..MOST_PASSED {
            assert!(delivered_with(&queue, false).is_empty());
        }
        assert_eq!(delivered_with(&queue, false), [2], "they have waited long enough");
        queue.delivered(3);
        assert!(delivered_with(&queue, false).is_empty(), "and the next wait anew");
        assert!(queue.push(Box::new(Writes(false))).is_ok());
        queue.close();
        let last = queue.take();
        assert!(last.last && last.delivered == [3], "none is forgotten at the end");
    }

    #[test]
    fn deliveries_that_nothing_follows_are_written_when_the_patience_ends() {
        let queue = JobQueue::default();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| (queue.take(), queue.take()));
            queue.delivered(7);
            // Whether the writer slept already or not.
            while !queue.state().delivered.is_empty() {
                std::thread::yield_now();
            }
            queue.close();
            let (first, second) = writer.join().unwrap();
            assert_eq!((first.delivered, first.items.len()), (vec![7], 0));
            assert!(second.last && second.delivered.is_empty());
        });
    }
}
