use std::collections::HashSet;

use countersign_model::{MediaKind, OutMessage};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::adapter::Progress;
use crate::event::ReceiptState;
use crate::meta::samples::{self, Samples, assert_request, choices, decode, media, said, told};
use crate::request::HttpResponse;

const SAMPLES: Samples = Samples("whatsapp");
const USER: &str = "US.72613094458812034556";
const NUMBER: &str = "+15550100123";

fn with(settings: Settings) -> Box<dyn Adapter> {
    let settings = settings
        .with("phone_number_id", "118273645500112")
        .with_secret("access_token", "EAAexampletoken".into());
    open(&settings).unwrap()
}

fn adapter() -> Box<dyn Adapter> {
    with(samples::settings())
}

#[test]
fn every_webhook_is_read_as_what_it_is() {
    let image = "image whatsapp-media:2754859441498128 = the broken part";
    let flow = r#"text {"flow_token":"tok-7731","date":"2026-11-30","seats":"4"}"#;
    let changed_id = r#"IdentityChanged { before: Some("US.72613094458812034556") }"#;
    let table: &[(&str, &[&str])] = &[
        ("in_audio_voice_note", &["audio whatsapp-media:1908647269898587"]),
        (
            "in_batch_two_messages_one_status",
            &["text one", "image whatsapp-media:3000000000000001", "Delivered"],
        ),
        ("in_business_app_echo", &[]),
        ("in_button_reply", &["choice order:confirm = Confirm"]),
        ("in_contacts", &["Unsupported"]),
        ("in_document", &["document whatsapp-media:862573402348421 = my invoice"]),
        ("in_edit", &["Edited"]),
        ("in_flow_reply", &[flow]),
        ("in_group_text", &[]),
        ("in_image", &[image]),
        ("in_list_reply", &["choice branch:north = North branch"]),
        ("in_location_pin", &["location -0.18 -78.47"]),
        ("in_location_place", &["location 52.0907 5.1214"]),
        ("in_order", &["Unsupported"]),
        ("in_other_field", &[]),
        ("in_reaction", &[]),
        ("in_reaction_removed", &[]),
        ("in_revoke", &["Revoked"]),
        ("in_status_delivered", &["Delivered"]),
        ("in_status_failed_pair_rate", &["Failed 131056"]),
        ("in_status_failed_window", &["Failed 131047"]),
        ("in_status_played", &["Read"]),
        ("in_status_read", &["Read"]),
        ("in_status_sent", &["Sent"]),
        ("in_status_user_id_only", &["Delivered"]),
        ("in_sticker", &["Unsupported"]),
        ("in_system_number_changed", &[r#"IdentityChanged { before: Some("+15550100123") }"#]),
        ("in_system_user_id_changed", &["IdentityChanged { before: None }"]),
        ("in_template_button", &["choice stop_updates = Stop updates"]),
        ("in_text", &["text Hi! Is the shop open today?"]),
        ("in_text_forwarded", &["text fwd: opening hours"]),
        ("in_text_from_ad", &["text I saw your ad"]),
        ("in_text_quoted_reply", &["text Yes, that one"]),
        ("in_text_user_id_only", &["text Hello from a username"]),
        ("in_unknown_type", &["Unsupported"]),
        ("in_unsupported", &["Unsupported"]),
        ("in_user_id_update", &[changed_id]),
        ("in_user_preferences", &[]),
        ("in_value_errors", &[]),
        ("in_video", &["video whatsapp-media:1166846181421424"]),
    ];
    let names: Vec<_> = table.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, SAMPLES.names("in_"), "every sample stands in the table");
    for (name, wanted) in table {
        let (events, skipped) = told(&*adapter(), &SAMPLES.bytes(&format!("{name}.json")));
        assert_eq!((events, skipped), (wanted.iter().map(|line| (*line).to_owned()).collect(), 0), "{name}");
    }
}

#[test]
fn every_event_has_the_ids_the_moment_and_the_user_of_its_sample() {
    for name in SAMPLES.names("in_") {
        let facts = SAMPLES.facts(&name);
        let decoded = decode(&*adapter(), &SAMPLES.bytes(&format!("{name}.json"))).unwrap();
        let Some(event) = decoded.events.first().filter(|_| facts["message_id"].is_string()) else {
            continue;
        };
        let id = facts["message_id"].as_str().unwrap();
        match &event.event {
            Event::Receipt(receipt) => {
                assert_eq!(event.id, format!("{id}:{}", facts["status"].as_str().unwrap()), "{name}");
                assert_eq!(receipt.message.as_ref().unwrap().0, id, "{name}");
            }
            Event::Reply(reply) => assert_eq!((&*event.id, &*reply.reference.as_ref().unwrap().0), (id, id)),
            _ => assert_eq!(event.id, id, "{name}"),
        }
        if let Some(user) = facts["user_id"].as_str() {
            assert_eq!((&*event.address, &*event.contact.address), (user, user), "{name}");
        }
        if let Some(at) = facts["timestamp_s"].as_i64() {
            assert_eq!(event.at, Some(Timestamp::from_secs(at)), "{name}");
        }
    }
}

fn first(name: &str) -> ChannelEvent {
    decode(&*adapter(), &SAMPLES.bytes(&format!("{name}.json"))).unwrap().events.remove(0)
}

#[test]
fn names_come_from_the_profile_and_addresses_are_user_ids_before_numbers() {
    assert_eq!(first("in_text").contact.name.as_deref(), Some("Nadia Okoro"));
    assert_eq!(first("in_text_user_id_only").address, USER);
    // A failed message that was sent to a number is told with the number alone.
    assert_eq!(first("in_status_failed_window").address, NUMBER);
    assert_eq!(first("in_system_number_changed").address, USER);
    assert_eq!(first("in_system_user_id_changed").address, "US.80011223344556677889");
    assert_eq!(first("in_user_id_update").address, "US.80011223344556677889");
}

/// A webhook with these in its `value`.
fn body(value: &str) -> Vec<u8> {
    let metadata = r#""metadata":{"phone_number_id":"118273645500112"}"#;
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{{"changes":[{{"field":"messages","value":{{{metadata},{value}}}}}]}}]}}"#
    )
    .into_bytes()
}

