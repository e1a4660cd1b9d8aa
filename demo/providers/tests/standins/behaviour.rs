//! What goes wrong on the wire, calls on the phone, and the control page.

use std::time::Duration;

use countersign_providers::{
    Act, Fault, Line, LineHandle, Record, SentKind, StandinError, Standins, Trouble,
};
use serde_json::{Value, json};

use crate::rig::{Bot, call, options, post_json, rig, shape};

const SOON: Duration = Duration::from_secs(10);

fn attempts(line: &LineHandle) -> Vec<(String, u32, Option<u16>)> {
    let webhooks = line.history().into_iter().filter_map(|record| match record {
        Record::Webhook(record) => Some((record.id, record.attempt, record.status)),
        Record::Send(_) => None,
    });
    webhooks.collect()
}

async fn say_hi(line: &LineHandle, text: &str) -> Result<(u16, String), hyper::Error> {
    let body = json!({ "messaging_product": "whatsapp", "to": "15550100123", "type": "text", "text": { "body": text } });
    let url = line.api_url() + "/v25.0/118273645500112/messages";
    let headers = [("content-type", "application/json"), ("authorization", "Bearer EAAdemotoken")];
    let (status, _, body) = call("POST", &url, &headers, body.to_string()).await?;
    Ok((status, body))
}

#[tokio::test]
async fn what_is_not_acknowledged_is_sent_again_with_the_same_id() {
    let (bot, _standins, line) = rig("whatsapp").await;
    bot.statuses(&[500, 503]);
    let first = line.user("+15550100123").says("hi").await;
    assert_eq!((first.status, first.acknowledged), (Some(500), false));
    line.settled().await;
    let attempts = attempts(&line);
    assert_eq!(
        attempts.iter().map(|a| (a.1, a.2)).collect::<Vec<_>>(),
        [(1, Some(500)), (2, Some(503)), (3, Some(200))]
    );
    assert!(attempts.iter().all(|a| a.0 == attempts[0].0));
    assert_eq!(bot.got().len(), 3);
    assert!(bot.got().iter().all(|got| got.body == bot.got()[0].body));
}

#[tokio::test]
async fn twilio_gives_up_on_a_bad_answer_and_tries_once_more_without_one() {
    let (bot, _standins, line) = rig("twilio-sms").await;
    bot.statuses(&[500]);
    line.user("+15550100123").says("hi").await;
    line.settled().await;
    assert_eq!(bot.got().len(), 1);
    let standins = Standins::start(options()).await.unwrap();
    let nobody =
        standins.connect(Line::demo("line", "twilio-sms", "http://127.0.0.1:1/hooks").unwrap()).unwrap();
    assert_eq!(nobody.user("+15550100123").says("hi").await.status, None);
    nobody.settled().await;
    assert_eq!(attempts(&nobody).len(), 2);
}

#[tokio::test]
async fn webhooks_come_twice_at_once_and_in_any_order() {
    let (bot, _standins, line) = rig("whatsapp").await;
    line.trouble(Trouble::Repeat(3));
    line.user("a").says("one").await;
    line.trouble(Trouble::AtOnce(4));
    line.user("a").says("two").await;
    line.trouble(Trouble::None);
    assert_eq!(bot.got().len(), 7);
    let user = line.user("a");
    let [first, second] = ["three", "four"].map(|text| user.prepare(Act::Text(text.to_owned())).unwrap());
    line.send_at_once(&[second.clone(), first.clone(), second]).await;
    assert_eq!(bot.got().len(), 10);
    user.repeats().await.unwrap();
    let bodies: Vec<_> = bot.got().into_iter().map(|got| got.body).collect();
    assert!(String::from_utf8_lossy(bodies.last().unwrap()).contains("four"));
}

