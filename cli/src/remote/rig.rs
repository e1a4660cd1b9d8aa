//! A real server with an API key, for the tests of the commands that talk to one.

use std::path::PathBuf;

use clap::Parser;
use countersign_accounts::{NewApiKey, NewByOperator, Permission, SignIn, Visit};
use countersign_server::{Config, Server};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::color::Paint;
use crate::commands::operator::now;
use crate::commands::serve::seams;
use crate::problem::{Stop, Told, UNUSABLE};

/// A server in a thread of its own, and a folder with the key and the files of a test.
pub(crate) struct Rig {
    folder: TempDir,
    url: String,
    stop: CancellationToken,
    thread: Option<std::thread::JoinHandle<()>>,
}

#[derive(Parser)]
struct Command<A: clap::Args> {
    #[command(flatten)]
    args: A,
}

impl Rig {
    /// A server whose key may do this.
    pub(crate) fn new(scopes: &[Permission]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (stop, path, scopes) = (CancellationToken::new(), folder.path().to_owned(), scopes.to_vec());
        let (told, url) = std::sync::mpsc::channel();
        let stopped = stop.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let server = Server::open(config(&path), seams()).await.unwrap();
                std::fs::write(path.join("key"), format!("{}\n", key(&path, scopes).await)).unwrap();
                told.send(format!("http://{}", server.addr())).unwrap();
                server.run(stopped).await;
            });
        });
        Self { folder, url: url.recv().unwrap(), stop, thread: Some(thread) }
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// The arguments of a command for this server.
    pub(crate) fn parse<A: clap::Args>(&self, args: &[&str]) -> A {
        Self::parse_at(&self.url, &self.path("key"), args)
    }

    pub(crate) fn parse_at<A: clap::Args>(server: &str, key: &str, args: &[&str]) -> A {
        let all = [&["x", "--server", server, "--key-file", key], args].concat();
        Command::parse_from(all).args
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.stop.cancel();
        self.thread.take().map(std::thread::JoinHandle::join);
    }
}

/// What a command came to: the exit code, and what it said on both outputs.
pub(crate) fn told(run: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>) -> Result<(), Stop>) -> (u8, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let result = run(&mut out, &mut err);
    let said = String::from_utf8([out, err].concat()).unwrap();
    match result {
        Ok(()) => (0, said),
        Err(Stop::Told(code)) => (code, said),
        Err(Stop::Problem(problem)) => (UNUSABLE, said + &Told(&problem, Paint(false)).to_string()),
        Err(Stop::Unread) => panic!("somebody reads"),
    }
}

fn config(folder: &std::path::Path) -> Config {
    let bot = "countersign: 1\nbot: demo\nscripts: [{ id: a, triggers: a, steps: [{ message: hi }] }]\n";
    std::fs::write(folder.join("demo.yaml"), bot).unwrap();
    let text = "listen = \"127.0.0.1:0\"\nbots = [\"demo.yaml\"]\n[limits]\nstop_timeout = \"1s\"\n\
                [[channels]]\nid = \"web\"\nkind = \"web\"\n";
    let path: PathBuf = folder.join("countersign.toml");
    Config::from_text(text, &path, &[]).unwrap()
}

async fn key(folder: &std::path::Path, scopes: Vec<Permission>) -> String {
    let at = now();
    let config = config(folder);
    let accounts = countersign_server::accounts(&config, at).await.unwrap();
    let new = NewByOperator {
        name: "Ann".to_owned(),
        email: "ann@bank.example".to_owned(),
        password: Some("correct horse battery".into()),
        administrator: true,
        roles: Vec::new(),
    };
    accounts.add_account(new, at).await.unwrap();
    let visit = Visit { at, ip: None, agent: String::new() };
    let signed = accounts.sign_in("ann@bank.example", &"correct horse battery".into(), &visit).await.unwrap();
    let SignIn::Done(signed) = signed else { panic!("signed in") };
    let actor = accounts.actor(&signed.session, &config.workspace, &visit).await.unwrap();
    let scopes = scopes.into_iter().map(|scope| scope.as_str().to_owned()).collect();
    let new = NewApiKey { name: "tests".to_owned(), scopes, expires_at: None, ips: Vec::new() };
    accounts.create_api_key(&actor, &new, &visit).await.unwrap().key.expose().to_owned()
}
