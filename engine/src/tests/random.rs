//! Anything may happen in any order.

use std::sync::LazyLock;
use std::time::Duration;

use countersign_model::{CallId, ChannelKind, Contact, Content, Reply, TimerId, Timestamp};
use countersign_script::Runnable;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{NOW, bot};
use crate::session::{Asking, Calling, State, Token};
use crate::{
    Cause, Effect, Forgotten, Heard, Held, Input, Outcome, Reason, Refusal, Response, Session, Status, Turn,
    step,
};

/// What a user types and presses where a secret is asked, and nowhere else. It may not be found in a session.
const CANARY: &str = "canary-48151623";
const CANARY_DIGITS: &str = "48151623";

/// Bots with all that can go round: logins, refreshes, codes, services, menus, forms, pauses, scripts in scripts.
static BOTS: LazyLock<Vec<Runnable>> =
    LazyLock::new(|| vec![bot(logins()), bot(talk()), bot(by_number()), bot(on_page())]);

fn logins() -> Value {
    let bank = |id: &str, more: Value| {
        let mut component = json!({
            "id": id, "url": "https://bank.example/login", "token_path": "t", "send_to": "https://api.example",
            "questions": [
                { "question": "User?", "field": "u" },
                { "question": "Password?", "field": "p", "secret": true },
            ],
            "expired_when": [{ "status": [401, 403] }, { "field": "error" }],
        });
        more.as_object().unwrap().iter().for_each(|(key, value)| component[key] = value.clone());
        component
    };
    let code = json!({
        "questions": [
            { "question": "Phone?", "field": "phone" },
            { "question": "Code?", "field": "code", "secret": true, "after_before": true },
        ],
        "before": "send-code", "attempts": 2,
    });
    json!({
        "authorization_tokens": [
            bank("bank", json!({ "refresh": { "token_path": "r" } })),
            bank("code", code),
        ],
        "web_services": [
            { "id": "send-code", "method": "POST", "url": "https://bank.example/code", "json": { "p": "{val1}" } },
            {
                "id": "pay", "method": "POST", "url": "https://api.example/pay",
                "headers": { "A": "{authtoken:bank}", "B": "{authtoken:code}" },
                "json": { "to": "{val1}", "pin": "{val2}" },
                "questions": [{ "question": "To?" }, { "question": "PIN?", "secret": true }],
                "save": { "id": "id" }, "idempotency_key": true, "fresh_login": 60,
            },
            {
                "id": "list", "url": "https://api.example/list", "headers": { "A": "{authtoken}" },
                "each": { "list": "items", "line": "{item.a}", "save": "lines" },
            },
        ],
        "scripts": [
            { "id": "main", "triggers": ["go", { "on": "first_message" }, { "on": "call" }], "steps": [
                { "auth_token": "bank", "failed": "sorry" },
                { "auth_token": "code", "cancelled": "sorry", "unavailable": "sorry" },
                { "web_service": "pay", "failed": "sorry", "status": { "404": "sorry" } },
                { "message": "Paid {id}." },
                { "web_service": "list", "empty": "sorry" },
                { "message": "{lines}" },
                { "options": "Next?", "choices": [
                    { "label": "Again", "go": "main" }, { "label": "Log out", "go": "out" } ] },
                { "id": "out", "logout": true },
                { "id": "sorry", "message": "Sorry." },
            ] },
        ],
    })
}

fn talk() -> Value {
    json!({
        "languages": ["en", "es"],
        "forms": [{ "id": "lead", "questions": [
            { "question": "Name?", "save": "name" },
            { "question": "Mail?", "kind": "email", "save": "mail" } ] }],
        "scripts": [
            { "id": "main", "triggers": ["go", { "on": "fallback" }], "steps": [
                { "message": { "en": ["Hello.", "Hi."], "es": "Hola." } },
                { "question": "How much?", "kind": "number", "save": "n", "no_answer": "person" },
                { "condition": "n > 3 && channel != 'sms'", "then": "more" },
                { "run": "ask" },
                { "id": "more", "wait": 2 },
                { "form": "lead" },
                { "set": { "language": "es", "n": { "expression": "n + 1.0" } } },
                { "card": "{name} {n}", "choices": [{ "label": "Again", "go": "main" }, { "label": "Stop" }] },
                { "end": true },
                { "id": "person", "transfer": "person", "text": "One moment." },
            ] },
            { "id": "ask", "triggers": ["ask"], "steps": [
                { "options": "Deeper?", "choices": [{ "label": "Yes" }, { "label": "No", "go": "up" }] },
                { "run": "ask" },
                { "id": "up", "message": "Up." },
            ] },
        ],
    })
}

