//! The sections that are the same for every server.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use countersign_model::SecretText;
use countersign_runner::{Breaking, Bulkhead, Flood, LoginLimits, PingPong, Workers};
use countersign_store::Retention;
use url::Url;

use super::listen;
use super::node::Place;
use super::problem::Fault;
use super::section::Section;

/// Where the master keys are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// In a file of the user who runs the server.
    File {
        /// The file.
        path: PathBuf,
        /// Whether it is made at the first start.
        create: bool,
    },
    /// In a credential that systemd hands over (`LoadCredential=`).
    Credential {
        /// Its name.
        name: String,
        /// Where systemd put it; `None` when it did not.
        folder: Option<PathBuf>,
    },
    /// In a variable of the environment.
    Variable {
        /// Its name.
        name: String,
        /// What it holds; `None` when there is no such variable.
        keys: Option<Arc<SecretText>>,
    },
    /// In the output of a command.
    Command {
        /// The program and its arguments.
        argv: Vec<String>,
        /// How long it may take.
        timeout: Duration,
    },
}

/// Bounds, so that nobody can use up the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long the header of a request may take.
    pub header_timeout: Duration,
    /// How long the body of a request may take.
    pub body_timeout: Duration,
    /// How long a connection may be without a request.
    pub idle_timeout: Duration,
    /// How long running requests, turns and calls have to end after a signal to stop.
    pub stop_timeout: Duration,
    /// Connections at once.
    pub connections: usize,
    /// Connections at once of one peer.
    pub connections_per_peer: usize,
    /// The body of a webhook, in bytes.
    pub webhook_body: usize,
    /// Messages that wait before webhooks are answered with 503.
    pub inbox_depth: usize,
    /// How long the oldest message may have waited before webhooks are answered with 503.
    pub inbox_age: Duration,
    /// What the runner does at once.
    pub workers: Workers,
    /// How much one contact may send.
    pub flood: Option<Flood>,
    /// When a contact is taken for a bot that answers ours.
    pub pingpong: Option<PingPong>,
    /// So many new contacts of one messaging channel are taken in a minute; 0 is no bound.
    pub new_contacts_per_minute: u32,
    /// So many messages are sent by SMS and WhatsApp on a day; 0 is no bound.
    pub paid_sends_per_day: u32,
    /// When a server that fails is left alone.
    pub breaking: Breaking,
    /// How many calls one server has at once.
    pub bulkhead: Bulkhead,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(75),
            stop_timeout: Duration::from_secs(20),
            connections: 4096,
            connections_per_peer: 64,
            webhook_body: 3 * 1024 * 1024,
            inbox_depth: 50_000,
            inbox_age: Duration::from_secs(120),
            workers: Workers::default(),
            flood: Some(Flood::default()),
            pingpong: Some(PingPong::default()),
            new_contacts_per_minute: 0,
            paid_sends_per_day: 0,
            breaking: Breaking::default(),
            bulkhead: Bulkhead::default(),
        }
    }
}

/// The log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Log {
    /// How much of it is written.
    pub level: LogLevel,
    /// How it is written.
    pub format: LogFormat,
}

/// How much is logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// Nothing.
    Off,
    /// What somebody has to look at.
    Error,
    /// What may become a problem.
    Warn,
    /// Starts, stops, and each call of an auth service or API.
    #[default]
    Info,
    /// More, for finding a mistake.
    Debug,
    /// All.
    Trace,
}

impl LogLevel {
    const ALL: [(&'static str, Self); 6] = [
        ("off", Self::Off),
        ("error", Self::Error),
        ("warn", Self::Warn),
        ("info", Self::Info),
        ("debug", Self::Debug),
        ("trace", Self::Trace),
    ];

    /// The word for it.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, level)| *level == self).map_or("info", |(name, _)| name)
    }
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// A line for people.
    #[default]
    Text,
    /// A JSON object a line, for programs.
    Json,
}

/// The console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Console {
    /// Whether it is there.
    pub enabled: bool,
}

/// Metrics for Prometheus.
#[derive(Default, PartialEq, Eq)]
pub struct Metrics {
    /// Whether there are any.
    pub enabled: bool,
    /// With this as a bearer token they can be read from other machines.
    pub token: Option<SecretText>,
    /// A listener of their own.
    pub listen: Option<SocketAddr>,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { enabled, token, listen } = self;
        write!(f, "Metrics {{ enabled: {enabled}, token: {}, listen: {listen:?} }}", token.is_some())
    }
}

/// Where traces go.
#[derive(Debug, PartialEq, Eq)]
pub struct Otlp {
    /// The base address of a collector that takes OTLP over HTTP with JSON.
    pub endpoint: Url,
    /// What the collector wants in `Authorization`.
    pub authorization: Option<SecretText>,
    /// Of so many spans one is sent.
    pub one_in: usize,
}

