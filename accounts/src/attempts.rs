//! How often somebody may guess (SECURITY §3.6 and §3.10; OWASP ASVS 6.1.1).
//!
//! Attempts are counted before they are judged and in the store, so neither many at once nor a restart gives more of them.
//! These are counted, each under a keyed hash: attempts of one network on one account, of all unknown networks on one
//! account, and of one network on whatever. A network from which the person has signed in before is not held up by what
//! strangers do, so strangers can delay nobody who comes from where they always come from. Nothing is ever locked: the longest
//! pause is 15 minutes, that is fewer than 100 guesses in a day.

use std::time::Duration;

use countersign_model::Timestamp;
use countersign_store::RecordWrite;
use serde::{Deserialize, Serialize};

use crate::Accounts;
use crate::documents::{Document, Fresh, Stored, again};
use crate::error::AccountsError;
use crate::visit::Visit;

/// The longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(15 * 60);
/// After so long without an attempt, earlier ones are forgotten.
const FORGET: Duration = Duration::from_secs(24 * 3600);

/// What attempts are counted for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Counted {
    /// One network and one account.
    Pair,
    /// One account, from networks that it is not known to come from.
    Account,
    /// One network.
    Network,
    /// Codes for one account, after its password was right. Who gets there has the password, so a pause is no harm.
    Codes,
    /// Challenges that one network asked for to sign in by passkey alone, and has not used. Each takes a row for some
    /// minutes.
    Challenges,
}

/// One count, by its hash.
#[derive(Clone, Debug)]
pub(crate) struct Count {
    counted: Counted,
    id: String,
}

/// Counts that were raised for an attempt.
pub(crate) struct Admitted(Vec<Count>);

#[derive(Serialize, Deserialize, Clone, Copy)]
struct Attempts {
    count: u32,
    last: Timestamp,
}

impl Document for Attempts {
    const KIND: &'static str = "attempts";
}

impl Admitted {
    /// Attempts that were admitted by another request.
    pub(crate) fn before(counts: Vec<Count>) -> Self {
        Self(counts)
    }
}

impl Counted {
    /// How many attempts are free.
    fn free(self) -> u32 {
        match self {
            Self::Pair | Self::Codes => 5,
            Self::Account => 10,
            Self::Network => 30,
            Self::Challenges => 60,
        }
    }

    /// The pause after so many attempts: none, then 1, 2, 4 … seconds.
    fn pause(self, count: u32) -> Duration {
        let Some(beyond) = count.checked_sub(self.free()) else { return Duration::ZERO };
        Duration::from_secs(1_u64.checked_shl(beyond.min(30)).unwrap_or(u64::MAX)).min(LONGEST_PAUSE)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Pair => "pair",
            Self::Account => "account",
            Self::Network => "network",
            Self::Codes => "codes",
            Self::Challenges => "challenges",
        }
    }
}

impl Accounts {
    /// What is counted when somebody tries the password of an address, whether there is such an account or not.
    pub(crate) fn counts_of(&self, email: &str, known: bool, visit: &Visit) -> Vec<Count> {
        let network = visit.network();
        let mut counts =
            vec![self.count(Counted::Pair, &[email, &network]), self.count(Counted::Network, &[&network])];
        if !known {
            counts.push(self.count(Counted::Account, &[email]));
        }
        counts
    }

    pub(crate) fn count(&self, counted: Counted, parts: &[&str]) -> Count {
        Count { counted, id: self.keep.hash(counted.word(), parts) }
    }

    /// Counts an attempt, unless one of the counts rests.
    ///
    /// # Errors
    /// [`AccountsError::Limited`]; then nothing was counted, so asking does not make it longer.
    pub(crate) async fn admit(&self, counts: Vec<Count>, visit: &Visit) -> Result<Admitted, AccountsError> {
        let admitted = again(|| self.try_admit(&counts, visit)).await;
        match admitted {
            Ok(()) => Ok(Admitted(counts)),
            // Very many at once: all but a few wait.
            Err(AccountsError::Stale) => Err(AccountsError::Limited { wait: Duration::from_secs(1) }),
            Err(error) => Err(error),
        }
    }

    async fn try_admit(&self, counts: &[Count], visit: &Visit) -> Result<(), AccountsError> {
        let mut writes = Vec::new();
        for count in counts {
            let there: Option<Stored<Attempts>> = self.load(None, &count.id, visit.at).await?;
            let so_far = there.as_ref().map_or(0, |there| there.value.count);
            if let Some(there) = &there {
                let until = there.value.last.plus(count.counted.pause(so_far));
                if until > visit.at {
                    return Err(AccountsError::Limited { wait: until.since(visit.at) });
                }
            }
            let value = Attempts { count: so_far.saturating_add(1), last: visit.at };
            writes.push(written(there, &count.id, value)?);
        }
        self.commit(writes, Vec::new(), visit.at).await
    }

    /// The attempt was right: what was counted for the account is forgotten, and the network gets this attempt back. Not
    /// more: who has one account must not get attempts on others for it.
    pub(crate) async fn succeeded(&self, admitted: Admitted, visit: &Visit) -> Result<(), AccountsError> {
        let done = again(async || {
            let mut writes = Vec::new();
            for count in &admitted.0 {
                let there: Option<Stored<Attempts>> = self.load(None, &count.id, visit.at).await?;
                let Some(there) = there else { continue };
                let left = there.value.count.saturating_sub(1);
                let write = if count.counted == Counted::Network && left > 0 {
                    let value = Attempts { count: left, ..there.value };
                    written(Some(there), &count.id, value)?
                } else {
                    there.remove()
                };
                writes.push(write);
            }
            if writes.is_empty() { Ok(()) } else { self.commit(writes, Vec::new(), visit.at).await }
        });
        match done.await {
            // Counted once too often is no harm.
            Err(AccountsError::Stale) => Ok(()),
            other => other,
        }
    }
}

fn written(there: Option<Stored<Attempts>>, id: &str, value: Attempts) -> Result<RecordWrite, AccountsError> {
    let expires_at = Some(value.last.plus(FORGET));
    match there {
        Some(there) => Stored { value, expires_at, ..there }.write(),
        None => Fresh { workspace: None, id: id.to_owned(), alias: None, expires_at, value: &value }.write(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let secs = |counted: Counted, count| counted.pause(count).as_secs();
        assert_eq!([4, 5, 6, 7, 8].map(|count| secs(Counted::Pair, count)), [0, 1, 2, 4, 8]);
        assert_eq!([9, 10, 11].map(|count| secs(Counted::Account, count)), [0, 1, 2]);
        assert_eq!([29, 30, 100, u32::MAX].map(|count| secs(Counted::Network, count)), [0, 1, 900, 900]);
    }

    #[test]
    fn a_day_of_guessing_is_fewer_than_a_hundred_and_twenty() {
        let (mut count, mut spent) = (0, 0);
        while spent < 24 * 3600 {
            count += 1;
            spent += Counted::Account.pause(count).as_secs();
        }
        assert!(count < 120, "{count}");
    }
}