fn by_number() -> Value {
    json!({
        "authorization_tokens": [{
            "id": "bank", "url": "https://bank.example/login", "validation_by_number": true,
            "keypad": { "min": 4, "max": 10, "tries": 2 },
            "questions": [
                { "question": "Number?", "field": "n" },
                { "question": "PIN?", "field": "p", "secret": true },
            ],
        }],
        "web_services": [{
            "id": "balance", "url": "https://bank.example/b", "headers": { "A": "{authtoken}" },
            "save": { "balance": "balance" },
        }],
        "scripts": [
            { "id": "main", "triggers": ["go", { "on": "call" }, { "on": "fallback" }], "steps": [
                { "auth_token": "bank" },
                { "web_service": "balance" },
                { "message": "{balance}" },
                { "transfer": "+49301234" },
            ] },
        ],
    })
}

fn on_page() -> Value {
    json!({
        "authorization_tokens": [{
            "id": "bank", "url": "https://bank.example/login", "token_path": "t", "ask": "secure_page", "attempts": 2,
            "send_to": "https://api.example", "refresh": { "token_path": "r" },
            "questions": [
                { "question": "User?", "field": "u" },
                { "question": "Password?", "field": "p", "secret": true },
            ],
        }],
        "web_services": [{
            "id": "pay", "method": "POST", "url": "https://api.example/pay", "fresh_login": 60,
            "headers": { "A": "{authtoken}" }, "save": { "id": "id" },
        }],
        "scripts": [
            { "id": "main", "triggers": ["go", { "on": "fallback" }, { "on": "call" }], "steps": [
                { "auth_token": "bank", "failed": "sorry" },
                { "web_service": "pay", "unavailable": "sorry" },
                { "options": "Next?", "choices": [{ "label": "Again", "go": "main" }, { "label": "Stop" }] },
                { "id": "sorry", "message": "Sorry." },
            ] },
        ],
    })
}

/// One thing that happens. Numbers choose among what is there.
#[derive(Clone, Debug)]
enum Happening {
    Says(usize),
    Presses(usize),
    Chooses(usize),
    Other(u8),
    Ends { call: u32, how: u8, seconds: u16 },
    Elapses(u32),
    Waits(u16),
    Tokens(u8),
    Begins,
    Starts,
    TakesOver,
    HandsBack,
    HangsUp,
    Posts { back: u32, good: bool, browser: u8 },
    TypesDigits { right: bool },
}

const WORDS: [&str; 13] = [
    "go",
    "ask",
    "ada",
    "cancel",
    "yes",
    "no",
    "again",
    "12",
    "ada@example.com",
    "log out",
    "1",
    "",
    "\u{202e}é 👍",
];
const KEYS: [&str; 4] = ["1", "4711", "*", ""];
const BODIES: [&str; 6] =
    [r#"{"id":1,"balance":2,"items":[{"a":1}]}"#, r#"{"items":[]}"#, r#"{"error":1}"#, "", "[]", "<html>"];

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        6 => (0..WORDS.len()).prop_map(Happening::Says),
        2 => (0..KEYS.len()).prop_map(Happening::Presses),
        1 => (0..3_usize).prop_map(Happening::Chooses),
        1 => any::<u8>().prop_map(Happening::Other),
        8 => (0..3_u32, any::<u8>(), any::<u16>())
            .prop_map(|(call, how, seconds)| Happening::Ends { call, how, seconds }),
        1 => (0..3_u32).prop_map(Happening::Elapses),
        1 => any::<u16>().prop_map(Happening::Waits),
        1 => any::<u8>().prop_map(Happening::Tokens),
        1 => Just(Happening::Begins),
        1 => Just(Happening::Starts),
        1 => Just(Happening::TakesOver),
        1 => Just(Happening::HandsBack),
        1 => Just(Happening::HangsUp),
        6 => (0..2_u32, any::<bool>(), any::<u8>())
            .prop_map(|(back, good, browser)| Happening::Posts { back, good, browser }),
        3 => any::<bool>().prop_map(|right| Happening::TypesDigits { right }),
    ]
}

