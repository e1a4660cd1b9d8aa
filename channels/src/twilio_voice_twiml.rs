//! TwiML: what Twilio does in a call, as XML. Names are case-sensitive, verbs run in order, and the call ends after the
//! last.

use countersign_model::OutMessage;

use crate::request::Answer;
use crate::split::{characters, split};
use crate::spoken::{Spoken, is_same_language, spoken, voice_language};
use crate::voice::{Gather, Leg, Next, seconds};

/// How many hints a question has at most, and how long each may be.
const HINTS: (usize, usize) = (500, 100);
/// How long the phone of somebody to whom a call is transferred rings, in seconds.
const RINGING: &str = "30";

/// An answer that is being written.
pub(crate) struct Twiml(String);

/// In which voice and language of which leg.
pub(crate) struct Voiced<'a> {
    leg: &'a Leg<'a>,
    voice: Option<&'a str>,
    language: String,
    /// The longest text of one verb, in characters.
    limit: usize,
}

impl<'a> Voiced<'a> {
    /// The operator's voice speaks the operator's language; another language gets a voice of Twilio's choice.
    pub(crate) fn new(voice: Option<&'a str>, set: Option<&str>, leg: &'a Leg<'a>) -> Self {
        let fits = set.is_none_or(|set| leg.language.is_empty() || is_same_language(set, leg.language));
        let voice = voice.filter(|_| fits);
        // The limits are those of the makers of the voices; without a name it is one of Twilio's own.
        let limit = match voice {
            Some(voice) if voice.starts_with("Google") => 5000,
            Some(voice) if voice.starts_with("Polly") => 3000,
            _ => 4096,
        };
        Self { leg, voice, language: voice_language(set, leg.language), limit }
    }
}

