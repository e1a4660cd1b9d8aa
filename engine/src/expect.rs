//! What a session waits for, and whether a session from a store fits the bot at all.

use countersign_model::ChannelKind;
use countersign_script::Runnable;
use countersign_script::program::{AnswerKind, Keypad, Question, StepIx, StepKind};

use crate::page;
use crate::session::{Asking, Calling, Expect, ExpectKind, Session, State};

/// What the channel must collect for a question.
pub(crate) fn expect(bot: &Runnable, channel: ChannelKind, step: StepIx, doing: Asking) -> Expect {
    let keypad = channel.capabilities().keypad;
    match open(bot, step, doing) {
        Some(Open::Question(question, by_number)) => {
            Expect { kind: kind_of(question, by_number, keypad), secret: question.secret }
        }
        // Nobody is to think that a password is wanted here.
        Some(Open::Link) => Expect { kind: ExpectKind::Text, secret: false },
        Some(Open::Digits) => {
            let digits = page::DIGITS;
            Expect {
                kind: ExpectKind::Digits(Keypad { min: digits, max: digits, ..Keypad::default() }),
                secret: false,
            }
        }
        Some(Open::Choices(choices)) if keypad => {
            Expect { kind: ExpectKind::Digits(choice_keypad(choices)), secret: false }
        }
        Some(Open::Choices(_)) => Expect { kind: ExpectKind::Choice, secret: false },
        // The session belongs to another bot. Nobody knows what is asked, so it is taken for a secret.
        None => Expect { kind: ExpectKind::Text, secret: true },
    }
}

impl Session {
    /// Whether all that the session names is there. A session that was damaged in its store may name anything.
    pub(crate) fn fits(&self, bot: &Runnable) -> bool {
        let step = |step: StepIx| step.at() < bot.steps.len();
        let login = |login: crate::session::Login| {
            let component = bot.tokens.get(login.token.at());
            component.is_some_and(|component| usize::from(login.question) <= component.questions.len())
        };
        let state = match self.state {
            State::Ended(_) => true,
            State::Asking { step, doing, .. } => open(bot, step, doing).is_some(),
            State::Calling { step: at, purpose: Calling::Service, .. } => {
                step(at) && matches!(bot.steps[at.at()].kind, StepKind::WebService { .. })
            }
            State::Calling { step: at, purpose, .. } => step(at) && purpose.login().is_some_and(login),
            State::Paused { next, .. } => next.is_none_or(step),
        };
        state
            && usize::from(self.language) < bot.languages.len().max(1)
            && self.stack.iter().all(|back| back.is_none_or(step))
            && self.vars.iter().all(|(variable, _)| variable.at() < bot.variables.len())
            && self.tokens.iter().all(|held| held.token.at() < bot.tokens.len())
            && self.latest.iter().chain(&self.service.logged_in).all(|token| token.at() < bot.tokens.len())
    }
}

/// What stands open.
enum Open<'b> {
    /// A question, and whether only digits are accepted.
    Question(&'b Question, bool),
    /// So many choices.
    Choices(usize),
    /// A link to a login page.
    Link,
    /// The digits of a login page.
    Digits,
}

/// What a step asks; `None` when it asks nothing of the kind.
fn open(bot: &Runnable, step: StepIx, doing: Asking) -> Option<Open<'_>> {
    let kind = &bot.steps.get(step.at())?.kind;
    let of_page = |page: crate::session::Page| {
        let token = bot.tokens.get(page.login.token.at())?;
        (usize::from(page.login.question) == token.questions.len()).then_some(())
    };
    let question = match (doing, kind) {
        (Asking::Page(page), _) => return of_page(page).map(|()| Open::Link),
        (Asking::Digits(unconfirmed), _) => return of_page(unconfirmed.page).map(|()| Open::Digits),
        (Asking::Login(login), _) => {
            let token = bot.tokens.get(login.token.at())?;
            let question = token.questions.get(usize::from(login.question))?;
            return Some(Open::Question(question, token.validation_by_number));
        }
        (Asking::Question, StepKind::Question(step)) => &step.question,
        (Asking::Form { question }, StepKind::Form { form, .. }) => {
            &bot.forms[form.at()].questions.get(usize::from(question))?.0
        }
        (Asking::Service { question }, StepKind::WebService { service, .. }) => {
            bot.services[service.at()].questions.get(usize::from(question))?
        }
        (
            Asking::Options,
            StepKind::Options { options, .. } | StepKind::Card { options: Some(options), .. },
        ) => return Some(Open::Choices(options.choices.len())),
        _ => return None,
    };
    Some(Open::Question(question, false))
}

fn kind_of(question: &Question, by_number: bool, keypad: bool) -> ExpectKind {
    match &question.kind {
        AnswerKind::Choice(choices) if keypad => ExpectKind::Digits(choice_keypad(choices.len())),
        AnswerKind::Choice(_) => ExpectKind::Choice,
        AnswerKind::Location => ExpectKind::Location,
        AnswerKind::File => ExpectKind::File,
        AnswerKind::Digits { .. } => ExpectKind::Digits(question.keypad),
        AnswerKind::Number { .. } | AnswerKind::Code { .. } | AnswerKind::Phone if keypad => {
            ExpectKind::Digits(question.keypad)
        }
        _ if by_number => ExpectKind::Digits(question.keypad),
        _ => ExpectKind::Text,
    }
}

/// A keypad for choosing one of so many: as many digits as the last number has.
fn choice_keypad(choices: usize) -> Keypad {
    Keypad { min: 1, max: if choices > 9 { 2 } else { 1 }, ..Keypad::default() }
}
