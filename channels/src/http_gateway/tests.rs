//! Every sample of HTTP gateways, in both directions.

use std::collections::BTreeMap;

use countersign_model::{Choice, Content, Method};
use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::event::{ChannelEvent, Event};
use crate::request::Answer;

const KEY: &str = "aLongHookKey123";
const NOW: i64 = 1_795_333_507;

macro_rules! sample {
    ($name:literal) => {
        include_str!(concat!("../../testdata/http-gateway/", $name))
    };
}

fn json_of(sample: &str) -> Value {
    serde_json::from_str(sample).unwrap()
}

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let start = Settings::new()
        .with("send.url", "https://gw.example.com/send?to={to}&text={text}")
        .with_secret("receive.key", KEY.into());
    pairs.iter().fold(start, |settings, (name, value)| match *name {
        "send.password" => settings.with_secret(name, (*value).into()),
        name => settings.with(name, *value),
    })
}

fn open(pairs: &[(&str, &str)]) -> HttpGateway {
    HttpGateway::open(&settings(pairs)).unwrap()
}

/// What a webhook tells, and its answer.
fn receive(pairs: &[(&str, &str)], query: &str, body: &[u8]) -> Result<(String, Answer), Malformed> {
    let gateway = open(pairs);
    let now = Timestamp::from_secs(NOW);
    let query = format!("key={KEY}&{query}");
    let method = if body.is_empty() { "GET" } else { "POST" };
    let request =
        WebhookRequest { method, url: "https://bots.example.com/hooks/g", query: &query, headers: &[], body };
    let decoded = gateway.decode(gateway.verify(&request, now).unwrap(), now)?;
    let mut lines: Vec<_> = decoded.events.iter().map(line).collect();
    if decoded.skipped > 0 {
        lines.push(format!("skipped {}", decoded.skipped));
    }
    Ok((lines.join("; "), decoded.answer))
}

fn line(event: &ChannelEvent) -> String {
    let what = match &event.event {
        Event::Reply(reply) => match &reply.content {
            Content::Text(text) => format!("text {:?}", text.expose()),
            other => format!("{other:?}"),
        },
        Event::Receipt(receipt) => {
            let id = &receipt.message.as_ref().unwrap().0;
            format!("{id} {:?} {}", receipt.state, receipt.code.as_deref().unwrap_or_default())
                .trim_end()
                .to_owned()
        }
        other => format!("{other:?}"),
    };
    let at = event.at.map(|at| format!(" @{}", at.as_secs())).unwrap_or_default();
    format!("[{}] {} {what}{at}", event.id, event.address)
}

const KANNEL_REPORTS: &[(&str, &str)] = &[
    ("report.status", "status"),
    ("report.queued", "4"),
    ("report.sent", "8"),
    ("report.delivered", "1"),
    ("report.failed", "2,16"),
];

const JASMIN: &[(&str, &str)] = &[
    ("receive.text", "content"),
    ("receive.id", "id"),
    ("receive.coding", "coding"),
    ("receive.answer", "ACK/Jasmin"),
    ("report.status", "message_status"),
    ("report.code", "err"),
    ("report.sent", "ESME_ROK, ACCEPTD"),
    ("report.delivered", "DELIVRD"),
    ("report.failed", "UNDELIV,REJECTD,EXPIRED"),
];

