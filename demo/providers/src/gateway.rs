use std::fmt::Write as _;

use countersign_model::Timestamp;
use http::Method;
use serde_json::json;
use url::form_urlencoded;

use crate::act::Act;
use crate::dialect::{Accepted, Dialect, Hook, Order, Receipt, Scene};
use crate::ids::Mint;
use crate::line::{Flavour, GatewayAccount};
use crate::person::{Person, Standing};
use crate::segments;
use crate::sent::{Content, ReceiptState};
use crate::wire::{Form, Reply, Request, encoded, pairs};

/// An SMS gateway that a company runs itself: Kannel, Jasmin, or one with JSON. None of them signs.
pub(crate) struct Gateway(pub(crate) GatewayAccount);

impl Dialect for Gateway {
    fn claims(&self, request: &Request<'_>) -> bool {
        match self.0.flavour {
            Flavour::Kannel => request.parts() == ["cgi-bin", "sendsms"],
            Flavour::Jasmin => request.parts() == ["send"],
            Flavour::Json => request.parts() == ["v1", "sms"],
        }
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        match self.0.flavour {
            Flavour::Json => vec![person.number.clone(), person.digits().to_owned()],
            Flavour::Kannel | Flavour::Jasmin => vec![person.digits().to_owned(), person.number.clone()],
        }
    }

    fn webhook(&self, scene: &Scene<'_>, acts: &[(&Person, &Act)]) -> Option<Hook> {
        let [(person, Act::Text(text))] = acts else { return None };
        let (to, from) = (self.0.number.as_str(), person.address.as_str());
        let id = self.message_id(scene.mint);
        let hook = match self.0.flavour {
            Flavour::Kannel => {
                let ts = scene.now.as_secs().to_string();
                let query =
                    encoded(&pairs(&[("from", from), ("to", to), ("text", text), ("id", &id), ("ts", &ts)]));
                Hook::get(query, id, "text")
            }
            Flavour::Jasmin => {
                let known = [("from", from), ("to", to), ("origin-connector", "smppc_ex"), ("priority", "1")];
                let fields = encoded(&pairs(&known));
                let (coding, bytes) = match segments::to_gsm(text) {
                    Some(bytes) => ("0", bytes),
                    None => ("8", text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
                };
                let mut body = format!("id={id}&{fields}&coding={coding}&validity=&content=");
                body.extend(form_urlencoded::byte_serialize(&bytes));
                let _ = write!(body, "&binary={}", crate::ids::hex(&bytes));
                Hook::post("application/x-www-form-urlencoded", body, id, "text")
            }
            Flavour::Json => {
                let body = json!({
                    "from": from, "to": to, "content": text, "messageId": id, "receivedAt": scene.now.to_string(),
                });
                Hook::post("application/json", body.to_string(), id, "text")
            }
        };
        Some(hook.saying(text))
    }

    fn receipt(&self, _: &Scene<'_>, receipt: &Receipt<'_>) -> Option<Hook> {
        let Receipt { sent, state, .. } = *receipt;
        let callback = sent.callback.clone();
        Some(match self.0.flavour {
            Flavour::Kannel => {
                let code = match state {
                    ReceiptState::Sent => "8",
                    ReceiptState::Delivered => "1",
                    ReceiptState::Failed => "2",
                    ReceiptState::Read => return None,
                };
                // Kannel knows no own id of a message: what the bot wants to know stands in the address that it gave.
                let url = callback?.replace("%d", code);
                Hook { url: Some(url), ..Hook::get(String::new(), format!("{}/{code}", sent.id), "receipt") }
            }
            Flavour::Jasmin => {
                let status = match state {
                    ReceiptState::Sent => "ESME_ROK",
                    ReceiptState::Delivered => "DELIVRD",
                    ReceiptState::Failed => "UNDELIV",
                    ReceiptState::Read => return None,
                };
                let form = pairs(&[
                    ("id", &sent.id),
                    ("message_status", status),
                    ("level", "3"),
                    ("id_smsc", "1472325405"),
                    ("sub", "001"),
                    ("dlvrd", if status == "DELIVRD" { "001" } else { "000" }),
                    ("subdate", "2611220746"),
                    ("donedate", "2611220747"),
                    ("err", "000"),
                    ("text", ""),
                ]);
                let hook = Hook::form(&form, format!("{}/{status}", sent.id), "receipt");
                Hook { url: Some(callback?), ..hook }
            }
            Flavour::Json => {
                let status = match state {
                    ReceiptState::Sent => "sent",
                    ReceiptState::Delivered => "delivered",
                    ReceiptState::Failed => "failed",
                    ReceiptState::Read => return None,
                };
                let id = sent.reference.as_deref().unwrap_or(&sent.id);
                let form = pairs(&[("id", id), ("status", status)]);
                Hook { url: callback, ..Hook::form(&form, format!("{}/{status}", sent.id), "receipt") }
            }
        })
    }

    fn headers(&self, _: &Scene<'_>, _: &Hook) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        match self.0.flavour {
            Flavour::Kannel => self.kannel(request),
            Flavour::Jasmin => self.jasmin(request),
            Flavour::Json => self.json(request),
        }
    }

