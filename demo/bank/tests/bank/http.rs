use std::io;

use countersign_bank::Running;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::time::Time;

/// What came back, byte by byte.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) const JSON: &str = "Content-Type: application/json\r\n";
pub(crate) const FORM: &str = "Content-Type: application/x-www-form-urlencoded\r\n";

/// A bank whose clock stands still.
pub(crate) async fn bank() -> Running {
    countersign_bank::Bank::start(Time::new().options()).await.unwrap()
}

/// Sends one request and reads to the end of the connection.
pub(crate) async fn send(bank: &Running, line: &str, headers: &str, body: &str) -> Reply {
    try_send(bank, line, headers, body).await.unwrap()
}

pub(crate) async fn try_send(bank: &Running, line: &str, headers: &str, body: &str) -> io::Result<Reply> {
    let mut stream = begin(bank, line, headers, body).await?;
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await?;
    parse(&all).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Sends one request and leaves the reading to the caller.
pub(crate) async fn begin(bank: &Running, line: &str, headers: &str, body: &str) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(bank.addr).await?;
    let length = body.len();
    let request = format!(
        "{line} HTTP/1.1\r\nHost: bank\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}

pub(crate) async fn get(bank: &Running, path: &str, token: &str) -> Reply {
    send(bank, &format!("GET {path}"), &bearer(token), "").await
}

pub(crate) async fn post(bank: &Running, path: &str, body: &Value) -> Reply {
    send(bank, &format!("POST {path}"), JSON, &body.to_string()).await
}

pub(crate) fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Logs in by `POST /login`.
pub(crate) async fn token(bank: &Running, username: &str) -> String {
    let person = countersign_bank::people().iter().find(|person| person.username == username).unwrap();
    let body = serde_json::json!({ "username": username, "password": person.password.unwrap() });
    let reply = post(bank, "/login", &body).await;
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply.json()["data"]["token"].as_str().unwrap().to_owned()
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Status and `error`, as most refusals are told by them.
    pub(crate) fn refusal(&self) -> (u16, String) {
        (self.status, self.json()["error"].as_str().unwrap_or_default().to_owned())
    }
}

fn parse(all: &[u8]) -> Option<Reply> {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&all[..end]).ok()?.to_owned();
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let mut reply = Reply { status, head, body: all[end + 4..].to_vec() };
    if reply.header("transfer-encoding") == Some("chunked") {
        reply.body = joined(&reply.body);
    }
    Some(reply)
}

fn joined(mut chunks: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = chunks.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&chunks[..end]).unwrap(), 16).unwrap();
        let data = &chunks[end + 2..];
        body.extend_from_slice(&data[..length]);
        if length == 0 {
            break;
        }
        chunks = &data[length + 2..];
    }
    body
}
