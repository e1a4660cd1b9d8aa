//! Logins that are admitted by the turn which asks for them.
//!
//! That a login is sent, and what is counted of it, has to be on disk before its first byte leaves. A turn that asks for
//! a login which may be made at once has both in its own commit, so that no write of their own stands between the user's
//! answer and the auth service. Until the call is taken up, what was found out about it waits here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_model::{CallId, Name, Timestamp};
use countersign_script::Runnable;
use countersign_store::{AnswerRow, SecretChange, SessionId, TurnCommit};

use crate::admission::{Admitted, Login};
use crate::error::RunError;
use crate::logins::Verdict;
use crate::parts::Inner;
use crate::sealing::Owner;

/// So many at once; a login more is admitted when it is taken up. Calls that wait for one of many hands do not pile up
/// here as sent.
const MOST: usize = 256;

/// Whoever does not take up a login within this time never does: nobody waits for it any more.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// A call, by its session and its number there.
type CallName = (SessionId, CallId);

/// All that were promised and not taken up.
#[derive(Default)]
pub(crate) struct Promised(Mutex<HashMap<CallName, (Timestamp, Admitted)>>);

/// A login is admitted, should the turn that asks for it be kept.
pub(crate) struct Promise {
    all: Arc<Promised>,
    call: CallName,
    kept: bool,
}

impl Promise {
    /// The turn is on disk.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Promise {
    fn drop(&mut self) {
        if !self.kept {
            self.all.take(self.call);
        }
    }
}

impl Promised {
    /// What was found out about a call, once.
    pub(crate) fn take(&self, call: CallName) -> Option<Admitted> {
        self.lock().remove(&call).map(|(_, admitted)| admitted)
    }

    /// Forgets what nobody takes up.
    pub(crate) fn sweep(&self, now: Timestamp) {
        self.lock().retain(|_, (at, _)| now < at.plus(FORGOTTEN));
    }

    #[cfg(test)]
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn has_room(&self) -> bool {
        self.lock().len() < MOST
    }

    /// From the commit on the call may be taken up, so this comes before it.
    pub(crate) fn promise(self: &Arc<Self>, call: CallName, admitted: Admitted, now: Timestamp) -> Promise {
        self.lock().insert(call, (now, admitted));
        Promise { all: self.clone(), call, kept: false }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<CallName, (Timestamp, Admitted)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The login that a turn asks for.
pub(crate) struct Asked {
    pub(crate) component: Name,
    pub(crate) call: CallId,
    /// The number of a caller, as far as it is known.
    pub(crate) number: Option<String>,
}

impl Inner {
    /// Admits the login that a turn asks for, unless something stands in its way: then that is found when the login is
    /// taken up.
    pub(crate) async fn admit_ahead(
        &self,
        owner: Owner<'_>,
        bot: &Runnable,
        asked: Asked,
        commit: &mut TurnCommit,
    ) -> Result<Option<Promise>, RunError> {
        // Without anybody who takes it up at once it would count as sent for nothing.
        if self.at_work().is_none() || !self.promised.has_room() {
            return Ok(None);
        }
        let Some(token) = bot.tokens.iter().find(|token| token.id == asked.component) else {
            return Ok(None);
        };
        let login = Login::of(owner, bot, token);
        let answers = self.store.answers(owner.conversation, login.component).await?;
        let answers = after(answers, login.component, &commit.secrets);
        let looked = self.look(&login, &answers, asked.number.as_deref(), commit.now).await?;
        let Some(looked) = looked.filter(|looked| looked.verdict == Verdict::Go { after: Duration::ZERO })
        else {
            return Ok(None);
        };
        let Some(call) = commit.calls.iter_mut().find(|call| call.call == asked.call) else {
            return Ok(None);
        };
        let mut admitted = looked.admitted(&self.limits.logins, commit.now);
        commit.counters.extend(admitted.take_charges());
        call.sent_when_kept = true;
        admitted.kept_with_turn = true;
        Ok(Some(self.promised.promise((call.session, call.call), admitted, commit.now)))
    }
}

/// The answers to a component as they stand after these changes.
fn after(mut answers: Vec<AnswerRow>, component: &Name, changes: &[SecretChange]) -> Vec<AnswerRow> {
    for change in changes {
        match change {
            SecretChange::PutAnswer(new) if new.component == *component => {
                answers.retain(|answer| answer.index != new.index);
                answers.push(new.clone());
            }
            SecretChange::ForgetAnswers(of) if of == component => answers.clear(),
            SecretChange::ForgetAllAnswers => answers.clear(),
            _ => {}
        }
    }
    answers
}
