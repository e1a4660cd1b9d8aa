//! Every sample of SMS by Vonage, in both directions.

use countersign_model::Choice;
use proptest::prelude::*;

use super::*;
use crate::adapter::Progress;
use crate::parts::Parts;

const SECRET: &str = "Vs1gnatureSecret42exampleKeyABCDEF";
const KEY: &str = "aLongHookKey123";
/// When the samples were signed.
const NOW: i64 = 1_795_342_530;

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../testdata/vonage-sms/", $name, ".json")))
            .unwrap()
    };
}

macro_rules! inbound {
    ($($name:literal => $expected:expr,)*) => {
        const INBOUND: &[(&str, &str, &str)] =
            &[$(($name, include_str!(concat!("../testdata/vonage-sms/", $name)), $expected),)*];
    };
}

inbound! {
    "in_text.json" => "0A0000000CC175B9C0F1B6A8 +31655501001 text \"Hallo daar\"",
    "in_text_query.txt" => "0A00000092EB5FFEE6AE2FEC +31655501001 text \"Kan het ook om 10:00?\"",
    "in_unicode.json" => "0A0000004A8A08F09D37B737 +31655501001 text \"Danke schön 🙏\"",
    "in_binary.json" => "skipped 1",
    "in_concat_1.json" => "0A000000CD3DC8B6CFFB41E4 +31655501001 part 1/2 31970100900:210 \
        \"Dit is een heel lang bericht dat in \"",
    "in_concat_2.json" => "0A00000068A9E49BBC88C020 +31655501001 part 2/2 31970100900:210 \
        \"twee stukken aankomt.\"",
    "in_shortcode_no_sig.json" => "0A0000008FA14CDD754F91CC +31655501001 text \"STOP\"",
    "dlr_delivered.json" => "0A000000F1584B995A477098:delivered +31655501001 Delivered",
    "dlr_failed_absent.json" => "0A0000002D387AB98437E5F5:failed +31655501001 Failed 2",
    "dlr_failed_permanent.json" => "0A000000417C4FA3B4135A6C:failed +31655501001 Failed 3",
    "dlr_buffered.json" => "0A000000500DBB501D3577B1:buffered +31655501001 Queued",
}

fn settings() -> Settings {
    Settings::new()
        .with("api_key", "abcd1234")
        .with("from", "+31970100900")
        .with_secret("api_secret", "s3cretEXAMPLE".into())
        .with_secret("signature_secret", SECRET.into())
}

fn with_key() -> Settings {
    settings().with_secret("hook_key", KEY.into())
}

fn request<'a>(body: &'a str, query: &'a str) -> WebhookRequest<'a> {
    let method = if body.is_empty() { "GET" } else { "POST" };
    WebhookRequest {
        method,
        url: "https://bots.example.com/hooks/v",
        query,
        headers: &[],
        body: body.as_bytes(),
    }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_secs(seconds)
}

fn takes(settings: &Settings, body: &str, query: &str, now: i64) -> bool {
    VonageSms::open(settings).unwrap().verify(&request(body, query), at(now)).is_ok()
}

fn decode(body: &str, query: &str) -> Result<Decoded, Malformed> {
    let request = request(body, query);
    VonageSms::open(&settings()).unwrap().decode(Verified::seal(&request), at(NOW))
}

fn lines(decoded: &Decoded) -> String {
    let mut lines: Vec<_> = decoded.events.iter().map(line).collect();
    if decoded.skipped > 0 {
        lines.push(format!("skipped {}", decoded.skipped));
    }
    lines.join("; ")
}

fn line(event: &ChannelEvent) -> String {
    let what = match &event.event {
        Event::Reply(Reply { content: Content::Text(text), .. }) => format!("text {:?}", text.expose()),
        Event::Part(part) => {
            format!("part {}/{} {} {:?}", part.number, part.total, part.reference, part.text.expose())
        }
        Event::Receipt(receipt) => {
            format!("{:?} {}", receipt.state, receipt.code.as_deref().unwrap_or_default())
                .trim_end()
                .to_owned()
        }
        other => format!("{other:?}"),
    };
    format!("{} {} {what}", event.id, event.address)
}

