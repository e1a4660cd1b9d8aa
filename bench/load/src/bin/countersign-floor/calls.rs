//! Requests of the company and of the provider, over kept connections.

use std::cell::RefCell;
use std::net::SocketAddr;

use anyhow::{Result, bail};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::Request;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// One server and the connections to it that nobody uses.
pub(crate) struct Peer {
    address: SocketAddr,
    host: String,
    idle: RefCell<Vec<SendRequest<Full<Bytes>>>>,
}

impl Peer {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, host: address.to_string(), idle: RefCell::default() }
    }

    /// Sends JSON and gives the body of the answer.
    pub(crate) async fn call(&self, method: &str, path: &str, bearer: &str, body: String) -> Result<Bytes> {
        let kept = self.idle.borrow_mut().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", &self.host)
            .header("content-type", "application/json");
        if !bearer.is_empty() {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        connection.ready().await?;
        let response = connection.send_request(request.body(Full::from(body))?).await?;
        if !response.status().is_success() {
            bail!("refused with {}", response.status());
        }
        let answer = response.into_body().collect().await?.to_bytes();
        self.idle.borrow_mut().push(connection);
        Ok(answer)
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::task::spawn_local(connection);
        Ok(sender)
    }
}
