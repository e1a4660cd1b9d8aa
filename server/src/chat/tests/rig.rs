use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::serve::ListenerExt as _;
use countersign_egress::{OutgoingRequest, Policy, Sending, Transport};
use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_runner::{
    ChannelAccount, MemoryStore, Parts, Registry, Runner, Silent, TokioSleeper, open_keys,
};
use countersign_script::{CheckOptions, Runnable, check};
use countersign_vault::{MasterKey, MasterKeys};
use futures_util::{SinkExt as _, StreamExt as _};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::app::{App, Line, Side};
use crate::chat::limits::Limits;
use crate::chat::token::{Keys, SystemKeys};
use crate::chat::{ChatChannel, ChatSettings, routes};
use crate::voice::Patience;

pub(super) const PAGE: &str = "https://shop.example";

/// A bot with everything that a chat can show.
pub(super) const BOT: &str = r#"
countersign: 1
bot: shop
name: Shop
language: en
scripts:
  - id: welcome
    triggers: [{ on: first_message }]
    steps:
      - message: "Welcome."
  - id: menu
    triggers: [menu]
    steps:
      - options: "Which one?"
        choices:
          - { label: "Tea", go: tea }
          - { label: "Coffee", go: coffee }
  - id: tea
    triggers: [tea]
    steps:
      - message: "Here is your tea."
  - id: coffee
    triggers: [coffee]
    steps:
      - message: "Here is your coffee."
  - id: many
    triggers: [many]
    steps:
      - message: "One."
      - message: "Two."
      - message: "Three."
"#;

/// A bot that logs its users in.
pub(super) const BANK: &str = r#"
countersign: 1
bot: bank
name: Bank
language: en
authorization_tokens:
  - id: login
    url: "https://auth.bank.example/login"
    questions:
      - { question: "Password?", field: password, secret: true }
    ttl: 900
    is_json: true
    token_path: token
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - message: "One moment."
      - auth_token: login
      - message: "You are in."
"#;

/// No bot of these tests calls anybody.
struct NoWire;

impl Transport for NoWire {
    fn send<'a>(&'a self, _: &'a OutgoingRequest) -> Sending<'a> {
        panic!("nothing may be sent")
    }
}

pub(super) struct Rig {
    pub(super) app: Arc<App>,
    pub(super) store: Arc<MemoryStore>,
    clock: Arc<AtomicI64>,
    address: String,
    router: Router,
    pub(super) stop: CancellationToken,
}

/// What a rig is made with.
pub(super) struct Plan {
    pub(super) kind: ChannelKind,
    pub(super) settings: ChatSettings,
    pub(super) bot: &'static str,
    pub(super) limits: Limits,
    pub(super) keys: Arc<dyn Keys>,
}

impl Default for Plan {
    fn default() -> Self {
        let settings =
            ChatSettings { origins: vec![PAGE.into()], greeting: false, ..ChatSettings::default() };
        Self {
            kind: ChannelKind::Web,
            settings,
            bot: BOT,
            limits: Limits::default(),
            keys: Arc::new(SystemKeys),
        }
    }
}

pub(super) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(super) fn bot(text: &str) -> Runnable {
    let checkup = check("bot.yaml", text, &CheckOptions::default());
    let checked = checkup.checked.unwrap_or_else(|| panic!("{:#?}", checkup.diagnostics));
    checked.bind(&Default::default(), &Default::default()).unwrap()
}

impl Rig {
    pub(super) async fn new(plan: Plan) -> Self {
        let store = Arc::new(MemoryStore::new());
        let masters = MasterKeys::one(MasterKey::generate().unwrap());
        let keys = open_keys(store.as_ref(), masters, [&name("main")]).await.unwrap();
        let registry = Arc::new(Registry::new());
        registry.put_channel(ChannelAccount {
            workspace: name("main"),
            id: name("site"),
            kind: plan.kind,
            bot: bot(plan.bot),
            sender: Arc::new(ChatChannel),
        });
        let clock = Arc::new(AtomicI64::new(Timestamp::from_secs(1_800_000_000).as_micros()));
        let (time, numbers) = (clock.clone(), AtomicU64::new(7));
        let now = Arc::new(move || Timestamp::from_micros(time.load(Ordering::SeqCst)));
        let random = Arc::new(move || numbers.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst));
        let transport: Arc<dyn Transport> = Arc::new(NoWire);
        let runner = Runner::new(Parts {
            store: store.clone(),
            keys,
            transport: transport.clone(),
            policy: Arc::new(Policy::default()),
            registry,
            clock: now.clone(),
            sleeper: Arc::new(TokioSleeper),
            random: random.clone(),
            observer: Arc::new(Silent),
        });
        let line = Line {
            workspace: name("main"),
            id: name("site"),
            kind: plan.kind,
            side: Side::Chat(plan.settings),
            sender: None,
            in_file: true,
            wanted: None,
        };
        let app = Arc::new(App {
            runner,
            workspace: name("main"),
            public_url: "https://bot.example".parse().unwrap(),
            channels: crate::app::Channels::new([line]),
            transport,
            policy: Arc::new(Policy::default()),
            clock: now,
            random,
            sleeper: Arc::new(TokioSleeper),
            patience: Patience::default(),
        });
        let stop = CancellationToken::new();
        let router = routes(app.clone(), plan.limits, plan.keys, stop.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let listener = listener.tap_io(|socket| socket.set_nodelay(true).unwrap());
        tokio::spawn(axum::serve(listener, router.clone()).into_future());
        Self { app, store, clock, address, router, stop }
    }

