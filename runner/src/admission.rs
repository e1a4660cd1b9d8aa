//! Whether a login may be made, and what is counted of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_engine::{Cause, Outcome, Refusal, Session};
use countersign_model::{Name, Timestamp};
use countersign_script::program::{Program, TokenComponent};
use countersign_store::{AnswerRow, ConversationKey, CounterChange, CounterKey, StoreError};

use crate::error::RunError;
use crate::logins::{Keys, LoginLimits, Others, Seen, Verdict, Who};
use crate::observer::Notice;
use crate::parts::Inner;
use crate::sealing::Owner;

/// The window in which failures are compared with all logins.
const WINDOW: Duration = Duration::from_secs(600);

/// So many components are looked at at once.
const MOST: usize = 1000;

/// What is known of the logins of this moment, in memory.
#[derive(Default)]
pub(crate) struct Desk {
    /// Logins that are under way, by account name.
    under_way: Mutex<HashMap<CounterKey, Others>>,
    ratios: Mutex<HashMap<(Name, Name, Name), Ratio>>,
}

#[derive(Default)]
struct Ratio {
    window: i64,
    logins: u32,
    failures: u32,
    told: bool,
}

/// Whose login it is.
#[derive(Clone, Copy)]
pub(crate) struct Login<'a> {
    pub(crate) owner: Owner<'a>,
    pub(crate) bot: &'a Name,
    pub(crate) component: &'a Name,
    /// Which of the answers is the account name.
    pub(crate) account: Option<u8>,
}

impl<'a> Login<'a> {
    pub(crate) fn of(owner: Owner<'a>, bot: &'a Program, token: &'a TokenComponent) -> Self {
        let account = token.questions.iter().position(|question| !question.secret);
        let account = account.and_then(|index| u8::try_from(index).ok());
        Self { owner, bot: &bot.bot, component: &token.id, account }
    }
}

/// What the counters say of a login.
pub(crate) struct Looked {
    keys: Keys,
    seen: Seen,
    pub(crate) verdict: Verdict,
    under_way: Option<UnderWay>,
}

/// A login that may be made.
pub(crate) struct Admitted {
    keys: Keys,
    seen: Seen,
    /// What is counted with the mark that it is sent; taken once, however often it is sent.
    charges: Option<Vec<CounterChange>>,
    /// That it is sent, and what is counted of it, was kept with the turn that asked for it.
    pub(crate) kept_with_turn: bool,
    /// Whether a byte of it may have left.
    sent: bool,
    /// How long the service asks to wait.
    pub(crate) asked: Option<Duration>,
    under_way: Option<UnderWay>,
}

impl Inner {
    /// Looks at the counters, and waits as long as they want. Or refuses the login; then nothing is sent.
    pub(crate) async fn admit(
        &self,
        login: &Login<'_>,
        answers: &[AnswerRow],
    ) -> Result<Result<Admitted, Refusal>, RunError> {
        let (key, limits) = (login.owner.conversation, &self.limits.logins);
        let number = self.number(&login.owner).await?;
        let looked = self.look(login, answers, number.as_deref(), self.now()).await?;
        let Some(looked) = looked else { return Ok(Err(Refusal::Paused)) };
        let component = login.component;
        match looked.verdict {
            Verdict::Go { after } => {
                if !after.is_zero() {
                    self.sleeper.sleep(after).await;
                }
                Ok(Ok(looked.admitted(limits, self.now())))
            }
            Verdict::Paused => {
                self.tell(key, &Notice::LoginPaused { component, account: false });
                Ok(Err(Refusal::Paused))
            }
            Verdict::Locked { after } => {
                self.tell(key, &Notice::LoginPaused { component, account: true });
                // As long as a login takes, more or less, so that it does not show.
                let network = Duration::from_millis(50 + self.random.next() % 250);
                self.sleeper.sleep(after.saturating_add(network)).await;
                Ok(Err(Refusal::WrongCredentials))
            }
        }
    }

