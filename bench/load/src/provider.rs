//! The provider: takes what the bot sends to users, and writes webhooks with their signatures.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Instant;

use anyhow::Result;
use aws_lc_rs::hmac;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use countersign_load::http::{Connection, Message, answer, serve};

/// The secret with which webhooks are signed.
pub(crate) const APP_SECRET: &str = "the secret of the app";
/// The id of the number of the business.
pub(crate) const NUMBER_ID: &str = "106540352242922";

/// A reply of the bot as the provider took it.
pub(crate) struct Reply {
    /// When.
    pub(crate) at: Instant,
    /// Its text.
    pub(crate) text: String,
    /// The id that it was given.
    pub(crate) id: u64,
}

/// The provider.
pub(crate) struct Provider {
    users: RefCell<HashMap<String, mpsc::UnboundedSender<Reply>>>,
    connections: RefCell<Vec<Connection>>,
    key: hmac::Key,
    sent: Cell<u64>,
    /// Messages to users who wait for none.
    pub(crate) unexpected: Cell<u64>,
    /// Where webhooks go.
    pub(crate) hook: Cell<Option<SocketAddr>>,
}

impl Provider {
    /// Starts to listen; gives the address.
    pub(crate) async fn start() -> Result<(Rc<Self>, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let provider = Rc::new(Self {
            users: RefCell::default(),
            connections: RefCell::default(),
            key: hmac::Key::new(hmac::HMAC_SHA256, APP_SECRET.as_bytes()),
            sent: Cell::default(),
            unexpected: Cell::default(),
            hook: Cell::default(),
        });
        let taking = provider.clone();
        serve(listener, move |request| std::future::ready(taking.take(&request)));
        Ok((provider, address))
    }

    /// A user begins to listen.
    pub(crate) fn join(&self, number: &str) -> mpsc::UnboundedReceiver<Reply> {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.users.borrow_mut().insert(number.to_owned(), sender);
        receiver
    }

    /// A user listens no longer.
    pub(crate) fn leave(&self, number: &str) {
        self.users.borrow_mut().remove(number);
    }

    fn take(&self, request: &Message) -> Vec<u8> {
        let at = Instant::now();
        let Ok(message) = serde_json::from_slice::<Value>(request.body()) else { return answer(400, "{}") };
        let id = self.sent.get() + 1;
        self.sent.set(id);
        let to = message["to"].as_str().unwrap_or_default();
        let text = message["text"]["body"].as_str().unwrap_or_default().to_owned();
        let users = self.users.borrow();
        if users.get(to).is_none_or(|user| user.send(Reply { at, text, id }).is_err()) {
            self.unexpected.set(self.unexpected.get() + 1);
        }
        answer(
            200,
            &format!(
                r#"{{"messaging_product":"whatsapp","contacts":[{{"input":"{to}","wa_id":"{to}"}}],"messages":[{{"id":"wamid.out{id}"}}]}}"#
            ),
        )
    }

    /// A webhook with a message of a user.
    pub(crate) fn message(&self, number: &str, id: &str, text: &str) -> Vec<u8> {
        self.webhook(&format!(
            r#"{{"contacts":[{{"profile":{{"name":"User {number}"}},"wa_id":"{number}"}}],"messages":[{{"from":"{number}","id":"wamid.{id}","timestamp":"{}","text":{{"body":"{text}"}},"type":"text"}}]"#,
            seconds()
        ))
    }

    /// A webhook that tells how far a message of the bot has come.
    pub(crate) fn status(&self, number: &str, id: u64, status: &str) -> Vec<u8> {
        self.webhook(&format!(
            r#"{{"statuses":[{{"id":"wamid.out{id}","status":"{status}","timestamp":"{}","recipient_id":"{number}","pricing":{{"billable":true,"pricing_model":"PMP","category":"service"}}}}]"#,
            seconds()
        ))
    }

    fn webhook(&self, value: &str) -> Vec<u8> {
        let body = format!(
            r#"{{"object":"whatsapp_business_account","entry":[{{"id":"102290129340398","changes":[{{"value":{value},"messaging_product":"whatsapp","metadata":{{"display_phone_number":"15550783881","phone_number_id":"{NUMBER_ID}"}}}},"field":"messages"}}]}}]}}"#
        );
        let tag = hmac::sign(&self.key, body.as_bytes());
        let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!(
            "POST /hooks/wa HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-hub-signature-256: sha256={tag}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }

    /// Sends a webhook and gives the status of the answer.
    pub(crate) async fn post(&self, webhook: &[u8]) -> Result<u16> {
        let hook = self.hook.get().ok_or_else(|| anyhow::anyhow!("there is no server yet"))?;
        let kept = self.connections.borrow_mut().pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => Connection::open(hook).await?,
        };
        connection.write(webhook).await?;
        let answer = connection.read().await?.ok_or_else(|| anyhow::anyhow!("the server hung up"))?;
        let status = answer.first_line()[1].parse()?;
        self.connections.borrow_mut().push(connection);
        Ok(status)
    }

    /// Forgets connections to a server that was stopped.
    pub(crate) fn hang_up(&self) {
        self.connections.borrow_mut().clear();
    }
}

#[expect(clippy::disallowed_methods, reason = "a webhook holds the time at which it is written")]
fn seconds() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}
