use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_model::Timestamp;
use tokio::sync::watch;
use url::Url;

use crate::call::Call;
use crate::dialect::{Accepted, Dialect, Order, Scene, dialect};
use crate::fault::{Fault, Rule, Trouble, next_fault};
use crate::history::{Open, Record, SendRecord};
use crate::line::{Account, Line};
use crate::person::{Person, Standing};
use crate::phone::{Phone, phone};
use crate::sent::{Content, ReceiptState, Sent, SentKind};
use crate::server::NoAnswer;
use crate::standins::{Shared, StandinError};
use crate::user::{Delivery, User};
use crate::wire::{Reply, Request};

/// One line, as a test holds it. Copies are the same line.
#[derive(Clone)]
pub struct LineHandle {
    pub(crate) shared: Arc<Shared>,
    pub(crate) line: Arc<LineState>,
}

/// A line.
pub(crate) struct LineState {
    pub(crate) id: String,
    pub(crate) account: Account,
    pub(crate) hook_url: Url,
    pub(crate) public_url: String,
    pub(crate) dialect: Box<dyn Dialect>,
    pub(crate) phone: Option<Box<dyn Phone>>,
    book: Mutex<Book>,
    /// Webhooks that are being sent again.
    pub(crate) outstanding: watch::Sender<usize>,
}

/// What changes in a line.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) desks: HashMap<String, Desk>,
    /// From an address to the user's key.
    by_address: HashMap<String, String>,
    /// From the id of a user's message to the user's key.
    heard: HashMap<String, String>,
    faults: Vec<Rule>,
    pub(crate) trouble: Trouble,
    /// A webhook that waits to be overtaken.
    pub(crate) held: Option<Arc<Delivery>>,
}

/// One user on a line.
pub(crate) struct Desk {
    pub(crate) person: Person,
    pub(crate) standing: Standing,
    pub(crate) sent: Vec<Arc<Sent>>,
    /// Counts what was sent.
    pub(crate) changed: watch::Sender<u64>,
    /// How much of it [`LineHandle::next_from_bot`] has given.
    taken: usize,
    pub(crate) last: Option<Arc<Delivery>>,
    pub(crate) call: Option<Arc<Call>>,
}

impl LineState {
    pub(crate) fn open(line: Line) -> Result<Self, StandinError> {
        let Line { id, account, hook_url, public_hook_url } = line;
        let parsed = Url::parse(&hook_url).ok().filter(|url| url.scheme() == "http");
        let parsed = parsed.ok_or_else(|| StandinError::HookUrl(hook_url.clone()))?;
        Ok(Self {
            dialect: dialect(&account),
            phone: phone(&account),
            id,
            account,
            public_url: public_hook_url.unwrap_or(hook_url),
            hook_url: parsed,
            book: Mutex::default(),
            outstanding: watch::Sender::new(0),
        })
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// The desk of a user, opened when there is none.
    pub(crate) fn desk(&mut self, key: &str, dialect: &dyn Dialect) -> &mut Desk {
        if !self.desks.contains_key(key) {
            let mut person = Person::new(key);
            let addresses = dialect.addresses(&person);
            person.address = addresses.first().cloned().unwrap_or_default();
            for address in addresses {
                self.by_address.insert(address, key.to_owned());
            }
            let desk = Desk {
                person,
                standing: Standing::default(),
                sent: Vec::new(),
                changed: watch::Sender::new(0),
                taken: 0,
                last: None,
                call: None,
            };
            self.desks.insert(key.to_owned(), desk);
        }
        match self.desks.get_mut(key) {
            Some(desk) => desk,
            None => unreachable!("the desk was opened just now"),
        }
    }

    /// Notes that the user's message has this id.
    pub(crate) fn hear(&mut self, id: &str, key: &str) {
        self.heard.insert(id.to_owned(), key.to_owned());
    }

    fn key_of(&self, address: &str) -> Option<String> {
        self.by_address.get(address).cloned()
    }
}

impl Desk {
    pub(crate) fn put(&mut self, mut sent: Sent) -> Arc<Sent> {
        sent.index = self.sent.len() as u64 + 1;
        let sent = Arc::new(sent);
        self.sent.push(sent.clone());
        self.changed.send_replace(sent.index);
        sent
    }
}

impl LineHandle {
    /// The line's name.
    pub fn id(&self) -> &str {
        &self.line.id
    }

