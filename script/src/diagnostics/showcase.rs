//! Ten wrong bot files, as a person sees what is wrong with them.

use countersign_model::ChannelKind;
use insta::assert_snapshot;

use super::tests_support::{BANK, bank, shown, shown_on};

/// A bot without mistakes, in which each test makes one.
const SCRIPTS: &str = "\
scripts:
  - id: balance
    triggers: [balance, how much money do I have]
    steps:
      - auth_token: bank-login
      - web_service: get-balance
      - message: \"You have {balance}.\"
";

#[track_caller]
fn but(from: &str, to: &str) -> String {
    let text = bank(SCRIPTS);
    assert_eq!(text.matches(from).count(), 1, "{from}");
    text.replace(from, to)
}

#[test]
fn the_bot_itself_is_good() {
    assert_eq!(shown(&bank(SCRIPTS)), "");
}

#[test]
fn a_misspelt_key() {
    assert_snapshot!(shown(&but("    triggers:", "    trigers:")), @r#"
    error[E0007]: there is no `trigers` here
      --> bot.yaml:20:5
       |
    20 |     trigers: [balance, how much money do I have]
       |     ^^^^^^^ unknown key
       |
       = at: scripts.balance.trigers
       = help: did you mean `triggers`?

    1 error in bot.yaml
    "#);
}

#[test]
fn an_id_that_nothing_has() {
    assert_snapshot!(shown(&but("web_service: get-balance", "web_service: get-balanse")), @r#"
    error[E0201]: there is no Web Service `get-balanse`
      --> bot.yaml:23:22
       |
    23 |       - web_service: get-balanse
       |                      ^^^^^^^^^^^
       |
       = at: scripts.balance.steps[1].web_service
       = help: did you mean `get-balance`?

    1 error in bot.yaml
    "#);
}

#[test]
fn a_token_before_its_login_over_a_branch() {
    let text = but(
        "      - auth_token: bank-login\n",
        "      - options: Have you been here before?
        choices:
          - { label: \"Yes\", go: fetch }
          - { label: \"No\", go: log-in }
      - id: log-in
        auth_token: bank-login
",
    );
    let text = text.replace("      - web_service:", "      - id: fetch\n        web_service:");
    assert_snapshot!(shown(&text), @r#"
    error[E0101]: `{authtoken}` is used before `bank-login` has logged the user in
      --> bot.yaml:29:9
       |
    16 |     headers: { Authorization: "Bearer {authtoken}" }
       |                                       ----------- the token is sent here
    ...
    29 |         web_service: get-balance
       |         ^^^^^^^^^^^^^^^^^^^^^^^^ there may be no token yet
       |
       = at: scripts.balance.steps[2]
       = note: 1. trigger `balance` starts `scripts.balance`
               2. `scripts.balance.steps[0]` when `Yes` is chosen
               3. `scripts.balance.steps[2]` calls `get-balance`, which sends the token
       = help: insert `- auth_token: bank-login` before this step

    1 error in bot.yaml
    "#);
}

#[test]
fn a_loop_that_nobody_ends() {
    let text = but("      - auth_token: bank-login\n", "      - id: again\n        auth_token: bank-login\n");
    let text = text
        .replace("get-balance\n      - message", "get-balance\n        unavailable: again\n      - message");
    assert_snapshot!(shown(&text), @r#"
    error[E0102]: this loop never waits for the user
      --> bot.yaml:23:9
       |
    23 |         auth_token: bank-login
       |         ^^^^^^^^^^^^^^^^^^^^^^ the loop begins here
    24 |       - web_service: get-balance
       |         ------------------------ and leads back from here
       |
       = at: scripts.balance.steps[0]
       = note: 1. `scripts.balance.steps[0]` goes on
               2. `scripts.balance.steps[1]` when the service is out of reach (`unavailable`), and so it begins again
       = help: put a step that waits into the loop: `options`, `question`, `form` or `wait`

    1 error in bot.yaml
    "#);
}

#[test]
fn a_login_in_the_web_chat() {
    assert_snapshot!(shown_on(&[ChannelKind::Web], &bank(SCRIPTS)), @r#"
    error[E0104]: an Authorization Token cannot run on `web`
      --> bot.yaml:22:9
       |
    22 |       - auth_token: bank-login
       |         ^^^^^^^^^^^^^^^^^^^^^^ this step logs the user in
       |
       = at: scripts.balance.steps[0]
       = note: `scripts.balance.steps[0]` runs `bank-login`
       = note: an Authorization Token is for messaging apps, SMS and the phone, not for the web, mobile and desktop chat
       = help: attach the bot to other channels, or take these steps out

    1 error in bot.yaml
    "#);
}

#[test]
fn a_secret_in_a_message() {
    assert_snapshot!(shown(&but("You have {balance}.", "You have {balance}. ({authtoken})")), @r#"
    error[E0210]: `{authtoken}` is a secret and cannot stand in a message
      --> bot.yaml:24:40
       |
    24 |       - message: "You have {balance}. ({authtoken})"
       |                                        ^^^^^^^^^^^ this would be seen
       |
       = at: scripts.balance.steps[2].message
       = help: use it in the request of a Web Service, and show what the answer says

    1 error in bot.yaml
    "#);
}

#[test]
fn a_path_that_is_none() {
    assert_snapshot!(shown(&but("balance: balance.amount", "balance: \"$.balance[?(@.amount\"")), @r#"
    error[E0204]: this is not a JSONPath (RFC 9535)
      --> bot.yaml:17:33
       |
    17 |     save: { balance: "$.balance[?(@.amount" }
       |                                 ^ from here on it cannot be read
       |
       = at: web_services.get-balance.save.balance
       = help: a JSONPath looks like `$.accounts[0].balance`

    1 error in bot.yaml
    "#);
}

#[test]
fn an_id_that_is_there_twice() {
    assert_snapshot!(
        shown(&format!("{BANK}  - {{ id: get-balance, method: GET, url: https://bank.example/b }}\n{SCRIPTS}")),
        @r#"
        error[E0202]: there is a Web Service `get-balance` already
          --> bot.yaml:18:11
           |
        13 |   - id: get-balance
           |         ----------- first here
        ...
        18 |   - { id: get-balance, method: GET, url: https://bank.example/b }
           |           ^^^^^^^^^^^ again here
           |
           = at: web_services.get-balance
           = help: give one of the two another id

        1 error in bot.yaml
        "#
    );
}

#[test]
fn a_user_who_names_the_host() {
    let text = but("https://bank.example/balance", "\"https://{bank}/balance\"");
    let text = text
        .replace("      - auth_token", "      - { question: Which bank?, save: bank }\n      - auth_token");
    assert_snapshot!(shown(&text), @r#"
    error[E0211]: this placeholder could change the host that the request goes to
      --> bot.yaml:15:19
       |
    15 |     url: "https://{bank}/balance"
       |                   ^^^^^^ only `{config.NAME}` can stand before the path
       |
       = at: web_services.get-balance.url
       = help: write the host itself or a constant, and put the placeholder behind a `/`

    1 error in bot.yaml
    "#);
}

#[test]
fn a_time_to_live_that_is_too_long() {
    assert_snapshot!(shown(&but("    is_json: true", "    ttl: 31536000\n    is_json: true")), @r#"
    error[E0207]: `ttl` is from 1 to 2592000 seconds (30 days at most), and this is 31536000
     --> bot.yaml:9:10
      |
    9 |     ttl: 31536000
      |          ^^^^^^^^
      |
      = at: authorization_tokens.bank-login.ttl
      = help: write `2592000`

    1 error in bot.yaml
    "#);
}

/// Several mistakes are reported at once, in the order of the file.
#[test]
fn a_person_sees_all_mistakes_at_once() {
    let text = but("auth_token: bank-login", "auth_token: bnk-login").replace("method: GET", "metod: GET");
    assert_snapshot!(shown(&text), @r#"
    error[E0007]: there is no `metod` here
      --> bot.yaml:14:5
       |
    14 |     metod: GET
       |     ^^^^^ unknown key
       |
       = at: web_services.get-balance.metod
       = help: did you mean `method`?

    error[E0201]: there is no Authorization Token `bnk-login`
      --> bot.yaml:22:21
       |
    22 |       - auth_token: bnk-login
       |                     ^^^^^^^^^
       |
       = at: scripts.balance.steps[0].auth_token
       = help: did you mean `bank-login`?

    2 errors in bot.yaml
    "#);
}
