//! `[[channels]]`: what each kind of channel is told.

use std::fmt;

use countersign_channels::{PROVIDERS, Provider, Setting, SettingKind, Settings, provider};
use countersign_egress::Allow;
use countersign_model::{ChannelKind, Name, UnknownChannel};
use url::Url;

use super::node::Place;
use super::problem::Fault;
use super::section::Section;
use crate::chat::{self, ChatSettings};

/// One channel.
#[derive(Debug)]
pub struct ChannelConfig {
    /// Its id, which is also its place under `/hooks/` or `/chat/`.
    pub id: Name,
    /// What kind it is.
    pub kind: ChannelKind,
    /// The id of the bot that answers there; may be left out when there is only one.
    pub bot: Option<Name>,
    /// How it speaks.
    pub side: ChannelSide,
}

/// How a channel speaks.
pub enum ChannelSide {
    /// With a provider.
    Provider {
        /// Which.
        provider: &'static Provider,
        /// Its settings, without `hook_url`.
        settings: Settings,
        /// Addresses that the operator wrote into the settings: they may be called.
        allow: Vec<Allow>,
    },
    /// With our own widget.
    Chat(ChatSettings),
}

impl fmt::Debug for ChannelSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Provider { provider, settings, .. } => write!(f, "{} {settings:?}", provider.name),
            Self::Chat(settings) => settings.fmt(f),
        }
    }
}

/// The setting that the server fills in by itself.
pub(crate) const HOOK_URL: &str = "hook_url";

pub(super) fn channels(sections: Vec<Section<'_>>) -> Vec<ChannelConfig> {
    let mut channels: Vec<ChannelConfig> = Vec::new();
    for section in sections {
        let (place, report) = (section.place.clone(), section.report());
        let Some(channel) = channel(section) else { continue };
        if channels.iter().any(|known| known.id == channel.id) {
            report.add(&place, Fault::Twice(channel.id.to_string()));
        }
        channels.push(channel);
    }
    channels
}

fn channel(mut section: Section<'_>) -> Option<ChannelConfig> {
    let has_id = section.mentions("id");
    let id = section.name("id");
    let kind = kind(&mut section);
    let provider_name = section.text("provider");
    let bot = section.name("bot");
    if !has_id {
        section.missing("id", "a name that you choose; the address of the channel has it, as in `/hooks/ID`");
    }
    let (id, kind) = (id?, kind?);
    let side = match kind {
        ChannelKind::Web | ChannelKind::Mobile | ChannelKind::Desktop => of_chat(&mut section, &id),
        _ => {
            let provider = choose(&section, &id, kind, provider_name)?;
            Some(of_provider(&mut section, &id, provider))
        }
    };
    section.end();
    Some(ChannelConfig { id, kind, bot, side: side? })
}

fn kind(section: &mut Section<'_>) -> Option<ChannelKind> {
    let Some((place, text)) = section.text("kind") else {
        section.missing("kind", "such as \"whatsapp\", \"telegram\", \"sms\", \"phone\" or \"web\"");
        return None;
    };
    match text.parse::<ChannelKind>() {
        Ok(kind) if served().any(|served| served == kind) => Some(kind),
        Ok(_) | Err(UnknownChannel(_)) => {
            let distance = |kind: &ChannelKind| strsim::damerau_levenshtein(kind.name(), &text);
            let near = served().min_by_key(distance).filter(|kind| distance(kind) <= 2);
            let near = near.map(|kind| kind.to_string());
            let known = served().map(ChannelKind::name).collect::<Vec<_>>().join(", ");
            section.wrong(&place, Fault::Kind { given: text, near, known });
            None
        }
    }
}

/// Kinds that a server can have.
fn served() -> impl Iterator<Item = ChannelKind> {
    ChannelKind::ALL.into_iter().filter(|kind| {
        matches!(kind, ChannelKind::Web | ChannelKind::Mobile | ChannelKind::Desktop)
            || PROVIDERS.iter().any(|provider| provider.kind == *kind)
    })
}

fn choose(
    section: &Section<'_>,
    id: &Name,
    kind: ChannelKind,
    given: Option<(Place, String)>,
) -> Option<&'static Provider> {
    let (place, name) = match given {
        Some((place, name)) => (place, Some(name)),
        None => (section.place.clone(), None),
    };
    let found = provider(kind, name.as_deref());
    if found.is_none() {
        let of_kind = PROVIDERS.iter().filter(|provider| provider.kind == kind);
        let known = of_kind.map(|provider| provider.name).collect::<Vec<_>>().join(", ");
        let channel = id.to_string();
        section.wrong(
            &place,
            match name {
                Some(given) => Fault::Provider { channel, given, known },
                None => Fault::ProviderUnset { channel, known },
            },
        );
    }
    found
}