#[test]
fn every_sample_is_read_as_it_should_be() {
    let words = &[("report.status", "status"), ("report.delivered", "delivered")];
    let ms = &[
        ("receive.from", "sender"),
        ("receive.text", "message"),
        ("receive.time", "ts"),
        ("receive.id", "id"),
    ];
    let json = &[
        ("receive.format", "json"),
        ("receive.text", "content"),
        ("receive.id", "messageId"),
        ("receive.time", "receivedAt"),
    ];
    let xml = &[
        ("receive.format", "xml"),
        ("receive.from", "msisdn"),
        ("receive.text", "body"),
        ("receive.time", "at"),
    ];
    let charset = &[("receive.charset", "charset")];
    type Case = (&'static str, &'static str, &'static [(&'static str, &'static str)], &'static str);
    let cases: [Case; 11] = [
        (
            "in_query.txt",
            sample!("in_query.txt"),
            &[("receive.time", "date")],
            "] +254700555010 text \"Habari & karibu\" @1795333500",
        ),
        (
            "in_sender_ms.txt",
            sample!("in_sender_ms.txt"),
            ms,
            "[mo-10023] +254700555010 text \"Habari\" @1795333500",
        ),
        ("in_json.json", sample!("in_json.json"), json, "[9a1c] +254700555010 text \"Habari\" @1795322700"),
        ("in_xml.txt", sample!("in_xml.txt"), xml, "] +254700555010 text \"Habari & karibu\""),
        ("in_no_id.txt", sample!("in_no_id.txt"), &[], "] +254700555010 text \"Ndiyo\""),
        ("in_latin1.txt", sample!("in_latin1.txt"), charset, "] +254700555010 text \"café\""),
        (
            "status_delivered.txt",
            sample!("status_delivered.txt"),
            words,
            "[out-77:delivered]  out-77 Delivered",
        ),
        ("status_kannel.txt", sample!("status_kannel.txt"), KANNEL_REPORTS, "[out-77:8]  out-77 Sent"),
        (
            "status_jasmin.txt",
            sample!("status_jasmin.txt"),
            JASMIN,
            "[07033084-5cfd-4812-90a4-e4d24ffb6e3d:DELIVRD]  07033084-5cfd-4812-90a4-e4d24ffb6e3d Delivered",
        ),
        (
            "in_jasmin_gsm7.txt",
            sample!("in_jasmin_gsm7.txt"),
            JASMIN,
            "[2f0c9a51] +254700555010 text \"café €5\"",
        ),
        ("in_jasmin_ucs2.txt", sample!("in_jasmin_ucs2.txt"), JASMIN, "[2f0c9a52] +254700555010 text \"Да\""),
    ];
    for (file, body, pairs, expected) in cases {
        let (told, answer) = receive(pairs, "", body.as_bytes()).unwrap();
        assert!(told.ends_with(expected), "{file}: {told}");
        assert_eq!(answer.body, if pairs == JASMIN { "ACK/Jasmin" } else { "" }, "{file}");
        if body.starts_with(|c: char| c.is_ascii_lowercase()) {
            assert!(receive(pairs, body, b"").unwrap().0.ends_with(expected), "{file} as a query");
        }
    }
    let index = json_of(sample!("index.json"));
    let inbound = index.as_array().unwrap().iter().filter(|entry| !entry["facts"].is_null());
    let mut seen = 0;
    for entry in inbound {
        let (_, _, _, expected) = cases.iter().find(|(file, ..)| entry["file"] == *file).expect("a case");
        for fact in ["message_id", "text", "status"] {
            let told = entry["facts"][fact].as_str().unwrap_or_default();
            assert!(expected.to_lowercase().contains(&told.to_lowercase()), "{fact} {told}");
        }
        seen += 1;
    }
    assert_eq!(seen, cases.len());
}

#[test]
fn without_an_id_the_same_text_counts_once_for_a_moment() {
    let gateway = open(&[]);
    let id = |body: &str, seconds: i64| {
        let query = format!("key={KEY}");
        let request =
            WebhookRequest { method: "POST", url: "", query: &query, headers: &[], body: body.as_bytes() };
        let now = Timestamp::from_secs(seconds);
        let decoded = gateway.decode(gateway.verify(&request, now).unwrap(), now).unwrap();
        let event = &decoded.events[0];
        assert!(matches!(&event.event, Event::Reply(reply) if reply.reference.is_none()));
        event.id.clone()
    };
    let body = sample!("in_no_id.txt");
    assert_eq!(id(body, NOW), id(body, NOW + 2));
    assert_ne!(id(body, NOW), id(body, NOW + 30));
    assert_ne!(id(body, NOW), id("from=%2B254700555010&text=Hapana", NOW));
    assert_ne!(id(body, NOW), id("from=%2B254700555011&text=Ndiyo", NOW));
    let timed = open(&[("receive.time", "date")]);
    let request =
        WebhookRequest { method: "GET", url: "", query: sample!("in_query.txt"), headers: &[], body: b"" };
    let id = |seconds: i64| {
        timed.receiver.decode(&request, Timestamp::from_secs(seconds)).unwrap().events[0].id.clone()
    };
    assert_eq!(id(NOW), id(NOW + 3600), "with a time the repeat is known for ever");
}

