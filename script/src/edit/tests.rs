use serde_json::{Value, json};

use super::*;
use crate::{CheckOptions, check};

const FILE: &str = "\
# The bank's bot.
countersign: 1
bot: demo

authorization_tokens:
  # How customers log in.
  - id: login
    url: https://bank.example/login   # the old one
    questions:
      - { question: PIN?, field: pin, secret: true }
  - id: other
    url: https://bank.example/other
    questions: [{ question: PIN?, field: pin, secret: true }]

# All that we say.
scripts:
  - id: a
    triggers: [a]
    steps:
      - auth_token: login # first
      - auth_token: other
";

const TOKEN: ComponentKind = ComponentKind::AuthorizationToken;

#[test]
fn the_languages_of_a_file_begin_with_its_own() {
    let read = |text: &str| languages(text).unwrap();
    assert_eq!(read("language: es\nlanguages: [en, es, 7]\n"), ["es", "en"]);
    assert_eq!(read("language: en\n"), ["en"]);
    assert!(read(FILE).is_empty());
    assert!(languages("a: [").is_err());
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        other => panic!("{other}"),
    }
}

fn changed(text: &str, kind: ComponentKind, old: Option<&str>, value: Value) -> String {
    put(text, kind, old, &object(value)).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn only_the_component_changes() {
    let new = json!({ "ttl": 60, "url": "https://bank.example/new", "id": "login",
        "questions": [{ "question": "Your PIN: now?", "field": "pin", "secret": true }], "headers": { "X-A": "1" } });
    let text = changed(FILE, TOKEN, Some("login"), new);
    let wanted = FILE
        .replace("bank.example/login ", "bank.example/new ")
        .replace("one\n    questions:\n", "one\n    headers:\n      X-A: \"1\"\n    questions:\n")
        .replace(
            "{ question: PIN?, field: pin, secret: true }\n",
            "{ question: \"Your PIN: now?\", field: pin, secret: true }\n    ttl: 60\n",
        );
    assert_eq!(text, wanted);
    assert!(check("b.yaml", &text, &CheckOptions::default()).checked.is_some());
}

#[test]
fn what_does_not_change_is_not_touched() {
    let (_, value) = components(FILE, TOKEN).unwrap().remove(0);
    assert_eq!(changed(FILE, TOKEN, Some("login"), value), FILE);
}

#[test]
fn a_new_one_comes_last_or_gets_its_list() {
    let text = changed(FILE, TOKEN, None, json!({ "id": "third", "url": "https://c.example" }));
    assert!(
        text.contains("secret: true }]\n  - id: third\n    url: https://c.example\n\n# All that we say.\n"),
        "{text}"
    );
    let text =
        changed(FILE, ComponentKind::WebService, None, json!({ "id": "get", "url": "https://c.example" }));
    assert!(
        text.contains(
            "\n\nweb_services:\n  - id: get\n    url: https://c.example\n# All that we say.\nscripts:"
        ),
        "{text}"
    );
    for empty in ["web_services:\n", "web_services: []\n", "web_services: # none\n"] {
        let file = FILE.replace("# All that", &format!("{empty}# All that"));
        let text = changed(&file, ComponentKind::WebService, None, json!({ "id": "get" }));
        assert_eq!(components(&text, ComponentKind::WebService).unwrap().len(), 1, "{text}");
        assert!(text.contains("# All that we say."), "{text}");
    }
}

#[test]
fn json_and_flow_stay_what_they_are() {
    let file = r#"{"countersign": 1, "bot": "demo", "web_services": [{"id": "a", "url": "x"}, {"id": "b"}], "scripts": []}"#;
    let kind = ComponentKind::WebService;
    let text = changed(file, kind, Some("a"), json!({ "id": "a", "url": "y: #" }));
    assert_eq!(text, file.replace("\"x\"", "\"y: #\""));
    let text = changed(file, kind, None, json!({ "id": "c" }));
    assert!(text.contains(r#"{"id": "b"}, {"id":"c"}]"#), "{text}");
    assert_eq!(remove(file, kind, "a").unwrap(), file.replace(r#"{"id": "a", "url": "x"}, "#, ""));
    assert_eq!(remove(file, kind, "b").unwrap(), file.replace(r#", {"id": "b"}"#, ""));
    let text = changed(file, ComponentKind::Form, None, json!({ "id": "f" }));
    assert!(text.contains(r#""forms": [{"id":"f"}], "scripts""#), "{text}");
    let one = r#"{"bot": "demo", "forms": [{"id": "f"}], "scripts": []}"#;
    assert_eq!(remove(one, ComponentKind::Form, "f").unwrap(), r#"{"bot": "demo", "scripts": []}"#);
}

#[test]
fn one_is_removed_with_its_list_when_it_is_the_last() {
    let text = remove(FILE, TOKEN, "login").unwrap();
    assert!(text.contains("authorization_tokens:\n  - id: other\n"), "{text}");
    let text = remove(&text, TOKEN, "other").unwrap();
    assert!(text.contains("bot: demo\n\n\n# All that we say."), "{text}");
    assert_eq!(remove(&text, TOKEN, "other"), Err(EditError::NoSuch));
}

#[test]
fn a_new_id_is_taken_over_everywhere() {
    let file = format!(
        "{FILE}      - logout: login\nweb_services:\n  - id: get\n    url: https://b.example\n    headers: {{ A: \"x {{authtoken:login}} {{authtoken:other}}\" }}\n"
    );
    let (_, mut value) = components(&file, TOKEN).unwrap().remove(0);
    value["id"] = json!("bank");
    let text = changed(&file, TOKEN, Some("login"), value);
    assert!(text.contains("- auth_token: bank # first\n      - auth_token: other\n"), "{text}");
    assert!(text.contains("- logout: bank\n"), "{text}");
    assert!(text.contains("x {authtoken:bank} {authtoken:other}"), "{text}");
    assert!(!text.contains("auth_token: login"), "{text}");
}

#[test]
fn what_cannot_be_done_is_refused() {
    let get = |error: Result<String, EditError>| error.unwrap_err();
    assert_eq!(get(put(FILE, TOKEN, Some("nobody"), &object(json!({ "id": "nobody" })))), EditError::NoSuch);
    assert_eq!(get(put(FILE, TOKEN, None, &object(json!({ "id": "login" })))), EditError::Taken);
    assert_eq!(get(put(FILE, TOKEN, Some("login"), &object(json!({ "id": "other" })))), EditError::Taken);
    assert!(matches!(get(put("a: [", TOKEN, None, &object(json!({ "id": "x" })))), EditError::Unreadable(_)));
    let tangled = "authorization_tokens: [&a { id: x, url: u }]\nforms: [*a]\nscripts: []\n";
    assert!(
        remove(tangled, TOKEN, "x").is_ok_and(|text| !text.contains("&a"))
            || remove(tangled, TOKEN, "x") == Err(EditError::Tangled)
    );
}

#[test]
fn each_text_is_read_back_as_it_was() {
    let texts = [
        "",
        " ",
        "a",
        "yes",
        "No",
        "1",
        "0x1f",
        "12:30",
        ".5",
        "1e3",
        "null",
        "~",
        "true",
        "-",
        "- a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "{a}",
        "[a]",
        "'a'",
        "\"a\"",
        "a\nb",
        "a\n",
        "\n",
        "\t",
        "@a",
        "`a",
        "%a",
        "!a",
        "&a",
        "*a",
        "|",
        ">",
        "?",
        "a, b",
        "é",
        "日本",
        "\u{1b}",
        "\u{2028}",
        "https://a.example/{x}?y=1#z",
        "Bearer {authtoken}",
        "2026-01-01",
        "...",
        "---",
        "=",
        "<<",
        "a\\b",
        "\u{feff}a",
        " a",
        "a ",
    ];
    for text in texts {
        let value = json!({ "id": "x", "url": text, "headers": { "k": text }, "json": [text, [text], { "a": [] }, {}, null] });
        let file = changed(FILE, ComponentKind::WebService, None, value.clone());
        let (_, found) = components(&file, ComponentKind::WebService).unwrap().remove(0);
        assert_eq!(found["json"], value["json"], "{file}");
        assert_eq!(found["url"], value["url"], "{file}");
    }
}

#[test]
fn line_breaks_of_dos_and_tabs_do_no_harm() {
    let file = FILE.replace('\n', "\r\n");
    let text = changed(&file, TOKEN, Some("other"), json!({ "id": "other", "url": "https://c.example" }));
    assert_eq!(components(&text, TOKEN).unwrap()[1].1["url"], "https://c.example");
    assert!(remove(&file, TOKEN, "other").is_ok());
}

/// A component with everything that one may write in its own way.
const RICH: &str = "\
countersign: 1
bot: demo
web_services:
  # before
  - id: rich   # its id
    # about the method
    method: POST
    url: 'https://bank.example/{account}'  # ünïcode 😀

    headers:
      # first
      X-One: \"1\"   # one
      X-Two: two
    json: { amount: \"{amount}\", deep: [1, { a: b }] } # flow
    questions:
      # the first question
      - question: Which account?  # asked first
        kind: digits
        length: 4

      - { question: \"How much?\", secret: true }
    save:
      balance: data.balance
    # the last words
    timeout: 20
  # after
  - id: next
    url: https://bank.example/next
scripts: []
";

/// The places of all single values in a value.
fn leaves(value: &Value, at: String, all: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| leaves(value, format!("{at}/{key}"), all)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| leaves(item, format!("{at}/{index}"), all));
        }
        _ => all.push(at),
    }
}

#[test]
fn a_change_of_one_field_leaves_all_other_lines_byte_for_byte() {
    let kind = ComponentKind::WebService;
    for file in [RICH.to_owned(), RICH.replace('\n', "\r\n"), RICH.trim_end().to_owned()] {
        let (_, before) = components(&file, kind).unwrap().remove(0);
        let mut all = Vec::new();
        leaves(&before, String::new(), &mut all);
        assert!(all.len() >= 15, "{all:?}");
        for pointer in all.iter().filter(|pointer| *pointer != "/id") {
            for new in [json!("now: #1 'x'"), json!(42), json!(true), json!("two\nlines"), json!("é😀")] {
                let mut value = before.clone();
                *value.pointer_mut(pointer).unwrap() = new.clone();
                let text = changed(&file, kind, Some("rich"), value.clone());
                assert_eq!(components(&text, kind).unwrap()[0].1, value, "{pointer} {new}\n{text}");
                let (old, now): (Vec<_>, Vec<_>) = (file.split('\n').collect(), text.split('\n').collect());
                assert_eq!(old.len(), now.len(), "{pointer} {new}\n{text}");
                let differ = old.iter().zip(&now).filter(|(old, now)| old != now).count();
                assert!(differ <= 1, "{pointer} {new}\n{text}");
                for comment in file.lines().filter_map(|line| line.split_once('#')) {
                    assert!(text.contains(comment.1), "{pointer} {new}: {}\n{text}", comment.1);
                }
            }
        }
    }
}

#[test]
fn a_key_that_comes_or_goes_changes_its_own_lines_alone() {
    let kind = ComponentKind::WebService;
    for file in [RICH.to_owned(), RICH.replace('\n', "\r\n")] {
        let (_, before) = components(&file, kind).unwrap().remove(0);
        let keys: Vec<String> =
            before.as_object().unwrap().keys().filter(|key| *key != "id").cloned().collect();
        for key in &keys {
            let mut value = object(before.clone());
            value.shift_remove(key);
            let without = put(&file, kind, Some("rich"), &value).unwrap();
            assert_eq!(components(&without, kind).unwrap()[0].1, Value::Object(value), "{without}");
            let lines: Vec<&str> = file.split('\n').collect();
            let mut rest = lines.iter();
            for line in without.split('\n') {
                assert!(rest.any(|old| *old == line), "{key}: {line:?} is new\n{without}");
            }
            // And it comes back in its place.
            let again = changed(&without, kind, Some("rich"), before.clone());
            let mut rest = again.split('\n');
            for line in without.split('\n') {
                assert!(rest.any(|old| old == line), "{key}: {line:?} is gone\n{again}");
            }
        }
    }
}
