//! A login on a page: the chat offers a link, the page is posted, and the digits that it then shows are typed in the chat.
//! Without the digits a token is worth nothing, so whoever gets somebody else to open the link has nothing of it
//! (SECURITY §3.9).

use countersign_model::{Content, Reply, SecretText};
use countersign_script::program::{StepIx, TokenIx};

use crate::effect::{AnswerRef, PageOffer};
use crate::exec::auth_token::{self, done, failed, forget_answers};
use crate::input::{Outcome, Refusal};
use crate::limits::Limits;
use crate::machine::{Flow, Machine};
use crate::page::is_digits;
use crate::session::{Asking, Calling, Login, Page, State, Token, Unconfirmed};
use crate::{Effect, Forgotten};

/// So many messages of the user are answered with the link before the login is given up.
const OFFERS: u8 = 5;

/// So many posts may be refused, or fewer where the component allows fewer.
const POSTS: u8 = 3;

/// So many wrong digits.
const TRIES: u8 = 3;

pub(crate) fn open(machine: &mut Machine<'_>, at: StepIx, token: TokenIx) -> Flow {
    machine.session.pages = machine.session.pages.wrapping_add(1);
    let questions = machine.bot.tokens[token.at()].questions.len();
    // The check lets no login have more than 100 questions.
    let question = u8::try_from(questions).unwrap_or(u8::MAX);
    let page = Page {
        login: Login { token, question, failures: 0 },
        attempt: machine.session.pages,
        until: machine.now.plus(Limits::DEFAULT.page_life),
        browser: 0,
        invalid: 0,
        refused: false,
    };
    offer(machine, page);
    wait(machine, at, page, 0)
}

/// The user writes in the chat while the page stands open.
pub(crate) fn answer(machine: &mut Machine<'_>, at: StepIx, page: Page, tries: u8, reply: &Reply) -> Flow {
    if machine.is_cancel(reply) {
        return cancelled(machine, at, page);
    }
    hear(machine, reply);
    let tries = tries.saturating_add(1);
    if tries >= OFFERS {
        let bot = machine.bot;
        forget_answers(machine, &bot.tokens[page.login.token.at()]);
        return failed(machine, at, &bot.sentences.no_answer);
    }
    offer(machine, page);
    wait(machine, at, page, tries)
}

/// The user writes in the chat after the login on the page.
pub(crate) fn digits(
    machine: &mut Machine<'_>,
    at: StepIx,
    unconfirmed: Unconfirmed,
    tries: u8,
    reply: &Reply,
) -> Flow {
    let bot = machine.bot;
    let Unconfirmed { page, logged_in_at, expires_at, refreshable, .. } = unconfirmed;
    let token = page.login.token;
    if machine.is_cancel(reply) {
        machine.drop_token(token);
        return cancelled(machine, at, page);
    }
    hear(machine, reply);
    if machine.digits_right {
        machine.secret_was_good = true;
        machine.hold(Token { token, logged_in_at, expires_at, refreshable });
        return done(machine, at, token);
    }
    let are_digits = match &reply.content {
        Content::Text(text) | Content::Digits(text) => is_digits(text),
        _ => false,
    };
    let tries = tries.saturating_add(u8::from(are_digits));
    if tries >= TRIES {
        machine.drop_token(token);
        let text = bot.tokens[token.at()].failed.as_ref().unwrap_or(&bot.sentences.login_failed);
        return failed(machine, at, text);
    }
    let sentences = &bot.sentences;
    machine.say(if are_digits { &sentences.page_digits_wrong } else { &sentences.page_digits });
    wait_for_digits(machine, at, unconfirmed, tries)
}

