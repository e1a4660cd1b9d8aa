//! What a user types after a secret question: often the secret once more.

use std::time::Duration;

use countersign_model::{CallId, ChannelKind, Content, MessageRef, Reply, TimerId, Timestamp};
use countersign_script::Runnable;
use serde_json::json;

use super::{NOW, bot, said, session};
use crate::{
    Cause, Effect, Heard, Input, Limits, Outcome, Reason, Refusal, Response, Session, Status, Turn, step,
};

fn bank() -> Runnable {
    bot(json!({
        "authorization_tokens": [{
            "id": "bank", "url": "https://bank.example/login", "attempts": 2,
            "questions": [
                { "question": "User name?", "field": "u" },
                { "question": "Password?", "field": "p", "secret": true },
            ],
        }],
        "web_services": [{
            "id": "pay", "url": "https://bank.example/pay", "method": "POST", "json": { "pin": "{val1}" },
            "questions": [{ "question": "PIN?", "kind": "digits", "length": 4, "secret": true }],
        }],
        "scripts": [
            { "id": "go", "triggers": ["go"], "steps": [{ "auth_token": "bank" }, { "message": "In." }] },
            { "id": "hours", "triggers": ["opening hours"], "steps": [{ "message": "9 to 5." }] },
            { "id": "age", "triggers": ["age"], "steps": [
                { "question": "How old?", "kind": "number", "save": "years" },
                { "options": "Which?", "choices": [{ "label": "Red" }, { "label": "Blue" }] },
            ] },
            { "id": "pin", "triggers": ["pin"], "steps": [{ "web_service": "pay" }, { "message": "Paid." }] },
            { "id": "else", "triggers": [{ "on": "fallback" }], "steps": [{ "message": "What?" }] },
        ],
    }))
}

/// A user and the time.
struct Chat {
    bot: Runnable,
    session: Session,
    now: Timestamp,
}

impl Chat {
    fn new() -> Self {
        let bot = bank();
        Self { session: session(&bot), bot, now: NOW }
    }

    fn on(channel: ChannelKind) -> Self {
        let chat = Self::new();
        Self { session: Session { channel, ..chat.session }, ..chat }
    }

    fn step(&mut self, input: Input) -> Turn {
        let turn = step(&self.bot, self.session.clone(), input, self.now).unwrap();
        // As a store keeps it.
        self.session = Session::from_bytes(&turn.session.to_bytes()).unwrap();
        turn
    }

    fn says(&mut self, text: &str) -> Turn {
        self.step(Input::Reply(Reply::text(text)))
    }

    fn hears(&mut self, text: &str) -> Heard {
        self.says(text).heard
    }

    /// All that comes in is taken at its word.
    fn all(&mut self, texts: &[&str]) {
        texts.iter().for_each(|text| _ = self.says(text));
    }

    fn ends(&mut self, outcome: Outcome) -> Turn {
        let call = CallId(self.session.calls);
        self.step(Input::Completed { call, outcome })
    }

    fn refused(&mut self) -> Turn {
        self.ends(Outcome::Rejected(Refusal::WrongCredentials))
    }

