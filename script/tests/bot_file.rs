//! The bot file as a whole: from text to program, and back to text.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use countersign_script::program::Program;
use countersign_script::template::{Piece, Slot, Template};
use countersign_script::{BindError, CheckOptions, Checked, bot_file, check, schema};
use proptest::prelude::*;

const DEMO: &str = include_str!("demo-bank.yaml");
const ALL: &str = include_str!("all-features.yaml");

#[test]
fn the_example_of_the_manual() {
    let checkup = check("demo-bank.yaml", DEMO, &CheckOptions::default());
    let messages: Vec<_> = checkup.diagnostics.iter().map(|found| (found.code, &*found.message)).collect();
    assert_eq!(messages, [("W0304", "a token in a URL is kept by logs")]);
    let checked = checkup.checked.unwrap();
    let program = checked.program();
    assert_eq!(program.title, "Demo Bank");
    let token = &program.tokens[0];
    assert_eq!(shown(&token.request.url), "{config.bank_url Raw}/login");
    let (content_type, body) = token.request.body.as_ref().unwrap();
    assert_eq!(&**content_type, "application/json");
    assert_eq!(shown(body), r#"{"username":{bank-login#0 JsonValue},"password":{bank-login#1 JsonValue}}"#);
    assert_eq!(token.ttl, Duration::from_secs(900));
    assert!(token.questions[1].secret && !token.questions[0].secret);
    let service = &program.services[0];
    assert_eq!(
        shown(&service.request.url),
        "{config.bank_url Raw}/accounts/{val#0 Path}/balance?token={LatestToken Query}"
    );
    assert_eq!(service.tokens, [None]);
    assert_eq!(program.steps.len(), 3);
    assert_eq!(&*program.steps[1].path, "scripts.balance.steps[1]");
    assert_eq!(program.triggers.matching("how much money do i have").map(|script| script.at()), Some(0));
}

#[test]
fn every_feature_is_read() {
    let checked = good(ALL);
    let program = checked.program();
    assert_eq!(program.languages, ["en", "es", "pt-BR"]);
    let body = |index: usize| shown(&program.tokens[index].request.body.as_ref().unwrap().1);
    assert_eq!(
        body(0),
        concat!(
            r#"{"grant_type":"password","meta":{"source":"bot {Channel JsonString}","level":3,"deep":[true,null,1.5,12345678901234567890123]},"#,
            r#""user":{"kind":"person","name":{bank-login#0 JsonValue},"password":{bank-login#1 JsonValue}}}"#
        )
    );
    assert_eq!(body(1), "phone={code-login#0 Form}&code={code-login#1 Form}");
    assert_eq!(
        shown(&program.tokens[2].request.url),
        "{config.bank_url Raw}/pin?v=1&pin={pin-login#0 Query}"
    );
    let refresh = &program.tokens[0].refresh.as_ref().unwrap().request;
    assert_eq!(
        shown(&refresh.body.as_ref().unwrap().1),
        "grant_type=refresh_token&refresh_token={RefreshToken(TokenIx(0)) Form}"
    );
    assert_eq!(program.tokens[1].before.map(|(asked, service)| (asked, service.at())), Some((1, 0)));
    let services = &program.services;
    assert_eq!(shown(&services[0].request.body.as_ref().unwrap().1), r#"{"phone":{code-login#0 JsonValue}}"#);
    assert_eq!(
        shown(&services[1].request.url),
        "{config.bank_url Raw}/accounts/{val#0 Path}/balance?x=%C3%A9&lang={Channel Query}&page=2&all=true&q={val#1 Query}%20%26%20more"
    );
    assert_eq!(
        shown(&services[2].request.body.as_ref().unwrap().1),
        "amount={Var(VarIx(5)) Form}&to={pay#0 Form}&fixed=a%26b&n=1"
    );
    assert_eq!(
        shown(&services[3].request.body.as_ref().unwrap().1),
        "<note from=\"{ContactName Xml}\">{Var(VarIx(5)) Xml}</note>"
    );
    assert_eq!(services[2].idempotency_header.as_deref(), Some("X-Request-Key"));
    assert_eq!(services[1].retries, 1);
    assert_eq!(services[1].each.as_ref().unwrap().line.variants.len(), 3);
    assert!(program.cancel_words.iter().any(|word| &**word == "never mind"));
    assert_eq!(shown(program.sentences.not_understood.pick(1, 0)), "¿Perdón?");
    assert_eq!(shown(program.sentences.not_understood.pick(2, 0)), "Pardon?");
    let ends = program.steps.iter().filter(|step| step.path.starts_with("scripts.bare")).count();
    assert_eq!(ends, 3);
}

#[test]
fn yaml_and_json_are_the_same_bot() {
    for text in [DEMO, ALL] {
        let file = bot_file("a.yaml", text).unwrap();
        let json = serde_json::to_string_pretty(&file).unwrap();
        let tabbed = json.replace("  ", "\t");
        let yaml = serde_saphyr::to_string(&file).unwrap();
        for (name, again) in [("a.json", &json), ("b.json", &tabbed), ("a.yaml", &yaml)] {
            let read = bot_file(name, again).unwrap_or_else(|found| panic!("{name}: {found:#?}\n{again}"));
            assert_eq!(read, file, "{name}");
            assert_eq!(good_named(name, again).program().fingerprint, good(text).program().fingerprint);
            assert_eq!(described(good_named(name, again).program()), described(good(text).program()));
        }
    }
}

#[test]
fn another_content_is_another_version() {
    let fingerprint = |text: &str| good(text).program().fingerprint;
    assert_eq!(fingerprint(DEMO), fingerprint(&DEMO.replace("# seconds", "# and a comment")));
    assert_ne!(fingerprint(DEMO), fingerprint(&DEMO.replace("ttl: 900", "ttl: 901")));
}

#[test]
fn the_schema_describes_the_file() {
    let schema = schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert!(schema["$id"].is_string() && schema["title"].is_string());
    let required: Vec<_> =
        schema["required"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
    assert_eq!(required, ["countersign", "bot", "scripts"]);
    let token = &schema["$defs"]["TokenComponent"];
    assert_eq!(token["additionalProperties"], false);
    for key in ["ttl", "send_to", "expired_when", "before", "refresh", "validation_by_number"] {
        assert!(token["properties"][key]["description"].is_string(), "{key}");
    }
}

#[test]
fn constants_and_secrets_are_put_in() {
    let checked = good(ALL);
    let mut constants = BTreeMap::new();
    let errors = checked.bind(&constants, &BTreeSet::new()).unwrap_err();
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(errors.len(), 5, "{messages:#?}");
    assert_eq!(
        messages[0],
        "the bot uses `{config.bank_url}` at authorization_tokens.bank-login.url, and there is no such constant; \
         write it under `[config]` of the server's configuration or in the settings of the console, or give \
         `--config bank_url=VALUE` to `chat` and `test`"
    );
    assert!(messages.iter().any(|message| message.starts_with("the bot uses `{secret.client}` at ")));
    for (name, value) in [
        ("bank_url", "https://Bank.example:443/v1"),
        ("api_url", "https://api.example"),
        ("version", "2"),
        ("files", "https://files.example"),
    ] {
        constants.insert(name.to_owned(), value.to_owned());
    }
    let secrets = BTreeSet::from(["client".to_owned()]);
    let bot = checked.bind(&constants, &secrets).unwrap();
    assert_eq!(shown(&bot.tokens[0].request.url), "https://Bank.example:443/v1/login");
    assert_eq!(shown(&bot.tokens[0].send_to[0]), "https://bank.example");
    assert_eq!(shown(&bot.tokens[0].send_to[1]), "https://api.example");
    assert_eq!(bot.services[1].request.url.pieces.len(), 7);
    assert!(!format!("{:?}", *bot).contains("Config("));
    for (value, why) in [
        ("https:///x", "it has no host"),
        ("https://", "it has no host"),
        ("ftp://bank.example", "it does not begin with `https://` or a constant that does"),
        ("https://bank.example/#", "it has a fragment (`#…`), which is never sent"),
        ("https://me@bank.example", "it has a user name or a password in it"),
        ("https://bank.example\r\n", "its host has a character in it that no host has"),
        ("", "it does not begin with `https://` or a constant that does"),
    ] {
        constants.insert("bank_url".to_owned(), value.to_owned());
        let errors = checked.bind(&constants, &secrets).unwrap_err();
        let at = "authorization_tokens.bank-login.url".to_owned();
        assert!(errors.contains(&BindError::Url { at, why }), "{value:?}: {errors:#?}");
    }
    constants.insert("bank_url".to_owned(), "https://bank.example".to_owned());
    constants.insert("version".to_owned(), "2\r\nX-Evil: 1".to_owned());
    let errors = checked.bind(&constants, &secrets).unwrap_err();
    assert_eq!(
        errors[0].to_string(),
        "the constant `version` cannot stand in the header at authorization_tokens.bank-login.headers.X-Version: it has \
         a line break or a character beyond ASCII"
    );
}

/// A constant that ends before its host must not let a user's answer become the host.
#[test]
fn a_constant_never_gives_the_host_away() {
    let checked = good(
        "
countersign: 1
bot: demo
web_services:
  - { id: s, url: \"{config.bank_url}{config.path}/{val1}\", questions: [{ question: Which? }] }
scripts:
  - { id: a, triggers: [a], steps: [{ web_service: s }] }
",
    );
    for path in ["", "@evil.example", "/x"] {
        let constants = BTreeMap::from([
            ("bank_url".to_owned(), "https://".to_owned()),
            ("path".to_owned(), path.to_owned()),
        ]);
        assert!(checked.bind(&constants, &BTreeSet::new()).is_err(), "{path:?}");
    }
    let constants = BTreeMap::from([
        ("bank_url".to_owned(), "https://".to_owned()),
        ("path".to_owned(), "bank.example/v1".to_owned()),
    ]);
    let bot = checked.bind(&constants, &BTreeSet::new()).unwrap();
    assert_eq!(shown(&bot.services[0].request.url), "https://bank.example/v1/{val#0 Path}");
}

#[test]
fn a_thousand_steps_are_checked_at_once() {
    let mut text = DEMO.to_owned();
    for script in 0..100 {
        text += &format!(
            "  - id: s{script}\n    triggers: [word{script}, please do thing number {script}]\n    steps:\n"
        );
        for step in 0..10 {
            text += &format!(
                "      - {{ id: step{step}, message: \"Step {step} of {{channel}} and {{contact.name}}.\" }}\n"
            );
        }
    }
    let started = Instant::now();
    let checked = good(&text);
    let took = started.elapsed();
    assert_eq!(checked.program().steps.len(), 1_003);
    // The bound is for a build without optimisation on a busy machine; the benchmark holds the real one.
    assert!(took < Duration::from_millis(1_000), "{took:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        probe(&text);
    }

    #[test]
    fn any_yaml_like_text_is_read_or_refused(text in r#"([a-z]{1,3}|[-:{}\[\],&*!|>'"%@#? \n\t0-9é]){0,60}"#) {
        probe(&text);
    }

    /// A good file with a piece cut out, doubled or replaced.
    #[test]
    fn a_damaged_bot_is_read_or_refused(from in 0..ALL.len(), len in 0_usize..40, new in r#"[a-z{}:\[\] \n"'.$-]{0,6}"#) {
        let from = (0..=from).rev().find(|at| ALL.is_char_boundary(*at)).unwrap();
        let to = (from + len..=ALL.len()).find(|at| ALL.is_char_boundary(*at)).unwrap_or(ALL.len());
        probe(&format!("{}{new}{}", &ALL[..from], &ALL[to..]));
    }
}

/// Whatever the text: no panic, and findings that lie in it.
fn probe(text: &str) {
    let checkup = check("a.yaml", text, &CheckOptions::default());
    for found in &checkup.diagnostics {
        for label in &found.labels {
            assert!(text.get(label.span.start..label.span.end).is_some(), "{found:?}");
        }
        assert!(!found.message.is_empty() && !found.message.contains('\n'), "{found:?}");
    }
    assert!(checkup.checked.is_some() || !checkup.diagnostics.is_empty());
}

#[track_caller]
fn good(text: &str) -> Checked {
    good_named("a.yaml", text)
}

#[track_caller]
fn good_named(name: &str, text: &str) -> Checked {
    let checkup = check(name, text, &CheckOptions::default());
    checkup.checked.unwrap_or_else(|| panic!("{:#?}", checkup.diagnostics))
}

/// A program as text, for comparison.
fn described(program: &Program) -> String {
    let mut program = program.clone();
    // Maps have no order of their own.
    program.triggers = Default::default();
    format!("{program:#?}")
}

/// A template as a person would write it, with the places.
fn shown(template: &Template) -> String {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Slot { slot, place } => {
            let slot = match slot {
                Slot::Config(name) => format!("config.{name}"),
                Slot::Secret(name) => format!("secret.{name}"),
                Slot::Answer { component, index } => format!("{component}#{index}"),
                Slot::Val(index) => format!("val#{index}"),
                other => format!("{other:?}"),
            };
            format!("{{{slot} {place:?}}}")
        }
    });
    pieces.collect()
}
