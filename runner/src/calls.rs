//! Calls of auth services and APIs, made after the turn that asked for them has been committed.

use std::time::Duration;

use countersign_egress::{EgressError, IncomingResponse, Limits, MaybeSent, NotSent};
use countersign_engine::{Cause, Outcome, Refusal, Response, ServiceCall, TokenPurpose, TokenRequest};
use countersign_model::{Name, Timestamp};
use countersign_script::Runnable;
use countersign_script::program::{Fingerprint, RequestTemplate, TokenComponent};
use countersign_store::{
    CallCompletion, CallLease, ClaimedCall, CommitError, RefreshToken, SessionId, TokenRow,
};
use serde::{Deserialize, Serialize};

use crate::error::RunError;
use crate::ingest::PAYLOAD_LIFE;
use crate::observer::{CallInfo, CallKind, CallResult, Notice};
use crate::parts::{Inner, Runner};
use crate::payload;
use crate::registry::ChannelAccount;
use crate::retry::Repeat;
use crate::sealing::Owner;
use crate::secrets::{NotBuilt, Plan};
use crate::token::{AuthAnswer, Found, Judged, judge};
use crate::url_pattern::url_pattern;

/// How long a call is held before it is sent, and how much longer than it may take afterwards.
const MARGIN: Duration = Duration::from_secs(20);

/// How long a refresh token is kept, for want of anything that says it: the longest life of a token (SPEC §2.1).
const REFRESH_LIFE: Duration = Duration::from_secs(30 * 24 * 3600);

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
        let now = runner.now();
        let Some(claimed) = runner.store.claim_call(runner.worker, now, now.plus(MARGIN)).await? else {
            return Ok(false);
        };
        let lease = claimed.lease.clone();
        match runner.make(claimed).await {
            Ok((outcome, token)) => runner.complete(lease, outcome, token).await?,
            Err(Stopped::LeaseLost) => {}
            Err(Stopped::Failed(error)) => return Err(error),
        }
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

type Made = (Outcome, Option<TokenRow>);

/// All that is known of a call.
struct Job<'a> {
    lease: &'a CallLease,
    owner: Owner<'a>,
    bot: &'a Runnable,
    work: &'a Work,
    template: &'a RequestTemplate,
    info: CallInfo,
    repeat: Repeat,
}

impl Inner {
    async fn make(&self, claimed: ClaimedCall) -> Result<Made, Stopped> {
        let unknown = Ok((Outcome::Unreachable(Cause::Unknown), None));
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
        self.attempts(&mut job, *sent).await
    }

    async fn attempts(&self, job: &mut Job<'_>, sent: u32) -> Result<Made, Stopped> {
        let key = &job.lease.conversation;
        let mut made = 0;
        loop {
            made += 1;
            job.info.attempt = sent + made;
            let plan = Plan {
                owner: job.owner,
                bot: job.bot,
                template: job.template,
                request: job.work.request(),
                idempotency: idempotency(job.work, job.lease.session),
                body_limit: matches!(job.work, Work::Acquire(_)).then_some(Limits::AUTH_BODY),
            };
            let built = match self.build(&plan, self.now()).await? {
                Ok(built) => built,
                Err(why) => {
                    self.tell(key, &Notice::CallNotBuilt { call: &job.info, why: &why });
                    return Ok((not_built(&why, job.work), None));
                }
            };
            let started = self.now();
            let until = started.plus(built.request.timeout()).plus(MARGIN);
            self.store.mark_sent(job.lease, job.info.attempt, started, until, &[]).await.map_err(lost)?;
            self.tell(key, &Notice::CallStarted(&job.info));
            let result = self.transport.send(&built.request).await;
            let now = self.now();
            let shown = match &result {
                Ok(answer) => CallResult::Status(answer.status),
                Err(error) => CallResult::Failed(error),
            };
            let took = now.since(started);
            self.tell(key, &Notice::CallFinished { call: &job.info, result: shown, took });
            let wait = match &result {
                Ok(answer) => job.repeat.after_answer(answer, made, self.random.as_ref()),
                Err(error) => job.repeat.after_error(error, made, self.random.as_ref()),
            };
            if let Some(wait) = wait {
                self.sleeper.sleep(wait).await;
                continue;
            }
            return match result {
                Ok(answer) => self.answered(job, answer, &built.scrubber, now).await,
                Err(error) => Ok((Outcome::Unreachable(cause(&error)), None)),
            };
        }
    }