    fn later(&mut self, time: Duration) {
        self.now = self.now.plus(time);
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_password_at_the_user_name_after_a_refused_login_is_a_secret() {
    let mut chat = Chat::new();
    assert_eq!(chat.hears("go"), Heard::Public);
    assert_eq!(chat.hears("ada"), Heard::Public);
    assert_eq!(chat.hears("hunter2"), Heard::Secret);
    assert!(said(&chat.refused()).last().unwrap().contains("User name?"));
    assert_eq!(chat.hears("hunter3"), Heard::Secret, "it may be the password");
}

#[test]
fn what_is_typed_after_a_login_that_was_given_up_is_a_secret_for_two_minutes() {
    let mut chat = Chat::new();
    chat.all(&["go", "ada", "hunter2"]);
    chat.refused();
    chat.all(&["ada", "hunter3"]);
    assert!(matches!(chat.refused().session.status(&chat.bot), Status::Ended(Reason::Failed)));
    chat.later(119 * SECOND);
    let turn = chat.says("hunter4");
    assert_eq!((turn.heard, said(&turn)), (Heard::Secret, vec!["What?".to_owned()]));
    assert_eq!(
        chat.hears("my opening hours are hunter4"),
        Heard::Secret,
        "around a trigger may stand anything"
    );
    assert_eq!(chat.hears("Opening hours"), Heard::Public, "a trigger, word for word");
    let label = Content::Choice { payload: "old".into(), label: "Balance".into() };
    let pressed = chat.step(Input::Reply(Reply { content: label, reference: None }));
    assert_eq!(pressed.heard, Heard::Public, "the bot's own word");
    chat.later(SECOND);
    assert_eq!(chat.hears("hunter4"), Heard::Public);
}

#[test]
fn answers_to_what_the_user_sees_are_no_secrets_and_others_are_in_no_variable() {
    let mut chat = Chat::new();
    chat.all(&["go", "ada", "hunter2"]);
    chat.ends(Outcome::Unreachable(Cause::TimedOut));
    assert_eq!(chat.hears("age"), Heard::Public);
    assert_eq!(chat.hears("hunter2"), Heard::Secret);
    assert_eq!(chat.session.variable(&chat.bot, "years"), None);
    assert_eq!(chat.hears("36"), Heard::Public);
    assert_eq!(chat.session.variable(&chat.bot, "years"), Some("36"));
    assert_eq!(chat.hears("hunter2"), Heard::Secret);
    assert_eq!(chat.hears("blue"), Heard::Public);
}

#[test]
fn a_login_that_was_left_or_lapsed_is_guarded_too() {
    let mut chat = Chat::new();
    chat.all(&["go", "ada"]);
    assert_eq!(chat.hears("cancel"), Heard::Public);
    assert_eq!(chat.hears("hunter2"), Heard::Secret);

    let mut chat = Chat::new();
    chat.all(&["go", "ada"]);
    chat.later(Limits::DEFAULT.login_lapse);
    let timer = TimerId(chat.session.timers);
    chat.step(Input::Elapsed(timer));
    chat.later(3600 * SECOND);
    assert_eq!(chat.hears("hunter2"), Heard::Secret, "the late answer");
    assert_eq!(chat.hears("hunter2"), Heard::Secret, "and again, because it was too late");
    chat.later(120 * SECOND);
    assert_eq!(chat.hears("hello"), Heard::Public);

    let mut chat = Chat::new();
    chat.all(&["go", "ada"]);
    chat.step(Input::Start("hours".parse().unwrap()));
    assert_eq!(chat.hears("hunter2"), Heard::Secret, "another script took the place of the question");

    let mut chat = Chat::new();
    chat.all(&["pin", "12", "13", "14"]);
    assert!(matches!(chat.session.status(&chat.bot), Status::Ended(Reason::Failed)));
    assert_eq!(chat.hears("1234"), Heard::Secret, "all tries are over");

    let mut chat = Chat::new();
    chat.all(&["pin", "1234"]);
    let response = Response { status: 403, headers: Vec::new(), body: Vec::new() };
    chat.ends(Outcome::Responded(response));
    assert_eq!(chat.hears("1235"), Heard::Secret, "the API did not like it");
}

#[test]
fn an_open_secret_question_is_guarded_when_a_person_takes_over() {
    let mut chat = Chat::new();
    chat.all(&["go", "ada"]);
    let turn = chat.step(Input::TakenOver);
    assert!(matches!(turn.effects.as_slice(), [Effect::Forget(_)]), "{:?}", turn.effects);
    assert_eq!(chat.hears("hunter2"), Heard::Secret);
    chat.later(119 * SECOND);
    assert_eq!(chat.hears("hunter2"), Heard::Secret);
    chat.later(SECOND);
    assert_eq!(chat.hears("I cannot log in"), Heard::Public);

    let mut chat = Chat::new();
    chat.all(&["go", "ada"]);
    chat.later(Limits::DEFAULT.login_lapse);
    let timer = TimerId(chat.session.timers);
    chat.step(Input::Elapsed(timer));
    chat.later(3600 * SECOND);
    chat.step(Input::TakenOver);
    assert_eq!(chat.hears("hunter2"), Heard::Secret, "the late answer");

    let mut chat = Chat::new();
    chat.all(&["go", "ada", "hunter2"]);
    chat.step(Input::TakenOver);
    assert_eq!(chat.hears("hunter3"), Heard::Secret, "the login is under way");

    let mut chat = Chat::new();
    chat.all(&["age"]);
    chat.step(Input::TakenOver);
    assert_eq!(chat.hears("36"), Heard::Public);
}

#[test]
fn who_leaves_before_a_secret_is_asked_is_not_guarded() {
    let mut chat = Chat::new();
    chat.all(&["go", "cancel"]);
    assert_eq!(chat.hears("hello"), Heard::Public);
    let mut chat = Chat::new();
    assert_eq!(chat.hears("hello"), Heard::Public);
}

#[test]
fn a_password_that_was_sent_twice_is_a_secret_though_it_was_good() {
    let mut chat = Chat::new();
    chat.all(&["go", "ada", "hunter2"]);
    let expires_at = NOW.plus(3600 * SECOND);
    chat.ends(Outcome::Acquired { expires_at, refreshable: false });
    assert_eq!(chat.hears("hunter2"), Heard::Secret);
    chat.later(10 * SECOND);
    assert_eq!(chat.hears("thank you"), Heard::Public);
}

#[test]
fn the_time_goes_on_in_another_version_of_the_bot() {
    let mut chat = Chat::new();
    chat.all(&["go", "ada", "cancel"]);
    chat.bot = bot(json!({ "steps": [{ "message": "Other." }] }));
    chat.session.rebase(&chat.bot);
    assert_eq!(chat.hears("hunter2"), Heard::Secret);
}

#[test]
fn a_guarded_message_is_deleted_where_the_channel_can() {
    let mut chat = Chat::on(ChannelKind::Telegram);
    chat.all(&["go", "ada", "cancel"]);
    let reply = Reply { content: Content::Text("hunter2".into()), reference: Some(MessageRef("m9".into())) };
    let turn = chat.step(Input::Reply(reply));
    assert!(
        matches!(&turn.effects[0], Effect::Erase(reference) if reference.0 == "m9"),
        "{:?}",
        turn.effects
    );
    let erased = turn.effects.iter().filter(|effect| matches!(effect, Effect::Erase(_)));
    assert_eq!(erased.count(), 1);
}

#[test]
fn sessions_of_the_formats_before_are_read() {
    let mut chat = Chat::new();
    chat.all(&["go", "ada"]);
    let now = Session { guarded_until: None, ..chat.session.clone() };
    let mut before = now.to_bytes();
    for format in [2, 1] {
        before[0] = format;
        assert_eq!(before.pop(), Some(0));
        assert_eq!(Session::from_bytes(&before).as_ref(), Ok(&now), "{format}");
    }
}
