//! What the bot says, in words that can be spoken.

use countersign_model::{Choice, MediaKind, OutMessage};

/// A part of what a caller hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Spoken {
    /// Read aloud.
    Words(String),
    /// The recording that lies at this address.
    Play(String),
}

/// Messages as a caller hears them, in the language of this tag. `spell` are digits that are said one by one wherever
/// they stand. What nobody can hear, such as a picture without words, is left out.
pub(crate) fn spoken(say: &[OutMessage], language: &str, spell: &[String]) -> Vec<Spoken> {
    let phrases = Phrases::of(language);
    let mut parts = Vec::new();
    for message in say {
        let words = match message {
            OutMessage::Text(text) => text.clone(),
            OutMessage::Options { text, choices } => sentences([text.clone(), menu(phrases, choices)]),
            OutMessage::Card { title, text, choices, .. } => {
                let text = text.clone().unwrap_or_default();
                sentences([title.clone(), text, menu(phrases, choices)])
            }
            OutMessage::Link { text, label, url } => {
                sentences([text.clone(), label.clone(), place_on_the_web(url)])
            }
            OutMessage::Location { latitude, longitude, name } => match name {
                Some(name) => name.clone(),
                None => format!("{} {latitude}, {} {longitude}", phrases.latitude, phrases.longitude),
            },
            OutMessage::Media(media) => {
                let caption = media.caption.clone().unwrap_or_default();
                if media.kind == MediaKind::Audio {
                    push(&mut parts, &caption, spell);
                    parts.push(Spoken::Play(media.url.clone()));
                    continue;
                }
                caption
            }
        };
        push(&mut parts, &words, spell);
    }
    parts
}

/// The tag that a provider's voices go by: what the operator has set when it is the language that is spoken, else the
/// tag itself, with the region that most voices have when it names none.
pub(crate) fn voice_language(set: Option<&str>, language: &str) -> String {
    if let Some(set) = set.filter(|set| language.is_empty() || is_same_language(set, language)) {
        return set.to_owned();
    }
    let regions = [
        ("ar", "ar-AE"),
        ("cs", "cs-CZ"),
        ("da", "da-DK"),
        ("de", "de-DE"),
        ("el", "el-GR"),
        ("en", "en-US"),
        ("es", "es-ES"),
        ("fi", "fi-FI"),
        ("fr", "fr-FR"),
        ("hi", "hi-IN"),
        ("it", "it-IT"),
        ("ja", "ja-JP"),
        ("ko", "ko-KR"),
        ("nb", "nb-NO"),
        ("nl", "nl-NL"),
        ("pl", "pl-PL"),
        ("pt", "pt-BR"),
        ("ro", "ro-RO"),
        ("ru", "ru-RU"),
        ("sv", "sv-SE"),
        ("tr", "tr-TR"),
        ("zh", "zh-CN"),
    ];
    let region = regions.iter().find(|(short, _)| short.eq_ignore_ascii_case(language));
    region.map_or(language, |(_, tag)| tag).to_owned()
}

/// Whether two tags name one language, whatever their regions.
pub(crate) fn is_same_language(one: &str, other: &str) -> bool {
    primary(one).eq_ignore_ascii_case(primary(other))
}

/// `en` of `en-US`.
pub(crate) fn primary(tag: &str) -> &str {
    tag.split(['-', '_']).next().unwrap_or_default()
}

struct Phrases {
    language: &'static str,
    press: &'static str,
    latitude: &'static str,
    longitude: &'static str,
}

/// The first is for languages that have none.
const PHRASES: &[Phrases] = &[
    phrases("en", "For {label}, press {key}.", "latitude", "longitude"),
    phrases("de", "Für {label} drücken Sie die {key}.", "Breite", "Länge"),
    phrases("es", "Para {label}, pulse {key}.", "latitud", "longitud"),
    phrases("fr", "Pour {label}, tapez {key}.", "latitude", "longitude"),
    phrases("it", "Per {label}, prema {key}.", "latitudine", "longitudine"),
    phrases("nl", "Voor {label} toetst u {key}.", "breedte", "lengte"),
    phrases("pt", "Para {label}, pressione {key}.", "latitude", "longitude"),
];

