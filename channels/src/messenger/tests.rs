use countersign_model::{MediaKind, OutMessage, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::adapter::{Malformed, Progress, SendError};
use crate::event::{ChannelEvent, Event};
use crate::meta::samples::{self, Samples, assert_request, choices, decode, media, said, told};

const SAMPLES: Samples = Samples("messenger");
const USER: &str = "7210455983301122";

fn with(settings: Settings) -> Box<dyn Adapter> {
    let settings =
        settings.with("page_id", "309812345670001").with_secret("page_token", "EAAexamplepagetoken".into());
    open(&settings).unwrap()
}

fn adapter() -> Box<dyn Adapter> {
    with(samples::settings())
}

fn events(name: &str) -> Vec<ChannelEvent> {
    decode(&*adapter(), &SAMPLES.bytes(&format!("{name}.json"))).unwrap().events
}

#[test]
fn every_webhook_is_read_as_what_it_is() {
    let image = "image https://scontent.xx.example.com/v/t1.jpg?oh=1";
    let images =
        &["image https://scontent.xx.example.com/v/a.jpg", "video https://video.xx.example.com/v/b.mp4"];
    let table: &[(&str, &[&str])] = &[
        ("in_audio", &["audio https://cdn.example.com/audioclip-1.mp4"]),
        // The third is of another page.
        ("in_batch", &["text first", "text second"]),
        ("in_delivery", &["Delivered"]),
        ("in_delivery_watermark_only", &["Delivered all"]),
        ("in_echo", &[]),
        ("in_echo_from_inbox", &[]),
        ("in_fallback_link", &["text look https://example.com/a"]),
        ("in_file", &["document https://cdn.example.com/invoice.pdf"]),
        ("in_image", &[image]),
        ("in_images_with_text", images),
        ("in_location", &["location 51.4416 5.4697"]),
        ("in_message_edit", &["Edited"]),
        ("in_no_messaging", &[]),
        ("in_optin", &[]),
        ("in_postback", &["choice GET_STARTED = Get Started"]),
        ("in_postback_referral", &["choice GET_STARTED = Get Started"]),
        ("in_quick_reply", &["choice deliver:yes = Yes please"]),
        ("in_reaction", &[]),
        ("in_reaction_removed", &[]),
        ("in_read", &["Read all"]),
        ("in_referral", &[r#"Start("flyer-7")"#]),
        ("in_reply_to", &["text This one"]),
        ("in_standby", &[]),
        ("in_sticker", &["Unsupported"]),
        ("in_text", &["text Do you deliver on Sunday?"]),
        ("in_unknown_attachment", &["Unsupported"]),
        ("in_unsupported", &["Unsupported"]),
    ];
    let names: Vec<_> = table.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names, SAMPLES.names("in_"), "every sample stands in the table");
    for (name, wanted) in table {
        let (events, skipped) = told(&*adapter(), &SAMPLES.bytes(&format!("{name}.json")));
        assert_eq!(events, *wanted, "{name}");
        assert_eq!(skipped, usize::from(*name == "in_batch"), "{name}");
    }
}

#[test]
fn every_event_has_the_ids_the_moment_and_the_user_of_its_sample() {
    for name in SAMPLES.names("in_") {
        let facts = SAMPLES.facts(&name);
        let events = events(&name);
        let Some(event) = events.first() else { continue };
        assert_eq!((&*event.address, &*event.contact.address), (USER, USER), "{name}");
        if let Some(id) = facts["message_id"].as_str() {
            let Event::Reply(reply) = &event.event else { panic!("{name}") };
            assert_eq!((&*event.id, &*reply.reference.as_ref().unwrap().0), (id, id), "{name}");
        }
        let until = facts["watermark"].as_i64().filter(|_| name != "in_delivery");
        if let Some(at) = facts["timestamp_ms"].as_i64().or(until) {
            assert_eq!(event.at, Some(Timestamp::from_micros(at * 1000)), "{name}");
        }
    }
    let ids = SAMPLES.facts("in_batch")["message_ids"].clone();
    assert_eq!(
        json!(events("in_batch").iter().map(|event| &event.id).collect::<Vec<_>>()),
        json!([ids[0], ids[1]])
    );
}

#[test]
fn what_has_no_id_of_its_own_gets_one_that_is_the_same_in_every_repeat() {
    let id = |name: &str| events(name).remove(0).id;
    assert_eq!(id("in_postback_referral"), id("in_postback_referral"));
    assert!(id("in_postback_referral").starts_with("postback:1790000001234000:"));
    assert!(id("in_referral").starts_with("referral:1790000001234000:"));
    assert_eq!(id("in_read"), "read:1790000003000");
    assert_eq!(id("in_delivery_watermark_only"), "delivered:1790000002500");
    // An edit is told with the id of the message that it changes, which is known already.
    assert_eq!(id("in_message_edit"), format!("edit:{}:1", id("in_text")));
    let files = events("in_images_with_text");
    assert_eq!(files[1].id, format!("{}#2", files[0].id));
    let other = String::from_utf8(SAMPLES.bytes("in_postback_referral.json")).unwrap();
    let other = decode(&*adapter(), other.replace("\"GET_STARTED\"", "\"OTHER\"").as_bytes()).unwrap();
    assert_ne!(other.events[0].id, id("in_postback_referral"));
}

/// A webhook with these events.
fn body(events: &str) -> Vec<u8> {
    format!(r#"{{"object":"page","entry":[{{"id":"309812345670001","messaging":[{events}]}}]}}"#).into_bytes()
}

fn message(inside: &str) -> String {
    format!(r#"{{"sender":{{"id":"1"}},"recipient":{{"id":"309812345670001"}},"message":{{{inside}}}}}"#)
}

#[test]
fn one_bad_event_does_not_lose_the_others() {
    let parts = [
        message(r#""mid":"a","text":"one""#),
        "7".into(),
        r#"{"sender":{"id":"1"}}"#.into(),
        r#"{"sender":{},"message":{"mid":"b","text":"nobody"}}"#.into(),
        message(r#""mid":"","text":"no id""#),
        message(r#""mid":"c","text":"half \ud83d a pair""#),
        message(r#""mid":"d","mid":"e","text":"nul\u0000 here""#),
        message(r#""mid":"f","attachments":[7,{"type":"image"}]"#),
    ];
    let read = decode(&*adapter(), &body(&parts.join(","))).unwrap();
    let lines: Vec<_> =
        read.events.iter().map(|event| format!("{} {}", event.id, samples::in_words(event))).collect();
    assert_eq!(lines, ["a text one", "c text half \u{fffd} a pair", "e text nul here", "f Unsupported"]);
    assert_eq!(read.skipped, 4);
    let entries =
        format!(r#"{{"object":"page","entry":[7,{{"id":"309812345670001","messaging":[{}]}}]}}"#, parts[0]);
    assert_eq!(told(&*adapter(), entries.as_bytes()), (vec!["text one".to_owned()], 1));
    for nothing in ["", "{}", "[]", "{\"object\":1,\"entry\":[]}", "{\"object\":\"page\"}"] {
        assert_eq!(decode(&*adapter(), nothing.as_bytes()).unwrap_err(), Malformed, "{nothing}");
    }
    assert_eq!(told(&*adapter(), br#"{"object":"user","entry":[]}"#), (vec![], 1));
}

#[test]
fn text_beside_files_is_their_caption_and_beside_a_preview_it_is_the_message() {
    let of = |inside: &str| told(&*adapter(), &body(&message(&format!(r#""mid":"a",{inside}"#)))).0;
    let image = r#"{"type":"image","payload":{"url":"https:\/\/example.com\/a"}}"#;
    assert_eq!(
        of(&format!(r#""text":"see","attachments":[{image}]"#)),
        ["image https://example.com/a = see"]
    );
    let link = r#"{"type":"fallback","payload":{"url":"https:\/\/example.com\/b"}}"#;
    assert_eq!(of(&format!(r#""attachments":[{link}]"#)), ["text https://example.com/b"]);
    assert_eq!(of(&format!(r#""text":"look","attachments":[{{"type":"hologram"}},{link}]"#)), ["text look"]);
    let old_sticker =
        r#"{"type":"image","payload":{"url":"https://example.com/s","sticker_id":369239263222822}}"#;
    assert_eq!(of(&format!(r#""attachments":[{old_sticker}]"#)), ["Unsupported"]);
    assert_eq!(of(r#""quick_reply":{"payload":"p"}"#), ["choice p = "]);
}

#[test]
fn signatures_and_the_handshake_are_as_published() {
    samples::check_signatures(&SAMPLES, with);
    let query = "hub.mode=subscribe&hub.challenge=0012&hub.verify_token=tok%2Ben%20%26%20more";
    let answer = adapter().greet(&samples::webhook("GET", query, &[], b"")).unwrap();
    assert_eq!((answer.status, &*answer.body), (200, "0012"));
    assert_eq!(adapter().greet(&samples::webhook("GET", "", &[], b"")).unwrap().status, 403);
}

#[test]
fn what_is_said_is_what_the_samples_send() {
    let sample = |name: &str| SAMPLES.json(&format!("{name}.json"))["request"]["json"].clone();
    let mut text = sample("out_text");
    text["message"].as_object_mut().unwrap().shift_remove("metadata").unwrap();
    let mut quick = sample("out_quick_replies");
    quick["message"]["quick_replies"][1].as_object_mut().unwrap().shift_remove("image_url").unwrap();
    let mut button = sample("out_button_template");
    let buttons = button.pointer_mut("/message/attachment/payload/buttons").unwrap().as_array_mut().unwrap();
    buttons.retain(|button| button["type"] == "web_url");
    let options = OutMessage::Options {
        text: "Shall we deliver?".into(),
        choices: choices(&[("Yes please", "deliver:yes"), ("No", "deliver:no")]),
    };
    let card = OutMessage::Card {
        title: "Rye bread".into(),
        text: Some("Fresh daily".into()),
        image: Some("https://example.com/rye.jpg".into()),
        choices: choices(&[("Add", "add:rye")]),
    };
    let link = OutMessage::Link {
        text: "What next?".into(),
        label: "Website".into(),
        url: "https://example.com".into(),
    };
    let bread = media(MediaKind::Image, "https://example.com/bread.jpg", None);
    let table = [
        ("out_button_template", link, button),
        ("out_generic_template", card, sample("out_generic_template")),
        ("out_image", bread, sample("out_image")),
        ("out_quick_replies", options, quick),
        ("out_text", OutMessage::Text("Yes, until noon.".into()), text),
    ];
    // Not said by a bot, or tested below.
    let others = [
        "out_error_rate",
        "out_error_unavailable",
        "out_error_window",
        "out_human_agent",
        "out_mark_seen",
        "out_reply_to",
        "out_typing_off",
        "out_typing_on",
    ];
    let mut names: Vec<_> = table.iter().map(|(name, ..)| *name).chain(others).collect();
    names.sort_unstable();
    assert_eq!(names, SAMPLES.names("out_"));
    for (name, message, json) in &table {
        let sample = SAMPLES.json(&format!("{name}.json"));
        let mut sending = adapter().say(USER, message, 0).unwrap();
        let Progress::Send(request) = sending.advance(None).unwrap() else { panic!("{name}") };
        assert_request(&request, &sample, json, name);
        let Progress::Done(ids) = sending.advance(Some(&samples::response(&sample))).unwrap() else {
            panic!("{name}")
        };
        assert_eq!(ids[0].0, sample["response"]["json"]["message_id"], "{name}");
    }
}

#[test]
fn a_message_is_seen_and_typing_is_shown_when_the_answer_takes_a_while() {
    let event = events("in_text").remove(0);
    let both =
        [(adapter().courtesies(&event), "out_mark_seen"), (adapter().at_work(&event), "out_typing_on")];
    for (requests, name) in both {
        assert_eq!(requests.len(), 1, "{name}");
        let sample = SAMPLES.json(&format!("{name}.json"));
        assert_request(&requests[0], &sample, &sample["request"]["json"], name);
    }
    let quiet = with(samples::settings().with_flag("mark_read", false).with_flag("typing", false));
    assert!(quiet.courtesies(&event).is_empty() && quiet.at_work(&event).is_empty());
    let read = &events("in_read")[0];
    assert!(adapter().courtesies(read).is_empty() && adapter().at_work(read).is_empty());
}

#[test]
fn what_does_not_fit_finds_another_form() {
    let kinds = |message: OutMessage| {
        let bodies = said(&*adapter(), USER, &message);
        let kind = |body: &Value| {
            let message = &body["message"];
            let attachment = message.pointer("/attachment/payload/template_type");
            let kind = attachment.or_else(|| message.pointer("/attachment/type")).and_then(Value::as_str);
            kind.unwrap_or(if message.get("quick_replies").is_some() { "replies" } else { "text" }).to_owned()
        };
        bodies.iter().map(kind).collect::<Vec<_>>().join(" ")
    };
    let numbers = |count: usize| {
        let of = |at| countersign_model::Choice { label: format!("Branch {at}"), payload: format!("b:{at}") };
        (0..count).map(of).collect::<Vec<_>>()
    };
    let options = |text: &str, choices| OutMessage::Options { text: text.into(), choices };
    assert_eq!(kinds(options("Which?", numbers(13))), "replies");
    assert_eq!(kinds(options("Which?", numbers(14))), "text");
    assert_eq!(kinds(options(" ", numbers(2))), "text");
    assert_eq!(kinds(options(&"long words ".repeat(200), numbers(2))), "text replies");
    assert_eq!(
        kinds(options(
            "Which?",
            choices(&[("The branch of our company A", "a"), ("The branch of our company B", "b")])
        )),
        "text"
    );
    assert_eq!(kinds(options("Which?", choices(&[("Yes", &"y".repeat(1001))]))), "text");
    assert_eq!(kinds(media(MediaKind::Document, "https://example.com/a.pdf", Some("The menu"))), "file text");
    let card = |title: &str, text: Option<&str>, image: Option<&str>, choices| OutMessage::Card {
        title: title.into(),
        text: text.map(str::to_owned),
        image: image.map(str::to_owned),
        choices,
    };
    let picture = Some("https://example.com/rye.jpg");
    assert_eq!(kinds(card("Rye", None, None, vec![])), "text");
    assert_eq!(kinds(card("Rye", None, None, numbers(3))), "generic");
    assert_eq!(kinds(card("Rye", Some("Fresh"), picture, numbers(4))), "image replies");
    assert_eq!(kinds(card("Rye", Some(&"long ".repeat(20)), picture, vec![])), "image text");
    let link =
        |text: &str, url: &str| OutMessage::Link { text: text.into(), label: "Go".into(), url: url.into() };
    assert_eq!(kinds(link("See", "https://example.com")), "button");
    assert_eq!(kinds(link(&"long words ".repeat(70), "https://example.com")), "text button");
    assert_eq!(kinds(link("See", "mailto:a@example.com")), "text");
    let place = OutMessage::Location {
        latitude: "52.09".into(),
        longitude: "5.12".into(),
        name: Some("Example Bakery".into()),
    };
    let text = said(&*adapter(), USER, &place)[0]["message"]["text"].clone();
    assert_eq!(text, "Example Bakery\nhttps://maps.google.com/?q=52.09,5.12");
}

#[test]
fn codes_are_sorted_by_whose_matter_they_are() {
    let errors = SAMPLES.json("errors.json");
    let sorted = |code, subcode| samples::sorted(&*adapter(), USER, code, subcode);
    let codes = |key: &str| -> Vec<i64> {
        errors[key].as_array().unwrap().iter().map(|code| code.as_i64().unwrap()).collect()
    };
    for code in codes("retry_with_backoff") {
        assert!(matches!(sorted(code, None), SendError::Throttled { .. }), "{code}");
    }
    for code in codes("retry_may_duplicate") {
        assert!(matches!(sorted(code, None), SendError::Unavailable { .. }), "{code}");
    }
    for code in codes("do_not_retry") {
        let error = sorted(code, None);
        assert!(!matches!(error, SendError::Throttled { .. } | SendError::Unavailable { .. }), "{code}");
    }
    for code in codes("needs_operator") {
        assert!(matches!(sorted(code, None), SendError::Account { .. }), "{code}");
    }
    // The code, the subcode, and what they ask for together.
    let refused = |code: &str| SendError::Refused { code: Some(code.into()) };
    let gone = |code: &str| SendError::Gone { code: Some(code.into()) };
    let table = [
        (10, 2_018_278, refused("10/2018278")),
        (10, 2_534_022, refused("10/2534022")),
        (551, 1_545_041, gone("551/1545041")),
        (200, 1_545_041, gone("200/1545041")),
        (200, 2_018_108, gone("200/2018108")),
        (100, 2_534_014, gone("100/2534014")),
        (100, 2_018_001, gone("100/2018001")),
        (200, 1_893_063, refused("200/1893063")),
        (613, 2_534_040, SendError::Throttled { after: None, code: Some("613/2534040".into()) }),
        (1, 1_357_046, SendError::Unavailable { code: Some("1/1357046".into()) }),
        (100, 33, SendError::Account { code: Some("100/33".into()) }),
    ];
    let listed: Vec<i64> =
        errors["subcodes"].as_object().unwrap().keys().map(|code| code.parse().unwrap()).collect();
    assert!(listed.iter().all(|subcode| table.iter().any(|(_, known, _)| known == subcode)));
    for (code, subcode, wanted) in table {
        assert_eq!(sorted(code, Some(subcode)), wanted);
    }
    let answered = |name: &str| {
        let sample = SAMPLES.json(&format!("{name}.json"));
        samples::answered(&*adapter(), USER, &samples::response(&sample)).unwrap_err()
    };
    assert_eq!(answered("out_error_window"), refused("10/2018278"));
    assert_eq!(answered("out_error_unavailable"), gone("551/1545041"));
    assert_eq!(answered("out_error_rate"), SendError::Throttled { after: None, code: Some("613".into()) });
}

#[test]
fn settings_are_asked_for_by_name_and_never_shown() {
    let refused = |settings: Settings| open(&settings).unwrap_err().to_string();
    assert_eq!(refused(Settings::new()), "the setting `page_id` is missing");
    let without = samples::settings().with("page_id", "1");
    assert_eq!(refused(without), "the setting `page_token` is missing");
    assert!(samples::shows_no_secret(&*adapter(), &["EAAexamplepagetoken", samples::SECRET]));
}

#[test]
fn the_page_that_connects_it_is_complete() {
    samples::check_page(&PROVIDER);
}

/// Whether a request is within what the provider documents.
fn is_within_limits(body: &Value, limits: &Value) {
    let most = |pointer: &str| usize::try_from(limits.pointer(pointer).unwrap().as_u64().unwrap()).unwrap();
    let within = |value: &Value, pointer: &str| {
        let count = value.as_str().unwrap().chars().count();
        assert!((1..=most(pointer)).contains(&count), "{pointer}: {count}");
    };
    let message = &body["message"];
    if let Some(text) = message.get("text") {
        within(text, "/text_chars");
    }
    if let Some(replies) = message.get("quick_replies").map(|replies| replies.as_array().unwrap()) {
        assert!(message["text"].is_string() && (1..=most("/quick_replies/max")).contains(&replies.len()));
        for reply in replies {
            within(&reply["title"], "/quick_replies/title_chars");
            assert!(
                reply["payload"].as_str().unwrap().chars().count() <= most("/quick_replies/payload_chars")
            );
        }
    }
    let payload = &message["attachment"]["payload"];
    match payload["template_type"].as_str() {
        Some("button") => {
            within(&payload["text"], "/button_template/text_chars");
            within(&payload["buttons"][0]["title"], "/button_template/title_chars");
        }
        Some("generic") => {
            let element = &payload["elements"][0];
            within(&element["title"], "/generic_template/title_chars");
            if let Some(subtitle) = element.get("subtitle") {
                within(subtitle, "/generic_template/subtitle_chars");
            }
            let buttons = element.get("buttons").map_or(&[][..], |buttons| buttons.as_array().unwrap());
            assert!(buttons.len() <= most("/generic_template/buttons"));
            for button in buttons {
                within(&button["title"], "/button_template/title_chars");
                assert!(
                    button["payload"].as_str().unwrap().chars().count()
                        <= most("/button_template/payload_chars")
                );
            }
        }
        _ => assert!(message["text"].is_string() || payload["url"].is_string()),
    }
}

#[test]
fn an_echo_is_no_answer_whoever_it_seems_to_be_of() {
    assert_eq!(told(&*adapter(), &body(&message(r#""mid":"a","text":"hi","is_echo":true"#))), (vec![], 0));
    assert_eq!(told(&*adapter(), &body(&message(r#""mid":"a","text":"hi","is_self":true"#))), (vec![], 0));
    let of_page = message(r#""mid":"a","text":"hi""#).replace(r#"{"id":"1"}"#, r#"{"id":"309812345670001"}"#);
    assert_eq!(told(&*adapter(), &body(&of_page)), (vec![], 0));
}

#[test]
fn every_limit_is_kept_at_its_edge() {
    samples::at_every_edge(&SAMPLES, &*adapter(), USER, is_within_limits);
}

proptest! {
    #[test]
    fn whatever_is_said_is_within_the_limits(message in samples::anything()) {
        let limits = SAMPLES.json("limits.json");
        for body in said(&*adapter(), USER, &message) {
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
