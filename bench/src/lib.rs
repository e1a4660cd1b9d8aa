//! What the benchmarks share: the conversation, its bot, and a stub in the place of the company's services.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use countersign_engine::{Effect, Input, Outcome, Response, Session, Turn, step};
use countersign_model::{CallId, ChannelKind, Contact, Reply, Timestamp};
use countersign_script::{CheckOptions, Runnable, check};

/// What the user says; one message and its reply are a turn.
pub const CONVERSATION: [&str; 6] = ["hi", "u4711", "p-4711", "balance", "balance", "bye"];

/// What the API answers.
pub const BALANCE: &str = r#"{"balance":1234.25,"currency":"EUR"}"#;

/// The bot of the conversation.
pub fn bot() -> Runnable {
    runnable(include_str!("../bots/conversation.yaml"))
}

/// A bot file, ready to run.
///
/// # Panics
/// When the check finds an error in it.
pub fn runnable(text: &str) -> Runnable {
    let checkup = check("bench.yaml", text, &CheckOptions::default());
    let checked = checkup.checked.unwrap_or_else(|| panic!("{:?}", checkup.diagnostics));
    checked.bind(&BTreeMap::new(), &BTreeSet::new()).unwrap_or_else(|errors| panic!("{errors:?}"))
}

/// A user who has not written yet.
pub fn session(bot: &Runnable) -> Session {
    let contact = Contact { address: "15550100".into(), name: Some("Ada".into()), language: None };
    Session::new(bot, ChannelKind::Whatsapp, contact)
}

/// One turn: the message, and everything up to the reply; calls are answered by the stub at once. `between` sees the
/// session after every step of it, as a store would.
pub fn turn(
    bot: &Runnable,
    session: Session,
    says: &str,
    now: Timestamp,
    mut between: impl FnMut(Session) -> Session,
) -> (Session, usize) {
    let mut replies = 0;
    let mut input = Input::Reply(Reply::text(says));
    let mut session = session;
    loop {
        let Ok(Turn { session: after, effects, .. }) = step(bot, session, input, now) else {
            panic!("the engine was used wrongly");
        };
        session = between(after);
        replies += effects.iter().filter(|effect| matches!(effect, Effect::Say(_))).count();
        match effects.iter().find_map(|effect| answer(effect, now)) {
            Some((call, outcome)) => input = Input::Completed { call, outcome },
            None => return (session, replies),
        }
    }
}

/// What the company's services would answer.
fn answer(effect: &Effect, now: Timestamp) -> Option<(CallId, Outcome)> {
    match effect {
        Effect::Acquire(request) => {
            let expires_at = now.plus(Duration::from_secs(900));
            Some((request.call, Outcome::Acquired { expires_at, refreshable: false }))
        }
        Effect::Call(call) => {
            let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
            let response = Response { status: 200, headers, body: BALANCE.into() };
            Some((call.call, Outcome::Responded(response)))
        }
        _ => None,
    }
}

/// A bot of so many steps: scripts of ten steps with questions, options, conditions, logins and calls.
pub fn large_bot(steps: usize) -> String {
    use std::fmt::Write;
    let mut text = String::from(include_str!("../bots/conversation.yaml"));
    for script in 0..steps.div_ceil(10) {
        let next = (script + 1) % steps.div_ceil(10);
        let _ = write!(
            text,
            r#"
  - id: part-{script}
    triggers: [part {script} of the benchmark]
    steps:
      - message: "Part {script}, {{contact.name}}."
      - question: "How much?"
        kind: number
        save: amount
        retry: "A number, please."
      - condition: {{ amount: {{ more_than: 500 }} }}
        then: large-{script}
        else: small-{script}
      - id: large-{script}
        message: "That is much: {{amount}}."
      - id: small-{script}
        auth_token: login
        failed: sorry-{script}
      - web_service: get-balance
        failed: sorry-{script}
        unavailable: sorry-{script}
      - message: "You have {{balance}} {{currency}} and asked for {{amount}}."
      - options: "What next?"
        choices:
          - {{ label: "Again", go: part-{script} }}
          - {{ label: "Go on", go: part-{next} }}
      - id: sorry-{script}
        message: "Sorry."
      - end: true
"#
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_turn_has_one_reply_and_the_session_stays_small() {
        let bot = bot();
        let now = Timestamp::from_secs(1_795_354_800);
        let (mut state, mut largest) = (session(&bot), 0);
        for says in CONVERSATION {
            let (after, replies) = turn(&bot, state, says, now, |session| {
                let bytes = session.to_bytes();
                largest = largest.max(bytes.len());
                Session::from_bytes(&bytes).unwrap()
            });
            assert_eq!(replies, 1, "{says}");
            state = after;
        }
        assert!(largest < 1024, "the session takes {largest} bytes");
    }

    #[test]
    fn the_large_bot_passes_the_check() {
        let text = large_bot(1000);
        let checkup = check("large.yaml", &text, &CheckOptions::default());
        assert!(checkup.checked.is_some(), "{:#?}", checkup.diagnostics.first());
    }
}
