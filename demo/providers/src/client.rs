use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::Method;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use url::Url;

/// A webhook on its way.
pub(crate) struct Outgoing<'a> {
    pub(crate) method: Method,
    pub(crate) url: &'a Url,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

/// What the bot's server answered.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Bytes,
}

/// There was no answer: no connection, an end in the middle, or none in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoAnswer {
    /// Nothing was sent.
    Unreachable,
    /// It may have arrived.
    Lost,
}

/// Sends webhooks over plain HTTP/1.1, and keeps connections for the next ones.
#[derive(Default)]
pub(crate) struct Client {
    idle: Mutex<HashMap<String, Vec<SendRequest<Full<Bytes>>>>>,
}

impl Client {
    pub(crate) async fn send(
        &self,
        outgoing: &Outgoing<'_>,
        patience: Duration,
    ) -> Result<Answered, NoAnswer> {
        tokio::time::timeout(patience, self.exchange(outgoing)).await.unwrap_or(Err(NoAnswer::Lost))
    }

    async fn exchange(&self, outgoing: &Outgoing<'_>) -> Result<Answered, NoAnswer> {
        let Some(host) = outgoing.url.host_str().filter(|_| outgoing.url.scheme() == "http") else {
            return Err(NoAnswer::Unreachable);
        };
        let authority = format!("{host}:{}", outgoing.url.port_or_known_default().unwrap_or(80));
        // A connection that was kept may just be closing; then nothing was sent and a new one is made.
        while let Some(mut kept) = self.kept(&authority) {
            if kept.ready().await.is_ok()
                && let Ok(answer) = self.over(&mut kept, outgoing, &authority).await
            {
                self.keep(authority, kept);
                return Ok(answer);
            }
        }
        let stream = TcpStream::connect(&authority).await.map_err(|_| NoAnswer::Unreachable)?;
        // Without it nothing breaks.
        let _ = stream.set_nodelay(true);
        let (mut fresh, connection) =
            handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer::Unreachable)?;
        tokio::spawn(connection);
        let answer = self.over(&mut fresh, outgoing, &authority).await.map_err(|_| NoAnswer::Lost)?;
        self.keep(authority, fresh);
        Ok(answer)
    }

    async fn over(
        &self,
        connection: &mut SendRequest<Full<Bytes>>,
        outgoing: &Outgoing<'_>,
        authority: &str,
    ) -> Result<Answered, NoAnswer> {
        let url = outgoing.url;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let mut request =
            http::Request::builder().method(outgoing.method.clone()).uri(path).header("host", authority);
        for (name, value) in &outgoing.headers {
            request = request.header(*name, value);
        }
        let request = request.body(Full::new(outgoing.body.clone())).map_err(|_| NoAnswer::Unreachable)?;
        let response = connection.send_request(request).await.map_err(|_| NoAnswer::Lost)?;
        let status = response.status().as_u16();
        let content_type = response.headers().get("content-type").and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_owned();
        let body = response.into_body().collect().await.map_err(|_| NoAnswer::Lost)?.to_bytes();
        Ok(Answered { status, content_type, body })
    }

    fn kept(&self, authority: &str) -> Option<SendRequest<Full<Bytes>>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let of_host = idle.get_mut(authority)?;
        while let Some(kept) = of_host.pop() {
            if !kept.is_closed() {
                return Some(kept);
            }
        }
        None
    }

    fn keep(&self, authority: String, connection: SendRequest<Full<Bytes>>) {
        if !connection.is_closed() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.entry(authority).or_default().push(connection);
        }
    }
}
