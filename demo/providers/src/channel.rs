use crate::line::{Account, Flavour};
use crate::sign::VonageMethod;

/// What proves a webhook of a gateway, which does not sign.
const GATEWAY_KEY: &str = "demo-hook-key-4f1d";

impl Account {
    /// The `[[channels]]` of a server's configuration that speaks with this account. `api_url` is that of
    /// [`crate::Standins::api_url`]; `id` names the channel, and the line.
    pub fn channel_toml(&self, id: &str, bot: &str, api_url: &str) -> String {
        let kind = self.channel();
        let mut toml = Toml(String::new());
        toml.0.push_str("\n[[channels]]\n");
        toml.put(&[("id", id), ("kind", kind), ("bot", bot)]);
        match self {
            Self::Whatsapp(number) => toml.put(&[
                ("phone_number_id", &number.phone_number_id),
                ("access_token", &number.access_token),
                ("app_secret", &number.app_secret),
                ("verify_token", &number.verify_token),
            ]),
            Self::Messenger(page) => toml.put(&[
                ("page_id", &page.id),
                ("page_token", &page.access_token),
                ("app_secret", &page.app_secret),
                ("verify_token", &page.verify_token),
            ]),
            Self::Instagram(page) => toml.put(&[
                ("account_id", &page.id),
                ("access_token", &page.access_token),
                ("app_secret", &page.app_secret),
                ("verify_token", &page.verify_token),
            ]),
            Self::Telegram(bot) => {
                toml.put(&[("bot_token", &bot.token), ("secret_token", &bot.secret_token)]);
            }
            Self::TwilioSms(number) => toml.put(&[
                ("provider", "twilio"),
                ("account_sid", &number.account_sid),
                ("auth_token", &number.auth_token),
                ("from", &number.number),
            ]),
            Self::TwilioVoice(number) => toml.put(&[
                ("provider", "twilio"),
                ("account_sid", &number.account_sid),
                ("auth_token", &number.auth_token),
            ]),
            Self::VonageSms(number) => toml.put(&[
                ("provider", "vonage"),
                ("api_key", &number.api_key),
                ("api_secret", &number.api_secret),
                ("from", &number.number),
                ("signature_secret", &number.signature_secret),
                ("signature_method", method(number.method)),
            ]),
            Self::VonageVoice(number) => toml.put(&[
                ("provider", "vonage"),
                ("signature_secret", &number.signature_secret),
                ("application_id", &number.application_id),
                ("number", &number.number),
            ]),
            Self::Gateway(gateway) => {
                toml.put(&[
                    ("provider", "http"),
                    ("from", &gateway.number),
                    ("send.username", &gateway.username),
                    ("send.password", &gateway.password),
                    ("receive.key", GATEWAY_KEY),
                    ("receive.id", if gateway.flavour == Flavour::Json { "messageId" } else { "id" }),
                    (
                        "report.status",
                        if gateway.flavour == Flavour::Jasmin { "message_status" } else { "status" },
                    ),
                ]);
                toml.put(gateway_settings(gateway.flavour));
                toml.put(&[("send.url", &format!("{api_url}{}", gateway_path(gateway.flavour)))]);
                return toml.0;
            }
        }
        toml.put(&[("api_url", api_url)]);
        toml.0
    }

    /// What the address of the webhooks has in its query: the key of a gateway that does not sign.
    pub fn hook_query(&self) -> String {
        match self {
            Self::Gateway(_) => format!("?key={GATEWAY_KEY}"),
            _ => String::new(),
        }
    }
}

fn gateway_path(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Kannel => {
            "/cgi-bin/sendsms?username={username}&password={password}&from={from}&to={to}&text={text}{coding}\
             &dlr-mask=27&dlr-url={callback}"
        }
        Flavour::Jasmin => {
            "/send?username={username}&password={password}&from={from}&to={to_no_plus}&content={text}\
             &coding={coding}&dlr=yes&dlr-level=2&dlr-method=POST&dlr-url={callback}"
        }
        Flavour::Json => "/v1/sms",
    }
}

fn gateway_settings(flavour: Flavour) -> &'static [(&'static str, &'static str)] {
    match flavour {
        Flavour::Kannel => &[
            ("send.unicode", "&coding=2&charset=UTF-8"),
            ("send.callback", "{hook}?key={key}&id={id}&status=%d"),
            ("receive.time", "ts"),
            ("report.queued", "4"),
            ("report.sent", "8"),
            ("report.delivered", "1"),
            ("report.failed", "2,16"),
        ],
        Flavour::Jasmin => &[
            ("send.gsm7", "0"),
            ("send.unicode", "8"),
            ("send.callback", "{hook}?key={key}"),
            ("send.answer_id", "Success \"{id}\""),
            ("receive.text", "content"),
            ("receive.coding", "coding"),
            ("receive.answer", "ACK/Jasmin"),
            ("report.code", "err"),
            ("report.sent", "ESME_ROK, ACCEPTD"),
            ("report.delivered", "DELIVRD"),
            ("report.failed", "UNDELIV,REJECTD,EXPIRED"),
        ],
        Flavour::Json => &[
            ("send.method", "POST"),
            ("send.content_type", "application/json"),
            ("send.headers.X-Api-Key", "{password}"),
            ("send.body", r#"{"to":{to},"text":{text},"ref":{id},"callback":{callback}}"#),
            ("send.callback", "{hook}?key={key}"),
            ("receive.format", "json"),
            ("receive.text", "content"),
            ("receive.time", "receivedAt"),
            ("report.sent", "sent"),
            ("report.delivered", "delivered"),
            ("report.failed", "failed"),
        ],
    }
}

fn method(method: VonageMethod) -> &'static str {
    match method {
        VonageMethod::Md5Hash => "md5hash",
        VonageMethod::Md5 => "md5",
        VonageMethod::Sha1 => "sha1",
        VonageMethod::Sha256 => "sha256",
        VonageMethod::Sha512 => "sha512",
    }
}

/// Lines of a table.
struct Toml(String);

impl Toml {
    fn put(&mut self, settings: &[(&str, &str)]) {
        for (name, value) in settings {
            let value = value.replace('\\', "\\\\").replace('"', "\\\"");
            self.0.push_str(&format!("{name} = \"{value}\"\n"));
        }
    }
}
