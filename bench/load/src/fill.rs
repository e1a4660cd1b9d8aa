//! A store full of idle conversations, logged in and with a token, without a conversation having been held: the store's
//! own code writes what the turns of a login would have written, many conversations in a commit.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use countersign_engine::{Effect, Input, Outcome, Session, Status, Turn, step};
use countersign_model::{CallId, ChannelKind, Contact, Name, Reply, SecretText, Timestamp};
use countersign_script::{CheckOptions, Runnable, check};
use countersign_store::{
    BotVersion, Bots as _, CallCompletion, Calls as _, Claimed, ConversationKey, Conversations as _,
    CounterChange, CounterKey, InboundKind, Inbox as _, Keys as _, Line, NewCall, NewInbound, SealedPayload,
    SecretChange, SessionCommit, SessionId, StoredSession, TimerChange, TokenRow, TurnCommit, WorkerId,
};
use countersign_store_sql::{Options, Role, SqliteStore};
use countersign_vault::{ContactKey, KeyFile, KeyRing, Purpose, Scope, Sealed};

use crate::Arguments;
use crate::company::{password, token_of};
use crate::server::{BOT, Setup};
use crate::users::number_of;

/// So many are written at once: they share their commits.
const AT_ONCE: usize = 512;
/// Who writes.
const WORKER: WorkerId = WorkerId(1);

