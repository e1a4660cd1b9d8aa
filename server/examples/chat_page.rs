//! A page with the chat, a bot behind it, and nothing else: for the tests in a browser, and to look at the widget while
//! working on it. `cargo run -p countersign-server --example chat_page` writes the page's address.
//!
//! It keeps everything in memory. `POST /break-sockets` on its control address makes every later WebSocket fail, as a
//! proxy does that knows none; `POST /mend` undoes it. `GET /strict` is a page of another origin with a strict
//! content security policy.
#![expect(clippy::disallowed_methods, clippy::unwrap_used, reason = "it is a program for tests")]

use std::collections::HashMap;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use axum::{Router, serve};
use countersign_egress::{OutgoingRequest, Policy, Sending, Transport};
use countersign_model::{ChannelKind, Name, Timestamp};
use countersign_runner::{
    ChannelAccount, MemoryStore, Parts, Registry, Runner, Silent, TokioSleeper, Workers, open_keys,
};
use countersign_script::{CheckOptions, check};
use countersign_server::chat::{ChatChannel, ChatSettings, router};
use countersign_server::{App, Line, Patience, Side};
use countersign_vault::{MasterKey, MasterKeys};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const BOT: &str = include_str!("chat_page.yaml");

struct NoWire;

impl Transport for NoWire {
    fn send<'a>(&'a self, _: &'a OutgoingRequest) -> Sending<'a> {
        panic!("the bot of this page calls nobody")
    }
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
    let app = app(&address, &strict).await;

    let runner = app.runner.clone();
    tokio::spawn(async move { runner.work(Workers::default(), CancellationToken::new()).await });
    let disturbance = Arc::new(Disturbance::default());
    let chat = router(app).layer(from_fn_with_state(disturbance.clone(), disturb));
    let page = strict_page(&address);
    let control = Router::new()
        .route("/break-sockets", post(async |State(d): State<Arc<Disturbance>>| d.set(true)))
        .route("/mend", post(async |State(d): State<Arc<Disturbance>>| d.set(false)))
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
async fn disturb(State(disturbance): State<Arc<Disturbance>>, request: Request, next: Next) -> Response {
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

async fn app(address: &str, strict: &str) -> Arc<App> {
    let name = |text: &str| -> Name { text.parse().unwrap() };
    let checkup = check("chat_page.yaml", BOT, &CheckOptions::default());
    let bot = checkup.checked.unwrap_or_else(|| panic!("{:#?}", checkup.diagnostics));
    let bot = bot.bind(&Default::default(), &Default::default()).unwrap();
    let store = Arc::new(MemoryStore::new());
    let masters = MasterKeys::one(MasterKey::generate().unwrap());
    let keys = open_keys(store.as_ref(), masters, [&name("main")]).await.unwrap();
    let registry = Arc::new(Registry::new());
    registry.put_channel(ChannelAccount {
        workspace: name("main"),
        id: name("site"),
        kind: ChannelKind::Web,
        bot,
        sender: Arc::new(ChatChannel),
    });
    let now = || {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::from_secs(0).plus(since)
    };
    let numbers = AtomicU64::new(7);
    let random = Arc::new(move || numbers.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst));
    let transport: Arc<dyn Transport> = Arc::new(NoWire);
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
    let line = Line { id: name("site"), kind: ChannelKind::Web, side: Side::Chat(settings) };
    Arc::new(App {
        runner,
        workspace: name("main"),
        public_url: address.parse().unwrap(),
        channels: HashMap::from([(name("site"), Arc::new(line))]),
        transport,
        policy,
        clock: Arc::new(now),
        random,
        sleeper: Arc::new(TokioSleeper),
        patience: Patience::default(),
    })
}
