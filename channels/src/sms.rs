//! What is the same for every gateway of SMS.

use countersign_model::{Contact, OutMessage, Timestamp};

use crate::numbered::numbered;
use crate::registry::OpenError;
use crate::segments::{self, Encoding};
use crate::settings::{Setting, SettingKind, Settings};

/// How many segments one message may have.
pub(crate) const SEGMENTS: Setting = Setting {
    name: "segments",
    kind: SettingKind::Text,
    default: Some("10"),
    required: false,
    help: "How many segments one SMS may have at most; a longer text is sent as several. A phone shows the segments of one SMS as one text, and every segment is paid for.",
};

/// Whether curly quotes and the like are replaced.
pub(crate) const SMART_PUNCTUATION: Setting = Setting {
    name: "smart_punctuation",
    kind: SettingKind::Flag,
    default: Some("false"),
    required: false,
    help: "Whether curly quotes, long dashes and the like are replaced by plain ones in a text that needs nothing else outside the SMS alphabet. One of them makes a text cost twice as many segments.",
};

/// How a text is made fit for SMS.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    segments: usize,
    plain: bool,
}

impl Style {
    /// Reads the settings; `most` is what the provider takes in one request.
    pub(crate) fn open(settings: &Settings, most: usize) -> Result<Self, OpenError> {
        let problem = "is no number from 1 to 255; 10 is usual";
        let segments = match settings.text("segments") {
            None => 10,
            Some(text) => text
                .parse()
                .ok()
                .filter(|segments| (1..=255).contains(segments))
                .ok_or(OpenError::Invalid { name: "segments", problem })?,
        };
        Ok(Self { segments: segments.min(most), plain: settings.flag("smart_punctuation").unwrap_or(false) })
    }

    /// The text in messages.
    pub(crate) fn messages(self, text: &str) -> Vec<String> {
        let plain = self.plain.then(|| segments::plain_punctuation(text));
        let text =
            plain.as_deref().filter(|plain| segments::encoding(plain) == Encoding::Gsm7).unwrap_or(text);
        segments::messages(text, self.segments).into_iter().map(str::to_owned).collect()
    }
}

/// A message of the bot as words alone, and the picture or file that belongs to it. Where no file can be sent, its
/// address stands among the words.
pub(crate) fn words(message: &OutMessage, can_media: bool) -> (String, Option<&str>) {
    let link = |url: &'_ str| (!can_media).then(|| url.to_owned());
    match message {
        OutMessage::Text(text) => (text.clone(), None),
        OutMessage::Options { text, choices } => (numbered(text, choices), None),
        OutMessage::Media(media) => {
            let caption = media.caption.clone();
            (lines([caption, link(&media.url)]), can_media.then_some(media.url.as_str()))
        }
        OutMessage::Location { latitude, longitude, name } => {
            let map = format!("https://maps.google.com/?q={latitude},{longitude}");
            (lines([name.clone(), Some(map)]), None)
        }
        OutMessage::Link { text, label, url } => {
            let link = if label.is_empty() { url.clone() } else { format!("{label}: {url}") };
            (lines([Some(text.clone()), Some(link)]), None)
        }
        OutMessage::Card { title, text, image, choices } => {
            let picture = image.as_deref();
            let words = lines([Some(title.clone()), text.clone(), picture.and_then(link)]);
            (numbered(&words, choices), picture.filter(|_| can_media))
        }
    }
}

fn lines<const N: usize>(lines: [Option<String>; N]) -> String {
    let lines: Vec<_> = lines.into_iter().flatten().filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

/// A sender as an address: E.164 with `+` where it is an international number, a short code or a national number as it
/// is. `None` for what is no number: a name as the sender cannot be written to.
pub(crate) fn number(text: &str) -> Option<String> {
    let text = text.trim();
    let (plus, rest) = match text.strip_prefix('+').or_else(|| text.strip_prefix("00")) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let digits: String =
        rest.chars().filter(|c| !matches!(c, ' ' | '\u{a0}' | '-' | '.' | '(' | ')' | '/')).collect();
    if digits.is_empty() || digits.len() > 20 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Nothing that begins with 0 is international, and a short code has at most 6 digits.
    let international = plus || (digits.len() > 6 && !digits.starts_with('0'));
    Some(if international { format!("+{digits}") } else { digits })
}

/// A time as gateways write it: RFC 3339, or seconds or milliseconds since 1970. `None` for a time without a zone:
/// nobody knows where the clock hangs.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(number) = text.parse::<i64>() {
        // Seconds have 11 digits until the year 5138; milliseconds have had 13 since 2001.
        let micros = if number < 100_000_000_000 { 1_000_000 } else { 1000 };
        return number.checked_mul(micros).map(Timestamp::from_micros);
    }
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_micros(time.as_microsecond()))
}

