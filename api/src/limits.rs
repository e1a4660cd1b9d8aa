//! How many requests one session, API key or peer may make.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_model::Timestamp;

/// A bucket for each key that fills up again over time. Held in memory: after a restart all are full.
pub(crate) struct Buckets<K> {
    /// How many requests at once.
    burst: u32,
    /// In which time an empty bucket is full again.
    refill: Duration,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    /// How many requests are left, with fractions.
    left: f64,
    at: Timestamp,
}

/// More keys than that are not kept: those that are full are forgotten first.
const MANY: usize = 10_000;

impl<K: Eq + Hash> Buckets<K> {
    /// So many requests at once, and so many again in `refill`.
    pub(crate) fn new(burst: u32, refill: Duration) -> Self {
        Self { burst, refill, buckets: Mutex::default() }
    }

    /// Takes a request out. `Err` is the number of seconds after which there is one again.
    pub(crate) fn take(&self, key: K, now: Timestamp) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let per_second = f64::from(self.burst) / self.refill.as_secs_f64();
        let full = f64::from(self.burst);
        let level =
            |bucket: &Bucket| (bucket.left + now.since(bucket.at).as_secs_f64() * per_second).min(full);
        if buckets.len() >= MANY {
            buckets.retain(|_, bucket| level(bucket) < full);
        }
        let bucket = buckets.entry(key).or_insert(Bucket { left: full, at: now });
        let left = level(bucket);
        if left < 1.0 {
            *bucket = Bucket { left, at: now };
            let seconds = (1.0 - left) / per_second;
            return Err(Duration::from_secs_f64(seconds).as_secs() + 1);
        }
        *bucket = Bucket { left: left - 1.0, at: now };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(3, Duration::from_secs(30));
        let at = |second| Timestamp::from_secs(second);
        for _ in 0..3 {
            assert_eq!(buckets.take("a", at(0)), Ok(()));
        }
        assert_eq!(buckets.take("a", at(0)), Err(11));
        assert_eq!(buckets.take("b", at(0)), Ok(()));
        assert_eq!(buckets.take("a", at(4)), Err(7));
        assert_eq!(buckets.take("a", at(10)), Ok(()));
        assert!(buckets.take("a", at(10)).is_err());
        for _ in 0..3 {
            assert_eq!(buckets.take("a", at(1000)), Ok(()));
        }
        // A clock that goes back gives nothing and takes nothing.
        assert!(buckets.take("a", at(5)).is_err());
    }

    #[test]
    fn what_is_full_is_forgotten() {
        let buckets = Buckets::new(1, Duration::from_secs(1));
        for n in 0..MANY {
            assert!(buckets.take(n, Timestamp::from_secs(0)).is_ok());
        }
        assert!(buckets.take(MANY, Timestamp::from_secs(10)).is_ok());
        assert_eq!(buckets.buckets.lock().unwrap().len(), 1);
    }
}
