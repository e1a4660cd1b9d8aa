use countersign_model::Timestamp;
use serde_json::json;

use crate::act::Act;
use crate::dialect::{Accepted, Dialect, Hook, Order, Receipt, Repeats, Scene};
use crate::ids::Mint;
use crate::line::TwilioNumber;
use crate::person::{Person, Standing};
use crate::segments;
use crate::sent::{Content, ReceiptState};
use crate::sign;
use crate::wire::{Reply, Request, pairs};

/// Twilio's messages API, version 2010-04-01.
pub(crate) struct TwilioSms(pub(crate) TwilioNumber);

impl Dialect for TwilioSms {
    fn claims(&self, request: &Request<'_>) -> bool {
        let parts = request.parts();
        parts.last() == Some(&"Messages.json") && parts.contains(&self.0.account_sid.as_str())
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        vec![person.number.clone()]
    }

    fn webhook(&self, scene: &Scene<'_>, acts: &[(&Person, &Act)]) -> Option<Hook> {
        let [(person, act)] = acts else { return None };
        let media = match act {
            Act::Picture { url, .. } => Some(url),
            _ => None,
        };
        let text = match act {
            Act::Text(text) | Act::Picture { caption: Some(text), .. } => text.as_str(),
            Act::Picture { .. } => "",
            _ => return None,
        };
        let id = self.message_id(scene.mint);
        let country = [("ToCountry", "US"), ("ToState", "CA")];
        let mut form = pairs(&country);
        form.extend(pairs(&[
            ("SmsMessageSid", &id),
            ("NumMedia", if media.is_some() { "1" } else { "0" }),
            ("ToCity", ""),
            ("FromZip", "94107"),
            ("SmsSid", &id),
            ("FromState", "CA"),
            ("SmsStatus", "received"),
            ("FromCity", "SAN FRANCISCO"),
            ("Body", text),
            ("FromCountry", "US"),
            ("To", &self.0.number),
            ("ToZip", ""),
            ("NumSegments", &segments::count(text).to_string()),
            ("MessageSid", &id),
            ("AccountSid", &self.0.account_sid),
            ("From", &person.number),
            ("ApiVersion", "2010-04-01"),
        ]));
        if let Some(url) = media {
            form.extend(pairs(&[("MediaUrl0", url), ("MediaContentType0", "image/jpeg")]));
        }
        if self.stops(text).is_some() {
            form.extend(pairs(&[("OptOutType", text.trim().to_uppercase().as_str())]));
        }
        Some(Hook::form(&form, id, "text").saying(text))
    }

    fn receipt(&self, _: &Scene<'_>, receipt: &Receipt<'_>) -> Option<Hook> {
        let Receipt { person, sent, state, code } = *receipt;
        // Twilio tells nothing unless the message asked for it.
        let callback = sent.callback.clone()?;
        let name = match state {
            ReceiptState::Sent => "sent",
            ReceiptState::Delivered => "delivered",
            ReceiptState::Read => return None,
            ReceiptState::Failed => "undelivered",
        };
        let mut form = pairs(&[
            ("SmsSid", &sent.id),
            ("SmsStatus", name),
            ("MessageStatus", name),
            ("To", &person.number),
            ("MessageSid", &sent.id),
            ("AccountSid", &self.0.account_sid),
            ("From", &self.0.number),
            ("ApiVersion", "2010-04-01"),
        ]);
        match state {
            ReceiptState::Delivered => form.extend(pairs(&[("RawDlrDoneDate", "2611221430")])),
            ReceiptState::Failed => form.extend(pairs(&[
                ("ErrorCode", code.unwrap_or("30003")),
                ("ErrorMessage", "Unreachable destination handset"),
            ])),
            _ => {}
        }
        let hook = Hook::form(&form, format!("{}/{name}", sent.id), "receipt");
        Some(Hook { url: Some(callback), ..hook })
    }