    /// Looks at the counters of a login. `None` when there are no keys to find them by.
    pub(crate) async fn look(
        &self,
        login: &Login<'_>,
        answers: &[AnswerRow],
        number: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Looked>, RunError> {
        let account = self.account_name(login, answers, now);
        let who = Who {
            bot: login.bot,
            component: login.component,
            conversation: login.owner.conversation,
            number,
            account: account.as_ref(),
        };
        // The first is that of now; the others find what was counted before the master key was changed.
        let keys: Vec<Keys> = self.vault.names()?.iter().map(|names| Keys::of(&who, names)).collect();
        let Some(current) = keys.first().copied() else { return Ok(None) };
        // Before the counters are read, so that of two at once one sees the other.
        let (under_way, mut others) = self.desk.begin(current.account());
        let all: Vec<_> = keys.iter().flat_map(|keys| keys.all()).collect();
        let counters = self.store.counters(&all, now).await?;
        // And after it, so that those who were counted in between are not taken for failures.
        others.counted = others.counted.max(self.desk.counted(current.account()));
        let each = counters.chunks(current.all().len()).map(Keys::read);
        let seen = each.reduce(Seen::stricter).unwrap_or_default();
        let verdict = seen.judge(&self.limits.logins, others, now);
        Ok(Some(Looked { keys: current, seen, verdict, under_way }))
    }

    /// What is counted when a login has ended.
    pub(crate) fn settle(
        &self,
        login: &Login<'_>,
        admitted: &Admitted,
        outcome: &Outcome,
    ) -> Vec<CounterChange> {
        let (keys, seen, now) = (&admitted.keys, &admitted.seen, self.now());
        if !admitted.sent {
            // It may have been counted all the same.
            return if admitted.charges.is_none() { keys.given_back(seen) } else { Vec::new() };
        }
        match outcome {
            Outcome::Acquired { .. } => {
                self.compare(login, false, now);
                keys.passed(&self.limits.logins, seen, now)
            }
            Outcome::Rejected(Refusal::Paused) => keys.held_off(seen, admitted.asked, now),
            // An answer without a token may be how this service says no. Whoever guesses would learn the same from it.
            Outcome::Rejected(_) | Outcome::Unreachable(Cause::Unusable) => {
                self.compare(login, true, now);
                Vec::new()
            }
            Outcome::Responded(_) | Outcome::Expired | Outcome::Unreachable(_) => keys.given_back(seen),
        }
    }

    /// The number of a caller. It proves nothing, but whoever tries many passwords seldom changes it.
    async fn number(&self, owner: &Owner<'_>) -> Result<Option<String>, StoreError> {
        if !owner.kind.capabilities().spoken {
            return Ok(None);
        }
        let conversation = self.store.conversation(owner.conversation).await?;
        let session = conversation.and_then(|conversation| conversation.session);
        let session = session.and_then(|stored| Session::from_bytes(&stored.bytes).ok());
        Ok(session.and_then(|session| number(owner, &session)))
    }

    fn compare(&self, login: &Login<'_>, failed: bool, now: Timestamp) {
        let key: &ConversationKey = login.owner.conversation;
        let name = (key.workspace.clone(), login.bot.clone(), login.component.clone());
        let window = now.as_secs().div_euclid(WINDOW.as_secs().cast_signed());
        let (logins, failures) = {
            let mut ratios = lock(&self.desk.ratios);
            if ratios.len() >= MOST {
                ratios.retain(|_, ratio| ratio.window == window);
            }
            let ratio = ratios.entry(name).or_default();
            if ratio.window != window {
                *ratio = Ratio { window, ..Ratio::default() };
            }
            ratio.logins += 1;
            ratio.failures += u32::from(failed);
            let many = ratio.logins >= self.limits.logins.alarm && ratio.failures * 2 > ratio.logins;
            if !many || std::mem::replace(&mut ratio.told, true) {
                return;
            }
            (ratio.logins, ratio.failures)
        };
        self.tell(key, &Notice::ManyLoginsFail { component: login.component, logins, failures });
    }
}

/// The number of a caller, as the session knows it.
pub(crate) fn number(owner: &Owner<'_>, session: &Session) -> Option<String> {
    let number = &session.contact().address;
    let is_one =
        owner.kind.capabilities().spoken && !number.is_empty() && *number != owner.conversation.address;
    is_one.then(|| number.clone())
}

impl Looked {
    /// The login may be made at `now`.
    pub(crate) fn admitted(self, limits: &LoginLimits, now: Timestamp) -> Admitted {
        let Self { keys, seen, under_way, .. } = self;
        let charges = Some(keys.charges(limits, &seen, now));
        Admitted { keys, seen, charges, kept_with_turn: false, sent: false, asked: None, under_way }
    }
}

impl Admitted {
    /// What is counted of it before it is sent: once.
    pub(crate) fn take_charges(&mut self) -> Vec<CounterChange> {
        if let Some(under_way) = &mut self.under_way {
            under_way.goes_to(Stage::Counted);
        }
        self.charges.take().unwrap_or_default()
    }

    /// What is counted of it is on disk, and the first byte leaves now.
    pub(crate) fn goes_out(&mut self) {
        self.charges_are_kept();
        self.sent = true;
    }

    /// What is counted of it is on disk.
    pub(crate) fn charges_are_kept(&mut self) {
        if let Some(under_way) = &mut self.under_way {
            under_way.goes_to(Stage::Kept);
        }
    }
}

/// That a login with an account name is under way.
struct UnderWay {
    desk: Arc<Desk>,
    key: CounterKey,
    stage: Stage,
}

/// How far a login is counted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Uncounted,
    /// Its charges are being written.
    Counted,
    /// They are on disk.
    Kept,
}

impl Stage {
    /// What it adds to those that are under way.
    fn share(self) -> Others {
        match self {
            Self::Uncounted => Others { uncounted: 1, ..Others::default() },
            Self::Counted => Others { counted: 1, unkept: 1, ..Others::default() },
            Self::Kept => Others { counted: 1, ..Others::default() },
        }
    }
}

impl Desk {
    /// Gives also which others are under way.
    fn begin(self: &Arc<Self>, key: Option<CounterKey>) -> (Option<UnderWay>, Others) {
        let Some(key) = key else { return (None, Others::default()) };
        let mut all = lock(&self.under_way);
        let others = all.entry(key).or_default();
        let before = *others;
        let stage = Stage::Uncounted;
        *others = others.plus(stage.share());
        (Some(UnderWay { desk: self.clone(), key, stage }), before)
    }

    /// How many of those under way are counted.
    fn counted(&self, key: Option<CounterKey>) -> u32 {
        let Some(key) = key else { return 0 };
        lock(&self.under_way).get(&key).map_or(0, |others| others.counted)
    }
}

impl UnderWay {
    fn goes_to(&mut self, stage: Stage) {
        let before = std::mem::replace(&mut self.stage, stage);
        if let Some(others) = lock(&self.desk.under_way).get_mut(&self.key) {
            *others = others.minus(before.share()).plus(stage.share());
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut all = lock(&self.desk.under_way);
        if let Some(others) = all.get_mut(&self.key) {
            *others = others.minus(self.stage.share());
            if *others == Others::default() {
                all.remove(&self.key);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
