//! A page with the chat, a bot behind it, and nothing else: for the tests in a browser, and to look at the widget while
//! working on it. `cargo run -p countersign-server --example chat_page` writes the page's address.
//!
//! It keeps everything in memory. `POST /break-sockets` on its control address makes every later WebSocket fail, as a
//! proxy does that knows none; `POST /mend` undoes it. `GET /strict` is a page of another origin with a strict
//! content security policy. `POST /say` writes its body in a conversation on WhatsApp with a bot that logs in on a page, and
//! is answered with what that bot says: a link's address, or a text.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "it is a program for tests")]

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Router, serve};
use countersign_egress::{IncomingResponse, OutgoingRequest, Policy, Sending, Transport};
use countersign_model::{ChannelKind, Contact, Name, OutMessage, Reply, Timestamp};
use countersign_runner::{
    Channel, ChannelAccount, ConversationKey, Delivery, Event, Inbound, MemoryStore, Parts, Registry, Runner,
    SendError, Silent, TokioSleeper, Workers, open_keys,
};
use countersign_script::{CheckOptions, Runnable, check};
use countersign_server::chat::{ChatChannel, ChatSettings, router};
use countersign_server::{App, Channels, Line, Patience, Side};
use countersign_vault::{MasterKey, MasterKeys};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const BOT: &str = include_str!("chat_page.yaml");

/// A bot that logs in on a page.
const LOGIN: &str = r#"
countersign: 1
bot: bank
name: Demo Bank
languages: [en, es]
authorization_tokens:
  - id: login
    url: "https://bank.example/login"
    ask: secure_page
    questions:
      - { question: { en: "E-mail address", es: "Correo electrónico" }, field: username, kind: email }
      - { question: { en: "Password", es: "Contraseña" }, field: password, secret: true }
    is_json: true
    token_path: token
scripts:
  - id: main
    triggers: [go, { on: fallback }]
    steps:
      - auth_token: login
      - message: { en: "You are in.", es: "Ya está." }
"#;

/// A bank that knows one password.
struct Bank;

impl Transport for Bank {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let good = request.body().is_some_and(|body| body.expose().contains("wonderland"));
        let (status, body) = if good { (200, "{\"token\":\"t\"}") } else { (401, "{}") };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Box::pin(async move { Ok(IncomingResponse::new(status, headers, body.into())) })
    }
}

/// What the bot on WhatsApp has said.
#[derive(Default)]
struct Phone {
    said: Mutex<Vec<String>>,
    news: Notify,
    messages: AtomicU64,
}

#[async_trait]
impl Channel for Phone {
    async fn deliver(&self, _: &ConversationKey, delivery: &Delivery, _: u32) -> Result<(), SendError> {
        if let Delivery::Say(message) = delivery {
            let said = match message {
                OutMessage::Link { url, .. } => url.clone(),
                other => format!("{other:?}"),
            };
            self.said.lock().unwrap().push(said);
            self.news.notify_one();
        }
        Ok(())
    }
}

impl Phone {
    /// `15550112: go` is said by whoever has that number.
    async fn say(&self, runner: &Runner, text: &str) -> String {
        let (number, text) = text.split_once(": ").unwrap();
        let (number, language) = number.split_once('/').unwrap_or((number, "en"));
        self.said.lock().unwrap().clear();
        let conversation =
            ConversationKey { workspace: name("main"), channel: name("wa"), address: number.to_owned() };
        let id = self.messages.fetch_add(1, Ordering::SeqCst).to_string();
        let contact = Contact { address: number.to_owned(), language: Some(language.to_owned()), name: None };
        let event = Event::Reply(Reply::text(text));
        runner.ingest(vec![Inbound { conversation, id, contact, event }]).await.unwrap();
        loop {
            let said = self.said.lock().unwrap().pop();
            match said {
                Some(said) => return said,
                None => self.news.notified().await,
            }
        }
    }
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn bot(file: &str, text: &str) -> Runnable {
    let checkup = check(file, text, &CheckOptions::default());
    let bot = checkup.checked.unwrap_or_else(|| panic!("{:#?}", checkup.diagnostics));
    bot.bind(&Default::default(), &Default::default()).unwrap()
}

/// What a test does to the server.
#[derive(Default)]
struct Disturbance {
    sockets_fail: AtomicBool,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    // For a browser `localhost` is another origin than `127.0.0.1`, and another site.
    let strict = format!("http://localhost:{}", other.local_addr().unwrap().port());
    let phone = Arc::new(Phone::default());
    let app = app(&address, &strict, phone.clone()).await;

