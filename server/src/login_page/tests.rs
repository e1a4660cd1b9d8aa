use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use countersign_egress::{IncomingResponse, OutgoingRequest, Policy, Sending, Transport};
use countersign_model::{ChannelKind, Contact, Name, OutMessage, Reply, Timestamp};
use countersign_runner::{
    Channel, ChannelAccount, ConversationKey, Delivery, Event, Inbound, MemoryStore, Parts, Registry, Runner,
    SendError, Silent, TokioSleeper, Workers, open_keys,
};
use countersign_script::{CheckOptions, check};
use countersign_vault::{MasterKey, MasterKeys};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt as _;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::app::{App, Channels};
use crate::voice::Patience;

const PASSWORD: &str = "CANARY-hunter2/ü &<>";

const BOT: &str = r#"
countersign: 1
bot: bank
name: "Bank <b>&amp;"
languages: [en, es]
authorization_tokens:
  - id: login
    url: "https://bank.example/login"
    ask: secure_page
    questions:
      - { question: { en: "E-mail <i>?", es: "¿Correo?" }, field: username, kind: email }
      - { question: "Password?", field: password, secret: true }
    is_json: true
    token_path: token
scripts:
  - id: main
    triggers: [go, { on: fallback }]
    steps:
      - auth_token: login
      - message: "You are in."
"#;

/// A bank that knows one password.
#[derive(Default)]
struct Bank(Mutex<Vec<String>>);

impl Transport for Bank {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let body = request.body().map_or(String::new(), |body| body.expose().to_owned());
        let sent: serde_json::Value = serde_json::from_str(&body).unwrap();
        self.0.lock().unwrap().push(body);
        let (status, answer) = match sent["password"] == PASSWORD {
            true => (200, r#"{"token":"CANARY-token"}"#),
            false => (401, "{}"),
        };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Box::pin(async move { Ok(IncomingResponse::new(status, headers, answer.into())) })
    }
}

#[derive(Default)]
struct Phone {
    said: Mutex<Vec<OutMessage>>,
    news: Notify,
}

#[async_trait]
impl Channel for Phone {
    async fn deliver(&self, _: &ConversationKey, delivery: &Delivery, _: u32) -> Result<(), SendError> {
        if let Delivery::Say(message) = delivery {
            self.said.lock().unwrap().push(message.clone());
            self.news.notify_one();
        }
        Ok(())
    }
}

struct Rig {
    router: Router,
    runner: Runner,
    phone: Arc<Phone>,
    bank: Arc<Bank>,
    clock: Arc<AtomicI64>,
    language: &'static str,
    ids: AtomicU64,
    stop: CancellationToken,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// What a browser has in its hands.
#[derive(Clone, Default)]
struct Tab {
    cookie: String,
    form: String,
    proof: String,
}

struct Page {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

impl Rig {
    async fn new(language: &'static str) -> Self {
        let store = Arc::new(MemoryStore::new());
        let masters = MasterKeys::one(MasterKey::generate().unwrap());
        let keys = open_keys(store.as_ref(), masters, [&name("main")]).await.unwrap();
        let checked = check("bot.yaml", BOT, &CheckOptions::default()).checked.unwrap();
        let (phone, bank): (Arc<Phone>, Arc<Bank>) = Default::default();
        let registry = Arc::new(Registry::new());
        registry.put_channel(ChannelAccount {
            workspace: name("main"),
            id: name("wa"),
            kind: ChannelKind::Whatsapp,
            bot: checked.bind(&Default::default(), &Default::default()).unwrap(),
            sender: phone.clone(),
        });
        let clock = Arc::new(AtomicI64::new(Timestamp::from_secs(1_800_000_000).as_micros()));
        let (time, numbers) = (clock.clone(), AtomicU64::new(7));
        let now = Arc::new(move || Timestamp::from_micros(time.load(Ordering::SeqCst)));
        let random = Arc::new(move || numbers.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::SeqCst));
        let transport: Arc<dyn Transport> = bank.clone();
        let runner = Runner::new(Parts {
            store,
            keys,
            transport: transport.clone(),
            policy: Arc::new(Policy::default()),
            registry,
            clock: now.clone(),
            sleeper: Arc::new(TokioSleeper),
            random: random.clone(),
            observer: Arc::new(Silent),
        });
        let app = Arc::new(App {
            runner: runner.clone(),
            workspace: name("main"),
            public_url: "https://bot.example".parse().unwrap(),
            channels: Channels::default(),
            transport,
            policy: Arc::new(Policy::default()),
            clock: now,
            random,
            sleeper: Arc::new(TokioSleeper),
            patience: Patience::default(),
        });
        let router = super::routes(app);
        let stop = CancellationToken::new();
        let (working, until) = (runner.clone(), stop.clone());
        tokio::spawn(async move { working.work(Workers::default(), until).await });
        Self { router, runner, phone, bank, clock, language, ids: AtomicU64::new(0), stop }
    }

