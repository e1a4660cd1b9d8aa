use countersign_model::CallId;
use serde_json::json;

use super::{NOW, bot, said, says, session, steps};
use crate::{Effect, Input, Limits, Outcome, Reason, Response, Status, Warning, step};

const TROUBLE: &str = "Sorry, something went wrong here.";

#[test]
fn two_hundred_steps_run_and_no_more() {
    let silent = |count: usize| steps((0..count).map(|n| json!({ "set": { "n": n } })).collect());
    let enough = silent(200);
    let turn = says(&enough, session(&enough), "go");
    assert_eq!(turn.session.status(&enough), Status::Ended(Reason::Finished));
    assert_eq!(turn.session.variable(&enough, "n"), Some("199"));

    let many = silent(201);
    let turn = says(&many, session(&many), "go");
    assert_eq!(turn.session.status(&many), Status::Ended(Reason::Bounds));
    assert_eq!(said(&turn).len(), 1);
    let step = "scripts.main.steps[200]".to_owned();
    let bound = "it ran more than 200 steps without waiting for the user";
    assert_eq!(turn.warnings, [Warning::Bounds { step, bound }]);
}

#[test]
fn twenty_messages_are_sent_and_no_more() {
    let talkative = |count: usize| {
        let mut all: Vec<_> = (0..count).map(|n| json!({ "message": format!("{n}") })).collect();
        all.push(json!({ "set": { "done": true } }));
        steps(all)
    };
    let enough = talkative(20);
    let turn = says(&enough, session(&enough), "go");
    assert_eq!((said(&turn).len(), turn.warnings.len()), (20, 0));
    assert_eq!(turn.session.variable(&enough, "done"), Some("true"));

    let many = talkative(21);
    let turn = says(&many, session(&many), "go");
    let said = said(&turn);
    assert_eq!(said[..20], (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_eq!(said.len(), 21, "twenty, and that the bot had to stop");
    assert_eq!(turn.session.status(&many), Status::Ended(Reason::Bounds));
    assert!(turn.warnings[0].to_string().contains("scripts.main.steps[20]: it sent more than 20 messages"));
}

#[test]
fn ten_calls_follow_a_message_and_no_more() {
    let service = json!([{ "id": "api", "url": "https://bank.example/a" }]);
    let calls = vec![json!({ "web_service": "api" }); 11];
    let bot = bot(json!({ "web_services": service, "steps": calls }));
    let mut turn = says(&bot, session(&bot), "go");
    for call in 1..=10 {
        assert_eq!(turn.session.status(&bot), Status::Calling(CallId(call)));
        let outcome = Outcome::Responded(Response { status: 200, headers: Vec::new(), body: Vec::new() });
        turn = step(&bot, turn.session, Input::Completed { call: CallId(call), outcome }, NOW).unwrap();
    }
    assert_eq!(turn.session.status(&bot), Status::Ended(Reason::Bounds));
    assert!(
        turn.warnings[0].to_string().ends_with("it made more than 10 calls without waiting for the user")
    );
    // The next message may call again.
    let turn = says(&bot, turn.session, "go");
    assert!(turn.effects.iter().any(|effect| matches!(effect, Effect::Call(_))));
    // So may a script that is started from outside.
    let turn = step(&bot, turn.session, Input::Start("main".parse().unwrap()), NOW).unwrap();
    assert!(turn.effects.iter().any(|effect| matches!(effect, Effect::Call(_))));
}

#[test]
fn what_variables_keep_is_bounded() {
    let save =
        json!({ "a": "a", "b": "b", "c": "c", "d": "d", "e": "e", "f": "f", "g": "g", "h": "h", "i": "i" });
    let service = json!([{ "id": "api", "url": "https://bank.example/a", "save": save }]);
    let bot = bot(json!({ "web_services": service, "steps": [{ "web_service": "api" }] }));
    let turn = says(&bot, session(&bot), "go");
    // Three bytes a character, so that the bound falls into the middle of one.
    let long = "€".repeat(2_000);
    let answer: serde_json::Map<String, serde_json::Value> =
        "abcdefghi".chars().map(|name| (name.to_string(), long.clone().into())).collect();
    let body = serde_json::to_vec(&answer).unwrap();
    let outcome = Outcome::Responded(Response { status: 200, headers: Vec::new(), body });
    let turn = step(&bot, turn.session, Input::Completed { call: CallId(1), outcome }, NOW).unwrap();
    let lens: Vec<usize> = turn.session.variables(&bot).map(|(_, value)| value.len()).collect();
    assert_eq!(lens[..7], [4095; 7]);
    assert!(lens.iter().sum::<usize>() <= Limits::DEFAULT.values_len);
    assert!(turn.session.to_bytes().len() < 40_000);
}

#[test]
fn the_user_is_told_when_the_bot_has_to_stop() {
    let parts = json!({
        "texts": { "trouble": TROUBLE },
        "steps": (0..201).map(|n| json!({ "set": { "n": n } })).collect::<Vec<_>>(),
    });
    let bot = bot(parts);
    assert_eq!(said(&says(&bot, session(&bot), "go")), [TROUBLE]);
}
