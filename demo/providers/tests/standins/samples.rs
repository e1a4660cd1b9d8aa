//! Each stand-in against the samples of its provider: webhooks have their form, answers and refusals, too.

use countersign_providers::{Account, Act, Fault, LineHandle, ReceiptState, SentKind};
use serde_json::{Value, json};

use crate::rig::{Bot, post_form, post_json, rig, sample, shape};

macro_rules! testdata {
    ($path:literal) => {
        sample(include_str!(concat!("../../testdata/", $path)))
    };
}

const WHATSAPP: &str = "/v25.0/118273645500112/messages";

async fn whatsapp() -> (Bot, countersign_providers::Standins, LineHandle, String) {
    let (bot, standins, line) = rig("whatsapp").await;
    line.user("+15550100123").says("hi").await;
    let url = line.api_url() + WHATSAPP;
    (bot, standins, line, url)
}

#[tokio::test]
async fn whatsapp_webhooks_have_the_form_of_the_samples() {
    let (bot, _standins, line, url) = whatsapp().await;
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("whatsapp/in_text.json")));
    assert!(bot.last().header("x-hub-signature-256").starts_with("sha256="));
    let user = line.user("+15550100123");
    let buttons = &testdata!("whatsapp/out_buttons.json")["request"]["json"];
    post_json(&url, "EAAdemotoken", buttons).await;
    assert!(user.taps(1).await.unwrap().acknowledged);
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("whatsapp/in_button_reply.json")));
    let message = &bot.last().json()["entry"][0]["changes"][0]["value"]["messages"][0];
    assert_eq!(message["interactive"]["button_reply"]["id"], "order:confirm");
    let sent = user.offers().unwrap();
    for (state, file) in [
        (ReceiptState::Sent, testdata!("whatsapp/in_status_sent.json")),
        (ReceiptState::Delivered, testdata!("whatsapp/in_status_delivered.json")),
        (ReceiptState::Read, testdata!("whatsapp/in_status_read.json")),
    ] {
        user.receipt(&sent, state, None).await.unwrap();
        assert_eq!(shape(&bot.last().json()), shape(&file), "{state:?}");
    }
    user.receipt(&sent, ReceiptState::Failed, Some("131047")).await.unwrap();
    let failed = bot.last().json();
    let status = &failed["entry"][0]["changes"][0]["value"]["statuses"][0];
    assert_eq!(status["errors"][0]["code"], 131_047);
    let expected = testdata!("whatsapp/in_status_failed_window.json");
    let expected = &expected["entry"][0]["changes"][0]["value"]["statuses"][0]["errors"];
    assert_eq!(shape(&status["errors"]), shape(expected));
}

#[tokio::test]
async fn a_user_of_whatsapp_can_hide_the_number() {
    let (bot, _standins, line) = rig("whatsapp").await;
    line.user("alice").hides_number().says("hi").await;
    let value = bot.last().json()["entry"][0]["changes"][0]["value"].clone();
    assert_eq!(value["messages"][0].get("from"), None);
    assert_eq!(value["contacts"][0].get("wa_id"), None);
    let to = value["messages"][0]["from_user_id"].as_str().unwrap();
    let mut body = testdata!("whatsapp/out_text_to_user_id.json");
    body["request"]["json"]["recipient"] = to.into();
    let (status, answer) =
        post_json(&(line.api_url() + WHATSAPP), "EAAdemotoken", &body["request"]["json"]).await;
    assert_eq!((status, shape(&answer)), (200, shape(&body["response"]["json"])));
    assert_eq!(line.sent_to("alice")[0].text, "Hello!");
}

#[tokio::test]
async fn whatsapp_answers_as_in_the_samples() {
    let (_bot, _standins, line, url) = whatsapp().await;
    for file in [
        testdata!("whatsapp/out_text.json"),
        testdata!("whatsapp/out_buttons.json"),
        testdata!("whatsapp/out_list.json"),
        testdata!("whatsapp/out_mark_read_typing.json"),
    ] {
        let (status, answer) = post_json(&url, "EAAdemotoken", &file["request"]["json"]).await;
        assert_eq!(status, file["response"]["status"], "{answer}");
        assert_eq!(shape(&answer), shape(&file["response"]["json"]));
    }
    for file in [testdata!("whatsapp/out_error_window.json"), testdata!("whatsapp/out_error_rate.json")] {
        let code = file["response"]["json"]["error"]["code"].to_string();
        line.fault(Fault::code(code), 1);
        let (status, mut answer) = post_json(&url, "EAAdemotoken", &file["request"]["json"]).await;
        assert_eq!(status, file["response"]["status"]);
        answer["error"]["fbtrace_id"] = file["response"]["json"]["error"]["fbtrace_id"].clone();
        assert_eq!(answer, file["response"]["json"]);
    }
    let list: Vec<_> = line.sent_to("+15550100123")[2].options.iter().map(|o| o.payload.clone()).collect();
    assert_eq!(list, ["branch:north", "branch:south", "branch:mill"]);
}

