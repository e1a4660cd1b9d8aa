//! Login pages: the link to one, what stands on it, and what is posted (SECURITY §3.9).
//!
//! A link is a keyed hash of the session and of the number of the page in it, so that the same delivery always carries
//! the same link and the store holds none. The store knows, under a hash of the link, where it leads. The digits that
//! the page shows after the login are a keyed hash too, of the browser that has logged in: another one that has the link
//! does not see them.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_engine::{Input, PageStage, Session, Status};
use countersign_model::{ChannelKind, Contact, Content, Name, OutMessage, Reply, SecretText, Timestamp};
use countersign_script::program::AnswerKind;
use countersign_store::{
    ChangeError, ConversationKey, Delivery, Expected, RecordKey, RecordValue, RecordWrite, SessionId,
};
use countersign_vault::{Pseudonymizer, SealError};
use serde::{Deserialize, Serialize};

use crate::channel::SendError;
use crate::error::{IngestError, RunError};
use crate::ingest::{Event, Inbound};
use crate::parts::{Inner, Runner};

/// How long a link leads anywhere: as long as the page and its digits live, and a little for a slow provider.
const LINK_LIFE: Duration = Duration::from_secs(20 * 60);

/// What links are kept as.
const KIND: &str = "ticket";

/// A login page as one browser sees it.
#[derive(Debug)]
pub struct LoginPage {
    /// What the bot is called.
    pub bot: String,
    /// The kind of channel that the conversation is on.
    pub channel: ChannelKind,
    /// The address of the contact; it is personal, and the page shows a little of it.
    pub address: String,
    /// The language of the user, one of the bot's.
    pub language: String,
    /// What it shows.
    pub shows: PageShows,
}

/// What a login page shows.
#[derive(Debug)]
pub enum PageShows {
    /// Questions to be answered.
    Questions {
        /// In order.
        questions: Vec<PageField>,
        /// Whether the login was refused with what this browser has posted.
        refused: bool,
    },
    /// The login is under way.
    Working,
    /// The digits to type in the chat.
    Digits(String),
}

/// A question on a login page.
#[derive(Debug)]
pub struct PageField {
    /// What is asked.
    pub text: String,
    /// What kind of answer is wanted.
    pub kind: AnswerKind,
    /// Whether the answer is a secret.
    pub secret: bool,
    /// What is amiss with what this browser has posted.
    pub problem: Option<String>,
}

/// What was posted on a login page.
#[derive(Debug)]
pub struct PagePost {
    /// Names the form that was shown; the same form is taken once.
    pub form: String,
    /// Names the browser: random, and known to it alone.
    pub browser: u128,
    /// What was typed, question by question.
    pub answers: Vec<SecretText>,
}

/// Why a post was not taken. Nothing of it was kept.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// It could not be kept.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The store failed.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// Where a link leads.
#[derive(Serialize, Deserialize)]
struct Ticket {
    conversation: ConversationKey,
    session: String,
    attempt: u32,
}

