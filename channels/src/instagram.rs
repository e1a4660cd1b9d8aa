//! Instagram direct messages (developers.facebook.com, "Instagram API with Instagram Login").

use countersign_model::ChannelKind;

use crate::adapter::Adapter;
use crate::meta::{
    ACCESS_TOKEN, API_VERSION, APP_SECRET, APP_SECRET_OLD, Account, Dialect, MARK_READ, Page, TYPING,
    VERIFY_TOKEN, account_id,
};
use crate::registry::{OpenError, Provider};
use crate::settings::{Setting, SettingKind, Settings};

/// The line of the registry.
pub(crate) const PROVIDER: Provider = Provider {
    kind: ChannelKind::Instagram,
    name: "instagram",
    title: "Instagram",
    settings: &[
        Setting {
            name: "account_id",
            kind: SettingKind::Text,
            default: None,
            required: true,
            help: "The id of the professional account: in the app, Instagram > API setup.",
        },
        Setting {
            help: "The account's access token: in the app, Instagram > API setup > Generate access tokens.",
            ..ACCESS_TOKEN
        },
        Setting {
            help: "The secret with which webhooks are signed: in the app, Instagram > API setup > Instagram app secret.",
            ..APP_SECRET
        },
        APP_SECRET_OLD,
        VERIFY_TOKEN,
        Setting {
            name: "api_url",
            kind: SettingKind::Text,
            default: Some(API_URL),
            required: false,
            help: "Where the API is; https://graph.facebook.com when the account is reached through a Facebook page.",
        },
        API_VERSION,
        MARK_READ,
        TYPING,
    ],
    open,
};

const API_URL: &str = "https://graph.instagram.com";

const DIALECT: Dialect = Dialect {
    kind: ChannelKind::Instagram,
    object: "instagram",
    text_limit: 1000,
    measure: str::len,
    messaging_type: None,
    is_reusable: None,
    files: false,
    link_buttons: false,
};

fn open(settings: &Settings) -> Result<Box<dyn Adapter>, OpenError> {
    let id = account_id(settings, "account_id")?;
    let account = Account::open(settings, &id, ACCESS_TOKEN.name, API_URL)?;
    Ok(Box::new(Page::new(account, id, &DIALECT)))
}

#[cfg(test)]
mod tests;
