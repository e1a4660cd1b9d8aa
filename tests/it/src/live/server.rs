//! The real program, started and stopped.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use countersign_load::http::Connection;
use tempfile::TempDir;

use super::world::{APP_SECRET, NUMBER_ID, World};
use crate::cli::program;

/// The program with its directory; what it keeps outlives it.
pub(crate) struct Server {
    pub(crate) dir: TempDir,
    address: SocketAddr,
    provider: String,
    child: Option<Child>,
    /// Runs in the shell before the program, in mounts of its own.
    before: Option<String>,
}

impl Server {
    /// With this bot on a WhatsApp number at this provider, and more lines of configuration, for the whole first.
    pub(crate) fn new(provider: &str, bot: &str, whole: &str, tables: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        // Free a moment ago.
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let at = dir.path().display();
        fs::write(dir.path().join("bot.yaml"), bot).unwrap();
        let id = bot.lines().find_map(|line| line.strip_prefix("bot: ")).unwrap();
        let config = format!(
            r#"listen = "{address}"
public_url = "http://{address}"
store = "{at}/countersign.db"
bots = ["{at}/bot.yaml"]
{whole}
[keys]
file = "{at}/keys"
{tables}
[[channels]]
id = "wa"
kind = "whatsapp"
bot = "{id}"
phone_number_id = "{NUMBER_ID}"
access_token = "provider-token"
app_secret = "{APP_SECRET}"
verify_token = "word"
api_url = "{provider}"
mark_read = false
typing = false
"#
        );
        fs::write(dir.path().join("countersign.toml"), config).unwrap();
        Self { dir, address, provider: provider.to_owned(), child: None, before: None }
    }

    /// Runs another command of the program beside the server; what it wrote to stdout and stderr.
    pub(crate) fn command(&self, arguments: &[&str]) -> (bool, String) {
        self.command_with(arguments, None)
    }

    /// The same, to be stopped at a failpoint.
    pub(crate) fn command_with(&self, arguments: &[&str], failpoint: Option<&str>) -> (bool, String) {
        let config = self.dir.path().join("countersign.toml");
        let mut command = Command::new(program());
        command.args(arguments).arg("--config").arg(config).current_dir(self.dir.path());
        match failpoint {
            Some(failpoint) => command.env("COUNTERSIGN_FAILPOINT", failpoint),
            None => command.env_remove("COUNTERSIGN_FAILPOINT"),
        };
        let output = command.output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8(said).unwrap())
    }

    /// What the server answers to a GET.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let mut connection = Connection::open(self.address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n");
        connection.write(request.as_bytes()).await.unwrap();
        let answer = connection.read().await.unwrap().unwrap();
        let status = answer.first_line()[1].parse().unwrap();
        (status, String::from_utf8_lossy(answer.body()).into_owned())
    }

    /// Starts it, and tells the world when it answers. Gives `false` when a failpoint ended it before.
    pub(crate) async fn start(&mut self, world: &Rc<World>, failpoint: Option<&str>) -> bool {
        let started = self.launch(world, failpoint).await;
        assert!(started || failpoint.is_some(), "the server ended by itself:\n{}", self.log());
        started
    }

    /// Starts it; it may end by itself.
    pub(crate) async fn starts(&mut self, world: &Rc<World>) -> bool {
        self.launch(world, None).await
    }

    async fn launch(&mut self, world: &Rc<World>, failpoint: Option<&str>) -> bool {
        let log = File::options().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let config = self.dir.path().join("countersign.toml");
        let mut command = match &self.before {
            None => Command::new(program()),
            // As root of a namespace of its own, where mounts are nobody else's.
            Some(before) => {
                let mut command = Command::new("unshare");
                command.args(["--user", "--map-root-user", "--mount", "sh", "-ec"]);
                command.arg(format!("{before}; exec \"$0\" \"$@\"")).arg(program());
                command
            }
        };
        command.args(["serve", "--config"]).arg(config);
        match failpoint {
            Some(failpoint) => command.env("COUNTERSIGN_FAILPOINT", failpoint),
            None => command.env_remove("COUNTERSIGN_FAILPOINT"),
        };
        world.life.set(world.life.get() + 1);
        // Each life has a way of its own to the provider: what it sent may be read when the next one has begun.
        command
            .env("COUNTERSIGN_CHANNELS__WA__API_URL", format!("{}/life/{}", self.provider, world.life.get()));
        let out = log.try_clone().unwrap();
        let child = command.stdin(Stdio::null()).stdout(out).stderr(log).spawn().unwrap();
        self.child = Some(child);
        while self.answers().await.is_none() {
            if self.has_ended() {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        world.hook.send_replace(Some(self.address));
        true
    }

    async fn answers(&self) -> Option<()> {
        let mut connection = Connection::open(self.address).await.ok()?;
        connection.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").await.ok()?;
        connection.read().await.ok()?.map(drop)
    }

    /// Runs this in the shell before every start, in mounts of its own.
    pub(crate) fn before(mut self, script: String) -> Self {
        self.before = Some(script);
        self
    }

    /// And this after it; `DIR` is the directory of the server.
    pub(crate) fn and_before(mut self, script: &str) -> Self {
        let script = script.replace("DIR", &self.dir.path().display().to_string());
        let before = self.before.take().unwrap_or_else(|| "true".to_owned());
        self.before = Some(format!("{before}; {script}"));
        self
    }

    /// Runs a command in the mounts of the server.
    pub(crate) fn inside(&self, script: &str) -> (bool, String) {
        let pid = self.child.as_ref().unwrap().id().to_string();
        let output = Command::new("nsenter")
            .args(["--target", &pid, "--user", "--mount", "--preserve-credentials", "sh", "-c", script])
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned(),
        )
    }

    /// Whether the process is gone.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_some())
    }

    /// As when the power fails, as far as the process is concerned.
    pub(crate) fn kill(&mut self, world: &World) {
        world.hook.send_replace(None);
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
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
