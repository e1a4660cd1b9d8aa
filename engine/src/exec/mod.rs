//! What each kind of step does. One file per component, named as in `script`.

pub(crate) mod auth_token;
mod form;
mod options;
mod question;
pub(crate) mod service;

use countersign_model::SecretText;
use countersign_model::{Media, OutMessage, Reply};
use countersign_script::program::{SetValue, StepIx, StepKind, VarIx};
use countersign_script::trigger::normalise;

use crate::input::Outcome;
use crate::limits::Limits;
use crate::login_page;
use crate::machine::{Flow, Machine};
use crate::session::{Asking, Calling, Reason, ServiceRun, State, language_of};
use crate::value::Value;
use crate::{Effect, Forgotten};

/// Comes to a step.
pub(crate) fn enter(machine: &mut Machine<'_>, at: StepIx) -> Flow {
    let bot = machine.bot;
    let step = &bot.steps[at.at()];
    match &step.kind {
        StepKind::Message(text) => machine.say(text),
        StepKind::Media { kind, url, caption } => {
            let url = machine.public(url, None);
            let caption = caption.as_ref().map(|caption| machine.text(caption));
            machine.send(OutMessage::Media(Media { kind: *kind, url, caption }));
        }
        StepKind::Location { latitude, longitude, name } => {
            let latitude = machine.public(latitude, None);
            let longitude = machine.public(longitude, None);
            let name = name.as_ref().map(|name| machine.text(name));
            machine.send(OutMessage::Location { latitude, longitude, name });
        }
        StepKind::Link { text, label, url } => {
            let (text, label) = (machine.text(text), machine.text(label));
            let url = machine.public(url, None);
            machine.send(OutMessage::Link { text, label, url });
        }
        StepKind::Card { options: Some(_), .. } | StepKind::Options { .. } => {
            return options::ask(machine, at);
        }
        StepKind::Card { options: None, .. } => options::show(machine, at),
        StepKind::Question(question) => return question::ask(machine, at, question),
        StepKind::Form { form, .. } => return form::ask(machine, at, *form),
        StepKind::Condition { test, then, otherwise } => {
            let branch = if machine.holds(test) { then } else { otherwise };
            return Flow::Go(branch.or(step.next));
        }
        StepKind::Set(values) => {
            for (variable, value) in values {
                set(machine, *variable, value);
            }
        }
        StepKind::AuthToken { token, .. } => return auth_token::enter(machine, at, *token),
        StepKind::WebService { service, .. } => return service::enter(machine, at, *service),
        StepKind::Logout(token) => logout(machine, *token),
        StepKind::Run(script) => {
            if machine.session.stack.len() >= Limits::DEFAULT.depth {
                machine.stop_at_bound(at, "its scripts run each other more than 16 deep");
                return Flow::Stop;
            }
            machine.session.stack.push(step.next);
            return Flow::Go(bot.scripts[script.at()].entry);
        }
        StepKind::Jump(target) => return Flow::Go(*target),
        StepKind::Wait(pause) => {
            let (timer, until) = (machine.next_timer(), machine.now.plus(*pause));
            machine.effects.push(Effect::WakeAt(timer, until));
            machine.session.state = State::Paused { timer, until, next: step.next };
            return Flow::Stop;
        }
        StepKind::Transfer { number, text } => {
            if let Some(text) = text {
                machine.say(text);
            }
            let number = number.as_ref().map(|number| machine.public(number, None));
            machine.effects.push(Effect::Handover { number });
            machine.end(Reason::HandedOver);
            return Flow::Stop;
        }
        StepKind::End => {
            machine.end(Reason::Closed);
            return Flow::Stop;
        }
    }
    Flow::Go(step.next)
}

/// An answer to what was asked.
pub(crate) fn answer(machine: &mut Machine<'_>, at: StepIx, doing: Asking, tries: u8, reply: &Reply) -> Flow {
    let bot = machine.bot;
    match (doing, &bot.steps[at.at()].kind) {
        (Asking::Login(login), _) => auth_token::answer(machine, at, login, tries, reply),
        (Asking::Page(page), _) => login_page::answer(machine, at, page, tries, reply),
        (Asking::Digits(unconfirmed), _) => login_page::digits(machine, at, unconfirmed, tries, reply),
        (Asking::Service { question }, StepKind::WebService { service, .. }) => {
            service::answer(machine, at, *service, question, tries, reply)
        }
        (Asking::Question, StepKind::Question(question)) => {
            question::answer(machine, at, question, tries, reply)
        }
        (Asking::Form { question }, StepKind::Form { form, .. }) => {
            form::answer(machine, at, *form, question, tries, reply)
        }
        (
            Asking::Options,
            StepKind::Options { options, .. } | StepKind::Card { options: Some(options), .. },
        ) => options::answer(machine, at, options, tries, reply),
        // The session belongs to this version of the bot, so what is asked and the step fit.
        _ => {
            machine.end(Reason::Failed);
            Flow::Stop
        }
    }
}

