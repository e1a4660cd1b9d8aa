//! The program itself: what `countersign chat` writes while somebody logs in, and what `check` writes.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use super::canary::{ANSWER, CODE, PASSWORD, PIN, WORKSPACE, assert_clean, find};
use super::conversations::BOT;
use super::parrot::{Answer, Parrot};
use crate::cli::program;

fn chat(parrot: &Parrot, flags: &[&str]) -> Output {
    let folder =
        std::env::temp_dir().join(format!("countersign-leak-{}-{}", std::process::id(), parrot.addr.port()));
    std::fs::create_dir_all(&folder).unwrap();
    let (bot, secret) = (folder.join("leak.yaml"), folder.join("secret"));
    std::fs::write(&bot, BOT).unwrap();
    std::fs::write(&secret, WORKSPACE.text).unwrap();
    let mut child = Command::new(program())
        .args(flags)
        .arg("chat")
        .arg(&bot)
        .arg("--verbose")
        .args(["--config", &format!("bank_url=http://{}", parrot.addr)])
        .args(["--secret-file", &format!("oauth_secret={}", secret.display())])
        .args(["--allow", &parrot.addr.to_string()])
        .env("COUNTERSIGN_LOG", "trace")
        .env("RUST_BACKTRACE", "full")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines =
        ["go", "canary-user", PASSWORD.text, PIN.text, CODE.text, ANSWER.text, "go", ANSWER.text].join("\n");
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    output
}

#[test]
fn chat_says_nothing_of_secrets() {
    let parrot = Parrot::start();
    let output = chat(&parrot, &["-vvv"]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("bot: Password?"), "{out}");
    assert!(err.contains("/login"), "--verbose shows the calls: {err}");
    assert_clean("stdout", &output.stdout);
    assert_clean("stderr", &output.stderr);
    assert!(!find(&[PASSWORD, PIN, CODE, ANSWER, WORKSPACE], &parrot.received()).is_empty());
}

#[test]
fn chat_says_nothing_of_secrets_when_the_login_fails() {
    for answer in Answer::FAILURES.into_iter().filter(|answer| *answer != Answer::Silence) {
        let parrot = Parrot::start();
        parrot.answers(answer);
        let output = chat(&parrot, &["-vvv"]);
        assert_clean(&format!("{answer:?}: stdout"), &output.stdout);
        assert_clean(&format!("{answer:?}: stderr"), &output.stderr);
        assert!(!find(&[PASSWORD], &parrot.received()).is_empty(), "{answer:?}");
    }
}