#[tokio::test]
async fn whatsapp_refuses_what_is_too_much() {
    let (_bot, _standins, line, url) = whatsapp().await;
    let base = json!({ "messaging_product": "whatsapp", "to": "15550100123" });
    let with = |kind: &str, body: Value| {
        let mut json = base.clone();
        json["type"] = kind.into();
        json[kind] = body;
        json
    };
    let button = |title: &str| json!({ "type": "reply", "reply": { "id": title, "title": title } });
    let buttons = |list: Vec<Value>| {
        with(
            "interactive",
            json!({ "type": "button", "body": { "text": "?" }, "action": { "buttons": list } }),
        )
    };
    let row = |n: usize| json!({ "id": n.to_string(), "title": format!("Row {n}") });
    let rows: Vec<_> = (0..11).map(row).collect();
    let refused = [
        with("text", json!({ "body": "x".repeat(4097) })),
        with("text", json!({ "body": "" })),
        buttons(["a", "b", "c", "d"].map(button).to_vec()),
        buttons(vec![button(&"x".repeat(21))]),
        buttons(vec![button("a"), button("a")]),
        with(
            "interactive",
            json!({ "type": "list", "body": { "text": "?" }, "action": { "button": "b", "sections": [{ "rows": rows }] } }),
        ),
    ];
    for body in refused {
        let (status, answer) = post_json(&url, "EAAdemotoken", &body).await;
        assert_eq!((status, answer["error"]["code"].as_u64()), (400, Some(131_009)), "{body}");
    }
    let fine = with("text", json!({ "body": "x".repeat(4096) }));
    assert_eq!(post_json(&url, "EAAdemotoken", &fine).await.0, 200);
    assert_eq!(post_json(&url, "wrong", &fine).await.1["error"]["code"], 190);
    let mut stranger = fine.clone();
    stranger["to"] = "15550199999".into();
    assert_eq!(post_json(&url, "EAAdemotoken", &stranger).await.1["error"]["code"], 131_026);
    line.user("quiet");
    stranger["to"] = line.user("quiet").address().into();
    assert_eq!(post_json(&url, "EAAdemotoken", &stranger).await.1["error"]["code"], 131_047);
    assert_eq!(line.sent_to("+15550100123").len(), 1);
}

/// Messenger and Instagram.
async fn page(provider: &str, id: &str, token: &str, files: &[Value], errors: &[Value]) {
    let (_bot, _standins, line) = rig(provider).await;
    let user = line.user("nadia");
    user.says("hi").await;
    let url = format!("{}/v25.0/{id}/messages", line.api_url());
    let to_her = |file: &Value| {
        let mut body = file["request"]["json"].clone();
        body["recipient"]["id"] = user.address().into();
        body
    };
    for file in files {
        let (status, answer) = post_json(&url, token, &to_her(file)).await;
        assert_eq!(status, 200, "{answer}");
        assert_eq!(shape(&answer), shape(&file["response"]["json"]));
        assert_eq!(answer["recipient_id"], user.address());
    }
    for file in errors {
        let error = &file["response"]["json"]["error"];
        line.fault(Fault::code(error["code"].to_string()), 1);
        let (status, mut answer) = post_json(&url, token, &to_her(file)).await;
        answer["error"]["fbtrace_id"] = error["fbtrace_id"].clone();
        assert_eq!(status, file["response"]["status"]);
        assert_eq!(answer, file["response"]["json"]);
    }
}

#[tokio::test]
async fn messenger_answers_as_in_the_samples() {
    let files = [
        testdata!("messenger/out_text.json"),
        testdata!("messenger/out_quick_replies.json"),
        testdata!("messenger/out_button_template.json"),
        testdata!("messenger/out_typing_on.json"),
    ];
    let errors = [
        testdata!("messenger/out_error_window.json"),
        testdata!("messenger/out_error_rate.json"),
        testdata!("messenger/out_error_unavailable.json"),
    ];
    page("messenger", "309812345670001", "EAAdemopagetoken", &files, &errors).await;
}