impl Runner {
    /// The login page that a link leads to, as this browser sees it. `None` when the link is unknown or its time is over, when the login has
    /// ended, and when another browser has logged in.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn login_page(
        &self,
        ticket: &str,
        browser: Option<u128>,
    ) -> Result<Option<LoginPage>, RunError> {
        match self.inner().ticket(ticket).await? {
            Some(ticket) => self.page_of(&ticket, browser).await,
            None => Ok(None),
        }
    }

    /// Takes what was posted on a login page and waits, as long as `patience`, for what comes of it. Gives the page as
    /// it stands then; `None` as [`Runner::login_page`].
    ///
    /// # Errors
    /// [`PageError`].
    pub async fn post_login_page(
        &self,
        ticket: &str,
        post: PagePost,
        patience: Duration,
    ) -> Result<Option<LoginPage>, PageError> {
        let Some(ticket) = self.inner().ticket(ticket).await? else { return Ok(None) };
        let browser = Some(post.browser);
        match self.page_of(&ticket, browser).await? {
            Some(LoginPage { shows: PageShows::Questions { .. }, .. }) => {}
            other => return Ok(other),
        }
        let Some(session) = session_id(&ticket.session) else { return Ok(None) };
        let key = &ticket.conversation;
        let watch = self.watch(key);
        let contact = Contact { address: key.address.clone(), ..Contact::default() };
        let PagePost { form, browser: by, answers } = post;
        let id = format!("login-page/{}/{}/{form}", ticket.session, ticket.attempt);
        let event = Event::Page { session, attempt: ticket.attempt, browser: by, answers };
        self.ingest(vec![Inbound { conversation: key.clone(), id, contact, event }]).await?;
        let mut over = self.inner().sleeper.sleep(patience);
        while !self.is_settled(key).await? {
            tokio::select! {
                biased;
                () = watch.changed() => {}
                () = &mut over => break,
            }
        }
        Ok(self.page_of(&ticket, browser).await?)
    }

    /// The login page that stands open in a conversation, whoever looks: for a terminal that has no browser.
    ///
    /// # Errors
    /// [`RunError`].
    pub async fn open_login_page(&self, key: &ConversationKey) -> Result<Option<LoginPage>, RunError> {
        match self.ticket_of(key).await? {
            Some(ticket) => self.page_of(&ticket, Some(TERMINAL)).await,
            None => Ok(None),
        }
    }

    /// Posts the login page that stands open in a conversation; nobody waits for what comes of it. Gives whether one
    /// stands open.
    ///
    /// # Errors
    /// [`PageError`].
    pub async fn post_open_login_page(
        &self,
        key: &ConversationKey,
        form: &str,
        answers: Vec<SecretText>,
    ) -> Result<bool, PageError> {
        let Some(ticket) = self.ticket_of(key).await? else { return Ok(false) };
        let Some(session) = session_id(&ticket.session) else { return Ok(false) };
        let contact = Contact { address: key.address.clone(), ..Contact::default() };
        let event = Event::Page { session, attempt: ticket.attempt, browser: TERMINAL, answers };
        let id = format!("login-page/{form}");
        self.ingest(vec![Inbound { conversation: key.clone(), id, contact, event }]).await?;
        Ok(true)
    }

    async fn ticket_of(&self, key: &ConversationKey) -> Result<Option<Ticket>, RunError> {
        let Some(view) = self.look(key).await? else { return Ok(None) };
        let conversation = self.inner().store.conversation(key).await?;
        let stored = conversation.and_then(|conversation| conversation.session);
        let page = view.session.page(&view.bot, self.inner().now());
        let (Some(stored), Some(page)) = (stored, page) else { return Ok(None) };
        let session = hex(stored.id);
        Ok(Some(Ticket { conversation: key.clone(), session, attempt: page.attempt }))
    }

    async fn page_of(&self, ticket: &Ticket, browser: Option<u128>) -> Result<Option<LoginPage>, RunError> {
        let key = &ticket.conversation;
        let runner = self.inner();
        let conversation = runner.store.conversation(key).await?;
        let stored = conversation.and_then(|conversation| conversation.session);
        let Some(id) = stored.map(|stored| stored.id).filter(|id| hex(*id) == ticket.session) else {
            return Ok(None);
        };
        let Some(view) = self.look(key).await? else { return Ok(None) };
        let Some(page) = view.session.page(&view.bot, runner.now()) else { return Ok(None) };
        if page.attempt != ticket.attempt {
            return Ok(None);
        }
        let mine = page.browser != 0 && browser == Some(page.browser);
        let shows = match page.stage {
            PageStage::Asks { questions, refused } => PageShows::Questions {
                questions: questions
                    .into_iter()
                    .map(|question| PageField {
                        text: question.text,
                        kind: question.kind.clone(),
                        secret: question.secret,
                        problem: question.problem.filter(|_| mine),
                    })
                    .collect(),
                refused: refused && mine,
            },
            PageStage::Calls if mine => PageShows::Working,
            PageStage::ShowsDigits if mine => {
                let names = runner.vault.names()?;
                let Some(names) = names.first() else { return Ok(None) };
                PageShows::Digits(digits(names, key, id, page.attempt, page.browser))
            }
            PageStage::Calls | PageStage::ShowsDigits => return Ok(None),
        };
        Ok(Some(LoginPage {
            bot: view.bot.title.clone(),
            channel: view.session.channel(),
            address: key.address.clone(),
            language: page.language.to_owned(),
            shows,
        }))
    }

    /// Whether nothing is under way in a conversation.
    async fn is_settled(&self, key: &ConversationKey) -> Result<bool, RunError> {
        let pending = self.inner().store.pending(key).await?;
        if pending.inbox > 0 || pending.calls > 0 {
            return Ok(false);
        }
        let view = self.look(key).await?;
        Ok(view.is_none_or(|view| !matches!(view.status(), Status::Calling(_))))
    }
}

/// The browser of a terminal.
const TERMINAL: u128 = 1;

