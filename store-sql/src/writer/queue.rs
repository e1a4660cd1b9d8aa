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
    bytes: usize,
    look: bool,
    closed: bool,
    sleeps: bool,
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
        // The first one wakes the writer, so that it waits no longer than its patience.
        if state.delivered.len() == 1 || state.delivered.len() == MOST_DELIVERED {
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

    /// Waits for something to write.
    pub(crate) fn take(&self) -> Group {
        let mut state = self.state();
        while state.items.is_empty() && !state.look && !state.closed {
            let delivered = state.delivered.len();
            state.sleeps = true;
            if delivered == 0 {
                state = self.wake.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else if delivered < MOST_DELIVERED {
                let (woken, result) =
                    self.wake.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
                state = woken;
                if result.timed_out() {
                    break;
                }
            } else {
                break;
            }
        }
        state.sleeps = false;
        drop(state);
        // Whoever is about to bring more comes first, on a processor that both share: fewer and larger groups. Where
        // nobody waits for the processor this costs nothing.
        std::thread::yield_now();
        let mut state = self.state();
        let mut group = Group {
            delivered: mem::take(&mut state.delivered),
            look: mem::take(&mut state.look),
            ..Group::default()
        };
        let mut bytes = 0;
        while group.items.len() < GROUP_ITEMS && bytes < GROUP_BYTES {
            let Some(item) = state.items.pop_front() else { break };
            bytes += item.size();
            group.items.push(item);
        }
        state.bytes = state.bytes.saturating_sub(bytes);
        group.last = state.closed && state.items.is_empty();
        group
    }

    fn wake(&self, mut state: MutexGuard<'_, State>) {
        if mem::take(&mut state.sleeps) {
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
