//! How many logins may fail (SECURITY §3.6): which counters there are, what they forbid, and how a login changes them.
//! The counters are kept in the store; nothing here reads it or a clock.

use std::time::Duration;

use countersign_model::{Name, SecretText, Timestamp};
use countersign_store::{ConversationKey, Counter, CounterChange, CounterKey};
use countersign_vault::Pseudonymizer;

/// How many logins may fail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginLimits {
    /// After so many failures of one contact at one Authorization Token, its logins pause. 0 switches it off.
    pub failures: u32,
    /// A failure is forgotten when no other follows within this time.
    pub within: Duration,
    /// How long the first pause is; each one after it is twice as long.
    pub pause: Duration,
    /// No pause is longer.
    pub longest_pause: Duration,
    /// After so many failures at one account name, from whatever contacts, no login with it is made any more, but for
    /// contacts that have logged in with it before. 0 switches it off.
    pub account_failures: u32,
    /// They are forgotten when no other follows within this time.
    pub account_within: Duration,
    /// How long after the first, second, third and each later failure at an account name the next login with it waits.
    pub account_delays: [Duration; 4],
    /// For how long it is remembered that a contact has logged in with an account name.
    pub known_for: Duration,
    /// So many phone calls of one number may log in within an hour. 0 switches it off.
    pub calls_per_hour: u32,
    /// The operator is told when of at least so many logins at one Authorization Token within ten minutes more than half
    /// fail.
    pub alarm: u32,
}

impl Default for LoginLimits {
    fn default() -> Self {
        let secs = Duration::from_secs;
        Self {
            failures: 5,
            within: secs(15 * 60),
            pause: secs(15 * 60),
            longest_pause: secs(24 * 3600),
            account_failures: 100,
            account_within: secs(24 * 3600),
            account_delays: [secs(1), secs(3), secs(5), secs(10)],
            known_for: secs(90 * 24 * 3600),
            calls_per_hour: 5,
            alarm: 50,
        }
    }
}

/// How long a service pauses that says 423 or 429 and not for how long, and how long it may pause at most.
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST_ASKED: Duration = Duration::from_secs(3600);

const HOUR: Duration = Duration::from_secs(3600);

/// Whose login it is.
#[derive(Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) bot: &'a Name,
    pub(crate) component: &'a Name,
    pub(crate) conversation: &'a ConversationKey,
    /// The number of a caller, as far as it is known.
    pub(crate) number: Option<&'a str>,
    /// The first answer that is not secret.
    pub(crate) account: Option<&'a SecretText>,
}

/// The counters of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Keys {
    /// Failures of the contact.
    contact: CounterKey,
    /// The service has asked this contact to wait.
    held_off: CounterKey,
    account: Option<AccountKeys>,
    number: Option<CounterKey>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct AccountKeys {
    /// Failures with the account name.
    failures: CounterKey,
    /// This contact has logged in with it.
    known: CounterKey,
}

/// The counters as they stand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seen {
    contact: Option<Counter>,
    held_off: Option<Counter>,
    account: Option<Counter>,
    known: Option<Counter>,
    number: Option<Counter>,
}

/// Logins with the same account name that are under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Others {
    /// Those that the counter of the account name knows of, or will in a moment.
    pub(crate) counted: u32,
    /// Those of them whose charges may not be on disk yet.
    pub(crate) unkept: u32,
    /// Those that it does not know of yet.
    pub(crate) uncounted: u32,
}

/// Whether a login may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It may, after this time.
    Go { after: Duration },
    /// The contact has failed too often, or the service has asked it to wait. That may be said, because it tells nothing
    /// of any account.
    Paused,
    /// The account name was tried too often. The user reads the same as after a wrong password, after the same time.
    Locked { after: Duration },
}

impl Others {
    pub(crate) const fn plus(self, more: Self) -> Self {
        Self {
            counted: self.counted + more.counted,
            unkept: self.unkept + more.unkept,
            uncounted: self.uncounted + more.uncounted,
        }
    }

    pub(crate) const fn minus(self, less: Self) -> Self {
        Self {
            counted: self.counted.saturating_sub(less.counted),
            unkept: self.unkept.saturating_sub(less.unkept),
            uncounted: self.uncounted.saturating_sub(less.uncounted),
        }
    }
}

