//! The Authorization Token step: sees that a token is held, or logs the user in.

use countersign_model::{Content, Reply};
use countersign_script::program::{Ask, StepIx, StepKind, TokenComponent, TokenIx};

use crate::answer::Invalid;
use crate::effect::{AnswerRef, TokenPurpose, TokenRequest};
use crate::input::{Cause, Outcome, Refusal};
use crate::limits::Limits;
use crate::machine::{Flow, Machine};
use crate::response::Answered;
use crate::session::{Asking, Calling, Login, Reason, State, Token};
use crate::{Effect, Forgotten};

/// Wrong answers to one question on a channel without a keypad, before the login is given up.
const TEXT_TRIES: u8 = 5;

pub(super) fn enter(machine: &mut Machine<'_>, at: StepIx, token: TokenIx) -> Flow {
    match machine.held(token) {
        // In silence.
        Some(held) if machine.now < held.expires_at => {
            machine.session.latest = Some(token);
            Flow::Go(machine.bot.steps[at.at()].next)
        }
        Some(held) if held.refreshable => refresh(machine, at, token),
        _ => log_in(machine, at, token),
    }
}

/// Asks the user, from the first question on.
pub(super) fn log_in(machine: &mut Machine<'_>, at: StepIx, token: TokenIx) -> Flow {
    let bot = machine.bot;
    let component = &bot.tokens[token.at()];
    let can = machine.session.channel.capabilities();
    let on_page = component.ask == Ask::SecurePage && !component.questions.is_empty();
    // A caller has nothing to open a page with.
    if !can.token_login || on_page && can.spoken {
        return failed(machine, at, &bot.sentences.login_impossible);
    }
    if on_page {
        return crate::login_page::open(machine, at, token);
    }
    ask(machine, at, Login { token, question: 0, failures: 0 })
}

/// Renews a token without the user.
pub(super) fn refresh(machine: &mut Machine<'_>, at: StepIx, token: TokenIx) -> Flow {
    let bot = machine.bot;
    let Some(refresh) = &bot.tokens[token.at()].refresh else {
        return log_in(machine, at, token);
    };
    let login = Login { token, question: 0, failures: 0 };
    send(machine, at, &refresh.request, Calling::Refresh(login))
}

/// An answer to a question of the login. All of them are sealed at once.
pub(super) fn answer(machine: &mut Machine<'_>, at: StepIx, login: Login, tries: u8, reply: &Reply) -> Flow {
    let bot = machine.bot;
    let component = &bot.tokens[login.token.at()];
    let question = &component.questions[usize::from(login.question)];
    if machine.is_cancel(reply) {
        forget_answers(machine, component);
        super::service::forget_answers(machine, at);
        let branch = machine.branches(at).cancelled;
        return machine.cancelled(branch);
    }
    if question.secret {
        machine.hear_secret(reply);
    }
    let answer = match &reply.content {
        // A login offers nothing to choose: it is a button of an earlier menu.
        Content::Choice { .. } => Err(Invalid::Kind),
        content => machine.check_answer(question, component.validation_by_number, content),
    };
    match answer {
        Ok(answer) => {
            let answer_ref = AnswerRef { component: component.id.clone(), index: login.question };
            let until = machine.now.plus(Limits::DEFAULT.answer_life);
            machine.effects.push(Effect::Stash { answer: answer_ref, value: answer.text, until });
            ask(machine, at, Login { question: login.question + 1, ..login })
        }
        Err(invalid) => {
            let allowed = if machine.session.channel.capabilities().keypad {
                question.keypad.tries
            } else {
                TEXT_TRIES
            };
            let tries = tries.saturating_add(1);
            if tries >= allowed {
                forget_answers(machine, component);
                return failed(machine, at, &bot.sentences.no_answer);
            }
            machine.say_retry(question, &invalid);
            wait(machine, at, login, tries)
        }
    }
}

/// The auth service has answered a login, or has not.
pub(crate) fn completed(machine: &mut Machine<'_>, at: StepIx, login: Login, outcome: Outcome) -> Flow {
    let bot = machine.bot;
    let component = &bot.tokens[login.token.at()];
    let sentences = &bot.sentences;
    match outcome {
        Outcome::Acquired { expires_at, refreshable } => {
            machine.secret_was_good = true;
            forget_answers(machine, component);
            let logged_in_at = machine.now;
            machine.hold(Token { token: login.token, logged_in_at, expires_at, refreshable });
            done(machine, at, login.token)
        }
        Outcome::Rejected(Refusal::Paused) => {
            forget_answers(machine, component);
            failed(machine, at, &sentences.login_paused)
        }
        Outcome::Rejected(Refusal::WrongCredentials | Refusal::RefreshOver) => {
            rejected(machine, at, login, component)
        }
        Outcome::Responded(_) | Outcome::Expired | Outcome::Unreachable(_) => {
            forget_answers(machine, component);
            unavailable(machine, at, component)
        }
    }
}