fn input(what: &Happening, session: &Session, secret: bool, now: Timestamp) -> Option<Input> {
    let reply = |content| Some(Input::Reply(Reply { content, reference: None }));
    match what {
        Happening::Says(_) if secret => reply(Content::Text(CANARY.into())),
        Happening::Presses(_) if secret => reply(Content::Digits(CANARY_DIGITS.into())),
        Happening::Says(word) => reply(Content::Text(WORDS[*word].into())),
        Happening::Presses(keys) => reply(Content::Digits(KEYS[*keys].into())),
        Happening::Chooses(at) => {
            let label = ["Again", "Yes", "Stop"][*at].to_owned();
            reply(Content::Choice { payload: label.clone(), label })
        }
        Happening::Other(kind) => reply(match kind % 3 {
            0 => Content::Silence,
            1 => Content::Unsupported,
            _ => Content::Location { latitude: "1".into(), longitude: "2".into() },
        }),
        Happening::Ends { call, how, seconds } => {
            let call = CallId(session.calls.saturating_sub(*call));
            Some(Input::Completed { call, outcome: outcome(*how, *seconds, now) })
        }
        Happening::Elapses(timer) => Some(Input::Elapsed(TimerId(session.timers.saturating_sub(*timer)))),
        Happening::Waits(_) => None,
        Happening::Tokens(some) => {
            let held = |(at, token): (usize, &str)| {
                (some >> at & 1 == 1).then(|| Held {
                    token: token.parse().unwrap(),
                    logged_in_at: now.minus(Duration::from_secs(u64::from(*some))),
                    expires_at: now.plus(Duration::from_secs(u64::from(*some) * 4)),
                    refreshable: some >> 4 & 1 == 1,
                })
            };
            Some(Input::Tokens(["bank", "code", "gone"].into_iter().enumerate().filter_map(held).collect()))
        }
        Happening::Begins => Some(Input::Begin),
        Happening::Starts => Some(Input::Start("main".parse().unwrap())),
        Happening::TakesOver => Some(Input::TakenOver),
        Happening::HandsBack => Some(Input::HandedBack),
        Happening::HangsUp => Some(Input::HungUp),
        Happening::Posts { back, good, browser } => Some(Input::Page {
            attempt: session.pages.saturating_sub(*back),
            answers: vec![(if *good { "ada" } else { "" }).into(), CANARY.into()],
            browser: u128::from(*browser),
        }),
        // Whoever compares does so only while digits are asked for.
        Happening::TypesDigits { right } => {
            let asked = matches!(session.state, State::Asking { doing: Asking::Digits(_), .. });
            let reply = Reply::text("123456");
            Some(if asked { Input::Digits { reply, right: *right } } else { Input::Reply(reply) })
        }
    }
}

fn outcome(how: u8, seconds: u16, now: Timestamp) -> Outcome {
    match how % 12 {
        0..=2 => Outcome::Acquired {
            expires_at: now.plus(Duration::from_secs(u64::from(seconds))),
            refreshable: seconds.is_multiple_of(2),
        },
        3 => Outcome::Rejected(Refusal::WrongCredentials),
        4 => Outcome::Rejected(Refusal::RefreshOver),
        5 => Outcome::Rejected(Refusal::Paused),
        6 => Outcome::Expired,
        7 => Outcome::Unreachable(Cause::TimedOut),
        8 => Outcome::Unreachable(Cause::Unusable),
        _ => Outcome::Responded(Response {
            status: [200, 200, 201, 401, 403, 404, 429, 500][usize::from(seconds % 8)],
            headers: Vec::new(),
            body: BODIES[usize::from(how) % BODIES.len()].into(),
        }),
    }
}

