use countersign_model::Timestamp;
use serde_json::{Value, json};

use crate::act::Act;
use crate::dialect::{Accepted, Dialect, Hook, Order, Scene};
use crate::ids::{Mint, number_of};
use crate::line::TelegramBot;
use crate::person::{Person, Standing};
use crate::sent::{Content, Offer, SentKind};
use crate::wire::{Form, Reply, Request};

/// Telegram Bot API 10.
pub(crate) struct Telegram(pub(crate) TelegramBot);

impl Dialect for Telegram {
    fn claims(&self, request: &Request<'_>) -> bool {
        request.parts().first().is_some_and(|first| *first == format!("bot{}", self.0.token))
    }

    fn addresses(&self, person: &Person) -> Vec<String> {
        vec![number_of(&format!("tg/{}", person.key), 10).to_string()]
    }

    fn webhook(&self, scene: &Scene<'_>, acts: &[(&Person, &Act)]) -> Option<Hook> {
        let [(person, act)] = acts else { return None };
        let user = user(person);
        let chat = chat(person);
        let message_id = scene.mint.count();
        let message = |key: &str, value: Value| {
            let mut message = json!({
                "message_id": message_id, "from": user, "chat": chat, "date": scene.now.as_secs(),
            });
            message[key] = value;
            message
        };
        // Updates are known by their own id, messages by another.
        let mut id = message_id.to_string();
        let (kind, update, text) = match act {
            Act::Text(text) => {
                let mut message = message("text", text.clone().into());
                if let Some(command) = text.strip_prefix('/') {
                    let length = 1 + command.split_whitespace().next().map_or(0, str::len);
                    message["entities"] = json!([{ "offset": 0, "length": length, "type": "bot_command" }]);
                }
                ("message", message, text.clone())
            }
            Act::Tap { payload, of, .. } => {
                id = number_of(&scene.mint.hex(16), 17).to_string();
                let of = of.as_ref();
                let query = json!({
                    "id": id, "from": user,
                    "message": {
                        "message_id": of.and_then(|of| of.id.parse::<u64>().ok()).unwrap_or_default(),
                        "from": self.bot(), "chat": chat, "date": scene.now.as_secs(),
                        "text": of.map(|of| of.text.as_str()).unwrap_or_default(),
                    },
                    "chat_instance": format!("-{}", number_of(&person.key, 16)),
                    "data": payload,
                });
                ("callback_query", query, payload.clone())
            }
            Act::Picture { url, caption } => {
                let file = crate::ids::hex(url.as_bytes());
                let photo = json!([{ "file_id": file, "file_unique_id": file, "width": 90, "height": 90 }]);
                let mut message = message("photo", photo);
                if let Some(caption) = caption {
                    message["caption"] = caption.clone().into();
                }
                ("message", message, String::new())
            }
            Act::Place { latitude, longitude } => {
                let place = json!({ "latitude": latitude, "longitude": longitude });
                ("message", message("location", place), String::new())
            }
            Act::Edit { of, text } => {
                let mut message = message("text", text.clone().into());
                message["message_id"] = of.parse::<u64>().unwrap_or_default().into();
                message["edit_date"] = scene.now.as_secs().into();
                ("edited_message", message, text.clone())
            }
            Act::Block => {
                let member = |status: &str| json!({ "user": self.bot(), "status": status });
                let change = json!({
                    "chat": chat, "from": user, "date": scene.now.as_secs(),
                    "old_chat_member": member("member"), "new_chat_member": member("kicked"),
                });
                ("my_chat_member", change, String::new())
            }
        };
        let event = if kind == "callback_query" { "tap" } else { "text" };
        let mut body = json!({ "update_id": 880_000_000 + scene.mint.count() });
        body[kind] = update;
        Some(Hook::post("application/json", body.to_string(), id, event).saying(text))
    }

    fn headers(&self, _: &Scene<'_>, _: &Hook) -> Vec<(&'static str, String)> {
        vec![("x-telegram-bot-api-secret-token", self.0.secret_token.clone())]
    }