#[test]
fn every_sample_is_read_as_it_should_be() {
    for (file, body, expected) in INBOUND {
        assert_eq!(lines(&decode(body, "").unwrap()), *expected, "{file}");
        // The same as a query: nothing depends on how the account is set.
        if file.ends_with(".txt") {
            assert_eq!(lines(&decode("", body).unwrap()), *expected, "{file}");
        }
    }
    for entry in sample!("index").as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        if !file.starts_with("in_") && !file.starts_with("dlr_") {
            continue;
        }
        let (_, _, expected) = INBOUND.iter().find(|(known, _, _)| *known == file).expect(file);
        for fact in ["message_id", "text"] {
            let told = entry["facts"][fact].as_str().unwrap_or_default();
            assert!(expected.contains(told) || expected.starts_with("skipped"), "{file}: {fact}");
        }
    }
    let decoded = decode(INBOUND[0].1, "").unwrap();
    assert_eq!(decoded.events[0].at, Some(at(NOW)));
}

#[test]
fn signed_samples_are_taken_while_they_are_fresh() {
    for (file, body, _) in INBOUND.iter().filter(|(_, body, _)| body.contains("sig")) {
        assert!(takes(&settings(), body, "", NOW + 120), "{file}");
        assert!(takes(&settings(), body, "", NOW - 299), "{file}: our clock is behind");
        assert!(!takes(&settings(), body, "", NOW + 301), "{file}: replayed");
        assert!(!takes(&settings(), body, "", NOW - 301), "{file}: from the future");
        let other = settings().with("signature_method", "sha512");
        assert!(!takes(&other, body, "", NOW), "{file}: another method");
        assert!(!takes(&settings(), &body.replace("3165550", "3165551"), "", NOW), "{file}: changed");
    }
    assert!(takes(&settings(), "", INBOUND[1].1, NOW));
    assert!(takes(&with_key(), "", &format!("key={KEY}&{}", INBOUND[1].1), NOW));
}

#[test]
fn the_vectors_with_an_age_come_out_as_they_should() {
    let vectors = sample!("sig_vectors");
    let mut seen = 0;
    for vector in vectors["vectors"].as_array().unwrap() {
        let Some(now) = vector["now"].as_i64() else { continue };
        let mut body = vector["params"].clone();
        body["sig"] = vector["sig"].clone();
        assert_eq!(takes(&settings(), &body.to_string(), "", now), vector["expect"] == "accept");
        seen += 1;
    }
    assert_eq!(seen, 2);
}

#[test]
fn without_a_signature_the_key_of_the_hook_decides() {
    let (_, unsigned, _) = INBOUND.iter().find(|(file, _, _)| *file == "in_shortcode_no_sig.json").unwrap();
    let (_, receipt, _) = INBOUND.iter().find(|(file, _, _)| *file == "dlr_delivered.json").unwrap();
    let key = format!("key={KEY}");
    let open = with_key().with_flag("unsigned", true);
    assert!(takes(&open, unsigned, &key, NOW));
    assert!(!takes(&open, unsigned, "key=another", NOW));
    assert!(!takes(&open, unsigned, "", NOW));
    // Receipts carry no signature, so the key is enough for them; a message needs its signature.
    assert!(takes(&with_key(), receipt, &key, NOW));
    assert!(!takes(&with_key(), unsigned, &key, NOW));
    assert!(!takes(&settings(), receipt, "key=", NOW));
    // What looks like a receipt is read as one.
    let both = unsigned.replace("\"type\"", "\"status\": \"delivered\", \"type\"");
    assert!(!takes(&with_key(), &both, &key, NOW));
    // A wrong signature does not become right by the key.
    let forged = INBOUND[0].1.replace("Hallo", "Holla");
    assert!(!takes(&open, &forged, &key, NOW));
}