#[test]
fn only_who_has_the_key_is_heard() {
    let takes = |pairs: &[(&str, &str)], query: &str, header: Option<(&str, &str)>| {
        let headers: Vec<_> =
            header.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
        let request = WebhookRequest { method: "GET", url: "", query, headers: &headers, body: b"" };
        open(pairs).verify(&request, Timestamp::default()).is_ok()
    };
    assert!(takes(&[], &format!("a=b&key={KEY}"), None));
    for query in ["", "key=", "key=aLongHookKey12", "KEY=aLongHookKey123"] {
        assert!(!takes(&[], query, None), "{query}");
    }
    assert!(takes(&[("receive.key_parameter", "token")], &format!("token={KEY}"), None));
    let header = &[("receive.key_header", "X-Api-Key")];
    assert!(takes(header, "", Some(("x-api-key", KEY))));
    assert!(takes(header, "", Some(("x-api-key", &format!("Bearer {KEY}")))));
    assert!(!takes(header, &format!("key={KEY}"), None));
}

#[test]
fn what_cannot_be_read_is_left_out() {
    assert_eq!(receive(&[], "from=MyBank&text=x", b"").unwrap().0, "skipped 1");
    assert_eq!(receive(&[], "from=%2B1555", b"").unwrap().0, "skipped 1");
    assert_eq!(receive(KANNEL_REPORTS, "id=1&status=99", b"").unwrap().0, "skipped 1");
    assert_eq!(receive(&[("receive.format", "json")], "", b"{").unwrap_err(), Malformed);
    let binary = receive(JASMIN, "id=1&from=254700555010&coding=4&content=%00", b"").unwrap().0;
    assert_eq!(binary, "[1] +254700555010 Unsupported");
    // A report in the query of a gateway whose messages are JSON.
    let mixed: Vec<_> =
        KANNEL_REPORTS.iter().chain(&[("receive.format", "json"), ("report.to", "to")]).copied().collect();
    assert_eq!(
        receive(&mixed, "id=9&status=1&to=254700555010", b"").unwrap().0,
        "[9:1] +254700555010 9 Delivered"
    );
    assert_eq!(receive(&mixed, "", b"id=9&status=8").unwrap().0, "[9:8]  9 Sent");
    assert_eq!(
        receive(&mixed, "", b"from=254700555010&text=x").unwrap_err(),
        Malformed,
        "only reports come so"
    );
    let failed = receive(JASMIN, "id=9&message_status=undeliv&err=045", b"").unwrap().0;
    assert_eq!(failed, "[9:UNDELIV]  9 Failed 045");
}

/// The template of a sample; the samples have two braces where one is enough here.
fn template(sample: &Value, name: &str) -> String {
    sample["config"][name].as_str().unwrap().replace("{{", "{").replace("}}", "}")
}

/// JSON has braces of its own, so only those of placeholders are halved.
fn json_template(sample: &Value) -> String {
    ["to", "text", "id"].iter().fold(sample["config"]["body"].as_str().unwrap().to_owned(), |text, name| {
        text.replace(&format!("{{{{{name}}}}}"), &format!("{{{name}}}"))
    })
}

