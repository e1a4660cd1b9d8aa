//! One run of the interpreter: from an input until the session waits, calls or ends.

use countersign_model::{CallId, Content, Name, OutMessage, Reply, TimerId, Timestamp};
use countersign_script::Runnable;
use countersign_script::program::{ScriptIx, StepIx, Text, TokenIx, TokenScope};

use crate::exec;
use crate::limits::Limits;
use crate::session::{Asking, Calling, Held, Reason, ServiceRun, Session, State, Token};
use crate::{Effect, Forgotten, Heard, StepError, Turn, Warning};

/// The session at hand and what has come of it so far.
pub(crate) struct Machine<'b> {
    pub(crate) bot: &'b Runnable,
    pub(crate) session: Session,
    pub(crate) now: Timestamp,
    pub(crate) effects: Vec<Effect>,
    pub(crate) warnings: Vec<Warning>,
    pub(crate) heard: Heard,
    /// Whether the session was guarded when the input came: see [`crate::guard`].
    pub(crate) guarded: bool,
    /// Whether what the user sent was what the bot could be seen to wait for.
    pub(crate) understood: bool,
    /// Whether the secret that was at stake did what it was asked for.
    pub(crate) secret_was_good: bool,
    /// Whether what the user sent is the digits of the page.
    pub(crate) digits_right: bool,
    /// The step at hand, for warnings.
    pub(crate) at: Option<StepIx>,
    passed: Vec<StepIx>,
    steps: u32,
    sends: u32,
    /// Whether more was to be sent than one input may send.
    flooded: bool,
}

/// Where a step leads.
#[must_use]
pub(crate) enum Flow {
    /// To this step, or to the end of the script.
    Go(Option<StepIx>),
    /// Nowhere for now: the session waits, calls or has ended.
    Stop,
}

impl<'b> Machine<'b> {
    pub(crate) fn new(bot: &'b Runnable, session: Session, now: Timestamp) -> Self {
        let effects = Vec::with_capacity(4);
        let guarded = session.guarded_until.is_some_and(|until| now < until);
        Self {
            bot,
            session,
            now,
            effects,
            warnings: Vec::new(),
            heard: Heard::Public,
            guarded,
            understood: false,
            secret_was_good: false,
            digits_right: false,
            at: None,
            passed: Vec::new(),
            steps: 0,
            sends: 0,
            flooded: false,
        }
    }

    pub(crate) fn into_turn(self) -> Turn {
        Turn {
            session: self.session,
            effects: self.effects,
            heard: self.heard,
            warnings: self.warnings,
            passed: self.passed,
        }
    }

    /// The user sent something.
    pub(crate) fn reply(&mut self, reply: Reply) -> Result<(), StepError> {
        if let State::Calling { .. } = self.session.state {
            return Err(StepError::Busy);
        }
        self.session.turns = self.session.turns.wrapping_add(1);
        self.session.calls_in_turn = 0;
        if let State::Asking { doing, lapse: Some((_, until)), .. } = self.session.state
            && until <= self.now
        {
            self.lapse(doing);
        }
        match self.session.state {
            State::Asking { step, doing, tries, .. } => {
                self.at = Some(step);
                let flow = exec::answer(self, step, doing, tries, &reply);
                self.follow(flow);
            }
            State::Ended(reason) => self.begin_with(reason, &reply),
            // A pause goes on by itself, unless the user starts something else.
            State::Paused { until, next, .. } => {
                if let Some(script) = self.triggered(&reply.content, Triggering::Exactly) {
                    self.start(script);
                } else if until <= self.now {
                    // The timer is late; whoever writes does not have to wait for it.
                    self.run(next);
                }
            }
            State::Calling { .. } => {}
        }
        self.hear_guarded(&reply);
        Ok(())
    }

    /// A call came in, or a chat was opened.
    pub(crate) fn begin(&mut self) {
        if self.session.channel.capabilities().spoken {
            // Each call stands for itself, even when nobody told that the one before has ended.
            self.hung_up();
        } else if !matches!(self.session.state, State::Ended(reason) if reason != Reason::HandedOver) {
            return;
        }
        self.session.calls_in_turn = 0;
        self.forget_conversation();
        let triggers = &self.bot.triggers;
        if let Some(script) = triggers.call.or(triggers.first_message).or(triggers.fallback) {
            self.start(script);
        }
    }

    pub(crate) fn start_named(&mut self, name: &Name) {
        if self.session.state == State::Ended(Reason::HandedOver) {
            return;
        }
        if let Some(at) = self.bot.scripts.iter().position(|script| script.id == *name) {
            self.session.calls_in_turn = 0;
            if let State::Ended(_) = self.session.state {
                self.forget_conversation();
            }
            self.start(ScriptIx(at as u16));
        }
    }

