use std::time::Duration;

use countersign_store::{Conversations as _, Line, Secrets as _};

use super::phone::{BOTH, Call, Heard, Maker};
use super::rig::{PIN, Rig, TOKEN, key, name};

const MENU: &str = "What would you like? For the checking account, press 1. For the savings account, press 2. For an \
                    order, press 3. For a colleague, press 4. For a person, press 5. For a pause, press 6. For the \
                    end, press 7.";

async fn log_in(call: &Call<'_>) -> Heard {
    assert_eq!(call.begin().await.words, ["Welcome & hello.", "Customer number?"]);
    assert_eq!(call.press("4711").await.words, ["PIN?"]);
    call.press(PIN).await
}

#[tokio::test]
async fn a_caller_logs_in_with_a_pin_and_hears_the_balance() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        let heard = call.begin().await;
        assert_eq!(heard.words, ["Welcome & hello.", "Customer number?"]);
        assert!(!heard.speech && heard.finish_key && heard.digits.is_some());
        let heard = call.press("4711").await;
        assert_eq!(heard.words, ["PIN?"]);
        assert!(!heard.speech && !heard.finish_key && heard.digits == Some(4));
        let heard = call.press(PIN).await;
        assert_eq!(heard.words, [MENU]);
        assert!(heard.speech && !heard.finish_key && heard.digits == Some(1));
        assert_eq!(call.press("2").await.words, ["There are 77.77 EUR.", MENU]);
        assert_eq!(call.say("the checking account, please").await.words, ["There are 77.77 EUR.", MENU]);
        let asked = std::mem::take(&mut *rig.bank.asked.lock().unwrap());
        let wanted = ["auth.bank.example/login", "api.bank.example/savings", "api.bank.example/checking"];
        assert_eq!(asked, wanted.map(|place| format!("https://{place}")));
        let heard = call.press("7").await;
        assert_eq!((heard.words.as_slice(), heard.next), (["Goodbye.".to_owned()].as_slice(), None));

        assert!(rig.store.token(&key("call-1"), &name("bank"), &name("login")).await.unwrap().is_some());
        call.hang_up().await;
        rig.rest().await;
        assert!(rig.store.token(&key("call-1"), &name("bank"), &name("login")).await.unwrap().is_none());
        let told = call.told.take();
        assert!(!told.contains(PIN) && !told.contains(TOKEN), "{told}");
        let rows = rig.store.transcript(&key("call-1"), 0, 100).await.unwrap();
        assert_eq!(rows.iter().filter(|row| row.line == Line::Secret).count(), 1);
        assert_eq!(rows.last().unwrap().line, Line::HungUp);
        assert!(!format!("{rows:?}").contains(PIN));
    }
}

#[tokio::test]
async fn a_step_that_is_repeated_says_the_same_and_does_nothing() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        for step in 0..4 {
            let heard = match step {
                0 => call.begin().await,
                1 => call.press("4711").await,
                2 => call.press(PIN).await,
                _ => call.press("1").await,
            };
            let answer = call.answer.take();
            assert!(!heard.words.is_empty() && !answer.is_empty());
            for _ in 0..2 {
                assert_eq!(call.repeat().await, heard);
                assert_eq!(call.answer.take(), answer, "byte for byte");
            }
        }
        assert_eq!(rig.bank.asked.lock().unwrap().len(), 2);
        let said = call.told.take();
        let half = |text: &str| said.matches(text).count();
        assert_eq!((half("Customer number?"), half("PIN?"), half("77.77")), (3, 3, 3));
    }
}

#[tokio::test]
async fn two_webhooks_of_one_step_at_once_are_one_step() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        log_in(&call).await;
        let (one, other) = (call.press("2").await, call.repeat().await);
        assert_eq!(one, other);
        let (one, other, third) = tokio::join!(call.repeat(), call.repeat(), call.repeat());
        assert!(one == other && other == third);
        assert_eq!(rig.bank.asked.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn a_slow_bank_is_waited_for_with_a_word() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        assert!(!log_in(&call).await.asks_again);
        rig.bank_answers(false);
        rig.naps.0.lock().unwrap().clear();
        let heard = call.press("2").await;
        assert_eq!(heard.words, ["One moment, please."]);
        assert!(heard.asks_again);
        for _ in 0..3 {
            let heard = call.wait().await;
            assert!(heard.words.is_empty() && heard.asks_again, "{heard:?}");
        }
        let longest = if maker == Maker::Twilio { 8_000 } else { 3_500 };
        let naps = std::mem::take(&mut *rig.naps.0.lock().unwrap());
        assert_eq!(naps, [2_000, longest, longest, longest].map(Duration::from_millis));
        rig.bank_answers(true);
        let heard = call.wait().await;
        assert_eq!(heard.words, ["There are 77.77 EUR.", MENU]);
        assert!(!heard.asks_again && heard.digits == Some(1));
        assert_eq!(call.repeat().await, heard);
        assert_eq!(call.press("7").await.words, ["Goodbye."]);
        assert_eq!(rig.bank.asked.lock().unwrap().len(), 2);
    }
}

