//! How many messages that cost money a workspace sends on a day (SECURITY §3.6).
//!
//! They are counted in the commit of the turn that wants them sent, so a restart does not make a new day. When there are too
//! many, what is still to be sent waits for the next day.

use std::collections::{HashMap, HashSet};
use std::sync::PoisonError;
use std::time::Duration;

use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_store::{ClaimedDelivery, CounterChange, CounterKey, Delivery, TurnCommit};
use countersign_vault::Pseudonymizer;

use crate::error::RunError;
use crate::observer::Notice;
use crate::parts::Inner;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How often it is looked whether what waits may go, so that it goes soon after the bound was raised.
const LOOK_AGAIN: Duration = Duration::from_secs(15 * 60);

/// What is known of this day, of each workspace, in memory.
#[derive(Default)]
pub(crate) struct PaidSends {
    day: Timestamp,
    /// Sends that an earlier day has counted and this one makes.
    carried: HashMap<Name, u32>,
    told: HashSet<Name>,
}

/// What becomes of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Goes,
    /// It is the first of this day that waits.
    Waits,
    StillWaits,
}

impl PaidSends {
    /// With so many counted on this day, one that was counted at `created_at`.
    fn take(
        &mut self,
        workspace: &Name,
        counted: u32,
        created_at: Timestamp,
        now: Timestamp,
        most: u32,
    ) -> Verdict {
        let today = begin_of_day(now);
        if self.day != today {
            *self = Self { day: today, ..Self::default() };
        }
        let carried = self.carried.get(workspace).copied().unwrap_or(0);
        let sends = counted.saturating_add(carried);
        let is_counted = created_at >= today;
        if sends < most || (is_counted && sends == most) {
            if !is_counted {
                self.carried.insert(workspace.clone(), carried + 1);
            }
            return Verdict::Goes;
        }
        match self.told.insert(workspace.clone()) {
            true => Verdict::Waits,
            false => Verdict::StillWaits,
        }
    }
}

impl Inner {
    /// Until when a delivery waits because its workspace has sent too much on this day, if it does.
    pub(crate) async fn waits_for_tomorrow(
        &self,
        claimed: &ClaimedDelivery,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, RunError> {
        let most = self.limits.paid_sends_per_day;
        // What has begun is not left half said.
        if most == 0 || claimed.done > 0 || !costs(&claimed.delivery) {
            return Ok(None);
        }
        let key = &claimed.lease.conversation;
        let account = self.registry.channel(&key.workspace, &key.channel);
        if !account.is_some_and(|account| is_paid(account.kind)) {
            return Ok(None);
        }
        let names = self.vault.names()?;
        let keys: Vec<_> = names.iter().map(|names| counter(names, &key.workspace)).collect();
        // Under one of these keys stands what was counted before the master key was changed.
        let counters = self.store.counters(&keys, now).await?;
        let counted = counters.iter().flatten().fold(0, |sum: u32, one| sum.saturating_add(one.count));
        let verdict = self.paid.lock().unwrap_or_else(PoisonError::into_inner).take(
            &key.workspace,
            counted,
            claimed.created_at,
            now,
            most,
        );
        match verdict {
            Verdict::Goes => return Ok(None),
            Verdict::Waits => self.tell(key, &Notice::PaidSendsUsedUp { most }),
            Verdict::StillWaits => {}
        }
        Ok(Some(begin_of_day(now).plus(DAY).min(now.plus(LOOK_AGAIN))))
    }

    /// Counts what this turn sends.
    pub(crate) fn count_paid(&self, kind: ChannelKind, commit: &mut TurnCommit) -> Result<(), RunError> {
        if self.limits.paid_sends_per_day == 0 || !is_paid(kind) {
            return Ok(());
        }
        let sends = commit.outbox.iter().filter(|delivery| costs(delivery)).count();
        if sends == 0 {
            return Ok(());
        }
        if let Some(names) = self.vault.names()?.first() {
            let key = counter(names, &commit.lease.conversation.workspace);
            let expires_at = begin_of_day(commit.now).plus(DAY);
            commit.counters.extend(std::iter::repeat_n(CounterChange::Add { key, expires_at }, sends));
        }
        Ok(())
    }
}

/// Where each message of a bot may cost its company money. On the phone it is the minutes that cost, and messages on the
/// other channels are free.
const fn is_paid(kind: ChannelKind) -> bool {
    matches!(kind, ChannelKind::Sms | ChannelKind::Whatsapp)
}

/// Deleting what a user has typed costs nothing, and neither does calling in a person.
const fn costs(delivery: &Delivery) -> bool {
    matches!(delivery, Delivery::Say(_) | Delivery::Page { .. })
}

fn begin_of_day(now: Timestamp) -> Timestamp {
    let day = DAY.as_secs().cast_signed();
    Timestamp::from_secs(now.as_secs().div_euclid(day) * day)
}

/// It has no day in its name: a counter whose time is over begins anew.
fn counter(names: &Pseudonymizer, workspace: &Name) -> CounterKey {
    let mut short = [0; 16];
    short.copy_from_slice(&names.pseudonym(workspace, "sends/day", &[]).as_bytes()[..16]);
    CounterKey(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: i64 = 1_800_000_000 / 86_400 * 86_400;

    #[test]
    fn what_is_counted_goes_up_to_the_bound_and_what_is_left_of_yesterday_counts_too() {
        let mut sends = PaidSends::default();
        let name = |text: &str| -> Name { text.parse().unwrap() };
        let mut take = |workspace: &str, counted, created_at: i64, secs: i64| {
            let at = |secs| Timestamp::from_secs(TODAY + secs);
            sends.take(&name(workspace), counted, at(created_at), at(secs), 3)
        };
        assert_eq!(take("acme", 3, 10, 10), Verdict::Goes);
        assert_eq!(take("acme", 4, 11, 11), Verdict::Waits);
        assert_eq!(take("acme", 4, 10, 11), Verdict::StillWaits);
        assert_eq!(take("bank", 3, 11, 11), Verdict::Goes, "another workspace has its own");
        let tomorrow = 86_400;
        assert_eq!(take("acme", 0, 11, tomorrow), Verdict::Goes);
        assert_eq!(take("acme", 1, tomorrow, tomorrow + 1), Verdict::Goes);
        assert_eq!(take("acme", 1, 11, tomorrow + 1), Verdict::Goes);
        assert_eq!(take("acme", 1, 11, tomorrow + 2), Verdict::Waits, "three have gone");
        assert_eq!(take("acme", 2, tomorrow + 2, tomorrow + 2), Verdict::StillWaits);
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        assert_eq!(begin_of_day(Timestamp::from_secs(TODAY + 86_399)), Timestamp::from_secs(TODAY));
        assert_eq!(begin_of_day(Timestamp::from_secs(TODAY + 86_400)), Timestamp::from_secs(TODAY + 86_400));
    }
}
