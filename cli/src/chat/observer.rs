//! What the author of a bot is told beside the conversation: calls, redacted, and what is amiss.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_runner::{CallInfo, CallKind, CallResult, ConversationKey, Notice, Observer};

use crate::color::Paint;

/// A line for the author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// What is done, for those who want to know.
    Detail(String),
    /// What is amiss.
    Amiss(String),
}

/// The line that a notice makes; none for some.
pub(crate) fn told(notice: &Notice<'_>) -> Option<Told> {
    Some(match notice {
        Notice::CallStarted(call) => {
            let attempt =
                if call.attempt > 1 { format!(", attempt {}", call.attempt) } else { String::new() };
            Told::Detail(format!("→ {} ({}{attempt}) …", request(call), purpose(call)))
        }
        Notice::CallFinished { call, result: CallResult::Status(status), took } => {
            Told::Detail(format!("← {status} in {} ms ({})", took.as_millis(), purpose(call)))
        }
        Notice::CallFinished { call, result: CallResult::Failed(error), .. } => {
            Told::Amiss(format!("{}: {error}", purpose(call)))
        }
        Notice::CallNotBuilt { call, why } => Told::Amiss(format!("{} was not sent: {why}", purpose(call))),
        Notice::CallLost { call } => Told::Amiss(format!("{} was lost", purpose(call))),
        Notice::Acquired { component, lives, refreshable } => {
            let renewed = if *refreshable { ", then renewed without asking" } else { "" };
            Told::Detail(format!("✓ {component}: token kept for {}{renewed}", span(*lives)))
        }
        Notice::Diagnosis { component, diagnosis } => Told::Amiss(format!("{component}: {diagnosis}")),
        Notice::Warning(warning) => Told::Amiss(warning.to_string()),
        Notice::Dropped(why) => Told::Amiss(why.to_string()),
        Notice::DeliveryLater { why, .. } | Notice::DeliveryFailed(why) => Told::Amiss(why.to_string()),
        _ => return None,
    })
}

/// A length of time in the largest unit that says it well.
fn span(time: Duration) -> String {
    let (amount, unit) = match time.as_secs() {
        seconds @ 0..=119 => (seconds, "s"),
        seconds @ 120..=7_199 => (seconds / 60, "min"),
        seconds @ 7_200..=172_799 => (seconds / 3_600, "h"),
        seconds => (seconds / 86_400, "days"),
    };
    format!("{amount} {unit}")
}

fn request(call: &CallInfo) -> String {
    format!("{} {}", call.method.name(), call.url)
}

fn purpose(call: &CallInfo) -> String {
    match call.kind {
        CallKind::Refresh => format!("{}, renewal", call.component),
        CallKind::Login | CallKind::Service => call.component.to_string(),
    }
}

/// Writes to the standard error, at once.
#[derive(Debug)]
pub(crate) struct ToStderr {
    pub(crate) verbose: bool,
    pub(crate) paint: Paint,
}

impl Observer for ToStderr {
    fn notice(&self, _: &ConversationKey, notice: &Notice<'_>) {
        let line = match told(notice) {
            Some(Told::Detail(line)) if self.verbose => self.paint.dim(line),
            Some(Told::Amiss(line)) => self.paint.yellow(format!("! {line}")),
            Some(Told::Detail(_)) | None => return,
        };
        // Nothing can be done when the standard error is gone.
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}

/// Keeps what is amiss, for the transcript of a test that fails.
#[derive(Debug, Default)]
pub(crate) struct Notes(Mutex<Vec<String>>);

impl Notes {
    /// What is amiss so far.
    pub(crate) fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Observer for Notes {
    fn notice(&self, _: &ConversationKey, notice: &Notice<'_>) {
        if let Some(Told::Amiss(line)) = told(notice) {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use countersign_model::CallId;
    use countersign_script::program::Method;

    use super::*;

    fn call(kind: CallKind, attempt: u32) -> CallInfo {
        CallInfo {
            call: CallId(1),
            kind,
            component: "bank-login".parse().unwrap(),
            method: Method::Post,
            url: "{config.bank_url}/login".to_owned(),
            attempt,
        }
    }

    #[test]
    fn a_kept_token_is_a_detail() {
        let component = "bank-login".parse().unwrap();
        let line = |secs, refreshable| {
            let lives = Duration::from_secs(secs);
            told(&Notice::Acquired { component: &component, lives, refreshable })
        };
        let detail = |text: &str| Some(Told::Detail(text.to_owned()));
        assert_eq!(line(900, false), detail("✓ bank-login: token kept for 15 min"));
        assert_eq!(line(60, true), detail("✓ bank-login: token kept for 60 s, then renewed without asking"));
        assert_eq!(line(86_400, false), detail("✓ bank-login: token kept for 24 h"));
        assert_eq!(line(2_592_000, false), detail("✓ bank-login: token kept for 30 days"));
    }

    #[test]
    fn calls_are_details() {
        let first = call(CallKind::Login, 1);
        assert_eq!(
            told(&Notice::CallStarted(&first)),
            Some(Told::Detail("→ POST {config.bank_url}/login (bank-login) …".to_owned()))
        );
        let second = call(CallKind::Refresh, 2);
        assert_eq!(
            told(&Notice::CallStarted(&second)),
            Some(Told::Detail(
                "→ POST {config.bank_url}/login (bank-login, renewal, attempt 2) …".to_owned()
            ))
        );
        let took = Duration::from_millis(12);
        assert_eq!(
            told(&Notice::CallFinished { call: &first, result: CallResult::Status(401), took }),
            Some(Told::Detail("← 401 in 12 ms (bank-login)".to_owned()))
        );
    }
}