#[test]
fn every_request_is_as_in_the_samples() {
    let sample = json_of(sample!("out_get_template.json"));
    let value = |sample: &Value, name: &str| sample["values"][name].as_str().unwrap().to_owned();
    let gateway = open(&[
        ("send.url", &template(&sample, "url")),
        ("from", &value(&sample, "from")),
        ("hook_url", "https://bots.example.com/hook/gw/3"),
        ("send.callback", "{hook}?id={id}"),
        ("send.success", sample["success_when_body_contains"].as_str().unwrap()),
    ]);
    let request = gateway.sender.request(&value(&sample, "to"), &value(&sample, "text"), "out-77");
    assert_eq!(request.url.expose(), sample["request"]["url"].as_str().unwrap());
    assert!(gateway.sender.names_id());
    let body = sample["response"]["body"].as_str().unwrap();
    assert_eq!(gateway.sender.reading().read(&answer(200, body)), Ok(None));

    let sample = json_of(sample!("out_json_template.json"));
    let gateway = open(&[
        ("send.method", "POST"),
        ("send.url", sample["config"]["url"].as_str().unwrap()),
        ("send.content_type", sample["config"]["content_type"].as_str().unwrap()),
        ("send.body", &json_template(&sample)),
    ]);
    let request =
        gateway.sender.request(&value(&sample, "to"), &value(&sample, "text"), &value(&sample, "id"));
    let body = request.body.unwrap();
    assert_eq!(body.content_type, "application/json");
    assert_eq!(json_of(body.text.expose()), sample["request"]["json"]);

    let sample = json_of(sample!("out_xml_template.json"));
    let gateway = open(&[
        ("send.method", "POST"),
        ("send.url", sample["config"]["url"].as_str().unwrap()),
        ("send.content_type", sample["config"]["content_type"].as_str().unwrap()),
        ("send.body", &template(&sample, "body")),
    ]);
    let request = gateway.sender.request(&value(&sample, "to"), &value(&sample, "text"), "");
    assert_eq!(request.method, Method::Post);
    assert_eq!(request.body.unwrap().text.expose(), sample["request"]["body"].as_str().unwrap());
}

/// The settings that stand in the guide under this heading, with `p` in place of every file with a secret.
fn guide(heading: &str) -> Settings {
    let guide = include_str!("../../../docs/channels/http-sms.md");
    let (_, section) = guide.split_once(&format!("\n## {heading}\n")).unwrap();
    let (_, rest) = section.split_once("```toml\n").unwrap();
    let (block, _) = rest.split_once("```").unwrap();
    let table: toml::Table = block.parse().unwrap();
    let channel = table["channels"][0].as_table().unwrap();
    assert_eq!((channel["kind"].as_str(), channel["provider"].as_str()), (Some("sms"), Some("http")));
    given(Settings::new(), channel, "").with("hook_url", "https://bots.example.com/hooks/sms")
}

fn given(mut settings: Settings, table: &toml::Table, prefix: &str) -> Settings {
    for (name, value) in table
        .iter()
        .filter(|(name, _)| !["id", "kind", "provider", "bot"].contains(&&***name) || !prefix.is_empty())
    {
        let name = format!("{prefix}{name}");
        settings = match value {
            toml::Value::Table(lines) if name == "send.headers" => {
                let lines =
                    lines.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()));
                settings.with_table("send.headers", lines.collect())
            }
            toml::Value::Table(table) => given(settings, table, &format!("{name}.")),
            toml::Value::String(text) => match name.strip_suffix("_file") {
                Some(secret) => settings.with_secret(secret, "p".into()),
                None => settings.with(&name, text.as_str()),
            },
            other => panic!("{name} is {other}"),
        };
        let known = PROVIDER.settings.iter().any(|setting| setting.name == name.trim_end_matches("_file"));
        assert!(known || matches!(value, toml::Value::Table(_)), "there is no setting {name}");
    }
    settings
}

