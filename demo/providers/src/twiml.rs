//! Reads TwiML.

use std::time::Duration;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use url::Url;

use crate::call::method;
use crate::phone::{Listening, Nonsense, Verb};

/// The longest text of a basic voice.
const LONGEST_SAY: usize = 4096;

/// An element with what is in it.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.attribute(name)?.parse().ok()
    }
}

/// The verbs of a document. Verbs that do not exist are left out, as Twilio does with a warning.
pub(crate) fn verbs(base: &Url, body: &str) -> Result<Vec<Verb>, Nonsense> {
    let root = document(body)?;
    if root.name != "Response" {
        return Err(Nonsense("12100 Document parse failure: the root element is not Response".to_owned()));
    }
    let mut verbs = Vec::new();
    for element in &root.children {
        verb(base, element, &mut verbs)?;
    }
    Ok(verbs)
}

fn verb(base: &Url, element: &Element, verbs: &mut Vec<Verb>) -> Result<(), Nonsense> {
    let text = element.text.trim();
    match element.name.as_str() {
        "Say" => {
            if text.chars().count() > LONGEST_SAY {
                return Err(Nonsense("13521 Say: the text is too long".to_owned()));
            }
            let times = element.number("loop").unwrap_or(1_usize).clamp(1, 10);
            let spoken = all_text(element);
            verbs.extend(std::iter::repeat_n(Verb::Say(spoken), times));
        }
        "Play" => verbs.push(Verb::Play(text.to_owned())),
        "Pause" => verbs.push(Verb::Pause(Duration::from_secs(element.number("length").unwrap_or(1)))),
        "Gather" => {
            // What is nested is said while it listens; a key stops it.
            for nested in &element.children {
                match nested.name.as_str() {
                    "Say" | "Play" | "Pause" => verb(base, nested, verbs)?,
                    other => return Err(Nonsense(format!("12200 {other} cannot stand in Gather"))),
                }
            }
            verbs.push(Verb::Listen(listening(base, element)?));
        }
        "Redirect" => {
            let method = method(element.attribute("method"));
            verbs.push(Verb::Ask { url: join(base, text)?, method });
        }
        "Dial" => {
            let nested = element.children.iter().find(|child| child.name == "Number");
            let number = nested.map_or(text, |number| number.text.trim());
            verbs.push(Verb::Connect(number.to_owned()));
        }
        "Hangup" => verbs.push(Verb::HangUp),
        "Reject" => verbs.push(Verb::Reject),
        _ => {}
    }
    Ok(())
}

fn listening(base: &Url, element: &Element) -> Result<Listening, Nonsense> {
    let input = element.attribute("input").unwrap_or("dtmf");
    let kinds: Vec<_> = input.split(' ').collect();
    if kinds.iter().any(|kind| !["dtmf", "speech"].contains(kind)) {
        return Err(Nonsense(format!("13310 Gather: input cannot be {input}")));
    }
    let finish = element.attribute("finishOnKey").unwrap_or("#");
    if finish.chars().count() > 1 || !finish.chars().all(|key| "0123456789#*".contains(key)) {
        return Err(Nonsense(format!("13314 Gather: finishOnKey cannot be {finish}")));
    }
    for name in ["timeout", "numDigits"] {
        let given = element.attribute(name);
        if given.is_some_and(|given| given.parse::<u32>().is_err()) {
            return Err(Nonsense(format!("13312 Gather: {name} is not a number")));
        }
    }
    Ok(Listening {
        keys: kinds.contains(&"dtmf"),
        speech: kinds.contains(&"speech"),
        most: element.number("numDigits").unwrap_or(0),
        finish: finish.chars().next(),
        url: element.attribute("action").map_or_else(|| Ok(base.clone()), |action| join(base, action))?,
        method: method(element.attribute("method")),
        tells_silence: element.attribute("actionOnEmptyResult") == Some("true"),
    })
}

fn join(base: &Url, text: &str) -> Result<Url, Nonsense> {
    base.join(text).map_err(|_| Nonsense(format!("11100 Invalid URL format: {text}")))
}

