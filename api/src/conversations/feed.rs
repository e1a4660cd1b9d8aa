//! Tells who looks at the console which conversations and channels have changed.

use std::collections::HashSet;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_model::Name;
use countersign_store::{ConversationKey, StoreError};
use serde_json::json;

use super::lines::words;
use super::shown::state;
use crate::channels::health_document;
use crate::http::rfc3339;
use crate::state::Api;

/// What has changed since it was told last. To say that something changed costs next to nothing, and nothing at all when
/// nobody looks: it is put together, and told twice a second.
#[derive(Default)]
pub struct Feed {
    is_heard: AtomicBool,
    changed: Mutex<Changed>,
}

#[derive(Default)]
struct Changed {
    conversations: HashSet<ConversationKey>,
    channels: HashSet<(Name, Name)>,
}

/// So many are remembered at most; who looks reads the list again anyway.
const MOST: usize = 1000;
/// So many are told at once; the others follow.
const AT_ONCE: usize = 100;
const PAUSE: Duration = Duration::from_millis(500);

impl Feed {
    /// Something was said in a conversation, or it stands differently.
    pub fn conversation(&self, key: &ConversationKey) {
        if self.is_heard.load(Ordering::Relaxed) {
            let mut changed = self.changed();
            if changed.conversations.len() < MOST && !changed.conversations.contains(key) {
                changed.conversations.insert(key.clone());
            }
        }
    }

    /// A channel does better or worse than before.
    pub fn channel(&self, workspace: &Name, id: &Name) {
        if self.is_heard.load(Ordering::Relaxed) {
            let mut changed = self.changed();
            if changed.channels.len() < MOST {
                changed.channels.insert((workspace.clone(), id.clone()));
            }
        }
    }

    /// Tells what has changed, again and again until `stop`.
    pub async fn run(&self, api: &Api, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                () = &mut stop => return,
                () = tokio::time::sleep(PAUSE) => {}
            }
            if let Err(error) = self.tell(api).await {
                tracing::warn!(%error, "what changed in conversations could not be told to the console");
            }
        }
    }

    /// Tells what has changed.
    ///
    /// # Errors
    /// [`StoreError`]; what was not told yet is lost, and the lists of the console still have it.
    pub async fn tell(&self, api: &Api) -> Result<(), StoreError> {
        let is_heard = api.events.is_heard();
        self.is_heard.store(is_heard, Ordering::Relaxed);
        let (conversations, channels) = {
            let mut changed = self.changed();
            if !is_heard {
                *changed = Changed::default();
            }
            let some: Vec<_> = changed.conversations.iter().take(AT_ONCE).cloned().collect();
            some.iter().for_each(|key| {
                changed.conversations.remove(key);
            });
            (some, std::mem::take(&mut changed.channels))
        };
        for key in conversations {
            let Some(number) = api.store.conversation_number(&key).await? else { continue };
            let Some(row) = api.store.conversation_row(&key.workspace, number).await? else { continue };
            let told = json!({
                "id": number.0.to_string(),
                "last_at": row.last.as_ref().map(|last| rfc3339(last.at)),
                "last_line": row.last.as_ref().map(|last| words(&last.line)),
                "state": state(&api.runner, &row),
            });
            api.events.tell(&key.workspace, "conversation", told);
        }
        for (workspace, id) in channels {
            let health = health_document(api, &workspace, &id, 0);
            api.events.tell(&workspace, "channel", json!({ "id": id.as_str(), "health": health }));
        }
        Ok(())
    }

    fn changed(&self) -> MutexGuard<'_, Changed> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
