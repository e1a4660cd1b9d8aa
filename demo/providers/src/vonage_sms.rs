use countersign_model::Timestamp;
use serde_json::{Map, Value, json};

use crate::act::Act;
use crate::dialect::{Accepted, Dialect, Hook, Order, Receipt, Scene};
use crate::ids::Mint;
use crate::line::VonageSmsNumber;
use crate::person::{Person, Standing};
use crate::segments;
use crate::sent::{Content, ReceiptState};
use crate::sign;
use crate::wire::{Form, Reply, Request, pairs};

/// Vonage's SMS API. It answers HTTP 200 whatever happens.
pub(crate) struct VonageSms(pub(crate) VonageSmsNumber);

impl Dialect for VonageSms {
    fn claims(&self, request: &Request<'_>) -> bool {
        request.parts() == ["sms", "json"]
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        vec![person.digits().to_owned()]
    }

    fn webhook(&self, scene: &Scene<'_>, acts: &[(&Person, &Act)]) -> Option<Hook> {
        let [(person, Act::Text(text))] = acts else { return None };
        let id = self.message_id(scene.mint);
        let gsm = segments::to_gsm(text).is_some();
        let keyword = text.split_whitespace().next().unwrap_or_default().to_uppercase();
        let mut fields = pairs(&[
            ("api-key", &self.0.api_key),
            ("msisdn", person.digits()),
            ("to", &self.0.number),
            ("messageId", &id),
            ("text", text),
            ("type", if gsm { "text" } else { "unicode" }),
            ("keyword", &keyword),
            ("message-timestamp", &time(scene.now)),
        ]);
        self.sign(scene, &mut fields);
        Some(Hook::post("application/json", object(&fields).to_string(), id, "text").saying(text))
    }

    fn receipt(&self, scene: &Scene<'_>, receipt: &Receipt<'_>) -> Option<Hook> {
        let Receipt { person, sent, state, code } = *receipt;
        let (name, code) = match state {
            ReceiptState::Sent => ("accepted", "0"),
            ReceiptState::Delivered => ("delivered", "0"),
            ReceiptState::Read => return None,
            ReceiptState::Failed => ("failed", code.unwrap_or("2")),
        };
        let mut fields = pairs(&[
            ("msisdn", person.digits()),
            ("to", &self.0.number),
            ("network-code", "20408"),
            ("messageId", &sent.id),
            ("price", "0.06940000"),
            ("status", name),
            ("scts", "2611221016"),
            ("err-code", code),
            ("api-key", &self.0.api_key),
            ("message-timestamp", &time(scene.now)),
        ]);
        if let Some(reference) = &sent.reference {
            fields.extend(pairs(&[("client-ref", reference)]));
        }
        self.sign(scene, &mut fields);
        let id = format!("{}/{name}", sent.id);
        let hook = Hook::post("application/json", object(&fields).to_string(), id, "receipt");
        Some(Hook { url: sent.callback.clone(), ..hook })
    }

    fn headers(&self, _: &Scene<'_>, _: &Hook) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        let mut form = match request.is_json() {
            true => form_of(&request.json()),
            false => request.form(),
        };
        form.0.extend(request.parameters().0);
        if request.parts() != ["sms", "json"] {
            return Err(Reply::text(404, "not found").code(404));
        }
        let secret = form.value("api_secret").is_some_and(|secret| secret == self.0.api_secret);
        let signed = form.value("sig").is_some_and(|sig| {
            sig.eq_ignore_ascii_case(&sign::vonage_sms(self.0.method, &self.0.signature_secret, &form.0))
        });
        if form.value("api_key") != Some(&self.0.api_key) || !(secret || signed) {
            return Err(refused("4", "Bad Credentials", ""));
        }
        for name in ["to", "from", "text"] {
            if form.filled(name).is_none() {
                return Err(refused("2", &format!("Missing {name} param"), ""));
            }
        }
        let value = |name| form.value(name).unwrap_or_default();
        let to = value("to");
        if to.len() < 5 || !to.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused("3", "Invalid to address :: to", to));
        }
        let text = value("text");
        if text.chars().count() > 3200 {
            return Err(refused("12", "Message too long", to));
        }
        if value("client-ref").len() > 40 {
            return Err(refused("3", "Invalid value for parameter: client-ref", to));
        }
        // Without the type, what is not in the alphabet arrives as a question mark.
        let shown: String = match value("type") {
            "unicode" => text.to_owned(),
            _ => {
                let kept = |c: char| segments::to_gsm(c.encode_utf8(&mut [0; 4])).is_some();
                text.chars().map(|c| if kept(c) { c } else { '?' }).collect()
            }
        };
        let content = Content {
            reference: form.filled("client-ref").map(str::to_owned),
            callback: form.filled("callback").map(str::to_owned),
            ..Content::text(&*shown)
        };
        Ok(Order::Say { to: to.to_owned(), content, parts: segments::count(&shown) })
    }

    fn refuses(&self, _: Option<Standing>, _: Timestamp) -> Option<Reply> {
        None
    }

    fn accepted(&self, scene: &Scene<'_>, accepted: &Accepted<'_>) -> Reply {
        let Accepted { to, id, content, parts, .. } = accepted;
        let part = |number: usize| {
            let id = if number == 0 { (*id).to_owned() } else { self.message_id(scene.mint) };
            let mut part = json!({
                "to": to, "message-id": id, "status": "0", "remaining-balance": "12.34", "message-price": "0.0694",
                "network": "20408",
            });
            if let Some(reference) = &content.reference {
                part["client-ref"] = reference.clone().into();
            }
            part
        };
        let messages: Vec<_> = (0..*parts).map(part).collect();
        Reply::json(200, &json!({ "message-count": parts.to_string(), "messages": messages }))
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        let text = match code {
            "1" => "Throughput Rate Exceeded - please wait [ 250 ] and retry",
            "4" => "Bad Credentials",
            "5" => "Internal Error",
            "7" => "Number barred",
            "9" => "Partner quota violation",
            _ => "Message rejected",
        };
        refused(code, text, "").retry_after(retry_after)
    }

    fn message_id(&self, mint: &Mint) -> String {
        format!("0A000000{}", mint.hex(16).to_uppercase())
    }
}

impl VonageSms {
    fn sign(&self, scene: &Scene<'_>, fields: &mut Vec<(String, String)>) {
        if self.0.signature_secret.is_empty() {
            return;
        }
        let (now, nonce) = (scene.now.as_secs().to_string(), scene.mint.uuid());
        fields.extend(pairs(&[("timestamp", &now), ("nonce", &nonce)]));
        let sig = sign::vonage_sms(self.0.method, &self.0.signature_secret, fields);
        fields.push(("sig".to_owned(), sig));
    }
}

fn refused(code: &str, text: &str, to: &str) -> Reply {
    let mut message = json!({ "status": code, "error-text": text });
    if !to.is_empty() {
        message["to"] = to.into();
    }
    Reply::json(200, &json!({ "message-count": "1", "messages": [message] })).code(code)
}

fn object(fields: &[(String, String)]) -> Value {
    let pairs = fields.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
    Value::Object(pairs.collect::<Map<_, _>>())
}

fn form_of(json: &Value) -> Form {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let fields = json.as_object().into_iter().flatten();
    Form(fields.map(|(name, value)| (name.clone(), text(value))).collect())
}

/// `2026-11-22 10:15:30`
fn time(now: Timestamp) -> String {
    now.to_string().replace('T', " ").replace('Z', "")
}
