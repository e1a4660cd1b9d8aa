//! NCCOs: what Vonage does in a call, as a list of actions. There is no action that hangs up: the call ends after the
//! last.

use countersign_model::OutMessage;
use serde_json::{Value, json};

use crate::split::{characters, split};
use crate::spoken::{Spoken, spoken, voice_language};
use crate::voice::{Gather, Leg, Next, seconds};

/// The longest text of one `talk`.
const TEXT: usize = 1500;
/// The most digits of one `input`.
const DIGITS: u8 = 20;
/// How long the phone of somebody to whom a call is transferred rings, in seconds.
const RINGING: u64 = 30;

/// How the operator wants a channel to speak and listen.
pub(crate) struct Style {
    /// The number of the voice.
    pub(crate) style: Option<u8>,
    /// The tag of the voices.
    pub(crate) language: Option<String>,
    /// Whether speech is taken.
    pub(crate) speech: bool,
    /// Our number, without `+`.
    pub(crate) number: Option<String>,
}

/// What a caller hears, and what comes then.
pub(crate) fn ncco(style: &Style, leg: &Leg<'_>, say: &[OutMessage], next: &Next) -> Value {
    let language = voice_language(style.language.as_deref(), leg.language);
    let parts = spoken(say, leg.language, leg.spell);
    let barge_in = matches!(next, Next::Gather(gather) if gather.type_ahead);
    let mut actions = talks(style, &language, &parts, barge_in);
    match next {
        Next::Gather(gather) => actions.push(input(style, &language, leg, gather)),
        // Keys that are pressed while nothing is asked are not waited for; what the address is answered with comes next.
        Next::Ask { after } => actions.push(json!({
            "action": "input",
            "type": ["dtmf"],
            "dtmf": { "maxDigits": DIGITS, "timeOut": seconds(*after, 1, 10) },
            "eventUrl": [leg.next_url],
            "eventMethod": "POST",
        })),
        Next::Transfer { number } => {
            let number = number.trim_start_matches('+');
            let mut connect = json!({
                "action": "connect",
                "timeout": RINGING,
                "endpoint": [{ "type": "phone", "number": number }],
            });
            if let Some(from) = &style.number {
                connect["from"] = json!(from);
            }
            actions.push(connect);
        }
        Next::HangUp => {}
    }
    Value::Array(actions)
}

fn talks(style: &Style, language: &str, parts: &[Spoken], barge_in: bool) -> Vec<Value> {
    let mut actions = Vec::new();
    // A `talk` that a key stops must be followed by nothing but such talks and an `input`.
    let last_recording = parts.iter().rposition(|part| matches!(part, Spoken::Play(_)));
    for (at, part) in parts.iter().enumerate() {
        match part {
            Spoken::Play(address) => actions.push(json!({ "action": "stream", "streamUrl": [address] })),
            Spoken::Words(words) => {
                let words = plain(words);
                for piece in split(&words, TEXT, characters) {
                    let mut talk = json!({ "action": "talk", "text": piece });
                    if !language.is_empty() {
                        talk["language"] = json!(language);
                    }
                    if let Some(style) = style.style {
                        talk["style"] = json!(style);
                    }
                    if barge_in && last_recording.is_none_or(|last| at > last) {
                        talk["bargeIn"] = json!(true);
                    }
                    actions.push(talk);
                }
            }
        }
    }
    actions
}

/// The text without what Vonage would take for SSML, and without control characters.
fn plain(words: &str) -> String {
    words
        .chars()
        .filter(|c| !c.is_control() || c.is_whitespace())
        .map(|c| if matches!(c, '<' | '>') { ' ' } else { c })
        .collect()
}

