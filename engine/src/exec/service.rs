//! The Web Service step: asks, calls, and logs the user in again when the token is dead.

use std::time::Duration;

use countersign_model::Reply;
use countersign_script::program::{ServiceComponent, ServiceIx, StepIx, StepKind, Text, TokenIx};

use super::auth_token;
use crate::effect::{AnswerRef, ServiceCall};
use crate::input::Outcome;
use crate::limits::Limits;
use crate::machine::{Flow, Machine};
use crate::response::{Answered, Content};
use crate::session::{Asking, Calling, Reason, ServiceRun, State};
use crate::{Effect, Forgotten};

/// Wrong answers to one question before it is given up.
const TRIES: u8 = 3;

/// A caller waits less patiently than one who writes (SECURITY §7).
const SPOKEN_TIMEOUT: Duration = Duration::from_secs(4);

pub(super) fn enter(machine: &mut Machine<'_>, at: StepIx, service: ServiceIx) -> Flow {
    machine.session.service = ServiceRun::default();
    let bot = machine.bot;
    ask(machine, at, &bot.services[service.at()])
}

/// Goes on after a login.
pub(super) fn resume(machine: &mut Machine<'_>, at: StepIx, service: ServiceIx, token: TokenIx) -> Flow {
    machine.session.service.logged_in.push(token);
    let bot = machine.bot;
    attempt(machine, at, &bot.services[service.at()])
}

pub(super) fn answer(
    machine: &mut Machine<'_>,
    at: StepIx,
    service: ServiceIx,
    index: u8,
    tries: u8,
    reply: &Reply,
) -> Flow {
    let bot = machine.bot;
    let service = &bot.services[service.at()];
    let question = &service.questions[usize::from(index)];
    let cancelled = machine.branches(at).cancelled;
    if machine.is_cancel(reply) {
        forget_answers(machine, at);
        return machine.cancelled(cancelled);
    }
    if question.secret {
        machine.hear_secret(reply);
    }
    match machine.check_answer(question, false, &reply.content) {
        Ok(answer) if question.secret => {
            let answer_ref = AnswerRef { component: service.id.clone(), index };
            let until = machine.now.plus(Limits::DEFAULT.answer_life);
            machine.effects.push(Effect::Stash { answer: answer_ref, value: answer.text, until });
            machine.session.service.answers.push(None);
            ask(machine, at, service)
        }
        Ok(answer) => {
            machine.answered(question);
            machine.session.service.answers.push(Some(answer.into_value()));
            ask(machine, at, service)
        }
        Err(invalid) => {
            let tries = tries.saturating_add(1);
            if tries >= TRIES {
                forget_answers(machine, at);
                return machine.unanswered(cancelled);
            }
            machine.say_retry(question, &invalid);
            machine.wait_for(at, Asking::Service { question: index }, tries)
        }
    }
}

/// The API has answered, or has not.
pub(super) fn completed(machine: &mut Machine<'_>, at: StepIx, outcome: Outcome) -> Flow {
    let bot = machine.bot;
    let StepKind::WebService { service, branches } = &bot.steps[at.at()].kind else {
        return Flow::Go(None);
    };
    let service = &bot.services[service.at()];
    let sentences = &bot.sentences;
    let mut answered = match outcome {
        Outcome::Responded(response) => Answered::new(response),
        // Nothing was sent, so the call is still to be made for the first time.
        Outcome::Expired => {
            let Some(token) = gone_token(machine, service) else {
                return leave(machine, at, branches.failed, &sentences.service_failed);
            };
            machine.token_died(token);
            return attempt(machine, at, service);
        }
        Outcome::Acquired { .. } | Outcome::Rejected(_) | Outcome::Unreachable(_) => {
            return leave(machine, at, branches.unavailable, &sentences.service_unavailable);
        }
    };
    if let Some(token) = dead_token(machine, service, &mut answered) {
        machine.token_died(token);
        let harmless = service.request.method.is_idempotent()
            || service.idempotency_header.is_some()
            || answered.status() == 401;
        if harmless && !machine.session.service.repeated {
            machine.session.service.repeated = true;
            machine.session.service.logged_in.clear();
            return attempt(machine, at, service);
        }
        let branch = by_status(branches, answered.status()).or(branches.failed);
        return leave(machine, at, branch, &sentences.service_failed);
    }
    if let Some(branch) = by_status(branches, answered.status()) {
        // What the author wants of the answer is kept as far as it is there: the branch may tell of it.
        if answered.is_good(service) {
            let _ = machine.keep(service, &mut answered);
        }
        return leave(machine, at, Some(branch), &sentences.service_failed);
    }
    if !answered.is_good(service) {
        if answered.status() >= 500 {
            return leave(machine, at, branches.unavailable, &sentences.service_unavailable);
        }
        return leave(machine, at, branches.failed, &sentences.service_failed);
    }
    machine.secret_was_good = true;
    match machine.keep(service, &mut answered) {
        Ok(Content::NoItems | Content::Nothing) if branches.empty.is_some() => {
            leave(machine, at, branches.empty, &sentences.service_failed)
        }
        // The lines of an empty list are an empty text, which the script may well show.
        Ok(Content::Some | Content::NoItems) => {
            forget_answers(machine, at);
            machine.session.service = ServiceRun::default();
            Flow::Go(bot.steps[at.at()].next)
        }
        // What was to be kept is not there, and the steps after this one would use it.
        Ok(Content::Nothing) | Err(_) => leave(machine, at, branches.failed, &sentences.service_failed),
    }
}

