use std::time::Duration;

use countersign_model::{ChannelKind, Timestamp};
use countersign_store::{Retention, Secrets as _};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::rig::{Plan, Rig, texts};
use crate::chat::ChatSettings;
use crate::chat::limits::Limits;

async fn rig() -> Rig {
    Rig::new(Plan::default()).await
}

#[tokio::test]
async fn a_message_is_acknowledged_when_kept_and_then_answered() {
    let rig = rig().await;
    let token = rig.token().await;
    let (mut client, before) = rig.connect(&token, 0).await;
    assert_eq!(before, [json!({"t":"ready","v":1,"from":0}), json!({"t":"live","next":0})]);
    assert_eq!(client.say("m1", "tea").await, json!({"t":"accepted","cid":"m1","new":true}));
    assert_eq!(client.next().await.unwrap(), json!({"t":"typing","on":true}));
    rig.work().await;
    assert_eq!(client.rest().await, ["user: tea", "bot: Here is your tea."]);
}

#[tokio::test]
async fn a_message_that_comes_again_has_one_effect() {
    let rig = rig().await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    client.say("m1", "tea").await;
    assert_eq!(client.say("m1", "tea").await, json!({"t":"accepted","cid":"m1","new":false}));
    rig.work().await;
    assert_eq!(client.rest().await, ["user: tea", "bot: Here is your tea."]);
    let (mut again, before) = rig.connect(&token, 0).await;
    assert_eq!(again.say("m1", "tea").await["new"], false);
    assert_eq!(texts(&before).len(), 2, "one effect: {before:?}");
}

#[tokio::test]
async fn a_client_goes_on_where_it_was() {
    let rig = rig().await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    client.say("m1", "many").await;
    drop(client);
    rig.work().await;
    let (_, all) = rig.connect(&token, 0).await;
    assert_eq!(texts(&all), ["user: many", "bot: One.", "bot: Two.", "bot: Three."]);
    let numbers: Vec<_> =
        all.iter().filter(|frame| frame["t"] == "row").map(|row| row["seq"].clone()).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
    let (_, rest) = rig.connect(&token, 3).await;
    assert_eq!(rest[0], json!({"t":"ready","v":1,"from":3}));
    assert_eq!(texts(&rest), ["bot: Three."]);
    let (_, nothing) = rig.connect(&token, 4).await;
    assert_eq!(texts(&nothing), [""; 0]);
    let (_, beyond) = rig.connect(&token, 1_000_000).await;
    assert_eq!(beyond, [json!({"t":"ready","v":1,"from":4}), json!({"t":"live","next":4})]);
}

#[tokio::test]
async fn every_window_of_a_session_sees_the_same() {
    let rig = rig().await;
    let token = rig.token().await;
    let (mut one, _) = rig.connect(&token, 0).await;
    let (mut other, _) = rig.connect(&token, 0).await;
    let (mut stranger, _) = rig.connect(&rig.token().await, 0).await;
    one.say("m1", "tea").await;
    rig.work().await;
    let expected = ["user: tea", "bot: Here is your tea."];
    assert_eq!(one.rest().await, expected);
    assert_eq!(texts(&other.until("row").await)[0], expected[0]);
    assert_eq!(texts(&other.until("row").await)[0], expected[1]);
    stranger.send(&json!({"t":"ping"})).await;
    assert_eq!(stranger.next().await.unwrap(), json!({"t":"pong"}), "a stranger sees nothing of it");
}

