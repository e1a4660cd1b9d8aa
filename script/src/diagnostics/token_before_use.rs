//! E0101: a token is used before it is acquired.
//!
//! A Web Service sends the token of a user, but some way from a trigger to it does not pass the success exit of the
//! Authorization Token. On that way there is no token to send.
//!
//! The finding tells that way step by step. Put an `auth_token` step before the one that needs the token. When the
//! user is logged in already, the step passes in silence, so it costs nothing to have it on every way.
//!
//! `{authtoken}` is the token of the latest login, whichever component it was. `{authtoken:ID}` is that of one
//! component. After `logout`, and on the branches `failed`, `cancelled` and `unavailable` of an `auth_token` step,
//! the token is not there.

use std::collections::HashMap;

use super::context::Context;
use super::{Diagnostic, Report};
use crate::graph::Fact;
use crate::program::{ServiceComponent, StepIx, StepKind, TokenIx};

pub(super) fn token_before_use(context: &Context<'_>, report: &mut Report) {
    let mut paths = HashMap::new();
    for step in context.graph.reachable_steps() {
        let StepKind::WebService { service, .. } = &context.step(step).kind else { continue };
        let service = &context.program.services[service.at()];
        for token in &service.tokens {
            let fact = token.map_or(Fact::AnyToken, Fact::Token);
            if context.facts().certain(&context.graph, step, fact) {
                continue;
            }
            let paths =
                paths.entry(fact).or_insert_with(|| context.graph.paths_without(context.facts(), fact));
            report.add(finding(context, step, service, *token, paths.to(step)));
        }
    }
}

