//! Everything that the demo runs, in one process.

use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher};
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_bank::{Bank, BankOptions, Running};
use countersign_providers::{Account, Line, StandinError, StandinOptions, Standins};
use countersign_runner::TokioSleeper;
use countersign_server::{Config, Seams, Server, StartError};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::bots::{self, BANK, FRONT_DESK, PHONE};
use super::login::{self, Login};
use super::problem::DemoError;
use super::welcome;
use crate::commands::operator::now;

/// How many ports are tried before the demo gives up.
const PORTS: u16 = 20;

/// The lines: the channel's id, the provider's account, and the bot.
const LINES: [(&str, &str, &str); 11] = [
    ("whatsapp", "whatsapp", BANK.id),
    ("messenger", "messenger", BANK.id),
    ("instagram", "instagram", BANK.id),
    ("telegram", "telegram", BANK.id),
    ("sms-twilio", "twilio-sms", BANK.id),
    ("sms-vonage", "vonage-sms", BANK.id),
    ("sms-kannel", "kannel", BANK.id),
    ("sms-jasmin", "jasmin", BANK.id),
    ("sms-json", "json-gateway", BANK.id),
    ("phone-twilio", "twilio-voice", PHONE.id),
    ("phone-vonage", "vonage-voice", PHONE.id),
];

/// How the demo is started.
pub(super) struct Options {
    pub(super) listen: SocketAddr,
    pub(super) stand_ins: u16,
    pub(super) data: Option<PathBuf>,
}

/// The demo, ready to run.
pub(super) struct World {
    server: Server,
    standins: Standins,
    bank: Running,
    login: Login,
    /// Where everything is kept.
    folder: PathBuf,
    temporary: Option<TempDir>,
    /// What was asked for.
    wanted: (SocketAddr, u16),
}

impl World {
    /// Starts the bank and the stand-ins, and opens the server.
    pub(super) async fn open(options: Options) -> Result<Self, DemoError> {
        let Options { listen, stand_ins, data } = options;
        let failed = |path: &Path| {
            let path = path.to_owned();
            |error| DemoError::Folder(path, error)
        };
        let temporary = match &data {
            Some(_) => None,
            None => {
                let made = TempDir::with_prefix("countersign-demo-");
                Some(made.map_err(failed(&std::env::temp_dir()))?)
            }
        };
        let folder = match (data, &temporary) {
            (Some(folder), _) => folder,
            (None, Some(temporary)) => temporary.path().to_owned(),
            (None, None) => PathBuf::new(),
        };
        std::fs::create_dir_all(&folder).map_err(failed(&folder))?;
        // The configuration names files by their whole paths.
        let folder = std::path::absolute(&folder).map_err(failed(&folder))?;
        let bots = bots::write(&folder.join("bots"))?;

        let mut bank = BankOptions::new(Arc::new(now));
        bank.print_codes = true;
        let bank = Bank::start(bank).await.map_err(DemoError::Bank)?;
        let standins = start_standins(stand_ins).await?;
        let places = |listen| Places { listen, bots: &bots, bank: &bank, standins: &standins };
        let config = |listen| read(&places(listen), &folder);
        let server = open_server(listen, config).await?;
        connect(&standins, server.addr())?;
        let login = login::make(&config(server.addr())?, now()).await?;
        Ok(Self { server, standins, bank, login, folder, temporary, wanted: (listen, stand_ins) })
    }

    /// Where the server listens.
    pub(super) fn addr(&self) -> SocketAddr {
        self.server.addr()
    }

    /// Where the stand-ins listen.
    pub(super) fn standins(&self) -> SocketAddr {
        self.standins.addr()
    }

    /// With what the console is opened.
    pub(super) fn login(&self) -> &Login {
        &self.login
    }

    /// Where the bank listens.
    pub(super) fn bank(&self) -> SocketAddr {
        self.bank.addr
    }

    /// The folder, when it is kept.
    pub(super) fn kept(&self) -> Option<&Path> {
        self.temporary.is_none().then_some(self.folder.as_path())
    }

    /// What was asked for: where the server should listen, and the port of the stand-ins.
    pub(super) fn wanted(&self) -> (SocketAddr, u16) {
        self.wanted
    }

    /// The lines, as they can be talked to.
    pub(super) fn lines() -> impl Iterator<Item = &'static str> {
        LINES.iter().map(|(id, ..)| *id)
    }

    /// Answers until it is told to stop.
    pub(super) async fn run(self, stop: CancellationToken) {
        let Self { server, standins, bank, temporary, .. } = self;
        server.run(stop).await;
        standins.stop().await;
        // A socket that ends badly is no trouble at the end.
        let _ = bank.stop().await;
        drop(temporary);
    }
}

