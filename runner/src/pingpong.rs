//! Bots that answer each other.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::PoisonError;
use std::time::Duration;

use countersign_channels::{ChannelEvent, Event as Said};
use countersign_engine::Session;
use countersign_model::{ChannelKind, Content, Timestamp};
use countersign_store::{ConversationKey, StoreError};

use crate::observer::Notice;
use crate::parts::Inner;

/// When a contact is taken for a bot that answers ours (SECURITY §3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PingPong {
    /// So many times the same text, at least 2.
    pub messages: u32,
    /// Within this time.
    pub within: Duration,
    /// For so long nothing of the contact is taken.
    pub mute: Duration,
}

impl Default for PingPong {
    fn default() -> Self {
        Self { messages: 5, within: Duration::from_secs(60), mute: Duration::from_secs(600) }
    }
}

/// Texts of so many characters are not counted: people repeat `1`, `yes` and `balance` while they walk through menus.
/// What a bot says when it did not understand is a sentence.
const SHORT: usize = 8;

/// So many contacts are counted at once; what more come are let through.
const MOST: usize = 100_000;

/// So many texts of one contact are looked back at, or twice as many as are allowed: two bots may have more than one
/// sentence for each other.
const TEXTS: usize = 16;

/// Counts who says the same again and again, in memory: what was counted is worthless minutes later.
#[derive(Default)]
pub(crate) struct PingPongs {
    contacts: HashMap<u64, Vec<Heard>>,
    /// Until when.
    muted: HashMap<u64, Timestamp>,
    /// No text is kept, only its hash with a key of this process.
    hashes: RandomState,
    cleared: Timestamp,
}

/// Hashes of a text and of the provider's id of it. What a provider repeats is one message, however often it comes.
struct Heard {
    text: u64,
    id: u64,
    at: Timestamp,
}

impl Heard {
    fn counts(&self, now: Timestamp, rules: &PingPong) -> bool {
        now < self.at.plus(rules.within) && now >= self.at
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    /// The same was said too often.
    TooOften,
    Muted,
}

impl PingPongs {
    fn look(
        &mut self,
        key: &ConversationKey,
        id: &str,
        text: Option<&str>,
        now: Timestamp,
        rules: &PingPong,
    ) -> Verdict {
        let text = text.map(str::trim).filter(|text| text.chars().nth(SHORT).is_some());
        if text.is_none() && self.muted.is_empty() {
            return Verdict::Fine;
        }
        if now >= self.cleared.plus(rules.within) || now < self.cleared {
            self.clear(now, rules);
        }
        let (contact, id) = (self.hashes.hash_one(key), self.hashes.hash_one(id));
        let known = self.contacts.get(&contact).is_some_and(|heard| heard.iter().any(|one| one.id == id));
        if known {
            return Verdict::Fine;
        }
        if self.muted.get(&contact).is_some_and(|until| is_muted(*until, now, rules)) {
            return Verdict::Muted;
        }
        let Some(text) = text else { return Verdict::Fine };
        if self.contacts.len() >= MOST && !self.contacts.contains_key(&contact) {
            return Verdict::Fine;
        }
        let text = self.hashes.hash_one(text);
        let heard = self.contacts.entry(contact).or_default();
        heard.retain(|one| one.counts(now, rules));
        let allowed = usize::try_from(rules.messages).unwrap_or(usize::MAX).max(2);
        if heard.iter().filter(|one| one.text == text).count() + 1 >= allowed {
            return Verdict::TooOften;
        }
        if heard.len() >= TEXTS.max(allowed.saturating_mul(2)) {
            heard.remove(0);
        }
        heard.push(Heard { text, id, at: now });
        Verdict::Fine
    }

    /// Gives whether the contact was not muted before.
    fn mute(&mut self, key: &ConversationKey, now: Timestamp, rules: &PingPong) -> bool {
        let until = now.plus(rules.mute);
        self.muted.insert(self.hashes.hash_one(key), until).is_none_or(|old| !is_muted(old, now, rules))
    }

    /// What the contact has said is forgotten.
    fn forgive(&mut self, key: &ConversationKey) {
        self.contacts.remove(&self.hashes.hash_one(key));
    }

    /// Forgets what is over.
    pub(crate) fn clear(&mut self, now: Timestamp, rules: &PingPong) {
        self.contacts.retain(|_, heard| heard.last().is_some_and(|last| last.counts(now, rules)));
        self.contacts.shrink_to(self.contacts.len() * 2);
        self.muted.retain(|_, until| is_muted(*until, now, rules));
        self.cleared = now;
    }
}

/// A clock that is put back mutes nobody for longer.
fn is_muted(until: Timestamp, now: Timestamp, rules: &PingPong) -> bool {
    now < until && until <= now.plus(rules.mute)
}

impl Inner {
    /// Whether a message is left out because its sender seems to be a bot that answers ours.
    pub(crate) async fn is_ping_pong(
        &self,
        kind: ChannelKind,
        key: &ConversationKey,
        event: &ChannelEvent,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(rules) = &self.limits.pingpong else { return Ok(false) };
        // A caller is understood now and then, and a call ends by itself.
        if kind.capabilities().spoken {
            return Ok(false);
        }
        let text = match &event.event {
            Said::Reply(reply) => match &reply.content {
                Content::Text(text) => Some(text.expose()),
                _ => None,
            },
            // A long text that comes again comes again in the same parts.
            Said::Part(part) => Some(part.text.expose()),
            Said::Begin | Said::Start(_) => None,
            _ => return Ok(false),
        };
        let lock = || self.pingpongs.lock().unwrap_or_else(PoisonError::into_inner);
        let verdict = lock().look(key, &event.id, text, now, rules);
        if verdict != Verdict::TooOften {
            return Ok(verdict == Verdict::Muted);
        }
        // Whoever types a name or a password again and again is seen to by the bounds of logins.
        if self.logs_in(key).await? {
            lock().forgive(key);
            return Ok(false);
        }
        if lock().mute(key, now, rules) {
            self.tell(key, &Notice::PingPong { mute: rules.mute });
        }
        Ok(true)
    }

