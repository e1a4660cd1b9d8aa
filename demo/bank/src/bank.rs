use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_model::Timestamp;
use tokio::sync::watch;

use crate::codes::Codes;
use crate::faults::Faults;
use crate::ledger::Ledger;
use crate::passwords::Passwords;
use crate::random;
use crate::stats::Stats;
use crate::tokens::Tokens;

/// The `client_id` that `/oauth/token` knows.
pub const OAUTH_CLIENT_ID: &str = "countersign-demo";

/// The `client_secret` of [`OAUTH_CLIENT_ID`]. It is public, as everything in the demo bank is.
pub const OAUTH_CLIENT_SECRET: &str = "demo-client-secret";

/// Tells the time; called at every request.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Makes the codes that are sent to phones.
pub type CodeSource = Arc<dyn Fn() -> String + Send + Sync>;

/// How a bank behaves.
#[derive(Clone)]
pub struct BankOptions {
    /// The time that tokens and codes are judged by.
    pub clock: Clock,
    /// How long an access token lives; whole seconds, told as `expires_in`.
    pub token_lifetime: Duration,
    /// How long a refresh token lives, and with it the session.
    pub refresh_lifetime: Duration,
    /// Makes the codes for `/code/send`; six random digits by default.
    pub codes: CodeSource,
    /// Prints each code to stderr, as there is no real phone.
    pub print_codes: bool,
    /// Lets `POST /faults` and `DELETE /faults` switch faults.
    pub allow_fault_switch: bool,
    /// The key that tokens are signed with (HS256); a random one by default.
    pub signing_key: Option<[u8; 32]>,
}

impl BankOptions {
    /// Tokens of 900 seconds, sessions of 30 days, random codes and key, no fault switch over HTTP.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            token_lifetime: Duration::from_secs(900),
            refresh_lifetime: Duration::from_secs(30 * 24 * 60 * 60),
            codes: Arc::new(random::six_digits),
            print_codes: false,
            allow_fault_switch: false,
            signing_key: None,
        }
    }
}

/// The bank: its customers, the tokens that it gave out, and what it has seen. Copies share everything.
#[derive(Clone)]
pub struct Bank(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) options: BankOptions,
    pub(crate) passwords: Passwords,
    pub(crate) tokens: Tokens,
    pub(crate) codes: Codes,
    pub(crate) faults: Faults,
    pub(crate) ledger: Mutex<Ledger>,
    pub(crate) stats: Mutex<Stats>,
    closing: watch::Sender<bool>,
}

impl Bank {
    /// Opens a bank. All people have their first balances.
    pub fn new(options: BankOptions) -> Self {
        let now = (options.clock)();
        let key = options.signing_key.unwrap_or_else(random::bytes);
        Self(Arc::new(Inner {
            passwords: Passwords::new(),
            tokens: Tokens::new(&key, options.token_lifetime, options.refresh_lifetime),
            codes: Codes::default(),
            faults: Faults::default(),
            ledger: Mutex::new(Ledger::opened_at(now)),
            stats: Mutex::default(),
            closing: watch::Sender::new(false),
            options,
        }))
    }

    /// What the bank has seen until now.
    pub fn stats(&self) -> Stats {
        self.0.stats().clone()
    }

    /// The switchboard of the faults.
    pub fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The last code that was sent to `phone`, used or not.
    pub fn last_code(&self, phone: &str) -> Option<String> {
        self.0.codes.last(phone)
    }

    /// Kills every access and refresh token of the person with this username.
    pub fn revoke_all(&self, username: &str) {
        self.0.tokens.revoke_all(username);
    }

    /// Kills every access token of the person with this username; refresh tokens stay good.
    pub fn revoke_access(&self, username: &str) {
        self.0.tokens.revoke_access(username);
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0.options.clock)()
    }

    /// Lets everything end that waits or streams without an end of its own.
    pub(crate) fn close(&self) {
        self.0.closing.send_replace(true);
    }

    /// Ends when [`Bank::close`] was called.
    pub(crate) async fn closed(&self) {
        // An error means that the sender is gone, and with it the bank.
        let _ = self.0.closing.subscribe().wait_for(|closing| *closing).await;
    }
}

impl Inner {
    pub(crate) fn stats(&self) -> MutexGuard<'_, Stats> {
        locked(&self.stats)
    }

    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        locked(&self.ledger)
    }
}

/// A request that panicked must not take the whole bank with it.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
