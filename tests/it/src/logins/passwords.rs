//! Every way to send user name and password, and every password.

use countersign_bank::{FaultKind, TokenPlace};

use super::world::World;

#[tokio::test]
async fn wrong_then_right_then_no_question() {
    let world = World::open("password-json").await;
    let alice = world.whatsapp("+15550100");
    assert_eq!(alice.says("How much money do I have?").await, ["What is your username?"]);
    assert_eq!(alice.says("alice").await, ["What is your password?"]);
    let told = alice.says("looking-glass").await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(!told[0].contains("password") && !told[0].contains("username"), "{told:?} says which was wrong");
    assert_eq!(told[1], "What is your username?");
    assert_eq!(alice.says("alice").await, ["What is your password?"]);
    assert_eq!(alice.says("wonderland").await, ["Which account, checking or savings?"]);
    assert_eq!(alice.says("checking").await, ["You have 1234.50 EUR."]);

    assert_eq!(alice.says("balance").await, ["Which account, checking or savings?"]);
    assert_eq!(alice.says("savings").await, ["You have 10000.00 EUR."]);

    let stats = world.bank.stats();
    assert_eq!((stats.logins_ok, stats.logins_refused, stats.logins_malformed), (1, 1, 0));
    assert_eq!((stats.api_calls, stats.api_refused), (2, 0));
    assert_eq!(stats.last_token, Some(TokenPlace::Query));
}

#[tokio::test]
async fn an_unknown_name_is_told_the_same_as_a_wrong_password() {
    let world = World::open("password-json").await;
    let (one, two) = (world.whatsapp("+1"), world.whatsapp("+2"));
    for (person, name) in [(&one, "alice"), (&two, "nobody")] {
        person.says("balance").await;
        person.says(name).await;
    }
    assert_eq!(one.says("wrong").await, two.says("wrong").await);
}

#[tokio::test]
async fn three_wrong_passwords_end_it() {
    let world = World::open("password-json").await;
    let alice = world.whatsapp("+15550100");
    alice.says("balance").await;
    for attempt in 1..=3 {
        assert_eq!(alice.says("alice").await, ["What is your password?"]);
        let told = alice.says("wrong").await;
        assert_eq!(told.len(), if attempt == 3 { 1 } else { 2 }, "{told:?}");
    }
    assert_eq!(world.bank.stats().logins(), 3);
    assert_eq!(world.held(&alice).await, 0);
    assert_eq!(world.sealed_answers(&alice, "bank-login").await, 0);
}

#[tokio::test]
async fn every_password_arrives_byte_for_byte() {
    let carol = "p&ss={authtoken}\"\u{e9} %41";
    for bot in ["password-json", "password-form", "password-get", "plain-token"] {
        for (name, password) in [("carol", carol), ("erin", " two blanks ")] {
            let world = World::open(bot).await;
            let person = world.whatsapp("+15550102");
            person.says(World::opening(bot)).await;
            person.says(name).await;
            let told = person.says(password).await;
            let stats = world.bank.stats();
            assert_eq!((stats.logins_ok, stats.logins()), (1, 1), "{name} by {bot}: {told:?}");
        }
    }
}

#[tokio::test]
async fn a_form_login_looks_as_oauth_wants_it() {
    let world = World::open("password-form").await;
    let carol = world.whatsapp("+15550102");
    assert_eq!(carol.says("who am I").await, ["What is your username?"]);
    carol.says("carol").await;
    let told = carol.says("p&ss={authtoken}\"\u{e9} %41").await;
    assert_eq!(told, ["You are Carol N\u{fa}\u{f1}ez {val1} & \"S\u{f6}hne\"."]);
    let sent = world.wire.sent("POST", "/oauth/token");
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].header("content-type"), Some("application/x-www-form-urlencoded"));
    let body = &sent[0].body;
    assert!(body.contains("grant_type=password"), "the fixed field is there");
    assert!(body.contains("client_secret=demo-client-secret"), "the workspace's secret is there");
    assert_eq!(world.bank.stats().last_token, Some(TokenPlace::Header));
}