    /// The account.
    pub fn account(&self) -> &Account {
        &self.line.account
    }

    /// What the bot's server is told as the address of the provider's API.
    pub fn api_url(&self) -> String {
        format!("http://{}/{}", self.shared.addr, self.line.id)
    }

    /// A user. A number (`+15550100`) stands for itself; any other name gets a number and an id of its own.
    pub fn user(&self, name: &str) -> User {
        self.line.book().desk(name, self.line.dialect.as_ref());
        User { handle: self.clone(), key: name.to_owned() }
    }

    /// Everything that a user was sent, typing and deletions included.
    pub fn sent_to(&self, name: &str) -> Vec<Arc<Sent>> {
        self.line.book().desks.get(name).map(|desk| desk.sent.clone()).unwrap_or_default()
    }

    /// The next thing that the bot says to a user, in order and each once; `None` when nothing comes in time.
    pub async fn next_from_bot(&self, name: &str, patience: Duration) -> Option<Arc<Sent>> {
        let mut changed = self.user(name).changed();
        let next = async {
            loop {
                changed.mark_unchanged();
                {
                    let mut book = self.line.book();
                    let desk = book.desks.get_mut(name)?;
                    while let Some(sent) = desk.sent.get(desk.taken).cloned() {
                        desk.taken += 1;
                        if sent.kind.is_said() {
                            return Some(sent);
                        }
                    }
                }
                changed.changed().await.ok()?;
            }
        };
        tokio::time::timeout(patience, next).await.ok().flatten()
    }

    /// The next `times` messages to anybody meet this fault.
    pub fn fault(&self, fault: Fault, times: usize) {
        self.line.book().faults.push(Rule { fault, left: times, user: None });
    }

    /// The next `times` messages to this user meet this fault.
    pub fn fault_for(&self, name: &str, fault: Fault, times: usize) {
        self.line.book().faults.push(Rule { fault, left: times, user: Some(name.to_owned()) });
    }

    /// Faults that have not happened yet do not happen.
    pub fn clear_faults(&self) {
        self.line.book().faults.clear();
    }

    /// What is unusual about webhooks from now on. One that was held back is sent after the next.
    pub fn trouble(&self, trouble: Trouble) {
        self.line.book().trouble = trouble;
    }

    /// What went over the wire on this line.
    pub fn history(&self) -> Vec<Record> {
        let records = self.shared.history.records().into_iter();
        records.filter(|record| record.line() == self.line.id).collect()
    }

    /// Ends when no webhook is being repeated any more.
    pub async fn settled(&self) {
        // The sender lives as long as the line.
        let _ = self.line.outstanding.subscribe().wait_for(|left| *left == 0).await;
    }

    pub(crate) fn scene(&self, now: Timestamp) -> Scene<'_> {
        Scene { now, mint: &self.shared.mint, public_url: &self.line.public_url }
    }

    /// Takes a request of the bot.
    pub(crate) async fn take(&self, request: &Request<'_>) -> Result<Reply, NoAnswer> {
        match self.line.dialect.read(request) {
            Err(reply) => {
                let open = self.begin(String::new(), None, "");
                Ok(self.finish(open, reply, None))
            }
            Ok(Order::Nothing(reply)) => Ok(reply),
            Ok(Order::Signal { kind, to, id, reply }) => Ok(self.signal(kind, &to, id, reply)),
            Ok(Order::HangUp { call, reply, unknown }) => Ok(self.hang_up(&call, reply, unknown)),
            Ok(Order::Say { to, content, parts }) => self.say(&to, content, parts).await,
        }
    }