    /// Whether the conversation is in the middle of a login.
    async fn logs_in(&self, key: &ConversationKey) -> Result<bool, StoreError> {
        let session = self.store.conversation(key).await?.and_then(|conversation| conversation.session);
        let session = session.and_then(|stored| Session::from_bytes(&stored.bytes).ok());
        Ok(session.is_some_and(|session| session.is_logging_in()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SORRY: &str = "Sorry, I did not understand.";

    fn key(address: &str) -> ConversationKey {
        let name = |text: &str| text.parse().unwrap();
        ConversationKey { workspace: name("acme"), channel: name("wa"), address: address.into() }
    }

    #[derive(Default)]
    struct Contacts {
        all: PingPongs,
        ids: u32,
    }

    impl Contacts {
        fn say(&mut self, address: &str, text: &str, secs: i64) -> Verdict {
            self.ids += 1;
            let id = self.ids.to_string();
            self.repeat(address, &id, text, secs)
        }

        fn repeat(&mut self, address: &str, id: &str, text: &str, secs: i64) -> Verdict {
            let (key, now) = (key(address), Timestamp::from_secs(1_800_000_000 + secs));
            let verdict = self.all.look(&key, id, Some(text), now, &PingPong::default());
            if verdict == Verdict::TooOften {
                self.all.mute(&key, now, &PingPong::default());
            }
            verdict
        }
    }

    #[test]
    fn the_fifth_time_within_a_minute_mutes_for_ten_minutes() {
        let mut contacts = Contacts::default();
        for second in 0..4 {
            assert_eq!(contacts.say("bot", SORRY, second), Verdict::Fine);
        }
        assert_eq!(contacts.say("bot", " Sorry, I did not understand.\n", 59), Verdict::TooOften);
        assert_eq!(contacts.say("bot", "1", 60), Verdict::Muted);
        assert_eq!(contacts.say("bot", "And now something else.", 658), Verdict::Muted);
        assert_eq!(contacts.say("ada", SORRY, 60), Verdict::Fine);
        assert_eq!(contacts.say("bot", SORRY, 659), Verdict::Fine);
        assert_eq!(contacts.say("bot", SORRY, -50), Verdict::Fine, "a clock that is put back mutes nobody");
    }

    #[test]
    fn people_in_menus_and_people_who_take_their_time_are_not_taken_for_bots() {
        let mut contacts = Contacts::default();
        for second in 0..50 {
            for text in ["1", "yes", "balance", "übersich"] {
                assert_eq!(contacts.say("ada", text, second), Verdict::Fine);
            }
            assert_eq!(contacts.say("eva", &format!("Message number {second}"), second), Verdict::Fine);
            assert_eq!(contacts.say("bob", SORRY, second * 15), Verdict::Fine, "{second}");
        }
    }

    #[test]
    fn two_bots_with_several_sentences_are_noticed() {
        let mut contacts = Contacts::default();
        let verdicts: Vec<_> =
            (0..15).map(|second| contacts.say("bot", &format!("{SORRY} {}", second % 3), second)).collect();
        assert_eq!(verdicts[..12], [Verdict::Fine; 12]);
        assert_eq!(verdicts[12..], [Verdict::TooOften, Verdict::Muted, Verdict::Muted]);
    }

    #[test]
    fn what_is_repeated_is_counted_once_and_let_through() {
        let mut contacts = Contacts::default();
        for id in ["a", "b", "b", "a", "c", "b", "d", "d"] {
            assert_eq!(contacts.repeat("bot", id, SORRY, 0), Verdict::Fine, "{id}");
        }
        assert_eq!(contacts.repeat("bot", "e", SORRY, 1), Verdict::TooOften);
        assert_eq!(contacts.repeat("bot", "e", SORRY, 2), Verdict::Muted);
        assert_eq!(contacts.repeat("bot", "d", SORRY, 2), Verdict::Fine, "it was kept, or is wanted again");
    }

    #[test]
    fn what_is_over_is_not_kept_and_there_is_a_bound() {
        let mut contacts = Contacts::default();
        for contact in 0..MOST + 10 {
            contacts.say(&contact.to_string(), SORRY, 0);
        }
        assert_eq!(contacts.all.contacts.len(), MOST);
        for second in 0..100 {
            contacts.say("5", &format!("Message number {second}"), 1);
        }
        assert!(contacts.all.contacts.values().all(|heard| heard.len() <= TEXTS));
        for _ in 0..5 {
            contacts.say("6", SORRY, 2);
        }
        assert_eq!(contacts.all.muted.len(), 1);
        contacts.say("x", SORRY, 62);
        assert_eq!(contacts.all.contacts.len(), 1);
        contacts.say("x", SORRY, 700);
        assert!(contacts.all.muted.is_empty());
    }
}
