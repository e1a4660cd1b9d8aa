//! What an author sees beside a conversation.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_model::{Name, Timestamp};
use countersign_runner::{
    CallInfo, CallKind, CallResult, Clock, ConversationKey, Notice, Observer, TurnReport,
};

/// Calls, the path, and what is amiss, in order. At most [`Recorder::MOST`] of each are kept, the latest.
pub struct Recorder {
    clock: Arc<dyn Clock>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    calls: Vec<Call>,
    passed: Vec<Passed>,
    notes: Vec<String>,
}

/// A call of an auth service or an API, without what was in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The component.
    pub component: Name,
    /// What it was for.
    pub kind: CallKind,
    /// The method.
    pub method: &'static str,
    /// The URL as the author wrote it, placeholders and all.
    pub url: String,
    /// Which attempt it was, from 1.
    pub attempt: u32,
    /// How it ended; `None` while it is under way.
    pub outcome: Option<CallOutcome>,
    /// How long it took.
    pub took: Option<Duration>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// With this status.
    Status(u16),
    /// Without an answer; why, in words.
    Failed(String),
}

/// A step that the conversation came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The script.
    pub script: Name,
    /// Where the step stands in the bot file: `scripts.balance.steps[1]`.
    pub path: String,
    /// When.
    pub at: Timestamp,
}

impl Recorder {
    /// How many calls, steps and notes are kept.
    pub const MOST: usize = 1_000;

    /// Nothing has happened yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, kept: Mutex::default() }
    }

    /// The calls so far.
    pub fn calls(&self) -> Vec<Call> {
        self.kept().calls.clone()
    }

    /// The steps so far.
    pub fn passed(&self) -> Vec<Passed> {
        self.kept().passed.clone()
    }

    /// What is amiss, in words for the author.
    pub fn notes(&self) -> Vec<String> {
        self.kept().notes.clone()
    }

    /// The component whose call was started last.
    pub(crate) fn calling(&self) -> Option<Name> {
        self.kept().calls.last().map(|call| call.component.clone())
    }

    /// Tells the author something; what was told last is not told again.
    pub(crate) fn note(&self, note: String) {
        let mut kept = self.kept();
        if kept.notes.last() != Some(&note) {
            bounded(&mut kept.notes, note);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Recorder {
    fn notice(&self, _: &ConversationKey, notice: &Notice<'_>) {
        let mut kept = self.kept();
        match notice {
            Notice::CallStarted(info) => bounded(&mut kept.calls, started(info)),
            Notice::CallFinished { call, result, took } => {
                let outcome = match result {
                    CallResult::Status(status) => CallOutcome::Status(*status),
                    CallResult::Failed(error) => CallOutcome::Failed(error.to_string()),
                };
                if let Some(open) = kept.calls.iter_mut().rev().find(|open| open.outcome.is_none()) {
                    (open.outcome, open.took) = (Some(outcome), Some(*took));
                } else {
                    let ended = Call { outcome: Some(outcome), took: Some(*took), ..started(call) };
                    bounded(&mut kept.calls, ended);
                }
            }
            Notice::CallNotBuilt { call, why } => {
                let failed = CallOutcome::Failed(format!("it was not sent: {why}"));
                bounded(&mut kept.calls, Call { outcome: Some(failed), ..started(call) });
            }
            Notice::CallShut { call, why } => {
                let failed = CallOutcome::Failed(format!("it was not made: {why}"));
                bounded(&mut kept.calls, Call { outcome: Some(failed), ..started(call) });
            }
            Notice::TurnDone { report: TurnReport { bot: Some(bot), passed, .. }, .. } => {
                let at = self.clock.now();
                for step in passed {
                    let step = &bot.steps[step.at()];
                    let script = bot.scripts[step.script.at()].id.clone();
                    bounded(&mut kept.passed, Passed { script, path: step.path.to_string(), at });
                }
            }
            Notice::Diagnosis { component, diagnosis } => {
                bounded(&mut kept.notes, format!("{component}: {diagnosis}"));
            }
            Notice::Warning(warning) => bounded(&mut kept.notes, warning.to_string()),
            Notice::Dropped(why) => bounded(&mut kept.notes, why.to_string()),
            Notice::LoginPaused { component, .. } => bounded(
                &mut kept.notes,
                format!("{component}: a login was not made, because too many before it had failed"),
            ),
            _ => {}
        }
    }
}

fn started(info: &CallInfo) -> Call {
    Call {
        component: info.component.clone(),
        kind: info.kind,
        method: info.method.name(),
        url: info.url.clone(),
        attempt: info.attempt,
        outcome: None,
        took: None,
    }
}

fn bounded<T>(list: &mut Vec<T>, item: T) {
    if list.len() >= Recorder::MOST {
        list.remove(0);
    }
    list.push(item);
}
