//! How much one contact may send.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::Duration;

use countersign_model::Timestamp;
use countersign_store::ConversationKey;

/// How much one contact may send (SECURITY §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// So many messages.
    pub messages: u32,
    /// Within this time.
    pub within: Duration,
}

impl Default for Flood {
    fn default() -> Self {
        Self { messages: 20, within: Duration::from_secs(10) }
    }
}

/// So many contacts are counted at once; what more come are let through.
const MOST: usize = 100_000;

/// Counts what contacts send, in memory: what was counted is worthless seconds later.
#[derive(Default)]
pub(crate) struct Floods {
    windows: HashMap<u64, Window>,
    hashes: RandomState,
    cleared: Timestamp,
}

struct Window {
    since: Timestamp,
    /// Hashes of the provider's ids. What a provider repeats is one message, however often it comes.
    taken: Vec<u64>,
    told: bool,
}

impl Window {
    fn begin(since: Timestamp) -> Self {
        Self { since, taken: Vec::new(), told: false }
    }

    fn is_over(&self, now: Timestamp, flood: &Flood) -> bool {
        now >= self.since.plus(flood.within) || now < self.since
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Yes,
    /// It is the first one too many.
    TooMany,
    /// The contact has been told of before.
    StillTooMany,
}

impl Floods {
    pub(crate) fn take(&mut self, key: &ConversationKey, id: &str, now: Timestamp, flood: &Flood) -> Taken {
        if now >= self.cleared.plus(flood.within) || now < self.cleared {
            self.clear(now, flood);
        }
        let name = self.hashes.hash_one(key);
        if self.windows.len() >= MOST && !self.windows.contains_key(&name) {
            return Taken::Yes;
        }
        let window = self.windows.entry(name).or_insert_with(|| Window::begin(now));
        if window.is_over(now, flood) {
            *window = Window::begin(now);
        }
        let id = self.hashes.hash_one(id);
        if window.taken.contains(&id) {
            return Taken::Yes;
        }
        if window.taken.len() < usize::try_from(flood.messages).unwrap_or(usize::MAX) {
            window.taken.push(id);
            return Taken::Yes;
        }
        match std::mem::replace(&mut window.told, true) {
            false => Taken::TooMany,
            true => Taken::StillTooMany,
        }
    }

    /// Forgets what is over.
    pub(crate) fn clear(&mut self, now: Timestamp, flood: &Flood) {
        self.windows.retain(|_, window| !window.is_over(now, flood));
        self.windows.shrink_to(self.windows.len() * 2);
        self.cleared = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(address: &str) -> ConversationKey {
        let name = |text: &str| text.parse().unwrap();
        ConversationKey { workspace: name("acme"), channel: name("wa"), address: address.into() }
    }

    #[test]
    fn twenty_in_ten_seconds_are_taken_and_no_other_contact_is_touched() {
        let mut floods = Floods::default();
        let rules = Flood::default();
        let mut ids = 0;
        let mut take = |address: &str, secs: i64| {
            ids += 1;
            floods.take(&key(address), &ids.to_string(), Timestamp::from_secs(1_800_000_000 + secs), &rules)
        };
        for second in 0..20 {
            assert_eq!(take("ada", second / 3), Taken::Yes);
        }
        assert_eq!(take("ada", 7), Taken::TooMany);
        assert_eq!(take("ada", 9), Taken::StillTooMany);
        assert_eq!(take("bob", 9), Taken::Yes);
        assert_eq!(take("ada", 10), Taken::Yes);
        assert_eq!(take("ada", -50), Taken::Yes, "a clock that is put back locks nobody out");
    }

    #[test]
    fn what_is_repeated_is_counted_once() {
        let mut floods = Floods::default();
        let mut take = |id: &str| floods.take(&key("ada"), id, Timestamp::from_secs(0), &Flood::default());
        for round in 0..5 {
            for id in 0..20 {
                assert_eq!(take(&id.to_string()), Taken::Yes, "{round}");
            }
        }
        assert_eq!(take("20"), Taken::TooMany);
        assert_eq!(take("3"), Taken::Yes);
    }

    #[test]
    fn what_is_over_is_not_kept_and_there_is_a_bound() {
        let mut floods = Floods::default();
        let rules = Flood { messages: 1, ..Flood::default() };
        for contact in 0..MOST + 10 {
            floods.take(&key(&contact.to_string()), "1", Timestamp::from_secs(0), &rules);
        }
        assert_eq!(floods.windows.len(), MOST);
        floods.take(&key("x"), "1", Timestamp::from_secs(10), &rules);
        assert_eq!(floods.windows.len(), 1);
    }
}
