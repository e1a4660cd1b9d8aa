//! Turns what the runner tells into counts.

use std::sync::Arc;

use countersign_api::analytics::counted;
use countersign_engine::Reason;
use countersign_model::{Name, Timestamp};
use countersign_runner::{
    CallInfo, CallKind, CallResult, Clock, ConversationKey, Notice, Observer, Registry, TurnReport,
};
use countersign_script::program::StepKind;
use countersign_store::latency;

use super::Statistics;

/// Counts what it is told.
pub(crate) struct Counting {
    statistics: Arc<Statistics>,
    /// Which bot answers on which channel.
    registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
}

/// Steps that a turn came to.
struct Passed {
    bot: Name,
    steps: Vec<String>,
    /// Whether the last of them asks something.
    asks: bool,
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
            Notice::TurnDone { report, .. } => {
                self.kept(key, report, now);
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
        Self { statistics, registry, clock }
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

    /// Counts a turn that was kept.
    fn kept(&self, key: &ConversationKey, report: &TurnReport, now: Timestamp) {
        let all = &*self.statistics;
        let (message, began) = (report.message, report.began);
        if message {
            self.count(key, counted::MESSAGE_IN, String::new(), now);
        }
        if began {
            self.count(key, counted::CONVERSATION, String::new(), now);
        }
        if message || began {
            all.silences().heard(key, now);
        }
        if let Some(Passed { bot, steps, asks }) = Passed::of(report) {
            let last = steps.last().cloned().filter(|_| asks);
            for step in steps {
                all.count(key, Some(&bot), counted::STEP_REACHED, step, now);
            }
            all.silences().came(key, &bot, last.as_deref(), now);
        }
        let Some(reason) = report.ended else { return };
        let lapsed = matches!(reason, Reason::Lapsed { .. });
        if lapsed {
            self.count(key, counted::LOGIN, counted::LAPSED.to_owned(), now);
        }
        let left = all.silences().ended(key).filter(|_| lapsed || reason == Reason::HungUp);
        if let Some(left) = left {
            all.count(key, Some(&left.bot), counted::STEP_LEFT, left.step, left.at);
        }
    }
}

impl Passed {
    fn of(report: &TurnReport) -> Option<Self> {
        let bot = report.bot.as_ref().filter(|_| !report.passed.is_empty())?;
        let found: Vec<_> = report.passed.iter().filter_map(|step| bot.steps.get(step.at())).collect();
        let asks = found.last().is_some_and(|last| match &last.kind {
            StepKind::Options { .. }
            | StepKind::Question(_)
            | StepKind::Form { .. }
            | StepKind::AuthToken { .. } => true,
            StepKind::Card { options, .. } => options.is_some(),
            _ => false,
        });
        let steps = found.into_iter().map(|step| step.path.to_string()).collect();
        Some(Self { bot: bot.bot.clone(), steps, asks })
    }
}
