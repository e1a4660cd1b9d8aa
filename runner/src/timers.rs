use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use countersign_model::Timestamp;
use countersign_store::Swept;

use crate::error::RunError;
use crate::parts::Runner;

/// How many timers go off at once.
pub(crate) const AT_ONCE: usize = 256;

/// How often what is over is removed. Nothing that is over is used, however long it still lies there.
const SWEEP_EVERY: Duration = Duration::from_secs(60);

impl Runner {
    /// Lets timers go off that are due, and gives how many. Once a minute it also removes what is over.
    ///
    /// # Errors
    /// [`RunError::Store`].
    pub async fn fire(&self) -> Result<usize, RunError> {
        let runner = self.inner();
        let now = runner.now();
        let swept = Timestamp::from_micros(runner.swept.load(Ordering::Relaxed));
        if now >= swept.plus(SWEEP_EVERY) {
            runner.swept.store(now.as_micros(), Ordering::Relaxed);
            self.sweep().await?;
        }
        let fired = runner.store.fire_timers(now, AT_ONCE).await?;
        if fired > 0 {
            runner.wake.turns.notify_one();
        }
        Ok(fired)
    }

    /// Removes tokens and answers that are over, and what is kept no longer: see [`crate::Limits::retention`].
    ///
    /// # Errors
    /// [`RunError::Store`].
    pub async fn sweep(&self) -> Result<Swept, RunError> {
        let runner = self.inner();
        let now = runner.now();
        if let Some(flood) = &runner.limits.flood {
            runner.floods.lock().unwrap_or_else(PoisonError::into_inner).clear(now, flood);
        }
        if let Some(pingpong) = &runner.limits.pingpong {
            runner.pingpongs.lock().unwrap_or_else(PoisonError::into_inner).clear(now, pingpong);
        }
        runner.promised.sweep(now);
        Ok(runner.store.sweep(now, &runner.limits.retention).await?)
    }

    /// When there is something to do though nothing comes in; it may lie in the past.
    ///
    /// # Errors
    /// [`RunError::Store`].
    pub async fn next_due(&self) -> Result<Option<Timestamp>, RunError> {
        Ok(self.inner().store.next_due().await?)
    }
}