    fn read(&self, request: &Request<'_>) -> Result<Order, Reply> {
        let parts = request.parts();
        let [token, method] = parts[..] else { return Err(refused(404, "Not Found")) };
        if token != format!("bot{}", self.0.token) {
            return Err(refused(401, "Unauthorized"));
        }
        let json = arguments(request);
        let to = match &json["chat_id"] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            number => number.to_string(),
        };
        let done = Reply::json(200, &json!({ "ok": true, "result": true }));
        let signal = |kind, id: String| Ok(Order::Signal { kind, to: to.clone(), id, reply: done.clone() });
        match method.to_lowercase().as_str() {
            "sendmessage" => {
                let text = json["text"].as_str().unwrap_or_default();
                within(text, 1, 4096, "message text is empty", "message is too long")?;
                let options = options(&json["reply_markup"])?;
                Ok(Order::Say { to, content: Content { options, ..Content::text(text) }, parts: 1 })
            }
            "sendphoto" | "senddocument" | "sendvideo" | "sendaudio" | "sendvoice" => {
                let kind = method["send".len()..].to_lowercase();
                let media = json[&kind].as_str().filter(|media| !media.is_empty());
                let media = media.ok_or_else(|| {
                    refused(400, &format!("Bad Request: there is no {kind} in the request"))
                })?;
                let caption = json["caption"].as_str().unwrap_or_default();
                within(caption, 0, 1024, "", "message caption is too long")?;
                let options = options(&json["reply_markup"])?;
                let content = Content { options, media: Some(media.to_owned()), ..Content::text(caption) };
                Ok(Order::Say { to, content, parts: 1 })
            }
            "sendlocation" | "sendvenue" => {
                let place = format!("{}, {}", json["latitude"], json["longitude"]).replace('"', "");
                Ok(Order::Say { to, content: Content::text(place), parts: 1 })
            }
            "sendchataction" => signal(SentKind::Typing, String::new()),
            "answercallbackquery" => {
                let id = json["callback_query_id"].as_str().unwrap_or_default();
                within(json["text"].as_str().unwrap_or_default(), 0, 200, "", "MESSAGE_TOO_LONG")?;
                signal(SentKind::TapAnswered, id.to_owned())
            }
            "deletemessage" => signal(SentKind::Deleted, json["message_id"].to_string().replace('"', "")),
            "setwebhook" | "deletewebhook" | "setmycommands" => Ok(Order::Nothing(done)),
            "getme" => Ok(Order::Nothing(Reply::json(200, &json!({ "ok": true, "result": self.bot() })))),
            _ => Err(refused(404, "Not Found: method not found")),
        }
    }

    fn refuses(&self, standing: Option<Standing>, _: Timestamp) -> Option<Reply> {
        match standing {
            None => Some(refused(400, "Bad Request: chat not found")),
            Some(standing) if standing.stopped => Some(self.refusal("403", None)),
            // A bot cannot begin.
            Some(standing) if standing.heard.is_none() => {
                Some(refused(403, "Forbidden: bot can't initiate conversation with a user"))
            }
            Some(_) => None,
        }
    }

    fn accepted(&self, scene: &Scene<'_>, accepted: &Accepted<'_>) -> Reply {
        let Accepted { person, id, content, .. } = accepted;
        let message_id: u64 = id.parse().unwrap_or_default();
        let result = json!({
            "message_id": message_id, "from": self.bot(), "chat": chat(person), "date": scene.now.as_secs(),
            "text": content.text,
        });
        Reply::json(200, &json!({ "ok": true, "result": result }))
    }

    fn refusal(&self, code: &str, retry_after: Option<u64>) -> Reply {
        match code {
            "429" => {
                let seconds = retry_after.unwrap_or(1);
                let json = json!({
                    "ok": false, "error_code": 429,
                    "description": format!("Too Many Requests: retry after {seconds}"),
                    "parameters": { "retry_after": seconds },
                });
                Reply::json(429, &json).code(429)
            }
            "403" => refused(403, "Forbidden: bot was blocked by the user"),
            "undeletable" => refused(400, "Bad Request: message can't be deleted for everyone"),
            other => {
                let status = other.parse().ok().filter(|status| (400..600).contains(status)).unwrap_or(500);
                refused(status, if status < 500 { "Bad Request" } else { "Internal Server Error" })
            }
        }
    }

    fn message_id(&self, mint: &Mint) -> String {
        mint.count().to_string()
    }
}

impl Telegram {
    fn bot(&self) -> Value {
        let id: u64 = self.0.token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or_default();
        json!({ "id": id, "is_bot": true, "first_name": "Demo Bank", "username": "demo_bank_bot" })
    }
}

fn user(person: &Person) -> Value {
    let id: u64 = person.address.parse().unwrap_or_default();
    json!({ "id": id, "is_bot": false, "first_name": person.name, "language_code": "en" })
}

fn chat(person: &Person) -> Value {
    let id: u64 = person.address.parse().unwrap_or_default();
    json!({ "id": id, "first_name": person.name, "type": "private" })
}

/// The arguments may come as JSON, as a form, or in the query.
fn arguments(request: &Request<'_>) -> Value {
    if request.is_json() {
        return request.json();
    }
    let Form(pairs) = request.form();
    let Form(more) = request.parameters();
    pairs.into_iter().chain(more).map(|(name, value)| (name, Value::String(value))).collect()
}

fn options(markup: &Value) -> Result<Vec<Offer>, Reply> {
    let mut options = Vec::new();
    let rows = markup["inline_keyboard"].as_array().or(markup["keyboard"].as_array());
    for button in rows.into_iter().flatten().filter_map(Value::as_array).flatten() {
        let label = button["text"].as_str().or(button.as_str()).unwrap_or_default();
        if label.is_empty() {
            return Err(refused(400, "Bad Request: inline keyboard button text is empty"));
        }
        let payload = button["callback_data"].as_str();
        if markup["inline_keyboard"].is_array() {
            let fits = payload.is_some_and(|data| (1..=64).contains(&data.len()));
            if !fits && button["url"].is_null() {
                return Err(refused(400, "Bad Request: BUTTON_DATA_INVALID"));
            }
        }
        if button["url"].is_null() {
            let payload = payload.unwrap_or_default().to_owned();
            options.push(Offer { label: label.to_owned(), payload, postback: false });
        }
    }
    Ok(options)
}

fn within(text: &str, least: usize, most: usize, empty: &str, long: &str) -> Result<(), Reply> {
    match text.chars().count() {
        count if count < least => Err(refused(400, &format!("Bad Request: {empty}"))),
        count if count > most => Err(refused(400, &format!("Bad Request: {long}"))),
        _ => Ok(()),
    }
}

fn refused(status: u16, description: &str) -> Reply {
    Reply::json(status, &json!({ "ok": false, "error_code": status, "description": description }))
        .code(status)
}
