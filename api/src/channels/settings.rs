//! Settings of a channel between a form and a provider.

use std::collections::BTreeMap;

use countersign_channels::{OpenError, Setting, SettingKind, Settings};
use countersign_model::SecretText;
use serde::Deserialize;
use serde_json::Value;

use crate::http::{Answer, Problem, SecretField};

/// The setting that the server fills in by itself.
pub(super) const HOOK_URL: &str = "hook_url";

/// The word by which Meta makes sure that the address is ours. It opens nothing, and is shown to who connects a channel.
pub(super) const VERIFY_TOKEN: &str = "verify_token";

/// Texts by the names of settings.
pub(super) type Texts = BTreeMap<String, String>;

/// Secrets as a form sends them: `{"send": {"password": "…"}}` is the setting `send.password`, as a form nests it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum SecretTree {
    One(SecretField),
    Many(BTreeMap<String, SecretTree>),
}

/// The settings that a person fills in.
pub(super) fn shown(settings: &'static [Setting]) -> impl Iterator<Item = &'static Setting> {
    settings.iter().filter(|setting| setting.name != HOOK_URL)
}

/// Settings as they are kept: texts, by the names of the provider's settings. Empty ones are left away.
pub(super) fn taken(known: &'static [Setting], given: BTreeMap<String, Value>) -> Answer<Texts> {
    let mut texts = Texts::new();
    for (name, value) in given {
        take(known, name, value, &mut texts)?;
    }
    Ok(texts)
}

fn take(known: &'static [Setting], name: String, value: Value, texts: &mut Texts) -> Answer<()> {
    let setting = shown(known).find(|setting| setting.name == name && setting.kind != SettingKind::Secret);
    let wrong = |message| Err(Problem::invalid_field(&format!("/settings/{name}"), "wrong_type", message));
    let text = match (setting.map(|setting| setting.kind), value) {
        (Some(SettingKind::Table), Value::Object(table)) => {
            let line =
                |(name, value): (&String, &Value)| format!("{name}: {}", value.as_str().unwrap_or_default());
            table.iter().map(line).collect::<Vec<_>>().join("\n")
        }
        // A form nests names with a dot.
        (None, Value::Object(nested)) => {
            for (below, value) in nested {
                take(known, format!("{name}.{below}"), value, texts)?;
            }
            return Ok(());
        }
        (None, _) => {
            let message = "There is no such setting.";
            return Err(Problem::invalid_field(&format!("/settings/{name}"), "unknown", message));
        }
        (Some(_), Value::Null) => return Ok(()),
        (Some(_), Value::Bool(flag)) => flag.to_string(),
        (Some(_), Value::Number(number)) => number.to_string(),
        (Some(_), Value::String(text)) => text.trim().to_owned(),
        (Some(_), _) => return wrong("A text belongs here."),
    };
    if text.len() > 4096 {
        return wrong("A setting has at most 4,096 bytes.");
    }
    match setting.map(|setting| setting.kind) {
        Some(SettingKind::Flag) if !["", "true", "false"].contains(&text.as_str()) => {
            return wrong("Write `true` or `false`.");
        }
        Some(SettingKind::Table) if table(&text).is_none() => {
            return wrong("Write a line for each entry: `Name: value`.");
        }
        _ => {}
    }
    if !text.is_empty() {
        texts.insert(name, text);
    }
    Ok(())
}

/// Secrets by the names of settings; an empty one is to be removed.
pub(super) fn taken_secrets(
    known: &'static [Setting],
    given: BTreeMap<String, SecretTree>,
) -> Answer<BTreeMap<String, SecretText>> {
    let mut secrets = BTreeMap::new();
    let mut open: Vec<_> = given.into_iter().collect();
    while let Some((name, tree)) = open.pop() {
        match tree {
            SecretTree::Many(nested) => {
                open.extend(nested.into_iter().map(|(below, tree)| (format!("{name}.{below}"), tree)));
            }
            SecretTree::One(secret) => {
                let is_known =
                    shown(known).any(|setting| setting.name == name && setting.kind == SettingKind::Secret);
                let pointer = format!("/secrets/{name}");
                if !is_known {
                    return Err(Problem::invalid_field(&pointer, "unknown", "There is no such secret."));
                }
                let secret = secret.into_inner();
                if secret.len() > 8192 {
                    let message = "A secret has at most 8,192 bytes.";
                    return Err(Problem::invalid_field(&pointer, "length", message));
                }
                secrets.insert(name, secret);
            }
        }
    }
    Ok(secrets)
}

/// What a provider is opened with: what was given, and defaults for the rest.
pub(super) fn settings(
    known: &'static [Setting],
    texts: &Texts,
    secrets: BTreeMap<String, SecretText>,
) -> Settings {
    let mut settings = Settings::new();
    for setting in shown(known) {
        let text = texts.get(setting.name).map(String::as_str).or(setting.default);
        settings = match (setting.kind, text) {
            (SettingKind::Secret, _) | (_, None) => settings,
            (SettingKind::Text, Some(text)) => settings.with(setting.name, text),
            (SettingKind::Flag, Some(text)) => settings.with_flag(setting.name, text == "true"),
            (SettingKind::Table, Some(text)) => {
                settings.with_table(setting.name, table(text).unwrap_or_default())
            }
        };
    }
    secrets.into_iter().fold(settings, |settings, (name, secret)| settings.with_secret(&name, secret))
}

/// A table as it is written: `Name: value`, a line each.
fn table(text: &str) -> Option<BTreeMap<String, String>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':')?;
            (!name.trim().is_empty()).then(|| (name.trim().to_owned(), value.trim().to_owned()))
        })
        .collect()
}

/// Whether a setting names a server that secrets are sent to.
pub(super) fn is_address(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|name| name == "url" || name.ends_with("_url"))
}

/// 422: the provider does not take the settings.
pub(super) fn refused(known: &'static [Setting], error: &OpenError) -> Problem {
    let (name, code, message) = match error {
        OpenError::Missing(name) => (*name, "missing", "This is needed.".to_owned()),
        OpenError::Invalid { name, problem } => (*name, "wrong_form", format!("`{name}` {problem}.")),
    };
    let is_secret = known.iter().any(|setting| setting.name == name && setting.kind == SettingKind::Secret);
    let pointer = format!("/{}/{name}", if is_secret { "secrets" } else { "settings" });
    Problem::invalid(format!("The settings do not fit: {error}.")).field(&pointer, code, message)
}
