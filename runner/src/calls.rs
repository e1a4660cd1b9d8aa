//! Calls of auth services and APIs, made after the turn that asked for them has been committed.

use std::time::Duration;

use countersign_egress::{EgressError, IncomingResponse, Limits, MaybeSent, NotSent, Origin, OriginError};
use countersign_engine::{Cause, Outcome, Refusal, ServiceCall, TokenPurpose, TokenRequest};
use countersign_model::{Name, Timestamp};
use countersign_script::Runnable;
use countersign_script::program::{Fingerprint, RequestTemplate};
use countersign_store::failpoint::Failpoint;
use countersign_store::{
    AnswerRow, CallCompletion, CallEnd, CallLease, ClaimedCall, CommitError, CounterChange, NewCall,
    SessionId, StoreError, TokenRow,
};
use serde::{Deserialize, Serialize};

use crate::admission::{Admitted, Login};
use crate::breaker::Change;
use crate::error::RunError;
use crate::hands::Next;
use crate::ingest::PAYLOAD_LIFE;
use crate::observer::{CallInfo, CallKind, CallResult, Notice};
use crate::parts::{Inner, Runner};
use crate::payload;
use crate::registry::ChannelAccount;
use crate::retry::{Repeat, backoff};
use crate::sealing::Owner;
use crate::secrets::{Built, NotBuilt, Plan};
use crate::url_pattern::url_pattern;

/// How long a call is held before it is sent, and how much longer than it may take afterwards.
const MARGIN: Duration = Duration::from_secs(20);

/// How long a call waits for its turn at a crowded server: less than it is held for.
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// How many times it is tried to keep an outcome.
const WRITES: u32 = 4;

/// A call that ended without an outcome so many times is given up, however harmless.
const MOST_CRASHES: u32 = 8;

/// A call as it is stored. Secrets stand in it by reference.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Work {
    Acquire(TokenRequest),
    Call(ServiceCall),
}

const FORMAT: u8 = 1;

impl Work {
    /// As bytes, with the version of the bot whose component it is of.
    pub(crate) fn to_bytes(&self, version: Fingerprint) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(256);
        bytes.push(FORMAT);
        // These types are made of numbers, texts and lists, which can always be written.
        postcard::to_extend(&(version, self), bytes).unwrap_or_default()
    }

    pub(crate) fn into_call(self, session: SessionId, version: Fingerprint) -> NewCall {
        let (call, sent_when_kept) = match &self {
            Self::Acquire(acquire) => (acquire.call, false),
            Self::Call(call) => (call.call, self.is_harmless()),
        };
        NewCall { session, call, request: self.to_bytes(version), sent_when_kept }
    }

    /// Whether nothing changes by it, however often it is sent.
    fn is_harmless(&self) -> bool {
        matches!(self, Self::Call(call) if call.request.method.is_idempotent())
    }

    fn from_bytes(bytes: &[u8]) -> Option<(Fingerprint, Self)> {
        let (format, rest) = bytes.split_first()?;
        if *format != FORMAT {
            return None;
        }
        postcard::from_bytes(rest).ok()
    }

    fn request(&self) -> &countersign_engine::OutgoingRequest {
        match self {
            Self::Acquire(acquire) => &acquire.request,
            Self::Call(call) => &call.request,
        }
    }
}

impl Runner {
    /// Makes the oldest call that nobody is making. Gives whether there was one.
    ///
    /// # Errors
    /// [`RunError`]; then the call is still there, and when it had been sent that is known.
    pub async fn call(&self) -> Result<bool, RunError> {
        let runner = self.inner();
        let Some(claimed) = runner.claim_call().await? else { return Ok(false) };
        let next = runner.make_and_complete(claimed).await?;
        runner.leave(next);
        Ok(true)
    }
}

/// Why a call was left as it is.
enum Stopped {
    LeaseLost,
    Failed(RunError),
}

impl<E: Into<RunError>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

fn lost(error: CommitError) -> Stopped {
    match error {
        CommitError::LeaseLost => Stopped::LeaseLost,
        CommitError::Store(error) => Stopped::Failed(error.into()),
    }
}

/// How a call ended.
pub(crate) struct Made {
    pub(crate) outcome: Outcome,
    pub(crate) token: Option<TokenRow>,
    /// What is counted of it.
    pub(crate) counters: Vec<CounterChange>,
}

impl Made {
    pub(crate) fn of(outcome: Outcome) -> Self {
        Self { outcome, token: None, counters: Vec::new() }
    }

    pub(crate) fn unreachable(cause: Cause) -> Self {
        Self::of(Outcome::Unreachable(cause))
    }
}

