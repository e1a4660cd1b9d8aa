use std::fmt;

use aws_lc_rs::hmac;
use countersign_model::{Method, SecretText};

use crate::adapter::{BadSignature, Verified};
use crate::registry::OpenError;
use crate::request::{Answer, Body, HttpRequest, WebhookRequest};
use crate::rest::required;
use crate::settings::{Setting, SettingKind, Settings};
use crate::signature;

/// Where the app's secret is set.
pub(crate) const APP_SECRET: Setting = Setting {
    name: "app_secret",
    kind: SettingKind::Secret,
    default: None,
    required: true,
    help: "The secret of the app, with which Meta signs webhooks: App settings > Basic > App secret.",
};

/// Where the app's secret before is set.
pub(crate) const APP_SECRET_OLD: Setting = Setting {
    name: "app_secret_old",
    kind: SettingKind::Secret,
    default: None,
    required: false,
    help: "The secret before, while the secret of the app is being changed. Both are accepted.",
};

/// Where the word of the handshake is set.
pub(crate) const VERIFY_TOKEN: Setting = Setting {
    name: "verify_token",
    kind: SettingKind::Secret,
    default: None,
    required: true,
    help: "A long random word of your own. You give the same one to Meta when you enter the webhook's address.",
};

/// Where the access token is set, on WhatsApp and Instagram.
pub(crate) const ACCESS_TOKEN: Setting = Setting {
    name: "access_token",
    kind: SettingKind::Secret,
    default: None,
    required: true,
    help: "The token with which messages are sent.",
};

/// Where the version of the Graph API is set.
pub(crate) const API_VERSION: Setting = Setting {
    name: "api_version",
    kind: SettingKind::Text,
    default: Some("v25.0"),
    required: false,
    help: "The version of the Graph API.",
};

/// Whether the user sees that a message was read.
pub(crate) const MARK_READ: Setting = Setting {
    name: "mark_read",
    kind: SettingKind::Flag,
    default: Some("true"),
    required: false,
    help: "Whether the user sees that a message was read.",
};

/// Whether the user sees that an answer is being written.
pub(crate) const TYPING: Setting = Setting {
    name: "typing",
    kind: SettingKind::Flag,
    default: Some("true"),
    required: false,
    help: "Whether the user sees that an answer is being written.",
};

/// An account at Meta: how its webhooks are signed and where its messages are sent.
pub(crate) struct Account {
    keys: Vec<hmac::Key>,
    verify_token: SecretText,
    url: SecretText,
    bearer: SecretText,
    /// Whether the user sees that a message was read.
    pub(crate) mark_read: bool,
    /// Whether the user sees that an answer is being written.
    pub(crate) typing: bool,
}

impl Account {
    /// Reads the settings that the three share. `id` stands in the address of the API, `token` is the setting that
    /// holds the access token.
    pub(crate) fn open(
        settings: &Settings,
        id: &str,
        token: &'static str,
        default_api: &str,
    ) -> Result<Self, OpenError> {
        let app_secret = required(settings, APP_SECRET.name)?;
        let old = settings.secret(APP_SECRET_OLD.name);
        let keys = std::iter::once(&app_secret).chain(&old).map(signature::hmac_sha256_key).collect();
        let api = api_url(settings.text("api_url").unwrap_or(default_api))?;
        let version = settings.text(API_VERSION.name).or(API_VERSION.default).unwrap_or_default();
        if !is_version(version) {
            let problem = "must be a version of the Graph API, such as v25.0";
            return Err(OpenError::Invalid { name: API_VERSION.name, problem });
        }
        let access_token = required(settings, token)?;
        if access_token.expose().bytes().any(|byte| !byte.is_ascii_graphic()) {
            let problem = "holds a space, a line break or another character that no token has";
            return Err(OpenError::Invalid { name: token, problem });
        }
        Ok(Self {
            keys,
            verify_token: required(settings, VERIFY_TOKEN.name)?,
            url: format!("{api}/{version}/{id}/messages").into(),
            bearer: format!("Bearer {}", access_token.expose()).into(),
            mark_read: settings.flag(MARK_READ.name).unwrap_or(true),
            typing: settings.flag(TYPING.name).unwrap_or(true),
        })
    }

    /// The handshake: the challenge when the word is the right one, otherwise 403.
    pub(crate) fn greet(&self, request: &WebhookRequest<'_>) -> Option<Answer> {
        if request.method != "GET" {
            return None;
        }
        let given = |name| request.parameter(name).unwrap_or_default();
        let known = signature::same(&given("hub.verify_token"), self.verify_token.expose());
        let asked = given("hub.mode") == "subscribe";
        Some(if known && asked { Answer::text(given("hub.challenge")) } else { Answer::status(403) })
    }

    /// `X-Hub-Signature-256: sha256=…` over the bytes as they came.
    pub(crate) fn verify<'r>(&self, request: &'r WebhookRequest<'r>) -> Result<Verified<'r>, BadSignature> {
        let header = request.header("x-hub-signature-256").ok_or(BadSignature)?;
        let given = header.strip_prefix("sha256=").ok_or(BadSignature)?;
        if !signature::is_hmac_sha256_hex(&self.keys, request.body, given) {
            return Err(BadSignature);
        }
        Ok(Verified::seal(request))
    }

    /// A call of the account's `messages`.
    pub(crate) fn post(&self, json: SecretText) -> HttpRequest {
        HttpRequest {
            method: Method::Post,
            url: self.url.duplicate(),
            headers: vec![("authorization", self.bearer.duplicate())],
            body: Some(Body { content_type: "application/json", text: json }),
        }
    }
}

/// Shows nothing: it holds secrets.
impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Account(•••)")
    }
}

/// The id of an account, which stands in a path: digits alone.
pub(crate) fn account_id(settings: &Settings, name: &'static str) -> Result<String, OpenError> {
    let id = settings.text(name).ok_or(OpenError::Missing(name))?;
    if !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(OpenError::Invalid { name, problem: "must be the id, which has digits alone" });
    }
    Ok(id.to_owned())
}

fn api_url(text: &str) -> Result<&str, OpenError> {
    let url = url::Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http"));
    match url {
        Some(url) if url.query().is_none() && url.fragment().is_none() => Ok(text.trim_end_matches('/')),
        _ => {
            let problem = "must be an address such as https://graph.facebook.com, without `?` and `#`";
            Err(OpenError::Invalid { name: "api_url", problem })
        }
    }
}

fn is_version(text: &str) -> bool {
    let parts = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    parts.is_some_and(|(major, minor)| number(major) && number(minor))
}
