use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Body;
use countersign_model::ChannelKind;
use countersign_store::Upkeep as _;
use http::Request;
use serde_json::json;
use tokio_tungstenite::tungstenite::Error;

use super::rig::{BANK, BOT, Counting, PAGE, Plan, Rig};
use crate::chat::ChatSettings;
use crate::chat::limits::Limits;

fn status(result: Result<super::rig::Client, Error>) -> u16 {
    match result {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("{other}"),
        Ok(_) => 101,
    }
}

async fn refused(rig: &Rig, hello: serde_json::Value) -> serde_json::Value {
    let mut client = rig.socket().await;
    client.send(&hello).await;
    let refusal = client.next().await.unwrap();
    assert_eq!(client.next().await, None, "the connection is closed");
    refusal
}

#[tokio::test]
async fn pages_of_other_origins_are_refused() {
    let rig = Rig::new(Plan::default()).await;
    assert_eq!(status(rig.socket_from(Some("https://evil.example")).await), 403);
    assert_eq!(status(rig.socket_from(Some("null")).await), 403);
    assert_eq!(status(rig.socket_from(None).await), 403);
    assert_eq!(status(rig.socket_from(Some("https://bot.example")).await), 101);
    assert_eq!(status(rig.socket_from(Some(PAGE)).await), 101);
    for (method, path) in
        [("POST", "session"), ("GET", "poll"), ("POST", "poll"), ("OPTIONS", "poll"), ("GET", "look")]
    {
        let request = Request::builder().method(method).uri(format!("/chat/site/{path}"));
        let request = request.header("origin", "https://evil.example").body(Body::empty()).unwrap();
        let response = rig.answer(request).await;
        assert_eq!(response.status(), 403, "{method} {path}");
        assert!(!response.headers().contains_key("access-control-allow-origin"));
    }
}

#[tokio::test]
async fn an_app_needs_no_origin() {
    let rig = Rig::new(Plan { kind: ChannelKind::Mobile, ..Plan::default() }).await;
    assert_eq!(status(rig.socket_from(None).await), 101);
    assert_eq!(status(rig.socket_from(Some("https://evil.example")).await), 403);
}

#[tokio::test]
async fn only_chats_are_there() {
    let rig = Rig::new(Plan::default()).await;
    for path in ["/chat/other/session", "/chat/a%20b/session", "/chat/%ff/session"] {
        let (status, body) = rig.ask("POST", path, "", "").await;
        assert_eq!((status.as_u16(), &body["code"]), (404, &json!("no_such_channel")), "{path}");
    }
}

#[tokio::test]
async fn a_connection_says_first_who_it_is() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    let code = async |hello| refused(&rig, hello).await["code"].clone();
    assert_eq!(code(json!({"t":"text","cid":"a","text":"hi"})).await, "hello_first");
    assert_eq!(code(json!({"t":"hello","v":1})).await, "bad_token");
    assert_eq!(code(json!({"t":"hello","v":1,"token":"guess"})).await, "bad_token");
    assert_eq!(code(json!({"t":"hello","v":2,"token":token})).await, "version");
    let limits = Limits { hello: Duration::from_millis(1), ..Limits::default() };
    let hasty = Rig::new(Plan { limits, ..Plan::default() }).await;
    let mut silent = hasty.socket().await;
    assert_eq!(silent.next().await.unwrap()["code"], "hello_first");
    assert_eq!(silent.next().await, None);
}

#[tokio::test]
async fn a_session_ends_with_its_age_also_when_connected() {
    let limits = Limits { ping: Duration::from_millis(30), ..Limits::default() };
    let rig = Rig::new(Plan { limits, ..Plan::default() }).await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    rig.pass(Duration::from_secs(7 * 86_400 + 1));
    assert_eq!(client.next().await.unwrap()["code"], "expired");
    assert_eq!(client.next().await, None);
    assert_eq!(refused(&rig, json!({"t":"hello","v":1,"token":token})).await["code"], "expired");
    let (status, body) = rig.ask("GET", "/chat/site/poll", &token, "").await;
    assert_eq!((status.as_u16(), &body["code"]), (401, &json!("expired")));
}

