//! What is not stopped: the provider, the company and the users. They write down all that they see.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use aws_lc_rs::hmac;
use countersign_load::http::{Connection, Message, answer, serve};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc, watch};

pub(crate) const APP_SECRET: &str = "crash-secret";
pub(crate) const NUMBER_ID: &str = "100000001";

/// A message that the bot sent, as the provider took it.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// In which life of the server.
    pub(crate) life: u64,
    /// What it says.
    pub(crate) text: String,
}

/// Everything that was seen.
#[derive(Default)]
pub(crate) struct History {
    /// Messages of users that were acknowledged, by user, in order.
    pub(crate) acknowledged: HashMap<String, Vec<String>>,
    /// Messages of the bot, by user, in order.
    pub(crate) sent: HashMap<String, Vec<Sent>>,
    /// Passwords as the auth service received them, and how often.
    pub(crate) submitted: HashMap<String, u32>,
    /// Calls with the token of somebody else.
    pub(crate) mixed_up: u32,
    /// Webhooks of the provider that were sent again, because the answer did not come.
    pub(crate) repeated: u32,
    /// Webhooks that the server did not take, because it could not keep them.
    pub(crate) refused: u32,
}

pub(crate) struct World {
    pub(crate) history: RefCell<History>,
    /// Where the server listens while it runs.
    pub(crate) hook: watch::Sender<Option<SocketAddr>>,
    pub(crate) life: Cell<u64>,
    /// Counts what happens, to stop the server in the middle of it.
    pub(crate) events: Cell<u64>,
    pub(crate) happened: Notify,
    /// Whether the company reads requests and never answers.
    pub(crate) hangs: Cell<bool>,
    users: RefCell<HashMap<String, mpsc::UnboundedSender<String>>>,
    key: hmac::Key,
}

impl World {
    /// The world with the addresses of the provider and the company.
    pub(crate) async fn new() -> (Rc<Self>, String, String) {
        let world = Rc::new(Self {
            history: RefCell::default(),
            hook: watch::channel(None).0,
            life: Cell::new(0),
            events: Cell::new(0),
            happened: Notify::new(),
            hangs: Cell::new(false),
            users: RefCell::default(),
            key: hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes()),
        });
        let provider = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let company = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (provider_url, company_url) = (url(&provider), url(&company));
        let taking = world.clone();
        serve(provider, move |request| std::future::ready(taking.take(&request)));
        let working = world.clone();
        serve(company, move |request| {
            let (answer, working) = (working.work(&request), working.clone());
            async move {
                if working.hangs.get() {
                    // It has read the request, and says nothing.
                    std::future::pending::<()>().await;
                }
                answer
            }
        });
        (world, provider_url, company_url)
    }

    fn event(&self) {
        self.events.set(self.events.get() + 1);
        self.happened.notify_waiters();
    }

    /// The provider takes a message of the bot.
    fn take(&self, request: &Message) -> Vec<u8> {
        let message: Value = serde_json::from_slice(request.body()).unwrap();
        let to = message["to"].as_str().unwrap().to_owned();
        let text = message["text"]["body"].as_str().unwrap().to_owned();
        let mut history = self.history.borrow_mut();
        let sent = history.sent.entry(to.clone()).or_default();
        let life = request.first_line()[1].split('/').nth(2).and_then(|life| life.parse().ok()).unwrap();
        sent.push(Sent { life, text: text.clone() });
        let id = format!("wamid.{to}.{}", sent.len());
        if let Some(user) = self.users.borrow().get(&to) {
            let _ = user.send(text);
        }
        self.event();
        answer(200, &json!({ "messages": [{ "id": id }] }).to_string())
    }

    /// The company logs users in and tells whose token it was given.
    fn work(&self, request: &Message) -> Vec<u8> {
        self.event();
        let [method, path, _] = request.first_line();
        if (method, path) == ("POST", "/auth") {
            let form: Value = serde_json::from_slice(request.body()).unwrap();
            let password = form["password"].as_str().unwrap().to_owned();
            if password.starts_with("p-") {
                *self.history.borrow_mut().submitted.entry(password).or_default() += 1;
            }
            let username = form["username"].as_str().unwrap();
            // What a user wrote who answered a question that came again is no user name.
            let Some((number, _)) = username.split_once('x') else { return answer(401, "{}") };
            return answer(200, &json!({ "token": format!("token-of-{number}") }).to_string());
        }
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer token-of-"));
        let of = path.split_once("of=").map_or("", |(_, of)| of.trim_start_matches("%2B"));
        let Some(owner) = token else { return answer(401, "{}") };
        if owner != of {
            self.history.borrow_mut().mixed_up += 1;
        }
        answer(200, &json!({ "owner": owner }).to_string())
    }

    /// A user begins to listen.
    pub(crate) fn join(&self, number: &str) -> mpsc::UnboundedReceiver<String> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.users.borrow_mut().insert(number.to_owned(), sender);
        receiver
    }

    /// The provider sends a user's message until it is acknowledged, as providers do.
    pub(crate) async fn say(&self, number: &str, id: &str, text: &str) {
        let body = json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": "1", "changes": [{ "field": "messages", "value": {
                "messaging_product": "whatsapp",
                "metadata": { "display_phone_number": "15550100", "phone_number_id": NUMBER_ID },
                "contacts": [{ "profile": { "name": "User" }, "wa_id": number }],
                "messages": [{ "from": number, "id": format!("wamid.{number}.{id}"), "type": "text",
                    "text": { "body": text } }],
            } }] }],
        })
        .to_string();
        let tag: String = hmac::sign(&self.key, body.as_bytes())
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let webhook = format!(
            "POST /hooks/wa HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nx-hub-signature-256: sha256={tag}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut hook = self.hook.subscribe();
        loop {
            let address = *hook.borrow_and_update();
            let status = match address {
                Some(address) => post(address, webhook.as_bytes()).await,
                None => None,
            };
            if status == Some(200) {
                self.history
                    .borrow_mut()
                    .acknowledged
                    .entry(number.to_owned())
                    .or_default()
                    .push(text.to_owned());
                return;
            }
            self.history.borrow_mut().repeated += 1;
            if let Some(status) = status {
                assert_eq!(status, 503, "a webhook that is right was refused");
                self.history.borrow_mut().refused += 1;
                self.happened.notify_waiters();
                // The provider waits a little, as providers do.
                tokio::time::sleep(Duration::from_millis(20)).await;
            } else if hook.has_changed().is_ok_and(|changed| !changed) {
                // It was stopped while it read: again when it is back.
                hook.changed().await.unwrap();
            }
        }
    }
}

async fn post(to: SocketAddr, webhook: &[u8]) -> Option<u16> {
    let mut connection = Connection::open(to).await.ok()?;
    connection.write(webhook).await.ok()?;
    let answer = connection.read().await.ok()??;
    answer.first_line()[1].parse().ok()
}

fn url(listener: &TcpListener) -> String {
    format!("http://{}", listener.local_addr().unwrap())
}
