use countersign_model::Timestamp;
use serde_json::{Map, Value, json};

use crate::act::Act;
use crate::dialect::{Accepted, Dialect, Hook, Order, Receipt, Scene};
use crate::graph;
use crate::ids::Mint;
use crate::line::WhatsappNumber;
use crate::person::{Person, Standing};
use crate::sent::{Content, Offer, ReceiptState, SentKind};
use crate::wire::{Reply, Request};

/// WhatsApp Cloud API, as of v25.0.
pub(crate) struct Whatsapp(pub(crate) WhatsappNumber);

impl Dialect for Whatsapp {
    fn claims(&self, request: &Request<'_>) -> bool {
        graph::is_messages_of(request, &self.0.phone_number_id)
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        vec![person.digits().to_owned(), person.user_id.clone(), person.number.clone()]
    }

    fn webhook(&self, scene: &Scene<'_>, acts: &[(&Person, &Act)]) -> Option<Hook> {
        let mut contacts = Vec::new();
        let mut messages = Vec::new();
        for (person, act) in acts {
            contacts.push(contact(person));
            messages.push(self.message(scene, person, act)?);
        }
        let id = messages.first()?["id"].as_str()?.to_owned();
        let value = json!({ "contacts": contacts, "messages": messages });
        let (event, text) = match acts.first()?.1 {
            Act::Text(text) | Act::Edit { text, .. } => ("text", text.clone()),
            Act::Tap { payload, .. } => ("tap", payload.clone()),
            Act::Picture { .. } => ("picture", String::new()),
            Act::Place { .. } => ("place", String::new()),
            Act::Block => return None,
        };
        Some(graph::hook(&self.envelope(value), &id, event).saying(text))
    }

    fn receipt(&self, scene: &Scene<'_>, receipt: &Receipt<'_>) -> Option<Hook> {
        let Receipt { person, sent, state, code } = *receipt;
        let name = match state {
            ReceiptState::Sent => "sent",
            ReceiptState::Delivered => "delivered",
            ReceiptState::Read => "read",
            ReceiptState::Failed => "failed",
        };
        let mut status =
            json!({ "id": sent.id, "status": name, "timestamp": scene.now.as_secs().to_string() });
        if person.shows_number {
            status["recipient_id"] = person.digits().into();
        }
        let failed = state == ReceiptState::Failed;
        // A message that was addressed by number and failed does not name the user id, and has no contacts.
        if !failed || !person.shows_number {
            status["recipient_user_id"] = person.user_id.clone().into();
        }
        if matches!(state, ReceiptState::Sent | ReceiptState::Delivered) {
            status["pricing"] = json!({
                "billable": false, "pricing_model": "PMP", "type": "free_customer_service", "category": "service",
            });
        }
        if let Some(reference) = &sent.reference {
            status["biz_opaque_callback_data"] = reference.clone().into();
        }
        if failed {
            let code: u32 = code.and_then(|code| code.parse().ok()).unwrap_or(131_047);
            let (_, title, details) = known(code);
            status["errors"] = json!([{
                "code": code, "title": title, "message": title, "error_data": { "details": details },
                "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
            }]);
        }
        let mut value = Map::new();
        if !failed {
            value.insert("contacts".to_owned(), json!([contact(person)]));
        }
        value.insert("statuses".to_owned(), json!([status]));
        Some(graph::hook(&self.envelope(value.into()), &format!("{}/{name}", sent.id), "receipt"))
    }

    fn handshake(&self) -> Option<Hook> {
        Some(graph::handshake(&self.0.verify_token))
    }

    fn headers(&self, _: &Scene<'_>, hook: &Hook) -> Vec<(&'static str, String)> {
        graph::signature(&self.0.app_secret, hook)
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        let json = graph::admitted(request, &self.0.phone_number_id, &self.0.access_token)?;
        if json["messaging_product"] != "whatsapp" {
            return Err(graph::refused(400, 100, "(#100) The parameter messaging_product is required."));
        }
        if json["status"] == "read" {
            let id = json["message_id"].as_str().ok_or_else(|| missing("message_id"))?.to_owned();
            let reply = Reply::json(200, &json!({ "success": true }));
            return Ok(Order::Signal { kind: SentKind::Read, to: String::new(), id, reply });
        }
        // `to` wins when both are given.
        let to = json["to"].as_str().or(json["recipient"].as_str()).filter(|to| !to.is_empty());
        let to = to.ok_or_else(|| missing("to"))?.to_owned();
        let mut content = content(&json)?;
        content.reference = json["biz_opaque_callback_data"].as_str().map(str::to_owned);
        Ok(Order::Say { to: to.trim_start_matches('+').to_owned(), content, parts: 1 })
    }

    fn refuses(&self, standing: Option<Standing>, now: Timestamp) -> Option<Reply> {
        match standing {
            None => Some(self.refusal("131026", None)),
            Some(standing) if graph::window_is_closed(standing.heard, now) => {
                Some(self.refusal("131047", None))
            }
            Some(_) => None,
        }
    }