    fn refuses(&self, _: Option<Standing>, _: Timestamp) -> Option<Reply> {
        None
    }

    fn accepted(&self, _: &Scene<'_>, accepted: &Accepted<'_>) -> Reply {
        match self.0.flavour {
            Flavour::Kannel => Reply::text(202, "0: Accepted for delivery"),
            Flavour::Jasmin => Reply::text(200, format!("Success \"{}\"", accepted.id)),
            Flavour::Json => Reply::text(200, format!("OK {}", accepted.id)),
        }
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        let status = code.parse().ok().filter(|status| (400..600).contains(status)).unwrap_or(503);
        let text = match self.0.flavour {
            Flavour::Kannel => "Temporal failure, try again later.",
            Flavour::Jasmin => {
                "Error \"Cannot send submit_sm, check SMPPClientManagerPB log file for details\""
            }
            Flavour::Json => "ERROR",
        };
        Reply::text(status, text).code(code).retry_after(retry_after)
    }

    fn message_id(&self, mint: &Mint) -> String {
        match self.0.flavour {
            Flavour::Kannel | Flavour::Jasmin => mint.uuid(),
            Flavour::Json => mint.count().to_string(),
        }
    }

    fn acknowledges(&self, status: u16, body: &[u8]) -> bool {
        match self.0.flavour {
            Flavour::Jasmin => status == 200 && body.trim_ascii() == b"ACK/Jasmin",
            Flavour::Kannel | Flavour::Json => (200..300).contains(&status),
        }
    }
}

impl Gateway {
    fn kannel(&self, request: &Request<'_>) -> Result<Order, Reply> {
        let refused = |status: u16, text: &str| Reply::text(status, text).code(status);
        if request.parts() != ["cgi-bin", "sendsms"] {
            return Err(refused(404, "Unknown request."));
        }
        let form = request.parameters();
        let value = |name: &str| form.value(name).unwrap_or_default();
        let user = form.value("username").or(form.value("user")).unwrap_or_default();
        let password = form.value("password").or(form.value("pass")).unwrap_or_default();
        if (user, password) != (&self.0.username, &self.0.password) {
            return Err(refused(403, "Authorization failed for sendsms"));
        }
        if value("to").is_empty() {
            return Err(refused(400, "Missing receiver number, rejected"));
        }
        let text = match value("coding") {
            "2" => {
                let bytes = raw(request.query, "text");
                match value("charset").to_uppercase().as_str() {
                    "UTF-8" | "UTF8" => String::from_utf8_lossy(&bytes).into_owned(),
                    _ => utf16(&bytes),
                }
            }
            _ => alphabetical(value("text")),
        };
        self.order(value("to"), text, form.filled("dlr-url").map(str::to_owned), None)
    }

