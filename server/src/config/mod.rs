//! `countersign.toml`: read, put together with the variables of the environment, and checked as a whole.
//!
//! Every setting stands with its default and its reason in `default.toml`, which is the documentation as well. To add
//! a setting: a field, a line that reads it, and its lines in `default.toml`; a test sees that the three agree.

mod channel;
mod node;
mod parts;
mod problem;
mod section;
mod unit;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_channels::{PROVIDERS, Provider, Setting, SettingKind};
use countersign_egress::Allow;
use countersign_model::{Name, SecretText};
use countersign_runner::LoginLimits;
use countersign_store::Retention;
use ipnet::IpNet;
use url::Url;

pub(crate) use channel::HOOK_URL;
pub use channel::{ChannelConfig, ChannelSide};
pub use node::Place;
pub use parts::{Console, KeySource, Limits, Log, LogFormat, LogLevel, Metrics, Otlp};
pub use problem::{ConfigError, Fault, Problem};

use crate::chat;
use node::Table;
use section::{Report, Section};

/// Everything that a server is told.
#[derive(Debug)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// Under which address the world reaches it; `http://` and where it listens when it is not said.
    pub public_url: Option<Url>,
    /// The workspace.
    pub workspace: Name,
    /// The database file.
    pub store: PathBuf,
    /// The bot files.
    pub bots: Vec<PathBuf>,
    /// Peers whose `X-Forwarded-For` is believed, and whose connections are not counted.
    pub trusted_proxies: Vec<IpNet>,
    /// What may be called beyond https to the public internet.
    pub allow: Vec<Allow>,
    /// Certificates of the operator's own authorities, as a PEM file.
    pub authorities: Option<PathBuf>,
    /// Constants of the workspace: `{config.NAME}`.
    pub constants: BTreeMap<String, String>,
    /// Secrets of the workspace: `{secret.NAME}`.
    pub secrets: BTreeMap<String, SecretText>,
    /// Where the master keys are.
    pub keys: KeySource,
    /// The channels.
    pub channels: Vec<ChannelConfig>,
    /// Bounds.
    pub limits: Limits,
    /// How many logins may fail.
    pub logins: LoginLimits,
    /// How long things are kept.
    pub retention: Retention,
    /// The log.
    pub log: Log,
    /// Metrics.
    pub metrics: Metrics,
    /// Where traces go, when they go anywhere.
    pub otlp: Option<Otlp>,
    /// The console.
    pub console: Console,
    /// What there is to try, when `countersign demo` has made this configuration; no file says it. Never a secret.
    pub demo: Option<serde_json::Value>,
}

const DEFAULT: &str = include_str!("default.toml");

impl Config {
    /// Reads a file. `environment` are the variables of the environment, as names and values.
    ///
    /// # Errors
    /// [`ConfigError`] with all that is wrong.
    pub fn read(path: &Path, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let bytes = std::fs::read(path).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => ConfigError::Missing { path: path.to_owned() },
            _ => ConfigError::Unreadable { path: path.to_owned(), source },
        })?;
        // The text may hold secrets: it is overwritten in the end.
        let text = match String::from_utf8(bytes) {
            Ok(text) => SecretText::new(text),
            Err(_) => return Err(ConfigError::NotText { path: path.to_owned() }),
        };
        Self::from_text(text.expose(), path, environment)
    }

    /// Reads the text of a file that would stand at `path`.
    ///
    /// # Errors
    /// [`ConfigError`] with all that is wrong.
    pub fn from_text(text: &str, path: &Path, environment: &[(String, String)]) -> Result<Self, ConfigError> {
        let mut table = node::parse(text).map_err(|node::NoToml { line, column, message }| {
            ConfigError::Syntax { path: path.to_owned(), line, column, message }
        })?;
        node::overlay(&mut table, environment);
        let report = Report::new(path.parent().unwrap_or(Path::new("")));
        let mut config = Self::of(&report, table);
        let variable =
            |wanted: &str| environment.iter().find(|(name, _)| name == wanted).map(|(_, value)| value);
        match &mut config.keys {
            KeySource::Credential { folder, .. } => {
                *folder = variable("CREDENTIALS_DIRECTORY").map(PathBuf::from);
            }
            KeySource::Variable { name, keys } => {
                *keys = variable(name).map(|keys| Arc::new(SecretText::from(keys.as_str())));
            }
            KeySource::File { .. } | KeySource::Command { .. } => {}
        }
        match report.problems() {
            problems if problems.is_empty() => Ok(config),
            problems => Err(ConfigError::Problems { path: path.to_owned(), problems }),
        }
    }

    fn of(report: &Report, table: Table) -> Self {
        let mut root = Section::root(report, table);
        let console = parts::console(root.section("console"));
        let config = Self {
            listen: listen(&mut root, "listen").unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            public_url: public_url(&mut root),
            workspace: root.name("workspace").or_else(|| "main".parse().ok()).unwrap_or_else(no_name),
            store: root.path("store").unwrap_or_else(|| report.path("countersign.db")),
            bots: bots(&mut root, &console),
            trusted_proxies: trusted_proxies(&mut root),
            constants: root.free_texts("config"),
            secrets: root.free_secrets("secrets"),
            keys: parts::keys(root.section("keys")),
            limits: parts::limits(root.section("limits")),
            logins: parts::logins(root.section("logins")),
            retention: parts::retention(root.section("retention")),
            log: parts::log(root.section("log")),
            metrics: parts::metrics(root.section("metrics")),
            otlp: parts::otlp(root.section("otlp")),
            console,
            demo: None,
            channels: Vec::new(),
            allow: Vec::new(),
            authorities: None,
        };
        let (allow, authorities) = egress(root.section("egress"));
        let channels = channel::channels(root.sections("channels"));
        root.end();
        Self { channels, allow, authorities, ..config }
    }

    /// The file with every setting, its default and its reason.
    pub fn default_file() -> String {
        let mut out = format!("{DEFAULT}{}", settings_example(chat::SETTINGS));
        for provider in PROVIDERS {
            out.push_str(&channel_example(provider));
        }
        out
    }
}

