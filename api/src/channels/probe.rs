//! Asks a provider whether it accepts a channel's token, by a request that changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_egress::OutgoingRequest;
use countersign_model::{ChannelKind, Method, SecretText};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::keep::{KeptChannel, all_unsealed, is_chat};
use super::kinds::settings_of;
use super::routes::none;
use super::settings::shown;
use super::wire::of_host;
use crate::access::Here;
use crate::http::{Answer, Params, of_change};
use crate::records;
use crate::state::Api;

/// What came of a test.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ChannelTest)]
pub(super) struct Tested {
    ok: bool,
    message: String,
}

/// A request that changes nothing.
struct Probe {
    url: SecretText,
    authorization: Option<SecretText>,
}

/// Asks the provider whether it accepts the channel's token. What cannot be asked is told.
#[utoipa::path(post, path = "/workspaces/{workspace}/channels/{id}/test", tag = "channels", params(("workspace" = String, Path), ("id" = String, Path)), responses((status = 200, body = Tested), (status = 409)))]
pub(super) async fn test(
    State(api): State<Arc<Api>>,
    here: Here,
    Params((_, id)): Params<(String, String)>,
) -> Answer<Json<Tested>> {
    let workspace = here.workspace();
    let said = |ok, message: &str| Ok(Json(Tested { ok, message: message.to_owned() }));
    let Some(kept) = records::load::<KeptChannel>(api.store.as_ref(), workspace, &id, api.now()).await?
    else {
        of_host(&api, workspace).iter().find(|channel| channel.id.as_str() == id).ok_or_else(none)?;
        return said(
            false,
            "The secrets of this channel stand in the configuration file, where the console cannot read them. Write to \
             the channel to test it.",
        );
    };
    let kept = kept.value;
    api.change()
        .line(here.line("channel.test", &format!("channel/{id}")))
        .commit()
        .await
        .map_err(of_change)?;
    if kept.bot.is_none() {
        return said(false, "No bot answers here yet. Choose one.");
    }
    if is_chat(kept.kind) {
        return said(
            true,
            "This chat is served here; nobody else has to be asked. Open a page with the widget to try it.",
        );
    }
    let Ok(secrets) = all_unsealed(&api, workspace, &id, &kept.secrets) else {
        return said(
            false,
            "A secret of the channel does not open with the keys that there are. Give it again.",
        );
    };
    let Some(probe) = probe(&api, &kept, &secrets) else {
        return said(
            false,
            "This provider has no request that changes nothing, so there is nothing to ask it. Write to the channel, or \
             call it, to test it.",
        );
    };
    let mut request = OutgoingRequest::to(Method::Get, probe.url).timeout(Duration::from_secs(10));
    if let Some(authorization) = probe.authorization {
        request = request.header("authorization", authorization);
    }
    let request = match request.build(&api.policy) {
        Ok(request) => request,
        Err(refusal) => {
            let message = format!("The provider's address may not be called: {refusal}.");
            return Ok(Json(Tested { ok: false, message }));
        }
    };
    let (ok, message) = match api.transport.send(&request).await {
        Err(error) => (false, format!("The provider was not reached: {error}.")),
        Ok(answer) if (200..300).contains(&answer.status) => {
            let message =
                "The provider accepts the token. Whether its webhooks arrive shows when somebody writes.";
            (true, message.to_owned())
        }
        Ok(answer) => {
            let code = code(&answer.body).map_or(String::new(), |code| format!(", code {code}"));
            let status = answer.status;
            let message = match status {
                401 | 403 => format!("The provider does not accept the token (status {status}{code})."),
                400 | 404 => format!(
                    "The provider does not know this account, or does not accept the token (status {status}{code})."
                ),
                _ => format!("The provider answered with the status {status}{code}. Try again in a while."),
            };
            (false, message)
        }
    };
    Ok(Json(Tested { ok, message }))
}

fn probe(api: &Api, kept: &KeptChannel, secrets: &BTreeMap<String, SecretText>) -> Option<Probe> {
    let known = settings_of(api, kept.kind, &kept.provider)?;
    let text = |name: &str| {
        let default = shown(known).find(|setting| setting.name == name).and_then(|setting| setting.default);
        kept.settings.get(name).map(String::as_str).or(default).map(|text| text.trim_end_matches('/'))
    };
    let secret = |name: &str| secrets.get(name).map(SecretText::expose);
    let bearer = |token: &str| Some(SecretText::new(format!("Bearer {token}")));
    let basic = |user: &str, password: &str| {
        Some(SecretText::new(format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))))
    };
    let public = |url: String| SecretText::new(url);
    let base = text("api_url");
    Some(match (kept.kind, kept.provider.as_str()) {
        (ChannelKind::Whatsapp, _) => Probe {
            url: public(format!("{}/{}/{}?fields=id", base?, text("api_version")?, text("phone_number_id")?)),
            authorization: bearer(secret("access_token")?),
        },
        (ChannelKind::Messenger, _) => Probe {
            url: public(format!("{}/{}/{}?fields=id", base?, text("api_version")?, text("page_id")?)),
            authorization: bearer(secret("page_token")?),
        },
        (ChannelKind::Instagram, _) => Probe {
            url: public(format!("{}/{}/{}?fields=id", base?, text("api_version")?, text("account_id")?)),
            authorization: bearer(secret("access_token")?),
        },
        (ChannelKind::Telegram, _) => Probe {
            url: SecretText::new(format!("{}/bot{}/getMe", base?, secret("bot_token")?)),
            authorization: None,
        },
        (ChannelKind::Sms | ChannelKind::Phone, "twilio") => Probe {
            url: public(format!("{}/2010-04-01/Accounts/{}.json", base?, text("account_sid")?)),
            authorization: basic(text("account_sid")?, secret("auth_token")?),
        },
        (ChannelKind::Sms, "vonage") => Probe {
            url: public(format!("{}/account/get-balance", base?)),
            authorization: basic(text("api_key")?, secret("api_secret")?),
        },
        _ => return None,
    })
}

/// The number by which a provider names a problem; nothing else of its answer is shown.
fn code(body: &[u8]) -> Option<i64> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let places = [&body["error"]["code"], &body["error_code"], &body["code"]];
    places.into_iter().find_map(Value::as_i64)
}
