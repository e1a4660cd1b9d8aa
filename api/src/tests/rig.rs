use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::ConnectInfo;
use countersign_accounts::{Accounts, NewByOperator, Parts as AccountParts, Role};
use countersign_channels::Setting;
use countersign_egress::{IncomingResponse, OutgoingRequest, Policy, Sending, Transport};
use countersign_model::{ChannelKind, Name, OutMessage, SecretText, Timestamp};
use countersign_runner::{
    Channel, ChannelAccount, Clock, ConversationKey, Delivery, Parts as RunnerParts, Random, Registry,
    Runner, SendError, Silent, TokioSleeper, open_keys,
};
use countersign_script::Runnable;
use countersign_store::Store;
use countersign_store_sql::{Options, Role as StoreRole, SqliteStore};
use countersign_vault::{KeyRing, MasterKey, MasterKeys};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;
use url::Url;

use crate::{Api, AttachError, AttachedChannel, ChannelHealth, Host, NewChannel, Parts, router};

pub(super) const PASSWORD: &str = "correct horse battery";
pub(super) const ORIGIN: &str = "https://bot.example";

/// The API with two workspaces: `main`, of the configuration, and `other`.
pub(super) struct Rig {
    pub(super) api: Arc<Api>,
    pub(super) host: Arc<World>,
    /// What every service answers.
    pub(super) answer: Arc<Mutex<(u16, String)>>,
    /// How often a service was called.
    pub(super) called: Arc<AtomicUsize>,
    masters: SecretText,
    time: Arc<AtomicI64>,
    router: axum::Router,
    _folder: tempfile::TempDir,
}

/// What stands around the API.
pub(super) struct World {
    url: Url,
    workspace: Name,
    pub(super) channels: Mutex<Vec<AttachedChannel>>,
    /// What was put into service.
    pub(super) published: Mutex<Vec<Runnable>>,
    constants: Vec<(String, String)>,
    secrets: Vec<String>,
    registry: Mutex<Option<Arc<Registry>>>,
    /// What was delivered.
    pub(super) sent: Arc<Sent>,
}

/// Takes what is delivered, or refuses it.
#[derive(Default)]
pub(super) struct Sent {
    pub(super) texts: Mutex<Vec<String>>,
    /// The code with which everything is refused.
    pub(super) refuses: Mutex<Option<String>>,
}

#[async_trait]
impl Channel for Sent {
    async fn deliver(&self, _: &ConversationKey, delivery: &Delivery, _: u32) -> Result<(), SendError> {
        if let Some(code) = self.refuses.lock().unwrap().clone() {
            return Err(SendError::Never { code: Some(code) });
        }
        if let Delivery::Say(OutMessage::Text(text)) = delivery {
            self.texts.lock().unwrap().push(text.clone());
        }
        Ok(())
    }
}

#[async_trait]
impl Host for World {
    fn public_url(&self) -> &Url {
        &self.url
    }

    fn workspace(&self) -> &Name {
        &self.workspace
    }

    fn channels(&self) -> Vec<AttachedChannel> {
        self.channels.lock().unwrap().clone()
    }

    fn constants(&self) -> &[(String, String)] {
        &self.constants
    }

    fn secrets(&self) -> &[String] {
        &self.secrets
    }

    fn restore_secret(&self, _: &Name, _: &str) {}

    fn chat_settings(&self) -> &'static [Setting] {
        &[]
    }

    fn health(&self, _: &Name, _: &Name) -> ChannelHealth {
        ChannelHealth::default()
    }

    async fn attach(&self, channel: NewChannel) -> Result<(), AttachError> {
        let NewChannel { workspace, id, kind, provider, settings, bot } = channel;
        let registry = self.registry.lock().unwrap().clone().unwrap();
        let adapter = match provider {
            Some(provider) => {
                Some((provider.open)(&settings.with("hook_url", format!("{ORIGIN}/hooks/{id}")))?)
            }
            None => None,
        };
        drop(adapter);
        let mut channels = self.channels.lock().unwrap();
        channels.retain(|there| there.id != id);
        channels.push(AttachedChannel {
            workspace: workspace.clone(),
            id: id.clone(),
            kind,
            name: id.to_string(),
            provider: provider.map_or(kind.name(), |provider| provider.name).to_owned(),
            bot: Some(bot.bot.clone()),
            in_file: false,
        });
        registry.put_channel(ChannelAccount { workspace, id, kind, bot, sender: self.sent.clone() });
        Ok(())
    }

    async fn detach(&self, workspace: &Name, id: &Name) -> bool {
        let mut channels = self.channels.lock().unwrap();
        let before = channels.len();
        channels.retain(|there| there.in_file || there.workspace != *workspace || there.id != *id);
        before != channels.len()
    }

    fn publish(&self, _: &Name, bot: &Runnable) -> usize {
        self.published.lock().unwrap().push(bot.clone());
        0
    }
}

