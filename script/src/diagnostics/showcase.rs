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
    assert_snapshot!(shown(&but("    triggers:", "    trigers:")), @"");
}

#[test]
fn an_id_that_nothing_has() {
    assert_snapshot!(shown(&but("web_service: get-balance", "web_service: get-balanse")), @"");
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
    assert_snapshot!(shown(&text), @"");
}

#[test]
fn a_loop_that_nobody_ends() {
    let text = but("      - auth_token: bank-login\n", "      - id: again\n        auth_token: bank-login\n");
    let text = text
        .replace("get-balance\n      - message", "get-balance\n        unavailable: again\n      - message");
    assert_snapshot!(shown(&text), @"");
}

#[test]
fn a_login_in_the_web_chat() {
    assert_snapshot!(shown_on(&[ChannelKind::Web], &bank(SCRIPTS)), @"");
}

#[test]
fn a_secret_in_a_message() {
    assert_snapshot!(shown(&but("You have {balance}.", "You have {balance}. ({authtoken})")), @"");
}

#[test]
fn a_path_that_is_none() {
    assert_snapshot!(shown(&but("balance: balance.amount", "balance: \"$.balance[?(@.amount\"")), @"");
}

#[test]
fn an_id_that_is_there_twice() {
    assert_snapshot!(
        shown(&format!("{BANK}  - {{ id: get-balance, method: GET, url: https://bank.example/b }}\n{SCRIPTS}")),
        @""
    );
}

#[test]
fn a_user_who_names_the_host() {
    let text = but("https://bank.example/balance", "\"https://{bank}/balance\"");
    let text = text
        .replace("      - auth_token", "      - { question: Which bank?, save: bank }\n      - auth_token");
    assert_snapshot!(shown(&text), @"");
}

#[test]
fn a_time_to_live_that_is_too_long() {
    assert_snapshot!(shown(&but("    is_json: true", "    ttl: 31536000\n    is_json: true")), @"");
}

/// Several mistakes are reported at once, in the order of the file.
#[test]
fn a_person_sees_all_mistakes_at_once() {
    let text = but("auth_token: bank-login", "auth_token: bnk-login").replace("method: GET", "metod: GET");
    assert_snapshot!(shown(&text), @"");
}