impl Keys {
    pub(crate) fn of(who: &Who<'_>, names: &Pseudonymizer) -> Self {
        let ConversationKey { workspace, channel, address } = who.conversation;
        let component = [who.bot.as_str(), who.component.as_str()];
        let contact = [component[0], component[1], channel.as_str(), address.as_str()];
        let key = |purpose: &str, parts: &[&str]| {
            let mut short = [0; 16];
            short.copy_from_slice(&names.pseudonym(workspace, purpose, parts).as_bytes()[..16]);
            CounterKey(short)
        };
        let account = who.account.map(normal).filter(|account| !account.is_empty());
        Self {
            contact: key("login/contact", &contact),
            held_off: key("login/held-off", &contact),
            account: account.map(|account| {
                let account = account.expose();
                AccountKeys {
                    failures: key("login/account", &[component[0], component[1], account]),
                    known: key("login/known", &[contact[0], contact[1], contact[2], contact[3], account]),
                }
            }),
            number: who.number.map(|number| key("login/number", &[component[0], component[1], number])),
        }
    }

    /// The counter of the account name.
    pub(crate) fn account(&self) -> Option<CounterKey> {
        self.account.map(|account| account.failures)
    }

    /// All of them, in the order in which [`Keys::read`] wants them.
    pub(crate) fn all(&self) -> [CounterKey; 5] {
        // What a login does not have is asked for under a name that nothing is counted under.
        let none = CounterKey([0; 16]);
        [
            self.contact,
            self.held_off,
            self.account.map_or(none, |account| account.failures),
            self.account.map_or(none, |account| account.known),
            self.number.unwrap_or(none),
        ]
    }

    pub(crate) fn read(counters: &[Option<Counter>]) -> Seen {
        let at = |index: usize| counters.get(index).copied().flatten();
        Seen { contact: at(0), held_off: at(1), account: at(2), known: at(3), number: at(4) }
    }

    /// What is counted before the login is sent, in the same commit that says so.
    pub(crate) fn charges(&self, limits: &LoginLimits, seen: &Seen, now: Timestamp) -> Vec<CounterChange> {
        let failures = count(seen.contact) + 1;
        let lives = match pauses(limits, failures) {
            0 => limits.within,
            pauses => pause(limits, pauses).saturating_add(limits.longest_pause),
        };
        let mut changes = vec![CounterChange::Add { key: self.contact, expires_at: now.plus(lives) }];
        if let Some(account) = self.account.filter(|_| seen.known.is_none()) {
            let expires_at = now.plus(limits.account_within);
            changes.push(CounterChange::Add { key: account.failures, expires_at });
        }
        // The first login of this call.
        if let Some(key) = self.number.filter(|_| seen.contact.is_none()) {
            changes.push(CounterChange::Add { key, expires_at: now.plus(HOUR) });
        }
        changes
    }

    /// The login was good.
    pub(crate) fn passed(&self, limits: &LoginLimits, seen: &Seen, now: Timestamp) -> Vec<CounterChange> {
        let mut changes = vec![CounterChange::Clear { key: self.contact }];
        if let Some(account) = self.account {
            if seen.known.is_none() {
                changes.push(CounterChange::Clear { key: account.failures });
            }
            // Written again only when half of its time is over.
            if seen.known.is_none_or(|known| known.expires_at.since(now) < limits.known_for / 2) {
                let expires_at = now.plus(limits.known_for);
                changes.push(CounterChange::Add { key: account.known, expires_at });
            }
        }
        changes
    }

    /// Nobody has looked at the password: what was counted is given back.
    pub(crate) fn given_back(&self, seen: &Seen) -> Vec<CounterChange> {
        let mut changes = vec![CounterChange::Subtract { key: self.contact }];
        if let Some(account) = self.account.filter(|_| seen.known.is_none()) {
            changes.push(CounterChange::Subtract { key: account.failures });
        }
        changes
    }

