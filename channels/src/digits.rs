//! Digits that were said aloud, as digits.

mod words;

use self::words::{Compound, TABLES, Table};
use crate::spoken::is_same_language;

/// The digits that a caller has said, in the language of this tag: "four seven one one", "4 7 1 1", "double seven",
/// "forty-seven eleven" are `4711`, `4711`, `77`, `4711`. A leading "plus" of a phone number stays.
///
/// `None` when anything else was said too, or when it is an amount ("12.50"): then the words mean something else, and
/// the question takes them as they are.
pub fn spoken_digits(text: &str, language: &str) -> Option<String> {
    let tables = [Table::of(language), &TABLES[0]];
    // People say English digits in any language; no word of the two means different digits.
    tables.iter().find_map(|table| table.read(text))
}

impl Table {
    fn of(language: &str) -> &'static Self {
        TABLES.iter().find(|table| is_same_language(table.language, language)).unwrap_or(&TABLES[0])
    }

    fn read(&self, text: &str) -> Option<String> {
        if text.len() > 500 || is_amount(text) {
            return None;
        }
        let text = text.trim().to_lowercase();
        let (plus, text) = match text.strip_prefix('+') {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        };
        let words: Vec<&str> = text
            .split(|c: char| !(c.is_alphanumeric() || c == '\''))
            .filter(|word| !word.is_empty() && !self.around.contains(word))
            .collect();
        let (plus, words) = match words.split_first() {
            Some((first, rest)) if *first == self.plus && !rest.is_empty() => (true, rest),
            _ => (plus, words.as_slice()),
        };
        let digits = self.digits(words)?;
        Some(if plus { format!("+{digits}") } else { digits })
    }

    fn digits(&self, words: &[&str]) -> Option<String> {
        let mut out = String::new();
        let mut guessed = 0;
        let mut rest = words;
        while let [word, after @ ..] = rest {
            let (digits, used) = if let Some(number) = self.two_digits(rest) {
                number
            } else if let Some(digits) = self.plain(word) {
                (digits, 1)
            } else if let (Some(times), [next, ..]) = (find(self.times, word), after) {
                (self.plain(next).filter(|digit| digit.len() == 1)?.repeat(*times), 2)
            } else {
                guessed += 1;
                (find(self.alike, word)?.to_string(), 1)
            };
            out.push_str(&digits);
            rest = rest.get(used..).unwrap_or_default();
        }
        (words.len() > guessed && !out.is_empty()).then_some(out)
    }

    /// Digits as they are written, or the word for one.
    fn plain(&self, word: &str) -> Option<String> {
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(word.to_owned());
        }
        self.one(word).map(|digit| digit.to_string())
    }

    fn one(&self, word: &str) -> Option<usize> {
        self.ones.iter().position(|names| names.contains(&word))
    }

    /// A number of two digits at the beginning, and of how many words it is.
    fn two_digits(&self, words: &[&str]) -> Option<(String, usize)> {
        let [first, after @ ..] = words else { return None };
        if let Some((number, used)) = self.teen(words) {
            return Some((number.to_string(), used));
        }
        if let Some(number) = self.compound(first) {
            return Some((number.to_string(), 1));
        }
        let (mut tens, mut used) = (usize::from(*find(self.tens, first).or_else(|| self.eighty(words))?), 1);
        let mut after = after;
        // "quatre-vingt" is of two words.
        if find(self.tens, first).is_none() {
            used = 2;
            after = after.get(1..).unwrap_or_default();
        }
        let linked = match after {
            [and, rest @ ..] if !self.and.is_empty() && *and == self.and => Some(rest),
            _ => None,
        };
        let rest = linked.unwrap_or(after);
        let one = self.one(rest.first().copied().unwrap_or_default()).filter(|one| *one > 0);
        let teen = self.teen(rest).filter(|_| self.language == "fr" && matches!(tens, 60 | 80));
        if let Some((more, words)) = one.map(|one| (one, 1)).or(teen) {
            tens += more;
            used += words + usize::from(linked.is_some());
        }
        Some((tens.to_string(), used))
    }

    /// A number from ten to nineteen at the beginning, and of how many words it is: "dix-sept" is of two.
    fn teen(&self, words: &[&str]) -> Option<(usize, usize)> {
        let [first, after @ ..] = words else { return None };
        let teen = usize::from(*find(self.teens, first)?);
        let one = after.first().and_then(|next| self.one(next)).filter(|one| *one >= 7);
        match one.filter(|_| self.language == "fr" && teen == 10) {
            Some(one) => Some((teen + one, 2)),
            None => Some((teen, 1)),
        }
    }

    fn eighty(&self, words: &[&str]) -> Option<&'static u8> {
        let french = self.language == "fr" && matches!(words, ["quatre", "vingt" | "vingts", ..]);
        french.then_some(&80)
    }

    fn compound(&self, word: &str) -> Option<usize> {
        self.tens.iter().find_map(|(name, tens)| {
            let one = match self.compound {
                Compound::Never => return None,
                Compound::OnesFirst(link) => word.strip_suffix(name)?.strip_suffix(link)?,
                Compound::TensFirst => word.strip_prefix(name).or_else(|| {
                    let shorter = &name[..name.len() - 1];
                    word.strip_prefix(shorter).filter(|one| one.starts_with(['u', 'o']))
                })?,
            };
            let one = if one == "ein" { 1 } else { self.one(one)? };
            Some(usize::from(*tens) + one)
        })
    }
}

