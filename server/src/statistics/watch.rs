//! Turns what the runner tells into counts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use countersign_api::analytics::counted;
use countersign_engine::Reason;
use countersign_model::{Name, Timestamp};
use countersign_runner::{
    CallInfo, CallKind, CallResult, Clock, ConversationKey, Notice, Observer, Registry,
};
use countersign_script::Runnable;
use countersign_script::program::{StepIx, StepKind};
use countersign_store::latency;

use super::Statistics;

/// Counts what it is told.
pub(crate) struct Counting {
    statistics: Arc<Statistics>,
    /// Which bot answers on which channel.
    registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
    /// Turns that are computed and not kept yet.
    turns: Mutex<HashMap<ConversationKey, Turn>>,
}

/// What a turn told of itself.
#[derive(Default)]
struct Turn {
    /// Whether the user sent a message, and whether a conversation began.
    heard: (bool, bool),
    passed: Option<Passed>,
    ended: Option<Reason>,
}

/// Steps that a turn came to.
struct Passed {
    bot: Name,
    steps: Vec<String>,
    /// Whether the last of them asks something.
    asks: bool,
}

/// So many turns at once.
const MOST: usize = 10_000;

/// Tells two.
pub(crate) struct Both<A, B>(pub(crate) A, pub(crate) B);

impl<A: Observer, B: Observer> Observer for Both<A, B> {
    fn notice(&self, conversation: &ConversationKey, notice: &Notice<'_>) {
        self.0.notice(conversation, notice);
        self.1.notice(conversation, notice);
    }
}

impl Observer for Counting {
    fn notice(&self, key: &ConversationKey, notice: &Notice<'_>) {
        let now = self.clock.now();
        let all = &*self.statistics;
        match notice {
            // These are told again when a turn is repeated, so they count when it is kept.
            Notice::Heard { message, began } => self.turn(key, |turn| turn.heard = (*message, *began)),
            Notice::Passed { bot, steps } => {
                self.turn(key, |turn| turn.passed = Some(Passed::of(bot, steps)))
            }
            Notice::Ended(reason) => self.turn(key, |turn| turn.ended = Some(*reason)),
            Notice::TurnDone { .. } => {
                if let Some(turn) = self.turns().remove(key) {
                    self.kept(key, turn, now);
                }
                all.feed.conversation(key);
            }
            Notice::Acquired { .. } => self.count(key, counted::LOGIN, counted::OK.to_owned(), now),
            Notice::CallFinished { call, result, took } => {
                self.count(key, counted::CALL, latency::label(&call.component, *took), now);
                self.ended(key, call, *result, now);
            }
            Notice::CallShut { call, .. } => {
                self.count(key, counted::CALL_FAILED, call.component.to_string(), now);
                if call.kind == CallKind::Login {
                    self.count(key, counted::LOGIN, counted::UNAVAILABLE.to_owned(), now);
                }
            }
            Notice::Delivered { .. } => {
                self.count(key, counted::MESSAGE_OUT, String::new(), now);
                self.changed(key, all.healths.delivered(key, now));
            }
            Notice::DeliveryLater { why, .. } => {
                self.changed(key, all.healths.failed(key, why, true, now));
            }
            Notice::DeliveryFailed(why) => {
                self.count(key, counted::OUT_FAILED, String::new(), now);
                self.changed(key, all.healths.failed(key, why, false, now));
                all.feed.conversation(key);
            }
            Notice::NotArrived { code } => {
                self.count(key, counted::OUT_FAILED, String::new(), now);
                self.changed(key, all.healths.not_arrived(key, *code, now));
            }
            _ => {}
        }
    }
}

impl Counting {
    pub(crate) fn new(
        statistics: &Arc<Statistics>,
        registry: &Arc<Registry>,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let (statistics, registry, clock) = (statistics.clone(), registry.clone(), clock.clone());
        Self { statistics, registry, clock, turns: Mutex::default() }
    }

    fn count(&self, key: &ConversationKey, what: &'static str, label: String, now: Timestamp) {
        let bot: Option<Name> =
            self.registry.channel(&key.workspace, &key.channel).map(|account| account.bot.bot.clone());
        self.statistics.count(key, bot.as_ref(), what, label, now);
    }

    fn changed(&self, key: &ConversationKey, changed: bool) {
        if changed {
            self.statistics.feed.channel(&key.workspace, &key.channel);
        }
    }

    fn ended(&self, key: &ConversationKey, call: &CallInfo, result: CallResult<'_>, now: Timestamp) {
        let failed = !matches!(result, CallResult::Status(..400));
        if failed {
            self.count(key, counted::CALL_FAILED, call.component.to_string(), now);
        }
        if call.kind == CallKind::Login {
            // An answer with a 2xx status is judged by what is in it: see `Notice::Acquired`.
            let outcome = match result {
                CallResult::Status(200..300) => return,
                CallResult::Status(400 | 401 | 403 | 404 | 422 | 423) => counted::REFUSED,
                CallResult::Status(_) | CallResult::Failed(_) => counted::UNAVAILABLE,
            };
            self.count(key, counted::LOGIN, outcome.to_owned(), now);
        }
    }

    fn turn(&self, key: &ConversationKey, change: impl FnOnce(&mut Turn)) {
        let mut turns = self.turns();
        if turns.len() >= MOST && !turns.contains_key(key) {
            // Turns that were never kept.
            turns.clear();
        }
        change(turns.entry(key.clone()).or_default());
    }

    /// Counts a turn that was kept.
    fn kept(&self, key: &ConversationKey, turn: Turn, now: Timestamp) {
        let all = &*self.statistics;
        let (message, began) = turn.heard;
        if message {
            self.count(key, counted::MESSAGE_IN, String::new(), now);
        }
        if began {
            self.count(key, counted::CONVERSATION, String::new(), now);
        }
        if message || began {
            all.silences().heard(key, now);
        }
        if let Some(Passed { bot, steps, asks }) = turn.passed {
            let last = steps.last().cloned().filter(|_| asks);
            for step in steps {
                all.count(key, Some(&bot), counted::STEP_REACHED, step, now);
            }
            all.silences().came(key, &bot, last.as_deref(), now);
        }
        let Some(reason) = turn.ended else { return };
        let lapsed = matches!(reason, Reason::Lapsed { .. });
        if lapsed {
            self.count(key, counted::LOGIN, counted::LAPSED.to_owned(), now);
        }
        let left = all.silences().ended(key).filter(|_| lapsed || reason == Reason::HungUp);
        if let Some(left) = left {
            all.count(key, Some(&left.bot), counted::STEP_LEFT, left.step, left.at);
        }
    }

    fn turns(&self) -> MutexGuard<'_, HashMap<ConversationKey, Turn>> {
        self.turns.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Passed {
    fn of(bot: &Runnable, steps: &[StepIx]) -> Self {
        let found: Vec<_> = steps.iter().filter_map(|step| bot.steps.get(step.at())).collect();
        let asks = found.last().is_some_and(|last| match &last.kind {
            StepKind::Options { .. }
            | StepKind::Question(_)
            | StepKind::Form { .. }
            | StepKind::AuthToken { .. } => true,
            StepKind::Card { options, .. } => options.is_some(),
            _ => false,
        });
        let steps = found.into_iter().map(|step| step.path.to_string()).collect();
        Self { bot: bot.bot.clone(), steps, asks }
    }
}