#[tokio::test]
async fn a_get_login_puts_the_fields_into_the_query() {
    let world = World::open("password-get").await;
    let alice = world.whatsapp("+15550100");
    assert_eq!(alice.says("accounts").await, ["What is your username?"]);
    alice.says("alice").await;
    let told = alice.says("wonderland").await;
    assert_eq!(
        told,
        ["checking: 1234.50 EUR, number 0012345678, id 900719925474099300000000\n\
          savings: 10000.00 EUR, number 0012345686, id 900719925474099300000001"]
    );
    let login = world.bank.stats().last_login.unwrap();
    assert_eq!((login.method.as_str(), login.path.as_str()), ("GET", "/login"));
    assert_eq!(login.query_names, ["username", "password"]);
}

#[tokio::test]
async fn a_plain_text_answer_is_the_token() {
    let world = World::open("plain-token").await;
    let bob = world.whatsapp("+15550101");
    assert_eq!(bob.says("balance").await, ["What is your username?"]);
    bob.says("bob").await;
    assert_eq!(bob.says("builder").await, ["You have -12.05 EUR in your checking account."]);
    assert_eq!(bob.says("balance").await, ["You have -12.05 EUR in your checking account."]);
    assert_eq!(world.bank.stats().logins(), 1);
}

#[tokio::test]
async fn a_token_in_a_json_field() {
    let world = World::open("post-token").await;
    let alice = world.whatsapp("+15550100");
    alice.says("balance").await;
    alice.says("alice").await;
    assert_eq!(
        alice.says("wonderland").await,
        ["Which account, checking or savings? [1] checking [2] savings"]
    );
    assert_eq!(alice.says("1").await, ["You have 1234.50 EUR."]);
    assert_eq!(world.bank.stats().last_token, Some(TokenPlace::Body));
}

#[tokio::test]
async fn a_number_of_25_digits_keeps_them_all() {
    for bot in ["password-json", "dead-token", "post-token"] {
        let world = World::open(bot).await;
        world.bank.bank().faults().once("/login", FaultKind::TokenNumber);
        let alice = world.whatsapp("+15550100");
        alice.says("balance").await;
        alice.says("alice").await;
        alice.says("wonderland").await;
        let told = alice.says("checking").await;
        assert!(told.len() == 1 && told[0].contains("1234.50 EUR"), "{bot}: {told:?}");
        let stats = world.bank.stats();
        assert_eq!((stats.api_calls, stats.api_refused), (1, 0), "{bot}");
    }
}

#[tokio::test]
async fn the_whole_demo_bot() {
    let world = World::open("bank").await;
    let alice = world.whatsapp("+15550100");
    let menu = alice.says("hello").await;
    assert_eq!(menu.len(), 2, "{menu:?}");
    assert_eq!(alice.says("Transactions").await, ["What is your username?"]);
    alice.says("alice").await;
    assert_eq!(alice.says("wonderland").await, ["Which account? [1] Checking [2] Savings"]);
    let lines = alice.says("checking").await;
    assert!(
        lines[0].starts_with("The latest of 12:\n2026-11-21  -7.45 EUR  Bakery \"M\u{fc}ller\" & Sons\n"),
        "{lines:?}"
    );
    assert!(lines[0].contains("Refund {order 17}"), "braces of an answer are only text: {lines:?}");
    assert_eq!(lines[0].lines().count(), 6);

    assert_eq!(
        alice.says("send money").await,
        ["Alice Liddell, which account number shall the money go to?"]
    );
    assert_eq!(alice.says("0023456789").await, ["How many euros?"]);
    assert_eq!(alice.says("12.50").await, ["Send 12.50 EUR to 0023456789? [1] Yes, send it [2] No"]);
    let done = alice.says("yes").await;
    assert_eq!(
        done,
        ["Done, Alice Liddell. 12.50 EUR are on their way (tr-000001). You have 1222.00 EUR left."]
    );
    assert_eq!(world.bank.stats().transfers, 1);

    let large = ["send money", "0023456789", "9999", "yes"];
    let mut told = Vec::new();
    for text in large {
        told = alice.says(text).await;
    }
    assert!(told[0].contains("did not accept this transfer"), "{told:?}");
    assert_eq!(world.bank.stats().transfers, 1);
    assert_eq!(world.bank.stats().logins(), 1);
}
