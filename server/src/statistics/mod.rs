//! What is counted for the console: in memory, and from there into the store every some seconds. A crash loses what was
//! counted since the last time, and nothing else.

mod healths;
mod silence;
mod watch;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_api::analytics::counted;
use countersign_api::{Api, Feed};
use countersign_model::{Name, Timestamp};
use countersign_runner::Store;
use countersign_store::{ConversationKey, Hour, Stat};
use tokio_util::sync::CancellationToken;

use healths::Healths;
use silence::Silences;
pub(crate) use watch::{Both, Counting};

/// Counts.
#[derive(Default)]
pub(crate) struct Statistics {
    counts: Mutex<HashMap<Counted, u64>>,
    silences: Mutex<Silences>,
    /// How the channels do.
    pub(crate) healths: Healths,
    /// What has changed, for who looks at the console.
    pub(crate) feed: Feed,
}

/// What is counted, but for how many.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Counted {
    workspace: Name,
    hour: Hour,
    bot: Option<Name>,
    channel: Option<Name>,
    what: &'static str,
    label: String,
}

/// More different things than that are not counted between two writes.
const MOST: usize = 20_000;
/// How often it is written.
const PAUSE: Duration = Duration::from_secs(10);

impl Statistics {
    /// Counts one of something.
    fn count(
        &self,
        of: &ConversationKey,
        bot: Option<&Name>,
        what: &'static str,
        label: String,
        now: Timestamp,
    ) {
        let counted = Counted {
            workspace: of.workspace.clone(),
            hour: Hour::of(now),
            bot: bot.cloned(),
            channel: Some(of.channel.clone()),
            what,
            label,
        };
        let mut counts = self.counts();
        if counts.len() < MOST || counts.contains_key(&counted) {
            *counts.entry(counted).or_default() += 1;
        }
    }

    /// Writes what was counted. What could not be written is counted once more.
    pub(crate) async fn write(&self, store: &dyn Store, now: Timestamp) {
        for left in self.silences().left(now) {
            self.count(&left.conversation, Some(&left.bot), counted::STEP_LEFT, left.step, left.at);
        }
        let counts = std::mem::take(&mut *self.counts());
        if counts.is_empty() {
            return;
        }
        let stats = counts.iter().map(|(counted, count)| Stat {
            workspace: counted.workspace.clone(),
            hour: counted.hour,
            bot: counted.bot.clone(),
            channel: counted.channel.clone(),
            what: counted.what.to_owned(),
            label: counted.label.clone(),
            count: *count,
        });
        if let Err(error) = store.add_stats(stats.collect()).await {
            tracing::warn!(%error, "what was counted could not be written; it is tried again");
            let mut now = self.counts();
            for (counted, count) in counts {
                if now.len() < MOST || now.contains_key(&counted) {
                    *now.entry(counted).or_default() += count;
                }
            }
        }
    }

    /// Writes again and again until `stop`, and once more then; beside that it tells the console what has changed.
    pub(crate) async fn run(self: Arc<Self>, api: Arc<Api>, stop: CancellationToken) {
        let write = async {
            loop {
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = tokio::time::sleep(PAUSE) => self.write(api.store.as_ref(), api.now()).await,
                }
            }
        };
        tokio::join!(write, self.feed.run(&api, stop.cancelled()));
        self.write(api.store.as_ref(), api.now()).await;
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Counted, u64>> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn silences(&self) -> MutexGuard<'_, Silences> {
        self.silences.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