    fn jasmin(&self, request: &Request<'_>) -> Result<Order, Reply> {
        let refused =
            |status: u16, text: String| Reply::text(status, format!("Error \"{text}\"")).code(status);
        if request.parts() != ["send"] {
            return Err(refused(404, "No such resource".to_owned()));
        }
        let posted = request.method == Method::POST;
        let source = if posted {
            String::from_utf8_lossy(request.body).into_owned()
        } else {
            request.query.to_owned()
        };
        let form = if request.is_json() {
            let json = request.json();
            let text =
                |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Form(
                json.as_object()
                    .into_iter()
                    .flatten()
                    .map(|(name, value)| (name.clone(), text(value)))
                    .collect(),
            )
        } else if posted {
            request.form()
        } else {
            request.parameters()
        };
        let value = |name: &str| form.value(name).unwrap_or_default();
        for name in ["username", "password", "to"] {
            if value(name).is_empty() {
                return Err(refused(400, format!("Mandatory argument [{name}] is not found.")));
            }
        }
        if (value("username"), value("password")) != (&self.0.username, &self.0.password) {
            return Err(refused(403, format!("Authentication failure for username:{}", value("username"))));
        }
        let bytes = match form.filled("hex-content") {
            Some(hex) => unhex(hex).ok_or_else(|| refused(400, "Invalid hex-content data".to_owned()))?,
            None if request.is_json() => value("content").as_bytes().to_vec(),
            None => raw(&source, "content"),
        };
        let text = match value("coding") {
            "8" => match form.filled("hex-content") {
                Some(_) => utf16(&bytes),
                None => String::from_utf8(bytes.clone()).unwrap_or_else(|_| utf16(&bytes)),
            },
            _ => match form.filled("hex-content") {
                Some(_) => segments::from_gsm(&bytes),
                None => alphabetical(&String::from_utf8_lossy(&bytes)),
            },
        };
        let callback = form.filled("dlr-url").filter(|_| value("dlr") == "yes").map(str::to_owned);
        self.order(value("to"), text, callback, None)
    }

    fn json(&self, request: &Request<'_>) -> Result<Order, Reply> {
        if request.parts() != ["v1", "sms"] || request.method != Method::POST {
            return Err(Reply::text(404, "NOT FOUND").code(404));
        }
        if request.header("x-api-key") != self.0.password {
            return Err(Reply::text(401, "BAD KEY").code(401));
        }
        let json = request.json();
        let (Some(to), Some(text)) = (json["to"].as_str(), json["text"].as_str()) else {
            return Err(Reply::text(400, "BAD REQUEST: to and text are needed").code(400));
        };
        let reference = json["ref"].as_str().map(str::to_owned);
        self.order(to, text.to_owned(), json["callback"].as_str().map(str::to_owned), reference)
    }

    fn order(
        &self,
        to: &str,
        text: String,
        callback: Option<String>,
        reference: Option<String>,
    ) -> Result<Order, Reply> {
        if text.is_empty() {
            return Err(Reply::text(400, "Empty text, rejected").code(400));
        }
        let parts = segments::count(&text);
        let content = Content { callback, reference, ..Content::text(text) };
        Ok(Order::Say { to: to.to_owned(), content, parts })
    }
}

/// What is not in the alphabet arrives as a question mark.
fn alphabetical(text: &str) -> String {
    let kept = |c: char| segments::to_gsm(c.encode_utf8(&mut [0; 4])).is_some();
    text.chars().map(|c| if kept(c) { c } else { '?' }).collect()
}

/// The bytes of a parameter, which need not be UTF-8.
fn raw(query: &str, name: &str) -> Vec<u8> {
    let value =
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default();
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digit =
                    |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16)).unwrap_or(0);
                u8::try_from(digit(rest.next()) << 4 | digit(rest.next())).unwrap_or(b'?')
            }
            byte => byte,
        });
    }
    bytes
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<_> = bytes.chunks_exact(2).map(|two| u16::from_be_bytes([two[0], two[1]])).collect();
    String::from_utf16_lossy(&units)
}
