//! What WhatsApp, Messenger and Instagram have in common: the Graph API and its webhooks.

use countersign_model::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::dialect::Hook;
use crate::ids::Mint;
use crate::sign;
use crate::wire::{Reply, Request};

/// How long after the user's last message anything can be written.
const WINDOW_SECS: u64 = 24 * 60 * 60;

/// An answer with an error.
pub(crate) fn refused(status: u16, code: u32, message: &str) -> Reply {
    error(status, code, message, |_| {})
}

/// An answer with an error that `more` adds to.
pub(crate) fn error(status: u16, code: u32, message: &str, more: impl FnOnce(&mut Value)) -> Reply {
    let mut error = json!({ "message": message, "type": "OAuthException", "code": code });
    more(&mut error);
    error["fbtrace_id"] = "AexampleTrace00".into();
    Reply::json(status, &json!({ "error": error })).code(code)
}

/// Whether the path is `[/VERSION]/ACCOUNT/messages`.
pub(crate) fn is_messages_of(request: &Request<'_>, account: &str) -> bool {
    match request.parts()[..] {
        [version, id, "messages"] => is_version(version) && id == account,
        [id, "messages"] => id == account,
        _ => false,
    }
}

/// Looks at the token and the body.
pub(crate) fn admitted(request: &Request<'_>, account: &str, token: &str) -> Result<Value, Reply> {
    if request.method != http::Method::POST || !is_messages_of(request, account) {
        let message = format!(
            "Unsupported {} request. Object with ID does not exist, cannot be loaded due to missing permissions, \
             or does not support this operation.",
            request.method.as_str().to_lowercase()
        );
        return Err(error(400, 100, &message, |error| error["error_subcode"] = 33.into()));
    }
    let in_query = request.parameters();
    if request.bearer().or(in_query.value("access_token")) != Some(token) {
        return Err(refused(401, 190, "Invalid OAuth access token - Cannot parse access token"));
    }
    let json = request.json();
    if !request.is_json() || !json.is_object() {
        return Err(refused(400, 100, "(#100) The request body is not a JSON object"));
    }
    Ok(json)
}

/// Whether the window of 24 hours is closed.
pub(crate) fn window_is_closed(heard: Option<Timestamp>, now: Timestamp) -> bool {
    heard.is_none_or(|heard| now.since(heard).as_secs() > WINDOW_SECS)
}

/// A webhook with JSON as Meta writes it.
pub(crate) fn hook(json: &Value, id: &str, event: &'static str) -> Hook {
    Hook::post("application/json", sign::as_meta_writes(json), id, event)
}

/// The header line with the signature.
pub(crate) fn signature(secret: &str, hook: &Hook) -> Vec<(&'static str, String)> {
    match hook.method == http::Method::GET {
        true => Vec::new(),
        false => vec![
            ("x-hub-signature-256", sign::meta(secret, &hook.body)),
            ("user-agent", "facebookexternalua".to_owned()),
        ],
    }
}

/// `GET ?hub.mode=subscribe&…`
pub(crate) fn handshake(verify_token: &str) -> Hook {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", "1158201444")
        .append_pair("hub.verify_token", verify_token)
        .finish();
    Hook::get(query, "1158201444", "handshake")
}

/// `wamid.…`, with the number of bytes that real ones have.
pub(crate) fn wamid(mint: &Mint) -> String {
    use base64::Engine as _;
    let inner = format!(
        "\u{1d}\u{2}\u{b}15550100123\u{15}\u{2}\u{0}\u{11}\u{18}\u{12}{}\u{0}",
        mint.hex(20).to_uppercase()
    );
    format!("wamid.{}", base64::engine::general_purpose::STANDARD.encode(inner))
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}
