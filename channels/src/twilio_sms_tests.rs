//! Every sample of SMS by Twilio, in both directions.

use countersign_model::Choice;
use proptest::prelude::*;

use super::*;
use crate::adapter::Progress;

const TOKEN: &str = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
const ACCOUNT: &str = "AC4c122831efef10ac68b5223dccd6f614";
/// The address at which the samples are signed.
const URL: &str = "https://bots.example.com/hook/twilio/7?tenant=a%20b";

macro_rules! sample {
    ($name:literal) => {
        serde_json::from_str::<Value>(include_str!(concat!("../testdata/twilio-sms/", $name, ".json")))
            .unwrap()
    };
}

macro_rules! inbound {
    ($($name:literal => $expected:expr,)*) => {
        const INBOUND: &[(&str, &str, &str)] =
            &[$(($name, include_str!(concat!("../testdata/twilio-sms/", $name, ".txt")), $expected),)*];
    };
}

inbound! {
    "in_sms" => "SM83f1535f99ab0bf4e9d02dfd85d3e3f7 +15550100123 text \"Hello & welcome + 100%\"",
    "in_sms_unicode" => "SM0f826a89cf68c399c5f4cf320c1a5842 +15550100123 text \"Grüße 👋🏽 שלום\"",
    "in_sms_empty_body" => "SM0b8854ad38f0a6c65807928d28195609 +15550100123 text \"\"",
    "in_sms_stop" => "SM1051527638b9da6fe99e4242795a10ea +15550100123 blocked",
    "in_mms" => "MMdf2184f4b46de3ddf02f74fb03810020 +15550100123 image see this; \
        MMdf2184f4b46de3ddf02f74fb03810020:1 +15550100123 document ",
    "in_shortcode" => "SMa77cca9bd375665b36f4239eeda0c996 +15550100124 text \"JOIN\"",
    "in_whatsapp_text" => "skipped 1",
    "in_whatsapp_button" => "skipped 1",
    "in_whatsapp_location" => "skipped 1",
    "in_whatsapp_user_id" => "skipped 1",
    "status_queued" => "SM9bdab36abd4002a5ba799112841e27ee:queued +15550100123 Queued",
    "status_sent" => "SM9bdab36abd4002a5ba799112841e27ee:sent +15550100123 Sent",
    "status_delivered" => "SM9bdab36abd4002a5ba799112841e27ee:delivered +15550100123 Delivered",
    "status_undelivered" => "SM93c3bbeffba9f812b4f648566a44cbf6:undelivered +15550100123 Failed 30003",
    "status_failed_optout" => "SMfb3694a7b2eb439fa9d395e659e4e301:failed +15550100123 Failed 21610; \
        SMfb3694a7b2eb439fa9d395e659e4e301:blocked +15550100123 blocked",
    "status_read_whatsapp" => "skipped 1",
}

fn settings() -> Settings {
    Settings::new()
        .with("account_sid", ACCOUNT)
        .with("from", "+15550100900")
        .with_secret("auth_token", TOKEN.into())
}

fn channel() -> TwilioSms {
    TwilioSms::open(&settings()).unwrap()
}

fn verified_lines(body: &str, signature: &str) -> Option<String> {
    let headers = [
        ("x-twilio-signature".to_owned(), signature.as_bytes().to_vec()),
        ("content-type".to_owned(), b"application/x-www-form-urlencoded".to_vec()),
    ];
    let query = "tenant=a%20b";
    let request =
        WebhookRequest { method: "POST", url: URL, query, headers: &headers, body: body.as_bytes() };
    let channel = channel();
    let verified = channel.verify(&request, Timestamp::default()).ok()?;
    Some(lines(&channel.decode(verified, Timestamp::default()).unwrap()))
}

fn decode(body: &[u8]) -> Result<Decoded, Malformed> {
    let request = WebhookRequest { method: "POST", url: URL, query: "", headers: &[], body };
    channel().decode(Verified::seal(&request), Timestamp::default())
}