/// Where a step leads when it does not succeed.
#[derive(Default)]
pub(crate) struct Branches {
    pub(crate) failed: Option<StepIx>,
    pub(crate) cancelled: Option<StepIx>,
    pub(crate) unavailable: Option<StepIx>,
}

impl Machine<'_> {
    /// Where the step leads when it does not succeed. A login leads to the branches of the step that needs it.
    pub(crate) fn branches(&self, at: StepIx) -> Branches {
        match &self.bot.steps[at.at()].kind {
            StepKind::AuthToken { failed, cancelled, unavailable, .. } => {
                Branches { failed: *failed, cancelled: *cancelled, unavailable: *unavailable }
            }
            StepKind::WebService { branches, .. } => Branches {
                failed: branches.failed,
                cancelled: branches.cancelled,
                unavailable: branches.unavailable,
            },
            StepKind::Form { cancelled, .. } => Branches { cancelled: *cancelled, ..Branches::default() },
            _ => Branches::default(),
        }
    }

    /// A call has ended. One that nobody waits for does nothing.
    pub(crate) fn completed(&mut self, call: countersign_model::CallId, outcome: Outcome) {
        let (step, purpose) = match self.session.state {
            State::Calling { step, call: awaited, purpose } if call == awaited => (step, purpose),
            // A login that ended after the phone call it was for: its token would belong to the next caller.
            State::Ended(Reason::HungUp)
                if self.session.channel.capabilities().spoken
                    && matches!(outcome, Outcome::Acquired { .. }) =>
            {
                self.session.tokens.clear();
                return self.effects.push(Effect::Forget(Forgotten::AllTokens));
            }
            _ => return,
        };
        self.at = Some(step);
        let flow = match purpose {
            Calling::Service => service::completed(self, step, outcome),
            Calling::Login(login) => auth_token::completed(self, step, login, outcome),
            Calling::Refresh(login) => auth_token::refreshed(self, step, login, &outcome),
            Calling::Before(login) => auth_token::prepared(self, step, login, outcome),
            Calling::Page(page) => login_page::completed(self, step, page, outcome),
        };
        self.follow(flow);
    }

    /// Whether the user wants to leave. The text may be a password, so no copy of it stays behind.
    pub(crate) fn is_cancel(&mut self, reply: &Reply) -> bool {
        use countersign_model::Content;
        let cancels = match &reply.content {
            Content::Text(text) if text.len() <= 64 => {
                let word = SecretText::new(normalise(text.expose()));
                self.bot.cancel_words.iter().any(|cancel| **cancel == *word.expose())
            }
            // A caller has no words to leave with.
            Content::Digits(digits) => digits.expose() == "*",
            _ => false,
        };
        self.understood |= cancels;
        cancels
    }

    /// Whether a branch leads there: a cancel word was said.
    pub(crate) fn cancelled(&mut self, branch: Option<StepIx>) -> Flow {
        let bot = self.bot;
        self.branch_or_end(branch, &bot.sentences.cancelled, Reason::Cancelled)
    }

    /// No valid answer after all tries.
    pub(crate) fn unanswered(&mut self, branch: Option<StepIx>) -> Flow {
        let bot = self.bot;
        self.branch_or_end(branch, &bot.sentences.no_answer, Reason::Failed)
    }

    /// Waits for an answer.
    pub(crate) fn wait_for(&mut self, step: StepIx, doing: Asking, tries: u8) -> Flow {
        self.session.state = State::Asking { step, doing, tries, lapse: None };
        Flow::Stop
    }

    /// Calls that one message of the user may cause are bounded; when there are too many, the session has ended.
    pub(crate) fn may_call(&mut self, at: StepIx) -> bool {
        if self.session.calls_in_turn < Limits::DEFAULT.calls {
            return true;
        }
        self.forget_open_answers();
        self.stop_at_bound(at, "it made more than 10 calls without waiting for the user");
        false
    }
}

fn set(machine: &mut Machine<'_>, variable: VarIx, value: &SetValue) {
    let value = match value {
        SetValue::Template(template) => Some(Value::Text(machine.public(template, None).into())),
        SetValue::Number(digits) => Some(Value::Number(digits.clone())),
        SetValue::Bool(truth) => Some(Value::Bool(*truth)),
        SetValue::Expression(expression) => machine.computed(expression),
    };
    // `language` is a variable that the platform itself reads.
    if &*machine.bot.variables[variable.at()] == "language"
        && let Some(value) = &value
    {
        machine.session.language = language_of(machine.bot, value.as_str());
    }
    machine.set(variable, value);
}

fn logout(machine: &mut Machine<'_>, token: Option<countersign_script::program::TokenIx>) {
    let bot = machine.bot;
    match token {
        Some(token) => {
            machine.session.tokens.retain(|held| held.token != token);
            machine.effects.push(Effect::Forget(Forgotten::Token(bot.tokens[token.at()].id.clone())));
            if machine.session.latest == Some(token) {
                machine.session.latest = None;
            }
        }
        None => {
            machine.session.tokens.clear();
            machine.session.latest = None;
            machine.effects.push(Effect::Forget(Forgotten::AllTokens));
        }
    }
    machine.session.service = ServiceRun::default();
}
