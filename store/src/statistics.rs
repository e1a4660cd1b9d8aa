//! What was counted, by hours.
//!
//! A turn writes nothing for it. Whoever counts keeps the numbers in memory and adds them in one group every some
//! seconds; a crash loses what was counted since the last one, and nothing else.

use std::time::Duration;

use async_trait::async_trait;
use countersign_model::{Name, Timestamp};

use crate::error::StoreError;

/// So many more of something in an hour.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stat {
    /// The workspace.
    pub workspace: Name,
    /// Which hour.
    pub hour: Hour,
    /// The bot, when it belongs to one.
    pub bot: Option<Name>,
    /// The channel, when it belongs to one.
    pub channel: Option<Name>,
    /// What was counted: `message_in`. The layer above names it.
    pub what: String,
    /// Which of them: a component, a step, a bucket of a histogram. May be empty.
    pub label: String,
    /// How many.
    pub count: u64,
}

/// An hour, counted from 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(pub u32);

impl Hour {
    /// The hour of a moment; the first one for what lies before 1970.
    pub fn of(at: Timestamp) -> Self {
        Self(u32::try_from(at.as_secs().div_euclid(3600).max(0)).unwrap_or(u32::MAX))
    }

    /// When it begins.
    pub fn begins(self) -> Timestamp {
        Timestamp::from_secs(i64::from(self.0) * 3600)
    }
}

/// Which numbers are wanted. All that is given must hold.
#[derive(Clone, Debug)]
pub struct StatQuery {
    /// Of this workspace.
    pub workspace: Name,
    /// From this hour on.
    pub from: Hour,
    /// Before this hour.
    pub until: Hour,
    /// Of this bot.
    pub bot: Option<Name>,
    /// Of this channel.
    pub channel: Option<Name>,
    /// Of these kinds; all when there is none.
    pub what: Vec<String>,
}

impl StatQuery {
    /// Whether it is wanted.
    pub fn matches(&self, stat: &Stat) -> bool {
        stat.workspace == self.workspace
            && (self.from..self.until).contains(&stat.hour)
            && (self.bot.is_none() || self.bot == stat.bot)
            && (self.channel.is_none() || self.channel == stat.channel)
            && (self.what.is_empty() || self.what.contains(&stat.what))
    }
}

/// Numbers by hours.
#[async_trait]
pub trait Statistics: Send + Sync {
    /// Adds to what is there, all of it or nothing.
    async fn add_stats(&self, stats: Vec<Stat>) -> Result<(), StoreError>;

    /// What was counted: by hour, bot, channel, kind and label.
    async fn stats(&self, query: &StatQuery) -> Result<Vec<Stat>, StoreError>;
}

/// How long things took, as counts in fixed buckets: enough for a median and a 95th percentile, and it can be added up
/// over hours.
pub mod latency {
    use super::{Duration, Name};

    /// Until how many milliseconds a bucket goes, the bound included; what is longer is in one more bucket.
    pub const BOUNDS: [u32; 15] =
        [5, 10, 25, 50, 100, 200, 300, 500, 750, 1_000, 2_000, 3_000, 5_000, 10_000, 30_000];

    /// How many buckets there are.
    pub const BUCKETS: usize = BOUNDS.len() + 1;

    /// The bucket of a duration.
    pub fn bucket(took: Duration) -> usize {
        let millis = took.as_micros().div_ceil(1000);
        BOUNDS.iter().position(|bound| millis <= u128::from(*bound)).unwrap_or(BOUNDS.len())
    }

    /// The label under which the duration of a component is counted.
    pub fn label(component: &Name, took: Duration) -> String {
        format!("{component}.{}", bucket(took))
    }

    /// The component and the bucket that a label names.
    pub fn read_label(label: &str) -> Option<(Name, usize)> {
        let (component, bucket) = label.rsplit_once('.')?;
        let bucket = bucket.parse().ok().filter(|bucket| *bucket < BUCKETS)?;
        Some((component.parse().ok()?, bucket))
    }

    /// The duration that so many percent of all did not exceed, as the bound of its bucket in milliseconds; for the last
    /// bucket, which has none, the bound of the one before. `None` when nothing was counted.
    pub fn percentile(counts: &[u64; BUCKETS], percent: u8) -> Option<u32> {
        let all: u64 = counts.iter().sum();
        if all == 0 {
            return None;
        }
        let wanted = (u128::from(all) * u128::from(percent.min(100))).div_ceil(100).max(1);
        let mut sum = 0;
        let at = counts.iter().position(|count| {
            sum += u128::from(*count);
            sum >= wanted
        });
        Some(BOUNDS[at.unwrap_or(BOUNDS.len()).min(BOUNDS.len() - 1)])
    }
}

#[cfg(test)]
mod tests {
    use super::latency::{BUCKETS, bucket, label, percentile, read_label};
    use super::*;

    #[test]
    fn hours_begin_and_end() {
        assert_eq!(Hour::of(Timestamp::from_secs(7199)), Hour(1));
        assert_eq!(Hour::of(Timestamp::from_secs(7200)), Hour(2));
        assert_eq!(Hour::of(Timestamp::from_secs(-1)), Hour(0));
        assert_eq!(Hour(2).begins(), Timestamp::from_secs(7200));
    }

    #[test]
    fn durations_go_into_buckets() {
        let millis = Duration::from_millis;
        assert_eq!([millis(0), millis(5), Duration::from_micros(5001)].map(bucket), [0, 0, 1]);
        assert_eq!([millis(30_000), millis(30_001), Duration::MAX].map(bucket), [14, 15, 15]);
        let component: Name = "bank-login".parse().unwrap();
        assert_eq!(label(&component, millis(7)), "bank-login.1");
        assert_eq!(read_label("bank-login.15"), Some((component, 15)));
        for wrong in ["bank-login", "bank-login.16", ".1", "a b.1", "a.-1", ""] {
            assert_eq!(read_label(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn percentiles_are_read_from_buckets() {
        let mut counts = [0; BUCKETS];
        assert_eq!(percentile(&counts, 50), None);
        counts[4] = 95;
        counts[11] = 4;
        counts[15] = 1;
        assert_eq!(
            [0, 50, 95, 96, 99, 100].map(|p| percentile(&counts, p).unwrap()),
            [100, 100, 100, 3_000, 3_000, 30_000]
        );
        assert_eq!(percentile(&[u64::MAX / 16; BUCKETS], 50), Some(500));
    }
}
