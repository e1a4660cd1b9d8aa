//! A server that repeats everything that it is told, wherever an answer has room: body, headers, the words beside the
//! status, the address of a redirect. It runs on threads of its own, so that the logs are those of the caller alone.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use super::canary::{REFRESH, TOKEN, json_ascii};

/// A running server.
pub(super) struct Parrot {
    pub(super) addr: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// What the next requests are answered with; [`Answer::Good`] when nothing is left.
    next: Mutex<Vec<Answer>>,
    received: Mutex<Vec<u8>>,
}

/// How a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// With tokens, and everything repeated beside them.
    Good,
    /// With this status, and everything repeated.
    Status(u16),
    /// The same as plain text.
    Text(u16),
    /// With JSON in which the token is not where it should be.
    Elsewhere,
    /// With a token that cannot be sent.
    BrokenToken,
    /// With something that begins like JSON.
    HalfJson,
    /// With a redirect whose address has everything in it.
    Redirect,
    /// With a status line that is none.
    Gibberish,
    /// With a header line that is none.
    BadHeader,
    /// Not at all.
    Silence,
    /// By hanging up.
    HangUp,
}

impl Answer {
    /// Every kind of failure.
    pub(super) const FAILURES: [Self; 15] = [
        Self::Status(400),
        Self::Status(401),
        Self::Status(403),
        Self::Status(422),
        Self::Status(429),
        Self::Status(500),
        Self::Text(401),
        Self::Elsewhere,
        Self::BrokenToken,
        Self::HalfJson,
        Self::Redirect,
        Self::Gibberish,
        Self::BadHeader,
        Self::Silence,
        Self::HangUp,
    ];
}

impl Parrot {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let known = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let known = known.clone();
                std::thread::spawn(move || known.serve(stream));
            }
        });
        Self { addr, shared }
    }

    /// The next request is answered so.
    pub(super) fn answers(&self, answer: Answer) {
        self.shared.next.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
    }

    /// Everything that came in.
    pub(super) fn received(&self) -> Vec<u8> {
        self.shared.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    /// One request a connection.
    fn serve(&self, mut stream: TcpStream) {
        let Some((head, body)) = read(&mut stream) else { return };
        let whole = format!("{head}\r\n\r\n{body}");
        self.received.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(whole.as_bytes());
        let answer = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            if next.is_empty() { Answer::Good } else { next.remove(0) }
        };
        let answer = match answer {
            Answer::Silence => {
                // Until the caller has had enough.
                let _ = stream.read(&mut [0; 1]);
                return;
            }
            Answer::HangUp => return,
            other => written(other, &head, &body),
        };
        let _ = stream.write_all(answer.as_bytes());
    }
}

fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = stream.read(&mut piece).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        if body.len() >= length.unwrap_or(0) {
            return Some((head.to_owned(), body.to_owned()));
        }
    }
}

fn written(answer: Answer, head: &str, body: &str) -> String {
    let target = head.split(' ').nth(1).unwrap_or("/");
    let visible = visible(&format!("{target} {body} {}", TOKEN.text));
    let parroted = parroted(head, body);
    let gives_tokens = target == "/login" || target == "/refresh";
    let tokens = if gives_tokens {
        format!(
            "{{\"data\":{{\"token\":{},\"refresh\":{},\"expires_in\":300}},\"echo\":{parroted}}}",
            json(TOKEN.text),
            json(REFRESH.text)
        )
    } else {
        format!("{{\"echo\":{parroted}}}")
    };
    let (status, kind, body) = match answer {
        Answer::Status(status) => {
            (status, "application/json", format!("{{\"error\":\"no\",\"echo\":{parroted}}}"))
        }
        Answer::Text(status) => (status, "text/plain", format!("refused: {head} {body}")),
        Answer::Elsewhere => {
            (200, "application/json", format!("{{\"session\":{{\"id_token\":{parroted}}}}}"))
        }
        Answer::BrokenToken => {
            let token = json(&format!("{}\r\nX-Evil: {body}", TOKEN.text));
            (200, "application/json", format!("{{\"data\":{{\"token\":{token}}},\"echo\":{parroted}}}"))
        }
        Answer::HalfJson => (200, "application/json", format!("{{\"data\":{{\"token\":{parroted},")),
        Answer::Redirect => {
            return format!(
                "HTTP/1.1 302 Found\r\nlocation: /next?{visible}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
        }
        Answer::Gibberish => return format!("{body} {head} {}\r\n\r\n", TOKEN.text),
        Answer::BadHeader => {
            return format!("HTTP/1.1 200 OK\r\n{visible}\r\n: {}\r\n\r\n{parroted}", TOKEN.text);
        }
        Answer::Good | Answer::Silence | Answer::HangUp => (200, "application/json", tokens),
    };
    format!(
        "HTTP/1.1 {status} {visible}\r\ncontent-type: {kind}\r\nx-echo: {visible}\r\nset-cookie: t={visible}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

/// What was told, in several spellings: as JSON, as JSON in ASCII, and as it is in lines.
fn parroted(head: &str, body: &str) -> String {
    let bearer = head.lines().filter_map(|line| line.split_once(": ")).map(|(_, value)| value);
    let mut all: Vec<String> = bearer.map(json).collect();
    all.push(json(head));
    all.push(json(body));
    if let Ok(serde_json::Value::Object(fields)) = serde_json::from_str(body) {
        for value in fields.values().filter_map(serde_json::Value::as_str) {
            all.push(json(value));
            all.push(json_ascii(&json(value), false));
            all.push(json(value).replace('/', "\\/"));
        }
    }
    format!("[{}]", all.join(","))
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

/// As a header can carry it.
fn visible(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_graphic() { c } else { '_' }).take(2000).collect()
}