#[tokio::test]
async fn hanging_up_in_the_middle_of_a_login_leaves_nothing() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        call.begin().await;
        call.press("4711").await;
        let (bot, login) = (name("bank"), name("login"));
        assert_eq!(rig.store.answers(&key("call-1"), &login).await.unwrap().len(), 1);
        rig.bank_answers(false);
        assert!(call.press(PIN).await.asks_again);
        assert_eq!(rig.store.answers(&key("call-1"), &login).await.unwrap().len(), 2);
        call.hang_up().await;
        rig.rest().await;
        rig.bank_answers(true);
        rig.rest().await;
        assert!(rig.store.answers(&key("call-1"), &login).await.unwrap().is_empty());
        assert!(rig.store.held(&key("call-1"), &bot).await.unwrap().is_empty());
        let pending = rig.store.pending(&key("call-1")).await.unwrap();
        assert_eq!((pending.inbox, pending.calls), (0, 0));
        // The next call from the same number begins from nothing.
        let next = Call::new(&rig, maker, "call-2");
        assert_eq!(next.begin().await.words, ["Welcome & hello.", "Customer number?"]);
    }
}

#[tokio::test]
async fn who_presses_nothing_is_asked_again_and_then_the_call_ends() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        call.begin().await;
        for _ in 0..2 {
            let heard = call.wait().await;
            assert_eq!(heard.words, ["Customer number?"]);
            assert_eq!(call.repeat().await, heard);
        }
        let heard = call.wait().await;
        assert_eq!(
            (heard.words.as_slice(), &heard.next),
            (["Let us leave it for now.".to_owned()].as_slice(), &None)
        );
        assert_eq!(call.repeat().await, heard);
        assert!(rig.bank.asked.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_login_by_number_takes_keys_alone() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        assert!(!call.begin().await.speech);
        assert_eq!(call.say("four seven one one").await.words, ["Please use the keys."]);
        assert_eq!(call.press("47").await.words, ["Please use the keys."]);
        assert_eq!(call.press("4711").await.words, ["PIN?"]);
        let heard = call.press("1111").await;
        assert_eq!(heard.words, ["The login failed. Please try again.", "Customer number?"]);
        let heard = call.press("*").await;
        assert_eq!((heard.words.as_slice(), heard.next), (["Cancelled.".to_owned()].as_slice(), None));
    }
}

#[tokio::test]
async fn digits_may_be_spoken_and_are_read_back_one_by_one() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        log_in(&call).await;
        // The choice is spoken too.
        let heard = call.say("three").await;
        assert_eq!(heard.words, ["Order number?"]);
        assert!(heard.speech && heard.digits == Some(4));
        let heard = call.say("It's one zero double four.").await;
        assert_eq!(heard.words, ["You said 1 0 4 4.", MENU]);
        assert_eq!(call.repeat().await, heard);
    }
}

#[tokio::test]
async fn a_call_is_put_through() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        log_in(&call).await;
        let heard = call.press("4").await;
        assert_eq!(
            (heard.words.as_slice(), heard.transfer),
            (["I put you through.".to_owned()].as_slice(), Some("+15550199".into()))
        );
        call.hang_up().await;

        let call = Call::new(&rig, maker, "call-2");
        log_in(&call).await;
        let heard = call.press("5").await;
        let nobody = "Sorry, I cannot put you through to anybody from here. Goodbye.";
        assert_eq!(heard.words, ["I call somebody.", nobody]);
        assert_eq!((heard.next, heard.transfer), (None, None));
    }
}

#[tokio::test]
async fn a_pause_is_waited_for_in_silence() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        log_in(&call).await;
        let heard = call.press("6").await;
        assert!(heard.words.is_empty() && heard.asks_again);
        let length = if maker == Maker::Twilio { "length=\"5\"" } else { "\"timeOut\":5" };
        assert!(call.told.borrow().contains(length));
        rig.pass(5);
        rig.rest().await;
        assert_eq!(call.wait().await.words, ["Back again.", MENU]);
    }
}
