use std::collections::BTreeMap;

/// What the bank has seen. Requests are counted when they arrive, before a fault can swallow them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Logins that got a token, of every kind.
    pub logins_ok: u64,
    /// Logins with a wrong name, password, PIN or code.
    pub logins_refused: u64,
    /// Logins that did not say what they must.
    pub logins_malformed: u64,
    /// Refresh tokens exchanged for new ones.
    pub refreshes_ok: u64,
    /// Refresh tokens that were unknown, used, revoked or too old.
    pub refreshes_refused: u64,
    /// Sessions that ended by `/logout`.
    pub logouts: u64,
    /// Codes sent to a phone.
    pub codes_sent: u64,
    /// API calls that came with a good token.
    pub api_calls: u64,
    /// API calls whose token was missing or dead.
    pub api_refused: u64,
    /// Transfers that moved money. A repeated one with the same key counts once.
    pub transfers: u64,
    /// Faults that took effect.
    pub faults: u64,
    /// The last login request, whatever came of it.
    pub last_login: Option<Seen>,
    /// The last other request.
    pub last_api: Option<Seen>,
    /// Where the last API call carried its token.
    pub last_token: Option<TokenPlace>,
    requests: BTreeMap<String, u64>,
}

/// How a request looked. Never holds a value that somebody sent as a credential.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The method, in capitals.
    pub method: String,
    /// The path without the query.
    pub path: String,
    /// The names in the query, in their order.
    pub query_names: Vec<String>,
    /// `Content-Type`, when there was one.
    pub content_type: Option<String>,
    /// `Accept`, when there was one.
    pub accept: Option<String>,
    /// `User-Agent`, when there was one.
    pub user_agent: Option<String>,
    /// `Idempotency-Key`, when there was one.
    pub idempotency_key: Option<String>,
}

/// Where a call carried its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPlace {
    /// `Authorization: Bearer`.
    Header,
    /// `?token=`.
    Query,
    /// The field `token` of a JSON body.
    Body,
}

impl Stats {
    /// How many requests with this method came for exactly this path.
    pub fn requests(&self, method: &str, path: &str) -> u64 {
        self.requests.get(&format!("{method} {path}")).copied().unwrap_or(0)
    }

    /// How many logins were judged, of every kind and outcome.
    pub fn logins(&self) -> u64 {
        self.logins_ok + self.logins_refused + self.logins_malformed
    }

    pub(crate) fn arrived(&mut self, seen: Seen) {
        let name = format!("{} {}", seen.method, seen.path);
        // Whoever asks for ever new paths does not fill the memory.
        if self.requests.len() < 1000 || self.requests.contains_key(&name) {
            *self.requests.entry(name).or_default() += 1;
        }
        let is_login = matches!(
            seen.path.as_str(),
            "/login" | "/login/plain" | "/login/pin" | "/oauth/token" | "/code/login"
        );
        *(if is_login { &mut self.last_login } else { &mut self.last_api }) = Some(seen);
    }
}