/// The text with that of elements inside, such as those of SSML.
fn all_text(element: &Element) -> String {
    let mut text = element.text.clone();
    for child in &element.children {
        if !text.is_empty() && !text.ends_with(char::is_whitespace) {
            text.push(' ');
        }
        text.push_str(&all_text(child));
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn document(body: &str) -> Result<Element, Nonsense> {
    let broken = |why: String| Nonsense(format!("12100 Document parse failure: {why}"));
    let mut reader = Reader::from_str(body);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|error| broken(error.to_string()))? {
            Event::Start(start) => open.push(element(&start)?),
            Event::Empty(start) => {
                let empty = element(&start)?;
                if let Some(parent) = open.last_mut() {
                    parent.children.push(empty);
                }
            }
            Event::End(_) => {
                if let (Some(done), Some(parent)) = (open.pop(), open.last_mut()) {
                    parent.children.push(done);
                }
            }
            Event::Text(text) => add(&mut open, &text.xml10_content()),
            Event::CData(text) => add(&mut open, &text.xml10_content()),
            Event::GeneralRef(entity) => {
                let text = format!("&{};", entity.xml10_content());
                let text = quick_xml::escape::unescape(&text).map_err(|error| broken(error.to_string()))?;
                add(&mut open, &text);
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
    }
    let roots = open.pop().map(|outer| outer.children).unwrap_or_default();
    match (roots.len(), open.is_empty()) {
        (1, true) => roots.into_iter().next().ok_or_else(|| broken("it is empty".to_owned())),
        _ => Err(broken("it is not one complete element".to_owned())),
    }
}

fn add(open: &mut [Element], text: &str) {
    if let Some(inner) = open.last_mut() {
        inner.text.push_str(text);
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Nonsense> {
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let broken =
            |error: &dyn std::fmt::Display| Nonsense(format!("12100 Document parse failure: {error}"));
        let attribute = attribute.map_err(|error| broken(&error))?;
        let name = attribute.key.as_ref().to_owned();
        let value = quick_xml::escape::unescape(attribute.value.as_ref()).map_err(|error| broken(&error))?;
        attributes.push((name, value.into_owned()));
    }
    Ok(Element { name: start.name().as_ref().to_owned(), attributes, ..Element::default() })
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;

    fn read(body: &str) -> Result<Vec<Verb>, Nonsense> {
        verbs(&Url::parse("https://bots.example.com/hook/voice/9").unwrap(), body)
    }

    #[test]
    fn the_samples_are_read() {
        let menu = read(include_str!("../testdata/twilio-voice/twiml_say_gather_digits.xml")).unwrap();
        assert_eq!(menu[0], Verb::Say("For opening hours press 1. For orders press 2.".to_owned()));
        let Verb::Listen(listening) = &menu[1] else { panic!("{menu:?}") };
        assert_eq!(listening.url.as_str(), "https://bots.example.com/hook/voice/9/gather?step=3&try=1");
        assert_eq!((listening.most, listening.finish, listening.tells_silence), (1, None, true));
        assert!(listening.keys && !listening.speech);
        let both = read(include_str!("../testdata/twilio-voice/twiml_gather_speech.xml")).unwrap();
        assert!(matches!(&both[1], Verb::Listen(listening) if listening.keys && listening.speech));
        let escaped = read(include_str!("../testdata/twilio-voice/twiml_escape.xml")).unwrap();
        assert_eq!(escaped[0], Verb::Say("Fish & chips <today> it's \"5 > 4\" 👍".to_owned()));
        assert_eq!(escaped[1], Verb::HangUp);
        let waiting = read(include_str!("../testdata/twilio-voice/twiml_play_pause_redirect.xml")).unwrap();
        assert_eq!(waiting[1], Verb::Pause(Duration::from_secs(2)));
        let url = Url::parse("https://bots.example.com/hook/voice/9?step=6").unwrap();
        assert_eq!(waiting[2], Verb::Ask { url, method: Method::POST });
        let dial = read(include_str!("../testdata/twilio-voice/twiml_dial.xml")).unwrap();
        assert_eq!(dial, [Verb::Connect("+15550100777".to_owned())]);
        assert_eq!(read(include_str!("../testdata/twilio-voice/twiml_reject.xml")), Ok(vec![Verb::Reject]));
    }

    #[test]
    fn nonsense_is_refused() {
        for bad in [
            "",
            "<Response>",
            "<Response></Wrong>",
            "<Say>x</Say>",
            "<Response><Gather input='morse'/></Response>",
            "<Response><Gather><Hangup/></Gather></Response>",
            "<Response><Say>a & b</Say></Response>",
            "<Response><Gather finishOnKey='##'/></Response>",
            "{}",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let long = format!("<Response><Say>{}</Say></Response>", "x".repeat(4097));
        assert!(read(&long).is_err());
        assert_eq!(read("<Response><Sing>la</Sing></Response>"), Ok(vec![]));
    }
}
