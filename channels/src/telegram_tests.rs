//! Every sample of Telegram, in both directions.

use countersign_model::{Choice, Content, Media, MediaKind};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::adapter::Progress;
use crate::request::HttpResponse;

const TOKEN: &str = "7654321098:AAEexampleTOKENexampleTOKENexample0";
const SECRET: &str = "Ex4mple_secret-TOKEN";
const CHAT: &str = "5210012345";

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../testdata/telegram/", $name, ".json"))).unwrap()
    };
}

fn settings() -> Settings {
    Settings::new().with_secret("bot_token", TOKEN.into()).with_secret("secret_token", SECRET.into())
}

fn telegram() -> Telegram {
    Telegram::open(&settings()).unwrap()
}

fn webhook<'a>(headers: &'a [(String, Vec<u8>)], body: &'a [u8]) -> WebhookRequest<'a> {
    WebhookRequest { method: "POST", url: "https://bots.example.com/hooks/t", query: "", headers, body }
}

fn decode(body: &[u8]) -> Result<Decoded, Malformed> {
    let headers = [("x-telegram-bot-api-secret-token".to_owned(), SECRET.as_bytes().to_vec())];
    let request = webhook(&headers, body);
    let telegram = telegram();
    let verified = telegram.verify(&request, Timestamp::default()).unwrap();
    telegram.decode(verified, Timestamp::default())
}

/// An event as one line.
fn line(event: &ChannelEvent) -> String {
    let what = match &event.event {
        Event::Reply(reply) => {
            let content = match &reply.content {
                Content::Text(text) => format!("text {:?}", text.expose()),
                Content::Choice { payload, label } => format!("choice {payload} {label}"),
                Content::Media(media) => {
                    let caption = media.caption.as_deref().unwrap_or_default();
                    format!("{} {} {caption}", media.kind.name(), media.url).trim_end().to_owned()
                }
                Content::Location { latitude, longitude } => format!("location {latitude} {longitude}"),
                other => format!("{other:?}").to_lowercase(),
            };
            format!("{content} [{}]", reply.reference.as_ref().map_or("", |reference| &reference.0))
        }
        other => format!("{other:?}").to_lowercase(),
    };
    format!("{} {} {what}", event.id, event.address)
}

fn lines(body: &[u8]) -> String {
    let decoded = decode(body).unwrap();
    assert_eq!(decoded.answer, crate::request::Answer::empty());
    let mut lines: Vec<_> = decoded.events.iter().map(line).collect();
    if decoded.skipped > 0 {
        lines.push(format!("skipped {}", decoded.skipped));
    }
    lines.join("; ")
}

macro_rules! inbound {
    ($($name:literal => $expected:expr,)*) => {
        const INBOUND: &[(&str, &str, &str)] =
            &[$(($name, include_str!(concat!("../testdata/telegram/", $name, ".json")), $expected),)*];
    };
}

inbound! {
    "in_text" => "880012301 5210012345 text \"Bonjour, c'est combien ?\" [141]",
    "in_start" => "880012302 5210012345 start(\"flyer_7\")",
    "in_entities_utf16" => "880012303 5210012345 text \"🎂 a@b.co +33155500100\" [143]",
    "in_photo" => "880012304 5210012345 image telegram-file:AgACAgQAAxkBexampleX voilà [144]",
    "in_album_1" => "880012305 5210012345 image telegram-file:AgACalbum1 deux photos [145]",
    "in_album_2" => "880012306 5210012345 image telegram-file:AgACalbum2 [146]",
    "in_voice" => "880012307 5210012345 audio telegram-file:AwACAgQexamplevoice [147]",
    "in_audio" => "880012308 5210012345 audio telegram-file:CQACAgQexample [148]",
    "in_video" => "880012309 5210012345 video telegram-file:BAACAgQexample [149]",
    "in_video_note" => "880012310 5210012345 video telegram-file:DQACAgQexample [150]",
    "in_animation" => "880012311 5210012345 video telegram-file:CgACAgQexample [151]",
    "in_document" => "880012312 5210012345 document telegram-file:BQACAgQexample [152]",
    "in_document_too_big" => "880012313 5210012345 document telegram-file:BQACAgQbig [153]",
    "in_sticker" => "880012314 5210012345 unsupported [154]",
    "in_location" => "880012315 5210012345 location 50.8503 4.3517 [155]",
    "in_venue" => "880012316 5210012345 location 50.8467 4.3525 [156]",
    "in_contact_own" => "880012317 5210012345 text \"+33155500100\" [157]",
    "in_contact_other" => "880012318 5210012345 unsupported [158]",
    "in_dice" => "880012319 5210012345 unsupported [159]",
    "in_reply" => "880012320 5210012345 text \"celui-ci\" [160]",
    "in_forward" => "880012321 5210012345 text \"message transféré\" [161]",
    "in_web_app_data" => "880012322 5210012345 unsupported [162]",
    "in_unknown_kind" => "880012323 5210012345 unsupported [163]",
    "in_edited_message" => "880012324 5210012345 edited",
    "in_callback_query" => "880012325 5210012345 choice c:1 Oui [callback:22377000123456789]",
    "in_callback_query_old_message" => "880012326 5210012345 choice c:0 c:0 [callback:22377000123456790]",
    "in_blocked" => "880012327 5210012345 blocked",
    "in_unblocked" => "880012328 5210012345 unblocked",
    "in_reaction" => "skipped 1",
    "in_group_command" => "skipped 1",
    "in_group_migrated" => "skipped 1",
    "in_unknown_update" => "skipped 1",
}