impl Twiml {
    pub(crate) fn new() -> Self {
        Self(r#"<?xml version="1.0" encoding="UTF-8"?><Response>"#.to_owned())
    }

    /// As `text/xml`; Twilio would read `text/plain` aloud.
    pub(crate) fn answer(mut self) -> Answer {
        self.0.push_str("</Response>");
        Answer { status: 200, content_type: "text/xml; charset=utf-8", body: self.0 }
    }

    pub(crate) fn hang_up(mut self) -> Self {
        self.0.push_str("<Hangup/>");
        self
    }

    /// Only as the first verb does it end a call that costs nothing.
    pub(crate) fn reject(mut self) -> Self {
        self.0.push_str(r#"<Reject reason="busy"/>"#);
        self
    }

    pub(crate) fn say_and(
        mut self,
        voiced: &Voiced<'_>,
        say: &[OutMessage],
        next: &Next,
        speech: bool,
    ) -> Self {
        let parts = spoken(say, voiced.leg.language, voiced.leg.spell);
        match next {
            Next::Gather(gather) => self.gather(voiced, &parts, gather, speech && gather.speech),
            Next::Ask { after } => {
                self.say(voiced, &parts);
                self.open("Pause", &[("length", seconds(*after, 1, 60).to_string())]);
                self.0.push_str("</Pause>");
                self.leaf("Redirect", &[("method", "POST".to_owned())], voiced.leg.next_url);
            }
            Next::Transfer { number } => {
                self.say(voiced, &parts);
                self.open("Dial", &[("timeout", RINGING.to_owned())]);
                self.leaf("Number", &[], number);
                self.0.push_str("</Dial><Hangup/>");
            }
            Next::HangUp => {
                self.say(voiced, &parts);
                return self.hang_up();
            }
        }
        self
    }

    /// What is said stands inside, so that a key stops it and counts.
    fn gather(&mut self, voiced: &Voiced<'_>, parts: &[Spoken], gather: &Gather, speech: bool) {
        if !gather.type_ahead {
            self.say(voiced, parts);
        }
        let input = match (gather.keys, speech) {
            (true, true) => "dtmf speech",
            (false, true) => "speech",
            (_, false) => "dtmf",
        };
        let finish_key = gather.finish_key.map(String::from).unwrap_or_default();
        let mut attributes = vec![
            ("input", input.to_owned()),
            // Without it Twilio would ask the current address again, for ever.
            ("action", voiced.leg.next_url.to_owned()),
            ("method", "POST".to_owned()),
            ("timeout", seconds(gather.first_timeout, 1, 60).to_string()),
            ("finishOnKey", finish_key),
        ];
        if gather.max_digits > 0 {
            attributes.push(("numDigits", gather.max_digits.to_string()));
        }
        if speech {
            if !voiced.language.is_empty() {
                attributes.push(("language", voiced.language.clone()));
            }
            attributes.push(("speechTimeout", "auto".to_owned()));
            // A name must not become asterisks.
            attributes.push(("profanityFilter", "false".to_owned()));
            let fitting = gather.hints.iter().map(|hint| hint.replace(',', " "));
            let hints: Vec<_> = fitting.filter(|hint| characters(hint) <= HINTS.1).take(HINTS.0).collect();
            if !hints.is_empty() {
                attributes.push(("hints", hints.join(", ")));
            }
        }
        // Without it silence falls through to the next verb, which is none.
        attributes.push(("actionOnEmptyResult", "true".to_owned()));
        self.open("Gather", &attributes);
        if gather.type_ahead {
            self.say(voiced, parts);
        }
        self.0.push_str("</Gather>");
    }

    fn say(&mut self, voiced: &Voiced<'_>, parts: &[Spoken]) {
        let mut attributes = Vec::new();
        if let Some(voice) = voiced.voice {
            attributes.push(("voice", voice.to_owned()));
        }
        if !voiced.language.is_empty() {
            attributes.push(("language", voiced.language.clone()));
        }
        for part in parts {
            match part {
                Spoken::Play(address) => self.leaf("Play", &[], address),
                Spoken::Words(words) => {
                    for piece in split(words, voiced.limit, characters) {
                        self.leaf("Say", &attributes, piece);
                    }
                }
            }
        }
    }

    fn leaf(&mut self, name: &str, attributes: &[(&str, String)], text: &str) {
        self.open(name, attributes);
        escape(&mut self.0, text);
        self.0.push_str(&format!("</{name}>"));
    }

    fn open(&mut self, name: &str, attributes: &[(&str, String)]) {
        self.0.push_str(&format!("<{name}"));
        for (key, value) in attributes {
            self.0.push_str(&format!(r#" {key}=""#));
            escape(&mut self.0, value);
            self.0.push('"');
        }
        self.0.push('>');
    }
}

/// Writes a text without the characters that XML 1.0 forbids (W3C, XML 1.0, 2.2) and with references for those that
/// mean something in it.
fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            _ => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;
    use std::time::Duration;

    use countersign_model::{Choice, Media, MediaKind};
    use proptest::prelude::*;
    use quick_xml::events::Event;
    use quick_xml::{Reader, XmlVersion};

    use super::*;

    /// XML without what does not matter: white space between elements, and attributes that say what Twilio does anyway.
    #[derive(Debug, Default, PartialEq)]
    struct Element {
        name: String,
        attributes: BTreeMap<String, String>,
        text: String,
        children: Vec<Element>,
    }

    fn tree(xml: &str) -> Element {
        let mut reader = Reader::from_str(xml);
        let mut stack = vec![Element::default()];
        loop {
            match reader.read_event().unwrap() {
                Event::Start(start) => stack.push(element(&start)),
                Event::Empty(start) => stack.last_mut().unwrap().children.push(element(&start)),
                Event::End(_) => {
                    let mut done = stack.pop().unwrap();
                    done.text = done.text.trim().to_owned();
                    stack.last_mut().unwrap().children.push(done);
                }
                Event::Text(text) => stack.last_mut().unwrap().text.push_str(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let escaped = format!("&{};", &*name);
                    let text = quick_xml::escape::unescape(&escaped).unwrap().into_owned();
                    stack.last_mut().unwrap().text.push_str(&text);
                }
                Event::Eof => return stack.pop().unwrap().children.remove(0),
                _ => {}
            }
        }
    }

    fn element(start: &quick_xml::events::BytesStart<'_>) -> Element {
        let attribute = |attribute: Result<quick_xml::events::attributes::Attribute<'_>, _>| {
            let attribute = attribute.unwrap();
            let name = attribute.key.as_ref().to_owned();
            (name, attribute.normalized_value(XmlVersion::Explicit1_0).unwrap().into_owned())
        };
        let defaults = [("finishOnKey", "#"), ("method", "POST")];
        let attributes = start.attributes().map(attribute);
        Element {
            name: start.name().as_ref().to_owned(),
            attributes: attributes
                .filter(|(name, value)| !defaults.contains(&(name.as_str(), value.as_str())))
                .collect(),
            ..Element::default()
        }
    }

    fn sample(name: &str) -> Element {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/twilio-voice");
        tree(&std::fs::read_to_string(folder.join(name)).unwrap())
    }

    fn gather() -> Gather {
        Gather {
            keys: true,
            speech: false,
            max_digits: 0,
            finish_key: Some('#'),
            first_timeout: Duration::from_secs(8),
            between_timeout: Duration::from_secs(4),
            type_ahead: true,
            hints: Vec::new(),
        }
    }

    fn written(next_url: &str, language: &str, say: &[OutMessage], next: &Next) -> String {
        let leg = Leg { call: "CA1", next_url, language, spell: &[] };
        Twiml::new().say_and(&Voiced::new(None, None, &leg), say, next, true).answer().body
    }

    fn text(text: &str) -> OutMessage {
        OutMessage::Text(text.into())
    }

    #[test]
    fn keys_are_gathered_as_in_the_samples() {
        let choice = |label: &str| Choice { label: label.into(), payload: "p".into() };
        let menu = OutMessage::Options {
            text: String::new(),
            choices: vec![choice("opening hours"), choice("orders")],
        };
        let next = Next::Gather(Gather {
            max_digits: 1,
            finish_key: None,
            first_timeout: Duration::from_millis(5_200),
            ..gather()
        });
        let mut wanted = sample("twiml_say_gather_digits.xml");
        let say = &mut wanted.children[0].children[0].text;
        *say = say.replace("hours press", "hours, press").replace("orders press", "orders, press");
        assert_eq!(tree(&written("/hook/voice/9/gather?step=3&try=1", "en", &[menu], &next)), wanted);

        let question = text("Enter your order number, then press the hash key.");
        let next = Next::Gather(Gather { max_digits: 12, ..gather() });
        let written = written("/hook/voice/9/gather?step=4", "", &[question], &next);
        assert_eq!(tree(&written), sample("twiml_gather_number.xml"));
    }

    #[test]
    fn speech_is_gathered_as_in_the_sample_and_only_where_it_may() {
        let question = [text("Was möchten Sie bestellen?")];
        let hints = ["Brot", "Brötchen", "Öffnungszeiten"].map(str::to_owned).into();
        let first_timeout = Duration::from_secs(5);
        let next = Next::Gather(Gather { speech: true, first_timeout, hints, ..gather() });
        let said = written("/hook/voice/9/gather?step=5", "de-DE", &question, &next);
        assert_eq!(tree(&said), sample("twiml_gather_speech.xml"));
        let leg = Leg { call: "CA1", next_url: "/x", language: "de", spell: &[] };
        let without = Twiml::new().say_and(&Voiced::new(None, None, &leg), &question, &next, false);
        let attributes = &tree(&without.answer().body).children[0].attributes;
        assert_eq!(attributes["input"], "dtmf");
        assert!(!attributes.contains_key("speechTimeout"));
    }

    #[test]
    fn the_other_answers_are_those_of_the_samples() {
        let bye = written("/x", "", &[text("Good bye.")], &Next::HangUp);
        assert_eq!(tree(&bye), sample("twiml_hangup.xml"));
        let fish = text("Fish & chips <today> it's \"5 > 4\" 👍");
        assert_eq!(tree(&written("/x", "", &[fish], &Next::HangUp)), sample("twiml_escape.xml"));
        assert_eq!(tree(&Twiml::new().reject().answer().body), sample("twiml_reject.xml"));
        let url = "https://example.com/hold.mp3".to_owned();
        let hold = OutMessage::Media(Media { kind: MediaKind::Audio, url, caption: None });
        let next = Next::Ask { after: Duration::from_millis(1_500) };
        let asked = written("/hook/voice/9?step=6", "", &[hold], &next);
        assert_eq!(tree(&asked), sample("twiml_play_pause_redirect.xml"));
        let dialled = tree(&written("/x", "", &[], &Next::Transfer { number: "+15550100777".into() }));
        let wanted = sample("twiml_dial.xml");
        assert_eq!(dialled.children[0].name, wanted.children[0].name);
        assert_eq!(dialled.children[0].children, wanted.children[0].children);
        assert_eq!(dialled.children[1].name, "Hangup");
        // Recording is nothing that a bot file asks for.
        assert_eq!(sample("twiml_record.xml").children[1].name, "Record");
    }

    #[test]
    fn the_voice_is_the_operators_in_the_operators_language_only() {
        let said = |language: &str| {
            let leg = Leg { call: "CA1", next_url: "/x", language, spell: &["4711".to_owned()] };
            let voiced = Voiced::new(Some("Polly.Amy"), Some("en-GB"), &leg);
            tree(&Twiml::new().say_and(&voiced, &[text("It is 4711.")], &Next::HangUp, true).answer().body)
        };
        let english = &said("en").children[0];
        assert_eq!((&*english.attributes["voice"], &*english.attributes["language"]), ("Polly.Amy", "en-GB"));
        assert_eq!(english.text, "It is 4 7 1 1.");
        let spanish = &said("es").children[0];
        assert_eq!(spanish.attributes.get("voice"), None);
        assert_eq!(spanish.attributes["language"], "es-ES");
    }

    #[test]
    fn a_long_text_becomes_several_verbs() {
        let long = "One sentence of many. ".repeat(400);
        let leg = Leg { call: "CA1", next_url: "/x", language: "en", spell: &[] };
        for (voice, limit, pieces) in
            [(Some("Google.en"), 5000, 2), (Some("Polly.Amy"), 3000, 3), (None, 4096, 3)]
        {
            let voiced = Voiced::new(voice, None, &leg);
            let said =
                tree(&Twiml::new().say_and(&voiced, &[text(&long)], &Next::HangUp, true).answer().body);
            let says: Vec<_> = said.children.iter().filter(|verb| verb.name == "Say").collect();
            assert_eq!(says.len(), pieces);
            assert!(says.iter().all(|say| characters(&say.text) <= limit && say.text.ends_with('.')));
        }
    }

    #[test]
    fn a_prompt_that_must_be_heard_stands_before_the_question() {
        let next = Next::Gather(Gather { type_ahead: false, ..gather() });
        let said = tree(&written("/x", "en", &[text("Listen.")], &next));
        assert_eq!((&*said.children[0].name, &*said.children[1].name), ("Say", "Gather"));
        assert!(said.children[1].children.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_written_as_xml_that_reads_back(words in any::<String>()) {
            let said = tree(&written("/x?a=1&b=\"2\"", "en", &[text(&words)], &Next::HangUp));
            prop_assert_eq!(&said.children.last().unwrap().name, "Hangup");
            let kept: String =
                words.chars().filter(|c| *c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
            let solid = |text: &str| text.split_whitespace().collect::<String>();
            let escaped = { let mut out = String::new(); escape(&mut out, &words); out };
            let xml = format!("<Response><Say a=\"{escaped}\">x{escaped}x</Say></Response>");
            let back = tree(&xml);
            let inner = &back.children[0].text;
            prop_assert_eq!(solid(inner), solid(&format!("x{kept}x")));
        }
    }
}
