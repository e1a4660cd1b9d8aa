//! Telegram Bot API. Source: core.telegram.org/bots/api (10.1).

use std::fmt;

use countersign_model::{ChannelKind, MessageRef, OutMessage, SecretText, Timestamp};
use serde_json::json;

use crate::adapter::{Adapter, BadSignature, Decoded, Malformed, SendError, Sending, Verified};
use crate::event::{ChannelEvent, Event};
use crate::registry::{OpenError, Provider};
use crate::request::{HttpRequest, WebhookRequest};
use crate::rest::{self, Series};
use crate::settings::{Setting, SettingKind, Settings};
use crate::signature;
use crate::{telegram_send as send, telegram_update as update};

pub(crate) const PROVIDER: Provider = Provider {
    kind: ChannelKind::Telegram,
    name: "telegram",
    title: "Telegram",
    settings: SETTINGS,
    open: |settings| Ok(Box::new(Telegram::open(settings)?)),
};

const SETTINGS: &[Setting] = &[
    Setting {
        name: "bot_token",
        kind: SettingKind::Secret,
        default: None,
        required: true,
        help: "The token of the bot, which @BotFather shows when the bot is made.",
    },
    Setting {
        name: "secret_token",
        kind: SettingKind::Secret,
        default: None,
        required: true,
        help: "A long random text of letters, digits, _ and -, which you choose and give to Telegram in setWebhook. It is what proves that a webhook comes from Telegram.",
    },
    Setting {
        name: "typing",
        kind: SettingKind::Flag,
        default: Some("true"),
        required: false,
        help: "Whether the user sees that the bot is typing while an answer is made.",
    },
    Setting {
        name: "api_url",
        kind: SettingKind::Text,
        default: Some(API_URL),
        required: false,
        help: "The address of the Bot API, for a Bot API server of your own or for tests.",
    },
];

const API_URL: &str = "https://api.telegram.org";

/// One bot.
struct Telegram {
    /// `https://api.telegram.org/bot<token>/`; the token is in the path, so no address may be logged.
    base: SecretText,
    secret_token: SecretText,
    typing: bool,
}

impl Telegram {
    fn open(settings: &Settings) -> Result<Self, OpenError> {
        let api_url = rest::api_url(settings, API_URL)?;
        let token = rest::required(settings, "bot_token")?;
        let of_token = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b':' | b'_' | b'-');
        if !token.expose().bytes().all(of_token) {
            let problem = "is no token of Telegram; it looks like 123456:ABC-DEF";
            return Err(OpenError::Invalid { name: "bot_token", problem });
        }
        let secret_token = rest::required(settings, "secret_token")?;
        let of_secret = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        if secret_token.len() > 256 || !secret_token.expose().bytes().all(of_secret) {
            let problem = "has to be 1 to 256 letters, digits, _ and -, because Telegram takes no others";
            return Err(OpenError::Invalid { name: "secret_token", problem });
        }
        Ok(Self {
            base: SecretText::new(format!("{api_url}/bot{}/", token.expose())),
            secret_token,
            typing: settings.flag("typing").unwrap_or(true),
        })
    }

    fn call(&self, call: send::Call) -> HttpRequest {
        let url = SecretText::new(format!("{}{}", self.base.expose(), call.method));
        rest::post_json(url, &call.parameters)
    }
}

impl Adapter for Telegram {
    fn kind(&self) -> ChannelKind {
        ChannelKind::Telegram
    }

    fn verify<'r>(
        &self,
        request: &'r WebhookRequest<'r>,
        _now: Timestamp,
    ) -> Result<Verified<'r>, BadSignature> {
        let given = request.header("x-telegram-bot-api-secret-token").unwrap_or_default();
        match signature::same(given, self.secret_token.expose()) {
            true => Ok(Verified::seal(request)),
            false => Err(BadSignature),
        }
    }

    fn decode(&self, webhook: Verified<'_>, _now: Timestamp) -> Result<Decoded, Malformed> {
        update::decode(webhook.request().body)
    }

    fn courtesies(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        let Event::Reply(reply) = &event.event else { return Vec::new() };
        let Some(query) = reply.reference.as_ref().and_then(update::callback_query) else {
            return Vec::new();
        };
        let parameters = json!({ "callback_query_id": query });
        vec![self.call(send::Call { method: "answerCallbackQuery", parameters })]
    }

    fn at_work(&self, event: &ChannelEvent) -> Vec<HttpRequest> {
        if !self.typing || !matches!(event.event, Event::Reply(_) | Event::Begin | Event::Start(_)) {
            return Vec::new();
        }
        let parameters = json!({ "chat_id": send::chat_id(&event.address), "action": "typing" });
        vec![self.call(send::Call { method: "sendChatAction", parameters })]
    }

    fn say(&self, to: &str, message: &OutMessage, done: u32) -> Result<Box<dyn Sending>, SendError> {
        let calls = send::calls(to, message);
        let requests = calls.into_iter().map(|call| self.call(call)).collect();
        Ok(Series::begin(requests, done, send::accepted))
    }

    fn erase(&self, to: &str, message: &MessageRef) -> Option<Box<dyn Sending>> {
        let message_id: u64 = message.0.parse().ok()?;
        let parameters = json!({ "chat_id": send::chat_id(to), "message_id": message_id });
        let request = self.call(send::Call { method: "deleteMessage", parameters });
        Some(Series::begin(vec![request], 0, send::erased))
    }
}

/// Shows nothing of the bot.
impl fmt::Debug for Telegram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Telegram(…)")
    }
}

#[cfg(test)]
#[path = "telegram_tests.rs"]
mod tests;