/// All that is known of a call.
pub(crate) struct Job<'a> {
    pub(crate) lease: &'a CallLease,
    pub(crate) owner: Owner<'a>,
    pub(crate) bot: &'a Runnable,
    pub(crate) work: &'a Work,
    template: &'a RequestTemplate,
    info: CallInfo,
    /// Where it goes, whatever its placeholders become.
    origin: Result<Origin, OriginError>,
    repeat: Repeat,
    /// For a login.
    login: Option<Login<'a>>,
}

/// What came of one attempt.
enum Tried {
    /// Nothing was sent.
    No(Made),
    Yes {
        built: Built,
        result: Result<IncomingResponse, EgressError>,
        at: Timestamp,
    },
}

impl Inner {
    pub(crate) async fn claim_call(&self) -> Result<Option<ClaimedCall>, StoreError> {
        let now = self.now();
        self.store.claim_call(self.worker, now, now.plus(MARGIN)).await
    }

    pub(crate) async fn make_and_complete(&self, claimed: ClaimedCall) -> Result<Next, RunError> {
        let lease = claimed.lease.clone();
        Failpoint::CallBeforeMark.pass();
        match self.make(claimed).await {
            Ok(made) => {
                Failpoint::CallBeforeComplete.pass();
                // Thousands of calls may be under way, and none of them needs room for this yet.
                Box::pin(self.complete(lease, made)).await
            }
            Err(Stopped::LeaseLost) => Ok(Next::default()),
            Err(Stopped::Failed(error)) => Err(error),
        }
    }

    async fn make(&self, claimed: ClaimedCall) -> Result<Made, Stopped> {
        let unknown = Ok(Made::unreachable(Cause::Unknown));
        let ClaimedCall { lease, request, sent } = &claimed;
        let key = &lease.conversation;
        let Some(account) = self.registry.channel(&key.workspace, &key.channel) else { return unknown };
        let Some((version, work)) = Work::from_bytes(request) else { return unknown };
        let Some(bot) = self.registry.version(&key.workspace, version) else { return unknown };
        let Some(mut job) = job(lease, &account, &bot, &work) else { return unknown };
        // It was sent, and whoever did so is gone: only what may happen twice happens again.
        if *sent > 0 && (!repeatable(&work, job.template) || *sent >= MOST_CRASHES) {
            job.info.attempt = *sent;
            self.tell(key, &Notice::CallLost { call: &job.info });
            return unknown;
        }
        let Some(login) = job.login else { return self.attempts(&mut job, *sent, None, None).await };
        let answers = self.store.answers(key, login.component).await?;
        let promised = match sent {
            0 => self.promised.take((lease.session, lease.call)),
            _ => None,
        };
        let mut admitted = match promised {
            Some(mut admitted) => {
                // Whoever finds the call finds its turn on disk.
                admitted.charges_are_kept();
                admitted
            }
            None => match self.admit(&login, &answers).await? {
                Ok(admitted) => admitted,
                Err(refusal) => return Ok(Made::of(Outcome::Rejected(refusal))),
            },
        };
        let mut made = self.attempts(&mut job, *sent, Some(&mut admitted), Some(&answers)).await?;
        made.counters = self.settle(&login, &admitted, &made.outcome);
        Ok(made)
    }

    /// Sends it until there is an answer that counts.
    async fn attempts(
        &self,
        job: &mut Job<'_>,
        sent: u32,
        mut admitted: Option<&mut Admitted>,
        answers: Option<&[AnswerRow]>,
    ) -> Result<Made, Stopped> {
        let mut made = 0;
        loop {
            made += 1;
            job.info.attempt = sent + made;
            let tried = self.attempt(job, made, admitted.as_deref_mut(), answers).await?;
            let (built, result, at) = match tried {
                Tried::No(made) => return Ok(made),
                Tried::Yes { built, result, at } => (built, result, at),
            };
            let wait = match &result {
                Ok(answer) => job.repeat.after_answer(answer, made, self.random.as_ref()),
                Err(error) => job.repeat.after_error(error, made, self.random.as_ref()),
            };
            if let Some(wait) = wait {
                self.sleeper.sleep(wait).await;
                continue;
            }
            return match result {
                Ok(answer) => {
                    if let Some(admitted) = admitted {
                        admitted.asked = retry_after(&answer);
                    }
                    Ok(self.answered(job, answer, &built.scrubber, at).await?)
                }
                Err(error) => Ok(Made::unreachable(cause(&error))),
            };
        }
    }

