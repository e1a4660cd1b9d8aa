//! Turns what the runner tells into counts.

use std::sync::Arc;

use countersign_api::analytics::counted;
use countersign_engine::Reason;
use countersign_model::{Name, Timestamp};
use countersign_runner::{CallInfo, CallKind, CallResult, Clock, ConversationKey, Notice, Observer, Registry};
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
}

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
            Notice::Heard { message, began } => {
                all.silences().heard(key, now);
                if *message {
                    self.count(key, counted::MESSAGE_IN, String::new(), now);
                }
                if *began {
                    self.count(key, counted::CONVERSATION, String::new(), now);
                }
            }
            Notice::Passed { bot, steps } => self.passed(key, bot, steps, now),
            Notice::Ended(reason) => {
                if matches!(reason, Reason::Lapsed { .. }) {
                    self.count(key, counted::LOGIN, counted::LAPSED.to_owned(), now);
                }
                let is_left = matches!(reason, Reason::Lapsed { .. } | Reason::HungUp);
                if let Some(left) = all.silences().ended(key).filter(|_| is_left) {
                    all.count(key, Some(&left.bot), counted::STEP_LEFT, left.step, left.at);
                }
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
            Notice::TurnDone { .. } => all.feed.conversation(key),
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
    pub(crate) fn new(statistics: &Arc<Statistics>, registry: &Arc<Registry>, clock: &Arc<dyn Clock>) -> Self {
        Self { statistics: statistics.clone(), registry: registry.clone(), clock: clock.clone() }
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

    fn passed(&self, key: &ConversationKey, bot: &Runnable, steps: &[StepIx], now: Timestamp) {
        let all = &*self.statistics;
        let found = steps.iter().filter_map(|step| bot.steps.get(step.at()));
        let mut last = None;
        for step in found {
            all.count(key, Some(&bot.bot), counted::STEP_REACHED, step.path.to_string(), now);
            last = Some(step);
        }
        let Some(last) = last else { return };
        let asks = match &last.kind {
            StepKind::Options { .. } | StepKind::Question(_) | StepKind::Form { .. } | StepKind::AuthToken { .. } => true,
            StepKind::Card { options, .. } => options.is_some(),
            _ => false,
        };
        all.silences().came(key, &bot.bot, asks.then_some(&*last.path), now);
    }
}
