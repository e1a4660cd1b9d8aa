use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use aws_lc_rs::hmac;
use countersign_egress::{IncomingResponse, OutgoingRequest, Sending, Transport};
use countersign_model::Timestamp;
use countersign_runner::{ConversationKey, TokioSleeper};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{App, Config, Seams, Server, StartError};

/// The number that has the account, and the user who writes to it.
pub(super) const NUMBER: &str = "118273645500112";
pub(super) const USER: &str = "US.72613094458812034556";
pub(super) const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A minute after the user has written.
const NOW: i64 = 1_790_000_061;

/// Says hello, whatever is written.
pub(super) const HELLO: &str = "\
countersign: 1
bot: demo
scripts:
  - { id: hello, triggers: [hello], steps: [{ message: Good day } ] }
";

pub(super) const WHATSAPP: &str = "\
[[channels]]
id = \"wa\"
kind = \"whatsapp\"
phone_number_id = \"118273645500112\"
access_token = \"EAAcanary\"
app_secret = \"0123456789abcdef0123456789abcdef\"
verify_token = \"handshake-canary\"
typing = false
mark_read = true
";

/// A folder with a configuration and a bot.
pub(super) struct Folder {
    folder: Arc<tempfile::TempDir>,
    bots: &'static str,
    pub(super) settings: String,
}

impl Folder {
    /// `settings` stand before the channel.
    pub(super) fn new(settings: &str) -> Self {
        Self::with_channels(&format!("{settings}\n{WHATSAPP}"))
    }

    pub(super) fn with_channels(settings: &str) -> Self {
        let folder = Self { bots: "[\"demo.yaml\"]", ..Self::without_bots(settings) };
        folder.write_bot(HELLO);
        folder
    }

    pub(super) fn without_bots(settings: &str) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self { folder, bots: "[]", settings: settings.to_owned() }
    }

    pub(super) fn write_bot(&self, text: &str) {
        std::fs::write(self.path("demo.yaml"), text).unwrap();
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn config(&self) -> Config {
        let text = format!("listen = \"127.0.0.1:0\"\nbots = {}\n{}", self.bots, self.settings);
        Config::from_text(&text, &self.path("countersign.toml"), &[])
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Starts a server in this folder.
    pub(super) async fn start(&self) -> Result<Rig, StartError> {
        let world = Arc::new(World::default());
        let time = Arc::new(AtomicI64::new(NOW * 1_000_000));
        let clock = {
            let time = time.clone();
            Arc::new(move || Timestamp::from_micros(time.load(Ordering::Relaxed)))
        };
        let numbers = Arc::new(Mutex::new(7_u64));
        let random = Arc::new(move || {
            let mut number = numbers.lock().unwrap();
            // SplitMix64, so that names of sessions differ.
            *number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (*number ^ (*number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed ^ (mixed >> 27)
        });
        let seams = Seams { clock, random, sleeper: Arc::new(TokioSleeper), transport: Some(world.clone()) };
        let server = Server::open(self.config(), seams).await?;
        let (at, app, stop) = (server.addr(), server.app(), CancellationToken::new());
        let (reload, refused) = (server.reload(), server.refused().iter().map(ToString::to_string).collect());
        let pulse = server.pulse();
        let running = tokio::spawn(server.run(stop.clone()));
        let _folder = self.folder.clone();
        Ok(Rig { at, app, world, stop, running, reload, refused, pulse, _folder })
    }
}

/// A server that runs.
pub(super) struct Rig {
    pub(super) at: SocketAddr,
    pub(super) app: Arc<App>,
    pub(super) world: Arc<World>,
    pub(super) reload: Arc<crate::Reload>,
    /// What is said of bot files that were not taken.
    pub(super) refused: Vec<String>,
    pub(super) pulse: Arc<crate::telemetry::Pulse>,
    stop: CancellationToken,
    running: JoinHandle<()>,
    /// Stays as long as the server.
    _folder: Arc<tempfile::TempDir>,
}

/// What the server asked of the world.
#[derive(Default)]
pub(super) struct World {
    /// URL and body.
    asked: Mutex<Vec<(String, String)>>,
    /// URL, and name and value of each header.
    headers: Mutex<Vec<(String, String, String)>>,
    changed: Notify,
    /// Lets `https://slow.example` answer.
    pub(super) go_on: Notify,
}

impl Transport for World {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let body = request.body().map_or("", |body| body.expose()).to_owned();
        let url = request.url().expose().to_owned();
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| (url.clone(), name.clone(), value.expose().to_owned()));
        self.headers.lock().unwrap().extend(headers);
        let is_slow = url.starts_with("https://slow.example/");
        self.asked.lock().unwrap().push((url, body));
        self.changed.notify_one();
        let answer = br#"{"messaging_product":"whatsapp","messages":[{"id":"wamid.out"}]}"#.to_vec();
        Box::pin(async move {
            if is_slow {
                self.go_on.notified().await;
            }
            Ok(IncomingResponse::new(200, Vec::new(), answer))
        })
    }
}

impl World {
    /// The texts that were said, without courtesies.
    pub(super) fn said(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let bodies =
            asked.iter().filter_map(|(_, body)| serde_json::from_str::<serde_json::Value>(body).ok());
        bodies.filter_map(|body| body["text"]["body"].as_str().map(str::to_owned)).collect()
    }

    /// The texts that were said through one number, without courtesies.
    pub(super) fn said_through(&self, number: &str) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let through = asked.iter().filter(|(url, _)| url.contains(number));
        let bodies = through.filter_map(|(_, body)| serde_json::from_str::<serde_json::Value>(body).ok());
        bodies.filter_map(|body| body["text"]["body"].as_str().map(str::to_owned)).collect()
    }

    /// What was sent to an address in a header, in order.
    pub(super) fn headers_to(&self, address: &str, header: &str) -> Vec<String> {
        let headers = self.headers.lock().unwrap();
        let wanted =
            headers.iter().filter(|(url, name, _)| url == address && name.eq_ignore_ascii_case(header));
        wanted.map(|(_, _, value)| value.clone()).collect()
    }

    /// Waits until that is so after something was asked.
    pub(super) async fn until(&self, is_so: impl Fn() -> bool) {
        while !is_so() {
            self.changed.notified().await;
        }
    }

    /// How many messages were marked as read.
    pub(super) fn read(&self) -> usize {
        self.asked.lock().unwrap().iter().filter(|(_, body)| body.contains("\"status\":\"read\"")).count()
    }

    /// The messages while whose answer was made the user was shown that the bot types.
    pub(super) fn typed(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        let bodies =
            asked.iter().filter_map(|(_, body)| serde_json::from_str::<serde_json::Value>(body).ok());
        let typing = bodies.filter(|body| body["typing_indicator"]["type"] == "text");
        typing.filter_map(|body| body["message_id"].as_str().map(str::to_owned)).collect()
    }

    /// Waits until so many texts were said.
    pub(super) async fn until_said(&self, count: usize) -> Vec<String> {
        while self.said().len() < count {
            self.changed.notified().await;
        }
        self.said()
    }

    pub(super) async fn until_read(&self, count: usize) {
        while self.read() < count {
            self.changed.notified().await;
        }
    }
}