    async fn attempt(
        &self,
        job: &Job<'_>,
        made: u32,
        mut admitted: Option<&mut Admitted>,
        answers: Option<&[AnswerRow]>,
    ) -> Result<Tried, Stopped> {
        let key = &job.lease.conversation;
        // A URL that leads nowhere is told of when the request is built.
        let pass = match &job.origin {
            Err(_) => None,
            Ok(origin) => {
                let longest =
                    Duration::from_millis(u64::from(job.work.request().timeout_ms)).min(LONGEST_WAIT);
                let (clock, sleeper) = (self.clock.as_ref(), self.sleeper.as_ref());
                match self.guard.enter(origin, clock, sleeper, longest).await {
                    Ok(pass) => Some((origin, pass)),
                    Err(why) => {
                        self.tell(key, &Notice::CallShut { call: &job.info, why });
                        return Ok(Tried::No(Made::unreachable(Cause::NoConnection)));
                    }
                }
            }
        };
        // A token is judged at this moment, after all waiting.
        let plan = Plan {
            owner: job.owner,
            bot: job.bot,
            origin: &job.origin,
            request: job.work.request(),
            idempotency: idempotency(job.work, job.lease.session),
            body_limit: matches!(job.work, Work::Acquire(_)).then_some(Limits::AUTH_BODY),
            answers: job.login.as_ref().map(|login| login.component).zip(answers),
        };
        let built = match self.build(&plan, self.now()).await? {
            Ok(built) => built,
            Err(why) => {
                self.tell(key, &Notice::CallNotBuilt { call: &job.info, why: &why });
                return Ok(Tried::No(Made::of(not_built(&why, job.work))));
            }
        };
        let started = self.now();
        let until = started.plus(built.request.timeout()).plus(MARGIN);
        // What is counted of a login is kept with the mark, so that no stop of the program makes it forgotten.
        let charges = admitted.as_deref_mut().map(Admitted::take_charges).unwrap_or_default();
        let is_marked = admitted.as_ref().is_some_and(|admitted| admitted.kept_with_turn);
        let mark = async {
            let marked = self.store.mark_sent(job.lease, job.info.attempt, started, until, &charges).await;
            Failpoint::CallAfterMark.pass();
            marked.map_err(lost)
        };
        let send = async {
            if let Some(admitted) = admitted {
                admitted.goes_out();
            }
            self.tell(key, &Notice::CallStarted(&job.info));
            self.transport.send(&built.request).await
        };
        // What may happen twice anyway need not wait until it is on disk that it was sent.
        let harmless = job.work.is_harmless();
        let result = if (harmless || is_marked) && job.info.attempt == 1 {
            // Its row has said from the beginning that it was sent.
            self.store.sends(job.lease, until).map_err(lost)?;
            Failpoint::CallAfterMark.pass();
            send.await
        } else if harmless && made == 1 {
            let (marked, result) = tokio::join!(mark, send);
            marked?;
            result
        } else {
            mark.await?;
            send.await
        };
        let now = self.now();
        let shown = match &result {
            Ok(answer) => CallResult::Status(answer.status),
            Err(error) => CallResult::Failed(error),
        };
        let took = now.since(started);
        self.tell(key, &Notice::CallFinished { call: &job.info, result: shown, took });
        if let Some((origin, pass)) = pass
            && !matches!(result, Err(EgressError::Refused(_)))
        {
            let good = result.as_ref().is_ok_and(|answer| answer.status < 500);
            match self.guard.told(pass, good, now) {
                Change::None => {}
                Change::Opened => self.tell(key, &Notice::ServerRests { origin }),
                Change::Closed => self.tell(key, &Notice::ServerBack { origin }),
            }
        }
        Ok(Tried::Yes { built, result, at: now })
    }

