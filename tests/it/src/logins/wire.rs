//! The network as a test sees it: the real client, what went through it, and how long somebody waits.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use countersign_egress::{Client, EgressError, MaybeSent, OutgoingRequest, Policy, Sending, Transport};

/// Carries requests over real HTTP and keeps a copy of each.
pub(crate) struct Wire {
    client: Mutex<std::sync::Arc<Client>>,
    policy: Mutex<Policy>,
    patience: Option<Duration>,
    sent: Mutex<Vec<Sent>>,
}

/// A request as it went out, with all its secrets. Made up people's only.
#[derive(Clone)]
pub(crate) struct Sent {
    method: &'static str,
    path: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    /// As text.
    pub(crate) body: String,
}

impl Wire {
    /// To these servers and no others. `patience` shortens every wait, so that a test of a silent server is quick.
    pub(crate) fn to(addr: SocketAddr, patience: Option<Duration>) -> Self {
        let policy = Policy { allow: vec![allowed(addr)], ..Policy::default() };
        let client = std::sync::Arc::new(Client::new(policy.clone()).unwrap());
        Self { client: Mutex::new(client), policy: Mutex::new(policy), patience, sent: Mutex::default() }
    }

    /// Allows another server.
    pub(crate) fn allow(&self, addr: SocketAddr) {
        let mut policy = locked(&self.policy);
        policy.allow.push(allowed(addr));
        *locked(&self.client) = std::sync::Arc::new(Client::new(policy.clone()).unwrap());
    }

    /// What may be called.
    pub(crate) fn policy(&self) -> Policy {
        locked(&self.policy).clone()
    }

    /// The requests with this method for exactly this path, in order.
    pub(crate) fn sent(&self, method: &str, path: &str) -> Vec<Sent> {
        let all = locked(&self.sent);
        all.iter().filter(|sent| sent.method == method && sent.path == path).cloned().collect()
    }
}

impl Sent {
    /// A header line.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Transport for Wire {
    fn send<'a>(&'a self, request: &'a OutgoingRequest) -> Sending<'a> {
        let url = url::Url::parse(request.url().expose()).unwrap();
        let headers = request.headers().iter().map(|(name, value)| (name.clone(), value.expose().to_owned()));
        let body = request.body().map(|body| body.expose().to_owned()).unwrap_or_default();
        let sent = Sent {
            method: request.method().name(),
            path: url.path().to_owned(),
            headers: headers.collect(),
            body,
        };
        locked(&self.sent).push(sent);
        let client = locked(&self.client).clone();
        let patience = self.patience.unwrap_or(request.timeout());
        Box::pin(async move {
            let late = || EgressError::MaybeSent {
                origin: request.origin().clone(),
                cause: MaybeSent::Deadline(patience),
            };
            tokio::time::timeout(patience, client.send(request)).await.unwrap_or_else(|_| Err(late()))
        })
    }
}

fn allowed(addr: SocketAddr) -> countersign_egress::Allow {
    addr.to_string().parse().unwrap()
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