/// Nobody is called here; everybody answers the same.
struct Nowhere(Arc<Mutex<(u16, String)>>, Arc<AtomicUsize>);

impl Transport for Nowhere {
    fn send<'a>(&'a self, _: &'a OutgoingRequest) -> Sending<'a> {
        let (status, body) = self.0.lock().unwrap().clone();
        self.1.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move { Ok(IncomingResponse::new(status, Vec::new(), body.into_bytes())) })
    }
}

/// Somebody with a session.
pub(super) struct Person {
    cookie: String,
    pub(super) csrf: String,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Said {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    #[track_caller]
    pub(super) fn ok(self) -> Value {
        assert!(self.status.is_success(), "{self:?}");
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The status and the code of a problem.
    #[track_caller]
    pub(super) fn problem(&self) -> (u16, String) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{self:?}");
        (self.status.as_u16(), self.json()["code"].as_str().unwrap().to_owned())
    }
}

impl Rig {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(&path, Options::new(StoreRole::Server)).unwrap());
        let time = Arc::new(AtomicI64::new(1_790_000_000_000_000));
        let clock: Arc<dyn Clock> = {
            let time = time.clone();
            Arc::new(move || Timestamp::from_micros(time.load(Ordering::Relaxed)))
        };
        let numbers = std::sync::atomic::AtomicU64::new(7);
        let random: Arc<dyn Random> = Arc::new(move || numbers.fetch_add(1, Ordering::Relaxed));
        let line = MasterKey::generate().unwrap().to_line();
        let masters = MasterKeys::parse(line.expose()).unwrap();
        let main: Name = "main".parse().unwrap();
        let keys = open_keys(store.as_ref(), masters, [&main]).await.unwrap();
        let accounts = Accounts::open(
            AccountParts {
                store: store.clone(),
                keys: keys.clone(),
                origin: ORIGIN.parse().unwrap(),
                // Little, so that tests are fast.
                password_memory_kib: 64,
            },
            clock.now(),
        );
        let accounts = Arc::new(accounts.await.unwrap());
        for workspace in ["main", "other"] {
            accounts.ensure_workspace(&workspace.parse().unwrap(), workspace, clock.now()).await.unwrap();
        }
        let registry = Arc::new(Registry::new());
        let host = Arc::new(World {
            url: ORIGIN.parse().unwrap(),
            workspace: main,
            channels: Mutex::default(),
            published: Mutex::default(),
            constants: vec![("file_url".to_owned(), "https://file.example".to_owned())],
            secrets: vec!["file_secret".to_owned()],
            registry: Mutex::new(Some(registry.clone())),
            sent: Arc::default(),
        });
        let answer = Arc::new(Mutex::new((500, String::new())));
        let called = Arc::new(AtomicUsize::new(0));
        let (transport, policy): (Arc<dyn Transport>, _) =
            (Arc::new(Nowhere(answer.clone(), called.clone())), Arc::new(Policy::default()));
        let runner = Runner::new(RunnerParts {
            store: store.clone(),
            keys: keys.clone(),
            transport: transport.clone(),
            policy: policy.clone(),
            registry,
            clock: clock.clone(),
            sleeper: Arc::new(TokioSleeper),
            random: random.clone(),
            observer: Arc::new(Silent),
        });
        let parts =
            Parts { store, accounts, runner, keys, transport, policy, clock, random, host: host.clone() };
        let api = Api::new(parts);
        Self { router: router(api.clone()), api, host, answer, called, masters: line, time, _folder: folder }
    }

    /// The keys as another program has them.
    pub(super) async fn ring_again(&self) -> KeyRing {
        let masters = MasterKeys::parse(self.masters.expose()).unwrap();
        KeyRing::unlock(masters, self.api.store.data_keys().await.unwrap()).unwrap()
    }

    /// Lets time pass.
    pub(super) fn pass(&self, time: Duration) {
        self.time.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::Relaxed);
    }

    /// Makes an account with roles, and signs in.
    pub(super) async fn person(&self, name: &str, roles: &[(&str, Role)]) -> Person {
        let new = NewByOperator {
            name: name.to_owned(),
            email: format!("{name}@bank.example"),
            password: Some(SecretText::from(PASSWORD)),
            administrator: false,
            roles: roles.iter().map(|(workspace, role)| (workspace.parse().unwrap(), *role)).collect(),
        };
        self.api.accounts.add_account(new, self.api.now()).await.unwrap();
        self.sign_in(name).await
    }

    pub(super) async fn sign_in(&self, name: &str) -> Person {
        let body = serde_json::json!({ "email": format!("{name}@bank.example"), "password": PASSWORD });
        let said = self.send(Method::POST, "/session", &[], Some(body)).await;
        assert_eq!(said.status, 200, "{said:?}");
        let cookie = said.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
        Person { cookie, csrf: said.json()["csrf"].as_str().unwrap().to_owned() }
    }

    /// Sends a request as somebody, as the console does.
    pub(super) async fn as_person(
        &self,
        who: &Person,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Said {
        let headers = BTreeMap::from([
            ("cookie", who.cookie.as_str()),
            ("x-csrf-token", who.csrf.as_str()),
            ("origin", ORIGIN),
        ]);
        let headers: Vec<_> = headers.into_iter().collect();
        self.send(method.parse().unwrap(), path, &headers, body).await
    }

    /// The same with the revision that was seen.
    pub(super) async fn write(&self, who: &Person, method: &str, path: &str, seen: u64, body: Value) -> Said {
        let seen = format!("\"{seen}\"");
        let headers = [
            ("cookie", who.cookie.as_str()),
            ("x-csrf-token", who.csrf.as_str()),
            ("origin", ORIGIN),
            ("if-match", seen.as_str()),
        ];
        let body = (method != "DELETE").then_some(body);
        self.send(method.parse().unwrap(), path, &headers, body).await
    }

    /// Sends a request.
    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> Said {
        let path = if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1{path}") };
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header("content-type", "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let mut request = request.body(body).unwrap();
        let peer: IpAddr = "192.0.2.7".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        if headers.get("content-type").is_some_and(|kind| kind == "text/event-stream") {
            return Said { status, headers, text: String::new() };
        }
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        Said { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    /// The body of an answer, as it comes in parts.
    pub(super) async fn parts(&self, who: &Person, path: &str) -> Vec<String> {
        let request = Request::builder().uri(format!("/api/v1{path}")).header("cookie", &who.cookie);
        let mut request = request.body(Body::empty()).unwrap();
        let peer: IpAddr = "192.0.2.7".parse().unwrap();
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = self.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status(), 200);
        let (mut body, mut parts) = (response.into_body(), Vec::new());
        while let Some(frame) = body.frame().await {
            parts.extend(
                frame.unwrap().into_data().ok().map(|data| String::from_utf8(data.to_vec()).unwrap()),
            );
        }
        parts
    }

    /// The cookie of somebody.
    pub(super) fn cookie(&self, who: &Person) -> String {
        who.cookie.clone()
    }

    /// Attaches a channel, as the configuration does.
    pub(super) fn attach(&self, kind: ChannelKind, bot: &str) {
        self.host.channels.lock().unwrap().push(AttachedChannel {
            workspace: "main".parse().unwrap(),
            id: "a-channel".parse().unwrap(),
            kind,
            name: "A channel".to_owned(),
            provider: kind.name().to_owned(),
            bot: Some(bot.parse().unwrap()),
            in_file: true,
        });
    }
}
