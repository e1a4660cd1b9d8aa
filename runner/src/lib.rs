//! Carries out what the engine asks for: the one path of a message from the channel to the reply, for the terminal,
//! for tests and for the server.
//!
//! A [`Runner`] is made of [`Parts`]. What comes in goes through [`Runner::ingest`]; then four workers go on from rows
//! of the store, each of them a method that does one thing and says whether there was something to do:
//!
//! | worker | takes | gives |
//! |---|---|---|
//! | [`Runner::turn`] | an inbox row | session, transcript, deliveries, calls, timer in one commit |
//! | [`Runner::call`] | a call | its outcome as an inbox row, and maybe a sealed token |
//! | [`Runner::deliver`] | a delivery | what the [`Channel`] does with it |
//! | [`Runner::fire`] | timers that are due | inbox rows; removes what is over |
//!
//! [`Runner::run_until_idle`] does all of it until nothing is left, for the terminal and for tests. A server calls
//! [`Runner::hear`] with what a webhook held and lets [`Runner::work`] run beside it: that does each thing as soon as
//! there is something to do, many of them at once, and looks for nothing while there is nothing. Claims keep its tasks
//! apart, so any number of runners may work on one store.
//!
//! What keeps trouble small stands in [`Limits`]: a contact who sends too much, passwords that are guessed, a server
//! that does not answer. Of these only the counters of failed logins are kept in the store; the rest is worthless after
//! seconds.
//!
//! ```text
//! let registry = Arc::new(Registry::new());
//! registry.put_channel(ChannelAccount { workspace, id, kind: ChannelKind::Whatsapp, bot: runnable, sender });
//! registry.put_secret(&workspace, "api-key", secret);
//! let keys = open_keys(store.as_ref(), masters, [&workspace]).await?;
//! let runner = Runner::new(Parts { store, keys, transport, policy, registry, clock, sleeper, random, observer });
//! runner.ingest(vec![Inbound { conversation, id: "m1".into(), contact, event: Event::Reply(Reply::text("hi")) }]).await?;
//! runner.run_until_idle().await?;
//! let status = runner.look(&conversation).await?.map(|view| view.status());
//! ```
//!
//! Secrets: what comes in is sealed before it is stored; a secret answer and a token are sealed before they are
//! stored; `secrets` is the one place that opens them, to build a request that goes to `egress` and nowhere else, and to
//! count failures of an account name under a keyed hash. No
//! [`Notice`], log line or error of this crate holds a body, a token, an answer or an expanded URL: a URL shows as the
//! author wrote it, placeholders and all, because also a value that is no secret may be personal.

mod admission;
mod answers;
mod breaker;
mod calls;
mod channel;
mod drive;
mod erase;
mod error;
mod flood;
mod guard;
mod handover;
mod hands;
mod hear;
mod ingest;
mod keys;
mod limits;
mod logins;
mod newcomers;
mod observer;
mod outbox;
mod pages;
mod paid;
mod parts;
mod payload;
mod pingpong;
mod promised;
mod provider;
mod registry;
mod report;
mod retry;
mod scrub;
mod sealing;
mod secrets;
mod timers;
mod together;
mod token;
mod transcript;
mod turn;
mod url_pattern;
mod wake;
mod watch;
mod work;

#[cfg(test)]
mod tests;

pub use breaker::Breaking;
pub use channel::{Channel, SendError};
pub use countersign_store::{ConversationKey, Delivery, MemoryStore, Store};
pub use drive::View;
pub use error::{IngestError, KeysError, RunError};
pub use flood::Flood;
pub use guard::{Bulkhead, Shut};
pub use ingest::{Event, Inbound};
pub use keys::{Resealed, open_keys, reseal_tokens};
pub use limits::Limits;
pub use logins::LoginLimits;
pub use observer::{CallInfo, CallKind, CallResult, Dropped, Notice, Observer, Silent};
pub use pages::{LoginPage, PageError, PageField, PagePost, PageShows};
pub use parts::{Clock, Parts, Random, Runner, Sleeper, TokioSleeper};
pub use pingpong::PingPong;
pub use provider::ProviderChannel;
pub use registry::{ChannelAccount, Registry};
pub use report::TurnReport;
pub use scrub::Scrubber;
pub use secrets::NotBuilt;
pub use token::{AuthAnswer, Found, Judged, TokenDiagnosis, judge};
pub use url_pattern::destination;
pub use watch::Watch;
pub use work::Workers;
