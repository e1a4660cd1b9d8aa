pub use crate::sign::VonageMethod;

/// One account at a provider, and where its webhooks go.
///
/// The keys are made up and public; nothing here protects anything.
pub struct Line {
    /// Its name: in the history, on the control page, and in front of the paths of its API.
    pub id: String,
    /// The account.
    pub account: Account,
    /// Where webhooks are sent: `http://127.0.0.1:8080/hooks/whatsapp`.
    pub hook_url: String,
    /// The address that the operator has told the provider, when it is another one (`public_url` behind a proxy). Some
    /// signatures are over it.
    pub public_hook_url: Option<String>,
}

impl Line {
    /// A line with the demo account of a provider, one of [`Account::DEMOS`].
    pub fn demo(id: &str, provider: &str, hook_url: &str) -> Option<Self> {
        Some(Self::new(id, Account::demo(provider)?, hook_url))
    }

    /// A line.
    pub fn new(id: &str, account: Account, hook_url: &str) -> Self {
        Self { id: id.to_owned(), account, hook_url: hook_url.to_owned(), public_hook_url: None }
    }
}

/// The account of a line.
#[derive(Clone)]
pub enum Account {
    /// WhatsApp Cloud API.
    Whatsapp(WhatsappNumber),
    /// Facebook Messenger.
    Messenger(MetaPage),
    /// Instagram direct messages.
    Instagram(MetaPage),
    /// Telegram.
    Telegram(TelegramBot),
    /// Twilio SMS.
    TwilioSms(TwilioNumber),
    /// Vonage SMS.
    VonageSms(VonageSmsNumber),
    /// A gateway of one's own.
    Gateway(GatewayAccount),
    /// Twilio Voice.
    TwilioVoice(TwilioNumber),
    /// Vonage Voice.
    VonageVoice(VonageVoiceNumber),
}

/// A number at the WhatsApp Cloud API.
#[derive(Clone)]
pub struct WhatsappNumber {
    /// The id of the business account.
    pub business_id: String,
    /// The id of the number, in the paths of the API.
    pub phone_number_id: String,
    /// The number as digits.
    pub display_number: String,
    /// Signs webhooks.
    pub app_secret: String,
    /// Proves the handshake.
    pub verify_token: String,
    /// What the bot sends with.
    pub access_token: String,
}

/// A Facebook page, or an Instagram account.
#[derive(Clone)]
pub struct MetaPage {
    /// Its id, in the paths of the API.
    pub id: String,
    /// Signs webhooks.
    pub app_secret: String,
    /// Proves the handshake.
    pub verify_token: String,
    /// What the bot sends with.
    pub access_token: String,
}

/// A bot at Telegram.
#[derive(Clone)]
pub struct TelegramBot {
    /// In the paths of the API: `7654321098:AAE…`.
    pub token: String,
    /// Comes with every webhook.
    pub secret_token: String,
}

/// A number at Twilio.
#[derive(Clone)]
pub struct TwilioNumber {
    /// `AC…`
    pub account_sid: String,
    /// Signs webhooks, and is the password of the API.
    pub auth_token: String,
    /// In E.164.
    pub number: String,
}

/// A number for SMS at Vonage.
#[derive(Clone)]
pub struct VonageSmsNumber {
    /// Names the account.
    pub api_key: String,
    /// The password of the API.
    pub api_secret: String,
    /// Signs webhooks; empty when the account does not sign.
    pub signature_secret: String,
    /// How they are signed.
    pub method: VonageMethod,
    /// Digits without `+`.
    pub number: String,
}

/// An account at an SMS gateway of one's own.
#[derive(Clone)]
pub struct GatewayAccount {
    /// How the gateway speaks.
    pub flavour: Flavour,
    /// The user of the API.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The number or short code.
    pub number: String,
}

/// Kinds of gateways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `GET /cgi-bin/sendsms`; comes in as a query with `from`, `to`, `text`, `id`, `ts`.
    Kannel,
    /// `GET` or `POST /send`; comes in as a form with `content`, and wants `ACK/Jasmin`.
    Jasmin,
    /// `POST /v1/sms` with JSON `to`, `text`, `ref` and the header `X-Api-Key`; comes in as JSON.
    Json,
}

/// A number for calls at Vonage.
#[derive(Clone)]
pub struct VonageVoiceNumber {
    /// Names the account.
    pub api_key: String,
    /// Names the application.
    pub application_id: String,
    /// Signs webhooks; empty when the account does not sign.
    pub signature_secret: String,
    /// Digits without `+`.
    pub number: String,
    /// Whether the call comes in as `POST`; Vonage's default is `GET`.
    pub answer_by_post: bool,
    /// Where events go; the address of the line when `None`.
    pub event_url: Option<String>,
}