    /// What an earlier conversation knew is not shown to whoever writes now (SECURITY §3.5).
    fn forget_conversation(&mut self) {
        self.session.vars.clear();
        self.session.latest = None;
    }

    /// A timer went off.
    pub(crate) fn elapsed(&mut self, timer: TimerId) {
        match self.session.state {
            State::Asking { doing, lapse: Some((set, _)), .. } if set == timer => self.lapse(doing),
            State::Paused { timer: set, next, .. } if set == timer => self.run(next),
            _ => {}
        }
    }

    /// The vault says which tokens it holds.
    pub(crate) fn know_tokens(&mut self, held: &[Held]) {
        let bot = self.bot;
        let unconfirmed = self.unconfirmed();
        self.session.tokens = held
            .iter()
            .filter_map(|held| {
                let at = bot.tokens.iter().position(|token| token.id == held.token)?;
                if unconfirmed == Some(TokenIx(at as u16)) {
                    return None;
                }
                Some(Token {
                    token: TokenIx(at as u16),
                    logged_in_at: held.logged_in_at,
                    expires_at: held.expires_at,
                    refreshable: held.refreshable,
                })
            })
            .collect();
    }

    /// A person writes in place of the bot from now on. What the bot was about to do would come in between, so it begins
    /// anew after it was handed back.
    pub(crate) fn taken_over(&mut self) {
        self.forget_open_answers();
        self.end(Reason::HandedOver);
    }

    pub(crate) fn handed_back(&mut self) {
        if let State::Ended(Reason::HandedOver) = self.session.state {
            self.session.state = State::Ended(Reason::Finished);
        }
    }

    /// The user hung up: what was asked is forgotten, and so are tokens that belong to the call alone.
    pub(crate) fn hung_up(&mut self) {
        self.forget_open_answers();
        let spoken = self.session.channel.capabilities().spoken;
        let (bot, effects) = (self.bot, &mut self.effects);
        self.session.tokens.retain(|held| {
            let component = &bot.tokens[held.token.at()];
            let kept = !spoken && component.scope == TokenScope::Contact;
            if !kept {
                effects.push(Effect::Forget(Forgotten::Token(component.id.clone())));
            }
            kept
        });
        self.end(Reason::HungUp);
    }

    /// Starts a script, whatever was under way.
    pub(crate) fn start(&mut self, script: ScriptIx) {
        self.forget_open_answers();
        self.session.stack.clear();
        self.session.service = ServiceRun::default();
        self.session.greeted = true;
        self.run(self.bot.scripts[script.at()].entry);
    }

    pub(crate) fn follow(&mut self, flow: Flow) {
        if let Flow::Go(next) = flow {
            self.run(next);
        }
    }

    /// Runs steps until one stops.
    pub(crate) fn run(&mut self, mut next: Option<StepIx>) {
        loop {
            let Some(at) = next else {
                let Some(back) = self.session.stack.pop() else {
                    return self.end(Reason::Finished);
                };
                next = back;
                continue;
            };
            self.at = Some(at);
            self.steps += 1;
            if self.steps > Limits::DEFAULT.steps {
                return self.stop_at_bound(at, "it ran more than 200 steps without waiting for the user");
            }
            self.passed.push(at);
            let flow = exec::enter(self, at);
            if self.flooded {
                return self.stop_at_bound(at, "it sent more than 20 messages without waiting for the user");
            }
            match flow {
                Flow::Go(following) => next = following,
                Flow::Stop => return,
            }
        }
    }

    /// The bot went on without end; the user is told, the author is warned.
    pub(crate) fn stop_at_bound(&mut self, at: StepIx, bound: &'static str) {
        self.warnings.push(Warning::Bounds { step: self.place(at), bound });
        let text = self.text(&self.bot.sentences.trouble);
        self.effects.push(Effect::Say(OutMessage::Text(text)));
        self.end(Reason::Bounds);
    }

    pub(crate) fn end(&mut self, reason: Reason) {
        self.session.state = State::Ended(reason);
        self.session.stack.clear();
        self.session.service = ServiceRun::default();
    }

    /// Goes to the branch; without one says the text and ends.
    pub(crate) fn branch_or_end(&mut self, branch: Option<StepIx>, text: &Text, reason: Reason) -> Flow {
        self.session.service = ServiceRun::default();
        if branch.is_some() {
            return Flow::Go(branch);
        }
        self.say(text);
        self.end(reason);
        Flow::Stop
    }

    /// Says a text in the user's language.
    pub(crate) fn say(&mut self, text: &Text) {
        let text = self.text(text);
        self.send(OutMessage::Text(text));
    }

    /// Sends a message; an empty text is not one.
    pub(crate) fn send(&mut self, message: OutMessage) {
        if matches!(&message, OutMessage::Text(text) if text.trim().is_empty()) {
            return;
        }
        if self.sends >= Limits::DEFAULT.sends {
            self.flooded = true;
            return;
        }
        self.sends += 1;
        self.effects.push(Effect::Say(message));
    }

