use countersign_store::Conversations as _;

use super::phone::{BOTH, Call};
use super::rig::{BOT, Rig, key};

const TROUBLE: &str = "Sorry, this does not work at the moment. Please call again later. Goodbye.";

#[tokio::test]
async fn a_caller_hears_an_apology_when_nothing_can_be_kept() {
    for maker in BOTH {
        let rig = Rig::with(maker, None).await;
        let call = Call::new(&rig, maker, "call-1");
        let heard = call.begin().await;
        assert_eq!((heard.words.as_slice(), heard.next), ([TROUBLE.to_owned()].as_slice(), None));
        // What nobody listens to is asked for once more.
        assert_eq!(call.hang_up_in_vain().await, 503);
    }
}

#[tokio::test]
async fn a_bot_that_takes_no_calls_says_so() {
    let bot = r#"
countersign: 1
bot: silent
name: Silent
language: de
scripts:
  - id: hello
    triggers: [hallo]
    steps:
      - message: "Hallo."
"#;
    for maker in BOTH {
        let rig = Rig::with(maker, Some(bot)).await;
        let heard = Call::new(&rig, maker, "call-1").begin().await;
        assert!(heard.words[0].starts_with("Das geht im Moment leider nicht."), "{heard:?}");
        assert_eq!(heard.next, None);
    }
}

#[tokio::test]
async fn the_words_are_those_of_the_language_that_the_bot_speaks() {
    let greeting = "- message: { es: \"Hola.\", en: \"Hello.\" }";
    let greeted =
        |before: &str| BOT.replace("- message: \"Welcome & hello.\"", &format!("{before}{greeting}"));
    let own = greeted("").replace("language: en\n", "language: es\n");
    let set = greeted("- set: { language: es }\n      ");
    for (maker, bot) in BOTH.into_iter().zip([own, set]) {
        let rig = Rig::with(maker, Some(&bot)).await;
        let call = Call::new(&rig, maker, "call-1");
        let heard = call.begin().await;
        assert_eq!(heard.words[0], "Hola.");
        assert!(call.told.borrow().contains("es-ES"));
        call.press("4711").await;
        rig.bank_answers(false);
        assert_eq!(call.press("8642").await.words, ["Un momento, por favor."]);
        rig.bank_answers(true);
        assert!(call.wait().await.words[0].contains("Para the savings account, pulse 2."));
    }
}

#[tokio::test]
async fn an_answer_in_the_middle_of_a_wait_is_not_taken_for_one() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        call.begin().await;
        call.press("4711").await;
        rig.bank_answers(false);
        assert!(call.press("8642").await.asks_again);
        assert!(call.press("777").await.asks_again);
        rig.bank_answers(true);
        assert!(call.wait().await.words[0].starts_with("What would you like?"));
        assert_eq!(rig.store.pending(&key("call-1")).await.unwrap().inbox, 0);
    }
}

#[tokio::test]
async fn a_bank_that_never_answers_is_given_up() {
    for maker in BOTH {
        let rig = Rig::new(maker).await;
        let call = Call::new(&rig, maker, "call-1");
        call.begin().await;
        call.press("4711").await;
        rig.bank_answers(false);
        assert!(call.press("8642").await.asks_again);
        let mut heard = call.wait().await;
        let mut waits = 1;
        while heard.asks_again {
            heard = call.wait().await;
            waits += 1;
        }
        assert_eq!((heard.words.as_slice(), heard.next), ([TROUBLE.to_owned()].as_slice(), None));
        assert_eq!(waits, super::super::MOST_WAITS);
    }
}
