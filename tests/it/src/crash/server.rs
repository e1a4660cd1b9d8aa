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
pub(super) struct Server {
    pub(super) dir: TempDir,
    address: SocketAddr,
    child: Option<Child>,
}

impl Server {
    pub(super) fn new(provider: &str, company: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let at = dir.path().display();
        fs::write(dir.path().join("crash.yaml"), include_str!("bot.yaml")).unwrap();
        let company_host = company.trim_start_matches("http://");
        let config = format!(
            r#"listen = "{address}"
public_url = "http://{address}"
store = "{at}/countersign.db"
bots = ["{at}/crash.yaml"]
[keys]
file = "{at}/keys"
[egress]
allow = ["{company_host}"]
[config]
company_url = "{company}"
[limits]
flood_messages = 100000
connections_per_peer = 1000
[[channels]]
id = "wa"
kind = "whatsapp"
bot = "crash"
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
        Self { dir, address, child: None }
    }

    /// Starts it, and tells the world when it answers. Gives `false` when it ended before.
    pub(super) async fn start(&mut self, world: &Rc<World>, failpoint: Option<&str>) -> bool {
        let log = File::options().create(true).append(true).open(self.dir.path().join("log")).unwrap();
        let mut command = Command::new(program());
        command.args(["serve", "--config"]).arg(self.dir.path().join("countersign.toml"));
        match failpoint {
            Some(failpoint) => command.env("COUNTERSIGN_FAILPOINT", failpoint),
            None => command.env_remove("COUNTERSIGN_FAILPOINT"),
        };
        let out = log.try_clone().unwrap();
        let child = command.stdin(Stdio::null()).stdout(out).stderr(log).spawn().unwrap();
        self.child = Some(child);
        world.life.set(world.life.get() + 1);
        while self.answers().await.is_none() {
            if self.has_ended() {
                assert!(failpoint.is_some(), "the server ended by itself:\n{}", self.log());
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

    /// Whether the process is gone.
    pub(super) fn has_ended(&mut self) -> bool {
        self.child.as_mut().is_none_or(|child| child.try_wait().unwrap().is_some())
    }

    /// As when the power fails, as far as the process is concerned.
    pub(super) fn kill(&mut self, world: &World) {
        world.hook.send_replace(None);
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            child.wait().unwrap();
        }
    }

    pub(super) fn log(&self) -> String {
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