fn text(id: &str, from: &str, words: &str) -> String {
    format!(r#"{{"id":"{id}","from":"{from}","type":"text","timestamp":"1","text":{{"body":"{words}"}}}}"#)
}

#[test]
fn one_bad_message_does_not_lose_the_others() {
    let parts = [
        text("a", "1555", "one"),
        r#"{"id":7}"#.into(),
        "null".into(),
        r#"{"id":"b","type":"text","text":{"body":"nobody"}}"#.into(),
        text("c", "1555", r"half \ud83d a pair"),
        r#"{"id":"d","from":"1555","from":"1556","type":"text","text":{"body":"twice"}}"#.into(),
        text("e", "1555", r"nul\u0000 here"),
        text("a", "1555", "one"),
    ];
    let read = decode(&*adapter(), &body(&format!(r#""messages":[{}]"#, parts.join(",")))).unwrap();
    let lines: Vec<_> =
        read.events.iter().map(|event| format!("{} {}", event.id, samples::in_words(event))).collect();
    let wanted =
        ["a text one", "c text half \u{fffd} a pair", "d text twice", "e text nul here", "a text one"];
    assert_eq!((lines.as_slice(), read.skipped), (wanted.map(str::to_owned).as_slice(), 3));
    assert_eq!(read.events[2].address, "+1556");
}

#[test]
fn one_bad_change_or_entry_does_not_lose_the_others() {
    let good = String::from_utf8(SAMPLES.bytes("in_text.json")).unwrap();
    let envelope: Value = serde_json::from_str(&good).unwrap();
    let change = envelope["entry"][0]["changes"][0].clone();
    let entry = |changes: Value| json!({ "id": "1", "changes": changes });
    let mended = json!({ "object": "whatsapp_business_account", "entry": [
        7,
        entry(json!([{ "field": 1 }, { "field": "messages", "value": { "messages": {} } }, change])),
        entry(json!(null)),
    ] });
    let (events, skipped) = told(&*adapter(), mended.to_string().as_bytes());
    assert_eq!((events, skipped), (vec!["text Hi! Is the shop open today?".to_owned()], 3));
}

#[test]
fn a_name_that_is_broken_loses_neither_the_message_nor_the_name() {
    let contacts = r#""contacts":[{"profile":{"name":"other"},"wa_id":"1"},{"profile":{"name":"Na\ud83ddia"},"wa_id":"1555"},3]"#;
    let read = decode(&*adapter(), &body(&format!(r#"{contacts},"messages":[{}]"#, text("a", "1555", "hi"))))
        .unwrap();
    assert_eq!((read.events.len(), read.skipped), (1, 0));
    assert_eq!(read.events[0].contact.name.as_deref(), Some("Na\u{fffd}dia"));
}

#[test]
fn what_is_not_ours_is_left_out() {
    let other = String::from_utf8(SAMPLES.bytes("in_text.json")).unwrap();
    let other_number = other.replace("118273645500112", "118273645500113");
    assert_eq!(told(&*adapter(), other_number.as_bytes()), (vec![], 1));
    let other_object = other.replace("whatsapp_business_account", "page");
    assert_eq!(told(&*adapter(), other_object.as_bytes()), (vec![], 1));
    for nothing in ["", "{}", "[]", "null", "{\"object\":1}", "{\"object\":\"whatsapp_business_account\"}"] {
        assert_eq!(decode(&*adapter(), nothing.as_bytes()).unwrap_err(), Malformed, "{nothing}");
    }
    assert_eq!(decode(&*adapter(), b"{\"object\":\"\xff\xfe\"}").unwrap_err(), Malformed);
}

#[test]
fn rarer_kinds_are_known_too() {
    let of = |message: &str| {
        let message = format!(r#"{{"id":"a","from":"1555","timestamp":"1790000001123",{message}}}"#);
        let read = decode(&*adapter(), &body(&format!(r#""messages":[{message}]"#))).unwrap();
        assert_eq!(read.skipped, 0, "{message}");
        assert!(
            read.events.iter().all(|event| event.at == Some(Timestamp::from_micros(1_790_000_001_123_000)))
        );
        read.events.iter().map(samples::in_words).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(of(r#""type":"unsupported","unsupported":{"type":"edit"}"#), "Edited");
    assert_eq!(of(r#""type":"voice","voice":{"id":"9"}"#), "audio whatsapp-media:9");
    assert_eq!(
        of(r#""type":"image","image":{"url":"https:\/\/example.com\/a"}"#),
        "image https://example.com/a"
    );
    assert_eq!(of(r#""type":"image","image":{}"#), "Unsupported");
    assert_eq!(of(r#""type":"text""#), "Unsupported");
    assert_eq!(of(r#""type":"interactive","interactive":{"call_permission_reply":{}}"#), "Unsupported");
    assert_eq!(of(r#""type":"request_welcome""#), "Begin");
    assert_eq!(of(r#""type":"button","button":{"text":"Stop"}"#), "choice Stop = Stop");
    assert_eq!(
        of(r#""type":"system","system":{"type":"customer_identity_changed"}"#),
        "IdentityChanged { before: None }"
    );
    assert_eq!(of(r#""type":"system","system":{"type":"something"}"#), "");
    assert_eq!(of(r#""type":"location","location":{"latitude":"x","longitude":2}"#), "Unsupported");
}

#[test]
fn a_user_id_in_the_place_of_a_number_is_a_user_id() {
    let read = decode(&*adapter(), &body(&format!(r#""messages":[{}]"#, text("a", USER, "hi")))).unwrap();
    assert_eq!(read.events[0].address, USER);
    let unknown = r#""statuses":[{"id":"a","status":"lost","recipient_id":"1"},{"id":"b","status":"deleted","recipient_id":"1"}]"#;
    assert_eq!(told(&*adapter(), &body(unknown)), (vec![], 1));
}

#[test]
fn signatures_and_handshakes_are_as_published() {
    samples::check_signatures(&SAMPLES, with);
    let cases = SAMPLES.json("verify_handshake.json");
    for case in cases["cases"].as_array().unwrap() {
        let query = case["query"].as_str().unwrap();
        let answer = adapter().greet(&samples::webhook("GET", query, &[], b"")).unwrap();
        assert_eq!(u64::from(answer.status), case["expect"]["status"], "{query}");
        assert_eq!(answer.body, case["expect"]["body"].as_str().unwrap_or_default(), "{query}");
        assert!(answer.content_type.starts_with("text/plain"), "{query}");
    }
    assert_eq!(adapter().greet(&samples::webhook("POST", "hub.mode=subscribe", &[], b"{}")), None);
}

#[test]
fn what_is_said_is_what_the_samples_send() {
    let without = |mut json: Value, parts: &[&str]| {
        for part in parts {
            let (of, key) = part.rsplit_once('/').unwrap();
            json.pointer_mut(of).unwrap().as_object_mut().unwrap().shift_remove(key).unwrap();
        }
        json
    };
    let as_it_is = |name: &str| SAMPLES.json(&format!("{name}.json"))["request"]["json"].clone();
    let order = [("Confirm", "order:confirm"), ("Change", "order:change"), ("Cancel", "order:cancel")];
    let card = |title: &str, text: &str, image: Option<&str>| OutMessage::Card {
        title: title.into(),
        text: Some(text.into()),
        image: image.map(str::to_owned),
        choices: choices(&order),
    };
    let link = OutMessage::Link {
        text: "Track your parcel".into(),
        label: "Track".into(),
        url: "https://example.com/t/42".into(),
    };
    let place = OutMessage::Location {
        latitude: "52.0907".into(),
        longitude: "5.1214".into(),
        name: Some("Example Bakery".into()),
    };
    let with_preview = |name: &str| {
        let mut json = as_it_is(name);
        json["text"]["preview_url"] = false.into();
        json
    };
    let table = [
        ("out_audio", media(MediaKind::Audio, "whatsapp-media:550011223344557", None), as_it_is("out_audio")),
        // We write no footers.
        (
            "out_buttons",
            card("Your order", "Shall I confirm it?", None),
            without(as_it_is("out_buttons"), &["/interactive/footer"]),
        ),
        ("out_cta_url", link, as_it_is("out_cta_url")),
        // A file at WhatsApp has no name that we would know.
        (
            "out_document_by_id",
            media(MediaKind::Document, "whatsapp-media:550011223344556", Some("Menu")),
            without(as_it_is("out_document_by_id"), &["/document/filename"]),
        ),
        (
            "out_image_by_link",
            media(MediaKind::Image, "https://example.com/bread.jpg", Some("Today's bread")),
            as_it_is("out_image_by_link"),
        ),
        ("out_location", place, without(as_it_is("out_location"), &["/location/address"])),
        ("out_text", OutMessage::Text("We are open until 18:00.".into()), as_it_is("out_text")),
        ("out_text_to_user_id", OutMessage::Text("Hello!".into()), with_preview("out_text_to_user_id")),
    ];
    // Lists have a test of their own; the others are not said by a bot.
    let others = [
        "out_error_rate",
        "out_error_window",
        "out_list",
        "out_location_request",
        "out_mark_read_typing",
        "out_media_lookup",
        "out_reaction",
        "out_template",
        "out_text_quoting",
    ];
    let mut names: Vec<_> = table.iter().map(|(name, ..)| *name).chain(others).collect();
    names.sort_unstable();
    assert_eq!(names, SAMPLES.names("out_"));
    for (name, message, json) in &table {
        let sample = SAMPLES.json(&format!("{name}.json"));
        let to = if json["recipient"].is_string() { USER } else { NUMBER };
        let mut sending = adapter().say(to, message, 0).unwrap();
        let Progress::Send(request) = sending.advance(None).unwrap() else { panic!("{name}") };
        assert_request(&request, &sample, json, name);
        let Progress::Done(ids) = sending.advance(Some(&samples::response(&sample))).unwrap() else {
            panic!("{name}")
        };
        assert_eq!(ids[0].0, sample["response"]["json"]["messages"][0]["id"], "{name}");
    }
}

#[test]
fn a_message_is_marked_as_read_and_again_with_typing_when_the_answer_takes_a_while() {
    let sample = SAMPLES.json("out_mark_read_typing.json");
    let mut json = sample["request"]["json"].clone();
    let requests = adapter().at_work(&first("in_text"));
    assert_eq!(requests.len(), 1);
    assert_request(&requests[0], &sample, &json, "out_mark_read_typing");
    json.as_object_mut().unwrap().remove("typing_indicator").unwrap();
    let requests = adapter().courtesies(&first("in_text"));
    assert_eq!(requests.len(), 1);
    assert_request(&requests[0], &sample, &json, "out_mark_read_typing without typing");
    let silent = with(samples::settings().with_flag("typing", false));
    assert_eq!((silent.courtesies(&first("in_text")).len(), silent.at_work(&first("in_text")).len()), (1, 0));
    let unseen = with(samples::settings().with_flag("mark_read", false));
    assert!(unseen.courtesies(&first("in_text")).is_empty() && unseen.at_work(&first("in_text")).is_empty());
    let status = first("in_status_read");
    assert!(adapter().courtesies(&status).is_empty() && adapter().at_work(&status).is_empty());
}

#[test]
fn choices_are_buttons_then_a_list_then_numbers() {
    let options = |count: usize, label: &str| OutMessage::Options {
        text: "Which branch?".into(),
        choices: (1..=count)
            .map(|at| countersign_model::Choice {
                label: format!("{label} {at}"),
                payload: format!("b:{at}"),
            })
            .collect(),
    };
    let kind = |message: &OutMessage| {
        let bodies = said(&*adapter(), NUMBER, message);
        assert_eq!(bodies.len(), 1);
        let kind = bodies[0].pointer("/interactive/type").unwrap_or(&bodies[0]["type"]);
        (kind.as_str().unwrap().to_owned(), bodies[0].clone())
    };
    assert_eq!(kind(&options(3, "Branch")).0, "button");
    let (list, body) = kind(&options(4, "Branch"));
    assert_eq!(list, "list");
    let action = json!({ "button": "Choose", "sections": [{ "rows": [
        { "id": "b:1", "title": "Branch 1" }, { "id": "b:2", "title": "Branch 2" },
        { "id": "b:3", "title": "Branch 3" }, { "id": "b:4", "title": "Branch 4" },
    ] }] });
    assert_eq!(body["interactive"]["action"], action);
    // Three long labels stand in a list, which has room for the whole of them.
    let long = choices(&[("The branch in the north", "n"), ("The old mill outside of the town", "m")]);
    let (list, body) = kind(&OutMessage::Options { text: "Which?".into(), choices: long });
    assert_eq!(list, "list");
    let rows = &body["interactive"]["action"]["sections"][0]["rows"];
    let wanted = json!([
        { "id": "n", "title": "The branch in the north" },
        { "id": "m", "title": "The old mill outside of…", "description": "The old mill outside of the town" },
    ]);
    assert_eq!(*rows, wanted);
    let (text, body) = kind(&options(11, "Branch"));
    assert_eq!(text, "text");
    assert!(body["text"]["body"].as_str().unwrap().starts_with("Which branch?\n1. Branch 1\n2. "));
    // Two that would look the same are numbered.
    assert_eq!(kind(&options(2, "The branch of our company in")).0, "text");
    let blank_ids = choices(&[("Yes", " y"), ("No", "n")]);
    assert_eq!(kind(&OutMessage::Options { text: "Sure?".into(), choices: blank_ids }).0, "text");
    let same_ids = choices(&[("Yes", "y"), ("No", "y")]);
    assert_eq!(kind(&OutMessage::Options { text: "Sure?".into(), choices: same_ids }).0, "text");
}

#[test]
fn long_texts_go_ahead_of_the_buttons_and_what_was_accepted_is_not_said_again() {
    let text = format!("{} And the question?", "A long sentence. ".repeat(300));
    let message = OutMessage::Options { text, choices: choices(&[("Yes", "y"), ("No", "n")]) };
    let all = said(&*adapter(), NUMBER, &message);
    let kinds: Vec<_> = all.iter().map(|body| body["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text", "text", "interactive"]);
    assert!(all[2]["interactive"]["body"]["text"].as_str().unwrap().ends_with("And the question?"));
    let mut rest = adapter().say(NUMBER, &message, 2).unwrap();
    let Progress::Send(request) = rest.advance(None).unwrap() else { panic!() };
    assert_eq!(samples::json_of(&request), all[2]);
    let accepted = HttpResponse { status: 200, retry_after: None, body: b"nonsense".to_vec() };
    assert!(matches!(rest.advance(Some(&accepted)).unwrap(), Progress::Done(ids) if ids.is_empty()));
    let mut none = adapter().say(NUMBER, &message, 9).unwrap();
    assert!(matches!(none.advance(None).unwrap(), Progress::Done(_)));
}

#[test]
fn cards_and_files_find_a_form() {
    let card = |text: Option<&str>, choices| OutMessage::Card {
        title: "Rye bread".into(),
        text: text.map(str::to_owned),
        image: Some("https://example.com/rye.jpg".into()),
        choices,
    };
    let bodies = said(&*adapter(), NUMBER, &card(Some("Fresh daily"), choices(&[("Add", "add")])));
    let header = json!({ "type": "image", "image": { "link": "https://example.com/rye.jpg" } });
    assert_eq!((bodies.len(), &bodies[0]["interactive"]["header"]), (1, &header));
    assert_eq!(bodies[0]["interactive"]["body"]["text"], "Rye bread\nFresh daily");
    let bodies = said(&*adapter(), NUMBER, &card(None, vec![]));
    assert_eq!((bodies.len(), &bodies[0]["image"]["caption"]), (1, &json!("Rye bread")));
    let four = choices(&[("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")]);
    let bodies = said(&*adapter(), NUMBER, &card(Some("Fresh"), four));
    assert_eq!((&bodies[0]["type"], &bodies[1]["interactive"]["type"]), (&json!("image"), &json!("list")));

    let song = media(MediaKind::Audio, "https://example.com/a.mp3", Some("A song"));
    let bodies = said(&*adapter(), NUMBER, &song);
    assert_eq!((bodies.len(), &bodies[1]["text"]["body"]), (2, &json!("A song")));
    let file = media(MediaKind::Document, "https://example.com/a/the%20menu.pdf?v=2", None);
    assert_eq!(said(&*adapter(), NUMBER, &file)[0]["document"]["filename"], "the menu.pdf");
    let no_place = OutMessage::Location { latitude: "95".into(), longitude: "5".into(), name: None };
    assert_eq!(said(&*adapter(), NUMBER, &no_place)[0]["text"]["body"], "https://maps.google.com/?q=95,5");
    let mail =
        OutMessage::Link { text: "Write".into(), label: "Mail".into(), url: "mailto:a@example.com".into() };
    assert_eq!(said(&*adapter(), NUMBER, &mail)[0]["text"]["body"], "Write\nMail\nmailto:a@example.com");
}

#[test]
fn codes_are_sorted_by_whose_matter_they_are() {
    let errors = SAMPLES.json("errors.json");
    let sorted = |code: i64| samples::sorted(&*adapter(), NUMBER, code, None);
    let codes = |key: &str| -> Vec<i64> {
        errors[key].as_array().unwrap().iter().map(|code| code.as_i64().unwrap()).collect()
    };
    let operator: Vec<i64> =
        errors["needs_operator"].as_object().unwrap().keys().map(|code| code.parse().unwrap()).collect();
    for code in codes("retry_with_backoff") {
        assert!(matches!(sorted(code), SendError::Throttled { .. }), "{code}");
    }
    for code in codes("retry_may_duplicate") {
        assert!(matches!(sorted(code), SendError::Unavailable { .. }), "{code}");
    }
    for code in codes("do_not_retry") {
        let error = sorted(code);
        assert!(!matches!(error, SendError::Throttled { .. } | SendError::Unavailable { .. }), "{code}");
        assert_eq!(error.code(), Some(&*code.to_string()));
    }
    for code in operator {
        assert!(matches!(sorted(code), SendError::Account { .. }), "{code}");
    }
    for code in codes("user_opted_out") {
        assert!(matches!(sorted(code), SendError::Gone { .. }), "{code}");
    }
    for code in codes("window_closed") {
        assert!(matches!(sorted(code), SendError::Refused { .. }), "{code}");
    }
    assert!(matches!(sorted(131_048), SendError::Account { .. }));
    assert!(matches!(sorted(131_049), SendError::Refused { .. }));
    assert!(matches!(samples::sorted(&*adapter(), NUMBER, 100, Some(33)), SendError::Account { .. }));
}

#[test]
fn the_answers_of_the_samples_are_understood() {
    let answered = |name: &str| {
        let sample = SAMPLES.json(&format!("{name}.json"));
        samples::answered(&*adapter(), NUMBER, &samples::response(&sample)).unwrap_err()
    };
    assert_eq!(answered("out_error_window"), SendError::Refused { code: Some("131047".into()) });
    assert_eq!(answered("out_error_rate"), SendError::Throttled { after: None, code: Some("130429".into()) });
    assert_eq!(first("in_status_failed_pair_rate").address, USER);
    let Event::Receipt(receipt) = first("in_status_failed_pair_rate").event else { panic!() };
    assert_eq!((receipt.state, receipt.code.as_deref()), (ReceiptState::Failed, Some("131056")));
}

#[test]
fn settings_that_cannot_be_are_refused_by_name() {
    let full = || {
        samples::settings()
            .with("phone_number_id", "118273645500112")
            .with_secret("access_token", "EAAexampletoken".into())
    };
    let refused = |settings: Settings| open(&settings).unwrap_err().to_string();
    assert_eq!(refused(Settings::new()), "the setting `phone_number_id` is missing");
    assert_eq!(
        refused(full().with("phone_number_id", "+1 555")),
        "the setting `phone_number_id` must be the id, which has digits alone"
    );
    assert_eq!(refused(full().with_secret("app_secret", "".into())), "the setting `app_secret` is missing");
    assert_eq!(
        refused(full().with("api_url", "graph.facebook.com")),
        "the setting `api_url` must be an address such as https://graph.facebook.com, without `?` and `#`"
    );
    assert_eq!(
        refused(full().with("api_version", "25")),
        "the setting `api_version` must be a version of the Graph API, such as v25.0"
    );
    assert_eq!(
        refused(full().with_secret("access_token", "EAA\n".into())),
        "the setting `access_token` holds a space, a line break or another character that no token has"
    );
    assert_eq!(
        refused(full().with("list_button", "much too long for a button")),
        "the setting `list_button` must have 1 to 20 characters"
    );
    let adapter = open(&full().with("api_url", "http://127.0.0.1:1234/wa/")).unwrap();
    let Progress::Send(request) =
        adapter.say(NUMBER, &OutMessage::Text("a".into()), 0).unwrap().advance(None).unwrap()
    else {
        panic!()
    };
    assert_eq!(request.url.expose(), "http://127.0.0.1:1234/wa/v25.0/118273645500112/messages");
    assert!(samples::shows_no_secret(&*adapter, &["EAAexampletoken", samples::SECRET, "tok+en"]));
}

#[test]
fn the_page_that_connects_it_is_complete() {
    samples::check_page(&PROVIDER);
}

/// Whether a request is within what the provider documents.
fn is_within_limits(body: &Value, limits: &Value) {
    let count = |value: &Value| value.as_str().map_or(0, |text| text.chars().count());
    let most = |pointer: &str| usize::try_from(limits.pointer(pointer).unwrap().as_u64().unwrap()).unwrap();
    let within = |value: &Value, pointer: &str| {
        let count = count(value);
        assert!((1..=most(pointer)).contains(&count), "{pointer}: {count}");
    };
    match body["type"].as_str().unwrap() {
        "text" => within(&body["text"]["body"], "/text_body_chars"),
        "interactive" => {
            let interactive = &body["interactive"];
            let action = &interactive["action"];
            let words = &interactive["body"]["text"];
            let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
            match interactive["type"].as_str().unwrap() {
                "button" => {
                    within(words, "/interactive_body_chars/button");
                    let buttons = action["buttons"].as_array().unwrap();
                    assert!((1..=most("/reply_buttons/max")).contains(&buttons.len()));
                    for button in buttons {
                        within(&button["reply"]["title"], "/reply_buttons/title_chars");
                        within(&button["reply"]["id"], "/reply_buttons/id_chars");
                        let reply = &button["reply"];
                        assert!(ids.insert(&reply["id"]) && titles.insert(&reply["title"]));
                    }
                }
                "list" => {
                    within(words, "/interactive_body_chars/list");
                    within(&action["button"], "/list/button_chars");
                    let rows = action["sections"][0]["rows"].as_array().unwrap();
                    assert!((1..=most("/list/rows_total")).contains(&rows.len()));
                    for row in rows {
                        within(&row["title"], "/list/row_title_chars");
                        within(&row["id"], "/list/row_id_chars");
                        assert!(ids.insert(&row["id"]) && titles.insert(&row["title"]));
                        if let Some(description) = row.get("description") {
                            within(description, "/list/row_description_chars");
                        }
                    }
                }
                "cta_url" => {
                    within(words, "/interactive_body_chars/button");
                    within(&action["parameters"]["display_text"], "/cta_url_display_chars");
                }
                other => panic!("{other}"),
            }
            if let Some(header) = interactive.pointer("/header/text") {
                within(header, "/header_text_chars");
            }
        }
        kind @ ("image" | "audio" | "video" | "document") => {
            assert!(body[kind]["link"].is_string() || body[kind]["id"].is_string());
            if let Some(caption) = body[kind].get("caption") {
                assert_ne!(kind, "audio");
                within(caption, "/caption_chars");
            }
        }
        "location" => {
            assert!(body["location"]["latitude"].is_number() && body["location"]["longitude"].is_number())
        }
        other => panic!("{other}"),
    }
}

#[test]
fn what_just_fits_stays_whole_and_what_is_one_longer_does_not() {
    let forms = |message: &OutMessage| {
        let form = |body: &Value| {
            body.pointer("/interactive/type").unwrap_or(&body["type"]).as_str().unwrap().to_owned()
        };
        said(&*adapter(), NUMBER, message).iter().map(form).collect::<Vec<_>>().join(" ")
    };
    let words = samples::of_length;
    let yes = || choices(&[("Yes", "yes")]);
    let options = |text: String| OutMessage::Options { text, choices: yes() };
    assert_eq!(
        (forms(&options(words(1024))), forms(&options(words(1025)))),
        ("button".into(), "text button".into())
    );
    let label =
        |length| OutMessage::Options { text: "Which?".into(), choices: choices(&[(&words(length), "a")]) };
    assert_eq!((forms(&label(20)), forms(&label(21))), ("button".into(), "list".into()));
    let payload = |length| OutMessage::Options {
        text: "Which?".into(),
        choices: choices(&[("a", &"p".repeat(length))]),
    };
    assert_eq!((forms(&payload(256)), forms(&payload(257))), ("button".into(), "text".into()));
    let text = |length| OutMessage::Text(words(length));
    assert_eq!((forms(&text(4096)), forms(&text(4097))), ("text".into(), "text text".into()));
    let image = |length| media(MediaKind::Image, "https://example.com/a.jpg", Some(&words(length)));
    assert_eq!((forms(&image(1024)), forms(&image(1025))), ("image".into(), "image text".into()));
    let card =
        |title| OutMessage::Card { title: words(title), text: Some("a".into()), image: None, choices: yes() };
    let header = |title| said(&*adapter(), NUMBER, &card(title))[0].pointer("/interactive/header").is_some();
    assert_eq!((header(60), header(61)), (true, false));
}

#[test]
fn every_limit_is_kept_at_its_edge() {
    samples::at_every_edge(&SAMPLES, &*adapter(), NUMBER, is_within_limits);
}

proptest! {
    #[test]
    fn whatever_is_said_is_within_the_limits(message in samples::anything()) {
        let limits = SAMPLES.json("limits.json");
        for body in said(&*adapter(), NUMBER, &message) {
            is_within_limits(&body, &limits);
        }
    }

    #[test]
    fn nothing_that_comes_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&*adapter(), &bytes);
    }

    #[test]
    fn nothing_that_nearly_fits_makes_it_panic(bytes in samples::nearly(&SAMPLES)) {
        let _ = decode(&*adapter(), &bytes);
    }
}
