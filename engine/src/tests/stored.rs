use countersign_model::{CallId, TimerId};
use countersign_script::Runnable;
use countersign_script::program::{StepIx, TokenIx, VarIx};
use proptest::prelude::*;
use serde_json::json;

use super::{NOW, bot, said, says, session};
use crate::session::{Asking, Calling, Login, State, Token};
use crate::value::Value;
use crate::{Heard, Input, Limits, Reason, Session, SessionError, Status, StepError, step};

fn bank(more: &str) -> Runnable {
    bot(json!({
        "authorization_tokens": [{
            "id": "bank", "url": "https://bank.example/login", "prompt_expired": "Too late.",
            "questions": [
                { "question": "User name?", "field": "u" },
                { "question": "Password?", "field": "p", "secret": true },
            ],
        }],
        "steps": [{ "auth_token": "bank" }, { "question": "More?", "save": "more" }, { "message": more }],
    }))
}

#[test]
fn bytes_that_are_no_session_are_refused() {
    let bot = bank("[{more}]");
    let turn = says(&bot, session(&bot), "go");
    let bytes = turn.session.to_bytes();
    assert_eq!(Session::from_bytes(&bytes).unwrap(), turn.session);
    assert_eq!(Session::from_bytes(&[]), Err(SessionError::Damaged));
    for len in 1..bytes.len() {
        assert_eq!(Session::from_bytes(&bytes[..len]), Err(SessionError::Damaged), "cut at {len}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(Session::from_bytes(&longer), Err(SessionError::Damaged));
    let mut later = bytes;
    later[0] = 9;
    let error = Session::from_bytes(&later).unwrap_err();
    assert_eq!(error.to_string(), "the session was written by another version of the program (format 9)");
    assert_eq!(SessionError::Damaged.to_string(), "the stored session is damaged");
}

#[test]
fn a_session_that_names_what_the_bot_does_not_have_is_refused() {
    let bot = bank("[{more}]");
    let far = StepIx(999);
    let login = Login { token: TokenIx(0), question: 9, failures: 0 };
    let asking = |step, doing| State::Asking { step, doing, tries: 0, lapse: None };
    let calling = |step, purpose| State::Calling { step, call: CallId(1), purpose };
    let states = [
        asking(far, Asking::Question),
        asking(StepIx(1), Asking::Options),
        asking(StepIx(1), Asking::Form { question: 0 }),
        asking(StepIx(0), Asking::Login(login)),
        asking(StepIx(0), Asking::Login(Login { token: TokenIx(7), ..login })),
        calling(far, Calling::Service),
        calling(StepIx(0), Calling::Service),
        calling(StepIx(0), Calling::Login(login)),
        State::Paused { timer: TimerId(1), until: NOW, next: Some(far) },
    ];
    let mut wrong: Vec<Session> =
        states.into_iter().map(|state| Session { state, ..session(&bot) }).collect();
    let held = Token { token: TokenIx(3), logged_in_at: NOW, expires_at: NOW, refreshable: false };
    wrong.push(Session { stack: vec![Some(far)], ..session(&bot) });
    wrong.push(Session { vars: vec![(VarIx(99), Value::Bool(true))], ..session(&bot) });
    wrong.push(Session { tokens: vec![held], ..session(&bot) });
    wrong.push(Session { latest: Some(TokenIx(3)), ..session(&bot) });
    wrong.push(Session { language: 9, ..session(&bot) });
    for session in wrong {
        let _ = (session.status(&bot), session.position(&bot), session.variables(&bot).count());
        assert_eq!(session.variable(&bot, "more"), None);
        let shown = format!("{:?}", session.state);
        assert_eq!(step(&bot, session, Input::Begin, NOW).unwrap_err(), StepError::OtherVersion, "{shown}");
    }
}

#[test]
fn a_session_stays_with_its_version_until_it_has_ended() {
    let (old, new) = (bank("[{more}]"), bank("New: [{more}]"));
    assert_ne!(old.fingerprint, new.fingerprint);
    let turn = says(&old, session(&old), "go");
    assert_eq!(step(&new, turn.session.clone(), Input::Begin, NOW).unwrap_err(), StepError::OtherVersion);
    let mut under_way = turn.session.clone();
    under_way.rebase(&new);
    assert_eq!(under_way, turn.session, "a login is under way");

    let mut ended = says(&old, turn.session, "cancel").session;
    let timers = ended.timers;
    ended.rebase(&new);
    assert_eq!((ended.bot(), ended.timers), (new.fingerprint, timers));
    let turn = says(&new, ended, "go");
    assert_eq!(said(&turn), ["User name?"]);
}

#[test]
fn a_late_password_is_a_secret_though_the_bot_was_published_anew() {
    let (old, new) = (bank("[{more}]"), bank("New: [{more}]"));
    let turn = says(&old, session(&old), "go");
    let mut turn = says(&old, turn.session, "ada");
    let timer = TimerId(turn.session.timers);
    turn = step(&old, turn.session, Input::Elapsed(timer), NOW).unwrap();
    assert!(matches!(turn.session.status(&old), Status::Ended(Reason::Lapsed { secret: true, .. })));
    turn.session.rebase(&new);
    let read = Session::from_bytes(&turn.session.to_bytes()).unwrap();
    let turn = says(&new, read, "hunter22");
    assert_eq!(turn.heard, Heard::Secret);
    assert_eq!(said(&turn).len(), 1, "the user is told that it took too long");
}

#[test]
fn errors_say_what_to_do() {
    assert_eq!(StepError::OtherVersion.to_string(), "the session belongs to another version of the bot");
    assert_eq!(StepError::Busy.to_string(), "a reply has to wait until the call under way has ended");
    assert!(Limits::DEFAULT.answer_life > Limits::DEFAULT.login_lapse);
}

proptest! {
    #[test]
    fn no_bytes_make_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = Session::from_bytes(&bytes);
        let _ = Session::from_bytes(&[&[Session::FORMAT], &bytes[..]].concat());
    }

    /// What was a session once and was damaged in the store either is refused or runs.
    #[test]
    fn no_damage_makes_a_panic(at in 0_usize..200, byte in any::<u8>(), other in 0_usize..200, more in any::<u8>()) {
        let bot = bank("[{more}]");
        let turn = says(&bot, session(&bot), "go");
        let turn = says(&bot, turn.session, "ada");
        let mut bytes = turn.session.to_bytes();
        let len = bytes.len();
        bytes[at % len] = byte;
        bytes[other % len] ^= more;
        if let Ok(session) = Session::from_bytes(&bytes) {
            let _ = (session.status(&bot), session.position(&bot), session.variables(&bot).count());
            for input in [Input::Begin, Input::HungUp, Input::Reply(countersign_model::Reply::text("x"))] {
                let _ = step(&bot, session.clone(), input, NOW);
            }
        }
    }
}
