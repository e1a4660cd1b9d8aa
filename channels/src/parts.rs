//! Long texts that arrive in parts.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_model::{SecretText, Timestamp};

use crate::event::Part;

/// For how long the parts of a text are waited for. A text of which a part is missing by then is given up.
const AGE: Duration = Duration::from_secs(15 * 60);
/// Of how many texts parts are kept at a time. The oldest makes room.
const TEXTS: usize = 1000;

/// The parts of texts that are not complete yet. It lives in memory: what is in it when the process ends is lost, as a
/// part that got lost on the way is.
#[derive(Debug, Default)]
pub struct Parts {
    texts: BTreeMap<Key, Gathering>,
}

/// A text that has become whole.
#[derive(Debug, PartialEq, Eq)]
pub struct Joined {
    /// The provider's id of the first part: the same whichever part came last, and in every repeat.
    pub id: String,
    /// The whole text.
    pub text: SecretText,
}

impl Parts {
    /// Nothing is waited for.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a part that came from this address under this id. Gives the text when it is whole; and again when a part of
    /// it is repeated, because the provider repeats what was not answered in time, and the text may not have been kept.
    pub fn add(&mut self, address: &str, id: &str, part: Part, now: Timestamp) -> Option<Joined> {
        self.texts.retain(|_, text| now < text.since.plus(AGE));
        if part.number == 0 || part.number > part.total {
            return Some(Joined { id: id.to_owned(), text: part.text });
        }
        let key = Key { address: address.to_owned(), reference: part.reference, total: part.total };
        if !self.texts.contains_key(&key) {
            self.make_room();
        }
        let text = self.texts.entry(key).or_insert_with(|| Gathering::begin(now, part.total));
        text.put(usize::from(part.number) - 1, id, part.text, now);
        text.joined()
    }