#[tokio::test]
async fn choices_are_named_by_their_row_and_payload() {
    let rig = rig().await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    client.say("m1", "menu").await;
    rig.work().await;
    let (_, rows) = rig.connect(&token, 0).await;
    let menu = rows.iter().find(|frame| frame["kind"] == "options").unwrap();
    assert_eq!(menu["text"], "Which one?");
    let choice = &menu["choices"][1];
    assert_eq!(choice["label"], "Coffee");
    client.rest().await;
    let chosen = json!({"t":"choice","cid":"m2","of":menu["seq"],"payload":choice["payload"]});
    let strange = json!({"t":"choice","cid":"m3","of":menu["seq"],"payload":"made-up"});
    let elsewhere = json!({"t":"choice","cid":"m4","of":0,"payload":choice["payload"]});
    let nowhere = json!({"t":"choice","cid":"m5","of":99,"payload":choice["payload"]});
    for frame in [strange, elsewhere, nowhere] {
        client.send(&frame).await;
        let refusal = client.next().await.unwrap();
        assert_eq!((&refusal["code"], &refusal["cid"]), (&json!("no_such_choice"), &frame["cid"]));
    }
    client.send(&chosen).await;
    client.until("accepted").await;
    rig.work().await;
    assert_eq!(client.rest().await, ["user: Coffee", "bot: Here is your coffee."]);
}

#[tokio::test]
async fn the_bot_begins_once_when_it_is_to_greet() {
    let greeting = ChatSettings { greeting: true, ..Plan::default().settings };
    let rig = Rig::new(Plan { settings: greeting, ..Plan::default() }).await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    let (_again, _) = rig.connect(&token, 0).await;
    rig.work().await;
    assert_eq!(client.rest().await, ["bot: Welcome."]);
    let (_, rows) = rig.connect(&token, 0).await;
    rig.work().await;
    assert_eq!(texts(&rows), ["bot: Welcome."]);
}

#[tokio::test]
async fn the_user_ends_the_conversation() {
    let rig = rig().await;
    let (mut client, _) = rig.connect(&rig.token().await, 0).await;
    client.say("m1", "menu").await;
    client.send(&json!({"t":"end","cid":"m2"})).await;
    client.until("accepted").await;
    rig.work().await;
    client.rest().await;
    client.say("m3", "tea").await;
    rig.work().await;
    assert_eq!(client.rest().await, ["user: tea", "bot: Here is your tea."]);
}