#[tokio::test]
async fn several_acts_are_one_batch_where_the_provider_sends_batches() {
    let (bot, _standins, line) = rig("whatsapp").await;
    let acts = [("a", Act::Text("one".to_owned())), ("b", Act::Text("two".to_owned()))];
    let batch = line.prepare(&acts).unwrap();
    assert!(line.send(&batch).await.acknowledged);
    let value = &bot.last().json()["entry"][0]["changes"][0]["value"];
    assert_eq!(value["messages"].as_array().unwrap().len(), 2);
    let (_bot, _standins, telegram) = rig("telegram").await;
    assert!(matches!(telegram.prepare(&acts), Err(StandinError::NotHere("Telegram"))));
}

#[tokio::test]
async fn answers_are_lost_broken_garbled_and_refused_as_often_as_was_said() {
    let (_bot, _standins, line) = rig("whatsapp").await;
    line.user("+15550100123").says("hi").await;
    line.fault(Fault::LoseAnswer, 1);
    line.fault(Fault::Break, 1);
    line.fault(Fault::Garbage, 1);
    line.fault(Fault::Status(502), 1);
    line.fault(Fault::Refuse { code: "130429".to_owned(), retry_after: Some(7) }, 1);
    assert!(say_hi(&line, "lost").await.is_err());
    assert!(say_hi(&line, "broken").await.is_err());
    assert_eq!(say_hi(&line, "garbled").await.unwrap(), (200, "<<<".to_owned()));
    assert_eq!(say_hi(&line, "proxy").await.unwrap().0, 502);
    assert_eq!(say_hi(&line, "slow down").await.unwrap().0, 429);
    assert_eq!(say_hi(&line, "fine").await.unwrap().0, 200);
    let texts: Vec<_> = line.sent_to("+15550100123").iter().map(|sent| sent.text.clone()).collect();
    assert_eq!(texts, ["lost", "garbled", "fine"]);
    let sends = line.history().into_iter().filter_map(|record| match record {
        Record::Send(send) => Some((send.text, send.status, send.accepted, send.code)),
        Record::Webhook(_) => None,
    });
    let sends: Vec<_> = sends.collect();
    assert_eq!(sends[0], ("lost".to_owned(), None, true, None));
    assert_eq!(sends[1], ("broken".to_owned(), None, false, None));
    assert_eq!(sends[4], ("slow down".to_owned(), Some(429), false, Some("130429".to_owned())));
}

#[tokio::test]
async fn what_the_bot_says_is_awaited_and_given_once() {
    let (_bot, _standins, line) = rig("whatsapp").await;
    line.user("+15550100123").says("hi").await;
    let waiting = line.clone();
    let next = tokio::spawn(async move { waiting.next_from_bot("+15550100123", SOON).await });
    say_hi(&line, "one").await.unwrap();
    say_hi(&line, "two").await.unwrap();
    assert_eq!(next.await.unwrap().unwrap().text, "one");
    assert_eq!(line.next_from_bot("+15550100123", SOON).await.unwrap().text, "two");
    assert_eq!(line.next_from_bot("+15550100123", Duration::ZERO).await, None);
}

#[tokio::test]
async fn the_history_can_be_read_by_a_program() {
    let (_bot, standins, line) = rig("whatsapp").await;
    line.user("+15550100123").says("hi").await;
    say_hi(&line, "one").await.unwrap();
    let lines: Vec<Value> =
        standins.history_json_lines().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[0]["what"], &lines[1]["what"]), (&json!("webhook"), &json!("send")));
    assert_eq!((&lines[0]["user"], &lines[0]["acknowledged"]), (&json!("+15550100123"), &json!(true)));
    assert_eq!((&lines[1]["text"], &lines[1]["accepted"]), (&json!("one"), &json!(true)));
    assert!(lines[0]["ended"].as_u64() < lines[1]["began"].as_u64());
}

