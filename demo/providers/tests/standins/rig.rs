//! A bot's server that answers as a test says, and a client.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use bytes::Bytes;
use countersign_model::Timestamp;
use countersign_providers::{Line, LineHandle, StandinOptions, Standins};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};

/// A webhook that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) method: String,
    pub(crate) query: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Got {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(&self.body).into_owned().collect()
    }

    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.form().into_iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// An answer: status, type, body.
pub(crate) type Says = (u16, &'static str, String);

/// The bot's server.
#[derive(Clone)]
pub(crate) struct Bot {
    pub(crate) addr: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    answers: Arc<Mutex<VecDeque<Says>>>,
}

impl Bot {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bot = Self { addr: listener.local_addr().unwrap(), got: Arc::default(), answers: Arc::default() };
        let serving = bot.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let bot = serving.clone();
                tokio::spawn(async move {
                    let service = service_fn(move |request| bot.clone().take(request));
                    let _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        bot
    }

    async fn take(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
        let (head, body) = request.into_parts();
        let body = body.collect().await?.to_bytes();
        self.got.lock().unwrap().push(Got {
            method: head.method.to_string(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            headers: head.headers,
            body,
        });
        let next = self.answers.lock().unwrap().pop_front();
        let (status, kind, body) = next.unwrap_or((200, "text/plain", String::new()));
        let response = Response::builder().status(status).header("content-type", kind);
        Ok(response.body(Full::new(Bytes::from(body))).unwrap())
    }

    /// What the next webhooks are answered with; 200 and nothing afterwards.
    pub(crate) fn answers(&self, answers: impl IntoIterator<Item = Says>) {
        self.answers.lock().unwrap().extend(answers);
    }

    pub(crate) fn statuses(&self, statuses: &[u16]) {
        self.answers(statuses.iter().map(|status| (*status, "text/plain", String::new())));
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    pub(crate) fn last(&self) -> Got {
        self.got().pop().expect("no webhook came")
    }

    pub(crate) fn hook(&self) -> String {
        format!("http://{}/hooks/line", self.addr)
    }
}

pub(crate) fn options() -> StandinOptions {
    let clock = Arc::new(|| Timestamp::from_secs(1_790_000_001));
    StandinOptions {
        repeats: vec![std::time::Duration::ZERO; 3],
        longest_pause: std::time::Duration::ZERO,
        ..StandinOptions::new(clock)
    }
}

/// A bot, and one line of a provider.
pub(crate) async fn rig(provider: &str) -> (Bot, Standins, LineHandle) {
    let bot = Bot::start().await;
    let standins = Standins::start(options()).await.unwrap();
    let line = standins.connect(Line::demo("line", provider, &bot.hook()).unwrap()).unwrap();
    (bot, standins, line)
}

/// The answer to a request; `Err` when there was none.
pub(crate) async fn call(
    method: &str,
    url: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Result<(u16, http::HeaderMap, String), hyper::Error> {
    let url = url::Url::parse(url).unwrap();
    let stream = TcpStream::connect((url.host_str().unwrap(), url.port().unwrap())).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let path = match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    };
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| *name == "host") {
        request = request.header("host", format!("127.0.0.1:{}", url.port().unwrap()));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = sender.send_request(request.body(Full::new(body.into())).unwrap()).await?;
    let (head, body) = response.into_parts();
    let body = body.collect().await?.to_bytes();
    Ok((head.status.as_u16(), head.headers, String::from_utf8(body.to_vec()).unwrap()))
}

pub(crate) async fn post_json(url: &str, token: &str, json: &Value) -> (u16, Value) {
    let bearer = format!("Bearer {token}");
    let headers = [("content-type", "application/json"), ("authorization", bearer.as_str())];
    let (status, _, body) = call("POST", url, &headers, json.to_string()).await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

pub(crate) async fn post_form(url: &str, basic: Option<(&str, &str)>, form: &[(&str, &str)]) -> (u16, Value) {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let (user, password) = basic.unwrap_or_default();
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
    let basic = format!("Basic {basic}");
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("authorization", basic.as_str())];
    let (status, _, body) = call("POST", url, &headers, body).await.unwrap();
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

/// The form of a value: names and kinds, without what stands in it.
pub(crate) fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut shapes: Vec<_> =
                fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect();
            shapes.sort_by(|a, b| a.0.cmp(&b.0));
            shapes.into_iter().collect()
        }
        Value::Array(items) => {
            let mut shapes: Vec<Value> = Vec::new();
            for item in items.iter().map(shape) {
                if !shapes.contains(&item) {
                    shapes.push(item);
                }
            }
            shapes.into()
        }
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        Value::Bool(_) => "flag".into(),
        Value::Null => "nothing".into(),
    }
}

pub(crate) fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