    let runner = app.runner.clone();
    tokio::spawn(async move { runner.work(Workers::default(), CancellationToken::new()).await });
    let disturbance = Arc::new(Disturbance::default());
    let speaking = app.runner.clone();
    let chat = router(app).layer(from_fn_with_state(disturbance.clone(), disturb));
    let page = strict_page(&address);
    let control = Router::new()
        .route("/break-sockets", post(async |State(d): State<Arc<Disturbance>>| d.set(true)))
        .route("/mend", post(async |State(d): State<Arc<Disturbance>>| d.set(false)))
        .route("/say", post(async move |body: String| phone.say(&speaking, &body).await))
        .route("/strict", get(async move || page))
        .with_state(disturbance);

    let mut out = std::io::stdout();
    writeln!(out, "{{\"page\":\"{address}/demo\",\"control\":\"{strict}\",\"strict\":\"{strict}/strict\"}}")
        .unwrap();
    out.flush().unwrap();
    let quick = |listener: TcpListener| listener.tap_io(|socket| socket.set_nodelay(true).unwrap());
    let (one, two) = tokio::join!(serve(quick(listener), chat), serve(quick(other), control));
    one.and(two).unwrap();
}

impl Disturbance {
    fn set(&self, fail: bool) {
        self.sockets_fail.store(fail, Ordering::SeqCst);
    }
}

/// A proxy that lets no WebSocket through.
async fn disturb(State(disturbance): State<Arc<Disturbance>>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(ConnectInfo::<IpAddr>(Ipv4Addr::LOCALHOST.into()));
    let upgrade = request.headers().contains_key(header::UPGRADE);
    if upgrade && disturbance.sockets_fail.load(Ordering::SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    next.run(request).await
}

/// A page that allows what it must and nothing more, as docs/channels/web.md tells its owner.
fn strict_page(server: &str) -> (HeaderMap, Html<String>) {
    let socket = server.replace("http:", "ws:");
    let policy = format!(
        "default-src 'none'; script-src {server}; connect-src {server} {socket}; base-uri 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    );
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.parse().unwrap());
    let page = format!(
        "<!doctype html><html lang=\"en\"><title>Strict</title><h1>A strict page</h1>\
         <script src=\"{server}/widget.js\" data-channel=\"site\" data-heading=\"Strict\" async></script></html>"
    );
    (headers, Html(page))
}

async fn app(address: &str, strict: &str, phone: Arc<Phone>) -> Arc<App> {
    let store = Arc::new(MemoryStore::new());
    let masters = MasterKeys::one(MasterKey::generate().unwrap());
    let keys = open_keys(store.as_ref(), masters, [&name("main")]).await.unwrap();
    let registry = Arc::new(Registry::new());
    registry.put_channel(ChannelAccount {
        workspace: name("main"),
        id: name("site"),
        kind: ChannelKind::Web,
        bot: bot("chat_page.yaml", BOT),
        sender: Arc::new(ChatChannel),
    });
    registry.put_channel(ChannelAccount {
        workspace: name("main"),
        id: name("wa"),
        kind: ChannelKind::Whatsapp,
        bot: bot("login.yaml", LOGIN),
        sender: phone,
    });
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::from_secs(0).plus(since)
    };
    let numbers = AtomicU64::new(7);
    let random = Arc::new(move || numbers.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst));
    let transport: Arc<dyn Transport> = Arc::new(Bank);
    let policy = Arc::new(Policy::default());
    let runner = Runner::new(Parts {
        store,
        keys,
        transport: transport.clone(),
        policy: policy.clone(),
        registry,
        clock: Arc::new(now),
        sleeper: Arc::new(TokioSleeper),
        random: random.clone(),
        observer: Arc::new(Silent),
    });
    let settings = ChatSettings {
        origins: vec![strict.to_owned()],
        title: "Demo Shop".into(),
        demo_page: true,
        ..ChatSettings::default()
    };
    let line = Line {
        workspace: name("main"),
        id: name("site"),
        kind: ChannelKind::Web,
        side: Side::Chat(settings),
        sender: None,
        in_file: true,
        wanted: None,
    };
    Arc::new(App {
        runner,
        workspace: name("main"),
        public_url: address.parse().unwrap(),
        channels: Channels::new([line]),
        transport,
        policy,
        clock: Arc::new(now),
        random,
        sleeper: Arc::new(TokioSleeper),
        patience: Patience::default(),
    })
}
