use std::time::Duration;

use axum::body::Body;
use http::Request;
use serde_json::{Value, json};

use super::rig::{PAGE, Plan, Rig, texts};
use crate::chat::ChatSettings;
use crate::chat::limits::Limits;

async fn poll(rig: &Rig, token: &str, query: &str) -> Vec<Value> {
    let (status, body) = rig.ask("GET", &format!("/chat/site/poll?{query}"), token, "").await;
    assert_eq!(status, 200, "{body}");
    body["frames"].as_array().unwrap().clone()
}

async fn post(rig: &Rig, token: &str, frame: Value) -> (u16, Value) {
    let (status, body) = rig.ask("POST", "/chat/site/poll", token, &frame.to_string()).await;
    (status.as_u16(), body)
}

#[tokio::test]
async fn a_conversation_over_plain_http() {
    let settings = ChatSettings { greeting: true, ..Plan::default().settings };
    let rig = Rig::new(Plan { settings, ..Plan::default() }).await;
    let token = rig.token().await;
    let ready = post(&rig, &token, json!({"t":"hello","v":1,"since":0})).await;
    assert_eq!(ready, (200, json!({"t":"ready","v":1,"from":0})));
    rig.work().await;
    let frames = poll(&rig, &token, "since=0").await;
    assert_eq!(texts(&frames), ["bot: Welcome."]);
    assert_eq!(frames[1..], [json!({"t":"typing","on":false}), json!({"t":"live","next":1})]);
    let text = json!({"t":"text","cid":"m1","text":"tea"});
    assert_eq!(post(&rig, &token, text.clone()).await, (200, json!({"t":"accepted","cid":"m1","new":true})));
    assert_eq!(post(&rig, &token, text).await, (200, json!({"t":"accepted","cid":"m1","new":false})));
    let frames = poll(&rig, &token, "since=1").await;
    assert_eq!(frames, [json!({"t":"typing","on":true}), json!({"t":"live","next":1})]);
    rig.work().await;
    assert_eq!(
        texts(&poll(&rig, &token, "since=1&typing=true").await),
        ["user: tea", "bot: Here is your tea."]
    );
}

#[tokio::test]
async fn a_poll_waits_for_news() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    let waiting = poll(&rig, &token, "since=0&typing=true");
    let happening = async {
        tokio::task::yield_now().await;
        post(&rig, &token, json!({"t":"text","cid":"m1","text":"tea"})).await;
        rig.work().await;
    };
    // It waited for the first change: the bot was not at work when it came.
    let (frames, ()) = tokio::join!(waiting, happening);
    assert_eq!(frames.last().unwrap()["t"], "live");
    assert_eq!(texts(&poll(&rig, &token, "since=0").await).len(), 2);
}

#[tokio::test]
async fn a_poll_without_news_ends_in_time() {
    let limits = Limits { poll: Duration::from_millis(1), ..Limits::default() };
    let rig = Rig::new(Plan { limits, ..Plan::default() }).await;
    let token = rig.token().await;
    let frames = poll(&rig, &token, "since=0").await;
    assert_eq!(frames, [json!({"t":"typing","on":false}), json!({"t":"live","next":0})]);
}

#[tokio::test]
async fn both_ways_see_the_same_conversation() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    post(&rig, &token, json!({"t":"text","cid":"m1","text":"tea"})).await;
    rig.work().await;
    assert_eq!(texts(&client.until("row").await), ["user: tea"]);
    assert_eq!(texts(&client.until("row").await), ["bot: Here is your tea."]);
    assert_eq!(client.say("m1", "tea").await["new"], false, "the id of a message is the same on both ways");
}

#[tokio::test]
async fn what_is_wrong_has_a_status_and_a_frame() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    let refused = async |token: &str, body: &str| {
        let (status, body) = rig.ask("POST", "/chat/site/poll", token, body).await;
        (status.as_u16(), body["code"].as_str().unwrap_or("").to_owned(), body["cid"].clone())
    };
    let none = Value::Null;
    assert_eq!(refused("", "{}").await, (401, "bad_token".into(), none.clone()));
    assert_eq!(refused("guess", "{}").await, (401, "bad_token".into(), none.clone()));
    assert_eq!(refused(&token, "{").await, (400, "malformed".into(), none.clone()));
    assert_eq!(refused(&token, &"x".repeat(40_000)).await, (413, "too_long".into(), none.clone()));
    let long = json!({"t":"text","cid":"m1","text":"x".repeat(4097)}).to_string();
    assert_eq!(refused(&token, &long).await, (413, "too_long".into(), json!("m1")));
    assert_eq!(rig.ask("GET", "/chat/site/poll?since=x", &token, "").await.0, 400);
    assert_eq!(rig.ask("DELETE", "/chat/site/poll", &token, "").await.0, 405);
}

#[tokio::test]
async fn a_token_in_the_address_is_none() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    assert_eq!(rig.ask("GET", &format!("/chat/site/poll?token={token}"), "", "").await.0, 401);
}

#[tokio::test]
async fn a_browser_may_ask_from_a_page_of_the_list() {
    let rig = Rig::new(Plan::default()).await;
    let request = Request::builder()
        .method("OPTIONS")
        .uri("/chat/site/poll")
        .header("origin", PAGE)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type");
    let response = rig.answer(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), 204);
    let header = |name: &str| response.headers()[name].to_str().unwrap();
    assert_eq!(header("access-control-allow-origin"), PAGE);
    assert_eq!(header("access-control-allow-headers"), "authorization, content-type");
    assert_eq!(header("access-control-allow-methods"), "GET, POST");
    assert_eq!(header("vary"), "origin");
    assert!(!response.headers().contains_key("access-control-allow-credentials"));
    let request = Request::builder().method("POST").uri("/chat/site/poll").header("origin", PAGE);
    let refusal = rig.answer(request.body(Body::empty()).unwrap()).await;
    assert_eq!(refusal.status(), 401);
    assert_eq!(refusal.headers()["access-control-allow-origin"], PAGE, "the page can read why");
    assert_eq!(refusal.headers()["cache-control"], "no-store");
}