#[test]
fn every_sample_is_read_as_it_should_be() {
    for (name, body, expected) in INBOUND {
        assert_eq!(lines(body.as_bytes()), *expected, "{name}");
    }
    let index = sample!("index");
    for entry in index.as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let Some(name) = file.strip_suffix(".json").filter(|name| name.starts_with("in_")) else { continue };
        let (_, _, expected) = INBOUND.iter().find(|(known, _, _)| *known == name).expect(file);
        let facts = entry["facts"].as_object().unwrap();
        for fact in
            ["update_id", "message_id", "text", "payload", "data", "callback_id", "file_id", "caption"]
        {
            let told = facts.get(fact).map(|fact| fact.as_str().map_or(fact.to_string(), str::to_owned));
            // An edited text is not read, and of a group nothing is.
            let silent = expected.ends_with("edited")
                || expected.starts_with("skipped")
                // Only what the user has sent can be deleted.
                || (fact == "message_id" && (!expected.ends_with(']') || expected.contains("callback:")));
            assert!(silent || expected.contains(&told.unwrap_or_default()), "{file}: {fact}");
        }
    }
}

#[test]
fn the_contact_and_the_time_are_told() {
    let decoded = decode(INBOUND[0].1.as_bytes()).unwrap();
    let event = &decoded.events[0];
    assert_eq!(event.contact.name.as_deref(), Some("Mireille Dubois"));
    assert_eq!(event.contact.language.as_deref(), Some("fr"));
    assert_eq!(event.at, Some(Timestamp::from_secs(1_790_000_141)));
}

fn message(fields: &str) -> String {
    format!(
        r#"{{"update_id":1,"message":{{"message_id":2,"from":{{"id":7,"first_name":"\ud83d\u0000A"}},
        "chat":{{"id":7,"type":"private"}},"date":3,{fields}}}}}"#
    )
}