#[tokio::test]
async fn instagram_answers_as_in_the_samples() {
    let files = [
        testdata!("instagram/out_text.json"),
        testdata!("instagram/out_quick_replies.json"),
        testdata!("instagram/out_typing_on.json"),
    ];
    let errors = [testdata!("instagram/out_error_window.json")];
    page("instagram", "17841400000000111", "IGAAdemotoken", &files, &errors).await;
}

#[tokio::test]
async fn messenger_webhooks_have_the_form_of_the_samples() {
    let (bot, _standins, line) = rig("messenger").await;
    let user = line.user("nadia");
    user.says("hi").await;
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("messenger/in_text.json")));
    let url = line.api_url() + "/v25.0/309812345670001/messages";
    let ask = |file: Value| {
        let mut body = file["request"]["json"].clone();
        body["recipient"]["id"] = user.address().into();
        body
    };
    post_json(&url, "EAAdemopagetoken", &ask(testdata!("messenger/out_quick_replies.json"))).await;
    user.taps(2).await.unwrap();
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("messenger/in_quick_reply.json")));
    post_json(&url, "EAAdemopagetoken", &ask(testdata!("messenger/out_button_template.json"))).await;
    user.presses("order:again").await.unwrap();
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("messenger/in_postback.json")));
    let sent = user.offers().unwrap();
    user.receipt(&sent, ReceiptState::Delivered, None).await.unwrap();
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("messenger/in_delivery.json")));
    user.receipt(&sent, ReceiptState::Read, None).await.unwrap();
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("messenger/in_read.json")));
}

#[tokio::test]
async fn instagram_counts_bytes() {
    let (bot, _standins, line) = rig("instagram").await;
    let user = line.user("nadia");
    user.says("hi").await;
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("instagram/in_text.json")));
    let url = line.api_url() + "/v25.0/17841400000000111/messages";
    let body = |text: String| json!({ "recipient": { "id": user.address() }, "message": { "text": text } });
    assert_eq!(post_json(&url, "IGAAdemotoken", &body("é".repeat(500))).await.0, 200);
    let (status, answer) = post_json(&url, "IGAAdemotoken", &body("é".repeat(501))).await;
    assert_eq!((status, answer["error"]["code"].as_u64()), (400, Some(100)));
}

const TELEGRAM: &str = "/bot7654321098:AAEdemoTOKENdemoTOKENdemo";

#[tokio::test]
async fn telegram_speaks_as_in_the_samples() {
    let (bot, _standins, line) = rig("telegram").await;
    let user = line.user("mireille");
    user.says("Bonjour").await;
    assert_eq!(bot.last().header("x-telegram-bot-api-secret-token"), "Ex4mple_secret-TOKEN");
    let update = bot.last().json();
    let expected = testdata!("telegram/in_text.json");
    assert_eq!(shape(&update["update_id"]), shape(&expected["update_id"]));
    for name in ["message_id", "date", "text"] {
        assert_eq!(shape(&update["message"][name]), shape(&expected["message"][name]), "{name}");
    }
    let chat: u64 = user.address().parse().unwrap();
    for (method, file) in [
        ("sendMessage", testdata!("telegram/out_text.json")),
        ("sendMessage", testdata!("telegram/out_inline_keyboard.json")),
        ("sendChatAction", testdata!("telegram/out_typing.json")),
    ] {
        let mut body = file["request"]["json"].clone();
        body["chat_id"] = chat.into();
        let (status, answer) = post_json(&format!("{}{TELEGRAM}/{method}", line.api_url()), "", &body).await;
        assert_eq!(status, 200, "{answer}");
        let (result, expected) = (&answer["result"], &file["response"]["json"]["result"]);
        assert_eq!(shape(&result["message_id"]), shape(&expected["message_id"]));
    }
    user.taps(1).await.unwrap();
    let tap = bot.last().json();
    assert_eq!(tap["callback_query"]["data"], "c:1");
    let answer = json!({ "callback_query_id": tap["callback_query"]["id"] });
    post_json(&format!("{}{TELEGRAM}/answerCallbackQuery", line.api_url()), "", &answer).await;
    let last = line.sent_to("mireille").pop().unwrap();
    assert_eq!(last.kind, SentKind::TapAnswered);
}

