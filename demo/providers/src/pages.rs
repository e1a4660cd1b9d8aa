use countersign_model::Timestamp;
use serde_json::{Value, json};

use crate::act::Act;
use crate::dialect::{Accepted, Dialect, Hook, Order, Receipt, Scene};
use crate::graph;
use crate::ids::{Mint, number_of};
use crate::line::MetaPage;
use crate::person::{Person, Standing};
use crate::sent::{Content, Offer, ReceiptState, SentKind};
use crate::wire::{Reply, Request};

/// Messenger and Instagram: one form with two sets of limits.
pub(crate) struct Pages {
    pub(crate) page: MetaPage,
    pub(crate) instagram: bool,
}

impl Dialect for Pages {
    fn claims(&self, request: &Request<'_>) -> bool {
        let me = request.parts().ends_with(&["me", "messages"])
            && request.bearer() == Some(self.page.access_token.as_str());
        me || graph::is_messages_of(request, &self.page.id)
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        let scope = if self.instagram { "ig" } else { "fb" };
        vec![number_of(&format!("{scope}/{}", person.key), 16).to_string()]
    }

    fn webhook(&self, scene: &Scene<'_>, acts: &[(&Person, &Act)]) -> Option<Hook> {
        let mut ids = Vec::new();
        let mut events = Vec::new();
        for (person, act) in acts {
            let id = self.message_id(scene.mint);
            events.push(self.event(scene, person, self.what(&id, act)?));
            ids.push(id);
        }
        let (event, text) = match acts.first()?.1 {
            Act::Text(text) | Act::Edit { text, .. } => ("text", text.clone()),
            Act::Tap { payload, .. } => ("tap", payload.clone()),
            _ => ("picture", String::new()),
        };
        Some(graph::hook(&self.envelope(scene, events), ids.first()?, event).saying(text))
    }

    fn receipt(&self, scene: &Scene<'_>, receipt: &Receipt<'_>) -> Option<Hook> {
        let Receipt { person, sent, state, .. } = *receipt;
        let watermark = scene.now.as_micros() / 1000;
        let (name, what) = match (state, self.instagram) {
            (ReceiptState::Delivered, false) => {
                ("delivery", json!({ "mids": [sent.id], "watermark": watermark }))
            }
            (ReceiptState::Read, false) => ("read", json!({ "watermark": watermark })),
            (ReceiptState::Read, true) => ("read", json!({ "mid": sent.id })),
            _ => return None,
        };
        let event = self.event(scene, person, (name, what));
        let id = format!("{}/{name}", sent.id);
        Some(graph::hook(&self.envelope(scene, vec![event]), &id, "receipt"))
    }

    fn handshake(&self) -> Option<Hook> {
        Some(graph::handshake(&self.page.verify_token))
    }

    fn headers(&self, _: &Scene<'_>, hook: &Hook) -> Vec<(&'static str, String)> {
        graph::signature(&self.page.app_secret, hook)
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        let account = if request.parts().contains(&"me") { "me" } else { &self.page.id };
        let json = graph::admitted(request, account, &self.page.access_token)?;
        let to = json["recipient"]["id"].as_str().filter(|to| !to.is_empty());
        let to = to.ok_or_else(|| graph::refused(400, 100, "(#100) The parameter recipient is required"))?;
        let to = to.to_owned();
        if let Some(action) = json["sender_action"].as_str() {
            if !json["message"].is_null() {
                return Err(graph::refused(
                    400,
                    100,
                    "(#100) A sender_action must be sent in a request of its own",
                ));
            }
            let kind = match action {
                "typing_on" | "typing_off" => SentKind::Typing,
                "mark_seen" => SentKind::Read,
                "react" | "unreact" => SentKind::TapAnswered,
                _ => return Err(graph::refused(400, 100, "(#100) Param sender_action must be one of {…}")),
            };
            let reply = Reply::json(200, &json!({ "recipient_id": to }));
            return Ok(Order::Signal { kind, to, id: String::new(), reply });
        }
        if !self.instagram {
            let kind = json["messaging_type"].as_str().unwrap_or("RESPONSE");
            if !["RESPONSE", "UPDATE", "MESSAGE_TAG"].contains(&kind) {
                return Err(graph::refused(
                    400,
                    100,
                    "(#100) Param messaging_type must be one of {RESPONSE, …}",
                ));
            }
        }
        let mut content = self.content(&json["message"])?;
        content.reference = json["message"]["metadata"].as_str().map(str::to_owned);
        Ok(Order::Say { to, content, parts: 1 })
    }

