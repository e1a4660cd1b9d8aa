//! What must always hold of a conversation, whatever happens in it.

use std::collections::{BTreeMap, HashSet};

use countersign_engine::{
    AnswerRef, Effect, Forgotten, Input, Limits, Outcome, OutgoingRequest, Status, TokenPurpose, Turn,
};
use countersign_model::{CallId, Choice, Name, OutMessage, TimerId, Timestamp};
use countersign_script::Runnable;
use countersign_script::template::SecretRef;

/// More than any turn of the bot needs.
const MOST_EFFECTS: usize = 300;
const LARGEST_SESSION: usize = 64 * 1024;

/// A second, simple account of what the conversation knows.
#[derive(Default)]
pub(super) struct Watch {
    /// The call that the engine waits for.
    pub(super) outstanding: Option<CallId>,
    /// The latest timer.
    pub(super) last_timer: Option<TimerId>,
    /// The choices that the user saw last.
    pub(super) choices: Vec<Choice>,
    /// What may never be seen again.
    secrets: Vec<String>,
    /// The token and purpose of the login under way.
    acquiring: Option<Name>,
    /// Tokens that are there, and until when.
    held: BTreeMap<String, Timestamp>,
    /// Answers that are sealed.
    stashed: HashSet<AnswerRef>,
}

impl Watch {
    /// Before something happens: a typed answer to a question for a secret is one.
    pub(super) fn before(&mut self, status: Status, typed: Option<&str>) {
        if let (Status::Waiting(expect), Some(text)) = (status, typed)
            && expect.secret
            && is_canary(text)
        {
            self.secrets.push(text.to_owned());
        }
    }

    /// What the vault knows because of the input.
    pub(super) fn input(&mut self, input: &Input, now: Timestamp) {
        match input {
            Input::Completed { call, outcome: Outcome::Acquired { expires_at, .. } }
                if Some(*call) == self.outstanding =>
            {
                if let Some(token) = self.acquiring.take() {
                    self.held.insert(token.to_string(), *expires_at);
                }
            }
            Input::Tokens(all) => {
                let alive = all.iter().filter(|held| held.expires_at > now);
                self.held = alive.map(|held| (held.token.to_string(), held.expires_at)).collect();
            }
            _ => {}
        }
    }

    /// Whether the call under way is a login or a renewal.
    pub(super) fn is_acquiring(&self) -> bool {
        self.acquiring.is_some()
    }

    /// After a turn.
    pub(super) fn turn(&mut self, bot: &Runnable, turn: &Turn, stored: &[u8], now: Timestamp) {
        self.bounds(turn, stored);
        for effect in &turn.effects {
            self.effect(effect, now);
        }
        self.status(bot, turn);
        self.nothing_leaks(turn, stored);
    }

    fn bounds(&self, turn: &Turn, stored: &[u8]) {
        assert!(turn.effects.len() <= MOST_EFFECTS, "{} effects", turn.effects.len());
        assert!(stored.len() <= LARGEST_SESSION, "the session takes {} bytes", stored.len());
        let said = turn.effects.iter().filter(|effect| matches!(effect, Effect::Say(_))).count();
        // The last step may say more than one thing, and that the bot was stopped is said too.
        assert!(said <= Limits::DEFAULT.sends as usize + 4, "{said} messages");
    }

    fn effect(&mut self, effect: &Effect, now: Timestamp) {
        match effect {
            Effect::Say(message) => self.said(message),
            Effect::Stash { answer, value, until } => {
                assert!(*until > now, "an answer is sealed for some time");
                self.stashed.insert(answer.clone());
                if is_canary(value.expose()) {
                    self.secrets.push(value.expose().to_owned());
                }
            }
            Effect::Acquire(request) => {
                self.acquiring = Some(request.token.clone());
                self.secrets_are_there(&request.request, now);
                let refreshes = uses(&request.request).any(|secret| matches!(secret, SecretRef::Refresh(_)));
                assert_eq!(refreshes, request.purpose == TokenPurpose::Refresh);
            }
            Effect::Call(call) => self.secrets_are_there(&call.request, now),
            Effect::WakeAt(timer, at) => {
                assert!(*at >= now);
                self.last_timer = Some(*timer);
            }
            Effect::Forget(Forgotten::Answers(component)) => {
                self.stashed.retain(|answer| answer.component != *component);
            }
            Effect::Forget(Forgotten::Token(token)) => {
                self.held.remove(token.as_str());
            }
            Effect::Forget(Forgotten::AllTokens) => self.held.clear(),
            Effect::Erase(_) | Effect::Handover { .. } | Effect::Keep(_) | Effect::OfferPage(_) => {}
        }
    }

    fn said(&mut self, message: &OutMessage) {
        if !message.choices().is_empty() {
            self.choices = message.choices().to_vec();
        }
    }

    /// A request names only tokens that are held and answers that are sealed.
    fn secrets_are_there(&self, request: &OutgoingRequest, now: Timestamp) {
        for secret in uses(request) {
            match secret {
                SecretRef::Token(token) => {
                    let until = self.held.get(token.as_str());
                    assert!(
                        until.is_some_and(|until| *until > now),
                        "`{token}` is sent and not held: {until:?}"
                    );
                }
                SecretRef::Answer(component, index) => {
                    let answer = AnswerRef { component: component.clone(), index: *index };
                    assert!(self.stashed.contains(&answer), "{answer:?} is sent and not sealed");
                }
                SecretRef::Refresh(_) | SecretRef::Workspace(_) => {}
            }
        }
    }

    /// The status says which call is under way; there is one at most.
    fn status(&mut self, bot: &Runnable, turn: &Turn) {
        let calls: Vec<_> = turn
            .effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::Acquire(request) => Some(request.call),
                Effect::Call(call) => Some(call.call),
                _ => None,
            })
            .collect();
        assert!(calls.len() <= 1, "{} calls at once", calls.len());
        let status = turn.session.status(bot);
        if let Some(call) = calls.first() {
            assert_eq!(status, Status::Calling(*call), "what was asked for is waited for");
            self.outstanding = Some(*call);
        }
        match status {
            Status::Calling(call) => {
                assert_eq!(self.outstanding, Some(call), "it waits for a call that is under way")
            }
            Status::Paused { timer, until: _ } => assert_eq!(self.last_timer, Some(timer)),
            Status::Waiting(_) | Status::Ended(_) => {}
        }
        if !matches!(status, Status::Calling(_)) {
            self.outstanding = None;
            self.acquiring = None;
        }
    }

    /// No secret is in the session, nor in what a log could show.
    fn nothing_leaks(&self, turn: &Turn, stored: &[u8]) {
        let stored = String::from_utf8_lossy(stored);
        let shown = format!("{:?} {:?} {:?}", turn.session, turn.effects, turn.warnings);
        for secret in &self.secrets {
            assert!(!stored.contains(secret), "`{secret}` is in the stored session");
            assert!(!shown.contains(secret), "`{secret}` is in an effect, a warning or the session");
        }
    }
}

/// Texts that the run made to be found again.
fn is_canary(text: &str) -> bool {
    text.starts_with("canary-") || (text.starts_with('9') && text.len() == 8)
}

fn uses(request: &OutgoingRequest) -> impl Iterator<Item = &SecretRef> {
    let headers = request.headers.iter().flat_map(|(_, value)| value.secrets());
    let body = request.body.iter().flat_map(|(_, body)| body.secrets());
    request.url.secrets().chain(headers).chain(body)
}
