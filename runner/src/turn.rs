//! One turn: one inbox row, one run of the engine, one commit.

use std::sync::Arc;
use std::time::Duration;

use countersign_engine::{
    Cause, Effect, Forgotten, Held, Input, Outcome, PageOffer, Reason, Session, Status, StepError,
    TokenPurpose, Turn,
};
use countersign_model::{Contact, Name, OutMessage, SecretText, Timestamp};
use countersign_script::Runnable;
use countersign_script::program::{Fingerprint, TokenComponent};
use countersign_store::failpoint::Failpoint;
use countersign_store::{
    AnswerRow, BotVersion, Claimed, CommitError, Conversation, ConversationKey, Delivery, InboundKind,
    InboxRow, Lead, Lease, Line, SealedPayload, SecretChange, SessionCommit, SessionId, StoreError,
    StoredSession, TimerChange, TurnCommit,
};

use crate::admission::number;
use crate::calls::Work;
use crate::error::RunError;
use crate::hands::{Errand, Next, TurnKept};
use crate::ingest::Event;
use crate::observer::{Dropped, Notice};
use crate::parts::{Inner, Runner};
use crate::payload;
use crate::promised::{Asked, Promise};
use crate::registry::ChannelAccount;
use crate::report::{Computed, TurnReport};
use crate::sealing::Owner;
use crate::transcript::Said;
use crate::url_pattern::url_pattern;

/// How long a turn may take before another worker takes over. It takes microseconds, and no network.
pub(crate) const LEASE: Duration = Duration::from_secs(30);

impl Runner {
    /// Takes the conversation that has waited longest and does one turn of it. Gives whether there was one.
    ///
    /// # Errors
    /// [`RunError`]; then the row is still there.
    pub async fn turn(&self) -> Result<bool, RunError> {
        let runner = self.inner();
        let Some(claimed) = runner.claim_turn().await? else { return Ok(false) };
        match runner.take_turn(claimed).await {
            Ok(next) => {
                runner.leave(next);
                Ok(true)
            }
            Err((lease, error)) => {
                // What went wrong may go right later, and for another worker sooner than the lease ends.
                let _ = runner.store.release(&lease).await;
                Err(error)
            }
        }
    }
}

impl Inner {
    pub(crate) async fn claim_turn(&self) -> Result<Option<Claimed>, StoreError> {
        let now = self.now();
        self.store.claim(self.worker, now, now.plus(LEASE)).await
    }

    /// Computes and commits. A failure comes with the lease, because the conversation is still held.
    pub(crate) async fn take_turn(&self, claimed: Claimed) -> Result<Next, (Lease, RunError)> {
        let started = self.now();
        let waited = started.since(claimed.inbound.received_at);
        let (key, fencing) = (claimed.lease.conversation.clone(), claimed.lease.fencing);
        let held = |key| Lease { conversation: key, fencing };
        let Computed { commit, report, login } = match self.compute(&key, claimed, started).await {
            Ok(computed) => computed,
            Err(error) => return Err((held(key), error)),
        };
        let follows = Follows::of(&commit);
        Failpoint::TurnBeforeCommit.pass();
        let committed = self.store.commit_turn(commit).await;
        Failpoint::TurnAfterCommit.pass();
        match committed {
            Ok(()) => {}
            Err(CommitError::LeaseLost) => return Ok(Next::default()),
            Err(CommitError::Store(error)) => return Err((held(key), error.into())),
        }
        login.into_iter().for_each(Promise::keep);
        // The conversation may have more to do.
        let errand = self.turn_kept(&key, follows, true);
        let took = self.now().since(started);
        Ok(Next { errand, turn: Some(TurnKept { conversation: key, report, took, waited }) })
    }