/// An answer of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Heard {
    pub(super) status: u16,
    /// Lines of the header, in lower case, without the date.
    pub(super) headers: Vec<String>,
    pub(super) body: String,
}

impl Heard {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find_map(|line| line.strip_prefix(&format!("{name}: ")))
    }
}

impl Rig {
    /// Sends a request as it stands and reads all of the answer.
    pub(super) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Heard {
        let text = self.raw(method, path, headers, body).await;
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {text:?}"));
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers =
            lines.map(str::to_lowercase).filter(|line| !line.starts_with("date:")).collect::<Vec<_>>();
        Heard { status, headers, body: body.to_owned() }
    }

    /// The same; the answer as it stands.
    pub(super) async fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut stream = TcpStream::connect(self.at).await.unwrap();
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nhost: elsewhere.example\r\nconnection: close\r\n");
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        if method == "POST" || !body.is_empty() {
            request.push_str(&format!("content-length: {}\r\n", body.len()));
        }
        request.push_str("\r\n");
        request.push_str(body);
        // The server may answer before all of it was read.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes).await;
        String::from_utf8(bytes).unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Heard {
        self.ask("GET", path, &[], "").await
    }

    /// A webhook of WhatsApp with a good signature.
    pub(super) async fn whatsapp(&self, body: &str) -> Heard {
        self.ask("POST", "/hooks/wa", &[("x-hub-signature-256", &signature(body))], body).await
    }

    /// What is stored of the user.
    pub(super) fn key(&self) -> ConversationKey {
        let line = &self.app.channels.get(&"wa".parse().unwrap()).unwrap();
        self.app.conversation(line, USER)
    }

    /// Waits until nothing is under way for the user.
    pub(super) async fn rest(&self) {
        let (key, store) = (self.key(), self.app.runner.store());
        let watch = self.app.runner.watch(&key);
        loop {
            let pending = store.pending(&key).await.unwrap();
            if pending.inbox + pending.calls + pending.outbox == 0 {
                return;
            }
            watch.changed().await;
        }
    }

    pub(super) async fn stop(self) {
        self.stop.cancel();
        self.running.await.unwrap();
    }
}

/// As Meta signs.
pub(super) fn signature(body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes());
    let sum = hmac::sign(&key, body.as_bytes());
    let hex: String = sum.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

/// A webhook in which the user writes.
pub(super) fn message(id: &str, text: &str) -> String {
    serde_json::json!({ "object": "whatsapp_business_account", "entry": [{ "id": "210987654321098", "changes": [{
        "field": "messages",
        "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": "15550100900", "phone_number_id": NUMBER },
            "contacts": [{ "profile": { "name": "Nadia" }, "wa_id": "15550100123", "user_id": USER }],
            "messages": [{ "from": "15550100123", "from_user_id": USER, "id": format!("wamid.{id}"),
                "timestamp": "1790000001", "type": "text", "text": { "body": text } }],
        },
    }] }] })
    .to_string()
}
