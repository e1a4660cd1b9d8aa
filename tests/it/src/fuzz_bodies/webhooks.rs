//! Webhooks of every provider.

use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_channels::{
    Adapter, Decoded, Event, Leg, Next, PROVIDERS, Provider, SettingKind, Settings, WebhookRequest,
};
use countersign_model::{ChannelKind, OutMessage, Timestamp};

const NOW: Timestamp = Timestamp::from_secs(1_795_354_800);
const KEY: &str = "12345678:key-of-the-account_0123456789";

/// What a provider sends is read or refused, twice in the same way, and only as it was signed; what comes of it can be
/// answered. The first byte chooses the provider, the second one how it sends.
pub(crate) fn webhook(data: &[u8]) {
    let [which, how, text @ ..] = data else { return };
    let provider = PROVIDERS[usize::from(*which) % PROVIDERS.len()];
    let adapter = (provider.open)(&settings(provider, *how)).unwrap();
    let by_query = how % 2 == 1 && !is_meta(provider.kind);
    let hook = Hook::new(provider, by_query, text);
    let Some(first) = hook.read(&*adapter, &hook.body) else { return };
    let again = hook.read(&*adapter, &hook.body);
    assert_eq!(Some(ids(&first)), again.as_ref().map(ids), "a repeat has the ids of the first");
    if is_signed(provider) && !by_query {
        let changed = [&hook.body[..], b"!"].concat();
        assert!(hook.verifies(&*adapter, &hook.body) && !hook.verifies(&*adapter, &changed));
    }
    for event in &first.events {
        assert!(!event.id.is_empty() && !event.address.is_empty(), "{}", provider.title);
        adapter.courtesies(event);
        adapter.at_work(event);
        let hello = OutMessage::Text("Hello".to_owned());
        if let Ok(mut sending) = adapter.say(&event.address, &hello, 0) {
            assert!(sending.advance(None).is_ok());
        }
        if let Event::Reply(reply) = &event.event
            && let Some(reference) = &reply.reference
            && let Some(mut sending) = adapter.erase(&event.address, reference)
        {
            assert!(sending.advance(None).is_ok());
        }
    }
    if let (Some(call), Some(voice)) = (&first.asks, adapter.voice()) {
        let leg = Leg { call, next_url: "https://bots.example/hooks/a?step=1", language: "en", spell: &[] };
        let next = Next::Ask { after: Duration::from_secs(1) };
        assert_eq!(voice.answer(&leg, &[OutMessage::Text("Hello".to_owned())], &next).status, 200);
        voice.hang_up(call, NOW);
    }
}

fn ids(decoded: &Decoded) -> Vec<(&str, &str)> {
    decoded.events.iter().map(|event| (event.id.as_str(), event.address.as_str())).collect()
}

/// Settings with the ids of the samples.
fn settings(provider: &Provider, how: u8) -> Settings {
    let text = |name: &str| match name {
        "phone_number_id" => Some("118273645500112"),
        "page_id" => Some("309812345670001"),
        "account_id" => Some("17841400000000111"),
        "account_sid" => Some("AC00000000000000000000000000000001"),
        "api_key" => Some("abcd1234"),
        "from" => Some("+15550100900"),
        "send.url" => Some("https://gateway.example/send?to={to}&text={text}"),
        "receive.format" => Some(["form", "json", "xml"][usize::from(how / 2) % 3]),
        _ => None,
    };
    let mut settings = Settings::new();
    for setting in provider.settings {
        settings = match (setting.kind, text(setting.name).or(setting.default)) {
            (SettingKind::Secret, _)
                if setting.required || matches!(setting.name, "hook_key" | "receive.key") =>
            {
                settings.with_secret(setting.name, secret(setting.name).into())
            }
            (SettingKind::Text, Some(value)) => settings.with(setting.name, value),
            _ => settings,
        };
    }
    settings.with_flag("unsigned", true).with_flag("mms", how & 64 != 0)
}

fn is_meta(kind: ChannelKind) -> bool {
    matches!(kind, ChannelKind::Whatsapp | ChannelKind::Messenger | ChannelKind::Instagram)
}

/// Whether the body is signed, and not a key sent with it.
fn is_signed(provider: &Provider) -> bool {
    is_meta(provider.kind) || provider.name == "twilio" || provider.kind == ChannelKind::Phone
}

/// A webhook as its provider sends and signs it.
struct Hook {
    method: &'static str,
    url: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Hook {
    fn new(provider: &Provider, by_query: bool, text: &[u8]) -> Self {
        let (mut query, body) = match by_query {
            true => (String::from_utf8_lossy(text).into_owned(), Vec::new()),
            false => (String::new(), text.to_vec()),
        };
        if provider.kind == ChannelKind::Sms {
            query = format!(
                "key={}&{query}",
                url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect::<String>()
            );
        }
        let url = format!("https://bots.example/hooks/a?{query}");
        let method = if by_query { "GET" } else { "POST" };
        let header = match (provider.kind, provider.name) {
            (ChannelKind::Telegram, _) => ("x-telegram-bot-api-secret-token", secret_token().to_owned()),
            (_, "twilio") => ("x-twilio-signature", twilio(&url, &body)),
            (ChannelKind::Phone, _) => ("authorization", format!("Bearer {}", token(&body))),
            _ => ("x-hub-signature-256", format!("sha256={}", hex(hmac(hmac::HMAC_SHA256, &body).as_ref()))),
        };
        let headers = vec![(header.0.to_owned(), header.1.into_bytes())];
        Self { method, url, query, headers, body }
    }

    fn request<'a>(&'a self, body: &'a [u8]) -> WebhookRequest<'a> {
        let Self { method, url, query, headers, .. } = self;
        WebhookRequest { method, url, query, headers, body }
    }

    fn verifies(&self, adapter: &dyn Adapter, body: &[u8]) -> bool {
        adapter.verify(&self.request(body), NOW).is_ok()
    }

    /// What it holds, when it is read at all.
    fn read(&self, adapter: &dyn Adapter, body: &[u8]) -> Option<Decoded> {
        let request = self.request(body);
        adapter.greet(&request);
        let verified = adapter.verify(&request, NOW).ok()?;
        adapter.decode(verified, NOW).ok()
    }
}

/// Tokens of Telegram have a form of their own.
fn secret(setting: &str) -> &'static str {
    if setting == "secret_token" { secret_token() } else { KEY }
}

fn secret_token() -> &'static str {
    "secret-token_of_the_webhook"
}

fn hmac(algorithm: hmac::Algorithm, bytes: &[u8]) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(algorithm, KEY.as_bytes()), bytes)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Twilio signs the address and the parameters in their order.
fn twilio(url: &str, body: &[u8]) -> String {
    let mut parameters: Vec<_> = url::form_urlencoded::parse(body).into_owned().collect();
    parameters.sort_unstable();
    parameters.dedup();
    let signed = parameters.into_iter().fold(url.to_owned(), |signed, (name, value)| signed + &name + &value);
    STANDARD.encode(hmac(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, signed.as_bytes()))
}

/// Vonage signs a token with the hash of the body.
fn token(body: &[u8]) -> String {
    let hash = hex(digest::digest(&digest::SHA256, body).as_ref());
    let claims = format!("{{\"iat\":{},\"payload_hash\":\"{hash}\"}}", NOW.as_secs());
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode("{\"alg\":\"HS256\"}"), URL_SAFE_NO_PAD.encode(claims));
    let signature = URL_SAFE_NO_PAD.encode(hmac(hmac::HMAC_SHA256, signed.as_bytes()));
    format!("{signed}.{signature}")
}