    async fn say(&self, to: &str, content: Content, parts: usize) -> Result<Reply, NoAnswer> {
        let now = self.shared.now();
        let dialect = self.line.dialect.as_ref();
        let (key, refused, fault) = {
            let mut book = self.line.book();
            let known = book.key_of(to);
            let standing = known.as_ref().and_then(|key| book.desks.get(key)).map(|desk| desk.standing);
            let key = known.unwrap_or_else(|| to.to_owned());
            let refused = dialect.refuses(standing, now);
            let fault = if refused.is_none() { next_fault(&mut book.faults, &key) } else { None };
            (key, refused, fault)
        };
        let open = self.begin(key.clone(), Some(SentKind::Message), &content.text);
        let refused = refused.or_else(|| match &fault {
            Some(Fault::Refuse { code, retry_after }) => Some(dialect.refusal(code, *retry_after)),
            Some(Fault::Status(status)) => Some(Reply {
                content_type: "text/html",
                ..Reply::text(*status, "<html><body><h1>Please come back later</h1></body></html>")
            }),
            _ => None,
        });
        if let Some(reply) = refused {
            return Ok(self.finish(open, reply, None));
        }
        match fault {
            Some(Fault::Break) => {
                self.lose(open, None);
                return Err(NoAnswer);
            }
            Some(Fault::Delay(time)) => tokio::time::sleep(time).await,
            _ => {}
        }
        let (person, sent) = {
            let mut book = self.line.book();
            let desk = book.desk(&key, dialect);
            let id = dialect.message_id(&self.shared.mint);
            let sent = desk.put(content.clone().into_sent(SentKind::Message, id, now));
            (desk.person.clone(), sent)
        };
        let accepted = Accepted { person: &person, to, id: &sent.id, content: &content, parts };
        let reply = dialect.accepted(&self.scene(now), &accepted);
        if self.shared.options.receipts {
            let (user, sent) = (self.user(&key), sent.clone());
            tokio::spawn(async move {
                user.receipt(&sent, ReceiptState::Sent, None).await;
                user.receipt(&sent, ReceiptState::Delivered, None).await;
            });
        }
        match fault {
            Some(Fault::LoseAnswer) => {
                self.lose(open, Some(&sent.id));
                Err(NoAnswer)
            }
            Some(Fault::Garbage) => Ok(self.finish(open, Reply::text(200, "<<<"), Some(&sent.id))),
            _ => Ok(self.finish(open, reply, Some(&sent.id))),
        }
    }

    fn signal(&self, kind: SentKind, to: &str, id: String, reply: Reply) -> Reply {
        let key = {
            let book = self.line.book();
            book.key_of(to).or_else(|| book.heard.get(&id).cloned())
        };
        let open = self.begin(key.clone().unwrap_or_default(), Some(kind), "");
        let Some(key) = key else { return self.finish(open, reply, None) };
        let mut book = self.line.book();
        if kind == SentKind::Deleted && book.heard.get(&id) != Some(&key) {
            drop(book);
            return self.finish(open, self.line.dialect.refusal("undeletable", None), None);
        }
        let content = Content::default();
        book.desk(&key, self.line.dialect.as_ref()).put(content.into_sent(
            kind,
            id.clone(),
            self.shared.now(),
        ));
        drop(book);
        self.finish(open, reply, Some(&id))
    }

    fn hang_up(&self, call: &str, reply: Reply, unknown: Reply) -> Reply {
        let running = {
            let book = self.line.book();
            let calls = book.desks.values().filter_map(|desk| desk.call.clone());
            calls.into_iter().find(|known| known.id == call)
        };
        let open = self.begin(String::new(), Some(SentKind::CallEnded), "");
        match running.filter(|call| call.end("the bot hung up")) {
            Some(call) => {
                let handle = self.clone();
                let id = call.id.clone();
                tokio::spawn(async move { crate::call::ended_by_bot(&handle, &call).await });
                self.finish(open, reply, Some(&id))
            }
            None => self.finish(open, unknown, None),
        }
    }

    fn begin(&self, user: String, kind: Option<SentKind>, text: &str) -> Open {
        self.shared.history.begin(Record::Send(SendRecord {
            began: 0,
            ended: None,
            line: self.line.id.clone(),
            user,
            id: String::new(),
            kind,
            text: text.to_owned(),
            at: self.shared.now(),
            status: None,
            accepted: false,
            code: None,
        }))
    }

    fn finish(&self, open: Open, reply: Reply, accepted: Option<&str>) -> Reply {
        self.shared.history.end(open, |record| {
            if let Record::Send(record) = record {
                record.status = Some(reply.status);
                record.code.clone_from(&reply.code);
                record.accepted = accepted.is_some();
                record.id = accepted.unwrap_or_default().to_owned();
            }
        });
        reply
    }

    fn lose(&self, open: Open, accepted: Option<&str>) {
        self.shared.history.end(open, |record| {
            if let Record::Send(record) = record {
                record.accepted = accepted.is_some();
                record.id = accepted.unwrap_or_default().to_owned();
            }
        });
    }
}