#[test]
fn nasty_texts_are_read() {
    let decoded = decode(message(r#""text":"a\u0000b\ud83d""#).as_bytes()).unwrap();
    assert_eq!(line(&decoded.events[0]), "1 7 text \"ab\u{fffd}\" [2]");
    assert_eq!(decoded.events[0].contact.name.as_deref(), Some("\u{fffd}A"));
}

#[test]
fn a_start_asks_for_a_script_only_by_a_name() {
    for (text, expected) in [
        ("/start", "1 7 begin"),
        ("/start@example_bot", "1 7 begin"),
        ("/start@example_bot pay", "1 7 start(\"pay\")"),
        ("/start two words", "1 7 begin"),
        ("/starter", "1 7 text \"/starter\" [2]"),
        ("/help", "1 7 text \"/help\" [2]"),
    ] {
        assert_eq!(lines(message(&format!(r#""text":"{text}""#)).as_bytes()), expected, "{text}");
    }
}

#[test]
fn what_no_user_wrote_is_left_out() {
    assert_eq!(lines(message(r#""pinned_message":{"message_id":1}"#).as_bytes()), "skipped 1");
    let own = message(r#""text":"I am a bot""#).replace(r#""id":7,"first"#, r#""id":7,"is_bot":true,"first"#);
    assert_eq!(lines(own.as_bytes()), "skipped 1");
    let left = r#"{"update_id":1,"my_chat_member":{"chat":{"id":7,"type":"private"},"new_chat_member":{"status":"left"}}}"#;
    assert_eq!(lines(left.as_bytes()), "skipped 1");
    for broken in ["", "[]", "{", r#"{"message":{}}"#, r#"{"update_id":"1"}"#] {
        assert_eq!(decode(broken.as_bytes()).unwrap_err(), Malformed, "{broken}");
    }
}

#[test]
fn every_signature_vector_comes_out_as_it_should() {
    let vectors = sample!("sig_vectors");
    for vector in vectors["vectors"].as_array().unwrap() {
        let headers: Vec<_> = vector["headers"]
            .as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.as_str().unwrap().as_bytes().to_vec()))
            .collect();
        let secret = vector["secret_token"].as_str().unwrap();
        let telegram = Telegram::open(&settings().with_secret("secret_token", secret.into())).unwrap();
        let request = webhook(&headers, b"{}");
        let verified = telegram.verify(&request, Timestamp::default());
        assert_eq!(verified.is_ok(), vector["expect"] == "accept", "{}", vector["name"]);
    }
}

/// The requests of a message, each answered positively.
fn said(message: &OutMessage) -> Vec<(String, Value)> {
    let mut sending = telegram().say(CHAT, message, 0).unwrap();
    run(&mut *sending)
}

fn run(sending: &mut dyn Sending) -> Vec<(String, Value)> {
    let mut requests = Vec::new();
    let mut last = None;
    loop {
        match sending.advance(last.as_ref()).unwrap() {
            Progress::Done(_) => return requests,
            Progress::Send(request) => requests.push(told(&request)),
        }
        last = Some(answer(200, r#"{"ok":true,"result":{"message_id":171}}"#));
    }
}

fn told(request: &HttpRequest) -> (String, Value) {
    let body = request.body.as_ref().unwrap();
    assert_eq!(body.content_type, "application/json");
    (request.url.expose().to_owned(), serde_json::from_str(body.text.expose()).unwrap())
}

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, retry_after: None, body: body.as_bytes().to_vec() }
}

fn media(kind: MediaKind, url: &str, caption: Option<&str>) -> OutMessage {
    OutMessage::Media(Media { kind, url: url.into(), caption: caption.map(str::to_owned) })
}

fn choice(label: &str, payload: &str) -> Choice {
    Choice { label: label.into(), payload: payload.into() }
}

fn assert_is(request: &(String, Value), sample: &Value) {
    assert_eq!(request.0, sample["request"]["url"].as_str().unwrap());
    assert_eq!(request.1, sample["request"]["json"]);
}

#[test]
fn every_request_is_as_in_the_samples() {
    assert_is(&said(&OutMessage::Text("3,20 € le pain.".into()))[0], &sample!("out_text"));
    let photo = media(MediaKind::Image, "https://example.com/pain.jpg", Some("Pain de seigle"));
    assert_is(&said(&photo)[0], &sample!("out_photo"));
    let document = media(MediaKind::Document, "telegram-file:BQACAgQexample", None);
    assert_is(&said(&document)[0], &sample!("out_document"));
    let place = OutMessage::Location { latitude: "50.8503".into(), longitude: "4.3517".into(), name: None };
    assert_is(&said(&place)[0], &sample!("out_location"));

    // The sample has a link in a row of its own, which is a message of its own here.
    let mut sample = sample!("out_inline_keyboard");
    let rows = &mut sample["request"]["json"]["reply_markup"]["inline_keyboard"];
    let link_row = rows.as_array_mut().unwrap().pop().unwrap();
    let question = OutMessage::Options {
        text: "Confirmer ?".into(),
        choices: vec![choice("Oui", "c:1"), choice("Non", "c:0")],
    };
    assert_is(&said(&question)[0], &sample);
    let link =
        OutMessage::Link { text: "Ici".into(), label: "Site".into(), url: "https://example.com".into() };
    assert_eq!(said(&link)[0].1["reply_markup"]["inline_keyboard"][0], link_row);
}

#[test]
fn courtesies_are_as_in_the_samples() {
    let tapped = decode(sample!("in_callback_query").to_string().as_bytes()).unwrap();
    let requests = telegram().courtesies(&tapped.events[0]);
    assert_eq!(requests.len(), 1);
    assert_is(&told(&requests[0]), &sample!("out_answer_callback"));
    let requests = telegram().at_work(&tapped.events[0]);
    assert_eq!(requests.len(), 1);
    assert_is(&told(&requests[0]), &sample!("out_typing"));
    let silent = Telegram::open(&settings().with_flag("typing", false)).unwrap();
    assert_eq!(silent.courtesies(&tapped.events[0]).len(), 1);
    assert!(silent.at_work(&tapped.events[0]).is_empty());
    let written = decode(sample!("in_text").to_string().as_bytes()).unwrap();
    assert!(telegram().courtesies(&written.events[0]).is_empty(), "there is no spinner to end");
    let blocked = decode(sample!("in_blocked").to_string().as_bytes()).unwrap();
    assert!(telegram().courtesies(&blocked.events[0]).is_empty());
    assert!(telegram().at_work(&blocked.events[0]).is_empty());
}

#[test]
fn a_secret_message_is_deleted_and_one_that_is_gone_is_no_error() {
    let deletion = sample!("out_delete_message");
    let mut sending = telegram().erase(CHAT, &MessageRef("150".into())).unwrap();
    assert_is(&run(&mut *sending)[0], &deletion);
    for (status, sample) in [(400, sample!("out_delete_too_old")), (403, sample!("out_error_blocked"))] {
        let refusal = sample["response"]["json"].to_string();
        let mut sending = telegram().erase(CHAT, &MessageRef("2".into())).unwrap();
        assert!(matches!(sending.advance(None), Ok(Progress::Send(_))));
        let done = sending.advance(Some(&answer(status, &refusal)));
        assert!(matches!(done, Ok(Progress::Done(ids)) if ids.is_empty()));
    }
    let mut sending = telegram().erase(CHAT, &MessageRef("2".into())).unwrap();
    assert!(sending.advance(None).is_ok());
    assert!(sending.advance(Some(&answer(502, "<html>"))).unwrap_err().may_pass());
    assert!(telegram().erase(CHAT, &MessageRef("callback:1".into())).is_none());
}

fn error(status: u16, body: &str) -> SendError {
    let mut sending = telegram().say(CHAT, &OutMessage::Text("x".into()), 0).unwrap();
    assert!(matches!(sending.advance(None), Ok(Progress::Send(_))));
    sending.advance(Some(&answer(status, body))).unwrap_err()
}

#[test]
fn errors_are_sorted_by_what_they_ask_for() {
    let of_sample = |sample: Value| {
        let status = sample["response"]["status"].as_u64().unwrap().try_into().unwrap();
        error(status, &sample["response"]["json"].to_string())
    };
    let code = |code: &str| Some(code.to_owned());
    let after = Some(std::time::Duration::from_secs(14));
    assert_eq!(of_sample(sample!("out_error_429")), SendError::Throttled { after, code: code("429") });
    assert_eq!(of_sample(sample!("out_error_blocked")), SendError::Gone { code: code("403") });
    assert_eq!(of_sample(sample!("out_error_migrated")), SendError::Refused { code: code("400") });
    assert_eq!(error(502, "<html>Bad Gateway</html>"), SendError::Unavailable { code: code("502") });
    assert_eq!(error(401, r#"{"ok":false,"error_code":401}"#), SendError::Account { code: code("401") });
    let unknown = r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#;
    assert_eq!(error(400, unknown), SendError::Gone { code: code("400") });
}

#[test]
fn the_id_of_a_sent_message_is_told() {
    let sample = sample!("out_text");
    let mut sending = telegram().say(CHAT, &OutMessage::Text("x".into()), 0).unwrap();
    assert!(sending.advance(None).is_ok());
    let done = sending.advance(Some(&answer(200, &sample["response"]["json"].to_string()))).unwrap();
    assert!(matches!(done, Progress::Done(ids) if ids == [MessageRef("171".into())]));
}

#[test]
fn limits_are_kept() {
    let limits = sample!("limits");
    let limit = |name: &str| usize::try_from(limits[name].as_u64().unwrap()).unwrap();
    let pieces = said(&OutMessage::Text("word ".repeat(2000)));
    assert_eq!(pieces.len(), 3);
    for (_, piece) in &pieces {
        assert!(piece["text"].as_str().unwrap().chars().count() <= limit("text_chars"));
    }
    let exactly = media(MediaKind::Image, "https://a.example/1", Some(&"a".repeat(limit("caption_chars"))));
    assert_eq!(said(&exactly).len(), 1);
    let longer =
        media(MediaKind::Image, "https://a.example/1", Some(&"a".repeat(limit("caption_chars") + 1)));
    let requests = said(&longer);
    assert!(requests[0].1.get("caption").is_none());
    assert!(requests[1].0.ends_with("/sendMessage"));

    let options = |payload: String| OutMessage::Options {
        text: "Which?".into(),
        choices: vec![choice("A", &payload), choice("B", "b")],
    };
    let fits = said(&options("a".repeat(limit("callback_data_bytes"))));
    assert!(fits[0].1.get("reply_markup").is_some());
    for too_long in ["ä".repeat(33), "a".repeat(65), String::new()] {
        let numbered = said(&options(too_long));
        assert_eq!(numbered[0].1["text"], "Which?\n1. A\n2. B");
        assert!(numbered[0].1.get("reply_markup").is_none());
    }
    let many = OutMessage::Options { text: "?".into(), choices: vec![choice("A", "a"); 101] };
    assert!(said(&many)[0].1.get("reply_markup").is_none());
}

#[test]
fn buttons_stand_under_the_last_piece_of_a_long_question() {
    let question = OutMessage::Options {
        text: "word ".repeat(1000),
        choices: vec![choice("A rather long label", "a"), choice("B", "b")],
    };
    let requests = said(&question);
    assert_eq!(requests.len(), 2);
    assert!(requests[0].1.get("reply_markup").is_none());
    let rows = requests[1].1["reply_markup"]["inline_keyboard"].as_array().unwrap().len();
    assert_eq!(rows, 2, "long labels have a row each");
    let mute = OutMessage::Options { text: String::new(), choices: vec![choice("A", "a")] };
    assert_eq!(said(&mute)[0].1["text"], "1. A");
}

#[test]
fn cards_places_and_links_are_said_in_full() {
    let card = |text: String| OutMessage::Card {
        title: "Account".into(),
        text: Some(text),
        image: Some("https://a.example/1.png".into()),
        choices: vec![choice("Open", "o")],
    };
    let short = said(&card("Savings".into()));
    assert_eq!(short.len(), 1);
    assert_eq!(short[0].1["caption"], "Account\nSavings");
    assert!(short[0].1.get("reply_markup").is_some());
    let long = said(&card("word ".repeat(300)));
    assert_eq!(long.len(), 2);
    assert!(long[0].1.get("reply_markup").is_none() && long[1].1.get("reply_markup").is_some());
    let named = OutMessage::Location {
        latitude: "50.85".into(),
        longitude: "4.35".into(),
        name: Some("Branch".into()),
    };
    assert!(said(&named)[0].0.ends_with("/sendVenue"));
    let call = OutMessage::Link { text: "Call us".into(), label: "Now".into(), url: "tel:+1555".into() };
    assert_eq!(said(&call)[0].1["text"], "Call us\nNow\ntel:+1555");
}

#[test]
fn the_token_is_shown_nowhere() {
    let telegram = telegram();
    let sending = telegram.say(CHAT, &OutMessage::Text("x".into()), 0);
    let Ok(Progress::Send(request)) = sending.unwrap().advance(None) else { panic!("a request") };
    assert!(request.url.expose().contains(TOKEN));
    assert!(!format!("{telegram:?} {request:?}").contains("AAE"));
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let complaint = |settings: Settings| Telegram::open(&settings).unwrap_err().to_string();
    assert_eq!(complaint(Settings::new()), "the setting `bot_token` is missing");
    assert_eq!(
        complaint(settings().with_secret("bot_token", "12/../x".into())),
        "the setting `bot_token` is no token of Telegram; it looks like 123456:ABC-DEF"
    );
    assert_eq!(
        complaint(settings().with_secret("secret_token", "with blank".into())),
        "the setting `secret_token` has to be 1 to 256 letters, digits, _ and -, because Telegram takes no others"
    );
    assert!(complaint(settings().with_secret("secret_token", "".into())).contains("missing"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn no_damaged_sample_makes_it_panic(
        sample in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut body = INBOUND[sample.index(INBOUND.len())].1.as_bytes().to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        let _ = decode(&body);
    }

    #[test]
    fn every_text_is_said_in_pieces_that_fit(text in "([a-z .\n]|👋🏽|👨‍👩‍👧‍👦){0,900}") {
        let text = text.repeat(4);
        let pieces = said(&OutMessage::Text(text.clone()));
        let words = pieces.iter().map(|(_, piece)| piece["text"].as_str().unwrap());
        let solid = |text: &str| text.split_whitespace().collect::<String>();
        let joined: String = words.clone().map(solid).collect();
        prop_assert!(words.clone().all(|piece| piece.encode_utf16().count() <= 4096 && !piece.is_empty()));
        prop_assert_eq!(joined, solid(&text));
    }
}