    /// Gives what is to be carried out first of what a turn has asked for, which is on disk now, and wakes those who see to
    /// the rest.
    pub(crate) fn turn_kept(&self, key: &ConversationKey, follows: Follows, more: bool) -> Option<Errand> {
        if let Some(at) = follows.timer {
            self.wake.arm(at);
        }
        if more {
            self.wake.turns.notify_one();
        }
        self.watchers.changed(key);
        match (follows.calls, follows.delivers) {
            (true, delivers) => {
                if delivers {
                    self.wake.deliveries.notify_one();
                }
                Some(Errand::Call)
            }
            (false, true) => Some(Errand::Delivery),
            (false, false) => None,
        }
    }
}

/// What is to be carried out after a turn.
#[derive(Clone, Copy)]
pub(crate) struct Follows {
    pub(crate) delivers: bool,
    pub(crate) calls: bool,
    pub(crate) timer: Option<Timestamp>,
}

impl Follows {
    pub(crate) fn of(commit: &TurnCommit) -> Self {
        let timer = match commit.session.as_ref().map(|session| session.timer) {
            Some(TimerChange::Set(_, at)) => Some(at),
            _ => None,
        };
        Self { delivers: !commit.outbox.is_empty(), calls: !commit.calls.is_empty(), timer }
    }
}

/// What an inbox row asks of the engine.
pub(crate) struct Heard {
    /// `None` when the session is only told which tokens there are.
    input: Option<Input>,
    /// For a session that begins; known from events alone.
    contact: Option<Contact>,
    said: Said,
    hung_up: bool,
    /// What a person does in place of the bot.
    agent: Option<Line>,
    /// Whether the address may belong to somebody else now.
    owner_changed: bool,
}

impl Heard {
    /// Something that came from the user.
    pub(crate) fn event(contact: Contact, event: Event) -> Self {
        let hung_up = matches!(event, Event::HungUp);
        let said = match &event {
            Event::Reply(reply) => Said::of(&reply.content),
            _ => Said::Nothing,
        };
        let owner_changed = matches!(event, Event::OwnerChanged);
        let agent = agent(&event);
        Self { input: input(event), contact: Some(contact), said, hung_up, agent, owner_changed }
    }

    /// Something that the user has not said.
    pub(crate) fn quiet(input: Option<Input>) -> Self {
        Self { input, contact: None, said: Said::Nothing, hung_up: false, agent: None, owner_changed: false }
    }
}

/// A conversation before a turn.
pub(crate) struct Before {
    pub(crate) conversation: Conversation,
    /// Nobody waits for the outcome any more.
    pub(crate) late: bool,
    /// There was none, so there is no token either.
    pub(crate) new: bool,
}

/// The commit of a turn that has made nothing yet.
pub(crate) const fn nothing_yet(lease: Lease, now: Timestamp, consumed: u64) -> TurnCommit {
    TurnCommit {
        lease,
        now,
        consumed,
        session: None,
        transcript: Vec::new(),
        outbox: Vec::new(),
        calls: Vec::new(),
        secrets: Vec::new(),
        leads: Vec::new(),
        counters: Vec::new(),
    }
}

/// A session to go on with.
struct Loaded {
    id: SessionId,
    session: Session,
    bot: Runnable,
    /// Whether the engine must be told which tokens there are.
    tells_tokens: bool,
    /// Tokens that the bot's new version may not use.
    outdated: Vec<Name>,
}

impl Inner {
    async fn compute(
        &self,
        key: &ConversationKey,
        claimed: Claimed,
        now: Timestamp,
    ) -> Result<Computed, RunError> {
        let Claimed { lease, conversation, inbound } = claimed;
        let commit = nothing_yet(lease, now, inbound.seq);
        let Some(account) = self.registry.channel(&key.workspace, &key.channel) else {
            self.tell(key, &Notice::Dropped(Dropped::NoChannel));
            return Ok(Computed::silent(commit));
        };
        let current = conversation.session.as_ref().map(|stored| stored.id);
        let late = match inbound.kind {
            InboundKind::Outcome { session, call } => {
                Some(session) != current || conversation.calling != Some(call)
            }
            _ => false,
        };
        // Nobody waits for it any more, but it may have brought a token that the session does not know of.
        let heard =
            if late { Some(Heard::quiet(None)) } else { self.hear(key, &account, current, inbound, now) };
        let Some(heard) = heard else { return Ok(Computed::silent(commit)) };
        let is_newcomer = conversation.session.is_none();
        let computed =
            self.answer(key, &account, Before { conversation, late, new: false }, heard, commit).await;
        computed.and_then(|computed| self.counted(&account, is_newcomer, computed))
    }

