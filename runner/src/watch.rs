//! Waiting for a conversation to change, for whoever answers in the same breath: phone calls and sockets.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use countersign_store::ConversationKey;
use tokio::sync::Notify;

/// Who waits for which conversation. Only conversations that somebody waits for stand in it.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<HashMap<ConversationKey, Weak<Watched>>>);

/// A conversation that somebody looks at. Changes are counted, because several may look and each must see all of them.
#[derive(Default)]
struct Watched {
    changes: AtomicU64,
    notify: Notify,
}

/// That somebody looks at a conversation. It sees every change from its making on.
pub struct Watch {
    watched: Arc<Watched>,
    seen: AtomicU64,
}

impl Watch {
    /// Returns at the next change, at once when there was one since the last return. What has changed is read from the
    /// store.
    pub async fn changed(&self) {
        loop {
            let mut notified = pin!(self.watched.notify.notified());
            notified.as_mut().enable();
            let changes = self.watched.changes.load(Ordering::SeqCst);
            if self.seen.swap(changes, Ordering::SeqCst) != changes {
                return;
            }
            notified.await;
        }
    }
}

impl Watchers {
    pub(crate) fn watch(&self, key: &ConversationKey) -> Watch {
        let mut waiting = self.waiting();
        let known = waiting.get(key).and_then(Weak::upgrade);
        let watched = known.unwrap_or_else(|| {
            waiting.retain(|_, watched| watched.strong_count() > 0);
            let watched = Arc::new(Watched::default());
            waiting.insert(key.clone(), Arc::downgrade(&watched));
            watched
        });
        let seen = AtomicU64::new(watched.changes.load(Ordering::SeqCst));
        Watch { watched, seen }
    }

    /// Something about the conversation has changed and is in the store.
    pub(crate) fn changed(&self, key: &ConversationKey) {
        let watched = self.waiting().get(key).and_then(Weak::upgrade);
        if let Some(watched) = watched {
            watched.changes.fetch_add(1, Ordering::SeqCst);
            watched.notify.notify_waiters();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<ConversationKey, Weak<Watched>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::task::{Context, Poll, Waker};

    use super::*;

    fn key(address: &str) -> ConversationKey {
        let name = |text: &str| text.parse().unwrap();
        ConversationKey { workspace: name("acme"), channel: name("web"), address: address.into() }
    }

    fn has_changed(watch: &Watch) -> bool {
        let polled = pin!(watch.changed()).poll(&mut Context::from_waker(Waker::noop()));
        polled == Poll::Ready(())
    }

    #[test]
    fn everybody_who_looks_sees_every_change_also_when_busy() {
        let watchers = Watchers::default();
        let (one, other) = (watchers.watch(&key("ann")), watchers.watch(&key("ann")));
        let stranger = watchers.watch(&key("bob"));
        assert!(!has_changed(&one) && !has_changed(&other));
        watchers.changed(&key("ann"));
        watchers.changed(&key("ann"));
        assert!(has_changed(&one) && has_changed(&other));
        assert!(!has_changed(&one) && !has_changed(&other) && !has_changed(&stranger));
        assert!(!has_changed(&watchers.watch(&key("ann"))), "only changes from its making on");
    }

    #[tokio::test]
    async fn who_waits_is_woken() {
        let watchers = Watchers::default();
        let watch = watchers.watch(&key("ann"));
        let waiting = async {
            watch.changed().await;
        };
        let changing = async {
            tokio::task::yield_now().await;
            watchers.changed(&key("ann"));
        };
        tokio::join!(waiting, changing);
    }

    #[test]
    fn nothing_is_kept_of_conversations_that_nobody_looks_at() {
        let watchers = Watchers::default();
        for number in 0..100 {
            drop(watchers.watch(&key(&number.to_string())));
        }
        assert_eq!(watchers.waiting().len(), 1);
    }
}
