//! The server that is measured: its configuration, its start, and what the system tells of its process.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::Arguments;
use crate::company::Company;
use crate::provider::{APP_SECRET, NUMBER_ID, Provider};
use countersign_load::http::Connection;

/// The bot of the workload.
pub(crate) const BOT: &str = include_str!("../w.yaml");

/// Everything that a measurement needs.
pub(crate) struct Setup {
    /// The company.
    pub(crate) company: Rc<Company>,
    /// The provider.
    pub(crate) provider: Rc<Provider>,
    /// The server.
    pub(crate) server: Server,
}

impl Setup {
    /// Starts the company, the provider and the server, which begins with an empty store.
    pub(crate) async fn new(arguments: &Arguments) -> Result<Self> {
        Self::of(arguments, &arguments.server).await
    }

    /// As [`Self::new`], with another program.
    pub(crate) async fn of(arguments: &Arguments, program: &Path) -> Result<Self> {
        fs::create_dir_all(&arguments.dir)?;
        let dir = tempfile::Builder::new().prefix("load-").tempdir_in(&arguments.dir)?;
        Self::in_home(arguments, program, Home::Own(dir)).await
    }

    /// As [`Self::new`], in a directory that stays. The company has the same address at every start there, because the
    /// stored conversations know it.
    pub(crate) async fn at(arguments: &Arguments, dir: &Path) -> Result<Self> {
        fs::create_dir_all(dir)?;
        Self::in_home(arguments, &arguments.server, Home::Kept(dir.to_owned())).await
    }

    async fn in_home(arguments: &Arguments, program: &Path, home: Home) -> Result<Self> {
        let company = Rc::new(Company::default());
        let known = home.path().join("company");
        let before = fs::read_to_string(&known).unwrap_or_else(|_| "127.0.0.1:0".to_owned());
        let company_url = company.start(before.trim()).await?;
        fs::write(&known, company_url.trim_start_matches("http://"))?;
        let (provider, provider_url) = Provider::start().await?;
        let mut server = Server::new(arguments, program, home, &company_url, &provider_url)?;
        server.start().await?;
        provider.hook.set(Some(server.address));
        Ok(Self { company, provider, server })
    }
}

/// Where a server keeps its files.
enum Home {
    /// Removed at the end.
    Own(TempDir),
    Kept(PathBuf),
}

impl Home {
    fn path(&self) -> &Path {
        match self {
            Self::Own(dir) => dir.path(),
            Self::Kept(dir) => dir,
        }
    }
}

/// A server with a directory of its own.
pub(crate) struct Server {
    command: Vec<String>,
    home: Home,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    child: Option<Child>,
    pid: u32,
}

impl Server {
    fn new(arguments: &Arguments, program: &Path, home: Home, company: &str, provider: &str) -> Result<Self> {
        let dir = home.path();
        // Free a moment ago; nobody else on this machine asks for ports while it is measured.
        let address = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        fs::write(dir.join("w.yaml"), BOT)?;
        fs::write(dir.join("countersign.toml"), config(dir, address, company, provider))?;
        let mut command: Vec<_> = arguments.under.split_whitespace().map(str::to_owned).collect();
        command.push(program.display().to_string());
        command.extend(["serve".to_owned(), "--config".to_owned()]);
        command.push(dir.join("countersign.toml").display().to_string());
        Ok(Self { command, home, address, child: None, pid: 0 })
    }

    /// Starts it and waits for its first answer. Gives how long that took.
    pub(crate) async fn start(&mut self) -> Result<Duration> {
        let (program, arguments) = self.command.split_first().context("no program")?;
        let log = fs::File::options().create(true).append(true).open(self.home.path().join("log"))?;
        let begun = Instant::now();
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .with_context(|| format!("{program} does not start"))?;
        loop {
            if self.answers().await.is_ok() {
                break;
            }
            if let Some(status) = child.try_wait()? {
                let said = fs::read_to_string(self.home.path().join("log")).unwrap_or_default();
                bail!("the server ended with {status}:\n{said}");
            }
            if begun.elapsed() > Duration::from_secs(60) {
                bail!("the server does not answer");
            }
            tokio::time::sleep(Duration::from_micros(500)).await;
        }
        self.pid = child.id();
        self.child = Some(child);
        Ok(begun.elapsed())
    }

    async fn answers(&self) -> Result<()> {
        let mut connection = Connection::open(self.address).await?;
        connection.write(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await?;
        connection.read().await?.context("closed")?;
        Ok(())
    }

    /// Stops it as an operator does, and waits for its end.
    pub(crate) async fn halt(&mut self) -> Result<()> {
        let Some(mut child) = self.child.take() else { return Ok(()) };
        Command::new("kill").arg(self.pid.to_string()).status()?;
        let begun = Instant::now();
        while child.try_wait()?.is_none() {
            if begun.elapsed() > Duration::from_secs(30) {
                child.kill()?;
                bail!("the server did not stop in 30 s");
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// Stops it and removes its directory.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.halt().await
    }

    /// What its process has used.
    pub(crate) fn usage(&self) -> Result<Usage> {
        Usage::of(self.pid)
    }

    /// The size of its database on disk, in bytes, with its log.
    pub(crate) fn disk(&self) -> Result<u64> {
        let mut total = 0;
        for entry in fs::read_dir(self.home.path())? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with("countersign.db") {
                total += entry.metadata()?.len();
            }
        }
        Ok(total)
    }
}

impl Server {
    /// Its directory.
    pub(crate) fn dir(&self) -> &Path {
        self.home.path()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn config(dir: &Path, address: SocketAddr, company: &str, provider: &str) -> String {
    let dir = dir.display();
    let company_host = company.trim_start_matches("http://");
    format!(
        r#"listen = "{address}"
public_url = "http://{address}"
store = "{dir}/countersign.db"
bots = ["{dir}/w.yaml"]

[keys]
file = "{dir}/keys"

[egress]
allow = ["{company_host}"]

[config]
company_url = "{company}"

[log]
level = "warn"

[limits]
calls_per_server = 10000
connections_per_peer = 4096
connections = 8192

[[channels]]
id = "wa"
kind = "whatsapp"
bot = "w"
phone_number_id = "{NUMBER_ID}"
access_token = "provider-token"
app_secret = "{APP_SECRET}"
verify_token = "a word"
api_url = "{provider}"
mark_read = false
typing = false
"#
    )
}

/// What a process has used since its start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// Processor time, user and system.
    pub(crate) cpu: Duration,
    /// Resident memory, in bytes.
    pub(crate) rss: u64,
}

impl Usage {
    fn of(pid: u32) -> Result<Self> {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let (_, after) = stat.rsplit_once(')').context("/proc has another form")?;
        let fields: Vec<_> = after.split_whitespace().collect();
        // Fields 14 and 15 of proc_pid_stat(5), in ticks of which Linux has 100 a second.
        let ticks: u64 = fields[11].parse::<u64>()? + fields[12].parse::<u64>()?;
        let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
        let rss =
            status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("/proc has no VmRSS")?;
        let rss: u64 = rss.trim().trim_end_matches(" kB").parse()?;
        Ok(Self { cpu: Duration::from_millis(ticks * 10), rss: rss * 1024 })
    }
}
