use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use countersign_model::{SecretText, Timestamp};

use crate::bank::locked;
use crate::people::{self, Person};
use crate::random;

/// Codes that were sent to phones and wait to be typed.
#[derive(Default)]
pub(crate) struct Codes {
    state: Mutex<State>,
}

/// What came of a wish for a code.
pub(crate) struct Sent {
    /// Names the code without giving it away.
    pub(crate) challenge: String,
    /// Whether the phone belongs to somebody. The caller must not tell.
    pub(crate) known: bool,
}

const LIFETIME: Duration = Duration::from_secs(5 * 60);
const TRIES: u8 = 3;

#[derive(Default)]
struct State {
    waiting: HashMap<String, Waiting>,
    last: HashMap<&'static str, String>,
}

struct Waiting {
    person: &'static Person,
    code: SecretText,
    ends: Timestamp,
    tries: u8,
}

impl Codes {
    /// Keeps `code` for the owner of `phone`; an older code of the same person dies. A phone that nobody has gets a
    /// challenge as well, which no code answers.
    pub(crate) fn send(&self, phone: &str, code: String, now: Timestamp) -> Sent {
        let challenge = random::id();
        let mut state = locked(&self.state);
        state.waiting.retain(|_, waiting| waiting.ends > now);
        let Some(person) = people::by_phone(&plain(phone)) else {
            return Sent { challenge, known: false };
        };
        state.waiting.retain(|_, waiting| waiting.person.phone != person.phone);
        state.last.insert(person.phone, code.clone());
        let waiting = Waiting { person, code: code.into(), ends: now.plus(LIFETIME), tries: TRIES };
        state.waiting.insert(challenge.clone(), waiting);
        Sent { challenge, known: true }
    }

    /// Whose code it is. A code is good once, for five minutes and three tries.
    pub(crate) fn redeem(
        &self,
        challenge: &str,
        code: &SecretText,
        now: Timestamp,
    ) -> Option<&'static Person> {
        let mut state = locked(&self.state);
        let waiting = state.waiting.get_mut(challenge)?;
        waiting.tries -= 1;
        let (right, person) = (waiting.ends > now && waiting.code == *code, waiting.person);
        if right || waiting.tries == 0 {
            state.waiting.remove(challenge);
        }
        right.then_some(person)
    }

    /// The challenge of the code that waits for this phone.
    pub(crate) fn challenge_of(&self, phone: &str) -> Option<String> {
        let phone = plain(phone);
        let state = locked(&self.state);
        state.waiting.iter().find(|(_, waiting)| waiting.person.phone == phone).map(|(id, _)| id.clone())
    }

    pub(crate) fn last(&self, phone: &str) -> Option<String> {
        locked(&self.state).last.get(plain(phone).as_str()).cloned()
    }
}

/// People write numbers with blanks, hyphens and brackets.
fn plain(phone: &str) -> String {
    phone.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')' | '.' | '/')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: &str = "+15550100";
    const NOON: Timestamp = Timestamp::from_secs(1_795_348_800);

    fn who(codes: &Codes, challenge: &str, code: &str, now: Timestamp) -> Option<&'static str> {
        codes.redeem(challenge, &code.into(), now).map(|person| person.username)
    }

    #[test]
    fn a_code_is_good_once() {
        let codes = Codes::default();
        let sent = codes.send("+1 (555) 01-00", "123456".into(), NOON);
        assert!(sent.known);
        assert_eq!(codes.last(ALICE).as_deref(), Some("123456"));
        assert_eq!(codes.challenge_of(ALICE).as_ref(), Some(&sent.challenge));
        assert_eq!(who(&codes, &sent.challenge, "123456", NOON), Some("alice"));
        assert_eq!(who(&codes, &sent.challenge, "123456", NOON), None);
    }

    #[test]
    fn three_wrong_tries_kill_it() {
        let codes = Codes::default();
        let sent = codes.send(ALICE, "123456".into(), NOON);
        for wrong in ["123457", "", "1234567"] {
            assert_eq!(who(&codes, &sent.challenge, wrong, NOON), None);
        }
        assert_eq!(who(&codes, &sent.challenge, "123456", NOON), None);
    }

    #[test]
    fn two_wrong_tries_do_not() {
        let codes = Codes::default();
        let sent = codes.send(ALICE, "123456".into(), NOON);
        assert_eq!(who(&codes, &sent.challenge, "1", NOON), None);
        assert_eq!(who(&codes, &sent.challenge, "2", NOON), None);
        assert_eq!(who(&codes, &sent.challenge, "123456", NOON), Some("alice"));
    }

    #[test]
    fn a_code_ends_after_five_minutes() {
        let codes = Codes::default();
        let sent = codes.send(ALICE, "123456".into(), NOON);
        assert_eq!(who(&codes, &sent.challenge, "123456", NOON.plus(LIFETIME)), None);
        let sent = codes.send(ALICE, "123456".into(), NOON);
        let just_in_time = NOON.plus(LIFETIME - Duration::from_secs(1));
        assert_eq!(who(&codes, &sent.challenge, "123456", just_in_time), Some("alice"));
    }

    #[test]
    fn a_new_code_kills_the_old_one() {
        let codes = Codes::default();
        let old = codes.send(ALICE, "111111".into(), NOON);
        let new = codes.send(ALICE, "222222".into(), NOON);
        assert_eq!(who(&codes, &old.challenge, "111111", NOON), None);
        assert_eq!(who(&codes, &new.challenge, "222222", NOON), Some("alice"));
    }

    #[test]
    fn nobody_learns_which_phones_are_known() {
        let codes = Codes::default();
        let sent = codes.send("+19999999", "123456".into(), NOON);
        assert!(!sent.known);
        assert_eq!(sent.challenge.len(), codes.send(ALICE, "123456".into(), NOON).challenge.len());
        assert_eq!(who(&codes, &sent.challenge, "123456", NOON), None);
        assert_eq!(codes.last("+19999999"), None);
    }
}
