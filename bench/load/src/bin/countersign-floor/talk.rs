//! The conversation: hi, user name, password, balance, balance, bye.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use anyhow::{Context as _, Result};
use hyper::StatusCode;
use serde_json::{Value, json};

use crate::Settings;
use crate::calls::Peer;
use crate::store::{Row, Store};
use crate::webhook::{Message, Webhook};

/// Everything that a turn needs.
pub(crate) struct Talk {
    users: RefCell<HashMap<Box<str>, User>>,
    store: Store,
    company: Peer,
    provider: Peer,
    send: String,
    access_token: String,
    sent: Cell<u64>,
}

/// How far a user has come. Who is not known has said nothing yet, or good-bye.
#[derive(Clone)]
enum User {
    Named,
    Asked { name: String },
    LoggedIn { token: Rc<str> },
}

/// What a message leads to.
enum Next {
    Say(Option<User>, String),
    LogIn { name: String, password: String },
    Balance { token: Rc<str> },
}

impl Talk {
    pub(crate) fn open(settings: &Settings) -> Result<Self> {
        Ok(Self {
            users: RefCell::default(),
            store: Store::open(settings.text("store")?)?,
            company: Peer::new(settings.address("company_url")?),
            provider: Peer::new(settings.address("api_url")?),
            send: format!("/v23.0/{}/messages", settings.text("phone_number_id")?),
            access_token: settings.text("access_token")?.to_owned(),
            sent: Cell::new(0),
        })
    }

    /// Takes a webhook in, and gives the status of its answer when what it says is on disk.
    pub(crate) async fn hear(self: &Rc<Self>, body: &[u8]) -> StatusCode {
        let Some(webhook) = Webhook::read(body) else { return StatusCode::BAD_REQUEST };
        for happened in webhook.happened() {
            for message in happened.messages {
                self.turn(message).await;
            }
            let statuses = happened.statuses.into_iter();
            let rows: Vec<_> =
                statuses.map(|said| Row::Status(said.id.into_owned(), said.status.into_owned())).collect();
            if !rows.is_empty() {
                self.store.keep(rows).await;
            }
        }
        StatusCode::OK
    }

    async fn turn(self: &Rc<Self>, message: Message<'_>) {
        let inbound = Row::Inbound(message.id.into_owned());
        let number: Box<str> = message.from.into();
        let next = next(self.users.borrow().get(&number), &message.text.body);
        match next {
            Next::Say(user, text) => {
                let (mut rows, sent) = self.said(&number, user, &text);
                rows.push(inbound);
                self.store.keep(rows).await;
                let talk = self.clone();
                tokio::task::spawn_local(async move { talk.say(&number, &text, sent).await });
            }
            calling => {
                self.store.keep(vec![inbound]).await;
                let talk = self.clone();
                tokio::task::spawn_local(async move {
                    let (user, text) = match talk.call(calling).await {
                        Ok(done) => done,
                        Err(_) => (None, "That did not work.".to_owned()),
                    };
                    let (rows, sent) = talk.said(&number, user, &text);
                    talk.store.keep(rows).await;
                    talk.say(&number, &text, sent).await;
                });
            }
        }
    }

    async fn call(&self, next: Next) -> Result<(Option<User>, String)> {
        match next {
            Next::Say(user, text) => Ok((user, text)),
            Next::LogIn { name, password } => {
                let form = json!({ "username": name, "password": password }).to_string();
                let answer = self.company.call("POST", "/auth", "", form).await?;
                let answer: Value = serde_json::from_slice(&answer)?;
                let token = answer["data"]["token"].as_str().context("no token")?.into();
                Ok((Some(User::LoggedIn { token }), "You are logged in.".to_owned()))
            }
            Next::Balance { token } => {
                let answer = self.company.call("GET", "/balance", &token, String::new()).await?;
                let answer: Value = serde_json::from_slice(&answer)?;
                let text = format!(
                    "You have {} {}.",
                    answer["balance"],
                    answer["currency"].as_str().context("no currency")?
                );
                Ok((Some(User::LoggedIn { token }), text))
            }
        }
    }

    /// What a turn changes: the user in memory now, and the rows for the disk.
    fn said(&self, number: &str, user: Option<User>, text: &str) -> (Vec<Row>, u64) {
        let sent = self.sent.get() + 1;
        self.sent.set(sent);
        let mut users = self.users.borrow_mut();
        let state = match &user {
            None => String::from("{}"),
            Some(User::Named) => json!({ "stage": "name" }).to_string(),
            Some(User::Asked { name }) => json!({ "stage": "password", "name": name }).to_string(),
            Some(User::LoggedIn { token }) => json!({ "stage": "in", "token": &**token }).to_string(),
        };
        match user {
            Some(user) => users.insert(number.into(), user),
            None => users.remove(number),
        };
        (vec![Row::State(number.into(), state), Row::Out(sent, number.into(), text.into())], sent)
    }

    async fn say(&self, number: &str, text: &str, sent: u64) {
        let body = json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": number, "type": "text",
            "text": { "preview_url": false, "body": text },
        });
        if self.provider.call("POST", &self.send, &self.access_token, body.to_string()).await.is_ok() {
            self.store.delivered(sent);
        }
    }
}

fn next(user: Option<&User>, text: &str) -> Next {
    match (user, text) {
        (_, "bye") => Next::Say(None, "Good bye.".to_owned()),
        (Some(User::Named), name) => {
            Next::Say(Some(User::Asked { name: name.to_owned() }), "What is your password?".to_owned())
        }
        (Some(User::Asked { name }), password) => {
            Next::LogIn { name: name.clone(), password: password.to_owned() }
        }
        (Some(User::LoggedIn { token }), _) => Next::Balance { token: token.clone() },
        (None, _) => Next::Say(Some(User::Named), "What is your username?".to_owned()),
    }
}
