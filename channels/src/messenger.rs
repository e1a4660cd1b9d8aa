//! Facebook Messenger (developers.facebook.com, "Messenger Platform").

use countersign_model::ChannelKind;

use crate::adapter::Adapter;
use crate::meta::{
    API_VERSION, APP_SECRET, APP_SECRET_OLD, Account, Dialect, MARK_READ, Page, TYPING, VERIFY_TOKEN,
    account_id,
};
use crate::registry::{OpenError, Provider};
use crate::settings::{Setting, SettingKind, Settings};
use crate::split::characters;

/// The line of the registry.
pub(crate) const PROVIDER: Provider = Provider {
    kind: ChannelKind::Messenger,
    name: "messenger",
    title: "Messenger",
    settings: &[
        Setting {
            name: "page_id",
            kind: SettingKind::Text,
            default: None,
            required: true,
            help: "The id of the Facebook page: on the page, About > Page transparency.",
        },
        Setting {
            name: "page_token",
            kind: SettingKind::Secret,
            default: None,
            required: true,
            help: "The page's access token: in the app, Messenger > Settings > Access tokens.",
        },
        APP_SECRET,
        APP_SECRET_OLD,
        VERIFY_TOKEN,
        Setting {
            name: "api_url",
            kind: SettingKind::Text,
            default: Some(API_URL),
            required: false,
            help: "Where the Graph API is.",
        },
        API_VERSION,
        MARK_READ,
        TYPING,
    ],
    open,
};

const API_URL: &str = "https://graph.facebook.com";

const DIALECT: Dialect = Dialect {
    kind: ChannelKind::Messenger,
    object: "page",
    text_limit: 2000,
    measure: characters,
    messaging_type: Some("RESPONSE"),
    is_reusable: Some(false),
    files: true,
    link_buttons: true,
};

fn open(settings: &Settings) -> Result<Box<dyn Adapter>, OpenError> {
    let id = account_id(settings, "page_id")?;
    let account = Account::open(settings, &id, "page_token", API_URL)?;
    Ok(Box::new(Page::new(account, id, &DIALECT)))
}

#[cfg(test)]
mod tests;