/// The auth service has answered a login with what was typed on the page, or has not.
pub(crate) fn completed(machine: &mut Machine<'_>, at: StepIx, page: Page, outcome: Outcome) -> Flow {
    let bot = machine.bot;
    let token = page.login.token;
    let component = &bot.tokens[token.at()];
    match outcome {
        Outcome::Acquired { expires_at, refreshable } => {
            machine.secret_was_good = true;
            forget_answers(machine, component);
            machine.session.tokens.retain(|held| held.token != token);
            machine.say(&bot.sentences.page_digits);
            let logged_in_at = machine.now;
            let until = machine.now.plus(Limits::DEFAULT.digits_life);
            let unconfirmed = Unconfirmed { page, logged_in_at, expires_at, refreshable, until };
            wait_for_digits(machine, at, unconfirmed, 0)
        }
        Outcome::Rejected(Refusal::WrongCredentials | Refusal::RefreshOver) => {
            forget_answers(machine, component);
            let failures = page.login.failures.saturating_add(1);
            if failures >= component.attempts.min(POSTS) {
                let text = component.failed.as_ref().unwrap_or(&bot.sentences.login_failed);
                return failed(machine, at, text);
            }
            // The page says so, and can be posted again.
            let login = Login { failures, ..page.login };
            wait(machine, at, Page { login, refused: true, ..page }, 0)
        }
        other => auth_token::completed(machine, at, page.login, other),
    }
}

impl Machine<'_> {
    /// A login page was posted. What is amiss is told on the page.
    pub(crate) fn posted(&mut self, attempt: u32, answers: Vec<SecretText>, browser: u128) {
        let State::Asking { step, doing: Asking::Page(page), tries, lapse } = self.session.state else {
            return;
        };
        let bot = self.bot;
        let component = &bot.tokens[page.login.token.at()];
        let fits = page.attempt == attempt && answers.len() == component.questions.len();
        if !fits || page.until <= self.now {
            return;
        }
        self.at = Some(step);
        self.session.calls_in_turn = 0;
        let page = Page { browser, invalid: 0, refused: false, ..page };
        let (mut good, mut invalid) = (Vec::with_capacity(answers.len()), 0);
        for (index, (question, answer)) in component.questions.iter().zip(answers).enumerate() {
            match self.check_answer(question, component.validation_by_number, &Content::Text(answer)) {
                Ok(answer) => good.push(answer.text),
                Err(_) => invalid |= 1_u128.checked_shl(index as u32).unwrap_or(0),
            }
        }
        if good.len() < component.questions.len() {
            let doing = Asking::Page(Page { invalid, ..page });
            self.session.state = State::Asking { step, doing, tries, lapse };
            return;
        }
        let until = self.now.plus(Limits::DEFAULT.answer_life);
        for (index, value) in (0..).zip(good) {
            let answer = AnswerRef { component: component.id.clone(), index };
            self.effects.push(Effect::Stash { answer, value, until });
        }
        let flow = auth_token::send(self, step, &component.request, Calling::Page(page));
        self.follow(flow);
    }
}

fn offer(machine: &mut Machine<'_>, page: Page) {
    let bot = machine.bot;
    let (text, label) =
        (machine.text(&bot.sentences.login_page), machine.text(&bot.sentences.login_page_open));
    let component = bot.tokens[page.login.token.at()].id.clone();
    machine.effects.push(Effect::OfferPage(PageOffer { component, attempt: page.attempt, text, label }));
}

/// What is typed here may be a password that was meant for the page.
fn hear(machine: &mut Machine<'_>, reply: &Reply) {
    if !matches!(reply.content, Content::Choice { .. } | Content::Silence) {
        machine.hear_secret(reply);
    }
}

fn cancelled(machine: &mut Machine<'_>, at: StepIx, page: Page) -> Flow {
    let component = machine.bot.tokens[page.login.token.at()].id.clone();
    machine.effects.push(Effect::Forget(Forgotten::Answers(component)));
    crate::exec::service::forget_answers(machine, at);
    let branch = machine.branches(at).cancelled;
    machine.cancelled(branch)
}

fn wait(machine: &mut Machine<'_>, at: StepIx, page: Page, tries: u8) -> Flow {
    let timer = machine.next_timer();
    machine.effects.push(Effect::WakeAt(timer, page.until));
    let lapse = Some((timer, page.until));
    machine.session.state = State::Asking { step: at, doing: Asking::Page(page), tries, lapse };
    Flow::Stop
}

fn wait_for_digits(machine: &mut Machine<'_>, at: StepIx, unconfirmed: Unconfirmed, tries: u8) -> Flow {
    let (timer, until) = (machine.next_timer(), unconfirmed.until);
    machine.effects.push(Effect::WakeAt(timer, until));
    let doing = Asking::Digits(unconfirmed);
    machine.session.state = State::Asking { step: at, doing, tries, lapse: Some((timer, until)) };
    Flow::Stop
}