    /// Keeps the outcome, with the turn that follows when that can be. It is tried again while the store fails, because
    /// nobody else knows of it.
    async fn complete(&self, lease: CallLease, made: Made) -> Result<Next, RunError> {
        let now = self.now();
        let key = &lease.conversation;
        let account = self.registry.channel(&key.workspace, &key.channel);
        let Made { outcome, token, counters } = made;
        let plain = payload::outcome_to_text(&outcome);
        if let Some(account) = &account {
            let end =
                || CallEnd { lease: lease.clone(), now, token: token.clone(), counters: counters.clone() };
            if let Some(next) = self.complete_together(account, end, outcome).await {
                return Ok(next);
            }
        }
        // Without its channel nobody will open it either.
        let kind = account.map_or(countersign_model::ChannelKind::Web, |account| account.kind);
        let payload = self.vault.seal_inbound(key, kind, &plain, now.plus(PAYLOAD_LIFE))?;
        let id = format!("call-{:x}-{}", lease.session.0, lease.call.0);
        let mut tries = 0;
        loop {
            let completion = CallCompletion {
                lease: lease.clone(),
                now,
                id: id.clone(),
                payload: payload.clone(),
                token: token.clone(),
                counters: counters.clone(),
            };
            match self.store.complete_call(completion).await {
                Ok(()) => break,
                Err(CommitError::LeaseLost) => return Ok(Next::default()),
                Err(CommitError::Store(error)) if tries >= WRITES => return Err(error.into()),
                Err(CommitError::Store(_)) => {
                    self.sleeper.sleep(backoff(tries, self.random.as_ref())).await;
                    tries += 1;
                }
            }
        }
        Failpoint::CallAfterComplete.pass();
        self.wake.turns.notify_one();
        self.watchers.changed(key);
        Ok(Next::default())
    }
}

fn job<'a>(
    lease: &'a CallLease,
    account: &ChannelAccount,
    bot: &'a Runnable,
    work: &'a Work,
) -> Option<Job<'a>> {
    let (component, kind, template, repeat): (&Name, _, _, _) = match work {
        Work::Acquire(acquire) => {
            let token = bot.tokens.iter().find(|token| token.id == acquire.token)?;
            match acquire.purpose {
                TokenPurpose::Login => (&token.id, CallKind::Login, &token.request, Repeat::Login),
                TokenPurpose::Refresh => {
                    (&token.id, CallKind::Refresh, &token.refresh.as_ref()?.request, Repeat::Login)
                }
            }
        }
        Work::Call(call) => {
            let service = bot.services.iter().find(|service| service.id == call.service)?;
            let may_repeat = repeatable(work, &service.request);
            let repeat = if may_repeat { Repeat::Times(call.retries) } else { Repeat::Never };
            (&service.id, CallKind::Service, &service.request, repeat)
        }
    };
    let info = CallInfo {
        call: lease.call,
        kind,
        component: component.clone(),
        method: work.request().method,
        url: url_pattern(bot, &template.url),
        attempt: 1,
    };
    let owner = Owner { conversation: &lease.conversation, kind: account.kind };
    let login = match work {
        Work::Acquire(acquire) if acquire.purpose == TokenPurpose::Login => {
            let token = bot.tokens.iter().find(|token| token.id == acquire.token)?;
            Some(Login::of(owner, bot, token))
        }
        _ => None,
    };
    let origin = info.url.parse();
    Some(Job { lease, owner, bot, work, template, info, origin, repeat, login })
}

/// How long the service asks to wait, in seconds; dates are not read.
fn retry_after(answer: &IncomingResponse) -> Option<Duration> {
    answer.header("retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// Whether sending it twice is harmless: the method is idempotent, or the service is told by a key that it is the same.
/// A login and a renewal never are.
fn repeatable(work: &Work, template: &RequestTemplate) -> bool {
    match work {
        Work::Acquire(_) => false,
        Work::Call(call) => template.method.is_idempotent() || call.idempotency.is_some(),
    }
}

/// The key names the session, which is drawn at random, and the first call of those that mean the same, so it is the
/// same however often that is repeated, also after a new login or a restart. It is no secret and says nothing of the
/// user.
fn idempotency(work: &Work, session: SessionId) -> Option<(&str, String)> {
    let Work::Call(call) = work else { return None };
    let (header, first) = call.idempotency.as_ref()?;
    Some((header, format!("{:032x}-{}", session.0, first.0)))
}

fn not_built(why: &NotBuilt, work: &Work) -> Outcome {
    match (why, work) {
        (NotBuilt::Token(_), _) => Outcome::Expired,
        (NotBuilt::Refresh(_), _) => Outcome::Rejected(Refusal::RefreshOver),
        (NotBuilt::Answer(_), _) => Outcome::Unreachable(Cause::Unusable),
        _ => Outcome::Unreachable(Cause::Refused),
    }
}

fn cause(error: &EgressError) -> Cause {
    match error {
        EgressError::Refused(_) => Cause::Refused,
        EgressError::NotSent { cause: NotSent::ConnectTimeout, .. } => Cause::TimedOut,
        EgressError::NotSent { .. } => Cause::NoConnection,
        EgressError::MaybeSent { cause, .. } => match cause {
            MaybeSent::Deadline(_) => Cause::TimedOut,
            MaybeSent::ConnectionLost => Cause::NoConnection,
            _ => Cause::Unusable,
        },
    }
}
