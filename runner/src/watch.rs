//! Waiting for a conversation to change, for whoever answers in the same breath: phone calls and sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use countersign_store::ConversationKey;
use tokio::sync::Notify;

/// Who waits for which conversation. Only conversations that somebody waits for stand in it.
#[derive(Default)]
pub(crate) struct Watchers(Mutex<HashMap<ConversationKey, Weak<Notify>>>);

/// That somebody looks at a conversation. It sees every change from its making on.
pub struct Watch {
    notify: Arc<Notify>,
}

impl Watch {
    /// Returns at the next change, at once when there was one since the last return. What has changed is read from the
    /// store.
    pub async fn changed(&self) {
        self.notify.notified().await;
    }
}

impl Watchers {
    pub(crate) fn watch(&self, key: &ConversationKey) -> Watch {
        let mut waiting = self.waiting();
        if let Some(notify) = waiting.get(key).and_then(Weak::upgrade) {
            return Watch { notify };
        }
        waiting.retain(|_, notify| notify.strong_count() > 0);
        let notify = Arc::new(Notify::new());
        waiting.insert(key.clone(), Arc::downgrade(&notify));
        Watch { notify }
    }

    /// Something about the conversation has changed and is in the store.
    pub(crate) fn changed(&self, key: &ConversationKey) {
        let notify = self.waiting().get(key).and_then(Weak::upgrade);
        if let Some(notify) = notify {
            notify.notify_waiters();
            notify.notify_one();
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<ConversationKey, Weak<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