    /// Counts with a turn what is bounded.
    pub(crate) fn counted(
        &self,
        account: &ChannelAccount,
        is_newcomer: bool,
        mut computed: Computed,
    ) -> Result<Computed, RunError> {
        if is_newcomer {
            self.count_newcomer(account.kind, &mut computed.commit)?;
        }
        self.count_paid(account.kind, &mut computed.commit)?;
        Ok(computed)
    }

    /// Runs the engine, and makes rows of what it wants.
    pub(crate) async fn answer(
        &self,
        key: &ConversationKey,
        account: &Arc<ChannelAccount>,
        before: Before,
        heard: Heard,
        mut commit: TurnCommit,
    ) -> Result<Computed, RunError> {
        let Before { conversation, late, new } = before;
        let (now, current) = (commit.now, conversation.session.as_ref().map(|stored| stored.id));
        if heard.owner_changed {
            // Nothing of whoever had the address before is left to whoever has it now.
            commit.secrets.extend([SecretChange::ForgetAllTokens, SecretChange::ForgetAllAnswers]);
            if current.is_none() {
                return Ok(Computed::silent(commit));
            }
        }
        if let Some(Line::Agent { text, .. }) = &heard.agent {
            // The bot has no part in it.
            commit.outbox.push(Delivery::Say(OutMessage::Text(text.clone())));
            commit.transcript.extend(heard.agent);
            return Ok(Computed::silent(commit));
        }
        let stored = conversation.session.filter(|_| !heard.owner_changed);
        let loaded = self.load(key, account, stored, heard.contact);
        let Loaded { id, mut session, bot, tells_tokens, outdated } = loaded;
        let over = late
            && account.kind.capabilities().spoken
            && session.status(&bot) == Status::Ended(Reason::HungUp);
        if over {
            // The call is over: a token of it is of no use to anybody.
            commit.secrets.push(SecretChange::ForgetAllTokens);
        }

        if tells_tokens || late || conversation.tokens_epoch != conversation.tokens_seen {
            let mut held = match heard.owner_changed || over || new {
                true => Vec::new(),
                false => self.store.held(key, &bot.bot).await?,
            };
            held.retain(|token| !outdated.contains(&token.component));
            let held = held.into_iter().map(|token| Held {
                token: token.component,
                logged_in_at: token.logged_in_at,
                expires_at: token.expires_at,
                refreshable: token.refresh_until.is_some_and(|until| until > now),
            });
            // `load` gives a session of this very version, which is all that the engine asks for here.
            match countersign_engine::step(&bot, session, Input::Tokens(held.collect()), now) {
                Ok(turn) => session = turn.session,
                Err(_) => {
                    self.tell(key, &Notice::Dropped(Dropped::Busy));
                    return Ok(Computed::silent(commit));
                }
            }
        }
        let forget = |component| SecretChange::ForgetToken { bot: bot.bot.clone(), component };
        commit.secrets.extend(outdated.into_iter().map(forget));

        let owner = Owner { conversation: key, kind: account.kind };
        let Some(input) = heard.input else {
            let turn = Turn {
                session,
                effects: Vec::new(),
                heard: countersign_engine::Heard::Public,
                warnings: Vec::new(),
                passed: Vec::new(),
            };
            self.write(&mut commit, owner, &bot, id, turn, conversation.tokens_epoch)?;
            return Ok(Computed::silent(commit));
        };
        let input = self.with_digits(key, id, &session, input)?;
        let before = session.status(&bot);
        let was_handed_over = before == Status::Ended(Reason::HandedOver);
        let mut turn = match countersign_engine::step(&bot, session, input, now) {
            Ok(turn) => turn,
            Err(StepError::Busy | StepError::OtherVersion) => {
                self.tell(key, &Notice::Dropped(Dropped::Busy));
                return Ok(Computed::silent(commit));
            }
        };
        let ended = match (before, turn.session.status(&bot)) {
            (Status::Ended(_), _) => None,
            (_, Status::Ended(reason)) => Some(reason),
            _ => None,
        };
        let report = TurnReport {
            message: !matches!(heard.said, Said::Nothing),
            began: matches!(before, Status::Ended(_)) && !turn.passed.is_empty(),
            ended,
            passed: std::mem::take(&mut turn.passed),
            warnings: std::mem::take(&mut turn.warnings),
            bot: Some(bot.clone()),
        };
        commit.transcript.extend(heard.said.into_line(turn.heard));
        // Nothing is handed back that nobody has.
        commit.transcript.extend(heard.agent.filter(|line| *line != Line::HandedBack || was_handed_over));
        if heard.hung_up {
            commit.transcript.push(Line::HungUp);
            if account.kind.capabilities().spoken {
                // The next call has another address, so nothing could ever use them.
                commit.secrets.extend([SecretChange::ForgetAllTokens, SecretChange::ForgetAllAnswers]);
            }
        }
        let login = login_of(&turn, &owner);
        self.write(&mut commit, owner, &bot, id, turn, conversation.tokens_epoch)?;
        let login = match login {
            Some(asked) => self.admit_ahead(owner, &bot, asked, &mut commit).await?,
            None => None,
        };
        Ok(Computed { commit, report, login })
    }