    fn accepted(&self, _: &Scene<'_>, accepted: &Accepted<'_>) -> Reply {
        let Accepted { person, to, id, .. } = accepted;
        let mut contact = json!({ "input": to });
        if !to.contains('.') {
            contact["wa_id"] = person.digits().into();
        }
        contact["user_id"] = person.user_id.clone().into();
        Reply::json(
            200,
            &json!({ "messaging_product": "whatsapp", "contacts": [contact], "messages": [{ "id": id }] }),
        )
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        let code: u32 = code.parse().unwrap_or(131_000);
        let (status, title, details) = known(code);
        let message = format!("(#{code}) {title}");
        let reply = graph::error(status, code, &message, |error| {
            error["error_data"] = json!({ "messaging_product": "whatsapp", "details": details });
        });
        reply.retry_after(retry_after)
    }

    fn message_id(&self, mint: &Mint) -> String {
        graph::wamid(mint)
    }
}

impl Whatsapp {
    fn envelope(&self, mut value: Value) -> Value {
        let mut ordered = json!({
            "messaging_product": "whatsapp",
            "metadata": {
                "display_phone_number": self.0.display_number,
                "phone_number_id": self.0.phone_number_id,
            },
        });
        if let (Some(ordered), Some(value)) = (ordered.as_object_mut(), value.as_object_mut()) {
            ordered.append(value);
        }
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": self.0.business_id, "changes": [{ "value": ordered, "field": "messages" }] }],
        })
    }

    fn message(&self, scene: &Scene<'_>, person: &Person, act: &Act) -> Option<Value> {
        let mut message = Map::new();
        if person.shows_number {
            message.insert("from".to_owned(), person.digits().into());
        }
        message.insert("from_user_id".to_owned(), person.user_id.clone().into());
        message.insert("id".to_owned(), graph::wamid(scene.mint).into());
        message.insert("timestamp".to_owned(), scene.now.as_secs().to_string().into());
        let mut put = |kind: &str, body: Value| {
            message.insert("type".to_owned(), kind.into());
            message.insert(kind.to_owned(), body);
        };
        match act {
            Act::Text(text) => put("text", json!({ "body": text })),
            Act::Tap { payload, label, of } => {
                let kind = match of.as_ref().is_some_and(|of| of.options.len() > 3) {
                    true => "list_reply",
                    false => "button_reply",
                };
                put("interactive", json!({ "type": kind, kind: { "id": payload, "title": label } }));
                if let Some(of) = of {
                    let context = json!({ "from": self.0.display_number, "id": of.id });
                    message.insert("context".to_owned(), context);
                }
            }
            Act::Picture { url, caption } => put(
                "image",
                json!({
                    "caption": caption, "mime_type": "image/jpeg", "sha256": scene.mint.hex(44),
                    "id": crate::ids::number_of(url, 16).to_string(), "url": url,
                }),
            ),
            Act::Place { latitude, longitude } => {
                put("location", json!({ "latitude": latitude, "longitude": longitude }));
            }
            Act::Edit { of, text } => put(
                "edit",
                json!({ "original_message_id": of, "message": { "type": "text", "text": { "body": text } } }),
            ),
            Act::Block => return None,
        }
        Some(message.into())
    }
}

fn contact(person: &Person) -> Value {
    let mut contact = json!({ "profile": { "name": person.name } });
    if person.shows_number {
        contact["wa_id"] = person.digits().into();
    }
    contact["user_id"] = person.user_id.clone().into();
    contact
}

/// Reads what is to be said, and refuses what the documentation refuses.
fn content(json: &Value) -> Result<Content, Reply> {
    let kind = json["type"].as_str().unwrap_or("text");
    let body = &json[kind];
    match kind {
        "text" => {
            let text = body["body"].as_str().ok_or_else(|| missing("text['body']"))?;
            within("text['body']", text, 1, 4096)?;
            Ok(Content::text(text))
        }
        "image" | "video" | "document" | "audio" | "sticker" => {
            let media = body["link"].as_str().or(body["id"].as_str()).ok_or_else(|| missing(kind))?;
            let caption = body["caption"].as_str().unwrap_or_default();
            within("caption", caption, 0, 1024)?;
            Ok(Content { media: Some(media.to_owned()), ..Content::text(caption) })
        }
        "location" => {
            let place = ["latitude", "longitude"].map(|name| body[name].to_string());
            Ok(Content::text(format!("{}, {}", place[0], place[1]).replace('"', "")))
        }
        "interactive" => interactive(body),
        "template" | "reaction" | "contacts" => Ok(Content::text(format!("[{kind}]"))),
        _ => Err(graph::refused(400, 100, "(#100) Param type must be one of {AUDIO, CONTACTS, DOCUMENT, …}")),
    }
}

