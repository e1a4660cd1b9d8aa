use std::io::ErrorKind;
use std::time::{Duration, Instant};

use countersign_bank::{Bank, Fault, FaultKind, Running};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use crate::http::{FORM, JSON, Reply, bank, bearer, begin, get, post, send, token, try_send};
use crate::time::Time;

async fn log_in(bank: &Running, kind: FaultKind) -> Reply {
    bank.bank().faults().once("/login", kind);
    post(bank, "/login", &json!({ "username": "alice", "password": "wonderland" })).await
}

async fn accounts(bank: &Running, kind: FaultKind, token: &str) -> Reply {
    bank.bank().faults().once("/accounts", kind);
    get(bank, "/accounts", token).await
}

async fn is_good(bank: &Running, token: &str) -> bool {
    get(bank, "/me", token).await.status == 200
}

#[tokio::test]
async fn dead_tokens_come_in_three_shapes_and_nothing_was_done() {
    let bank = bank().await;
    let token = token(&bank, "alice").await;
    let reply = accounts(&bank, FaultKind::DeadToken401, &token).await;
    assert_eq!(reply.refusal(), (401, "invalid_token".into()));
    let reply = accounts(&bank, FaultKind::DeadToken403, &token).await;
    assert_eq!(reply.refusal(), (403, "token_expired".into()));
    let reply = accounts(&bank, FaultKind::DeadTokenBody, &token).await;
    assert_eq!((reply.status, reply.text().as_str()), (200, "{\"status\":\"TOKEN_EXPIRED\"}"));
    let stats = bank.stats();
    assert_eq!((stats.api_calls, stats.requests("GET", "/accounts"), stats.faults), (0, 3, 3));
    assert_eq!(get(&bank, "/accounts", &token).await.status, 200);
}

#[tokio::test]
async fn a_status_comes_instead_of_the_work_or_after_it() {
    let bank = bank().await;
    let reply = log_in(&bank, FaultKind::Status(503)).await;
    assert_eq!((reply.status, bank.stats().logins()), (503, 0));
    let token = token(&bank, "alice").await;
    let faults = bank.bank().faults();
    let wish = "{\"from\":\"checking\",\"to\":\"savings\",\"amount\":1}";
    let headers = format!("{JSON}{}", bearer(&token));
    faults.add(Fault {
        method: Some("POST".into()),
        path: "/transfer".into(),
        kind: FaultKind::Status(500),
        times: Some(2),
    });
    assert_eq!(send(&bank, "POST /transfer", &headers, wish).await.status, 500);
    assert_eq!(send(&bank, "POST /transfer", &headers, wish).await.status, 500);
    assert_eq!(bank.stats().transfers, 0);
    faults.once("/transfer", FaultKind::StatusAfter(500));
    assert_eq!(send(&bank, "POST /transfer", &headers, wish).await.status, 500);
    assert_eq!(bank.stats().transfers, 1);
    faults.once("/transfer", FaultKind::ResetAfter);
    let gone = try_send(&bank, "POST /transfer", &headers, wish).await;
    assert_eq!(gone.err().unwrap().kind(), ErrorKind::ConnectionReset);
    assert_eq!(bank.stats().transfers, 2);
    assert!(faults.waiting().is_empty());
}

#[tokio::test]
async fn slow_answers_are_right_but_late() {
    let bank = bank().await;
    let token = token(&bank, "alice").await;
    let began = Instant::now();
    let reply = accounts(&bank, FaultKind::Slow(Duration::from_millis(60)), &token).await;
    assert!(began.elapsed() >= Duration::from_millis(60));
    assert_eq!(reply.status, 200);
    let reply = accounts(&bank, FaultKind::Drip(Duration::from_micros(1)), &token).await;
    assert_eq!(
        (reply.header("content-length"), reply.json()["accounts"][0]["name"].as_str()),
        (None, Some("checking"))
    );
}