const fn phrases(
    language: &'static str,
    press: &'static str,
    latitude: &'static str,
    longitude: &'static str,
) -> Phrases {
    Phrases { language, press, latitude, longitude }
}

impl Phrases {
    fn of(language: &str) -> &'static Self {
        PHRASES.iter().find(|known| is_same_language(known.language, language)).unwrap_or(&PHRASES[0])
    }
}

fn menu(phrases: &Phrases, choices: &[Choice]) -> String {
    let line = |(key, choice): (usize, &Choice)| {
        let label = choice.label.trim().trim_end_matches(['.', '!', '?', ',', ';', ':']);
        phrases.press.replace("{key}", &key.to_string()).replace("{label}", label)
    };
    (1..).zip(choices).map(line).collect::<Vec<_>>().join(" ")
}

/// Texts one after another, each ending as a sentence does, so that the voice takes a breath.
fn sentences<const N: usize>(texts: [String; N]) -> String {
    let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    let ended = texts.map(|text| match text.ends_with(['.', '!', '?', ':', '…', '。']) {
        true => text.to_owned(),
        false => format!("{text}."),
    });
    ended.collect::<Vec<_>>().join(" ")
}

/// Host and path, as one would tell them to somebody; what follows them nobody can write down.
fn place_on_the_web(address: &str) -> String {
    let Ok(url) = url::Url::parse(address) else { return String::new() };
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let path = url.path().trim_end_matches('/');
    if path.len() <= 20 { format!("{host}{path}") } else { host.to_owned() }
}

fn push(parts: &mut Vec<Spoken>, words: &str, spell: &[String]) {
    let words = words.trim();
    if !words.is_empty() {
        parts.push(Spoken::Words(digit_by_digit(words, spell)));
    }
}

/// So many digits in a row are nobody's amount.
const LONG: usize = 6;