fn finding(
    context: &Context<'_>,
    step: StepIx,
    service: &ServiceComponent,
    token: Option<TokenIx>,
    mut way: Vec<String>,
) -> Diagnostic {
    let program = context.program;
    let placeholder = match token {
        Some(token) => format!("authtoken:{}", program.tokens[token.at()].id),
        None => "authtoken".to_owned(),
    };
    let candidates: Vec<_> = match token {
        Some(token) => vec![&program.tokens[token.at()].id],
        None => program.tokens.iter().map(|token| &token.id).collect(),
    };
    let login = match &*candidates {
        [only] => format!("before `{only}` has logged the user in"),
        _ => "before any login".to_owned(),
    };
    let path = &context.step(step).path;
    let place = format!("web_services.{}", service.id);
    way.push(format!("{}. `{path}` calls `{}`, which sends the token", way.len() + 1, service.id));
    let mut finding = Diagnostic::error("E0101", format!("`{{{placeholder}}}` is used {login}"))
        .at_span(&**path, context.head(step))
        .label("there may be no token yet")
        .also(context.find(&place, &placeholder), "the token is sent here");
    finding.notes = way;
    match &*candidates {
        [] => finding.help("add an Authorization Token component, and an `auth_token` step before this step"),
        [only] => finding
            .help(format!("insert `- auth_token: {only}` before this step"))
            .fix(context.insert_before(step, "auth_token", only.as_str())),
        several => {
            let all: Vec<_> = several.iter().map(|id| format!("`- auth_token: {id}`")).collect();
            finding.help(format!("insert {} before this step", all.join(" or ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::diagnostics::tests_support::{bank, check_script, mend};

    #[test]
    fn a_login_before_the_use_is_enough() {
        check_script(&bank(
            "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: bank-login
      - web_service: get-balance
      - message: \"{balance}\"
",
        ));
    }

    #[test]
    fn the_way_is_told_from_the_trigger() {
        let findings = check_script(&bank(
            "
scripts:
  - id: balance
    triggers: [balance, how much do I have]
    steps:
      - options: What would you like?
        choices:
          - { label: Log in first, go: login }
          - { label: Right now, go: fetch }
      - id: login
        auth_token: bank-login
      - id: fetch
        web_service: get-balance
#       ^^^^^^^^^^^^^^^^^^^^^^^^ error E0101: `{authtoken}` is used before `bank-login` has logged the user in
",
        ));
        assert_eq!(
            findings[0].notes,
            [
                "1. trigger `balance` starts `scripts.balance`",
                "2. `scripts.balance.steps[0]` when `Right now` is chosen",
                "3. `scripts.balance.steps[2]` calls `get-balance`, which sends the token",
            ]
        );
        assert_eq!(findings[0].path, "scripts.balance.steps[2]");
        assert_eq!(
            findings[0].help.as_ref().unwrap().text,
            "insert `- auth_token: bank-login` before this step"
        );
        assert_eq!(findings[0].labels[1].text, "the token is sent here");
    }

    #[test]
    fn the_failed_branch_has_no_token() {
        check_script(&bank(
            "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: bank-login
        failed: sorry
      - web_service: get-balance
      - end
      - id: sorry
        web_service: get-balance
#       ^^^^^^^^^^^^^^^^^^^^^^^^ error E0101: `{authtoken}` is used before `bank-login` has logged the user in
",
        ));
    }

    #[test]
    fn logout_takes_the_token_away() {
        let findings = check_script(&bank(
            "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: bank-login
      - logout: bank-login
      - web_service: get-balance
#       ^^^^^^^^^^^^^^^^^^^^^^^^ error E0101: `{authtoken}` is used before `bank-login` has logged the user in
",
        ));
        assert_eq!(findings[0].notes[2], "3. `scripts.balance.steps[1]` logs out");
    }

    #[test]
    fn a_script_that_is_run_brings_the_token_back() {
        check_script(&bank(
            "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - run: login
      - web_service: get-balance
  - id: login
    steps:
      - message: Please log in.
      - auth_token: bank-login
",
        ));
    }

    #[test]
    fn a_script_that_may_come_back_without_the_token_is_no_help() {
        let findings = check_script(&bank(
            "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - run: login
      - web_service: get-balance
#       ^^^^^^^^^^^^^^^^^^^^^^^^ error E0101: `{authtoken}` is used before `bank-login` has logged the user in
  - id: login
    steps:
      - auth_token: bank-login
        cancelled: never-mind
      - end
      - id: never-mind
        message: Never mind.
",
        ));
        assert_eq!(
            findings[0].notes[1],
            "2. `scripts.balance.steps[0]` runs `scripts.login` and comes back without a login"
        );
    }

    #[test]
    fn one_caller_with_a_token_does_not_vouch_for_another() {
        let findings = check_script(&bank(
            "
scripts:
  - id: with
    triggers: [with]
    steps:
      - auth_token: bank-login
      - run: shared
      - web_service: get-balance
  - id: without
    triggers: [without]
    steps:
      - run: shared
      - web_service: get-balance
#       ^^^^^^^^^^^^^^^^^^^^^^^^ error E0101: `{authtoken}` is used before `bank-login` has logged the user in
  - id: shared
    steps:
      - message: One moment.
",
        ));
        assert_eq!(findings[0].notes[0], "1. trigger `without` starts `scripts.without`");
    }

    #[test]
    fn a_jump_carries_the_token_along() {
        check_script(&bank(
            "
scripts:
  - id: balance
    triggers: [balance]
    steps:
      - auth_token: bank-login
      - jump: fetch
  - id: other
    triggers: [other]
    steps:
      - auth_token: bank-login
      - jump: fetch
  - id: fetch
    steps:
      - web_service: get-balance
",
        ));
    }

    #[test]
    fn any_login_will_do_for_the_latest_token() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - { id: a, url: https://bank.example/a, questions: [{ question: PIN?, field: pin, secret: true }] }
  - { id: b, url: https://bank.example/b, questions: [{ question: PIN?, field: pin, secret: true }] }
web_services:
  - id: get
    method: GET
    url: https://bank.example/balance
    headers: { Authorization: \"Bearer {authtoken}\" }
scripts:
  - id: start
    triggers: [start]
    steps:
      - options: Which way?
        choices: [{ label: A, go: a-way }, { label: B, go: b-way }]
      - id: a-way
        auth_token: a
        next: fetch
      - id: b-way
        auth_token: b
      - id: fetch
        web_service: get
",
        );
    }

    #[test]
    fn one_of_two_logins_will_not_do_for_a_named_token() {
        check_script(
            "
countersign: 1
bot: demo
authorization_tokens:
  - { id: a, url: https://bank.example/a, questions: [{ question: PIN?, field: pin, secret: true }] }
  - { id: b, url: https://bank.example/b, questions: [{ question: PIN?, field: pin, secret: true }] }
web_services:
  - id: get
    method: GET
    url: https://bank.example/balance
    headers: { Authorization: \"Bearer {authtoken:a}\" }
scripts:
  - id: start
    triggers: [start]
    steps:
      - auth_token: b
      - web_service: get
#       ^^^^^^^^^^^^^^^^ error E0101: `{authtoken:a}` is used before `a` has logged the user in
",
        );
    }

    #[test]
    fn the_edit_mends_block_flow_and_json() {
        let block =
            bank("scripts:\n  - id: a\n    triggers: [a]\n    steps:\n      - web_service: get-balance\n");
        let mended = mend(&block, "E0101");
        assert!(
            mended
                .ends_with("    steps:\n      - auth_token: bank-login\n      - web_service: get-balance\n"),
            "{mended}"
        );
        check_script(&mended);

        let flow = bank("scripts:\n  - { id: a, triggers: [a], steps: [{ web_service: get-balance }] }\n");
        let mended = mend(&flow, "E0101");
        assert!(
            mended.ends_with("steps: [{ auth_token: bank-login }, { web_service: get-balance }] }\n"),
            "{mended}"
        );
        check_script(&mended);

        let json = r#"{"countersign": 1, "bot": "demo",
            "authorization_tokens": [{"id": "t", "url": "https://bank.example/login",
                "questions": [{"question": "PIN?", "field": "pin", "secret": true}]}],
            "web_services": [{"id": "get", "method": "GET", "url": "https://bank.example/x", "headers": {"X-Token": "{authtoken}"}}],
            "scripts": [{"id": "a", "triggers": ["a"], "steps": [
                {"web_service": "get"}]}]}"#;
        let mended = mend(json, "E0101");
        assert!(mended.contains(r#"{"auth_token": "t"}, {"web_service": "get"}"#), "{mended}");
        check_script(&mended);

        let dos = block.replace('\n', "\r\n");
        let mended = mend(&dos, "E0101");
        assert!(mended.contains("      - auth_token: bank-login\r\n      - web_service"), "{mended:?}");
    }
}