    fn refuses(&self, standing: Option<Standing>, now: Timestamp) -> Option<Reply> {
        match standing {
            None => Some(self.refusal(if self.instagram { "2534014" } else { "2018001" }, None)),
            Some(standing) if standing.stopped => Some(self.refusal("551", None)),
            Some(standing) if graph::window_is_closed(standing.heard, now) => Some(self.refusal("10", None)),
            Some(_) => None,
        }
    }

    fn accepted(&self, _: &Scene<'_>, accepted: &Accepted<'_>) -> Reply {
        Reply::json(200, &json!({ "recipient_id": accepted.to, "message_id": accepted.id }))
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        let code: u32 = code.parse().unwrap_or(2);
        let (status, code, subcode, message) = match code {
            10 => {
                let subcode = if self.instagram { 2_534_022 } else { 2_018_278 };
                (400, 10, Some(subcode), "This message is sent outside of allowed window.")
            }
            551 => (400, 551, Some(1_545_041), "This person isn't available right now."),
            2_018_001 => (400, 100, Some(2_018_001), "No matching user found"),
            2_534_014 => (400, 100, Some(2_534_014), "The requested user cannot be found."),
            613 => (400, 613, None, "Calls to this api have exceeded the rate limit."),
            4 => (400, 4, None, "Application request limit reached"),
            190 => (401, 190, None, "Error validating access token: Session has expired."),
            1200 => (500, 1200, None, "Temporary send message failure. Please try again later."),
            other => (500, other, None, "An unknown error has occurred."),
        };
        let message = format!("(#{code}) {message}");
        let reply = graph::error(status, code, &message, |error| {
            if let Some(subcode) = subcode {
                error["error_subcode"] = subcode.into();
            }
        });
        reply.retry_after(retry_after)
    }

    fn message_id(&self, mint: &Mint) -> String {
        match self.instagram {
            true => format!("aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE{}", mint.hex(60)),
            false => format!("m_{}{}", mint.hex(64), mint.hex(16)),
        }
    }
}

impl Pages {
    fn envelope(&self, scene: &Scene<'_>, events: Vec<Value>) -> Value {
        json!({
            "object": if self.instagram { "instagram" } else { "page" },
            "entry": [{ "id": self.page.id, "time": scene.now.as_micros() / 1000, "messaging": events }],
        })
    }

    fn event(&self, scene: &Scene<'_>, person: &Person, what: (&str, Value)) -> Value {
        let mut event = json!({
            "sender": { "id": person.address },
            "recipient": { "id": self.page.id },
            "timestamp": scene.now.as_micros() / 1000,
        });
        event[what.0] = what.1;
        event
    }

    fn what(&self, id: &str, act: &Act) -> Option<(&'static str, Value)> {
        Some(match act {
            Act::Text(text) => ("message", json!({ "mid": id, "text": text })),
            Act::Tap { payload, label, of } => {
                let mut offers = of.iter().flat_map(|of| &of.options);
                match offers.any(|offer| offer.postback && offer.payload == *payload) {
                    true => ("postback", json!({ "mid": id, "title": label, "payload": payload })),
                    false => {
                        let reply = json!({ "payload": payload });
                        ("message", json!({ "mid": id, "text": label, "quick_reply": reply }))
                    }
                }
            }
            Act::Picture { url, .. } => (
                "message",
                json!({ "mid": id, "attachments": [{ "type": "image", "payload": { "url": url } }] }),
            ),
            Act::Edit { of, text } => ("message_edit", json!({ "mid": of, "text": text, "num_edit": 1 })),
            Act::Place { .. } | Act::Block => return None,
        })
    }