    /// The place of a step in the bot file.
    pub(crate) fn place(&self, step: StepIx) -> String {
        self.bot.steps[step.at()].path.to_string()
    }

    pub(crate) fn next_call(&mut self) -> CallId {
        self.session.calls = self.session.calls.wrapping_add(1);
        self.session.calls_in_turn += 1;
        CallId(self.session.calls)
    }

    pub(crate) fn next_timer(&mut self) -> TimerId {
        self.session.timers = self.session.timers.wrapping_add(1);
        TimerId(self.session.timers)
    }

    fn lapse(&mut self, doing: Asking) {
        let Some(login) = doing.login() else { return };
        let component = &self.bot.tokens[login.token.at()];
        let secret = match doing {
            Asking::Page(_) | Asking::Digits(_) => component.questions.iter().any(|q| q.secret),
            _ => component.questions.get(usize::from(login.question)).is_some_and(|q| q.secret),
        };
        self.forget_open_answers();
        self.end(Reason::Lapsed { token: login.token, secret });
    }

    /// The token that a login page brings or has brought, and that nobody may use before its digits were typed.
    fn unconfirmed(&self) -> Option<TokenIx> {
        match self.session.state {
            State::Asking { doing: Asking::Digits(unconfirmed), .. } => Some(unconfirmed.page.login.token),
            State::Calling { purpose: Calling::Page(page), .. } => Some(page.login.token),
            _ => None,
        }
    }

    /// Forgets sealed answers of what is under way, and a token that nobody has confirmed.
    pub(crate) fn forget_open_answers(&mut self) {
        if let Some(token) = self.unconfirmed() {
            self.drop_token(token);
        }
        let (step, token) = match self.session.state {
            State::Asking { step, doing, .. } => (step, doing.login().map(|login| login.token)),
            State::Calling { step, purpose, .. } => (step, purpose.login().map(|login| login.token)),
            State::Paused { .. } | State::Ended(_) => return,
        };
        if let Some(token) = token {
            let id = self.bot.tokens[token.at()].id.clone();
            self.effects.push(Effect::Forget(Forgotten::Answers(id)));
        }
        exec::service::forget_answers(self, step);
    }

    /// A message while nothing is under way.
    fn begin_with(&mut self, reason: Reason, reply: &Reply) {
        let bot = self.bot;
        let mut told = false;
        match reason {
            // A person is writing with the user; the bot keeps silent.
            Reason::HandedOver => return,
            // What was pressed before the call broke off may have been a PIN. The next call begins with `Begin`.
            Reason::HungUp if self.session.channel.capabilities().spoken => return self.hear_secret(reply),
            Reason::Lapsed { token, secret } => {
                if secret {
                    self.hear_secret(reply);
                }
                let text = bot.tokens.get(token.at()).and_then(|token| token.prompt_expired.as_ref());
                self.say(text.unwrap_or(&bot.sentences.prompt_expired));
                told = true;
            }
            _ => {}
        }
        self.forget_conversation();
        self.session.state = State::Ended(Reason::Finished);
        let first = !std::mem::replace(&mut self.session.greeted, true);
        let script = self
            .triggered(&reply.content, Triggering::Loosely)
            .or(if first { bot.triggers.first_message } else { None })
            .or(if told { None } else { bot.triggers.fallback });
        match script {
            Some(script) => self.start(script),
            None if told => {}
            None => self.say(&bot.sentences.not_understood),
        }
    }

    /// The input was a secret: it is not written down, and deleted where the channel can.
    pub(crate) fn hear_secret(&mut self, reply: &Reply) {
        self.heard = Heard::Secret;
        if let Some(reference) = &reply.reference
            && self.session.channel.capabilities().deletes_user_messages
        {
            self.effects.push(Effect::Erase(reference.clone()));
        }
    }

    /// The script that a message starts.
    pub(crate) fn triggered(&mut self, content: &Content, how: Triggering) -> Option<ScriptIx> {
        let triggers = &self.bot.triggers;
        let text = match content {
            Content::Choice { payload, label } => {
                if let Some(script) = triggers.payloads.get(payload.as_str()) {
                    return Some(*script);
                }
                label.as_str()
            }
            Content::Text(text) | Content::Digits(text) => text.expose(),
            _ => return None,
        };
        let exactly = triggers.exactly(text);
        // Around a word in a sentence may stand anything.
        self.understood |= exactly.is_some();
        match how {
            Triggering::Exactly => exactly,
            Triggering::Loosely => exactly.or_else(|| triggers.matching(text)),
        }
    }
}

/// How closely a message must fit a trigger.
#[derive(Clone, Copy)]
pub(crate) enum Triggering {
    /// Word for word: something else is under way.
    Exactly,
    /// As well as any.
    Loosely,
}