#[tokio::test]
async fn the_same_seed_gives_the_same_ids() {
    let mut ids = Vec::new();
    for seed in [1, 1, 2] {
        let bot = Bot::start().await;
        let standins =
            Standins::start(countersign_providers::StandinOptions { seed, ..options() }).await.unwrap();
        let line = standins.connect(Line::demo("line", "whatsapp", &bot.hook()).unwrap()).unwrap();
        line.user("a").says("hi").await;
        ids.push(bot.last().json()["entry"][0]["changes"][0]["value"]["messages"][0]["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
}

fn twiml(inner: &str) -> crate::rig::Says {
    (200, "text/xml", format!("<Response>{inner}</Response>"))
}

fn spoken(line: &LineHandle, name: &str) -> Vec<String> {
    line.sent_to(name).iter().map(|sent| sent.text.clone()).collect()
}

#[tokio::test]
async fn a_call_at_twilio_goes_from_step_to_step() {
    let (bot, _standins, line) = rig("twilio-voice").await;
    let user = line.user("+15550100123");
    bot.answers([
        twiml("<Say>Welcome.</Say><Gather action='/hooks/line?step=1' finishOnKey='#' actionOnEmptyResult='true'><Say>Number?</Say></Gather>"),
        twiml("<Say>One moment.</Say><Pause length='1'/><Redirect>/hooks/line?step=2</Redirect>"),
        twiml("<Gather input='dtmf speech' action='/hooks/line?step=3'><Say>Which?</Say></Gather><Say>Nothing heard.</Say><Hangup/>"),
    ]);
    assert!(user.calls().await.unwrap().acknowledged);
    assert_eq!(bot.last().field("CallStatus").as_deref(), Some("ringing"));
    user.keys("4711#").await.unwrap();
    let got = bot.got();
    assert_eq!(got[1].query, "step=1");
    let field = |name: &str| got[1].field(name);
    assert_eq!((field("Digits").as_deref(), field("FinishedOnKey").as_deref()), (Some("4711"), Some("#")));
    assert_eq!((got[2].query.as_str(), got[2].field("Digits")), ("step=2", None));
    assert!(user.is_calling());
    user.is_silent().await.unwrap();
    assert!(!user.is_calling());
    assert_eq!(
        spoken(&line, "+15550100123"),
        ["Welcome.", "Number?", "One moment.", "Which?", "Nothing heard.", "the bot hung up"]
    );
    assert_eq!(bot.last().field("CallStatus").as_deref(), Some("completed"));
    assert!(matches!(user.keys("1").await, Err(StandinError::NoCall)));
}

#[tokio::test]
async fn results_of_a_gather_have_the_form_of_the_samples() {
    let names = |form: &str| {
        let mut names: Vec<_> =
            url::form_urlencoded::parse(form.trim().as_bytes()).map(|(name, _)| name.into_owned()).collect();
        names.sort();
        names
    };
    let (bot, _standins, line) = rig("twilio-voice").await;
    let user = line.user("+15550100123");
    let gather = "<Gather input='dtmf speech' numDigits='4' actionOnEmptyResult='true'/>";
    bot.answers(std::iter::repeat_n(twiml(gather), 5));
    user.calls().await.unwrap();
    let last = || names(std::str::from_utf8(&bot.last().body).unwrap());
    user.keys("1042").await.unwrap();
    assert_eq!(last(), names(include_str!("../../testdata/twilio-voice/gather_digits.txt")));
    user.keys("#").await.unwrap();
    assert_eq!(last(), names(include_str!("../../testdata/twilio-voice/gather_empty.txt")));
    assert_eq!(bot.last().field("Digits").as_deref(), Some(""));
    user.speaks("two loaves").await.unwrap();
    assert_eq!(last(), names(include_str!("../../testdata/twilio-voice/gather_speech.txt")));
    user.is_silent().await.unwrap();
    assert_eq!(last(), names(include_str!("../../testdata/twilio-voice/gather_timeout_empty.txt")));
    user.hangs_up().await.unwrap();
    assert_eq!(
        last(),
        names(include_str!("../../testdata/twilio-voice/status_completed_inbound_hangup.txt"))
    );
}

#[tokio::test]
async fn a_call_that_gets_no_words_ends() {
    for (answer, tries) in [
        ((500, "text/plain", String::new()), 1),
        ((200, "text/xml", "<Response><Say>".to_owned()), 1),
        ((200, "application/json", "[]".to_owned()), 1),
    ] {
        let (bot, _standins, line) = rig("twilio-voice").await;
        bot.answers([answer]);
        let user = line.user("a");
        user.calls().await.unwrap();
        assert_eq!(spoken(&line, "a"), ["an application error has occurred"]);
        assert_eq!(bot.got().len(), tries + 1);
    }
    let (bot, _standins, line) = rig("twilio-voice").await;
    bot.answers(std::iter::repeat_n(twiml("<Redirect>/hooks/line</Redirect>"), 600));
    line.user("a").calls().await.unwrap();
    assert_eq!(spoken(&line, "a"), ["the bot led the caller in circles"]);
}

#[tokio::test]
async fn plain_text_is_read_out() {
    let (bot, _standins, line) = rig("twilio-voice").await;
    bot.answers([(200, "text/plain; charset=utf-8", "<Response/>".to_owned())]);
    line.user("a").calls().await.unwrap();
    assert_eq!(spoken(&line, "a")[0], "<Response/>");
}

#[tokio::test]
async fn the_bot_ends_a_call_from_outside() {
    let (bot, _standins, line) = rig("twilio-voice").await;
    bot.answers([twiml("<Gather actionOnEmptyResult='true'/>")]);
    let user = line.user("+15550100123");
    user.calls().await.unwrap();
    let account = "/2010-04-01/Accounts/AC4c122831efef10ac68b5223dccd6f614/Calls";
    let url = format!("{}{account}/{}.json", line.api_url(), user.call_id().unwrap());
    let keys = Some(("AC4c122831efef10ac68b5223dccd6f614", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"));
    let (status, answer) = crate::rig::post_form(&url, keys, &[("Status", "completed")]).await;
    let expected = crate::rig::sample(include_str!("../../testdata/twilio-voice/out_hangup.json"));
    assert_eq!((status, shape(&answer)), (200, shape(&expected["response"]["json"])));
    assert!(!user.is_calling());
    assert_eq!(crate::rig::post_form(&url, keys, &[("Status", "completed")]).await.0, 404);
}

#[tokio::test]
async fn a_call_at_vonage_goes_from_step_to_step() {
    let (bot, _standins, line) = rig("vonage-voice").await;
    let user = line.user("31655501001");
    let events = || (200, "text/plain", String::new());
    let ncco = |json: Value| (200, "application/json", json.to_string());
    let url = format!("{}?step=3", bot.hook());
    let input = json!({ "action": "input", "type": ["dtmf"], "dtmf": { "maxDigits": 4, "timeOut": 6, "submitOnHash": true }, "eventUrl": [url] });
    let waits = json!({ "action": "input", "type": ["dtmf"], "dtmf": { "maxDigits": 20, "timeOut": 1 }, "eventUrl": [url] });
    bot.answers([
        events(),
        events(),
        ncco(json!([{ "action": "talk", "text": "Number?", "bargeIn": true }, input.clone()])),
        events(),
        ncco(json!([{ "action": "talk", "text": "One moment." }, waits])),
        ncco(json!([{ "action": "talk", "text": "And now?", "bargeIn": true }, input])),
        ncco(json!([{ "action": "talk", "text": "Good bye." }])),
    ]);
    user.calls().await.unwrap();
    let got = bot.got();
    for (at, file) in [
        include_str!("../../testdata/vonage-voice/event_started.json"),
        include_str!("../../testdata/vonage-voice/event_ringing.json"),
        include_str!("../../testdata/vonage-voice/answer_post.json"),
        include_str!("../../testdata/vonage-voice/event_answered.json"),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(shape(&got[at].json()), shape(&crate::rig::sample(file)), "{at}");
        assert!(got[at].header("authorization").starts_with("Bearer ey"));
    }
    user.keys("47").await.unwrap();
    let got = bot.got();
    assert_eq!(got[4].json()["dtmf"], json!({ "digits": "47", "timed_out": true }));
    assert_eq!(got[4].query, "step=3");
    let nothing = crate::rig::sample(include_str!("../../testdata/vonage-voice/input_dtmf_timeout.json"));
    assert_eq!(shape(&got[5].json()), shape(&nothing));
    user.keys("4711").await.unwrap();
    assert_eq!(bot.got()[6].json()["dtmf"], json!({ "digits": "4711", "timed_out": false }));
    assert!(!user.is_calling());
    assert_eq!(
        spoken(&line, "31655501001"),
        ["Number?", "One moment.", "And now?", "Good bye.", "the bot had nothing more to say"]
    );
    let over = crate::rig::sample(include_str!("../../testdata/vonage-voice/event_completed.json"));
    assert_eq!(shape(&bot.last().json()), shape(&over));
}

#[tokio::test]
async fn vonage_complains_about_words_that_are_none() {
    let long = "x".repeat(1501);
    for bad in [
        json!([{ "action": "hangup" }]),
        json!([{ "action": "talk", "text": long }]),
        json!([{ "action": "talk", "text": "a", "bargeIn": true }]),
        json!([{ "action": "input", "type": ["dtmf"], "dtmf": { "maxDigits": 21 } }]),
        json!([{ "action": "input", "dtmf": {} }]),
        json!({}),
    ] {
        let (bot, _standins, line) = rig("vonage-voice").await;
        bot.answers([
            (200, "", String::new()),
            (200, "", String::new()),
            (200, "application/json", bad.to_string()),
        ]);
        line.user("a").calls().await.unwrap();
        let got = bot.got();
        assert_eq!(got[3].json()["reason"], "Syntax error in NCCO. Invalid value type or action.", "{bad}");
        assert_eq!(got[4].json()["status"], "completed");
    }
}

#[tokio::test]
async fn a_terminal_talks_through_the_control_page() {
    let (bot, standins, line) = rig("whatsapp").await;
    let url = |path: &str| format!("{}/stand-in/{path}", standins.url());
    let (_, _, lines) = call("GET", &url("lines"), &[], "").await.unwrap();
    let expected = json!({ "lines": [{ "id": "line", "channel": "whatsapp", "provider": "WhatsApp" }] });
    assert_eq!(serde_json::from_str::<Value>(&lines).unwrap(), expected);
    let (status, said) =
        post_json(&url("line/say"), "", &json!({ "from": "+15550100123", "text": "hi" })).await;
    assert_eq!((status, said), (200, json!({ "status": 200, "acknowledged": true, "held": false })));
    assert_eq!(bot.got().len(), 1);
    let poll = url("line/messages?of=%2B15550100123&after=0&wait=10");
    let waiting = tokio::spawn(async move { call("GET", &poll, &[], "").await });
    say_hi(&line, "hello").await.unwrap();
    let (_, _, messages) = waiting.await.unwrap().unwrap();
    let messages: Value = serde_json::from_str(&messages).unwrap();
    assert_eq!((&messages["next"], &messages["messages"][0]["text"]), (&json!(1), &json!("hello")));
    let (status, problem) = post_json(&url("line/say"), "", &json!({ "from": "a", "tap": 1 })).await;
    assert_eq!(
        (status, problem["problem"].as_str()),
        (409, Some("there is nothing to tap with the number 1"))
    );
    assert_eq!(post_json(&url("fax/say"), "", &json!({ "from": "a", "text": "x" })).await.0, 404);
    assert_eq!(post_json(&url("line/say"), "", &json!({ "from": "a" })).await.0, 400);
    assert_eq!(post_json(&url("line/say"), "", &json!({ "text": "x" })).await.0, 400);
}

#[tokio::test]
async fn troubles_are_made_on_the_control_page() {
    let (bot, standins, line) = rig("whatsapp").await;
    let url = |path: &str| format!("{}/stand-in/{path}", standins.url());
    let make = async |trouble: Value| post_json(&url("line/trouble"), "", &trouble).await.0;
    let say = async |text: &str| {
        post_json(&url("line/say"), "", &json!({ "from": "+15550100123", "text": text })).await.1
    };
    let texts = || -> Vec<String> {
        let got = bot.got().into_iter();
        got.map(|got| {
            got.json()["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"].to_string()
        })
        .collect()
    };
    assert_eq!(make(json!({ "repeat": 3 })).await, 200);
    say("a").await;
    assert_eq!(make(json!({ "at_once": 2 })).await, 200);
    say("b").await;
    assert_eq!(make(json!({ "late": 0.01 })).await, 200);
    say("c").await;
    assert_eq!(make(json!({ "swap": true })).await, 200);
    assert_eq!(say("d").await, json!({ "status": null, "acknowledged": false, "held": true }));
    assert_eq!(say("e").await["acknowledged"], true);
    say("f").await;
    // What is held back is sent when the trouble is over, too.
    assert_eq!(make(json!({ "well": true })).await, 200);
    say("g").await;
    assert_eq!(texts().join(""), "\"a\"\"a\"\"a\"\"b\"\"b\"\"c\"\"e\"\"d\"\"g\"\"f\"");

    assert_eq!(make(json!({ "refuse": "131056", "times": 2 })).await, 200);
    for _ in 0..2 {
        let (status, answer) = say_hi(&line, "x").await.unwrap();
        assert!(status >= 400 && answer.contains("131056"), "{status} {answer}");
    }
    assert_eq!(make(json!({ "http": 502 })).await, 200);
    assert_eq!(say_hi(&line, "x").await.unwrap().0, 502);
    for broken in [json!({ "lose": true }), json!({ "break": true })] {
        assert_eq!(make(broken).await, 200);
        assert!(say_hi(&line, "x").await.is_err());
    }
    assert_eq!(make(json!({ "garbage": true })).await, 200);
    assert_eq!(say_hi(&line, "x").await.unwrap().1, "<<<");
    assert_eq!(make(json!({ "slow": 0.01 })).await, 200);
    assert_eq!(say_hi(&line, "x").await.unwrap().0, 200);
    make(json!({ "http": 502, "times": 9 })).await;
    make(json!({ "well": true })).await;
    assert_eq!(say_hi(&line, "x").await.unwrap().0, 200);

    for nonsense in [json!({}), json!({ "late": 1e9 }), json!({ "http": 200 }), json!({ "refuse": "" })] {
        assert_eq!(make(nonsense.clone()).await, 400, "{nonsense}");
    }
}

#[tokio::test]
async fn a_page_in_a_browser_cannot_use_the_control_page() {
    let (_bot, standins, _line) = rig("whatsapp").await;
    let url = format!("{}/stand-in/lines", standins.url());
    for headers in [
        [("origin", "https://evil.example"), ("x-a", "b")],
        [("host", "evil.example"), ("x-a", "b")],
        [("host", "evil.example:80"), ("x-a", "b")],
    ] {
        assert_eq!(call("GET", &url, &headers, "").await.unwrap().0, 403, "{headers:?}");
    }
    assert_eq!(call("GET", &url, &[("host", "localhost:1")], "").await.unwrap().0, 200);
}

#[tokio::test]
async fn a_line_is_opened_once_and_its_address_is_looked_at() {
    let (_bot, standins, _line) = rig("whatsapp").await;
    let again = Line::demo("line", "telegram", "http://127.0.0.1:1/").unwrap();
    assert!(matches!(standins.connect(again), Err(StandinError::Taken(id)) if id == "line"));
    let nowhere = Line::demo("other", "telegram", "ftp://a").unwrap();
    assert!(matches!(standins.connect(nowhere), Err(StandinError::HookUrl(_))));
}

#[tokio::test]
async fn the_address_that_is_signed_may_be_another_than_the_one_that_is_called() {
    let bot = Bot::start().await;
    let standins = Standins::start(options()).await.unwrap();
    let public = Some("https://bots.example.com/hooks/line".to_owned());
    let line = Line { public_hook_url: public, ..Line::demo("line", "twilio-voice", &bot.hook()).unwrap() };
    let line = standins.connect(line).unwrap();
    bot.answers([
        twiml("<Redirect>https://bots.example.com/hooks/line?step=1</Redirect>"),
        twiml("<Say>Here.</Say>"),
    ]);
    line.user("a").calls().await.unwrap();
    assert_eq!(bot.got()[1].query, "step=1");
    assert_eq!(line.sent_to("a")[0].kind, SentKind::Spoken);
}