fn lines(decoded: &Decoded) -> String {
    assert_eq!(decoded.answer.content_type, "text/xml; charset=utf-8");
    assert_eq!(decoded.answer.body.trim(), include_str!("../testdata/twilio-sms/reply_empty.xml").trim());
    let mut lines: Vec<_> = decoded.events.iter().map(line).collect();
    if decoded.skipped > 0 {
        lines.push(format!("skipped {}", decoded.skipped));
    }
    lines.join("; ")
}

fn line(event: &ChannelEvent) -> String {
    assert_eq!(event.address, event.contact.address);
    let what = match &event.event {
        Event::Reply(reply) => {
            assert_eq!(reply.reference, Some(MessageRef(event.id.clone())));
            match &reply.content {
                Content::Text(text) => format!("text {:?}", text.expose()),
                Content::Media(media) => {
                    assert!(media.url.starts_with("https://api.twilio.com/"));
                    format!("{} {}", media.kind.name(), media.caption.as_deref().unwrap_or_default())
                }
                other => format!("{other:?}"),
            }
        }
        Event::Receipt(receipt) => {
            let id = &receipt.message.as_ref().unwrap().0;
            assert!(event.id.starts_with(id));
            format!("{:?} {}", receipt.state, receipt.code.as_deref().unwrap_or_default())
                .trim_end()
                .to_owned()
        }
        other => format!("{other:?}").to_lowercase(),
    };
    format!("{} {} {what}", event.id, event.address)
}

#[test]
fn every_sample_is_verified_and_read_as_it_should_be() {
    let mut seen = 0;
    for entry in sample!("index").as_array().unwrap() {
        let file = entry["file"].as_str().unwrap();
        let Some(name) = file.strip_suffix(".txt") else { continue };
        let (_, body, expected) = INBOUND.iter().find(|(known, _, _)| *known == name).expect(file);
        let signature = entry["facts"]["signature"].as_str().unwrap();
        assert_eq!(verified_lines(body, signature).as_deref(), Some(*expected), "{name}");
        assert_eq!(verified_lines(&format!("{body}&a=b"), signature), None, "{name}");
        let id = entry["facts"]["message_id"].as_str().unwrap();
        assert!(expected.starts_with(id) || expected.starts_with("skipped"), "{name}");
        seen += 1;
    }
    assert_eq!(seen, INBOUND.len());
    assert_eq!(verified_lines(INBOUND[0].1, ""), None);
}

#[test]
fn words_of_opting_out_are_for_twilio_only_when_it_says_so() {
    let told = |fields: &str| {
        lines(&decode(format!("MessageSid=SM1&From=%2B15550100123{fields}").as_bytes()).unwrap())
    };
    assert_eq!(told("&Body=STOP"), "SM1 +15550100123 text \"STOP\"");
    assert_eq!(told("&Body=start&OptOutType=START"), "SM1 +15550100123 unblocked");
    assert_eq!(told("&Body=info&OptOutType=HELP"), "");
    assert_eq!(told("&Body=a%00b&NumMedia=999999999"), "SM1 +15550100123 text \"ab\"");
    assert_eq!(told("&MessageStatus=delivered"), "skipped 1", "without a receiver");
    assert_eq!(told("&To=%2B15550100123&MessageStatus=novel"), "skipped 1");
    for broken in ["", "a", "From=%2B1555", "MessageSid="] {
        assert_eq!(decode(broken.as_bytes()).unwrap_err(), Malformed, "{broken}");
    }
}

#[test]
fn every_keyword_is_a_text_until_twilio_says_that_it_has_answered() {
    let keywords: Value =
        serde_json::from_str(include_str!("../testdata/sms/opt_out_keywords.json")).unwrap();
    for (list, kind, event) in [
        ("stop", "STOP", "SM1 +15550100123 blocked"),
        ("start", "START", "SM1 +15550100123 unblocked"),
        ("help", "HELP", ""),
    ] {
        for word in keywords[list].as_array().unwrap() {
            let word = word.as_str().unwrap();
            let form = format!("MessageSid=SM1&From=%2B15550100123&Body={word}");
            let told = |form: &str| lines(&decode(form.as_bytes()).unwrap());
            assert_eq!(told(&form), format!("SM1 +15550100123 text {word:?}"));
            assert_eq!(told(&format!("{form}&OptOutType={kind}")), event);
        }
    }
}

