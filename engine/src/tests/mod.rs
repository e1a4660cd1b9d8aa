//! What cases from files cannot say: bounds, stores, versions, and whatever may happen in any order.

mod bounds;
mod guarded;
mod passed;
mod random;
mod stored;

use countersign_model::{ChannelKind, Contact, Reply, Timestamp};
use countersign_script::Runnable;
use serde_json::{Value, json};

use crate::{Effect, Input, Session, Turn, step};

/// The time at which tests begin.
const NOW: Timestamp = Timestamp::from_secs(1_795_354_800);

/// A bot of the parts of a bot file; see [`crate::cases`].
fn bot(parts: Value) -> Runnable {
    crate::cases::runnable(&json!({ "bot": parts, "secrets": ["client"] }), "a test")
}

/// A bot with these steps in a script that `go` starts.
fn steps(steps: Vec<Value>) -> Runnable {
    bot(json!({ "steps": steps }))
}

fn session(bot: &Runnable) -> Session {
    Session::new(bot, ChannelKind::Whatsapp, Contact { address: "15550100".into(), ..Contact::default() })
}

fn says(bot: &Runnable, session: Session, text: &str) -> Turn {
    step(bot, session, Input::Reply(Reply::text(text)), NOW).unwrap()
}

/// What was said.
fn said(turn: &Turn) -> Vec<String> {
    let text = |effect: &Effect| match effect {
        Effect::Say(countersign_model::OutMessage::Text(text)) => Some(text.clone()),
        _ => None,
    };
    turn.effects.iter().filter_map(text).collect()
}