/// What a webhook in the query tells a channel with these settings.
fn told(settings: &Settings, query: &str) -> String {
    let gateway = HttpGateway::open(settings).unwrap();
    let request = WebhookRequest { method: "GET", url: "", query, headers: &[], body: b"" };
    let now = Timestamp::from_secs(NOW);
    let decoded = gateway.decode(gateway.verify(&request, now).unwrap(), now).unwrap();
    decoded.events.iter().map(line).collect::<Vec<_>>().join("; ")
}

#[test]
fn kannel_works_as_the_guide_says() {
    let sample = json_of(sample!("out_kannel.json"));
    // The sample has other names, and reports that do not tell the user.
    let like_sample = guide("Kannel")
        .with("send.username", "u")
        .with("hook_url", "https://bots.example.com/hook/k/3")
        .with("send.callback", "{hook}?id={id}&status=%d");
    let gateway = HttpGateway::open(&like_sample).unwrap();
    let request = gateway.sender.request("+254700555010", "Karibu", "out-77");
    assert_eq!(request.url.expose(), sample["request"]["url"].as_str().unwrap());
    let response = answer(202, sample["response"]["body"].as_str().unwrap());
    assert_eq!(gateway.sender.reading().read(&response), Ok(None));
    let unicode = gateway.sender.request("+254700555010", "Да", "out-77");
    assert!(unicode.url.expose().contains("&text=%D0%94%D0%B0&coding=2&charset=UTF-8&dlr-mask"));

    // Kannel calls the address of the report with the status in place of %d.
    let settings = guide("Kannel");
    let request = HttpGateway::open(&settings).unwrap().sender.request("+254700555010", "Karibu", "out-77");
    let url = url::Url::parse(request.url.expose()).unwrap();
    let (_, callback) = url.query_pairs().find(|(name, _)| name == "dlr-url").unwrap();
    let query = callback.split_once('?').unwrap().1.replace("%d", "16");
    assert_eq!(told(&settings, &query), "[out-77:16] +254700555010 out-77 Failed");
    let message = "key=p&from=%2B254700555010&text=Habari&id=mo-1&ts=1795333500";
    assert_eq!(told(&settings, message), "[mo-1] +254700555010 text \"Habari\" @1795333500");
}

#[test]
fn jasmin_works_as_the_guide_says() {
    let sample = json_of(sample!("out_jasmin.json"));
    let like_sample = guide("Jasmin")
        .with("send.username", "u")
        .with("hook_url", "https://bots.example.com/hook/j/3")
        .with("send.callback", "{hook}");
    let gateway = HttpGateway::open(&like_sample).unwrap();
    let request = gateway.sender.request("+254700555010", "Karibu", "ours");
    assert_eq!(request.url.expose(), sample["request"]["url"].as_str().unwrap());
    let response = answer(200, sample["response"]["body"].as_str().unwrap());
    let id = MessageRef("07033084-5cfd-4812-90a4-e4d24ffb6e3d".into());
    assert_eq!(gateway.sender.reading().read(&response), Ok(Some(id)));
    let unicode = gateway.sender.request("+254700555010", "Да", "ours");
    assert!(unicode.url.expose().contains("&hex-content=04140430&coding=8&dlr=yes"));
    assert!(!gateway.sender.names_id());

    let settings = guide("Jasmin");
    let report = format!("key=p&to=254700555010&{}", sample!("status_jasmin.txt"));
    let id = "07033084-5cfd-4812-90a4-e4d24ffb6e3d";
    assert_eq!(told(&settings, &report), format!("[{id}:DELIVRD] +254700555010 {id} Delivered"));
    let message = format!("key=p&{}", sample!("in_jasmin_gsm7.txt"));
    assert_eq!(told(&settings, &message), "[2f0c9a51] +254700555010 text \"café €5\"");
}