#[test]
fn with_get_the_query_is_read() {
    let query = "MessageSid=SM1&From=%2B15550100123&Body=hi";
    let request = WebhookRequest { method: "GET", url: URL, query, headers: &[], body: b"" };
    let decoded = channel().decode(Verified::seal(&request), Timestamp::default()).unwrap();
    assert_eq!(lines(&decoded), "SM1 +15550100123 text \"hi\"");
}

#[test]
fn the_token_before_is_taken_too() {
    let settings = settings()
        .with_secret("auth_token", "a new one".into())
        .with_secret("previous_auth_token", TOKEN.into());
    let channel = TwilioSms::open(&settings).unwrap();
    let signature = "9Y+YlnndDzTNo86y4t4gahjMtS0=";
    let headers = [("x-twilio-signature".to_owned(), signature.as_bytes().to_vec())];
    let body = INBOUND[0].1.as_bytes();
    let request = WebhookRequest { method: "POST", url: URL, query: "", headers: &headers, body };
    assert!(channel.verify(&request, Timestamp::default()).is_ok());
}

fn requests(channel: &TwilioSms, message: &OutMessage, done: u32) -> Vec<HttpRequest> {
    let mut sending = channel.say("+15550100123", message, done).unwrap();
    let mut requests = Vec::new();
    let mut last = None;
    while let Progress::Send(request) = sending.advance(last.as_ref()).unwrap() {
        requests.push(request);
        last = Some(answer(201, r#"{"sid":"SM1","status":"queued"}"#));
    }
    requests
}

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, retry_after: None, body: body.as_bytes().to_vec() }
}

fn form_of(request: &HttpRequest) -> Vec<(String, String)> {
    let body = request.body.as_ref().unwrap();
    assert_eq!(body.content_type, "application/x-www-form-urlencoded");
    twilio::form(body.text.expose().as_bytes())
}

fn form_of_sample(sample: &Value) -> Vec<(String, String)> {
    let pairs = sample["request"]["form"].as_array().unwrap().iter();
    pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned())).collect()
}

#[test]
fn a_request_is_as_in_the_samples() {
    let sample = sample!("out_sms");
    let hook = "https://bots.example.com/hook/twilio/7/status";
    let channel = TwilioSms::open(&settings().with("hook_url", hook)).unwrap();
    let mut sending = channel.say("+15550100123", &OutMessage::Text("Open until 18:00.".into()), 0).unwrap();
    let Ok(Progress::Send(request)) = sending.advance(None) else { panic!("a request") };
    assert_eq!(request.url.expose(), sample["request"]["url"].as_str().unwrap());
    let (name, value) = &request.headers[0];
    assert_eq!(
        (*name, value.expose()),
        ("authorization", sample["request"]["headers"]["Authorization"].as_str().unwrap())
    );
    assert_eq!(form_of(&request), form_of_sample(&sample));
    assert_eq!(request.body.unwrap().text.expose(), sample["request"]["body"].as_str().unwrap());
    let done = sending.advance(Some(&answer(201, &sample["response"]["json"].to_string()))).unwrap();
    assert!(
        matches!(done, Progress::Done(ids) if ids == [MessageRef("SM9bdab36abd4002a5ba799112841e27ee".into())])
    );
}

