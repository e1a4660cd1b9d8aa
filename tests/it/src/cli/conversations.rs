//! `countersign test`

use super::{BOT, ECHO, Folder};

const TESTS: &str = r#"
tests:
  - name: greets
    steps:
      - user: hi
      - bot: Your name?
      - user: Alice
      - bot: Hello Alice.
  - name: fails
    steps:
      - user: hi
      - bot: Your name?
      - user: Alice
      - bot: Hello Bob.
  - name: says more
    steps:
      - user: hi
"#;

const LOGIN: &str = r#"
config: { url: "http://127.0.0.1:1" }
answers: { password: wonderland, wrong: looking-glass }
services:
  - on: POST /login
    with: { json: { username: alice, password: wonderland } }
    answer: { json: { data: { token: T1 } } }
tests:
  - name: passes
    services:
      - on: GET /balance
        with: { headers: { Authorization: Bearer T1 } }
        answer: { json: { balance: { amount: 7 } } }
    steps:
      - user: balance
      - bot: What is your username?
      - user: alice
      - bot: What is your password?
      - answer: password
      - bot: You have 7 EUR.
      - calls: { POST /login: 1, GET /balance: 1 }
      - variables: { amount: 7 }
      - wait: 14m
      - user: balance
      - bot: You have 7 EUR.
      - wait: 2m
      - user: balance
      - bot: What is your username?
      - ended: false
  - name: a password that no stub takes
    steps:
      - user: balance
      - bot: { contains: username }
      - user: alice
      - bot: { contains: password }
      - answer: wrong
      - bot: { contains: not available }
  - name: a stub that is not used
    steps:
      - user: hi
      - bot: { options: [My balance, Goodbye] }
"#;

#[test]
fn every_test_has_a_line_and_failures_a_difference() {
    let folder = Folder::new("difference");
    folder.write("echo.yaml", ECHO).write("echo.test.yaml", TESTS);
    let run = folder.run(&["test", "echo.yaml", "--junit", "results.xml"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert_eq!(
        run.out,
        "ok   echo.test.yaml: greets\n\
         FAIL echo.test.yaml: fails\n     echo.test.yaml:14: the bot said something else\n\
         \x20   user: hi\n    bot: Your name?\n    user: Alice\n  - bot: Hello Bob.\n  + bot: Hello Alice.\n\
         FAIL echo.test.yaml: says more\n     echo.test.yaml:17: the bot said more than was expected\n\
         \x20   user: hi\n  + bot: Your name?\n\
         1 passed, 2 failed\n"
    );
    let xml = folder.read("results.xml");
    assert!(xml.contains("<testsuites name=\"countersign\" tests=\"3\" failures=\"2\""), "{xml}");
    assert!(xml.contains("<failure message=\"the bot said something else\">echo.test.yaml:14&#10;"), "{xml}");
}

#[test]
fn some_can_be_chosen() {
    let folder = Folder::new("filter");
    folder.write("echo.yaml", ECHO).write("echo.test.yaml", TESTS);
    let run = folder.run(&["test", "echo.test.yaml", "--filter", "GREET"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), "ok   echo.test.yaml: greets\n1 passed\n"));
    let run = folder.run(&["test", "echo.yaml", "--filter", "nothing"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.starts_with("error: no test has `nothing` in its name\n"), "{}", run.err);
}

#[test]
fn stubs_stand_for_services() {
    let folder = Folder::new("stubs");
    folder.write("demo.yaml", BOT).write("demo.test.yaml", LOGIN);
    let run = folder.run(&["test", "demo.yaml"]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    for part in [
        "ok   demo.test.yaml: passes\n",
        "no stub answers POST http://127.0.0.1:1/login; the nearest is `POST /login (line 5)`, but the JSON body \
         differs at `password`\n",
        "demo.test.yaml:5: the stub `POST /login` was never used; remove it or mark it `optional: true`\n",
        "1 passed, 2 failed\n",
    ] {
        assert!(run.out.contains(part), "{part}\n{}", run.out);
    }
    for secret in ["wonderland", "looking-glass"] {
        assert!(!run.out.contains(secret), "{secret}");
    }
}

#[test]
fn json_is_one_object_per_test() {
    let folder = Folder::new("json-tests");
    folder.write("echo.yaml", ECHO).write("echo.test.yaml", TESTS);
    let run = folder.run(&["test", "echo.yaml", "--format", "json"]);
    let tests: Vec<serde_json::Value> =
        run.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let passed: Vec<_> = tests.iter().map(|test| test["passed"].as_bool().unwrap()).collect();
    assert_eq!(passed, [true, false, false]);
    assert_eq!(tests[1]["failure"]["line"], 14);
}

#[test]
fn a_file_that_cannot_be_used_says_where() {
    let folder = Folder::new("unusable");
    folder
        .write("echo.yaml", ECHO)
        .write("alone.yaml", ECHO)
        .write("echo.test.yaml", "tests:\n  - name: [\n");
    let run = folder.run(&["test", "echo.yaml", "alone.yaml", "missing.yaml"]);
    assert_eq!((run.code, run.out.as_str()), (Some(2), ""));
    assert!(run.err.starts_with("error: echo.test.yaml:"), "{}", run.err);
    let rest = "error: there are no conversation tests beside `alone.yaml`\nhelp: write them in `alone.test.yaml`\n\
                error: there is no file `missing.yaml`\n";
    assert!(run.err.contains(rest), "{}", run.err);

    folder.write("echo.yaml", "bot: [").write("echo.test.yaml", TESTS);
    let run = folder.run(&["test", "echo.yaml"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("error: `echo.yaml` has errors, so its tests were not run\n"), "{}", run.err);
}
