//! As much HTTP/1.1 as both sides here speak: kept connections, bodies with a length.

use std::future::Future;
use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Result, bail};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A message that was read: its first line, its header, its body.
pub struct Message {
    bytes: Vec<u8>,
    head: usize,
    end: usize,
}

impl Message {
    /// The words of the first line.
    pub fn first_line(&self) -> [&str; 3] {
        let line = self.head().lines().next().unwrap_or_default();
        let mut words = line.splitn(3, ' ');
        std::array::from_fn(|_| words.next().unwrap_or_default())
    }

    /// A header line.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head().lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.bytes[self.head..self.end]
    }

    fn head(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.head]).unwrap_or_default()
    }
}

/// One connection and what was read of it too early.
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(to: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(to).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(2048) })
    }

    /// Sends bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes).await?)
    }

    /// The next message; `None` when the other side has closed between two.
    pub async fn read(&mut self) -> Result<Option<Message>> {
        loop {
            if let Some((head, end)) = extent(&self.buffer)? {
                let rest = self.buffer.split_off(end);
                let bytes = std::mem::replace(&mut self.buffer, rest);
                return Ok(Some(Message { bytes, head, end }));
            }
            self.buffer.reserve(2048);
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                if self.buffer.is_empty() {
                    return Ok(None);
                }
                bail!("the connection ended in the middle of a message");
            }
        }
    }
}

/// Where the head and the whole of the first message end, when all of it is there.
fn extent(buffer: &[u8]) -> Result<Option<(usize, usize)>> {
    let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { return Ok(None) };
    let head = at + 4;
    let text = std::str::from_utf8(&buffer[..head])?;
    let mut length = 0;
    for line in text.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse()?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            bail!("a chunked body is not understood");
        }
    }
    let end = head + length;
    Ok((buffer.len() >= end).then_some((head, end)))
}

/// An answer with a body of JSON.
pub fn answer(status: u16, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Answers every request of every connection.
pub fn serve<F, A>(listener: TcpListener, handle: F)
where
    F: Fn(Message) -> A + 'static,
    A: Future<Output = Vec<u8>> + 'static,
{
    let handle = Rc::new(handle);
    tokio::task::spawn_local(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let handle = handle.clone();
            tokio::task::spawn_local(async move {
                let _ = stream.set_nodelay(true);
                let mut connection = Connection { stream, buffer: Vec::with_capacity(2048) };
                while let Ok(Some(request)) = connection.read().await {
                    if connection.write(&handle(request).await).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
}