#[tokio::test]
async fn a_hanging_request_ends_when_the_bank_closes() {
    let bank = bank().await;
    bank.bank().faults().always("/login", FaultKind::Hang);
    let mut stream = begin(&bank, "POST /login", JSON, "{}").await.unwrap();
    let mut byte = [0];
    assert!(timeout(Duration::from_millis(50), stream.read(&mut byte)).await.is_err());
    assert_eq!((bank.stats().requests("POST", "/login"), bank.stats().logins()), (1, 0));
    timeout(Duration::from_secs(20), bank.stop()).await.expect("it stops").unwrap();
    assert_eq!(stream.read(&mut byte).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_reset_is_a_reset() {
    let bank = bank().await;
    bank.bank().faults().once("/login", FaultKind::Reset);
    let gone = try_send(&bank, "POST /login", JSON, "{}").await;
    assert_eq!(gone.err().unwrap().kind(), ErrorKind::ConnectionReset);
    assert_eq!(bank.stats().logins(), 0);
    assert_eq!(log_in(&bank, FaultKind::Bom).await.status, 200);
}

#[tokio::test]
async fn a_truncated_answer_is_shorter_than_it_says() {
    let bank = bank().await;
    let reply = log_in(&bank, FaultKind::Truncated).await;
    let promised: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert!(!reply.body.is_empty() && reply.body.len() < promised);
}

#[tokio::test]
async fn an_endless_answer_flows_until_the_client_leaves() {
    let bank = bank().await;
    bank.bank().faults().once("/login", FaultKind::EndlessBody);
    let mut stream = begin(&bank, "POST /login", JSON, "{}").await.unwrap();
    let mut received = vec![0; 4 << 20];
    stream.read_exact(&mut received).await.unwrap();
    assert!(String::from_utf8_lossy(&received[..400]).contains("{\"data\":{\"token\":\""));
    timeout(Duration::from_secs(20), async {
        let mut rest = tokio::io::sink();
        let (stopped, _) = tokio::join!(bank.stop(), tokio::io::copy(&mut stream, &mut rest));
        stopped
    })
    .await
    .expect("it stops")
    .unwrap();
}

#[tokio::test]
async fn answers_that_are_not_what_they_say() {
    let bank = bank().await;
    let garbage = log_in(&bank, FaultKind::Garbage).await;
    assert!(std::str::from_utf8(&garbage.body).is_err());
    assert_eq!(garbage.header("content-type"), Some("application/json"));
    let html = log_in(&bank, FaultKind::Html).await;
    assert!(html.text().starts_with("<!doctype html>"));
    let empty = log_in(&bank, FaultKind::EmptyBody).await;
    assert_eq!((empty.status, empty.body.len()), (200, 0));
    assert_eq!(bank.stats().logins(), 0);
    let redirect = log_in(&bank, FaultKind::Redirect("http://169.254.169.254/latest".into())).await;
    assert_eq!((redirect.status, redirect.header("location")), (302, Some("http://169.254.169.254/latest")));

    let labelled = log_in(&bank, FaultKind::WrongContentType).await;
    assert_eq!(labelled.header("content-type"), Some("text/html"));
    assert!(is_good(&bank, labelled.json()["data"]["token"].as_str().unwrap()).await);
    let marked = log_in(&bank, FaultKind::Bom).await;
    assert!(marked.body.starts_with(b"\xef\xbb\xbf{"));
    let trailing = log_in(&bank, FaultKind::TrailingGarbage).await.text();
    assert!(trailing.ends_with("}\n<!-- served by node 7 -->\n"), "{trailing}");
}

#[tokio::test]
async fn tokens_that_are_not_where_or_what_they_should_be() {
    let bank = bank().await;
    let elsewhere = log_in(&bank, FaultKind::TokenElsewhere).await.json();
    assert!(elsewhere["data"].is_null());
    assert!(is_good(&bank, elsewhere["result"]["session"]["id_token"].as_str().unwrap()).await);
    let twice = log_in(&bank, FaultKind::TokenTwice).await.json();
    assert_eq!(twice["data"]["token"], twice["sessions"][0]["token"]);
    assert_ne!(twice["data"]["token"], twice["sessions"][1]["token"]);
    let duplicate = log_in(&bank, FaultKind::TokenDuplicateKey).await.text();
    assert_eq!(duplicate.matches("\"token\":").count(), 2);
    assert_eq!(log_in(&bank, FaultKind::TokenNull).await.json()["data"]["token"], Value::Null);
    assert_eq!(log_in(&bank, FaultKind::TokenEmpty).await.json()["data"]["token"], "");
    assert!(log_in(&bank, FaultKind::TokenList).await.json()["data"]["token"][0].is_string());
    let split = log_in(&bank, FaultKind::TokenWithNewline).await.json();
    assert!(split["data"]["token"].as_str().unwrap().ends_with("\r\nX-Admin: 1"));
    // A refused login has no token to play with.
    bank.bank().faults().once("/login", FaultKind::TokenNumber);
    let refused = post(&bank, "/login", &json!({ "username": "alice", "password": "x" })).await;
    assert_eq!(refused.refusal(), (401, "invalid_credentials".into()));
}

#[tokio::test]
async fn a_token_of_25_digits_opens_the_api_wherever_it_stands() {
    let bank = bank().await;
    let reply = log_in(&bank, FaultKind::TokenNumber).await.text();
    let digits: String =
        reply.split("\"token\":").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 25, "{reply}");
    assert!(is_good(&bank, &digits).await);
    assert_eq!(send(&bank, "POST /me", JSON, &format!("{{\"token\":{digits}}}")).await.status, 200);
    let rounded = format!("{}0000000000", &digits[..15]);
    assert!(!is_good(&bank, &rounded).await);

    bank.bank().faults().once("/login/plain", FaultKind::TokenNumber);
    let plain = send(&bank, "POST /login/plain", FORM, "username=alice&password=wonderland").await.text();
    assert!(plain.len() == 25 && is_good(&bank, &plain).await);
}

#[tokio::test]
async fn the_switch_over_http_is_there_only_when_allowed() {
    let closed = bank().await;
    let slow = json!({ "path": "/accounts", "kind": "slow", "ms": 1, "times": 1 });
    assert_eq!(post(&closed, "/faults", &slow).await.refusal(), (404, "not_found".into()));

    let mut options = Time::new().options();
    options.allow_fault_switch = true;
    let bank = Bank::start(options).await.unwrap();
    assert_eq!(post(&bank, "/faults", &slow).await.status, 204);
    assert_eq!(
        bank.bank().faults().waiting(),
        [Fault {
            method: None,
            path: "/accounts".into(),
            kind: FaultKind::Slow(Duration::from_millis(1)),
            times: Some(1)
        }]
    );
    // Even when every path is broken.
    assert_eq!(
        post(&bank, "/faults", &json!({ "path": "*", "kind": "status", "status": 500 })).await.status,
        204
    );
    assert_eq!(send(&bank, "GET /", "", "").await.status, 500);
    assert_eq!(send(&bank, "DELETE /faults", "", "").await.status, 204);
    assert!(send(&bank, "GET /", "", "").await.text().contains("POST /faults"));
    let unknown = post(&bank, "/faults", &json!({ "path": "/", "kind": "melt" })).await;
    assert_eq!(
        (unknown.status, unknown.json()["message"].as_str()),
        (422, Some("there is no fault of this kind; GET / lists them"))
    );
    assert_eq!(post(&bank, "/faults", &json!({ "path": "/", "kind": "hang", "typo": 1 })).await.status, 422);
}

#[tokio::test]
async fn an_idle_connection_does_not_keep_the_bank_open() {
    let bank = bank().await;
    let _idle = tokio::net::TcpStream::connect(bank.addr).await.unwrap();
    send(&bank, "GET /", "", "").await;
    timeout(Duration::from_secs(20), bank.stop()).await.expect("it stops").unwrap();
}