    async fn answered(
        &self,
        job: &Job<'_>,
        mut answer: IncomingResponse,
        scrubber: &crate::scrub::Scrubber,
        now: Timestamp,
    ) -> Result<Made, Stopped> {
        match job.work {
            Work::Call(_) => {
                scrubber.bytes(&mut answer.body);
                answer.headers.iter_mut().for_each(|(_, value)| scrubber.text(value));
                let body = std::mem::take(&mut *answer.body);
                let response = Response { status: answer.status, headers: answer.headers, body };
                Ok((Outcome::Responded(response), None))
            }
            Work::Acquire(acquire) => {
                let component = job.bot.tokens.iter().find(|token| token.id == acquire.token);
                let Some(component) = component else {
                    return Ok((Outcome::Unreachable(Cause::Unknown), None));
                };
                let seen = AuthAnswer {
                    status: answer.status,
                    content_type: answer.content_type(),
                    body: &answer.body,
                };
                let hide = |text: &str| scrubber.touches(text);
                let (judged, diagnoses) = judge(component, acquire.purpose, &seen, now, &hide);
                for diagnosis in &diagnoses {
                    let component = &component.id;
                    self.tell(&job.lease.conversation, &Notice::Diagnosis { component, diagnosis });
                }
                match judged {
                    Judged::Found(found) => self.keep(job, component, acquire.purpose, found, now).await,
                    Judged::Rejected(refusal) => Ok((Outcome::Rejected(refusal), None)),
                    Judged::Unreachable(cause) => Ok((Outcome::Unreachable(cause), None)),
                }
            }
        }
    }

    /// Seals a token.
    async fn keep(
        &self,
        job: &Job<'_>,
        component: &TokenComponent,
        purpose: TokenPurpose,
        found: Found,
        now: Timestamp,
    ) -> Result<Made, Stopped> {
        let (bot, id) = (&job.bot.bot, &component.id);
        let Found { token, refresh, expires_at } = found;
        let before = match purpose {
            TokenPurpose::Login => None,
            TokenPurpose::Refresh => self.store.token(&job.lease.conversation, bot, id).await?,
        };
        let sealed = self.vault.seal(&job.owner.token(bot, id, expires_at), &token)?;
        let (logged_in_at, kept) = before.map_or((now, None), |row| (row.logged_in_at, row.refresh));
        let refresh = match refresh {
            Some(refresh) => {
                let until = now.plus(REFRESH_LIFE);
                let sealed = self.vault.seal(&job.owner.refresh(bot, id, until), &refresh)?;
                Some(RefreshToken { sealed, expires_at: until })
            }
            // A service that gives no new one lets the old one live.
            None => kept,
        };
        let refreshable = refresh.is_some();
        let lives = expires_at.since(now);
        self.tell(&job.lease.conversation, &Notice::Acquired { component: id, lives, refreshable });
        let row =
            TokenRow { bot: bot.clone(), component: id.clone(), sealed, expires_at, logged_in_at, refresh };
        Ok((Outcome::Acquired { expires_at, refreshable }, Some(row)))
    }

    async fn complete(
        &self,
        lease: CallLease,
        outcome: Outcome,
        token: Option<TokenRow>,
    ) -> Result<(), RunError> {
        let now = self.now();
        let key = &lease.conversation;
        // Without its channel nobody will open it either.
        let kind = self.registry.channel(&key.workspace, &key.channel).map(|account| account.kind);
        let kind = kind.unwrap_or(countersign_model::ChannelKind::Web);
        let plain = payload::outcome_to_text(&outcome);
        let payload = self.vault.seal_inbound(key, kind, &plain, now.plus(PAYLOAD_LIFE))?;
        let id = format!("call-{:x}-{}", lease.session.0, lease.call.0);
        let key = lease.conversation.clone();
        let completion = CallCompletion { lease, now, id, payload, token, counters: Vec::new() };
        let completed = self.store.complete_call(completion).await;
        self.watchers.changed(&key);
        match completed {
            Ok(()) | Err(CommitError::LeaseLost) => Ok(()),
            Err(CommitError::Store(error)) => Err(error.into()),
        }
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
    Some(Job { lease, owner, bot, work, template, info, repeat })
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