/// A refresh has ended. When the refresh token is no longer good the user is asked; when the auth service is out of
/// reach, asking would lead nowhere.
pub(super) fn refreshed(machine: &mut Machine<'_>, at: StepIx, login: Login, outcome: &Outcome) -> Flow {
    let bot = machine.bot;
    let component = &bot.tokens[login.token.at()];
    match outcome {
        Outcome::Acquired { expires_at, refreshable } => {
            let logged_in_at = machine.held(login.token).map_or(machine.now, |held| held.logged_in_at);
            let (expires_at, refreshable) = (*expires_at, *refreshable);
            machine.hold(Token { token: login.token, logged_in_at, expires_at, refreshable });
            done(machine, at, login.token)
        }
        Outcome::Unreachable(Cause::TimedOut | Cause::NoConnection | Cause::ServerError) => {
            unavailable(machine, at, component)
        }
        _ => {
            machine.drop_token(login.token);
            machine.say(&bot.sentences.login_again);
            log_in(machine, at, login.token)
        }
    }
}

/// The service before a later question (it sends the temporary code) has answered, or has not.
pub(super) fn prepared(machine: &mut Machine<'_>, at: StepIx, login: Login, outcome: Outcome) -> Flow {
    let bot = machine.bot;
    let component = &bot.tokens[login.token.at()];
    let (Some((_, service)), Outcome::Responded(response)) = (component.before, outcome) else {
        forget_answers(machine, component);
        return unavailable(machine, at, component);
    };
    let service = &bot.services[service.at()];
    let mut answered = Answered::new(response);
    if answered.is_good(service) && machine.keep(service, &mut answered).is_ok() {
        return ask_question(machine, at, login);
    }
    forget_answers(machine, component);
    match answered.status() {
        429 => failed(machine, at, &bot.sentences.login_paused),
        // Nothing was asked that the user could have mistyped.
        400..500 if login.question == 0 => {
            failed(machine, at, component.failed.as_ref().unwrap_or(&bot.sentences.login_failed))
        }
        // It does not know the number, say: the user may have mistyped, so all is asked again.
        400..500 => rejected_from(machine, at, login, component, 0),
        _ => unavailable(machine, at, component),
    }
}

/// Asks the next question, calls the service before it, or logs in.
fn ask(machine: &mut Machine<'_>, at: StepIx, login: Login) -> Flow {
    let bot = machine.bot;
    let component = &bot.tokens[login.token.at()];
    if let Some((after, service)) = component.before
        && after == login.question
    {
        if !machine.may_call(at) {
            return Flow::Stop;
        }
        let service = &bot.services[service.at()];
        return super::service::send(machine, at, service, Calling::Before(login));
    }
    ask_question(machine, at, login)
}

fn ask_question(machine: &mut Machine<'_>, at: StepIx, login: Login) -> Flow {
    let bot = machine.bot;
    let component = &bot.tokens[login.token.at()];
    match component.questions.get(usize::from(login.question)) {
        Some(question) => {
            machine.say_question(question);
            wait(machine, at, login, 0)
        }
        None => send(machine, at, &component.request, Calling::Login(login)),
    }
}

fn wait(machine: &mut Machine<'_>, at: StepIx, login: Login, tries: u8) -> Flow {
    let until = machine.now.plus(Limits::DEFAULT.login_lapse);
    let timer = machine.next_timer();
    machine.effects.push(Effect::WakeAt(timer, until));
    machine.session.state =
        State::Asking { step: at, doing: Asking::Login(login), tries, lapse: Some((timer, until)) };
    Flow::Stop
}

