use std::sync::PoisonError;
use std::time::Duration;

use countersign_model::{Name, Timestamp};
use countersign_store::failpoint::Failpoint;
use countersign_store::{ClaimedDelivery, CommitError, ConversationKey, DeliveryLease, StoreError};

use crate::channel::SendError;
use crate::error::RunError;
use crate::hands::{Errand, Next};
use crate::observer::Notice;
use crate::parts::{Inner, Runner};
use crate::retry::backoff;

/// How long a provider may take before another worker tries.
const LEASE: Duration = Duration::from_secs(60);

/// How long a delivery is tried before it is put aside (SECURITY §4.2).
const LIFE: Duration = Duration::from_secs(24 * 3600);

/// How long a channel rests whose account the provider does not accept.
const REST: Duration = Duration::from_secs(60);

/// What stands in the place of a provider's code when a delivery was never tried, because its workspace had sent too much.
const PAID_SENDS: &str = "paid_sends_per_day";

/// How many times it is tried to write down what became of a delivery. Were it forgotten, the user would read the
/// message twice.
const WRITES: u32 = 5;

impl Runner {
    /// Makes the oldest delivery that is due. Gives whether there was one.
    ///
    /// # Errors
    /// [`RunError::Store`]; then the delivery may have been made, and is made again.
    pub async fn deliver(&self) -> Result<bool, RunError> {
        let runner = self.inner();
        let Some(claimed) = runner.claim_delivery().await? else { return Ok(false) };
        let next = runner.carry_out(claimed).await?;
        runner.leave(next);
        Ok(true)
    }
}

/// What became of a delivery.
enum Fate {
    Delivered,
    Again { at: Timestamp, done: u32 },
    Dead { code: Option<String> },
}

impl Inner {
    pub(crate) async fn claim_delivery(&self) -> Result<Option<ClaimedDelivery>, StoreError> {
        let now = self.now();
        self.store.claim_delivery(self.worker, now, now.plus(LEASE)).await
    }

    pub(crate) async fn carry_out(&self, claimed: ClaimedDelivery) -> Result<Next, RunError> {
        let (lease, key) = (&claimed.lease, &claimed.lease.conversation);
        let started = self.now();
        let rests = match self.resting(key, started) {
            Some(until) => Some(Fate::Again { at: until, done: claimed.done }),
            None => self.saved_up(&claimed, started).await?,
        };
        let fate = match rests {
            Some(fate) => fate,
            None => {
                Failpoint::DeliveryBeforeSend.pass();
                let result = match self.registry.channel(&key.workspace, &key.channel) {
                    Some(account) => match self.with_link(key, &claimed.delivery, claimed.created_at).await {
                        Ok(linked) => {
                            let delivery = linked.as_ref().unwrap_or(&claimed.delivery);
                            account.sender.deliver(key, delivery, claimed.done).await
                        }
                        Err(why) => Err(why),
                    },
                    None => Err(SendError::Never { code: None }),
                };
                Failpoint::DeliveryAfterSend.pass();
                self.judge_delivery(&claimed, result, started)
            }
        };
        let written = self.write_down(lease, &fate).await;
        let next = match (&written, &fate) {
            (Ok(()), Fate::Again { at, .. }) if *at > self.now() => {
                self.wake.arm(*at);
                Next::default()
            }
            // The rest of it, or the one behind it, may go on.
            (Ok(()), _) => Next::errand(Errand::Delivery),
            (Err(_), _) => Next::default(),
        };
        self.watchers.changed(key);
        match written {
            Ok(()) | Err(CommitError::LeaseLost) => Ok(next),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
    }

    /// What becomes of a delivery when its workspace has sent too much on this day.
    async fn saved_up(&self, claimed: &ClaimedDelivery, now: Timestamp) -> Result<Option<Fate>, RunError> {
        let Some(at) = self.waits_for_tomorrow(claimed, now).await? else { return Ok(None) };
        if at < claimed.created_at.plus(LIFE) {
            return Ok(Some(Fate::Again { at, done: claimed.done }));
        }
        let why = SendError::Never { code: Some(PAID_SENDS.to_owned()) };
        self.tell(&claimed.lease.conversation, &Notice::DeliveryFailed(&why));
        Ok(Some(Fate::Dead { code: Some(PAID_SENDS.to_owned()) }))
    }

    fn judge_delivery(
        &self,
        claimed: &ClaimedDelivery,
        result: Result<(), SendError>,
        started: Timestamp,
    ) -> Fate {
        let key = &claimed.lease.conversation;
        let now = self.now();
        let why = match result {
            Ok(()) => {
                let (took, waited) = (now.since(started), started.since(claimed.created_at));
                self.tell(key, &Notice::Delivered { took, waited });
                return Fate::Delivered;
            }
            Err(why) => why,
        };
        let (asked, done) = match &why {
            SendError::Later { after: Some(after), done, .. } if after.is_zero() && *done > claimed.done => {
                return Fate::Again { at: now, done: *done };
            }
            SendError::Later { after, done, .. } => (*after, *done),
            SendError::Account { done, .. } => {
                self.rest(key, now.plus(REST));
                (Some(REST), *done)
            }
            SendError::Never { code } => {
                self.tell(key, &Notice::DeliveryFailed(&why));
                return Fate::Dead { code: code.clone() };
            }
        };
        let wait = backoff(claimed.attempts, self.random.as_ref()).max(asked.unwrap_or_default());
        // What would come after its time need not be waited for.
        if now.plus(asked.unwrap_or_default()) >= claimed.created_at.plus(LIFE) {
            self.tell(key, &Notice::DeliveryFailed(&why));
            return Fate::Dead { code: why.code().map(str::to_owned) };
        }
        self.tell(key, &Notice::DeliveryLater { why: &why, wait });
        Fate::Again { at: now.plus(wait), done }
    }

    async fn write_down(&self, lease: &DeliveryLease, fate: &Fate) -> Result<(), CommitError> {
        let mut tries = 0;
        loop {
            let written = match fate {
                Fate::Delivered => self.store.delivered(lease).await,
                Fate::Again { at, done } => self.store.retry_delivery(lease, *at, *done).await,
                Fate::Dead { code } => self.store.give_up(lease, self.now(), code.as_deref()).await,
            };
            match written {
                Err(CommitError::Store(_)) if tries < WRITES => {
                    self.sleeper.sleep(backoff(tries, self.random.as_ref())).await;
                    tries += 1;
                }
                other => return other,
            }
        }
    }

    /// Until when the channel rests, if it does.
    fn resting(&self, key: &ConversationKey, now: Timestamp) -> Option<Timestamp> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        if resting.is_empty() {
            return None;
        }
        resting.retain(|_, until| *until > now);
        resting.get(&channel(key)).copied()
    }

    fn rest(&self, key: &ConversationKey, until: Timestamp) {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        resting.insert(channel(key), until);
    }
}

fn channel(key: &ConversationKey) -> (Name, Name) {
    (key.workspace.clone(), key.channel.clone())
}