/// Builds the request and asks for it to be sent.
pub(super) fn send(
    machine: &mut Machine<'_>,
    at: StepIx,
    service: &ServiceComponent,
    purpose: Calling,
) -> Flow {
    let spoken = machine.session.channel.capabilities().spoken;
    let timeout = if spoken { service.timeout.min(SPOKEN_TIMEOUT) } else { service.timeout };
    let timeout_ms = u32::try_from(timeout.as_millis()).unwrap_or(u32::MAX);
    let request = match machine.request(&service.request, timeout_ms) {
        Ok(request) => request,
        Err(why) => {
            machine.warn_unsendable(at, why);
            machine.forget_open_answers();
            let bot = machine.bot;
            let branch = machine.branches(at).failed;
            return leave(machine, at, branch, &bot.sentences.service_failed);
        }
    };
    let call = machine.next_call();
    let first = match purpose {
        Calling::Service => *machine.session.service.first.get_or_insert(call),
        _ => call,
    };
    let idempotency = service.idempotency_header.as_ref().map(|header| (header.clone(), first));
    let harmless = service.request.method.is_idempotent() || idempotency.is_some();
    let retries = if harmless { service.retries } else { 0 };
    let id = service.id.clone();
    let call_effect = ServiceCall { call, service: id, request, idempotency, retries };
    machine.effects.push(Effect::Call(Box::new(call_effect)));
    machine.session.state = State::Calling { step: at, call, purpose };
    Flow::Stop
}

/// Forgets sealed answers to a Web Service's questions, when the step at hand is one that has some.
pub(crate) fn forget_answers(machine: &mut Machine<'_>, at: StepIx) {
    let bot = machine.bot;
    if let StepKind::WebService { service, .. } = &bot.steps[at.at()].kind
        && machine.session.service.answers.contains(&None)
    {
        let id = bot.services[service.at()].id.clone();
        machine.effects.push(Effect::Forget(Forgotten::Answers(id)));
    }
}

/// Asks the next question, or calls.
fn ask(machine: &mut Machine<'_>, at: StepIx, service: &ServiceComponent) -> Flow {
    let next = machine.session.service.answers.len();
    match service.questions.get(next) {
        Some(question) => {
            machine.say_question(question);
            machine.wait_for(at, Asking::Service { question: next as u8 }, 0)
        }
        None => attempt(machine, at, service),
    }
}

/// Calls when every token that is needed is there and fresh; else logs in first.
fn attempt(machine: &mut Machine<'_>, at: StepIx, service: &ServiceComponent) -> Flow {
    let bot = machine.bot;
    for token in &service.tokens {
        let Some(token) = token.or_else(|| machine.latest_token()) else {
            let branch = machine.branches(at).failed;
            return leave(machine, at, branch, &bot.sentences.service_failed);
        };
        let held = machine.held(token);
        let alive = held.filter(|held| machine.now < held.expires_at);
        let fresh = |age: Duration| age < service.fresh_login.unwrap_or(Duration::MAX);
        match alive {
            Some(held) if fresh(machine.now.since(held.logged_in_at)) => {}
            // A login that was just made is as fresh as one can be.
            Some(_) if machine.session.service.logged_in.contains(&token) => {}
            Some(_) => return log_in_again(machine, at, token, &bot.sentences.fresh_login),
            None if machine.session.service.logged_in.contains(&token) => {
                let branch = machine.branches(at).failed;
                return leave(machine, at, branch, &bot.sentences.service_failed);
            }
            None => return renew(machine, at, token, service),
        }
    }
    if !machine.may_call(at) {
        return Flow::Stop;
    }
    send(machine, at, service, Calling::Service)
}

/// The token is over: by the refresh token when there is one and a fresh login is not asked for, else by the user.
fn renew(machine: &mut Machine<'_>, at: StepIx, token: TokenIx, service: &ServiceComponent) -> Flow {
    match machine.held(token) {
        Some(held) if held.refreshable && service.fresh_login.is_none() => {
            auth_token::refresh(machine, at, token)
        }
        _ => log_in_again(machine, at, token, &machine.bot.sentences.login_again),
    }
}

fn log_in_again(machine: &mut Machine<'_>, at: StepIx, token: TokenIx, why: &Text) -> Flow {
    machine.say(why);
    auth_token::log_in(machine, at, token)
}

/// The token that an answer says is dead.
fn dead_token(machine: &Machine<'_>, service: &ServiceComponent, answered: &mut Answered) -> Option<TokenIx> {
    service.tokens.iter().find_map(|token| {
        let token = token.or_else(|| machine.latest_token())?;
        let signs = &machine.bot.tokens[token.at()].expired_when;
        signs.iter().any(|sign| answered.shows(sign)).then_some(token)
    })
}

/// The token that the vault did not find: one that is over, else one that the user has not just logged in for.
fn gone_token(machine: &Machine<'_>, service: &ServiceComponent) -> Option<TokenIx> {
    let used = || {
        let used = service.tokens.iter().filter_map(|token| token.or_else(|| machine.latest_token()));
        used.filter(|token| !machine.session.service.logged_in.contains(token))
    };
    let over = |token: &TokenIx| machine.held(*token).is_none_or(|held| held.expires_at <= machine.now);
    used().find(over).or_else(|| used().next())
}

fn by_status(branches: &countersign_script::program::ServiceBranches, status: u16) -> Option<StepIx> {
    branches.by_status.iter().find(|(known, _)| *known == status).map(|(_, branch)| *branch)
}

/// Leaves the step by a branch; without one says the text and ends.
fn leave(machine: &mut Machine<'_>, at: StepIx, branch: Option<StepIx>, text: &Text) -> Flow {
    forget_answers(machine, at);
    machine.branch_or_end(branch, text, Reason::Failed)
}