    /// Opens an inbox row. `None` when there is nothing to do with it.
    fn hear(
        &self,
        key: &ConversationKey,
        account: &ChannelAccount,
        current: Option<SessionId>,
        row: InboxRow,
        now: Timestamp,
    ) -> Option<Heard> {
        match row.kind {
            // What belongs to an earlier session is of no use to anybody.
            InboundKind::Outcome { session, .. } | InboundKind::Elapsed { session, .. }
                if Some(session) != current =>
            {
                None
            }
            InboundKind::Elapsed { timer, .. } => Some(Heard::quiet(Some(Input::Elapsed(timer)))),
            InboundKind::Outcome { call, .. } => {
                let opened = self.open_payload(key, account, row.payload, now);
                let outcome = opened
                    .and_then(|text| payload::outcome_from_text(&text).map_err(|_| Dropped::Unreadable));
                // The session waits for this outcome, so it gets one.
                let outcome = outcome.unwrap_or_else(|why| {
                    self.tell(key, &Notice::Dropped(why));
                    Outcome::Unreachable(Cause::Unknown)
                });
                Some(Heard::quiet(Some(Input::Completed { call, outcome })))
            }
            InboundKind::Reply | InboundKind::Begin | InboundKind::HungUp => {
                let opened = self.open_payload(key, account, row.payload, now);
                let event =
                    opened.and_then(|text| payload::event_from_text(&text).map_err(|_| Dropped::Unreadable));
                match event {
                    Ok((_, Event::Page { session, .. })) if Some(session) != current => None,
                    Ok((contact, event)) => Some(Heard::event(contact, event)),
                    Err(why) => {
                        self.tell(key, &Notice::Dropped(why));
                        None
                    }
                }
            }
        }
    }

