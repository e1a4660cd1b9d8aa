//! The server: what it leaves in its database, its log of what changes, its logs, its metrics and its backups.

use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::canary::{ALL, ANSWER, CODE, PASSWORD, PIN, TOKEN, WORKSPACE, assert_clean, find};
use super::conversations::BOT;
use super::parrot::{Answer, Parrot};
use crate::live::{Server, World, run};

/// What the bot asks, and what the user then writes after the user name. The first three are for the login.
const LINES: [(&str, &str); 5] = [
    ("Password?", PASSWORD.text),
    ("PIN?", PIN.text),
    ("Code?", CODE.text),
    ("Secret?", ANSWER.text),
    ("Secret?", ANSWER.text),
];

/// Files in which secrets stand because the operator put them there.
const GIVEN: [&str; 3] = ["keys", "countersign.toml", "secret"];

async fn conversation(world: &Rc<World>, number: &str, lines: &[(&str, &str)]) {
    let mut heard = world.join(number);
    // Each user has a name of their own, or wrong passwords of one would hold up the next.
    let name = format!("canary-user-{number}");
    let lines = [("", "go"), ("User?", &name)].into_iter().chain(lines.iter().copied());
    let mut answered = false;
    for (n, (question, line)) in lines.enumerate() {
        if answered && line == ANSWER.text {
            world.say(number, "again", "go").await;
        }
        answered |= line == ANSWER.text;
        // What a user writes who was not asked is no secret, so each line waits for its question.
        while !question.is_empty() && !hear(&mut heard, question).await.contains(question) {}
        world.say(number, &format!("m{n}"), line).await;
    }
    hear(&mut heard, "anything").await;
}

async fn hear(heard: &mut UnboundedReceiver<String>, wanted: &str) -> String {
    let said = tokio::time::timeout(Duration::from_secs(60), heard.recv()).await;
    let said = said.unwrap_or_else(|_| panic!("`{wanted}` is not said")).unwrap();
    assert_clean("what the bot says", said.as_bytes());
    said
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path));
        } else if !GIVEN.iter().any(|given| path.ends_with(given)) {
            all.push(path);
        }
    }
    all
}

fn search(dir: &Path) -> usize {
    let files = files(dir);
    for file in &files {
        assert_clean(&file.file_name().unwrap().to_string_lossy(), &fs::read(file).unwrap());
    }
    files.len()
}

#[test]
fn nothing_of_a_secret_is_on_the_disk_of_a_server() {
    run(async {
        let parrot = Parrot::start();
        let (world, provider, _) = World::new().await;
        let secret = tempfile::tempdir().unwrap();
        fs::write(secret.path().join("secret"), WORKSPACE.text).unwrap();
        let tables = format!(
            "[egress]\nallow = [\"{}\"]\n[config]\nbank_url = \"http://{}\"\n[secrets]\noauth_secret_file = \"{}\"\n\
             [log]\nlevel = \"trace\"\n",
            parrot.addr,
            parrot.addr,
            secret.path().join("secret").display()
        );
        let mut server = Server::new(&provider, BOT, "", &tables);
        assert!(server.start(&world, None).await);
        conversation(&world, "491111", &LINES).await;
        for (n, failure) in
            Answer::FAILURES.into_iter().filter(|answer| *answer != Answer::Silence).enumerate()
        {
            parrot.answers(failure);
            conversation(&world, &format!("49222{n}"), &LINES[..3]).await;
        }
        let (_, metrics) = server.get("/metrics").await;
        assert!(metrics.contains("countersign_"), "{metrics}");
        assert_clean("the metrics", metrics.as_bytes());
        let (backed_up, said) = server.command(&["backup", "copy.db"]);
        assert!(backed_up, "{said}");
        let (listed, said) = server.command(&["tokens", "list"]);
        assert!(listed, "{said}");
        assert_clean("the list of tokens", said.as_bytes());

        assert!(server.log().contains("DEBUG countersign_runner"), "the log is as detailed as it gets");
        // Stopped in the middle, so that nothing is tidied up before the search: the write-ahead log is there.
        server.kill(&world);
        let searched = search(server.dir.path());
        assert!(searched >= 4, "{searched} files: database, its log, the program's log, a backup");
        let database = fs::read(server.dir.path().join("countersign.db")).unwrap();
        assert!(database.starts_with(b"SQLite format 3"));
        // The secrets did go through it.
        assert!(!find(&[PASSWORD, PIN, CODE, ANSWER, TOKEN, WORKSPACE], &parrot.received()).is_empty());
        assert_eq!(ALL.len(), 7);
    });
}
