//! What changes while a server runs: bot files when the operator says so, keys when they were rotated.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use countersign_runner::Store;
use countersign_store::StoreError;
use countersign_vault::KeyRing;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::bots::Desk;
use crate::config::KeySource;
use crate::keys;
use crate::server::{Ring, replace, tell};
use crate::telemetry::Metrics;

/// Reads the bot files again.
pub struct Reload {
    desk: Desk,
    app: Arc<App>,
    metrics: Arc<Metrics>,
    /// Two at once would publish in an order that nobody knows.
    one: tokio::sync::Mutex<()>,
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Reloaded {
    /// Bots with a new version in service.
    pub published: usize,
    /// Files that were refused; the version before is in service.
    pub refused: usize,
}

impl Reload {
    pub(crate) fn new(desk: Desk, app: Arc<App>, metrics: Arc<Metrics>) -> Self {
        Self { desk, app, metrics, one: tokio::sync::Mutex::new(()) }
    }

    /// Reads the bot files, and lets new sessions begin on what changed. What is refused is told in the log, and the
    /// version before stays.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing has changed.
    pub async fn bots(&self) -> Result<Reloaded, StoreError> {
        let _one = self.one.lock().await;
        let app = &self.app;
        let now = app.clock.now();
        let loaded = self.desk.load(app.runner.store(), now).await?;
        tell(&loaded);
        for without in &loaded.without {
            tracing::error!("{without}");
        }
        self.metrics.bots_refused(loaded.refused.len());
        for (channel, bot) in loaded.by_channel {
            if let Some(line) = app.channels.get(&channel) {
                app.serve(&line, bot);
            }
        }
        Ok(Reloaded { published: loaded.published.len(), refused: loaded.refused.len() })
    }
}

/// Sees that another program has rotated the keys.
pub(crate) struct KeyWatch {
    ring: Ring,
    source: KeySource,
}

/// How often it is looked.
const EVERY: Duration = Duration::from_secs(2);

impl KeyWatch {
    pub(crate) fn new(ring: Ring, source: KeySource) -> Self {
        Self { ring, source }
    }

    /// Looks until it is time to stop.
    pub(crate) async fn run(&self, store: &dyn Store, stop: CancellationToken) {
        let mut seen = store.changed_outside();
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
            }
            let now = store.changed_outside();
            if now != seen && self.look(store).await {
                seen = now;
            }
        }
    }

    /// Opens the keys anew; whether that is done. What cannot be opened leaves the ring as it is.
    async fn look(&self, store: &dyn Store) -> bool {
        let Ok(wrapped) = store.data_keys().await else { return false };
        let is_new = !self.ring.read().unwrap_or_else(PoisonError::into_inner).holds(&wrapped);
        if !is_new && matches!(self.source, KeySource::Variable { .. } | KeySource::Command { .. }) {
            return true;
        }
        // A command may take seconds.
        let source = self.source.clone();
        let ring = tokio::task::spawn_blocking(move || {
            keys::masters(&source, true)
                .map_err(|error| error.to_string())
                .and_then(|masters| KeyRing::unlock(masters, wrapped).map_err(|error| error.to_string()))
        })
        .await
        .unwrap_or_else(|error| Err(error.to_string()));
        match ring {
            Ok(ring) => replace(&self.ring, ring),
            Err(error) => {
                tracing::error!(
                    error,
                    "the keys were changed and do not open; the server goes on with those before"
                );
            }
        }
        true
    }
}
