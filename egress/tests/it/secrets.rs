use std::time::Duration;

use countersign_egress::{EgressError, Method, OutgoingRequest, Transport};

use crate::server::Server;
use crate::{client, policy};

const CANARY: &str = "CANARY-hunter2";

/// Every way to fail, with a secret in each part of the request and of the answer.
#[tokio::test]
async fn no_error_shows_a_secret() {
    let echo = format!("X-Echo: {CANARY}\r\n");
    let answers = [
        String::new(),
        format!("{CANARY}\r\n\r\n"),
        format!("HTTP/1.1 307 {CANARY}\r\nLocation: https://evil.example/{CANARY}\r\n{echo}\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: {CANARY}\r\n{echo}\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n{echo}\r\n{CANARY}"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n{echo}\r\n{CANARY}"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: {CANARY}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n"),
        format!("HTTP/1.1 200 OK\r\n\r\n{}", CANARY.repeat(10_000)),
        format!("HTTP/1.1 200 OK\r\n{}\r\n", echo.repeat(200)),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 14\r\n{echo}\r\n{CANARY}"),
    ];
    let mut failed = 0;
    for answer in answers {
        let server = Server::answering(answer).await;
        failed += usize::from(send(&server, Duration::from_secs(10)).await);
    }
    assert_eq!(failed, 10, "all but the last one fail");
    let silent = Server::start(|stream| async move {
        std::future::pending::<()>().await;
        Some(stream)
    })
    .await;
    assert!(send(&silent, Duration::from_millis(100)).await);
}

/// Whether it failed. What can be shown is looked through either way.
async fn send(server: &Server, time: Duration) -> bool {
    let client = client(server);
    let url = server.url(&format!("/{CANARY}?p={CANARY}"));
    let request = OutgoingRequest::builder(Method::Post, url.parse().unwrap(), url.as_str().into())
        .header("X-Api-Key", CANARY.into())
        .header("Authorization", format!("Bearer {CANARY}").into())
        .body("application/json", format!("{{\"password\":\"{CANARY}\"}}").into())
        .timeout(time)
        .build(client.policy())
        .unwrap();
    let result = client.send(&request).await;
    let mut shown = format!("{client:?} {client:#?} {request:?} {request:#?} {result:?} {result:#?}");
    if let Err(error) = &result {
        shown.push_str(&error.to_string());
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            shown.push_str(&format!("{cause} {cause:?}"));
            source = cause.source();
        }
    }
    assert!(!shown.contains("CANARY") && !shown.contains("hunter2"), "{shown}");
    assert!(server.requests()[0].contains(CANARY), "it was in the request");
    result.is_err()
}

#[tokio::test]
async fn no_refusal_shows_a_secret() {
    let server = Server::answering("").await;
    let policy = policy(&server);
    let origin = || "https://bank.example/".parse().unwrap();
    let build = |url: String| OutgoingRequest::builder(Method::Get, origin(), url.into());
    let good = || build(format!("https://bank.example/{CANARY}"));
    let requests = [
        build(format!("https://{CANARY}.example/")),
        build(format!("https://{CANARY}@bank.example/")),
        build(format!("https://bank.example/#{CANARY}")),
        build(format!("https://bank.example/\n{CANARY}")),
        build(CANARY.to_owned()),
        build(format!("{CANARY}://bank.example/")),
        good().header("X-Token", format!("{CANARY}\r\n").into()),
        good().header("X-Token", CANARY.repeat(1000).into()),
        good().header("Host", CANARY.into()),
        good().body("text/plain", CANARY.repeat(100_000).into()),
        good().timeout(Duration::ZERO),
    ];
    for request in requests {
        let refusal = request.build(&policy).unwrap_err();
        let shown = format!("{refusal} {refusal:?} {:?}", EgressError::from(refusal.clone()));
        assert!(!shown.to_ascii_lowercase().contains("canary"), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