/// What the configuration names.
struct Places<'a> {
    listen: SocketAddr,
    bots: &'a [PathBuf],
    bank: &'a Running,
    standins: &'a Standins,
}

fn config_text(places: &Places<'_>) -> String {
    let Places { listen, bots, bank, standins } = places;
    let bots: Vec<_> = bots.iter().map(|path| quoted(&path.to_string_lossy())).collect();
    let mut text = format!(
        "listen = \"{listen}\"\nbots = [{}]\n\n[egress]\nallow = [\"{}\", \"{}\"]\n\n[config]\nbank_url = \"{}\"\n\n\
         [limits]\nstop_timeout = \"3s\"\n",
        bots.join(", "),
        bank.addr,
        // A channel that is attached in the console may lead to them too.
        standins.addr(),
        bank.url(),
    );
    for (id, provider, bot) in LINES {
        if let Some(account) = Account::demo(provider) {
            text.push_str(&account.channel_toml(id, bot, &standins.api_url(id)));
        }
    }
    let _ = write!(
        text,
        "\n[[channels]]\nid = \"web\"\nkind = \"web\"\nbot = \"{}\"\ntitle = \"Demo Bank\"\ndemo_page = true\n",
        FRONT_DESK.id
    );
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

async fn start_standins(port: u16) -> Result<Standins, DemoError> {
    let first = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    for listen in ports(first) {
        // A database that was kept remembers the ids of before.
        let seed = u64::try_from(now().as_micros()).unwrap_or_default();
        let options = StandinOptions {
            listen,
            seed,
            receipts: true,
            keep_history: false,
            ..StandinOptions::new(Arc::new(now))
        };
        match Standins::start(options).await {
            Err(StandinError::Listen(..)) => {}
            other => return Ok(other?),
        }
    }
    Err(DemoError::Ports(first, PORTS - 1))
}

async fn open_server(
    first: SocketAddr,
    config: impl Fn(SocketAddr) -> Result<Config, DemoError>,
) -> Result<Server, DemoError> {
    for listen in ports(first) {
        let config = config(listen)?;
        let seams = Seams {
            clock: Arc::new(now),
            random: Arc::new(|| RandomState::new().build_hasher().finish()),
            sleeper: Arc::new(TokioSleeper),
            transport: None,
        };
        match Server::open(config, seams).await {
            Err(StartError::Listen { source, .. }) if source.kind() == ErrorKind::AddrInUse => {}
            other => return Ok(other?),
        }
    }
    Err(DemoError::Ports(first, PORTS - 1))
}

/// The configuration, and what the first page of the console shows to a newcomer.
fn read(places: &Places<'_>, folder: &Path) -> Result<Config, DemoError> {
    let mut config = Config::from_text(&config_text(places), &folder.join("countersign.toml"), &[])?;
    let chat = |channel: &str| welcome::chat(places.standins.addr(), channel);
    config.demo = Some(serde_json::json!({
        "bot": BANK.id,
        "phone_bot": PHONE.id,
        "chat": chat("whatsapp"),
        "call": chat("phone"),
    }));
    Ok(config)
}

/// The address with its port and the ports after it; port 0 takes any and is not tried again.
fn ports(first: SocketAddr) -> impl Iterator<Item = SocketAddr> {
    let tries = if first.port() == 0 { 1 } else { PORTS };
    let after = move |more| Some(SocketAddr::new(first.ip(), first.port().checked_add(more)?));
    (0..tries).filter_map(after)
}

/// Tells the stand-ins where the server is.
fn connect(standins: &Standins, server: SocketAddr) -> Result<(), DemoError> {
    // The server may listen on all addresses; the stand-ins are on this machine.
    let host = if server.ip().is_unspecified() { Ipv4Addr::LOCALHOST.into() } else { server.ip() };
    let reached = SocketAddr::new(host, server.port());
    for (id, provider, _) in LINES {
        if let Some(account) = Account::demo(provider) {
            let query = account.hook_query();
            let mut line = Line::new(id, account, &format!("http://{reached}/hooks/{id}{query}"));
            line.public_hook_url = Some(format!("http://{server}/hooks/{id}{query}"));
            standins.connect(line)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use countersign_providers::ReceiptState;

    use super::*;

    fn options(data: Option<PathBuf>) -> Options {
        Options { listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), stand_ins: 0, data }
    }

    #[tokio::test]
    async fn a_login_on_whatsapp_works_from_end_to_end() {
        let world = World::open(options(None)).await.unwrap();
        let line = world.standins.line("whatsapp").unwrap();
        let stop = CancellationToken::new();
        let running = tokio::spawn(world.run(stop.clone()));
        let alice = line.user("alice");
        let soon = std::time::Duration::from_secs(20);
        for (says, hears) in [
            ("balance", "What is your username?"),
            ("alice", "What is your password?"),
            ("wonderland", "Which account?"),
        ] {
            assert!(alice.says(says).await.acknowledged, "{says}");
            assert_eq!(line.next_from_bot("alice", soon).await.unwrap().text, hears);
        }
        assert!(alice.taps(1).await.unwrap().acknowledged);
        assert_eq!(line.next_from_bot("alice", soon).await.unwrap().text, "You have 1234.50 EUR.");
        // The provider sends it again, and nothing happens twice.
        assert!(alice.repeats().await.unwrap().acknowledged);
        assert!(alice.says("balance").await.acknowledged);
        assert_eq!(line.next_from_bot("alice", soon).await.unwrap().text, "Which account?");
        stop.cancel();
        running.await.unwrap();
    }

    #[tokio::test]
    async fn the_console_opens_with_the_login_of_this_start() {
        let folder = tempfile::tempdir().unwrap();
        let kept = || options(Some(folder.path().to_owned()));
        let mut passwords = Vec::new();
        for _ in 0..2 {
            let world = World::open(kept()).await.unwrap();
            let (addr, password) = (world.addr(), world.login().password.expose().to_owned());
            assert!(password.len() >= 20 && password.chars().all(|c| c.is_ascii_alphanumeric()));
            let stop = CancellationToken::new();
            let running = tokio::spawn(world.run(stop.clone()));
            let body = format!("{{\"email\":\"{}\",\"password\":\"{password}\"}}", "you@demo.example");
            let answer = ask(addr, "POST", "/api/v1/session", &body).await;
            assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("\"owner\""), "{answer}");
            let about = ask(addr, "GET", "/api/v1/about", "").await;
            assert!(
                about.contains("\"bot\":\"demo-bank\"") && about.contains("chat --connect http://"),
                "{about}"
            );
            assert!(!about.contains(&password));
            stop.cancel();
            running.await.unwrap();
            passwords.push(password);
        }
        assert_ne!(passwords[0], passwords[1]);
    }

    async fn ask(to: SocketAddr, method: &str, path: &str, body: &str) -> String {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let mut socket = tokio::net::TcpStream::connect(to).await.unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {to}\r\norigin: http://{to}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn every_line_has_a_bot_that_answers() {
        let world = World::open(options(None)).await.unwrap();
        let lines: Vec<_> = World::lines().map(|id| world.standins.line(id).unwrap()).collect();
        let stop = CancellationToken::new();
        let running = tokio::spawn(world.run(stop.clone()));
        let soon = std::time::Duration::from_secs(20);
        for line in lines {
            let bob = line.user("bob");
            let (said, hears) = match line.account().channel() {
                "phone" => (bob.calls().await.unwrap(), "Welcome to the Demo Bank."),
                _ => (bob.says("balance").await, "What is your username?"),
            };
            assert!(said.acknowledged, "{}: {said:?}", line.id());
            let heard = line.next_from_bot("bob", soon).await.unwrap_or_else(|| panic!("{}", line.id()));
            assert_eq!(heard.text, hears, "{}", line.id());
            if let Some(told) = bob.receipt(&heard, ReceiptState::Delivered, None).await {
                assert!(told.acknowledged, "{}: {told:?}", line.id());
            }
        }
        stop.cancel();
        running.await.unwrap();
    }

    #[tokio::test]
    async fn a_folder_is_kept_when_it_is_named_and_removed_when_not() {
        let kept = tempfile::tempdir().unwrap();
        let world = World::open(options(Some(kept.path().join("demo")))).await.unwrap();
        assert!(world.kept().is_some_and(|folder| folder.join("bots/bank.yaml").exists()));
        let passing = World::open(options(None)).await.unwrap();
        let folder = passing.folder.clone();
        assert!(passing.kept().is_none() && folder.join("countersign.db").exists());
        let stopped = CancellationToken::new();
        stopped.cancel();
        passing.run(stopped.clone()).await;
        world.run(stopped).await;
        assert!(!folder.exists());
        assert!(kept.path().join("demo/countersign.db").exists());
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_passed_over() {
        let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = taken.local_addr().unwrap();
        let Ok(world) = World::open(Options { listen, stand_ins: 0, data: None }).await else {
            // All ports after it are taken, too; nothing is to be learned.
            return;
        };
        assert_ne!(world.addr(), listen);
        assert!(world.addr().port() > listen.port());
        assert_eq!(world.wanted(), (listen, 0));
    }
}