/// A time like `2026-11-22 10:15:30`, which is known to be in UTC.
pub(crate) fn utc(text: &str) -> Option<Timestamp> {
    time(&format!("{}Z", text.trim()))
}

/// The contact of a number.
pub(crate) fn contact(address: &str) -> Contact {
    Contact { address: address.to_owned(), name: None, language: None }
}

#[cfg(test)]
mod tests {
    use countersign_model::{Choice, Media, MediaKind};

    use super::*;

    #[test]
    fn senders_become_addresses() {
        for (given, address) in [
            ("+15550100123", Some("+15550100123")),
            ("31655501001", Some("+31655501001")),
            ("0031655501001", Some("+31655501001")),
            (" 254700555010", Some("+254700555010")),
            ("+33 1 55-50(01).77", Some("+33155500177")),
            ("22141", Some("22141")),
            ("0700555010", Some("0700555010")),
            ("MyBank", None),
            ("whatsapp:+1555", None),
            ("+", None),
            ("", None),
        ] {
            assert_eq!(number(given).as_deref(), address, "{given}");
        }
    }

    #[test]
    fn times_are_read_as_gateways_write_them() {
        for (given, seconds) in [
            ("2026-11-22T07:45:00Z", Some(1_795_333_500)),
            ("2026-11-22T10:45:00+03:00", Some(1_795_333_500)),
            ("2026-11-22 07:45:00", None),
            ("1795333500", Some(1_795_333_500)),
            ("1795333500000", Some(1_795_333_500)),
            ("9223372036854775807", None),
            ("yesterday", None),
            ("", None),
        ] {
            assert_eq!(time(given), seconds.map(Timestamp::from_secs), "{given}");
        }
        assert_eq!(utc(" 2026-11-22 07:45:00"), Some(Timestamp::from_secs(1_795_333_500)));
    }

    #[test]
    fn every_message_has_words() {
        let choices = || vec![Choice { label: "Yes".into(), payload: "y".into() }];
        let media = |caption: Option<&str>| {
            OutMessage::Media(Media {
                kind: MediaKind::Image,
                url: "https://a.example/1.jpg".into(),
                caption: caption.map(str::to_owned),
            })
        };
        let card = OutMessage::Card {
            title: "Title".into(),
            text: None,
            image: Some("https://a.example/2.jpg".into()),
            choices: choices(),
        };
        let place = OutMessage::Location {
            latitude: "50.85".into(),
            longitude: "4.35".into(),
            name: Some("Town".into()),
        };
        let link =
            OutMessage::Link { text: "Read".into(), label: "Terms".into(), url: "https://a.example".into() };
        let options = OutMessage::Options { text: "Sure?".into(), choices: choices() };
        for (message, expected) in [
            (OutMessage::Text("Hi".into()), "Hi"),
            (options, "Sure?\n1. Yes"),
            (media(Some("Menu")), "Menu\nhttps://a.example/1.jpg"),
            (media(None), "https://a.example/1.jpg"),
            (card.clone(), "Title\nhttps://a.example/2.jpg\n1. Yes"),
            (place, "Town\nhttps://maps.google.com/?q=50.85,4.35"),
            (link, "Read\nTerms: https://a.example"),
        ] {
            assert_eq!(words(&message, false), (expected.to_owned(), None));
        }
        assert_eq!(words(&media(None), true), (String::new(), Some("https://a.example/1.jpg")));
        assert_eq!(words(&card, true), ("Title\n1. Yes".to_owned(), Some("https://a.example/2.jpg")));
    }

    #[test]
    fn the_number_of_segments_is_checked_and_bounded() {
        let settings = || Settings::new().with_flag("smart_punctuation", true);
        let style = |text: &str| Style::open(&settings().with("segments", text), 3);
        assert_eq!(style("10").unwrap().messages(&"a".repeat(460)).len(), 2);
        assert_eq!(style("1").unwrap().messages("It’s"), ["It's"]);
        assert_eq!(style("1").unwrap().messages("я…"), ["я…"], "it stays in UCS-2 anyway");
        let untouched = Style::open(&Settings::new(), 3).unwrap();
        assert_eq!(untouched.messages("It’s"), ["It’s"]);
        for wrong in ["0", "256", "many"] {
            let complaint = style(wrong).unwrap_err().to_string();
            assert_eq!(complaint, "the setting `segments` is no number from 1 to 255; 10 is usual");
        }
    }
}
