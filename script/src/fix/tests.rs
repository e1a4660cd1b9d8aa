//! One wrong bot for each kind of mend. Each is mended as it stands, with other line breaks, with signs of several bytes
//! before everything, and as JSON; the bots of the findings' own tests go the same way.

use std::collections::BTreeSet;

use crate::diagnostics::tests_support::{bank, mend, prove_fixes};
use crate::{CheckOptions, check};

/// What is wrong, the finding, and how the text differs when it is mended: what stood there, and what stands there then.
/// Without a difference, none is offered.
struct Case {
    what: &'static str,
    code: &'static str,
    text: String,
    mended: Option<(&'static str, &'static str)>,
}

fn case(
    what: &'static str,
    code: &'static str,
    text: impl Into<String>,
    from: &'static str,
    to: &'static str,
) -> Case {
    Case { what, code, text: text.into(), mended: Some((from, to)) }
}

const STEPS: &str = "\
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: bank-login
      - web_service: get-balance
      - message: \"You have {balance}.\"   # the end
";

/// The bank's bot with something changed.
fn but(from: &str, to: &str) -> String {
    let text = bank(STEPS);
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

/// The bank's bot with a key more in its login.
fn login(line: &str) -> String {
    but("    is_json: true\n", &format!("    is_json: true\n    {line}\n"))
}

/// The bank's bot with a key more in its service.
fn service(line: &str) -> String {
    but("    save: {", &format!("    {line}\n    save: {{"))
}

/// A bot of these steps.
fn steps(lines: &str) -> String {
    let lines: String = lines.lines().map(|line| format!("      {line}\n")).collect();
    format!("countersign: 1\nbot: demo\nscripts:\n  - id: a\n    triggers: [a]\n    steps:\n{lines}")
}

fn of_types() -> Vec<Case> {
    vec![
        case("minutes", "E0008", login("ttl: 15m  # short"), "15m", "900"),
        case("a time in quotes", "E0008", login("ttl: \"900\""), "\"900\"", "900"),
        case("a fraction", "E0008", login("ttl: 900.0"), "900.0", "900"),
        case("less than nothing", "E0008", login("ttl: -900"), "-900", "900"),
        case("hours in words", "E0008", login("ttl: 1.5 hours"), "1.5 hours", "5400"),
        case("too long", "E0207", login("ttl: 99999999"), "99999999", "2592000"),
        case("nothing at all", "E0207", login("ttl: 0"), "ttl: 0", "ttl: 1"),
        case("a key without a value", "E0008", login("ttl:   # later"), "    ttl:   # later\n", ""),
        case("yes", "E0008", but("is_json: true", "is_json: yes"), "yes", "true"),
        case("true as a text", "E0008", but("is_json: true", "is_json: 'true'"), "'true'", "true"),
        case("a count in quotes", "E0008", login("attempts: '2'"), "'2'", "2"),
        case(
            "one language",
            "E0008",
            but("bot: demo\n", "bot: demo\nlanguages: en\n"),
            "languages: en",
            "languages: [en]",
        ),
        case("a placeholder without quotes", "E0008", steps("- message: {now}"), "{now}", "\"{now}\""),
        case("a text in a list", "E0008", login("expires_in_path: [expires]"), "[expires]", "expires"),
        case(
            "a header as a text",
            "E0008",
            but(
                "headers: { Authorization: \"Bearer {authtoken}\" }",
                "headers: \"Authorization: Bearer {authtoken}\"",
            ),
            " \"Authorization: Bearer {authtoken}\"",
            "\n      Authorization: Bearer {authtoken}",
        ),
        case(
            "one step without a dash",
            "E0008",
            "countersign: 1\nbot: demo\nscripts:\n  - id: a\n    triggers: [a]\n    steps:\n      # says\n      message: Hi.  # hi\n      next: a\n",
            "message: Hi.  # hi\n      next",
            "- message: Hi.  # hi\n        next",
        ),
    ]
}

fn of_tokens() -> Vec<Case> {
    let elsewhere = |line: &str| {
        let text = if line.is_empty() { bank(STEPS) } else { login(line) };
        text.replace("https://bank.example/balance", "https://api.example/balance")
    };
    vec![
        case(
            "an origin that is not listed",
            "E0213",
            elsewhere(""),
            "    is_json",
            "    send_to: [\"https://api.example\"]\n    is_json",
        ),
        case(
            "one more origin",
            "E0213",
            elsewhere("send_to: [https://a.example] # more"),
            "[https://a.example]",
            "[https://a.example, \"https://api.example\"]",
        ),
        case(
            "a second origin",
            "E0213",
            elsewhere("send_to: https://a.example"),
            "https://a.example",
            "[\"https://a.example\", \"https://api.example\"]",
        ),
        case(
            "one more line",
            "E0213",
            elsewhere("send_to:\n      - https://a.example  # a\n      # last"),
            "      - https://a.example  # a\n",
            "      - https://a.example  # a\n      - https://api.example\n",
        ),
        case(
            "the origin of a constant",
            "E0213",
            bank(STEPS).replace("https://bank.example/balance", "\"{config.api}/balance\""),
            "    is_json",
            "    send_to: [\"{config.api}\"]\n    is_json",
        ),
        case(
            "no login before",
            "E0101",
            but("      - auth_token: bank-login\n", ""),
            "      - web_service",
            "      - auth_token: bank-login\n      - web_service",
        ),
        case(
            "no login before what others lead to",
            "E0101",
            but(
                "      - auth_token: bank-login\n      - web_service",
                "      - options: Well?\n        choices: [{ label: Go, go: get }]\n      - id: get   # gets\n        web_service",
            ),
            "      - id: get   # gets\n        web",
            "      - id: get\n        auth_token: bank-login\n      - web",
        ),
        case(
            "a login that sends by GET",
            "W0303",
            but(
                "    url: https://bank.example/login\n",
                "    method: GET # once\n    url: https://bank.example/login\n",
            ),
            "GET #",
            "POST #",
        ),
        case(
            "another method",
            "E0222",
            but(
                "    url: https://bank.example/login\n",
                "    method: PUT\n    url: https://bank.example/login\n",
            ),
            "PUT",
            "POST",
        ),
        case(
            "a date in a login",
            "E0222",
            but("field: username }", "field: username, kind: date }"),
            "kind: date",
            "kind: text",
        ),
        case(
            "no refresh token",
            "E0009",
            login("refresh:\n      token_path: refresh\n      fields:\n        grant_type: refresh_token"),
            "grant_type: refresh_token\n",
            "grant_type: refresh_token\n        refresh_token: \"{refresh_token}\"\n",
        ),
        case(
            "a path that is not used",
            "W0302",
            but("is_json: true", "is_json: false"),
            "    token_path: token\n",
            "",
        ),
        case(
            "nothing is asked after",
            "E0218",
            format!(
                "{}  - {{ id: send, method: POST, url: https://bank.example/c, json: {{ to: \"{{val1}}\" }} }}\n{STEPS}",
                bank("").replace("    is_json", "    before: send\n    is_json")
            ),
            "password, secret: true }",
            "password, secret: true, after_before: true }",
        ),
        case("an id in a placeholder", "E0201", but("{authtoken}", "{authtoken:bnk-login}"), "bnk", "bank"),
    ]
}

fn of_components() -> Vec<Case> {
    let unused = format!(
        "{}  # once more\n  - id: old  # not any more\n    method: GET\n    url: https://bank.example/old\n    # its end\n{STEPS}",
        bank("")
    );
    vec![
        case(
            "a service that nobody uses",
            "W0104",
            unused,
            "  # once more\n  - id: old  # not any more\n    method: GET\n    url: https://bank.example/old\n    # its end\n",
            "",
        ),
        case(
            "a form that nobody uses",
            "W0104",
            but(
                "scripts:",
                "forms:\n  - id: f\n    questions: [{ question: Who?, save: who }]\n# the scripts\nscripts:",
            ),
            "forms:\n  - id: f\n    questions: [{ question: Who?, save: who }]\n",
            "",
        ),
        case("a body in a GET", "E0217", service("json: { a: 1 }"), "method: GET", "method: POST"),
        case(
            "a body and no method",
            "E0217",
            service("json: { a: 1 }").replace("    method: GET\n", ""),
            "get-balance\n    url",
            "get-balance\n    method: POST\n    url",
        ),
        case(
            "retries of a POST",
            "W0307",
            service("retries: 2  # twice").replace("method: GET", "method: POST"),
            "    retries: 2  # twice\n",
            "",
        ),
        case("retries too often", "E0207", service("retries: 9"), "retries: 9", "retries: 5"),
        case(
            "without encryption",
            "W0306",
            service("query: { a: b }").replace("https://bank.example", "http://bank.example"),
            "",
            "",
        ),
        case(
            "no scheme",
            "E0203",
            but("https://bank.example/balance", "bank.example/balance  # here"),
            "url: bank.example",
            "url: https://bank.example",
        ),
        case(
            "a slip in the scheme",
            "E0203",
            but("https://bank.example/balance", "htps://bank.example/balance"),
            "htps://bank.example/balance",
            "https://bank.example/balance",
        ),
        case(
            "a fragment",
            "E0203",
            but("https://bank.example/balance", "https://bank.example/balance#now"),
            "#now",
            "",
        ),
        case(
            "no slash behind a constant",
            "E0211",
            but("https://bank.example/balance", "\"{config.api}{now}\"")
                .replace("    is_json", "    send_to: [\"{config.api}\"]\n    is_json"),
            "{config.api}{now}",
            "{config.api}/{now}",
        ),
        case(
            "a header of the connection",
            "E0212",
            but("headers: { A", "headers: { Host: a.example, A"),
            "Host: a.example, ",
            "",
        ),
        case("a name with a space", "E0212", but("headers: { A", "headers: { X Key: a, A"), "X Key", "X-Key"),
        case("a header twice", "E0212", but("headers: { A", "headers: { x-a: a, X-A: a, A"), "X-A: a, ", ""),
        case(
            "typographic quotes",
            "E0212",
            but("headers: { A", "headers: { x-a: “a”, A"),
            "x-a: “a”",
            "x-a: \"\\\"a\\\"\"",
        ),
        case(
            "a key with a space",
            "E0204",
            but("token_path: token", "token_path: first name"),
            "first name",
            "$['first name']",
        ),
        case(
            "dots too many",
            "E0204",
            but("balance: balance.amount", "balance: balance..amount"),
            "balance..amount",
            "balance.amount",
        ),
        case(
            "an answer counted from 0",
            "E0214",
            service("questions: [{ question: Which? }]").replace("/balance\n", "/{val0}\n"),
            "{val0}",
            "{val1}",
        ),
        case(
            "a slip in a placeholder",
            "E0209",
            but("Bearer {authtoken}", "Bearer {authtoken} {secrt.key}"),
            "{secrt.key}",
            "{secret.key}",
        ),
        case(
            "a name of a variable",
            "E0219",
            but("save: { balance: balance.amount }", "save: { my balance: balance.amount }")
                .replace("{balance}", "nothing"),
            "my balance",
            "my_balance",
        ),
        case(
            "a field that is `save` too",
            "E0224",
            but(
                "scripts:",
                "forms:\n  - id: f\n    questions: [{ question: Who?, save: who, field: who }]\nscripts:",
            )
            .replace("  # the end\n", "\n      - form: f\n"),
            ", field: who",
            "",
        ),
    ]
}

fn of_scripts() -> Vec<Case> {
    vec![
        case("a misspelt key", "E0007", but("    triggers:", "    trigers:"), "trigers", "triggers"),
        case(
            "a key in another spelling",
            "E0007",
            but("token_path:", "tokenPath:"),
            "tokenPath",
            "token_path",
        ),
        case(
            "the beginning of a key",
            "E0007",
            login("expires_in: expires"),
            "expires_in",
            "expires_in_path",
        ),
        case("a misspelt kind of step", "E0012", steps("- mesage: Hi."), "mesage", "message"),
        case(
            "a text for a step",
            "E0012",
            steps("- Hello there   # hi"),
            "Hello there",
            "message: Hello there",
        ),
        case("an end with a dot", "E0012", steps("- message: Hi.\n- End."), "End.", "end"),
        case(
            "a word of the same meaning",
            "E0010",
            steps("- { question: How many?, kind: integer, save: n }"),
            "integer",
            "number",
        ),
        case("a person", "E0010", steps("- transfer: agent"), "agent", "person"),
        case(
            "two kinds",
            "E0013",
            steps("- message: Hi.\n  # then\n  wait: 2\n  next: a"),
            "        wait",
            "      - wait",
        ),
        case(
            "two kinds on a line",
            "E0013",
            steps("- { message: Hi., wait: 2 }"),
            "Hi., wait",
            "Hi. }\n      - { wait",
        ),
        case(
            "two triggers in one",
            "E0013",
            but("[balance]", "[{ word: balance, phrase: my balance }]"),
            "word: balance, phrase",
            "word: balance }, { phrase",
        ),
        case(
            "a misspelt id",
            "E0201",
            but("web_service: get-balance", "web_service: get-balanse"),
            "get-balanse",
            "get-balance",
        ),
        case(
            "a step of another kind",
            "E0201",
            but("web_service: get-balance", "auth_token: get-balance"),
            "auth_token: get-balance",
            "web_service: get-balance",
        ),
        case(
            "an id twice",
            "E0202",
            bank(
                &STEPS.replace(
                    "scripts:\n",
                    "  - { id: get-balance, url: https://bank.example/b }\nscripts:\n",
                ),
            ),
            "{ id: get-balance",
            "{ id: get-balance-2",
        ),
        case(
            "an id with a space",
            "E0011",
            but("  - id: get-balance", "  - id: get balance")
                .replace("web_service: get-balance", "web_service: get balance"),
            "",
            "",
        ),
        case(
            "no id",
            "E0009",
            steps("- message: Hi.").replace("id: a\n    triggers", "triggers"),
            "  - triggers: [a]",
            "  - id: a\n    triggers: [a]",
        ),
        case(
            "no version",
            "E0009",
            steps("- message: Hi.").replace("countersign: 1\n", "# a bot\n"),
            "bot: demo",
            "countersign: 1\nbot: demo",
        ),
        case(
            "no bot",
            "E0009",
            steps("- message: Hi.").replace("bot: demo", "name: My Bank"),
            "name: My Bank",
            "bot: my-bank\nname: My Bank",
        ),
        case(
            "an old version",
            "E0006",
            steps("- message: Hi.").replace("countersign: 1", "countersign: 0"),
            "countersign: 0",
            "countersign: 1",
        ),
        case(
            "the same key twice",
            "E0005",
            steps("- message: Hi.").replace("bot: demo\n", "bot: demo\nbot: demo # again\n"),
            "bot: demo # again\n",
            "",
        ),
        case("a brace that is none", "E0208", steps("- message: \"now}\""), "now}", "now}}"),
        case("a brace that is not closed", "E0208", steps("- message: \"It is {now\""), "{now", "{now}"),
        case(
            "an expression with one `=`",
            "E0206",
            steps("- condition: \"channel = 'sms' and not false\""),
            "channel = 'sms' and not false",
            "channel == 'sms' && !false",
        ),
        case(
            "a sign that repeats nothing",
            "E0205",
            steps("- { condition: { channel: { matches: '+49[0-9]*' } } }"),
            "'+49",
            "'\\+49",
        ),
        case(
            "a range the wrong way round",
            "E0207",
            steps("- { question: How many?, kind: number, min: 9, max: 1, save: n }"),
            "min: 9, max: 1",
            "min: 1, max: 9",
        ),
        case(
            "a smallest number without a kind",
            "E0224",
            steps("- { question: How many?, min: 1, save: n }"),
            "save: n",
            "save: n, kind: number",
        ),
        case(
            "a decimal comma",
            "E0207",
            steps("- location: { latitude: \"47,37\", longitude: 8.5 }"),
            "\"47,37\"",
            "47.37",
        ),
        case(
            "a misspelt variable",
            "E0107",
            but("You have {balance}", "You have {balanse}: {balanse}"),
            "{balanse}: {balanse}",
            "{balance}: {balance}",
        ),
        case(
            "a service that is never called",
            "E0107",
            steps("- message: \"It is {weather}\"").replace(
                "scripts:",
                "web_services:\n  - { id: get, url: https://w.example/, save: { weather: now } }\nscripts:",
            ),
            "      - message",
            "      - web_service: get\n      - message",
        ),
        case(
            "nothing starts it",
            "E0108",
            steps("- message: Hi.").replace("    triggers: [a]\n", ""),
            "id: a\n",
            "id: a\n    triggers:\n      - \"on\": fallback\n",
        ),
        case(
            "a script that runs itself at its end",
            "W0111",
            steps("- { question: Who?, save: who }\n- run: a"),
            "run: a",
            "jump: a",
        ),
        case(
            "one more language",
            "E0220",
            steps("- message: { en: Hi., es: Hola. }"),
            "bot: demo\n",
            "bot: demo\nlanguages: [en, es]\n",
        ),
        case(
            "a language more",
            "E0220",
            steps("- message: { en: Hi., es: Hola. }").replace("demo\n", "demo\nlanguages: [en, de]\n"),
            "[en, de]",
            "[en, de, es]",
        ),
        case(
            "the name of a language",
            "E0220",
            steps("- message: Hi.").replace("demo\n", "demo\nlanguage: en_US\n"),
            "en_US",
            "en-US",
        ),
        case("an empty alternative", "E0225", steps("- message: [Hi., \"\", Hello.]"), "\"\", ", ""),
        case("a trigger of punctuation", "E0225", but("[balance]", "[balance, \"?!\"]"), ", \"?!\"", ""),
    ]
}

fn of_yaml() -> Vec<Case> {
    vec![
        case(
            "tabs",
            "E0001",
            steps("- message: Hi.").replace("    triggers", "\ttriggers").replace("    steps", "\tsteps"),
            "",
            "",
        ),
        case(
            "a colon in a text",
            "E0001",
            steps("- message: Well: hello   # hi"),
            "Well: hello",
            "\"Well: hello\"",
        ),
        case("a sign that begins no text", "E0001", steps("- message: *hello*"), "*hello*", "\"*hello*\""),
        case(
            "quotes in quotes",
            "E0001",
            steps("- message: \"Say \"hi\" now\""),
            "\"Say \"hi\" now\"",
            "\"Say \\\"hi\\\" now\"",
        ),
        case(
            "a quote that is not closed",
            "E0001",
            steps("- message: \"Hi.\n- message: There."),
            "\"Hi.",
            "\"Hi.\"",
        ),
        case(
            "a bracket that is not closed",
            "E0001",
            steps("- message: Hi.").replace("[a]", "[a"),
            "[a",
            "[a]",
        ),
        case(
            "a backslash",
            "E0001",
            steps("- { condition: { channel: { matches: \"\\d+\" } } }"),
            "\\d",
            "\\\\d",
        ),
        case("a tag", "E0001", steps("- message: !text Hi."), "!text ", ""),
        case(
            "no space behind a colon",
            "E0001",
            steps("- message: Hi.").replace("bot: demo", "bot:demo"),
            "bot:demo",
            "bot: demo",
        ),
        case(
            "no colon",
            "E0001",
            steps("- message: Hi.").replace("    steps:", "    steps"),
            "    steps\n",
            "    steps:\n",
        ),
        case(
            "a line too far to the left",
            "E0001",
            steps("- question: Who?\n  save: who").replace("        save", "       save"),
            "       save",
            "        save",
        ),
        case(
            "braces without quotes",
            "E0001",
            steps("- message: {now} is it"),
            "{now} is it",
            "\"{now} is it\"",
        ),
        case(
            "nothing but a comment",
            "E0002",
            "# my bot\n",
            "# my bot\n",
            "# my bot\ncountersign: 1\nbot: my-bot\nscripts:\n  - id: hello\n    triggers: [hello]\n    steps:\n      - message: Hello.\n",
        ),
    ]
}

#[test]
fn every_mend_takes_its_finding_away_and_brings_no_error() {
    let mut wrong = Vec::new();
    let mut proved = BTreeSet::new();
    for case in [of_types(), of_tokens(), of_components(), of_scripts(), of_yaml()].into_iter().flatten() {
        let found = check("bot.yaml", &case.text, &CheckOptions::default()).diagnostics;
        let offered = found
            .iter()
            .any(|one| one.code == case.code && one.help.as_ref().is_some_and(|help| !help.edits.is_empty()));
        if !offered {
            wrong.push(format!("{}: {} is not mended\n{}\n{found:#?}", case.what, case.code, case.text));
            continue;
        }
        proved.extend(prove_fixes(&case.text, &CheckOptions::default()));
        let Some((from, to)) = case.mended.filter(|(from, to)| from != to) else { continue };
        let mended = mend(&case.text, case.code);
        let wanted = case.text.replacen(from, to, 1);
        if mended != wanted {
            wrong.push(format!("{}\n--- is\n{mended}\n--- should be\n{wanted}", case.what));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n==========\n"));
    assert!(proved.len() >= 35, "{proved:?}");
}

#[test]
fn what_only_a_person_can_decide_is_not_mended() {
    for (code, text) in [
        ("E0106", format!("{}  - {{ id: b, triggers: [balance], steps: [end] }}\n", bank(STEPS))),
        ("E0216", but("field: username", "field: password")),
        ("E0210", but("You have {balance}.", "{authtoken}")),
        ("E0005", bank(STEPS).replace("bot: demo\n", "bot: demo\nbot: other\n")),
        ("E0203", but("https://bank.example/balance", "somewhere")),
        (
            "E0213",
            bank(STEPS)
                .replace(
                    "web_services:",
                    "  - { id: other, url: https://o.example/, questions: [] }\nweb_services:",
                )
                .replace("bank.example/balance", "api.example/balance")
                .replace("      - web", "      - auth_token: other\n      - web"),
        ),
        // The key that is near is there already.
        ("E0007", login("token_paht: x")),
        // What an alias repeats stands elsewhere.
        (
            "E0213",
            login("send_to: &o [https://a.example]").replace("bank.example/balance", "api.example/balance"),
        ),
    ] {
        let found = check("bot.yaml", &text, &CheckOptions::default()).diagnostics;
        let of_code: Vec<_> = found.iter().filter(|one| one.code == code).collect();
        assert!(!of_code.is_empty(), "{code}\n{text}\n{found:#?}");
        for one in of_code {
            assert!(one.help.as_ref().is_none_or(|help| help.edits.is_empty()), "{code}\n{text}\n{one:#?}");
        }
    }
}

/// Whatever a text is, its mends are edits of it that stand apart.
#[test]
fn mends_of_damaged_texts_are_sound() {
    let text = bank(STEPS);
    for at in (0..text.len()).step_by(11) {
        for with in ["", "\t", "\"", "{", ": ", "\n", "é", "!x "] {
            let damaged = format!("{}{with}{}", &text[..at], &text[at + 1..]);
            for finding in check("bot.yaml", &damaged, &CheckOptions::default()).diagnostics {
                let Some(help) = finding.help else { continue };
                let mut end = 0;
                for edit in &help.edits {
                    assert!(
                        edit.span.start >= end && edit.span.end >= edit.span.start,
                        "{damaged}\n{help:#?}"
                    );
                    assert!(damaged.get(edit.span.start..edit.span.end).is_some(), "{damaged}\n{help:#?}");
                    end = edit.span.end;
                }
            }
        }
    }
}
