//! The least that the workload needs: what no server can do without. `countersign-load` compares servers with it.
//!
//! It verifies the signature of a webhook, has the message on disk before it is answered, calls the company, and has the
//! state and the reply on disk before the reply is sent: SQLite with full sync, one writer, commits in groups. It has no
//! queue, no dedupe, no sealing, no retries, no transcript, and one hard-coded bot. It is a limit, not a product.
//!
//! It is started as the program is: `countersign-floor serve --config FILE`, with the same file.

mod calls;
mod store;
mod talk;
mod webhook;

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use aws_lc_rs::hmac;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::talk::Talk;

/// What it takes from the configuration of the program.
struct Settings(HashMap<String, String>);

impl Settings {
    fn read(path: &str) -> Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("{path} cannot be read"))?;
        let pairs = text.lines().filter_map(|line| {
            let (name, value) = line.split_once(" = ")?;
            Some((name.to_owned(), value.trim().trim_matches('"').to_owned()))
        });
        Ok(Self(pairs.collect()))
    }

    fn text(&self, name: &str) -> Result<&str> {
        self.0.get(name).map(String::as_str).with_context(|| format!("the configuration has no `{name}`"))
    }

    fn address(&self, name: &str) -> Result<SocketAddr> {
        let text = self.text(name)?;
        text.trim_start_matches("http://").parse().with_context(|| format!("`{name}` is no address"))
    }
}

fn main() -> Result<()> {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let [serve, config, path] = words.as_slice() else { bail!("countersign-floor serve --config FILE") };
    if serve != "serve" || config != "--config" {
        bail!("countersign-floor serve --config FILE");
    }
    let settings = Settings::read(path)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, serve_webhooks(&settings))
}

async fn serve_webhooks(settings: &Settings) -> Result<()> {
    let listener = TcpListener::bind(settings.address("listen")?).await?;
    let key = hmac::Key::new(hmac::HMAC_SHA256, settings.text("app_secret")?.as_bytes());
    let key = Rc::new(key);
    let talk = Rc::new(Talk::open(settings)?);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (talk, key) = (talk.clone(), key.clone());
        tokio::task::spawn_local(async move {
            let service = hyper::service::service_fn(move |request| {
                let (talk, key) = (talk.clone(), key.clone());
                async move { Ok::<_, Infallible>(answer(request, &talk, &key).await) }
            });
            // A connection that breaks is no fault of the server.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn answer(request: Request<Incoming>, talk: &Rc<Talk>, key: &hmac::Key) -> Response<Full<Bytes>> {
    let status = match request.uri().path() {
        "/healthz" => StatusCode::OK,
        _ => {
            let signature = request.headers().get("x-hub-signature-256").cloned();
            let Ok(body) = request.into_body().collect().await else { return said(StatusCode::BAD_REQUEST) };
            let body = body.to_bytes();
            match signature.is_some_and(|signature| webhook::is_signed(&body, signature.as_bytes(), key)) {
                false => StatusCode::UNAUTHORIZED,
                true => talk.hear(&body).await,
            }
        }
    };
    said(status)
}

fn said(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    response
}