fn input(style: &Style, language: &str, leg: &Leg<'_>, gather: &Gather) -> Value {
    let speech = style.speech && gather.speech;
    let keys = gather.keys || !speech;
    let mut kinds = Vec::new();
    let mut action = json!({
        "action": "input",
        "type": [],
        "eventUrl": [leg.next_url],
        "eventMethod": "POST",
    });
    if keys {
        kinds.push("dtmf");
        let max = if gather.max_digits == 0 { DIGITS } else { gather.max_digits.min(DIGITS) };
        // Vonage counts one time for the first key and between two; with speech, speech has its own for the first word.
        let timeout = if speech { gather.between_timeout } else { gather.first_timeout };
        action["dtmf"] = json!({ "maxDigits": max, "timeOut": seconds(timeout, 1, 10) });
        if gather.finish_key == Some('#') {
            action["dtmf"]["submitOnHash"] = json!(true);
        }
    }
    if speech {
        kinds.push("speech");
        action["speech"] = json!({
            "endOnSilence": 1.5,
            "startTimeout": seconds(gather.first_timeout, 1, 10),
            "maxDuration": 30,
        });
        if !language.is_empty() {
            action["speech"]["language"] = json!(language);
        }
        if !gather.hints.is_empty() {
            action["speech"]["context"] = json!(gather.hints);
        }
    }
    action["type"] = json!(kinds);
    action
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use countersign_model::{Choice, Media, MediaKind};

    use super::*;

    fn sample(name: &str) -> Value {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/vonage-voice");
        without_defaults(serde_json::from_str(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap())
    }

    /// Without what Vonage does anyway.
    fn without_defaults(mut ncco: Value) -> Value {
        let defaults =
            [("eventMethod", json!("POST")), ("level", json!(0)), ("loop", json!(1)), ("style", json!(0))];
        for action in ncco.as_array_mut().unwrap() {
            let action = action.as_object_mut().unwrap();
            for (name, value) in &defaults {
                if action.get(*name) == Some(value) {
                    action.remove(*name);
                }
            }
            if let Some(dtmf) = action.get_mut("dtmf").and_then(Value::as_object_mut)
                && dtmf.get("submitOnHash") == Some(&json!(false))
            {
                dtmf.remove("submitOnHash");
            }
        }
        ncco
    }

    fn style() -> Style {
        Style { style: Some(0), language: None, speech: true, number: Some("31970100900".into()) }
    }

    fn gather() -> Gather {
        Gather {
            keys: true,
            speech: false,
            max_digits: 12,
            finish_key: Some('#'),
            first_timeout: Duration::from_secs(8),
            between_timeout: Duration::from_secs(5),
            type_ahead: true,
            hints: Vec::new(),
        }
    }

    fn written(language: &str, say: &[OutMessage], next: &Next) -> Value {
        let next_url = "https://bots.example.com/hook/vv/4/input?step=3";
        let leg = Leg { call: "u1", next_url, language, spell: &[] };
        without_defaults(ncco(&style(), &leg, say, next))
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
        let first_timeout = Duration::from_secs(6);
        let next = Next::Gather(Gather { max_digits: 1, finish_key: None, first_timeout, ..gather() });
        let mut wanted = sample("ncco_menu.json");
        wanted[0]["text"] = json!("For opening hours, press 1. For orders, press 2.");
        assert_eq!(written("en", &[menu], &next), wanted);
        let question = text("Enter your order number, then press the hash key.");
        assert_eq!(written("", &[question], &Next::Gather(gather())), sample("ncco_number.json"));
    }

    #[test]
    fn speech_is_gathered_as_in_the_sample_and_only_where_it_may() {
        let hints = vec!["Brot".to_owned(), "Brötchen".to_owned()];
        let asked = Gather { speech: true, max_digits: 4, finish_key: None, hints, ..gather() };
        let question = [text("Was möchten Sie bestellen?")];
        assert_eq!(written("de", &question, &Next::Gather(asked.clone())), sample("ncco_speech.json"));
        let leg = Leg { call: "u1", next_url: "https://x.example", language: "de", spell: &[] };
        let silent = Style { speech: false, ..style() };
        let without = ncco(&silent, &leg, &question, &Next::Gather(asked));
        assert_eq!(without[1]["type"], json!(["dtmf"]));
        assert_eq!(without[1].get("speech"), None);
    }

    #[test]
    fn the_other_answers_are_those_of_the_samples() {
        assert_eq!(written("", &[text("Good bye.")], &Next::HangUp), sample("ncco_end.json"));
        assert_eq!(written("", &[], &Next::HangUp), sample("ncco_empty.json"));
        let url = "https://example.com/hold.mp3".to_owned();
        let hold = OutMessage::Media(Media { kind: MediaKind::Audio, url, caption: None });
        assert_eq!(written("", std::slice::from_ref(&hold), &Next::HangUp), sample("ncco_stream.json"));
        let connected = written("", &[], &Next::Transfer { number: "+31655501777".into() });
        let wanted = sample("ncco_connect.json");
        for field in ["action", "from", "endpoint"] {
            assert_eq!(connected[0][field], wanted[0][field]);
        }
        // Recording is nothing that a bot file asks for.
        assert_eq!(sample("ncco_record.json")[1]["action"], "record");
        let mixed = written("en", &[text("One."), hold, text("Two.")], &Next::Gather(gather()));
        let stopped: Vec<_> = mixed.as_array().unwrap().iter().map(|action| &action["bargeIn"]).collect();
        assert_eq!(stopped, [&Value::Null, &Value::Null, &json!(true), &Value::Null]);
    }

    #[test]
    fn a_wait_comes_back() {
        let after = Duration::from_millis(1);
        let asked = written("en", &[text("One moment, please.")], &Next::Ask { after });
        assert_eq!(asked[0].get("bargeIn"), None);
        assert_eq!(asked[1]["dtmf"], json!({ "maxDigits": 20, "timeOut": 1 }));
        assert_eq!(asked[1]["eventUrl"], json!(["https://bots.example.com/hook/vv/4/input?step=3"]));
    }

    #[test]
    fn limits_are_kept() {
        let long = "One sentence of many. ".repeat(200);
        let said = written("en", &[text(&long)], &Next::Gather(Gather { max_digits: 32, ..gather() }));
        let actions = said.as_array().unwrap();
        let (input, talks) = actions.split_last().unwrap();
        assert!(talks.len() == 3 && talks.iter().all(|talk| talk["bargeIn"] == true));
        assert!(talks.iter().all(|talk| characters(talk["text"].as_str().unwrap()) <= TEXT));
        assert_eq!(input["dtmf"]["maxDigits"], 20);
        let open = written("en", &[], &Next::Gather(Gather { max_digits: 0, ..gather() }));
        assert_eq!(open[0]["dtmf"]["maxDigits"], 20);
        let tags = written("en", &[text("<speak>a\u{0}b</speak>")], &Next::HangUp);
        assert_eq!(tags[0]["text"], "speak ab /speak");
    }
}