    /// The service asks to wait: that is no failure, and this contact does not come again before.
    pub(crate) fn held_off(
        &self,
        seen: &Seen,
        asked: Option<Duration>,
        now: Timestamp,
    ) -> Vec<CounterChange> {
        let mut changes = self.given_back(seen);
        let expires_at = now.plus(asked.unwrap_or(PAUSE).min(LONGEST_ASKED));
        changes.push(CounterChange::Add { key: self.held_off, expires_at });
        changes
    }
}

impl Seen {
    /// The stricter of both, counter by counter: what was counted under the key before, and under the key of now.
    pub(crate) fn stricter(self, other: Self) -> Self {
        let more = |one: Option<Counter>, other: Option<Counter>| match (one, other) {
            (Some(one), Some(other)) => Some(if other.count > one.count { other } else { one }),
            (one, other) => one.or(other),
        };
        Self {
            contact: more(self.contact, other.contact),
            held_off: more(self.held_off, other.held_off),
            account: more(self.account, other.account),
            known: more(self.known, other.known),
            number: more(self.number, other.number),
        }
    }

    /// Whether a login may be made while others with the same account name are under way.
    pub(crate) fn judge(&self, limits: &LoginLimits, others: Others, now: Timestamp) -> Verdict {
        let failures = count(self.contact);
        let pausing = |contact: Counter| {
            limits.failures > 0
                && failures.is_multiple_of(limits.failures)
                && now < contact.last_at.plus(pause(limits, pauses(limits, failures)))
        };
        if self.held_off.is_some() || self.contact.is_some_and(pausing) {
            return Verdict::Paused;
        }
        let calls = count(self.number);
        if limits.calls_per_hour > 0 && calls >= limits.calls_per_hour && self.contact.is_none() {
            return Verdict::Paused;
        }
        if self.known.is_some() {
            return Verdict::Go { after: Duration::ZERO };
        }
        // Those under way may all be good: many at once may share an account. They are no failures yet, but together
        // they may not pass the limit.
        let failures = count(self.account).saturating_sub(others.counted);
        let delay = match usize::try_from(failures).unwrap_or(usize::MAX).checked_sub(1) {
            None => Duration::ZERO,
            Some(nth) => limits.account_delays[nth.min(limits.account_delays.len() - 1)],
        };
        let last = self.account.map(|account| account.last_at);
        let after = last.map_or(Duration::ZERO, |last| last.plus(delay).since(now).min(delay));
        let tries = count(self.account).saturating_add(others.uncounted).saturating_add(others.unkept);
        if limits.account_failures > 0 && tries >= limits.account_failures {
            return Verdict::Locked { after };
        }
        Verdict::Go { after }
    }
}

fn count(counter: Option<Counter>) -> u32 {
    counter.map_or(0, |counter| counter.count)
}

/// How many pauses so many failures have led to.
fn pauses(limits: &LoginLimits, failures: u32) -> u32 {
    failures.checked_div(limits.failures).unwrap_or(0)
}

fn pause(limits: &LoginLimits, nth: u32) -> Duration {
    let doubled = 1u32.checked_shl(nth.saturating_sub(1)).unwrap_or(u32::MAX);
    limits.pause.saturating_mul(doubled).min(limits.longest_pause)
}

