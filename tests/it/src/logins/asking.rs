//! How a login asks: cancelled, lapsed, by keypad, with a temporary code; and logging out.

use std::time::Duration;

use countersign_model::ChannelKind;

use super::world::World;

#[tokio::test]
async fn cancel_in_mid_login_forgets_what_was_sealed() {
    let world = World::open("password-json").await;
    let alice = world.whatsapp("+15550100");
    alice.says("balance").await;
    alice.says("alice").await;
    assert_eq!(world.sealed_answers(&alice, "bank-login").await, 1, "the user name waits, sealed");
    let told = alice.says("Cancel!").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(world.sealed_answers(&alice, "bank-login").await, 0);
    assert_eq!(world.bank.stats().logins(), 0);
    assert_eq!(alice.says("balance").await, ["What is your username?"]);
}

#[tokio::test]
async fn a_login_that_is_not_finished_lapses_and_says_so() {
    let world = World::open("bank").await;
    let alice = world.whatsapp("+15550100");
    alice.says("balance").await;
    alice.says("alice").await;
    world.pass(Duration::from_secs(15 * 60 + 1)).await;
    assert_eq!(world.sealed_answers(&alice, "bank-login").await, 0, "forgotten before anybody writes");
    let told = alice.says("wonderland").await;
    assert_eq!(told, ["Your login has taken too long, so I have closed it."]);
    assert_eq!(world.bank.stats().logins(), 0);
    assert!(!world.transcript(&alice).await.contains("wonderland"), "a late password is one all the same");
}

#[tokio::test]
async fn a_new_question_gives_new_time() {
    let world = World::open("password-json").await;
    let alice = world.whatsapp("+15550100");
    alice.says("balance").await;
    world.pass(Duration::from_secs(14 * 60)).await;
    assert_eq!(alice.says("alice").await, ["What is your password?"]);
    world.pass(Duration::from_secs(14 * 60)).await;
    assert_eq!(alice.says("wonderland").await, ["Which account, checking or savings?"]);
}

#[tokio::test]
async fn the_keypad_is_the_only_way_in_on_the_phone() {
    let world = World::open("phone-pin").await;
    let call = world.on(ChannelKind::Phone, "call-1");
    let told = call.begins().await;
    assert_eq!(told, ["Welcome to the Demo Bank.", "Please enter your customer number, then press hash."]);
    for spoken in ["four seven one one", "4711"] {
        assert_eq!(call.says(spoken).await, ["Please use the keys of your phone."], "{spoken}");
    }
    assert_eq!(call.presses("4711").await, ["Please enter your four digit PIN."]);
    assert_eq!(call.presses("12").await, ["Please use the keys of your phone."]);
    let menu = call.presses("1234").await;
    assert!(menu[0].starts_with("What would you like?"), "{menu:?}");
    let told = call.presses("2").await;
    assert_eq!(told[0], "There are 77.77 EUR in the account.");
    assert_eq!(world.bank.stats().logins_ok, 1);
}

#[tokio::test]
async fn a_token_of_a_call_ends_with_it() {
    let world = World::open("phone-pin").await;
    let first = world.on(ChannelKind::Phone, "call-1");
    first.begins().await;
    first.presses("4711").await;
    first.presses("1234").await;
    assert_eq!(world.held(&first).await, 1);
    first.hangs_up().await;
    assert_eq!(world.held(&first).await, 0);
    let second = world.on(ChannelKind::Phone, "call-2");
    let told = second.begins().await;
    assert_eq!(told[1], "Please enter your customer number, then press hash.", "the next call asks again");
}

#[tokio::test]
async fn letters_are_refused_on_text_channels_too() {
    let world = World::open("phone-pin").await;
    let dave = world.on(ChannelKind::Sms, "+15550103");
    dave.begins().await;
    assert_eq!(dave.says("my number").await, ["Please use the keys of your phone."]);
    assert_eq!(dave.says("47 11").await, ["Please enter your four digit PIN."]);
}

#[tokio::test]
async fn a_temporary_code() {
    let world = World::open("code").await;
    let alice = world.whatsapp("+15550100");
    assert_eq!(alice.says("profile").await, ["What is your phone number?"]);
    assert_eq!(alice.says("+1 (555) 01-00").await, ["We have sent you a code. What is it?"]);
    assert_eq!(world.bank.stats().codes_sent, 1);
    let code = world.bank.bank().last_code("+15550100").unwrap();
    let wrong = if code == "111111" { "222222" } else { "111111" };
    let told = alice.says(wrong).await;
    assert_eq!(told.last().unwrap(), "We have sent you a code. What is it?", "{told:?}");
    assert_eq!(world.bank.stats().codes_sent, 1, "the code is asked again, not sent again");
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    assert_eq!(alice.says(&spaced).await, ["You are Alice Liddell."]);
    assert_eq!(alice.says("who am I").await, ["You are Alice Liddell."]);
    let stats = world.bank.stats();
    assert_eq!((stats.logins_ok, stats.logins_refused, stats.codes_sent), (1, 1, 1));
}

#[tokio::test]
async fn a_code_that_is_too_old() {
    let world = World::open("code").await;
    let alice = world.whatsapp("+15550100");
    alice.says("profile").await;
    alice.says("+15550100").await;
    let code = world.bank.bank().last_code("+15550100").unwrap();
    world.pass(Duration::from_secs(6 * 60)).await;
    let told = alice.says(&code).await;
    assert_eq!(told.last().unwrap(), "We have sent you a code. What is it?", "{told:?}");
    assert_eq!(world.held(&alice).await, 0);
}

#[tokio::test]
async fn after_logout_the_token_is_gone() {
    let world = World::open("password-form").await;
    let alice = world.whatsapp("+15550100");
    alice.says("whoami").await;
    alice.says("alice").await;
    assert_eq!(alice.says("wonderland").await, ["You are Alice Liddell."]);
    assert_eq!(world.held(&alice).await, 1);
    assert_eq!(alice.says("logout").await, ["You are logged out."]);
    assert_eq!(world.held(&alice).await, 0);
    assert_eq!(alice.says("whoami").await, ["What is your username?"]);
}

#[tokio::test]
async fn a_bot_that_logs_in_does_not_on_a_web_chat() {
    let world = World::open("password-json").await;
    let visitor = world.on(ChannelKind::Web, "visitor-1");
    let told = visitor.says("balance").await;
    assert!(told.len() == 1 && !told[0].contains("username"), "{told:?}");
}
