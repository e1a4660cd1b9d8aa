//! `countersign demo`, and `countersign chat --connect` as the customers of its bank.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::{Folder, program};

/// A demo in a folder of its own. It is killed when a test fails.
struct Demo {
    child: Child,
    out: BufReader<ChildStdout>,
    stand_ins: String,
    folder: Folder,
}

impl Demo {
    fn start(name: &str) -> Self {
        let folder = Folder::new(name);
        let mut child = Command::new(program())
            .args(["demo", "--listen", "127.0.0.1:0", "--stand-ins", "0"])
            .current_dir(&folder.0)
            .env_remove("COUNTERSIGN_LOG")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let mut demo = Self { child, out, stand_ins: String::new(), folder };
        loop {
            let mut line = String::new();
            assert!(demo.out.read_line(&mut line).unwrap() > 0, "the demo has ended");
            if let Some(url) = line.trim().strip_prefix("stand-ins") {
                demo.stand_ins = url.trim().to_owned();
            }
            if line.contains("Stop with Ctrl-C") {
                return demo;
            }
        }
    }

    /// The lines of the bot.
    fn chat(&self, args: &[&str], input: &str) -> String {
        let run = self.folder.run_with(&[&["chat", "--connect", &self.stand_ins], args].concat(), input);
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It has ended already when the test went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const LOGIN: &str = "bot: What is your username?\nbot: What is your password?\nbot: Which account? [1] Checking [2] Savings\n";

#[test]
fn a_newcomer_logs_in_on_whatsapp_without_an_account_anywhere() {
    let mut demo = Demo::start("demo-whatsapp");
    let out = demo.chat(&[], "balance\nalice\nwonderland\n1\n/repeat\nbalance\n2\n");
    let again = "bot: Which account? [1] Checking [2] Savings\nbot: You have 10000.00 EUR.\n";
    assert_eq!(out, format!("{LOGIN}bot: You have 1234.50 EUR.\n{again}"));
    // Somebody else is not logged in by that.
    assert_eq!(demo.chat(&["--as", "bob"], "balance\n"), "bot: What is your username?\n");
    demo.signal("-INT");
    let mut rest = String::new();
    demo.out.read_to_string(&mut rest).unwrap();
    assert!(rest.ends_with("Stopped.\n"), "{rest}");
    assert!(demo.child.wait().unwrap().success());
    assert_eq!(std::fs::read_dir(&demo.folder.0).unwrap().count(), 0, "something was left behind");
}

#[test]
fn a_provider_that_misbehaves_changes_nothing_for_the_customer() {
    let demo = Demo::start("demo-trouble");
    let out = demo.chat(
        &[],
        "/provider repeat 5\nbalance\n/provider well\n/provider refuse 131056\nalice\n/provider break\nwonderland\n\
         /provider http 502\n1\n",
    );
    assert_eq!(out, format!("{LOGIN}bot: You have 1234.50 EUR.\n"));
}

#[test]
fn a_newcomer_calls_the_bank() {
    let demo = Demo::start("demo-phone");
    for line in ["phone-twilio", "phone-vonage"] {
        let out = demo.chat(&["--channel", "phone", "--line", line], "4711#\n1234\n1\n/hangup\n");
        let heard: Vec<_> = out.lines().collect();
        assert_eq!(heard[0], "bot: Welcome to the Demo Bank.", "{line}");
        assert!(heard.contains(&"bot: There are 500.00 EUR in the account."), "{line}: {out}");
    }
    demo.signal("-TERM");
}

#[test]
fn who_finds_no_demo_is_told_what_to_do() {
    let folder = Folder::new("demo-none");
    let run = folder.run(&["chat", "--connect", "http://127.0.0.1:1"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert_eq!(
        run.err,
        "error: nothing answers on http://127.0.0.1:1\n\
         help: start `countersign demo` in another terminal; it prints the address for `--connect`\n"
    );
    let run = folder.run(&["chat", "bot.yaml", "--connect"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("cannot be used with"), "{}", run.err);
}