#[tokio::test]
async fn telegram_deletes_only_what_the_user_wrote() {
    let (bot, _standins, line) = rig("telegram").await;
    let user = line.user("mireille");
    user.says("hunter2").await;
    let id = bot.last().json()["message"]["message_id"].as_u64().unwrap();
    let chat: u64 = user.address().parse().unwrap();
    let url = format!("{}{TELEGRAM}/deleteMessage", line.api_url());
    let (status, answer) = post_json(&url, "", &json!({ "chat_id": chat, "message_id": id })).await;
    assert_eq!(
        (status, answer),
        (200, testdata!("telegram/out_delete_message.json")["response"]["json"].clone())
    );
    let deleted = line.sent_to("mireille").pop().unwrap();
    assert_eq!((deleted.kind, deleted.id.clone()), (SentKind::Deleted, id.to_string()));
    let (status, answer) = post_json(&url, "", &json!({ "chat_id": chat, "message_id": 2 })).await;
    let expected = testdata!("telegram/out_delete_too_old.json");
    assert_eq!((status, answer), (400, expected["response"]["json"].clone()));
}

#[tokio::test]
async fn telegram_refuses_as_in_the_samples() {
    let (_bot, _standins, line) = rig("telegram").await;
    let user = line.user("mireille");
    user.says("hi").await;
    let chat: u64 = user.address().parse().unwrap();
    let url = format!("{}{TELEGRAM}/sendMessage", line.api_url());
    let body = json!({ "chat_id": chat, "text": "x" });
    line.fault(Fault::Refuse { code: "429".into(), retry_after: Some(14) }, 1);
    assert_eq!(
        post_json(&url, "", &body).await.1,
        testdata!("telegram/out_error_429.json")["response"]["json"]
    );
    let data = "é".repeat(33);
    let keyboard = json!({ "inline_keyboard": [[{ "text": "a", "callback_data": data }]] });
    let long = json!({ "chat_id": chat, "text": "x", "reply_markup": keyboard });
    assert_eq!(post_json(&url, "", &long).await.1["description"], "Bad Request: BUTTON_DATA_INVALID");
    let long = json!({ "chat_id": chat, "text": "x".repeat(4097) });
    assert_eq!(post_json(&url, "", &long).await.1["description"], "Bad Request: message is too long");
    user.does(Act::Block).await.unwrap();
    let (status, answer) = post_json(&url, "", &body).await;
    let expected = testdata!("telegram/out_error_blocked.json");
    assert_eq!((status, answer), (403, expected["response"]["json"].clone()));
    let wrong = format!("{}/bot1:wrong/sendMessage", line.api_url());
    assert_eq!(post_json(&wrong, "", &body).await.0, 401);
}

const TWILIO: &str = "/2010-04-01/Accounts/AC4c122831efef10ac68b5223dccd6f614/Messages.json";
const TWILIO_KEYS: (&str, &str) = ("AC4c122831efef10ac68b5223dccd6f614", "0f1e2d3c4b5a69788796a5b4c3d2e1f0");

/// The names of a form, sorted.
fn names(form: &str) -> Vec<String> {
    let mut names: Vec<_> =
        url::form_urlencoded::parse(form.trim().as_bytes()).map(|(n, _)| n.into_owned()).collect();
    names.sort();
    names
}

#[tokio::test]
async fn twilio_sms_speaks_as_in_the_samples() {
    let (bot, _standins, line) = rig("twilio-sms").await;
    let user = line.user("+15550100123");
    user.says("Hello & welcome + 100%").await;
    let form = String::from_utf8(bot.last().body.to_vec()).unwrap();
    assert_eq!(names(&form), names(include_str!("../../testdata/twilio-sms/in_sms.txt")));
    assert_eq!(bot.last().field("Body").as_deref(), Some("Hello & welcome + 100%"));
    assert_eq!(bot.last().header("x-twilio-signature").len(), 28);
    let url = line.api_url() + TWILIO;
    let callback = bot.hook();
    let good =
        [("To", "+15550100123"), ("From", "+15550100900"), ("Body", "Hi."), ("StatusCallback", &callback)];
    let (status, answer) = post_form(&url, Some(TWILIO_KEYS), &good).await;
    assert_eq!(
        (status, shape(&answer)),
        (201, shape(&testdata!("twilio-sms/out_sms.json")["response"]["json"]))
    );
    let sent = line.sent_to("+15550100123").pop().unwrap();
    user.receipt(&sent, ReceiptState::Delivered, None).await.unwrap();
    let form = String::from_utf8(bot.last().body.to_vec()).unwrap();
    assert_eq!(names(&form), names(include_str!("../../testdata/twilio-sms/status_delivered.txt")));
    user.receipt(&sent, ReceiptState::Failed, Some("30003")).await.unwrap();
    let form = String::from_utf8(bot.last().body.to_vec()).unwrap();
    assert_eq!(names(&form), names(include_str!("../../testdata/twilio-sms/status_undelivered.txt")));
    for (code, file) in [
        ("20429", testdata!("twilio-sms/out_error_429.json")),
        ("21211", testdata!("twilio-sms/out_error_invalid_to.json")),
        ("21610", testdata!("twilio-sms/out_error_opted_out.json")),
    ] {
        line.fault(Fault::code(code), 1);
        let (status, answer) = post_form(&url, Some(TWILIO_KEYS), &good).await;
        assert_eq!(
            (Value::from(status), answer),
            (file["response"]["status"].clone(), file["response"]["json"].clone())
        );
    }
    assert_eq!(post_form(&url, Some(("AC", "wrong")), &good).await.0, 401);
    let long = "x".repeat(1601);
    let too_long = [("To", "+15550100123"), ("From", "+15550100900"), ("Body", long.as_str())];
    assert_eq!(post_form(&url, Some(TWILIO_KEYS), &too_long).await.1["code"], 21617);
    let other = [("To", "+15550100123"), ("From", "+15550100901"), ("Body", "x")];
    assert_eq!(post_form(&url, Some(TWILIO_KEYS), &other).await.1["code"], 21606);
}