/// An account name as most services compare it, so that nobody gets more tries by writing it differently.
fn normal(account: &SecretText) -> SecretText {
    let mut text = String::with_capacity(account.len() * 3);
    for character in account.expose().chars().filter(|character| !character.is_whitespace()) {
        text.extend(character.to_lowercase());
    }
    SecretText::new(text)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use countersign_vault::{KeyRing, MasterKey, MasterKeys};

    use super::*;

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_secs(1_800_000_000 + secs)
    }

    fn counter(count: u32, last: i64) -> Option<Counter> {
        Some(Counter { count, first_at: at(0), last_at: at(last), expires_at: at(1_000_000) })
    }

    fn judge(seen: Seen, now: i64) -> Verdict {
        seen.judge(&LoginLimits::default(), Others::default(), at(now))
    }

    fn go(secs: u64) -> Verdict {
        Verdict::Go { after: Duration::from_secs(secs) }
    }

    #[test]
    fn a_contact_pauses_after_every_fifth_failure_for_twice_as_long() {
        let minutes = |minutes: i64| minutes * 60;
        for (failures, pause) in [
            (1, 0),
            (4, 0),
            (5, minutes(15)),
            (6, 0),
            (9, 0),
            (10, minutes(30)),
            (15, minutes(60)),
            (35, minutes(15 << 6)),
            (40, minutes(24 * 60)),
            (5000, minutes(24 * 60)),
        ] {
            let seen = Seen { contact: counter(failures, 100), ..Seen::default() };
            if pause > 0 {
                assert_eq!(judge(seen, 100 + pause - 1), Verdict::Paused, "{failures}");
            }
            assert_eq!(judge(seen, 100 + pause), go(0), "{failures}");
        }
        let off = LoginLimits { failures: 0, ..LoginLimits::default() };
        let seen = Seen { contact: counter(5, 0), ..Seen::default() };
        assert_eq!(seen.judge(&off, Others::default(), at(0)), go(0));
    }

    #[test]
    fn an_account_name_waits_longer_and_longer_and_then_for_good() {
        for (failures, now, verdict) in [
            (1, 0, go(1)),
            (1, 1, go(0)),
            (2, 1, go(2)),
            (3, 0, go(5)),
            (4, 0, go(10)),
            (99, 3, go(7)),
            (99, 50, go(0)),
            (100, 0, Verdict::Locked { after: Duration::from_secs(10) }),
            (100, 500, Verdict::Locked { after: Duration::ZERO }),
            (1, -500, go(1)),
        ] {
            let seen = Seen { account: counter(failures, 0), ..Seen::default() };
            assert_eq!(judge(seen, now), verdict, "{failures} {now}");
            let known = Seen { known: counter(1, 0), ..seen };
            assert_eq!(judge(known, now), go(0), "who has logged in with it is not locked out by others");
        }
    }

    #[test]
    fn logins_at_once_do_not_pass_the_limit_together() {
        let limits = LoginLimits::default();
        let judge = |count, counted, uncounted| {
            let seen = Seen { account: counter(count, 0), ..Seen::default() };
            seen.judge(&limits, Others { counted, unkept: 0, uncounted }, at(0))
        };
        assert_eq!(judge(98, 0, 1), go(10));
        assert!(matches!(judge(98, 0, 2), Verdict::Locked { .. }));
        assert!(matches!(judge(100, 50, 0), Verdict::Locked { .. }));
        let unkept = Others { counted: 60, unkept: 60, uncounted: 0 };
        let seen = Seen { account: counter(40, 0), ..Seen::default() };
        assert!(matches!(seen.judge(&limits, unkept, at(0)), Verdict::Locked { .. }), "they will be on disk");
        assert_eq!(judge(64, 64, 30), go(0), "many may share an account");
        assert_eq!(judge(3, 2, 0), go(1));
    }

    #[test]
    fn a_number_calls_five_times_in_an_hour() {
        let fifth = Seen { number: counter(4, 0), ..Seen::default() };
        assert_eq!(judge(fifth, 0), go(0));
        let sixth = Seen { number: counter(5, 0), ..Seen::default() };
        assert_eq!(judge(sixth, 0), Verdict::Paused);
        let still_the_fifth = Seen { contact: counter(1, 0), ..sixth };
        assert_eq!(judge(still_the_fifth, 0), go(0));
    }

    #[test]
    fn who_was_asked_to_wait_waits() {
        let seen = Seen { held_off: counter(1, 0), ..Seen::default() };
        assert_eq!(judge(seen, 0), Verdict::Paused);
        assert_eq!(judge(Seen::default(), 0), go(0));
    }

    /// Counters as a store keeps them.
    struct Desk {
        counters: HashMap<CounterKey, Counter>,
        names: Pseudonymizer,
        limits: LoginLimits,
    }

    impl Desk {
        fn new() -> Self {
            let ring = KeyRing::unlock(MasterKeys::one(MasterKey::generate().unwrap()), []).unwrap();
            let names = ring.pseudonymizer().unwrap();
            Self { counters: HashMap::new(), names, limits: LoginLimits::default() }
        }

        fn keys(&self, contact: &str, account: &str) -> Keys {
            let name = |text: &str| -> Name { text.parse().unwrap() };
            let conversation =
                ConversationKey { workspace: name("acme"), channel: name("wa"), address: contact.into() };
            let (bot, component, account) = (name("bank"), name("login"), SecretText::from(account));
            let who = Who {
                bot: &bot,
                component: &component,
                conversation: &conversation,
                number: None,
                account: Some(&account),
            };
            Keys::of(&who, &self.names)
        }

        fn seen(&self, keys: &Keys, now: i64) -> Seen {
            let lives = |counter: &Counter| counter.count > 0 && counter.expires_at > at(now);
            let counter = |key| self.counters.get(key).copied().filter(lives);
            Keys::read(&keys.all().iter().map(counter).collect::<Vec<_>>())
        }

        fn count(&mut self, changes: Vec<CounterChange>, now: i64) {
            for change in changes {
                match change {
                    CounterChange::Add { key, expires_at } => {
                        let before = self.counters.get(&key).filter(|old| old.expires_at > at(now));
                        let count = before.map_or(0, |old| old.count) + 1;
                        let new = Counter { count, first_at: at(0), last_at: at(now), expires_at };
                        self.counters.insert(key, new);
                    }
                    CounterChange::Subtract { key } => self.counters.get_mut(&key).unwrap().count -= 1,
                    CounterChange::Clear { key } => {
                        self.counters.remove(&key);
                    }
                }
            }
        }
    }

    #[test]
    fn failures_add_up_and_a_success_clears_them() {
        let mut desk = Desk::new();
        let ada = desk.keys("+1", "ada");
        for minute in 0..5 {
            let seen = desk.seen(&ada, minute * 60);
            assert_eq!(judge(seen, minute * 60), go(0), "{minute}");
            desk.count(ada.charges(&desk.limits, &seen, at(minute * 60)), minute * 60);
        }
        assert_eq!(judge(desk.seen(&ada, 300), 300), Verdict::Paused);
        let bob = desk.keys("+1", "bob");
        assert_eq!(judge(desk.seen(&bob, 300), 300), Verdict::Paused, "another account does not help");
        let other = desk.keys("+2", "ada");
        assert_eq!(judge(desk.seen(&other, 240), 240), go(10), "another contact waits for the account");
        let after = 240 + 15 * 60;
        let seen = desk.seen(&ada, after);
        assert_eq!(judge(seen, after), go(0));
        desk.count(ada.passed(&desk.limits, &seen, at(after)), after);
        let seen = desk.seen(&ada, after);
        assert!(seen.contact.is_none() && seen.account.is_none() && seen.known.is_some());
        assert_eq!(ada.charges(&desk.limits, &seen, at(after)).len(), 1, "others' failures are not its own");
        assert_eq!(ada.passed(&desk.limits, &seen, at(after)).len(), 1);
    }

    #[test]
    fn what_nobody_looked_at_is_given_back() {
        let mut desk = Desk::new();
        let ada = desk.keys("+1", "ada");
        for second in 0..9 {
            let seen = desk.seen(&ada, second);
            desk.count(ada.charges(&desk.limits, &seen, at(second)), second);
            desk.count(ada.given_back(&seen), second);
        }
        let seen = desk.seen(&ada, 9);
        assert!(seen.contact.is_none() && seen.account.is_none());
        desk.count(ada.charges(&desk.limits, &seen, at(9)), 9);
        desk.count(ada.held_off(&seen, Some(Duration::from_secs(90)), at(9)), 9);
        assert_eq!(judge(desk.seen(&ada, 98), 98), Verdict::Paused);
        assert_eq!(judge(desk.seen(&ada, 99), 99), go(0));
    }

    #[test]
    fn an_account_name_is_one_however_it_is_written() {
        let desk = Desk::new();
        let ada = desk.keys("+1", "ada");
        for written in ["ADA", " ada ", "Ada\n", "a da"] {
            assert_eq!(desk.keys("+1", written), ada, "{written:?}");
        }
        assert_ne!(desk.keys("+1", "adam"), ada);
        assert_ne!(desk.keys("+2", "ada").all()[0], ada.all()[0]);
        assert_eq!(desk.keys("+2", "ada").account(), ada.account());
        assert_eq!(desk.keys("+1", " ").account(), None);
    }
}