#[test]
fn a_gateway_with_json_works_as_the_guide_says() {
    let gateway = HttpGateway::open(&guide("JSON")).unwrap();
    let request = gateway.sender.request("+254700555010", "a \"b\"", "x1");
    assert_eq!(request.headers[0].1.expose(), "Bearer p");
    let body = json_of(request.body.unwrap().text.expose());
    assert_eq!(
        body,
        serde_json::json!({"to": "+254700555010", "from": "22141", "text": "a \"b\"", "ref": "x1"})
    );
    let headers = [("x-hook-key".to_owned(), b"p".to_vec())];
    let body = br#"{"message":{"from":"254700555010","content":"hi","id":"9"}}"#;
    let request = WebhookRequest { method: "POST", url: "", query: "", headers: &headers, body };
    let verified = gateway.verify(&request, Timestamp::default()).unwrap();
    let decoded = gateway.decode(verified, Timestamp::default()).unwrap();
    assert_eq!(line(&decoded.events[0]), "[9] +254700555010 text \"hi\"");
}

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse { status, retry_after: Some("3".into()), body: body.as_bytes().to_vec() }
}

fn said(
    gateway: &HttpGateway,
    message: &OutMessage,
    done: u32,
    body: &str,
) -> (Vec<String>, Vec<MessageRef>) {
    let mut sending = gateway.say("+254700555010", message, done).unwrap();
    let (mut urls, mut last) = (Vec::new(), None);
    loop {
        match sending.advance(last.as_ref()).unwrap() {
            Progress::Send(request) => urls.push(request.url.expose().to_owned()),
            Progress::Done(ids) => return (urls, ids),
        }
        last = Some(answer(200, body));
    }
}

#[test]
fn texts_are_sent_in_pieces_under_ids_of_their_own() {
    let url = "https://gw.example.com/send?to={to}&text={text}&ref={id}";
    let gateway = open(&[("send.url", url), ("segments", "1")]);
    let long = OutMessage::Text("word ".repeat(60));
    let (urls, ids) = said(&gateway, &long, 0, "OK");
    assert_eq!((urls.len(), ids.len()), (2, 2));
    assert!(urls.iter().zip(&ids).all(|(url, id)| url.ends_with(&format!("ref={}", id.0))));
    let (_, again) = said(&gateway, &long, 0, "OK");
    assert!(again.iter().all(|id| !ids.contains(id)), "the same text later has another id");
    let (urls, ids) = said(&gateway, &long, 1, "OK");
    assert_eq!((urls.len(), ids.len()), (1, 1));
    let question = OutMessage::Options {
        text: "Sure?".into(),
        choices: vec![Choice { label: "Yes".into(), payload: "y".into() }],
    };
    let (urls, ids) = said(&open(&[]), &question, 0, "OK");
    assert!(urls[0].ends_with("text=Sure%3F%0A1.%20Yes"));
    assert!(ids.is_empty(), "an id that nobody was told is none");
}

#[test]
fn answers_are_sorted_by_what_they_ask_for() {
    let gateway = open(&[("send.success", "OK"), ("send.answer_id", "OK {id}")]);
    let read = |status: u16, body: &str| gateway.sender.reading().read(&answer(status, body));
    assert_eq!(read(200, "OK 8812 queued"), Ok(Some(MessageRef("8812".into()))));
    assert_eq!(read(200, "OK"), Ok(None));
    assert_eq!(read(200, "ERROR no credit"), Err(SendError::Refused { code: None }));
    assert!(matches!(read(429, ""), Err(SendError::Throttled { after: Some(_), .. })));
    assert!(matches!(read(503, "OK"), Err(SendError::Unavailable { .. })));
    assert!(matches!(read(401, ""), Err(SendError::Account { .. })));
}

