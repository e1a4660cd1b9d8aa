//! Digits that were said aloud, as digits.

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

struct Table {
    language: &'static str,
    /// For each digit from 0 the words for it.
    ones: [&'static [&'static str]; 10],
    /// Words from ten to nineteen, and others that stand for a number of two digits.
    teens: &'static [(&'static str, u8)],
    /// Words for twenty, thirty … ninety; some languages have two.
    tens: &'static [(&'static str, u8)],
    /// Between tens and ones: "y" in "treinta y cinco"; empty when nothing is.
    and: &'static str,
    /// How tens and ones are written in one word.
    compound: Compound,
    /// "double", "triple".
    times: &'static [(&'static str, usize)],
    /// "plus" before a phone number.
    plus: &'static str,
    /// Words that people put around a number.
    around: &'static [&'static str],
    /// Words that sound like a digit, and are one between other digits only.
    alike: &'static [(&'static str, u8)],
}

/// How a number of two digits is one word.
enum Compound {
    /// It is not.
    Never,
    /// Ones, this, tens: "siebenundvierzig".
    OnesFirst(&'static str),
    /// Tens and ones, where a last vowel of the tens may be missing: "quarantasette", "trentuno".
    TensFirst,
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

/// Whether there is a point or a comma between two digits, as in "12.50" and "1,200", or a sign of an amount.
fn is_amount(text: &str) -> bool {
    let bytes = text.as_bytes();
    let between =
        |window: &[u8]| matches!(window, [a, b'.' | b',', c] if a.is_ascii_digit() && c.is_ascii_digit());
    bytes.windows(3).any(between) || text.contains(['€', '$', '£', '%'])
}

/// The first is for languages that have none.
const TABLES: &[Table] = &[
    Table {
        language: "en",
        ones: [
            &["zero", "oh", "o", "nought", "naught"],
            &["one"],
            &["two"],
            &["three"],
            &["four"],
            &["five"],
            &["six"],
            &["seven"],
            &["eight"],
            &["nine", "niner"],
        ],
        teens: &[
            ("ten", 10),
            ("eleven", 11),
            ("twelve", 12),
            ("thirteen", 13),
            ("fourteen", 14),
            ("fifteen", 15),
            ("sixteen", 16),
            ("seventeen", 17),
            ("eighteen", 18),
            ("nineteen", 19),
        ],
        tens: &[
            ("twenty", 20),
            ("thirty", 30),
            ("forty", 40),
            ("fifty", 50),
            ("sixty", 60),
            ("seventy", 70),
            ("eighty", 80),
            ("ninety", 90),
        ],
        and: "",
        compound: Compound::Never,
        times: &[("double", 2), ("triple", 3), ("treble", 3)],
        plus: "plus",
        around: &[
            "please", "um", "uh", "er", "it's", "its", "it", "is", "my", "the", "number", "code", "pin",
            "digit", "digits", "and", "press", "hash", "pound", "key",
        ],
        alike: &[("to", 2), ("too", 2), ("for", 4), ("won", 1), ("ate", 8)],
    },
    Table {
        language: "de",
        ones: [
            &["null"],
            &["eins", "ein", "eine"],
            &["zwei", "zwo"],
            &["drei"],
            &["vier"],
            &["fünf"],
            &["sechs"],
            &["sieben"],
            &["acht"],
            &["neun"],
        ],
        teens: &[
            ("zehn", 10),
            ("elf", 11),
            ("zwölf", 12),
            ("dreizehn", 13),
            ("vierzehn", 14),
            ("fünfzehn", 15),
            ("sechzehn", 16),
            ("siebzehn", 17),
            ("achtzehn", 18),
            ("neunzehn", 19),
        ],
        tens: &[
            ("zwanzig", 20),
            ("dreißig", 30),
            ("vierzig", 40),
            ("fünfzig", 50),
            ("sechzig", 60),
            ("siebzig", 70),
            ("achtzig", 80),
            ("neunzig", 90),
        ],
        and: "",
        compound: Compound::OnesFirst("und"),
        times: &[("doppel", 2), ("doppelt", 2), ("dreifach", 3)],
        plus: "plus",
        around: &[
            "bitte", "äh", "ähm", "das", "ist", "die", "der", "meine", "nummer", "und", "raute", "code",
        ],
        alike: &[],
    },
    Table {
        language: "es",
        ones: [
            &["cero"],
            &["uno", "un", "una"],
            &["dos"],
            &["tres"],
            &["cuatro"],
            &["cinco"],
            &["seis"],
            &["siete"],
            &["ocho"],
            &["nueve"],
        ],
        teens: &[
            ("diez", 10),
            ("once", 11),
            ("doce", 12),
            ("trece", 13),
            ("catorce", 14),
            ("quince", 15),
            ("dieciséis", 16),
            ("diecisiete", 17),
            ("dieciocho", 18),
            ("diecinueve", 19),
            ("veintiuno", 21),
            ("veintidós", 22),
            ("veintitrés", 23),
            ("veinticuatro", 24),
            ("veinticinco", 25),
            ("veintiséis", 26),
            ("veintisiete", 27),
            ("veintiocho", 28),
            ("veintinueve", 29),
        ],
        tens: &[
            ("veinte", 20),
            ("treinta", 30),
            ("cuarenta", 40),
            ("cincuenta", 50),
            ("sesenta", 60),
            ("setenta", 70),
            ("ochenta", 80),
            ("noventa", 90),
        ],
        and: "y",
        compound: Compound::Never,
        times: &[("doble", 2), ("triple", 3)],
        plus: "más",
        around: &["por", "favor", "eh", "es", "el", "la", "mi", "número", "código", "almohadilla"],
        alike: &[],
    },
    Table {
        language: "fr",
        ones: [
            &["zéro"],
            &["un", "une"],
            &["deux"],
            &["trois"],
            &["quatre"],
            &["cinq"],
            &["six"],
            &["sept"],
            &["huit"],
            &["neuf"],
        ],
        teens: &[
            ("dix", 10),
            ("onze", 11),
            ("douze", 12),
            ("treize", 13),
            ("quatorze", 14),
            ("quinze", 15),
            ("seize", 16),
        ],
        tens: &[
            ("vingt", 20),
            ("trente", 30),
            ("quarante", 40),
            ("cinquante", 50),
            ("soixante", 60),
            ("septante", 70),
            ("huitante", 80),
            ("nonante", 90),
        ],
        and: "et",
        compound: Compound::Never,
        times: &[("double", 2), ("triple", 3)],
        plus: "plus",
        around: &["s'il", "vous", "plaît", "euh", "c'est", "le", "la", "mon", "numéro", "code", "dièse"],
        alike: &[],
    },
    Table {
        language: "it",
        ones: [
            &["zero"],
            &["uno", "un", "una"],
            &["due"],
            &["tre", "tré"],
            &["quattro"],
            &["cinque"],
            &["sei"],
            &["sette"],
            &["otto"],
            &["nove"],
        ],
        teens: &[
            ("dieci", 10),
            ("undici", 11),
            ("dodici", 12),
            ("tredici", 13),
            ("quattordici", 14),
            ("quindici", 15),
            ("sedici", 16),
            ("diciassette", 17),
            ("diciotto", 18),
            ("diciannove", 19),
        ],
        tens: &[
            ("venti", 20),
            ("trenta", 30),
            ("quaranta", 40),
            ("cinquanta", 50),
            ("sessanta", 60),
            ("settanta", 70),
            ("ottanta", 80),
            ("novanta", 90),
        ],
        and: "",
        compound: Compound::TensFirst,
        times: &[("doppio", 2), ("triplo", 3)],
        plus: "più",
        around: &["per", "favore", "ehm", "è", "il", "la", "mio", "numero", "codice", "cancelletto"],
        alike: &[],
    },
    Table {
        language: "nl",
        ones: [
            &["nul"],
            &["een", "één"],
            &["twee"],
            &["drie"],
            &["vier"],
            &["vijf"],
            &["zes"],
            &["zeven"],
            &["acht"],
            &["negen"],
        ],
        teens: &[
            ("tien", 10),
            ("elf", 11),
            ("twaalf", 12),
            ("dertien", 13),
            ("veertien", 14),
            ("vijftien", 15),
            ("zestien", 16),
            ("zeventien", 17),
            ("achttien", 18),
            ("negentien", 19),
        ],
        tens: &[
            ("twintig", 20),
            ("dertig", 30),
            ("veertig", 40),
            ("vijftig", 50),
            ("zestig", 60),
            ("zeventig", 70),
            ("tachtig", 80),
            ("negentig", 90),
        ],
        and: "",
        compound: Compound::OnesFirst("en"),
        times: &[("dubbel", 2), ("dubbele", 2), ("driedubbel", 3)],
        plus: "plus",
        around: &["alstublieft", "eh", "uh", "het", "is", "de", "mijn", "nummer", "code", "hekje"],
        alike: &[],
    },
    Table {
        language: "pt",
        ones: [
            &["zero"],
            &["um", "uma"],
            &["dois", "duas"],
            &["três"],
            &["quatro"],
            &["cinco"],
            &["seis", "meia"],
            &["sete"],
            &["oito"],
            &["nove"],
        ],
        teens: &[
            ("dez", 10),
            ("onze", 11),
            ("doze", 12),
            ("treze", 13),
            ("catorze", 14),
            ("quatorze", 14),
            ("quinze", 15),
            ("dezesseis", 16),
            ("dezasseis", 16),
            ("dezessete", 17),
            ("dezassete", 17),
            ("dezoito", 18),
            ("dezenove", 19),
            ("dezanove", 19),
        ],
        tens: &[
            ("vinte", 20),
            ("trinta", 30),
            ("quarenta", 40),
            ("cinquenta", 50),
            ("sessenta", 60),
            ("setenta", 70),
            ("oitenta", 80),
            ("noventa", 90),
        ],
        and: "e",
        compound: Compound::Never,
        times: &[("duplo", 2), ("triplo", 3)],
        plus: "mais",
        around: &["por", "favor", "é", "o", "a", "meu", "número", "código", "jogo", "da", "velha"],
        alike: &[],
    },
];

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