#[tokio::test]
async fn whoever_says_stop_gets_no_more() {
    let (bot, _standins, line) = rig("twilio-sms").await;
    let user = line.user("+15550100123");
    user.says("stop").await;
    assert_eq!(bot.last().field("OptOutType").as_deref(), Some("STOP"));
    let url = line.api_url() + TWILIO;
    let good = [("To", "+15550100123"), ("From", "+15550100900"), ("Body", "Hi.")];
    assert_eq!(post_form(&url, Some(TWILIO_KEYS), &good).await.1["code"], 21610);
    user.says("START").await;
    assert_eq!(post_form(&url, Some(TWILIO_KEYS), &good).await.0, 201);
}

#[tokio::test]
async fn vonage_sms_speaks_as_in_the_samples() {
    let (bot, _standins, line) = rig("vonage-sms").await;
    let user = line.user("31655501001");
    user.says("Hallo daar").await;
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("vonage-sms/in_text.json")));
    let url = line.api_url() + "/sms/json";
    let keys = [("api_key", "abcd1234"), ("api_secret", "s3cretEXAMPLE"), ("from", "31970100900")];
    let send = |more: &[(&'static str, String)]| {
        let mut form: Vec<(&str, String)> =
            keys.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        form.extend(more.iter().cloned());
        let url = url.clone();
        async move {
            let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
            post_form(&url, None, &form).await
        }
    };
    let to = ("to", "31655501001".to_owned());
    let (status, answer) =
        send(&[to.clone(), ("text", "Tot 18:00 uur.".into()), ("client-ref", "turn-42".into())]).await;
    assert_eq!(
        (status, shape(&answer)),
        (200, shape(&testdata!("vonage-sms/out_text.json")["response"]["json"]))
    );
    let sent = line.sent_to("31655501001").pop().unwrap();
    assert_eq!(sent.reference.as_deref(), Some("turn-42"));
    user.receipt(&sent, ReceiptState::Delivered, None).await.unwrap();
    let receipt = bot.last().json();
    for (name, value) in testdata!("vonage-sms/dlr_delivered.json").as_object().unwrap() {
        assert_eq!(shape(&receipt[name]), shape(value), "{name}");
    }
    // Without the type, what is not in the alphabet is lost.
    send(&[to.clone(), ("text", "Tot straks 👋".into())]).await;
    assert_eq!(line.sent_to("31655501001").pop().unwrap().text, "Tot straks ?");
    send(&[to.clone(), ("text", "Tot straks 👋".into()), ("type", "unicode".into())]).await;
    assert_eq!(line.sent_to("31655501001").pop().unwrap().text, "Tot straks 👋");
    let (_, long) = send(&[to.clone(), ("text", "x".repeat(400))]).await;
    assert_eq!((long["message-count"].as_str(), long["messages"].as_array().unwrap().len()), (Some("3"), 3));
    for (code, file) in [
        ("1", testdata!("vonage-sms/out_error_throttled.json")),
        ("7", testdata!("vonage-sms/out_error_number.json")),
    ] {
        line.fault(Fault::code(code), 1);
        let (status, answer) = send(&[to.clone(), ("text", "x".into())]).await;
        assert_eq!(status, 200);
        let (given, expected) = (&answer["messages"][0], &file["response"]["json"]["messages"][0]);
        assert_eq!((&given["status"], &given["error-text"]), (&expected["status"], &expected["error-text"]));
    }
    let plus = send(&[("to", "+31655501001".into()), ("text", "x".into())]).await;
    assert_eq!(plus.1["messages"][0]["status"], "3");
    let wrong =
        post_form(&url, None, &[("api_key", "abcd1234"), ("api_secret", "no"), ("to", "31655501001")]).await;
    assert_eq!(wrong.1["messages"][0]["status"], "4");
}