#[tokio::test]
async fn a_session_has_so_many_connections_and_no_more() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(rig.connect(&token, 0).await);
    }
    let refusal = refused(&rig, json!({"t":"hello","v":1,"token":token})).await;
    assert_eq!((&refusal["code"], &refusal["retry_after"]), (&json!("too_many_connections"), &json!(60)));
    let (status, _) = rig.ask("GET", "/chat/site/poll", &token, "").await;
    assert_eq!(status, 429);
    rig.connect(&rig.token().await, 0).await;
}

#[tokio::test]
async fn the_server_has_so_many_connections_and_no_more() {
    let limits = Limits { total: 1, ..Limits::default() };
    let rig = Rig::new(Plan { limits, ..Plan::default() }).await;
    let (_first, _) = rig.connect(&rig.token().await, 0).await;
    assert_eq!(status(rig.socket_from(Some(PAGE)).await), 503);
}

#[tokio::test]
async fn a_connection_that_is_dead_is_dropped() {
    let limits = Limits { ping: Duration::from_millis(2), total: 1, ..Limits::default() };
    let rig = Rig::new(Plan { limits, ..Plan::default() }).await;
    // It answers no ping, because nobody reads from it.
    let dead = rig.connect(&rig.token().await, 0).await;
    loop {
        match rig.socket_from(Some(PAGE)).await {
            Ok(_) => break,
            Err(Error::Http(response)) => assert_eq!(response.status(), 503),
            Err(other) => panic!("{other}"),
        }
    }
    drop(dead);
}

#[tokio::test]
async fn a_bot_that_logs_in_is_not_to_be_talked_with() {
    for kind in [ChannelKind::Web, ChannelKind::Mobile, ChannelKind::Desktop] {
        let rig = Rig::new(Plan { bot: BANK, kind, ..Plan::default() }).await;
        let (status, body) = rig.ask("POST", "/chat/site/session", "", "").await;
        assert_eq!((status.as_u16(), &body["code"]), (409, &json!("bot_logs_in")));
        assert_eq!(body["steps"], json!(["`scripts.balance.steps[1]` runs `login`"]));
        let problem = body["problem"].as_str().unwrap();
        assert!(problem.contains(kind.title()) && problem.contains("scripts.balance.steps[1]"), "{problem}");
        rig.publish(BOT);
        let token = rig.token().await;
        rig.publish(BANK);
        assert_eq!(refused(&rig, json!({"t":"hello","v":1,"token":token})).await, body);
        let (status, _) = rig.ask("POST", "/chat/site/poll", &token, r#"{"t":"hello","v":1}"#).await;
        assert_eq!(status, 409);
    }
}

#[tokio::test]
async fn a_bot_that_logs_in_and_is_published_under_a_conversation_gets_nothing() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    rig.publish(BANK);
    client.send(&json!({"t":"text","cid":"m1","text":"balance"})).await;
    assert_eq!(client.next().await.unwrap()["code"], "bot_logs_in");
    assert_eq!(client.next().await, None);
    let text = r#"{"t":"text","cid":"m1","text":"balance"}"#;
    assert_eq!(rig.ask("POST", "/chat/site/poll", &token, text).await.0, 409);
    assert_eq!(rig.store.backlog().await.unwrap().inbox, 0);
}

/// Whoever gets past the guard meets the engine, which does not ask for a password on such a channel.
#[tokio::test]
async fn the_engine_asks_for_no_password_on_a_chat() {
    let rig = Rig::new(Plan::default()).await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    client.say("m1", "balance").await;
    rig.publish(BANK);
    rig.work().await;
    let said = client.rest().await;
    assert_eq!(said[..2], ["user: balance", "bot: One moment."]);
    assert!(!said.iter().any(|line| line.contains("Password")), "{said:?}");
}

#[tokio::test]
async fn tokens_are_made_of_the_bytes_that_are_given() {
    let rig = Rig::new(Plan { keys: Arc::new(Counting(Mutex::new(0))), ..Plan::default() }).await;
    let first = rig.token().await;
    assert_eq!(first, format!("c1.6b49d200.{}", "AQEB".repeat(10) + "AQE"));
    assert_ne!(rig.token().await, first);
    let settings = ChatSettings { session: Duration::from_secs(86_400), ..Plan::default().settings };
    let short = Rig::new(Plan { settings, ..Plan::default() }).await;
    let (_, body) = short.ask("POST", "/chat/site/session", "", "").await;
    assert_eq!(body["expires"], "2027-01-16T08:00:00Z");
}