/// The text with spaces in numbers that are names of something and not amounts: those in `spell`, those that begin with
/// a zero, and long ones. A voice would say "four thousand seven hundred and eleven" instead.
fn digit_by_digit(text: &str, spell: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        out.push_str(before);
        let known = spell.iter().any(|spelled| spelled == digits);
        let named = digits.len() >= LONG || digits.len() > 1 && digits.starts_with('0');
        if (known || named) && stands_alone(&out, after) {
            out.extend(digits.chars().flat_map(|digit| [digit, ' ']));
            out.pop();
        } else {
            out.push_str(digits);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Whether digits between these are no part of a decimal, a date, a time, a word or an amount of money.
fn stands_alone(before: &str, after: &str) -> bool {
    const MONEY: [char; 5] = ['€', '$', '£', '¥', '₹'];
    let joins = |c: char| matches!(c, '.' | ',' | ':' | '/' | '-');
    let mut left = before.chars().rev();
    let mut right = after.chars();
    let (l1, l2, r1, r2) = (left.next(), left.next(), right.next(), right.next());
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let part = l1.is_some_and(joins) && digit(l2) || r1.is_some_and(joins) && digit(r2);
    let word = l1.is_some_and(char::is_alphabetic) || r1.is_some_and(char::is_alphabetic);
    let money_before = before.trim_end().ends_with(MONEY);
    let unit = after.split_whitespace().next().unwrap_or_default();
    let code = unit.trim_end_matches(|c: char| !c.is_alphanumeric());
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    !(part || word || money_before || is_code || unit.starts_with(MONEY) || unit.starts_with('%'))
}

#[cfg(test)]
mod tests {
    use countersign_model::Media;

    use super::*;

    fn words(message: OutMessage, language: &str) -> String {
        match spoken(&[message], language, &[]).as_slice() {
            [Spoken::Words(words)] => words.clone(),
            other => panic!("{other:?}"),
        }
    }

    fn choice(label: &str) -> Choice {
        Choice { label: label.into(), payload: "p".into() }
    }

    #[test]
    fn choices_become_keys() {
        let menu = || OutMessage::Options {
            text: "What would you like?".into(),
            choices: vec![choice("opening hours"), choice("orders.")],
        };
        assert_eq!(
            words(menu(), "en-GB"),
            "What would you like? For opening hours, press 1. For orders, press 2."
        );
        assert!(words(menu(), "de").ends_with("Für orders drücken Sie die 2."));
        assert!(words(menu(), "pt-BR").contains("Para opening hours, pressione 1."));
        assert!(words(menu(), "xx").contains("For orders, press 2."));
        let card = OutMessage::Card {
            title: "Offer".into(),
            text: Some("Half the price".into()),
            image: Some("https://example.com/a.png".into()),
            choices: vec![choice("buying it")],
        };
        assert_eq!(words(card, "en"), "Offer. Half the price. For buying it, press 1.");
    }

    #[test]
    fn links_and_places_become_words() {
        let link = |url: &str| OutMessage::Link {
            text: "Read more".into(),
            label: "our page".into(),
            url: url.into(),
        };
        assert_eq!(
            words(link("https://www.example.com/help?utm=x"), "en"),
            "Read more. our page. example.com/help."
        );
        assert_eq!(
            words(link("https://example.com/a/very/long/path/that/nobody/writes"), "en"),
            "Read more. our page. example.com."
        );
        assert_eq!(words(link("not a url"), "en"), "Read more. our page.");
        let place = |name: Option<&str>| OutMessage::Location {
            latitude: "52.5".into(),
            longitude: "13.4".into(),
            name: name.map(str::to_owned),
        };
        assert_eq!(words(place(Some("Main street 1")), "en"), "Main street 1");
        assert_eq!(words(place(None), "es"), "latitud 52.5, longitud 13.4");
    }

    #[test]
    fn recordings_are_played_and_pictures_left_out() {
        let media = |kind, caption: Option<&str>| {
            let caption = caption.map(str::to_owned);
            OutMessage::Media(Media { kind, url: "https://example.com/a".into(), caption })
        };
        let play = Spoken::Play("https://example.com/a".into());
        let said = spoken(&[media(MediaKind::Audio, Some("Listen."))], "en", &[]);
        assert_eq!(said, [Spoken::Words("Listen.".into()), play.clone()]);
        assert_eq!(spoken(&[media(MediaKind::Audio, None)], "en", &[]), [play]);
        assert_eq!(spoken(&[media(MediaKind::Image, None)], "en", &[]), []);
        assert_eq!(words(media(MediaKind::Image, Some("A map")), "en"), "A map");
        assert_eq!(spoken(&[OutMessage::Text("  ".into())], "en", &[]), []);
    }

    #[test]
    fn numbers_that_are_names_are_said_digit_by_digit() {
        let spell = ["4711".to_owned()];
        for (text, said) in [
            ("You said 4711. Is that right?", "You said 4 7 1 1. Is that right?"),
            ("In 2026 you had 47110 points.", "In 2026 you had 47110 points."),
            ("Your code is 123456.", "Your code is 1 2 3 4 5 6."),
            ("Room 007, please", "Room 0 0 7, please"),
            ("Call +4930123456.", "Call +4 9 3 0 1 2 3 4 5 6."),
            ("1234567.50 EUR", "1234567.50 EUR"),
            ("You owe 4711 EUR, or $ 4711 or 4711 €", "You owe 4711 EUR, or $ 4711 or 4711 €"),
            ("On 2026-01-05 at 09:30", "On 2026-01-05 at 09:30"),
            ("A4711 4711th 05%", "A4711 4711th 05%"),
            ("0", "0"),
            ("4711", "4 7 1 1"),
        ] {
            assert_eq!(digit_by_digit(text, &spell), said);
        }
    }

    #[test]
    fn a_tag_has_the_region_that_voices_have() {
        for (set, language, tag) in [
            (None, "en", "en-US"),
            (Some("en-GB"), "en", "en-GB"),
            (Some("en-GB"), "es", "es-ES"),
            (Some("de-AT"), "", "de-AT"),
            (None, "fr-CA", "fr-CA"),
            (None, "ga", "ga"),
            (None, "", ""),
        ] {
            assert_eq!(voice_language(set, language), tag);
        }
    }
}