/// Makes a directory in which a server has so many idle conversations.
pub(crate) async fn fill(arguments: &Arguments, dir: &Path, conversations: u64) -> Result<String> {
    // The server itself makes its keys and its tables, and publishes the bot.
    let setup = Setup::at(arguments, dir).await?;
    setup.server.stop().await?;
    let filler = Rc::new(Filler::open(dir).await?);
    let begun = std::time::Instant::now();
    let next = Rc::new(Cell::new(0));
    let tasks = (0..AT_ONCE).map(|_| {
        let (filler, next) = (filler.clone(), next.clone());
        tokio::task::spawn_local(async move {
            while next.get() < conversations {
                next.set(next.get() + 1);
                filler.conversation(next.get()).await?;
            }
            anyhow::Ok(())
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await??;
    }
    let filler = Rc::into_inner(filler).context("somebody still fills the store")?;
    drop(filler);
    std::fs::write(dir.join("stored"), conversations.to_string())?;
    let bytes = std::fs::metadata(dir.join("countersign.db"))?.len();
    Ok(format!(
        "{conversations} idle conversations, {:.0} B each, written in {:.0} s",
        bytes as f64 / conversations.max(1) as f64,
        begun.elapsed().as_secs_f64()
    ))
}

struct Filler {
    store: SqliteStore,
    ring: KeyRing,
    bot: Runnable,
    version: BotVersion,
    workspace: Name,
    channel: Name,
    login: Name,
}

impl Filler {
    async fn open(dir: &Path) -> Result<Self> {
        let store = SqliteStore::open(dir.join("countersign.db"), Options::new(Role::Server))?;
        let workspace: Name = "main".parse()?;
        let masters = KeyFile::at(dir.join("keys")).load()?;
        let ring = KeyRing::unlock(masters, store.data_keys().await?)?;
        let published = store.bots(&workspace).await?.pop().context("the server has published no bot")?;
        let checked = check("w.yaml", BOT, &CheckOptions::default()).checked.context("the bot has errors")?;
        let constants: BTreeMap<_, _> = published.constants.iter().cloned().collect();
        let bot = match checked.bind(&constants, &BTreeSet::new()) {
            Ok(bot) => bot,
            Err(errors) => bail!("the bot cannot run: {errors:?}"),
        };
        if published.version != BotVersion(bot.fingerprint.0) {
            bail!("the server runs another version of the bot");
        }
        let (version, channel, login) = (published.version, "wa".parse()?, "login".parse()?);
        Ok(Self { store, ring, bot, version, workspace, channel, login })
    }

    async fn conversation(&self, name: u64) -> Result<()> {
        let conversation = ConversationKey {
            workspace: self.workspace.clone(),
            channel: self.channel.clone(),
            address: format!("+{}", number_of(name)),
        };
        let id = format!("wamid.in{name}t2");
        let row =
            NewInbound { conversation, id, kind: InboundKind::Reply, payload: None, received_at: now() };
        self.store.accept(vec![row]).await?;
        // What is claimed may belong to another one that is written at the same time.
        while let Some(claimed) = self.store.claim(WORKER, now(), later()).await? {
            match claimed.inbound.kind {
                InboundKind::Outcome { call, .. } => self.logged_in(claimed, call).await?,
                _ => self.asked(claimed).await?,
            }
        }
        while let Some(call) = self.store.claim_call(WORKER, now(), later()).await? {
            let user = user_of(&call.lease.conversation);
            let scope = Scope {
                workspace: self.workspace.clone(),
                bot: Some(self.bot.bot.clone()),
                component: Some(self.login.clone()),
                contact: Some(ContactKey {
                    channel: self.channel.clone(),
                    address: call.lease.conversation.address.clone(),
                }),
                call: None,
                purpose: Purpose::Token,
                expires_at: later(),
            };
            let token = TokenRow {
                bot: self.bot.bot.clone(),
                component: self.login.clone(),
                sealed: self.ring.seal(&scope, &SecretText::new(token_of(&user)))?,
                expires_at: later(),
                logged_in_at: now(),
                refresh: None,
            };
            let completion = CallCompletion {
                id: format!("call-{}", call.lease.call.0),
                now: now(),
                payload: SealedPayload { sealed: Sealed::from_bytes(vec![7; 64]), expires_at: later() },
                token: Some(token),
                // That this contact has logged in with this name is remembered, under a keyed hash.
                counters: vec![CounterChange::Add { key: key_of(&user), expires_at: known_until() }],
                lease: call.lease,
            };
            self.store.complete_call(completion).await?;
            while let Some(claimed) = self.store.claim(WORKER, now(), later()).await? {
                match claimed.inbound.kind {
                    InboundKind::Outcome { call, .. } => self.logged_in(claimed, call).await?,
                    _ => self.asked(claimed).await?,
                }
            }
        }
        Ok(())
    }

    /// The messages up to the password, in one commit.
    async fn asked(&self, claimed: Claimed) -> Result<()> {
        let address = claimed.lease.conversation.address.clone();
        let user = user_of(&claimed.lease.conversation);
        let contact = Contact { name: Some(format!("User {address}")), address, language: None };
        let mut session = Session::new(&self.bot, ChannelKind::Whatsapp, contact);
        session = step(&self.bot, session, Input::Tokens(Vec::new()), now())?.session;
        let mut lines = Vec::new();
        let mut calls = Vec::new();
        for (says, line) in [
            ("hi".to_owned(), Line::User("hi".to_owned())),
            (user.clone(), Line::Secret),
            (password(&user), Line::Secret),
        ] {
            let turn = step(&self.bot, session, Input::Reply(Reply::text(says.as_str())), now())?;
            lines.push(line);
            for effect in &turn.effects {
                match effect {
                    Effect::Say(message) => lines.push(Line::Bot(message.clone())),
                    Effect::Acquire(request) => calls.push(request.call),
                    _ => {}
                }
            }
            session = turn.session;
        }
        let id = SessionId(u128::from(claimed.inbound.seq) << 64 | 7);
        let calls = calls.into_iter().map(|call| NewCall {
            session: id,
            call,
            request: vec![5; 16],
            sent_when_kept: false,
        });
        let calls = calls.collect::<Vec<_>>();
        if calls.is_empty() {
            bail!("the bot does not log in");
        }
        self.commit(claimed, id, &session, TimerChange::Keep, lines, calls).await
    }

    async fn logged_in(&self, claimed: Claimed, call: CallId) -> Result<()> {
        let stored = claimed.conversation.session.as_ref().context("no session")?;
        let (id, session) = (stored.id, Session::from_bytes(&stored.bytes)?);
        let outcome = Outcome::Acquired { expires_at: later(), refreshable: false };
        let Turn { session, effects, .. } =
            step(&self.bot, session, Input::Completed { call, outcome }, now())?;
        let (mut timer, mut lines) = (TimerChange::Keep, Vec::new());
        for effect in effects {
            match effect {
                Effect::Say(message) => lines.push(Line::Bot(message)),
                Effect::WakeAt(name, at) => timer = TimerChange::Set(name, at),
                _ => {}
            }
        }
        if matches!(session.status(&self.bot), Status::Ended(_)) {
            timer = TimerChange::Clear;
        }
        self.commit(claimed, id, &session, timer, lines, Vec::new()).await
    }

    async fn commit(
        &self,
        claimed: Claimed,
        id: SessionId,
        session: &Session,
        timer: TimerChange,
        transcript: Vec<Line>,
        calls: Vec<NewCall>,
    ) -> Result<()> {
        let stored = StoredSession { id, version: self.version, bytes: session.to_bytes() };
        let commit = TurnCommit {
            lease: claimed.lease,
            now: now(),
            consumed: claimed.inbound.seq,
            session: Some(SessionCommit {
                stored,
                calling: calls.first().map(|call| call.call),
                timer,
                tokens_seen: claimed.conversation.tokens_epoch,
                handed_over: false,
            }),
            transcript,
            outbox: Vec::new(),
            calls,
            secrets: vec![SecretChange::ForgetAnswers(self.login.clone())],
            leads: Vec::new(),
            counters: Vec::new(),
        };
        Ok(self.store.commit_turn(commit).await?)
    }
}

/// The user with this address.
fn user_of(conversation: &ConversationKey) -> String {
    let number: u64 = conversation.address.trim_start_matches("+49").parse().unwrap_or_default();
    format!("u{}", number.saturating_sub(1_500_000_000))
}

/// Spread as a hash is.
fn key_of(user: &str) -> CounterKey {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, user.as_bytes());
    let mut key = [0; 16];
    key.copy_from_slice(&digest.as_ref()[..16]);
    CounterKey(key)
}

#[expect(clippy::disallowed_methods, reason = "tokens that are stored have to be alive when they are used")]
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_secs(since.as_secs().cast_signed() / 3600 * 3600)
}

fn later() -> Timestamp {
    now().plus(Duration::from_secs(86_400))
}

fn known_until() -> Timestamp {
    now().plus(Duration::from_secs(90 * 86_400))
}
