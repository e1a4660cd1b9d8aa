use countersign_model::{MediaKind, OutMessage, Timestamp};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::adapter::{Progress, SendError};
use crate::event::{ChannelEvent, Event};
use crate::meta::samples::{self, Samples, assert_request, choices, decode, media, said, told};

const SAMPLES: Samples = Samples("instagram");
const USER: &str = "1598745620001234";

fn with(settings: Settings) -> Box<dyn Adapter> {
    let settings = settings
        .with("account_id", "17841400000000111")
        .with_secret("access_token", "IGAAexampletoken".into());
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
    let table: &[(&str, &[&str])] = &[
        ("in_changes_form", &["text sent by the test button"]),
        ("in_deleted", &["Revoked"]),
        ("in_echo", &[]),
        ("in_image", &["image https://cdn.example.com/p.jpg"]),
        ("in_like_heart", &["Unsupported"]),
        ("in_message_edit", &["Edited"]),
        ("in_postback", &["choice ICE_WHERE = Where are you?"]),
        ("in_quick_reply", &["choice ask:sizes = Sizes"]),
        ("in_reaction", &[]),
        ("in_referral", &[r#"Start("bio-link")"#]),
        ("in_reply_to_story", &["text love it"]),
        ("in_seen", &["Read"]),
        ("in_self", &[]),
        ("in_share_reel", &["video https://cdn.example.com/reel.mp4"]),
        ("in_story_mention", &["Unsupported"]),
        ("in_text", &["text is this still available?"]),
        ("in_unsupported", &["Unsupported"]),
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
        let events = events(&name);
        let Some(event) = events.first() else { continue };
        assert_eq!((&*event.address, &*event.contact.address), (USER, USER), "{name}");
        if let Some(id) = facts["message_id"].as_str() {
            match &event.event {
                // It has the id of the message that is taken back.
                Event::Revoked => assert_eq!(event.id, format!("deleted:{id}"), "{name}"),
                Event::Reply(reply) => {
                    assert_eq!((&*event.id, &*reply.reference.as_ref().unwrap().0), (id, id))
                }
                other => panic!("{name}: {other:?}"),
            }
        }
        if let Some(at) = facts["timestamp_ms"].as_i64() {
            assert_eq!(event.at, Some(Timestamp::from_micros(at * 1000)), "{name}");
        }
    }
    assert_eq!(events("in_changes_form")[0].at, Some(Timestamp::from_secs(1_790_000_001)));
    let seen = SAMPLES.facts("in_seen")["target_id"].as_str().unwrap().to_owned();
    let Event::Receipt(receipt) = &events("in_seen")[0].event else { panic!() };
    assert_eq!(receipt.message.as_ref().unwrap().0, seen);
    assert_eq!(events("in_seen")[0].id, format!("{seen}:read"));
}

#[test]
fn fields_that_are_no_conversation_are_passed_over() {
    let body = |changes: &str| {
        format!(r#"{{"object":"instagram","entry":[{{"id":"17841400000000111","changes":[{changes}]}}]}}"#)
    };
    let comment = r#"{"field":"comments","value":{"text":"nice"}}"#;
    assert_eq!(told(&*adapter(), body(comment).as_bytes()), (vec![], 0));
    let broken = r#"7,{"field":"messages","value":{"sender":3}}"#;
    assert_eq!(told(&*adapter(), body(broken).as_bytes()), (vec![], 2));
    let other = String::from_utf8(SAMPLES.bytes("in_text.json")).unwrap();
    let other = other.replace("17841400000000111", "17841400000000222");
    assert_eq!(told(&*adapter(), other.as_bytes()), (vec![], 1));
}

#[test]
fn signatures_are_as_published() {
    samples::check_signatures(&SAMPLES, with);
}

#[test]
fn what_is_said_is_what_the_samples_send() {
    let options = OutMessage::Options {
        text: "What do you want to know?".into(),
        choices: choices(&[("Sizes", "ask:sizes"), ("Price", "ask:price")]),
    };
    let table = [
        ("out_image", media(MediaKind::Image, "https://example.com/shoe.jpg", None)),
        ("out_quick_replies", options),
        ("out_text", OutMessage::Text("Yes, it is.".into())),
    ];
    let mut names: Vec<_> = table.iter().map(|(name, _)| *name).collect();
    names.extend(["out_error_window", "out_typing_on"]);
    names.sort_unstable();
    assert_eq!(names, SAMPLES.names("out_"));
    for (name, message) in &table {
        let sample = SAMPLES.json(&format!("{name}.json"));
        let mut sending = adapter().say(USER, message, 0).unwrap();
        let Progress::Send(request) = sending.advance(None).unwrap() else { panic!("{name}") };
        assert_request(&request, &sample, &sample["request"]["json"], name);
        let Progress::Done(ids) = sending.advance(Some(&samples::response(&sample))).unwrap() else {
            panic!("{name}")
        };
        assert_eq!(ids[0].0, sample["response"]["json"]["message_id"], "{name}");
    }
    let unseen = with(samples::settings().with_flag("mark_read", false));
    assert!(unseen.courtesies(&events("in_text")[0]).is_empty());
    let requests = unseen.at_work(&events("in_text")[0]);
    let sample = SAMPLES.json("out_typing_on.json");
    assert_request(&requests[0], &sample, &sample["request"]["json"], "out_typing_on");
    let sample = SAMPLES.json("out_error_window.json");
    let error = samples::answered(&*adapter(), USER, &samples::response(&sample)).unwrap_err();
    assert_eq!(error, SendError::Refused { code: Some("10/2534022".into()) });
}

#[test]
fn a_text_is_split_by_its_bytes() {
    let text = "é".repeat(1200);
    let bodies = said(&*adapter(), USER, &OutMessage::Text(text));
    let lengths: Vec<_> = bodies.iter().map(|body| body["message"]["text"].as_str().unwrap().len()).collect();
    assert_eq!(lengths, [1000, 1000, 400]);
}

#[test]
fn links_and_documents_are_texts() {
    let link = OutMessage::Link { text: "See".into(), label: "Go".into(), url: "https://example.com".into() };
    assert_eq!(said(&*adapter(), USER, &link)[0]["message"]["text"], "See\nGo\nhttps://example.com");
    let file = media(MediaKind::Document, "https://example.com/a.pdf", Some("The menu"));
    assert_eq!(said(&*adapter(), USER, &file)[0]["message"]["text"], "The menu\nhttps://example.com/a.pdf");
}

#[test]
fn settings_are_asked_for_by_name_and_never_shown() {
    let refused = |settings: Settings| open(&settings).unwrap_err().to_string();
    assert_eq!(refused(Settings::new()), "the setting `account_id` is missing");
    assert!(samples::shows_no_secret(&*adapter(), &["IGAAexampletoken", samples::SECRET]));
}

#[test]
fn the_page_that_connects_it_is_complete() {
    samples::check_page(&PROVIDER);
}

/// Whether a request is within what the provider documents.
fn is_within_limits(body: &Value, limits: &Value) {
    let most = |pointer: &str| usize::try_from(limits.pointer(pointer).unwrap().as_u64().unwrap()).unwrap();
    let message = &body["message"];
    if let Some(text) = message.get("text") {
        assert!((1..=most("/text_bytes_utf8")).contains(&text.as_str().unwrap().len()));
    }
    if let Some(replies) = message.get("quick_replies").map(|replies| replies.as_array().unwrap()) {
        assert!(message["text"].is_string() && (1..=most("/quick_replies/max")).contains(&replies.len()));
        for reply in replies {
            let count = reply["title"].as_str().unwrap().chars().count();
            assert!((1..=most("/quick_replies/title_chars")).contains(&count));
        }
    }
    assert_ne!(message["attachment"]["type"], "file");
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
    fn nothing_that_nearly_fits_makes_it_panic(bytes in samples::nearly(&SAMPLES)) {
        let _ = decode(&*adapter(), &bytes);
    }
}