fn find<'t, T>(table: &'t [(&'static str, T)], word: &str) -> Option<&'t T> {
    table.iter().find(|(known, _)| *known == word).map(|(_, value)| value)
}

/// Whether it is an amount and no sequence of digits: a point, a comma, a stroke or a colon between two digits, as in
/// "12.50", "1,200", "1/2" and "10:30", a minus before them, or a sign of an amount.
fn is_amount(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digit = |byte: &u8| byte.is_ascii_digit();
    let between = |window: &[u8]| matches!(window, [a, b'.' | b',' | b'/' | b':', c] if digit(a) && digit(c));
    let negative = text.trim_start().starts_with(['-', '\u{2212}']);
    bytes.windows(3).any(between) || negative || text.contains(['€', '$', '£', '%'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(language: &str, cases: &[(&str, &str)]) {
        for (said, digits) in cases {
            let found = spoken_digits(said, language);
            assert_eq!(found.as_deref(), Some(*digits).filter(|digits| !digits.is_empty()), "{said}");
        }
    }

    #[test]
    fn english() {
        let cases = [
            ("four seven one one", "4711"),
            ("4 7 1 1", "4711"),
            ("4711.", "4711"),
            ("47-11", "4711"),
            ("double seven", "77"),
            ("triple oh seven", "0007"),
            ("forty-seven eleven", "4711"),
            ("ninety nine twenty", "9920"),
            ("twenty oh one", "2001"),
            ("It's four, seven, one, one, please.", "4711"),
            ("my number is 4 seven double 1", "4711"),
            ("Plus four nine three oh", "+4930"),
            ("+49 30 12", "+493012"),
            ("one to three for", "1234"),
            ("seven", "7"),
            ("to", ""),
            ("for to", ""),
            ("double", ""),
            ("double eleven", ""),
            ("plus", ""),
            ("please", ""),
            ("", ""),
            ("two loaves please", ""),
            ("twelve point five", ""),
            ("12.50", ""),
            ("1,200", ""),
            ("50%", ""),
            ("-5", ""),
            ("minus five", ""),
            ("1/2", ""),
            ("10:30", ""),
            ("five hundred", ""),
            ("savings", ""),
        ];
        check("en-US", &cases);
    }

    #[test]
    fn other_languages() {
        let german = [
            ("vier sieben eins eins", "4711"),
            ("siebenundvierzig elf", "4711"),
            ("einundzwanzig zwo", "212"),
            ("Äh, null fünf, bitte", "05"),
            ("doppel sieben", "77"),
            ("zwei Brote", ""),
        ];
        check("de-DE", &german);
        let spanish = [
            ("cuatro siete uno uno", "4711"),
            ("treinta y cinco doce", "3512"),
            ("veintidós", "22"),
            ("doble cero siete", "007"),
            ("más tres cuatro", "+34"),
            ("dos panes", ""),
        ];
        check("es", &spanish);
        let french = [
            ("quatre sept un un", "4711"),
            ("quarante-sept onze", "4711"),
            ("vingt et un", "21"),
            ("soixante-dix-sept", "77"),
            ("quatre-vingt-dix", "90"),
            ("quatre-vingts", "80"),
            ("quatre vingt douze", "92"),
            ("deux pains", ""),
        ];
        check("fr-FR", &french);
        let italian = [
            ("quattro sette uno uno", "4711"),
            ("quarantasette undici", "4711"),
            ("trentuno", "31"),
            ("ventotto", "28"),
            ("ventitré", "23"),
            ("due pani", ""),
        ];
        check("it", &italian);
        let portuguese =
            [("quatro sete um meia", "4716"), ("trinta e cinco onze", "3511"), ("dois pães", "")];
        check("pt-BR", &portuguese);
        let dutch = [("vier zeven een één", "4711"), ("zevenenveertig elf", "4711"), ("twee broden", "")];
        check("nl-NL", &dutch);
    }

    #[test]
    fn english_digits_are_understood_everywhere() {
        check("de", &[("four seven one one", "4711")]);
        check("ja", &[("four seven", "47"), ("4711", "4711")]);
    }

    #[test]
    fn french_numbers_below_a_hundred_come_out() {
        // As a recogniser writes them.
        check("fr", &[("soixante et onze", "71"), ("quatre-vingt-dix-neuf", "99"), ("dix-sept", "17")]);
    }

    proptest! {
        #[test]
        fn every_sequence_of_digits_comes_back(digits in "[0-9]{1,12}", language in 0..TABLES.len()) {
            let table = &TABLES[language];
            let words: Vec<_> = digits.bytes().map(|digit| table.ones[usize::from(digit - b'0')][0]).collect();
            // "quatre vingt" aside, single digits never join.
            prop_assert_eq!(spoken_digits(&words.join(" "), table.language), Some(digits.clone()));
            prop_assert_eq!(spoken_digits(&digits, table.language), Some(digits));
        }

        #[test]
        fn nothing_makes_it_panic(text in any::<String>(), language in "[a-z]{0,3}") {
            let _ = spoken_digits(&text, &language);
        }
    }
}