    fn make_room(&mut self) {
        if self.texts.len() < TEXTS {
            return;
        }
        let oldest = self.texts.iter().min_by_key(|(_, text)| text.since).map(|(key, _)| key.clone());
        if let Some(oldest) = oldest {
            self.texts.remove(&oldest);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    address: String,
    reference: String,
    total: u8,
}

#[derive(Debug)]
struct Gathering {
    since: Timestamp,
    slots: Vec<Option<Slot>>,
}

#[derive(Debug)]
struct Slot {
    id: String,
    text: SecretText,
}

impl Gathering {
    fn begin(now: Timestamp, total: u8) -> Self {
        Self { since: now, slots: (0..total).map(|_| None).collect() }
    }

    fn put(&mut self, index: usize, id: &str, text: SecretText, now: Timestamp) {
        let whole = self.slots.iter().all(Option::is_some);
        let known = self.slots[index].as_ref().is_some_and(|slot| slot.id == id);
        if known {
            return;
        }
        // The same number again under another id: the phone has begun to use the reference for another text.
        if whole || self.slots[index].is_some() {
            self.since = now;
            self.slots.iter_mut().for_each(|slot| *slot = None);
        }
        self.slots[index] = Some(Slot { id: id.to_owned(), text });
    }

    fn joined(&self) -> Option<Joined> {
        let slots: Vec<&Slot> = self.slots.iter().map(Option::as_ref).collect::<Option<_>>()?;
        let first = slots.first()?;
        let length = slots.iter().map(|slot| slot.text.len()).sum();
        let mut text = String::with_capacity(length);
        slots.iter().for_each(|slot| text.push_str(slot.text.expose()));
        Some(Joined { id: first.id.clone(), text: SecretText::new(text) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn part(total: u8, number: u8, text: &str) -> Part {
        Part { reference: "17".into(), total, number, text: text.into() }
    }

    fn at(seconds: u64) -> Timestamp {
        Timestamp::default().plus(Duration::from_secs(seconds))
    }

    fn text(joined: Option<Joined>) -> Option<(String, String)> {
        joined.map(|joined| (joined.id, joined.text.into_public()))
    }

    fn whole(id: &str, words: &str) -> Option<(String, String)> {
        Some((id.to_owned(), words.to_owned()))
    }

    #[test]
    fn the_last_part_makes_it_whole_whichever_it_is() {
        let mut parts = Parts::new();
        assert_eq!(parts.add("a", "3", part(3, 3, "three"), at(0)), None);
        assert_eq!(parts.add("a", "1", part(3, 1, "one "), at(1)), None);
        assert_eq!(parts.add("b", "9", part(3, 2, "of somebody else"), at(1)), None);
        assert_eq!(text(parts.add("a", "2", part(3, 2, "two "), at(2))), whole("1", "one two three"));
    }

    #[test]
    fn a_repeat_changes_nothing_before_and_gives_the_text_again_after() {
        let mut parts = Parts::new();
        assert_eq!(parts.add("a", "1", part(2, 1, "one "), at(0)), None);
        assert_eq!(parts.add("a", "1", part(2, 1, "one "), at(0)), None);
        assert_eq!(text(parts.add("a", "2", part(2, 2, "two"), at(0))), whole("1", "one two"));
        assert_eq!(text(parts.add("a", "2", part(2, 2, "two"), at(9))), whole("1", "one two"));
    }

    #[test]
    fn a_reference_that_is_used_again_does_not_mix_two_texts() {
        let mut parts = Parts::new();
        parts.add("a", "1", part(2, 1, "one "), at(0));
        parts.add("a", "2", part(2, 2, "two"), at(0));
        assert_eq!(parts.add("a", "3", part(2, 2, "four"), at(60)), None);
        assert_eq!(text(parts.add("a", "4", part(2, 1, "three "), at(60))), whole("4", "three four"));
        parts.add("a", "5", part(3, 1, "lost "), at(70));
        parts.add("a", "6", part(3, 1, "x"), at(70));
        parts.add("a", "7", part(3, 2, "y"), at(70));
        assert_eq!(text(parts.add("a", "8", part(3, 3, "z"), at(70))), whole("6", "xyz"));
    }

    #[test]
    fn what_stays_incomplete_is_given_up() {
        let mut parts = Parts::new();
        parts.add("a", "1", part(2, 1, "one "), at(0));
        assert_eq!(parts.add("a", "2", part(2, 2, "two"), at(15 * 60)), None);
        assert_eq!(parts.texts.len(), 1);
    }

    #[test]
    fn the_number_of_texts_is_bounded_and_the_oldest_makes_room() {
        let mut parts = Parts::new();
        for number in 0..u64::try_from(TEXTS).unwrap() + 5 {
            parts.add(&number.to_string(), "1", part(2, 1, "one "), at(number / 10));
        }
        assert_eq!(parts.texts.len(), TEXTS);
        assert_eq!(parts.add("0", "2", part(2, 2, "two"), at(101)), None);
        assert_eq!(text(parts.add("1000", "2", part(2, 2, "two"), at(101))), whole("1", "one two"));
    }

    #[test]
    fn numbers_that_make_no_sense_leave_the_text_as_it_is() {
        let mut parts = Parts::new();
        for (total, number) in [(0, 0), (2, 0), (2, 3)] {
            assert_eq!(text(parts.add("a", "1", part(total, number, "words"), at(0))), whole("1", "words"));
        }
    }

    proptest! {
        #[test]
        fn any_order_with_repeats_gives_the_text_once_it_is_whole(
            words in prop::collection::vec("[a-z ]{0,9}", 1..9),
            order in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
        ) {
            let total = u8::try_from(words.len()).unwrap();
            let order = order.iter().map(|index| index.index(words.len())).chain(0..words.len());
            let mut parts = Parts::new();
            let mut last = None;
            for index in order {
                let number = u8::try_from(index).unwrap() + 1;
                last = parts.add("a", &index.to_string(), part(total, number, &words[index]), at(0));
            }
            prop_assert_eq!(text(last), whole("0", &words.concat()));
        }
    }
}