    fn open_payload(
        &self,
        key: &ConversationKey,
        account: &ChannelAccount,
        payload: Option<SealedPayload>,
        now: Timestamp,
    ) -> Result<SecretText, Dropped> {
        let payload = payload.ok_or(Dropped::Unopened)?;
        let scope = Owner { conversation: key, kind: account.kind }.inbound(payload.expires_at);
        self.vault.open(&scope, &payload.sealed, now).map_err(|_| Dropped::Unopened)
    }

    /// The session to go on with: the stored one, the stored one on a newer version of its bot when nothing is under
    /// way, or a new one.
    fn load(
        &self,
        key: &ConversationKey,
        account: &Arc<ChannelAccount>,
        stored: Option<StoredSession>,
        contact: Option<Contact>,
    ) -> Loaded {
        let current = &account.bot;
        if let Some(stored) = stored {
            let bot = self.registry.version(&key.workspace, Fingerprint(stored.version.0));
            match (Session::from_bytes(&stored.bytes), bot) {
                (Ok(mut session), bot) => {
                    let status = bot.as_ref().map(|bot| session.status(bot));
                    let ended = matches!(status, Some(Status::Ended(_)));
                    match bot {
                        Some(bot) if bot.fingerprint == current.fingerprint || !ended => {
                            let (id, outdated) = (stored.id, Vec::new());
                            return Loaded { id, session, bot, tells_tokens: false, outdated };
                        }
                        Some(old) => {
                            session.rebase(current);
                            let outdated = outdated(&old, current);
                            let (id, bot) = (stored.id, current.clone());
                            return Loaded { id, session, bot, tells_tokens: true, outdated };
                        }
                        None => self.tell(key, &Notice::Dropped(Dropped::Version)),
                    }
                }
                (Err(_), _) => self.tell(key, &Notice::Dropped(Dropped::Session)),
            }
            // Nobody knows any more for which version the tokens were meant, so the user logs in again.
            let outdated = current.tokens.iter().map(|token| token.id.clone()).collect();
            return Loaded { tells_tokens: true, outdated, ..self.begin(key, account, contact) };
        }
        self.begin(key, account, contact)
    }

    fn begin(&self, key: &ConversationKey, account: &ChannelAccount, contact: Option<Contact>) -> Loaded {
        let contact =
            contact.unwrap_or_else(|| Contact { address: key.address.clone(), name: None, language: None });
        let high = u128::from(self.random.next()) << 64;
        Loaded {
            id: SessionId(high | u128::from(self.random.next())),
            session: Session::new(&account.bot, account.kind, contact),
            bot: account.bot.clone(),
            tells_tokens: true,
            outdated: Vec::new(),
        }
    }