/// The channel of a provider with all its settings, as comments.
fn channel_example(provider: &Provider) -> String {
    let mut out = format!("\n# --- {} ---\n# [[channels]]\n# id = \"{}\"\n", provider.title, provider.kind);
    out.push_str(&format!("# kind = \"{}\"\n", provider.kind));
    if provider.name != provider.kind.name() {
        out.push_str(&format!("# provider = \"{}\"\n", provider.name));
    }
    out.push_str(&settings_example(provider.settings));
    out
}

/// Settings of a channel, as comments.
fn settings_example(settings: &[Setting]) -> String {
    let mut out = String::new();
    for setting in settings.iter().filter(|setting| setting.name != channel::HOOK_URL) {
        let value = match (setting.kind, setting.default) {
            (SettingKind::Flag, default) => default.unwrap_or("false").to_owned(),
            (SettingKind::Table, _) => "{ \"name\" = \"value\" }".to_owned(),
            (_, Some(default)) => toml::Value::String(default.to_owned()).to_string(),
            (_, None) => "\"…\"".to_owned(),
        };
        let must = if setting.required { "Needed. " } else { "" };
        out.push_str(&wrapped(&format!("{must}{}", setting.help)));
        out.push_str(&format!("#   {} = {value}\n", setting.name));
        if setting.kind == SettingKind::Secret {
            out.push_str(&format!("#   # or: {}_file = \"PATH\"\n", setting.name));
        }
    }
    out
}

/// A text as comments of lines that are not too long.
fn wrapped(text: &str) -> String {
    const WIDTH: usize = 112;
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.chars().count() + word.chars().count() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| format!("#   # {line}\n")).collect()
}

fn listen(section: &mut Section<'_>, name: &str) -> Option<SocketAddr> {
    let expected = "an address with a port, such as \"127.0.0.1:8080\" or \"[::]:8080\"";
    section.parsed(name, expected, |text| text.parse().ok())
}

fn public_url(root: &mut Section<'_>) -> Option<Url> {
    let (place, text) = root.text("public_url")?;
    let url = Url::parse(&text).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.host().is_some()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    if url.is_none() {
        root.wrong(&place, Fault::PublicUrl);
    }
    url
}

/// With the console there may be none: bots are made there.
fn bots(root: &mut Section<'_>, console: &Console) -> Vec<PathBuf> {
    let place = root.place.clone();
    let given = root.texts("bots").unwrap_or_default();
    if given.is_empty() && !console.enabled {
        root.wrong(&place, Fault::NoBots);
    }
    given.into_iter().map(|(_, path)| root.report().path(&path)).collect()
}

/// Those of this machine, when it is not said.
fn trusted_proxies(root: &mut Section<'_>) -> Vec<IpNet> {
    const EXPECTED: &str = "a list of addresses and networks, such as [\"127.0.0.1\", \"10.0.0.0/8\"]";
    let Some(given) = root.texts("trusted_proxies") else {
        return ["127.0.0.0/8", "::1/128"].iter().filter_map(|net| net.parse().ok()).collect();
    };
    let net = |text: &str| {
        text.parse::<IpNet>().ok().or_else(|| text.parse::<std::net::IpAddr>().ok().map(IpNet::from))
    };
    let mut nets = Vec::new();
    for (place, text) in given {
        match net(&text) {
            Some(net) => nets.push(net),
            None => {
                root.wrong(&place, Fault::Form { name: "trusted_proxies".to_owned(), expected: EXPECTED })
            }
        }
    }
    nets
}

fn egress(mut section: Section<'_>) -> (Vec<Allow>, Option<PathBuf>) {
    let mut allow = Vec::new();
    for (place, text) in section.texts("allow").unwrap_or_default() {
        match text.parse() {
            Ok(entry) => allow.push(entry),
            Err(why) => section.wrong(&place, Fault::Allow(why)),
        }
    }
    let authorities = section.path("authorities");
    section.end();
    (allow, authorities)
}

/// Never comes to pass: `main` is a name.
fn no_name() -> Name {
    unreachable!("`main` is a name")
}
