//! `countersign chat`, over pipes.

use super::{BOT, ECHO, Folder, service};

#[test]
fn one_line_in_one_line_out() {
    let folder = Folder::new("lines");
    let run = folder.write("echo.yaml", ECHO).run_with(&["chat", "echo.yaml"], "hi\nAlice\n");
    assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
    assert_eq!(run.out, "bot: Your name?\nbot: Hello Alice.\n");
}

#[test]
fn a_login_shows_no_secret_and_its_calls_only_when_asked() {
    let folder = Folder::new("login");
    folder.write("demo.yaml", BOT);
    let address = service::start().to_string();
    let url = format!("url=http://{address}");
    let args = ["chat", "demo.yaml", "--config", &url, "--allow", &address];
    let lines = "balance\nalice\nlooking-glass\nalice\nwonderland\nbalance\n/wait 16m\nbalance\n";
    let run = folder.run_with(&args, lines);
    assert_eq!((run.code, run.err.as_str()), (Some(0), "(16 min later)\n"));
    let asked = run.out.matches("bot: What is your username?\n").count();
    assert_eq!(asked, 3, "at first, after the wrong password, after the time of the token: {}", run.out);
    assert_eq!(run.out.matches("bot: You have 12.50 EUR.\n").count(), 2, "{}", run.out);
    assert!(run.out.lines().all(|line| line.starts_with("bot: ")), "{}", run.out);

    let run = folder.run_with(&[&args[..], &["--verbose"]].concat(), lines);
    assert!(run.err.contains(&format!("→ POST http://{address}/login (login) …\n← 401 in ")), "{}", run.err);
    for secret in ["wonderland", "looking-glass", "T-canary"] {
        assert!(!run.out.contains(secret) && !run.err.contains(secret), "{secret}");
    }
}

#[test]
fn the_author_is_told_what_is_amiss_without_asking() {
    let folder = Folder::new("amiss");
    folder.write("demo.yaml", BOT.replace("data.token", "data.tokn"));
    let address = service::start().to_string();
    let url = format!("url=http://{address}");
    let args = ["chat", "demo.yaml", "--config", &url, "--allow", &address];
    let run = folder.run_with(&args, "balance\nalice\nwonderland\n");
    assert_eq!(run.code, Some(0));
    assert!(run.err.starts_with("! login: `data.tokn` not found; "), "{}", run.err);
    assert!(run.err.contains("`token`") && !run.err.contains("canary"), "{}", run.err);
}

#[test]
fn the_end_of_the_bot_ends_the_program() {
    let folder = Folder::new("end");
    folder.write("demo.yaml", BOT);
    let args = ["chat", "demo.yaml", "--config", "url=https://bank.example"];
    let run = folder.run_with(&args, "hi\n2\nhi\nhi\n");
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.out,
        "bot: What would you like? ⏎ Pick one. [1] My balance [2] Goodbye\nbot: One moment.\nbot: Bye.\n"
    );
}

#[test]
fn a_phone_call_begins_with_the_call() {
    let folder = Folder::new("phone");
    folder.write("demo.yaml", BOT);
    let args = ["chat", "demo.yaml", "--config", "url=https://bank.example", "--channel", "phone"];
    let run = folder.run_with(&args, "2\n");
    assert_eq!(run.code, Some(0));
    let first = run.out.lines().next();
    assert_eq!(first, Some("bot: What would you like? ⏎ Pick one. [1] My balance [2] Goodbye"));
    assert!(run.out.ends_with("bot: Bye.\n"), "{}", run.out);
    let run = folder.run_with(&args, "/hangup\n2\n");
    assert_eq!((run.code, run.out.lines().count()), (Some(0), 1), "{}", run.out);
}

#[test]
fn a_script_begins_at_once() {
    let folder = Folder::new("script");
    folder.write("echo.yaml", ECHO);
    let run = folder.run_with(&["chat", "echo.yaml", "--script", "echo"], "Bob\n");
    assert_eq!(run.out, "bot: Your name?\nbot: Hello Bob.\n");
    let run = folder.run(&["chat", "echo.yaml", "--script", "ehco"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(run.err, "error: the bot has no script `ehco`\nhelp: did you mean `echo`?\n");
}

#[test]
fn commands_are_not_part_of_the_conversation() {
    let folder = Folder::new("local");
    folder.write("echo.yaml", ECHO);
    let run = folder.run_with(&["chat", "echo.yaml"], "//hi\n/frob\nAlice\n/vars\n/quit\nhi\n");
    assert_eq!(run.out, "bot: Your name?\nbot: Hello Alice.\n");
    assert!(run.err.starts_with("there is no command `/frob`; "), "{}", run.err);
    assert!(run.err.ends_with("name = Alice\n"), "{}", run.err);
}

#[test]
fn a_bot_with_errors_is_refused() {
    let folder = Folder::new("refused");
    folder.write("demo.yaml", BOT);
    let run = folder.run(&["chat", "demo.yaml", "--config", "url=https://bank.example", "--channel", "web"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
    assert!(run.err.contains("error[E") && run.err.contains("auth_token: login"), "{}", run.err);
}

#[test]
fn what_is_missing_is_told_at_once() {
    let folder = Folder::new("missing");
    let needy = BOT.replace("Bearer {authtoken}\"", "Bearer {authtoken}\", X-Key: \"{secret.key}\"");
    folder.write("demo.yaml", needy);
    let run = folder.run(&["chat", "demo.yaml"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.contains("--config url=VALUE") && run.err.contains("--secret key=VALUE"), "{}", run.err);
    assert!(run.err.lines().all(|line| line.starts_with("error: ")), "{}", run.err);
    let run = folder.run(&["chat", "demo.yaml", "--secret", "hunter2"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("`--secret` is not of the form NAME=VALUE"), "{}", run.err);
    assert!(!run.err.contains("hunter2"), "{}", run.err);
}

#[test]
fn a_recording_is_a_test_that_passes() {
    let folder = Folder::new("record");
    folder.write("demo.yaml", BOT);
    let address = service::start().to_string();
    let url = format!("url=http://{address}");
    let args = ["chat", "demo.yaml", "--config", &url, "--allow", &address, "--record", "demo.test.yaml"];
    let run = folder.run_with(&args, "hi\n1\nalice\nwonderland\n/wait 1m\nbye\n");
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.out.ends_with("bot: One moment.\nbot: Bye.\n"), "{}", run.out);
    assert!(!folder.read("demo.test.yaml").contains(service::PASSWORD));

    let run = folder.run(&["test", "demo.yaml"]);
    assert_eq!(run.code, Some(2), "the password is not known");
    assert!(run.err.contains("give it with `--answer secret_1=VALUE`"), "{}", run.err);
    let run = folder.run(&["test", "demo.yaml", "--answer", "secret_1=wonderland"]);
    assert_eq!(
        (run.code, run.out.as_str()),
        (Some(0), "ok   demo.test.yaml: recorded conversation\n1 passed\n")
    );

    let run = folder.run(&args);
    assert_eq!(run.code, Some(2));
    assert!(run.err.starts_with("error: `demo.test.yaml` is there already"), "{}", run.err);
}