    fn headers(&self, scene: &Scene<'_>, hook: &Hook) -> Vec<(&'static str, String)> {
        signed(&self.0.auth_token, scene, hook)
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        authenticated(&self.0, request)?;
        if request.method != http::Method::POST || request.parts().last() != Some(&"Messages.json") {
            return Err(refused(404, 20404, "The requested resource was not found"));
        }
        let form = request.form();
        let to = form.filled("To").ok_or_else(|| refused(400, 21604, "A 'To' phone number is required."))?;
        if !is_number(to) {
            return Err(refused(400, 21211, "Invalid 'To' Phone Number"));
        }
        match (form.filled("From"), form.filled("MessagingServiceSid")) {
            (None, None) => return Err(refused(400, 21603, "A 'From' phone number is required.")),
            (Some(from), _) if from != self.0.number => {
                return Err(refused(
                    400,
                    21606,
                    "The 'From' phone number provided is not a valid, message-capable Twilio phone number",
                ));
            }
            _ => {}
        }
        let text = form.value("Body").unwrap_or_default();
        let media: Vec<_> = form.all("MediaUrl").collect();
        if text.is_empty() && media.is_empty() {
            return Err(refused(400, 21602, "Message body is required."));
        }
        if text.chars().count() > 1600 {
            return Err(refused(
                400,
                21617,
                "The concatenated message body exceeds the 1600 character limit",
            ));
        }
        if media.len() > 10 {
            return Err(refused(400, 21623, "Number of media files exceeds allowed limit"));
        }
        let content = Content {
            media: media.first().map(|url| (*url).to_owned()),
            callback: form.filled("StatusCallback").map(str::to_owned),
            ..Content::text(text)
        };
        Ok(Order::Say { to: to.to_owned(), content, parts: segments::count(text) })
    }

    fn refuses(&self, standing: Option<Standing>, _: Timestamp) -> Option<Reply> {
        standing.filter(|standing| standing.stopped).map(|_| self.refusal("21610", None))
    }

    fn accepted(&self, _: &Scene<'_>, accepted: &Accepted<'_>) -> Reply {
        let Accepted { to, id, content, parts, .. } = accepted;
        let json = json!({
            "sid": id, "account_sid": self.0.account_sid, "to": to, "from": self.0.number, "body": content.text,
            "status": "queued", "num_segments": parts.to_string(),
            "num_media": if content.media.is_some() { "1" } else { "0" },
            "error_code": null, "error_message": null, "direction": "outbound-api",
        });
        Reply::json(201, &json)
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        refusal(code).retry_after(retry_after)
    }

    fn message_id(&self, mint: &Mint) -> String {
        format!("SM{}", mint.hex(32))
    }

    fn repeats(&self) -> Repeats {
        Repeats::OnceWhenUnreachable
    }

    fn stops(&self, text: &str) -> Option<bool> {
        match text.trim().to_uppercase().as_str() {
            "STOP" | "STOPALL" | "UNSUBSCRIBE" | "CANCEL" | "END" | "QUIT" | "REVOKE" | "OPTOUT" => {
                Some(true)
            }
            "START" | "UNSTOP" => Some(false),
            _ => None,
        }
    }
}

/// The header line with Twilio's signature of a form.
pub(crate) fn signed(token: &str, scene: &Scene<'_>, hook: &Hook) -> Vec<(&'static str, String)> {
    let url = hook.url.as_deref().unwrap_or(scene.public_url);
    let form: Vec<_> = url::form_urlencoded::parse(&hook.body).into_owned().collect();
    let sep = if url.contains('?') { "&" } else { "?" };
    let url = match hook.query.is_empty() {
        true => url.to_owned(),
        false => format!("{url}{sep}{}", hook.query),
    };
    vec![
        ("x-twilio-signature", sign::twilio(token, &url, &form)),
        ("i-twilio-idempotency-token", hook.id.clone()),
    ]
}

/// Looks at the password and the account.
pub(crate) fn authenticated(account: &TwilioNumber, request: &Request<'_>) -> Result<(), Reply> {
    if request.header("authorization") != sign::basic(&account.account_sid, &account.auth_token) {
        return Err(refused(401, 20003, "Authenticate"));
    }
    match request.parts()[..] {
        ["2010-04-01", "Accounts", sid, ..] if sid == account.account_sid => Ok(()),
        _ => Err(refused(404, 20404, "The requested resource was not found")),
    }
}

/// A refusal in Twilio's form.
pub(crate) fn refused(status: u16, code: u32, message: &str) -> Reply {
    let json = json!({
        "code": code, "message": message, "more_info": format!("https://www.twilio.com/docs/errors/{code}"),
        "status": status,
    });
    Reply::json(status, &json).code(code)
}

/// A refusal with a code.
pub(crate) fn refusal(code: &str) -> Reply {
    let code: u32 = code.parse().unwrap_or(20500);
    let (status, message) = match code {
        20429 | 14107 => (429, "Too Many Requests"),
        20003 => (401, "Authenticate"),
        20404 => (404, "The requested resource was not found"),
        20500 => (500, "Internal Server Error"),
        21211 => (400, "Invalid 'To' Phone Number"),
        21610 => (400, "Attempt to send to unsubscribed recipient"),
        21611 => (400, "This 'From' number has exceeded the maximum number of queued messages"),
        _ => (400, "The message was refused"),
    };
    refused(status, code, message)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (5..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}
