//! The program as a person or a script uses it: arguments in, text and an exit code out.
//!
//! The program stands beside this test when it was built: `cargo build -p countersign`.

mod chat;
mod check;
mod conversations;
mod demo;
mod everything;
mod service;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a run of the program came to.
#[derive(Debug)]
struct Run {
    code: Option<i32>,
    out: String,
    err: String,
}

/// A folder of its own for one test, in which the program runs.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("countersign-cli-{}-{name}", std::process::id()));
        // Left over from a run that was stopped.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.0.join(name), content).unwrap();
        self
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn run(&self, args: &[&str]) -> Run {
        self.run_with(args, "")
    }

    fn run_with(&self, args: &[&str], input: &str) -> Run {
        let mut child = Command::new(program())
            .args(args)
            .current_dir(&self.0)
            .env_remove("COUNTERSIGN_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that ends before it has read everything closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed lies in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// The program, which stands beside this test when the workspace was built.
pub(crate) fn program() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    path.push(format!("countersign{}", std::env::consts::EXE_SUFFIX));
    assert!(Path::exists(&path), "build the program first: `cargo build --workspace --bins`");
    path
}

/// A bot with choices, a pause, an end and a login at `{config.url}`.
const BOT: &str = r#"
countersign: 1
bot: demo
name: Demo
authorization_tokens:
  - id: login
    url: "{config.url}/login"
    questions:
      - { question: "What is your username?", field: username }
      - { question: "What is your password?", field: password, secret: true }
    ttl: 900
    is_json: true
    token_path: data.token
web_services:
  - id: get-balance
    method: GET
    url: "{config.url}/balance"
    headers: { Authorization: "Bearer {authtoken}" }
    save: { amount: balance.amount }
scripts:
  - id: menu
    triggers: [hi, { on: call }]
    steps:
      - options: "What would you like?\nPick one."
        choices:
          - { label: My balance, go: balance }
          - { label: Goodbye, go: bye }
  - id: bye
    triggers: [bye]
    steps:
      - message: "One moment."
      - wait: 5
      - message: "Bye."
      - end: true
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: login
      - web_service: get-balance
      - message: "You have {amount} EUR."
"#;

/// A bot without a login.
const ECHO: &str = r#"
countersign: 1
bot: echo
scripts:
  - id: echo
    triggers: [hi]
    steps:
      - question: "Your name?"
        save: name
      - message: "Hello {name}."
"#;
