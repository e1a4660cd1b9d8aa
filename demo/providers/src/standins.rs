use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use countersign_model::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::history::{History, Record};
use crate::ids::Mint;
use crate::line::Line;
use crate::server::{NoAnswer, serve};
use crate::state::{LineHandle, LineState};
use crate::wire::{Reply, Request};

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How the stand-ins behave.
#[derive(Clone)]
pub struct StandinOptions {
    /// Where they listen; a free port of 127.0.0.1 by default.
    pub listen: SocketAddr,
    /// The time that windows and signatures are judged by.
    pub clock: Clock,
    /// Makes the ids. The same seed gives the same ids, so a bot that remembers must be given another one each time.
    pub seed: u64,
    /// How long is waited before each repeat of a webhook that was not acknowledged; no more repeats afterwards. By default
    /// 0.2 s, 1 s, 5 s, 25 s and 2 min. (WhatsApp itself goes on for 7 days.)
    pub repeats: Vec<Duration>,
    /// How long an answer to a webhook is waited for: 15 s by default, as Twilio does.
    pub patience: Duration,
    /// A pause in a call is waited for, but not longer than this: 1 s by default.
    pub longest_pause: Duration,
    /// Whether each accepted message is followed by receipts: sent, delivered.
    pub receipts: bool,
    /// Whether the history is kept; it grows for ever.
    pub keep_history: bool,
}

impl StandinOptions {
    /// With the defaults.
    pub fn new(clock: Clock) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            clock,
            seed: 1,
            repeats: [200, 1000, 5000, 25_000, 120_000].map(Duration::from_millis).to_vec(),
            patience: Duration::from_secs(15),
            longest_pause: Duration::from_secs(1),
            receipts: false,
            keep_history: true,
        }
    }
}

/// Why something cannot be done with a stand-in: a matter of the test that uses it.
#[derive(Debug, thiserror::Error)]
pub enum StandinError {
    /// The operating system gives no port.
    #[error("the stand-ins cannot listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    /// The address of webhooks is none.
    #[error("webhooks cannot be sent to `{0}`; give an address such as http://127.0.0.1:8080/hooks/whatsapp")]
    HookUrl(String),
    /// There is such a line already.
    #[error("there is a line `{0}` already")]
    Taken(String),
    /// The last message of the bot has nothing to tap, or not so much.
    #[error("there is nothing to tap with the number {0}")]
    NothingToTap(usize),
    /// The provider has no such thing.
    #[error("{0} has no way to do that")]
    NotHere(&'static str),
    /// There is no call.
    #[error("no call is running; place one first")]
    NoCall,
    /// Nothing was sent that could be sent again.
    #[error("nothing was sent yet")]
    Nothing,
}

/// The providers. They stop when this is dropped.
pub struct Standins {
    addr: SocketAddr,
    shared: Arc<Shared>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Standins {
    /// Starts to listen.
    ///
    /// # Errors
    /// [`StandinError::Listen`].
    pub async fn start(options: StandinOptions) -> Result<Self, StandinError> {
        let failed = |error| StandinError::Listen(options.listen, error);
        let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let shared = Arc::new(Shared {
            mint: Mint::new(options.seed),
            history: History::new(options.keep_history),
            client: Client::default(),
            lines: RwLock::default(),
            addr,
            options,
        });
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(serve(listener, shared.clone(), stopped));
        Ok(Self { addr, shared, stop, task })
    }

    /// Where they listen.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// The address as the beginning of a URL: `http://127.0.0.1:40123`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// What a bot's server is told as the address of the provider's API, for the line of that name.
    pub fn api_url(&self, id: &str) -> String {
        format!("http://{}/{id}", self.addr)
    }

    /// Opens a line. It can be used at once; nothing is sent before somebody does something.
    ///
    /// # Errors
    /// [`StandinError::HookUrl`] and [`StandinError::Taken`].
    pub fn connect(&self, line: Line) -> Result<LineHandle, StandinError> {
        let mut lines = self.shared.lines.write().unwrap_or_else(PoisonError::into_inner);
        if lines.iter().any(|known| known.id == line.id) {
            return Err(StandinError::Taken(line.id));
        }
        let line = Arc::new(LineState::open(line)?);
        lines.push(line.clone());
        Ok(LineHandle { shared: self.shared.clone(), line })
    }

    /// An open line.
    pub fn line(&self, id: &str) -> Option<LineHandle> {
        self.shared.line(id)
    }

    /// Everything that went over the wire, in the order in which it began.
    pub fn history(&self) -> Vec<Record> {
        self.shared.history.records()
    }

    /// The history as JSON, one object a line.
    pub fn history_json_lines(&self) -> String {
        self.shared.history.json_lines()
    }

    /// Stops at once.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        // A panic of the task has been told already.
        let _ = (&mut self.task).await;
    }
}

impl Drop for Standins {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}

/// What all lines share.
pub(crate) struct Shared {
    pub(crate) options: StandinOptions,
    pub(crate) mint: Mint,
    pub(crate) history: History,
    pub(crate) client: Client,
    pub(crate) addr: SocketAddr,
    lines: RwLock<Vec<Arc<LineState>>>,
}

impl Shared {
    pub(crate) fn now(&self) -> Timestamp {
        (self.options.clock)()
    }

    pub(crate) fn line(self: &Arc<Self>, id: &str) -> Option<LineHandle> {
        self.lines().into_iter().find(|handle| handle.line.id == id)
    }

    pub(crate) fn lines(self: &Arc<Self>) -> Vec<LineHandle> {
        let lines = self.lines.read().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|line| LineHandle { shared: self.clone(), line: line.clone() }).collect()
    }

    /// Takes a request of a bot: for the line that its path names, or for the account that it is about.
    pub(crate) async fn take(self: &Arc<Self>, request: &Request<'_>) -> Result<Reply, NoAnswer> {
        let first = request.path.trim_start_matches('/').split('/').next().unwrap_or_default();
        if let Some(handle) = self.line(first) {
            let path = &request.path[1 + first.len()..];
            return handle.take(&Request { path, ..*request }).await;
        }
        match self.lines().into_iter().find(|handle| handle.line.dialect.claims(request)) {
            Some(handle) => handle.take(request).await,
            None => Ok(Reply::text(404, "no provider here has this address")),
        }
    }
}