#[test]
fn headers_are_filled_in() {
    let table = |name: &str, value: &str| BTreeMap::from([(name.to_owned(), value.to_owned())]);
    let settings = |name: &str, value: &str| {
        settings(&[("send.username", "u"), ("send.password", "p")])
            .with_table("send.headers", table(name, value))
    };
    let gateway = HttpGateway::open(&settings("Authorization", "Basic {basic}")).unwrap();
    let request = gateway.sender.request("+1", "x", "id");
    let (name, value) = &request.headers[0];
    assert_eq!((*name, value.expose()), ("authorization", "Basic dTpw"));
    assert!(!format!("{gateway:?} {request:?}").contains("dTpw"));
    for (name, value) in [("a b", "x"), ("", "x"), ("x", "a\nb"), ("x", "{text}"), ("x", "{unknown}")] {
        assert!(HttpGateway::open(&settings(name, value)).is_err(), "{name}: {value}");
    }
}

#[test]
fn settings_that_cannot_be_right_are_refused() {
    let complaint = |pairs: &[(&str, &str)]| HttpGateway::open(&settings(pairs)).unwrap_err().to_string();
    let all = [
        (complaint(&[("send.url", "")]), "the setting `send.url` is missing"),
        (
            complaint(&[("send.url", "https://{to}.example/{text}")]),
            "the setting `send.url` has to begin with https:// and the whole host; placeholders stand after it",
        ),
        (
            complaint(&[("send.url", "https://a.example{to}/{text}")]),
            "the setting `send.url` has to begin with https:// and the whole host; placeholders stand after it",
        ),
        (
            complaint(&[("send.url", "https://a.example/{txt}")]),
            "the setting `send.url` has a placeholder that does not exist; the documentation of HTTP gateways lists them",
        ),
        (
            complaint(&[("send.url", "https://a.example/{to}")]),
            "the setting `send.url` sends no text; {text} has to stand in it or in `send.body`",
        ),
        (
            complaint(&[("send.url", "https://a.example/{text}/{password}")]),
            "the setting `send.password` is missing",
        ),
        (complaint(&[("send.url", "https://a.example/{text}/{from}")]), "the setting `from` is missing"),
        (complaint(&[("send.method", "PATCH")]), "the setting `send.method` has to be GET, POST or PUT"),
        (
            complaint(&[("send.body", "{text}")]),
            "the setting `send.body` cannot be sent with GET; set `send.method` to POST",
        ),
        (
            complaint(&[("send.content_type", "image/png")]),
            "the setting `send.content_type` has to be application/x-www-form-urlencoded, application/json, text/xml, application/xml or text/plain",
        ),
        (
            complaint(&[
                ("send.method", "POST"),
                ("send.content_type", "application/json"),
                ("send.body", "{\"a\":\"{text}\"}"),
            ]),
            "the setting `send.body` is no JSON when it is filled in; a placeholder stands without quotes, because it brings its own",
        ),
        (complaint(&[("receive.format", "csv")]), "the setting `receive.format` has to be form, json or xml"),
        (complaint(&[("report.status", "status")]), "the setting `report.delivered` is missing"),
        (
            complaint(&[("send.answer_id", "OK")]),
            "the setting `send.answer_id` has to hold {id} and the words before it, such as Success \"{id}\"",
        ),
    ];
    for (complaint, expected) in all {
        assert_eq!(complaint, expected);
    }
    let no_key = Settings::new().with("send.url", "https://a.example/{text}");
    assert_eq!(HttpGateway::open(&no_key).unwrap_err().to_string(), "the setting `receive.key` is missing");
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), query in "[a-z0-9=&%+]{0,40}") {
        for pairs in [JASMIN, KANNEL_REPORTS, &[("receive.format", "json")], &[("receive.format", "xml")]] {
            let _ = receive(pairs, &query, &bytes);
        }
    }

    #[test]
    fn no_text_leaves_its_place_in_the_url(text in any::<String>()) {
        let request = open(&[]).sender.request("+1", &text, "id");
        let url = url::Url::parse(request.url.expose()).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        prop_assert_eq!(pairs, vec![("to".to_owned(), "+1".to_owned()), ("text".to_owned(), text)]);
        prop_assert_eq!(url.host_str(), Some("gw.example.com"));
    }
}