impl Account {
    /// The providers that have a demo account.
    pub const DEMOS: [&str; 11] = [
        "whatsapp",
        "messenger",
        "instagram",
        "telegram",
        "twilio-sms",
        "vonage-sms",
        "kannel",
        "jasmin",
        "json-gateway",
        "twilio-voice",
        "vonage-voice",
    ];

    /// An account with made-up keys, which are public.
    pub fn demo(provider: &str) -> Option<Self> {
        let text = str::to_owned;
        let page = |id: &str, secret: &str, token: &str| MetaPage {
            id: text(id),
            app_secret: text(secret),
            verify_token: text("demo-verify-token"),
            access_token: text(token),
        };
        let twilio = || TwilioNumber {
            account_sid: text("AC4c122831efef10ac68b5223dccd6f614"),
            auth_token: text("0f1e2d3c4b5a69788796a5b4c3d2e1f0"),
            number: text("+15550100900"),
        };
        let gateway = |flavour| GatewayAccount {
            flavour,
            username: text("demo"),
            password: text("demo-password"),
            number: text("22141"),
        };
        Some(match provider {
            "whatsapp" => Self::Whatsapp(WhatsappNumber {
                business_id: text("210987654321098"),
                phone_number_id: text("118273645500112"),
                display_number: text("15550100900"),
                app_secret: text("c0ffee11d5a94e7b8f2233445566778a"),
                verify_token: text("demo-verify-token"),
                access_token: text("EAAdemotoken"),
            }),
            "messenger" => Self::Messenger(page(
                "309812345670001",
                "3f9b7a1de0c24c55a1b2c3d4e5f60718",
                "EAAdemopagetoken",
            )),
            "instagram" => Self::Instagram(page(
                "17841400000000111",
                "9a8b7c6d5e4f30211203f4e5d6c7b8a9",
                "IGAAdemotoken",
            )),
            "telegram" => Self::Telegram(TelegramBot {
                token: text("7654321098:AAEdemoTOKENdemoTOKENdemo"),
                secret_token: text("Ex4mple_secret-TOKEN"),
            }),
            "twilio-sms" => Self::TwilioSms(twilio()),
            "vonage-sms" => Self::VonageSms(VonageSmsNumber {
                api_key: text("abcd1234"),
                api_secret: text("s3cretEXAMPLE"),
                signature_secret: text("Vs1gnatureSecret42exampleKeyABCDEF"),
                method: VonageMethod::Sha256,
                number: text("31970100900"),
            }),
            "kannel" => Self::Gateway(gateway(Flavour::Kannel)),
            "jasmin" => Self::Gateway(gateway(Flavour::Jasmin)),
            "json-gateway" => Self::Gateway(gateway(Flavour::Json)),
            "twilio-voice" => Self::TwilioVoice(twilio()),
            "vonage-voice" => Self::VonageVoice(VonageVoiceNumber {
                api_key: text("abcd1234"),
                application_id: text("aaaaaaaa-bbbb-cccc-dddd-0123456789ab"),
                signature_secret: text("Vs1gnatureSecret42exampleKeyABCDEF"),
                number: text("31970100900"),
                answer_by_post: true,
                event_url: None,
            }),
            _ => return None,
        })
    }

    /// The kind of channel, as bot files name it.
    pub fn channel(&self) -> &'static str {
        match self {
            Self::Whatsapp(_) => "whatsapp",
            Self::Messenger(_) => "messenger",
            Self::Instagram(_) => "instagram",
            Self::Telegram(_) => "telegram",
            Self::TwilioSms(_) | Self::VonageSms(_) | Self::Gateway(_) => "sms",
            Self::TwilioVoice(_) | Self::VonageVoice(_) => "phone",
        }
    }

    /// The provider as a person writes it.
    pub fn provider(&self) -> &'static str {
        match self {
            Self::Whatsapp(_) => "WhatsApp",
            Self::Messenger(_) => "Messenger",
            Self::Instagram(_) => "Instagram",
            Self::Telegram(_) => "Telegram",
            Self::TwilioSms(_) | Self::TwilioVoice(_) => "Twilio",
            Self::VonageSms(_) | Self::VonageVoice(_) => "Vonage",
            Self::Gateway(GatewayAccount { flavour: Flavour::Kannel, .. }) => "Kannel",
            Self::Gateway(GatewayAccount { flavour: Flavour::Jasmin, .. }) => "Jasmin",
            Self::Gateway(GatewayAccount { flavour: Flavour::Json, .. }) => "a gateway with JSON",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_has_a_demo_account() {
        for provider in Account::DEMOS {
            assert!(Account::demo(provider).is_some(), "{provider}");
        }
        assert!(Account::demo("fax").is_none());
    }
}