    /// The user writes in the chat; gives what the bot says to it.
    async fn say(&self, text: &str) -> OutMessage {
        let id = format!("m{}", self.ids.fetch_add(1, Ordering::SeqCst));
        let contact =
            Contact { address: "+15550112".into(), language: Some(self.language.into()), name: None };
        let conversation =
            ConversationKey { workspace: name("main"), channel: name("wa"), address: "+15550112".into() };
        let event = Event::Reply(Reply::text(text));
        self.runner.ingest(vec![Inbound { conversation, id, contact, event }]).await.unwrap();
        self.hear().await
    }

    async fn hear(&self) -> OutMessage {
        loop {
            let heard = self.phone.said.lock().unwrap().pop();
            match heard {
                Some(heard) => return heard,
                None => self.phone.news.notified().await,
            }
        }
    }

    async fn path(&self) -> String {
        match self.say("go").await {
            OutMessage::Link { url, .. } => url.strip_prefix("https://bot.example").unwrap().to_owned(),
            other => panic!("{other:?}"),
        }
    }

    async fn ask(&self, request: http::request::Builder, body: String) -> Page {
        let mut request = request.body(Body::from(body)).unwrap();
        request.extensions_mut().insert(ConnectInfo::<std::net::IpAddr>([192, 0, 2, 1].into()));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Page { status, headers, text: String::from_utf8(body.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str, tab: &Tab) -> Page {
        self.ask(Request::get(path).header("cookie", &tab.cookie), String::new()).await
    }

    /// Posts as a browser does: it says where the post comes from.
    async fn post(&self, path: &str, tab: &Tab, answers: [&str; 2]) -> Page {
        let request = Request::post(path).header("sec-fetch-site", "same-origin").header("origin", "null");
        self.send(request, tab, answers).await
    }

    async fn send(&self, request: http::request::Builder, tab: &Tab, answers: [&str; 2]) -> Page {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("form", &tab.form).append_pair("proof", &tab.proof);
        for answer in answers {
            body.append_pair("answer", answer);
        }
        self.ask(request.header("cookie", &tab.cookie), body.finish()).await
    }

    fn logins(&self) -> usize {
        self.bank.0.lock().unwrap().len()
    }
}

impl Page {
    fn holds(&self, text: &str) -> bool {
        self.text.contains(text)
    }

    /// The form on the page, in the hands of the browser that had `before`.
    fn tab(&self, before: &Tab) -> Tab {
        let hidden = |name: &str| {
            let start = format!("name=\"{name}\" value=\"");
            let rest = self.text.split_once(&start).unwrap_or_else(|| panic!("{}", self.text)).1;
            rest.split('"').next().unwrap().to_owned()
        };
        let set = self.headers.get("set-cookie").map(|value| value.to_str().unwrap());
        let cookie = set.map_or(before.cookie.clone(), |set| set.split(';').next().unwrap().to_owned());
        Tab { cookie, form: hidden("form"), proof: hidden("proof") }
    }

    fn digits(&self) -> String {
        let (_, rest) = self.text.split_once("class=\"digits\"").unwrap_or_else(|| panic!("{}", self.text));
        rest.split("</p>").next().unwrap().chars().filter(char::is_ascii_digit).collect()
    }
}

#[tokio::test]
async fn a_person_logs_in() {
    let rig = Rig::new("en").await;
    let path = rig.path().await;
    let mut page = rig.get(&path, &Tab::default()).await;
    for _ in 0..50 {
        page = rig.get(&path, &Tab::default()).await;
        assert_eq!(page.status, 200);
    }
    assert_eq!(rig.logins(), 0, "looking spends nothing");
    for part in [
        "Log in to <strong>Bank &lt;b&gt;&amp;amp;</strong>",
        "on WhatsApp",
        "<strong>•••&nbsp;12</strong>",
        "E-mail &lt;i&gt;?",
        "type=\"password\"",
        "autocomplete=\"current-password\"",
        "autocomplete=\"username\"",
        "<html lang=\"en\">",
    ] {
        assert!(page.holds(part), "{part}: {}", page.text);
    }
    assert!(!page.holds("script") && !page.holds("+15550112") && !page.holds("http"), "{}", page.text);
    for (header, value) in [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        ("cross-origin-opener-policy", "same-origin"),
        ("referrer-policy", "no-referrer"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex, nofollow, noarchive"),
    ] {
        assert_eq!(page.headers[header], value, "{header}");
    }
    let cookie = page.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-login=") && cookie.ends_with("HttpOnly; SameSite=Strict; Secure"));

    // What is wrong stands beside its field, and what was typed stays but for secrets.
    let tab = page.tab(&Tab::default());
    let page = rig.post(&path, &tab, ["ada\"><b>", PASSWORD]).await;
    assert_eq!((page.status.as_u16(), rig.logins()), (422, 0));
    assert!(page.holds("value=\"ada&quot;&gt;&lt;b&gt;\"") && page.holds("id=\"p0\""), "{}", page.text);
    assert!(page.holds("aria-invalid=\"true\" aria-describedby=\"p0\"") && !page.holds("id=\"p1\""));
    assert!(!page.holds("CANARY"));
    let tab = page.tab(&tab);
    let page = rig.post(&path, &tab, ["ada@example.com", "CANARY-wrong"]).await;
    assert_eq!((page.status.as_u16(), rig.logins()), (422, 1));
    assert!(
        page.holds("The login failed.") && page.holds("value=\"ada@example.com\"") && !page.holds("CANARY")
    );

    let tab = page.tab(&tab);
    let page = rig.post(&path, &tab, ["ada@example.com", PASSWORD]).await;
    assert_eq!((page.status.as_u16(), rig.logins()), (200, 2));
    let digits = page.digits();
    assert_eq!(digits.len(), 6);
    assert!(!page.holds("CANARY"));
    // Again in the same browser, never in another.
    assert_eq!(rig.get(&path, &tab).await.digits(), digits);
    assert_eq!(rig.get(&path, &Tab::default()).await.status, 404);
    rig.hear().await;
    assert_eq!(rig.say(&digits).await, OutMessage::Text("You are in.".into()));
    assert_eq!(rig.get(&path, &tab).await.status, 404);
}

#[tokio::test]
async fn a_person_reads_spanish() {
    let rig = Rig::new("es-MX").await;
    let path = rig.path().await;
    let page = rig.get(&path, &Tab::default()).await;
    assert!(page.holds("<html lang=\"es\">") && page.holds("¿Correo?") && page.holds("Iniciar sesión en"));
}

#[tokio::test]
async fn links_that_lead_nowhere_look_the_same() {
    let rig = Rig::new("en").await;
    let path = rig.path().await;
    let tab = rig.get(&path, &Tab::default()).await.tab(&Tab::default());
    rig.clock.fetch_add(600_000_000, Ordering::SeqCst);
    let over = rig.get(&path, &tab).await;
    let unknown = rig.get(&format!("/login/{}", "A".repeat(43)), &tab).await;
    let odd = rig.get("/login/%2e%2e%2fetc", &tab).await;
    let posted = rig.post(&path, &tab, ["ada@example.com", PASSWORD]).await;
    for page in [&unknown, &odd, &posted] {
        assert_eq!((page.status, &page.text, &page.headers), (over.status, &over.text, &over.headers));
    }
    assert_eq!(over.status, 404);
    assert!(over.holds("This page is over") && over.holds("lang=\"es\""));
    assert_eq!(rig.logins(), 0);
}

#[tokio::test]
async fn only_this_page_in_this_browser_posts() {
    let rig = Rig::new("en").await;
    let path = rig.path().await;
    let tab = rig.get(&path, &Tab::default()).await.tab(&Tab::default());
    let other = rig.get(&path, &Tab::default()).await.tab(&Tab::default());
    let good = ["ada@example.com", PASSWORD];
    let request = |site: &str, origin: &str| {
        Request::post(&path).header("sec-fetch-site", site.to_owned()).header("origin", origin.to_owned())
    };
    let refused = [
        rig.send(request("cross-site", "https://evil.example"), &tab, good).await,
        rig.send(request("same-origin", "https://evil.example"), &tab, good).await,
        rig.post(&path, &Tab { cookie: String::new(), ..tab.clone() }, good).await,
        rig.post(&path, &Tab { cookie: other.cookie.clone(), ..tab.clone() }, good).await,
        rig.post(&path, &Tab { form: other.form.clone(), ..tab.clone() }, good).await,
        rig.post(&path, &Tab { proof: String::new(), ..tab.clone() }, good).await,
        rig.post(&format!("/login/{}", "A".repeat(43)), &tab, good).await,
    ];
    let (last, refused) = refused.split_last().unwrap();
    for page in refused {
        assert_eq!(page.status, 403);
        assert!(page.holds("Please try once more.") && !page.holds("CANARY"), "{}", page.text);
    }
    assert_eq!((last.status.as_u16(), rig.logins()), (404, 0));
    // The form that was shown instead can be posted.
    let tab = refused[2].tab(&Tab::default());
    assert_eq!(rig.post(&path, &tab, good).await.digits().len(), 6);
}

#[tokio::test]
async fn two_posts_at_once_send_one_login() {
    let rig = Rig::new("en").await;
    let path = rig.path().await;
    let tab = rig.get(&path, &Tab::default()).await.tab(&Tab::default());
    let good = ["ada@example.com", PASSWORD];
    let (one, two) = tokio::join!(rig.post(&path, &tab, good), rig.post(&path, &tab, good));
    assert_eq!(one.digits(), two.digits());
    assert_eq!(rig.logins(), 1);
}

#[tokio::test]
async fn too_many_posts_are_refused() {
    let rig = Rig::new("en").await;
    let path = format!("/login/{}", "A".repeat(43));
    for _ in 0..20 {
        assert_eq!(rig.post(&path, &Tab::default(), ["", ""]).await.status, 404);
    }
    assert_eq!(rig.post(&path, &Tab::default(), ["", ""]).await.status, 429);
    assert_eq!(rig.get(&path, &Tab::default()).await.status, 404, "looking is free");
    rig.clock.fetch_add(i64::try_from(Duration::from_secs(60).as_micros()).unwrap(), Ordering::SeqCst);
    assert_eq!(rig.post(&path, &Tab::default(), ["", ""]).await.status, 404);
}

#[tokio::test]
async fn the_style_sheet_is_its_own() {
    let rig = Rig::new("en").await;
    let page = rig.get("/login/style.css", &Tab::default()).await;
    assert_eq!(
        (page.status.as_u16(), &page.headers["content-type"]),
        (200, &"text/css; charset=utf-8".parse().unwrap())
    );
    assert!(!page.holds("url(") && !page.holds("@import") && page.holds("prefers-color-scheme: dark"));
}