pub(super) fn keys(mut section: Section<'_>) -> KeySource {
    let file = section.text("file");
    let create = section.flag("create");
    let credential = section.text("credential");
    let variable = section.text("variable");
    let command = section.texts("command");
    let timeout = section.span("command_timeout", "1s", "2m").unwrap_or(Duration::from_secs(10));
    let command_place =
        command.as_ref().map(|texts| texts.first().map_or(&Place::Nowhere, |(place, _)| place));
    let given: Vec<_> = [
        ("file", file.as_ref().map(|(place, _)| place)),
        ("credential", credential.as_ref().map(|(place, _)| place)),
        ("variable", variable.as_ref().map(|(place, _)| place)),
        ("command", command_place),
    ]
    .into_iter()
    .filter_map(|(name, place)| Some((name, place?)))
    .collect();
    if let [(one, _), (other, place), ..] = given[..] {
        let (one, other) = (section.full(one), section.full(other));
        section.wrong(place, Fault::Both { one, other });
    }
    if let Some((place, name)) = &variable
        && !is_variable(name)
    {
        let name = section.full("variable");
        section.wrong(place, Fault::Form { name, expected: VARIABLE });
    }
    if command.as_ref().is_some_and(Vec::is_empty) {
        let name = section.full("command");
        section.wrong(&Place::Nowhere, Fault::Form { name, expected: COMMAND });
    }
    let source = match (credential, variable, command) {
        (Some((_, name)), _, _) => KeySource::Credential { name, folder: None },
        (_, Some((_, name)), _) => KeySource::Variable { name, keys: None },
        (_, _, Some(argv)) => {
            KeySource::Command { argv: argv.into_iter().map(|(_, text)| text).collect(), timeout }
        }
        (None, None, None) => {
            let file = file.map_or_else(|| "countersign.keys".to_owned(), |(_, path)| path);
            KeySource::File { path: section.report().path(&file), create: create.unwrap_or(true) }
        }
    };
    section.end();
    source
}

const VARIABLE: &str = "the name of a variable of the environment such as \"MASTER_KEYS\"; those that begin with \
                        COUNTERSIGN_ are settings";
const COMMAND: &str = "a program and its arguments, such as [\"/usr/bin/pass\", \"show\", \"countersign\"]";

/// A variable whose name begins with `COUNTERSIGN_` would be taken for a setting.
fn is_variable(name: &str) -> bool {
    let well = |c: char| c.is_ascii_alphanumeric() || c == '_';
    !name.is_empty()
        && name.chars().all(well)
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.starts_with("COUNTERSIGN_")
}

pub(super) fn limits(mut section: Section<'_>) -> Limits {
    let default = Limits::default();
    let limits = Limits {
        header_timeout: section.span("header_timeout", "100ms", "60s").unwrap_or(default.header_timeout),
        body_timeout: section.span("body_timeout", "100ms", "5m").unwrap_or(default.body_timeout),
        idle_timeout: section.span("idle_timeout", "100ms", "10m").unwrap_or(default.idle_timeout),
        stop_timeout: section.span("stop_timeout", "1s", "10m").unwrap_or(default.stop_timeout),
        connections: section.number("connections", 1, 1_000_000).unwrap_or(default.connections),
        connections_per_peer: section
            .number("connections_per_peer", 1, 1_000_000)
            .unwrap_or(default.connections_per_peer),
        webhook_body: section.size("webhook_body").unwrap_or(default.webhook_body),
        inbox_depth: section.number("inbox_depth", 1, 100_000_000).unwrap_or(default.inbox_depth),
        inbox_age: section.span("inbox_age", "1s", "1d").unwrap_or(default.inbox_age),
        workers: workers(&mut section),
        flood: flood(&mut section),
        pingpong: pingpong(&mut section),
        new_contacts_per_minute: small(
            &mut section,
            "new_contacts_per_minute",
            0,
            default.new_contacts_per_minute,
        ),
        paid_sends_per_day: paid_sends(&mut section),
        breaking: breaking(&mut section),
        bulkhead: bulkhead(&mut section),
    };
    section.end();
    limits
}

fn workers(section: &mut Section<'_>) -> Workers {
    let default = Workers::default();
    let mut number = |name, default| section.number(name, 1, 1_000_000).unwrap_or(default);
    Workers {
        turns: number("turns_at_once", default.turns),
        calls: number("calls_at_once", default.calls),
        deliveries: number("deliveries_at_once", default.deliveries),
        // The server sets it: it is `stop_timeout`.
        grace: default.grace,
    }
}