fn of_provider(section: &mut Section<'_>, id: &Name, provider: &'static Provider) -> ChannelSide {
    let Given { settings, allow, complete } = given(section, provider.settings);
    // What else is wrong only the provider knows. The real address comes when the server starts.
    let settings = settings.with(HOOK_URL, format!("https://bot.example/hooks/{id}"));
    if complete && let Err(why) = (provider.open)(&settings) {
        section.wrong(&section.place, Fault::Channel { channel: id.to_string(), why });
    }
    ChannelSide::Provider { provider, settings, allow }
}

fn of_chat(section: &mut Section<'_>, id: &Name) -> Option<ChannelSide> {
    let Given { settings, complete, .. } = given(section, chat::SETTINGS);
    match chat::open(&settings) {
        Ok(settings) => Some(ChannelSide::Chat(settings)),
        Err(why) => {
            if complete {
                section.wrong(&section.place, Fault::Channel { channel: id.to_string(), why });
            }
            None
        }
    }
}

/// What stands in `[[channels]]` of the settings of a kind.
struct Given {
    settings: Settings,
    allow: Vec<Allow>,
    complete: bool,
}

fn given(section: &mut Section<'_>, wanted: &[Setting]) -> Given {
    let mut all = Given { settings: Settings::new(), allow: Vec::new(), complete: true };
    // A table's own settings are read together: `send.url` and `send.headers` are of the table `send`.
    let mut tables: Vec<(String, Section<'_>)> = Vec::new();
    for setting in wanted.iter().filter(|setting| setting.name != HOOK_URL) {
        let (table, name) = setting.name.rsplit_once('.').unwrap_or(("", setting.name));
        let (is_mentioned, is_given) = if table.is_empty() {
            (section.mentions(name), all.take(section, setting, name))
        } else {
            let at = tables.iter().position(|(known, _)| known == table).unwrap_or_else(|| {
                tables.push((table.to_owned(), nested(section, table)));
                tables.len() - 1
            });
            let table = &mut tables[at].1;
            (table.mentions(name), all.take(table, setting, name))
        };
        if setting.required && !is_given {
            all.complete = false;
            if !is_mentioned {
                section.missing(setting.name, setting.help);
            }
        }
    }
    tables.into_iter().for_each(|(_, table)| table.end());
    all
}

impl Given {
    /// Reads one setting; whether it has a value.
    fn take(&mut self, section: &mut Section<'_>, setting: &Setting, name: &str) -> bool {
        let settings = std::mem::take(&mut self.settings);
        let (settings, is_given) = match setting.kind {
            SettingKind::Text => {
                let written = section.loose_text(name);
                self.allow.extend(written.as_ref().and_then(|text| address(setting.name, text)));
                match written.or_else(|| setting.default.map(str::to_owned)) {
                    Some(text) => (settings.with(setting.name, text), true),
                    None => (settings, false),
                }
            }
            SettingKind::Secret => match section.secret(name) {
                Some(secret) => (settings.with_secret(setting.name, secret), true),
                None => (settings, false),
            },
            SettingKind::Flag => {
                match section.flag(name).or_else(|| setting.default.map(|text| text == "true")) {
                    Some(flag) => (settings.with_flag(setting.name, flag), true),
                    None => (settings, false),
                }
            }
            SettingKind::Table => match section.free_texts(name) {
                table if table.is_empty() => (settings, false),
                table => (settings.with_table(setting.name, table), true),
            },
        };
        self.settings = settings;
        is_given
    }
}

fn nested<'r>(section: &mut Section<'r>, path: &str) -> Section<'r> {
    match path.split_once('.') {
        None => section.section(path),
        Some((first, rest)) => nested(&mut section.section(first), rest),
    }
}

/// The server that a setting names, when it is one that is called: the operator wrote it, so it may be.
fn address(name: &str, value: &str) -> Option<Allow> {
    let called = name.rsplit('.').next().is_some_and(|name| name == "url" || name.ends_with("_url"));
    // A template has its placeholders after the host.
    let end = value.find('{').unwrap_or(value.len());
    let url = Url::parse(&value[..end]).ok().filter(|_| called)?;
    format!("{}://{}:{}", url.scheme(), url.host_str()?, url.port_or_known_default()?).parse().ok()
}
