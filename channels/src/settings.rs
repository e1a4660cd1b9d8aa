use std::collections::BTreeMap;
use std::fmt;

use countersign_model::SecretText;

/// A setting of a provider, as its documentation and the configuration's check see it.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its name in `[[channels]]`; a dot stands for a table (`send.url`).
    pub name: &'static str,
    /// What kind it is.
    pub kind: SettingKind,
    /// Its value when none is given; `None` for what must be given or may be absent.
    pub default: Option<&'static str>,
    /// Whether the channel cannot be opened without it.
    pub required: bool,
    /// What it is, in a sentence, and where it is found at the provider.
    pub help: &'static str,
}

/// Kinds of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingKind {
    /// A text.
    Text,
    /// A text that is secret: it can also be given as `NAME_file`.
    Secret,
    /// `true` or `false`.
    Flag,
    /// A table of texts, each a template (`send.headers`).
    Table,
}

/// The settings of one channel. Those that were not given have their defaults.
#[derive(Default)]
pub struct Settings {
    texts: BTreeMap<String, String>,
    flags: BTreeMap<String, bool>,
    tables: BTreeMap<String, BTreeMap<String, String>>,
    secrets: BTreeMap<String, SecretText>,
}

impl Settings {
    /// No settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a text.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.texts.insert(name.to_owned(), value.into());
        self
    }

    /// Sets a flag.
    #[must_use]
    pub fn with_flag(mut self, name: &str, value: bool) -> Self {
        self.flags.insert(name.to_owned(), value);
        self
    }

    /// Sets a table.
    #[must_use]
    pub fn with_table(mut self, name: &str, table: BTreeMap<String, String>) -> Self {
        self.tables.insert(name.to_owned(), table);
        self
    }

    /// Sets a secret.
    #[must_use]
    pub fn with_secret(mut self, name: &str, value: SecretText) -> Self {
        self.secrets.insert(name.to_owned(), value);
        self
    }

    /// A text; an empty one counts as not given.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.texts.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A flag.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.flags.get(name).copied()
    }

    /// A table; empty when it was not given.
    pub fn table(&self, name: &str) -> BTreeMap<String, String> {
        self.tables.get(name).cloned().unwrap_or_default()
    }

    /// A secret; an empty one counts as not given, because anybody can sign with that.
    pub fn secret(&self, name: &str) -> Option<SecretText> {
        self.secrets.get(name).filter(|secret| !secret.is_empty()).map(SecretText::duplicate)
    }
}

/// Shows the names alone.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names =
            self.texts.keys().chain(self.flags.keys()).chain(self.tables.keys()).chain(self.secrets.keys());
        f.debug_set().entries(names).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_was_not_given() {
        let settings = Settings::new().with("a", "").with_secret("b", "".into()).with_secret("c", "x".into());
        assert!(
            settings.text("a").is_none() && settings.secret("b").is_none() && settings.secret("c").is_some()
        );
    }

    #[test]
    fn no_channel_opens_with_an_empty_key() {
        use crate::registry::PROVIDERS;

        let given = |settings: Settings, setting: &Setting| match setting.kind {
            SettingKind::Text => settings.with(setting.name, setting.default.unwrap_or("1")),
            SettingKind::Secret => settings.with_secret(setting.name, "".into()),
            SettingKind::Flag | SettingKind::Table => settings,
        };
        for provider in PROVIDERS.iter().filter(|provider| provider.settings.iter().any(is_needed)) {
            let settings = provider.settings.iter().fold(Settings::new(), given);
            assert!((provider.open)(&settings).is_err(), "{}", provider.title);
        }
    }

    fn is_needed(setting: &Setting) -> bool {
        setting.required && setting.kind == SettingKind::Secret
    }
}