    fn content(&self, message: &Value) -> Result<Content, Reply> {
        let mut content = Content::default();
        if let Some(text) = message["text"].as_str() {
            let (length, most, unit) = match self.instagram {
                true => (text.len(), 1000, "bytes"),
                false => (text.chars().count(), 2000, "characters"),
            };
            if !(1..=most).contains(&length) {
                let message = format!(
                    "(#100) Length of param message[text] must be less than or equal to {most} {unit}"
                );
                return Err(graph::refused(400, 100, &message));
            }
            content.text = text.to_owned();
        }
        let attachment = &message["attachment"];
        if attachment.is_object() {
            if !content.text.is_empty() {
                return Err(graph::refused(400, 100, "(#100) Message cannot have both text and attachment"));
            }
            self.attachment(attachment, &mut content)?;
        }
        if content.text.is_empty() && content.media.is_none() {
            return Err(graph::refused(
                400,
                100,
                "(#100) Message cannot be empty, must provide valid attachment or text",
            ));
        }
        let replies = message["quick_replies"].as_array().map(Vec::as_slice).unwrap_or_default();
        if replies.len() > 13 {
            return Err(graph::refused(
                400,
                100,
                "(#100) Param quick_replies has too many elements (max 13)",
            ));
        }
        for reply in replies {
            if reply["content_type"] == "text" {
                // A longer title is cut, not refused.
                let title: String = reply["title"].as_str().unwrap_or_default().chars().take(20).collect();
                content.options.push(offer(&title, &reply["payload"], false)?);
            }
        }
        Ok(content)
    }

    fn attachment(&self, attachment: &Value, content: &mut Content) -> Result<(), Reply> {
        let payload = &attachment["payload"];
        if attachment["type"] != "template" {
            let url = payload["url"].as_str().or(payload["attachment_id"].as_str());
            content.media = Some(
                url.ok_or_else(|| graph::refused(400, 100, "(#100) The parameter url is required"))?
                    .to_owned(),
            );
            return Ok(());
        }
        let buttons = |buttons: &Value, content: &mut Content| {
            let buttons = buttons.as_array().map(Vec::as_slice).unwrap_or_default();
            if buttons.len() > 3 {
                return Err(graph::refused(400, 100, "(#100) Param buttons has too many elements (max 3)"));
            }
            for button in buttons {
                let title = button["title"].as_str().unwrap_or_default();
                match button["type"].as_str() {
                    Some("postback") => content.options.push(offer(title, &button["payload"], true)?),
                    Some("web_url") => {
                        let url = button["url"].as_str().unwrap_or_default();
                        content.text = format!("{}\n{title}: {url}", content.text);
                    }
                    _ => {}
                }
            }
            Ok(())
        };
        match payload["template_type"].as_str() {
            Some("button") => {
                let text = payload["text"].as_str().unwrap_or_default();
                if !(1..=640).contains(&text.chars().count()) {
                    return Err(graph::refused(
                        400,
                        100,
                        "(#100) Param text must be at most 640 characters long",
                    ));
                }
                content.text = text.to_owned();
                buttons(&payload["buttons"], content)
            }
            Some("generic") => {
                let elements = payload["elements"].as_array().map(Vec::as_slice).unwrap_or_default();
                if !(1..=10).contains(&elements.len()) {
                    return Err(graph::refused(400, 100, "(#100) Param elements must have 1 to 10 elements"));
                }
                for element in elements {
                    for name in ["title", "subtitle"] {
                        let text = element[name].as_str().unwrap_or_default();
                        if text.chars().count() > 80 {
                            return Err(graph::refused(
                                400,
                                100,
                                "(#100) Param title must be at most 80 characters long",
                            ));
                        }
                        let between = if content.text.is_empty() || text.is_empty() { "" } else { "\n" };
                        content.text = format!("{}{between}{text}", content.text);
                    }
                    content.media = element["image_url"].as_str().map(str::to_owned);
                    buttons(&element["buttons"], content)?;
                }
                Ok(())
            }
            _ => Err(graph::refused(
                400,
                100,
                "(#100) Param template_type must be one of {GENERIC, BUTTON, …}",
            )),
        }
    }
}

fn offer(title: &str, payload: &Value, postback: bool) -> Result<Offer, Reply> {
    let payload = payload.as_str().unwrap_or_default();
    if !(1..=20).contains(&title.chars().count()) {
        return Err(graph::refused(400, 100, "(#100) Param title must be 1 to 20 characters long"));
    }
    if payload.chars().count() > 1000 {
        return Err(graph::refused(400, 100, "(#100) Param payload must be at most 1000 characters long"));
    }
    Ok(Offer { label: title.to_owned(), payload: payload.to_owned(), postback })
}