#[test]
fn pictures_are_sent_or_named() {
    let media = OutMessage::Media(Media {
        kind: MediaKind::Image,
        url: "https://example.com/1.jpg".into(),
        caption: Some("Menu".into()),
    });
    // The sample has two pictures; a message of the bot has one.
    let mut expected = form_of_sample(&sample!("out_mms"));
    expected.pop();
    let service = Settings::new()
        .with("account_sid", ACCOUNT)
        .with("messaging_service_sid", "MG961e38b5146c0b07d078f53dec9b699a")
        .with_secret("auth_token", TOKEN.into())
        .with_flag("mms", true);
    let sent = requests(&TwilioSms::open(&service).unwrap(), &media, 0);
    assert_eq!(form_of(&sent[0]), expected);
    let named = requests(&channel(), &media, 0);
    assert_eq!(form_of(&named[0])[2], ("Body".into(), "Menu\nhttps://example.com/1.jpg".into()));
    let bare =
        OutMessage::Media(Media { kind: MediaKind::Image, url: "https://a.example".into(), caption: None });
    let bare = requests(&TwilioSms::open(&service).unwrap(), &bare, 0);
    assert_eq!(form_of(&bare[0]).len(), 3, "no empty text");
}

#[test]
fn long_texts_are_several_messages_and_sent_ones_are_not_sent_again() {
    let text = "word ".repeat(1000);
    let all = requests(&channel(), &OutMessage::Text(text.clone()), 0);
    assert_eq!(all.len(), 4);
    let limit = usize::try_from(sample!("limits")["body_chars"].as_u64().unwrap()).unwrap();
    assert!(all.iter().all(|request| form_of(request)[2].1.chars().count() <= limit));
    assert_eq!(requests(&channel(), &OutMessage::Text(text), 3).len(), 1);
    let question = OutMessage::Options {
        text: "Sure?".into(),
        choices: vec![Choice { label: "Yes".into(), payload: "y".into() }],
    };
    assert_eq!(form_of(&requests(&channel(), &question, 0)[0])[2].1, "Sure?\n1. Yes");
}

#[test]
fn errors_are_sorted_by_what_they_ask_for() {
    let error = |status: u16, body: &str| accepted(&answer(status, body)).unwrap_err();
    for (sample, expected) in [
        (sample!("out_error_429"), SendError::Throttled { after: None, code: Some("20429".into()) }),
        (sample!("out_error_invalid_to"), SendError::Gone { code: Some("21211".into()) }),
        (sample!("out_error_opted_out"), SendError::Gone { code: Some("21610".into()) }),
    ] {
        let status = sample["response"]["status"].as_u64().unwrap().try_into().unwrap();
        assert_eq!(error(status, &sample["response"]["json"].to_string()), expected);
    }
    let errors = sample!("errors");
    let of = |list: &str| {
        let codes = errors[list].as_array().unwrap().clone();
        codes.into_iter().map(|code| error(400, &format!(r#"{{"code":{code}}}"#)))
    };
    let is_busy =
        |error: &SendError| matches!(error, SendError::Throttled { .. } | SendError::Unavailable { .. });
    for list in ["retry_with_backoff", "retry_may_duplicate", "retry_once_later", "queue_full"] {
        assert!(of(list).all(|error| is_busy(&error)), "{list}");
    }
    assert!(of("do_not_retry").all(|error| !is_busy(&error)));
    assert!(of("user_opted_out").all(|error| matches!(error, SendError::Gone { .. })));
    assert!(of("needs_operator").all(|error| matches!(error, SendError::Account { .. })));
    assert!(of("window_closed").all(|error| matches!(error, SendError::Refused { .. })));
    assert_eq!(error(503, "<html>"), SendError::Unavailable { code: Some("503".into()) });
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let complaint = |settings: Settings| TwilioSms::open(&settings).unwrap_err().to_string();
    assert_eq!(complaint(Settings::new()), "the setting `account_sid` is missing");
    assert_eq!(complaint(settings().with("from", "")), "the setting `from` is missing");
    assert_eq!(
        complaint(settings().with("messaging_service_sid", "MG1")),
        "the setting `from` is given together with `messaging_service_sid`; keep one of the two"
    );
    assert_eq!(
        complaint(settings().with("account_sid", "AC/../1")),
        "the setting `account_sid` is no Account SID; it is AC and 32 letters and digits"
    );
    assert!(!format!("{:?}", channel()).contains("AC4"));
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
}