#[tokio::test]
async fn gateways_speak_as_in_the_samples() {
    let (bot, _standins, line) = rig("jasmin").await;
    bot.answers([(200, "text/plain", "ACK/Jasmin".to_owned())]);
    let said = line.user("254700555010").says("café €5").await;
    assert!(said.acknowledged);
    let body = String::from_utf8(bot.last().body.to_vec()).unwrap();
    assert!(body.contains("&content=caf%05+%1Be5&") && body.contains("&coding=0&"), "{body}");
    let url = format!(
        "{}/send?username=demo&password=demo-password&from=22141&to=254700555010&content=Karibu&coding=0",
        line.api_url()
    );
    let (status, _, answer) = crate::rig::call("GET", &url, &[], "").await.unwrap();
    assert!(status == 200 && answer.starts_with("Success \"") && answer.len() == 46, "{answer}");
    let (status, _, answer) =
        crate::rig::call("GET", &url.replace("demo-password", "no"), &[], "").await.unwrap();
    assert_eq!((status, answer.as_str()), (403, "Error \"Authentication failure for username:demo\""));

    let (bot, _standins, line) = rig("kannel").await;
    line.user("254700555010").says("Habari").await;
    assert_eq!(bot.last().method, "GET");
    assert!(bot.last().query.contains("from=254700555010&to=22141&text=Habari&id="), "{}", bot.last().query);
    let callback: String =
        url::form_urlencoded::byte_serialize(format!("{}?id=out-77&status=%d", bot.hook()).as_bytes())
            .collect();
    let url = format!(
        "{}/cgi-bin/sendsms?username=demo&password=demo-password&from=22141&to=%2B254700555010&text=Karibu&dlr-mask=27&dlr-url={callback}",
        line.api_url()
    );
    let (status, _, answer) = crate::rig::call("GET", &url, &[], "").await.unwrap();
    let expected = testdata!("http-gateway/out_kannel.json");
    assert_eq!(
        (Value::from(status), Value::from(answer)),
        (expected["response"]["status"].clone(), expected["response"]["body"].clone())
    );
    let sent = line.sent_to("254700555010").pop().unwrap();
    line.user("254700555010").receipt(&sent, ReceiptState::Sent, None).await.unwrap();
    assert_eq!(bot.last().query, include_str!("../../testdata/http-gateway/status_kannel.txt").trim());

    let (bot, _standins, line) = rig("json-gateway").await;
    line.user("+254700555010").says("Habari").await;
    assert_eq!(shape(&bot.last().json()), shape(&testdata!("http-gateway/in_json.json")));
    let body = &testdata!("http-gateway/out_json_template.json")["request"]["json"];
    let headers = [("content-type", "application/json"), ("x-api-key", "demo-password")];
    let (status, _, _) =
        crate::rig::call("POST", &(line.api_url() + "/v1/sms"), &headers, body.to_string()).await.unwrap();
    assert_eq!((status, line.sent_to("+254700555010")[0].text.as_str()), (200, "He said \"hi\"\n\\o/ 👋"));
}

#[tokio::test]
async fn an_account_is_found_without_the_name_of_its_line() {
    for (provider, path) in [
        ("whatsapp", WHATSAPP),
        ("telegram", "/bot7654321098:AAEdemoTOKENdemoTOKENdemo/sendMessage"),
        ("twilio-sms", TWILIO),
        ("vonage-sms", "/sms/json"),
    ] {
        let (_bot, standins, _line) = rig(provider).await;
        let (_, answer) = post_json(&(standins.url() + path), "wrong", &json!({})).await;
        assert_ne!(answer, "no provider here has this address", "{provider}");
    }
    let (_bot, standins, _line) = rig("whatsapp").await;
    assert_eq!(post_json(&(standins.url() + "/v25.0/1/messages"), "", &json!({})).await.0, 404);
    assert_eq!(Account::DEMOS.len(), 11);
}
