//! What belongs to no one command.

use std::process::{Command, Stdio};

use super::{Folder, program};

#[test]
fn without_a_command_it_says_what_to_try() {
    let run = Folder::new("welcome").run(&[]);
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    for command in ["countersign check ", "countersign chat ", "countersign test "] {
        assert!(run.out.contains(command), "{}", run.out);
    }
}

#[test]
fn a_mistyped_command_or_flag_is_suggested() {
    let folder = Folder::new("mistyped");
    let run = folder.run(&["chekc"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("'check'"), "{}", run.err);
    let run = folder.run(&["check", "a.yaml", "--formt", "json"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("'--format'"), "{}", run.err);
}

#[test]
fn help_and_version() {
    let folder = Folder::new("help");
    assert_eq!(folder.run(&["--version"]).out, concat!("countersign ", env!("CARGO_PKG_VERSION"), "\n"));
    for command in ["check", "chat", "test", "schema", "completions"] {
        let run = folder.run(&["help", command]);
        assert_eq!(run.code, Some(0));
        assert!(run.out.contains("Examples:"), "{command}");
    }
}

#[test]
fn schemas_are_json() {
    let folder = Folder::new("schema");
    let bot: serde_json::Value = serde_json::from_str(&folder.run(&["schema"]).out).unwrap();
    assert!(bot["properties"]["authorization_tokens"].is_object());
    let tests: serde_json::Value = serde_json::from_str(&folder.run(&["schema", "--tests"]).out).unwrap();
    assert!(tests["properties"]["tests"].is_object());
}

#[test]
fn every_shell_has_its_completions() {
    let folder = Folder::new("completions");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = folder.run(&["completions", shell]);
        assert_eq!(run.code, Some(0), "{shell}");
        assert!(run.out.contains("channel"), "{shell}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(program())
        .args(["schema"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert!(output.status.success());
}
