//! The company: an auth service and an API. A token holds the user's name under a seal, so the API knows whose it is.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use aws_lc_rs::hmac;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use countersign_load::http::{Message, answer, serve};

const KEY: &[u8] = b"the key of the company";

/// What the company has seen.
#[derive(Default)]
pub(crate) struct Company {
    /// Logins and calls that were refused: nobody here sends a wrong password.
    pub(crate) refused: Cell<u64>,
    /// How long every request takes.
    pub(crate) delay: Cell<Duration>,
    /// Requests that are being answered, and the most that were so at once.
    pub(crate) under_way: Cell<[u64; 2]>,
}

/// The password of a user.
pub(crate) fn password(user: &str) -> String {
    format!("p-{user}")
}

/// The balance of a user, as the API writes it.
pub(crate) fn balance(user: &str) -> String {
    let number: u64 = user.trim_start_matches('u').parse().unwrap_or_default();
    format!("{}.{:02}", 1000 + number * 7 % 90_000, number % 100)
}

impl Company {
    /// Starts to listen there; gives the address.
    pub(crate) async fn start(self: &Rc<Self>, at: &str) -> Result<String> {
        let listener = TcpListener::bind(at).await?;
        let address = format!("http://{}", listener.local_addr()?);
        let company = self.clone();
        let key = Rc::new(hmac::Key::new(hmac::HMAC_SHA256, KEY));
        serve(listener, move |request| {
            let (company, key) = (company.clone(), key.clone());
            async move {
                let said = company.answer(&request, &key);
                let delay = company.delay.get();
                if !delay.is_zero() {
                    let [now, most] = company.under_way.get();
                    company.under_way.set([now + 1, most.max(now + 1)]);
                    tokio::time::sleep(delay).await;
                    let [now, most] = company.under_way.get();
                    company.under_way.set([now - 1, most]);
                }
                said
            }
        });
        Ok(address)
    }

    fn answer(&self, request: &Message, key: &hmac::Key) -> Vec<u8> {
        let answered = match request.first_line() {
            ["POST", "/auth", _] => login(request.body(), key),
            ["GET", "/balance", _] => request.header("authorization").and_then(|value| {
                let user = owner(value.strip_prefix("Bearer ")?, key)?;
                Some(format!(r#"{{"balance":{},"currency":"EUR"}}"#, balance(&user)))
            }),
            _ => None,
        };
        match answered {
            Some(body) => answer(200, &body),
            None => {
                self.refused.set(self.refused.get() + 1);
                answer(401, r#"{"error":"unauthorized"}"#)
            }
        }
    }
}

fn login(body: &[u8], key: &hmac::Key) -> Option<String> {
    let form: Value = serde_json::from_slice(body).ok()?;
    let user = form["username"].as_str()?;
    (form["password"].as_str()? == password(user)).then(|| {
        json!({ "data": { "token": token(user, key), "kind": "bearer" }, "expires_in": 86_400 }).to_string()
    })
}

/// The token of a user.
pub(crate) fn token_of(user: &str) -> String {
    token(user, &hmac::Key::new(hmac::HMAC_SHA256, KEY))
}

/// As long as the tokens of auth services usually are: 330 bytes.
fn token(user: &str, key: &hmac::Key) -> String {
    let tag = hmac::sign(key, user.as_bytes());
    let tag: String = tag.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{user}.{tag}.{:0>width$}", "", width = 330 - user.len() - tag.len() - 2)
}

fn owner(token: &str, key: &hmac::Key) -> Option<String> {
    let user = token.split('.').next()?;
    (self::token(user, key) == token).then(|| user.to_owned())
}
