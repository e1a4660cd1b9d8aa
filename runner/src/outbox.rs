use std::time::Duration;

use countersign_store::CommitError;

use crate::channel::SendError;
use crate::error::RunError;
use crate::observer::Notice;
use crate::parts::Runner;
use crate::retry::backoff;

/// How long a provider may take before another worker tries.
const LEASE: Duration = Duration::from_secs(60);

/// How long a delivery is tried before it is put aside (SECURITY §4.2).
const LIFE: Duration = Duration::from_secs(24 * 3600);

impl Runner {
    /// Makes the oldest delivery that is due. Gives whether there was one.
    ///
    /// # Errors
    /// [`RunError::Store`]; then the delivery may have been made, and is made again.
    pub async fn deliver(&self) -> Result<bool, RunError> {
        let runner = self.inner();
        let now = runner.now();
        let Some(claimed) = runner.store.claim_delivery(runner.worker, now, now.plus(LEASE)).await? else {
            return Ok(false);
        };
        let (lease, key) = (&claimed.lease, &claimed.lease.conversation);
        let result = match runner.registry.channel(&key.workspace, &key.channel) {
            Some(account) => account.sender.deliver(key, &claimed.delivery).await,
            None => Err(SendError::Never { code: None }),
        };
        let now = runner.now();
        let committed = match result {
            Ok(()) => runner.store.delivered(lease).await,
            Err(SendError::Later { after }) if now < claimed.created_at.plus(LIFE) => {
                let wait = backoff(claimed.attempts, runner.random.as_ref()).max(after.unwrap_or_default());
                runner.tell(key, &Notice::DeliveryLater(&SendError::Later { after: Some(wait) }));
                runner.store.retry_delivery(lease, now.plus(wait), 0).await
            }
            Err(why) => {
                runner.tell(key, &Notice::DeliveryFailed(&why));
                runner.store.give_up(lease, now, None).await
            }
        };
        runner.watchers.changed(key);
        match committed {
            Ok(()) | Err(CommitError::LeaseLost) => Ok(true),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }
}