impl Inner {
    /// A delivery as the channel gets it: a login page is a link, once it is written down where the link leads.
    pub(crate) async fn with_link(
        &self,
        key: &ConversationKey,
        delivery: &Delivery,
        created_at: Timestamp,
    ) -> Result<Option<Delivery>, SendError> {
        let Delivery::Page { session, attempt, text, label } = delivery else { return Ok(None) };
        let Some(base) = self.registry.login_pages() else { return Ok(None) };
        let now = self.now();
        let expires_at = created_at.plus(LINK_LIFE);
        if expires_at <= now {
            return Err(SendError::Never { code: None });
        }
        let later = |_| SendError::Later { after: None, done: 0, code: None };
        let ticket = self.make_ticket(key, *session, *attempt).map_err(later)?;
        let ids = self.ticket_ids(&ticket).map_err(later)?;
        let leads = Ticket { conversation: key.clone(), session: hex(*session), attempt: *attempt };
        let value = RecordValue {
            body: serde_json::to_vec(&leads).unwrap_or_default(),
            alias: None,
            expires_at: Some(expires_at),
        };
        let write = ids.into_iter().take(1).map(|id| RecordWrite {
            key: RecordKey { workspace: None, kind: KIND, id },
            expected: Expected::Anything,
            value: Some(value.clone()),
        });
        let later = |_: ChangeError| SendError::Later { after: None, done: 0, code: None };
        self.store.change(write.collect(), Vec::new(), now).await.map_err(later)?;
        let url = format!("{base}/login/{ticket}");
        Ok(Some(Delivery::Say(OutMessage::Link { text: text.clone(), label: label.clone(), url })))
    }

    /// Says of a reply whether it is the digits of the page that the session waits for.
    pub(crate) fn with_digits(
        &self,
        key: &ConversationKey,
        id: SessionId,
        session: &Session,
        input: Input,
    ) -> Result<Input, SealError> {
        let (Input::Reply(reply), Some((attempt, browser))) = (&input, session.awaits_digits()) else {
            return Ok(input);
        };
        let typed = match &reply.content {
            Content::Text(text) | Content::Digits(text) => {
                let kept = text.expose().chars().filter(|c| !c.is_whitespace() && *c != '-');
                SecretText::new(kept.collect())
            }
            _ => return Ok(input),
        };
        let names = self.vault.names()?;
        let right = names.iter().any(|names| typed == digits(names, key, id, attempt, browser).into());
        match input {
            Input::Reply(reply) => Ok(digits_input(reply, right)),
            other => Ok(other),
        }
    }

    async fn ticket(&self, ticket: &str) -> Result<Option<Ticket>, RunError> {
        // Nobody looks for what cannot be one.
        if ticket.len() != 43 {
            return Ok(None);
        }
        let now = self.now();
        for id in self.ticket_ids(ticket)? {
            let key = RecordKey { workspace: None, kind: KIND, id };
            if let Some(record) = self.store.record(&key, now).await? {
                return Ok(serde_json::from_slice(&record.body).ok());
            }
        }
        Ok(None)
    }

    fn make_ticket(
        &self,
        key: &ConversationKey,
        session: SessionId,
        attempt: u32,
    ) -> Result<String, SealError> {
        let names = self.vault.names()?;
        let hash = names.first().map(|names| {
            let parts = [key.channel.as_str(), &key.address, &hex(session), &attempt.to_string()];
            URL_SAFE_NO_PAD.encode(names.pseudonym(&key.workspace, "login/ticket", &parts).as_bytes())
        });
        Ok(hash.unwrap_or_default())
    }

    /// Under which ids a ticket may stand; under the first of them a new one is written.
    fn ticket_ids(&self, ticket: &str) -> Result<Vec<String>, SealError> {
        let Ok(all) = KIND.parse::<Name>() else { return Ok(Vec::new()) };
        let names = self.vault.names()?;
        let id = |names: &Pseudonymizer| names.pseudonym(&all, "login/ticket-id", &[ticket]).to_string();
        Ok(names.iter().map(id).collect())
    }
}

fn digits_input(reply: Reply, right: bool) -> Input {
    Input::Digits { reply, right }
}

/// The six digits of a page.
fn digits(
    names: &Pseudonymizer,
    key: &ConversationKey,
    session: SessionId,
    attempt: u32,
    browser: u128,
) -> String {
    let parts =
        [key.channel.as_str(), &key.address, &hex(session), &attempt.to_string(), &format!("{browser:x}")];
    let hash = names.pseudonym(&key.workspace, "login/digits", &parts);
    let number = hash.as_bytes()[..8].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:06}", number % 1_000_000)
}

fn hex(session: SessionId) -> String {
    format!("{:032x}", session.0)
}

fn session_id(hex: &str) -> Option<SessionId> {
    u128::from_str_radix(hex, 16).ok().map(SessionId)
}
