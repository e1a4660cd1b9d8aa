//! How many new contacts a channel takes in a minute (SECURITY §3.6).
//!
//! Each is counted in the commit that makes its conversation, so a restart gives nobody a new minute. Between the webhook
//! and that commit those that were let in are known in memory: a thousand at once do not pass the bound together.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher as _, RandomState};
use std::sync::PoisonError;
use std::time::Duration;

use countersign_channels::{ChannelEvent, Event as Said};
use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_store::{ConversationKey, CounterChange, CounterKey, TurnCommit};
use countersign_vault::Pseudonymizer;

use crate::error::{IngestError, RunError};
use crate::observer::Notice;
use crate::parts::Inner;

const MINUTE: Duration = Duration::from_secs(60);

/// Who was let in within this minute, channel by channel.
#[derive(Default)]
pub(crate) struct Newcomers {
    channels: HashMap<(Name, Name), Window>,
    hashes: RandomState,
}

struct Window {
    minute: Timestamp,
    /// How many the store knew of when this began: those before a restart.
    before: u32,
    let_in: HashSet<u64>,
    told: bool,
}

/// What becomes of a new contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    /// It is the first one too many of this minute.
    TooMany,
    StillTooMany,
}

impl Newcomers {
    fn knows(&self, key: &ConversationKey, minute: Timestamp) -> bool {
        self.channels.get(&channel(key)).is_some_and(|window| window.minute == minute)
    }

    /// `before` is of use only at the first time in a minute.
    fn take(&mut self, key: &ConversationKey, minute: Timestamp, before: u32, most: u32) -> Verdict {
        let contact = self.hashes.hash_one(key);
        let begin = || Window { minute, before, let_in: HashSet::new(), told: false };
        let window = self.channels.entry(channel(key)).or_insert_with(begin);
        if window.minute != minute {
            *window = begin();
        }
        if window.let_in.contains(&contact) {
            return Verdict::Fine;
        }
        let so_far = u32::try_from(window.let_in.len()).unwrap_or(u32::MAX).saturating_add(window.before);
        if so_far < most {
            window.let_in.insert(contact);
            return Verdict::Fine;
        }
        match std::mem::replace(&mut window.told, true) {
            false => Verdict::TooMany,
            true => Verdict::StillTooMany,
        }
    }
}

impl Inner {
    /// Whether a message is left out because it is of a new contact, and its channel has had too many in this minute.
    pub(crate) async fn is_one_too_many(
        &self,
        kind: ChannelKind,
        key: &ConversationKey,
        event: &ChannelEvent,
        now: Timestamp,
    ) -> Result<bool, IngestError> {
        let most = self.limits.new_contacts_per_minute;
        let says = matches!(event.event, Said::Reply(_) | Said::Part(_) | Said::Begin | Said::Start(_));
        if most == 0 || !says || !is_bounded(kind) || self.store.conversation(key).await?.is_some() {
            return Ok(false);
        }
        let minute = begin_of_minute(now);
        let lock = || self.newcomers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = 0;
        if !lock().knows(key, minute) {
            let names = self.vault.names()?;
            let keys: Vec<_> = names.iter().map(|names| counter(names, key)).collect();
            // Under one of these keys stands what was counted before the master key was changed.
            let counters = self.store.counters(&keys, now).await?;
            before = counters.iter().flatten().fold(0, |sum: u32, one| sum.saturating_add(one.count));
        }
        let verdict = lock().take(key, minute, before, most);
        if verdict == Verdict::Fine {
            return Ok(false);
        }
        self.tell(key, &Notice::ManyNewContacts { first: verdict == Verdict::TooMany });
        Ok(true)
    }

    /// Counts the contact whose conversation this turn makes.
    pub(crate) fn count_newcomer(&self, kind: ChannelKind, commit: &mut TurnCommit) -> Result<(), RunError> {
        if self.limits.new_contacts_per_minute == 0 || !is_bounded(kind) || commit.session.is_none() {
            return Ok(());
        }
        if let Some(names) = self.vault.names()?.first() {
            let key = counter(names, &commit.lease.conversation);
            let expires_at = begin_of_minute(commit.now).plus(MINUTE);
            commit.counters.push(CounterChange::Add { key, expires_at });
        }
        Ok(())
    }
}

/// A phone call is a conversation of its own, and the provider bounds calls. Visitors of a chat do not come through a
/// webhook; their connections are bounded.
const fn is_bounded(kind: ChannelKind) -> bool {
    !matches!(kind, ChannelKind::Phone | ChannelKind::Web | ChannelKind::Mobile | ChannelKind::Desktop)
}

fn begin_of_minute(now: Timestamp) -> Timestamp {
    Timestamp::from_secs(now.as_secs().div_euclid(60) * 60)
}

/// It has no minute in its name: a counter whose time is over begins anew.
fn counter(names: &Pseudonymizer, key: &ConversationKey) -> CounterKey {
    let mut short = [0; 16];
    let name = names.pseudonym(&key.workspace, "contacts/minute", &[key.channel.as_str()]);
    short.copy_from_slice(&name.as_bytes()[..16]);
    CounterKey(short)
}

fn channel(key: &ConversationKey) -> (Name, Name) {
    (key.workspace.clone(), key.channel.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(channel: &str, address: &str) -> ConversationKey {
        let name = |text: &str| text.parse().unwrap();
        ConversationKey { workspace: name("acme"), channel: name(channel), address: address.into() }
    }

    #[test]
    fn so_many_in_a_minute_and_each_of_them_once() {
        let mut newcomers = Newcomers::default();
        let minute = |secs| begin_of_minute(Timestamp::from_secs(secs));
        let mut take =
            |channel, address, secs, before| newcomers.take(&key(channel, address), minute(secs), before, 3);
        for address in ["ada", "bob", "ada", "eva", "bob"] {
            assert_eq!(take("wa", address, 60, 0), Verdict::Fine, "{address}");
        }
        assert_eq!(take("wa", "kim", 119, 0), Verdict::TooMany);
        assert_eq!(take("wa", "kim", 119, 0), Verdict::StillTooMany);
        assert_eq!(take("wa", "ada", 119, 0), Verdict::Fine);
        assert_eq!(take("sms", "kim", 119, 0), Verdict::Fine, "another channel has its own");
        assert_eq!(take("wa", "kim", 120, 2), Verdict::Fine);
        assert_eq!(take("wa", "leo", 121, 0), Verdict::TooMany, "two were counted before a restart");
        assert_eq!(take("wa", "leo", 60, 0), Verdict::Fine, "a clock that is put back locks nobody out");
    }
}
