//! `countersign check`

use super::{BOT, ECHO, Folder};

const WRONG: &str = "countersign: 1\nbot: wrong\nscripts:\n  - id: a\n    triggers: [hi]\n    steps:\n      - jump: nowhere\n";

#[test]
fn a_sound_bot_has_no_problems() {
    let folder = Folder::new("sound");
    let run = folder.write("demo.yaml", BOT).run(&["check", "demo.yaml"]);
    assert_eq!((run.code, run.out.as_str(), run.err.as_str()), (Some(0), "demo.yaml: no problems\n", ""));
}

#[test]
fn errors_are_shown_with_their_place() {
    let folder = Folder::new("errors");
    folder.write("demo.yaml", BOT).write("wrong.yaml", WRONG);
    let run = folder.run(&["check", "wrong.yaml", "demo.yaml"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.out, "demo.yaml: no problems\n", "the others are checked all the same");
    for part in ["error[E", "wrong.yaml:7:", "nowhere", "^^^", "1 error in wrong.yaml"] {
        assert!(run.err.contains(part), "{part}: {}", run.err);
    }
    assert!(!run.err.contains('\x1b'), "no colours into a pipe");
    assert!(folder.run(&["check", "wrong.yaml", "--color", "always"]).err.contains('\x1b'));
}

#[test]
fn json_goes_to_the_standard_output() {
    let folder = Folder::new("json");
    let run = folder.write("wrong.yaml", WRONG).run(&["check", "--format", "json", "wrong.yaml"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(json["file"], "wrong.yaml");
    assert_eq!(json["diagnostics"][0]["line"], 7);
}

#[test]
fn a_channel_that_cannot_do_it_is_an_error() {
    let folder = Folder::new("channel");
    folder.write("demo.yaml", BOT);
    assert_eq!(
        folder.run(&["check", "demo.yaml", "--channel", "whatsapp", "--channel", "phone"]).code,
        Some(0)
    );
    let run = folder.run(&["check", "demo.yaml", "--channel", "web"]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("auth_token: login"), "{}", run.err);
}

#[test]
fn the_standard_input_is_a_file_too() {
    let folder = Folder::new("stdin");
    let run = folder.run_with(&["check", "-"], ECHO);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "<stdin>: no problems\n"));
}

#[test]
fn what_cannot_be_read_is_named() {
    let folder = Folder::new("unreadable");
    folder.write("demo.yaml", BOT).write("binary.yaml", b"bot: \xff");
    std::fs::create_dir(folder.0.join("bots")).unwrap();
    let run = folder.run(&["check", "dmeo.yaml", "bots", "binary.yaml", "demo.yaml"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(
        run.err,
        "error: there is no file `dmeo.yaml`\nhelp: did you mean `demo.yaml`?\n\
         error: `bots` is a directory, not a file\nhelp: name the file in it, such as `bots/bot.yaml`\n\
         error: `binary.yaml` is not a text file: it is not UTF-8 from byte 5 on\nhelp: save it as UTF-8\n"
    );
    assert_eq!(run.out, "demo.yaml: no problems\n");
}

#[test]
fn codes_are_explained() {
    let folder = Folder::new("explain");
    folder.write("wrong.yaml", WRONG);
    let err = folder.run(&["check", "wrong.yaml"]).err;
    let code = err.split(['[', ']']).nth(1).unwrap();
    let run = folder.run(&["check", "--explain", code]);
    assert_eq!(run.code, Some(0));
    assert!(run.out.starts_with(&format!("{code}: ")) && run.out.lines().count() > 2, "{}", run.out);
    let run = folder.run(&["check", "--explain", "E9999"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.starts_with("error: there is no code `E9999`\nhelp: "), "{}", run.err);
}

#[test]
fn files_of_tests_may_be_among_the_bots() {
    let folder = Folder::new("tests-among");
    folder.write("echo.yaml", ECHO).write("echo.test.yaml", "tests:\n  - name: a\n    stepz: []\n");
    let run = folder.run(&["check", "echo.yaml", "echo.test.yaml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.starts_with("error: echo.test.yaml:3:5: "), "{}", run.err);
}