fn shown(turn: &Turn) -> String {
    format!("{:?} {:?} {:?} {:?}", turn.session, turn.effects, turn.heard, turn.warnings)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_session_is_sound(
        which in 0..4_usize,
        channel in 0..ChannelKind::ALL.len(),
        happenings in proptest::collection::vec(happening(), 1..60),
    ) {
        let bot = &BOTS[which];
        let mut now = NOW;
        let contact = Contact { address: "15550100".into(), ..Contact::default() };
        let mut session = Session::new(bot, ChannelKind::ALL[channel], contact);
        for what in &happenings {
            if let Happening::Waits(seconds) = what {
                now = now.plus(Duration::from_secs(u64::from(*seconds)));
            }
            let calling = matches!(session.status(bot), Status::Calling(_));
            let secret = match session.status(bot) {
                Status::Waiting(expect) => expect.secret,
                Status::Ended(Reason::Lapsed { secret, .. }) => secret,
                _ => false,
            };
            let given = || input(what, &session, secret, now);
            let (Some(given), Some(again)) = (given(), given()) else { continue };
            let replied = matches!(given, Input::Reply(_) | Input::Digits { .. });
            let confirmed = matches!(given, Input::Digits { right: true, .. });
            let told = matches!(given, Input::Tokens(_));
            let Ok(turn) = step(bot, session.clone(), given, now) else {
                prop_assert!(calling && replied, "only a reply in the middle of a call is refused");
                continue;
            };
            let again = step(bot, session.clone(), again, now).unwrap();
            prop_assert_eq!(shown(&again), shown(&turn), "the same input gave something else");

            let calls = turn.effects.iter().filter(|e| matches!(e, Effect::Acquire(_) | Effect::Call(_))).count();
            prop_assert!(calls <= 1, "one call at a time");
            if calls == 1 {
                prop_assert!(matches!(turn.session.status(bot), Status::Calling(_)));
            }
            let says = turn.effects.iter().filter(|effect| matches!(effect, Effect::Say(_))).count();
            prop_assert!(says <= 21, "{says} messages");

            // On a page nobody has a token before the right digits are typed, but one that was there before.
            if which == 3 && !confirmed && !told {
                // A token that is renewed was there before, whatever is told of tokens meanwhile.
                let renewed = match session.state {
                    State::Calling { purpose: Calling::Refresh(login), .. } => Some(login.token),
                    _ => None,
                };
                let known = |token: &Token| {
                    renewed == Some(token.token) || session.tokens.iter().any(|held| held.token == token.token)
                };
                prop_assert!(turn.session.tokens.iter().all(known), "a token without its digits");
                let uses = |effect: &Effect| matches!(effect, Effect::Call(_));
                let unheld = turn.session.tokens.is_empty();
                prop_assert!(!(unheld && turn.effects.iter().any(uses)), "a call without a token");
            }
            let unconfirmed = matches!(
                turn.session.state,
                State::Asking { doing: Asking::Digits(_), .. } | State::Calling { purpose: Calling::Page(_), .. }
            );
            if matches!(session.state, State::Asking { doing: Asking::Digits(_), .. }) && !unconfirmed && !confirmed {
                let forgets = |effect: &Effect| matches!(effect, Effect::Forget(Forgotten::Token(_)));
                prop_assert!(turn.effects.iter().any(forgets), "a token that nobody has confirmed is kept");
            }

            let bytes = turn.session.to_bytes();
            let read = Session::from_bytes(&bytes);
            prop_assert_eq!(read.as_ref(), Ok(&turn.session));
            if secret && matches!(what, Happening::Says(_) | Happening::Presses(_)) {
                prop_assert_eq!(turn.heard, Heard::Secret);
            }
            let text = String::from_utf8_lossy(&bytes).into_owned();
            prop_assert!(!text.contains(CANARY_DIGITS), "the session holds a secret");
            prop_assert!(!shown(&turn).contains(CANARY_DIGITS), "a secret can be seen");
            session = turn.session;
        }
    }
}
