//! The users: each holds one conversation after another and looks at every reply.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::company::{balance, password};
use crate::provider::{Provider, Reply};

/// How long a user waits for a reply before it counts as lost.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The messages of one conversation.
pub(crate) const TURNS: usize = 6;

/// What the users saw.
#[derive(Default)]
pub(crate) struct Seen {
    /// Whether what happens counts.
    pub(crate) counts: Cell<bool>,
    /// Microseconds from before the webhook to the reply at the provider, of turns without a call.
    pub(crate) plain: RefCell<Vec<u32>>,
    /// The same of turns with a call of the company.
    pub(crate) calling: RefCell<Vec<u32>>,
    /// Microseconds from before the webhook to its answer.
    pub(crate) ack: RefCell<Vec<u32>>,
    /// Conversations that have ended.
    pub(crate) conversations: Cell<u64>,
    /// Replies that did not come.
    pub(crate) lost: Cell<u64>,
    /// Replies that say something else than they have to, such as another user's balance.
    pub(crate) wrong: Cell<u64>,
    /// Webhooks that were not answered with 200.
    pub(crate) refused: Cell<u64>,
    /// Status webhooks that were answered with 200.
    pub(crate) statuses: Cell<u64>,
    /// The last user who has begun.
    pub(crate) numbers: Cell<u64>,
}

/// How users behave.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    /// How many turns a conversation has.
    pub(crate) turns: usize,
    /// Status webhooks for every reply.
    pub(crate) statuses: usize,
    /// Of a thousand webhooks so many are sent twice.
    pub(crate) repeats: u64,
}

pub(crate) fn add(counter: &Cell<u64>) {
    counter.set(counter.get() + 1);
}

/// The phone number of a user.
pub(crate) fn number_of(name: u64) -> String {
    format!("49{:010}", 1_500_000_000 + name)
}

/// One user's conversation, from the first message to the last.
pub(crate) async fn converse(provider: &Rc<Provider>, seen: &Rc<Seen>, manner: Manner) {
    let name = seen.numbers.get() + 1;
    seen.numbers.set(name);
    let number = number_of(name);
    let user = format!("u{name}");
    let mut replies = provider.join(&number);
    for turn in 0..manner.turns {
        let text = match turn {
            0 => "hi".to_owned(),
            1 => user.clone(),
            2 => password(&user),
            3 | 4 => "balance".to_owned(),
            _ => "bye".to_owned(),
        };
        let webhook = provider.message(&number, &format!("in{name}t{turn}"), &text);
        let begun = Instant::now();
        let status = provider.post(&webhook).await;
        let acknowledged = begun.elapsed();
        if (name * 6 + turn as u64) % 1000 < manner.repeats {
            let _ = provider.post(&webhook).await;
        }
        if !matches!(status, Ok(200)) {
            add(&seen.refused);
            break;
        }
        let Ok(Some(reply)) = tokio::time::timeout(PATIENCE, replies.recv()).await else {
            add(&seen.lost);
            break;
        };
        if !is_right(turn, &user, &reply.text) {
            add(&seen.wrong);
        }
        if seen.counts.get() {
            let list = if matches!(turn, 2..=4) { &seen.calling } else { &seen.plain };
            list.borrow_mut().push(micros(reply.at - begun));
            seen.ack.borrow_mut().push(micros(acknowledged));
        }
        tell_statuses(provider, seen, &number, &reply, manner.statuses);
    }
    add(&seen.conversations);
    // A reply too many is seen by the provider, because nobody listens any more.
    provider.leave(&number);
}

fn is_right(turn: usize, user: &str, text: &str) -> bool {
    match turn {
        0 => text.contains("username"),
        1 => text.contains("password"),
        2 => text.contains("logged in"),
        3 | 4 => text.contains(&balance(user)),
        _ => text.contains("bye"),
    }
}

fn tell_statuses(provider: &Rc<Provider>, seen: &Rc<Seen>, number: &str, reply: &Reply, statuses: usize) {
    for status in ["sent", "delivered", "read"].into_iter().take(statuses) {
        let webhook = provider.status(number, reply.id, status);
        let (provider, seen) = (provider.clone(), seen.clone());
        tokio::task::spawn_local(async move {
            let counter = match provider.post(&webhook).await {
                Ok(200) => &seen.statuses,
                _ => &seen.refused,
            };
            add(counter);
        });
    }
}

fn micros(time: Duration) -> u32 {
    u32::try_from(time.as_micros()).unwrap_or(u32::MAX)
}