#[test]
fn parts_become_one_text() {
    let mut parts = Parts::new();
    let mut add = |index: usize| {
        let mut decoded = decode(INBOUND[index].1, "").unwrap();
        let event = decoded.events.remove(0);
        let Event::Part(part) = event.event else { panic!("a part") };
        parts.add(&event.address, &event.id, part, at(NOW))
    };
    assert_eq!(add(5), None);
    let joined = add(4).unwrap();
    assert_eq!(joined.id, "0A000000CD3DC8B6CFFB41E4");
    assert_eq!(joined.text.expose(), "Dit is een heel lang bericht dat in twee stukken aankomt.");
}

#[test]
fn strange_bodies_do_no_harm() {
    let told = |body: &str| lines(&decode(body, "").unwrap());
    let message =
        |rest: &str| format!(r#"{{"msisdn":31655501001,"messageId":"m","text":"a\u0000\ud83d"{rest}}}"#);
    assert_eq!(told(&message("")), "m +31655501001 text \"a\u{fffd}\"");
    let odd = r#","concat":true,"concat-ref":1,"concat-total":2,"concat-part":3"#;
    assert_eq!(told(&message(odd)), "m +31655501001 text \"a\u{fffd}\"", "part 3 of 2");
    assert_eq!(told(r#"{"msisdn":"MyBank","messageId":"m","text":"a"}"#), "skipped 1");
    assert_eq!(told(r#"{"status":"novel","messageId":"m","msisdn":"31655501001"}"#), "skipped 1");
    assert_eq!(told("x"), "skipped 1");
    assert_eq!(decode("{", "").unwrap_err(), Malformed);
}

fn send(settings: &Settings, message: &OutMessage) -> Vec<HttpRequest> {
    let mut sending = VonageSms::open(settings).unwrap().say("+31655501001", message, 0).unwrap();
    let mut requests = Vec::new();
    let mut last = None;
    while let Progress::Send(request) = sending.advance(last.as_ref()).unwrap() {
        requests.push(request);
        last = Some(answer(&sample!("out_text")["response"]));
    }
    requests
}

fn answer(response: &Value) -> HttpResponse {
    let status = response["status"].as_u64().unwrap().try_into().unwrap();
    HttpResponse { status, retry_after: None, body: response["json"].to_string().into_bytes() }
}

fn form_of(request: &HttpRequest) -> Vec<(String, String)> {
    crate::twilio::form(request.body.as_ref().unwrap().text.expose().as_bytes())
}

#[test]
fn a_request_is_as_in_the_samples() {
    for (sample, text) in [(sample!("out_text"), "Tot 18:00 uur."), (sample!("out_unicode"), "Tot straks 👋")]
    {
        let request = &send(&settings(), &OutMessage::Text(text.into()))[0];
        assert_eq!(request.url.expose(), sample["request"]["url"].as_str().unwrap());
        let expected: Vec<_> = sample["request"]["form"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned()))
            // A reference of one's own is optional, and nothing is gained by it.
            .filter(|(name, _)| name != "client-ref")
            .collect();
        assert_eq!(form_of(request), expected);
    }
    let with_hook = with_key().with("hook_url", "https://bots.example.com/hooks/v");
    let request = &send(&with_hook, &OutMessage::Text("x".into()))[0];
    let callback = format!("https://bots.example.com/hooks/v?key={KEY}");
    assert_eq!(form_of(request).last(), Some(&("callback".to_owned(), callback)));
}

#[test]
fn long_texts_and_questions_are_said_in_full() {
    let limit = usize::try_from(sample!("limits")["text_chars"].as_u64().unwrap()).unwrap();
    let long = send(&settings().with("segments", "255"), &OutMessage::Text("word ".repeat(1000)));
    assert_eq!(long.len(), 2);
    assert!(long.iter().all(|request| form_of(request)[4].1.chars().count() <= limit));
    let question = OutMessage::Options {
        text: "Zeker?".into(),
        choices: vec![Choice { label: "Ja".into(), payload: "y".into() }],
    };
    assert_eq!(form_of(&send(&settings(), &question)[0])[4].1, "Zeker?\n1. Ja");
}

#[test]
fn errors_are_sorted_by_what_they_ask_for() {
    assert_eq!(
        accepted(&answer(&sample!("out_error_throttled")["response"])).unwrap_err(),
        SendError::Throttled { after: None, code: Some("1".into()) }
    );
    assert_eq!(
        accepted(&answer(&sample!("out_error_number")["response"])).unwrap_err(),
        SendError::Gone { code: Some("7".into()) }
    );
    let errors = sample!("errors");
    for (list, busy) in [("retry_with_backoff", true), ("do_not_retry", false)] {
        for code in errors["send_status"][list].as_array().unwrap() {
            let error = problem(&code.to_string());
            let is_busy = matches!(error, SendError::Throttled { .. } | SendError::Unavailable { .. });
            assert_eq!(is_busy, busy, "{code}");
        }
    }
    assert!(matches!(problem("4"), SendError::Account { .. }));
    assert_eq!(problem("words that name a user"), SendError::Refused { code: None });
    let http = HttpResponse { status: 502, retry_after: None, body: b"<html>".to_vec() };
    assert!(matches!(accepted(&http), Err(SendError::Unavailable { .. })));
}

#[test]
fn parts_that_were_accepted_are_not_sent_again() {
    let mixed = serde_json::json!({ "status": 200, "json": { "messages": [
        { "status": "0", "message-id": "a" }, { "status": "1" }, { "status": "0", "message-id": "b" }
    ] } });
    assert_eq!(accepted(&answer(&mixed)).unwrap(), [MessageRef("a".into()), MessageRef("b".into())]);
    let none = serde_json::json!({ "status": 200, "json": {} });
    assert_eq!(accepted(&answer(&none)).unwrap_err(), SendError::Refused { code: None });
}

#[test]
fn every_code_of_a_receipt_is_passed_on() {
    let errors = sample!("errors");
    for list in ["retry_later", "do_not_retry"] {
        for code in errors["dlr_err_code"][list].as_array().unwrap() {
            let body = format!(
                r#"{{"status":"failed","messageId":"m","msisdn":"31655501001","err-code":"{code}"}}"#
            );
            assert_eq!(lines(&decode(&body, "").unwrap()), format!("m:failed +31655501001 Failed {code}"));
        }
    }
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let complaint = |settings: Settings| VonageSms::open(&settings).unwrap_err().to_string();
    assert_eq!(complaint(Settings::new()), "the setting `signature_secret` is missing");
    assert_eq!(complaint(settings().with_flag("unsigned", true)), "the setting `hook_key` is missing");
    assert_eq!(
        complaint(settings().with("signature_method", "crc32")),
        "the setting `signature_method` has to be sha256, sha512, sha1, md5 or md5hash"
    );
    assert_eq!(complaint(settings().with("from", "")), "the setting `from` is missing");
    let channel = VonageSms::open(&settings()).unwrap();
    assert!(!format!("{channel:?}").contains("abcd"));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in any::<String>(), query in any::<String>()) {
        let _ = decode(&body, &query);
        let _ = takes(&with_key(), &body, &query, NOW);
    }

    #[test]
    fn no_damaged_sample_makes_it_panic(
        sample in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in 0u8..128,
    ) {
        let mut body = INBOUND[sample.index(INBOUND.len())].1.as_bytes().to_vec();
        let at = at.index(body.len());
        body[at] = byte;
        let body = String::from_utf8_lossy(&body);
        let _ = decode(&body, "");
        let _ = takes(&with_key(), &body, "", NOW);
    }
}
