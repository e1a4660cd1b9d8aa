//! A turn tells which steps it came to.

use countersign_model::Timestamp;
use serde_json::json;

use super::{bot, says, session};
use crate::{Input, Turn, step};

fn paths(bot: &countersign_script::Runnable, turn: &Turn) -> Vec<String> {
    turn.passed.iter().map(|at| bot.steps[at.at()].path.to_string()).collect()
}

#[test]
fn the_steps_of_a_turn_are_told_in_order_across_scripts() {
    let bot = bot(json!({
        "steps": [
            { "message": "Hello." },
            { "run": "more" },
            { "question": "Why?", "save": "why" },
            { "message": "Because {why}." },
        ],
        "scripts": [{ "id": "more", "steps": [{ "message": "More." }] }],
    }));
    let asked = says(&bot, session(&bot), "go");
    let main = |at: u8| format!("scripts.main.steps[{at}]");
    assert_eq!(paths(&bot, &asked), [main(0), main(1), "scripts.more.steps[0]".to_owned(), main(2)]);

    let answered = says(&bot, asked.session, "so");
    assert_eq!(paths(&bot, &answered), [main(3)]);
}

#[test]
fn what_leads_nowhere_passes_nothing() {
    let bot = super::steps(vec![json!({ "question": "Why?", "kind": "number", "save": "why" })]);
    let asked = says(&bot, session(&bot), "go");
    let wrong = says(&bot, asked.session, "many");
    assert!(wrong.passed.is_empty());
    let late = step(&bot, wrong.session, Input::Begin, Timestamp::from_secs(1_795_354_900)).unwrap();
    assert!(late.passed.is_empty());
}