/// Sends the request of a login or a refresh.
pub(crate) fn send(
    machine: &mut Machine<'_>,
    at: StepIx,
    request: &countersign_script::program::RequestTemplate,
    calling: Calling,
) -> Flow {
    let Some(login) = calling.login().filter(|_| machine.may_call(at)) else { return Flow::Stop };
    let bot = machine.bot;
    let component = &bot.tokens[login.token.at()];
    match machine.request(request, timeout_ms(machine)) {
        Ok(request) => {
            let call = machine.next_call();
            let token = component.id.clone();
            let purpose = match calling {
                Calling::Refresh(_) => TokenPurpose::Refresh,
                _ => TokenPurpose::Login,
            };
            let request = TokenRequest { call, token, purpose, request };
            machine.effects.push(Effect::Acquire(Box::new(request)));
            machine.session.state = State::Calling { step: at, call, purpose: calling };
            Flow::Stop
        }
        Err(why) => {
            machine.warn_unsendable(at, why);
            forget_answers(machine, component);
            unavailable(machine, at, component)
        }
    }
}

/// How long an auth service may take: a caller waits less patiently (SECURITY §7).
fn timeout_ms(machine: &Machine<'_>) -> u32 {
    if machine.session.channel.capabilities().spoken { 4_000 } else { 10_000 }
}

fn rejected(machine: &mut Machine<'_>, at: StepIx, login: Login, component: &TokenComponent) -> Flow {
    // With a temporary code, the code alone is asked again: what was answered before it is still sealed.
    let question = component.before.map_or(0, |(after, _)| after);
    if question == 0 || login.failures.saturating_add(1) >= component.attempts {
        forget_answers(machine, component);
    }
    rejected_from(machine, at, login, component, question)
}

fn rejected_from(
    machine: &mut Machine<'_>,
    at: StepIx,
    login: Login,
    component: &TokenComponent,
    question: u8,
) -> Flow {
    let bot = machine.bot;
    let failures = login.failures.saturating_add(1);
    // A login without questions has nothing to ask again.
    if failures >= component.attempts || component.questions.is_empty() {
        let text = component.failed.as_ref().unwrap_or(&bot.sentences.login_failed);
        return failed(machine, at, text);
    }
    machine.say(&bot.sentences.login_failed_retry);
    ask_question(machine, at, Login { question, failures, ..login })
}

pub(crate) fn done(machine: &mut Machine<'_>, at: StepIx, token: TokenIx) -> Flow {
    let bot = machine.bot;
    match &bot.steps[at.at()].kind {
        // Logged in, in the middle of a Web Service: the call goes on with all variables. The steps after it see
        // the same `{authtoken}` as if nothing had happened.
        StepKind::WebService { service, .. } => {
            machine.session.latest.get_or_insert(token);
            super::service::resume(machine, at, *service, token)
        }
        _ => {
            machine.session.latest = Some(token);
            Flow::Go(bot.steps[at.at()].next)
        }
    }
}

pub(crate) fn failed(
    machine: &mut Machine<'_>,
    at: StepIx,
    text: &countersign_script::program::Text,
) -> Flow {
    super::service::forget_answers(machine, at);
    let branch = machine.branches(at).failed;
    machine.branch_or_end(branch, text, Reason::Failed)
}

fn unavailable(machine: &mut Machine<'_>, at: StepIx, component: &TokenComponent) -> Flow {
    super::service::forget_answers(machine, at);
    let bot = machine.bot;
    let branch = machine.branches(at).unavailable;
    let text = component.unavailable.as_ref().unwrap_or(&bot.sentences.login_unavailable);
    machine.branch_or_end(branch, text, Reason::Failed)
}

pub(crate) fn forget_answers(machine: &mut Machine<'_>, component: &TokenComponent) {
    if !component.questions.is_empty() {
        machine.effects.push(Effect::Forget(Forgotten::Answers(component.id.clone())));
    }
}

impl Machine<'_> {
    /// What is known of a token.
    pub(crate) fn held(&self, token: TokenIx) -> Option<Token> {
        self.session.tokens.iter().find(|held| held.token == token).copied()
    }

    /// A token has come; the latest stands last.
    pub(crate) fn hold(&mut self, token: Token) {
        self.session.tokens.retain(|held| held.token != token.token);
        self.session.tokens.push(token);
    }

    /// A token is dead. With a refresh token beside it, the vault keeps both until the refresh has ended.
    pub(crate) fn token_died(&mut self, token: TokenIx) {
        match self.held(token) {
            Some(held) if held.refreshable => self.hold(Token { expires_at: self.now, ..held }),
            _ => self.drop_token(token),
        }
    }

    pub(crate) fn drop_token(&mut self, token: TokenIx) {
        self.session.tokens.retain(|held| held.token != token);
        let id = self.bot.tokens[token.at()].id.clone();
        self.effects.push(Effect::Forget(Forgotten::Token(id)));
    }
}