    pub(super) fn pass(&self, time: Duration) {
        self.clock.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// Lets the bot answer what came in.
    pub(super) async fn work(&self) {
        self.app.runner.run_until_idle().await.unwrap();
    }

    pub(super) fn publish(&self, text: &str) {
        assert!(self.app.runner.registry().publish(&name("main"), &name("site"), bot(text)));
    }

    /// A request from the page, with the token if there is one.
    pub(super) async fn ask(&self, method: &str, path: &str, token: &str, body: &str) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path).header("origin", PAGE);
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let response = self.answer(request.body(Body::from(body.to_owned())).unwrap()).await;
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub(super) async fn answer(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub(super) async fn token(&self) -> String {
        let (status, body) = self.ask("POST", "/chat/site/session", "", "").await;
        assert_eq!(status, 201, "{body}");
        body["token"].as_str().unwrap().to_owned()
    }

    /// A WebSocket that has said nothing yet.
    pub(super) async fn socket(&self) -> Client {
        self.socket_from(Some(PAGE)).await.unwrap()
    }

    pub(super) async fn socket_from(&self, origin: Option<&str>) -> Result<Client, Error> {
        let mut request = format!("ws://{}/chat/site", self.address).into_client_request()?;
        let headers = request.headers_mut();
        headers.insert("sec-websocket-protocol", "countersign.v1".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert("origin", origin.parse().unwrap());
        }
        let (socket, response) = connect_async(request).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "countersign.v1");
        Ok(Client { socket })
    }

    /// A WebSocket that is through with what was said before, and that.
    pub(super) async fn connect(&self, token: &str, since: u64) -> (Client, Vec<Value>) {
        let mut client = self.socket().await;
        client.send(&json!({"t": "hello", "v": 1, "token": token, "since": since})).await;
        let before = client.until("live").await;
        (client, before)
    }
}

pub(super) struct Client {
    pub(super) socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Client {
    pub(super) async fn send(&mut self, frame: &Value) {
        self.raw(&frame.to_string()).await;
    }

    pub(super) async fn raw(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// The next frame; `None` when the server has closed.
    pub(super) async fn next(&mut self) -> Option<Value> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_) | Err(_)) | None => return None,
            }
        }
    }

    /// All frames up to the first of that kind.
    pub(super) async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            let frame = self.next().await.unwrap_or_else(|| panic!("closed after {frames:?}"));
            let done = frame["t"] == kind;
            frames.push(frame);
            if done {
                return frames;
            }
        }
    }

    /// Sends a text and gives the answer to it.
    pub(super) async fn say(&mut self, cid: &str, text: &str) -> Value {
        self.send(&json!({"t": "text", "cid": cid, "text": text})).await;
        self.until("accepted").await.pop().unwrap()
    }

    /// Up to when the bot has done its work.
    pub(super) async fn rest(&mut self) -> Vec<String> {
        loop {
            let frames = self.until("typing").await;
            if frames.last().unwrap()["on"] == false {
                return texts(&frames);
            }
        }
    }
}

/// The rows among some frames, as `from: text`.
pub(super) fn texts(frames: &[Value]) -> Vec<String> {
    let rows = frames.iter().filter(|frame| frame["t"] == "row");
    rows.map(|row| format!("{}: {}", row["from"].as_str().unwrap(), row["text"].as_str().unwrap_or("-")))
        .collect()
}

/// Gives random bytes that are known.
pub(super) struct Counting(pub(super) Mutex<u8>);

impl Keys for Counting {
    fn fill(&self, bytes: &mut [u8]) -> bool {
        let mut number = self.0.lock().unwrap();
        *number += 1;
        bytes.fill(*number);
        true
    }
}