/// 0 messages mean that there is no bound.
fn flood(section: &mut Section<'_>) -> Option<Flood> {
    let default = Flood::default();
    let messages = small(section, "flood_messages", 0, default.messages);
    let within = section.span("flood_within", "1s", "1h").unwrap_or(default.within);
    (messages > 0).then_some(Flood { messages, within })
}

/// 0 messages mean that there is no bound. One message is never the same as another.
fn pingpong(section: &mut Section<'_>) -> Option<PingPong> {
    let default = PingPong::default();
    let messages = small(section, "pingpong_messages", 0, default.messages);
    let within = section.span("pingpong_within", "1s", "1h").unwrap_or(default.within);
    let mute = section.span("pingpong_mute", "1s", "1d").unwrap_or(default.mute);
    (messages > 0).then_some(PingPong { messages: messages.max(2), within, mute })
}

fn paid_sends(section: &mut Section<'_>) -> u32 {
    let number = section.number("paid_sends_per_day", 0, 100_000_000);
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(Limits::default().paid_sends_per_day)
}

fn breaking(section: &mut Section<'_>) -> Breaking {
    let default = Breaking::default();
    Breaking {
        percent: small(section, "breaker_percent", 1, default.percent),
        calls: small(section, "breaker_calls", 1, default.calls),
        within: section.span("breaker_within", "1s", "1h").unwrap_or(default.within),
        rest: section.span("breaker_rest", "1s", "1h").unwrap_or(default.rest),
    }
}

fn bulkhead(section: &mut Section<'_>) -> Bulkhead {
    let default = Bulkhead::default();
    Bulkhead {
        at_once: section.number("calls_per_server", 1, 1_000_000).unwrap_or(default.at_once),
        waiting: section.number("calls_waiting_per_server", 0, 1_000_000).unwrap_or(default.waiting),
    }
}

pub(super) fn logins(mut section: Section<'_>) -> LoginLimits {
    let default = LoginLimits::default();
    let logins = LoginLimits {
        failures: small(&mut section, "failures", 0, default.failures),
        within: section.span("within", "1m", "1d").unwrap_or(default.within),
        pause: section.span("pause", "1s", "1d").unwrap_or(default.pause),
        longest_pause: section.span("longest_pause", "1s", "30d").unwrap_or(default.longest_pause),
        account_failures: small(&mut section, "account_failures", 0, default.account_failures),
        account_within: section.span("account_within", "1m", "30d").unwrap_or(default.account_within),
        known_for: section.span("known_for", "1d", "365d").unwrap_or(default.known_for),
        calls_per_hour: small(&mut section, "calls_per_hour", 0, default.calls_per_hour),
        alarm: small(&mut section, "alarm", 1, default.alarm),
        account_delays: default.account_delays,
    };
    section.end();
    logins
}

fn small(section: &mut Section<'_>, name: &str, least: i64, default: u32) -> u32 {
    let number = section.number(name, least, 1_000_000);
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
}

pub(super) fn retention(mut section: Section<'_>) -> Retention {
    let default = Retention::default();
    let retention = Retention {
        // SECURITY §3.5: WhatsApp repeats for seven days.
        ids: section.span("ids", "8d", "365d").unwrap_or(default.ids),
        transcripts: section.span("transcripts", "1h", "3650d").unwrap_or(default.transcripts),
        receipts: section.span("receipts", "1h", "3650d").unwrap_or(default.receipts),
        ..default
    };
    section.end();
    retention
}

pub(super) fn log(mut section: Section<'_>) -> Log {
    let level = section.parsed("level", "one of off, error, warn, info, debug and trace", |text| {
        LogLevel::ALL.iter().find(|(name, _)| *name == text).map(|(_, level)| *level)
    });
    let format = section.parsed("format", "`text` or `json`", |text| match text {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => None,
    });
    section.end();
    Log { level: level.unwrap_or_default(), format: format.unwrap_or_default() }
}

pub(super) fn metrics(mut section: Section<'_>) -> Metrics {
    let metrics = Metrics {
        enabled: section.flag("enabled").unwrap_or(true),
        token: section.secret("token"),
        listen: listen(&mut section, "listen"),
    };
    section.end();
    metrics
}

pub(super) fn console(mut section: Section<'_>) -> Console {
    let console = Console { enabled: section.flag("enabled").unwrap_or(true) };
    section.end();
    console
}

pub(super) fn otlp(mut section: Section<'_>) -> Option<Otlp> {
    let expected = "the address of a collector, such as \"http://127.0.0.1:4318\"";
    let endpoint = section.parsed("endpoint", expected, |text| {
        Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host().is_some())
    });
    let authorization = section.secret("authorization");
    let one_in = section.number("one_in", 1, 1_000_000).unwrap_or(1);
    section.end();
    endpoint.map(|endpoint| Otlp { endpoint, authorization, one_in })
}