#[tokio::test]
async fn what_is_wrong_is_said_and_the_connection_stays() {
    let rig = rig().await;
    let (mut client, _) = rig.connect(&rig.token().await, 0).await;
    let long = json!({"t":"text","cid":"m1","text":"x".repeat(4097)}).to_string();
    for (frame, code) in [
        ("{", "malformed"),
        (r#"{"t":"sing"}"#, "unknown_frame"),
        (r#"{"t":"text","cid":"m1"}"#, "missing"),
        (r#"{"t":"hello","v":1}"#, "unknown_frame"),
        (long.as_str(), "too_long"),
    ] {
        client.raw(frame).await;
        assert_eq!(client.next().await.unwrap()["code"], code, "{frame}");
    }
    client.socket.send(Message::binary(vec![1, 2])).await.unwrap();
    assert_eq!(client.next().await.unwrap()["code"], "malformed");
    client.send(&json!({"t":"typing"})).await;
    client.send(&json!({"t":"ping"})).await;
    assert_eq!(client.next().await.unwrap(), json!({"t":"pong"}));
}

#[tokio::test]
async fn a_frame_that_is_far_too_big_ends_the_connection() {
    let rig = rig().await;
    let (mut client, _) = rig.connect(&rig.token().await, 0).await;
    let huge = json!({"t":"text","cid":"m1","text":"x".repeat(64 * 1024)}).to_string();
    // The server may have closed before all of it is written.
    let _ = client.socket.send(Message::text(huge)).await;
    assert_eq!(client.next().await, None);
}

#[tokio::test]
async fn a_connection_that_hurries_is_slowed_down() {
    let limits = Limits { frames: 3, ..Limits::default() };
    let rig = Rig::new(Plan { limits, ..Plan::default() }).await;
    let (mut client, _) = rig.connect(&rig.token().await, 0).await;
    for number in 0..3 {
        client.say(&format!("m{number}"), "tea").await;
    }
    client.send(&json!({"t":"text","cid":"m9","text":"tea"})).await;
    let refusal = client.until("error").await.pop().unwrap();
    assert_eq!(refusal["code"], "slow_down");
    assert_eq!((&refusal["cid"], &refusal["retry_after"]), (&json!("m9"), &json!(10)));
    rig.pass(Duration::from_secs(10));
    assert_eq!(client.say("m9", "tea").await["new"], true);
}

#[tokio::test]
async fn who_does_not_read_is_dropped_and_loses_nothing() {
    let limits = Limits { send: Duration::from_millis(100), ..Limits::default() };
    let rig = Rig::new(Plan { limits, kind: ChannelKind::Web, ..Plan::default() }).await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    // Each of these small frames has a longer answer, which nobody reads: in the end all buffers are full.
    let mut dropped = false;
    while !dropped {
        let mut sent = Ok(());
        for _ in 0..1000 {
            sent = sent.and(client.socket.feed(Message::text(r#"{"t":"x"}"#)).await);
        }
        dropped = sent.and(client.socket.flush().await).is_err();
    }
    let (mut again, _) = rig.connect(&token, 0).await;
    assert_eq!(again.say("m1", "tea").await["new"], true);
}

#[tokio::test]
async fn a_long_history_is_cut_and_rows_that_were_removed_leave_their_numbers() {
    let limits = Limits { history: 5, ..Limits::default() };
    let rig = Rig::new(Plan { limits, ..Plan::default() }).await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    for number in 0..2 {
        client.say(&format!("m{number}"), "many").await;
        rig.work().await;
        assert_eq!(client.rest().await.len(), 4);
    }
    let (_, rows) = rig.connect(&token, 0).await;
    assert_eq!(rows[0]["from"], 3);
    assert_eq!(texts(&rows).len(), 5);
    rig.pass(Duration::from_secs(100 * 86_400));
    let now = Timestamp::from_secs(1_800_000_000 + 100 * 86_400);
    let retention = Retention { transcripts: Duration::from_secs(86_400), ..Retention::default() };
    assert_eq!(rig.store.sweep(now, &retention).await.unwrap().lines, 8);
    rig.pass(Duration::ZERO);
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    client.say("m1", "tea").await;
    rig.work().await;
    assert_eq!(client.rest().await.len(), 2);
}

#[tokio::test]
async fn rows_after_a_sweep_keep_their_numbers() {
    let rig = rig().await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    client.say("m1", "many").await;
    rig.work().await;
    client.rest().await;
    rig.pass(Duration::from_secs(2 * 86_400));
    client.say("m2", "tea").await;
    rig.work().await;
    client.rest().await;
    let now = Timestamp::from_secs(1_800_000_000 + 2 * 86_400);
    let retention = Retention { transcripts: Duration::from_secs(86_400), ..Retention::default() };
    assert_eq!(rig.store.sweep(now, &retention).await.unwrap().lines, 4);
    for since in [0, 2, 4] {
        let (_, rows) = rig.connect(&token, since).await;
        let rows: Vec<_> = rows.iter().filter(|frame| frame["t"] == "row").collect();
        assert_eq!((&rows[0]["seq"], &rows[0]["text"]), (&json!(4), &json!("tea")), "since {since}");
        assert_eq!(rows.len(), 2);
    }
}

#[tokio::test]
async fn who_is_connected_when_the_server_stops_is_told() {
    let rig = rig().await;
    let token = rig.token().await;
    let (mut client, _) = rig.connect(&token, 0).await;
    let poll = rig.ask("GET", "/chat/site/poll?since=0", &token, "");
    let stop = async {
        tokio::task::yield_now().await;
        rig.stop.cancel();
    };
    let ((status, body), ()) = tokio::join!(poll, stop);
    assert_eq!((status.as_u16(), &body["frames"][1]), (200, &json!({"t":"live","next":0})));
    match client.socket.next().await {
        Some(Ok(Message::Close(Some(frame)))) => assert_eq!(u16::from(frame.code), 1001),
        other => panic!("{other:?}"),
    }
}