    /// Turns the effects of a turn into rows.
    fn write(
        &self,
        commit: &mut TurnCommit,
        owner: Owner<'_>,
        bot: &Runnable,
        id: SessionId,
        turn: Turn,
        tokens_seen: u64,
    ) -> Result<(), RunError> {
        let Turn { session, effects, .. } = turn;
        let mut timer = TimerChange::Keep;
        let version = bot.fingerprint;
        for effect in effects {
            match effect {
                Effect::Say(message) => {
                    commit.transcript.push(Line::Bot(message.clone()));
                    commit.outbox.push(Delivery::Say(message));
                }
                Effect::Stash { answer, value, until } => {
                    let scope = owner.answer(&bot.bot, &answer.component, answer.index, until);
                    let value = SealedPayload { sealed: self.vault.seal(&scope, &value)?, expires_at: until };
                    let row = AnswerRow { component: answer.component, index: answer.index, value };
                    commit.secrets.push(SecretChange::PutAnswer(row));
                }
                Effect::Acquire(request) => {
                    commit.calls.push(Work::Acquire(*request).into_call(id, version));
                }
                Effect::Call(request) => {
                    commit.calls.push(Work::Call(*request).into_call(id, version));
                }
                Effect::WakeAt(name, at) => timer = TimerChange::Set(name, at),
                Effect::Forget(what) => commit.secrets.push(match what {
                    Forgotten::Answers(component) => SecretChange::ForgetAnswers(component),
                    Forgotten::Token(component) => {
                        SecretChange::ForgetToken { bot: bot.bot.clone(), component }
                    }
                    Forgotten::AllTokens => SecretChange::ForgetAllTokens,
                }),
                Effect::Erase(reference) => commit.outbox.push(Delivery::Erase(reference)),
                Effect::Handover { number } => {
                    commit.transcript.push(Line::Handover { number: number.clone() });
                    commit.outbox.push(Delivery::Handover { number });
                }
                Effect::OfferPage(PageOffer { attempt, text, label, .. }) => {
                    let (said, open) = (text.clone(), label.clone());
                    commit.transcript.push(Line::Page { session: id, attempt, text: said, label: open });
                    commit.outbox.push(Delivery::Page { session: id, attempt, text, label });
                }
                Effect::Keep(lead) => {
                    commit.leads.push(Lead { form: lead.form, answers: lead.answers, at: commit.now });
                }
            }
        }
        // A caller is put through to a number, where nobody can be seen to hand back.
        let spoken = owner.kind.capabilities().spoken;
        let handed_over = !spoken && session.status(bot) == Status::Ended(Reason::HandedOver);
        let (calling, ended) = match session.status(bot) {
            Status::Calling(call) => (Some(call), false),
            Status::Ended(_) => (None, true),
            Status::Waiting(_) | Status::Paused { .. } => (None, false),
        };
        commit.session = Some(SessionCommit {
            stored: StoredSession { id, version: BotVersion(version.0), bytes: session.to_bytes() },
            calling,
            // A session has one timer at most, and one that has ended has none.
            timer: if ended { TimerChange::Clear } else { timer },
            tokens_seen,
            handed_over,
        });
        Ok(())
    }
}

/// The login that a turn asks for.
fn login_of(turn: &Turn, owner: &Owner<'_>) -> Option<Asked> {
    turn.effects.iter().find_map(|effect| match effect {
        Effect::Acquire(request) if request.purpose == TokenPurpose::Login => Some(Asked {
            component: request.token.clone(),
            call: request.call,
            number: number(owner, &turn.session),
        }),
        _ => None,
    })
}

fn input(event: Event) -> Option<Input> {
    match event {
        Event::Begin => Some(Input::Begin),
        Event::Reply(reply) => Some(Input::Reply(reply)),
        Event::Start(script) => Some(Input::Start(script)),
        Event::TakenOver { .. } => Some(Input::TakenOver),
        Event::HandedBack => Some(Input::HandedBack),
        Event::HungUp => Some(Input::HungUp),
        Event::Page { attempt, browser, answers, .. } => Some(Input::Page { attempt, answers, browser }),
        Event::OwnerChanged | Event::AgentSaid { .. } => None,
    }
}

/// What the transcript tells of a person who stands in for the bot.
fn agent(event: &Event) -> Option<Line> {
    match event {
        Event::TakenOver { by } => Some(Line::TakenOver { by: by.clone() }),
        Event::AgentSaid { by, text } => Some(Line::Agent { by: by.clone(), text: text.clone() }),
        Event::HandedBack => Some(Line::HandedBack),
        _ => None,
    }
}

/// Components whose token the new version may not use: what has changed could send it to somebody else
/// (SECURITY §3.4, T5).
fn outdated(old: &Runnable, new: &Runnable) -> Vec<Name> {
    let place = |bot: &Runnable, token: &TokenComponent| {
        let origins = token.send_to.iter().map(|origin| url_pattern(bot, origin));
        (url_pattern(bot, &token.request.url), origins.collect::<Vec<_>>())
    };
    let same = |token: &TokenComponent| {
        new.tokens.iter().any(|other| other.id == token.id && place(new, other) == place(old, token))
    };
    old.tokens.iter().filter(|token| !same(token)).map(|token| token.id.clone()).collect()
}