fn interactive(body: &Value) -> Result<Content, Reply> {
    let text = body["body"]["text"].as_str().ok_or_else(|| missing("interactive['body']"))?;
    let action = &body["action"];
    let mut content = Content::text(text);
    content.media = body["header"]["image"]["link"].as_str().map(str::to_owned);
    if let Some(header) = body["header"]["text"].as_str() {
        within("header", header, 1, 60)?;
        content.text = format!("{header}\n{text}");
    }
    within("footer", body["footer"]["text"].as_str().unwrap_or_default(), 0, 60)?;
    match body["type"].as_str().unwrap_or_default() {
        "button" => {
            within("body", text, 1, 1024)?;
            let buttons = action["buttons"].as_array().ok_or_else(|| missing("action['buttons']"))?;
            if !(1..=3).contains(&buttons.len()) {
                return Err(invalid("Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3"));
            }
            for button in buttons {
                content.options.push(offer(&button["reply"], "Button", 20, 256)?);
            }
        }
        "list" => {
            within("body", text, 1, 4096)?;
            let button = action["button"].as_str().ok_or_else(|| missing("action['button']"))?;
            within("list button", button, 1, 20)?;
            let sections = action["sections"].as_array().ok_or_else(|| missing("action['sections']"))?;
            for section in sections {
                let title = section["title"].as_str();
                if sections.len() > 1 && title.is_none_or(str::is_empty) {
                    return Err(invalid("Section title is required when there is more than one section"));
                }
                within("section title", title.unwrap_or_default(), 0, 24)?;
                for row in section["rows"].as_array().into_iter().flatten() {
                    within("row description", row["description"].as_str().unwrap_or_default(), 0, 72)?;
                    content.options.push(offer(row, "Row", 24, 200)?);
                }
            }
            if !(1..=10).contains(&content.options.len()) {
                return Err(invalid("Total row count exceed max allowed count: 10"));
            }
        }
        "cta_url" => {
            let link = &action["parameters"];
            let label = link["display_text"].as_str().ok_or_else(|| missing("display_text"))?;
            within("display_text", label, 1, 20)?;
            let url = link["url"].as_str().ok_or_else(|| missing("url"))?;
            content.text = format!("{}\n{label}: {url}", content.text);
        }
        "location_request_message" => within("body", text, 1, 1024)?,
        _ => return Err(invalid("Interactive type is not valid")),
    }
    let mut ids: Vec<_> = content.options.iter().map(|offer| &offer.payload).collect();
    let mut titles: Vec<_> = content.options.iter().map(|offer| &offer.label).collect();
    ids.sort();
    titles.sort();
    let buttons = body["type"] == "button";
    if ids.windows(2).any(|two| two[0] == two[1]) || buttons && titles.windows(2).any(|two| two[0] == two[1])
    {
        return Err(invalid("Ids and titles must be unique"));
    }
    Ok(content)
}

fn offer(given: &Value, what: &str, title: usize, id: usize) -> Result<Offer, Reply> {
    let label = given["title"].as_str().unwrap_or_default();
    let payload = given["id"].as_str().unwrap_or_default();
    within(&format!("{what} title"), label, 1, title)?;
    within(&format!("{what} id"), payload, 1, id)?;
    Ok(Offer { label: label.to_owned(), payload: payload.to_owned(), postback: false })
}

fn within(what: &str, text: &str, least: usize, most: usize) -> Result<(), Reply> {
    match (least..=most).contains(&text.chars().count()) {
        true => Ok(()),
        false => Err(invalid(&format!("{what} length invalid. Min length: {least}, Max length: {most}"))),
    }
}

fn missing(what: &str) -> Reply {
    graph::error(400, 131_008, "(#131008) Required parameter is missing", |error| {
        error["error_data"] =
            json!({ "messaging_product": "whatsapp", "details": format!("Parameter {what} is missing") });
    })
}

fn invalid(details: &str) -> Reply {
    graph::error(400, 131_009, "(#131009) Parameter value is not valid", |error| {
        error["error_data"] = json!({ "messaging_product": "whatsapp", "details": details });
    })
}

/// The status, title and details of a code.
fn known(code: u32) -> (u16, &'static str, &'static str) {
    match code {
        131_047 => (
            400,
            "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        ),
        130_429 => (429, "Rate limit hit", "Cloud API message throughput has been reached."),
        131_056 => (
            400,
            "(Business Account, Consumer Account) pair rate limit hit",
            "Message failed to send because there were too many messages sent from this phone number to the same phone number in a short period of time.",
        ),
        4 | 80_007 => {
            (400, "Application request limit reached", "The app or business has reached its rate limit.")
        }
        131_026 => (400, "Message undeliverable", "Message Undeliverable."),
        131_050 => (400, "User has stopped marketing messages", "The user has opted out."),
        0 | 190 => (401, "Authentication error", "The access token has expired."),
        131_031 => (403, "Business Account locked", "The business account has been locked."),
        131_042 => {
            (400, "Business eligibility payment issue", "There was an error related to the payment method.")
        }
        131_016 | 2 => (503, "Service unavailable", "A service is temporarily unavailable."),
        _ => (500, "Something went wrong", "Message failed to send due to an unknown error."),
    }
}
