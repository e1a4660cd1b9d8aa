//! A service that lets one user in: `alice` with the password `wonderland`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};

pub(super) const PASSWORD: &str = "wonderland";

/// Starts it on a free port; it ends with the test.
pub(super) fn start() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(stream).unwrap_or(())));
    address
}

fn answer(stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(&stream);
    let (mut first, mut length, mut authorized) = (String::new(), 0, false);
    reader.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        authorized |= line == "authorization: bearer t-canary";
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let known = String::from_utf8_lossy(&body).contains(PASSWORD);
    let (status, body) = match first.split(' ').nth(1) {
        Some("/login") if known => ("200 OK", r#"{"data":{"token":"T-canary"}}"#),
        Some("/balance") if authorized => ("200 OK", r#"{"balance":{"amount":12.50}}"#),
        _ => ("401 Unauthorized", "{}"),
    };
    write!(
        &stream,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
